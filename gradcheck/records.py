"""The frozen records that flow between the stages. Imports numpy only."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gradcheck.evidence import Pictured

Array = npt.NDArray[Any]


class Verdict(StrEnum):
    """What is known about one quantity, or about a whole subject."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    NOT_RUN = "not-run"

    @classmethod
    def worst(cls, verdicts: Iterable[Verdict]) -> Verdict:
        """Return the verdict of the whole: a fail beats an error, an error what cannot be told.

        Nothing at all is `NOT_RUN`: zero checks run is never a success.
        """
        present = set(verdicts)
        ran = (cls.FAIL, cls.ERROR, cls.INCONCLUSIVE, cls.PASS)
        return next((verdict for verdict in ran if verdict in present), cls.NOT_RUN)


class Evidence(StrEnum):
    """How a pass is known, strongest first."""

    PROVED = "proved"
    PROVED_ON_REGIONS = "proved-on-regions"
    IDENTITY_TESTED = "identity-tested"
    TESTED = "tested"


class Oracle(StrEnum):
    """Who speaks: an oracle, or a contract that needs none."""

    FINITE_DIFFERENCE = "finite-difference"
    COMPLEX_STEP = "complex-step"
    SYMBOLIC = "symbolic"
    PROOF = "proof"
    CONTRACT = "contract"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What an oracle says of one array: its entries, each with a bound on their error.

    Attributes
    ----------
    value, bound, terms : Array
        Float arrays of one shape. `bound` is at least |value − truth|; `terms` is the size of the
        largest term that was added up for the entry. NaN in `value` means "cannot tell".
    lower, upper : Array or None
        At a kink, the ends of the interval between the one-sided derivatives; equal to `value`
        in the entries that have no kink. None where there is no kink at all.
    left, right : Array or None
        At a kink, the derivative towards smaller and towards larger values, where it is known which
        is which.
    reason : str
        Why the oracle cannot tell (then every entry of `value` is NaN), else empty.
    """

    value: Array
    bound: Array
    terms: Array
    lower: Array | None = None
    upper: Array | None = None
    left: Array | None = None
    right: Array | None = None
    reason: str = ""

    @classmethod
    def cannot_tell(cls, shape: tuple[int, ...], reason: str) -> Estimate:
        """Return the estimate of an oracle that cannot tell, with the `reason`."""
        nan = np.full(shape, np.nan)
        return cls(value=nan, bound=nan, terms=nan, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """The entry with the largest residual: both values, and bound plus allowance.

    Of the `entries` that were compared with it, `wrong` are not within theirs.
    """

    index: tuple[int, ...]
    got: float
    oracle: float
    bound: float
    wrong: int = 0
    entries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What an exact proof, or a refutation, rests on.

    Attributes
    ----------
    claims : tuple of str
        The identities that were decided, in words.
    sizes : str
        The shapes for which they hold.
    regions : int
        How many regions were decided one at a time; 0 where all at once.
    conditions : tuple of str
        What bounds the first regions.
    literals : mapping of str to str
        Float literals, and as which number each was read.
    exceptions : tuple of str
        Where an identity says nothing: kinks, zero denominators.
    residual : str
        Of a refutation: backward less the derivative, in the subject's symbols.
    point : mapping of str to str
        Of a refutation: the exact values of the variables at which it was replayed.
    got, true : str
        Of a refutation: the exact values there.
    """

    claims: tuple[str, ...] = ()
    sizes: str = ""
    regions: int = 0
    conditions: tuple[str, ...] = ()
    literals: Mapping[str, str] = field(default_factory=dict)
    exceptions: tuple[str, ...] = ()
    residual: str = ""
    point: Mapping[str, str] = field(default_factory=dict)
    got: str = ""
    true: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What one oracle, or one contract, says of one quantity.

    Attributes
    ----------
    quantity : str
        "y", "loss", "dx", "dW": what was checked.
    oracle : Oracle
        Who says it.
    verdict, evidence :
        `evidence` is None unless the verdict is `pass`.
    contract : str
        The contract's name where the oracle is `contract`, else empty.
    shapes : mapping of str to tuple of int
        Shape of each input.
    residual : float
        max |got − oracle| / (bound + allowance) over entries and points; NaN where not measured.
    worst : Worst or None
        The entry of that residual.
    regime : str
        The regime of the point at which the residual was found.
    points : mapping of str to int
        Points "judged", "no-evidence" (forward not finite there) and "inconclusive".
    visible : float
        The smallest error of one entry that the check could have shown at the given point, relative
        to the largest entry, where entries were added up with random weights; 0 where each was
        looked at.
    agree : tuple of Oracle
        The oracles that were compared with this one and agree with it.
    reason : str
        Why it is not a pass, or what limits it.
    proof : Proof or None
        Of the oracle `proof`.
    seconds : float
    """

    quantity: str
    oracle: Oracle
    verdict: Verdict
    evidence: Evidence | None = None
    contract: str = ""
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    residual: float = float("nan")
    worst: Worst | None = None
    regime: str = ""
    points: Mapping[str, int] = field(default_factory=dict)
    visible: float = 0.0
    agree: tuple[Oracle, ...] = ()
    reason: str = ""
    proof: Proof | None = None
    seconds: float = 0.0


def together(checks: Iterable[Check]) -> Verdict:
    """Return the verdict of several checks, as in `Result.verdict`."""
    groups = by_quantity(checks)
    verdict = Verdict.worst(of_quantity(group) for group in groups)
    spoilt = any(check.verdict is Verdict.NOT_RUN for group in groups for check in group)
    return Verdict.NOT_RUN if verdict is Verdict.PASS and spoilt else verdict


def by_quantity(checks: Iterable[Check]) -> list[list[Check]]:
    """Return the checks in groups: those of one quantity, or contract, at one shape."""
    groups: dict[tuple[object, ...], list[Check]] = {}
    for check in checks:
        key = (tuple(check.shapes.items()), check.quantity, check.contract)
        groups.setdefault(key, []).append(check)
    return list(groups.values())


def of_quantity(checks: Iterable[Check]) -> Verdict:
    """Return the verdict of one quantity at one shape from the checks of all who spoke of it."""
    verdicts = {check.verdict for check in checks}
    ranked = (Verdict.FAIL, Verdict.ERROR, Verdict.PASS)
    return next((v for v in ranked if v in verdicts), Verdict.worst(verdicts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterexample:
    """Small inputs and simple numbers at which a gradient is wrong already.

    Attributes
    ----------
    quantity : str
    inputs : mapping of str to numbers
        Arrays as nested tuples.
    upstream, got, oracle : numbers
        As nested tuples: the upstream gradient, the whole gradient as it was returned, and as the
        oracles have it.
    index : tuple of int
        Of the worst entry.
    bound : float
        Of all of `oracle`.
    """

    quantity: str
    inputs: Mapping[str, Any]
    upstream: Any
    got: Any
    oracle: Any
    index: tuple[int, ...] = ()
    bound: float = 0.0

    def __str__(self) -> str:
        from gradcheck.render.counterexamples import counterexample_text

        return f"{self.quantity} is {counterexample_text(self)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong, by its code; a remark never makes a verdict `fail`.

    A counterexample is there where one was looked for, and found.
    """

    code: str
    quantity: str
    message: str
    numbers: Mapping[str, float] = field(default_factory=dict)
    hint: str = ""
    remark: bool = False
    counterexample: Counterexample | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Everything known about one subject.

    Attributes
    ----------
    name, role, file, line :
        As in `Subject`.
    convention : mapping
        What the subject was adapted from; empty for a pair of functions.
    checks, findings : tuple
        In the order in which they were made; remarks after the findings that are faults.
    seed : int
    reproduce : str
        One line that gives the same result.
    pictured : Pictured or None
        What pictures are drawn from, where that was asked for.
    dtypes : mapping of str to str
        Of each input at the given point; empty where it is not known.
    """

    name: str
    role: str
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]
    seed: int
    reproduce: str = ""
    file: str = ""
    line: int = 0
    convention: Mapping[str, Any] = field(default_factory=dict)
    pictured: Pictured | None = None
    dtypes: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """Return the verdict of all quantities together.

        Of one quantity, at one shape, a fail or an error beats all; a pass by one oracle stands
        where another could not tell. A check that did not run spoils a pass of the whole.
        """
        return together(self.checks)

    def to_dict(self) -> dict[str, Any]:
        """Return the entry of "subjects" in the JSON report (schema gradcheck/1)."""
        from gradcheck.render.json import subject_entry

        return subject_entry(self)

    def __str__(self) -> str:
        from gradcheck.render.text import result_text

        return result_text(self)

    def _repr_html_(self) -> str:
        from gradcheck.render.html_cell import result_html

        return result_html(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileNote:
    """What is to be said of a file as a whole.

    Attributes
    ----------
    path : str
    notes : tuple of str
        What was stubbed, skipped, cut short, or could not be limited.
    output : str
        The beginning of what the file printed when it was loaded.
    error : str
        Why nothing in it could be checked, else empty.
    seconds : float
    """

    path: str
    notes: tuple[str, ...] = ()
    output: str = ""
    error: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one command says of all its subjects.

    Attributes
    ----------
    tool : mapping
        Versions of gradcheck, Python and the libraries, and the platform.
    seed : int
    command : str
        What was called, without paths of this machine.
    planned : int
        How many checks should have run.
    subjects : tuple of Result
    files : tuple of FileNote
        One for each file that was looked at; empty where none was.
    """

    tool: Mapping[str, str]
    seed: int
    command: str
    planned: int
    subjects: tuple[Result, ...]
    files: tuple[FileNote, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Return the verdict of all subjects together."""
        return Verdict.worst(subject.verdict for subject in self.subjects)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many checks were planned, ran, and had each verdict."""
        verdicts = [check.verdict for subject in self.subjects for check in subject.checks]
        numbers = {str(verdict): verdicts.count(verdict) for verdict in Verdict}
        ran = len(verdicts) - numbers[Verdict.NOT_RUN]
        return {"planned": self.planned, "ran": ran, **numbers}

    def _repr_html_(self) -> str:
        from gradcheck.render.html_cell import report_html

        return report_html(self)
