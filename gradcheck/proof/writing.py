"""Expressions as text, in the notes' symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.proof.expression import reached

if TYPE_CHECKING:
    from gradcheck.proof.expression import Expression

LONGEST = 200
"""Characters of an expression that is shown."""

_SUM, _PRODUCT, _POWER, _ATOM = range(4)
_INDICATORS = {"positive": "> 0", "nonnegative": "≥ 0"}


def written(node: Expression, longest: int = LONGEST) -> str:
    """Return an expression as text, cut where it is longer than `longest` characters."""
    texts: dict[int, tuple[str, int]] = {}
    for one in reached([node]):
        text, strength = _written(one, [texts[a.number] for a in one.arguments])
        texts[one.number] = (text if len(text) <= longest else text[: longest - 1] + "…", strength)
    return texts[node.number][0]


def _written(node: Expression, parts: list[tuple[str, int]]) -> tuple[str, int]:
    operation = node.operation
    if operation == "constant":
        whole = node.value.denominator == 1
        return str(node.value), _ATOM if whole and node.value >= 0 else _SUM
    if operation == "variable":
        return ("π" if node.value == "pi" else node.value), _ATOM
    if operation == "add":
        (a, _), (b, _) = parts
        if a.startswith("-") and not b.startswith("-"):
            a, b = b, a
        return (f"{a} - {b[1:]}" if b.startswith("-") else f"{a} + {b}"), _SUM
    if operation == "mul":
        if node.arguments[0] is node.pool.minus_one:
            return f"-{_inside(parts[1], _PRODUCT)}", _PRODUCT
        return "·".join(_inside(part, _PRODUCT) for part in parts), _PRODUCT
    if operation == "power":
        base = _inside(parts[0], _ATOM)
        return (f"1/{base}", _PRODUCT) if node.value == -1 else (f"{base}^{node.value}", _POWER)
    if operation in _INDICATORS:
        return f"[{parts[0][0]} {_INDICATORS[operation]}]", _ATOM
    name = "max" if operation == "maximum" else operation
    return f"{name}({', '.join(text for text, _ in parts)})", _ATOM


def _inside(part: tuple[str, int], strength: int) -> str:
    text, own = part
    return text if own >= strength else f"({text})"
