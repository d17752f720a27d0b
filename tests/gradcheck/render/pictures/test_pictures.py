"""Each picture is well formed, says in words what it shows, and holds nothing foreign."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET

import pytest
from drawn import ERRORS, STEPS, entries, relu_strip, study

from gradcheck.render.pictures import lines, matrices, steps
from gradcheck.render.pictures.canvas import COLOURS

BIG = entries(
    shape=(40, 40), rows=tuple(range(0, 40, 2)), columns=tuple(range(0, 40, 2)),
    got=(1.0,) * 400, oracle=(2.0,) * 400, bound=(0.0,) * 400,
)  # fmt: skip
UNUSUAL = entries(
    got=(math.nan, math.inf, -math.inf, 1e300, 5e-324, 0.0), oracle=(0.0,) * 6,
    bound=(math.nan,) * 6,
)  # fmt: skip
ZEROS = entries(got=(0.0,) * 6, oracle=(0.0,) * 6)
DRAWN = {
    "step curve": lambda name: steps.step_curve(study(), name),
    "step curve of a right one": lambda name: steps.step_curve(study(got=0.3117), name),
    "step curve of zeros": lambda name: steps.step_curve(
        study(errors=(0.0,) * 12, bound=0.0, got=0.3117), name
    ),
    "step curve of infinite": lambda name: steps.step_curve(
        study(errors=(math.inf, *ERRORS[1:]), bound=math.inf, got=math.nan, chosen=math.inf), name
    ),
    "heat map": lambda name: matrices.heat_map(entries(), name),
    "heat map of a large one": lambda name: matrices.heat_map(BIG, name),
    "heat map of what is not finite": lambda name: matrices.heat_map(UNUSUAL, name),
    "signs": lambda name: matrices.sign_pattern(entries(), name),
    "signs of a large one": lambda name: matrices.sign_pattern(BIG, name),
    "signs of what is not finite": lambda name: matrices.sign_pattern(UNUSUAL, name),
    "scatter": lambda name: matrices.scatter(entries(), name),
    "scatter of what is not finite": lambda name: matrices.scatter(UNUSUAL, name),
    "scatter of zeros": lambda name: matrices.scatter(ZEROS, name),
    "strip": lambda name: lines.strip_picture(relu_strip(), name),
    "strip of a wrong one": lambda name: lines.strip_picture(relu_strip(2.0, math.nan), name),
    "bars": lambda name: lines.bars([("diagonal-only", 3), ("factor", 1)], name),
}


@pytest.mark.parametrize("kind", DRAWN)
def test_a_picture_is_well_formed_small_and_themed(kind):
    drawn = DRAWN[kind]("a")
    root = ET.fromstring(drawn)  # noqa: S314 - ours
    assert root.tag == "svg"
    assert root.get("role") == "img"
    labels = root.get("aria-labelledby").split()
    named = {one.get("id"): one.text for one in root.iter() if one.get("id")}
    assert all(named[label] for label in labels)
    assert all(one.startswith("a-") for one in named)
    assert not any(stand_in in drawn for stand_in in COLOURS.values())
    assert not re.search(r"#[0-9a-f]{6}\b", drawn), "a colour that no theme changes"
    assert "<style" not in drawn
    assert "http" not in drawn
    assert len(drawn) < 150_000


@pytest.mark.parametrize("kind", DRAWN)
def test_a_picture_is_the_same_bytes_and_its_ids_are_its_own(kind):
    first = DRAWN[kind]("a")
    assert DRAWN[kind]("a") == first
    ids = set(re.findall(r' id="([^"]+)"', first))
    assert not ids & set(re.findall(r' id="([^"]+)"', DRAWN[kind]("b")))
    used = set(re.findall(r'(?:url\(|href=")#([^)"]+)', first))
    assert used <= ids


def written(drawn):
    return [one.text for one in ET.fromstring(drawn).iter("text")]  # noqa: S314 - ours


def test_the_v_curve_marks_step_bound_and_residual():
    words = written(DRAWN["step curve"]("a"))
    assert {"chosen step", "oracle's bound, extrapolated", "the code's residual"} <= set(words)
    assert "0.15" in steps.in_words(study()) or "1.5e-01" in steps.in_words(study())


def test_a_residual_is_red_only_where_it_is_beyond_the_bound():
    label = re.compile(r'<text style="[^"]*var\(--(\w+)\)[^>]*>the code\'s residual')
    assert label.search(DRAWN["step curve"]("a"))[1] == "wrong"
    assert label.search(DRAWN["step curve of a right one"]("a"))[1] == "ink"


def test_too_few_numbers_are_not_drawn():
    assert steps.drawable(study())
    assert not steps.drawable(study(steps=STEPS[:1], errors=ERRORS[:1]))
    assert not steps.drawable(study(errors=(math.nan,) * 12))


def test_a_small_array_has_a_number_in_each_cell_and_zero_where_it_is_right():
    words = written(DRAWN["heat map"]("a"))
    assert words.count("4") == 1  # |-2 - 2|
    assert words.count("0.5") == 1
    assert "2 of 6 entries are off" in DRAWN["heat map"]("a")
    assert "row 0: 0, 4, 0; row 1: 0, 0.5, 0" in DRAWN["heat map"]("a")


def test_signs_are_told_apart_without_colour():
    assert "− ≠ +" in written(DRAWN["signs"]("a"))
    assert "1 of 6 entries have another sign" in DRAWN["signs"]("a")


def test_a_factor_is_read_off_the_scatter():
    doubled = entries(got=(2.0, 4.0, 6.0, 8.0, 11.0, 0.0))
    doubled = entries(got=tuple(2 * one for one in doubled.oracle))
    assert "slope 2:" in matrices.line_in_words(doubled)
    assert "4 of 6 do" in matrices.line_in_words(entries())
    assert matrices.line_in_words(ZEROS) == "A right entry lies on the diagonal."


def test_nan_is_never_right():
    assert matrices.off(entries(got=(math.nan, *entries().oracle[1:])))[0]
    assert lines.astray(relu_strip(above=math.nan)) == [3, 4]


def test_any_value_between_the_slopes_is_right_at_a_kink():
    assert lines.kinks(relu_strip()) == [2]
    for at_kink in (0.0, 0.5, 1.0):
        assert lines.astray(relu_strip(at_kink)) == []
    for at_kink in (-0.1, 1.1):
        assert lines.astray(relu_strip(at_kink)) == [2]
    assert "backward returns 0.5" in lines.in_words(relu_strip(0.5))
    assert "off the slope of forward" in lines.in_words(relu_strip(1.1))
