"""A printed formula on one line of plain text: what a terminal can show of it."""

from __future__ import annotations

import re

from gradcheck.notes.latex.tokens import latex

_SYMBOLS = {
    r"\partial": "∂", r"\cdot": "·", r"\odot": "⊙", r"\times": "×", r"\rightarrow": "→",
    r"\Rightarrow": "⇒", r"\hookrightarrow": "↪", r"\bigcirc": "○", r"\neq": "≠", r"\leq": "≤",
    r"\dots": "…", r"\vdots": "…", r"\ddots": "…", r"\max": "max", r"\sum": "Σ", r"\quad": " ",
    r"\left": "", r"\right": "",
}  # fmt: skip
_GROUP = r"\{((?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*)\}"


def plain(printed: str) -> str:
    r"""Return a printed line as plain text: `\frac{\partial C}{\partial b}` as ∂C/∂b.

    A matrix is its rows between brackets. What has a brace below stands between ⟨ and ⟩, and what
    the brace says after it.
    """
    text = re.sub(r"\\(?:text|mathbf|mathcal)\{([^{}]*)\}", r"\1", latex(printed))
    text = re.sub(r"\\(?:begin|end)\{aligned\}|&(?= ?=)", " ", text)
    text = re.sub(rf"\\xrightarrow{_GROUP}", r"→ \1", text)
    text = re.sub(r"\\begin\{(?:bmatrix|cases)\}\s*", "[", text)
    text = re.sub(r"\s*\\end\{(?:bmatrix|cases)\}", "]", text)
    while (changed := _opened(text)) != text:
        text = changed
    for command, symbol in _SYMBOLS.items():
        text = re.sub(rf"\{command}(?![a-zA-Z])", symbol, text)
    text = re.sub(r"\s*\\\\\s*(?==)", " ", text)
    text = re.sub(r"\s*\\\\\s*", "; ", text)
    text = re.sub(r"(?:…[ &;]*){2,};", "…;", text)
    text = re.sub(r",?\s*&\s*", ", ", text)
    text = re.sub(r"∂\s+(?=\w)", "∂", text).replace(" )", ")")
    text = re.sub(r"\^T(?![a-zA-Z])", "ᵀ", text).replace("^2", "²").replace("^*", "*")
    text = re.sub(r"([_^])\{(\w+)\}", r"\1\2", text)
    return " ".join(text.split())


def _opened(text: str) -> str:
    """Return the text with its fractions and braces written on a line, the outer ones first."""
    text = re.sub(rf"\\frac{_GROUP}{_GROUP}", lambda m: f"{_part(m[1])}/{_part(m[2])}", text)
    return re.sub(rf"\\underbrace{_GROUP}_{_GROUP}", r"⟨\1⟩ {\2}", text)


def _part(text: str) -> str:
    simple = text.startswith(r"\partial") or re.fullmatch(r"\w+|\w\^\{\w+\}", text)
    return text.strip() if simple else f"({text.strip()})"


def compared(printed: str, corrected: str) -> tuple[list[tuple[str, bool]], ...]:
    """Return the words of each, with whether the other has another there."""
    from difflib import SequenceMatcher

    old, new = (plain(text).split(" ") for text in (printed, corrected))
    changed: tuple[set[int], set[int]] = (set(), set())
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            changed[0].update(range(a, b))
            changed[1].update(range(c, d))
    return tuple(
        [(word, k in marked) for k, word in enumerate(words)]
        for words, marked in zip((old, new), changed, strict=True)
    )
