"""Two losses that are primitives, since their compositions take several times as long, or have no gradient at the ends."""

from functools import lru_cache

import numpy as np

from ..errors import DimError
from ..primitive import primitive
from .reduce import added, largest, softmax


@lru_cache(maxsize=64)
def _rows(n):
    return np.arange(n)


@primitive(
    cases=[(((3, 4), "int4:3"), {"axis": 1}), (((2, 3, 4), "int3:2,4"), {"axis": 1}), (((4,), "int4:"), {"axis": 0})],
    why="the difference of a distribution and a one-hot one, which need not be made",
)
def less_one_hot(x, index, *, axis):
    """x, less 1 where `index` says along an axis."""
    out = x.copy()
    at = (_rows(index.size), index) if x.ndim == 2 and axis == 1 else _places(index, x.ndim, axis)
    out[at] -= 1
    return out


def _places(index, ndim, axis):
    """The tuple that picks, along an axis, the elements that `index` says."""
    at = list(np.indices(index.shape, sparse=True))
    at.insert(axis % ndim, index)
    return tuple(at)


less_one_hot.constant("index")


@less_one_hot.vjp("x")
def _(g):
    return g


@primitive(
    cases=[
        (((3, 4), "int4:3"), {"axis": 1}),
        (((2, 3, 4), "int3:2,4"), {"axis": 1}),
        (((4,), "int4:"), {"axis": 0}),
    ],
    why="softmax minus one-hot is its gradient; the composition is four operations",
)
def cross_entropy(x, index, *, axis):
    """logsumexp(x) - x[index] along an axis: the negative log-likelihood of class `index` under softmax(x)."""
    if index.size and np.minimum.reduce(index, axis=None) < 0:
        raise _out_of_bounds(int(index.min()), x.shape[axis])
    shifted = x - largest(x, axis)
    total = np.log(added(np.exp(shifted), axis, False))
    try:
        if x.ndim == 2 and axis == 1:
            return total - shifted[_rows(index.size), index]
        return total - np.take_along_axis(shifted, np.expand_dims(index, axis), axis).reshape(total.shape)
    except IndexError:
        raise _out_of_bounds(int(index.max()), x.shape[axis]) from None


def _out_of_bounds(index, classes):
    return DimError(
        f"cross_entropy: target {index} is out of bounds: the input has {classes} classes, so an index is from 0 to "
        f"{classes - 1}, or ignore_index"
    )


cross_entropy.constant("index")


@cross_entropy.vjp("x")
def _(g, x, index, axis):
    shape = (*x.shape[:axis], 1, *x.shape[axis + 1 :])
    return g.reshape(shape) * less_one_hot(softmax(x, axis=axis), index, axis=axis)


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
    return g * (x - y) / np.maximum(x * (1 - x), 1e-12)


@binary_cross_entropy.vjp("y")
def _(g, x):
    return g * (np.maximum(np.log1p(-x), -100) - np.maximum(np.log(x), -100))
