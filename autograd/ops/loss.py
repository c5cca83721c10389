"""What losses need that would take several times as long as a composition, or have no gradient at the ends."""

from functools import lru_cache

import numpy as np

from ..core.primitive import primitive
from ..errors import DimError


@lru_cache(maxsize=64)
def _rows(n):
    return np.arange(n)


def _places(index, ndim, axis):
    """What picks, along an axis of an array of `ndim` dimensions, the elements that `index` says."""
    if ndim == 2 and axis == 1:
        return _rows(index.size), index
    at = list(np.indices(index.shape, sparse=True))
    at.insert(axis, index)
    return tuple(at)


@primitive(
    cases=[
        (((3, 4), "int4:3"), {"axis": 1}),
        (((2, 3, 4), "int3:2,4"), {"axis": 1}),
        (((4,), "int4:"), {"axis": 0}),
    ],
    why="with log_softmax before it the loss of every classifier; as an index it would take the time of three",
)
def nll(x, index, *, axis):
    """-x at `index` along an axis: where x holds log-probabilities, the negative log-likelihood of class `index`."""
    try:
        if index.size and np.minimum.reduce(index, axis=None) < 0:
            raise IndexError
        return -x[_places(index, x.ndim, axis)]
    except IndexError:
        wrong = index.min() if index.min() < 0 else index.max()
        classes = x.shape[axis]
        raise DimError(
            f"nll: target {wrong} is out of bounds: the input has {classes} classes, so an index is from 0 to {classes - 1}, "
            "or ignore_index"
        ) from None


nll.constant("index")


@nll.vjp("x")
def _(g, x_shape, index, axis):
    return nll_slope(g, index, axis=axis, classes=x_shape[axis])


@primitive(
    cases=[
        (((3,), "int4:3"), {"axis": 1, "classes": 4}),
        (((2, 4), "int3:2,4"), {"axis": 1, "classes": 3}),
        (((), "int4:"), {"axis": 0, "classes": 4}),
    ],
    why="the transpose of nll",
)
def nll_slope(x, index, *, axis, classes):
    """Zeros of as many classes along a new axis, with -x where `index` says."""
    out = np.zeros((*x.shape[:axis], classes, *x.shape[axis:]), x.dtype)
    out[_places(index, out.ndim, axis)] = -x
    return out


nll_slope.constant("index")


@nll_slope.vjp("x")
def _(g, index, axis):
    return nll(g, index, axis=axis)


@primitive(
    elementwise=True,
    broadcasting=True,
    promotes=True,
    floats=True,
    domain=((0.1, 0.9), (0.1, 0.9)),
    why="at x = 0 and x = 1 the composition's gradient is 0 * inf",
)
def binary_cross_entropy(x, y):
    """-(y log x + (1 - y) log(1 - x)), each logarithm at least -100; its slope at most 1e12, as in PyTorch."""
    return -(y * np.maximum(np.log(x), -100) + (1 - y) * np.maximum(np.log1p(-x), -100))


@binary_cross_entropy.vjp("x")
def _(g, x, y):
    return g * bce_slope(x, y)


@primitive(
    elementwise=True,
    broadcasting=True,
    floats=True,
    domain=((0.1, 0.9), (0.1, 0.9)),
    why="its own slope at x = y = 0 is 0, where the quotient's is 1e12",
)
def bce_slope(x, y):
    """The derivative of binary cross-entropy in x, at most 1e12."""
    return (x - y) / np.maximum(x * (1 - x), 1e-12)


@bce_slope.vjp("x")
def _(g, x, y):
    slope = np.maximum(x * (1 - x), 1e-12)
    return g * (x * x - 2 * x * y + y) / (slope * slope)


@bce_slope.vjp("y")
def _(g, x):
    return -g / np.maximum(x * (1 - x), 1e-12)


@binary_cross_entropy.vjp("y")
def _(g, x):
    return g * (np.maximum(np.log1p(-x), -100) - np.maximum(np.log(x), -100))
