"""Writing new values over all of a tensor: copy_, fill_, zero_. In the graph, the old values get no gradient."""

from typing import Any

import numpy as np

from ..core.graph import Traced, is_grad_enabled, mutated
from ..core.primitive import cast
from ..core.shapes import broadcast
from ..core.standin import ARRAYS
from ..errors import ArgumentTypeError, ShapeError
from ..ops.index import getitem, overwrite
from ..ops.shape import broadcast_to
from .declare import constant, function, offer
from .indexing import number_as
from .scattering import filled_with

_WHOLE = ((getitem.primitive, {"index": (Ellipsis,)}),)


def assigned(self: Any, op: str, value: Any) -> Any:
    """`self` with its values replaced by `value`, a raw array or a tensor of the same shape."""
    if not isinstance(value, Traced):
        value = constant(self, value)
    if value._data.dtype != self._data.dtype:
        value = cast(value, dtype=self._data.dtype)
    if is_grad_enabled() and (self._node is not None or value._node is not None):
        return self._change(op, lambda old, new: overwrite(old, new, chain=_WHOLE), (value,), {})
    self._store(op, value)
    return self


def copy_(self: Any, src: Any, non_blocking: bool = False) -> Any:
    """The elements of `src`, broadcast and converted, written into this tensor.

    `non_blocking` changes nothing on a CPU.

    >>> import autograd
    >>> autograd.zeros(2).copy_(autograd.tensor([1, 2]))
    tensor([1., 2.])
    """
    if not isinstance(src, Traced):
        raise ArgumentTypeError(f"copy_: src must be a Tensor, got {type(src).__name__}; use fill_ for a number")
    shape = self._data.shape
    if src._data.shape != shape:
        if broadcast("copy_", src._data.shape, shape) != shape:
            raise ShapeError(f"copy_: src has shape {tuple(src.shape)}, which does not broadcast to {tuple(shape)}")
        src = broadcast_to(src, shape=shape)
    return assigned(self, "copy_", src)


def fill_(self: Any, value: Any) -> Any:
    """Every element set to `value`, a number or a tensor without dimensions.

    >>> import autograd
    >>> autograd.zeros(2).fill_(3.0)
    tensor([3., 3.])
    """
    shape, dtype = self._data.shape, self._data.dtype
    if isinstance(value, Traced):
        if value._data.ndim:
            raise ShapeError(f"fill_: value must be a number or a 0-d tensor, got shape {tuple(value.shape)}")
        value = value if value._data.dtype == dtype else cast(value, dtype=dtype)
        return assigned(self, "fill_", broadcast_to(value, shape=shape))
    if not isinstance(value, (int, float, np.generic)):
        raise ArgumentTypeError(f"fill_: value must be a number, got {type(value).__name__}")
    return _filled(self, "fill_", value)


def _filled(self: Any, op: str, value: Any) -> Any:
    data = self._data
    number = number_as(value, data.dtype, op)
    if self._node is not None and is_grad_enabled():
        return assigned(self, op, np.broadcast_to(number, data.shape))
    if type(data) in ARRAYS and data.flags.writeable:
        data.fill(number)
        mutated(data, op)
    else:
        self._store(op, np.broadcast_to(number, data.shape))
    return self


def zero_(self: Any) -> Any:
    """Every element set to 0.

    >>> import autograd
    >>> autograd.ones(2).zero_()
    tensor([0., 0.])
    """
    return _filled(self, "zero_", 0)


def fill_diagonal_(self: Any, fill_value: Any, wrap: bool = False) -> Any:
    """Every element of the main diagonal set to a number; with `wrap`, the diagonal of a tall matrix begins again below.

    Raises ShapeError for fewer than two dimensions, and for more than two that are not all of the same size.

    `fill_value` is what it is filled with.

    >>> import autograd
    >>> autograd.zeros(2, 2).fill_diagonal_(1)
    tensor([[1., 0.],
            [0., 1.]])
    """
    shape = tuple(self.shape)
    if len(shape) < 2 or (len(shape) > 2 and len(set(shape)) > 1):
        raise ShapeError(f"fill_diagonal_: needs a matrix, or dimensions that are all of the same size, got shape {shape}")
    if len(shape) == 2:
        rows, columns = shape if wrap else (min(shape), shape[1])
        places = np.unravel_index(np.arange(0, rows * columns, columns + 1), (rows, columns)) if rows * columns else ([], [])
    else:
        places = (np.arange(shape[0]),) * len(shape)
    self[tuple(places)] = fill_value
    return self


@function(method=False)
def fill(input: Any, value: Any) -> Any:
    """A tensor like `input`, in shape and dtype, in which every element is `value`: a number, or a tensor without dimensions.

    >>> import autograd
    >>> autograd.fill(autograd.zeros(2), 3.0)
    tensor([3., 3.])
    """
    return overwrite(input, broadcast_to(filled_with(input, value, "fill"), shape=input._data.shape), chain=_WHOLE)


for _call in (copy_, fill_, fill_diagonal_, zero_):
    offer(_call.__name__, _call)
