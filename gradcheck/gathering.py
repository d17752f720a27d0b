"""Gather what pictures of a subject are drawn from: a few more calls of it, after all verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.account import Account, match
from gradcheck.errors import SubjectError
from gradcheck.evidence import Entries, Pictured, StepStudy, Strip, as_matrix, shown
from gradcheck.oracles.differences import FiniteDifferences, scale
from gradcheck.oracles.step_study import FIRST_STEP, ladder_from, study_steps
from gradcheck.records import Oracle, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcheck.execution import Runner
    from gradcheck.readings import Differing, Outcome
    from gradcheck.records import Array

ELEMENTWISE = ("relu", "leaky_relu", "sigmoid", "tanh")
"""Roles whose output is a function of one number: it can be drawn along a line."""

LINE = tuple(k / 8 for k in range(-24, 25))
"""Where it is drawn: exact numbers, 0 among them, with three on each side of every kink there."""

SIDE = 2.0**-20
"""Step of a one-sided slope on that line: exact, and small beside its spacing."""

MOST_INPUTS = 8
"""Gradients of one subject whose step study is drawn: a deep network has many."""


def gathered(
    runner: Runner, outcomes: Sequence[Outcome], differing: Sequence[Differing]
) -> Pictured:
    """Return what is drawn of a subject; nothing of what cannot be run.

    Parameters
    ----------
    runner : Runner
    outcomes : sequence of Outcome
        What was learnt at each point, the given one first.
    differing : sequence of Differing
        Where y is not what the notes say.
    """
    studies, entries = list[StepStudy](), list[Entries]()
    for differs in differing[:1]:
        primal = differs.reading.quantity
        entries += _entries(primal, differs.sample.regime, differs.y, differs.formula, None)
    with np.errstate(all="ignore"):
        for look in _looks(runner, outcomes):
            if look.failed:
                entries += _entries(
                    look.quantity, look.outcome.sample.regime, look.got, look.oracle, look.bound
                )
            if len(studies) < MOST_INPUTS:
                studies += _study(runner, look)
        strips = _strips(runner)
    return Pictured(studies=tuple(studies), entries=tuple(entries), strips=tuple(strips))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One gradient at the point at which it is drawn."""

    k: int
    quantity: str
    outcome: Outcome
    failed: bool
    got: Array
    oracle: Array | None
    bound: Array | None


def _looks(runner: Runner, outcomes: Sequence[Outcome]) -> Iterator[_Look]:
    """Yield each gradient, where it is wrong at the first point at which it is, else the given."""
    subject = runner.subject
    for k in subject.active:
        quantity = f"d{subject.names[k]}"
        known = [one for one in outcomes if k in one.got]
        wrong = [one for one in known if one.failed(quantity)]
        outcome = next((one for one in wrong if k in one.truth), next(iter(wrong or known), None))
        if outcome is None:
            continue
        truth = outcome.truth.get(k)
        yield _Look(
            k=k,
            quantity=quantity,
            outcome=outcome,
            failed=bool(wrong),
            got=np.asarray(outcome.got[k], dtype=np.float64),
            oracle=None if truth is None else truth.value,
            bound=None if truth is None else truth.bound,
        )


def _entries(
    quantity: str, regime: str, got: Array, oracle: Array | None, bound: Array | None
) -> list[Entries]:
    if oracle is None or got.shape != oracle.shape or not got.size:
        return []
    rows, columns = shown(*as_matrix(got.shape))
    picked = np.ix_(rows, columns)

    def held(array: Array) -> tuple[float, ...]:
        laid_out = np.asarray(array, dtype=np.float64).reshape(as_matrix(got.shape))
        return tuple(laid_out[picked].reshape(-1).tolist())

    return [
        Entries(
            quantity=quantity,
            regime=regime,
            shape=got.shape,
            rows=tuple(rows),
            columns=tuple(columns),
            got=held(got),
            oracle=held(oracle),
            bound=held(np.full(got.shape, np.nan) if bound is None else bound),
        )
    ]


def _study(runner: Runner, look: _Look) -> list[StepStudy]:
    """Return the step study of the gradient's worst entry, or of its largest if it is right."""
    outcome, k = look.outcome, look.k
    if not look.got.size:
        return []
    index = _chosen(look)
    inputs = outcome.sample.inputs
    edges = [(-np.inf, np.inf)] * len(inputs)
    try:
        differences = FiniteDifferences(runner.forward, inputs, edges)
    except SubjectError:
        return []
    upstream = np.asarray(outcome.upstream, dtype=np.float64)
    if differences.y.shape != upstream.shape:
        return []
    ladder = ladder_from(FIRST_STEP, differences.eps)
    size = float(scale(differences.work[k])[index])
    values = np.full((2, len(ladder.steps), 1), np.nan)
    for level, step in enumerate(ladder.steps):
        for side, sign in enumerate((1.0, -1.0)):
            work = list(differences.work)
            work[k] = work[k].copy()
            work[k][index] += sign * step * size
            try:
                values[side, level] = float((upstream * differences.evaluate(work)).sum())
            except SubjectError:
                continue
    y = np.array([float((upstream * differences.y).sum())])
    noise = np.array([float((np.abs(upstream) * differences.noise).sum())])
    study = study_steps(values, y, noise, ladder)
    reference, oracle = _reference(look, index, float(study.value[0]) / size)
    central = study.slopes.mean(axis=0)[:, 0] / size
    kept = [m for m, slope in enumerate(central) if np.isfinite(slope)]
    if not kept or not np.isfinite(reference):
        return []
    return [
        StepStudy(
            quantity=look.quantity,
            index=tuple(int(i) for i in index),
            regime=outcome.sample.regime,
            steps=tuple(ladder.steps[m] * size for m in kept),
            errors=tuple(abs(float(central[m]) - reference) for m in kept),
            chosen=size / float(study.inverse[0]),
            bound=float(study.bound[0]) / size,
            reference=reference,
            reference_oracle=str(oracle),
            got=float(look.got[index]),
        )
    ]


def _chosen(look: _Look) -> tuple[int, ...]:
    measure = np.abs(look.got)
    if look.oracle is not None:
        measure = np.abs(look.got - look.oracle if look.failed else look.oracle)
    flat = int(np.nan_to_num(measure, nan=-1.0, posinf=0.0).argmax())
    return tuple(int(i) for i in np.unravel_index(flat, look.got.shape))


def _reference(look: _Look, index: tuple[int, ...], own: float) -> tuple[float, Oracle]:
    """Return the derivative as the best oracle that could tell knows it."""
    if look.oracle is None or not np.isfinite(look.oracle[index]):
        return own, Oracle.FINITE_DIFFERENCE
    stepped = any(
        one.quantity == look.quantity
        and one.oracle is Oracle.COMPLEX_STEP
        and one.verdict is not Verdict.INCONCLUSIVE
        for one in look.outcome.readings
    )
    oracle = Oracle.COMPLEX_STEP if stepped else Oracle.FINITE_DIFFERENCE
    return float(look.oracle[index]), oracle


def _strips(runner: Runner) -> list[Strip]:
    """Return an activation along a line, where it is a function of one number."""
    subject = runner.subject
    x = subject.inputs[0]
    if subject.role not in ELEMENTWISE or len(subject.active) != 1 or x.dtype != np.float64:
        return []
    line = np.array(LINE)
    try:
        y, got = _along(runner, line)
        right = (_along(runner, line + SIDE)[0] - y) / SIDE
        left = (y - _along(runner, line - SIDE)[0]) / SIDE
    except SubjectError:
        return []
    if not np.isfinite([y, left, right]).all():
        return []
    return [
        Strip(
            quantity=f"d{subject.names[0]}",
            x=LINE,
            **{
                name: tuple(array.tolist())
                for name, array in (("y", y), ("left", left), ("right", right), ("got", got))
            },
        )
    ]


def _along(runner: Runner, line: Array) -> tuple[Array, Array]:
    """Return y and backward's dX for an upstream gradient of 1, at each number of the line.

    Raises
    ------
    SubjectError
        Where the code raises, or gives arrays of other shapes than its input's.
    """
    subject = runner.subject
    shape = subject.inputs[0].shape
    size = max(1, subject.inputs[0].size)
    y, got = np.empty(line.size), np.empty(line.size)
    for begin in range(0, line.size, size):
        part = line[begin : begin + size]
        X = np.resize(part, size).reshape(shape)
        inputs = [X, *subject.inputs[1:]]
        value, handed = runner.vjp(inputs, np.ones(shape))
        seen = Account(y=value)
        match(subject, inputs, handed, seen)
        gradient = seen.gradients[0]
        if value.shape != shape or gradient is None or gradient.shape != shape:
            raise SubjectError("it is no function of each number on its own")
        y[begin : begin + size] = value.reshape(-1)[: part.size]
        got[begin : begin + size] = gradient.reshape(-1)[: part.size]
    return y, got
