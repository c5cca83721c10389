"""Shapes under PyTorch's names: view, permute, expand, squeeze and their family."""

from typing import Any

import numpy as np

from ..dtypes import as_dtype
from ..ops import shape as sh
from ..primitive import cast
from ..shapes import as_shape, infer
from .declare import function


@function
def reshape(input: Any, *shape: Any) -> Any:
    """The same elements in another shape; one size may be -1. A view if strides allow.

    >>> import autograd
    >>> autograd.arange(6).reshape(2, -1).shape
    torch.Size([2, 3])
    """
    return sh.reshape(input, shape=infer(as_shape(shape, "reshape"), input._data.size, "reshape", input._data.shape))


@function
def broadcast_to(input: Any, size: Any) -> Any:
    """`input` repeated to a shape that it broadcasts to, without copying."""
    return sh.broadcast_to(input, shape=as_shape((size,), "broadcast_to"))


@function
def to(input: Any, *args: Any, dtype: Any = None, device: Any = None, **ignored: Any) -> Any:
    """The tensor in another dtype (itself if it has that dtype); devices other than the CPU do not exist here."""
    for a in args:
        if isinstance(a, np.dtype) or isinstance(a, type):
            dtype = a
    if dtype is None or as_dtype(dtype) == input._data.dtype:
        return input
    return cast(input, dtype=as_dtype(dtype))
