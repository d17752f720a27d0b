"""The lecture notes as data: what they print, what it means, and what is found of it.

`architecture`, `dense`, `activation`, `softmax` and `cost` hold the equations in the notes' order,
`formulas` each layer's forward formula in SymPy; `latex` reads what is printed, `meaning` gives it
a value in SymPy, and `audit` derives what is true.
"""
