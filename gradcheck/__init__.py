"""Decides whether a hand-written backward pass is right."""
