"""Loading a file: neighbours, stand-ins, notebooks, what is left out, and what cannot be loaded."""

from __future__ import annotations

import inspect
import json
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gradcheck.errors import LoadError, SubjectError
from gradcheck.students import alarm
from gradcheck.students.load import load
from gradcheck.students.source import MOST, place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gradcheck.students.load import Loaded


def unload() -> None:
    from gradcheck.students import load as module

    while module._CURRENT:
        module._CURRENT.pop().unload()


@pytest.fixture(autouse=True)
def modules() -> Iterator[None]:
    unload()  # the file that another test was the last to load stays loaded
    before, finders = dict(sys.modules), list(sys.meta_path)
    yield
    unload()
    ours = {name for name in set(sys.modules) - set(before) if not name.startswith("gradcheck")}
    files = {name: str(getattr(sys.modules[name], "__file__", None)) for name in ours}
    assert not [name for name, file in files.items() if "pytest-" in file]
    assert sys.meta_path == finders


def write(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return folder / f"{next(iter(files))}.py"


def loaded(folder: Path, text: str, *, seconds: float = 1.0) -> Loaded:
    return load(write(folder, layers=text), seconds=seconds)


class TestWhatIsLeftOut:
    def test_a_definition_after_a_statement_that_raises_is_there(self, tmp_path: Path) -> None:
        got = loaded(tmp_path, "x = 1\nraise SystemExit\ny = 2\nz = missing\nw = 3\n")
        assert [got.namespace.get(name) for name in "xyzw"] == [1, 2, None, 3]
        assert got.notes == [
            "layers.py, line 2: `raise SystemExit` raised SystemExit, and was left out",
            (
                "layers.py, line 4: `z = missing` raised NameError: name 'missing' is not defined, "
                "and was left out"
            ),
        ]

    @pytest.mark.skipif(not alarm.available(), reason="code cannot be interrupted here")
    def test_a_definition_after_an_endless_loop_is_there(self, tmp_path: Path) -> None:
        text = "while True:\n    try:\n        pass\n    except:\n        pass\ny = 2\n"
        got = loaded(tmp_path, text, seconds=0.2)
        assert got.namespace["y"] == 2
        assert got.notes == [
            "layers.py, line 1: `while True:` was stopped after 0.1 s, and was left out"
        ]

    def test_the_main_part_is_not_run(self, tmp_path: Path) -> None:
        got = loaded(tmp_path, "if __name__ == '__main__':\n    1 / 0\n")
        assert got.notes == []

    def test_what_is_asked_for_is_not_there(self, tmp_path: Path) -> None:
        got = loaded(tmp_path, "name = input('who? ')\n")
        assert "EOFError" in got.notes[0]

    def test_output_is_kept(self, tmp_path: Path) -> None:
        got = loaded(tmp_path, "print('a')\nfor _ in range(10000): print('much')\n")
        assert got.output.startswith("a\nmuch\n")
        assert len(got.output) <= 16 * 1024

    def test_future_imports_hold_for_all_statements(self, tmp_path: Path) -> None:
        text = (
            "'''About.'''\nfrom __future__ import annotations\nfrom dataclasses import dataclass\n"
            "@dataclass\nclass A:\n    x: Missing = 1\n"
        )
        got = loaded(tmp_path, text)
        assert got.notes == []
        assert got.namespace["__doc__"] == "About."
        assert got.namespace["A"]().x == 1

    def test_source_is_found(self, tmp_path: Path) -> None:
        got = loaded(tmp_path, "x = 1\n\n\nclass A:\n    def f(self):\n        return 1\n")
        assert (
            inspect.getsource(got.namespace["A"])
            == "class A:\n    def f(self):\n        return 1\n"
        )
        assert inspect.getsourcelines(got.namespace["A"].f)[1] == 5

    def test_replaced_builtins_are_put_back(self, tmp_path: Path) -> None:
        before = len
        loaded(tmp_path, "import builtins\nbuiltins.len = lambda x: 0\n")
        assert len is before
        assert len([1]) == 1


class TestNeighbours:
    def test_of_the_same_folder(self, tmp_path: Path) -> None:
        path = write(
            tmp_path,
            dense="from base import Layer\nclass D(Layer): pass\n",
            base="class Layer: pass\n",
        )
        got = load(path, seconds=1)
        assert got.notes == []
        assert got.namespace["D"].__mro__[1].__module__ == "base"

    def test_two_folders_with_the_same_names(self, tmp_path: Path) -> None:
        values = []
        for value in (1, 2):
            path = write(
                tmp_path / str(value), main="from layers import a\n", layers=f"a = {value}\n"
            )
            values.append(load(path, seconds=1).namespace["a"])
        assert values == [1, 2]

    def test_a_neighbour_is_run_as_the_file_is(self, tmp_path: Path) -> None:
        path = write(
            tmp_path, main="from layers import b\n", layers="import nowhere\n1 / 0\nb = 2\n"
        )
        got = load(path, seconds=1)
        assert got.namespace["b"] == 2
        assert "nowhere is replaced" in got.notes[0]
        assert "layers.py, line 2" in got.notes[1]

    def test_a_package(self, tmp_path: Path) -> None:
        write(tmp_path / "net", __init__="from .layers import Dense\n", util="one = 1\n")
        path = write(
            tmp_path / "net" / "layers",
            dense="from .base import Layer\nfrom ..util import one\n"
            "from net.util import one as two\nclass Dense(Layer): pass\n",
            base="class Layer: pass\n",
            __init__="from .dense import Dense\n",
        )
        got = load(path, seconds=1)
        assert got.notes == []
        assert got.module == "net.layers.dense"
        assert got.namespace["Dense"].__module__ == "net.layers.dense"
        assert got.namespace["Dense"] is sys.modules["net.layers"].Dense
        got.unload()
        assert not [name for name in sys.modules if name.partition(".")[0] == "net"]

    def test_relative_imports_without_a_package(self, tmp_path: Path) -> None:
        path = write(tmp_path / "my-net", dense="from .base import one\n", base="one = 1\n")
        got = load(path, seconds=1)
        assert got.notes == []
        assert got.namespace["one"] == 1

    def test_the_own_folder_by_its_name(self, tmp_path: Path) -> None:
        path = write(tmp_path / "layers", dense="from layers.base import one\n", base="one = 1\n")
        got = load(path, seconds=1)
        assert got.notes == []
        assert got.namespace["one"] == 1

    def test_a_module_of_the_name_steps_aside(self, tmp_path: Path) -> None:
        write(tmp_path / "a", layers="a = 1\n")
        sys.path.insert(0, str(tmp_path / "a"))
        try:
            import layers  # type: ignore[import-not-found]

            path = write(tmp_path / "b", main="from layers import b\n", layers="b = 2\n")
            got = load(path, seconds=1)
            assert got.namespace["b"] == 2
            got.unload()
            assert sys.modules["layers"] is layers
        finally:
            sys.path.pop(0)
            sys.modules.pop("layers", None)


class TestStandIns:
    def test_they_do_nothing_and_are_told(self, tmp_path: Path) -> None:
        text = (
            "import torch.nn as nn\nfrom h5py import File, Group as G\nfrom keras.layers import *\n"
            "import matplotlib.pyplot as plt\n"
            "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            "@nn.jit\ndef f(): return 1\n"
            "@nn.jit(fast=True)\ndef g(): return 2\n"
            "with File('x') as file:\n    data = file['a'][:]\n"
            "for a in plt.subplots(): raise ValueError\n"
            "plt.plot([1]); plt.show()\nn = Net()\nh = 1.0 / nn.x + 2 * nn.y\n"
        )
        got = loaded(tmp_path, text)
        assert got.notes == [
            "torch is replaced by an inert stand-in: it is not there",
            "h5py is replaced by an inert stand-in: it is not there",
            "keras is replaced by an inert stand-in: it is not there",
            "matplotlib is replaced by an inert stand-in: nothing is drawn",
        ]
        assert got.namespace["f"]() == 1
        assert got.namespace["g"]() == 2
        assert not hasattr(got.namespace["n"], "anything")
        assert "torch" not in sys.modules

    def test_a_file_that_is_ready_for_an_absence_gets_none(self, tmp_path: Path) -> None:
        text = "try:\n    import torch\n    has = True\nexcept ImportError:\n    has = False\n"
        got = loaded(tmp_path, text)
        assert got.namespace["has"] is False
        assert got.notes == []

    def test_cupy_is_numpy(self, tmp_path: Path) -> None:
        got = loaded(tmp_path, "import cupy as np\nx = np.tanh(np.ones(2))\ny = np.asnumpy(x)\n")
        assert np.array_equal(got.namespace["y"], np.tanh(np.ones(2)))
        assert np.__spec__.name == "numpy"

    def test_a_progress_bar_hands_on(self, tmp_path: Path) -> None:
        got = loaded(tmp_path, "from tqdm import tqdm, trange\nx = list(tqdm(range(3)))\n")
        assert got.namespace["x"] == [0, 1, 2]

    def test_nnfs_can_be_started(self, tmp_path: Path) -> None:
        got = loaded(tmp_path, "import nnfs\nfrom nnfs.datasets import spiral_data\nnnfs.init()\n")
        assert len(got.notes) == 1

    def test_what_is_there_is_not_replaced(self, tmp_path: Path) -> None:
        got = loaded(
            tmp_path, "import json, collections.abc\nx = json.dumps(1)\nimport missing_one\n"
        )
        assert got.namespace["x"] == "1"
        assert got.notes == ["missing_one is replaced by an inert stand-in: it is not there"]


def notebook(folder: Path, *cells: str) -> Path:
    path = folder / "net.ipynb"
    parts = [{"cell_type": "code", "source": cell.splitlines(keepends=True)} for cell in cells]
    parts.insert(0, {"cell_type": "markdown", "source": ["# Title"]})
    path.write_text(json.dumps({"cells": parts, "nbformat": 4}), encoding="utf-8")
    return path


class TestNotebook:
    def test_its_code_cells_are_one_module(self, tmp_path: Path) -> None:
        path = notebook(
            tmp_path,
            "%matplotlib inline\nimport numpy as np\n!pip install x\nx = !ls\n",
            "%%bash\nls\n",
            "def f():\n    return np.ones(1)\n",
            "if True:\n    %time f()\n    y = 2\nf?\n",
            "this is no text\n",
            "z = 1 / 0\n",
            "w = '''\n% no magic\n'''\ndisplay(w)\n",
        )
        got = load(path, seconds=1)
        assert got.namespace["y"] == 2
        assert got.namespace["f"]() == 1
        assert got.namespace["w"] == "\n% no magic\n"
        assert got.notes == [
            "code cell 5 is no Python, and was left out",
            (
                "net.ipynb cell 6, line 1: `z = 1 / 0` raised ZeroDivisionError: division by zero, "
                "and was left out"
            ),
        ]
        line = got.namespace["f"].__code__.co_firstlineno
        assert place(str(path), line) == (f"{path} cell 3", 1)
        assert inspect.getsource(got.namespace["f"]) == "def f():\n    return np.ones(1)\n"


class TestWhatCannotBeLoaded:
    @pytest.mark.parametrize(
        ("name", "data", "text"),
        [
            ("a.py", b"def f(:\n", r"'a.py' is no Python: line 1: .*; mend that line first"),
            ("a.py", b"x = '\xff'\n", "is not in the encoding that it names"),
            ("a.py", b"# coding: nonsense\n", "is not in the encoding that it names"),
            ("a.py", b"\x7fELF\0\0", "holds zero bytes"),
            ("a.py", b"", "is empty"),
            ("a.py", b"# only a comment\n", "is empty"),
            ("a.py", b"-" * 100_000 + b"1", "is no Python"),
            ("a.py", b"x = 1\n" + b"#" * MOST, "must have at most"),
            ("a.txt", b"x = 1\n", "must end in .py or .ipynb"),
            ("a.ipynb", b"{}", "is no notebook"),
            ("a.ipynb", b"[1", "is no notebook"),
            ("a.ipynb", b'{"cells": []}', "is empty"),
        ],
        ids=[
            "syntax",
            "utf8",
            "cookie",
            "binary",
            "empty",
            "comment",
            "deep",
            "huge",
            "name",
            "cells",
            "json",
            "code",
        ],
    )
    def test_is_said_to_be_so(self, tmp_path: Path, name: str, data: bytes, text: str) -> None:
        (tmp_path / name).write_bytes(data)
        with pytest.raises(LoadError, match=text):
            load(tmp_path / name, seconds=1)

    def test_a_folder_and_nothing(self, tmp_path: Path) -> None:
        with pytest.raises(LoadError, match="is a folder"):
            load(tmp_path, seconds=1)
        with pytest.raises(LoadError, match="cannot be read"):
            load(tmp_path / "none.py", seconds=1)

    def test_another_encoding_that_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "a.py").write_bytes("# coding: latin-1\nx = 'é'\n".encode("latin-1"))
        assert load(tmp_path / "a.py", seconds=1).namespace["x"] == "é"


@pytest.mark.skipif(not alarm.available(), reason="code cannot be interrupted here")
def test_blocks_are_interrupted_and_nest() -> None:
    def nested() -> None:
        with alarm.within(0.02):
            with alarm.within(30.0):
                pass
            while True:
                pass

    with pytest.raises(SubjectError, match=r"longer than 0.02 s"):
        nested()
