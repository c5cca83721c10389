"""Einstein summation, as a composition of permute, reshape, sum and matrix products.

Operands are contracted from left to right, each pair by one batched matrix product: letters that both have and that
are still needed are the batch, letters that both have and that nobody needs any more are summed by the product.
"""

from math import prod
from typing import Any

from ..errors import ArgumentError, ArgumentTypeError, ShapeError
from ..graph import Traced
from ..ops import elementwise as ew
from ..ops import reduce as rd
from ..ops.linalg import matmul
from ..ops.shape import diagonal, reshape, transpose
from .declare import function
from .linalg import operands

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


@function(method=False, checked=False)
def einsum(*args: Any) -> Any:
    """einsum(equation, *tensors): sums of products of tensors, the indices of each operand named by letters: "ij,jk->ik" is the matrix product.

    Letters that the output does not have are summed; a letter that an operand has twice takes its diagonal; `...`
    stands for dimensions that broadcast. Without `->`, the output has the letters that occur once, in the alphabet's
    order. The sublist form einsum(x, [0, 1], y, [1, 2], [0, 2]) is accepted. Raises ShapeError for an equation that does
    not fit the operands.

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
    operands("einsum", **{f"operands[{k}]": x for k, x in enumerate(given)})
    names, output = _read(equation, given)
    return _contract_all(given, names, output)


def _from_sublists(args: tuple) -> tuple[str, list]:
    """The equation and operands of einsum(x, [0, 1], y, [1, 2], [0, 2])."""

    def letters(sublist: Any) -> str:
        if not all(k is Ellipsis or (isinstance(k, int) and 0 <= k < len(LETTERS)) for k in sublist):
            raise ShapeError(f"einsum: subscripts in a list must be ... or ints from 0 to {len(LETTERS) - 1}, got {sublist}")
        return "".join("..." if k is Ellipsis else LETTERS[k] for k in sublist)

    given, rest = list(args[0 : len(args) // 2 * 2 : 2]), args[1::2]
    equation = ",".join(letters(s) for s in rest)
    return (f"{equation}->{letters(args[-1])}" if len(args) % 2 else equation), given


def _capitals_first(letter: str) -> tuple:
    """PyTorch's alphabet."""
    return (letter.islower(), letter)


def _read(equation: str, given: list) -> tuple[list[list[str]], list[str]]:
    """The names of each operand's dimensions and of the output's; those that `...` stands for are numbers."""
    text = equation.replace(" ", "")
    left, arrow, right = text.partition("->")
    if "->" in right:
        raise ShapeError(f"einsum: {equation!r} has more than one ->")
    terms = left.split(",")
    if len(terms) != len(given):
        raise ShapeError(f"einsum: {equation!r} names {len(terms)} operands, got {len(given)}")
    names = [_names(term, x.ndim, equation) for term, x in zip(terms, given, strict=True)]
    around = max((sum(n[0] == "." for n in row) for row in names), default=0)
    dots = [f".{k}" for k in range(around - 1, -1, -1)]
    if arrow:
        output = _names(right, None, equation, dots)
        known = {n for row in names for n in row}
        for n in output:
            if n not in known:
                raise ShapeError(f"einsum: {equation!r}: output subscript {n!r} does not appear in any input")
        if len(set(output)) != len(output):
            raise ShapeError(f"einsum: {equation!r}: an output subscript appears more than once")
    else:
        every = [n for row in names for n in row if n[0] != "."]
        output = dots + sorted((n for n in set(every) if every.count(n) == 1), key=_capitals_first)
    return names, output


def _names(term: str, ndim: int | None, equation: str, dots: list[str] | None = None) -> list[str]:
    before, ellipsis, after = term.partition("...")
    for letter in before + after:
        if letter not in LETTERS:
            raise ShapeError(f"einsum: {equation!r}: invalid subscript {letter!r}; subscripts are letters and '...'")
    if ndim is not None:
        missing = ndim - len(before) - len(after)
        if missing < 0 or (missing and not ellipsis):
            raise ShapeError(f"einsum: {equation!r}: {term!r} names {len(before) + len(after)} dimensions of an operand with {ndim}")
        dots = [f".{k}" for k in range(missing - 1, -1, -1)]
    return [*before, *((dots or []) if ellipsis else []), *after]


def _contract_all(given: list, names: list[list[str]], output: list[str]) -> Any:
    sizes: dict[str, int] = {}
    for x, row in zip(given, names, strict=True):
        for n, size in zip(row, x.shape, strict=True):
            if sizes.get(n, 1) != 1 and size not in (1, sizes[n]):
                raise ShapeError(f"einsum: subscript {n!r} has size {size} for one operand, which does not broadcast with {sizes[n]}")
            if size != 1:
                sizes[n] = size
    terms = [_distinct(x, row) for x, row in zip(given, names, strict=True)]
    result, have = terms[0]
    for k, (x, row) in enumerate(terms[1:], 1):
        needed = {*output, *(n for _, later in terms[k + 1 :] for n in later)}
        result, have = _pair(result, have, x, row, needed)
    result, have = _summed(result, have, set(output))
    return _permuted(result, tuple(have.index(n) for n in output))


def _permuted(x: Any, axes: tuple) -> Any:
    return x if axes == tuple(range(len(axes))) else transpose(x, axes=axes)


def _distinct(x: Any, row: list[str]) -> tuple[Any, list[str]]:
    """An operand whose names are all different: a name that comes twice is a diagonal."""
    row = list(row)
    for n in dict.fromkeys(row):
        while row.count(n) > 1:
            a = row.index(n)
            b = row.index(n, a + 1)
            if x.shape[a] != x.shape[b]:
                raise ShapeError(f"einsum: subscript {n!r} is repeated for sizes {x.shape[a]} and {x.shape[b]}, which differ")
            x = diagonal(x, offset=0, axis1=a, axis2=b)
            del row[b], row[a]
            row.append(n)
    return x, row


def _summed(x: Any, row: list[str], keep: set[str]) -> tuple[Any, list[str]]:
    """x without the dimensions that nobody needs."""
    over = tuple(k for k, n in enumerate(row) if n not in keep)
    if not over:
        return x, row
    return rd.sum(x, axis=over, keepdims=False), [n for n in row if n in keep]


def _pair(x: Any, a: list[str], y: Any, b: list[str], needed: set[str]) -> tuple[Any, list[str]]:
    """Two operands as one, over all names that are needed later."""
    x, a = _summed(x, a, needed | set(b))
    y, b = _summed(y, b, needed | set(a))
    size_x, size_y = dict(zip(a, x.shape, strict=True)), dict(zip(b, y.shape, strict=True))
    gone = [n for n in a if n in size_y and n not in needed]
    stretched = [n for n in gone if size_x[n] != size_y[n]]
    if stretched:  # one of the two has size 1 there: it is summed where it is long
        x, a = _shrunk(x, a, [n for n in stretched if size_x[n] != 1])
        y, b = _shrunk(y, b, [n for n in stretched if size_y[n] != 1])
    batch = [n for n in a if n in size_y and n in needed]
    rows = [n for n in a if n not in size_y]
    columns = [n for n in b if n not in size_x]
    if not gone:
        return _product(x, a, y, b, batch + rows + columns)
    left = _permuted(x, tuple(a.index(n) for n in batch + rows + gone))
    right = _permuted(y, tuple(b.index(n) for n in batch + gone + columns))
    nb, ng = len(batch), len(gone)
    inner, heights, widths = left.shape[nb + len(rows) :], left.shape[nb : nb + len(rows)], right.shape[nb + ng :]
    left = _shaped(left, (*left.shape[:nb], prod(heights), prod(inner)))
    right = _shaped(right, (*right.shape[:nb], prod(inner), prod(widths)))
    both = matmul(left, right)
    return _shaped(both, (*both.shape[:-2], *heights, *widths)), batch + rows + columns


def _shaped(x: Any, shape: tuple) -> Any:
    return x if x.shape == shape else reshape(x, shape=shape)


def _shrunk(x: Any, row: list[str], names: list[str]) -> tuple[Any, list[str]]:
    over = tuple(row.index(n) for n in names)
    return (rd.sum(x, axis=over, keepdims=True) if over else x), row


def _product(x: Any, a: list[str], y: Any, b: list[str], names: list[str]) -> tuple[Any, list[str]]:
    """Nothing is summed: an elementwise product, each operand with ones where it lacks a name."""

    def laid_out(v: Any, row: list[str]) -> Any:
        v = _permuted(v, tuple(row.index(n) for n in names if n in row))
        sizes = iter(v.shape)
        return _shaped(v, tuple(next(sizes) if n in row else 1 for n in names))

    return ew.multiply(laid_out(x, a), laid_out(y, b)), names
