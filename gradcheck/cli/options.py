"""Options that several commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable


def proof_seconds(default: float) -> Callable[[Any], Any]:
    """Return the option that bounds the time of a proof, with a default in seconds."""
    return click.option(
        "--proof-seconds",
        type=click.FloatRange(min=0.01, max=3600),
        default=default,
        show_default=True,
        help="Processor time for the exact proof of one layer, after which it counts as tested.",
    )
