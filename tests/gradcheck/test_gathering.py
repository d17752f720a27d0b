"""What is gathered for the pictures is of the point, the entry and the code that they speak of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import gradcheck.gathering
from gradcheck.check import check_subject
from gradcheck.records import Verdict
from gradcheck.subject import from_functions

X = np.array([[0.3, -1.2], [2.0, 0.7], [-0.4, 1.1]])


def cubed(factor):
    def forward(x):
        return x**3

    def backward(upstream, x):
        return factor * upstream * x**2

    return from_functions(forward, backward, X)


def relu(at_zero, below=0.0):
    def forward(x):
        return np.maximum(x, 0.0)

    def backward(upstream, x):
        return upstream * np.where(x > 0, 1.0, np.where(x == 0, at_zero, below))

    return replace(from_functions(forward, backward, X), role="relu")


def pictured(subject):
    result = check_subject(subject, pictured=True)
    assert result.pictured is not None
    return result, result.pictured


def test_nothing_is_gathered_unless_it_is_asked_for():
    assert check_subject(cubed(2.0)).pictured is None


def test_the_verdict_is_the_same_with_pictures():
    plain, drawn = check_subject(cubed(2.0)), check_subject(cubed(2.0), pictured=True)
    assert [(c.quantity, c.verdict, c.residual) for c in plain.checks] == [
        (c.quantity, c.verdict, c.residual) for c in drawn.checks
    ]


def test_of_a_wrong_gradient_every_entry_is_held():
    result, drawn = pictured(cubed(2.0))
    assert result.verdict is Verdict.FAIL
    (held,) = drawn.entries
    assert (held.quantity, held.regime, held.shape) == ("dx", "point", (3, 2))
    assert held.got == pytest.approx([2 / 3 * one for one in held.oracle], rel=1e-9)


def test_of_a_right_gradient_no_entries_are_held():
    result, drawn = pictured(cubed(3.0))
    assert result.verdict is Verdict.PASS
    assert drawn.entries == ()


def test_the_error_falls_as_the_step_shrinks_and_rises_again():
    _, drawn = pictured(cubed(3.0))
    (study,) = drawn.studies
    at = min(range(len(study.steps)), key=lambda k: abs(study.steps[k] - study.chosen))
    assert study.steps[at] == study.chosen
    assert study.errors[at] < 1e-3 * study.errors[0]
    assert min(study.errors) < 1e-3 * study.errors[-1]
    assert study.residual <= study.bound
    assert study.reference_oracle == "complex-step"


def test_of_a_wrong_gradient_the_worst_entry_is_studied():
    _, drawn = pictured(cubed(2.0))
    (study,), (held,) = drawn.studies, drawn.entries
    gaps = np.abs(np.array(held.got) - held.oracle)
    assert study.residual == pytest.approx(gaps.max(), rel=1e-9)
    assert study.index == tuple(np.unravel_index(gaps.argmax(), held.shape))
    assert study.residual > 1e6 * study.bound


def test_a_kink_has_two_slopes_and_backward_is_drawn_at_it():
    for at_zero in (0.0, 0.5):
        _, drawn = pictured(relu(at_zero))
        (strip,) = drawn.strips
        k = strip.x.index(0.0)
        assert (strip.left[k], strip.right[k], strip.got[k]) == (0.0, 1.0, at_zero)
        assert strip.left[k + 1] == strip.right[k + 1] == strip.got[k + 1] == 1.0


def test_a_wrong_side_is_seen_on_the_strip():
    _, drawn = pictured(relu(0.0, below=0.25))
    (strip,) = drawn.strips
    k = strip.x.index(-1.0)
    assert (strip.left[k], strip.right[k], strip.got[k]) == (0.0, 0.0, 0.25)


def test_only_what_is_a_function_of_one_number_has_a_strip():
    _, drawn = pictured(cubed(3.0))
    assert drawn.strips == ()


def test_a_picture_that_fails_takes_nothing_from_the_verdict(monkeypatch):
    def gathered(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(gradcheck.gathering, "gathered", gathered)
    result = check_subject(cubed(2.0), pictured=True)
    assert result.verdict is Verdict.FAIL
    assert result.pictured is None
