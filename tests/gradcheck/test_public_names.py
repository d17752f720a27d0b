from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from types import ModuleType

import pytest

import gradcheck
from gradcheck import records


def fake_check(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType("gradcheck.check")
    module.check_functions = lambda: "result"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gradcheck.check", module)
    monkeypatch.delitem(vars(gradcheck), "check_functions", raising=False)
    return module


def test_import_brings_nothing_along() -> None:
    command = [sys.executable, "-c", "import sys; import gradcheck; print(*sys.modules)"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert [name for name in loaded if name.startswith("gradcheck")] == ["gradcheck"]
    assert not {"numpy", "sympy", "click", "rich"} & set(loaded)


@pytest.mark.parametrize("name", ["Check", "Evidence", "Finding", "Oracle", "Result", "Verdict"])
def test_records_are_public(name: str) -> None:
    assert getattr(gradcheck, name) is getattr(records, name)


def test_errors_are_public() -> None:
    assert issubclass(gradcheck.UsageError, gradcheck.GradcheckError)
    assert issubclass(gradcheck.SubjectError, gradcheck.GradcheckError)


def test_functions_come_from_check(monkeypatch: pytest.MonkeyPatch) -> None:
    module = fake_check(monkeypatch)
    assert gradcheck.check_functions is module.check_functions
    monkeypatch.delitem(vars(gradcheck), "check_functions")


def test_every_public_name_is_listed() -> None:
    assert set(gradcheck.__all__) <= set(dir(gradcheck))
    assert set(gradcheck._HOMES) | {"__version__"} == set(gradcheck.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'gradcheck' has no attribute 'nonsense'"):
        gradcheck.nonsense  # noqa: B018


def test_the_version_is_the_distributions(monkeypatch: pytest.MonkeyPatch) -> None:
    assert gradcheck.__version__ == importlib.metadata.version("gradcheck")

    def missing(_: str) -> str:
        raise importlib.metadata.PackageNotFoundError

    monkeypatch.setattr(importlib.metadata, "version", missing)
    assert gradcheck._version() == "0+unknown"
