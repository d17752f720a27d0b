"""Reports of files, made by hand: what the views for students are tested with."""

from __future__ import annotations

from dataclasses import replace

from handmade import FACTOR, KINK, ORACLES, dense, wrong

from gradcheck.records import (
    Check,
    Evidence,
    FileNote,
    Finding,
    Oracle,
    Report,
    Result,
    Verdict,
    Worst,
)

HOSTILE = "\x1b[2J\x00[red]x[/red]\r::error::pwned | <script>alert(1)</script> ##[error] `*"
CONVENTION = {"taken for": "dense", "because": "named Dense, with forward and backward",
              "dx": "what backward returns", "W": "self.weights"}  # fmt: skip


def check(quantity: str, verdict: Verdict, **more: object) -> Check:
    fields: dict[str, object] = {
        "oracle": Oracle.COMPLEX_STEP,
        "shapes": {"x": (5, 1)},
        "evidence": Evidence.TESTED if verdict is Verdict.PASS else None,
        **more,
    }
    return Check(quantity=quantity, verdict=verdict, **fields)


def softmax(**more: object) -> Result:
    """Return the issue's example: softmax with the diagonal of its Jacobian only."""
    oracles = (Oracle.COMPLEX_STEP, Oracle.FINITE_DIFFERENCE, Oracle.SYMBOLIC)
    bounds = {Oracle.COMPLEX_STEP: 3e-15, Oracle.FINITE_DIFFERENCE: 4e-11, Oracle.SYMBOLIC: 2e-17}
    fails = tuple(
        check(
            "dx",
            Verdict.FAIL,
            oracle=oracle,
            residual=1e9,
            regime="point",
            worst=Worst(
                index=(2, 0), got=0.0915, oracle=0.0243, bound=bounds[oracle], wrong=5, entries=5
            ),
            agree=tuple(other for other in oracles if other is not oracle),
        )
        for oracle in oracles
    )
    finding = Finding(
        code="diagonal-only",
        quantity="dx",
        message="the terms for k ≠ i are missing: −yᵢ Σₖ≠ᵢ yₖ gₖ; worst entry dx[2, 0]: "
        "got 0.0915, oracle 0.0243 ± 2e-17",
        hint="line 31 multiplies by the diagonal; dx needs the terms off the diagonal too.",
    )
    fields: dict[str, object] = {
        "name": "Softmax",
        "role": "softmax",
        "checks": (check("y", Verdict.PASS, oracle=Oracle.SYMBOLIC), *fails),
        "findings": (finding,),
        "seed": 7,
        "reproduce": "gradcheck check layers.py --only Softmax --seed 7",
        "file": "layers.py",
        "line": 31,
        "convention": {"because": "named Softmax, with forward and backward",
                       "dx": "what backward returns"},
        **more,
    }  # fmt: skip
    return Result(**fields)  # type: ignore[arg-type]


def right(name: str = "Dense", file: str = "layers.py", *findings: Finding) -> Result:
    return replace(dense(findings=findings), name=name, file=file, convention=CONVENTION)


def unwritten(name: str = "Tanh", reason: str = "forward is not written yet") -> Result:
    one = Check(quantity="backward", oracle=Oracle.CONTRACT, contract="placed",
                verdict=Verdict.NOT_RUN, reason=reason)  # fmt: skip
    return Result(name=name, role="tanh", checks=(one,), findings=(), seed=7, file="layers.py")


def unread(path: str = "broken.py", why: str = "it is no Python") -> tuple[Result, FileNote]:
    one = Check(quantity="file", oracle=Oracle.CONTRACT, contract="loaded",
                verdict=Verdict.NOT_RUN, reason=why)  # fmt: skip
    result = Result(name=path, role="other", checks=(one,), findings=(), seed=7, file=path)
    return result, FileNote(path=path, error=why)


def mutating() -> Result:
    broken = Check(quantity="dx", oracle=Oracle.CONTRACT, contract="purity", verdict=Verdict.FAIL,
                   shapes={"x": (5, 1)}, reason="changed")  # fmt: skip
    text = "dL/dY belongs to the caller (regime point)"
    finding = Finding(code="mutates-upstream", quantity="dx", message=text, hint="do not write.")
    passed = check("dx", Verdict.PASS)
    return softmax(checks=(passed, broken), findings=(finding,))


def crashed() -> Result:
    error = Check(quantity="backward", oracle=Oracle.CONTRACT, contract="runs",
                  verdict=Verdict.ERROR, reason="NotImplementedError")  # fmt: skip
    text = "backward raised NotImplementedError:  (/home/me/layers.py:33) (regime point)"
    finding = Finding(code="crash", quantity="backward", message=text, hint="read it.")
    return softmax(checks=(error, check("dx", Verdict.NOT_RUN)), findings=(finding,))


def untold() -> Result:
    reason = "forward is not finite at any point that was tried"
    return softmax(checks=(check("dx", Verdict.INCONCLUSIVE, reason=reason),), findings=())


def hostile() -> Result:
    finding = Finding(code=HOSTILE, quantity=HOSTILE, message=HOSTILE, hint=HOSTILE)
    remark = replace(finding, remark=True)
    return softmax(
        name=HOSTILE, role=HOSTILE, file=HOSTILE, reproduce=HOSTILE, findings=(finding, remark),
        convention={HOSTILE: HOSTILE, "because": HOSTILE},
    )  # fmt: skip


def report(*results: Result, files: tuple[FileNote, ...] | None = None) -> Report:
    paths = dict.fromkeys(result.file for result in results)
    notes = tuple(FileNote(path=path, seconds=0.4) for path in paths)
    return Report(
        tool={"gradcheck": "0.1.0"},
        seed=7,
        command="gradcheck check layers.py --seed 7",
        planned=sum(len(result.checks) for result in results),
        subjects=results,
        files=notes if files is None else files,
    )


__all__ = ["FACTOR", "KINK", "ORACLES", "wrong"]
