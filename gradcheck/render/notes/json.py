"""The audit of the notes as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gradcheck.render.notes.mathml import mathml
from gradcheck.render.notes.sentences import reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.notes.audit import Audited


def notes_json(found: Sequence[Audited]) -> str:
    """Return the audit as JSON text in ASCII, with a newline at its end."""
    return json.dumps({"equations": [entry(one) for one in found]}, indent=1) + "\n"


def entry(one: Audited) -> dict[str, Any]:
    """Return one entry of "equations"; what does not apply is null."""
    equation = one.equation
    return {
        "id": equation.id,
        "heading": equation.heading,
        "printed": equation.printed,
        "corrected": equation.corrected or None,
        "verdict": str(one.verdict),
        "counterexample": None if one.counterexample is None else asdict(one.counterexample),
        "reason": reason(one),
        "mathml": {
            "printed": mathml(equation.printed),
            "corrected": mathml(equation.corrected) if equation.corrected else None,
        },
    }
