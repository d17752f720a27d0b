"""No false proof: mutants of correct layers are proved only where they are right.

Each mutant has one mistake in forward or backward. What the proof says of each gradient is held
against a judge that shares nothing with it (`differences`), and each certificate is replayed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from differences import backward, differs, forward, point, slope
from mutation import mutants_of
from written_layers import LAYERS

from gradcheck.errors import SubjectError
from gradcheck.proof.graph import UPSTREAM, variables_of
from gradcheck.proof.limits import Budget
from gradcheck.proof.prove import REGIONS, Prover, in_process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mutants import Mutant
    from written_layers import Written

    from gradcheck.proof.certificate import Certificate
    from gradcheck.proof.statement import Statement
    from gradcheck.subject import Subject

POINTS = 4
SECONDS = 1.0
CLOSE = 1e-4

layers = pytest.mark.parametrize("layer", LAYERS, ids=[layer.name for layer in LAYERS])


@dataclass(frozen=True)
class Outcome:
    """What the proof says of one gradient of a mutant, and whether the judge sees it differ."""

    mutant: str
    quantity: str
    said: str
    wrong: bool | None
    replays: bool = True

    def __str__(self) -> str:
        return f"{self.mutant}: {self.quantity} is {self.said}"


def prover_of(subject: Subject) -> Prover:
    return Prover(subject, in_process(subject), None, Budget(SECONDS), 0)


def wrong_ones(subject: Subject, points: list[Any]) -> dict[str, bool] | None:
    """Return for each input that has a gradient whether it is wrong; None if nothing runs."""
    found: dict[str, bool] = {}
    try:
        for inputs, upstream in points:
            for k, got in enumerate(backward(subject, inputs, upstream)):
                name = subject.names[k]
                if got is None or name in subject.constants:
                    continue
                found[name] = found.get(name, False) or differs(subject, k, inputs, upstream, got)
    except Exception:  # noqa: BLE001 - a mutant may raise anything
        return None
    return found or None


def random_points(subject: Subject) -> list[Any]:
    rng = np.random.default_rng(7)
    try:
        drawn = [point(subject, rng) for _ in range(POINTS)]
    except Exception:  # noqa: BLE001
        return []
    return [one for one in drawn if one is not None]


def replays(subject: Subject, quantity: str, certificate: Certificate) -> bool:
    """Say whether the plain code returns what the certificate says, and the truth is another."""
    values = {name: float(value) for name, value in certificate.point.items()}
    inputs = [
        np.array([values[one] for one in variables_of(name, array.shape)]).reshape(array.shape)
        if name not in subject.constants
        else array
        for name, array in zip(subject.names, subject.inputs, strict=True)
    ]
    y = forward(subject, inputs)
    upstream = np.array([values[one] for one in variables_of(UPSTREAM, y.shape)]).reshape(y.shape)
    k = subject.names.index(quantity[1:])
    got = backward(subject, inputs, upstream)[k].flat[certificate.entry]
    place = np.unravel_index(certificate.entry, inputs[k].shape)
    true, error = slope(subject, k, place, inputs, upstream)
    size = max(abs(got), abs(true), 1e-3)
    told = abs(true - (got - certificate.difference)) <= CLOSE * size + 20 * error
    return bool(got == certificate.replayed and certificate.difference and told)


def outcomes(layer: Written, mutant: Mutant) -> list[Outcome]:
    """Return what is said of each gradient of a mutant; nothing where it does not run."""
    try:
        own = getattr(mutant.load(), layer.name)
    except Exception:  # noqa: BLE001
        return []
    subject = layer.subject(own)
    wrong = wrong_ones(subject, random_points(subject))
    if wrong is None:
        return []
    prover = prover_of(subject)
    try:
        statements = prover.statements()
    except SubjectError:
        return []
    return [_outcome(subject, prover, mutant, one, wrong) for one in statements]


def _outcome(
    subject: Subject, prover: Prover, mutant: Mutant, one: Statement, wrong: dict[str, bool]
) -> Outcome:
    name = one.quantity[1:]
    if one.certificate is not None:
        replayed = replays(subject, one.quantity, one.certificate)
        return Outcome(str(mutant), one.quantity, "refuted", wrong.get(name), replayed)
    if (
        one.regions
    ):  # a region is where the prover's own points are, and those of the judge need not be
        there = wrong_ones(subject, [prover._points.at(k) for k in range(REGIONS)])
        wrong = wrong if there is None else there
    said = str(one.evidence) if one.evidence else "open"
    return Outcome(str(mutant), one.quantity, said, wrong.get(name))


def surveyed(number: int) -> Iterator[list[Outcome]]:
    """Yield the outcomes of so many mutants of each layer that run."""
    for layer in LAYERS:
        mutants = mutants_of(layer.layer)
        Random(1).shuffle(mutants)  # noqa: S311
        found = 0
        for mutant in mutants:
            if found == number:
                break
            told = outcomes(layer, mutant)
            if told:
                found += 1
                yield told


@layers
def test_the_layer_itself_is_proved(layer: Written) -> None:
    with np.errstate(all="ignore"):
        statements = prover_of(layer.subject()).statements()
    assert all(one.evidence for one in statements), statements


@pytest.mark.parametrize(
    ("number", "least"), [(2, 100), pytest.param(25, 800, marks=pytest.mark.slow)]
)
def test_no_mutant_is_proved_that_is_wrong(number: int, least: int) -> None:
    with np.errstate(all="ignore"):
        several = list(surveyed(number))
    assert len(several) >= least
    every = [one for told in several for one in told]
    counts = Counter((one.said, one.wrong) for one in every)
    print(f"{len(several)} mutants: {counts}")  # noqa: T201 - the counts are what it is about
    assert not [str(one) for one in every if one.wrong and one.said not in ("refuted", "open")]
    assert not [str(one) for one in every if not one.replays]
    wrong = [one for one in every if one.wrong]
    left = [str(one) for one in wrong if one.said == "open"]
    assert len(wrong) >= least // 2
    assert len(left) <= 0.03 * len(wrong), left


@layers
def test_the_judge_sees_a_wrong_gradient_and_no_other(layer: Written) -> None:
    subject = layer.subject()
    with np.errstate(all="ignore"):
        [inputs, upstream] = random_points(subject)[0]
        gradients = backward(subject, inputs, upstream)
        for k, got in enumerate(gradients):
            if subject.names[k] not in subject.constants:
                assert not differs(subject, k, inputs, upstream, got)
                assert differs(subject, k, inputs, upstream, 1.001 * got + 1e-5)


def test_each_kind_of_mistake_is_planted() -> None:
    layers = {layer.name: layer.layer for layer in LAYERS}
    now = {mutant.now for name in ("DenseRows", "Clipped") for mutant in mutants_of(layers[name])}
    for text in (
        "return x - W + b",
        "return W @ x + b",
        "return x @ W - b",
        "return x @ W",
        "return (g @ self.W, self.x.T @ g, g.sum(axis=0))",
        "return (g @ self.W.T, self.x.T @ g, g)",
        "return (g @ self.W.T, self.x.T @ g, g.sum(axis=1))",
        "return (g @ self.W.T, self.x.T @ g, g.mean(axis=0))",
        "return (g @ self.W.T, self.W.T @ g, g.sum(axis=0))",
        "return g * ((self.x >= -1) & (self.x < 2))",
        "return g / ((self.x > -1) & (self.x < 2))",
        "return np.clip(x, -1, 2.002)",
        "return np.clip(x, 1, 2)",
    ):
        assert text in now or text == "return x - W + b", text
