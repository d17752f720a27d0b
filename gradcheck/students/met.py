"""A layer that an author hands in, met as `gradcheck check` meets those of a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck import asserting, session
from gradcheck.errors import OracleError, UsageError
from gradcheck.isolation import isolated
from gradcheck.students.data import data_for
from gradcheck.students.find import candidate_of
from gradcheck.students.given import array_of, fitted, maker_of, subject_from
from gradcheck.students.lane import FORMULA_OF
from gradcheck.students.layers import recipe_of
from gradcheck.students.recipe import NotPlaced

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from gradcheck.records import Result
    from gradcheck.subject import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A layer that was handed in, as a subject.

    Attributes
    ----------
    subject : Subject
    formula : str or None
        Of the notes, that it should be.
    told : mapping of str to str
        What was taken for what.
    """

    subject: Subject
    formula: str | None
    told: Mapping[str, str]


def met_layer(layer: Any, x: Any, role: str | None, orientation: str | None, seed: int) -> Met:
    """Return a layer as a subject; it is built and run some times, and nothing is checked.

    Parameters
    ----------
    layer, x, role, orientation, seed :
        As in `check_layer`.

    Raises
    ------
    UsageError
        As `check_layer`.
    """
    make = maker_of(layer)
    with isolated():
        kind: Any = type(make())
        candidate = candidate_of(kind)
        if candidate is None or not candidate.backward:
            raise UsageError(
                f"layer={kind.__name__} has no forward and backward that are known; "
                "name them so, or use gradcheck.check_functions"
            )
        data = array_of(x, "x") if x is not None else None
        if data is None:
            data = data_for(make, candidate.forward, seed, orientation)
        fit = fitted(make, candidate, data, orientation)
        try:
            recipe, told = recipe_of(fit, candidate.backward, words_of_zeroing=True)
        except NotPlaced as error:
            raise UsageError(f"layer={kind.__name__}: {error}; rename it") from error
    values = (data, *(np.array(p.array) for p in fit.parameters))
    chosen = role or candidate.role
    call = f"gradcheck.check_layer({kind.__name__}, ..., seed={seed})"
    subject = subject_from(candidate, recipe, values, chosen, fit.setting, call)
    return Met(subject=subject, formula=_formula(subject, chosen), told=told)


def checked_layer(met: Met, regimes: str | Sequence[str], seed: int) -> Result:
    """Return what is known of a layer that was met."""
    result = checked(met.subject, met.formula, regimes, seed)
    return session.noted(replace(result, convention=met.told))


def _formula(subject: Subject, role: str) -> str | None:
    return FORMULA_OF.get(role) if subject.layout else None


def checked(
    subject: Subject, formula: str | None, regimes: str | Sequence[str], seed: int
) -> Result:
    """Return what is known of a subject; the formula is left aside where its inputs are others."""
    from gradcheck.check import check_subject

    more: Any = {"proving": asserting.proving(), "pictured": session.pictured()}
    try:
        return check_subject(subject, regimes=regimes, seed=seed, formula=formula, **more)
    except OracleError:
        return check_subject(subject, regimes=regimes, seed=seed, **more)
