"""The file of words: complete, well formed, and replaceable field by field."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from gradcheck.diagnosis import codes
from gradcheck.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

KNOWN = [
    "factor",
    "sign",
    "transposed",
    "wrong-operand",
    "not-summed",
    "summed-wrong",
    "wrong-shape",
    "diagonal-only",
    "diagonal-missing",
    "batch-axis",
    "pass-through",
    "upstream-ignored",
    "upstream-nonlinear",
    "mask-missing",
    "mask-from-upstream",
    "mask-inverted",
    "wrong-point",
    "function-for-derivative",
    "wrong-formula",
    "fused-twice",
    "forward-differs",
    "loss-mismatch",
    "updated-before-use",
    "stale-parameter",
    "stale-cache",
    "shared-state",
    "accumulates",
    "mutates-input",
    "mutates-upstream",
    "mutates-output",
    "mutates-parameter",
    "non-deterministic",
    "missing",
    "crash",
    "region",
    "batch-of-one",
    "size-hard-coded",
    "overflow",
    "low-precision",
    "numerical-backward",
    "kink-value",
    "guard",
    "order",
    "unlisted",
    "zero-gradient",
]


class TestTheFile:
    def test_it_holds_every_code_and_no_other(self) -> None:
        assert set(codes.catalogue().codes) == set(KNOWN)

    @pytest.mark.parametrize("name", KNOWN)
    def test_nothing_is_left_to_fill_in(self, name: str) -> None:
        words = codes.catalogue()
        for level in range(4):
            assert "{" not in words.hint(name, "dW", level, "dense", 7)
        assert "{" not in words.sentence(name, "dW", "a detail")
        code = words.code(name)
        assert code.wrong != code.right
        assert len(code.meaning) > 40

    def test_most_codes_name_a_heading_that_the_notes_have(self) -> None:
        headings = {
            "Dense Layer",
            "Activation Layer",
            "Softmax",
            "Implementation Architecture",
            "Cost Function: Mean-Squared Error",
        }
        named = [code.heading for code in codes.catalogue().codes.values() if code.heading]
        assert set(named) == headings

    def test_remarks_say_what_the_file_says(self) -> None:
        """A pass says them without reading it: see `gradcheck.diagnosis.findings`."""
        words = codes.catalogue()
        side = "the derivative from the left"
        assert words.sentence("kink-value", "dx", side) == (
            "where dx has a kink, the code returns the derivative from the left"
        )
        assert words.sentence("zero-gradient", "dx") == (
            "dx is zero at every point: there was little to see"
        )

    def test_examples_are_python(self) -> None:
        import ast
        import textwrap

        for code in codes.catalogue().codes.values():
            for example in (code.wrong, code.right):
                body = textwrap.indent(textwrap.dedent(example), "    ")
                if re.search(r":\n?$", body.rstrip()):
                    body += "\n        pass"
                ast.parse(f"def example():\n{body}")


class TestHints:
    def test_each_level_adds_to_the_one_before(self) -> None:
        texts = [codes.hint("transposed", "dW", level, "dense", 12) for level in range(4)]
        assert texts[0] == ""
        assert all(b.startswith(a) for a, b in pairwise(texts))
        assert len(set(texts)) == 4
        assert "line 12" in texts[2]
        assert texts[3].endswith("dL/dW = dL/dY · Xᵀ")

    @pytest.mark.parametrize(
        ("role", "quantity", "formula"),
        [
            ("dense", "dW2", "dL/dW = dL/dY · Xᵀ"),
            ("dense", "dX", "dL/dX = Wᵀ · dL/dY"),
            ("mse", "dy", "∂C/∂Y = 2/n (Y − Y*)"),
            ("other", "dx", ""),
        ],
    )
    def test_the_formula_is_that_of_role_and_quantity(
        self, role: str, quantity: str, formula: str
    ) -> None:
        assert codes.catalogue().formula(role, quantity) == formula
        assert codes.hint("sign", quantity, 3, role).endswith(formula)

    def test_a_code_that_is_not_known(self) -> None:
        assert codes.hint("nonsense", "dx") == ""
        assert codes.catalogue().sentence("nonsense", "dx", "seen") == "seen"
        with pytest.raises(UsageError, match="did you mean transposed"):
            codes.catalogue().code("transposd")

    def test_a_number_that_is_not_there(self) -> None:
        words = codes.Catalogue(codes={"sign": _with("{points:.0f} points of {quantity}")})
        assert words.sentence("sign", "dx", numbers={"points": 3.0}) == "3 points of dx"
        assert words.sentence("sign", "dx") == "– points of dx"


def _with(sentence: str) -> codes.Code:
    from dataclasses import replace

    return replace(codes.catalogue().code("sign"), sentence=sentence)


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


class TestAnotherFile:
    def test_it_replaces_the_fields_that_it_gives(self, tmp_path: Path) -> None:
        path = written(tmp_path, '[sign]\ntitle = "das Vorzeichen"\n')
        words = codes.catalogue(path)
        assert words.code("sign").title == "das Vorzeichen"
        assert words.code("sign").meaning == codes.catalogue().code("sign").meaning
        assert codes.catalogue().code("sign").title != "das Vorzeichen"

    def test_it_holds_inside_of_a_block(self, tmp_path: Path) -> None:
        path = written(tmp_path, '[sign]\nconcept = "Minus {quantity}!"\n')
        with codes.using(path):
            assert codes.replaced()
            assert codes.hint("sign", "dW", 1) == "Minus dW!"
        assert not codes.replaced()
        assert codes.hint("sign", "dW", 1) != "Minus dW!"
        with codes.using(None):
            assert not codes.replaced()

    def test_it_gives_formulas(self, tmp_path: Path) -> None:
        path = written(tmp_path, '[formulas.dense]\ndW = "g Xᵀ"\n[formulas.swish]\ndx = "s"\n')
        words = codes.catalogue(path)
        assert words.formula("dense", "dW") == "g Xᵀ"
        assert words.formula("dense", "dx") == "dL/dX = Wᵀ · dL/dY"
        assert words.formula("swish", "dx") == "s"

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ('[mine]\ntitle = "x"\n', r"mine\.toml: \[mine\] has no field 'rank'; add it"),
            ("[sign]\nrank = true\n", r"mine\.toml: \[sign\] rank=True, must be a whole number"),
            ("[sign]\ntitle = 3\n", r"\[sign\] title=3, must be a text that is not empty"),
            ('[sign]\nsentence = " "\n', r"\[sign\] sentence=' ', must be a text"),
            ('[sign]\ncolour = "x"\n', r"\[sign\] has a field 'colour', must be one of title"),
            ('[sign]\nplace = "at {row}"\n', r"\[sign\] place uses \{row\}, must be one of"),
            ('[sign]\nplace = "{"\n', r"\[sign\] place: .*; write \{\{ and \}\} for braces"),
            ('[sign]\nsentence = "{a.b}"\n', r"\[sign\] sentence uses \{a\.b\}"),
            ('sign = "x"\n', r"\[sign\] must be a table of fields"),
            ("[formulas]\ndense = 3\n", r"\[formulas\.dense\] must hold texts"),
            ("[sign\n", r"mine\.toml is not TOML: "),
        ],
    )
    def test_what_is_wrong_with_it_is_said(self, tmp_path: Path, text: str, message: str) -> None:
        with pytest.raises(UsageError, match=message):
            codes.catalogue(written(tmp_path, text))

    def test_it_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match=r"none\.toml' cannot be read: No such file"):
            codes.catalogue(tmp_path / "none.toml")
