"""Numbers in a row: arange, linspace, logspace, and the indices of triangles."""

import builtins
import math
from typing import Any

import numpy as np

from ..core.dtypes import as_dtype, get_default_dtype, int64
from ..errors import ArgumentTypeError, ShapeError
from .creation import check_shape, default_or, made
from .tensor import Tensor


def _number(value: Any, op: str) -> Any:
    value = value.item() if isinstance(value, (Tensor, np.generic)) else value
    if not isinstance(value, (int, float)):
        raise ArgumentTypeError(f"{op}: expected numbers, got {type(value).__name__}: {value!r}")
    return value


def arange(
    start: Any,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Any = None,
    requires_grad: bool = False,
    device: Any = None,
    out: Tensor | None = None,
    layout: Any = None,
    pin_memory: bool = False,
) -> Tensor:
    """Numbers from `start` (0) to `end`, which is not included, in steps; int64 if all three are ints.

    >>> import autograd
    >>> autograd.arange(1, 2.5, 0.5)
    tensor([1.0000, 1.5000, 2.0000])
    """
    if end is None:
        start, end = 0, start
    start, end, step = (_number(v, "arange") for v in (start, end, step))
    if step == 0 or (end - start) * step < 0:
        raise ShapeError(f"arange: step must be nonzero and lead from start to end, got arange({start}, {end}, {step})")
    exact = builtins.all(isinstance(v, int) for v in (start, end, step))
    wanted = as_dtype(dtype) if dtype is not None else int64 if exact else get_default_dtype()
    n = -(-(end - start) // step) if exact else math.ceil((end - start) / step)
    return made((start + step * np.arange(n)).astype(wanted), requires_grad, out)


def range(start: Any, end: Any = None, step: Any = 1, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """`arange` with floats, `end` included (PyTorch's older form).

    >>> import autograd
    >>> autograd.range(1, 3)
    tensor([1., 2., 3.])
    """
    if end is None:
        start, end = 0, start
    n = math.floor((end - start) / step) + 1
    return made((start + step * np.arange(n)).astype(default_or(dtype)), requires_grad)


def _steps(steps: Any, op: str) -> int:
    if isinstance(steps, Tensor):
        steps = steps.item()
    if isinstance(steps, bool) or not hasattr(steps, "__index__"):
        raise ArgumentTypeError(f"{op}: steps must be an int, got {steps!r}")
    if steps < 0:
        raise ShapeError(f"{op}: number of steps must not be negative, got {steps}")
    return steps


def linspace(
    start: Any,
    end: Any,
    steps: int,
    *,
    dtype: Any = None,
    requires_grad: bool = False,
    device: Any = None,
    out: Tensor | None = None,
    layout: Any = None,
    pin_memory: bool = False,
) -> Tensor:
    """`steps` numbers at equal distances from `start` to `end`, both included.

    >>> import autograd
    >>> autograd.linspace(0, 1, 5)
    tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """
    n = _steps(steps, "linspace")
    values = np.linspace(_number(start, "linspace"), _number(end, "linspace"), n)
    return made(values.astype(default_or(dtype)), requires_grad, out)


def logspace(
    start: Any,
    end: Any,
    steps: int,
    base: float = 10.0,
    *,
    dtype: Any = None,
    requires_grad: bool = False,
    device: Any = None,
    out: Tensor | None = None,
    layout: Any = None,
    pin_memory: bool = False,
) -> Tensor:
    """base ** linspace(start, end, steps)

    >>> import autograd
    >>> autograd.logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    n = _steps(steps, "logspace")
    values = np.float64(base) ** np.linspace(_number(start, "logspace"), _number(end, "logspace"), n)
    return made(values.astype(default_or(dtype)), requires_grad, out)


def tril_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None, layout: Any = None) -> Tensor:
    """The indices of the lower triangle of a row x col matrix, as a (2, n) tensor.

    >>> import autograd
    >>> autograd.tril_indices(2, 2)
    tensor([[0, 1, 1],
            [0, 0, 1]])
    """
    check_shape((row, col), "tril_indices")
    return made(np.stack(np.tril_indices(row, offset, col)).astype(int64 if dtype is None else as_dtype(dtype)))


def triu_indices(row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None, layout: Any = None) -> Tensor:
    """The indices of the upper triangle of a row x col matrix, as a (2, n) tensor.

    >>> import autograd
    >>> autograd.triu_indices(2, 2)
    tensor([[0, 0, 1],
            [0, 1, 1]])
    """
    check_shape((row, col), "triu_indices")
    return made(np.stack(np.triu_indices(row, offset, col)).astype(int64 if dtype is None else as_dtype(dtype)))
