"""A program with a difference, cut down while the difference stays: fewer lines, simpler expressions, smaller shapes."""

from __future__ import annotations

import ast
import copy
import warnings
from collections.abc import Iterator

from .judge import Difference, first_difference
from .known import known

TRIES = 250


def simpler(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in an expression's place."""
    if isinstance(node, ast.Call):
        for k in range(len(node.keywords)):
            yield replaced(node, keywords=node.keywords[:k] + node.keywords[k + 1 :])
        if node.args:
            yield replaced(node, args=node.args[:-1])
            yield from node.args
        if isinstance(node.func, ast.Attribute):
            yield node.func.value
    elif isinstance(node, ast.BinOp):
        yield from (node.left, node.right)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Load):
        yield node.value
    elif isinstance(node, (ast.List, ast.Tuple)) and isinstance(node.ctx, ast.Load):
        for k in range(len(node.elts)):
            yield replaced(node, elts=node.elts[:k] + node.elts[k + 1 :])
    elif isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        for value in (1, 2):
            if abs(node.value) > value:
                yield ast.Constant(value)
    elif isinstance(node, ast.Slice) and (node.lower or node.upper or node.step):
        yield ast.Slice()


def replaced(node: ast.AST, **fields: object) -> ast.AST:
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


def places(tree: ast.AST) -> Iterator[tuple[ast.AST, str, int | None, ast.AST]]:
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            for k, item in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if isinstance(item, ast.expr):
                    yield parent, field, k, item


def rewritten(line: str) -> Iterator[str]:
    """The line with one expression made simpler, in every way."""
    tree = ast.parse(line)
    if isinstance(tree.body[0], ast.With):
        for statement in tree.body[0].body:
            yield ast.unparse(statement)
    for parent, field, k, item in places(tree):
        for other in simpler(item):
            if k is None:
                setattr(parent, field, other)
            else:
                getattr(parent, field)[k] = other
            try:
                yield ast.unparse(ast.fix_missing_locations(tree))
            except (ValueError, AttributeError):
                pass
        if k is None:
            setattr(parent, field, item)
        else:
            getattr(parent, field)[k] = item


class Shrinker:
    def __init__(self, lines: list[str], difference: Difference) -> None:
        self.lines, self.difference, self.left = list(lines), difference, TRIES

    def better(self, lines: list[str]) -> bool:
        """Take a program if it shows a difference of the same kind."""
        self.left -= 1
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = first_difference(lines)
        if found is None or found[1].kind != self.difference.kind:
            return False
        i, difference = found
        if any(name in str(error) for error in (difference.want, difference.got) for name in ("is not defined",)):
            return False
        if known(difference, lines[i]):
            return False
        self.lines, self.difference = lines[: i + 1], difference
        return True

    def drop(self) -> bool:
        changed = False
        for i in reversed(range(len(self.lines) - 1)):
            if self.left > 0 and i < len(self.lines) - 1:
                changed |= self.better(self.lines[:i] + self.lines[i + 1 :])
        return changed

    def simplify(self) -> bool:
        for i in reversed(range(len(self.lines))):
            if i >= len(self.lines):
                continue
            for line in rewritten(self.lines[i]):
                if self.left <= 0:
                    return False
                if len(line) < len(self.lines[i]) and self.better([*self.lines[:i], line, *self.lines[i + 1 :]]):
                    return True
        return False


def shrunk(lines: list[str], difference: Difference) -> tuple[list[str], Difference]:
    shrinker = Shrinker(lines, difference)
    shrinker.drop()
    while shrinker.left > 0 and (shrinker.simplify() or shrinker.drop()):
        pass
    shrinker.left = max(shrinker.left, 40)
    shrinker.drop()
    return shrinker.lines, shrinker.difference
