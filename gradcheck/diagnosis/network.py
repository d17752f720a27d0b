"""Containers: which layer was skipped on the way back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.diagnosis.probe import same

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.readings import Outcome
    from gradcheck.records import Array, Finding
    from gradcheck.subject import Subject

ROLES = ("sequential", "network")


def layer_of(name: str) -> str:
    """Return the number at the end of an input's name: "1" of "W1", "" of "W"."""
    digits = ""
    while name and name[-1].isdigit():
        digits = name[-1] + digits
        name = name[:-1]
    return digits


def skipped(subject: Subject, found: Sequence[Finding], broken: set[str]) -> list[Finding]:
    """Return the findings, those called `order` that follow from a layer that was skipped.

    It is called so only where gradients of one layer are missing while those of another are right,
    or where the gradient of the input is that of the output of the first layer.

    Parameters
    ----------
    subject : Subject
    found : sequence of Finding
    broken : set of str
        The quantities in which anything is wrong.
    """
    if subject.role not in ROLES:
        return list(found)
    parameters = [n for n in subject.names if n in subject.parameters or _is_parameter(n)]
    missing = {
        f.quantity[1:] for f in found if f.code == "missing" and f.quantity[1:] in parameters
    }
    right = [n for n in parameters if f"d{n}" not in broken]
    layers = {layer_of(name) for name in missing}
    mute = bool(missing) and bool(right) and not layers & {layer_of(name) for name in right}
    # The gradient of the input may have told that the first layer was left out.
    mute |= len(layers) == 1 and any(f.code == "order" for f in found)
    detail = f"layer {', '.join(sorted(layers))}" if layers - {""} else "the first layer"
    named = []
    for finding in found:
        follows = finding.code == "missing" and finding.quantity[1:] in missing
        if mute and follows:
            text = f"{finding.quantity} is missing: {detail} is skipped on the way back"
            named.append(replace(finding, code="order", message=text))
        elif finding.code != "order" and _is_input(subject, finding) and mute:
            text = (
                f"{detail} is skipped on the way back: {finding.quantity} is the gradient of a "
                f"later layer ({finding.message})"
            )
            named.append(replace(finding, code="order", message=text))
        else:
            named.append(finding)
    return named


def _is_parameter(name: str) -> bool:
    return name.rstrip("0123456789") in ("W", "b")


def _is_input(subject: Subject, finding: Finding) -> bool:
    name = finding.quantity[1:]
    return (
        finding.code in ("unlisted", "wrong-shape", "region", "wrong-formula")
        and name in subject.names
        and name not in subject.parameters
        and not _is_parameter(name)
    )


def before_first(subject: Subject, got: Array, truth: Array, outcome: Outcome) -> str:
    """Return the matrix that would turn what was got into the truth: its layer was skipped."""
    if subject.role not in ROLES or got.ndim != truth.ndim or got.ndim == 0:
        return ""
    for name, M in zip(subject.names, outcome.sample.inputs, strict=True):
        if M.ndim != 2:
            continue
        for left, right in ((got, M.T), (M.T, got)):
            if left.shape[-1] == right.shape[0]:
                product = np.asarray(left @ right)
                if same(product, truth):
                    return name
    return ""
