"""The audit of the notes as JSON, Markdown and on a terminal."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from rich.console import Console

from gradcheck.notes.audit import Audited, Counterexample, Standing
from gradcheck.notes.index import BY_ID, EQUATIONS
from gradcheck.render.notes.json import entry, notes_json
from gradcheck.render.notes.markdown import notes_markdown
from gradcheck.render.notes.mathml import mathml
from gradcheck.render.notes.sentences import counts, example, reason
from gradcheck.render.notes.terminal import print_notes

EXAMPLE = Counterexample(
    sizes={"n": 2},
    indices={"i": 1, "k": 1},
    numbers={"x_1": "log(2)"},
    where="the brace",
    printed="1",
    oracle="0",
)
RIGHT = Audited(
    equation=BY_ID["dense-forward"], verdict=Standing.HOLDS, reason="it holds for sizes 1 to 6"
)
WRONG = Audited(
    equation=BY_ID["softmax-off-diagonal"],
    verdict=Standing.MISPRINT,
    reason="corrected, it holds for sizes 1 to 6",
    counterexample=EXAMPLE,
)
LOOSE = Audited(
    equation=BY_ID["cost-example"],
    verdict=Standing.REMARK,
    reason="it holds for sizes 1 to 6",
    remark="the brace marks terms whose derivative is 0",
)
UNKNOWN = Audited(
    equation=BY_ID["cost-value"], verdict=Standing.UNDECIDABLE, reason="it cannot be read"
)
ALL = [RIGHT, WRONG, LOOSE, UNKNOWN]

GOLDEN = """\
Dense Layer
  ✓ dense-forward  holds  ⇒ Matrix Equation: Y = WX + b

Softmax
  ✗ softmax-off-diagonal  misprint

Cost Function: Mean-Squared Error
  ✓ cost-example  holds-with-remark  the brace marks terms whose derivative is 0
  ? cost-value    not-decidable

✗ softmax-off-diagonal  misprint  Softmax
    printed: If k ≠ j: ∂y_i/∂x_k = (-e^x_k e^x_i)/((Σ_{j=1}^n e^x_j)²) = -y_k
      y_i
    should be: If k ≠ i: ∂y_i/∂x_k = (-e^x_k e^x_i)/((Σ_{j=1}^n e^x_j)²) = -y_k
      y_i
    for example: at n = 2, for i = 1, k = 1, with x_1 = log(2): the brace is
      printed as 1, and is 0
    corrected, it holds for sizes 1 to 6

? cost-value  not-decidable  Cost Function: Mean-Squared Error
    printed: C = 1/n Σ_{i=1}^n (y_i* - y_i)²
    it cannot be read

4 equations: 1 holds, 1 holds with a remark, 1 is misprinted, 1 is not decidable
"""


def printed(found: list[Audited], width: int = 80, **more: object) -> str:
    stream = io.StringIO()
    print_notes(found, Console(file=stream, width=width, highlight=False), **more)  # type: ignore[arg-type]
    return "".join(f"{line.rstrip()}\n" for line in stream.getvalue().splitlines())


def test_golden() -> None:
    assert printed(ALL) == GOLDEN


@pytest.mark.parametrize("width", [40, 80, 120])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, printed(ALL, width).splitlines())) <= width


def test_what_differs_has_a_colour_where_there_are_colours() -> None:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, color_system="standard", width=80)
    print_notes([WRONG], console)
    assert "\x1b[1;31mj: \x1b[0m" in stream.getvalue()
    assert "\x1b[1;32mi: \x1b[0m" in stream.getvalue()


def test_what_was_asked_for_is_shown_in_full() -> None:
    text = printed(ALL, shown=[LOOSE])
    assert text.startswith("✓ cost-example  holds-with-remark  Cost Function")
    assert "remark: the brace marks terms" in text
    assert "dense-forward" not in text
    assert text.endswith(GOLDEN.splitlines()[-1] + "\n")


def test_an_example_without_numbers() -> None:
    bare = replace(EXAMPLE, sizes={}, indices={}, numbers={}, where="")
    assert example(bare) == "it is printed as 1, and is 0"


def test_the_reason_holds_everything() -> None:
    assert reason(RIGHT) == RIGHT.reason
    assert reason(LOOSE) == f"{LOOSE.remark}; {LOOSE.reason}"
    assert reason(WRONG) == f"{example(EXAMPLE)}; {WRONG.reason}"


def test_counts() -> None:
    assert counts([]) == "0 equations: nothing was looked at"
    assert counts([RIGHT]) == "1 equation: 1 holds"
    assert counts([RIGHT, RIGHT, WRONG, WRONG]) == "4 equations: 2 hold, 2 are misprinted"


def test_json_has_the_keys_that_are_promised() -> None:
    data = json.loads(notes_json(ALL))
    assert list(data) == ["equations"]
    keys = ["id", "heading", "printed", "corrected", "verdict", "counterexample", "reason"]
    for one in data["equations"]:
        assert list(one) == [*keys, "mathml"]
    wrong = data["equations"][1]
    assert wrong["verdict"] == "misprint"
    assert wrong["corrected"] == BY_ID["softmax-off-diagonal"].corrected
    assert wrong["counterexample"] == {
        "sizes": {"n": 2},
        "indices": {"i": 1, "k": 1},
        "numbers": {"x_1": "log(2)"},
        "where": "the brace",
        "printed": "1",
        "oracle": "0",
    }
    assert data["equations"][0]["corrected"] is None
    assert data["equations"][0]["mathml"]["corrected"] is None


@pytest.mark.parametrize("equation", EQUATIONS, ids=lambda one: one.id)
def test_every_equation_has_mathml(equation) -> None:  # type: ignore[no-untyped-def]
    maths = entry(replace(RIGHT, equation=equation))["mathml"]
    for text in filter(None, maths.values()):
        root = ElementTree.fromstring(text)  # noqa: S314 - our own
        assert root.tag == "{http://www.w3.org/1998/Math/MathML}math"
        said = "".join(root.itertext())
        assert said.strip()
        assert "\\" not in said
        assert "$" not in said


def test_a_fraction_and_a_matrix_are_shown_as_such() -> None:
    text = mathml(r"\begin{bmatrix} \frac{1}{n} & b_1 \end{bmatrix}")
    assert "<mfrac>" in text
    assert text.count("<mtd>") == 2


def test_words_are_words() -> None:
    text = mathml("Each input node is connected")
    assert "<mtext>" in text
    assert "<mi>" not in text


def test_markdown() -> None:
    page = notes_markdown(ALL)
    assert page.startswith("# The lecture notes, verified\n")
    assert page.count("```math\n") == 2
    assert "### softmax-off-diagonal\n" in page
    assert "| `dense-forward` | ⇒ Matrix Equation: Y = WX + b | ✓ holds | it holds" in page
    assert "### Dense Layer" in page
    assert "None." not in page
    assert "None." in notes_markdown([RIGHT])
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert [row.count(" | ") for row in rows] == [3] * 4
