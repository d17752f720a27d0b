"""What is kept on disk is arithmetic or is refused, and gives what SymPy gives."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gradcheck.errors import OracleError
from gradcheck.notes.formulas import FORMULAS
from gradcheck.oracles import derivations, symbolic
from gradcheck.oracles.derivations import built, key_of, load, store

if TYPE_CHECKING:
    from pathlib import Path

ARITHMETIC = (
    "def f(x, side0):\n    v = exp(x)/(1 + x**2)\n    return [[v if side0 else -v], [x <= 0]]\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(derivations.FOLDER, str(tmp_path))
    symbolic._derive.cache_clear()
    return tmp_path


class TestBuilt:
    def test_arithmetic(self) -> None:
        (value,), (side,) = built(ARITHMETIC)(1, 0)
        assert (float(value), side) == (pytest.approx(-np.exp(1) / 2), False)

    @pytest.mark.parametrize(
        "text",
        [
            "def f(x):\n    return __import__('os')\n",
            "def f(x):\n    return x.real\n",
            "def f(x):\n    return open(x)\n",
            "def f(x):\n    return [y for y in x]\n",
            "def f(x):\n    return (lambda: x)()\n",
            "def f(x):\n    return exp(x, dps=3)\n",
            "def f(x):\n    return x[0]\n",
            "@exp\ndef f(x):\n    return x\n",
            "import os\ndef f(x):\n    return x\n",
            "x = 1\n",
            "def f(x):\n    global y\n    y = x\n    return x\n",
            "def f(x) return x",
            "",
        ],
    )
    def test_all_else_is_refused(self, text: str) -> None:
        with pytest.raises(OracleError, match="derivation"):
            built(text)

    def test_builtins_are_out_of_reach(self) -> None:
        with pytest.raises(NameError):
            built("def f(x):\n    return eval\n")(1)


class TestKeeping:
    def test_what_was_stored_is_loaded(self, folder: Path) -> None:
        store("key", ["a", "b"])
        assert load("key") == ["a", "b"]
        assert [path.name for path in folder.iterdir()] == ["key.json"]

    @pytest.mark.parametrize("text", ["", "{", "{}", "[]", "[1]", "null", '"a"'])
    def test_what_is_not_sound_is_derived_again(self, folder: Path, text: str) -> None:
        (folder / "key.json").write_text(text, encoding="utf-8")
        assert load("key") is None

    @pytest.mark.parametrize("off", ["", "0"])
    def test_off(self, monkeypatch: pytest.MonkeyPatch, off: str) -> None:
        monkeypatch.setenv(derivations.FOLDER, off)
        store("key", ["a"])
        assert load("key") is None

    def test_a_folder_that_cannot_be_made_is_no_error(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "file"
        file.write_text("", encoding="utf-8")
        monkeypatch.setenv(derivations.FOLDER, str(file / "inside"))
        store("key", ["a"])
        assert load("key") is None

    def test_keys_tell_formulas_and_shapes_apart(self) -> None:
        shapes = (((1, 2),), ((2, 1),))
        keys = {key_of(name, shape) for name in ("dense", "relu") for shape in shapes}
        assert len(keys) == 4


class TestUse:
    def test_derived_and_kept_give_the_same(self, folder: Path) -> None:
        x, g = np.array([[0.3], [-1.0], [2.0]]), np.array([[1.0], [-2.0], [0.5]])
        first = symbolic.derive("softmax", {"x": (3, 1)})
        assert len(list(folder.iterdir())) == 1
        symbolic._derive.cache_clear()
        second = symbolic.derive("softmax", {"x": (3, 1)})
        assert first is not second
        for one, two in zip(first.gradients([x], g), second.gradients([x], g), strict=True):
            assert np.array_equal(one.value, two.value)
            assert np.array_equal(one.bound, two.bound)

    def test_a_kept_derivation_needs_no_sympy(self, folder: Path) -> None:
        symbolic.derive("tanh", {"x": (2, 1)})
        code = (
            "import sys; from gradcheck.oracles.symbolic import derive;"
            "derive('tanh', {'x': (2, 1)}); print('sympy' in sys.modules)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "False"

    def test_a_file_that_was_changed_is_not_run_and_is_made_anew(self, folder: Path) -> None:
        symbolic.derive("tanh", {"x": (1, 1)})
        (file,) = folder.iterdir()
        texts = json.loads(file.read_text(encoding="utf-8"))
        texts[1] = "def f(x_0_0):\n    return [[__import__('os').getcwd()], [1]]\n"
        file.write_text(json.dumps(texts), encoding="utf-8")
        symbolic._derive.cache_clear()
        oracle = symbolic.derive("tanh", {"x": (1, 1)})
        assert oracle.forward([np.array([[0.5]])]).value == pytest.approx(np.tanh(0.5))
        assert json.loads(file.read_text(encoding="utf-8"))[1] != texts[1]

    def test_a_formula_of_ones_own_is_never_kept(self, folder: Path) -> None:
        from dataclasses import replace

        mine = replace(FORMULAS["relu"], forward=FORMULAS["tanh"].forward)
        symbolic.derive(mine, {"x": (1, 1)})
        assert not list(folder.iterdir())
