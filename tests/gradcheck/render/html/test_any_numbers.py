"""Whatever numbers a report holds, it is rendered: they come from code that may return anything."""

from __future__ import annotations

from dataclasses import replace

import pytest
from drawn import entries, relu_strip, study
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from student_report import report, softmax

from gradcheck.evidence import Pictured
from gradcheck.render.html.pages import report_page

NUMBERS = st.one_of(
    st.floats(),
    st.sampled_from([0.0, -0.0, 5e-324, 1e-300, 1e300, float("inf"), float("-inf"), float("nan")]),
)

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
"""A page takes a quarter of a second: to shrink what fails would take minutes."""


def several(size):
    return st.lists(NUMBERS, min_size=size, max_size=size).map(tuple)


@settings(max_examples=25, deadline=None, phases=PHASES)
@given(
    got=several(6), oracle=several(6), bound=several(6), steps=several(12), errors=several(12),
    marks=several(4), strip=st.lists(several(5), min_size=5, max_size=5),
)  # fmt: skip
@pytest.mark.slow
def test_a_page_is_made_of_any_numbers(got, oracle, bound, steps, errors, marks, strip):
    chosen, known, reference, code = marks
    names = ("x", "y", "left", "right", "got")
    drawn = Pictured(
        entries=(entries(got=got, oracle=oracle, bound=bound),),
        studies=(
            study(
                got=code, steps=steps, errors=errors, chosen=chosen, bound=known,
                reference=reference,
            ),
        ),
        strips=(replace(relu_strip(), **dict(zip(names, strip, strict=True))),),
    )  # fmt: skip
    page = report_page(report(softmax(pictured=drawn)))
    assert page.count("<svg") >= 3
