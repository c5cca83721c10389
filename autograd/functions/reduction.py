"""Reductions under PyTorch's names and arguments (`dim`, `keepdim`, `dtype`)."""

from functools import lru_cache
from typing import Any

import numpy as np

from ..core.dtypes import as_dtype
from ..core.graph import Traced, is_grad_enabled
from ..core.half import in_single
from ..core.primitive import cast
from ..core.shapes import normalize_axes, normalize_axis
from ..errors import ArgumentTypeError, DimError, DtypeError, ShapeError
from ..ops import elementwise as ew, logic as lg, reduce as rd
from ..ops.index import getitem
from ..ops.shape import reshape
from .declare import constant, function
from .results import result

_INT64 = np.dtype(np.int64)
Max: Any
Min: Any
Max, Min = result("max", "values", "indices"), result("min", "values", "indices")
Aminmax: Any = result("aminmax", "min", "max")


def axes(input: Any, dim: Any, op: str) -> Any:
    """`dim` as the primitives' `axis`: None for all, else a tuple counted from the front."""
    if dim is None or (isinstance(dim, (tuple, list)) and not dim):
        return None
    if type(dim) is int and -input.ndim <= dim < input.ndim:
        return dim
    found = normalize_axes(dim, input.ndim, op)
    return found if input.ndim else None


def summable(input: Any, dtype: Any, op: str) -> Any:
    """`input` in the dtype in which sums and products are formed: `dtype`, or int64 for bools and integers."""
    if dtype is not None:
        wanted = as_dtype(dtype)
        if wanted.kind != "f" and input._node is not None and is_grad_enabled():
            raise DtypeError(f"{op}: autograd does not support dtype {wanted}, and the input requires grad; use detach()")
    elif input._data.dtype.kind != "f":
        wanted = _INT64
    else:
        return input
    return input if input._data.dtype == wanted else cast(input, dtype=wanted)


def in_dtype(found: Any, dtype: Any) -> Any:
    """A sum or product, which is formed in at least int64, in the dtype that was asked for."""
    return found if dtype is None or found.dtype == as_dtype(dtype) else cast(found, dtype=as_dtype(dtype))


def floating(input: Any, dtype: Any, op: str) -> Any:
    """`input` in `dtype`; raises if the result is not floating."""
    if dtype is not None and input._data.dtype != as_dtype(dtype):
        input = cast(input, dtype=as_dtype(dtype))
    if input._data.dtype.kind != "f":
        raise DtypeError(f"{op}: needs a floating dtype, got {input.dtype}; convert with .float() or pass dtype=")
    return input


@lru_cache(maxsize=64)
def _places(shape: tuple[Any, ...], axis: int, keepdim: bool) -> tuple[Any, ...]:
    """The places along each other axis of `shape` (of size 1 along `axis`), shaped to broadcast against indices."""
    found = []
    for k, n in enumerate(shape):
        if k != axis:
            form = [1] * len(shape)
            form[k] = n
            found.append(np.arange(n).reshape(form if keepdim else form[:axis] + form[axis + 1 :]))
    return tuple(found)


def along(input: Any, indices: Any, axis: int, keepdim: bool = True) -> Any:
    """The elements of `input` at raw `indices` along an axis; the two agree in all other axes.

    Without `keepdim`, `indices` has one dimension fewer, and so has the result.
    """
    if not input.ndim:
        return reshape(ew.clone(input), shape=indices.shape)
    shape = tuple(indices.shape)
    places = _places(shape if keepdim else (*shape[:axis], 1, *shape[axis:]), axis, keepdim)
    return getitem(input, index=(*places[:axis], indices, *places[axis:]))


def squeezed(t: Any, axis: int, keepdim: bool) -> Any:
    """Without the axis of size 1, unless `keepdim`."""
    if keepdim or not t.ndim:
        return t
    return reshape(t, shape=(*t.shape[:axis], *t.shape[axis + 1 :]))


def not_empty(input: Any, dim: Any, op: str) -> None:
    """Raise if a reduction that has no value for no elements would be over none."""
    if dim is None or dim == () or dim == []:
        if not input._data.size:
            raise ShapeError(f"{op}: the tensor of shape {tuple(input.shape)} has no elements; name a dim to reduce")
        return
    for axis in normalize_axes(dim, input.ndim, op):
        if input.ndim and not input.shape[axis]:
            raise DimError(f"{op}: dim {axis} of shape {tuple(input.shape)} has size 0; a non-empty dim is required")


@function
def sum(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The sum over `dim` (an int, a tuple, or None for all); integers and bools are summed as int64.

    `keepdim` keeps a reduced dimension, with size 1. `dtype` is that of the result.

    >>> import autograd
    >>> autograd.tensor([[1.0, 2.0], [3.0, 4.0]]).sum(dim=0)
    tensor([4., 6.])
    """
    return in_dtype(rd.sum(summable(input, dtype, "sum"), axis=axes(input, dim, "sum"), keepdims=bool(keepdim)), dtype)


@function
def mean(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The mean over `dim`; the tensor must be floating.

    `keepdim` keeps a reduced dimension, with size 1. `dtype` is that of the result.

    >>> import autograd
    >>> autograd.tensor([1.0, 2.0, 6.0]).mean()
    tensor(3.)
    """
    return rd.mean(floating(input, dtype, "mean"), axis=axes(input, dim, "mean"), keepdims=bool(keepdim))


@function
def prod(input: Any, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The product of all elements, or along `dim`; the gradient is exact with any number of zeros.

    `keepdim` keeps a reduced dimension, with size 1. `dtype` is that of the result.

    >>> import autograd
    >>> autograd.tensor([2.0, 3.0]).prod()
    tensor(6.)
    """
    axis = None if dim is None else normalize_axis(dim, input.ndim, "prod")
    found = rd.prod(summable(input, dtype, "prod"), axis=axis if input.ndim else None, keepdims=bool(keepdim))
    return in_dtype(found, dtype)


def _extreme(name: str, whole: Any, pairwise: Any, arg: Any, Result: Any) -> Any:
    def extreme(input: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
        if isinstance(dim, Traced) or other is not None:
            return pairwise(input, dim if other is None else other)
        if dim is None:
            not_empty(input, None, name)
            return whole(input)
        axis = normalize_axis(dim, input.ndim, name)
        if not input.ndim:
            return Result(ew.clone(input), constant(input, np.int64(0)))
        if not input.shape[axis]:
            not_empty(input, axis, name)
        if input.interpret is not None:  # under vmap, where nothing has raw values
            found = indices = arg(input, axis=axis, keepdims=bool(keepdim))
        else:
            found = arg(input._data, axis=axis, keepdims=bool(keepdim))[...]
            indices = constant(input, found)
        return Result(along(input, found, axis, bool(keepdim)), indices)

    extreme.__name__ = name
    extreme.__doc__ = f"""The {name}imum of all elements; with `dim`, (values, indices) along it; with a tensor, elementwise.

    Over all elements, ties share the cotangent; along `dim` it goes to the element of the returned index. `keepdim` keeps a
    reduced dimension, with size 1.

    >>> import autograd
    >>> autograd.{name}(autograd.tensor([[1.0, 5.0], [7.0, 2.0]]), dim=1).indices
    tensor([{"1, 0" if name == "max" else "0, 1"}])
    """
    return function(extreme)


max: Any = _extreme("max", rd.amax, ew.maximum, np.argmax, Max)
min: Any = _extreme("min", rd.amin, ew.minimum, np.argmin, Min)


@function
def amax(input: Any, dim: Any = (), keepdim: bool = False) -> Any:
    """The maximum over `dim` (an int or a tuple; all by default); ties share the cotangent.

    `keepdim` keeps a reduced dimension, with size 1.

    >>> import autograd
    >>> autograd.amax(autograd.tensor([[1.0, 5.0], [7.0, 2.0]]), dim=0)
    tensor([7., 5.])
    """
    not_empty(input, dim, "amax")
    return rd.amax(input, axis=axes(input, dim, "amax"), keepdims=keepdim)


@function
def amin(input: Any, dim: Any = (), keepdim: bool = False) -> Any:
    """The minimum over `dim` (an int or a tuple; all by default); ties share the cotangent.

    `keepdim` keeps a reduced dimension, with size 1.

    >>> import autograd
    >>> autograd.amin(autograd.tensor([[1.0, 5.0], [7.0, 2.0]]), dim=0)
    tensor([1., 2.])
    """
    not_empty(input, dim, "amin")
    return rd.amin(input, axis=axes(input, dim, "amin"), keepdims=keepdim)


@function
def aminmax(input: Any, *, dim: int | None = None, keepdim: bool = False) -> Any:
    """The minimum and the maximum, of all elements or along `dim`, as (min, max).

    `keepdim` keeps a reduced dimension, with size 1.

    >>> import autograd
    >>> autograd.aminmax(autograd.tensor([3.0, 1.0, 2.0])).max
    tensor(3.)
    """
    not_empty(input, dim, "aminmax")
    axis = axes(input, dim, "aminmax")
    return Aminmax(rd.amin(input, axis=axis, keepdims=keepdim), rd.amax(input, axis=axis, keepdims=keepdim))


def _arg(name: str, primitive: Any) -> Any:
    def arg(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
        if dim is None:
            if not input._data.size:
                raise DimError(f"{name}: the tensor has no elements; name a dim to reduce")
            return primitive(input, axis=None, keepdims=bool(keepdim))
        axis = normalize_axis(dim, input.ndim, name)
        not_empty(input, axis, name)
        return primitive(input, axis=axis if input.ndim else None, keepdims=bool(keepdim))

    arg.__name__ = name
    arg.__doc__ = f"""The index of the {name[3:]}imum along `dim`, or in the flattened tensor; of several, the first.

    `keepdim` keeps a reduced dimension, with size 1.

    >>> import autograd
    >>> autograd.{name}(autograd.tensor([3.0, 1.0, 2.0]))
    tensor({0 if name == "argmax" else 1})
    """
    return function(arg)


argmax: Any = _arg("argmax", rd.argmax)
argmin: Any = _arg("argmin", rd.argmin)


@function
def all(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Whether all elements are true (not 0), of the whole tensor or along `dim`.

    `keepdim` keeps a reduced dimension, with size 1.

    >>> import autograd
    >>> autograd.all(autograd.tensor([True, False]))
    tensor(False)
    """
    return _like_uint8(input, rd.all(input, axis=axes(input, dim, "all"), keepdims=keepdim))


@function
def any(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """Whether any element is true (not 0), of the whole tensor or along `dim`.

    `keepdim` keeps a reduced dimension, with size 1.

    >>> import autograd
    >>> autograd.any(autograd.tensor([True, False]))
    tensor(True)
    """
    return _like_uint8(input, rd.any(input, axis=axes(input, dim, "any"), keepdims=keepdim))


def _like_uint8(input: Any, found: Any) -> Any:
    return cast(found, dtype=input.dtype) if input.dtype == np.uint8 else found  # PyTorch's oldest kind of bool


@function
def count_nonzero(input: Any, dim: Any = None) -> Any:
    """How many elements are not 0, of the whole tensor or along `dim`.

    >>> import autograd
    >>> autograd.count_nonzero(autograd.tensor([0.0, 1.0, 2.0]))
    tensor(2)
    """
    return constant(input, np.count_nonzero(input._array(), axis=axes(input, dim, "count_nonzero")))


@function
def nansum(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The sum over `dim`, where NaN counts as 0.

    `keepdim` keeps a reduced dimension, with size 1. `dtype` is that of the result.

    >>> import autograd
    >>> autograd.nansum(autograd.tensor([1.0, float("nan"), 2.0]))
    tensor(3.)
    """
    return sum(_without_nan(input), dim, keepdim, dtype=dtype)


@function
def nanmean(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The mean over `dim` of the elements that are not NaN.

    `keepdim` keeps a reduced dimension, with size 1. `dtype` is that of the result.

    >>> import autograd
    >>> autograd.nanmean(autograd.tensor([1.0, float("nan"), 3.0]))
    tensor(2.)
    """
    return _mean_of_numbers(floating(input, dtype, "nanmean"), dim, keepdim)


@in_single
def _mean_of_numbers(input: Any, dim: Any, keepdim: bool) -> Any:
    count = np.add.reduce(~np.isnan(input._data), axis=axes(input, dim, "nanmean"), keepdims=keepdim, dtype=input.dtype)
    return ew.divide(sum(_without_nan(input), dim, keepdim), constant(input, count))


def _without_nan(input: Any) -> Any:
    if input._data.dtype.kind != "f":
        return input
    return ew.where(lg.isnan(input), input.dtype.type(0), input)


def _required(op: str, dim: Any) -> Any:
    if dim is None:
        raise ArgumentTypeError(f"{op}(): missing required argument 'dim'; name the dimensions to reduce")
    return dim


@function
def logsumexp(input: Any, dim: Any, keepdim: bool = False) -> Any:
    """log(sum(exp(input))) over `dim`, without overflow.

    `keepdim` keeps a reduced dimension, with size 1.

    >>> import autograd
    >>> autograd.logsumexp(autograd.tensor([1000.0, 1000.0]), dim=0)
    tensor(1000.6932)
    """
    return rd.logsumexp(input, axis=axes(input, _required("logsumexp", dim), "logsumexp"), keepdims=keepdim)


def _normalized(primitive: Any, op: str, input: Any, dim: Any, dtype: Any) -> Any:
    if dtype is not None and input.dtype != as_dtype(dtype):
        input = cast(input, dtype=as_dtype(dtype))
    if input._data.dtype.kind != "f":
        raise DtypeError(f"{op}: needs a floating dtype, got {input.dtype}; convert with .float() or pass dtype=")
    return primitive(input, axis=normalize_axis(_required(op, dim), input.ndim, op))


@function
def softmax(input: Any, dim: int, dtype: Any = None) -> Any:
    """exp(input) / sum(exp(input)) along `dim`, without overflow: positive numbers that sum to 1.

    `dtype` is that of the result.

    >>> import autograd
    >>> autograd.softmax(autograd.tensor([1000.0, 1000.0]), dim=0)
    tensor([0.5000, 0.5000])
    """
    return _normalized(rd.softmax, "softmax", input, dim, dtype)


@function
def log_softmax(input: Any, dim: int, dtype: Any = None) -> Any:
    """log(softmax(input)) along `dim`, exact where softmax itself is 0.

    `dtype` is that of the result.

    >>> import autograd
    >>> autograd.log_softmax(autograd.tensor([0.0, 1000.0]), dim=0)
    tensor([-1000.,     0.])
    """
    return _normalized(rd.log_softmax, "log_softmax", input, dim, dtype)


@function
def trace(input: Any) -> Any:
    """The sum of the diagonal of a matrix.

    >>> import autograd
    >>> autograd.trace(autograd.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor(5.)
    """
    if input.ndim != 2:
        raise ShapeError(f"trace: needs a matrix, got a tensor of shape {tuple(input.shape)}")
    k = np.arange(np.minimum(*input._data.shape))
    return sum(getitem(input, index=(k, k)))
