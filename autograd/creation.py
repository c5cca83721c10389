"""Making tensors from data, shapes and ranges."""

from typing import Any

import numpy as np

from .dtypes import as_dtype, get_default_dtype, int64
from .errors import ArgumentTypeError
from .shapes import as_shape
from .tensor import Tensor, _plain_data


def made(raw: Any, requires_grad: bool = False) -> Tensor:
    """A new tensor around a raw array."""
    t = Tensor._wrap(raw, None)
    if requires_grad:
        t.requires_grad = True
    return t


def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False) -> Tensor:
    """A new tensor holding a copy of `data`: numbers, nested sequences, arrays, tensors.

    Python floats get the default float dtype, Python ints int64; arrays keep theirs.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]])
    tensor([[1, 2],
            [3, 4]])
    """
    raw = _raw(data, dtype)
    return made(raw if isinstance(raw, np.generic) or raw is not data else raw.copy(), requires_grad)


def _raw(data: Any, dtype: Any) -> Any:
    kind = type(data)
    if kind is float and dtype is None:
        return get_default_dtype().type(data)
    if isinstance(data, Tensor):
        return np.array(data._data, dtype=None if dtype is None else as_dtype(dtype))[()]
    if isinstance(data, (np.ndarray, np.generic)):
        return np.array(data, dtype=None if dtype is None else as_dtype(dtype))
    plain = _plain_data(data)
    try:
        raw = np.array(plain, dtype=None if dtype is None else as_dtype(dtype))
    except ValueError as error:
        raise ArgumentTypeError.__mro__[1](f"tensor: cannot make a tensor of nested data with unequal lengths: {error}") from None
    if dtype is None and (raw.dtype == np.float64 or not raw.size):
        raw = raw.astype(get_default_dtype())
    if raw.dtype.kind not in "biuf":
        raise ArgumentTypeError(f"tensor: could not read {type(data).__name__} data of dtype {raw.dtype} as numbers")
    return raw


def from_numpy(array: np.ndarray) -> Tensor:
    """A tensor that shares the memory of a NumPy array."""
    if not isinstance(array, np.ndarray):
        raise ArgumentTypeError(f"from_numpy: expected np.ndarray, got {type(array).__name__}")
    return made(array)


def _size_like(sizes: tuple, size: Any, op: str) -> tuple:
    return as_shape(sizes if size is None else (size,), op)


def zeros(*size: Any, dtype: Any = None, requires_grad: bool = False, device: Any = None, **ignored: Any) -> Tensor:
    """A tensor of zeros."""
    return made(np.zeros(as_shape(size, "zeros"), _dtype(dtype)), requires_grad)


def ones(*size: Any, dtype: Any = None, requires_grad: bool = False, device: Any = None, **ignored: Any) -> Tensor:
    """A tensor of ones."""
    return made(np.ones(as_shape(size, "ones"), _dtype(dtype)), requires_grad)


def _dtype(dtype: Any) -> np.dtype:
    return get_default_dtype() if dtype is None else as_dtype(dtype)


def arange(start: Any, end: Any = None, step: Any = 1, *, dtype: Any = None, requires_grad: bool = False, device: Any = None) -> Tensor:
    """Numbers from start to end (not included) in steps."""
    if end is None:
        start, end = 0, start
    if dtype is None:
        dtype = get_default_dtype() if any(isinstance(v, float) for v in (start, end, step)) else int64
    return made(np.arange(start, end, step).astype(as_dtype(dtype)), requires_grad)
