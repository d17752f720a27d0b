"""One point as a hypothesis sees it: the notes' symbols, with examples as columns where known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.layout import to_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.readings import Outcome
    from gradcheck.records import Array
    from gradcheck.subject import Subject

CLOSE, CLOSE_SINGLE = 1e-6, 1e-3
"""Relative distance at which two arrays are one formula: no rounding is near it in float64; in
float32 only large gradients come near it."""

EXACT = 1e-9
"""As `CLOSE`, for what was computed twice from the same numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What is known of one gradient at one point.

    Attributes
    ----------
    name, role : str
        The input whose gradient it is, and what the subject is.
    inputs : mapping of str to Array
        By name; columns are examples where `oriented`.
    g, y, got : Array
        Upstream gradient, forward's result, and what the code returned.
    truth, bound : Array or None
        The oracle's gradient, NaN in the entries that it cannot tell, such as those at a kink;
        and the bound on its error.
    wrong : bool
        Whether an oracle called the gradient wrong here.
    layout : str
        How the input lies in memory: see `gradcheck.layout`.
    symbols : mapping of str to str
        Which inputs of a layer Y = WX + b are "x", "W" and "b", by the notes' symbol.
    """

    k: int
    name: str
    role: str
    outcome: Outcome
    inputs: Mapping[str, Array]
    g: Array
    y: Array
    got: Array
    truth: Array | None = None
    bound: Array | None = None
    wrong: bool = True
    oriented: bool = False
    layout: str = ""
    symbols: Mapping[str, str] = field(default_factory=dict)

    @property
    def x(self) -> Array:
        """Return the input whose gradient it is."""
        return self.inputs[self.name]

    @property
    def given(self) -> bool:
        """Say whether it is the given point."""
        return self.outcome.sample.regime == "point"

    @property
    def tolerance(self) -> float:
        """Return the relative distance at which two arrays are one."""
        return CLOSE_SINGLE if self.outcome.single else CLOSE

    def columns(self, array: Array | None) -> Array | None:
        """Return an array of the input's shape in memory as the notes write it."""
        return None if array is None else to_columns(np.asarray(array, np.float64), self.layout)

    def sizes(self) -> dict[str, int]:
        """Return the notes' n and N of y, or of the gradient of a number; empty if not known."""
        shape = self.y.shape if self.y.size > 1 else self.got.shape
        if not self.oriented or len(shape) != 2:
            return {}
        return {"n": shape[0], "N": shape[1]}


def probes(subject: Subject, outcomes: Sequence[Outcome], k: int) -> list[Probe]:
    """Return one probe a point at which the gradient of input k was looked at.

    Parameters
    ----------
    subject : Subject
    outcomes : sequence of Outcome
        The given point first.
    k : int
    """
    seen = [outcome for outcome in outcomes if k in outcome.got]
    if not seen:
        return []
    layout, symbols = placed(subject, seen[0])
    return [_probe(subject, outcome, k, layout, symbols) for outcome in seen]


def _probe(
    subject: Subject,
    outcome: Outcome,
    k: int,
    layout: Mapping[str, str],
    symbols: Mapping[str, str],
) -> Probe:
    name = subject.names[k]
    mine, output = layout.get(name, ""), "" if "y" in subject.names else layout.get("y", "")
    truth = bound = None
    if k in outcome.truth:
        estimate = outcome.truth[k]
        value = np.array(estimate.value, dtype=np.float64)
        if estimate.lower is not None and estimate.upper is not None:
            value[estimate.upper > estimate.lower] = np.nan
        truth, bound = to_columns(value, mine), to_columns(estimate.bound, mine)
    return Probe(
        k=k,
        name=name,
        role=subject.role,
        outcome=outcome,
        inputs=_inputs(subject, outcome, layout),
        g=to_columns(outcome.upstream.astype(np.float64), output),
        y=to_columns(outcome.y.astype(np.float64), output),
        got=to_columns(outcome.got[k], mine),
        truth=truth,
        bound=bound,
        wrong=outcome.failed(f"d{name}"),
        oriented=bool(layout),
        layout=mine,
        symbols=symbols,
    )


def _inputs(subject: Subject, outcome: Outcome, layout: Mapping[str, str]) -> dict[str, Array]:
    return {
        name: to_columns(array.astype(np.float64), layout.get(name, ""))
        for name, array in zip(subject.names, outcome.sample.inputs, strict=True)
    }


def placed(subject: Subject, outcome: Outcome) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the layout of each array and the notes' symbol of each input of Y = WX + b.

    A layout that the subject does not state is told from the values: y is the product of two
    inputs, or sums to 1 along an axis.
    """
    layout = _of_inputs(subject)
    arrays = dict(zip(subject.names, outcome.sample.inputs, strict=True))
    matrices = {name: array for name, array in arrays.items() if array.ndim <= 2}
    for x, W in ((x, W) for x in matrices for W in matrices if x != W and matrices[W].ndim == 2):
        kind = _product(matrices[x], matrices[W], outcome.y, arrays, {x, W})
        if kind is not None:
            rest = [name for name in arrays if name not in (x, W)]
            symbols = {"x": x, "W": W, **({"b": rest[0]} if rest else {})}
            return layout or dict.fromkeys((*arrays, "y"), kind), symbols
    if not layout and outcome.y.ndim == 2 and len(arrays) == 1:
        for axis, kind in enumerate(("columns", "rows")):
            if np.all(outcome.y >= 0) and np.allclose(outcome.y.sum(axis=axis), 1.0):
                return dict.fromkeys((*arrays, "y"), kind), {}
    return layout, {}


def _of_inputs(subject: Subject) -> Mapping[str, str]:
    """Return the layout of each input, and of y where no input has that name.

    The prediction of a loss is called y as well; it lies as its target does.
    """
    layout = dict(subject.layout)
    if "y" in subject.names and layout.get("y", "scalar") == "scalar":
        shapes = dict(zip(subject.names, (a.shape for a in subject.inputs), strict=True))
        alike = [n for n in shapes if n != "y" and shapes[n] == shapes["y"] and n in layout]
        layout.pop("y", None)
        if alike:
            layout["y"] = layout[alike[0]]
    return layout


def _product(
    x: Array, W: Array, y: Array, arrays: Mapping[str, Array], used: set[str]
) -> str | None:
    """Return the layout in which y is Wx, plus another input if there is one, else None."""
    rest = [array for name, array in arrays.items() if name not in used]
    if len(rest) > 1 or y.ndim != x.ndim or x.ndim == 0:
        return None
    products = {"rows": (x, W), "columns" if x.ndim == 2 else "vector": (W, x)}
    for kind, (left, right) in products.items():
        if left.shape[-1] != right.shape[0]:
            continue
        try:
            value = left @ right + (rest[0] if rest else 0.0)
        except ValueError:
            continue
        if value.shape == y.shape and same(value, y, CLOSE):
            return "vector" if x.ndim == 1 and kind == "columns" else kind
    return None


def known(probe: Probe) -> Array | None:
    """Return the truth; NaN where no oracle could tell, but at the given point None."""
    if probe.truth is None and not probe.given:
        return np.full(probe.got.shape, np.nan)
    return probe.truth


def same(a: Array, b: Array, tolerance: float = CLOSE) -> bool:
    """Say whether two arrays that are not all zero are equal, relative to the largest entry."""
    if np.shape(a) != np.shape(b):
        return False
    size = np.abs(b).max(initial=0.0)
    return bool(size > 0 and np.all(np.abs(a - b) <= tolerance * size))
