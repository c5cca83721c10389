"""Matrix products: the two primitives on which training time is spent."""

import numpy as np

from ..primitive import primitive


@primitive(
    np.matmul,
    broadcasting=True,
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
    return np.matmul(x, y)


@matmul.vjp("x")
def _(g, x, y):
    if y.ndim == 1:
        return g[..., None] * y
    if x.ndim == 1:
        return np.matmul(g[..., None, :], y.mT)[..., 0, :]
    return np.matmul(g, y.mT)


@matmul.vjp("y")
def _(g, x, y):
    if x.ndim == 1:
        return x[:, None] * g[..., None, :] if y.ndim > 1 else g[..., None] * x
    if y.ndim == 1:
        return np.matmul(g[..., None, :], x)[..., 0, :]
    return np.matmul(x.mT, g)


@primitive(
    promotes=True,
    cases=[(((5, 3), (2, 3), (2,)), {}), (((3,), (2, 3), (2,)), {}), (((2, 4, 3), (2, 3), (2,)), {})],
    why="one product and one addition in place on its fresh result",
)
def linear(x, weight, bias):
    """x @ weight.T + bias: x is (..., in), weight (out, in), bias (out,)."""
    out = np.matmul(x, weight.T)
    out += bias
    return out


@linear.vjp("x")
def _(g, weight):
    return np.matmul(g, weight)


@linear.vjp("weight")
def _(g, x):
    if x.ndim == 1:
        return g[:, None] * x
    if x.ndim > 2:
        g, x = np.reshape(g, (-1, g.shape[-1])), np.reshape(x, (-1, x.shape[-1]))
    return np.matmul(g.T, x)


@linear.vjp("bias")
def _(g):
    return np.add.reduce(g, axis=tuple(range(g.ndim - 1))) if g.ndim > 1 else g
