"""Run the code under test on symbols and decide exactly whether backward is forward's derivative.

The way of the data::

    code → tracing → graph → (transport) → derivative → identity → statement → checks

the symbols
    An `expression` is a node of a graph in which equal ones are one (of numbers: `exact_values`);
    `evaluation` gives its value in float64 and in intervals, `exceptional_points` where it has
    none. A `trace` is one run: how literals are read (`literals`), and how comparisons come out.
    A `scalar` is an expression with the operators of a float, an `array` an ndarray of them that
    knows its NumPy kind (`kinds`); comparisons are indicators (`logic`), under which entries are
    chosen (`selection`).
NumPy on symbols
    `ufuncs` and `functions` are the tables of what is modelled; it is done in `creation`,
    `choosing`, `reductions`, `products`, `convolution` and `ordering`.
the run
    `tracing` runs forward and backward, as they are, with stand-ins (`proxies`) for `np`
    (`numpy_proxy`, `vectorized`), `math` (`math_proxy`), `float`, `type`, `max` and `min`
    (`builtin_proxies`) in their modules, and exact numbers in what they hold (`reach`). What comes
    out is a `graph`: y and each gradient as expressions of the inputs and of the upstream gradient.
    `transport` sends it from one process to another.
the truth
    `derivative` differentiates y, at `ties` of a maximum too; `notes_graph` has the notes' formula
    as a graph (`from_sympy`). `substitution` puts expressions in the place of others.
the identity
    `identity` decides whether a difference is 0. By its `normal_form`: a `rational` function, of a
    `polynomial` above and factors below, in variables and `generators`, to which `transcendental`
    functions and `signs` are brought (`genericity`, `largest`). Or at random points of finite
    fields: `finite_field`, `field_signs`, an `algebra` for roots and indicators, and `primes`.
what is found
    `prove` leads from a subject to one `statement` a gradient. `points` are where the graph is held
    against the code in plain float64 (`faithful`), and where `refute` looks for a `certificate`
    that it is wrong, on every side of the `thresholds`. What is wrong is told by its `residual`, in
    `known_terms`, or as `guards` left out; `kinks` tells what backward returns at those. `checks`
    puts it into a report; `limits` bounds what all this may cost.

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
