"""What an equation claims at given sizes: every pair of things that it says are equal."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

from gradcheck.errors import NotesError
from gradcheck.notes.equation import Case
from gradcheck.notes.latex.nodes import Dots, Grid, Index, Letter, Node, Statement, Summed, found
from gradcheck.notes.latex.statements import statements
from gradcheck.notes.meaning.evaluation import Evaluation
from gradcheck.notes.meaning.general_words import GENERAL
from gradcheck.notes.meaning.settings import SETTINGS
from gradcheck.notes.meaning.values import Jacobian, Misfit, Operator, Table, shown
from gradcheck.notes.meaning.words import CLAIMS
from gradcheck.notes.meaning.world import TooSmall, World

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gradcheck.notes.equation import Equation, Reading


def cases(
    equation: Equation,
    printed: str,
    reading: Reading,
    sizes: Mapping[str, Any],
    context: Context,
) -> Iterator[Case]:
    """Yield what is claimed to be equal, the smallest indices first.

    Parameters
    ----------
    equation : Equation
    printed : str
        Its `printed` or its `corrected`.
    reading : Reading
    sizes : mapping of str to int or SymPy symbol
    context : Context
        The other equations.

    Raises
    ------
    TooSmall
        At the end, where it names a component that these sizes do not have.
    NotesError
        Where it cannot be read.
    """
    if equation.claim:
        concrete = all(isinstance(size, int) for size in sizes.values())
        claims = CLAIMS if concrete else GENERAL
        if equation.claim not in claims:
            raise NotesError(f"{equation.claim} is decided for numbers alone")
        yield from claims[equation.claim](sizes, reading)
        return
    setting = SETTINGS[reading.setting or equation.setting]
    world = _world(setting.name, tuple(sizes.items()))
    small = None
    for statement in context.stated(equation, printed):
        for indices in choices(statement, world):
            evaluation = Evaluation(world, reading, indices, context.named(equation))
            try:
                for case in _stated(statement, evaluation):
                    yield case if world.concrete else _apart(case, statement)
            except TooSmall as error:
                small = error
    if small is not None:
        raise small


@lru_cache(maxsize=512)
def _world(name: str, sizes: tuple[tuple[str, Any], ...]) -> World:
    return World(SETTINGS[name], dict(sizes))


class Context:
    """The equations that others refer to.

    Parameters
    ----------
    equations : mapping of str to Equation
        By their ids.
    """

    def __init__(self, equations: Mapping[str, Equation]) -> None:
        self._equations = equations

    def stated(self, equation: Equation, printed: str) -> list[Statement]:
        """Return the statements; one that begins with "=" has the left side it goes on from."""
        told = read(printed)
        if not told:
            raise NotesError(f"{equation.id} states nothing")
        if not told[0].continued:
            return told
        if equation.continues not in self._equations:
            raise NotesError(f"{equation.id} begins with =, and goes on from no equation")
        root = self._equations[equation.continues]
        (first, *_) = self.stated(root, root.corrected or root.printed)
        sides = (first.sides[0], *told[0].sides)
        return [Statement(sides, condition=first.condition), *told[1:]]

    def named(self, equation: Equation) -> Mapping[str, Node]:
        """Return the matrices that have a letter here."""
        if not equation.names:
            return {}
        letter, other = equation.names
        source = self._equations[other]
        (grid, *_) = found(tuple(read(source.corrected or source.printed)), Grid)
        return {letter: grid}


@lru_cache(maxsize=1024)
def read(printed: str) -> list[Statement]:
    """Return the statements of a printed line; see `statements`."""
    return statements(printed)


def letters(equation: Equation, printed: str, context: Context) -> tuple[str, ...]:
    """Return the letters that are sizes in it, with those that its setting does not know."""
    known = SETTINGS[equation.setting]
    if equation.claim:
        return known.sizes
    strange = set()
    for statement in context.stated(equation, printed):
        if found(statement, Dots):
            used = {index.value for index in found(statement, Index)}
            strange |= {u for u in used if isinstance(u, str)} - set(known.sizes)
        strange -= set(known.ranges)
    return (*known.sizes, *sorted(strange))


def choices(statement: Statement, world: World) -> Iterator[dict[str, Any]]:
    """Yield all choices of the indices for which a statement is made.

    A letter is an index, unless it is a size and there are dots up to it.
    """
    if world.setting.name == "relu":
        from sympy import Integer, Symbol

        positive = Symbol("p", positive=True)
        yield from ({"x": value} for value in (-positive, Integer(0), positive))
        return
    free = _free(statement, world)
    ranges = []
    for letter in free:
        size = world.sizes[_range(letter, world)]
        ranges.append(range(1, size + 1) if isinstance(size, int) else [_any(letter)])
    for values in product(*ranges):
        indices = dict(zip(free, values, strict=True))
        if _applies(statement, indices):
            yield indices


def _range(letter: str, world: World) -> str:
    """Return the size up to which an index runs: of an unknown one, the only size there is."""
    if letter in world.setting.ranges:
        return world.setting.ranges[letter]
    if len(world.setting.sizes) == 1:
        return world.setting.sizes[0]
    raise NotesError(f"the index {letter} has no meaning here")


def _free(statement: Statement, world: World) -> list[str]:
    """Return the letters that are indices, and not bound by a sum."""
    free = _unbound(statement.sides, frozenset())
    if found(statement, Dots):
        free -= set(world.sizes)
    if statement.condition is not None:
        left, _, right = statement.condition
        free |= {side.name for side in (left, right) if isinstance(side, Letter)}
    return sorted(free)


def _unbound(node: Any, bound: frozenset[str]) -> set[str]:
    if isinstance(node, Index):
        return {node.value} - bound if isinstance(node.value, str) else set()
    if isinstance(node, tuple):
        return {letter for part in node for letter in _unbound(part, bound)}
    if isinstance(node, Summed):
        return _unbound(node.body, bound | {node.index})
    if isinstance(node, Node):
        return _unbound(tuple(getattr(node, f.name) for f in fields(node)), bound)
    return set()


def _any(letter: str) -> Any:
    from sympy import Symbol

    return Symbol(letter, integer=True, positive=True)


def _applies(statement: Statement, indices: dict[str, Any]) -> bool:
    if statement.condition is None:
        return True
    left, relation, right = statement.condition
    if not isinstance(left, Letter) or not isinstance(right, Letter) or relation not in "=≠":
        raise NotesError("a condition must be that two indices are equal, or are not")
    one, other = indices[left.name], indices[right.name]
    if not isinstance(one, int):
        if relation == "=":
            indices[left.name] = other
        return True
    return bool(one == other) == (relation == "=")


def _apart(case: Case, statement: Statement) -> Case:
    """Return the case of two indices that are letters and are not equal."""
    if statement.condition is None or statement.condition[1] == "=":
        return case
    from sympy import Integer, KroneckerDelta

    left, _, right = statement.condition
    if not isinstance(left, Letter) or not isinstance(right, Letter):
        return case
    if isinstance(case.printed, str):
        return case
    delta = KroneckerDelta(case.indices[left.name], case.indices[right.name])
    return replace(
        case,
        printed=case.printed.xreplace({delta: Integer(0)}),
        oracle=case.oracle.xreplace({delta: Integer(0)}),
    )


def _stated(statement: Statement, evaluation: Evaluation) -> Iterator[Case]:
    sides = []
    for side in statement.sides:
        try:
            sides.append(evaluation.value(side))
        except Misfit as misfit:
            yield _misfit(misfit, evaluation)
            return
    for value, oracle in zip(sides[1:], sides, strict=False):
        yield from _equal(value, oracle, evaluation)
    yield from evaluation.cases


def _equal(value: Any, oracle: Any, evaluation: Evaluation) -> Iterator[Case]:
    if isinstance(value, Table) != isinstance(oracle, Table):
        value, oracle = (_as_table(v) for v in (value, oracle))
    if not isinstance(value, Table):
        yield _case("", value, oracle, evaluation)
        return
    shapes = shown(value.shape), shown(oracle.shape)
    yield _case("the shape", *shapes, evaluation)
    if value.shape != oracle.shape:
        return
    for row, column in _entries(value):
        where = f"entry {row}" if value.columns == 1 else f"entry ({row}, {column})"
        try:
            pair = value.entry(row, column), oracle.entry(row, column)
        except Misfit as misfit:
            yield _misfit(misfit, evaluation)
            return
        yield _case(where, *pair, evaluation)


def _case(where: str, printed: Any, oracle: Any, evaluation: Evaluation) -> Case:
    if any(isinstance(value, Operator | Jacobian) for value in (printed, oracle)):
        raise NotesError("a derivative of nothing, or of a whole array, is compared with something")
    return Case(where=where, printed=printed, oracle=oracle, indices=evaluation.indices)


def _as_table(value: Any) -> Table:
    return value if isinstance(value, Table) else Table(1, 1, lambda _r, _c: value)


def _entries(table: Table) -> Iterator[tuple[Any, Any]]:
    if isinstance(table.rows, int) and isinstance(table.columns, int):
        yield from product(range(1, table.rows + 1), range(1, table.columns + 1))
        return
    row = _any("r") if not isinstance(table.rows, int) else table.rows
    column = _any("c") if not isinstance(table.columns, int) else table.columns
    yield row, column


def _misfit(misfit: Misfit, evaluation: Evaluation) -> Case:
    return _case(misfit.where, misfit.printed, misfit.oracle, evaluation)
