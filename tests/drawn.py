"""What pictures are drawn from, made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gradcheck.evidence import Entries, Pictured, StepStudy, Strip

if TYPE_CHECKING:
    from gradcheck.records import Result

STEPS = tuple(8.0**-k for k in range(1, 13))
ERRORS = tuple(step**2 + 1e-16 / step for step in STEPS)


def study(quantity: str = "dx", got: float = 0.1648, **more: object) -> StepStudy:
    fields: dict[str, object] = {
        "index": (3, 0), "regime": "point", "steps": STEPS, "errors": ERRORS, "chosen": STEPS[4],
        "bound": 1e-10, "reference": 0.3117, "reference_oracle": "complex-step", **more,
    }  # fmt: skip
    return StepStudy(quantity=quantity, got=got, **fields)  # type: ignore[arg-type]


def entries(quantity: str = "dx", **more: object) -> Entries:
    fields: dict[str, object] = {
        "regime": "point", "shape": (2, 3), "rows": (0, 1), "columns": (0, 1, 2),
        "got": (1.0, -2.0, 3.0, 4.0, 5.0, 0.0), "oracle": (1.0, 2.0, 3.0, 4.0, 5.5, 0.0),
        "bound": (1e-12,) * 6, **more,
    }  # fmt: skip
    return Entries(quantity=quantity, **fields)  # type: ignore[arg-type]


def relu_strip(at_kink: float = 0.0, above: float = 1.0) -> Strip:
    """Return ReLU on five places; backward returns `at_kink` at 0 and `above` after it."""
    return Strip(
        quantity="dx", x=(-2.0, -1.0, 0.0, 1.0, 2.0), y=(0.0, 0.0, 0.0, 1.0, 2.0),
        left=(0.0, 0.0, 0.0, 1.0, 1.0), right=(0.0, 0.0, 1.0, 1.0, 1.0),
        got=(0.0, 0.0, at_kink, above, above),
    )  # fmt: skip


def with_pictures(result: Result, *, strip: bool = True) -> Result:
    strips = (relu_strip(),) if strip else ()
    pictured = Pictured(studies=(study(),), entries=(entries(),), strips=strips)
    return replace(result, pictured=pictured)
