"""Checks every layer of `reference_net` against every oracle and contract."""

from __future__ import annotations

import platform
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

import gradcheck
from gradcheck.notes.formulas import FORMULAS
from gradcheck.records import Check, Oracle, Report, Result, Verdict
from gradcheck.reference import reference_subjects
from gradcheck.render.summary import report_verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcheck.proof.checks import Proving
    from gradcheck.subject import Subject

    Progress = Callable[[int, int, str], None]

GRADIENT_ORACLES = (Oracle.FINITE_DIFFERENCE, Oracle.COMPLEX_STEP, Oracle.SYMBOLIC)
"""Who must speak of each gradient. Of y itself only the formula can: `Oracle.SYMBOLIC`."""

ANY = "backward"
"""The quantity of a planned contract."""


def verify(
    seed: int,
    progress: Progress | None = None,
    proving: Proving | None = None,
    *,
    pictured: bool = False,
) -> Report:
    """Check every layer of `reference_net` at each of its shapes, and prove it at all small ones.

    Parameters
    ----------
    seed : int
        Draws every input, point and cotangent.
    proving : Proving, optional
        How each subject is proved; nothing is if left out.
    progress : callable, optional
        Called with (subjects done, subjects in all, name of the next), and at the end with the
        number of all twice and an empty name.
    pictured : bool
        Gather what pictures are drawn from too.

    Returns
    -------
    Report
        One result a layer, which holds the checks of all its shapes. A check that was planned and
        that nobody made stands in it as `not-run`: see `planned_checks`.
    """
    from gradcheck.check import check_subject

    subjects = reference_subjects(seed)
    results: dict[str, list[Result]] = {}
    for k, (subject, formula) in enumerate(subjects):
        if progress is not None:
            progress(k, len(subjects), subject.name)
        result = check_subject(
            subject,
            regimes="all",
            seed=seed,
            formula=formula,
            proving=proving,
            pictured=pictured,
        )
        planned = planned_checks(subject, formula, proof=proving is not None)
        results.setdefault(subject.name, []).append(_completed(result, subject, planned))
    if progress is not None:
        progress(len(subjects), len(subjects), "")
    merged = tuple(_merged(parts) for parts in results.values())
    if proving is not None:
        from gradcheck.everywhere import proved_everywhere

        everywhere = proved_everywhere(seed, proving)
        merged = tuple(
            replace(result, checks=(*result.checks, *everywhere.get(result.name, ())))
            for result in merged
        )
    return Report(
        tool=tool(),
        seed=seed,
        command=f"gradcheck verify --seed {seed}",
        planned=sum(len(result.checks) for result in merged),
        subjects=merged,
    )


def planned_checks(
    subject: Subject, formula: str, *, proof: bool = False
) -> list[tuple[str, Oracle, str]]:
    """Return the (quantity, oracle, contract) triples that a subject's checks must cover.

    They follow from the formula and the list of contracts and not from what ran, so that an oracle
    which silently leaves a gradient out is seen. A contract may be checked of any quantity.
    """
    from gradcheck.contracts import contracts_of

    output = "y" if FORMULAS[formula].output else "loss"
    gradients = [f"d{name}" for name in subject.names if name not in subject.constants]
    return [
        (output, Oracle.SYMBOLIC, ""),
        *((gradient, oracle, "") for gradient in gradients for oracle in GRADIENT_ORACLES),
        *((quantity, Oracle.PROOF, "") for quantity in (output, *gradients) if proof),
        *((ANY, Oracle.CONTRACT, contract) for contract in contracts_of(subject)),
    ]


def tool() -> dict[str, str]:
    """Return the versions of gradcheck, Python and the libraries that compute, and the platform."""
    libraries = {name: version(name) for name in ("mpmath", "numpy", "sympy")}
    return {
        "gradcheck": gradcheck.__version__,
        **libraries,
        "platform": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def _completed(result: Result, subject: Subject, planned: list[tuple[str, Oracle, str]]) -> Result:
    made = {
        (ANY if check.contract else check.quantity, check.oracle, check.contract)
        for check in result.checks
    }
    missing = [
        Check(
            quantity=quantity,
            oracle=oracle,
            contract=contract,
            verdict=Verdict.NOT_RUN,
            shapes=subject.shapes,
            reason="planned, and not made: an earlier check failed, or the harness left it out",
        )
        for quantity, oracle, contract in planned
        if (quantity, oracle, contract) not in made
    ]
    return replace(result, checks=(*result.checks, *missing))


def _merged(parts: list[Result]) -> Result:
    """Return one result of several shapes of one layer; what was found at each is said once."""
    findings = {
        (f.remark, f.code, f.quantity, f.message): f for part in parts for f in part.findings
    }
    # Where one shape is wrong that is what one looks at, else the first.
    drawn = next((one for one in parts if one.verdict is Verdict.FAIL), parts[0])
    return replace(
        parts[0],
        pictured=drawn.pictured,
        checks=tuple(check for part in parts for check in part.checks),
        findings=tuple(sorted(findings.values(), key=lambda finding: finding.remark)),
    )


def exit_code(report: Report) -> int:
    """Return 0 if all that was planned passed, 1 if a gradient is wrong, else 3 (1 beats 3).

    Zero checks are never a success, and neither is a check that did not run.
    """
    return {Verdict.PASS: 0, Verdict.FAIL: 1}.get(report_verdict(report), 3)
