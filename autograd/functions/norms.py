"""Norms: lengths of vectors, with the gradient 0 at the origin that PyTorch chooses."""

import math
from typing import Any

import numpy as np

from ..core.dtypes import as_dtype
from ..core.half import in_single
from ..core.primitive import cast
from ..core.shapes import normalize_axes, normalize_axis
from ..core.standin import ARRAYS, StandIn
from ..errors import ArgumentTypeError, DtypeError, ShapeError
from ..ops import elementwise as ew, factor as fa, reduce as rd
from ..ops.shape import reshape, transpose
from .declare import constant, function
from .reduction import axes, not_empty


def scale_of(input: Any, room: float = 4) -> float | None:
    """A power of two near the largest number, if such a number to the power of `room` overflows or vanishes; else None.

    What is computed of the numbers divided by it keeps all digits, and so do its derivatives.
    """
    data = input._data
    if type(data) not in ARRAYS or data.dtype.char not in "fd" or not data.size:
        return None
    largest = np.abs(data).max()
    bounds = np.finfo(data.dtype)
    if not 0 < largest < math.inf or float(bounds.tiny) ** (1 / room) < largest < float(bounds.max) ** (1 / room):
        return None
    limit = bounds.maxexp - 2  # so that the inverse is in the range, too
    return 2.0 ** max(-limit, min(limit, math.floor(math.log2(largest))))


@in_single
def p_norm(input: Any, p: float, axis: Any, keepdims: bool, op: str) -> Any:
    """(sum |x|**p) ** (1/p) over raw axes; p may be 0 (how many are not 0), inf or -inf."""
    if p == 2:
        total = rd.sum(ew.square(input), axis=axis, keepdims=keepdims)
        if _is_in_range(total._data) or (scale := scale_of(input)) is None:
            return ew.root(total)
        total = rd.sum(ew.square(ew.multiply(input, 1 / scale)), axis=axis, keepdims=keepdims)
        return ew.multiply(ew.root(total), scale)
    size = ew.absolute(input)
    if p == 1:
        return rd.sum(size, axis=axis, keepdims=keepdims)
    if abs(p) == math.inf:
        not_empty(input, axis, op)
        return (rd.amax if p > 0 else rd.amin)(size, axis=axis, keepdims=keepdims)
    dead = constant(input, input._data == 0)
    if p == 0:
        return rd.sum(ew.where(dead, input.dtype.type(0), ew.add(ew.multiply(size, 0), 1)), axis=axis, keepdims=keepdims)
    if p < 2 and np.any(dead._data):
        # |x|**p has an infinite slope at 0 for p < 1, and an infinite second derivative for p < 2.
        make = input.dtype.type
        inner = ew.where(dead, make(0 if p > 0 else math.inf), ew.power(ew.where(dead, make(1), size), p))
    else:
        inner = ew.power(size, p)
    total = rd.sum(inner, axis=axis, keepdims=keepdims)
    still = constant(input, total._data == 0)
    if not np.any(still._data):
        return ew.power(total, 1.0 / p)
    return ew.where(still, input.dtype.type(0), ew.power(ew.where(still, input.dtype.type(1), total), 1.0 / p))


def _is_in_range(squares: Any) -> bool:
    """Whether sums of squares are far from over- and underflow, and so are the powers of them in second derivatives."""
    low: Any
    high: Any
    if type(squares) in ARRAYS:
        if not squares.size:
            return True
        low, high = squares.min(), squares.max()
    elif isinstance(squares, (np.generic, StandIn)):
        low = high = squares
    else:
        return True  # it stands for others
    return bool(low > 1e-20 and high < 1e37)


def _nuclear(input: Any, dim: Any, keepdim: bool) -> Any:
    """The sum of the singular values of the matrices in two dimensions."""
    dims = normalize_axes(dim, input.ndim, "norm")
    if len(dims) != 2:
        raise ShapeError(f"norm: 'nuc' is of matrices, which two dims make; got shape {tuple(input.shape)}, dim {dim}")
    rest = tuple(k for k in range(input.ndim) if k not in dims)
    total = rd.sum(fa.svd(transpose(input, axes=(*rest, *dims)))[1], axis=-1)
    return reshape(total, shape=tuple(1 if k in dims else n for k, n in enumerate(input.shape))) if keepdim else total


@function
def norm(input: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """The p-norm of all elements, or over `dim`: (sum |x|**p) ** (1/p). p is a number, inf, -inf, or "fro" (2).

    "nuc" is the sum of a matrix's singular values.

    The gradient at 0 is 0. Raises DtypeError for an integer tensor.

    `keepdim` keeps a reduced dimension, with size 1. `dtype` is that of the result.

    >>> import autograd
    >>> autograd.norm(autograd.tensor([3.0, 4.0]))
    tensor(5.)
    """
    if dtype is not None:
        input = cast(input, dtype=as_dtype(dtype))
    if input._data.dtype.kind != "f":
        raise DtypeError(f"norm: needs a floating dtype, got {input.dtype}; convert with .float()")
    if p is None or p == "fro":
        p = 2.0
    if p == "nuc":
        return _nuclear(input, dim, keepdim)
    if isinstance(p, str):
        raise ShapeError(f"norm: p must be a number, 'fro' or 'nuc', got {p!r}")
    if not isinstance(p, (int, float)):
        raise ArgumentTypeError(f"norm: p must be a number or 'fro', got {type(p).__name__}")
    return p_norm(input, p, axes(input, dim, "norm"), keepdim, "norm")


@function(single=True)
def dist(input: Any, other: Any, p: float = 2) -> Any:
    """The p-norm of input - other.

    >>> import autograd
    >>> autograd.dist(autograd.tensor([3.0, 0.0]), autograd.tensor([0.0, 4.0]))
    tensor(5.)
    """
    return norm(ew.subtract(input, other), p)


@function(inplace=True, single=True)
def renorm(input: Any, p: float, dim: int, maxnorm: float) -> Any:
    """Each slice along `dim` scaled down so that its p-norm is at most `maxnorm`.

    >>> import autograd
    >>> autograd.renorm(autograd.tensor([[3.0, 4.0], [0.3, 0.4]]), 2, 0, 1.0)
    tensor([[0.6000, 0.8000],
            [0.3000, 0.4000]])
    """
    if input.dtype.kind != "f":
        raise DtypeError(f"renorm: needs a floating dtype, got {input.dtype}; convert with .float()")
    if p <= 0 or maxnorm < 0:
        raise ShapeError(f"renorm: p must be positive and maxnorm not negative, got {p} and {maxnorm}")
    if input.ndim < 2:
        raise ShapeError(f"renorm: needs at least 2 dimensions, got shape {tuple(input.shape)}")
    axis = normalize_axis(dim, input.ndim, "renorm")
    size = p_norm(input, p, tuple(k for k in range(input.ndim) if k != axis), True, "renorm")
    over = constant(input, size._data > maxnorm)
    one = input.dtype.type(1)
    scale = ew.divide(ew.where(over, input.dtype.type(maxnorm), one), ew.where(over, ew.add(size, 1e-7), one))
    return ew.multiply(input, scale)
