"""Meet F and F': two functions, a class with both, or one function with a flag for F'."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Literal

import numpy as np

from gradcheck.students.adapter import Input
from gradcheck.students.arguments import arguments_of, arrays_among, filled
from gradcheck.students.construct import proposals
from gradcheck.students.draw import drawn
from gradcheck.students.following import RecipeInstance
from gradcheck.students.naming import plain
from gradcheck.students.recipe import Call, NotPlaced, Recipe, Source, method
from gradcheck.students.telling import told_error
from gradcheck.students.texts import called, tree_of
from gradcheck.students.vocabulary import AT_OUTPUT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from gradcheck.students.candidate import Candidate
    from gradcheck.students.recipe import Slot
    from gradcheck.students.setting import Setting
    from gradcheck.students.stock import Stock

Point = Literal["input", "output", "either"]
"""What F' is called with; "either" where nothing says so: then it is looked at with the input."""


def place_pair(
    candidate: Candidate,
    setting: Setting,
    stock: Stock,
    text: str,
    options: Mapping[str, Any],
) -> tuple[Recipe, dict[str, str], Point]:
    """Return the recipe of F and F', and what F' takes.

    Raises
    ------
    NotPlaced
        Where F does not run on the file's data.
    """
    features = setting.sizes.outputs
    one = Input(name="x", shape=setting.shape(features), axis=setting.feature_axis,
                layout=setting.layout)  # fmt: skip
    x = drawn(one.shape)
    errors: list[str] = []
    for build, forward, backward, names in _ways(candidate, setting, stock, options):
        try:
            root = build()
            arguments = arguments_of(forward(root)) or []
            arrays = arrays_among(arguments) or arguments[:1]
            name = arrays[0].name if arrays else "x"
            call = filled(arguments, {name: ("input", 0), **names[0]}, size=setting.batch)
            derivative = arguments_of(backward(root)) or []
            point = arrays_among(derivative) or derivative[:1]
            if call is None or not point:
                raise NotPlaced("an argument is not understood")  # noqa: TRY301 - told at once
            taken, why = _taken(candidate, name, point[0].name, text, options)
            slot: Slot = ("y", None) if taken == "output" else ("input", 0)
            back = filled(derivative, {point[0].name: slot, **names[1]}, size=setting.batch)
            if back is None:
                raise NotPlaced("an argument is not understood")  # noqa: TRY301 - told at once
            recipe = Recipe(
                build=build,
                inputs=(one,),
                forward=Call(function=forward, arguments=call[0], keywords=call[1]),
                backward=Call(function=backward, arguments=back[0], keywords=back[1]),
                gradients=(Source(kind="backward"),),
                local=True,
            )
            y = np.asarray(RecipeInstance(recipe).forward(x.copy()))
        except NotPlaced:
            raise
        except Exception as error:  # noqa: BLE001 - foreign code
            errors.append(told_error(error))
            continue
        if y.shape != x.shape:
            raise NotPlaced(f"F of shape {x.shape} has shape {y.shape}: not element by element")
        told = {"rule": "F and F'", "orientation": setting.orientation,
                "F' takes": "the output" if taken == "output" else "the input",
                "F' because": why}  # fmt: skip
        return recipe, told, taken
    raise NotPlaced((errors or ["nothing fits"])[0])


def _ways(
    candidate: Candidate, setting: Setting, stock: Stock, options: Mapping[str, Any]
) -> Iterator[tuple[Callable[[], Any], Callable[[Any], Any], Callable[[Any], Any],
                    tuple[dict[str, Slot], dict[str, Slot]]]]:  # fmt: skip
    nothing: tuple[dict[str, Slot], dict[str, Slot]] = ({}, {})
    if candidate.kind == "flag":
        flag = {candidate.backward: ("value", True)}
        off = {candidate.backward: ("value", False)}
        function = candidate.forward
        yield (lambda: None), (lambda _: function), (lambda _: function), (off, flag)
        return
    if candidate.kind == "pair":
        forward, backward = candidate.forward, candidate.backward
        yield (lambda: None), (lambda _: forward), (lambda _: backward), nothing
        return
    kind = candidate.thing
    name, other = candidate.forward, candidate.backward
    for proposal in proposals(kind, setting.sizes, stock, options.get("arguments")):

        def build(proposal: Any = proposal) -> Any:
            positional, keywords = proposal()
            return kind(*positional, **keywords)

        yield build, method(name), method(other), nothing


def _taken(
    candidate: Candidate, own: str, name: str, text: str, options: Mapping[str, Any]
) -> tuple[Point, str]:
    """Say what F' takes: by its argument's name, and by how the file calls it."""
    if "at" in options:
        return ("output" if options["at"] == "output" else "input"), "as configured"
    flag = candidate.kind == "flag"
    if candidate.kind in ("pair", "flag"):
        F = candidate.forward.__name__
        told = _called_with(text, F, F if flag else candidate.backward.__name__, flag=flag)
        if told == {"output"}:
            return "output", "the file calls it with the output"
        if flag:
            # One name stands for the input of F and for that of F': it says nothing.
            if told == {"input"}:
                return "input", "the file calls it with the input"
            return "either", f"{name} stands for the input of F and of F'"
    if plain(name) in AT_OUTPUT and plain(name) != plain(own):
        return "output", f"its argument is {name}, and that of F {own}"
    return "input", f"its argument is {name}"


def _called_with(text: str, forward: str, backward: str, *, flag: bool) -> set[Point]:
    """Return what the file calls F' with: what F gave, or what F is called with too."""
    tree = tree_of(text)
    if tree is None:
        return set()
    bound = _bound_to(tree, forward, flag=flag)
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and n.args]
    fed = {
        ast.dump(n.args[0]) for n in calls if called(n) == forward and not (flag and _flagged(n))
    }
    told: set[Point] = set()
    for node in calls:
        if called(node) != backward or (flag and not _flagged(node)):
            continue
        argument = node.args[0]
        if isinstance(argument, ast.Call):
            told.add("output" if called(argument) == forward else "input")
            continue
        if _dotted(argument) in bound:
            told.add("output")
        if ast.dump(argument) in fed and flag:
            told.add("input")
    return told


def _bound_to(tree: ast.AST, forward: str, *, flag: bool) -> set[str]:
    """Return the names to which the file binds what F gave."""
    return {
        _dotted(target)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and called(node.value) == forward
        and not (flag and _flagged(node.value))
        for target in node.targets
    }


def _flagged(node: ast.Call) -> bool:
    """Say whether a call hands in more than the data: the flag that asks for F'."""
    return len(node.args) + len(node.keywords) > 1


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return getattr(node, "id", "")
