"""The lecture notes as data: each layer's formula, written once, in SymPy."""
