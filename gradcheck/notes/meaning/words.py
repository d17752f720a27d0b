"""The claims that the notes make in words, as functions of the sizes that give cases to decide."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gradcheck.notes.equation import Case
from gradcheck.notes.formulas import FORMULAS
from gradcheck.notes.index import BY_ID
from gradcheck.notes.latex.nodes import Grid, found
from gradcheck.notes.latex.statements import statements
from gradcheck.notes.meaning.evaluation import Evaluation
from gradcheck.notes.meaning.settings import SETTINGS
from gradcheck.notes.meaning.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from gradcheck.notes.equation import Expression, Reading

    Cases = Iterator[Case]


def _matrix(letter: str, rows: int, columns: int = 1) -> Expression:
    from sympy import Matrix, Symbol

    return Matrix(rows, columns, lambda r, c: Symbol(f"{letter}_{r + 1}{c + 1}"))


def _case(where: str, printed: Any, oracle: Any) -> Case:
    return Case(where=where, printed=printed, oracle=oracle, indices={})


def _told(where: str, true: Any) -> Case:
    """Return the case of what is true or not."""
    return Case(where=where, printed=bool(true), oracle=True, indices={})


def sequential(sizes: Mapping[str, int], _: Reading) -> Cases:
    """Each layer applied to what the one before gives is the network."""
    n = sizes["n"]
    x, W1, b1, W2, b2, t = (
        _matrix(name, n, columns)
        for name, columns in zip("xVbWct", (1, n, 1, n, 1, 1), strict=True)
    )
    layers = {name: formula.forward for name, formula in FORMULAS.items()}
    hidden = layers["relu"](layers["dense"](x, W1, b1))
    y = layers["softmax"](layers["dense"](hidden, W2, b2))
    whole = layers["sequential"](x, W1, b1, W2, b2, t)
    yield _told("the cost", layers["mse"](y, t)[0, 0] == whole[0, 0])


def connected(sizes: Mapping[str, int], _: Reading) -> Cases:
    """Every output depends on every input, by the weight between them."""
    world = World(SETTINGS["dense"], sizes)
    for k in range(1, sizes["j"] + 1):
        for c in range(1, sizes["i"] + 1):
            yield _case(f"∂y_{k}/∂x_{c}", world.symbol("w", k, c), world.slope(k, "x", c, 1))


def descent(sizes: Mapping[str, int], _: Reading) -> Cases:
    """Step against the gradient: C falls by its squared length times the step, to first order."""
    from sympy import Add, Integer, Symbol

    step = Symbol("η", positive=True)
    world = World(SETTINGS["dense"], sizes)
    entries = [
        (name, row + 1, column + 1)
        for name in ("w", "b")
        for row in range(world.shape(name)[0])
        for column in range(world.shape(name)[1])
    ]
    gradient = {world.symbol(*entry): world.cost_slope(*entry) for entry in entries}
    moved = {symbol: symbol - step * slope for symbol, slope in gradient.items()}
    outputs = range(1, sizes["j"] + 1)
    cost = Add(*(world.upstream(k) * world.entry("y", k, 1) for k in outputs))
    change = cost.xreplace(moved).diff(step).xreplace({step: Integer(0)})
    squared = Add(*(slope**2 for slope in gradient.values()))
    yield _case("the change of C", -squared, change)
    real = {symbol: Symbol(symbol.name, real=True) for symbol in squared.free_symbols}
    yield _told("not uphill", (-squared.xreplace(real)).is_nonpositive)


def pass_back(sizes: Mapping[str, int], _: Reading) -> Cases:
    """∂L/∂x of a layer is ∂L/∂y of the layer before it: together they give the whole gradient."""
    from sympy import Matrix

    n = sizes["n"]
    dense = FORMULAS["dense"].forward
    x, upstream, hidden = (_matrix(letter, n) for letter in "xgh")
    weights = [_matrix(letter, n, n) for letter in "VW"]
    biases = [_matrix(letter, n) for letter in "bc"]
    passed = (upstream.T * dense(hidden, weights[1], biases[1]))[0, 0]
    dhidden = Matrix([passed.diff(entry) for entry in hidden])
    first = dense(x, weights[0], biases[0])
    dx = Matrix([(dhidden.T * first)[0, 0].diff(entry) for entry in x])
    whole = (upstream.T * dense(first, weights[1], biases[1]))[0, 0].expand()
    for k, entry in enumerate(x):
        yield _case(f"entry {k + 1}", dx[k], whole.coeff(entry))


def elementwise(sizes: Mapping[str, int], _: Reading) -> Cases:
    """No output depends on another's input."""
    from sympy import Integer

    world = World(SETTINGS["activation"], sizes)
    for k in range(1, sizes["i"] + 1):
        for c in range(1, sizes["i"] + 1):
            if c != k:
                yield _case(f"∂y_{k}/∂x_{c}", Integer(0), world.slope(k, "x", c, 1))
        yield _told(f"∂y_{k}/∂x_{k} is not 0", world.slope(k, "x", k, 1) != 0)


def hadamard(sizes: Mapping[str, int], _: Reading) -> Cases:
    """SymPy's Hadamard product multiplies entry by entry."""
    from sympy.matrices.expressions.hadamard import HadamardProduct

    n = sizes["i"]
    left, right = _matrix("a", n), _matrix("b", n)
    product = HadamardProduct(left.as_immutable(), right.as_immutable()).as_explicit()
    for k in range(n):
        yield _case(f"entry {k + 1}", left[k] * right[k], product[k])


def linear_network(sizes: Mapping[str, int], reading: Reading) -> Cases:
    """Without a nonlinear function two layers give a linear combination of the inputs."""
    from sympy import Add, Integer

    n = sizes["n"]
    dense = FORMULAS["dense"].forward
    x = _matrix("x", n)
    hidden = dense(x, _matrix("V", n, n), _matrix("b", n))
    outputs = dense(hidden, _matrix("W", n, n), _matrix("c", n))
    nothing = dict.fromkeys(x, Integer(0))
    for k, y in enumerate(outputs):
        constant = y.subs(nothing) if reading.constant else 0
        combined = Add(*(y.diff(entry).subs(nothing) * entry for entry in x)) + constant
        yield _case(f"y_{k + 1}", combined, y)


def named_matrix(sizes: Mapping[str, int], reading: Reading) -> Cases:
    """Transpose what the arrow calls A: it is the matrix that is subtracted from I."""
    pointed = BY_ID["softmax-hadamard-identity"]
    text = pointed.corrected if reading.corrected else pointed.printed
    first, second, *_ = found(statements(text)[0].sides, Grid)
    evaluation = Evaluation(World(SETTINGS["softmax"], sizes), reading)
    named, subtracted = (evaluation.value(grid) for grid in (first, second))
    for r in range(1, sizes["n"] + 1):
        for c in range(1, sizes["n"] + 1):
            yield _case(f"entry ({r}, {c})", named.entry(c, r), subtracted.entry(r, c))


CLAIMS: Mapping[str, Callable[[Mapping[str, int], Reading], Iterable[Case]]] = MappingProxyType(
    {
        claim.__name__: claim
        for claim in (
            sequential,
            connected,
            descent,
            pass_back,
            elementwise,
            hadamard,
            linear_network,
            named_matrix,
        )
    }
)
"""The claims by their names."""
