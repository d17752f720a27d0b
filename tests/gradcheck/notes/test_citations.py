"""A finding cites an equation that holds as printed, of the layer that it concerns."""

from __future__ import annotations

import pytest

from gradcheck.diagnosis.codes import catalogue
from gradcheck.notes.audit import Standing, audit
from gradcheck.notes.citations import CITED, CONDUCT, cited
from gradcheck.notes.index import BY_ID
from gradcheck.notes.meaning.claims import Context

NAMES = sorted({name for quantities in CITED.values() for name in quantities.values()})


@pytest.mark.parametrize("name", NAMES)
def test_what_is_cited_holds_as_it_is_printed(name: str) -> None:
    assert audit(BY_ID[name], Context(BY_ID), 3).verdict is Standing.HOLDS


@pytest.mark.parametrize(
    ("role", "quantity", "heading"),
    [
        ("dense", "dW", "Dense Layer"),
        ("dense", "db", "Dense Layer"),
        ("tanh", "dx", "Activation Layer"),
        ("relu", "y", "Activation Layer"),
        ("softmax", "dx", "Softmax"),
        ("mse", "dy", "Cost Function: Mean-Squared Error"),
    ],
)
def test_the_heading_is_that_of_the_layer(role: str, quantity: str, heading: str) -> None:
    equation = cited(role, quantity, "unlisted")
    assert equation is not None
    assert equation.heading == heading


@pytest.mark.parametrize(
    ("role", "quantity", "code"),
    [
        ("cross_entropy", "dy", "factor"),
        ("dense", "backward", "crash"),
        ("dense", "dW", "accumulates"),
        ("network", "dW1", "factor"),
    ],
)
def test_where_the_notes_say_nothing_nothing_is_cited(role: str, quantity: str, code: str) -> None:
    assert cited(role, quantity, code) is None


def test_the_codes_are_known() -> None:
    assert set(catalogue().codes) >= CONDUCT
