"""A formula as a list of operations: SymPy differentiates each, the chain rule joins them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

Expression = Any
"""A SymPy expression, symbol or condition: SymPy has no types."""


def symbols(name: str, shape: tuple[int, ...]) -> list[Expression]:
    """Return real symbols for the entries of a matrix of shape (rows, columns), row by row."""
    from sympy import Symbol

    rows, columns = shape
    return [Symbol(f"{name}_{i}_{k}", real=True) for i in range(rows) for k in range(columns)]


class Tape:
    """A formula as lines, one operation each: what SymPy differentiates does not swell.

    `lines` maps a symbol to an expression of earlier symbols. A condition of a Piecewise becomes a
    symbol too, so that a program may be run with the truth of each condition given.
    """

    def __init__(self) -> None:
        self.lines: dict[Expression, Expression] = {}
        self.sides: dict[Expression, Expression] = {}
        self.margins: list[Expression] = []
        self._seen: dict[Expression, Expression] = {}
        self._sizes: dict[Expression, Expression] = {}

    def record(self, expression: Expression) -> Expression:
        """Write the expression down, each of its parts once; return what stands for it."""
        from sympy import Piecewise

        if expression.is_Atom:
            return expression
        if expression not in self._seen:
            if isinstance(expression, Piecewise):
                pairs = [(self.record(e), self._condition(c)) for e, c in expression.args]
                operation = Piecewise(*pairs, evaluate=False)
            else:
                operation = expression.func(*[self.record(part) for part in expression.args])
            self._seen[expression] = self._line("v", operation)
        return self._seen[expression]

    def _condition(self, condition: Expression) -> Expression:
        from sympy import Symbol
        from sympy.core.relational import Relational

        for relation in sorted(condition.atoms(Relational), key=str):
            if relation in self.sides:
                continue
            left, right = self.record(relation.lhs), self.record(relation.rhs)
            side = Symbol(f"side{len(self.sides)}")
            self.lines[side] = relation.func(left, right)
            self.margins.append(left - right)
            self.sides[relation] = side
        return condition.xreplace(self.sides)

    def _line(self, letter: str, operation: Expression) -> Expression:
        from sympy import Symbol

        symbol = Symbol(f"{letter}{len(self.lines)}", real=True)
        self.lines[symbol] = operation
        return symbol

    def reverse(
        self,
        outputs: Sequence[Expression],
        upstream: Sequence[Expression],
        inputs: Sequence[Expression],
    ) -> list[Expression]:
        """Write down the derivatives of sum(upstream * outputs) with respect to the inputs."""
        from sympy import Add, diff

        active = set(inputs)
        sides = set(self.sides.values())
        for symbol, operation in self.lines.items():
            if symbol not in sides and operation.free_symbols & active:
                active.add(symbol)
        parts: dict[Expression, list[Expression]] = defaultdict(list)
        for symbol, cotangent in zip(outputs, upstream, strict=True):
            parts[symbol].append(cotangent)
        for symbol, operation in reversed(list(self.lines.items())):
            if symbol not in active or symbol not in parts:
                continue
            adjoint = self._total(parts[symbol])
            for argument in sorted(operation.free_symbols & active, key=lambda s: s.name):
                derivative = diff(operation, argument).xreplace({operation: symbol})
                parts[argument].append(adjoint * derivative)
        return [Add(*parts[symbol]) for symbol in inputs]

    def _total(self, parts: Sequence[Expression]) -> Expression:
        from sympy import Add

        total = Add(*parts)
        return total if total.is_Atom else self._line("a", total)

    def size(self, expression: Expression) -> Expression:
        """Write down the expression with its terms replaced by their absolute values.

        The denominators of the notes' formulas are sums of positive terms, which cannot cancel, so
        a negative power is taken as it is.
        """
        from sympy import Abs, Add, Mul, Piecewise, Pow

        if expression.is_Symbol:
            if expression not in self._sizes:
                operation = self.lines.get(expression)
                size = Abs(expression) if operation is None else self.size(operation)
                known = operation is not None and size == Abs(operation)
                self._sizes[expression] = self._line("s", Abs(expression) if known else size)
            return self._sizes[expression]
        if isinstance(expression, Piecewise):
            return Piecewise(*[(self.size(e), c) for e, c in expression.args])
        if isinstance(expression, Add | Mul):
            return expression.func(*[self.size(part) for part in expression.args])
        if isinstance(expression, Pow) and expression.exp.is_Integer and expression.exp > 0:
            return self.size(expression.base) ** expression.exp
        return Abs(expression)

    def program(self, arguments: Sequence[Expression], *outputs: Sequence[Expression]) -> str:
        """Return the text of an mpmath function of the arguments, with the lines that it needs."""
        from inspect import getsource

        from sympy import lambdify

        needed = {symbol for group in outputs for out in group for symbol in out.free_symbols}
        needed -= set(arguments)
        program = []
        for symbol, operation in reversed(self.lines.items()):
            if symbol in needed:
                program.append((symbol, operation))
                needed |= operation.free_symbols - set(arguments)
        program.reverse()
        groups = [list(group) for group in outputs]
        return getsource(
            lambdify(arguments, groups, modules="mpmath", cse=lambda whole: (program, whole))
        )
