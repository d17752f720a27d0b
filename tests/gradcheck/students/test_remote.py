"""Instances behind the wall: what is seen of them is what is seen of the same code here."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcheck.check import check_subject
from gradcheck.errors import LoadError, SandboxError, SubjectError
from gradcheck.noisy import Noisy
from gradcheck.records import Verdict
from gradcheck.stochastic import perturbed
from gradcheck.students import wire
from gradcheck.students.limits import Limits
from gradcheck.students.load import load
from gradcheck.students.process import Sandbox
from gradcheck.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradcheck.records import Result

SURVEY = Path(__file__).parents[2] / "hostile"
X = np.random.default_rng(1).standard_normal((3, 4))

LAYERS = """
import numpy as np


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)


class Wrong(Tanh):
    def backward(self, g):
        return 2 * super().backward(g)


class InputChanger(Tanh):
    def forward(self, x):
        x *= 0.5
        return super().forward(x)


class UpstreamChanger(Tanh):
    def backward(self, g):
        g *= 1 - self.y**2
        return g


class OutputChanger(Tanh):
    def backward(self, g):
        self.y **= 2
        return g * (1 - self.y)


class Reshaper(Tanh):
    def forward(self, x):
        x.shape = (4, 3)
        return np.ones((3, 4))


class Raiser(Tanh):
    def backward(self, g):
        return self.missing


class Loss:
    calls = 3

    def forward(self, x):
        self.x = x
        return (x**2).sum()

    def backward(self, g):
        return (2 * self.x * g, None, "text")


class Shared:
    memory = []

    def forward(self, x):
        Shared.memory = [np.tanh(x)]
        return Shared.memory[0]

    def backward(self, g):
        return g * (1 - Shared.memory[0] ** 2)


class Dice:
    def __init__(self):
        self.a = np.random.rand()

    def forward(self, x):
        return self.a * x

    def backward(self, g):
        return self.a * g


class Stepper:
    w = 2.0

    def forward(self, x):
        return self.w * x

    def backward(self, g):
        return self.w * g

    def step(self, rate):
        return (np.ones(3) * rate,)
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("student") / "layers.py"
    path.write_text(LAYERS, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def box(path: Path) -> Iterator[Sandbox]:
    with Sandbox(path, survey="simple_survey:survey", roots=[str(SURVEY)]) as sandbox:
        sandbox.survey()
        yield sandbox


def index_of(path: Path, name: str) -> int:
    lines = [line for line in path.read_text("utf-8").splitlines() if line.startswith("class ")]
    return next(k for k, line in enumerate(lines) if line[6:].rstrip(":").split("(")[0] == name)


class Here:
    def __init__(self, layer: Any) -> None:
        self.layer = layer

    def forward(self, *inputs: Any) -> Any:
        return self.layer.forward(*inputs)

    def backward(self, upstream: Any) -> tuple[Any, ...]:
        gradient = self.layer.backward(upstream)
        return gradient if isinstance(gradient, tuple) else (gradient,)


def subject(name: str, make: Callable[[], Any], **more: Any) -> Subject:
    return Subject(name=name, names=("x",), inputs=(X,), make=make, **more)


def seen(result: Result) -> list[tuple[Any, ...]]:
    checks = [(c.quantity, c.oracle, c.contract, c.verdict) for c in result.checks]
    return [*checks, *((f.code, f.quantity, f.remark) for f in result.findings)]


@pytest.mark.parametrize(
    "name",
    ["Tanh", "Wrong", "InputChanger", "UpstreamChanger", "OutputChanger", "Raiser", "Shared"],
)
@pytest.mark.parametrize("rows", [False, True], ids=["one by one", "many at once"])
def test_the_verdict_is_that_of_the_same_code_here(
    box: Sandbox, path: Path, name: str, *, rows: bool
) -> None:
    loaded = load(path, seconds=1.0)
    kind = loaded.namespace[name]
    index = index_of(path, name)
    box.renew()
    more = {"forwards": box.forwards(index), "noisy": box.noisy(index)} if rows else {}
    there = check_subject(subject(name, box.make(index), **more))
    here = check_subject(subject(name, lambda: Here(kind())))
    loaded.unload()
    assert not box.ended
    assert seen(there) == seen(here)


def test_many_at_once_are_what_they_are_one_by_one(box: Sandbox, path: Path) -> None:
    index = index_of(path, "Tanh")
    rows = np.random.default_rng(0).standard_normal((300, 3, 4))
    many = box.forwards(index)([X], 0, rows)
    for row, y in zip(rows, many, strict=True):
        assert np.array_equal(y, np.tanh(row))


def test_an_input_is_changed_here_too(box: Sandbox, path: Path) -> None:
    instance, x = box.make(index_of(path, "InputChanger"))(), X.copy()
    instance.forward(x)
    assert np.array_equal(x, 0.5 * X)


def test_an_input_takes_its_new_shape_here_too(box: Sandbox, path: Path) -> None:
    instance, x = box.make(index_of(path, "Reshaper"))(), X.copy()
    instance.forward(x)
    assert x.shape == (4, 3)


def test_a_read_only_input_cannot_be_changed(box: Sandbox, path: Path) -> None:
    instance, x = box.make(index_of(path, "InputChanger"))(), X.copy()
    x.setflags(write=False)
    with pytest.raises(SubjectError, match=r"forward raised ValueError.*read-only"):
        instance.forward(x)


def test_gradients_may_be_missing_or_foreign(box: Sandbox, path: Path) -> None:
    instance = box.make(index_of(path, "Loss"))()
    y = instance.forward(X.copy())
    assert y.shape == ()
    dx, none, foreign = instance.backward(np.ones(()))
    assert np.array_equal(dx, 2 * X)
    assert none is None
    assert type(foreign).__name__ == "str"
    assert np.asarray(foreign).dtype == object
    assert instance.inner_forwards == 3


def test_an_exception_has_text_file_and_line(box: Sandbox, path: Path) -> None:
    instance = box.make(index_of(path, "Raiser"))()
    instance.forward(X.copy())
    with pytest.raises(SubjectError) as caught:
        instance.backward(X.copy())
    line = LAYERS.splitlines().index("        return self.missing") + 1
    assert str(caught.value).startswith("backward raised AttributeError: 'Raiser'")
    assert (caught.value.file, caught.value.line) == (str(path), line)


def test_noise_reaches_the_code_and_comes_back(box: Sandbox, path: Path) -> None:
    instance = box.make(index_of(path, "Tanh"))()
    noisy = X.copy().view(Noisy)
    with perturbed(2.0**-52, np.random.default_rng(0)):
        y = instance.forward(noisy)
        (gradient,) = instance.backward(np.ones_like(X).view(Noisy))
    assert isinstance(y, Noisy)
    assert isinstance(gradient, Noisy)
    plain = np.tanh(X)
    gap = np.abs(np.asarray(y) - plain)
    assert gap.any()
    assert np.all(gap <= 4 * 2.0**-52 * np.abs(plain))


def test_complex_inputs_give_complex_outputs(box: Sandbox, path: Path) -> None:
    y = box.make(index_of(path, "Tanh"))().forward(X + 1e-30j)
    assert y.dtype == np.complex128


def test_instances_draw_the_same_numbers(box: Sandbox, path: Path) -> None:
    make = box.make(index_of(path, "Dice"))
    assert np.array_equal(make().forward(X), make().forward(X))


def test_many_instances_live_beside_each_other(box: Sandbox, path: Path) -> None:
    make = box.make(index_of(path, "Tanh"))
    instances = [make() for _ in range(20)]
    for k, instance in enumerate(instances):
        instance.forward(X * k)
    for k, instance in enumerate(instances):
        (gradient,) = instance.backward(np.ones_like(X))
        assert np.allclose(gradient, 1 - np.tanh(X * k) ** 2)


def test_a_rate_and_a_step_reach_the_code(box: Sandbox, path: Path) -> None:
    instance = box.at_rate(index_of(path, "Stepper"))(0.25)
    instance.forward(X)
    (after,) = instance.step()
    assert np.array_equal(after, np.full(3, 0.25))


def small(tmp_path: Path, text: str, **settings: Any) -> Sandbox:
    path = tmp_path / "small.py"
    path.write_text(dedent(text), encoding="utf-8")
    limits = Limits(call=1.0, load=3.0)
    return Sandbox(path, settings, limits, survey="simple_survey:survey", roots=[str(SURVEY)])


BAD = """
    import os
    class Good:
        def forward(self, x): return 2 * x
        def backward(self, g): return 2 * g
    class Bad(Good):
        def forward(self, x): os._exit(0)
    """


def test_after_its_end_everything_raises_until_another_subject_is_looked_at(tmp_path: Path) -> None:
    with small(tmp_path, BAD) as box:
        assert [one.name for one in box.survey().descriptions] == ["Good", "Bad"]
        kept = box.make(0)()
        kept.forward(X)
        with pytest.raises(SandboxError, match=r"the process ended \(exit code 0\) during forward"):
            box.make(1)().forward(X)
        assert "exit code 0" in box.ended
        with pytest.raises(SandboxError):
            box.make(1)()
        with pytest.raises(SandboxError):
            kept.backward(X)
        assert all(isinstance(y, SandboxError) for y in box.forwards(1)([X], 0, X[np.newaxis]))
        box.renew()
        assert np.array_equal(box.make(0)().forward(X), 2 * X)
        with pytest.raises(SandboxError):
            kept.backward(X)


def test_a_subject_that_ends_the_survey_is_left_out_of_it(tmp_path: Path) -> None:
    with small(tmp_path, BAD, look=True) as box:
        assert [one.name for one in box.survey().descriptions] == ["Good", "Bad"]
        assert not box.ended
        assert np.array_equal(box.make(0)().forward(X), 2 * X)


def test_a_file_that_is_another_one_when_loaded_again(tmp_path: Path) -> None:
    with small(tmp_path, BAD) as box:
        box.survey()
        with pytest.raises(SandboxError):
            box.make(1)().forward(X)
        (tmp_path / "small.py").write_text("class Other:\n    forward = backward = 0\n", "utf-8")
        box.renew()
        with pytest.raises(SandboxError, match="defines other things"):
            box.make(0)()


def test_a_file_that_cannot_be_loaded_is_said_to_be_so(tmp_path: Path) -> None:
    with small(tmp_path, "def (") as box, pytest.raises(LoadError, match="is no Python: line 1"):
        box.survey()


def test_what_is_printed_comes_with_the_survey(tmp_path: Path) -> None:
    with small(tmp_path, "print('epoch', 1)\nclass A:\n    forward = backward = 0\n") as box:
        assert box.survey().output == "epoch 1\n"


def test_nothing_of_the_environment_reaches_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "1")
    with small(tmp_path, "import os\nprint(sorted(os.environ), os.getcwd())") as box:
        output = box.survey().output
    assert "SECRET" not in output
    assert "student-" in output


@pytest.mark.skipif(sys.platform == "win32", reason="what is there is what is tested")
def test_without_polling_threads_do_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_Polled", wire._Threaded)
    with Sandbox(path, survey="simple_survey:survey", roots=[str(SURVEY)]) as box:
        box.survey()
        name = "Tanh"
        result = check_subject(subject(name, box.make(index_of(path, name))), regimes="point")
    assert result.verdict is Verdict.PASS


def test_the_working_folder_is_gone_afterwards(path: Path) -> None:
    with Sandbox(path, survey="simple_survey:survey", roots=[str(SURVEY)]) as box:
        assert box._spawned is not None
        folder = Path(box._spawned.folder)
        assert folder.is_dir()
    assert not folder.exists()


def test_a_subject_that_takes_too_long_in_all_is_ended(tmp_path: Path) -> None:
    text = """
        import time
        class Slow:
            def forward(self, x):
                time.sleep(0.05)
                return x
            def backward(self, g): return g
        """
    with small(tmp_path, text) as box:
        box._limits = replace(box._limits, subject=0.12)
        box.survey()
        result = check_subject(subject("Slow", box.make(0), forwards=box.forwards(0)))
        assert box.ended == "no end of all calls within 0.12 s"
    assert result.verdict is not Verdict.PASS


def test_an_output_that_is_much_too_large_is_refused(tmp_path: Path) -> None:
    text = """
        import numpy as np
        class Large:
            def forward(self, x): return np.zeros(10**6)
            def backward(self, g): return g
        """
    with small(tmp_path, text) as box:
        box.survey()
        with pytest.raises(SubjectError, match=r"forward returned an array of shape \(1000000,\)"):
            box.make(0)().forward(X)


def run(code: str) -> str:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_sandbox_is_started_before_anything_heavy_is_imported() -> None:
    code = "import sys, gradcheck.students.process; print(sorted(sys.modules))"
    modules = run(code)
    assert "'numpy'" not in modules
    assert "'click'" not in modules


def test_the_child_imports_nothing_heavy() -> None:
    modules = run("import sys, gradcheck.students.child; print(sorted(sys.modules))")
    for name in ("sympy", "rich", "click", "jinja2", "matplotlib", "gradcheck.run"):
        assert f"'{name}'" not in modules
