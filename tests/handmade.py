from __future__ import annotations

import math

from gradcheck.records import Check, Evidence, Finding, Oracle, Report, Result, Verdict, Worst

SHAPES = {"x": (4, 2), "W": (3, 4), "b": (3, 1)}
ORACLES = (Oracle.FINITE_DIFFERENCE, Oracle.COMPLEX_STEP, Oracle.SYMBOLIC)


def passed(quantity: str, oracle: Oracle, residual: float = 0.25, **more: object) -> Check:
    contract = oracle is Oracle.CONTRACT
    fields: dict[str, object] = {
        "evidence": Evidence.TESTED,
        "shapes": SHAPES,
        "residual": math.nan if contract else residual,
        "points": {} if contract else {"judged": 20, "no-evidence": 2, "inconclusive": 0},
        "regime": "" if contract else "both signs",
        "seconds": 0.5,
    }
    return Check(quantity=quantity, oracle=oracle, verdict=Verdict.PASS, **{**fields, **more})


def wrong(quantity: str, oracle: Oracle, residual: float = 2.5e9) -> Check:
    return Check(
        quantity=quantity,
        oracle=oracle,
        verdict=Verdict.FAIL,
        shapes=SHAPES,
        residual=residual,
        worst=Worst(index=(2, 1), got=1.5000012, oracle=0.75, bound=3e-10, wrong=5, entries=6),
        regime="both signs",
        points={"judged": 20, "no-evidence": 2, "inconclusive": 0},
        agree=tuple(other for other in ORACLES if other is not oracle),
        reason="differs from every oracle of its own forward",
        seconds=0.5,
    )


def untold(quantity: str, oracle: Oracle) -> Check:
    return Check(
        quantity=quantity,
        oracle=oracle,
        verdict=Verdict.INCONCLUSIVE,
        shapes=SHAPES,
        points={"judged": 3, "no-evidence": 2, "inconclusive": 17},
        reason="the imaginary part does not survive np.abs",
    )


def dense(*spoilt: Check, findings: tuple[Finding, ...] = ()) -> Result:
    """Return a pass of Dense, with the checks of the same quantity and oracle put in place."""
    checks = [passed("y", Oracle.SYMBOLIC)]
    checks += [passed(quantity, oracle) for quantity in ("dx", "dW", "db") for oracle in ORACLES]
    checks += [passed("dW", Oracle.CONTRACT, contract="shape")]
    checks += [passed("dx", Oracle.CONTRACT, contract="purity")]
    places = {(check.quantity, check.oracle, check.contract): check for check in spoilt}
    return Result(
        name="Dense",
        role="dense",
        checks=tuple(places.get((c.quantity, c.oracle, c.contract), c) for c in checks),
        findings=findings,
        seed=7,
        reproduce="gradcheck verify --seed 7",
        file="reference_net/dense.py",
        line=21,
    )


FACTOR = Finding(
    code="factor",
    quantity="dW",
    message="dW is 2 · dL/dW in every entry at every probe",
    numbers={"ratio": 2.0},
    hint="dL/dW = dL/dY Xᵀ has no factor",
)
KINK = Finding(
    code="kink-value",
    quantity="dx",
    message="at x = 0 the code returns g'(0) = 1",
    remark=True,
)


def report_of(*results: Result, planned: int | None = None) -> Report:
    return Report(
        tool={"python": "3.11.2", "gradcheck": "0.1.0", "numpy": "2.3.0", "platform": "Linux x"},
        seed=7,
        command="gradcheck verify --seed 7",
        planned=sum(len(r.checks) for r in results) if planned is None else planned,
        subjects=results,
    )
