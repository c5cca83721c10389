"""Reading and writing at an index: `x[...]`, gather, scatter and their family.

What an index means is PyTorch's, and where that is not what NumPy means, the difference is sorted out here (`steps`):
integers and tensors without dimensions are taken first, so that arrays around them stay neighbours, where NumPy counts
them among the arrays; an Ellipsis that stands for nothing does not part arrays; a short list that holds anything but
numbers is a tuple; bytes are a mask; a negative step is an error. The primitives see raw indices that mean the same in
NumPy, and one element of a tensor is a view, too.
"""

from functools import lru_cache
from typing import Any

import numpy as np

from ..core.dtypes import holds
from ..core.graph import Traced, shares_buffer
from ..core.primitive import cast
from ..core.shapes import broadcast, normalize_axis
from ..core.standin import ARRAY, ARRAYS
from ..errors import ArgumentError, ArgumentTypeError, DimError, DtypeError, PerExample, ShapeError
from ..ops.index import getitem as at, is_basic
from ..ops.shape import broadcast_to
from . import shaping
from .declare import constant, function
from .shaping import ALL

Index = tuple[Any, ...]
_ACCEPTED = "integers, slices, ..., None, and integer or bool tensors are"

# -- what an index means -----------------------------------------------------------------------------------------------


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
    if not any(type(i) in ARRAYS for i in parts):
        return [tuple(parts)]
    parts = _without_ellipsis(parts, ndim)
    if not any(type(i) is int or (type(i) in ARRAYS and not i.ndim) for i in parts):
        return [tuple(parts)]
    first: list[Any] = []
    second: list[Any] = []
    for i in parts:
        if type(i) is int:
            first.append(i)
        elif type(i) not in ARRAYS:
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


def _is_tuple_in_disguise(index: list[Any]) -> bool:
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
        array = i._data if type(i._data) in ARRAYS else i._array()
    elif isinstance(i, (np.ndarray, list, tuple, range)):
        array = np.array([_element(e) for e in i]) if isinstance(i, (list, tuple)) else np.array(i)
        if not isinstance(i, ARRAY) and (not array.size or array.dtype.kind == "f"):
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


def _without_ellipsis(parts: list[Any], ndim: int) -> list[Any]:
    """Ellipsis written out: among arrays it must not keep apart what it puts nothing between."""
    if not any(i is Ellipsis for i in parts):
        return parts
    used = 0
    for i in parts:
        if i is not None and i is not Ellipsis:
            used += i.ndim if type(i) in ARRAYS and i.dtype.kind == "b" else 1
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


def chain_of(index: Any, ndim: int) -> tuple[Any, ...]:
    """`index` as the chain of view operations that `ops.index.overwrite` writes through."""
    return tuple((at.primitive, {"index": step}) for step in steps(index, ndim))


# -- checks that the family shares -------------------------------------------------------------------------------------


def raw_index(
    index: Any, op: str, kinds: str = "i", *, error: type[Any] = DtypeError, name: str = "index", long: bool = False
) -> np.ndarray:
    """The array of an index that is a tensor of integers (of int64 alone, if `long`) or of bools."""
    if not isinstance(index, Traced):
        raise ArgumentTypeError(f"{op}(): argument '{name}' must be Tensor, not {type(index).__name__}")
    data = index._array()
    if data.dtype.kind not in kinds or (long and data.dtype != np.int64):
        wanted = "int64" if kinds == "i" else "bool"
        raise error(f"{op}: expected dtype {wanted} for {name}, got {data.dtype}")
    return data


def check_range(index: np.ndarray, size: int, op: str, error: type[Any] = ShapeError, low: int = 0) -> None:
    """Raise unless every index is in [low, size): the error names the first that is not."""
    if index.size and (_least(index, axis=None) < low or _largest(index, axis=None) >= size):
        wrong = index[(index < low) | (index >= size)].flat[0]
        raise error(f"{op}: index {wrong} is out of bounds for dimension with size {size}; {low} to {size - 1} is possible")


_least, _largest = np.minimum.reduce, np.maximum.reduce  # half the time of index.min()


def vector_index(input: Any, dim: int, index: Any, op: str, **how: Any) -> tuple[int, np.ndarray]:
    """The checked (axis, 1-d index) of the index_* family."""
    axis = normalize_axis(dim, input.ndim, op)
    rows = raw_index(index, op, error=how.get("dtype_error", DtypeError))
    if rows.ndim > 1:
        raise how.get("dim_error", DimError)(f"{op}: index should have dimension 1 or 0, got shape {rows.shape}")
    check_range(rows, input.shape[axis] if input.ndim else 1, op, how.get("range_error", DimError))
    return axis, rows.reshape(-1)


def along(axis: int, index: np.ndarray) -> Index:
    """The index that takes `index` along one axis and everything along the others."""
    return (ALL,) * axis + (index,)


def mesh(index: np.ndarray, axis: int) -> Index:
    """The index that takes, at each place of `index`, the element with that coordinate along `axis`."""
    n = index.ndim
    grid: list[Any] = [_coordinates(size, n - k - 1) for k, size in enumerate(index.shape)]
    grid[axis] = index
    return tuple(grid)


@lru_cache(256)
def _coordinates(size: int, behind: int) -> np.ndarray:
    """0, 1, ... along an axis that has so many axes behind it."""
    return np.arange(size).reshape((-1,) + (1,) * behind)


def mesh_of(input: Any, dim: int, index: Any, op: str, error: type[Any] = ShapeError) -> tuple[int, Index, np.ndarray]:
    """Checks shared by gather and scatter: the axis, the full index, and the raw index; a scalar counts as a vector."""
    n = input._data.ndim
    axis = normalize_axis(dim, n, op)
    rows = raw_index(index, op)
    if rows.size == 0:
        return axis, (), rows
    rows, shape = rows if rows.ndim else rows.reshape(1), input._data.shape or (1,)
    if rows.ndim != len(shape):
        raise ShapeError(f"{op}: index has shape {rows.shape}, input {tuple(input.shape)}; they need as many dimensions")
    for k, (a, b) in enumerate(zip(rows.shape, shape, strict=True)):
        if k != axis and a > b:
            raise ShapeError(f"{op}: size of index {rows.shape} must not exceed input's {shape} in any dimension but {axis}")
    check_range(rows, shape[axis], op, error)
    return axis, mesh(rows, axis), rows


def same_dtype(input: Any, other: Any, op: str, name: str) -> None:
    if other.dtype != input.dtype:
        raise DtypeError(f"{op}: expected self.dtype to be equal to {name}.dtype, got {input.dtype} and {other.dtype}")


def tensor_argument(value: Any, op: str, name: str) -> Any:
    if not isinstance(value, Traced):
        raise ArgumentTypeError(f"{op}(): argument '{name}' must be Tensor, not {type(value).__name__}")
    return value


# -- reading -----------------------------------------------------------------------------------------------------------


@function
def gather(input: Any, dim: int, index: Any, *, sparse_grad: bool = False) -> Any:
    """The elements of `input` that `index` names along `dim`: out[i][j] = input[i][index[i][j]] for dim=1.

    Raises ShapeError for an index out of range, or larger than the input in another dimension.

    `sparse_grad` is accepted, and the gradient dense.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]]).gather(1, autograd.tensor([[0, 0], [1, 0]]))
    tensor([[1, 1],
            [4, 3]])
    """
    _, places, rows = mesh_of(input, dim, index, "gather")
    if not rows.size:
        return shaping.reshape(at(shaping.ravel(input), index=(rows.reshape(-1),)), rows.shape)
    found = at(input if input._data.ndim else shaping.ravel(input), index=places)
    return found if index._data.ndim else shaping.reshape(found, ())


@function
def take_along_dim(input: Any, indices: Any, dim: Any = None) -> Any:
    """`gather` with the other dimensions broadcast; without `dim`, elements of the flattened tensor.

    `indices` says where, along `dim`.

    >>> import autograd
    >>> x = autograd.tensor([[3, 1], [2, 4]]); x.take_along_dim(x.argsort(1), 1)
    tensor([[1, 3],
            [2, 4]])
    """
    rows = raw_index(indices, "take_along_dim", name="indices", long=True)
    if dim is None:
        return gather(shaping.ravel(input), 0, constant(input, rows.reshape(-1)))
    axis = normalize_axis(dim, input.ndim, "take_along_dim")
    if rows.ndim != input.ndim:
        raise ShapeError(f"take_along_dim: indices {rows.shape} and input {tuple(input.shape)} need as many dimensions")
    check_range(rows, input.shape[axis], "take_along_dim", low=-input.shape[axis])
    own, theirs = list(input.shape), list(rows.shape)
    own[axis] = theirs[axis] = 1
    shape = list(broadcast("take_along_dim", own, theirs))
    whole = shaping.broadcast_to(input, (*shape[:axis], input.shape[axis], *shape[axis + 1 :]))
    rows = np.broadcast_to(rows, (*shape[:axis], rows.shape[axis], *shape[axis + 1 :])).copy()
    return at(whole, index=mesh(rows, axis))


@function
def index_select(input: Any, dim: int, index: Any) -> Any:
    """The slices of `input` along `dim` that the vector `index` names.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]]).index_select(1, autograd.tensor([1, 1]))
    tensor([[2, 2],
            [4, 4]])
    """
    axis, rows = vector_index(input, dim, index, "index_select")
    if not input.ndim:
        return shaping.reshape(at(shaping.reshape(input, (1,)), index=(rows,)), ())
    return at(input, index=along(axis, rows))


@function
def take(input: Any, index: Any) -> Any:
    """Elements of the flattened tensor, in the shape of `index`; negative ones count from the end.

    >>> import autograd
    >>> autograd.tensor([[5, 6], [7, 8]]).take(autograd.tensor([0, -1]))
    tensor([5, 8])
    """
    places = raw_index(index, "take", long=True)
    flat = shaping.ravel(input)
    check_range(places, flat.shape[0], "take", DimError, -flat.shape[0])
    return shaping.reshape(at(flat, index=(places.reshape(-1),)), places.shape)


@function
def masked_select(input: Any, mask: Any) -> Any:
    """The elements where `mask` is true, as a vector; the two broadcast.

    >>> import autograd
    >>> x = autograd.tensor([1.0, -2.0, 3.0]); x.masked_select(x > 0)
    tensor([1., 3.])
    """
    where = raw_index(mask, "masked_select", "b", name="mask")
    shape = broadcast("masked_select", input.shape, where.shape)
    whole = input if input.shape == shape else broadcast_to(input, shape=shape)
    where = np.broadcast_to(where, shape)
    return at(whole, index=(where,)) if shape else at(shaping.reshape(whole, (1,)), index=(where.reshape(1),))


@function
def nonzero(input: Any, *, as_tuple: bool = False) -> Any:
    """The indices of the elements that are not zero: one row for each, or a tuple of one tensor per dimension.

    With `as_tuple`, a tensor of positions for each dimension.

    >>> import autograd
    >>> autograd.tensor([[0, 1], [2, 0]]).nonzero()
    tensor([[0, 1],
            [1, 0]])
    """
    data = input._array()
    if as_tuple:
        return tuple(constant(input, k) for k in np.nonzero(data.reshape(-1) if not data.ndim else data))
    return argwhere(input)


@function
def argwhere(input: Any) -> Any:
    """The indices of the elements that are not zero, one row for each.

    >>> import autograd
    >>> autograd.argwhere(autograd.tensor([0, 3, 4]))
    tensor([[1],
            [2]])
    """
    return constant(input, np.argwhere(input._array()).astype(np.int64))


def fitted(value: Any, shape: tuple[Any, ...], op: str) -> Any:
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


def place_for(x: Any, index: Any, value: Any, op: str) -> tuple[tuple[Any, ...], np.ndarray, Any]:
    """Where `x[index]` is: as the chain of views that `ops.index.write` takes, and as the array of which memory is written;
    and `value` broadcast to its shape, unless it is a mere number.
    """
    try:
        chain = chain_of(index, x._data.ndim)
        data = part = x._data
        for _, options in chain[:-1]:
            part = part[options["index"]]
        last = chain[-1][1]["index"]
        basic = is_basic(last)
        number = x.interpret is None and value._node is None and not value._data.ndim
        if basic or not number:
            part = part[last]
    except IndexError as error:
        raise error if isinstance(error, DimError) else explained(error, x, op) from None
    target = part if basic and shares_buffer(part, data) else data
    return chain, target, value if number else fitted(value, part.shape, op)


def value_for(x: Any, value: Any, op: str) -> Any:
    """What is to be written into x, as a tensor of its dtype: from a tensor, a number or an array."""
    dtype = x._data.dtype
    if isinstance(value, Traced):
        return value if value._data.dtype == dtype else cast(value, dtype=dtype)
    if isinstance(value, (int, float, np.generic)):
        return constant(x, number_as(value, dtype, op))
    if isinstance(value, ARRAY):
        return constant(x, value.astype(dtype))
    raise ArgumentTypeError(f"{op}: can't assign a {type(value).__name__}; give a number or a tensor")


def number_as(value: Any, dtype: np.dtype, op: str) -> Any:
    """A Python number in a dtype: a fraction is cut off, and a number that the dtype cannot hold is an error."""
    if not holds(dtype, value) or (isinstance(value, int) and not -(1 << 63) <= value < 1 << 64):
        raise DtypeError(f"{op}: value {value} cannot be converted to type {dtype} without overflow")
    return np.asarray(int(value)).astype(dtype)[()] if dtype.kind in "iu" else dtype.type(value)
