r"""The records of the notes: what is printed, where, and how it may be read.

How to add an equation, in ten lines::

    Equation(
        id="softmax-sums-to-one",                 # unique; begins with the heading's word
        heading="Softmax",                        # as printed
        printed=r"$\sum_{i=1}^n y_i = 1$",        # verbatim: a display without its $$, or the line
        setting="softmax",                        # what the letters stand for: see `settings`
        corrected="",                             # what should stand there, where it is misprinted
    ),

and put it into the tuple of its heading, in the notes' order. No verdict is typed in: `audit` reads
`printed` and derives one. A claim in words has a `claim` too: the name of a function in `words`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Expression = Any
"""A SymPy expression: SymPy has no types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Two things that are claimed to be equal, at one choice of indices.

    Attributes
    ----------
    where : str
        Which part of the equation says it: "entry (1, 2)", "the brace = x_1".
    printed, oracle : SymPy expression, shape or truth value
        What stands there, and what it should be.
    indices : mapping of str to int
        The indices that were chosen, where the equation is one for all.
    """

    where: str
    printed: Expression
    oracle: Expression
    indices: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to read an equation.

    Attributes
    ----------
    setting : str
        What the letters stand for, where it is another than the equation's own.
    contracted : bool
        ∂C/∂y · ∂y/∂w is the sum over all y, and no product of matrices.
    brace_of_derivative : bool
        A brace says what the derivative of its terms is, and not what they are.
    subgradient : bool
        At a kink, where there is no derivative, a value between the one-sided ones will do.
    constant : bool
        A linear combination may have a constant beside it.
    corrected : bool
        What stands in another equation, and is referred to, is read as corrected there.
    remark : str
        What is loose in the equation if only this reading makes it right.
    """

    setting: str = ""
    contracted: bool = False
    brace_of_derivative: bool = False
    subgradient: bool = False
    constant: bool = False
    corrected: bool = False
    remark: str = ""


LITERAL = Reading()
"""As it stands there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """One displayed equation of the notes, or one claim in words that can be decided.

    Attributes
    ----------
    id : str
    heading : str
        The heading of the notes under which it stands, as printed.
    printed : str
        Verbatim from the notes: a displayed equation without its $$, else the line.
    setting : str
        What the letters stand for: see `settings.SETTINGS`.
    corrected : str
        What should stand there, empty where nothing has to change.
    continues : str
        The equation whose left side a line that begins with "=" goes on from.
    names : (letter, id) or ()
        The letter of a matrix, and the equation whose first matrix it is.
    readings : tuple of Reading
        From the strictest to the loosest; the first that makes the equation true counts.
    claim : str
        Of a claim in words: the function in `words` that takes the sizes and the reading and
        gives the cases.
    """

    id: str
    heading: str
    printed: str
    setting: str
    corrected: str = ""
    continues: str = ""
    names: tuple[str, str] | tuple[()] = ()
    readings: tuple[Reading, ...] = (LITERAL,)
    claim: str = ""

    @property
    def formula(self) -> str:
        """Return what is printed without the words around it, and what it follows from."""
        parts = self.printed.split("$")
        inside = parts[1] if len(parts) == 3 else self.printed
        return inside.rpartition(r"\Rightarrow ")[2]
