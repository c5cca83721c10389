"""Einstein summation, as a composition of permute, reshape, sum and matrix products.

An equation and the shapes of its operands make a plan: a list of steps on a stack of tensors, found once and remembered.
Operands are contracted from left to right, each pair by one batched matrix product: letters that both have and that are
still needed are the batch, letters that both have and that nobody needs any more are summed by the product.
"""

from functools import lru_cache
from math import prod
from typing import Any

from ..core.graph import Traced
from ..errors import ArgumentError, ArgumentTypeError, ShapeError
from ..ops import elementwise as ew, reduce as rd
from ..ops.linalg import matmul
from ..ops.shape import diagonal, reshape, transpose
from .declare import function
from .indexing import tensor_argument
from .linalg import operands

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
Shape = tuple[int, ...]


@function(method=False, checked=False)
def einsum(*args: Any) -> Any:
    """einsum(equation, *tensors): sums of products of tensors, the indices of each operand named by letters.

    "ij,jk->ik" is the matrix product. Letters that the output does not have are summed; a letter that an operand has
    twice takes its diagonal; `...` stands for dimensions that broadcast. Without `->`, the output has the letters that
    occur once, in the alphabet's order. The sublist form einsum(x, [0, 1], y, [1, 2], [0, 2]) is accepted. Raises
    ShapeError for an equation that does not fit the operands.

    >>> import autograd
    >>> x = autograd.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> autograd.einsum("ij,kj->ik", x, x)
    tensor([[ 5., 11.],
            [11., 25.]])
    """
    if len(args) < 2:
        raise ArgumentError("einsum: must be given an equation and at least one operand, or operands and their subscript lists")
    if isinstance(args[0], Traced):
        equation, given = _from_sublists(args)
    else:
        equation = args[0]
        given = list(args[1]) if len(args) == 2 and isinstance(args[1], (list, tuple)) else list(args[1:])
    if not isinstance(equation, str):
        raise ArgumentTypeError(f"einsum: the equation must be a string, got {type(equation).__name__}")
    for k, x in enumerate(given):
        tensor_argument(x, "einsum", f"operands[{k}]")
    stack = given[::-1]
    for step in _plan(equation, tuple([x._data.shape for x in given])):
        step(stack)
    return stack.pop()


def _from_sublists(args: tuple[Any, ...]) -> tuple[str, list[Any]]:
    """The equation and operands of einsum(x, [0, 1], y, [1, 2], [0, 2])."""

    def letters(sublist: Any) -> str:
        if not all(k is Ellipsis or (isinstance(k, int) and 0 <= k < len(LETTERS)) for k in sublist):
            raise ShapeError(f"einsum: subscripts in a list must be ... or ints from 0 to {len(LETTERS) - 1}, got {sublist}")
        return "".join("..." if k is Ellipsis else LETTERS[k] for k in sublist)

    given, rest = list(args[0 : len(args) // 2 * 2 : 2]), args[1::2]
    equation = ",".join(letters(s) for s in rest)
    return (f"{equation}->{letters(args[-1])}" if len(args) % 2 else equation), given


# -- reading the equation ----------------------------------------------------------------------------------------------


def _read(equation: str, shapes: tuple[Shape, ...]) -> tuple[list[list[str]], list[str]]:
    """The names of each operand's dimensions and of the output's; those that `...` stands for begin with a dot."""
    left, arrow, right = equation.replace(" ", "").partition("->")
    if "->" in right:
        raise ShapeError(f"einsum: {equation!r} has more than one ->")
    terms = left.split(",")
    if len(terms) != len(shapes):
        raise ShapeError(f"einsum: {equation!r} names {len(terms)} operands, got {len(shapes)}")
    names = [_names(term, len(shape), equation) for term, shape in zip(terms, shapes, strict=True)]
    dots = max(([n for n in row if n[0] == "."] for row in names), key=len)
    if not arrow:
        every = [n for row in names for n in row if n[0] != "."]
        return names, dots + sorted((n for n in set(every) if every.count(n) == 1), key=_capitals_first)
    output = _names(right, None, equation, dots)
    known = {n for row in names for n in row}
    for n in output:
        if n not in known:
            raise ShapeError(f"einsum: {equation!r}: output subscript {n!r} does not appear in any input")
    if len(set(output)) != len(output):
        raise ShapeError(f"einsum: {equation!r}: an output subscript appears more than once")
    return names, output


def _capitals_first(letter: str) -> tuple[Any, ...]:
    """PyTorch's alphabet."""
    return (letter.islower(), letter)


def _names(term: str, ndim: int | None, equation: str, dots: list[str] | None = None) -> list[str]:
    before, ellipsis, after = term.partition("...")
    for letter in before + after:
        if letter not in LETTERS:
            raise ShapeError(f"einsum: {equation!r}: invalid subscript {letter!r}; subscripts are letters and '...'")
    if ndim is not None:
        missing = ndim - len(before) - len(after)
        if missing < 0 or (missing and not ellipsis):
            named = len(before) + len(after)
            raise ShapeError(f"einsum: {equation!r}: {term!r} names {named} dimensions of an operand that has {ndim}")
        dots = [f".{k}" for k in range(missing - 1, -1, -1)]
    return [*before, *((dots or []) if ellipsis else []), *after]


# -- planning: the steps take tensors from the end of a list and put one back ------------------------------------------


@lru_cache(512)
def _plan(equation: str, shapes: tuple[Shape, ...]) -> tuple[Any, ...]:
    names, output = _read(equation, shapes)
    _check_sizes(equation, names, shapes)
    plan = _Plan()
    have = plan.distinct(names[0], shapes[0])
    for k in range(1, len(names)):
        needed = {*output, *(n for later in names[k + 1 :] for n in later)}
        plan.steps.append(_swap)
        other = plan.distinct(names[k], shapes[k])
        have = plan.pair(have, other, needed)
    have = plan.summed(have, set(output))
    plan.permuted(have, output)
    return tuple(plan.steps)


def _check_sizes(equation: str, names: list[Any], shapes: tuple[Shape, ...]) -> None:
    sizes: dict[str, int] = {}
    for row, shape in zip(names, shapes, strict=True):
        own: dict[str, int] = {}
        for n, size in zip(row, shape, strict=True):
            if own.setdefault(n, size) != size:
                raise ShapeError(f"einsum: {equation!r}: subscript {n!r} is repeated for sizes {own[n]} and {size}")
            if size != 1 and sizes.setdefault(n, size) != size:
                raise ShapeError(f"einsum: {equation!r}: sizes {sizes[n]} and {size} of subscript {n!r} do not broadcast")


def _product(x: Any, y: Any) -> Any:
    """What sums over a letter that two operands have; a product that sums nothing promotes its operands."""
    operands("einsum", self=x, mat2=y)
    return matmul(x, y)


def _swap(stack: list[Any]) -> None:
    stack[-1], stack[-2] = stack[-2], stack[-1]


Sizes = dict[str, int]  # the names of a tensor's dimensions, in order, and their sizes


class _Plan:
    """The steps so far; every method adds some and returns what the tensor on top has then."""

    def __init__(self) -> None:
        self.steps: list[Any] = []

    def on_top(self, operation: Any, **options: Any) -> None:
        """Replace the last tensor by `operation` of it."""

        def step(stack: list[Any]) -> None:
            stack[-1] = operation(stack[-1], **options)

        self.steps.append(step)

    def below(self, plan: "_Plan") -> None:
        """Do the steps of another plan with the tensor before the last."""
        if plan.steps:
            self.steps += [_swap, *plan.steps, _swap]

    def join(self, operation: Any) -> None:
        """Replace the last two tensors by `operation` of them."""

        def step(stack: list[Any]) -> None:
            last = stack.pop()
            stack[-1] = operation(stack[-1], last)

        self.steps.append(step)

    def distinct(self, row: list[str], shape: Shape) -> Sizes:
        """A name that comes twice is a diagonal."""
        row, sizes = list(row), dict(zip(row, shape, strict=True))
        for n in dict.fromkeys(row):
            while row.count(n) > 1:
                a = row.index(n)
                b = row.index(n, a + 1)
                self.on_top(diagonal, offset=0, axis1=a, axis2=b)
                del row[b], row[a]
                row.append(n)
        return {n: sizes[n] for n in row}

    def summed(self, have: Sizes, keep: set[str]) -> Sizes:
        """Without the dimensions that nobody needs."""
        over = tuple(k for k, n in enumerate(have) if n not in keep)
        if over:
            self.on_top(rd.sum, axis=over, keepdims=False)
        return {n: size for n, size in have.items() if n in keep}

    def permuted(self, have: Sizes, names: list[str]) -> Shape:
        row = list(have)
        axes = tuple(row.index(n) for n in names)
        if axes != tuple(range(len(axes))):
            self.on_top(transpose, axes=axes)
        return tuple(have[n] for n in names)

    def shaped(self, now: Shape, shape: Shape) -> None:
        if now != shape:
            self.on_top(reshape, shape=shape)

    def shrunk(self, have: Sizes, names: list[str]) -> Sizes:
        """Summed where the other operand has size 1: the sum stays as a dimension of size 1."""
        over = tuple(k for k, n in enumerate(have) if n in names)
        if over:
            self.on_top(rd.sum, axis=over, keepdims=True)
        return {n: 1 if n in names else size for n, size in have.items()}

    def pair(self, x: Sizes, y: Sizes, needed: set[str]) -> Sizes:
        """The last two tensors (the first operand below the second) as one, over all names that are needed later."""
        below = _Plan()
        x, y = below.summed(x, needed | set(y)), self.summed(y, needed | set(x))
        gone = [n for n in x if n in y and n not in needed]
        stretched = [n for n in gone if x[n] != y[n]]
        x = below.shrunk(x, [n for n in stretched if x[n] != 1])
        y = self.shrunk(y, [n for n in stretched if y[n] != 1])
        batch = [n for n in x if n in y and n in needed]
        rows, columns = [n for n in x if n not in y], [n for n in y if n not in x]
        sizes = {n: max(x.get(n, 1), y.get(n, 1)) if 0 not in (x.get(n, 1), y.get(n, 1)) else 0 for n in batch + rows + columns}
        if not gone:  # nothing is summed: an elementwise product, each operand with ones where it lacks a name
            for plan, have in ((below, x), (self, y)):
                now = plan.permuted(have, [n for n in sizes if n in have])
                plan.shaped(now, tuple(have.get(n, 1) for n in sizes))
            self.below(below)
            self.join(ew.multiply)
            return sizes
        outer_x, outer_y = tuple(x[n] for n in batch), tuple(y[n] for n in batch)
        height, inner, width = (prod(d[n] for n in names) for d, names in ((x, rows), (x, gone), (y, columns)))
        below.shaped(below.permuted(x, batch + rows + gone), (*outer_x, height, inner))
        self.shaped(self.permuted(y, batch + gone + columns), (*outer_y, inner, width))
        self.below(below)
        self.join(_product)
        outer = tuple(sizes[n] for n in batch)
        self.shaped((*outer, height, width), tuple(sizes.values()))
        return sizes
