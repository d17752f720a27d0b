"""Meet a loss: a class, a pair of functions, or one function that gives value and gradient."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from gradcheck.students.adapter import Input
from gradcheck.students.arguments import arguments_of, arrays_among, beside_model
from gradcheck.students.candidate import Candidate
from gradcheck.students.construct import proposals
from gradcheck.students.loss_call import met_with
from gradcheck.students.naming import has, plain
from gradcheck.students.order import order_of
from gradcheck.students.recipe import NotPlaced
from gradcheck.students.roles import role_of
from gradcheck.students.setting import Setting
from gradcheck.students.telling import told_error
from gradcheck.students.texts import source_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from gradcheck.records import Array
    from gradcheck.students.order import Order
    from gradcheck.students.recipe import Recipe
    from gradcheck.students.stock import Stock


def place_loss(
    candidate: Candidate, setting: Setting, stock: Stock, options: Mapping[str, Any]
) -> tuple[Recipe, dict[str, str], str]:
    """Return the recipe of a loss, what was taken for what, and its role.

    Raises
    ------
    NotPlaced
        Where it cannot be called with a prediction and a target.
    """
    build, value, gradient = _callables(candidate, setting, stock, options)
    root = build()
    arguments = arguments_of(value(root)) or []
    arrays = beside_model(arrays_among(arguments))
    if len(arrays) != 2:
        raise NotPlaced(
            f"its value takes {len(arrays)} arrays, must take a prediction and a target"
        )
    order = order_of(arrays, str(options.get("order", "")))
    text = source_of(candidate.thing)
    errors: list[str] = []
    kinds = _target_kinds(candidate, order, text, options)
    for layout in _settings(setting):
        for targets in kinds:
            inputs = _inputs(layout, targets, "y")
            try:
                found = met_with(candidate, build, value, gradient, order, layout, inputs)
            except NotPlaced:
                raise
            except Exception as error:  # noqa: BLE001 - foreign code
                errors.append(told_error(error))
                continue
            if found is not None:
                recipe, told, role = found
                told |= {"target": order.target, "target because": order.why,
                         "targets are": targets}  # fmt: skip
                return recipe, told, role
    raise NotPlaced("; ".join(dict.fromkeys(errors)) or "its value is no number")


def place_given(
    loss: Callable[..., Any], gradient: Callable[..., Any], y: Array, t: Array
) -> tuple[Recipe, dict[str, str], str]:
    """Return the recipe of a value and a gradient for a given prediction and target.

    Raises
    ------
    NotPlaced
        Where the value cannot be called with both, or is no number.
    """
    name = getattr(loss, "__name__", type(loss).__name__)
    candidate = Candidate(kind="loss-pair", name=name, role=role_of(name) or "other", thing=loss)
    arrays = arrays_among(arguments_of(loss) or [])
    if len(arrays) != 2:
        raise NotPlaced(f"it takes {len(arrays)} arrays, must take a prediction and a target")
    setting = Setting(orientation="1d" if y.ndim == 1 else "batch_features")
    setting = replace(setting, sizes=replace(setting.sizes, batch=y.shape[0] if y.ndim else 1))
    inputs = (Input(name="y", shape=y.shape), Input(name="t", shape=t.shape, constant=True))
    try:
        found = met_with(
            candidate, lambda: None, lambda _: loss, lambda _: gradient, order_of(arrays),
            setting, inputs, (y, t),
        )  # fmt: skip
    except NotPlaced:
        raise
    except Exception as error:
        raise NotPlaced(f"its value raised {told_error(error)}") from error
    if found is None:
        raise NotPlaced("its value is no number")
    recipe, told, role = found
    return replace(recipe, inputs=inputs), told, role


def _settings(setting: Setting) -> list[Setting]:
    """Return the file's layout, then those in which a loss that fits no other is written."""
    others = [Setting(orientation=o, reason="only this fits", sizes=setting.sizes)
              for o in ("batch_features", "features_batch", "1d", "row", "column")]  # fmt: skip
    return [setting, *(one for one in others if one.orientation != setting.orientation)]


def _callables(
    candidate: Candidate, setting: Setting, stock: Stock, options: Mapping[str, Any]
) -> tuple[Callable[[], Any], Callable[[Any], Any], Callable[[Any], Any] | None]:
    kind = candidate.thing
    if not isinstance(kind, type):
        gradient = candidate.backward
        if candidate.kind == "loss-gradient":
            return (lambda: None), (lambda _: candidate.forward), None
        if candidate.kind == "flag":
            flag = {str(candidate.backward): True}
            return (
                (lambda: None),
                (lambda _: candidate.forward),
                (lambda _: partial(candidate.forward, **flag)),
            )
        return (lambda: None), (lambda _: candidate.forward), (lambda _: gradient)
    errors = []
    value, backward = candidate.forward, candidate.backward
    for proposal in proposals(kind, setting.sizes, stock, options.get("arguments")):

        def build(proposal: Any = proposal) -> Any:
            positional, keywords = proposal()
            return kind(*positional, **keywords)

        try:
            build()
        except Exception as error:  # noqa: BLE001 - foreign code
            errors.append(told_error(error))
            continue
        return build, (lambda root: getattr(root, value)), (lambda root: getattr(root, backward))
    raise NotPlaced(f"its constructor raised {errors[0] if errors else 'an error'}")


def _target_kinds(
    candidate: Candidate, order: Order, text: str, options: Mapping[str, Any]
) -> list[str]:
    """Return what targets may be, the likeliest first."""
    if options.get("targets"):
        return [str(options["targets"])]
    if candidate.role in ("cross_entropy", "softmax_cross_entropy"):
        labelled = (
            "arange" in text
            or "range(" in text
            or has(order.target, {"labels", "label", "index", "class", "classes"})
        )
        one_hot = "one-hot" in text.lower() or "onehot" in plain(text) or "ndim" in text \
            or ".shape) ==" in text  # fmt: skip
        if labelled and not one_hot:
            return ["labels", "one-hot"]
        return ["one-hot", "labels"]
    return ["real", "labels"]


def _inputs(setting: Setting, targets: str, name: str) -> tuple[Input, Input]:
    features = setting.sizes.outputs
    shape, axis = setting.shape(features), setting.feature_axis
    layout = setting.layout
    prediction = Input(name=name, shape=shape, axis=axis, layout=layout)
    if targets == "labels":
        target = Input(name="t", shape=(setting.batch,), values="labels", classes=features,
                       layout="labels", constant=True)  # fmt: skip
    else:
        target = Input(name="t", shape=shape, values=targets, axis=axis, layout=layout,
                       constant=True)  # fmt: skip
    return prediction, target
