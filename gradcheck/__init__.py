"""Decides whether a hand-written backward pass is right and, if it is wrong, says what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gradcheck import strategies
    from gradcheck.check import assert_gradients, check_functions
    from gradcheck.errors import GradcheckError, SubjectError, UsageError
    from gradcheck.layer_checks import checks_for, parametrize_layers
    from gradcheck.records import (
        Check,
        Counterexample,
        Evidence,
        Finding,
        Oracle,
        Report,
        Result,
        Verdict,
    )
    from gradcheck.students.interface import (
        assert_file,
        assert_layer,
        assert_loss,
        check_file,
        check_layer,
        check_loss,
        find_counterexample,
    )

    __version__: str

__all__ = [
    "Check",
    "Counterexample",
    "Evidence",
    "Finding",
    "GradcheckError",
    "Oracle",
    "Report",
    "Result",
    "SubjectError",
    "UsageError",
    "Verdict",
    "__version__",
    "assert_file",
    "assert_gradients",
    "assert_layer",
    "assert_loss",
    "check_file",
    "check_functions",
    "check_layer",
    "check_loss",
    "checks_for",
    "find_counterexample",
    "parametrize_layers",
    "strategies",
]

_HOMES = {
    "Check": "gradcheck.records",
    "Counterexample": "gradcheck.records",
    "Evidence": "gradcheck.records",
    "Finding": "gradcheck.records",
    "GradcheckError": "gradcheck.errors",
    "Oracle": "gradcheck.records",
    "Report": "gradcheck.records",
    "Result": "gradcheck.records",
    "SubjectError": "gradcheck.errors",
    "UsageError": "gradcheck.errors",
    "Verdict": "gradcheck.records",
    "assert_file": "gradcheck.students.interface",
    "assert_gradients": "gradcheck.check",
    "assert_layer": "gradcheck.students.interface",
    "assert_loss": "gradcheck.students.interface",
    "check_file": "gradcheck.students.interface",
    "check_functions": "gradcheck.check",
    "check_layer": "gradcheck.students.interface",
    "check_loss": "gradcheck.students.interface",
    "checks_for": "gradcheck.layer_checks",
    "find_counterexample": "gradcheck.students.interface",
    "parametrize_layers": "gradcheck.layer_checks",
    "strategies": "gradcheck",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for (PEP 562): `import gradcheck` is free."""
    value: Any
    if name == "__version__":
        value = _version()
    elif name in _HOMES:
        from importlib import import_module

        home = _HOMES[name]
        module = import_module(home if home != __name__ else f"{__name__}.{name}")
        value = module if home == __name__ else getattr(module, name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("gradcheck")
    except PackageNotFoundError:  # a copied source tree that nobody installed
        return "0+unknown"
