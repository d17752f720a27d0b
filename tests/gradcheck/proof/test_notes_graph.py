"""The notes' formulas as graphs, held against the formulas themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradcheck.errors import OracleError
from gradcheck.notes.formulas import FORMULAS
from gradcheck.proof.evaluation import FloatValues
from gradcheck.proof.expression import Pool
from gradcheck.proof.graph import UPSTREAM
from gradcheck.proof.limits import Budget, GivenUp
from gradcheck.proof.notes_graph import AgainstNotes, graph_of, transplanted
from gradcheck.proof.prove import in_process
from gradcheck.reference import reference_subjects
from gradcheck.subject import Subject, from_functions

SUBJECTS = {
    f"{formula} {subject.inputs[0].shape}": (subject, formula)
    for subject, formula in reference_subjects(0)
    if max(array.size for array in subject.inputs) <= 24
}


def graph(subject: Subject) -> Any:
    inputs = [array.copy() for array in subject.inputs]
    y = np.asarray(subject.make().forward(*inputs))
    return in_process(subject)(subject.inputs, np.ones(y.shape), True, Budget(20))  # noqa: FBT003


@pytest.mark.parametrize("name", SUBJECTS)
def test_each_has_the_value_of_the_reference(name: str) -> None:
    subject, formula = SUBJECTS[name]
    own = graph(subject)
    notes = AgainstNotes(subject, formula, own)
    point = {
        variable: float(value)
        for name, array in zip(subject.names, subject.inputs, strict=True)
        if name in own.variables
        for variable, value in zip(own.variables[name], array.flat, strict=True)
    }
    rng = np.random.default_rng(0)
    point |= {variable: float(rng.normal()) for variable in own.variables[UPSTREAM]}
    values = FloatValues(point)
    for mine, theirs in zip(own.y, notes.y, strict=True):
        assert values.of(mine) == pytest.approx(values.of(theirs), rel=1e-9, abs=1e-12)
    for name, mine_of in zip(subject.names, own.gradients, strict=True):
        if name in notes.gradients and mine_of is not None:
            for mine, theirs in zip(mine_of, notes.gradients[name], strict=True):
                assert values.of(mine) == pytest.approx(values.of(theirs), rel=1e-9, abs=1e-12)


def test_a_formula_is_derived_once() -> None:
    assert graph_of("tanh", ((2, 1),)) is graph_of("tanh", ((2, 1),))
    assert graph_of("tanh", ((2, 1),)) is not graph_of("tanh", ((1, 2),))


def test_shapes_must_be_the_formulas() -> None:
    names = FORMULAS["dense"].inputs
    right = {"x": (3, 1), "W": (2, 3), "b": (2, 1)}
    assert graph_of("dense", tuple(right[name] for name in names))
    wrong = {**right, "W": (2, 4)}
    with pytest.raises(OracleError, match="shape"):
        graph_of("dense", tuple(wrong[name] for name in names))


def dense(layout: dict[str, str], *arrays: Any) -> Subject:
    from dataclasses import replace

    subject = from_functions(
        lambda x, W: x @ W, lambda g, x, W: (g @ W.T, x.T @ g), arrays, names=["x", "W"]
    )
    return replace(subject, layout=layout)


def test_rows_and_a_missing_b() -> None:
    x, W = np.ones((4, 3)), np.ones((3, 2))
    rows = dict.fromkeys(("x", "W", "y"), "rows")
    subject = dense(rows, x, W)
    own = graph(subject)
    notes = AgainstNotes(subject, "dense", own)
    assert len(notes.y) == 8
    point = {v: k + 1.0 for name in ("x", "W", UPSTREAM) for k, v in enumerate(own.variables[name])}
    values = FloatValues(point)
    assert [values.of(one) for one in own.y] == [values.of(one) for one in notes.y]
    assert set(notes.gradients) == {"x", "W"}


def test_inputs_that_are_not_the_formulas_are_given_up() -> None:
    x, W = np.ones((4, 3)), np.ones((3, 2))
    with pytest.raises(GivenUp, match="not those"):
        AgainstNotes(dense({}, x, W), "tanh", graph(dense({}, x, W)))
    with pytest.raises(GivenUp, match="shape"):
        AgainstNotes(dense({}, x, W), "dense", graph(dense({}, x, W)))


def test_transplanted_nodes_are_the_same_functions() -> None:
    one, other = Pool(), Pool()
    x, y = one.variable("x"), one.variable("y")
    root = one.add(
        one.maximum([x, y, one.call("exp", x)]),
        one.mul(one.positive(x), one.power(one.nonnegative(one.add(y, one.constant(2))), 3)),
    )
    new = other.variable("z[0]")
    moved = transplanted([root], other, {"x": new})
    again = moved[root.number]
    assert again.pool is other
    for at in ((0.5, 2.0), (-1.0, -3.0)):
        assert FloatValues({"z[0]": at[0], "y": at[1]}).of(again) == FloatValues(
            {"x": at[0], "y": at[1]}
        ).of(root)
