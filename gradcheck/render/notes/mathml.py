"""A printed line as MathML, which a browser shows without scripts."""

from __future__ import annotations

from gradcheck.notes.latex.tokens import latex


def mathml(printed: str) -> str:
    """Return a printed line as one MathML element; words without a formula as text in it.

    Parameters
    ----------
    printed : str
        LaTeX, or a line of words with formulas between $ signs.
    """
    from latex2mathml.converter import convert

    text = latex(printed)
    if "\\" not in text and "=" not in text:
        text = rf"\text{{{text}}}"
    # The library knows the rows of `aligned` under this name.
    return convert(text.replace("{aligned}", "{split}"), display="block")
