"""Find what can be checked in a loaded file: by names and signatures, and nothing is run."""

from __future__ import annotations

import ast
import inspect
from typing import TYPE_CHECKING, Any

from gradcheck.students.arguments import (
    Argument,
    arguments_of,
    arrays_among,
    parsed,
    takes_varargs,
)
from gradcheck.students.candidate import LAYER_ROLES, LOSS_ROLES, Candidate, like_upstream
from gradcheck.students.find_functions import of_functions
from gradcheck.students.particular import like_function
from gradcheck.students.vocabulary import (
    BACKWARD,
    FORWARD,
    LOSS_VALUE,
    STEP,
    TRAIN,
    is_container,
    is_loss,
    is_optimizer,
    is_target,
    plain,
    role_of,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ADDERS = ("add", "append", "add_layer", "addLayer", "push")
"""Methods that put a layer into a container."""

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
    functions = {name: thing for name, thing in mine.items() if inspect.isfunction(thing)}
    found = [c for name, thing in classes.items() if (c := _class(name, thing, classes))]
    found += of_functions(functions)
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
    """Say whether a class or function was defined in this module under this name."""
    if not (isinstance(thing, type) or inspect.isfunction(thing)):
        return False
    alias = getattr(thing, "__name__", name) != name and isinstance(thing, type)
    return getattr(thing, "__module__", None) == module and not alias


def method_of(kind: type, names: Sequence[str]) -> str:
    """Return the first of the names that the class has as a method, its own or a base's, or ""."""
    for name in names:
        for base in kind.__mro__[:-1]:
            found = base.__dict__.get(name)
            if found is not None:
                if callable(found) or isinstance(found, staticmethod | classmethod):
                    return name
                break
    return ""


def _class(  # noqa: C901 - one question after the other, in the order in which they decide
    name: str, kind: type, classes: Mapping[str, type]
) -> Candidate | None:
    if issubclass(kind, BaseException) or is_optimizer(name) or _is_record(kind):
        return None
    subclassed = any(other is not kind and issubclass(other, kind) for other in classes.values())
    forward, backward = method_of(kind, FORWARD), method_of(kind, BACKWARD)
    if subclassed and (_abstract(kind, forward, backward) or plain(name) in BASES):
        return None
    if plain(name) in BASES and (not forward or _unwritten(kind, forward)):
        return None
    role = role_of(name) or _inherited_role(kind)
    loss = _loss_methods(kind)
    if loss and (role in LOSS_ROLES or is_loss(name) or role is None):
        value, gradient = loss
        if not is_container(name) or role in LOSS_ROLES:
            return Candidate(
                kind="loss", name=name, role=role if role in LOSS_ROLES else "other", thing=kind,
                forward=value, backward=gradient, why=f"{value} takes a prediction and a target",
            )  # fmt: skip
    if takes_layers(kind) or (is_container(name) and role is None):
        return _network(name, kind, forward, backward)
    if not forward:
        return _without_forward(name, kind, role)
    if not backward:
        if role in LAYER_ROLES or role in LOSS_ROLES:
            return Candidate(
                kind="unplaced", name=name, role=role or "other", thing=kind,
                why=f"it has {forward}, but no backward: name it backward, or derivative",
            )  # fmt: skip
        return None
    if _unwritten(kind, forward) and _unwritten(kind, backward):
        if role is None:
            return None
        return Candidate(kind="unplaced", name=name, role=role, thing=kind,
                         why=f"{forward} and {backward} are not written yet")  # fmt: skip
    arrays = _array_arguments(kind, backward)
    pair = backward in ("derivative", "deriv", "prime", "gradient", "grad", "df", "d", "f_prime")
    told = f"named {name}, with {forward} and {backward}"
    if pair and len(arrays) == 1 and not like_upstream(arrays[0]):
        return Candidate(kind="pair-class", name=name, role=role or "activation", thing=kind,
                         forward=forward, backward=backward, why=told)  # fmt: skip
    return Candidate(kind="layer", name=name, role=role or "other", thing=kind, forward=forward,
                     backward=backward, why=told)  # fmt: skip


def _is_record(kind: type) -> bool:
    return hasattr(kind, "__dataclass_fields__") and not method_of(kind, BACKWARD)


def _inherited_role(kind: type) -> str | None:
    for base in kind.__mro__[1:-1]:
        role = role_of(base.__name__)
        if role in LOSS_ROLES:
            return role
    return None


def _array_arguments(kind: type, name: str) -> list[str]:
    found = getattr(kind, name, None)
    arguments = _bound(kind, name, arguments_of(found) or []) if found else []
    return [a.name for a in arrays_among(arguments)]


def _bound(kind: type, name: str, arguments: list[Argument]) -> list[Argument]:
    """Return the arguments of a method without its self."""
    static = inspect.getattr_static(kind, name, None)
    return arguments if isinstance(static, staticmethod | classmethod) else arguments[1:]


def _loss_methods(kind: type) -> tuple[str, str] | None:
    """Return the methods of a value of (prediction, target) and of its gradient, if any."""
    for value in LOSS_VALUE:
        if not method_of(kind, (value,)):
            continue
        arrays = _array_arguments(kind, value)
        if len(arrays) != 2:
            continue
        gradients = [g for g in BACKWARD if g != value and method_of(kind, (g,))]
        told = any(map(is_target, arrays)) or is_loss(kind.__name__) or is_loss(value)
        if gradients and (told or role_of(kind.__name__) in LOSS_ROLES):
            return value, gradients[0]
    return None


def takes_layers(kind: type) -> bool:
    """Say whether a constructor takes layers, by its arguments' names."""
    constructor: Callable[..., Any] = kind.__init__  # type: ignore[misc]
    arguments = (arguments_of(constructor) or [])[1:]
    names = [*(a.name for a in arguments), takes_varargs(constructor)]
    return any(set(words(name)) & {"layers", "modules", "blocks"} and
               not set(words(name)) & {"dims", "sizes", "num", "n", "size", "units", "nodes"}
               for name in names)  # fmt: skip


def _network(name: str, kind: type, forward: str, backward: str) -> Candidate | None:
    arrays = _array_arguments(kind, backward) if backward else []
    adder = method_of(kind, ADDERS)
    if (takes_layers(kind) or adder) and forward and backward and len(arrays) <= 1:
        why = "its constructor takes layers" if takes_layers(kind) else f"{adder} takes a layer"
        return Candidate(kind="container", name=name, role="sequential", thing=kind,
                         forward=forward, backward=backward, why=why)  # fmt: skip
    gradient = backward if len(arrays) >= 2 or not backward else ""
    gradient = gradient or _training_step(kind)
    if gradient and len(_array_arguments(kind, gradient)) == 2:
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
        if (
            name not in TRAIN
            and method_of(kind, (name,))
            and len(_array_arguments(kind, name)) == 2
        ):
            return name
    return ""


def _without_forward(name: str, kind: type, role: str | None) -> Candidate | None:
    if role not in LAYER_ROLES:
        return None
    own = [n for n, f in vars(kind).items() if callable(f) and not n.startswith("__")]
    if not own:
        return None
    return Candidate(kind="unplaced", name=name, role=role, thing=kind,
                     why=f"it has {', '.join(own[:4])}, but nothing named forward")  # fmt: skip


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
    return all(_unwritten(kind, name) or _hands_on(kind, name) for name in named)


def _body(kind: type, name: str) -> list[ast.stmt]:
    tree = parsed(getattr(kind, name, None))
    found = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)] if tree else []
    return _without_docstring(found[0].body) if found else []


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return body[1:]
    return body


def _unwritten(kind: type, name: str) -> bool:
    """Say whether a method does nothing: pass, ..., a docstring, or NotImplementedError."""
    tree = parsed(getattr(kind, name, None)) if name else None
    if tree is None:
        return False
    body = _body(kind, name)
    return all(
        isinstance(s, ast.Pass)
        or (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))
        or (isinstance(s, ast.Raise) and "NotImplemented" in ast.dump(s))
        or (isinstance(s, ast.Return) and "NotImplemented" in ast.dump(s))
        for s in body
    )


def _hands_on(kind: type, name: str) -> bool:
    """Say whether a method returns its argument as it is."""
    body = _body(kind, name)
    return (
        len(body) == 1 and isinstance(body[0], ast.Return) and isinstance(body[0].value, ast.Name)
    )


def step_method(kind: type) -> str:
    """Return the method with which a layer updates its own parameters, or ""."""
    return method_of(kind, STEP)
