"""From a tree to its value in a world: what is printed, taken at its word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcheck.errors import NotesError
from gradcheck.notes.equation import Case
from gradcheck.notes.latex.nodes import (
    Applied,
    Braced,
    Branches,
    Component,
    Differential,
    Dots,
    Grid,
    Index,
    Letter,
    Node,
    Number,
    Power,
    Product,
    Quotient,
    Shaped,
    Summed,
    Total,
    Transposed,
)
from gradcheck.notes.meaning.arithmetic import added, signed, times
from gradcheck.notes.meaning.functions import function
from gradcheck.notes.meaning.matrices import going_on, table
from gradcheck.notes.meaning.sums import collapsed
from gradcheck.notes.meaning.values import Jacobian, Misfit, Operator, Table, shown
from gradcheck.notes.meaning.world import TooSmall, canonical

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.notes.equation import Reading
    from gradcheck.notes.meaning.world import World

Value = Any
"""A SymPy expression, a `Table`, a `Jacobian` or an `Operator`."""


class Evaluation:
    """Evaluates trees in a world, and notes what they claim on the way: braces and shapes.

    Parameters
    ----------
    world : World
    reading : Reading
    indices : mapping of str to int
        What the index letters are.
    named : mapping of str to Grid
        Matrices that were given a letter.
    """

    def __init__(
        self,
        world: World,
        reading: Reading,
        indices: Mapping[str, Any] | None = None,
        named: Mapping[str, Node] | None = None,
    ) -> None:
        self.world = world
        self.reading = reading
        self.indices = dict(indices or {})
        self.named = dict(named or {})
        self.cases: list[Case] = []
        self._within: list[Any] = []

    def value(self, node: Node) -> Value:
        """Return the value of a tree.

        Raises
        ------
        Misfit
            Where shapes do not fit, or a component does not exist.
        TooSmall
            Where it names a component by numbers that these sizes do not have.
        NotesError
            Where it says nothing in this setting.
        """
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:
            raise NotesError(f"{type(node).__name__} has no value")
        return method(node)

    def claim(self, where: str, printed: Value, oracle: Value) -> None:
        """Note that two things are claimed to be equal."""
        if isinstance(printed, Table) or isinstance(oracle, Table):
            raise NotesError(f"{where} must be of a number")
        self.cases.append(Case(where=where, printed=printed, oracle=oracle, indices=self.indices))

    # Letters and numbers

    def _number(self, node: Number) -> Value:
        from sympy import Integer

        return Integer(node.value)

    def _letter(self, node: Letter) -> Value:
        from sympy import Integer, KroneckerDelta

        name = canonical(node.name, starred=node.starred)
        if name == "C":
            return self.world.cost()
        if node.name in self.indices:
            value = self.indices[node.name]
            return Integer(value) if isinstance(value, int) else value
        if name in self.world.setting.arrays:
            return self._array(name)
        if name in self.world.sizes:
            size = self.world.sizes[name]
            return Integer(size) if isinstance(size, int) else size
        if name in self.named:
            return self.value(self.named[name])
        if name == "I":
            size = self.world.sizes[self.world.setting.sizes[0]]
            return Table(size, size, lambda r, c: KroneckerDelta(r, c))
        raise NotesError(f"the letter {node.name} has no meaning here")

    def _array(self, name: str) -> Table:
        return Table(*self.world.shape(name), lambda r, c: self.world.entry(name, r, c))

    def _component(self, node: Component) -> Value:
        return self.world.entry(*self._place(node))

    def _place(self, node: Component) -> tuple[str, Any, Any]:
        """Return (array, row, column) of a component that exists."""
        name = canonical(node.name, starred=node.starred)
        rows, columns = self.world.shape(name)
        places = [self.index(index) for index in node.indices]
        vector = self.world.setting.arrays[name][1] == 1
        if len(places) != (1 if vector else 2):
            raise Misfit(node.name, f"with {len(places)} indices", shown((rows, columns)))
        places = [*places, 1][:2]
        for index, place, size in zip(node.indices, places, (rows, columns), strict=False):
            if isinstance(place, int) and isinstance(size, int) and not 1 <= place <= size:
                if index.printed and isinstance(index.value, int) and place > size:
                    raise TooSmall
                missing = "".join(str(p) for p in places[: len(node.indices)])
                raise Misfit(f"{node.name}_{missing}", "no such component", shown((rows, columns)))
        return name, places[0], places[1]

    def index(self, index: Index) -> Any:
        """Return what an index is: a number, or a symbol that stands for all of them."""
        if not isinstance(index.value, str):
            return index.value
        if index.value in self.indices:
            return self.indices[index.value]
        if index.value in self.world.sizes:
            return self.world.sizes[index.value]
        raise NotesError(f"the index {index.value} has no meaning here")

    # Derivatives

    def _differential(self, node: Differential) -> Value:
        by = node.by
        if node.of is None:
            if not isinstance(by, Component):
                raise NotesError("a derivative by more than a component applies to what follows")
            return Operator(self.world.symbol(*self._place(by)))
        if isinstance(node.of, Letter) and canonical(node.of.name) == "C":
            if isinstance(by, Component):
                return self.world.cost_slope(*self._place(by))
            name = self._whole(by)
            return Table(*self.world.shape(name), lambda r, c: self.world.cost_slope(name, r, c))
        if isinstance(node.of, Component) and isinstance(by, Component):
            _, output, _ = self._place(node.of)
            return self.world.slope(output, *self._place(by))
        if isinstance(node.of, Letter) and canonical(node.of.name) == "y":
            name = self._whole(by)
            return Jacobian(
                self.world.shape("y")[0],
                self.world.shape(name),
                lambda k, r, c: self.world.slope(k, name, r, c),
            )
        raise NotesError("this derivative has no meaning here")

    def _whole(self, node: Node) -> str:
        if not isinstance(node, Letter):
            raise NotesError("a derivative is by a component or by a whole array")
        return canonical(node.name, starred=node.starred)

    # Arithmetic

    def _quotient(self, node: Quotient) -> Value:
        top, bottom = self.value(node.top), self.value(node.bottom)
        if isinstance(top, Table) or isinstance(bottom, Table):
            raise Misfit("a fraction", "of matrices", "of numbers")
        return top / bottom

    def _power(self, node: Power) -> Value:
        body = self.value(node.body)
        if isinstance(body, Table):
            raise Misfit("a power", "of a matrix", "of a number")
        return body ** self.value(node.exponent)

    def _transposed(self, node: Transposed) -> Value:
        body = self.value(node.body)
        return body.transposed() if isinstance(body, Table) else body

    def _summed(self, node: Summed) -> Value:
        if self.value(node.first) != 1:
            raise NotesError("a sum begins at 1 in the notes")
        last = node.last
        size = self.index(Index(last.name)) if isinstance(last, Letter) else self.value(last)
        outer = dict(self.indices)

        def term(k: Any) -> Value:
            self.indices = {**outer, node.index: k}
            try:
                return self.value(node.body)
            finally:
                self.indices = outer

        return self.world.total(term, int(size) if getattr(size, "is_Integer", False) else size)

    def _total(self, node: Total) -> Value:
        if any(isinstance(term.body, Dots) for term in node.terms):
            return going_on(node.terms, self)
        values = [signed(term.sign, self.value(term.body)) for term in node.terms]
        return added(values)

    def _product(self, node: Product) -> Value:
        value = self.value(node.factors[0])
        for k, factor in enumerate(node.factors[1:]):
            if isinstance(value, Operator):
                return self._derivative(value, node.factors[k + 1 :])
            right = self.value(factor) if not _is_operator(factor) else None
            if right is None:
                rest = Product(node.factors[k + 1 :], node.elementwise[k + 1 :])
                return times(value, self.value(rest), self.world, self.reading)
            value = times(value, right, self.world, self.reading, elementwise=node.elementwise[k])
        return value

    def _derivative(self, operator: Operator, factors: Sequence[Node]) -> Value:
        self._within.append(operator.by)
        try:
            (body,) = (self.value(factor) for factor in factors)
        finally:
            self._within.pop()
        slope = body.diff(operator.by)
        if self.world.concrete:
            return slope
        return collapsed(slope)

    # Matrices, braces, functions

    def _grid(self, node: Grid) -> Value:
        return table(node, self)

    def _shaped(self, node: Shaped) -> Value:
        value = self.value(node.body)
        printed = tuple(self._side(side) for side in (node.rows, node.columns))
        shape = value.shape if isinstance(value, Table) else (1, 1)
        self.claim("the shape below", shown(printed), shown(shape))
        return value

    def _side(self, node: Node) -> Any:
        return self.index(Index(node.name)) if isinstance(node, Letter) else self.value(node)

    def _braced(self, node: Braced) -> Value:
        value = self.value(node.body)
        what = value
        if self.reading.brace_of_derivative and self._within:
            what = value.diff(self._within[-1])
            if not self.world.concrete:
                what = collapsed(what)
        label = self.value(node.label)
        self.claim("the brace", label, what)
        return value

    def _applied(self, node: Applied) -> Value:
        arguments = [self.value(argument) for argument in node.arguments]
        if isinstance(arguments[0], Table):
            whole = arguments[0]
            return Table(*whole.shape, lambda r, c: function(node, [whole.entry(r, c)], self))
        return function(node, arguments, self)

    def _branches(self, node: Branches) -> Value:
        from sympy import Eq, Ge, Gt, Le, Lt

        relations = {"=": Eq, "≤": Le, "≥": Ge, "<": Lt, ">": Gt}
        for value, condition in zip(node.values, node.conditions, strict=True):
            if condition is None:
                return self.value(value)
            left, relation, right = condition
            if relations[relation](self.value(left), self.value(right)) == True:  # noqa: E712 - SymPy
                return self.value(value)
        raise Misfit("the cases", "none applies", "one for each number")


def _is_operator(node: Node) -> bool:
    return isinstance(node, Differential) and node.of is None
