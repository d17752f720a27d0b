"""Guards: tiny literals that are added to keep a logarithm, a root or a quotient finite.

``log(y + 1e-8)`` makes a gradient that does not know of the guard wrong by a hair. A subject that
is wrong is therefore looked at once more with every such literal read as 0: what is right then is
right up to the guard, which is said as a remark. A guard never makes a pass out of anything else.
"""

from __future__ import annotations

import ast
from typing import Any

LARGEST = 1e-6
"""What is larger than this is no guard: it changes values that people look at."""

NOTHING = 1e-300
"""What stands in a guard's place: 0 beside every number but 0 itself, and 0 / 0 stays 0."""

NAMES = ("eps", "epsilon", "tiny")
"""What a guard is called that another file holds."""

FUNCTIONS = ("log", "log2", "log10", "sqrt", "exp")
"""A tiny literal inside of one of these, or in a denominator, keeps it finite; elsewhere it is a
number like any other."""


class Guards(ast.NodeTransformer):
    """Finds the guards in statements, and takes them out where that is asked for.

    Parameters
    ----------
    remove : bool

    Attributes
    ----------
    found : list of str
        "1e-08 in line 12", in the order of the files that were read.
    """

    def __init__(self, *, remove: bool) -> None:
        self.remove = remove
        self.found: list[str] = []
        self._named: set[str] = set()
        self._imported: set[str] = set()
        self._depth = 0

    def __call__(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """Return the statements of a file, changed in place where guards are taken out."""
        for statement in statements:
            for node in ast.walk(statement):
                if isinstance(node, ast.Assign) and _tiny(node.value):
                    self._named |= {_name(target) for target in node.targets} - {""}
                if isinstance(node, ast.Import | ast.ImportFrom):
                    self._imported |= {(one.asname or one.name) for one in node.names}
        return [self.visit(statement) for statement in statements]

    def visit_Call(self, node: ast.Call) -> Any:
        """Look into the argument of a logarithm, a root or an exponential."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else _name(node.func)
        guarded = name in FUNCTIONS
        self._depth += guarded
        self.generic_visit(node)
        self._depth -= guarded
        return node

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        """Look at what is added or subtracted inside of those, in a power, or in a denominator."""
        power, quotient = isinstance(node.op, ast.Pow), isinstance(node.op, ast.Div)
        self._depth += power
        node.left = self.visit(node.left)
        self._depth += quotient - power
        node.right = self.visit(node.right)
        self._depth -= quotient
        if not isinstance(node.op, ast.Add | ast.Sub) or not self._depth:
            return node
        for side in ("left", "right"):
            operand = getattr(node, side)
            if _tiny(operand) or _name(operand) in self._named - {""}:
                self.found.append(f"{ast.unparse(operand)} in line {operand.lineno}")
                if self.remove:
                    zero = ast.copy_location(ast.Constant(NOTHING), operand)
                    setattr(node, side, zero)
            elif self._elsewhere(operand):
                self.found.append(f"{ast.unparse(operand)} in line {operand.lineno}")
                if self.remove:
                    setattr(node, side, _zero_if_tiny(operand))
        return node

    def _elsewhere(self, node: ast.AST) -> bool:
        """Say whether it is named as a guard and stands in another file: eps, or constants.eps."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return node.value.id in self._imported and node.attr.lower() in NAMES
        return isinstance(node, ast.Name) and node.id in self._imported and node.id.lower() in NAMES


def _zero_if_tiny(node: ast.expr) -> ast.expr:
    """Return an expression of 0 where the node's value, known at run time only, is a guard's."""
    test = ast.Compare(left=node, ops=[ast.LtE()], comparators=[ast.Constant(LARGEST)])
    chosen = ast.IfExp(test=test, body=ast.Constant(NOTHING), orelse=node)
    return ast.fix_missing_locations(ast.copy_location(chosen, node))


def _tiny(node: ast.AST) -> bool:
    """Say whether it is a literal of a guard's size, ``1e-8`` or ``10 ** -8``."""
    if isinstance(node, ast.Constant):
        value = node.value
        return isinstance(value, float) and 0 < value <= LARGEST
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        base, power = node.left, node.right
        return (
            isinstance(base, ast.Constant)
            and base.value == 10
            and isinstance(power, ast.UnaryOp)
            and isinstance(power.op, ast.USub)
            and isinstance(power.operand, ast.Constant)
            and isinstance(power.operand.value, int)
            and power.operand.value >= 6
        )
    return False


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return f".{node.attr}" if isinstance(node, ast.Attribute) else ""
