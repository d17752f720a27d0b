"""Load a file, find what can be checked in it, and meet each: the order of it all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gradcheck.errors import SubjectError
from gradcheck.isolation import isolated
from gradcheck.students import alarm, output
from gradcheck.students.chain import chains
from gradcheck.students.deciding import decide
from gradcheck.students.filling import Filling, filling_of
from gradcheck.students.flagged import at_outputs
from gradcheck.students.guards import Guards
from gradcheck.students.known import known_of
from gradcheck.students.load import load
from gradcheck.students.meeting import PATIENCE, met, unplaced
from gradcheck.students.recipe import NotPlaced
from gradcheck.students.resized import resized
from gradcheck.students.source import edited
from gradcheck.students.telling import told_error
from gradcheck.students.texts import source_of, uses

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from gradcheck.students.adapter import Adapter
    from gradcheck.students.candidate import Candidate
    from gradcheck.students.known import Known
    from gradcheck.students.placed import Placed


@dataclass(slots=True, kw_only=True)
class Survey:
    """What was found in a file: adapters in the order of the file, and notes."""

    adapters: list[Adapter] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    output: str = ""


def survey(path: Path, settings: Mapping[str, Any]) -> Survey:
    """Return what can be checked in a file.

    Parameters
    ----------
    path : Path
        A Python file or a notebook.
    settings : mapping
        The ``[tool.gradcheck]`` table; "seconds" bounds what the file runs when it is loaded.

    Raises
    ------
    LoadError
        Where the file cannot be read or is no Python.
    """
    guards = Guards(remove=bool(settings.get("without guards")))
    with edited(guards):
        loaded = load(path, seconds=float(settings.get("seconds", 5.0)))
    with isolated():
        adapters = _adapters(known_of(loaded, settings, guards.found))
    return Survey(adapters=adapters, notes=list(loaded.notes), output=loaded.output)


def _adapters(known: Known) -> list[Adapter]:
    """Return one adapter a subject, and those that are looked at behind another."""
    known.setting = decide(known)
    simple = [c for c in known.found if c.kind not in ("container", "network")]
    composed = [c for c in known.found if c.kind in ("container", "network")]
    placed: list[Placed] = []
    for candidate in simple:
        placed += _placed(known, candidate, Filling())
    filling = filling_of(placed, known)
    known.stock.layers = next(iter(filling.compositions()), None)
    for candidate in composed:
        placed += _placed(known, candidate, filling)
    placed = _without_helpers(placed, known)
    order = {id(c): k for k, c in enumerate(known.found)}
    placed.sort(key=lambda p: order[id(p.candidate)])
    return [*placed, *chains(placed), *at_outputs(placed), *resized(placed, known, filling)]


def _placed(known: Known, candidate: Candidate, filling: Filling) -> list[Placed]:
    """Return a candidate as it is met, or with the reason why it cannot be."""
    lost = known.lost.get(candidate.name)
    if lost is not None:
        return [unplaced(known, candidate, str(lost), lost=True)]
    output.at(candidate.name)
    try:
        with alarm.within(PATIENCE):
            return met(known, candidate, filling)
    except NotPlaced as reason:
        return [unplaced(known, candidate, str(reason))]
    except SubjectError as error:
        return [unplaced(known, candidate, str(error), lost=True)]
    except Exception as error:  # noqa: BLE001 - one subject must not cost the others
        return [unplaced(known, candidate, told_error(error))]


def _without_helpers(placed: Sequence[Placed], known: Known) -> list[Placed]:
    """Leave out F and F' where a class that was placed calls both: that checks them."""
    texts = [source_of(p.candidate.thing) for p in placed
             if p.candidate is not None and isinstance(p.candidate.thing, type)
             and not p.description.reason]  # fmt: skip
    return [
        p
        for p in placed
        if p.candidate is None
        or p.candidate.kind != "pair"
        or p.candidate.name in known.tables()
        or not any(
            uses(text, (p.candidate.forward.__name__, p.candidate.backward.__name__))
            for text in texts
        )
    ]
