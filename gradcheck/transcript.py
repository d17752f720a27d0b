"""The audit of the notes, kept on disk: it is made again for each version of the sources."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcheck.notes.audit import Audited, Counterexample, Standing, audited
from gradcheck.notes.index import BY_ID, EQUATIONS
from gradcheck.oracles import derivations

if TYPE_CHECKING:
    from collections.abc import Sequence


def transcript() -> list[Audited]:
    """Return what each equation of the notes is found to be, in the notes' order."""
    key = derivations.key_of("transcript", _sources())
    kept = _read(derivations.load(key))
    if kept is None:
        kept = audited(EQUATIONS)
        derivations.store(key, [_text(one) for one in kept])
    return kept


@lru_cache(maxsize=1)
def _sources() -> str:
    """Return a digest of all that the audit depends on beside the libraries."""
    here = Path(__file__).parent / "notes"
    digest = hashlib.sha256()
    for path in sorted(here.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _text(one: Audited) -> str:
    example = None if one.counterexample is None else asdict(one.counterexample)
    return json.dumps(
        {
            "id": one.equation.id,
            "verdict": one.verdict,
            "reason": one.reason,
            "remark": one.remark,
            "counterexample": example,
        }
    )


def _read(texts: Sequence[str] | None) -> list[Audited] | None:
    """Return what was kept; None where it is not all of it, or not what was written."""
    if texts is None or len(texts) != len(EQUATIONS):
        return None
    try:
        return [_audited(json.loads(text)) for text in texts]
    except (ValueError, KeyError, TypeError):
        return None


def _audited(entry: dict[str, Any]) -> Audited:
    example = entry["counterexample"]
    return Audited(
        equation=BY_ID[entry["id"]],
        verdict=Standing(entry["verdict"]),
        reason=entry["reason"],
        remark=entry["remark"],
        counterexample=None if example is None else Counterexample(**example),
    )
