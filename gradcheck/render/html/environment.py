"""What fills the HTML templates in: everything is escaped that is not made here."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from gradcheck.render.summary import printable, residual_figure
from gradcheck.render.words import ORACLES, SYMBOLS, WORDS, plain, plain_code, symbol

if TYPE_CHECKING:
    from jinja2 import Environment


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Return jinja2's environment: escaping everywhere, without control characters of any kind."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    def harmless(value: Any) -> Any:
        return printable(value) if type(value) is str else value

    made = Environment(
        loader=PackageLoader("gradcheck.render", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=harmless,
    )
    made.filters |= {
        "output": output,
        "plain": plain,
        "residual": residual_figure,
        "sentence": sentence,
        "symbol": symbol,
    }
    css = files("gradcheck.render").joinpath("templates/style.css").read_text(encoding="utf-8")
    made.globals |= {
        "style": Markup(css),  # noqa: S704 - the package's own file
        "symbols": SYMBOLS,
        "words": WORDS,
        "oracles": ORACLES,
    }
    return made


def sentence(text: str) -> str:
    """Return a text with a capital letter, unless it begins with a symbol such as dL/dW."""
    first = text.partition(" ")[0]
    word = len(first) > 1 and first.isalpha() and first.islower()
    return text[:1].upper() + text[1:] if word else text


def output(text: str) -> str:
    """Return what foreign code printed, line by line, harmless as in `plain`."""
    return "\n".join(map(plain_code, text.replace("\r", "\n").split("\n")))


def made_here(text: str) -> Any:
    """Return markup that this package made, in which everything foreign is escaped already."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - see above
