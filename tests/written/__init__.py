"""Correct layers in many written styles: what the proof must prove, and what is mutated.

A layer is a class without arguments; forward takes the input and the parameters, and backward
returns one gradient for each of them that has one.
"""
