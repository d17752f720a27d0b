"""Students' files: nothing that is right is refuted, and a bug in the values is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from submissions.case import FILES
from submissions.table import RIGHT, WRONG

from gradcheck.proof.statement import MISSING
from gradcheck.records import Oracle, Verdict
from gradcheck.students.check import Options, check_path

if TYPE_CHECKING:
    from pathlib import Path

    from submissions.case import Right, Wrong

    from gradcheck.records import Check

OF_ANOTHER_ORACLE = {
    "accumulates", "low-precision", "mutates-input", "mutates-output", "mutates-parameter",
    "mutates-upstream", "non-deterministic", "overflow", "shared-state", "stale-cache",
    "stale-parameter", "numerical-backward", "batch-axis", "size-hard-coded",
}  # fmt: skip
"""Codes of what is right over the reals, in a first call, at its size and for its own forward; or
does not always return the same.
"""

QUICK = {"dicts_batch.py", "vectorised.py"}


def proofs(path: Path, only: tuple[str, ...] = ()) -> list[Check]:
    report = check_path(path, Options(in_process=True, only=only))
    checks = [check for result in report.results for check in result.checks]
    return [check for check in checks if check.oracle is Oracle.PROOF]


def marked(name: str, quick: bool) -> object:  # noqa: FBT001
    return pytest.param(name, id=name, marks=[] if quick else [pytest.mark.slow])


RIGHT_ONES: dict[str, Right] = {sample.file: sample for sample in RIGHT}
WRONG_ONES: dict[str, Wrong] = {sample.name: sample for sample in WRONG if sample.verdict == "fail"}


@pytest.mark.parametrize("name", [marked(name, name in QUICK) for name in RIGHT_ONES])
def test_nothing_right_is_refuted(name: str) -> None:
    checks = proofs(FILES / RIGHT_ONES[name].file)
    assert checks
    assert not [check for check in checks if check.verdict is Verdict.FAIL]


@pytest.mark.parametrize(
    "name", [marked(name, sample.file in QUICK) for name, sample in WRONG_ONES.items()]
)
def test_a_wrong_value_is_refuted(name: str, tmp_path: Path) -> None:
    sample = WRONG_ONES[name]
    for check in proofs(sample.written(tmp_path), (sample.subject,)):
        code = sample.codes.get(check.quantity)
        if code is None or code in OF_ANOTHER_ORACLE or check.reason == MISSING:
            continue
        assert check.verdict is Verdict.FAIL or "float32" in check.reason, check
