from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

import reference_net
from gradcheck.notes.formulas import FORMULAS
from gradcheck.oracles.symbolic import derive
from gradcheck.reference import reference_subjects

if TYPE_CHECKING:
    from gradcheck.subject import Subject

OFFERED = reference_subjects(0)
IDS = [f"{s.name}-{'-'.join(str(a.shape) for a in s.inputs)}" for s, _ in OFFERED]
each = pytest.mark.parametrize(("subject", "formula"), OFFERED, ids=IDS)


def test_every_layer_of_the_notes_is_offered_by_its_formula() -> None:
    assert {formula for _, formula in OFFERED} == set(FORMULAS)
    offered = {subject.name for subject, _ in OFFERED}
    helpers = {"Activation", "Array", "GradientDescent", "Layer", "train", "train_step"}
    assert offered == set(reference_net.__all__) - helpers


@pytest.mark.parametrize("formula", FORMULAS)
def test_shapes_tell_wrong_sizes_apart(formula: str) -> None:
    letters = FORMULAS[formula].shapes
    sizes = []
    for subject, name in OFFERED:
        if name == formula:
            pairs = [
                pair
                for names, array in zip(letters, subject.inputs, strict=True)
                for pair in zip(names, array.shape, strict=True)
                if isinstance(pair[0], str)
            ]
            sizes.append(dict(pairs))
    assert any(size["N"] == 1 for size in sizes)
    assert any(size["N"] > 1 and len(set(size.values())) == len(size) for size in sizes)
    assert any(list(size.values()).count(1) > 1 for size in sizes)


@each
def test_names_and_constants_are_the_formulas(subject: Subject, formula: str) -> None:
    assert subject.names == FORMULAS[formula].inputs
    assert subject.constants == frozenset(FORMULAS[formula].constants)
    assert subject.role == formula
    assert subject.reproduce == "gradcheck verify --seed 0"


@each
def test_backward_is_the_notes(subject: Subject, formula: str) -> None:
    oracle = derive(
        formula, {n: a.shape for n, a in zip(subject.names, subject.inputs, strict=True)}
    )
    instance = subject.make()
    y = np.asarray(instance.forward(*subject.inputs))
    np.testing.assert_allclose(y, oracle.forward(subject.inputs).value, rtol=0, atol=1e-14)
    upstream = np.asarray(np.random.default_rng(1).standard_normal(y.shape))
    gradients = instance.backward(upstream)
    assert len(gradients) == len(subject.names)
    told = [
        gradient
        for name, gradient in zip(subject.names, gradients, strict=True)
        if name not in subject.constants
    ]
    for gradient, estimate in zip(told, oracle.gradients(subject.inputs, upstream), strict=True):
        np.testing.assert_allclose(gradient, estimate.value, rtol=0, atol=1e-14)


@each
@pytest.mark.parametrize("dtype", [np.float32, np.complex128])
def test_dtypes_come_through(subject: Subject, formula: str, dtype: type) -> None:
    instance = subject.make()
    y = np.asarray(instance.forward(*(array.astype(dtype) for array in subject.inputs)))
    assert y.dtype == dtype
    gradients = instance.backward(np.asarray(np.ones(y.shape, dtype)))
    assert {g.dtype for g in gradients if g is not None} == {np.dtype(dtype)}


@each
def test_instances_are_fresh(subject: Subject, formula: str) -> None:
    first, second = subject.make(), subject.make()
    assert first is not second
    y = np.asarray(first.forward(*subject.inputs))
    first.backward(np.asarray(np.ones(y.shape)))
    with pytest.raises(RuntimeError, match="before forward"):
        second.backward(np.asarray(np.ones(y.shape)))


def test_a_subclass_of_ndarray_comes_through() -> None:
    class Kept(np.ndarray):
        pass

    subject = next(s for s, formula in OFFERED if formula == "dense")
    assert isinstance(subject.make().forward(*(a.view(Kept) for a in subject.inputs)), Kept)


def test_the_seed_draws_the_inputs() -> None:
    again, other = reference_subjects(0), reference_subjects(1)
    for (a, _), (b, _), (c, _) in zip(OFFERED, again, other, strict=True):
        assert all(np.array_equal(x, y) for x, y in zip(a.inputs, b.inputs, strict=True))
        assert not any(np.array_equal(x, y) for x, y in zip(a.inputs, c.inputs, strict=True))


def test_places_are_the_same_on_every_machine() -> None:
    dense = OFFERED[0][0]
    assert dense.file == "reference_net/dense.py"
    assert dense.line > 1


def test_the_shapes_are_small_enough_for_the_symbolic_oracle() -> None:
    assert max(math.prod(a.shape) for s, _ in OFFERED for a in s.inputs) <= 20
