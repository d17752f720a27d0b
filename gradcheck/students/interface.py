"""What an author calls from Python, to check a layer or loss in this process, or a file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.errors import OracleError, UsageError
from gradcheck.isolation import isolated
from gradcheck.records import Verdict
from gradcheck.students.candidate import Candidate
from gradcheck.students.find import candidate_of
from gradcheck.students.given import array_of, fitted, maker_of, subject_from
from gradcheck.students.hosts import Options
from gradcheck.students.lane import FORMULA_OF
from gradcheck.students.layers import recipe_of
from gradcheck.students.losses import place_given
from gradcheck.students.recipe import NotPlaced
from gradcheck.students.setting import Setting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

    from gradcheck.records import Report, Result
    from gradcheck.subject import Subject

__all__ = [
    "assert_file",
    "assert_layer",
    "assert_loss",
    "check_file",
    "check_layer",
    "check_loss",
]


def check_layer(
    layer: Any,
    x: Any,
    *,
    role: str | None = None,
    regimes: str | Sequence[str] = "all",
    seed: int = 0,
) -> Result:
    """Check a layer's backward at x, at the parameters that it has, and around them.

    Parameters
    ----------
    layer : object or callable
        A layer, which is copied and left as it is; or what makes one, such as its class or
        ``lambda: Dense(4, 3)``. Any of the conventions that `gradcheck check` meets.
    x : array
        Data as the layer takes it, float64 or float32.
    role : str, optional
        What it is to be held against: "dense", "relu", "sigmoid", "tanh", "softmax"; "other" for
        its own forward alone. By its name, if left out.
    regimes, seed :
        As in `gradcheck.check_functions`.

    Raises
    ------
    UsageError
        Where the layer or x is not what it must be, or the layer cannot be met; says why.
    """
    data = array_of(x, "x")
    make = maker_of(layer)
    with isolated():
        kind: Any = type(make())
        candidate = candidate_of(kind)
        if candidate is None or not candidate.backward:
            raise UsageError(
                f"layer={kind.__name__} has no forward and backward that are known; "
                "name them so, or use gradcheck.check_functions"
            )
        fit = fitted(make, candidate, data)
        try:
            recipe, told = recipe_of(fit, candidate.backward, words_of_zeroing=True)
        except NotPlaced as error:
            raise UsageError(f"layer={kind.__name__}: {error}; rename it") from error
    values = (data, *(np.array(p.array) for p in fit.parameters))
    chosen = role or candidate.role
    call = f"gradcheck.check_layer({kind.__name__}, ..., seed={seed})"
    subject = subject_from(candidate, recipe, values, chosen, fit.setting, call)
    return replace(_checked(subject, chosen, regimes, seed), convention=told)


def check_loss(
    loss: Callable[..., Any],
    gradient: Callable[..., Any],
    prediction: Any,
    target: Any,
    *,
    regimes: str | Sequence[str] = "all",
    seed: int = 0,
) -> Result:
    """Check the gradient of a loss with respect to its prediction.

    Parameters
    ----------
    loss, gradient : callable
        Functions or bound methods of a prediction and a target, in either order: the arguments'
        names tell which is which, and if they do not, the prediction comes first.
    prediction, target : array
        Of one shape, or the target integers, one an example. The target is kept as it is.
    regimes, seed :
        As in `gradcheck.check_functions`.

    Raises
    ------
    UsageError
        Where an argument is not what it must be.
    """
    for name, function in (("loss", loss), ("gradient", gradient)):
        if not callable(function):
            raise UsageError(f"{name}={function!r} is not callable; pass the function itself")
    y, t = array_of(prediction, "prediction"), np.array(target)
    if t.dtype.kind not in "fiub":
        raise UsageError(f"target has dtype {t.dtype}, must be numbers; convert it")
    with isolated():
        try:
            recipe, told, role = place_given(loss, gradient, y, t)
        except NotPlaced as error:
            raise UsageError(f"loss={loss!r}: {error}") from error
    name = getattr(loss, "__name__", type(loss).__name__)
    candidate = Candidate(kind="loss-pair", name=name, role=role, thing=loss)
    setting = Setting(orientation="batch_features")
    call = f"gradcheck.check_loss({name}, ..., seed={seed})"
    subject = subject_from(candidate, recipe, (y, t), role, setting, call)
    inside = role == "cross_entropy" and bool(((y > 0) & (y < 1)).all())
    subject = replace(
        subject,
        fixed=frozenset({"t"}),
        layout={},
        separate=False,
        domain={"y": (0.0, 1.0)} if inside else {},
    )
    formula = "mse" if role == "mse" and t.shape == y.shape and y.ndim == 2 else ""
    return replace(_checked(subject, formula, regimes, seed), convention=told)


def check_file(
    path: str | Path, *, seed: int = 0, only: Sequence[str] = (), in_process: bool = False
) -> Report:
    """Check everything in a Python file or notebook, as ``gradcheck check`` does.

    Parameters
    ----------
    path : str or Path
    seed : int
    only : sequence of str
        Names of subjects; empty for all.
    in_process : bool
        Run the file's code here and not in a process of its own: quicker, for trusted code.

    Raises
    ------
    UsageError
        Where the path or a configuration beside it is not what it must be.
    """
    from gradcheck.students.files import check_files, report_of, targets_of
    from gradcheck.students.settings import settings_for

    targets = targets_of([str(path)])
    options = Options(seed=seed, only=tuple(only), in_process=in_process)
    reports = check_files(
        targets, options, lambda file: replace(options, settings=settings_for(file))
    )
    return report_of(reports, seed, f"gradcheck.check_file({str(path)!r})")


def assert_layer(layer: Any, x: Any, **more: Any) -> None:
    """Raise unless `check_layer` with the same arguments passes.

    Raises
    ------
    AssertionError
        Its text is str(result).
    """
    _assert(check_layer(layer, x, **more))


def assert_loss(
    loss: Callable[..., Any],
    gradient: Callable[..., Any],
    prediction: Any,
    target: Any,
    **more: Any,
) -> None:
    """Raise unless `check_loss` with the same arguments passes.

    Raises
    ------
    AssertionError
        Its text is str(result).
    """
    _assert(check_loss(loss, gradient, prediction, target, **more))


def assert_file(path: str | Path, **more: Any) -> None:
    """Raise unless `check_file` with the same arguments passes, every subject of it.

    Raises
    ------
    AssertionError
        Its text is what is not right, subject by subject.
    """
    report = check_file(path, **more)
    wrong = [str(one) for one in report.subjects if one.verdict is not Verdict.PASS]
    if wrong or not report.subjects:
        raise AssertionError("\n\n".join(wrong) or f"{path}: nothing was checked")


def _assert(result: Result) -> None:
    if result.verdict is not Verdict.PASS:
        raise AssertionError(str(result))


def _checked(subject: Subject, role: str, regimes: str | Sequence[str], seed: int) -> Result:
    from gradcheck.check import check_subject

    formula = FORMULA_OF.get(role) if subject.layout or role == "mse" else None
    try:
        return check_subject(subject, regimes=regimes, seed=seed, formula=formula)
    except OracleError:
        return check_subject(subject, regimes=regimes, seed=seed)
