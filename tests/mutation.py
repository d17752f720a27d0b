"""Mutation operators for layers: one small mistake anywhere in forward or backward."""

from __future__ import annotations

import ast
import inspect
from functools import partial
from typing import TYPE_CHECKING

from mutants import Mutant, mutants

if TYPE_CHECKING:
    from collections.abc import Iterator

BINARY = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add, ast.Mult),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
}
COMPARED = (ast.Gt, ast.GtE, ast.Lt, ast.LtE)
CALLED = {
    "sum": ("mean", "max"),
    "mean": ("sum",),
    "max": ("min", "sum"),
    "var": ("mean",),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "sqrt": ("square",),
    "square": ("sqrt",),
    "abs": ("sign",),
    "sign": ("abs",),
    "exp": ("expm1",),
    "log": ("log1p",),
    "tanh": ("sin",),
    "zeros": ("ones",),
    "zeros_like": ("ones_like",),
    "ones_like": ("zeros_like",),
    "outer": ("multiply",),
    "repeat": ("tile",),
    "argmax": ("argmin",),
}
AXES = (0, 1, None)
TINY, PART = 1e-3, 1.001


def mutants_of(layer: type) -> list[Mutant]:
    """Return the mutants of a layer's forward and backward."""
    source = inspect.getsource(inspect.getmodule(layer))
    tree = ast.parse(source)
    tree.body = [
        node
        for node in tree.body
        if isinstance(node, ast.Import) or getattr(node, "name", "") == layer.__name__
    ]
    [own] = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    kept = sorted({n.attr for n in ast.walk(own) if _is_kept(n)})
    operators = partial(_variants, kept=kept)
    functions = ("forward", "backward")
    return list(mutants(layer.__name__, ast.unparse(tree), functions, operators))


def _is_kept(node: ast.AST) -> bool:
    """Say whether a node is self.something, which is not a method."""
    own = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    return own and node.value.id == "self"


def _variants(node: ast.AST, function: ast.FunctionDef, *, kept: list[str]) -> Iterator[ast.AST]:
    if isinstance(node, ast.Attribute):
        yield from _of_attribute(node, kept)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield from _of_name(node, function)
    elif isinstance(node, ast.stmt):
        yield from _of_statement(node)
    for kind, operator in OPERATORS.items():
        if isinstance(node, kind):
            yield from operator(node)


def _of_attribute(node: ast.Attribute, kept: list[str]) -> Iterator[ast.AST]:
    """Drop a transpose; of what the layer keeps, put another in its place, or its transpose."""
    if node.attr == "T":
        yield node.value
    elif _is_kept(node) and isinstance(node.ctx, ast.Load):
        others = (name for name in kept if name != node.attr)
        yield from (ast.Attribute(node.value, name, ast.Load()) for name in others)
        yield ast.Attribute(node, "T", ast.Load())


def _of_comparison(node: ast.Compare) -> Iterator[ast.AST]:
    if type(node.ops[0]) in COMPARED:
        others = (op for op in COMPARED if not isinstance(node.ops[0], op))
        yield from (ast.Compare(node.left, [op()], node.comparators) for op in others)


def _of_sign(node: ast.UnaryOp) -> Iterator[ast.AST]:
    yield node.operand


def _of_keyword(node: ast.keyword) -> Iterator[ast.AST]:
    if node.arg == "axis":
        yield from (ast.keyword("axis", ast.Constant(axis)) for axis in AXES)


def _of_operation(node: ast.BinOp) -> Iterator[ast.AST]:
    yield from (ast.BinOp(node.left, op(), node.right) for op in BINARY.get(type(node.op), ()))
    if not isinstance(node.op, ast.Add | ast.Mult):
        yield ast.BinOp(node.right, node.op, node.left)
    yield from (node.left, node.right)


def _of_name(node: ast.Name, function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Put another argument of the function in its place, or its transpose."""
    arguments = [argument.arg for argument in function.args.args[1:]]
    if node.id in arguments:
        yield from (ast.Name(other, ast.Load()) for other in arguments if other != node.id)
        yield ast.Attribute(node, "T", ast.Load())


def _of_call(node: ast.Call) -> Iterator[ast.AST]:
    if isinstance(node.func, ast.Attribute):
        for name in CALLED.get(node.func.attr, ()):
            called = ast.Attribute(node.func.value, name, ast.Load())
            yield ast.Call(called, node.args, node.keywords)
        numpy = isinstance(node.func.value, ast.Name) and node.func.value.id == "np"
        if not numpy:
            yield node.func.value
    yield from node.args[:1]
    if len(node.args) >= 2:
        first, second, *rest = node.args
        yield ast.Call(node.func, [second, first, *rest], node.keywords)
        yield ast.Call(node.func, [first, *reversed([second, *rest])], node.keywords)
    for k in range(len(node.keywords)):
        yield ast.Call(node.func, node.args, node.keywords[:k] + node.keywords[k + 1 :])


def _of_constant(node: ast.Constant) -> Iterator[ast.AST]:
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        changed = (value + 1, value - 1, -value, 0, value * PART, value + TINY)
        yield from (ast.Constant(other) for other in changed)


def _of_index(node: ast.Slice | ast.Subscript) -> Iterator[ast.AST]:
    if isinstance(node, ast.Slice):
        yield ast.Slice(node.lower, None, None)
        yield ast.Slice(None, node.upper, None)
    elif isinstance(node.slice, ast.Tuple):
        yield ast.Subscript(node.value, ast.Tuple(node.slice.elts[::-1], ast.Load()), node.ctx)
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield node.value


def _of_statement(node: ast.stmt) -> Iterator[ast.AST]:
    if isinstance(node, ast.Return) and node.value is not None:
        yield ast.Return(ast.UnaryOp(ast.USub(), node.value))
        if isinstance(node.value, ast.Tuple):
            for k, part in enumerate(node.value.elts):
                for spoilt in (ast.UnaryOp(ast.USub(), part), _times(2, part), _times(0, part)):
                    elements = [*node.value.elts]
                    elements[k] = spoilt
                    yield ast.Return(ast.Tuple(elements, ast.Load()))
        else:
            yield from (ast.Return(_times(factor, node.value)) for factor in (0, 2))
    elif isinstance(node, ast.AugAssign):
        yield ast.Pass()
        operations = BINARY.get(type(node.op), ())
        yield from (ast.AugAssign(node.target, op(), node.value) for op in operations)
        yield ast.Assign([node.target], node.value, lineno=node.lineno)
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
        yield ast.Pass()
        yield ast.AugAssign(node.targets[0], ast.Mult(), node.value)


def _times(factor: int, node: ast.expr) -> ast.expr:
    return ast.BinOp(ast.Constant(factor), ast.Mult(), node)


OPERATORS = {
    ast.BinOp: _of_operation,
    ast.Compare: _of_comparison,
    ast.UnaryOp: _of_sign,
    ast.Call: _of_call,
    ast.keyword: _of_keyword,
    ast.Constant: _of_constant,
    ast.Slice | ast.Subscript: _of_index,
}
"""By the node that they change."""
