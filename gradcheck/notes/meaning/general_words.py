"""The claims in words at sizes that are letters: with SymPy's matrix expressions, where it can."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gradcheck.notes.equation import Case
from gradcheck.notes.meaning.settings import SETTINGS
from gradcheck.notes.meaning.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from gradcheck.notes.equation import Expression, Reading

    Sizes = Mapping[str, Any]


def _case(where: str, printed: Any, oracle: Any) -> Case:
    return Case(where=where, printed=printed, oracle=oracle, indices={})


def _index(letter: str) -> Expression:
    from sympy import Symbol

    return Symbol(letter, integer=True, positive=True)


def _arrays(shapes: Mapping[str, tuple[Any, Any]]) -> list[Expression]:
    from sympy import MatrixSymbol

    return [MatrixSymbol(name, *shape) for name, shape in shapes.items()]


def connected(sizes: Sizes, _: Reading) -> Iterator[Case]:
    """Every output depends on every input, by the weight between them."""
    world = World(SETTINGS["dense"], sizes)
    k, c = _index("k"), _index("c")
    yield _case("∂y_k/∂x_c", world.symbol("w", k, c), world.slope(k, "x", c, 1))


def elementwise(sizes: Sizes, _: Reading) -> Iterator[Case]:
    """No output depends on another's input: the indices differ by s, either way."""
    from sympy import Integer

    world = World(SETTINGS["activation"], sizes)
    k, other = _index("k"), _index("k") + _index("s")
    for one, two in ((k, other), (other, k)):
        yield _case(f"∂y_{one}/∂x_{two}", Integer(0), world.slope(one, "x", two, 1))


def pass_back(sizes: Sizes, _: Reading) -> Iterator[Case]:
    """∂L/∂x of a layer is ∂L/∂y of the layer before it: together they give the whole gradient."""
    n, m = sizes["n"], _index("m")
    x, V, b, W, c, g, hidden = _arrays(
        {
            "x": (n, 1), "V": (m, n), "b": (m, 1), "W": (n, m), "c": (n, 1), "g": (n, 1),
            "h": (m, 1),
        }
    )  # fmt: skip
    passed = (g.T * (W * hidden + c)).diff(hidden)
    whole = (g.T * (W * (V * x + b) + c)).expand()
    yield _case("∂L/∂x", (passed.T * (V * x + b)).expand().diff(x), whole.diff(x))


def hadamard(sizes: Sizes, _: Reading) -> Iterator[Case]:
    """SymPy's Hadamard product multiplies entry by entry."""
    from sympy.matrices.expressions.hadamard import HadamardProduct

    size = sizes["i"]
    A, B = _arrays({"A": (size, size), "B": (size, size)})
    r, c = _index("r"), _index("c")
    yield _case("entry (r, c)", A[r, c] * B[r, c], HadamardProduct(A, B)[r, c])


def linear_network(sizes: Sizes, reading: Reading) -> Iterator[Case]:
    """Without a nonlinear function two layers give a linear combination of the inputs."""
    from sympy import ZeroMatrix

    n, m = sizes["n"], _index("m")
    x, V, b, W, c = _arrays({"x": (n, 1), "V": (m, n), "b": (m, 1), "W": (n, m), "c": (n, 1)})
    y = (W * (V * x + b) + c).expand()
    constant = W * b + c if reading.constant else ZeroMatrix(n, 1)
    yield _case("y", (W * V) * x + constant, y)


GENERAL: Mapping[str, Callable[[Sizes, Reading], Iterable[Case]]] = MappingProxyType(
    {
        claim.__name__: claim
        for claim in (connected, elementwise, pass_back, hadamard, linear_network)
    }
)
"""By the names of `words.CLAIMS`; of the others only sizes that are numbers are looked at."""
