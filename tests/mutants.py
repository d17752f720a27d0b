"""Mutants of a module's source: the same code with one small mistake in one of its functions."""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Operators = Callable[[ast.AST, ast.FunctionDef], Iterator[ast.AST]]

OTHER = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
}
NEGATED = {ast.Gt: ast.LtE, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.LtE: ast.Gt}
EDGE = {ast.Gt: ast.GtE, ast.Lt: ast.LtE}
REDUCTIONS = {"sum": "mean", "mean": "sum"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake: the function it is in, the line as it was and as it is now."""

    module: str
    function: str
    was: str
    now: str
    tree: ast.Module

    def __str__(self) -> str:
        return f"{self.module}.{self.function}: {self.was} -> {self.now}"

    def load(self) -> ModuleType:
        """Return the mutant as a module of its own."""
        name = f"mutant_of_{self.module}"
        module = ModuleType(name)
        code = compile(ast.fix_missing_locations(self.tree), f"<{name}>", "exec")
        exec(code, module.__dict__)  # noqa: S102 - our own source, mutated
        return module


def mutants(
    module: str, source: str, functions: Sequence[str], operators: Operators | None = None
) -> Iterator[Mutant]:
    """Yield the mutants of the named functions and methods, each different from the source.

    `operators` gives what may stand in the place of a node; by default the mistakes of this module.
    """
    variants = operators or _variants
    tree = ast.parse(source)
    plain = ast.unparse(tree)
    seen = {plain}
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef) or function.name not in functions:
            continue
        for node in _computing(function.body):
            for new in variants(node, function):
                mutated = _replaced(tree, node, new)
                text = ast.unparse(mutated)
                if text not in seen:
                    seen.add(text)
                    yield Mutant(module, function.name, *_change(plain, text), mutated)


def _change(plain: str, text: str) -> tuple[str, str]:
    """Return the first line that differs, as it was and as it is."""
    pairs = zip(plain.splitlines(), text.splitlines(), strict=False)
    was, now = next((was, now) for was, now in pairs if was != now)
    return was.strip(), now.strip()


def _computing(statements: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """Yield the nodes of what computes: neither docstrings nor validation and its messages."""
    for statement in statements:
        if isinstance(statement, ast.Raise | ast.Expr):
            continue
        yield statement
        blocks = [child for child in ast.iter_child_nodes(statement) if isinstance(child, ast.stmt)]
        yield from _computing(blocks)
        for child in ast.iter_child_nodes(statement):
            if child not in blocks:
                yield from ast.walk(child)


def _variants(node: ast.AST, function: ast.FunctionDef) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp):
        yield from _of_operation(node)
    elif isinstance(node, ast.Compare):
        for table in (table for table in (NEGATED, EDGE) if type(node.ops[0]) in table):
            yield ast.Compare(node.left, [table[type(node.ops[0])]()], node.comparators)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    elif isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.Constant):
        yield from _of_constant(node.value)
    elif isinstance(node, ast.Return) and node.value is not None:
        factors = [ast.Constant(factor) for factor in (0, 2, -1)]
        yield from (ast.Return(ast.BinOp(each, ast.Mult(), node.value)) for each in factors)
        yield ast.Return(ast.Name(function.args.args[-1].arg, ast.Load()))
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        yield ast.Pass()


def _of_constant(value: object) -> Iterator[ast.AST]:
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield from (ast.Constant(value + 1), ast.Constant(0))


def _of_operation(node: ast.BinOp) -> Iterator[ast.AST]:
    if type(node.op) in OTHER:
        yield ast.BinOp(node.left, OTHER[type(node.op)](), node.right)
    if isinstance(node.op, ast.MatMult):
        yield ast.BinOp(node.right, node.op, node.left)
    yield from (node.left, node.right)


def _of_call(node: ast.Call) -> Iterator[ast.AST]:
    """Drop a sum or take its mean; of another call leave the first argument."""
    if isinstance(node.func, ast.Attribute) and node.func.attr in REDUCTIONS:
        yield node.func.value
        renamed = ast.Attribute(node.func.value, REDUCTIONS[node.func.attr], ast.Load())
        yield ast.Call(renamed, node.args, node.keywords)
    elif node.args:
        yield node.args[0]


class _Replace(ast.NodeTransformer):
    def __init__(self, new: ast.AST) -> None:
        self.new = new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if hasattr(node, "chosen") else self.generic_visit(node)


def _replaced(tree: ast.Module, node: ast.AST, new: ast.AST) -> ast.Module:
    """Return a copy of the tree with `new` in the place of `node`."""
    node.chosen = True  # type: ignore[attr-defined]
    copied = copy.deepcopy(tree)
    del node.chosen  # type: ignore[attr-defined]
    mutated: ast.Module = _Replace(copy.deepcopy(new)).visit(copied)
    return mutated
