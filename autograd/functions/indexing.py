"""Reading and writing at an index: `x[...]`, gather, scatter and their family.

What an index means is PyTorch's: integers are taken first, so that arrays around them stay neighbours, where NumPy
counts an integer among the arrays. Whatever differs is sorted out here (`steps`); the primitives see raw indices that
mean the same in NumPy.
"""

from functools import lru_cache
from typing import Any

import numpy as np

from ..errors import ArgumentError, ArgumentTypeError, DimError, DtypeError, PerExample, ShapeError
from ..graph import Traced, shares_buffer
from ..ops import elementwise as ew
from ..ops import index as ix
from ..ops import reduce as rd
from ..ops.index import getitem as at
from ..ops.shape import broadcast_to, concatenate
from ..primitive import cast
from ..shapes import broadcast, normalize_axis
from . import shaping
from .declare import constant, function
from .shaping import ALL

Index = tuple[Any, ...]
_ACCEPTED = "integers, slices, ..., None, and integer or bool tensors are"

# -- what an index means -----------------------------------------------------------------------------------------------------


def steps(index: Any, ndim: int) -> list[Index]:
    """`index` as one or two raw indices to be applied one after the other."""
    kind = type(index)
    if kind is not tuple:
        index = tuple(index) if kind is list and _is_tuple_in_disguise(index) else (index,)
    for i in index:  # most indices are raw already
        kind = type(i)
        if kind is slice:
            if i.step is not None or type(i.start) not in _BOUNDS or type(i.stop) not in _BOUNDS:
                break
        elif kind not in _RAW:
            break
    else:
        return [index]
    parts = [i if type(i) is int else _part(i) for i in index]
    if not any(type(i) is np.ndarray for i in parts):
        return [tuple(parts)]
    parts = _without_ellipsis(parts, ndim)
    if not any(type(i) is int or (type(i) is np.ndarray and not i.ndim) for i in parts):
        return [tuple(parts)]
    first: list = []
    second: list = []
    for i in parts:
        if type(i) is int:
            first.append(i)
        elif type(i) is not np.ndarray:
            first.append(i)
            second.append(ALL)
        elif i.ndim:
            first += [ALL] * (i.ndim if i.dtype.kind == "b" else 1)
            second.append(i)
        else:  # a bool without dimensions: a new dimension of which everything or nothing is taken
            first.append(None)
            second.append(i[None])
    return [tuple(first), tuple(second)]


_BOUNDS = (int, type(None))
_RAW = (int, type(None), type(Ellipsis))


def _is_tuple_in_disguise(index: list) -> bool:
    """PyTorch reads a short list that holds anything but numbers as if it were a tuple."""
    return len(index) < 32 and any(
        i is None or i is Ellipsis or isinstance(i, (slice, list, tuple, Traced, np.ndarray)) for i in index
    )


def _part(i: Any) -> Any:
    """One entry of an index, raw: an int, a slice, None, Ellipsis, or an array of integers or bools."""
    if i is None or i is Ellipsis:
        return i
    if isinstance(i, slice):
        if i.step is not None and int(i.step) <= 0:
            raise ArgumentError(f"indexing: step must be greater than zero, got {i.step}; use flip() to reverse")
        return slice(*(b if b is None else int(b.__index__()) for b in (i.start, i.stop, i.step)))
    if isinstance(i, bool):
        return np.array(i)
    if isinstance(i, Traced):
        array = i._data if type(i._data) is np.ndarray else np.asarray(i._data)
    elif isinstance(i, (np.ndarray, list, tuple, range)):
        array = np.array([_element(e) for e in i]) if isinstance(i, (list, tuple)) else np.array(i)
        if not isinstance(i, np.ndarray) and (not array.size or array.dtype.kind == "f"):
            array = array.astype(np.int64)
    elif hasattr(i, "__index__") and not isinstance(i, np.bool_):
        return int(i.__index__())
    else:
        raise DimError(f"indexing: only {_ACCEPTED} valid indices, got {type(i).__name__}")
    if array.dtype == np.uint8:
        array = array.astype(np.bool_)
    if array.dtype.kind not in "iub":
        raise DimError(f"indexing: only {_ACCEPTED} valid indices, got a tensor of dtype {array.dtype}; use .long()")
    return int(array) if not array.ndim and array.dtype.kind != "b" else array


def _element(e: Any) -> Any:
    return e._data if isinstance(e, Traced) else e


def _without_ellipsis(parts: list, ndim: int) -> list:
    """Ellipsis written out: among arrays it must not keep apart what it puts nothing between."""
    if not any(i is Ellipsis for i in parts):
        return parts
    used = 0
    for i in parts:
        if i is not None and i is not Ellipsis:
            used += i.ndim if type(i) is np.ndarray and i.dtype.kind == "b" else 1
    k = next(k for k, i in enumerate(parts) if i is Ellipsis)
    return parts[:k] + [ALL] * (ndim - used) + parts[k + 1 :]


def explained(error: IndexError, x: Any, op: str = "indexing") -> DimError:
    """NumPy's complaint about an index, naming the tensor's shape."""
    return DimError(f"{op}: a tensor of shape {tuple(x.shape)}: {error}")


def read(x: Any, index: Any) -> Any:
    """`x[index]`: a view for integers, slices, None and Ellipsis; a copy where a tensor, a list or a mask chooses."""
    try:
        if type(index) is int:
            return at(x, index=(index,))
        if isinstance(index, Traced):
            rows = index._data
            if rows.ndim and rows.dtype.kind == "i":
                return at(x, index=(rows,))
        for step in steps(index, x._data.ndim):
            x = at(x, index=step)
        return x
    except IndexError as error:
        raise error if isinstance(error, DimError) else explained(error, x) from None
    except PerExample as stop:
        return stop.batched.take_from(x, index)
    return x


def chain_of(index: Any, ndim: int) -> tuple:
    """`index` as the chain of view operations that `ops.index.overwrite` writes through."""
    return tuple((at.primitive, {"index": step}) for step in steps(index, ndim))


# -- checks that the family shares ------------------------------------------------------------------------------------------------


def _raw_index(index: Any, op: str, kinds: str = "i", *, error: type = DtypeError, name: str = "index") -> np.ndarray:
    if not isinstance(index, Traced):
        raise ArgumentTypeError(f"{op}(): argument '{name}' must be Tensor, not {type(index).__name__}")
    data = np.asarray(index._data)
    if data.dtype.kind not in kinds:
        wanted = "int64" if kinds == "i" else "bool"
        raise error(f"{op}: expected dtype {wanted} for {name}, got {data.dtype}")
    return data


def _in_range(index: np.ndarray, size: int, op: str, error: type = ShapeError, low: int = 0) -> None:
    """Raise unless every index is in [low, size): the error names the first that is not."""
    if index.size and (_least(index, axis=None) < low or _largest(index, axis=None) >= size):
        wrong = index[(index < low) | (index >= size)].flat[0]
        raise error(f"{op}: index {wrong} is out of bounds for dimension with size {size}; {low} to {size - 1} is possible")


_least, _largest = np.minimum.reduce, np.maximum.reduce  # half the time of index.min()


def _vector_index(input: Any, dim: int, index: Any, op: str, **how: Any) -> tuple[int, np.ndarray]:
    """The checked (axis, 1-d index) of the index_* family."""
    axis = normalize_axis(dim, input.ndim, op)
    rows = _raw_index(index, op, error=how.get("dtype_error", DtypeError))
    if rows.ndim > 1:
        raise how.get("dim_error", DimError)(f"{op}: index should have dimension 1 or 0, got shape {rows.shape}")
    _in_range(rows, input.shape[axis] if input.ndim else 1, op, how.get("range_error", DimError))
    return axis, rows.reshape(-1)


def _along(axis: int, index: np.ndarray) -> Index:
    """The index that takes `index` along one axis and everything along the others."""
    return (ALL,) * axis + (index,)


def mesh(index: np.ndarray, axis: int) -> Index:
    """The index that takes, at each place of `index`, the element with that coordinate along `axis`."""
    n = index.ndim
    grid: list = [_coordinates(size, n - k - 1) for k, size in enumerate(index.shape)]
    grid[axis] = index
    return tuple(grid)


@lru_cache(256)
def _coordinates(size: int, behind: int) -> np.ndarray:
    """0, 1, ... along an axis that has so many axes behind it."""
    return np.arange(size).reshape((-1,) + (1,) * behind)


def _mesh_of(input: Any, dim: int, index: Any, op: str, error: type = ShapeError) -> tuple[int, Index, np.ndarray]:
    """Checks shared by gather and scatter: the axis, the full index, and the raw index."""
    n = input.ndim
    axis = normalize_axis(dim, n, op)
    rows = _raw_index(index, op)
    shape = input.shape
    if rows.size == 0:
        return axis, (), rows
    if max(rows.ndim, 1) != max(n, 1):
        raise ShapeError(f"{op}: index has shape {rows.shape}, input {tuple(shape)}; they need as many dimensions")
    if not n:
        _in_range(rows, 1, op, error)
        return axis, (rows.reshape(-1),), rows
    for k, (a, b) in enumerate(zip(rows.shape, shape or (1,), strict=False)):
        if k != axis and a > b:
            raise ShapeError(
                f"{op}: size of index {rows.shape} must not exceed input's {tuple(shape)} in any dimension but {axis}"
            )
    _in_range(rows, (shape or (1,))[axis], op, error)
    return axis, mesh(rows, axis), rows


def _same_dtype(input: Any, other: Any, op: str, name: str) -> None:
    if other.dtype != input.dtype:
        raise DtypeError(f"{op}: expected self.dtype to be equal to {name}.dtype, got {input.dtype} and {other.dtype}")


def _tensor(value: Any, op: str, name: str) -> Any:
    if not isinstance(value, Traced):
        raise ArgumentTypeError(f"{op}(): argument '{name}' must be Tensor, not {type(value).__name__}")
    return value


def filled_with(input: Any, value: Any, op: str) -> Any:
    """A number, or a tensor without dimensions, as a tensor of the input's dtype."""
    if isinstance(value, Traced):
        if value.ndim:
            raise ShapeError(f"{op}: only supports a 0-dimensional value tensor, got one with {value.ndim} dimension(s)")
        return value if value.dtype == input.dtype else cast(value, dtype=input.dtype)
    if not isinstance(value, (int, float, np.generic)):
        raise ArgumentTypeError(f"{op}(): argument 'value' must be a number or a Tensor, not {type(value).__name__}")
    return constant(input, _number(value, input.dtype, op))


def _number(value: Any, dtype: np.dtype, op: str) -> Any:
    """A Python number in a dtype: a fraction is cut off, and a number that the dtype cannot hold is an error."""
    if dtype.kind not in "iu":
        return dtype.type(value)
    limits = np.iinfo(dtype)
    if not -int(limits.max) - 1 <= value <= int(limits.max):
        raise DtypeError(f"{op}: value {value} cannot be converted to type {dtype} without overflow")
    return np.asarray(int(value)).astype(dtype)[()]


# -- reading --------------------------------------------------------------------------------------------------------------------------


@function
def gather(input: Any, dim: int, index: Any, *, sparse_grad: bool = False) -> Any:
    """The elements of `input` that `index` names along `dim`: out[i][j] = input[i][index[i][j]] for dim=1.

    Raises ShapeError for an index out of range, or larger than the input in another dimension.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]]).gather(1, autograd.tensor([[0, 0], [1, 0]]))
    tensor([[1, 1],
            [4, 3]])
    """
    _, places, rows = _mesh_of(input, dim, index, "gather")
    if not rows.size:
        return shaping.reshape(at(shaping.ravel(input), index=(rows.reshape(-1),)), rows.shape)
    return at(input, index=places) if input.ndim else shaping.reshape(at(shaping.ravel(input), index=places), rows.shape)


@function
def take_along_dim(input: Any, indices: Any, dim: Any = None) -> Any:
    """`gather` with the other dimensions broadcast; without `dim`, elements of the flattened tensor."""
    rows = _raw_index(indices, "take_along_dim", name="indices")
    if dim is None:
        return gather(shaping.ravel(input), 0, constant(input, rows.reshape(-1)))
    axis = normalize_axis(dim, input.ndim, "take_along_dim")
    if rows.ndim != input.ndim:
        raise ShapeError(f"take_along_dim: indices have shape {rows.shape}, input {tuple(input.shape)}; need as many dimensions")
    _in_range(rows, input.shape[axis], "take_along_dim", low=-input.shape[axis])
    own, theirs = list(input.shape), list(rows.shape)
    own[axis] = theirs[axis] = 1
    shape = list(broadcast("take_along_dim", own, theirs))
    whole = shaping.broadcast_to(input, (*shape[:axis], input.shape[axis], *shape[axis + 1 :]))
    rows = np.broadcast_to(rows, (*shape[:axis], rows.shape[axis], *shape[axis + 1 :]))
    return at(whole, index=mesh(rows, axis))


@function
def index_select(input: Any, dim: int, index: Any) -> Any:
    """The slices of `input` along `dim` that the vector `index` names.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]]).index_select(1, autograd.tensor([1, 1]))
    tensor([[2, 2],
            [4, 4]])
    """
    axis, rows = _vector_index(input, dim, index, "index_select")
    if not input.ndim:
        return shaping.reshape(at(shaping.reshape(input, (1,)), index=(rows,)), ())
    return at(input, index=_along(axis, rows))


@function
def take(input: Any, index: Any) -> Any:
    """Elements of the flattened tensor, in the shape of `index`; negative ones count from the end."""
    places = _raw_index(index, "take")
    flat = shaping.ravel(input)
    _in_range(places, flat.shape[0], "take", DimError, -flat.shape[0])
    return shaping.reshape(at(flat, index=(places.reshape(-1),)), places.shape)


@function
def masked_select(input: Any, mask: Any) -> Any:
    """The elements where `mask` is true, as a vector; the two broadcast.

    >>> import autograd
    >>> x = autograd.tensor([1.0, -2.0, 3.0]); x.masked_select(x > 0)
    tensor([1., 3.])
    """
    where = _raw_index(mask, "masked_select", "b", name="mask")
    shape = broadcast("masked_select", input.shape, where.shape)
    whole = input if input.shape == shape else broadcast_to(input, shape=shape)
    where = np.broadcast_to(where, shape)
    return at(whole, index=(where,)) if shape else at(shaping.reshape(whole, (1,)), index=(where.reshape(1),))


@function
def nonzero(input: Any, *, as_tuple: bool = False) -> Any:
    """The indices of the elements that are not zero: one row for each, or a tuple of one tensor per dimension.

    >>> import autograd
    >>> autograd.tensor([[0, 1], [2, 0]]).nonzero()
    tensor([[0, 1],
            [1, 0]])
    """
    data = np.asarray(input._data)
    if as_tuple:
        return tuple(constant(input, k) for k in np.nonzero(data.reshape(-1) if not data.ndim else data))
    return argwhere(input)


@function
def argwhere(input: Any) -> Any:
    """The indices of the elements that are not zero, one row for each."""
    return constant(input, np.argwhere(np.asarray(input._data)).astype(np.int64))


# -- writing: each returns a copy; the in-place forms derive from these ---------------------------------------------------------------


def written(x: Any, index: Index, value: Any) -> Any:
    """A copy of x with `value` at a raw index."""
    return ix.overwrite(x, value, chain=((at.primitive, {"index": index}),))


def _at_places(input: Any, places: Index, src: Any, write: Any) -> Any:
    """`write` on a tensor that has dimensions: scatter and its family allow an input without any."""
    if input.ndim:
        return write(input, places, src)
    return shaping.reshape(write(shaping.reshape(input, (1,)), places, shaping.reshape(src, (-1,))), ())


def _source(src: Any, rows: np.ndarray, op: str, input: Any) -> Any:
    """The part of `src` that an index of this shape reads."""
    _same_dtype(input, src, op, "src")
    if max(src.ndim, 1) != max(rows.ndim, 1) or any(a > b for a, b in zip(rows.shape, src.shape, strict=False)):
        raise ShapeError(f"{op}: index of shape {rows.shape} reads beyond src of shape {tuple(src.shape)}")
    if src.shape == rows.shape:
        return src
    return at(src, index=tuple(slice(0, n) for n in rows.shape)) if src.ndim else src


@function(inplace=True)
def scatter(input: Any, dim: int, index: Any, src: Any = None, *, value: Any = None, reduce: str | None = None) -> Any:
    """A copy of `input` with `src` (or a number) written where `index` says along `dim`: the reverse of gather.

    `reduce` may be "add" or "multiply". Where an index repeats without it, one of the values is kept.

    >>> import autograd
    >>> autograd.zeros(3).scatter(0, autograd.tensor([2]), 5.0)
    tensor([0., 0., 5.])
    """
    if src is None and value is None:
        raise ArgumentTypeError("scatter: missing src (a tensor) or value (a number)")
    src = value if src is None else src
    _, places, rows = _mesh_of(input, dim, index, "scatter")
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
    _, places, rows = _mesh_of(input, dim, index, "scatter_add")
    src = _tensor(src, "scatter_add", "src")
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


@function(inplace=True)
def scatter_reduce(input: Any, dim: int, index: Any, src: Any, reduce: str, *, include_self: bool = True) -> Any:
    """A copy of `input` in which every place that `index` names holds a reduction of all values sent to it.

    `reduce` is "sum", "prod", "mean", "amax" or "amin"; the old value takes part if `include_self`.

    >>> import autograd
    >>> x, at = autograd.ones(2), autograd.tensor([0, 0])
    >>> x.scatter_reduce(0, at, autograd.tensor([5.0, 3.0]), "amax")
    tensor([5., 1.])
    """
    if reduce not in _REDUCTIONS:
        raise ShapeError(f"scatter_reduce: reduce argument must be one of {', '.join(_REDUCTIONS)}, got {reduce!r}")
    _, places, rows = _mesh_of(input, dim, index, "scatter_reduce")
    src = _source(_tensor(src, "scatter_reduce", "src"), rows, "scatter_reduce", input)
    if not rows.size:
        return ew.clone(input)
    if not input.ndim:
        flat = scatter_reduce(shaping.reshape(input, (1,)), 0, shaping.reshape(index, (-1,)), shaping.reshape(src, (-1,)), reduce,
                              include_self=include_self)  # fmt: skip
        return shaping.reshape(flat, ())
    flat = np.arange(input._data.size).reshape(input.shape)[places].reshape(-1)
    return _reduced(input, flat, shaping.ravel(src), reduce, include_self)


def _reduced(input: Any, places: np.ndarray, values: Any, reduce: str, include_self: bool) -> Any:
    """`values` reduced into the flattened `input`: each place gets a column, as long as the most that are sent to one."""
    op, neutral = _REDUCTIONS[reduce]
    count = np.bincount(places, minlength=input._data.size)
    order = places.argsort(kind="stable")
    slot = np.empty_like(order)
    first = np.concatenate(([0], np.cumsum(count)[:-1]))
    slot[order] = np.arange(places.size) - first[places[order]]
    kind = input.dtype
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
    if reduce == "mean":
        n = np.maximum(count + include_self, 1)
        total = ew.divide(total, constant(input, n.astype(kind))) if kind.kind == "f" else ew.floor_divide(total, constant(input, n))
    return shaping.reshape(total, input.shape)


@function(inplace=True)
def index_add(input: Any, dim: int, index: Any, source: Any, *, alpha: float = 1) -> Any:
    """A copy of `input` with alpha times the slices of `source` added at the places along `dim` that `index` names."""
    axis, rows, source = _index_and_source(input, dim, index, source, "index_add")
    if alpha != 1:
        source = ew.multiply(source, alpha)
    if not input.ndim:
        return shaping.reshape(_added(shaping.reshape(input, (1,)), (rows,), shaping.reshape(source, (-1,))), ())
    return _added(input, _along(axis, rows), source)


@function(inplace=True)
def index_copy(input: Any, dim: int, index: Any, source: Any) -> Any:
    """A copy of `input` with the slices of `source` at the places along `dim` that `index` names."""
    axis, rows, source = _index_and_source(input, dim, index, source, "index_copy")
    if not input.ndim:
        return shaping.reshape(written(shaping.reshape(input, (1,)), (rows,), shaping.reshape(source, (-1,))), ())
    return written(input, _along(axis, rows), source)


def _index_and_source(input: Any, dim: int, index: Any, source: Any, op: str) -> tuple[int, np.ndarray, Any]:
    source = _tensor(source, op, "source")
    _same_dtype(input, source, op, "source")
    axis, rows = _vector_index(input, dim, index, op, range_error=ShapeError if op == "index_add" else DimError)
    wanted = tuple(input.shape)
    wanted = (*wanted[:axis], rows.size, *wanted[axis + 1 :]) if wanted else ()
    if tuple(source.shape) != wanted:
        if not source.ndim and rows.size == 1 and input.ndim <= 1:
            return axis, rows, shaping.reshape(source, (1,))
        error = DimError if op == "index_copy" else ShapeError
        raise error(f"{op}: source has shape {tuple(source.shape)}; for {rows.size} indices along dimension {axis} it must be {wanted}")
    return axis, rows, source


@function(inplace=True)
def index_fill(input: Any, dim: int, index: Any, value: Any) -> Any:
    """A copy of `input` with a number at all the places along `dim` that `index` names."""
    axis, rows = _vector_index(input, dim, index, "index_fill")
    value = filled_with(input, value, "index_fill")
    if not input.ndim:
        return value if rows.size else input
    shape = (*input.shape[:axis], rows.size, *input.shape[axis + 1 :])
    return written(input, _along(axis, rows), broadcast_to(value, shape=shape))


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
    values = _tensor(values, "index_put", "values")
    _same_dtype(input, values, "index_put", "source")
    index = tuple(ALL if i is None else i for i in indices)
    try:
        if not accumulate:
            return assigned(input, values, index, "index_put")
        (step,) = steps(index, input.ndim)
        shape = input._data[step].shape
    except IndexError as error:
        raise explained(error, input, "index_put") from None
    return _added(input, step, _fitted(values, shape, "index_put"))


@function(inplace=True)
def put(input: Any, index: Any, source: Any, accumulate: bool = False) -> Any:
    """A copy of `input` with `source` at places of the flattened tensor (added there, if `accumulate`)."""
    places = _raw_index(index, "put").reshape(-1)
    source = _tensor(source, "put", "source")
    _same_dtype(input, source, "put", "source")
    flat = shaping.ravel(input)
    _in_range(places, flat.shape[0], "put", DimError, -flat.shape[0])
    if source._data.size != places.size:
        raise DimError(f"put: index has {places.size} elements and source {source._data.size}; they must be as many")
    source = shaping.ravel(source)
    done = _added(flat, (places,), source) if accumulate else written(flat, (places,), source)
    return shaping.reshape(done, input.shape)


@function(inplace=True)
def masked_fill(input: Any, mask: Any, value: Any) -> Any:
    """A number where `mask` is true, the input elsewhere; the two broadcast.

    >>> import autograd
    >>> autograd.ones(3).masked_fill(autograd.tensor([True, False, True]), 7.0)
    tensor([7., 1., 7.])
    """
    where = _raw_index(mask, "masked_fill", "b", name="mask")
    shape = input._data.shape
    if where.shape != shape:
        broadcast("masked_fill", shape, where.shape)
    return ew.where(mask, filled_with(input, value, "masked_fill"), input)


@function(inplace=True)
def masked_scatter(input: Any, mask: Any, source: Any) -> Any:
    """The elements of `source`, in order, where `mask` is true; the input elsewhere."""
    where = _raw_index(mask, "masked_scatter", "b", name="mask")
    source = _tensor(source, "masked_scatter", "source")
    _same_dtype(input, source, "masked_scatter", "source")
    shape = broadcast("masked_scatter", input.shape, where.shape)
    where = np.broadcast_to(where, shape)
    n = int(np.count_nonzero(where))
    if n > source._data.size:
        raise ShapeError(f"masked_scatter: mask has {n} true elements, source only {source._data.size}; it needs as many")
    whole = input if input.shape == shape else broadcast_to(input, shape=shape)
    return written(whole, (where,), at(shaping.ravel(source), index=(slice(0, n),)))


def _fitted(value: Any, shape: tuple, op: str) -> Any:
    """`value` broadcast to the shape that an index selects; ones in front are dropped, as PyTorch does."""
    given = value.shape
    if given == shape:
        return value
    extra = len(given) - len(shape)
    if extra > 0 and given[:extra] == (1,) * extra:
        value = shaping.reshape(value, given[extra:])
    try:
        return shaping.broadcast_to(value, shape)
    except ShapeError:
        raise ShapeError(
            f"{op}: shape mismatch: value tensor of shape {tuple(given)} cannot be broadcast to indexing result of shape "
            f"{tuple(shape)}"
        ) from None


def place_for(x: Any, index: Any, value: Any, op: str) -> tuple[tuple, np.ndarray, Any]:
    """Where `x[index]` is: as the chain of views that `ops.index.write` takes, and as the array of which memory is written;
    and `value` broadcast to its shape."""
    try:
        chain = chain_of(index, x.ndim)
        part = x._data
        for _, options in chain:
            part = part[options["index"]]
    except IndexError as error:
        raise error if isinstance(error, DimError) else explained(error, x, op) from None
    return chain, part if shares_buffer(part, x._data) else x._data, _fitted(value, part.shape, op)


def value_for(x: Any, value: Any, op: str) -> Any:
    """What is to be written into x, as a tensor of its dtype: from a tensor, a number or an array."""
    if isinstance(value, Traced):
        return value if value.dtype == x.dtype else cast(value, dtype=x.dtype)
    if not isinstance(value, (int, float, np.generic, np.ndarray)):
        raise ArgumentTypeError(f"{op}: can't assign a {type(value).__name__}; give a number or a tensor")
    return constant(x, np.asarray(value).astype(x.dtype))


def assigned(x: Any, value: Any, index: Any, op: str) -> Any:
    """A copy of x with `value` at `x[index]`."""
    chain, _, value = place_for(x, index, value, op)
    return ix.overwrite(x, value, chain=chain)


@function
def select_scatter(input: Any, src: Any, dim: int, index: int) -> Any:
    """A copy of `input` with `src` at `input.select(dim, index)`."""
    axis = normalize_axis(dim, shaping.has_dims(input, "select_scatter"), "select_scatter")
    n = input.shape[axis]
    if not -n <= index < n:
        raise DimError(f"select_scatter: index {index} is out of range for dimension {axis} of size {n}")
    return _replaced(input, src, (ALL,) * axis + (index,), "select_scatter")


@function
def slice_scatter(input: Any, src: Any, dim: int = 0, start: Any = None, end: Any = None, step: int = 1) -> Any:
    """A copy of `input` with `src` at `input[start:end:step]` along `dim`."""
    axis = normalize_axis(dim, shaping.has_dims(input, "slice_scatter"), "slice_scatter")
    return _replaced(input, src, (ALL,) * axis + (slice(start, end, step),), "slice_scatter")


def _replaced(input: Any, src: Any, index: Index, op: str) -> Any:
    wanted = input._data[index].shape
    if _tensor(src, op, "src").shape != wanted:
        raise ShapeError(f"{op}: expected src to have a size equal to the slice of input: {wanted}, got {tuple(src.shape)}")
    return written(input, index, src if src.dtype == input.dtype else cast(src, dtype=input.dtype))


@function
def diagonal_scatter(input: Any, src: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """A copy of `input` with `src` on the diagonal that `input.diagonal(offset, dim1, dim2)` shows."""
    part = shaping.diagonal_of(input, offset, dim1, dim2, "diagonal_scatter")
    if _tensor(src, "diagonal_scatter", "src").shape != part.shape:
        raise ShapeError(
            f"diagonal_scatter: expected src to have a size equal to the slice of input: {tuple(part.shape)}, got {tuple(src.shape)}"
        )
    return ix.overwrite(input, src, chain=part._chain[-1:])
