"""Which equation of the notes a quantity of a layer rests on: what a finding cites."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from gradcheck.notes.index import BY_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcheck.notes.equation import Equation

_ELEMENTWISE = {"y": "activation-forward", "dx": "activation-gradient"}

CITED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "dense": {
            "y": "dense-forward",
            "dx": "dense-input-gradient",
            "dW": "dense-weight-entry",
            "db": "dense-bias-gradient",
        },
        "activation": _ELEMENTWISE,
        "leaky_relu": _ELEMENTWISE,
        "sigmoid": _ELEMENTWISE,
        "tanh": _ELEMENTWISE,
        "relu": {"y": "activation-relu", "dx": "activation-gradient"},
        "softmax": {"y": "softmax-forward", "dx": "softmax-short"},
        "mse": {"loss": "cost-value", "dy": "cost-gradient", "dx": "cost-gradient"},
    }
)
"""By role and quantity, the id of an equation that holds as it is printed."""

CONDUCT = frozenset(
    {
        "accumulates", "crash", "guard", "low-precision", "missing", "mutates-input",
        "mutates-output", "mutates-parameter", "mutates-upstream", "non-deterministic",
        "numerical-backward", "order", "overflow", "shared-state", "stale-cache",
        "stale-parameter", "updated-before-use", "zero-gradient",
    }
)  # fmt: skip
"""Codes of what code does, which no equation speaks of."""


def cited(role: str, quantity: str, code: str) -> Equation | None:
    """Return the equation that a finding concerns, or None where the notes have none.

    Parameters
    ----------
    role : str
        Of the subject: "dense", "softmax".
    quantity : str
        "dW": what is wrong.
    code : str
        Of the finding.
    """
    name = CITED.get(role, {}).get(quantity)
    return None if name is None or code in CONDUCT else BY_ID[name]
