"""The text of an AssertionError: what was checked, of which quantity, got and oracle, and why.

Of each quantity that is wrong the worst entry is shown, and never the arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.records import Verdict
from gradcheck.render.story import story_of
from gradcheck.render.text import headline
from gradcheck.render.words import WORDS, place, plain, symbol, worst_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.records import Check, Result
    from gradcheck.render.story import Block


def failure_text(result: Result, lacking: Mapping[str, str] | None = None) -> str:
    """Return what a result that is no success says in a test's failure.

    Parameters
    ----------
    result : Result
    lacking : mapping of str to str, optional
        Of a pass: the quantities that are not proved and must be, each with the reason.

    Returns
    -------
    str
        Plain text, without a newline at its end; the same for the same result.
    """
    story = story_of(result)
    lines = [plain(headline(result, symbol))]
    if lacking and result.verdict is Verdict.PASS:
        names = ", ".join(map(symbol, lacking))
        lines = [f"NOT PROVED {story.name}: {names} only tested, must be proved"]
    inputs = shapes_line(result)
    if inputs:
        lines.append(f"checked at {inputs}")
    for block in story.blocks:
        lines += _block(result, block)
    for quantity, reason in (lacking or {}).items():
        lines.append(f"{symbol(quantity)}: {plain(reason)}")
    again = f"reproduce: {story.reproduce}" if story.reproduce else f"seed {result.seed}"
    return "\n  ".join([*lines, again])


def one_failure_text(result: Result, name: str, quantity: str, checks: Sequence[Check]) -> str:
    """Return the text of a check that is no success: what it is of, and no other quantity.

    Parameters
    ----------
    result : Result
    name : str
        Of the check: "Dense-dW-symbolic".
    quantity : str
        "backward" for a contract.
    checks : sequence of Check
        What was said; empty where nothing was.
    """
    verdict = Verdict.worst(check.verdict for check in checks)
    passed = verdict is Verdict.PASS
    lines = [f"{'NOT PROVED' if passed else WORDS[verdict].upper()} {plain(name, 200)}"]
    where = place(result)
    lines[0] += f" ({where})" if where else ""
    inputs = shapes_line(result)
    if inputs:
        lines.append(f"checked at {inputs}")
    story = story_of(result)
    mine = [block for block in story.blocks if block.quantity == symbol(quantity)]
    worst = [worst_line(check) for check in checks if check.verdict is Verdict.FAIL]
    if any(worst):
        for block in mine:
            lines += _block(result, block, next(filter(None, worst)))
    else:
        for check in checks:
            evidence = f"{symbol(check.quantity)} is {check.evidence}" if check.evidence else ""
            lines.append(plain(check.reason) or evidence or WORDS[verdict])
        if not checks:
            lines.append("it was not looked at, because something that it needs is wrong:")
            others = [block for block in story.blocks if block not in mine]
            lines += [f"  {' '.join((b.quantity or b.who, b.sentence))}" for b in others[:3]]
    again = f"reproduce: {story.reproduce}" if story.reproduce else f"seed {result.seed}"
    return "\n  ".join([*lines, again])


def shapes_line(result: Result) -> str:
    """Return "X (4, 3) float64, W (2, 4) float64", or "" where nothing is known of them."""
    shapes = next((check.shapes for check in result.checks if check.shapes), {})
    return ", ".join(
        " ".join(part for part in (symbol(name), str(tuple(shape)), _dtype(result, name)) if part)
        for name, shape in shapes.items()
    )


def _dtype(result: Result, name: str) -> str:
    return plain(result.dtypes.get(name, ""), 20)


def _block(result: Result, block: Block, worst: str = "") -> list[str]:
    """Return one thing that is wrong: its head with the worst entry, and below it what it is.

    `worst` is what one oracle says of it, in place of what the sharpest says.
    """
    quantity = block.quantity
    name = next((n for n in result.dtypes if symbol(f"d{n}") == quantity), "")
    parts = [part for part in (quantity, block.shape, _dtype(result, name)) if part]
    head = " ".join(parts) or block.who
    first, *rest = block.lines or (("", ""),)
    if first[0]:
        rest = [first, *rest]
        first = ("", "")
    told = worst or first[1]
    lines = [f"{head}: {told}" if told else head]
    for label, text in rest:
        title = f"{label} {block.code}" if label == "looks like" else label
        lines.append(f"  {title}: {text}" if title else f"  {text}")
    return lines
