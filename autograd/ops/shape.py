"""Primitives that move elements without computing: views where NumPy gives views, joins, flips."""

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..core.primitive import primitive
from ..core.shapes import each_once
from .index import overwrite


@primitive(np.reshape, view=True, cases=[((2, 6), {"shape": (3, 4)}), ((), {"shape": (1, 1)}), ((0, 3), {"shape": (3, 0)})])
def reshape(x, *, shape):
    """The same elements in another shape; a view wherever strides allow."""
    return x.reshape(shape)


@reshape.vjp("x")
def _(g, x_shape):
    return np.reshape(g, x_shape)


@primitive(np.transpose, view=True, cases=[((2, 3), {"axes": (1, 0)}), ((2, 3, 4), {"axes": (2, 0, 1)}), ((), {"axes": ()})])
def transpose(x, *, axes):
    """Axes in another order; a view."""
    return x.transpose(axes)


@transpose.vjp("x")
def _(g, axes):
    back = [0] * len(axes)
    for k, a in enumerate(axes):
        back[a] = k
    return np.transpose(g, tuple(back))


def _fits(n, m):
    return n == m or n == 1


@primitive(
    np.broadcast_to,
    view=True,
    broadcasting=True,
    promotes=False,
    cases=[((3,), {"shape": (2, 3)}), ((2, 1), {"shape": (2, 4)}), ((), {"shape": (2, 2)})],
)
def broadcast_to(x, *, shape):
    """x repeated along new or stretched axes without copying: a read-only view. The engine sums the cotangent back."""
    if x.shape == shape:
        return x
    lead = len(shape) - len(x.shape)
    if lead >= 0 and x.flags.c_contiguous and all(map(_fits, x.shape, shape[lead:])):
        # The cotangent of every mean and sum comes here: a view made directly takes a third of NumPy's time.
        strides = [s if n == m else 0 for n, m, s in zip(x.shape, shape[lead:], x.strides, strict=True)]
        view = np.ndarray(shape, x.dtype, x, 0, (*(0,) * lead, *strides))
        view.flags.writeable = False
        return view
    return np.broadcast_to(x, shape)


@broadcast_to.vjp("x")
def _(g):
    return g


@primitive(
    np.diagonal,
    view=True,
    cases=[
        ((3, 4), {"offset": 1, "axis1": 0, "axis2": 1}),
        ((2, 3, 2), {"offset": -1, "axis1": 2, "axis2": 0}),
        ((2, 2), {"offset": 0, "axis1": 0, "axis2": 1}),
    ],
)
def diagonal(x, *, offset=0, axis1=0, axis2=1):
    """The elements whose indices along two axes differ by `offset`, as the last axis; a view that can be written to."""
    part = x.diagonal(offset, axis1, axis2)
    if part.base is not None and x.flags.writeable:
        part.flags.writeable = True  # NumPy marks diagonals read-only, for reasons of its own history
    return part


@diagonal.vjp("x")
def _(g, x_shape, offset, axis1, axis2):
    chain = ((diagonal.primitive, {"offset": offset, "axis1": axis1, "axis2": axis2}),)
    return overwrite(np.zeros(x_shape, g.dtype), g, chain=chain)


@primitive(
    view=True,
    cases=[
        ((7,), {"axis": 0, "size": 3, "step": 2}),
        ((2, 5), {"axis": 1, "size": 2, "step": 1}),
        ((4, 2), {"axis": 0, "size": 2, "step": 2}),
    ],
    why="windows overlap, so they are a view that no sequence of the other views can give",
)
def windows(x, *, axis, size, step):
    """Windows of a length along an axis, every `step` elements, as a new last axis; a view."""
    shape, strides = list(x.shape), list(x.strides)
    shape[axis] = (shape[axis] - size) // step + 1
    strides[axis] *= step
    apart = step >= size  # windows that overlap cannot be written to: an element would have two new values
    return as_strided(x, (*shape, size), (*strides, x.strides[axis]), writeable=apart and x.flags.writeable)


@windows.vjp("x")
def _(g, x_shape, axis, step):
    return overlap_add(g, axis=axis, length=x_shape[axis], step=step)


@primitive(
    cases=[
        ((3, 3), {"axis": 0, "length": 8, "step": 2}),
        ((2, 4, 2), {"axis": 1, "length": 5, "step": 1}),
    ],
    single=True,
    why="the transpose of windows: a sum of as many slices as a window is long",
)
def overlap_add(x, *, axis, length, step):
    """Windows, along the last axis, put back where they lay in an axis of a length; what overlaps adds up."""
    count = x.shape[axis]
    out = np.zeros((*x.shape[:axis], length, *x.shape[axis + 1 : -1]), x.dtype)
    before = (slice(None),) * axis
    for k in range(x.shape[-1]):
        out[(*before, slice(k, k + step * (count - 1) + 1, step))] += x[..., k]
    return out


@overlap_add.vjp("x")
def _(g, x_shape, axis, step):
    return windows(g, axis=axis, size=x_shape[-1], step=step)


@primitive(
    view=True,
    cases=[
        ((7,), {"size": (3, 2), "stride": (2, 1), "offset": 1}),
        ((2, 3), {"size": (2, 2), "stride": (1, 1), "offset": 0}),
    ],
    why="places in memory that no sequence of the other views shows",
)
def strided(x, *, size, stride, offset):
    """The elements at offset + i stride[0] + j stride[1] + ... of a contiguous x; a view."""
    flat = x.reshape(-1)[offset:]
    step = x.dtype.itemsize
    return as_strided(flat, size, tuple(s * step for s in stride), writeable=x.flags.writeable and each_once(stride, size))


@strided.vjp("x")
def _(g, x_shape, size, stride, offset):
    return strided_add(g, shape=x_shape, stride=stride, offset=offset)


def _places(size, stride, offset):
    """The number, in memory, of every element that `strided` shows."""
    at = np.full(size, offset)
    for k, (n, s) in enumerate(zip(size, stride, strict=True)):
        at += (np.arange(n) * s).reshape(-1, *(1,) * (len(size) - 1 - k))
    return at


@primitive(
    cases=[
        ((3, 2), {"shape": (7,), "stride": (2, 1), "offset": 1}),
        ((2, 2), {"shape": (2, 3), "stride": (1, 1), "offset": 0}),
    ],
    single=True,
    why="the transpose of strided: places that are shown twice add up",
)
def strided_add(x, *, shape, stride, offset):
    """Elements put back where `strided` shows them; what is shown twice adds up."""
    out = np.zeros(shape, x.dtype)
    np.add.at(out.reshape(-1), _places(x.shape, stride, offset), x)
    return out


@strided_add.vjp("x")
def _(g, x_shape, stride, offset):
    return strided(g, size=x_shape, stride=stride, offset=offset)


@primitive(cases=[((2, 3), {}), ((), {})])
def contiguous(x):
    """The same values in memory of their own, the last axis running fastest."""
    return np.array(x, order="C")


@contiguous.vjp("x")
def _(g):
    return g


@primitive(np.flip, cases=[((3, 2), {"axis": 0}), ((3, 2), {"axis": (0, 1)})])
def flip(x, *, axis):
    """Elements in reverse order along axes, as a copy."""
    return np.flip(x, axis).copy(order="C")


@flip.vjp("x")
def _(g, axis):
    return np.flip(g, axis)


@primitive(np.concatenate, promotes=True, cases=[(((2, 3), (1, 3)), {"axis": 0}), (((2, 1), (2, 3), (2, 2)), {"axis": -1})])
def concatenate(*arrays, axis=0):
    """Arrays joined along an axis that they have."""
    out = np.concatenate(arrays, axis=axis)
    return out if out.flags.c_contiguous else np.ascontiguousarray(out)


@concatenate.vjp("arrays")
def _(g, index, arrays_shape, axis):
    start = arrays_shape.start(index, axis)
    return g[(slice(None),) * (axis % g.ndim) + (slice(start, start + arrays_shape[index][axis]),)]


@primitive(
    np.stack,
    promotes=True,
    cases=[(((2, 3), (2, 3)), {"axis": 0}), (((), (), ()), {"axis": 0}), (((2,), (2,)), {"axis": -1})],
)
def stack(*arrays, axis=0):
    """Arrays of one shape joined along a new axis."""
    shape = arrays[0].shape
    k = axis % (len(shape) + 1)
    shape = (*shape[:k], 1, *shape[k:])
    out = np.concatenate([a.reshape(shape) for a in arrays], axis=k)
    return out if out.flags.c_contiguous else np.ascontiguousarray(out)


@stack.vjp("arrays")
def _(g, index, axis):
    return g[(slice(None),) * (axis % g.ndim) + (index,)]
