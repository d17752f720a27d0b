"""Run the code under test on symbols and decide exactly whether backward is forward's derivative.

The way of the data::

    code → tracing → graph → (transport) → derivative → identity → statement → checks

`tracing` runs forward and backward, as they are, on arrays of exact scalars (`scalar`, `array`,
`ufuncs`, `functions`), with stand-ins for `np`, `math`, `float`, `max` and `min` in their modules
(`proxies`, `reach`). What comes out is a `graph`: y and each gradient as expressions of the inputs
and of the upstream gradient. `derivative` differentiates y; `identity` decides whether a difference
is 0: by its normal form (`normal_form`), or at random points of finite fields (`finite_field`).
`faithful` holds the graph against the code in plain float64, `certificate` makes a refutation.

Soundness
---------
A proof says: for all real inputs of these shapes, off the exceptions that it lists, backward is the
derivative of this forward; and, where there is one, forward is the notes' formula and backward
their Jacobian, transposed, times the upstream gradient. It says nothing of rounding, of overflow,
of other shapes, nor of what code does to its state. What is trusted, and how the tests check it:

the NumPy model
    Each function of the tables does on symbols what NumPy does on numbers. A function, method or
    keyword that is not in the tables is refused, never passed over. Tests run each entry on symbols
    and on floats. What is wrong all the same is seen where it shows at one of the points of
    `faithful`: without that check there is no proof. It sees nothing of code that does one thing on
    floats and another on symbols at inputs that are not among these points.
the derivative rules
    Twelve, one an operation. Tests hold each against SymPy's and against differences.
the arithmetic
    Polynomials with rational coefficients in variables and generators. Relations between generators
    are rewritten only where they hold at every point; one that is missing makes a proof fail, and
    never succeed. Tests hold random expressions against values at 60 digits.
the literals
    A float is read as the simplest fraction that rounds to it, and the reading is printed.
the process
    Code that is not trusted runs in its own process, which sends the graph as data; the identity is
    decided outside it, and the points of `faithful` are drawn there after the graph has come.

A refutation does not trust any of this: it carries a point, enclosures of both values there by
interval arithmetic, and what the code itself returned there in float64, as far off as they are.

Source: the representation (a hash-consed graph, free generators, merged branches) follows the usual
computer algebra: Davenport, Siret, Tournier, "Computer Algebra", chapter 2 (canonical and normal
forms); Schwartz, J. ACM 27 (1980), lemma 1, for the identity test.
"""
