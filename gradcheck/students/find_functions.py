"""Find the functions of a file that belong together: a forward and its backward, F and F'."""

from __future__ import annotations

import ast
import functools
import inspect
from dataclasses import replace
from types import MethodType
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.students.arguments import arguments_of, arrays_among, beside_model
from gradcheck.students.candidate import Candidate
from gradcheck.students.naming import (
    is_choice,
    is_loss,
    is_penalty,
    is_prediction,
    is_target,
    like_upstream,
    plain,
    words,
)
from gradcheck.students.roles import LOSS_ROLES, role_of
from gradcheck.students.texts import parsed, returns_two

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from gradcheck.students.arguments import Argument

DERIVATIVE = {"prime", "derivative", "deriv", "grad", "gradient", "backward", "der", "d",
              "derivate", "backwards", "bwd", "delta", "diff", "ableitung", "derivada", "derivee",
              "rueckwaerts", "atras", "backprop", "gradients", "dx", "bprop", "dloss",
              "back"}  # fmt: skip

DIRECTION = {"forward", "fwd", "fprop", "adelante", "vorwaerts"}

NEUTRAL = {"function", "fn", "func", "act", "activation", "value"}

FLAGS = {"prime", "deriv", "derivative", "derive", "grad", "gradient", "diff", "isderivative",
         "derivation", "backward", "der"}  # fmt: skip


def normal_form(name: str) -> tuple[str, bool]:
    """Return a function's name without its words of direction, and whether one said derivative.

    Examples
    --------
    >>> normal_form("mse_prime"), normal_form("dtanh"), normal_form("affine_forward")
    (('mse', True), ('dtanh', False), ('affine', False))
    """
    tokens = list(words(name))
    kept = [w for w in tokens if w not in DERIVATIVE | DIRECTION | NEUTRAL]
    derivative = any(w in DERIVATIVE for w in tokens)
    digits = "".join(c for c in name if c.isdigit())
    return "".join(kept) + digits, derivative


def vectorised(namespace: Mapping[str, Any], module: str) -> dict[str, Callable[..., Any]]:
    """Return the objects of `numpy.vectorize` of a module, by name: functions that call them.

    Parameters
    ----------
    namespace : mapping
        The module's globals.
    module : str
        Its name: what was made elsewhere is left to its own file.
    """
    found: dict[str, Callable[..., Any]] = {}
    for name, thing in namespace.items():
        if type(thing) is np.vectorize and getattr(thing.pyfunc, "__module__", "") == module:
            found[name] = _function_of(name, thing, thing.pyfunc)
    return found


def _function_of(
    name: str, thing: Callable[..., Any], inner: Callable[..., Any]
) -> Callable[..., Any]:
    @functools.wraps(inner)
    def called(*arguments: Any, **keywords: Any) -> Any:
        return thing(*arguments, **keywords)

    called.__name__ = name
    return called


def _whole_form(name: str) -> str:
    """Return a function's name without its words of direction, all other words kept."""
    kept = [w for w in words(name) if w not in DERIVATIVE | DIRECTION]
    return "".join(kept) + "".join(c for c in name if c.isdigit())


def of_functions(functions: Mapping[str, Callable[..., Any]]) -> list[Candidate]:
    """Return what can be checked among functions, in the order given.

    Parameters
    ----------
    functions : mapping of str to callable
        By name.
    """
    forms: dict[str, list[str]] = {}
    derivatives: dict[str, str] = {}
    whole: dict[str, str] = {}
    for name in functions:
        form, derivative = normal_form(name)
        if derivative:
            derivatives.setdefault(form, name)
            whole.setdefault(_whole_form(name), name)
        else:
            forms.setdefault(form, []).append(name)
    # The digits of a form stand at its end: that of l2_reg is lreg2.
    forms_of_plain = {plain(name): form for form, names in forms.items() for name in names}
    for name in functions:
        # dtanh beside tanh, reluPrime beside relu.
        flat = plain(name)
        glued = forms_of_plain.get(flat[1:], flat[1:]) if flat[:1] == "d" else ""
        if glued in forms and glued != flat and normal_form(name)[0] not in derivatives:
            derivatives.setdefault(glued, name)
    found = []
    used: set[str] = {*derivatives.values(), *whole.values()}
    for form, names in forms.items():
        for name in names:
            if name in used:
                continue
            # linear_backward and linear_activation_backward each have a forward of their own.
            backward = whole.get(_whole_form(name)) or derivatives.get(form)
            candidate = _pair(name, functions[name], functions.get(backward or ""))
            if candidate is not None:
                found.append(candidate)
    return found


def _pair(
    name: str, forward: Callable[..., Any], backward: Callable[..., Any] | None
) -> Candidate | None:
    role = role_of(name)
    arguments = arguments_of(forward) or []
    arrays = [a for a in arrays_among(arguments) if not is_choice(a.name)]
    if is_penalty(name) and len(arrays) == 1:
        return _penalty(name, forward, backward)
    arrays = beside_model(arrays)
    flag = next((a for a in arguments if not a.required and plain(a.name) in FLAGS), None)
    loss = role in LOSS_ROLES or (
        len(arrays) == 2 and (is_loss(name) or (backward is not None and _are_compared(arrays)))
    )
    two = len(arrays) == 2 and (loss or any(is_target(a.name) for a in arrays))
    if backward is None:
        if flag is not None and arrays:
            role = role or ("other" if two else "activation")
            return Candidate(kind="flag", name=name, role=role, thing=forward,
                             forward=forward, backward=flag.name,
                             why=f"{flag.name}=True asks for the derivative")  # fmt: skip
        if loss and len(arrays) == 2 and returns_two(forward):
            return Candidate(kind="loss-gradient", name=name, role=role or "other", thing=forward,
                             forward=forward, backward=forward,
                             why="it returns a loss and its gradient")  # fmt: skip
        return None
    given = [a for a in (arguments_of(backward) or []) if a.required]
    told = f"{name} and {backward.__name__}"
    if two and loss and len([a for a in given if a.kind == "array"]) <= 3:
        return Candidate(kind="loss-pair", name=name, role=role or "other", thing=forward,
                         forward=forward, backward=backward, why=told)  # fmt: skip
    if not arrays:
        return None
    local = len(given) == 1 and given[0].kind == "array" and len(arrays) == 1
    if local and not like_upstream(given[0].name):
        return Candidate(kind="pair", name=name, role=role or "activation", thing=forward,
                         forward=forward, backward=backward, why=told)  # fmt: skip
    if not given:
        return None
    return Candidate(kind="functions", name=name, role=role or "other", thing=forward,
                     forward=forward, backward=backward, why=told)  # fmt: skip


def _are_compared(arrays: Sequence[Argument]) -> bool:
    """Say whether one of two arrays is named as a prediction, and the other as a target."""
    return any(is_target(a.name) for a in arrays) and any(is_prediction(a.name) for a in arrays)


def _penalty(
    name: str, forward: Callable[..., Any], backward: Callable[..., Any] | None
) -> Candidate | None:
    """Return a penalty on weights, with its gradient: a function, or the second thing returned."""
    if backward is None and not returns_two(forward):
        return None
    told = f"named {name}, of weights alone"
    return Candidate(kind="penalty", name=name, role="other", thing=forward, forward=forward,
                     backward=backward or forward, why=told)  # fmt: skip


def flagged_methods(kind: type) -> list[Candidate]:
    """Return the methods of a class that a flag asks for F', and that need nothing of an object."""
    found = []
    # A metaclass may raise anything where it is asked for them itself.
    own: Mapping[str, Any] = type.__dict__["__dict__"].__get__(kind)
    for name, method in own.items():
        if isinstance(method, staticmethod):
            function: Callable[..., Any] = method.__func__
        elif inspect.isfunction(method) and not name.startswith("__") and _free(method):
            function = MethodType(method, object())  # nothing of the object is looked at
        else:
            continue
        candidate = _pair(name, function, None)
        if candidate is not None and candidate.kind == "flag":
            found.append(replace(candidate, name=f"{kind.__name__}.{name}"))
    return found


def _free(method: Callable[..., Any]) -> bool:
    """Say whether a method does not look at its object."""
    tree = parsed(method)
    own = next(iter(inspect.signature(method).parameters), "")
    if tree is None or not own:
        return False
    return not any(isinstance(node, ast.Name) and node.id == own for node in ast.walk(tree))
