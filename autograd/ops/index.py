"""Reading and writing at an index: the pair `getitem` and `put`, each the other's derivative.

An index is what NumPy accepts, in raw form: ints, slices, None, Ellipsis, integer and boolean arrays. Indices are
options, not data: they cannot vary.
"""

import numpy as np

from ..primitive import primitive

_indices = [
    ((3, 4), {"index": (1,)}),
    ((3, 4), {"index": (slice(None, None, 2), None, -1)}),
    ((3, 4), {"index": (..., np.array([0, 3, 3, -1]))}),
    ((3, 4), {"index": (np.array([[0, 0], [2, -1]]), slice(1, 3))}),
    ((3, 4), {"index": (np.array([True, False, True]),)}),
    ((2, 3, 4), {"index": (np.array([0, 1]), slice(None), np.array([2, 2]))}),
]


def is_basic(index):
    """Whether an index gives a view (ints, slices, None, Ellipsis only)."""
    return not any(isinstance(i, (np.ndarray, list)) for i in index)


@primitive(view=True, cases=_indices)
def getitem(x, *, index):
    """x[index]: a view for a basic index, a copy for one with arrays."""
    return x[index]


@getitem.vjp("x")
def _(g, x_shape, index):
    return put(g, index=index, shape=x_shape)


@primitive(
    cases=[
        ((4,), {"index": (1,), "shape": (3, 4)}),
        ((2, 3), {"index": (np.array([1, 1]),), "shape": (4, 3)}),
        ((2, 2), {"index": (slice(0, 2), np.array([0, -1])), "shape": (2, 3)}),
    ],
    why="the transpose of getitem",
)
def put(x, *, index, shape):
    """Zeros of a shape with x added at an index; places named more than once, also as negatives, add up."""
    out = np.zeros(shape, x.dtype)
    if is_basic(index):
        out[index] = x
    else:
        np.add.at(out, index, x)
    return out


@put.vjp("x")
def _(g, index):
    return getitem(g, index=index)


def _view(x, chain):
    """The part of raw array x that a chain of view operations shows."""
    for primitive_, options in chain:
        x = primitive_.forward(x, **options)
    return x


def _show(x, chain):
    for primitive_, options in chain:
        x = primitive_.call((x,), options)
    return x


@primitive(
    broadcasting=False,
    cases=[(((3, 4), (4,)), {"chain": ((getitem.primitive, {"index": (1,)}),)})],
    why="every write through a view, an index or a chain of them is this one operation",
)
def overwrite(x, value, *, chain):
    """A copy of x in which the part that a chain of views shows holds `value`."""
    out = x.copy()
    target = _view(out, chain[:-1])
    last, options = chain[-1]
    if last.name == "getitem":
        target[options["index"]] = value
    else:
        last.forward(target, **options)[...] = value
    return out


@overwrite.vjp("x")
def _(g, x_shape, chain):
    untouched = np.ones(x_shape, np.bool_)
    untouched = overwrite.primitive.forward(untouched, False, chain=chain)
    return np.where(untouched, g, 0)


@overwrite.vjp("value")
def _(g, chain):
    return _show(g, chain)


@primitive(
    broadcasting=False,
    cases=[(((3, 4), (2, 4)), {"index": (np.array([1, 1]),)}), (((5,), (3,)), {"index": (np.array([0, -1, 0]),)})],
    why="accumulating where an index repeats; as a composition it would allocate zeros for every term",
)
def index_add(x, value, *, index):
    """A copy of x with `value` added at an index; repeated places add up."""
    out = x.copy()
    np.add.at(out, index, value)
    return out


@index_add.vjp("x")
def _(g):
    return g


@index_add.vjp("value")
def _(g, index):
    return getitem(g, index=index)
