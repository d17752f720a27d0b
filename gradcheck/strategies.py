"""Hypothesis strategies for tests of backward passes: arrays by shape rule, sizes, cotangents.

Everything shrinks to small shapes and simple numbers: 0, 1, -1, 2. This is the one module that
imports Hypothesis.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException

from gradcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hypothesis.strategies import DrawFn, SearchStrategy

    from gradcheck.records import Array

    Size = int | SearchStrategy[int]

__all__ = [
    "arrays",
    "columns",
    "cotangents",
    "layer_sizes",
    "matrices",
    "numbers",
    "rows",
    "vectors",
]

SIMPLE = (
    0.0, 1.0, -1.0, 2.0, -2.0, 3.0, -3.0, 0.5, -0.5, 0.25, -0.25, 0.75, 0.1, -0.1, 10.0, -10.0,
    30.0, -30.0, 1000.0, -1000.0,
)  # fmt: skip
"""Numbers from the simplest on; the last ones are where functions saturate or overflow."""

ORDINARY = 10.0
"""Numbers that are drawn beside the simple ones lie within this."""

AWAY = 1e-3
"""How far from a kink `kinks="avoid"` stays: a hundred steps of finite differences and more."""

BESIDE = (0.0, 1e-3, -1e-3, 1e-6, -1e-6, 1e-9, -1e-9)
"""What `kinks="seek"` adds to a kink."""

SPOTS, FAR = 4, 256
"""Entries of a sparse array that differ from the others, and the range of their positions."""

MOST = 4
"""Of examples, and of a size that is left open."""


def numbers(
    *, kinks: str = "any", at: Sequence[float] = (0.0,), low: float = -np.inf, high: float = np.inf
) -> SearchStrategy[float]:
    """Return a strategy of ordinary numbers.

    Parameters
    ----------
    kinks : str
        "any" looks at none; "avoid" stays away from them, so that there is one derivative; "seek"
        draws the kinks themselves, and close beside them, as often as anything else.
    at : sequence of float
        Where the kinks are.
    low, high : float
        The open interval that the numbers lie in.

    Raises
    ------
    UsageError
        Where `kinks` is another word, or nothing simple lies between low and high.
    """
    if kinks not in ("any", "avoid", "seek"):
        raise UsageError(f"kinks={kinks!r}, must be 'any', 'avoid' or 'seek'")

    def allowed(value: float) -> bool:
        near = kinks == "avoid" and any(abs(value - k) < AWAY * max(1.0, abs(k)) for k in at)
        return low < value < high and not near

    simple = [value for value in SIMPLE if allowed(value)]
    if not simple:
        raise UsageError(f"low={low}, high={high}: no simple number lies between; widen them")
    ends = max(low, -ORDINARY), min(high, ORDINARY)
    ordinary = st.floats(*ends, allow_nan=False).filter(allowed)
    if kinks != "seek":
        return st.sampled_from(simple) | ordinary
    close = [k + shift * max(1.0, abs(k)) for shift, k in product(BESIDE, at)]
    return st.sampled_from([v for v in close if low < v < high] or simple) | ordinary


@st.composite
def arrays(
    draw: DrawFn,
    /,
    shape: Sequence[Size],
    *,
    elements: SearchStrategy[float] | None = None,
    **more: Any,
) -> Array:
    """Return a strategy of float64 arrays.

    Parameters
    ----------
    shape : sequence of int or strategy of int
    elements : strategy, optional
        Of one entry; else `numbers` with what else is given: kinks, at, low, high.
    """
    lengths = tuple(_size(draw, one) for one in shape)
    entries = numbers(**more) if elements is None else elements
    number = int(np.prod(lengths, dtype=int))
    drawn = draw(st.lists(entries, min_size=number, max_size=number))
    return np.array(drawn, dtype=np.float64).reshape(lengths)


def columns(rows: Size, *, examples: Size | None = None, **more: Any) -> SearchStrategy[Array]:
    """Return a strategy of X as the notes write it: (rows, N), a column an example."""
    return arrays((rows, _examples(examples)), **more)


def rows(columns: Size, *, examples: Size | None = None, **more: Any) -> SearchStrategy[Array]:
    """Return a strategy of X with an example a row: (N, columns)."""
    return arrays((_examples(examples), columns), **more)


def matrices(
    rows: Size | None = None, columns: Size | None = None, **more: Any
) -> SearchStrategy[Array]:
    """Return a strategy of matrices; sizes that are left out are drawn, from 1 to 4."""
    return arrays((_examples(rows), _examples(columns)), **more)


def vectors(size: Size | None = None, **more: Any) -> SearchStrategy[Array]:
    """Return a strategy of vectors: one example."""
    return arrays((_examples(size),), **more)


def layer_sizes(*, layers: Size = 1, most: int = MOST) -> SearchStrategy[tuple[int, ...]]:
    """Return a strategy of the sizes of layers that follow each other: (n_in, ..., n_out).

    Parameters
    ----------
    layers : int or strategy of int
        How many; there is one size more.
    most : int
        Of each.
    """
    number = st.just(layers) if isinstance(layers, int) else layers
    return number.flatmap(lambda n: st.tuples(*[st.integers(1, most)] * (n + 1)))


def cotangents(like: Array | Sequence[int], **more: Any) -> SearchStrategy[Array]:
    """Return a strategy of upstream gradients for a y: of its shape, often with a single entry.

    Parameters
    ----------
    like : array, or sequence of int
        y, or its shape.
    more :
        As in `numbers`.
    """
    shape = like.shape if isinstance(like, np.ndarray) else tuple(like)
    if not shape or 0 in shape:
        return arrays(shape, **more)
    single = st.sampled_from([*np.ndindex(*shape)]).map(lambda index: _basis(shape, index))
    return single | arrays(shape, **more)


@st.composite
def sparse(draw: DrawFn, /, shape: Sequence[Size], *, simple: Sequence[float] = SIMPLE) -> Array:
    """Return a strategy of arrays that are the simplest number but at a few entries.

    Nothing that is drawn hangs on the shape, so that a smaller one is tried with the same numbers.

    Parameters
    ----------
    shape : sequence of int or strategy of int
    simple : sequence of float
        Of what the entries are, the simplest first.
    """
    lengths = tuple(_size(draw, one) for one in shape)
    array = np.full(lengths, simple[0])
    # A spot is one draw, which is what a search takes its time for; the plainer the number, the
    # smaller the draw. The first one counts where two meet.
    for spot in [draw(st.integers(0, len(simple) * FAR - 1)) for _ in range(SPOTS)]:
        rank, index = divmod(spot, FAR)
        if array.size and array.flat[index % array.size] == simple[0]:
            array.flat[index % array.size] = simple[rank]
    return array


def sizes(most: int) -> SearchStrategy[int]:
    """Return a strategy of sizes, from 1 to the most."""
    return st.integers(1, most)


def made(make: Callable[[Callable[[SearchStrategy[Any]], Any]], Any]) -> SearchStrategy[Any]:
    """Return a strategy of what `make(draw)` returns; draw(strategy) → a value of it."""

    @st.composite
    def strategy(draw: DrawFn, /) -> Any:
        return make(draw)

    return strategy()


def smallest(
    strategy: SearchStrategy[Any], condition: Callable[[Any], bool], *, examples: int
) -> None:
    """Let Hypothesis look for what meets a condition, and shrink it; the condition keeps the best.

    The same in every run: no database, no seed but the condition's own. What the condition raises
    beside `Exception` ends the search and comes through.

    Parameters
    ----------
    strategy : strategy
    condition : callable
    examples : int
        How many are drawn before there is anything to be shrunk.
    """
    quiet = settings(
        database=None,
        derandomize=True,
        deadline=None,
        max_examples=examples,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    with suppress(HypothesisException), _unread():  # nothing met it, or not every time
        find(strategy, condition, settings=quiet)


@contextmanager
def _unread() -> Iterator[None]:
    """Keep Hypothesis from drawing constants out of the modules that are loaded.

    What it finds would hang on what else was imported, and it keeps it in the working folder.
    """
    kind, name = _provider(), "_maybe_draw_constant"
    drawn = vars(kind).get(name)
    if drawn is None:  # a version that reads nothing
        yield
        return
    setattr(kind, name, lambda *_, **__: None)
    try:
        yield
    finally:
        setattr(kind, name, drawn)


def _provider() -> type:
    """Return the class by which Hypothesis draws; a class of nothing where it is not there."""
    try:
        from hypothesis.internal.conjecture.providers import HypothesisProvider
    except ImportError:
        return type(None)
    return HypothesisProvider


def _size(draw: DrawFn, size: Size) -> int:
    return size if isinstance(size, int) else draw(size)


def _examples(size: Size | None) -> Size:
    return sizes(MOST) if size is None else size


def _basis(shape: tuple[int, ...], index: tuple[int, ...]) -> Array:
    basis = np.zeros(shape)
    basis[index] = 1.0
    return basis
