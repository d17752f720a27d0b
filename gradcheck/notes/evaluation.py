"""From a tree to its value in a world: what is printed, taken at its word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcheck.errors import NotesError
from gradcheck.notes.equation import Case
from gradcheck.notes.latex.dots import Layout, run_of
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
    Term,
    Total,
    Transposed,
)
from gradcheck.notes.settings import TooSmall, canonical
from gradcheck.notes.values import Between, Jacobian, Misfit, Operator, Table, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.notes.equation import Reading
    from gradcheck.notes.settings import World

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
        places = [self._index(index) for index in node.indices]
        if len(places) == 1 and columns == 1:
            places.append(1)
        if len(places) != 2:
            raise Misfit(node.name, f"{len(node.indices)} indices", shown((rows, columns)))
        for index, place, size in zip(node.indices, places, (rows, columns), strict=False):
            if isinstance(place, int) and isinstance(size, int) and not 1 <= place <= size:
                if index.printed and isinstance(index.value, int):
                    raise TooSmall
                missing = "".join(str(p) for p in places[: len(node.indices)])
                raise Misfit(f"{node.name}_{missing}", "no such component", shown((rows, columns)))
        return name, places[0], places[1]

    def _index(self, index: Index) -> Any:
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
            return Table(
                *self.world.shape(name), lambda r, c: self.world.cost_slope(name, r, c)
            )
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
        size = self._index(Index(last.name)) if isinstance(last, Letter) else self.value(last)
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
            return self._going_on(node.terms)
        values = [self._signed(term.sign, self.value(term.body)) for term in node.terms]
        return self._added(values)

    def _signed(self, sign: int, value: Value) -> Value:
        if isinstance(value, Table):
            return Table(*value.shape, lambda r, c: sign * value.entry(r, c))
        return sign * value

    def _added(self, values: Sequence[Value]) -> Value:
        from sympy import Add

        tables = [value for value in values if isinstance(value, Table)]
        if not tables:
            return Add(*values)
        if len(tables) < len(values):
            raise Misfit("a sum", "of matrices and numbers", "of one kind")
        first = tables[0]
        for table in tables:
            if table.shape != first.shape:
                raise Misfit("a sum", f"of {shown(first.shape)} and {shown(table.shape)}", "alike")
        return Table(*first.shape, lambda r, c: Add(*(t.entry(r, c) for t in tables)))

    def _going_on(self, terms: Sequence[Term]) -> Value:
        """Return the sum of terms with dots among them."""
        from sympy import Add

        (at,) = (k for k, term in enumerate(terms) if isinstance(term.body, Dots))
        before, after = terms[at - 1], terms[at + 1]
        run = run_of(before.body, after.body)
        if run is None or before.sign != after.sign:
            raise Misfit("the dots", "between terms that follow no rule", "the next terms")
        size = self._index(Index(run.letter))
        front = [
            term
            for k, term in enumerate(terms[:at])
            if not isinstance(size, int) or run.start - (at - 1 - k) <= size
        ]
        values = [self._signed(t.sign, self.value(t.body)) for t in front]
        values += [self._signed(t.sign, self.value(t.body)) for t in terms[at + 2 :]]
        if not isinstance(size, int):
            return Add(*values) + before.sign * self._hidden_sum(run, size)
        for k in range(run.start + 1, size + 1):
            if k < size and not run.consistent:
                raise Misfit("the dots", "between terms that follow no rule", "the next terms")
            body = run.at(k) if k < size else after.body
            values.append(self._signed(before.sign, self.value(body)))
        return self._added(values)

    def _hidden_sum(self, run: Any, size: Any) -> Value:
        from sympy import Symbol

        if not run.consistent:
            raise Misfit("the dots", "between terms that follow no rule", "the next terms")
        # Once with an index that is known to lie beyond the start, for what the braces claim.
        beyond = Symbol("s", integer=True, positive=True) + run.start
        self.value(run.at(beyond))
        known = len(self.cases)
        total = self.world.total(lambda k: self.value(run.at(k)), size, run.start + 1)
        del self.cases[known:]
        return total

    def _product(self, node: Product) -> Value:
        value = self.value(node.factors[0])
        for k, factor in enumerate(node.factors[1:]):
            if isinstance(value, Operator):
                return self._derivative(value, node.factors[k + 1 :])
            right = self.value(factor) if not _is_operator(factor) else None
            if right is None:
                rest = Product(node.factors[k + 1 :], node.elementwise[k + 1 :])
                return self._times(value, self.value(rest), elementwise=False)
            value = self._times(value, right, elementwise=node.elementwise[k])
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
        from gradcheck.notes.sums import collapsed

        return collapsed(slope)

    def _times(self, left: Value, right: Value, *, elementwise: bool) -> Value:
        if isinstance(right, Jacobian):
            return self._contracted(left, right)
        if not isinstance(left, Table) or not isinstance(right, Table):
            if elementwise and isinstance(left, Table) != isinstance(right, Table):
                raise Misfit("⊙", "a number and a matrix", "two matrices")
            if isinstance(left, Table):
                return Table(*left.shape, lambda r, c: left.entry(r, c) * right)
            if isinstance(right, Table):
                return Table(*right.shape, lambda r, c: left * right.entry(r, c))
            return left * right
        if elementwise:
            if left.shape != right.shape:
                raise Misfit("⊙", f"{shown(left.shape)} and {shown(right.shape)}", "alike")
            return Table(*left.shape, lambda r, c: left.entry(r, c) * right.entry(r, c))
        if left.columns != right.rows:
            raise Misfit(
                "a product",
                f"{shown(left.shape)} times {shown(right.shape)}",
                "as many columns as rows",
            )
        return Table(
            left.rows,
            right.columns,
            lambda r, c: self.world.total(
                lambda k: left.entry(r, k) * right.entry(k, c), left.columns
            ),
        )

    def _contracted(self, left: Value, right: Jacobian) -> Value:
        if not isinstance(left, Table) or left.shape != (right.outputs, 1):
            raise Misfit("a product", "with all derivatives of y", "one number for each y")
        if not self.reading.contracted:
            count = f"{right.shape[0]}·{right.shape[1]}"
            if left.columns != right.outputs:
                raise Misfit(
                    "a product of matrices",
                    f"{shown(left.shape)} times {shown((right.outputs, count))}",
                    "as many columns as rows",
                )
        return Table(
            *right.shape,
            lambda r, c: self.world.total(
                lambda k: left.entry(k, 1) * right.entry(k, r, c), right.outputs
            ),
        )

    # Matrices, braces, functions

    def _grid(self, node: Grid) -> Value:
        layout = Layout(node)
        rows, columns = (
            size if isinstance(size, int) or size is None else self._index(Index(size))
            for size in (layout.rows, layout.columns)
        )
        rows, columns = (columns if rows is None else rows), (rows if columns is None else columns)
        if rows is None:
            raise NotesError("nothing tells how large the matrix is")
        if self.world.concrete:
            return Table(rows, columns, lambda r, c: self._cell(layout.cell(r, c, rows, columns)))
        return Table(rows, columns, self._uniform(layout, rows, columns))

    def _cell(self, cell: Node) -> Value:
        value = self.value(cell)
        if isinstance(value, Table):
            if value.shape != (1, 1):
                raise Misfit("an entry of the matrix", f"a block of {shown(value.shape)}", "1 × 1")
            return value.entry(1, 1)
        return value

    def _uniform(self, layout: Layout, rows: Any, columns: Any) -> Any:
        """Return the entry at any place, having claimed that each printed cell is such a one."""
        from sympy import Integer, KroneckerDelta

        def entry(row: Any, column: Any) -> Value:
            cell, diagonal = layout.general(row, column)
            value = self._cell(cell)
            if diagonal is not None and rows == columns:
                other = self._cell(layout.general(row, row)[0])
                value += KroneckerDelta(row, column) * (self._cell(diagonal) - other)
            return value

        # What is printed last is no earlier cell: where it is one, the sizes are small numbers.
        apart = {
            KroneckerDelta(number, size): Integer(0)
            for size in (rows, columns)
            if not isinstance(size, int)
            for number in (1, 2)
        }
        for row, column, cell in layout.explicit(rows, columns):
            pair = (self._cell(cell).xreplace(apart), entry(row, column).xreplace(apart))
            self.claim(f"entry ({row}, {column})", *pair)
        return entry

    def _shaped(self, node: Shaped) -> Value:
        value = self.value(node.body)
        printed = tuple(self._side(side) for side in (node.rows, node.columns))
        shape = value.shape if isinstance(value, Table) else (1, 1)
        self.claim("the shape below", shown(printed), shown(shape))
        return value

    def _side(self, node: Node) -> Any:
        return self._index(Index(node.name)) if isinstance(node, Letter) else self.value(node)

    def _braced(self, node: Braced) -> Value:
        value = self.value(node.body)
        what = value
        if self.reading.brace_of_derivative and self._within:
            what = value.diff(self._within[-1])
            if not self.world.concrete:
                from gradcheck.notes.sums import collapsed

                what = collapsed(what)
        label = self.value(node.label)
        self.claim("the brace", label, what)
        return value

    def _applied(self, node: Applied) -> Value:
        arguments = [self.value(argument) for argument in node.arguments]
        if isinstance(arguments[0], Table):
            (table,) = arguments
            return Table(
                *table.shape, lambda r, c: self._function(node, [table.entry(r, c)])
            )
        return self._function(node, arguments)

    def _function(self, node: Applied, arguments: Sequence[Any]) -> Value:
        from sympy import Derivative, Function, Max, exp

        if node.function == "exp":
            return exp(arguments[0])
        if node.function == "max":
            return Max(*arguments)
        (argument,) = arguments
        if node.function == "F":
            applied = Function("F")(argument)
            return Derivative(applied, argument) if node.primed else applied
        return self._relu(argument, primed=node.primed)

    def _relu(self, argument: Any, *, primed: bool) -> Value:
        """Return g or g'; at the kink, where there is no derivative, what lies between the sides."""
        left, right = self.world.sides(argument) if primed else (self.world.relu(argument),) * 2
        if left == right:
            return left
        if not self.reading.subgradient:
            raise Misfit(f"g' at x = {argument}", "a number", f"none: {left} or {right} by side")
        return Between(left, right)

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
