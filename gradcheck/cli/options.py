"""Options that several commands share."""

from __future__ import annotations

import click

proof_seconds = click.option(
    "--proof-seconds",
    type=click.FloatRange(min=0.01, max=3600),
    default=2.0,
    show_default=True,
    help="For the exact proof of one layer, after which it counts as tested.",
)
