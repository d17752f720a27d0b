"""What an author calls from Python, to check a layer or loss in this process, or a file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck import asserting, session
from gradcheck.errors import UsageError
from gradcheck.isolation import isolated
from gradcheck.students.candidate import Candidate
from gradcheck.students.given import array_of, subject_from
from gradcheck.students.hosts import Options
from gradcheck.students.losses import place_given
from gradcheck.students.met import checked, checked_layer, met_layer
from gradcheck.students.recipe import NotPlaced
from gradcheck.students.setting import Setting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

    from gradcheck.records import Counterexample, Report, Result

__all__ = [
    "assert_file",
    "assert_layer",
    "assert_loss",
    "check_file",
    "check_layer",
    "check_loss",
    "find_counterexample",
]


def check_layer(
    layer: Any,
    x: Any = None,
    *,
    role: str | None = None,
    orientation: str | None = None,
    regimes: str | Sequence[str] = "all",
    seed: int | None = None,
) -> Result:
    """Check a layer's backward at x, at the parameters that it has, and around them.

    Parameters
    ----------
    layer : object or callable
        A layer, which is copied and left as it is; or what makes one, such as its class or
        ``lambda: Dense(4, 3)``. Any of the conventions that `gradcheck check` meets.
    x : array, optional
        Data as the layer takes it, float64 or float32. If left out, it is drawn; its shape is read
        off the layer's parameters.
    role : str, optional
        What it is to be held against: "dense", "relu", "sigmoid", "tanh", "softmax"; "other" for
        its own forward alone. By its name, if left out.
    orientation : str, optional
        "batch_features", "features_batch" or "1d": how x lies. By what comes out, if left out;
        where that tells nothing, examples are rows.
    regimes, seed :
        As in `gradcheck.check_functions`.

    Raises
    ------
    UsageError
        Where the layer or x is not what it must be, or the layer cannot be met; says why.
    """
    seed = session.seed_of(seed)
    return checked_layer(met_layer(layer, x, role, orientation, seed), regimes, seed)


def find_counterexample(
    layer: Any,
    x: Any = None,
    *,
    quantity: str | None = None,
    seconds: float = 2.0,
    role: str | None = None,
    orientation: str | None = None,
) -> Counterexample | None:
    """Return small inputs and simple numbers at which a layer's gradient is wrong, or None.

    Parameters
    ----------
    layer, x, role, orientation :
        As in `check_layer`. Shapes stay those of x and of the parameters; but without parameters
        any smaller x is tried, and with them fewer examples.
    quantity : str, optional
        "dx", "dW"; if left out, the gradients in turn, and the first that is wrong.
    seconds : float
        That the layer itself may take, for one gradient. Where that is enough, which it is but for
        slow layers, the same is found in every run.

    Raises
    ------
    UsageError
        Where Hypothesis is not installed, and as `check_layer`.

    Notes
    -----
    None is no proof: `check_layer` looks at more.
    """
    from gradcheck.counterexample import smallest_wrong

    subject = met_layer(layer, x, role, orientation, session.seed_of(None)).subject
    asked = [f"d{subject.names[k]}" for k in subject.active] if quantity is None else [quantity]
    found = (smallest_wrong(subject, one, seconds) for one in asked)
    return next((one for one in found if one is not None), None)


def check_loss(
    loss: Callable[..., Any],
    gradient: Callable[..., Any],
    prediction: Any,
    target: Any,
    *,
    regimes: str | Sequence[str] = "all",
    seed: int | None = None,
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
    seed = session.seed_of(seed)
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
    formula = "mse" if role == "mse" and t.shape == y.shape and y.ndim == 2 else None
    result = checked(subject, formula, regimes, seed)
    return session.noted(replace(result, convention=told))


def check_file(
    path: str | Path, *, seed: int | None = None, only: Sequence[str] = (), in_process: bool = False
) -> Report:
    """Check everything in a Python file or notebook, as ``gradcheck check`` does.

    Parameters
    ----------
    path : str or Path
    seed : int, optional
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

    seed = session.seed_of(seed)
    targets = targets_of([str(path)])
    options = Options(
        seed=seed, only=tuple(only), in_process=in_process, pictured=session.pictured()
    )
    reports = check_files(
        targets, options, lambda file: replace(options, settings=settings_for(file))
    )
    return session.all_noted(report_of(reports, seed, f"gradcheck.check_file({str(path)!r})"))


def assert_layer(layer: Any, x: Any = None, **more: Any) -> None:
    """Raise unless `check_layer` with the same arguments passes.

    Raises
    ------
    AssertionError
        Its text says of each quantity what is wrong.
    """
    __tracebackhide__ = True
    asserting.settle(check_layer(layer, x, **more))


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
        Its text says of each quantity what is wrong.
    """
    __tracebackhide__ = True
    asserting.settle(check_loss(loss, gradient, prediction, target, **more))


def assert_file(path: str | Path, **more: Any) -> None:
    """Raise unless `check_file` with the same arguments passes, every subject of it.

    Raises
    ------
    AssertionError
        Its text is what is not right, subject by subject.
    """
    __tracebackhide__ = True
    asserting.settle_report(check_file(path, **more), str(path))
