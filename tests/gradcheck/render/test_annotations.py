from __future__ import annotations

import pytest

from gradcheck.render.annotations import MOST, annotation, within_limits


def test_a_line_of_a_file() -> None:
    assert annotation("Dense", "dW is wrong", "src/layers.py", 7) == (
        "::error file=src/layers.py,line=7,title=Dense::dW is wrong"
    )


def test_a_file_or_nothing() -> None:
    assert annotation("Dense", "x", "a.py") == "::error file=a.py,title=Dense::x"
    assert annotation("Dense", "x", line=3) == "::error title=Dense::x"


def test_nothing_ends_the_command_or_begins_another() -> None:
    text = annotation("a,line=9::x", "one\n::error::two\r100%", "b:c,d.py")
    assert text == (
        "::error file=b%3Ac%2Cd.py,title=a%2Cline=9%3A%3Ax::one%0A::error::two%0D100%25"
    )
    assert "\n" not in text


@pytest.mark.parametrize("number", [0, MOST, MOST + 1, 50])
def test_no_more_than_are_shown(number: int) -> None:
    commands = [annotation(str(k), "x") for k in range(number)]
    kept = within_limits(commands)
    assert len(kept) == min(number, MOST)
    if number > MOST:
        assert kept[-1].endswith(f"::{number - MOST + 1} more are wrong: see the job's summary")
    else:
        assert kept == commands
