"""Containers: which layer was skipped on the way back, or that the way back is the way there."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.diagnosis.probe import same

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.readings import Outcome
    from gradcheck.records import Array, Finding
    from gradcheck.subject import Subject

VAGUE = ("unlisted", "wrong-shape", "region", "wrong-formula")
"""Codes of a gradient of which little is known."""


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
    if not subject.composite:
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


def reordered(
    subject: Subject, found: Sequence[Finding], outcomes: Sequence[Outcome]
) -> list[Finding]:
    """Return the findings, as `order` where the first layer was handed dL/dY as if it were last.

    Its dW is then x·dL/dY at every point, whatever is behind it; the layers must fit each other in
    any order for that to be seen, as square ones do.

    Parameters
    ----------
    subject : Subject
    found : sequence of Finding
    outcomes : sequence of Outcome
    """
    matrices = [k for k, name in enumerate(subject.names)
                if name in subject.parameters and subject.inputs[k].ndim == 2]  # fmt: skip
    if subject.role != "sequential" or not matrices:
        return list(found)
    first = matrices[0]
    wrong = [o for o in outcomes if o.failed(f"d{subject.names[first]}")]
    if not wrong or not all(_of_upstream(o, first) for o in wrong):
        return list(found)
    text = (
        f"the first layer is handed dL/dY as if it were last: d{subject.names[first]} is the "
        "product of X and dL/dY. Backward runs through the layers from the first to the last"
    )
    from gradcheck.diagnosis.codes import catalogue

    hint = partial(catalogue().hint, "order", role=subject.role, line=subject.line)
    return [
        replace(f, code="order", message=text, hint=hint(f.quantity))
        if f.code in VAGUE and not f.remark
        else f
        for f in found
    ]


def _of_upstream(outcome: Outcome, k: int) -> bool:
    """Say whether the gradient of input k is the product of the first input and dL/dY."""
    x, g, got = outcome.sample.inputs[0], outcome.upstream, outcome.got[k]
    if x.ndim == g.ndim == 1:
        products = [np.outer(x, g)]
    elif x.ndim == g.ndim == 2:
        products = [a @ b for a, b in ((x.T, g), (g, x.T)) if a.shape[1] == b.shape[0]]
    else:
        return False
    return any(same(got, turned) for product in products for turned in (product, product.T))


def _is_parameter(name: str) -> bool:
    return name.rstrip("0123456789") in ("W", "b")


def _is_input(subject: Subject, finding: Finding) -> bool:
    name = finding.quantity[1:]
    return (
        finding.code in VAGUE
        and name in subject.names
        and name not in subject.parameters
        and not _is_parameter(name)
    )


def before_first(subject: Subject, got: Array, truth: Array, outcome: Outcome) -> str:
    """Return the matrix that would turn what was got into the truth: its layer was skipped."""
    if not subject.composite or got.ndim != truth.ndim or got.ndim == 0:
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
