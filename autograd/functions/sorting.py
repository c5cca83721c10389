"""Order: sort, topk, unique, and binary search. Indices are found outside of the graph; values are gathered in it."""

from typing import Any

import numpy as np

from ..core.graph import Traced
from ..core.shapes import normalize_axis
from ..core.standin import applied
from ..errors import ArgumentTypeError, DimError, DtypeError, ShapeError
from ..ops.elementwise import clone
from ..ops.index import getitem
from .declare import constant, function
from .indexing import along, mesh
from .results import result
from .shaping import ravel

Sorted: Any = result("sort", "values", "indices")
TopK: Any = result("topk", "values", "indices")


def _order(data: np.ndarray, axis: int, descending: bool) -> np.ndarray:
    """The stable order along an axis; NaN counts as the largest."""
    if not descending:
        return data.argsort(axis=axis, kind="stable")
    # Sorting the reversed array and reversing the result keeps ties in their order, with no negation that could overflow.
    found = np.flip(np.flip(data, axis).argsort(axis=axis, kind="stable"), axis)
    return data.shape[axis] - 1 - found


def _picked(input: Any, order: np.ndarray, axis: int) -> Any:
    """The elements of `input` in an order along an axis."""
    return getitem(input, index=mesh(order, axis))


@function
def sort(input: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """The elements along `dim` in order, and the indices that they had: (values, indices). Ties keep their order.

    `descending` begins with the largest. Equal elements keep their order in any case, as `stable` asks.

    >>> import autograd
    >>> values, indices = autograd.tensor([3.0, 1.0, 2.0]).sort(); values, indices
    (tensor([1., 2., 3.]), tensor([1, 2, 0]))
    """
    return Sorted(*_sorted(input, dim, descending, "sort"))


def _sorted(input: Any, dim: int, descending: bool, op: str) -> tuple[Any, ...]:
    axis = normalize_axis(dim, input.ndim, op)
    if not input.ndim:
        return clone(input), constant(input, np.int64(0))
    order = _order(input._data, axis, descending)
    return _picked(input, order, axis), constant(input, order)


@function
def argsort(input: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """The indices that sort the tensor along `dim`.

    `descending` begins with the largest. Equal elements keep their order in any case, as `stable` asks.

    >>> import autograd
    >>> autograd.tensor([3.0, 1.0, 2.0]).argsort()
    tensor([1, 2, 0])
    """
    return _sorted(input.detach(), dim, descending, "argsort")[1]


@function
def msort(input: Any) -> Any:
    """The values sorted along the first dimension.

    >>> import autograd
    >>> autograd.msort(autograd.tensor([[3, 1], [2, 4]]))
    tensor([[2, 1],
            [3, 4]])
    """
    return _sorted(input, 0, False, "msort")[0]


@function
def topk(input: Any, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Any:
    """The k largest (or smallest) elements along `dim` in order, and their indices: (values, indices).

    `sorted` asks for an order that there is in any case.

    >>> import autograd
    >>> autograd.tensor([1.0, 5.0, 3.0]).topk(2).indices
    tensor([1, 2])
    """
    axis = normalize_axis(dim, input.ndim, "topk")
    n = input.shape[axis] if input.ndim else 1
    if input.dtype.kind == "b":
        raise DtypeError("topk: is not defined for dtype bool; convert with .int()")
    if not hasattr(k, "__index__"):
        raise ArgumentTypeError(f"topk(): argument 'k' must be int, not {type(k).__name__}")
    if not 0 <= k <= n:
        raise ShapeError(f"topk: selected index k out of range: k is {k}, dim {axis} of {tuple(input.shape)} has size {n}")
    if not input.ndim:
        return TopK(*_sorted(input, 0, largest, "topk"))
    order = _order(input._data, axis, largest)[(slice(None),) * axis + (slice(0, k),)]
    order = order if order.flags.c_contiguous else order.copy()
    return TopK(_picked(input, order, axis), constant(input, order))


# -- distinct values ---------------------------------------------------------------------------------------------------


@function
def unique(
    input: Any, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The distinct elements (or slices along `dim`) in order; on request where each element went, and how many.

    `sorted` asks for an order that there is in any case. `return_inverse` adds where each element went, `return_counts` how
    often each was there.

    >>> import autograd
    >>> autograd.tensor([2, 1, 2]).unique(return_counts=True)
    (tensor([1, 2]), tensor([1, 2]))
    """
    data = input._array()
    axis = None if dim is None else normalize_axis(dim, data.ndim, "unique")
    if axis is not None and not data.ndim:
        raise DimError("unique: a tensor without dimensions has no dim to compare slices along")
    _, first, inverse, counts = np.unique(data, True, True, True, axis, equal_nan=False)
    shape = data.shape if axis is None else (data.shape[axis],)
    return _answer(_chosen(input, first, axis), inverse.reshape(shape), counts, return_inverse, return_counts)


@function
def unique_consecutive(input: Any, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None) -> Any:
    """The elements (or slices along `dim`) without those equal to the one before.

    `return_inverse` adds where each element went, `return_counts` how often each was there.

    >>> import autograd
    >>> autograd.tensor([1, 1, 2, 1]).unique_consecutive()
    tensor([1, 2, 1])
    """
    data = input._array()
    axis = None if dim is None else normalize_axis(dim, data.ndim, "unique_consecutive")
    rows = data.reshape(-1, 1) if axis is None else np.moveaxis(data, axis, 0).reshape(data.shape[axis], -1)
    fresh = np.ones(len(rows), np.bool_)
    fresh[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    starts = np.flatnonzero(fresh)
    inverse = np.cumsum(fresh) - 1
    counts = np.diff(starts, append=len(rows))
    if axis is None:
        inverse = inverse.reshape(data.shape)
    return _answer(_chosen(input, starts, axis), inverse, counts, return_inverse, return_counts)


def _chosen(input: Any, places: np.ndarray, axis: int | None) -> Any:
    """Elements of the flattened input, or slices along an axis: of equal ones the first, which gets their gradient."""
    return getitem(ravel(input), index=(places,)) if axis is None else getitem(input, index=along(axis, places))


def _answer(found: Any, inverse: np.ndarray, counts: np.ndarray, return_inverse: bool, return_counts: bool) -> Any:
    more = [inverse] * return_inverse + [counts] * return_counts
    return (found, *(constant(found, m) for m in more)) if more else found


# -- binary search -----------------------------------------------------------------------------------------------------


@function(method=False)
def searchsorted(
    sorted_sequence: Any,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Any = None,
) -> Any:
    """For each value the index at which it would go into the sorted last dimension of `sorted_sequence`.

    An equal element stays behind it, or in front if `right` (side="right").

    >>> import autograd
    >>> autograd.searchsorted(autograd.tensor([1, 3, 5]), autograd.tensor([3, 4]))
    tensor([1, 2])
    """
    if side not in (None, "left", "right"):
        raise ShapeError(f"searchsorted: side can only be 'left' or 'right', got {side!r}")
    if side == "left" and right:
        raise ShapeError("searchsorted: side and right can't be set to opposites: side is 'left' and right is True")
    if not isinstance(input, (Traced, int, float)):
        raise ArgumentTypeError(f"searchsorted(): argument 'input' must be Tensor, not {type(input).__name__}")
    edges = sorted_sequence._array()
    values = input._array() if isinstance(input, Traced) else np.asarray(input)
    if not edges.ndim:
        raise ShapeError("searchsorted: sorted_sequence must have at least one dimension")
    if sorter is not None:
        edges = np.take_along_axis(edges, sorter._array(), -1)
    found = applied(_search, edges, values, "right" if right or side == "right" else "left", "searchsorted")
    return constant(sorted_sequence, found.astype(np.int32 if out_int32 else np.int64)[()])


def _search(edges: np.ndarray, values: np.ndarray, side: Any, op: str) -> np.ndarray:
    if edges.ndim == 1:
        return np.asarray(edges.searchsorted(values, side))
    if edges.shape[:-1] != values.shape[:-1]:
        raise ShapeError(
            f"{op}: the first N-1 dimensions of sorted_sequence {edges.shape} and input {values.shape} must match, unless "
            "sorted_sequence is 1-dimensional"
        )
    found = np.empty(values.shape, np.int64)
    for row in np.ndindex(edges.shape[:-1]):
        found[row] = edges[row].searchsorted(values[row], side)
    return found


@function(method=False, checked=False)
def bucketize(input: Any, boundaries: Any, *, out_int32: bool = False, right: bool = False) -> Any:
    """For each value the number of the bucket, between sorted boundaries, that it falls into.

    >>> import autograd
    >>> autograd.bucketize(autograd.tensor([0.5, 1.5, 9.0]), autograd.tensor([1.0, 2.0]))
    tensor([0, 1, 2])
    """
    for name, given in (("input", input), ("boundaries", boundaries)):
        if not isinstance(given, Traced) and (name == "boundaries" or not isinstance(given, (int, float))):
            raise ArgumentTypeError(f"bucketize(): argument '{name}' must be Tensor, not {type(given).__name__}")
    if boundaries.ndim != 1:
        raise ShapeError(f"bucketize: boundaries tensor must be 1-dimensional, got shape {tuple(boundaries.shape)}")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)
