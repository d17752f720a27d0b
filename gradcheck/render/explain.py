"""A code of the catalogue as a page: what it means, how it shows, a wrong and a right example."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.render.words import plain, plain_code
from gradcheck.render.wrapping import Sheet

if TYPE_CHECKING:
    from rich.console import Console

    from gradcheck.diagnosis.codes import Catalogue, Code

_EXAMPLES = {"quantity": "the gradient", "symbol": "the gradient", "line": "backward"}
"""What stands for the placeholders of a sentence where there is no finding to fill them in."""


class _Left(dict[str, str]):
    """The place of a number or a formula that only a finding has is left open."""

    def __missing__(self, key: str) -> str:
        return "…"


def print_code(code: Code, console: Console) -> None:
    """Print all that is known of a code.

    Parameters
    ----------
    code : Code
    console : rich.console.Console
    """
    sheet = Sheet(console)
    sheet.words((code.name, "bold"), (f": {plain(code.title)}", "bold"))
    sheet.space()
    sheet.words((plain(code.meaning, 2000), ""), indent=2, hang=0)
    sheet.space()
    sheet.words(("how it shows: ", "cyan"), (plain(code.recognised), ""), indent=2, hang=2)
    if code.heading:
        sheet.words(("in the notes: ", "cyan"), (plain(code.heading), ""), indent=2, hang=2)
    for label, text, style in (("wrong", code.wrong, "red"), ("right", code.right, "green")):
        sheet.space()
        sheet.words((label, style), indent=2)
        for line in text.splitlines():
            sheet.unbroken((plain_code(line), ""), indent=6)
    hints = [_filled(text) for text in (code.concept, code.place, code.formula)]
    for level, text in enumerate(hints, start=1):
        if text.strip(" …"):
            if level == 1:
                sheet.space()
            sheet.words((f"hint {level}: ", "cyan"), (text, ""), indent=2, hang=2)


def print_codes(catalogue: Catalogue, console: Console) -> None:
    """Print all codes with their titles, in two columns, by name."""
    sheet = Sheet(console)
    names = sorted(catalogue.codes)
    sheet.pairs([(plain(name, 60), plain(catalogue.codes[name].title)) for name in names])
    sheet.space()
    sheet.words(("gradcheck explain CODE", "bold"), (" says what one means.", ""))


def _filled(text: str) -> str:
    filled = plain(text.format_map(_Left(_EXAMPLES)), 1000)
    return filled.replace("backward", "Backward", 1) if filled.startswith("backward") else filled
