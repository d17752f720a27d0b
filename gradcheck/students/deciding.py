"""Decide how a file lays out its data: by its dense layer, its softmax, its sums, its comments."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.errors import SubjectError
from gradcheck.students import alarm, output
from gradcheck.students.draw import drawn
from gradcheck.students.evidence import evidence_of
from gradcheck.students.functions import place_functions, runs_whole
from gradcheck.students.meeting import PATIENCE, layer_of
from gradcheck.students.naming import plain
from gradcheck.students.recipe import NotPlaced
from gradcheck.students.setting import ORIENTATIONS, Setting
from gradcheck.students.trials import complete

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.students.candidate import Candidate
    from gradcheck.students.known import Known


def decide(known: Known) -> Setting:
    """Return the layout of a file, with the reason; a layer or two of it are run to see."""
    chosen = known.settings.get("orientation")
    if chosen in ORIENTATIONS:
        return Setting(orientation=str(chosen), reason="as configured")
    evidence = evidence_of(known.text)
    scouted = _scout(known)
    if scouted is not None:
        setting, whole = scouted
        if whole:
            return replace(setting, reason="its dense layer runs on several examples")
        if evidence.batched:
            return replace(setting, reason="the file sums over the examples")
        if evidence.said_batch and not evidence.said_single:
            return replace(setting, reason="its comments speak of several examples")
        return setting.as_single(
            "its dense layer runs on one example, and nothing sums over several"
        )
    summed = _by_softmax(known)
    if summed is not None:
        return summed
    if evidence.batched:
        return Setting(orientation="batch_features", reason="the file sums over an axis")
    if evidence.said_single:
        column = "column" in known.text.lower() or ", 1)" in known.text
        return Setting(
            orientation="column" if column else "row",
            reason="its comments speak of one example",
        )
    return Setting(orientation="batch_features", reason="nothing says otherwise")


def _scout(known: Known) -> tuple[Setting, bool] | None:
    """Return the layout in which a dense layer runs, and whether that is for several examples."""
    settings = [Setting(orientation=o) for o in ("batch_features", "features_batch", "1d")]
    best: tuple[Setting, bool] | None = None
    for candidate in known.found:
        if candidate.role != "dense" or candidate.kind not in ("layer", "functions"):
            continue
        if candidate.name in known.lost:
            continue
        output.at(candidate.name)
        try:
            whole, setting = _scouted(known, candidate, settings)
        except (NotPlaced, SubjectError):
            continue
        if whole:
            return setting, True
        best = best or (setting, False)
    return best


def _scouted(
    known: Known, candidate: Candidate, settings: Sequence[Setting]
) -> tuple[bool, Setting]:
    """Return whether a dense layer runs on several examples, and in which layout."""
    with alarm.within(PATIENCE):
        if candidate.kind == "layer":
            fit, recipe, _ = layer_of(known, candidate, settings)
            return complete(recipe, fit.values()), fit.setting
        recipe, _, setting = place_functions(candidate, settings)
        return runs_whole(recipe), setting


def _by_softmax(known: Known) -> Setting | None:
    """Return the layout along whose features a function or layer named softmax sums to 1."""
    x = drawn((3, 5))
    for name, thing in known.namespace.items():
        if plain(name) not in ("softmax", "stablesoftmax") or not callable(thing):
            continue
        made = thing
        try:
            if isinstance(thing, type):
                candidate = next(c for c in known.found if c.thing is thing)
                made = getattr(thing(), str(candidate.forward))
            y = np.asarray(made(x.copy()))
            ones = [bool(np.allclose(y.sum(axis=axis), 1)) for axis in (0, 1)]
        except Exception:  # noqa: BLE001, S112 - foreign code: it says nothing then
            continue
        if ones.count(True) == 1:
            orientation = "features_batch" if ones[0] else "batch_features"
            return Setting(orientation=orientation, reason="along these its softmax sums to 1")
    return None
