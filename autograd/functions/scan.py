"""Running results along one dimension: sums, products, extremes, differences, areas."""

import builtins
from typing import Any

import numpy as np

from ..core.dtypes import as_dtype, float64
from ..core.graph import Traced
from ..core.primitive import cast
from ..core.shapes import normalize_axis
from ..errors import ArgumentTypeError, DtypeError, ShapeError
from ..ops import elementwise as ew, logic as lg, reduce as rd
from ..ops.index import getitem
from ..ops.shape import concatenate
from .declare import INPLACE, constant, function
from .reduction import along, floating, in_dtype, sum, summable
from .results import result

Cummax: Any
Cummin: Any
Cummax, Cummin = result("cummax", "values", "indices"), result("cummin", "values", "indices")


@function
def cumsum(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """Running sums along `dim`; integers are summed as int64.

    `dtype` is that of the result.

    >>> import autograd
    >>> autograd.cumsum(autograd.tensor([1, 2, 3]), dim=0)
    tensor([1, 3, 6])
    """
    return in_dtype(rd.cumsum(summable(input, dtype, "cumsum"), axis=normalize_axis(dim, input.ndim, "cumsum")), dtype)


@function
def cumprod(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """Running products along `dim`; the gradient is exact with zeros.

    `dtype` is that of the result.

    >>> import autograd
    >>> autograd.cumprod(autograd.tensor([1, 2, 3]), dim=0)
    tensor([1, 2, 6])
    """
    return in_dtype(rd.cumprod(summable(input, dtype, "cumprod"), axis=normalize_axis(dim, input.ndim, "cumprod")), dtype)


def _keeps_dtype(name: str, scan: Any) -> None:
    def in_place(input: Any, dim: int, *, dtype: Any = None) -> Any:
        if dtype is not None and as_dtype(dtype) != input._data.dtype:
            raise DtypeError(f"{name}: dtype must be that of the tensor, {input.dtype}, got {as_dtype(dtype)}")
        return scan(input, dim)

    INPLACE[name] = in_place


_keeps_dtype("cumsum_", cumsum)
_keeps_dtype("cumprod_", cumprod)


@function
def logcumsumexp(input: Any, dim: int) -> Any:
    """Running log(sum(exp(input))) along `dim`, without overflow.

    >>> import autograd
    >>> autograd.logcumsumexp(autograd.tensor([1000.0, 1000.0]), dim=0)
    tensor([1000.0000, 1000.6932])
    """
    x, axis = floating(input, None, "logcumsumexp"), normalize_axis(dim, input.ndim, "logcumsumexp")
    if x._data.dtype.char != "f":
        return rd.logcumsumexp(x, axis=axis)
    return cast(
        rd.logcumsumexp(cast(x, dtype=float64), axis=axis), dtype=x.dtype
    )  # every step rounds what the next one builds on


def _running(name: str, accumulate: Any, reached: Any, Result: Any) -> Any:
    def running(input: Any, dim: int) -> Any:
        axis = normalize_axis(dim, input.ndim, name)
        x = np.moveaxis(np.atleast_1d(input._data), axis, 0)
        places = np.arange(len(x)).reshape(-1, *[1] * (x.ndim - 1))
        best = accumulate(x, axis=0)
        found = np.maximum.accumulate(np.where(reached(x, best) | (x != x), places, 0), axis=0)
        indices = np.moveaxis(found, 0, axis).reshape(input._data.shape)
        return Result(along(input, indices, axis), constant(input, indices))

    running.__name__ = name
    running.__doc__ = f"""The largest element so far along `dim` and its index (of ties the last), as (values, indices).

    >>> import autograd
    >>> autograd.{name}(autograd.tensor([2.0, 1.0, 3.0]), dim=0).values
    tensor([2., {"2., 3." if name == "cummax" else "1., 1."}])
    """.replace("largest", "largest" if name == "cummax" else "smallest")
    return function(running)


cummax: Any = _running("cummax", np.maximum.accumulate, np.greater_equal, Cummax)
cummin: Any = _running("cummin", np.minimum.accumulate, np.less_equal, Cummin)


def _piece(input: Any, axis: int, start: int | None, stop: int | None) -> Any:
    return getitem(input, index=(slice(None),) * axis + (slice(start, stop),))


@function
def diff(input: Any, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Differences of neighbours along `dim`, `n` times; `prepend` and `append` are joined to the ends first.

    >>> import autograd
    >>> autograd.diff(autograd.tensor([1, 4, 9]))
    tensor([3, 5])
    """
    if not input.ndim:
        raise ShapeError("diff: the input has shape (); at least one dimension is required")
    axis = normalize_axis(dim, input.ndim, "diff")
    if n < 0:
        raise ShapeError(f"diff: n must not be negative, got {n}")
    parts = [t for t in (prepend, input, append) if t is not None]
    for t in parts:
        if not isinstance(t, Traced):
            raise ArgumentTypeError(f"diff: prepend and append must be Tensors, got {type(t).__name__}")
        if t.ndim != input.ndim:
            raise ShapeError(f"diff: prepend and append need {input.ndim} dimensions, got shape {tuple(t.shape)}")
    joined = concatenate(*parts, axis=axis) if len(parts) > 1 else input
    if n == 0:
        return ew.clone(joined)
    change = lg.bitwise_xor if joined.dtype.kind == "b" else ew.subtract
    for _ in range(builtins.min(n, joined.shape[axis] or 1)):
        joined = change(_piece(joined, axis, 1, None), _piece(joined, axis, None, -1))
    return joined


def _areas(op: str, y: Any, x: Any, dx: Any, dim: int) -> tuple[Any, int]:
    """Twice the area over each interval between neighbours along `dim`."""
    axis = normalize_axis(dim, y.ndim, op)
    pairs = ew.add(_piece(y, axis, 1, None), _piece(y, axis, None, -1))
    if x is None:
        return pairs if dx is None else ew.multiply(pairs, dx), axis
    width = diff(x, 1, -1 if x.ndim == 1 else dim)
    if x.ndim == 1:
        if x.shape[0] != y.shape[axis]:
            raise ShapeError(f"{op}: y has {y.shape[axis]} points along dim {dim}, x has {x.shape[0]}; they must be equal")
        width = getitem(width, index=(slice(None),) + (None,) * (y.ndim - axis - 1))
    return ew.multiply(pairs, width), axis


@function(checked=False, single=True)
def trapezoid(y: Any, x: Any = None, *, dx: Any = None, dim: int = -1) -> Any:
    """The integral of y along `dim` by the trapezoidal rule, at points `x` or at a distance `dx` (1) from each other.

    >>> import autograd
    >>> autograd.trapezoid(autograd.tensor([0.0, 1.0, 2.0]))
    tensor(2.)
    """
    pieces, axis = _areas("trapezoid", _tensor("trapezoid", y), x, dx, dim)
    return ew.divide(sum(pieces, axis), 2)


@function(checked=False, single=True)
def cumulative_trapezoid(y: Any, x: Any = None, *, dx: Any = None, dim: int = -1) -> Any:
    """The running integral of y along `dim` by the trapezoidal rule; one element fewer than y.

    `dx` is the distance between two samples.

    >>> import autograd
    >>> autograd.cumulative_trapezoid(autograd.tensor([0.0, 1.0, 2.0]))
    tensor([0.5000, 2.0000])
    """
    pieces, axis = _areas("cumulative_trapezoid", _tensor("cumulative_trapezoid", y), x, dx, dim)
    return ew.divide(cumsum(pieces, axis), 2)


def trapz(y: Any, x: Any = None, *, dx: Any = None, dim: int = -1) -> Any:
    """`trapezoid` under its older name."""
    return trapezoid(y, x, dx=dx, dim=dim)


def _tensor(op: str, value: Any) -> Any:
    if not isinstance(value, Traced):
        raise ArgumentTypeError(f"{op}(): argument 'y' (position 1) must be Tensor, not {type(value).__name__}")
    if value._data.dtype.kind == "b":
        raise DtypeError(f"{op}: is not defined for bool tensors; convert with .float()")
    return value
