"""How a file lays out its data."""

from __future__ import annotations

import pytest

from gradcheck.students.draw import drawn
from gradcheck.students.evidence import evidence_of
from gradcheck.students.setting import ORIENTATIONS, Setting

SHAPES = {
    "batch_features": (3, 7), "features_batch": (7, 3), "row": (1, 7), "column": (7, 1), "1d": (7,),
}  # fmt: skip


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_layout_gives_shapes(orientation: str) -> None:
    setting = Setting(orientation=orientation)
    shape = setting.shape(7)
    assert shape == SHAPES[orientation]
    assert shape[setting.feature_axis] == 7
    assert setting.batch == (1 if setting.single else 3)


@pytest.mark.parametrize(
    ("orientation", "single"),
    [("batch_features", "row"), ("features_batch", "column"), ("1d", "1d"), ("row", "row")],
)
def test_a_layout_has_one_for_a_single_example(orientation: str, single: str) -> None:
    assert Setting(orientation=orientation).as_single("why").orientation == single


@pytest.mark.parametrize(
    ("text", "batched"),
    [
        ("np.sum(g, axis=0)", True), ("g.sum(axis=1, keepdims=True)", True), ("g.sum(0)", True),
        ("np.sum(g, 0)", True), ("np.sum(g)", False), ("g.mean()", False), ("max(0, x)", False),
        ("np.sum(g, axis=None)", False), ("p[np.arange(n), labels]", True), ("p[0, 1]", False),
        ("np.einsum('nj->j', g)", True), ("not python (", False),
    ],
)  # fmt: skip
def test_a_text_tells_of_batches(text: str, *, batched: bool) -> None:
    assert evidence_of(text).batched is batched


@pytest.mark.parametrize(
    ("text", "single", "batch"),
    [
        ("# x is a column vector", True, False),
        ("# one example at a time", True, False),
        ("# x: (n_in, 1)", True, False),
        ("# one mini-batch", False, True),
        ("# X: (N, features)", False, True),
        ("# nothing", False, False),
    ],
)
def test_comments_tell_of_batches(text: str, *, single: bool, batch: bool) -> None:
    evidence = evidence_of(text)
    assert (evidence.said_single, evidence.said_batch) == (single, batch)


def test_trial_values_are_the_same_every_time() -> None:
    assert (drawn((2, 3)) == drawn((2, 3))).all()
    assert (drawn((2, 3), 1) != drawn((2, 3), 2)).all()
