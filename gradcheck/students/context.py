"""Judge subjects together: what is wrong alone may be a convention that another one makes up for.

1/N in a layer, where the loss does not average; a softmax that hands the gradient on, because its
loss returns y − t; F' written in the output; a loss that sums; the notes' value at a kink. Such a
thing is a remark, if the layer with the loss behind it is right, and a fail if it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from gradcheck.records import Check, Finding, Oracle, Result, Verdict

if TYPE_CHECKING:
    from gradcheck.students.adapter import Description

LOSSES = ("mse", "cross_entropy", "softmax_cross_entropy", "other")
CLOSE = 1e-6

Chained = Callable[[str, str], "Result | None"]


def is_chain(description: Description) -> bool:
    """Say whether it stands for one behind another, which is looked at only where it matters."""
    return "chain" in description.facts


def judged_together(
    results: Mapping[str, Result], described: Mapping[str, Description], chained: Chained
) -> list[Result]:
    """Return the results, with each convention a remark where its context makes it right.

    Parameters
    ----------
    results, described : mapping
        By the subject's name.
    chained : callable
        chained(layer, loss) → the result of both together, or None where they do not fit.
    """
    own = {name: _alone(result, described[name]) for name, result in results.items()}
    either = [name for name in own if "either_point" in described[name].facts]
    own |= {name: _at_either(own[name], chained) for name in either}
    losses = [n for n, d in described.items() if d.output == "scalar" and d.role in LOSSES]
    layers = [n for n in own if n not in losses and described[n].inputs
              and described[n].role not in ("sequential", "network")]  # fmt: skip
    for layer in layers:
        if _averages(own[layer], described[layer]):
            own |= _averaged(layer, losses, own, described, chained)
        elif _hands_on(own[layer]):
            own |= _handed_on(layer, losses, own, chained)
    softmaxes = [name for name in own if described[name].role == "softmax"]
    for loss in losses:
        if _fused(own[loss]) and any(_is_whole(own[name]) for name in softmaxes):
            own[loss] = _fused_twice(own[loss], next(n for n in softmaxes if _is_whole(own[n])))
        elif _fused(own[loss]) and not softmaxes:
            text = "the gradient at the logits: right if softmax's backward hands it on as it is"
            own[loss] = as_remarks(own[loss], {"loss-mismatch", "unlisted"}, text)
    for name, description in described.items():
        inside = [n for n in description.facts.get("filled_with", ()) if n in own]
        wrong = [n for n in inside if own[n].verdict is not Verdict.PASS]
        if wrong and own[name].verdict is not Verdict.PASS:
            own[name] = _depends(own[name], wrong[0])
    return list(own.values())


def hangs_together(result: Result, description: Description) -> bool:
    """Say whether what is wrong may be a convention that another subject makes up for."""
    return (
        _averages(result, description)
        or _hands_on(result)
        or _fused(result)
        or (result.verdict is Verdict.FAIL and description.output == "scalar")
        or bool(description.facts.get("filled_with"))
    )


def _alone(result: Result, description: Description) -> Result:
    """Return a result with the remarks that need no context."""
    if description.facts.get("at_output"):
        text = "F' is written in the output, and was called with it"
        remark = Finding(code="wrong-point", quantity="dx", message=text, remark=True)
        result = replace(result, findings=(*result.findings, remark))
    if description.facts.get("complex_step") and result.verdict is Verdict.PASS:
        text = "backward takes a complex step of forward: it is no formula, and right to rounding"
        remark = Finding(code="numerical-backward", quantity="dx", message=text, remark=True)
        result = replace(result, findings=(*result.findings, remark))
    if description.facts.get("zeroed"):
        remarks = tuple(
            Finding(code="accumulates", quantity=quantity, remark=True,
                    message="gradients add up until they are set to zero, by convention")
            for quantity in description.facts["zeroed"]
        )  # fmt: skip
        result = replace(result, findings=(*result.findings, *remarks))
    if description.facts.get("vector") and _sums(result, description):
        text = "the value is one number an example, and this the gradient of their sum"
        result = as_remarks(result, {"factor"}, text)
    if description.role == "mse" and _only_constant(result):
        text = "a multiple of the notes' cost, and its gradient agrees with that"
        result = as_remarks(result, {"forward-differs"}, text)
    return result


def _faults(result: Result) -> list[Finding]:
    return [finding for finding in result.findings if not finding.remark]


def _only_constant(result: Result) -> bool:
    """Say whether the one fault is a value that differs from the notes by a constant factor."""
    faults = _faults(result)
    return bool(faults) and all(
        f.code == "forward-differs" and "factor" in f.numbers for f in faults
    )


def _averages(result: Result, description: Description) -> bool:
    """Say whether every fault is a factor of 1/N on the gradient of a parameter."""
    faults = _faults(result)
    parameters = {f"d{one.name}" for one in description.inputs if one.parameter}
    n = _batch(description)
    everything = {f.quantity for f in faults} == parameters
    return n > 1 and bool(faults) and everything and all(
        f.code == "factor" and f.quantity in parameters
        and abs(f.numbers.get("factor", 0.0) * n - 1) < CLOSE
        for f in faults
    )  # fmt: skip


def _sums(result: Result, description: Description) -> bool:
    """Say whether the one fault is a factor of N."""
    faults, n = _faults(result), _batch(description)
    return bool(faults) and all(
        f.code == "factor" and abs(f.numbers.get("factor", 0.0) / n - 1) < CLOSE for f in faults
    )


def _batch(description: Description) -> int:
    if not description.inputs:  # it could not be placed
        return 1
    x = description.inputs[0]
    sizes = [n for k, n in enumerate(x.shape) if k != x.axis % max(1, len(x.shape))]
    return sizes[0] if sizes else 1


def _averaged(
    layer: str,
    losses: list[str],
    own: Mapping[str, Result],
    described: Mapping[str, Description],
    chained: Chained,
) -> dict[str, Result]:
    """Return the remarks of a layer that divides by N, and of the loss that does not."""
    if not losses:
        text = "1/N is applied in the layer: right if the loss leaves it out"
        return {layer: as_remarks(own[layer], {"factor"}, text)}
    parameters = {f"d{one.name}" for one in described[layer].inputs if one.parameter}
    for loss in losses:
        faults = _faults(own[loss])
        if not faults or any(f.code != "factor" for f in faults):
            continue
        together = chained(layer, loss)
        if together is None or not _passes(together, parameters):
            continue
        return {
            layer: as_remarks(own[layer], {"factor"},
                              f"1/N is applied in the layer, because {loss} leaves it out"),
            loss: as_remarks(own[loss], {"factor"}, f"1/N is left to the layers, as in {layer}"),
        }  # fmt: skip
    return {}


def _passes(result: Result, quantities: set[str]) -> bool:
    """Say whether these gradients were looked at, and no oracle that can tell finds one wrong."""
    checks = [c for c in result.checks if c.quantity in quantities
              and c.oracle is not Oracle.CONTRACT]  # fmt: skip
    passed = {c.quantity for c in checks if c.verdict is Verdict.PASS}
    return passed == quantities and all(c.verdict is not Verdict.FAIL for c in checks)


def _hands_on(result: Result) -> bool:
    faults = _faults(result)
    return bool(faults) and all(f.code == "pass-through" and f.quantity == "dx" for f in faults)


def _fused(result: Result) -> bool:
    faults = _faults(result)
    return bool(faults) and all("fused" in f.numbers for f in faults)


def _is_whole(result: Result) -> bool:
    """Say whether a softmax is right and hands nothing on."""
    return result.verdict is Verdict.PASS and all(f.code != "pass-through" for f in result.findings)


def _fused_twice(result: Result, softmax: str) -> Result:
    """Return the result of a loss that gives y − t beside a softmax with its own derivative."""
    from gradcheck.diagnosis.codes import catalogue

    words = catalogue()

    def named(fault: Finding) -> Finding:
        detail = f"it is c·(Y − Y*), and {softmax} multiplies by its derivative"
        return replace(
            fault,
            code="fused-twice",
            message=words.sentence("fused-twice", fault.quantity, detail, fault.numbers),
            hint=words.hint("fused-twice", fault.quantity, role=result.role, line=result.line),
        )

    unsaid = ("loss-mismatch", "unlisted")
    found = [named(f) if not f.remark and f.code in unsaid else f for f in result.findings]
    return replace(result, findings=tuple(found))


def _handed_on(
    layer: str, losses: list[str], own: Mapping[str, Result], chained: Chained
) -> dict[str, Result]:
    """Return the remarks of an activation that hands on what its loss has fused."""
    for loss in losses:
        if own[loss].verdict is not Verdict.FAIL:
            continue
        together = chained(layer, loss)
        if together is None or not _passes(together, {"dx"}):
            continue
        faults = {f.code for f in _faults(own[loss])}
        return {
            layer: as_remarks(own[layer], {"pass-through"},
                              f"it hands the gradient on, which {loss} returns at the logits"),
            loss: as_remarks(own[loss], faults,
                             f"the gradient at the logits: right together with {layer}"),
        }  # fmt: skip
    return {}


def as_remarks(result: Result, codes: set[str], text: str) -> Result:
    """Return a result in which the faults of these codes are remarks, and their checks no fails.

    The checks that failed for it say why they do not count; no figure of theirs is changed.
    """
    quantities = {f.quantity for f in _faults(result) if f.code in codes}
    findings = tuple(
        replace(f, remark=True, message=f"{text} ({f.message})")
        if f.code in codes and not f.remark
        else f
        for f in result.findings
    )
    checks = tuple(
        _excused(check, text)
        if check.verdict is Verdict.FAIL and check.quantity in quantities
        and check.oracle is not Oracle.CONTRACT
        else check
        for check in result.checks
    )  # fmt: skip
    return replace(result, checks=checks, findings=findings)


def up_to_guards(result: Result, guards: list[str]) -> Result:
    """Return the result of a subject that is right where every guard is read as 0."""
    text = (
        f"right up to the guard {', '.join(dict.fromkeys(guards))}: with 0 in its place it is exact"
    )
    codes = {finding.code for finding in _faults(result)}
    marked = as_remarks(result, codes, text)
    found = tuple(
        replace(f, code="guard", message=text, hint="")
        if f.remark and f.message.startswith(text)
        else f
        for f in marked.findings
    )
    return replace(marked, findings=found)


def _at_either(result: Result, chained: Chained) -> Result:
    """Return the result of an F' of which nothing says what it takes: right at either is right."""
    faults = _faults(result)
    if not faults or {f.quantity for f in faults} != {"dx"}:
        return result
    at_output = chained(result.name, result.name)
    if at_output is None or at_output.verdict is not Verdict.PASS:
        return result
    text = "F' is written in the output: right where it is called with F(x), wrong with x"
    marked = as_remarks(result, {f.code for f in faults}, text)
    remark = Finding(code="wrong-point", quantity="dx", message=text, remark=True)
    return replace(marked, findings=(*(f for f in result.findings if f.remark), remark))


def _excused(check: Check, text: str) -> Check:
    from gradcheck.records import Evidence

    return replace(check, verdict=Verdict.PASS, evidence=Evidence.TESTED, reason=text)


def _depends(result: Result, layer: str) -> Result:
    """Return the result of a container in which a layer is wrong: it cannot be judged."""
    text = f"{layer}, which it was filled with, is not right by itself"
    check = Check(quantity="backward", oracle=Oracle.CONTRACT, contract="depends",
                  verdict=Verdict.NOT_RUN, reason=text)  # fmt: skip
    return replace(result, checks=(check,), findings=())
