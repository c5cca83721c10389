"""Writing at an index by name: scatter and its family, index_*, masked_*, put.

Each function returns a copy; the in-place methods are derived from it. A write is `overwrite` (the last value stays) or
`index_add` (values add up), on the indices that `indexing` makes.
"""

import operator
from typing import Any

import numpy as np

from ..core.graph import Traced
from ..core.primitive import cast
from ..core.shapes import broadcast, normalize_axis
from ..core.standin import applied
from ..errors import ArgumentTypeError, DimError, DtypeError, ShapeError
from ..ops import elementwise as ew, index as ix, reduce as rd
from ..ops.index import getitem
from ..ops.shape import broadcast_to, concatenate
from . import shaping
from .declare import constant, function
from .indexing import (
    Index,
    along,
    check_range,
    explained,
    fitted,
    mesh_of,
    number_as,
    place_for,
    raw_index,
    same_dtype,
    steps,
    tensor_argument,
    vector_index,
)
from .parts import diagonal_of, has_dims
from .shaping import ALL


def written(x: Any, index: Index, value: Any) -> Any:
    """A copy of x with `value` at a raw index."""
    return ix.overwrite(x, value, chain=((getitem.primitive, {"index": index}),))


def _at_places(input: Any, places: Index, src: Any, write: Any) -> Any:
    """`write` on a tensor that has dimensions: scatter and its family allow an input without any."""
    src = src if src.ndim else shaping.reshape(src, (1,))
    if input.ndim:
        return write(input, places, src)
    return shaping.reshape(write(shaping.reshape(input, (1,)), places, src), ())


def _source(src: Any, rows: np.ndarray, op: str, input: Any) -> Any:
    """The part of `src` that an index of this shape reads."""
    same_dtype(input, src, op, "src")
    given = src.shape or (1,)
    if len(given) != rows.ndim or any(a > b for a, b in zip(rows.shape, given, strict=True)):
        raise ShapeError(f"{op}: index of shape {rows.shape} reads beyond src of shape {tuple(src.shape)}")
    return src if given == rows.shape else getitem(src, index=tuple(slice(0, n) for n in rows.shape))


@function(inplace=True)
def scatter(input: Any, dim: int, index: Any, src: Any = None, *, value: Any = None, reduce: str | None = None) -> Any:
    """A copy of `input` with `src` (or a number) written where `index` says along `dim`: the reverse of gather.

    `reduce` may be "add" or "multiply". Where an index repeats without it, one of the values is kept.

    `value` is a factor, or what is written.

    >>> import autograd
    >>> autograd.zeros(3).scatter(0, autograd.tensor([2]), 5.0)
    tensor([0., 0., 5.])
    """
    if src is None and value is None:
        raise ArgumentTypeError("scatter: missing src (a tensor) or value (a number)")
    src = value if src is None else src
    _, places, rows = mesh_of(input, dim, index, "scatter")
    if not rows.size:
        return ew.clone(input)
    if isinstance(src, Traced):
        src = _source(src, rows, "scatter", input)
    else:
        src = broadcast_to(filled_with(input, src, "scatter"), shape=rows.shape)
    if reduce is None:
        return _at_places(input, places, src, written)
    if reduce not in ("add", "multiply"):
        raise ShapeError(f"scatter: reduce argument must be 'add' or 'multiply', got {reduce!r}")
    return scatter_reduce(input, dim, index, src, "sum" if reduce == "add" else "prod")


@function(inplace=True)
def scatter_add(input: Any, dim: int, index: Any, src: Any) -> Any:
    """A copy of `input` with `src` added where `index` says along `dim`; places that repeat add up.

    >>> import autograd
    >>> autograd.zeros(2).scatter_add(0, autograd.tensor([1, 1]), autograd.tensor([2.0, 3.0]))
    tensor([0., 5.])
    """
    _, places, rows = mesh_of(input, dim, index, "scatter_add")
    src = tensor_argument(src, "scatter_add", "src")
    if not rows.size:
        return ew.clone(input)
    return _at_places(input, places, _source(src, rows, "scatter_add", input), _added)


def _added(x: Any, index: Index, value: Any) -> Any:
    return ix.index_add(x, value, index=index)


_REDUCTIONS = {
    "sum": (rd.sum, 0),
    "mean": (rd.sum, 0),
    "prod": (rd.prod, 1),
    "amax": (rd.amax, -np.inf),
    "amin": (rd.amin, np.inf),
}


@function(inplace=True, single=True)
def scatter_reduce(input: Any, dim: int, index: Any, src: Any, reduce: str, *, include_self: bool = True) -> Any:
    """A copy of `input` in which every place that `index` names holds a reduction of all values sent to it.

    `reduce` is "sum", "prod", "mean", "amax" or "amin"; the old value takes part if `include_self`.

    `dim` is the dimension along which it is done. `src` has the values.

    >>> import autograd
    >>> x, at = autograd.ones(2), autograd.tensor([0, 0])
    >>> x.scatter_reduce(0, at, autograd.tensor([5.0, 3.0]), "amax")
    tensor([5., 1.])
    """
    if reduce not in _REDUCTIONS:
        raise ShapeError(f"scatter_reduce: reduce argument must be one of {', '.join(_REDUCTIONS)}, got {reduce!r}")
    _, places, rows = mesh_of(input, dim, index, "scatter_reduce")
    src = _source(tensor_argument(src, "scatter_reduce", "src"), rows, "scatter_reduce", input)
    if not rows.size:
        return ew.clone(input)
    if not input.ndim:
        flat = (shaping.reshape(t, (-1,)) for t in (input, index, src))
        own, index, src = flat
        return shaping.reshape(scatter_reduce(own, 0, index, src, reduce, include_self=include_self), ())
    flat = applied(operator.getitem, np.arange(input._data.size).reshape(input.shape), places).reshape(-1)
    return _reduced(input, flat, shaping.ravel(src), reduce, include_self)


def _reduced(input: Any, places: np.ndarray, values: Any, reduce: str, include_self: bool) -> Any:
    """`values` reduced into the flattened `input`: each place gets a column, as long as the most that are sent to one."""
    kind = input.dtype
    if kind.kind == "b":  # as 0 and 1, of which the sum is an or, the product an and
        if reduce == "mean":
            raise DtypeError("scatter_reduce: the mean of dtype bool is not defined; convert the input with .float()")
        input, values = cast(input, dtype=np.dtype(np.int64)), cast(values, dtype=np.dtype(np.int64))
        return cast(_reduced(input, places, values, reduce, include_self), dtype=kind)
    op, neutral = _REDUCTIONS[reduce]
    count = np.bincount(places, minlength=input._data.size)
    order = places.argsort(kind="stable")
    slot = np.empty_like(order)
    first = np.cumsum(count) - count
    slot[order] = np.arange(places.size) - first[places[order]]
    if kind.kind == "f":
        blank = kind.type(neutral)
    else:
        limits = np.iinfo(kind)
        blank = kind.type(limits.min if neutral == -np.inf else limits.max if neutral == np.inf else neutral)
    columns = constant(input, np.full((int(count.max()), count.size), blank, kind))
    columns = written(columns, (slot, places), values)
    own = shaping.reshape(input, (1, -1))
    if not include_self:
        own = ew.where(constant(input, (count == 0)[None]), own, constant(input, blank))
    total = op(concatenate(own, columns, axis=0), axis=0)
    if total.dtype != kind:  # sums and products of integers are wider than what they are written into
        total = cast(total, dtype=kind)
    if reduce == "mean":
        n = np.maximum(count + include_self, 1)

        divide = ew.divide if kind.kind == "f" else ew.floor_divide
        total = divide(total, constant(input, n.astype(kind)))
    return shaping.reshape(total, input.shape)


@function(inplace=True)
def index_add(input: Any, dim: int, index: Any, source: Any, *, alpha: float = 1) -> Any:
    """A copy of `input` with alpha times the slices of `source` added at the places along `dim` that `index` names.

    >>> import autograd
    >>> autograd.zeros(3).index_add(0, autograd.tensor([0, 0]), autograd.tensor([1.0, 2.0]))
    tensor([3., 0., 0.])
    """
    axis, rows, source = _index_and_source(input, dim, index, source, "index_add")
    if alpha != 1:
        source = ew.multiply(source, alpha)
    if not input.ndim:
        return shaping.reshape(_added(shaping.reshape(input, (1,)), (rows,), shaping.reshape(source, (-1,))), ())
    return _added(input, along(axis, rows), source)


@function(inplace=True, single=True)
def index_reduce(input: Any, dim: int, index: Any, source: Any, reduce: str, *, include_self: bool = True) -> Any:
    """A copy of `input` in which every slice along `dim` that `index` names holds a reduction of those of `source` sent there.

    `reduce` is "prod", "mean", "amax" or "amin"; the old slice takes part if `include_self`.

    >>> import autograd
    >>> autograd.ones(2).index_reduce(0, autograd.tensor([0, 0]), autograd.tensor([5.0, 3.0]), "prod")
    tensor([15.,  1.])
    """
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise ShapeError(f"index_reduce: reduce argument must be 'prod', 'mean', 'amax' or 'amin', got {reduce!r}")
    axis, rows, source = _index_and_source(input, dim, index, source, "index_reduce")
    if not input.ndim or not rows.size:
        return scatter_reduce(input, dim, index, source, reduce, include_self=include_self) if rows.size else ew.clone(input)
    shape = (-1, *(1,) * (input.ndim - 1 - axis))
    places = constant(input, np.broadcast_to(rows.reshape(shape), source.shape).copy())
    return scatter_reduce(input, axis, places, source, reduce, include_self=include_self)


@function(inplace=True)
def index_copy(input: Any, dim: int, index: Any, source: Any) -> Any:
    """A copy of `input` with the slices of `source` at the places along `dim` that `index` names.

    >>> import autograd
    >>> autograd.zeros(3).index_copy(0, autograd.tensor([2, 0]), autograd.tensor([1.0, 2.0]))
    tensor([2., 0., 1.])
    """
    axis, rows, source = _index_and_source(input, dim, index, source, "index_copy")
    if not input.ndim:
        return shaping.reshape(written(shaping.reshape(input, (1,)), (rows,), shaping.reshape(source, (-1,))), ())
    return written(input, along(axis, rows), source)


def _index_and_source(input: Any, dim: int, index: Any, source: Any, op: str) -> tuple[int, np.ndarray, Any]:
    source = tensor_argument(source, op, "source")
    same_dtype(input, source, op, "source")
    axis, rows = vector_index(input, dim, index, op, range_error=ShapeError if op == "index_add" else DimError)
    wanted = tuple(input.shape)
    wanted = (*wanted[:axis], rows.size, *wanted[axis + 1 :]) if wanted else ()
    if tuple(source.shape) != wanted:
        if not source.ndim and rows.size == 1 and input.ndim <= 1:
            return axis, rows, shaping.reshape(source, (1,))
        error = DimError if op == "index_copy" else ShapeError
        raise error(
            f"{op}: source has shape {tuple(source.shape)}; for {rows.size} indices along dim {axis} it must be {wanted}"
        )
    return axis, rows, source


@function(inplace=True)
def index_fill(input: Any, dim: int, index: Any, value: Any) -> Any:
    """A copy of `input` with a number at all the places along `dim` that `index` names.

    `value` is a factor, or what is written.

    >>> import autograd
    >>> autograd.zeros(3).index_fill(0, autograd.tensor([0, 2]), 1.0)
    tensor([1., 0., 1.])
    """
    axis, rows = vector_index(input, dim, index, "index_fill")
    value = filled_with(input, value, "index_fill")
    if not input.ndim:
        return value if rows.size else input
    shape = (*input.shape[:axis], rows.size, *input.shape[axis + 1 :])
    return written(input, along(axis, rows), broadcast_to(value, shape=shape))


@function(inplace=True)
def index_put(input: Any, indices: Any, values: Any, accumulate: bool = False) -> Any:
    """A copy of `input` with `values` at `input[indices]` (added there, if `accumulate`).

    >>> import autograd
    >>> i = autograd.tensor([0, 0])
    >>> autograd.zeros(2).index_put((i,), autograd.tensor([1.0, 2.0]), accumulate=True)
    tensor([3., 0.])
    """
    if not isinstance(indices, (tuple, list)):
        raise ArgumentTypeError(f"index_put(): argument 'indices' must be tuple of Tensors, not {type(indices).__name__}")
    values = tensor_argument(values, "index_put", "values")
    same_dtype(input, values, "index_put", "source")
    index = tuple(ALL if i is None else i for i in indices)
    try:
        if not accumulate:
            return assigned(input, values, index, "index_put")
        (step,) = steps(index, input.ndim)
        shape = input._data[step].shape
    except IndexError as error:
        raise explained(error, input, "index_put") from None
    return _added(input, step, fitted(values, shape, "index_put"))


@function(inplace=True)
def put(input: Any, index: Any, source: Any, accumulate: bool = False) -> Any:
    """A copy of `input` with `source` at places of the flattened tensor (added there, if `accumulate`).

    `index` says where.

    >>> import autograd
    >>> autograd.zeros(2, 2).put(autograd.tensor([0, -1]), autograd.tensor([1.0, 2.0]))
    tensor([[1., 0.],
            [0., 2.]])
    """
    places = raw_index(index, "put").reshape(-1)
    source = tensor_argument(source, "put", "source")
    same_dtype(input, source, "put", "source")
    flat = shaping.ravel(input)
    check_range(places, flat.shape[0], "put", DimError, -flat.shape[0])
    if source._data.size != places.size:
        raise DimError(f"put: index has {places.size} elements and source {source._data.size}; they must be as many")
    source = shaping.ravel(source)
    done = _added(flat, (places,), source) if accumulate else written(flat, (places,), source)
    return shaping.reshape(done, input.shape)


@function(inplace=True)
def masked_fill(input: Any, mask: Any, value: Any) -> Any:
    """A number where `mask` is true, the input elsewhere; the two broadcast.

    `value` is a factor, or what is written.

    >>> import autograd
    >>> autograd.ones(3).masked_fill(autograd.tensor([True, False, True]), 7.0)
    tensor([7., 1., 7.])
    """
    where = raw_index(mask, "masked_fill", "b", name="mask")
    shape = input._data.shape
    if where.shape != shape:
        broadcast("masked_fill", shape, where.shape)
    return ew.where(mask, filled_with(input, value, "masked_fill"), input)


@function(inplace=True)
def masked_scatter(input: Any, mask: Any, source: Any) -> Any:
    """The elements of `source`, in order, where `mask` is true; the input elsewhere.

    >>> import autograd
    >>> mask = autograd.tensor([True, False, True]); autograd.zeros(3).masked_scatter(mask, autograd.tensor([1.0, 2.0]))
    tensor([1., 0., 2.])
    """
    where = raw_index(mask, "masked_scatter", "b", name="mask")
    source = tensor_argument(source, "masked_scatter", "source")
    same_dtype(input, source, "masked_scatter", "source")
    shape = broadcast("masked_scatter", input.shape, where.shape)
    where = np.broadcast_to(where, shape)
    n = int(np.count_nonzero(where))
    if n > source._data.size:
        raise ShapeError(f"masked_scatter: mask has {n} true elements, source only {source._data.size}; it needs as many")
    whole = input if input.shape == shape else broadcast_to(input, shape=shape)
    return written(whole, (where,), getitem(shaping.ravel(source), index=(slice(0, n),)))


def assigned(x: Any, value: Any, index: Any, op: str) -> Any:
    """A copy of x with `value` at `x[index]`."""
    chain, _, value = place_for(x, index, value, op)
    return ix.overwrite(x, value, chain=chain)


@function
def select_scatter(input: Any, src: Any, dim: int, index: int) -> Any:
    """A copy of `input` with `src` at `input.select(dim, index)`.

    >>> import autograd
    >>> autograd.zeros(2, 2).select_scatter(autograd.ones(2), 1, 0)
    tensor([[1., 0.],
            [1., 0.]])
    """
    axis = normalize_axis(dim, has_dims(input, "select_scatter"), "select_scatter")
    n = input.shape[axis]
    if not -n <= index < n:
        raise DimError(f"select_scatter: index {index} is out of range for dimension {axis} of size {n}")
    return _replaced(input, src, (ALL,) * axis + (index,), "select_scatter")


@function
def slice_scatter(input: Any, src: Any, dim: int = 0, start: Any = None, end: Any = None, step: int = 1) -> Any:
    """A copy of `input` with `src` at `input[start:end:step]` along `dim`.

    >>> import autograd
    >>> autograd.zeros(4).slice_scatter(autograd.ones(2), 0, 1, 3)
    tensor([0., 1., 1., 0.])
    """
    axis = normalize_axis(dim, has_dims(input, "slice_scatter"), "slice_scatter")
    return _replaced(input, src, (ALL,) * axis + (slice(start, end, step),), "slice_scatter")


def _replaced(input: Any, src: Any, index: Index, op: str) -> Any:
    wanted = input._data[index].shape
    if tensor_argument(src, op, "src").shape != wanted:
        raise ShapeError(f"{op}: expected src to have a size equal to the slice of input: {wanted}, got {tuple(src.shape)}")
    return written(input, index, src if src.dtype == input.dtype else cast(src, dtype=input.dtype))


@function
def diagonal_scatter(input: Any, src: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """A copy of `input` with `src` on the diagonal that `input.diagonal(offset, dim1, dim2)` shows.

    >>> import autograd
    >>> autograd.zeros(2, 2).diagonal_scatter(autograd.ones(2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    part = diagonal_of(input, offset, dim1, dim2, "diagonal_scatter")
    if tensor_argument(src, "diagonal_scatter", "src").shape != part.shape:
        raise ShapeError(
            f"diagonal_scatter: expected src to have a size equal to the slice of input: {tuple(part.shape)}, got "
            f"{tuple(src.shape)}"
        )
    return ix.overwrite(input, src, chain=part._chain[-1:])


def filled_with(input: Any, value: Any, op: str) -> Any:
    """A number, or a tensor without dimensions, as a tensor of the input's dtype."""
    if isinstance(value, Traced):
        if value.ndim:
            raise ShapeError(f"{op}: only supports a 0-dimensional value tensor, got one with {value.ndim} dimension(s)")
        return value if value.dtype == input.dtype else cast(value, dtype=input.dtype)
    if not isinstance(value, (int, float, np.generic)):
        raise ArgumentTypeError(f"{op}(): argument 'value' must be a number or a Tensor, not {type(value).__name__}")
    return constant(input, number_as(value, input.dtype, op))
