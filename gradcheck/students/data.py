"""Data for a layer that is handed in without any: its shape is read off the parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.errors import UsageError
from gradcheck.execution import described
from gradcheck.students.arrays import reachable

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gradcheck.records import Array

FEATURES = 4
"""Of an example, where no parameter tells."""

EXAMPLES = (3, 2, 5, 7, 11, 13)
"""How many there may be: the first that is no parameter's size, so that nothing fits by chance."""

Shape = tuple[int, ...]


def data_for(
    make: Callable[[], Any], forward: str, seed: int, orientation: str | None = None
) -> Array:
    """Return ordinary values of a shape that the layer takes.

    Parameters
    ----------
    make : callable
        Returns a fresh layer.
    forward : str
        Name of its method.
    seed : int
    orientation : str, optional
        As in `gradcheck.check_layer`.

    Raises
    ------
    UsageError
        Where forward takes none of the shapes that its parameters suggest; says which they are.
    """
    told = []
    parameters = parameter_shapes(make())
    number = _examples(parameters)
    for shape in shapes_for(parameters, orientation):
        x = np.random.default_rng([seed, *shape]).standard_normal(shape)
        try:
            y = np.asarray(getattr(make(), forward)(x.copy()))
        except Exception as error:  # noqa: BLE001 - what code raises at a shape that it cannot take
            told.append(f"{shape}: {described(error)}")
            continue
        if y.dtype.kind in "fiub" and _kept(shape, y.shape, number):
            return x
        told.append(f"{shape}: gives {y.dtype} of shape {y.shape}")
    raise UsageError(
        f"no data was given, and {forward} takes none of the shapes that the parameters suggest "
        f"({'; '.join(told[:4])}); pass x"
    )


def parameter_shapes(layer: Any) -> list[Shape]:
    """Return the shapes of the float arrays in a fresh layer, in the order of their depth."""
    shapes = [one.array.shape for one in reachable(layer)]
    return list(dict.fromkeys(shape for shape in shapes if 0 < len(shape) <= 2))


def shapes_for(parameters: list[Shape], orientation: str | None = None) -> list[Shape]:
    """Return the shapes that x may have, the most likely one first.

    A matrix W is (out, in) beside columns and (in, out) beside rows; either way the number of
    features of x is one of its sizes.
    """
    number = _examples(parameters)
    matrices = [shape for shape in parameters if len(shape) == 2 and 1 not in shape]
    sizes = [size for shape in matrices for size in shape]
    if not matrices:
        sizes = [max(shape) for shape in parameters] or [FEATURES]
    rows: list[Shape] = [(number, size) for size in sizes]
    columns: list[Shape] = [(size, number) for size in sizes]
    vectors: list[Shape] = [(size,) for size in sizes]
    known = {"features_batch": columns, "batch_features": rows, "1d": vectors}
    mixed = [shape for pair in zip(rows, columns, strict=True) for shape in pair] + vectors
    return list(dict.fromkeys(known.get(orientation or "", mixed)))


def _examples(parameters: list[Shape]) -> int:
    taken = {size for shape in parameters for size in shape} or {FEATURES}
    return next(n for n in (*EXAMPLES, max(taken) + 1) if n not in taken)


def _kept(shape: Shape, y: Shape, number: int) -> bool:
    """Say whether each example has an output of its own: else features were taken for examples."""
    if len(y) != len(shape):
        return False
    return len(shape) < 2 or y[shape.index(number)] == number
