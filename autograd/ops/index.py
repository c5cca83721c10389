"""Reading and writing at an index: the pair `getitem` and `put`, each the other's derivative.

An index is what NumPy accepts, in raw form: ints, slices, None, Ellipsis, integer and boolean arrays. Indices are
options, not data: they cannot vary.
"""

from typing import Any

import numpy as np

from ..core.graph import shares_buffer
from ..core.primitive import primitive
from ..core.standin import ARRAY, ARRAYS
from .products import LONG, dot

_indices = [
    ((3, 4), {"index": (1,)}),
    ((3, 4), {"index": (slice(None, None, 2), None, -1)}),
    ((3, 4), {"index": (..., np.array([0, 3, 3, -1]))}),
    ((3, 4), {"index": (np.array([[0, 0], [2, -1]]), slice(1, 3))}),
    ((3, 4), {"index": (np.array([True, False, True]),)}),
    ((2, 3, 4), {"index": (np.array([0, 1]), slice(None), np.array([2, 2]))}),
]


def is_basic(index: Any) -> Any:
    """Whether an index gives a view (ints, slices, None, Ellipsis only)."""
    return not any(isinstance(i, (*ARRAY, list)) for i in index)


def names_each_place_once(index: Any) -> Any:
    """Whether no place can be named twice: there are no integer arrays in the index."""
    return not any(isinstance(i, ARRAY) and i.dtype.kind != "b" for i in index)


def accumulate(out: Any, index: Any, x: Any) -> Any:
    """Add x to `out`, a fresh array, at an index in which places may repeat.

    `np.add.at` is fast on vectors (4 ns an element) and slow on anything else (15 to 40 ns), so larger sums of rows, or of
    elements that an array for every axis names, are brought to that form or to a better one.
    """
    arrays = all(isinstance(i, ARRAY) and i.dtype.kind != "b" for i in index)
    if x.size <= 256 or not arrays or not out.flags.c_contiguous:
        _add_at(out, index, x)
    elif len(index) == 1 and x.shape[index[0].ndim :] == out.shape[1:]:
        rows = _from_the_front(index[0], len(out)).ravel()
        _add_rows(out.reshape(len(out), -1), rows, x.reshape(rows.size, -1))
    elif len(index) == out.ndim:
        places = np.zeros((), np.int64)
        for i, size in zip(index, out.shape, strict=True):
            places = places * size + _from_the_front(i, size)
        _add_elements(out.reshape(-1), places.ravel(), np.broadcast_to(x, places.shape).ravel())
    else:
        _add_at(out, index, x)


def _add_at(out, index, x):
    """out[index] += x; what may be a long sum in float64."""
    if out.dtype.char != "f" or x.size <= LONG:
        np.add.at(out, index, x)
        return
    wide = out.astype(np.float64)
    np.add.at(wide, index, x.astype(np.float64))  # with two dtypes it would take ten times as long
    out[...] = wide


def _from_the_front(index, size):
    return index % size if index.min() < 0 else index


def _is_long(places):
    """Whether so many elements meet at one place that they are not to be added up in float32."""
    return places.size > LONG and int(np.bincount(places).max()) > LONG


def _add_elements(out, places, values):
    """`_add_at` for vectors."""
    if out.dtype.char == "f" and places.size > LONG and out.size <= places.size:
        out += np.bincount(places, values, out.size).astype(out.dtype, copy=False)  # which adds up in float64
    else:
        (_add_at if _is_long(places) else np.add.at)(out, places, values)


def _add_rows(out, rows, values):
    """out[rows] += values, equal rows summed: by a product with zeros and ones, element by element, or sorted."""
    n, width = out.shape
    if n <= 128 and 1 < width and out.size * rows.size <= 1_000_000 and out.dtype.char in "fd":
        hits = np.zeros((n, rows.size), out.dtype)
        hits[rows, np.arange(rows.size)] = 1
        out += dot(hits, values)
    elif width == 1:
        _add_elements(out.reshape(-1), rows, values.ravel())
    elif rows.size < 8 * n:
        places = (rows[:, None] * width + np.arange(width)).ravel()
        (_add_at if _is_long(rows) else np.add.at)(out.reshape(-1), places, values.ravel())
    else:
        order = (rows.astype(np.uint16) if n <= 65536 else rows).argsort(kind="stable")  # of 16 bits: a radix sort
        rows = rows[order]
        starts = np.flatnonzero(np.diff(rows, prepend=-1))
        most = int(np.diff(starts, append=rows.size).max())
        wide = np.float64 if out.dtype.char == "f" and most > LONG else out.dtype
        out[rows[starts]] += np.add.reduceat(values.take(order, 0), starts, axis=0, dtype=wide).astype(out.dtype, copy=False)


@primitive(view=True, cases=_indices)
def getitem(x, *, index):
    """x[index]: a view for a basic index (of one element, too), a copy in C order for one with arrays."""
    if len(index) == 1 and type(index[0]) is np.ndarray and index[0].dtype.kind != "b":
        return x.take(index[0], axis=0)  # several times faster than x[index]
    part = x[index]
    if type(part) not in ARRAYS:
        return x[(*index, ...)]
    return part if part.flags.c_contiguous or is_basic(index) else part.copy()


@getitem.vjp("x")
def _(g, x_shape, index):
    return put(g, index=index, shape=x_shape)


@primitive(
    cases=[
        ((4,), {"index": (1,), "shape": (3, 4)}),
        ((2, 3), {"index": (np.array([1, 1]),), "shape": (4, 3)}),
        ((2, 2), {"index": (slice(0, 2), np.array([0, -1])), "shape": (2, 3)}),
    ],
    single=True,
    why="the transpose of getitem",
)
def put(x, *, index, shape):
    """Zeros of a shape with x added at an index; places named more than once, also as negatives, add up."""
    out = np.zeros(shape, x.dtype)
    if names_each_place_once(index):
        out[index] = x
    else:
        accumulate(out, index, x)
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
    out = np.array(x)
    write(out, value, chain)
    return out


def write(out: Any, value: Any, chain: Any) -> Any:
    """Write into the part of raw array `out` that a chain of views shows, in whatever order its memory is."""
    last, options = chain[-1]
    target = _view(out, chain[:-1])
    if shares_buffer(target, out) and target.flags.writeable:
        if last.name == "getitem":
            target[options["index"]] = value
            return
        target = last.forward(target, **options)
        if shares_buffer(target, out) and target.flags.writeable:
            target[...] = value
            return
    # A reshape had to copy, since this array is laid out unlike the one on which the chain was made, or a part of an
    # expanded array is written to, which NumPy does not allow.
    places = _view(np.arange(out.size).reshape(out.shape), chain)
    out[np.unravel_index(places, out.shape)] = value


@overwrite.vjp("x")
def _(g, value_shape, chain):
    return overwrite(g, np.zeros(value_shape, g.dtype), chain=chain)


@overwrite.vjp("value")
def _(g, chain):
    return _show(g, chain)


@primitive(
    broadcasting=False,
    cases=[(((3, 4), (2, 4)), {"index": (np.array([1, 1]),)}), (((5,), (3,)), {"index": (np.array([0, -1, 0]),)})],
    single=True,
    why="accumulating where an index repeats; as a composition it would allocate zeros for every term",
)
def index_add(x, value, *, index):
    """A copy of x with `value` added at an index; repeated places add up."""
    out = np.array(x)
    if names_each_place_once(index):
        out[index] += value
    else:
        accumulate(out, index, value)
    return out


@index_add.vjp("x")
def _(g):
    return g


@index_add.vjp("value")
def _(g, index):
    return getitem(g, index=index)
