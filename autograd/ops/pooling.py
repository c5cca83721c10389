"""Sums and maxima of windows along one axis, and the transposed operations.

A pool over several axes is one pool after another, which costs the sum of the kernel's sides and not their product.
Element k of all windows at once (a *tap*) is a strided slice, so every loop here runs over the kernel, not over the data.
"""

from typing import Any

import numpy as np

from ..core.primitive import primitive
from .choosing import keep, keep_into
from .products import LONG
from .shape import overlap_add


def window_count(size: Any, kernel: Any, stride: Any, dilation: Any) -> Any:
    """How many windows fit along an axis."""
    return (size - dilation * (kernel - 1) - 1) // stride + 1


def _taps(count, axis, kernel, stride, dilation):
    """For each k, the index of element k of every window; `axis` is negative."""
    rest = (slice(None),) * (-axis - 1)
    for k in range(kernel):
        start = k * dilation
        yield (..., slice(start, start + stride * (count - 1) + 1, stride), *rest)


_cases = [
    ((2, 6), {"axis": -1, "kernel": 2, "stride": 2, "dilation": 1}),
    ((7, 2), {"axis": -2, "kernel": 3, "stride": 1, "dilation": 2}),
    ((8,), {"axis": -1, "kernel": 3, "stride": 2, "dilation": 1}),
]


# -- sums ------------------------------------------------------------------------------------------------------------------


@primitive(
    cases=[((2, 6), {"axis": -1, "kernel": 2, "stride": 2}), ((7, 2), {"axis": -2, "kernel": 3, "stride": 1})],
    single=True,
    why="ten times faster than a reduction over so short an axis",
)
def sum_pool(x, *, axis, kernel, stride):
    """The sum of every window along a negative axis."""
    first, *others = _taps(window_count(x.shape[axis], kernel, stride, 1), axis, kernel, stride, 1)
    out = x[first].astype(np.float64 if kernel > LONG and x.dtype.char == "f" else x.dtype)
    for tap in others:
        out += x[tap]
    return out.astype(x.dtype, copy=False)


@sum_pool.vjp("x")
def _(g, x_shape, axis, kernel, stride):
    each = np.broadcast_to(g[..., None], (*g.shape, kernel))
    return overlap_add(each, axis=g.ndim + axis, length=x_shape[axis], step=stride)


# -- maxima ----------------------------------------------------------------------------------------------------------------


@primitive(cases=_cases, analytic=False, why="the place of each maximum is looked up in the backward pass alone")
def max_pool(x, *, axis, kernel, stride, dilation):
    """The maximum of every window along a negative axis; of equal ones the first receives the cotangent."""
    first, *others = _taps(window_count(x.shape[axis], kernel, stride, dilation), axis, kernel, stride, dilation)
    out = x[first].copy()
    for tap in others:
        np.maximum(out, x[tap], out=out)
    return out


@max_pool.vjp("x")
def _(g, x, ans, axis, kernel, stride, dilation):
    return place_at_max(g, x, ans, axis=axis, kernel=kernel, stride=stride, dilation=dilation)


def _hits(x, best, axis, kernel, stride, dilation):
    """For each tap, its index and in which windows it is the first to attain the maximum (the last, if that is NaN)."""
    *taps, last = _taps(best.shape[axis], axis, kernel, stride, dilation)
    free = None
    for tap in taps:
        hit = np.equal(x[tap], best)
        if free is None:
            free = ~hit
        else:
            hit &= free
            free ^= hit
        yield tap, hit
    yield last, np.ones(best.shape, np.bool_) if free is None else free


_placed = {"axis": -1, "kernel": 2, "stride": 2, "dilation": 1}


@primitive(single=True, cases=[(((2, 3), (2, 6), (2, 3)), _placed)], analytic=False, why="the transpose of take_at_max")
def place_at_max(g, x, best, *, axis, kernel, stride, dilation):
    """Zeros of the shape of x, with g added where each window of x attains its maximum `best`."""
    out = np.zeros(x.shape, g.dtype)
    overlap = stride <= dilation * (kernel - 1)
    for tap, hit in _hits(x, best, axis, kernel, stride, dilation):
        if overlap:
            out[tap] += keep(hit, g)
        else:
            keep_into(out[tap], hit, g)
    return out


@place_at_max.vjp("g")
def _(g, x, best, axis, kernel, stride, dilation):
    return take_at_max(g, x, best, axis=axis, kernel=kernel, stride=stride, dilation=dilation)


@primitive(cases=[(((2, 6), (2, 6), (2, 3)), _placed)], analytic=False, why="indices of a max pool, and its second order")
def take_at_max(values, x, best, *, axis, kernel, stride, dilation):
    """Of `values`, shaped like x, those where each window of x attains its maximum `best`."""
    out = np.zeros(best.shape, values.dtype)
    for tap, hit in _hits(x, best, axis, kernel, stride, dilation):
        out += keep(hit, values[tap])
    return out


@take_at_max.vjp("values")
def _(g, x, best, axis, kernel, stride, dilation):
    return place_at_max(g, x, best, axis=axis, kernel=kernel, stride=stride, dilation=dilation)


# Where the maxima lie changes at isolated points only: no derivative in x and best. The zeros are made of g, which under
# a transformation is more than an array.


@place_at_max.vjp("x")
@take_at_max.vjp("best")
def _(g):
    return np.zeros_like(g)


@place_at_max.vjp("best")
def _(g, x, best, axis, kernel, stride, dilation):
    return np.zeros_like(take_at_max(g, x, best, axis=axis, kernel=kernel, stride=stride, dilation=dilation))


@take_at_max.vjp("x")
def _(g, x, best, axis, kernel, stride, dilation):
    return np.zeros_like(place_at_max(g, x, best, axis=axis, kernel=kernel, stride=stride, dilation=dilation))
