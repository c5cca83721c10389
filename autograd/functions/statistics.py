"""Spread, order and counts: var, std, cov, median, quantile, mode, histograms."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.graph import Traced
from ..core.shapes import normalize_axis
from ..core.standin import applied
from ..errors import DtypeError, ShapeError
from ..ops import elementwise as ew, reduce as rd
from ..ops.index import getitem
from ..ops.linalg import matmul
from ..ops.shape import reshape
from .declare import constant, function
from .norms import scale_of
from .reduction import along, axes, floating, not_empty, squeezed
from .results import result

Median: Any
Nanmedian: Any
Median, Nanmedian = result("median", "values", "indices"), result("nanmedian", "values", "indices")
Kthvalue: Any
Mode: Any
Mode, Kthvalue = result("mode", "values", "indices"), result("kthvalue", "values", "indices")


def _variance(op: str, input: Any, dim: Any, unbiased: Any, keepdim: Any, correction: Any) -> tuple[Any, Any]:
    """The variance, and the raw axes that it was taken over."""
    if isinstance(dim, bool):  # var(x, False): PyTorch's older form, without dim
        dim, unbiased = None, dim
    if correction is None:
        correction = 1 if unbiased is None or unbiased else 0
    axis = axes(floating(input, None, op), dim, op)
    return rd.var(input, axis=axis, keepdims=bool(keepdim), correction=correction), axis


def _deviation(op: str, input: Any, dim: Any, unbiased: Any, keepdim: Any, correction: Any) -> tuple[Any, Any]:
    """The root of the variance, and the raw axes; of numbers whose squares leave the dtype's range, after scaling."""
    scale = scale_of(input)
    if scale is None:
        variance, axis = _variance(op, input, dim, unbiased, keepdim, correction)
        return ew.root(variance), axis
    variance, axis = _variance(op, ew.multiply(input, 1 / scale), dim, unbiased, keepdim, correction)
    return ew.multiply(ew.root(variance), scale), axis


@function
def var(input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None) -> Any:
    """The variance over `dim`: sum((x - mean)**2) / (n - correction), with correction 1 (Bessel's) unless given.

    `unbiased=False` is `correction=0`. `keepdim` keeps a reduced dimension, with size 1.

    >>> import autograd
    >>> autograd.var(autograd.tensor([1.0, 2.0, 3.0]))
    tensor(1.)
    """
    return _variance("var", input, dim, unbiased, keepdim, correction)[0]


@function(single=True)
def std(input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None) -> Any:
    """The standard deviation over `dim`, the root of `var`; where it is 0 its gradient is 0.

    `unbiased=False` is `correction=0`. `keepdim` keeps a reduced dimension, with size 1. The sum of squares is divided by n
    - `correction`, by default n - 1.

    >>> import autograd
    >>> autograd.std(autograd.tensor([1.0, 2.0, 3.0]))
    tensor(1.)
    """
    return _deviation("std", input, dim, unbiased, keepdim, correction)[0]


@function(method=False)
def var_mean(input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None) -> Any:
    """The variance and the mean over `dim`.

    >>> import autograd
    >>> autograd.var_mean(autograd.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    variance, axis = _variance("var_mean", input, dim, unbiased, keepdim, correction)
    return variance, rd.mean(input, axis=axis, keepdims=bool(keepdim))


@function(method=False, single=True)
def std_mean(input: Any, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *, correction: Any = None) -> Any:
    """The standard deviation and the mean over `dim`.

    >>> import autograd
    >>> autograd.std_mean(autograd.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    deviation, axis = _deviation("std_mean", input, dim, unbiased, keepdim, correction)
    return deviation, rd.mean(input, axis=axis, keepdims=bool(keepdim))


# -- order statistics --------------------------------------------------------------------------------------------------


def _selected(op: str, input: Any, dim: int, keepdim: bool, rank: Callable[..., Any], Result: Any) -> Any:
    """(values, indices) along `dim` of the element that comes at place `rank(n, nans)` among n, of which NaN come last."""
    axis = normalize_axis(dim, input.ndim, op)
    not_empty(input, axis, op)
    x = np.moveaxis(np.atleast_1d(input._data), axis, -1)
    n = x.shape[-1]
    nans = np.count_nonzero(x != x, axis=-1, keepdims=True)
    if nans.any():
        found = np.take_along_axis(np.argsort(x, axis=-1, kind="stable"), np.asarray(rank(n, nans)), -1)
    else:
        k = int(rank(n, 0))
        found = np.argpartition(x, k, axis=-1)[..., k : k + 1]
    found = np.moveaxis(found, -1, axis) if input.ndim else found.reshape(())
    return Result(squeezed(along(input, found, axis), axis, keepdim), squeezed(constant(input, found), axis, keepdim))


def _lower_middle(n: int, nans: Any) -> Any:
    return np.where(nans > 0, n - nans, (n - 1) // 2)


def _lower_middle_of_numbers(n: int, nans: Any) -> Any:
    return np.maximum((n - nans - 1) // 2, 0)


def _median(op: str, skip_nan: bool, Result: Any) -> Any:
    middle = _lower_middle_of_numbers if skip_nan else _lower_middle

    def median(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
        if dim is not None:
            return _selected(op, input, dim, keepdim, middle, Result)
        x = input._data.reshape(-1)
        if not x.size:
            return rd.mean(floating(input, None, op))
        k = int(middle(x.size, np.count_nonzero(x != x)))
        value = np.partition(x, k)[k]
        chosen = (input._data == value) | ((value != value) & (input._data != input._data))
        if input.dtype.kind != "f":
            return constant(input, value)
        # The largest of the elements that equal the median, so that they share the cotangent.
        return rd.amax(ew.where(constant(input, chosen), input, input.dtype.type(-np.inf)))

    median.__name__ = op
    nan = "; NaN is left out" if skip_nan else "; NaN if any is"
    median.__doc__ = f"""The middle element (of two, the lower) of all, or (values, indices) along `dim`{nan}.

    `keepdim` keeps a reduced dimension, with size 1.

    >>> import autograd
    >>> autograd.{op}(autograd.tensor([3.0, 1.0, 2.0]))
    tensor(2.)
    """
    return function(median)


median: Any = _median("median", False, Median)
nanmedian: Any = _median("nanmedian", True, Nanmedian)


@function
def kthvalue(input: Any, k: int, dim: int = -1, keepdim: bool = False) -> Any:
    """The k-th smallest element (counted from 1) along `dim`, as (values, indices).

    `keepdim` keeps a reduced dimension, with size 1.

    >>> import autograd
    >>> autograd.kthvalue(autograd.tensor([3.0, 1.0, 2.0]), 2).values
    tensor(2.)
    """
    axis = normalize_axis(dim, input.ndim, "kthvalue")
    n = input.shape[axis] if input.ndim else 1
    if not 1 <= k <= n:
        raise ShapeError(f"kthvalue: k must be from 1 to {n}, the size of dim {dim}, got {k}")

    return _selected("kthvalue", input, dim, keepdim, lambda n, nans: np.full_like(nans, k - 1), Kthvalue)


@function
def mode(input: Any, dim: int = -1, keepdim: bool = False) -> Any:
    """The most frequent element along `dim` (of several, the smallest) and the index of its last occurrence.

    `keepdim` keeps a reduced dimension, with size 1.

    >>> import autograd
    >>> autograd.mode(autograd.tensor([1.0, 3.0, 3.0, 2.0])).values
    tensor(3.)
    """
    axis = normalize_axis(dim, input.ndim, "mode")
    not_empty(input, axis, "mode")
    rows = np.moveaxis(np.atleast_1d(input._data), axis, -1)
    found = applied(_last_of_the_most, rows)
    found = np.moveaxis(found, -1, axis) if input.ndim else found.reshape(())
    return Mode(squeezed(along(input, found, axis), axis, keepdim), squeezed(constant(input, found), axis, keepdim))


def _last_of_the_most(rows: np.ndarray) -> np.ndarray:
    found = np.empty((*rows.shape[:-1], 1), np.int64)
    for k in np.ndindex(rows.shape[:-1]):
        values, counts = np.unique(rows[k], return_counts=True)
        found[k] = np.flatnonzero(rows[k] == values[np.argmax(counts)])[-1]
    return found


_INTERPOLATION = ("linear", "lower", "higher", "nearest", "midpoint")


def _quantile(op: str, input: Any, q: Any, dim: Any, keepdim: bool, interpolation: str, skip_nan: bool) -> Any:
    if input._data.dtype.kind != "f":
        raise DtypeError(f"{op}: needs a floating dtype, got {input.dtype}; convert with .float()")
    if interpolation not in _INTERPOLATION:
        raise ShapeError(f"{op}: interpolation must be one of {', '.join(_INTERPOLATION)}, got {interpolation!r}")
    if isinstance(q, Traced):
        if q.dtype != input.dtype or q.ndim > 1:
            raise ShapeError(f"{op}: q must be a number or a 0-d or 1-d tensor of dtype {input.dtype}, got {q.dtype}")
        points = np.atleast_1d(q._data)
    else:
        points = np.array([q], input.dtype)
    if np.any((points < 0) | (points > 1)):
        raise ShapeError(f"{op}: q must lie in [0, 1], got {q if not isinstance(q, Traced) else points.tolist()}")
    axis = 0 if dim is None else normalize_axis(dim, input.ndim, op)
    flat = reshape(input, shape=(input._data.size,)) if dim is None or not input.ndim else input
    if not flat.shape[axis]:
        raise ShapeError(f"{op}: the input of shape {tuple(input.shape)} has no elements to rank")
    x = flat._data
    varies = isinstance(q, Traced) and q.requires_grad and interpolation == "linear"
    order = np.argsort(x, axis=axis, kind="stable")
    nans = np.add.reduce(x != x, axis=axis, keepdims=True)
    last = x.shape[axis] - 1 - (nans if skip_nan else 0 * nans)
    results = []
    for k, p in enumerate(points):
        place = p * np.maximum(last, 0).astype(np.float64)
        if not skip_nan:
            place = np.where(nans > 0, last, place)
        if interpolation != "linear" and interpolation != "midpoint":
            place = {"lower": np.floor, "higher": np.ceil, "nearest": np.rint}[interpolation](place)
        low, high = np.floor(place).astype(np.int64), np.ceil(place).astype(np.int64)
        weight = (place - low).astype(x.dtype)
        if interpolation == "midpoint":
            weight = np.where(low == high, 0, 0.5).astype(x.dtype)
        a = along(flat, np.take_along_axis(order, low, axis), axis)
        b = along(flat, np.take_along_axis(order, high, axis), axis)
        share = constant(input, weight)
        if varies:  # the place is q times the last index: q - p adds nothing to the value, and the slope to the graph
            slope = np.maximum(last, 0)
            change = ew.subtract(getitem(q, index=(k,)) if q.ndim else q, constant(q, np.asarray(p)))
            share = ew.add(share, ew.multiply(change, constant(input, slope.astype(x.dtype))))
            if not skip_nan:  # where the result is NaN whatever q is, its slope is 0
                share = np.where(nans > 0, constant(input, weight), share)
        results.append(ew.add(a, ew.multiply(share, ew.subtract(b, a))))
    reduced = [_reduced(r, input, dim, axis, keepdim) for r in results]
    if not isinstance(q, Traced) or not q.ndim:
        return reduced[0]
    return np.stack(reduced, axis=0)


def _reduced(r: Any, input: Any, dim: Any, axis: int, keepdim: bool) -> Any:
    if dim is None:
        return reshape(r, shape=(1,) * input.ndim if keepdim else ())
    return squeezed(r, axis, keepdim) if input.ndim else reshape(r, shape=())


@function
def quantile(input: Any, q: Any, dim: Any = None, keepdim: bool = False, *, interpolation: str = "linear") -> Any:
    """The q-quantiles of all elements, or along `dim`; several q give a first dimension for them.

    `keepdim` keeps a reduced dimension, with size 1. `interpolation` says what is taken between two elements: linear,
    lower, higher, nearest or midpoint.

    >>> import autograd
    >>> autograd.quantile(autograd.tensor([1.0, 2.0, 3.0, 4.0]), 0.5)
    tensor(2.5000)
    """
    return _quantile("quantile", input, q, dim, keepdim, interpolation, False)


@function
def nanquantile(input: Any, q: Any, dim: Any = None, keepdim: bool = False, *, interpolation: str = "linear") -> Any:
    """`quantile` of the elements that are not NaN.

    `q` are the fractions, from 0 to 1. `dim` is the dimension along which it is done. `keepdim` keeps a reduced dimension,
    with size 1. `interpolation` says what is taken between two elements: linear, lower, higher, nearest or midpoint.

    >>> import autograd
    >>> autograd.nanquantile(autograd.tensor([1.0, float("nan"), 3.0]), 0.5)
    tensor(2.)
    """
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation, True)


# -- several variables -------------------------------------------------------------------------------------------------


@function(single=True)
def cov(input: Any, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Any:
    """The covariance matrix of variables in rows, observations in columns.

    The sum of squares is divided by n - `correction`, by default n - 1. `fweights` says how often each observation counts,
    `aweights` how much.

    >>> import autograd
    >>> autograd.cov(autograd.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    if input._data.dtype.kind == "b":
        raise DtypeError("cov: is not defined for dtype bool; convert with .float()")
    if input.ndim > 2:
        raise ShapeError(f"cov: needs at most 2 dimensions, got shape {tuple(input.shape)}")
    x = input if input._data.dtype.kind == "f" else input.to(np.float32)
    rows = reshape(x, shape=(1, -1)) if input.ndim < 2 else x
    n = rows.shape[1]
    _check_weights("fweights", fweights, n, "iu", "integral")
    _check_weights("aweights", aweights, n, "f", "floating")
    w, total = constant(x, np.ones(n, x.dtype)), float(n)
    for given in (fweights, aweights):
        if given is not None:
            w = ew.multiply(w, given)
            total = rd.sum(w, axis=(0,))
    used = 1.0 if aweights is None else ew.divide(rd.sum(ew.multiply(w, aweights), axis=(0,)), total)
    free = total - correction * used
    center = ew.divide(rd.sum(ew.multiply(rows, w), axis=(1,), keepdims=True), total)
    apart = ew.subtract(rows, center)
    matrix = ew.divide(matmul(ew.multiply(apart, w), apart.mT), free if float(getattr(free, "_data", free)) > 0 else 0.0)
    return reshape(matrix, shape=()) if matrix.shape == (1, 1) else matrix


def _check_weights(name: str, weights: Any, n: int, kinds: str, wanted: str) -> None:
    if weights is None:
        return
    if weights.ndim > 1 or weights._data.size != n:
        raise ShapeError(f"cov: {name} has shape {tuple(weights.shape)}, one weight for each of {n} observations is required")
    if weights._data.dtype.kind not in kinds:
        raise DtypeError(f"cov: {name} must have {'an' if wanted[0] == 'i' else 'a'} {wanted} dtype, got {weights.dtype}")
    if (weights._data < 0).any():
        raise ShapeError(f"cov: {name} cannot be negative")


@function(single=True)
def corrcoef(input: Any) -> Any:
    """The matrix of correlation coefficients of variables in rows: covariances over both standard deviations.

    >>> import autograd
    >>> autograd.corrcoef(autograd.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    if input.ndim > 2:
        raise ShapeError(f"corrcoef: needs at most 2 dimensions, got shape {tuple(input.shape)}")
    c = cov(input)
    if not c.ndim:
        return ew.divide(c, c)
    k = np.arange(c.shape[0])
    sizes = ew.sqrt(getitem(c, index=(k, k)))
    return ew.clip(ew.divide(ew.divide(c, getitem(sizes, index=(slice(None), None))), sizes), lower=-1.0, upper=1.0)


# -- counts ------------------------------------------------------------------------------------------------------------


@function
def histc(input: Any, bins: int = 100, min: float = 0, max: float = 0) -> Any:
    """How many elements lie in each of `bins` equal intervals of [min, max] (the data's range if both are 0).

    >>> import autograd
    >>> autograd.histc(autograd.tensor([1.0, 2.0, 1.0]), bins=2, min=0, max=2)
    tensor([0., 3.])
    """
    if input._data.dtype.kind != "f":
        raise DtypeError(f"histc: needs a floating dtype, got {input.dtype}; convert with .float()")
    if bins <= 0:
        raise ShapeError(f"histc: bins must be positive, got {bins}")
    x = input._data.ravel()
    low, high = float(min), float(max)
    if low == high and x.size:
        low, high = float(x.min()), float(x.max())
    if low == high:
        low, high = low - 1, high + 1
    if not (math.isfinite(low) and math.isfinite(high)) or low > high:
        raise ShapeError(f"histc: max must be larger than min, and both finite; got [{low}, {high}]")
    inside = x[(x >= low) & (x <= high)]
    places = np.minimum(((inside - low) / (high - low) * bins).astype(np.int64), bins - 1)
    return constant(input, np.bincount(places, minlength=bins).astype(input.dtype))


@function
def bincount(input: Any, weights: Any = None, minlength: int = 0) -> Any:
    """How often each of 0, 1, 2, ... occurs in a vector of integers, or the sum of its `weights`.

    The result has at least `minlength` elements.

    >>> import autograd
    >>> autograd.bincount(autograd.tensor([0, 2, 2]))
    tensor([1, 0, 2])
    """
    x = input._data
    if x.ndim != 1 or x.dtype.kind not in "iu" or (x.size and x.min() < 0):
        raise ShapeError(
            f"bincount: needs a 1-d tensor of integers that are not negative, got shape {tuple(x.shape)}, dtype {x.dtype}"
        )
    if minlength < 0:
        raise ShapeError(f"bincount: minlength must not be negative, got {minlength}")
    if weights is None:
        return constant(input, np.bincount(x, minlength=minlength))
    if weights._data.shape != x.shape:
        raise ShapeError(f"bincount: weights has shape {tuple(weights.shape)}, input {tuple(x.shape)}; must be equal")
    w = weights._data
    counted = np.bincount(x, w.astype(np.float64), minlength)
    return constant(input, counted.astype(np.float32) if w.dtype == np.float32 else counted)
