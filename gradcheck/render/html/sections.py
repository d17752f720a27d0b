"""All that a page says of one layer, as plain records for the template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gradcheck.records import Oracle, Verdict
from gradcheck.render.html.environment import made_here
from gradcheck.render.html.formulas import Theory, equation, theory
from gradcheck.render.pictures import lines, matrices, steps
from gradcheck.render.story import Block, Story, story_of
from gradcheck.render.summary import Row, contract_rows, value_rows
from gradcheck.render.words import residual_of, symbol

if TYPE_CHECKING:
    from gradcheck.evidence import Entries, Pictured, StepStudy, Strip
    from gradcheck.records import Proof, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture and what it shows, in words."""

    svg: Any
    title: str
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong or unknown, with its pictures."""

    block: Block
    hint: str
    lines: tuple[tuple[str, str], ...]
    equation: Any
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refutation:
    """A proof that a gradient is wrong: by how much, and at which numbers it was replayed."""

    quantity: str
    residual: str
    proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One layer."""

    anchor: str
    story: Story
    faults: tuple[Fault, ...]
    theory: Theory
    values: tuple[Row, ...]
    contracts: tuple[Row, ...]
    refutations: tuple[Refutation, ...]
    strips: tuple[Picture, ...]
    studies: tuple[Picture, ...]
    shapes: str


def section(result: Result, anchor: str, *, sparing: bool = False) -> Section:
    """Return the section of a layer.

    Parameters
    ----------
    result : Result
    anchor : str
        Of ASCII letters, digits and "-"; no other section of the page has it.
    sparing : bool
        Draw what is wrong and leave out pictures of what is right: for a page among hundreds.
    """
    story = story_of(result, everything=True)
    pictured = result.pictured
    drawn = _Drawn(anchor, pictured)
    faults = tuple(_fault(block, drawn) for block in story.blocks)
    wrong = result.verdict is Verdict.FAIL
    rest = pictured is not None and not (sparing and not wrong)
    return Section(
        anchor=anchor,
        story=story,
        faults=faults,
        theory=theory(result.role),
        values=tuple(value_rows(result)),
        contracts=tuple(contract_rows(result)),
        refutations=tuple(
            Refutation(
                quantity=symbol(check.quantity),
                residual=residual_of(result, check.quantity),
                proof=check.proof,
            )
            for check in result.checks
            if check.oracle is Oracle.PROOF
            and check.verdict is Verdict.FAIL
            and check.proof is not None
        ),
        strips=tuple(drawn.other_strips()) if rest else (),
        studies=tuple(drawn.other_studies()) if rest and not sparing else (),
        shapes=_shapes(result),
    )


def _shapes(result: Result) -> str:
    told = {
        ", ".join(f"{symbol(name)} {tuple(shape)}" for name, shape in check.shapes.items()): None
        for check in result.checks
        if check.shapes
    }
    return "; ".join(told)


def _fault(block: Block, drawn: _Drawn) -> Fault:
    # One hint a fault; it is folded in, so that one may think first.
    hint = next((text for label, text in block.lines if label == "hint"), "")
    return Fault(
        block=block,
        hint=hint,
        lines=tuple(line for line in block.lines if line[0] != "hint"),
        equation=_equation(block),
        pictures=tuple(drawn.of_wrong(block)),
    )


def _equation(block: Block) -> Any:
    """Return the equation of the notes that a block cites, as MathML; or nothing."""
    cited = next((text for label, text in block.lines if label == "in the notes"), "")
    return equation(cited.rpartition(", ")[2])


class _Drawn:
    """Draws the pictures of one section; each once, and under a name of its own."""

    def __init__(self, anchor: str, pictured: Pictured | None) -> None:
        self.anchor = anchor
        self.pictured = pictured
        self.done: set[str] = set()
        self.number = 0

    def _name(self) -> str:
        self.number += 1
        return f"{self.anchor}-p{self.number}"

    def of_wrong(self, block: Block) -> list[Picture]:
        """Return the pictures of a quantity that is wrong; none a second time."""
        if self.pictured is None or not block.quantity or block.quantity in self.done:
            return []
        self.done.add(block.quantity)
        pictures = []
        for entries in self.pictured.entries:
            if symbol(entries.quantity) == block.quantity:
                pictures += self._entries(entries)
        pictures += [
            self._strip(strip)
            for strip in self.pictured.strips
            if symbol(strip.quantity) == block.quantity
        ]
        pictures += [
            self._study(study)
            for study in self.pictured.studies
            if symbol(study.quantity) == block.quantity and steps.drawable(study)
        ]
        return pictures

    def other_studies(self) -> list[Picture]:
        """Return the step studies of what is not wrong."""
        if self.pictured is None:
            return []
        return [
            self._study(study)
            for study in self.pictured.studies
            if symbol(study.quantity) not in self.done and steps.drawable(study)
        ]

    def other_strips(self) -> list[Picture]:
        """Return the activation along a line where it is not wrong."""
        if self.pictured is None:
            return []
        return [
            self._strip(strip)
            for strip in self.pictured.strips
            if symbol(strip.quantity) not in self.done
        ]

    def _strip(self, strip: Strip) -> Picture:
        return Picture(
            svg=made_here(lines.strip_picture(strip, self._name())),
            title="Slope of forward (line) and what backward returns (dots; × where off)",
            caption=lines.in_words(strip),
        )

    def _entries(self, entries: Entries) -> list[Picture]:
        wrong = sum(matrices.off(entries))
        number = len(entries.got)
        signs = sum(
            (got > 0) - (got < 0) != (oracle > 0) - (oracle < 0)
            for got, oracle in zip(entries.got, entries.oracle, strict=True)
        )
        what = symbol(entries.quantity)
        part = "" if entries.whole else f" {_sampled(entries)}"
        return [
            Picture(
                svg=made_here(matrices.heat_map(entries, self._name())),
                title=f"|got − oracle| of each entry of {what}",
                caption=f"{wrong} of {number} entries are off.{part}",
            ),
            Picture(
                svg=made_here(matrices.sign_pattern(entries, self._name())),
                title=f"Signs of {what}: got ≠ oracle where they differ",
                caption=f"{signs} of {number} signs differ.",
            ),
            Picture(
                svg=made_here(matrices.scatter(entries, self._name())),
                title=f"{what}: got against oracle",
                caption=matrices.line_in_words(entries),
            ),
        ]

    def _study(self, study: StepStudy) -> Picture:
        what = symbol(study.quantity) + (f" {list(study.index)}" if study.index else "")
        return Picture(
            svg=made_here(steps.step_curve(study, self._name())),
            title=f"Finite differences of {what} against the step",
            caption=_meaning(study),
        )


def _meaning(study: StepStudy) -> str:
    """Return what the V-curve says of the code, in a sentence."""
    got, reference = f"{study.got:.6g}", f"{study.reference:.6g}"
    if study.residual <= 10 * study.bound or study.residual <= 1e-9 * abs(study.reference):
        return (
            f"The code returns {got}: {study.residual:.0e} off, and the oracle itself is known "
            f"to {study.bound:.0e}."
        )
    least = min(study.errors)
    met = f"to {least:.0e}" if least else "exactly"
    return (
        f"Whatever the step, the code's {got} stays {study.residual:.2g} away from the slope, "
        f"{reference}, which finite differences meet {met}: the gradient is "
        "wrong, not the step."
    )


def _sampled(entries: Entries) -> str:
    rows, columns = entries.matrix
    return (
        f"Shown are {len(entries.rows)} of {rows} rows and {len(entries.columns)} of {columns} "
        "columns, evenly spaced."
    )
