"""Matrix products: the two primitives on which training time is spent."""

from typing import Any

import numpy as np

from ..core.primitive import primitive
from ..core.standin import ARRAYS
from ..errors import DtypeError, ShapeError
from . import reduce as rd
from .products import dot, matmul as product


def _same_dtype(op, **operands):
    """PyTorch mixes no dtypes in products: a float64 array that meets float32 weights is a mistake worth naming."""
    (a, x), (b, y) = list(operands.items())[:2]
    if x.dtype != y.dtype and "c" not in x.dtype.kind + y.dtype.kind:
        raise DtypeError(
            f"{op}: expected {a} and {b} to have the same dtype, got {x.dtype} and {y.dtype}; convert one with .to(dtype)"
        )


def _cannot_multiply(x, y):
    if not x.ndim or not y.ndim:
        return ShapeError(
            f"matmul: both arguments need to be at least 1-d, got shapes {x.shape} and {y.shape}; use * for scalars"
        )
    inner = y.shape[-1] if y.ndim == 1 else y.shape[-2]
    which = "only dimension" if y.ndim == 1 else "second-to-last dimension"
    if x.shape[-1] != inner:
        return ShapeError(
            f"matmul: x has shape {x.shape}, y has shape {y.shape}: x's last dimension ({x.shape[-1]}) must equal y's "
            f"{which} ({inner})"
        )
    return ShapeError(
        f"matmul: x has shape {x.shape}, y has shape {y.shape}: the dimensions in front of the matrices do not broadcast"
    )


def times_matrix(x: Any, y: Any) -> Any:
    """x @ y for a matrix y: all rows of x as those of one matrix, since one large product takes half the time of many."""
    if x.ndim == 2 and type(x) in ARRAYS and type(y) in ARRAYS:
        return dot(x, y)
    if x.ndim < 3:
        return product(x, y)
    return np.reshape(product(np.reshape(x, (-1, x.shape[-1])), y), (*x.shape[:-1], y.shape[-1]))


@primitive(
    np.matmul,
    broadcasting=True,
    promotes=False,
    single=True,
    cases=[
        (((2, 3), (3, 4)), {}),
        (((3,), (3,)), {}),
        (((2, 3), (3,)), {}),
        (((3,), (3, 2)), {}),
        (((2, 1, 2, 3), (4, 3, 2)), {}),
        (((2, 3), (4, 3, 2)), {}),
        (((3,), (2, 3, 2)), {}),
        (((2, 2, 3), (3,)), {}),
        (((2, 0), (0, 3)), {}),
    ],
)
def matmul(x, y):
    """The matrix product over the last two axes; vectors are rows on the left and columns on the right."""
    if x.dtype is not y.dtype:
        _same_dtype("matmul", x=x, y=y)
    try:
        return product(x, y)
    except ValueError:
        raise _cannot_multiply(x, y) from None


@matmul.vjp("x")
def _(g, x_shape, y):
    if y.ndim == 1:
        return g[..., None] * y
    if len(x_shape) == 1:
        return np.matmul(g[..., None, :], y.mT)[..., 0, :]
    return linear_map(g, y) if y.ndim == 2 else product(g, y.mT)


@matmul.vjp("y")
def _(g, x, y_shape):
    dims = len(y_shape)
    if x.ndim == 1:
        return x[:, None] * g[..., None, :] if dims > 1 else g[..., None] * x
    if dims == 1:
        return np.matmul(g[..., None, :], x)[..., 0, :]
    return outer_sum(x, g) if dims == 2 else product(x.mT, g)


@primitive(
    cases=[
        (((5, 3), (2, 3), (2,)), {}),
        (((3,), (2, 3), (2,)), {}),
        (((2, 4, 3), (2, 3), (2,)), {}),
        (((5, 3), (2, 3), (5, 2)), {}),
        (((5, 3), (2, 3), (1,)), {}),
        (((2, 4, 3), (2, 3), (4, 1)), {}),
    ],
    single=True,
    why="one product and one addition in place on its fresh result",
)
def linear(x, weight, bias):
    """x @ weight.T + bias: x is (..., in), weight (out, in), bias (out,) or of the result's shape."""
    if not x.dtype is weight.dtype is bias.dtype:
        _same_dtype("linear", input=x, weight=weight)
        _same_dtype("linear", input=x, bias=bias)
    try:
        out = times_matrix(x, weight.T)
        out += bias
    except ValueError:
        raise ShapeError(
            f"linear: input has shape {x.shape}, weight {weight.shape}, bias {bias.shape}: input's last dimension must be "
            "weight's last (in), and bias's size weight's first (out)"
        ) from None
    return out


@primitive(
    promotes=False,
    single=True,
    cases=[(((5, 3), (2, 3)), {}), (((3,), (2, 3)), {}), (((2, 4, 3), (2, 3)), {})],
    why="matmul with the transposed weight records two operations, and the transposition is the dearer one",
)
def linear_map(x, weight):
    """x @ weight.T: x is (..., in), weight (out, in)."""
    if x.dtype is not weight.dtype:
        _same_dtype("linear", input=x, weight=weight)
    return times_matrix(x, weight.T)


@linear.vjp("x")
@linear_map.vjp("x")
def _(g, weight):
    return times_matrix(g, weight)


@linear.vjp("weight")
@linear_map.vjp("weight")
def _(g, x):
    return dot(g.T, x) if x.ndim == 2 and type(x) in ARRAYS and type(g) in ARRAYS else outer_sum(g, x)


@linear.vjp("bias")
def _(g, bias_shape):
    lead = g.ndim - len(bias_shape)
    if lead == 1 and type(g) in ARRAYS:
        g = rd.added(g, 0, False)
    elif lead:
        g = rd.sum(g, axis=0 if lead == 1 else tuple(range(lead)))
    if 1 in bias_shape and g.shape != bias_shape:  # a size of 1 was repeated
        g = rd.sum(g, axis=tuple(k for k, n in enumerate(bias_shape) if n == 1), keepdims=True)
    return g


@primitive(
    promotes=False,
    single=True,
    cases=[(((5, 2), (5, 3)), {}), (((2,), (3,)), {}), (((2, 4, 3), (2, 4, 5)), {})],
    why="the cotangent of a linear map's weight, at every order: as a composition it is up to five operations",
)
def outer_sum(x, y):
    """The sum of the outer products of the rows of x, (..., m), and y, (..., n): x.T @ y for matrices; (m, n)."""
    if x.ndim == 1:
        return x[:, None] * y
    if x.ndim > 2:
        x, y = x.reshape(-1, x.shape[-1]), y.reshape(-1, y.shape[-1])
    return dot(x.T, y)


@outer_sum.vjp("x")
def _(g, y):
    return linear_map(y, g)


@outer_sum.vjp("y")
def _(g, x):
    return times_matrix(x, g)
