"""Layers with right and wrong backward passes: the data that the checker is itself tested with."""
