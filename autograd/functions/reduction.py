"""Reductions under PyTorch's names and arguments (`dim`, `keepdim`, `dtype`)."""

from typing import Any

import numpy as np

from ..ops import reduce as rd
from ..ops.shape import reshape
from ..primitive import cast
from ..shapes import normalize_axes
from .declare import constant, function


def axes(input: Any, dim: Any, op: str) -> Any:
    """`dim` as the primitives' `axis`: None for all, else a tuple counted from the front."""
    if dim is None or (isinstance(dim, (tuple, list)) and not dim):
        return None
    found = normalize_axes(dim, input.ndim, op)
    return found if input.ndim else None


@function
def sum(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The sum over `dim` (an int, a tuple, or None for all); integers and bools are summed as int64.

    >>> import autograd
    >>> autograd.tensor([[1.0, 2.0], [3.0, 4.0]]).sum(dim=0)
    tensor([4., 6.])
    """
    if dtype is not None:
        input = input.to(dtype)
    elif input.dtype.kind in "biu" and input.dtype != np.int64:
        input = cast(input, dtype=np.dtype(np.int64))
    return rd.sum(input, axis=axes(input, dim, "sum"), keepdims=keepdim)


@function
def mean(input: Any, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The mean over `dim`; the tensor must be floating.

    >>> import autograd
    >>> autograd.tensor([1.0, 2.0, 6.0]).mean()
    tensor(3.)
    """
    if dtype is not None:
        input = input.to(dtype)
    return rd.mean(input, axis=axes(input, dim, "mean"), keepdims=keepdim)
