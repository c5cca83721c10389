"""NumPy's functions on tensors, where they are compositions here: each with NumPy's meaning, in the graph.

NumPy and PyTorch give one name to different things: `np.std` divides by n, `np.repeat` repeats elements, `np.split` takes
the number of parts, `np.sort` returns values alone, `np.median` averages the two in the middle. A tensor given to a
NumPy function gets what NumPy promises; a function that is not in this table has no derivative here.
"""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from ..core.graph import Traced
from ..errors import ArgumentError
from ..ops import (
    elementwise as ew,
    factor as factor,  # NumPy finds what it declares
    linalg as la,
    shape as sh,
)
from .declare import METHODS

TABLE: dict[Any, Callable[..., Any]] = {}

# Questions that have no derivative to lose: they are answered from the values, gradient or not.
PLAIN: set[Any] = {
    np.allclose, np.argpartition, np.argsort, np.argwhere, np.array_equal, np.array_equiv, np.array_repr, np.array_str,
    np.array2string, np.bincount, np.count_nonzero, np.digitize, np.flatnonzero, np.isclose, np.iscomplexobj, np.isin,
    np.isneginf, np.isposinf, np.isrealobj, np.lexsort, np.may_share_memory, np.nonzero, np.result_type,
    np.searchsorted, np.shares_memory, np.isreal, np.iscomplex, np.nanargmax, np.nanargmin,
}  # fmt: skip


def means(*functions: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare what NumPy functions mean here."""

    def declare(fn: Callable[..., Any]) -> Callable[..., Any]:
        for f in functions:
            TABLE[f] = fn
        return fn

    return declare


def _same(function: Any, name: str = "", **renamed: str) -> None:
    """A NumPy function that is a method here, with its arguments in the same order and some under other names."""
    name = name or function.__name__

    def call(*args: Any, **kwargs: Any) -> Any:
        return METHODS[name](*args, **{renamed.get(k, k): v for k, v in kwargs.items()})

    TABLE[function] = call


for _f in (np.fliplr, np.flipud, np.inner, np.kron, np.outer, np.ravel, np.sinc, np.i0, np.fix, np.vdot, np.cov):
    _same(_f)
for _f in (np.moveaxis, np.swapaxes, np.corrcoef, np.nanmean, np.nansum, np.hsplit, np.vsplit, np.dsplit, np.squeeze, np.diff):
    _same(_f)
for _f in (np.fmax, np.fmin, np.heaviside, np.ldexp, np.logaddexp2, np.reciprocal, np.float_power, np.deg2rad, np.rad2deg):
    _same(_f)
_same(np.radians, "deg2rad")
_same(np.degrees, "rad2deg")
_same(np.fabs, "abs")
_same(np.positive, "positive")
_same(np.tile, reps="dims")
_same(np.expand_dims, "unsqueeze")
_same(np.clip, a_min="min", a_max="max")
_same(np.tril, k="diagonal")
_same(np.triu, k="diagonal")
_same(np.diag, k="diagonal")
_same(np.rot90, axes="dims")
_same(np.roll, shift="shifts", axis="dims")
_same(np.repeat, "repeat_interleave")
_same(np.trapezoid)


@means(np.dot)
def _(a: Any, b: Any) -> Any:
    if not a.ndim or not b.ndim:
        return ew.multiply(a, b)
    if b.ndim <= 2:
        return la.matmul(a, b)
    # The last axis of a meets the last but one of b, and their other axes lie side by side.
    flat = sh.reshape(METHODS["movedim"](b, -2, 0), shape=(b.shape[-2], -1))
    return sh.reshape(la.matmul(a, flat), shape=(*a.shape[:-1], *b.shape[:-2], b.shape[-1]))


def _axes(axes: Any, ndim: int) -> tuple[Any, ...]:
    return tuple(reversed(range(ndim))) if axes is None else tuple(axes)


@means(np.transpose)
def _(a: Any, axes: Any = None) -> Any:
    return sh.transpose(a, axes=_axes(axes, a.ndim))


@means(np.flip)
def _(m: Any, axis: Any = None) -> Any:
    return sh.flip(m, axis=tuple(range(m.ndim)) if axis is None else axis)


def _scan(name: str) -> Callable[..., Any]:
    def scan(a: Any, axis: int | None = None, dtype: Any = None) -> Any:
        if axis is None:
            a, axis = sh.reshape(a, shape=(prod(a.shape),)), 0
        return METHODS[name](a, axis, dtype=dtype)

    return scan


TABLE[np.cumsum], TABLE[np.cumprod] = _scan("cumsum"), _scan("cumprod")


def _spread(name: str) -> Callable[..., Any]:
    def spread(a: Any, axis: Any = None, dtype: Any = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
        a = a if dtype is None else a.to(dtype)
        return METHODS[name](a, axis, correction=ddof, keepdim=keepdims)

    return spread


TABLE[np.std], TABLE[np.var] = _spread("std"), _spread("var")


def _quantile(name: str) -> Callable[..., Any]:
    def quantile(a: Any, q: Any, axis: int | None = None, *, keepdims: bool = False, method: str = "linear") -> Any:
        return METHODS[name](a, q, axis, keepdim=keepdims, interpolation=method)

    return quantile


TABLE[np.quantile], TABLE[np.nanquantile] = _quantile("quantile"), _quantile("nanquantile")


@means(np.median)
def _(a: Any, axis: int | None = None, *, keepdims: bool = False) -> Any:
    return METHODS["quantile"](a, 0.5, axis, keepdim=keepdims)


@means(np.nanmedian)
def _(a: Any, axis: int | None = None, *, keepdims: bool = False) -> Any:
    return METHODS["nanquantile"](a, 0.5, axis, keepdim=keepdims)


@means(np.sort)
def _(a: Any, axis: int | None = -1, kind: Any = None) -> Any:
    if axis is None:
        a, axis = sh.reshape(a, shape=(prod(a.shape),)), 0
    return METHODS["sort"](a, axis)[0]


@means(np.round, np.around)
def _(a: Any, decimals: int = 0) -> Any:
    return METHODS["round"](a, decimals=decimals)


@means(np.take)
def _(a: Any, indices: Any, axis: int | None = None) -> Any:
    if axis is None:
        a, axis = sh.reshape(a, shape=(prod(a.shape),)), 0
    return a[(slice(None),) * (axis % a.ndim) + (indices,)]


@means(np.take_along_axis)
def _(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    return METHODS["take_along_dim"](arr, indices, axis)


@means(np.trace)
def _(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return sh.diagonal(a, offset=offset, axis1=axis1, axis2=axis2).sum(-1)


@means(np.array_split)
def _(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    return list(METHODS["tensor_split"](ary, indices_or_sections, axis))


@means(np.split)
def _(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    if isinstance(indices_or_sections, int) and ary.shape[axis] % indices_or_sections:
        raise ArgumentError(
            f"np.split: an axis of {ary.shape[axis]} cannot be split into {indices_or_sections} equal parts; use np.array_split"
        )
    return list(METHODS["tensor_split"](ary, indices_or_sections, axis))


@means(np.nan_to_num)
def _(x: Any, copy: bool = True, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    return METHODS["nan_to_num"](x, nan, posinf, neginf)


@means(np.cross)
def _(a: Any, b: Any, *, axis: int = -1) -> Any:
    return METHODS["cross"](a, b, axis)


def _joined(at_least: int, axis: int) -> Callable[..., Any]:
    """hstack and its kin: parts with at least so many axes, joined along one."""

    def join(tup: Any) -> Any:
        parts = [_raised(t, at_least) for t in tup]
        return sh.concatenate(*parts, axis=0 if axis == 1 and parts[0].ndim == 1 else axis)

    return join


def _raised(t: Any, ndim: int) -> Any:
    """np.atleast_1d, 2d and 3d: a vector is a row in two dimensions, and a matrix a plane in three."""
    if t.ndim >= ndim:
        return t
    shape = {0: (1,) * ndim, 1: (1, *t.shape, 1)[:ndim], 2: (*t.shape, 1)}[t.ndim]
    return sh.reshape(t, shape=shape)


TABLE[np.hstack], TABLE[np.vstack], TABLE[np.dstack] = _joined(1, 1), _joined(2, 0), _joined(3, 2)


@means(np.column_stack)
def _(tup: Any) -> Any:
    columns = [sh.reshape(t, shape=(*t.shape, 1)) if t.ndim == 1 else t for t in tup]
    return sh.concatenate(*columns, axis=1)


@means(np.linalg.norm)
def _(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    if ord is not None and (x.ndim > 1 if axis is None else not isinstance(axis, int)) and ord != "fro":
        raise ArgumentError(f"np.linalg.norm: the matrix norm {ord!r} has no derivative here; use autograd.linalg.norm")
    return METHODS["norm"](x, 2 if ord in (None, "fro") else ord, axis, keepdims)


def as_operands(like: Any, args: tuple[Any, ...], *, numbers: bool = False) -> tuple[Any, ...]:
    """Arrays (and numbers) among the arguments as tensors, so that they can stand beside one."""
    return tuple(_as_operand(like, a, numbers) for a in args)


def _as_operand(like: Any, a: Any, numbers: bool = False) -> Any:
    if numbers and isinstance(a, (int, float)):
        return like._class._wrap(like.dtype.type(a), None)
    if isinstance(a, np.ndarray) and a.dtype.kind in "biuf":
        return like._class._wrap(a, None)
    if isinstance(a, (list, tuple)) and any(isinstance(e, (Traced, np.ndarray)) for e in a):
        return [_as_operand(like, e) for e in a]
    return a
