"""The words that people read: the notes' symbols, oracles, figures, and text made harmless."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from gradcheck.records import Oracle, Verdict
from gradcheck.render.summary import bounded, printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcheck.records import Check, Finding, Result

SYMBOLS = {
    Verdict.PASS: "✓",
    Verdict.FAIL: "✗",
    Verdict.INCONCLUSIVE: "?",
    Verdict.ERROR: "!",
    Verdict.NOT_RUN: "–",
}
"""What stands before the word, so that a verdict is seen before it is read."""

WORDS = {
    Verdict.PASS: "pass",
    Verdict.FAIL: "FAIL",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.ERROR: "ERROR",
    Verdict.NOT_RUN: "not run",
}

ORACLES = {
    Oracle.FINITE_DIFFERENCE: "finite differences",
    Oracle.COMPLEX_STEP: "complex step",
    Oracle.SYMBOLIC: "SymPy",
    Oracle.PROOF: "proof",
}

REGIMES = {
    "signs": "inputs of both signs",
    "kinks": "inputs exactly at a kink",
    "near-kinks": "inputs close to a kink",
    "units": "inputs of size 1",
    "magnitudes": "inputs from 0.01 to 30",
    "overflow": "inputs of size 1000",
    "tiny": "inputs of size 1e-8",
    "huge": "inputs of size 1e8",
    "ties": "inputs with ties",
    "equal": "equal inputs",
    "offset": "inputs far from 0",
    "float32": "float32 inputs",
    "read-only": "read-only inputs",
    "strided": "strided inputs",
}
"""What is said of a regime other than the given point: see `gradcheck.samples`."""

LIMIT = 500
"""Characters of one text of foreign origin: some six lines."""

DIGITS = 4
"""Significant digits of a figure, unless it takes more to see a difference."""

UNWRITTEN = "not written yet"

WHOLE = ("backward", "forward", "process", "file")
"""What is called a quantity where no single one is meant."""

# What a runner of GitHub takes for a command, at the beginning of a line or anywhere.
_COMMAND = re.compile(r"(?<!\S):(?=:)|##(?=\[)")
_ENTRY = re.compile(r"; worst entry \S.*?: got \S+, oracle \S+ ± [^\s;)]+")
_FORWARD = re.compile(r"entry \[[^\]]*\] is \S+, must be \S+ \(regime [^)]*\); ")
_METHOD = re.compile(r"^what (\w+) returns|after (\w+)$")
_POINT = re.compile(r" \(regime point\)")
_INNER = re.compile(r"(?<![\w.'])d([xy])(?=\d*(?!\w|'|\.\w))")
_PATH = re.compile(r"(?:/[^\s/:]+)+/([^\s/:]+)(?=:\d+\))")


def plain(text: object, limit: int = LIMIT) -> str:
    """Return text of any origin on one line: nothing in it moves a cursor or commands a runner.

    Parameters
    ----------
    text : object
    limit : int
        Characters after which it is cut, with an ellipsis.
    """
    line = printable(" ".join(str(text)[: 4 * limit].split()))
    line = _COMMAND.sub(lambda match: match[0] + " ", line)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def plain_code(line: str) -> str:
    """Return a line of code, harmless as in `plain`, with its spaces as they are."""
    return _COMMAND.sub(lambda match: match[0] + " ", printable(line.expandtabs(4)))[:LIMIT]


def symbol(quantity: str) -> str:
    """Return a quantity in the notes' symbols: "dX" for "dx", "Y" for "y"."""
    if quantity in ("x", "y"):
        return quantity.upper()
    return plain(_INNER.sub(lambda match: "d" + match[1].upper(), quantity), 60)


def shape_of(result: Result, quantity: str) -> tuple[int, ...] | None:
    """Return the shape of a gradient, which is that of its input; None where it is not known.

    Of several shapes it is the one at which it is wrong.
    """
    name = quantity.removeprefix("d")
    if name == quantity:
        return None
    checks = [check for check in result.checks if check.quantity == quantity]
    checks.sort(key=lambda check: check.verdict is not Verdict.FAIL)
    shapes = (check.shapes.get(name) for check in checks)
    return next((tuple(shape) for shape in shapes if shape is not None), None)


def place(result: Result) -> str:
    """Return "layers.py:12", or "" where it is not known."""
    if not result.file:
        return ""
    return plain(f"{result.file}:{result.line}" if result.line else result.file, 200)


def who(result: Result, quantity: str) -> str:
    """Return what computes a quantity as the code calls it: "Softmax.backward", "mse_prime"."""
    name = plain(result.name, 100)
    convention = {str(key): str(value) for key, value in result.convention.items()}
    because = convention.get("because", "")
    pair = re.search(r"(?:^|with )(\w+) and (\w+)$", because)
    texts = (convention.get(quantity, ""), *_gradients(convention))
    methods = [_METHOD.search(text) for text in texts]
    backward = next((match[1] or match[2] for match in methods if match), pair and pair[2])
    called = backward
    if quantity in ("y", "loss", "forward"):
        called = pair and pair[1]
    if quantity == "process" or not called:
        return name
    functions = pair is not None and because.startswith(pair[1])
    return plain(called, 100) if functions else f"{name}.{plain(called, 100)}"


def _gradients(convention: Mapping[str, str]) -> list[str]:
    return [text for key, text in convention.items() if re.fullmatch(r"d\w{1,9}", key)]


def told(finding: Finding, result: Result) -> str:
    """Return what a finding says, without the figures that stand beside it anyway."""
    text = _POINT.sub("", _FORWARD.sub("", _ENTRY.sub("", finding.message)))
    if finding.code == "crash":
        return not_written(plain(_PATH.sub(lambda match: _shown(match, result), text)))
    return plain(_INNER.sub(lambda match: "d" + match[1].upper(), text))


def _shown(match: re.Match[str], result: Result) -> str:
    """Return a path as the file was named, where it is that file."""
    return result.file if result.file.rpartition("/")[2] == match[1] else match[0]


def not_written(text: str) -> str:
    """Return "not written yet" for a body that raises NotImplementedError, with what it says."""
    if "NotImplementedError" not in text or UNWRITTEN in text:
        return text
    return f"{UNWRITTEN} ({re.sub(r':(?=[ ]*([(]|$))', '', text)})"


def hint_text(finding: Finding, result: Result, level: int) -> str:
    """Return the hint of a level: 0 none, 1 the concept, 2 the place, 3 the formula."""
    if level <= 0:
        return ""
    text = finding.hint
    if level != 2 or not text:
        from gradcheck.diagnosis.codes import hint

        line = int(finding.numbers.get("line", result.line))
        text = hint(finding.code, finding.quantity, level, result.role, line) or text
    text = re.sub(r"(?<=\. )line (?=\d)", "Line ", text)
    return plain(_INNER.sub(lambda match: "d" + match[1].upper(), text))


def sharpest(result: Result, quantity: str) -> Check | None:
    """Return the failed check of a quantity with the smallest bound; None where none has one."""
    failed = [
        check
        for check in result.checks
        if check.quantity == quantity
        and check.verdict is Verdict.FAIL
        and check.oracle is not Oracle.CONTRACT
        and check.worst is not None
    ]
    # A certificate is at a point of its own: the one that others saw can be looked up.
    floating = [check for check in failed if check.oracle is not Oracle.PROOF]
    return min(floating or failed, key=_bound, default=None)


def _bound(check: Check) -> float:
    bound = math.nan if check.worst is None else check.worst.bound
    return math.inf if math.isnan(bound) else bound


def residual_of(result: Result, quantity: str) -> str:
    """Return what the proof says is wrong: "dW₀₁ − true = x₁ g₀ − x₀ g₁"; or nothing."""
    proofs = [check.proof for check in result.checks if check.quantity == quantity]
    text = next((plain(proof.residual) for proof in proofs if proof and proof.residual), "")
    return text.replace(quantity, symbol(quantity), 1) if text.startswith(quantity) else text


def worst_line(check: Check) -> str:
    """Return "worst [2, 0]: got 0.0915, should be 0.0243 ± 2e-17; 5 of 5 entries wrong"."""
    worst = check.worst
    if worst is None:
        return ""
    digits = figures(worst.got, worst.oracle)
    index = f" {list(worst.index)}" if worst.index else ""
    got, oracle = f"{worst.got + 0.0:.{digits}g}", bounded(worst, digits, 0)
    text = f"worst{index}: got {got}, should be {oracle}"
    if check.oracle is Oracle.PROOF:
        exact = f"{worst.oracle + 0.0:.{digits}g}"
        text = f"replayed{index}: got {got}, should be {exact}, exactly"
    if worst.entries > 1:
        text += f"; {worst.wrong} of {worst.entries} entries wrong"
    where = REGIMES.get(check.regime, "" if check.regime == "point" else plain(check.regime, 60))
    return text + (f"; at {where}" if where else "")


def figures(got: float, oracle: float) -> int:
    """Return with how many significant digits two numbers are seen to differ."""
    size, gap = max(abs(got), abs(oracle)), abs(got - oracle)
    if not (math.isfinite(size) and gap > 0):
        return DIGITS
    return min(17, max(DIGITS, math.ceil(math.log10(size / gap)) + 2))


def agreement(check: Check) -> str:
    """Return who says it: "three oracles agree: finite differences, complex step, SymPy"."""
    spoken = {check.oracle, *check.agree}
    names = [name for oracle, name in ORACLES.items() if oracle in spoken]
    if check.quantity in ("y", "loss"):
        return "compared with the notes' formula"
    if len(names) < 2:
        return f"by {''.join(names)} alone"
    count = {2: "two", 3: "three", 4: "four"}[len(names)]
    return f"{count} oracles agree: {', '.join(names)}"
