"""Arithmetic on shapes: axes, broadcasting and its reverse. Tuples in, tuples out; no arrays."""

from collections.abc import Sequence
from operator import index
from typing import Any

from ..errors import ArgumentTypeError, DimError, ShapeError

Shape = tuple[int, ...]


def normalize_axis(axis: Any, ndim: int, op: str, inserted: int = 0) -> int:
    """`axis` counted from the front; a 0-d tensor accepts 0 and -1, as in PyTorch. `inserted` are dimensions to come."""
    n = max(ndim + inserted, 1)
    try:
        k = index(axis)
    except TypeError:
        raise ArgumentTypeError(f"{op}: dim must be an int, got {axis!r} ({type(axis).__name__})") from None
    if not -n <= k < n:
        raise DimError(
            f"{op}: dimension out of range: got dim {k} for a tensor with {ndim} dimensions, "
            f"expected a value from {-n} to {n - 1}"
        )
    return k % n


def normalize_axes(axes: Any, ndim: int, op: str) -> Shape:
    """A tuple of axes counted from the front, from None (all), an int, or a sequence; repeated ones are an error."""
    if axes is None:
        return tuple(range(ndim))
    if not isinstance(axes, (tuple, list)):
        axes = (axes,)
    found = tuple(normalize_axis(a, ndim, op) for a in axes)
    if len(set(found)) != len(found):
        raise ShapeError(f"{op}: dim {tuple(axes)} names a dimension more than once; name each at most once")
    return found


def broadcast(op: str, *shapes: Sequence[int]) -> Shape:
    """The shape that NumPy and PyTorch broadcast `shapes` to."""
    out: list[int] = [1] * max((len(s) for s in shapes), default=0)
    for s in shapes:
        for k in range(1, len(s) + 1):
            if s[-k] != 1:
                if out[-k] != 1 and out[-k] != s[-k]:
                    given = " and ".join(str(tuple(t)) for t in shapes)
                    raise ShapeError(
                        f"{op}: shapes {given} do not broadcast: dimension {len(out) - k} has {out[-k]} and {s[-k]}; "
                        "sizes must be equal, or one of them 1"
                    )
                out[-k] = s[-k]
    return tuple(out)


def broadcast_axes(shape: Shape, to: Shape) -> tuple[Shape, Shape]:
    """Which axes of `to` a broadcast from `shape` made: those put in front, and those stretched from 1."""
    extra = len(to) - len(shape)
    stretched = tuple(k + extra for k, n in enumerate(shape) if n == 1 and to[k + extra] != 1)
    return tuple(range(extra)), stretched


def infer(shape: Sequence[int], size: int, op: str, given: Sequence[int]) -> Shape:
    """`shape` with its single -1 replaced so that it holds `size` elements."""
    known = 1
    hole = None
    for k, n in enumerate(shape):
        if n == -1:
            if hole is not None:
                raise ShapeError(f"{op}: only one dimension can be inferred, got {tuple(shape)} with several -1")
            hole = k
        elif n < 0:
            raise ShapeError(f"{op}: invalid shape dimension {n} in {tuple(shape)}; use sizes >= 0 and at most one -1")
        else:
            known *= n
    if hole is not None and known and size % known == 0:
        return (*shape[:hole], size // known, *shape[hole + 1 :])
    if hole is not None and known == 0 and size == 0:
        raise ShapeError(f"{op}: cannot infer -1 in {tuple(shape)} for a tensor without elements; name every size")
    if hole is not None or known != size:
        raise ShapeError(f"{op}: shape {tuple(shape)} is invalid for input of size {size} (shape {tuple(given)})")
    return tuple(shape)


def as_shape(sizes: Any, op: str) -> Shape:
    """A shape from `f(2, 3)`, `f((2, 3))` or `f([2, 3])`."""
    if len(sizes) == 1 and not hasattr(sizes[0], "__index__"):
        sizes = sizes[0]
    try:
        return tuple(index(n) for n in sizes)
    except TypeError:
        raise ArgumentTypeError(f"{op}: sizes must be ints, got {sizes!r}") from None


def each_once(strides: Sequence[int], shape: Sequence[int]) -> bool:
    """Whether no two indices of an array of these strides, in whatever unit, lie at one place in memory."""
    reach = 1
    for step, n in sorted(zip(strides, shape, strict=True)):
        if n > 1:
            if step < reach:
                return False
            reach += step * (n - 1)
    return True
