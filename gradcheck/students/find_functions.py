"""Find the functions of a file that belong together: a forward and its backward, F and F'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.students.arguments import arguments_of, arrays_among
from gradcheck.students.candidate import Candidate
from gradcheck.students.naming import is_choice, is_loss, is_target, like_upstream, plain, words
from gradcheck.students.roles import LOSS_ROLES, role_of
from gradcheck.students.texts import returns_two

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

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
    for name in functions:
        # dtanh beside tanh, reluPrime beside relu.
        flat = plain(name)
        glued = flat[1:] if flat[:1] == "d" else ""
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
    flag = next((a for a in arguments if not a.required and plain(a.name) in FLAGS), None)
    loss = role in LOSS_ROLES or (is_loss(name) and len(arrays) == 2)
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
