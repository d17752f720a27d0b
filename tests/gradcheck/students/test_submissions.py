"""Every sample: a correct file is left alone, a bug that is planted into it is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from submissions.case import FILES
from submissions.table import RIGHT, WRONG

from gradcheck.diagnosis.codes import catalogue
from gradcheck.proof.statement import MISSING
from gradcheck.records import Oracle, Verdict
from gradcheck.students.check import Options, check_path

if TYPE_CHECKING:
    from pathlib import Path

    from submissions.case import Right, Wrong

    from gradcheck.records import Finding, Result

NEVER_PLANTED = {
    "kink-value": "a remark: flags.py earns it",
    "zero-gradient": "a remark",
    "guard": "a remark: test_guards.py earns it",
}
"""Codes of the catalogue that no bug in a student's file gives, and why."""

COMMONEST = (
    "factor", "sign", "transposed", "wrong-operand", "not-summed", "summed-wrong", "diagonal-only",
    "mask-missing", "wrong-point", "updated-before-use", "loss-mismatch", "forward-differs",
)  # fmt: skip

OF_ANOTHER_ORACLE = {
    "accumulates", "low-precision", "mutates-input", "mutates-output", "mutates-parameter",
    "mutates-upstream", "non-deterministic", "overflow", "shared-state", "stale-cache",
    "stale-parameter", "numerical-backward", "batch-axis", "size-hard-coded",
}  # fmt: skip
"""Codes of what is right over the reals in a first call, at its size and for its own forward, or
does not always return the same: no proof sees it."""

OPEN = (MISSING, "float32", "it takes more than")
"""Why a proof may say nothing of a wrong value."""

PROOF, WHOLE = 0.5, 2.0
"""Seconds for the proof of one subject: networks take longer, and are not always what is tested."""

PLANTED_FIRST = {
    next(sample for sample in WRONG if next(iter(sample.codes.values())) == code).name
    for code in {next(iter(sample.codes.values())) for sample in WRONG}
}
"""One sample a code is always run; the others, which take a minute, where slow tests are."""

LARGE = ("image", "network")
"""Files that take a second or more begin so: they are looked at where slow tests are."""

right = pytest.mark.parametrize("sample", RIGHT, ids=[sample.file for sample in RIGHT])
one_of_each_code = pytest.mark.parametrize(
    "sample", [pytest.param(one, id=one.name) for one in WRONG if one.name in PLANTED_FIRST]
)
first_of_each_code = pytest.mark.parametrize(
    "sample",
    [
        pytest.param(
            sample,
            id=sample.name,
            marks=[] if sample.name in PLANTED_FIRST else [pytest.mark.slow],
        )
        for sample in WRONG
    ],
)


def results(
    path: Path, *, behind: bool, only: tuple[str, ...] = (), proof: float = PROOF
) -> dict[str, Result]:
    options = Options(in_process=not behind, only=only, proof_seconds=proof)
    report = check_path(path, options)
    assert not report.note.error
    return {result.name: result for result in report.results}


def refuted_or_why(result: Result, sample: Wrong) -> None:
    """Hold the proof of a wrong subject against what is wrong: its values, or something else."""
    for check in result.checks:
        code = sample.codes.get(check.quantity)
        if check.oracle is not Oracle.PROOF or code is None or code in OF_ANOTHER_ORACLE:
            continue
        assert check.verdict is Verdict.FAIL or any(why in check.reason for why in OPEN), check


def faults(result: Result) -> list[Finding]:
    return [finding for finding in result.findings if not finding.remark]


def first(result: Result) -> dict[str, str]:
    codes: dict[str, str] = {}
    for fault in faults(result):
        codes.setdefault(fault.quantity, fault.code)
    return codes


def check_right(sample: Right, *, behind: bool) -> None:
    found = results(FILES / sample.file, behind=behind, proof=PROOF if behind else 0.0)
    assert {name: result.role for name, result in found.items()} == dict(sample.subjects)
    for name, result in found.items():
        assert faults(result) == [], name
        assert result.verdict is Verdict.PASS, name
        remarks = {finding.code for finding in result.findings}
        assert sample.remarks.get(name, set()) <= remarks


def check_wrong(sample: Wrong, folder: Path, *, behind: bool, whole: bool) -> None:
    only = () if whole else (sample.subject,)
    found = results(
        sample.written(folder), behind=behind, only=only, proof=WHOLE if not behind else PROOF
    )
    result = found.pop(sample.subject)
    assert result.verdict.value == sample.verdict
    assert first(result) == dict(sample.codes)
    if not behind:
        refuted_or_why(result, sample)
    for name, other in found.items():
        if name in sample.also:
            assert other.verdict is Verdict.FAIL, name
            continue
        assert faults(other) == [], name
        assert other.verdict in (Verdict.PASS, Verdict.NOT_RUN), name


@pytest.mark.parametrize(
    "sample",
    [
        pytest.param(
            sample,
            id=sample.file,
            marks=[pytest.mark.slow] if sample.file.startswith(LARGE) else [],
        )
        for sample in RIGHT
    ],
)
def test_a_correct_file_is_left_alone(sample: Right) -> None:
    check_right(sample, behind=False)


@first_of_each_code
def test_a_planted_bug_is_named(sample: Wrong, tmp_path: Path) -> None:
    check_wrong(sample, tmp_path, behind=False, whole=False)


@pytest.mark.slow
@right
def test_a_correct_file_is_left_alone_behind_the_wall(sample: Right) -> None:
    check_right(sample, behind=True)


@pytest.mark.slow
@one_of_each_code
def test_a_planted_bug_is_named_behind_the_wall(sample: Wrong, tmp_path: Path) -> None:
    check_wrong(sample, tmp_path, behind=True, whole=True)


def codes_of(sample: Wrong) -> set[str]:
    return set(sample.codes.values())


def test_every_code_is_planted() -> None:
    planted = set().union(*map(codes_of, WRONG))
    assert planted | set(NEVER_PLANTED) == set(catalogue().codes) | {"unlisted"}
    assert not planted & set(NEVER_PLANTED)


@pytest.mark.parametrize("code", COMMONEST)
def test_a_common_code_is_planted_in_two_styles(code: str) -> None:
    assert len({sample.file for sample in WRONG if code in codes_of(sample)}) > 1


def test_names_are_unique() -> None:
    names = [sample.name for sample in WRONG]
    assert sorted(set(names)) == sorted(names)


def test_every_file_is_in_the_table() -> None:
    files = {path.name for path in FILES.iterdir() if path.suffix in (".py", ".ipynb")}
    listed = {sample.file for sample in RIGHT}
    assert files == {file for file in listed if "/" not in file}
    assert {sample.file for sample in WRONG} <= listed


@pytest.mark.parametrize("sample", WRONG[:1], ids=["first"])
def test_a_bug_that_cannot_be_planted_is_told(sample: Wrong) -> None:
    from dataclasses import replace

    with pytest.raises(ValueError, match="is there 0 times"):
        replace(sample, edits=(("no such text", ""),)).text()
