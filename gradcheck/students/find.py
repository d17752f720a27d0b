"""Find what can be checked in a loaded file: by names and signatures, and nothing is run."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from gradcheck.students.arguments import arguments_of
from gradcheck.students.candidate import Candidate
from gradcheck.students.find_functions import flagged_methods, of_functions, vectorised
from gradcheck.students.methods import (
    ADDERS,
    array_arguments,
    hands_on,
    method_of,
    takes_layers,
    unwritten,
)
from gradcheck.students.naming import (
    is_container,
    is_loss,
    is_optimizer,
    is_target,
    like_function,
    like_upstream,
    plain,
    words,
)
from gradcheck.students.roles import LAYER_ROLES, LOSS_ROLES, role_of
from gradcheck.students.vocabulary import BACKWARD, FORWARD, LOSS_VALUE, TRAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

BASES = {"layer", "module", "base", "baselayer", "abstractlayer", "node", "operation", "loss",
         "lossfunction", "activation", "activationfunction", "cost", "function", "operator",
         "abstract", "layerbase", "block", "lossbase", "criterion", "component",
         "unit"}  # fmt: skip


def candidates(namespace: Mapping[str, Any], module: str) -> list[Candidate]:
    """Return what can be checked among the names of a module, in the order of the file.

    Parameters
    ----------
    namespace : mapping
        The module's globals.
    module : str
        Its name: what was imported from elsewhere is left to its own file.
    """
    mine = {name: thing for name, thing in namespace.items() if own(thing, module, name)}
    classes = {name: thing for name, thing in mine.items() if isinstance(thing, type)}
    functions: dict[str, Callable[..., Any]] = {
        name: thing
        for name, thing in mine.items()
        if name not in classes and inspect.isfunction(thing)
    }
    functions |= vectorised(namespace, module)
    found = [c for name, thing in classes.items() if (c := _told(name, thing, classes))]
    found += of_functions(functions)
    placed = {c.name for c in found if c.kind not in ("network", "unplaced")}
    others = [kind for name, kind in classes.items() if name not in placed]
    found += [c for kind in others for c in flagged_methods(kind)]
    return sorted(found, key=lambda candidate: candidate.line)


def candidate_of(kind: type) -> Candidate | None:
    """Return what one class is, alone; None where it is nothing that can be checked."""
    return _class(kind.__name__, kind, {})


def optimizers(namespace: Mapping[str, Any], module: str) -> list[type]:
    """Return the classes of optimisers, plain gradient descent first."""
    found = [
        thing
        for name, thing in namespace.items()
        if isinstance(thing, type)
        and is_optimizer(name)
        and (own(thing, module, name) or not thing.__module__.startswith(("numpy", "gradcheck")))
    ]
    return sorted(found, key=lambda kind: "sgd" not in plain(kind.__name__)
                  and "descent" not in plain(kind.__name__))  # fmt: skip


def own(thing: Any, module: str, name: str) -> bool:
    """Say whether a class or function is defined in this module, and not another name for one."""
    if not (isinstance(thing, type) or inspect.isfunction(thing)):
        return False
    try:
        alias = getattr(thing, "__name__", name) != name and isinstance(thing, type)
        return bool(getattr(thing, "__module__", None) == module and not alias)
    except Exception:  # noqa: BLE001 - a metaclass may raise anything
        return bool(vars(type)["__module__"].__get__(thing) == module)


def _told(name: str, kind: type, classes: Mapping[str, type]) -> Candidate | None:
    """Return what a class is; with the reason where its metaclass does not let itself be asked."""
    try:
        return _class(name, kind, classes)
    except Exception as error:  # noqa: BLE001 - one class must not cost the others
        why = f"asking what it is raised {type(error).__name__}: {error}"
        return Candidate(kind="unplaced", name=name, role=role_of(name) or "other", thing=None,
                         why=why)  # fmt: skip


def _class(name: str, kind: type, classes: Mapping[str, type]) -> Candidate | None:
    if issubclass(kind, BaseException) or is_optimizer(name) or _is_record(kind):
        return None
    forward, backward = method_of(kind, FORWARD), method_of(kind, BACKWARD)
    if _is_base(name, kind, classes, forward, backward):
        return None
    role = role_of(name) or _inherited_role(kind)
    if role not in LOSS_ROLES and _has_loss_of_data(kind, forward, backward):
        return _network(name, kind, forward, backward)
    loss = _loss(name, kind, role)
    if loss is not None:
        return loss
    if takes_layers(kind) or (is_container(name) and role is None):
        return _network(name, kind, forward, backward)
    if not forward:
        return _without_forward(name, kind, role)
    if not backward:
        return _without_backward(name, kind, role, forward)
    return _layer(name, kind, role, forward, backward)


def _is_base(
    name: str, kind: type, classes: Mapping[str, type], forward: str, backward: str
) -> bool:
    """Say whether a class is there for its subclasses alone."""
    subclassed = any(other is not kind and issubclass(other, kind) for other in classes.values())
    if subclassed and (_abstract(kind, forward, backward) or plain(name) in BASES):
        return True
    return plain(name) in BASES and (not forward or unwritten(kind, forward))


def _loss(name: str, kind: type, role: str | None) -> Candidate | None:
    loss = _loss_methods(kind)
    if loss is None or not (role in LOSS_ROLES or is_loss(name) or role is None):
        return None
    if is_container(name) and role not in LOSS_ROLES:
        return None
    value, gradient = loss
    return Candidate(
        kind="loss", name=name, role=role if role in LOSS_ROLES else "other", thing=kind,
        forward=value, backward=gradient, why=f"{value} takes a prediction and a target",
    )  # fmt: skip


def _without_backward(name: str, kind: type, role: str | None, forward: str) -> Candidate | None:
    if role not in LAYER_ROLES and role not in LOSS_ROLES:
        return None
    return Candidate(
        kind="unplaced", name=name, role=role or "other", thing=kind,
        why=f"it has {forward}, but no backward: name it backward, or derivative",
    )  # fmt: skip


def _layer(
    name: str, kind: type, role: str | None, forward: str, backward: str
) -> Candidate | None:
    if unwritten(kind, forward) and unwritten(kind, backward):
        if role is None:
            return None
        return Candidate(kind="unplaced", name=name, role=role, thing=kind,
                         why=f"{forward} and {backward} are not written yet")  # fmt: skip
    arrays = array_arguments(kind, backward)
    pair = backward in ("derivative", "deriv", "prime", "gradient", "grad", "df", "d", "f_prime")
    told = f"named {name}, with {forward} and {backward}"
    if pair and len(arrays) == 1 and not like_upstream(arrays[0]):
        return Candidate(kind="pair-class", name=name, role=role or "activation", thing=kind,
                         forward=forward, backward=backward, why=told)  # fmt: skip
    return Candidate(kind="layer", name=name, role=role or "other", thing=kind, forward=forward,
                     backward=backward, why=told)  # fmt: skip


def _is_record(kind: type) -> bool:
    fields = inspect.getattr_static(kind, "__dataclass_fields__", None)
    return fields is not None and not method_of(kind, BACKWARD)


def _inherited_role(kind: type) -> str | None:
    for base in kind.__mro__[1:-1]:
        role = role_of(base.__name__)
        if role in LOSS_ROLES:
            return role
    return None


def _loss_methods(kind: type) -> tuple[str, str] | None:
    """Return the methods of a value of (prediction, target) and of its gradient, if it has both."""
    for value in LOSS_VALUE:
        if not method_of(kind, (value,)):
            continue
        arrays = array_arguments(kind, value)
        if len(arrays) != 2:
            continue
        gradients = [g for g in BACKWARD if g != value and method_of(kind, (g,))]
        told = any(map(is_target, arrays)) or is_loss(kind.__name__) or is_loss(value)
        if gradients and (told or role_of(kind.__name__) in LOSS_ROLES):
            return value, gradients[0]
    return None


def _has_loss_of_data(kind: type, forward: str, backward: str) -> bool:
    """Say whether forward takes data, and backward and a loss beside it data and targets."""
    if not forward or not backward or len(array_arguments(kind, forward)) != 1:
        return False
    arrays = array_arguments(kind, backward)
    if len(arrays) != 2 or arrays[0] != array_arguments(kind, forward)[0]:
        return False
    return any(
        method_of(kind, (value,)) and len(array_arguments(kind, value)) == 2
        for value in LOSS_VALUE
        if value not in (forward, backward)
    )


def _network(name: str, kind: type, forward: str, backward: str) -> Candidate | None:
    arrays = array_arguments(kind, backward) if backward else []
    adder = method_of(kind, ADDERS)
    if (takes_layers(kind) or adder) and forward and backward and len(arrays) <= 1:
        why = "its constructor takes layers" if takes_layers(kind) else f"{adder} takes a layer"
        return Candidate(kind="container", name=name, role="sequential", thing=kind,
                         forward=forward, backward=backward, why=why)  # fmt: skip
    gradient = backward if len(arrays) >= 2 or not backward else ""
    gradient = gradient or _training_step(kind)
    if gradient and len(array_arguments(kind, gradient)) == 2:
        return Candidate(kind="network", name=name, role="network", thing=kind, forward=forward,
                         backward=gradient,
                         why=f"{gradient} takes data and targets")  # fmt: skip
    if forward and backward:
        return Candidate(kind="network", name=name, role="network", thing=kind, forward=forward,
                         backward=backward, why="named as a network, with "
                         f"{forward} and {backward}")  # fmt: skip
    return None


def _training_step(kind: type) -> str:
    """Return the method that takes data and targets and computes gradients, or ""."""
    likely = (*BACKWARD, "train_one", "train_step", "train_on_batch", "compute", "step", "update",
              "loss", "optimize", "train_batch", "fit_one", "train_sample",
              "propagate")  # fmt: skip
    own = [name for base in kind.__mro__[:-1] for name in vars(base)]
    told = [n for n in own if set(words(n)) & {"gradient", "gradients", "grads", "backprop"}]
    for name in (*likely, *told):
        if name not in TRAIN and method_of(kind, (name,)) and len(array_arguments(kind, name)) == 2:
            return name
    return ""


def _without_forward(name: str, kind: type, role: str | None) -> Candidate | None:
    if role not in LAYER_ROLES:
        return None
    own = [n for n, f in vars(kind).items() if callable(f) and not n.startswith("__")]
    if not own:
        return None
    why = f"it has {', '.join(own[:4])}, but nothing named forward"
    return Candidate(kind="unplaced", name=name, role=role, thing=kind, why=why)


def _abstract(kind: type, forward: str, backward: str) -> bool:
    """Say whether a class with subclasses is there for them alone."""
    if inspect.isabstract(kind):
        return True
    constructor = kind.__dict__.get("__init__")
    functions = [a for a in (arguments_of(constructor) or [])[1:] if like_function(a.name)] \
        if constructor else []  # fmt: skip
    if len([a for a in functions if a.required]) >= 2:
        return True
    named = [name for name in (forward, backward) if name]
    return all(unwritten(kind, name) or hands_on(kind, name) for name in named)
