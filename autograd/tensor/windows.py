"""Windows of signal processing: weights that rise and fall over n points.

A periodic window (the default) is one of n + 1 points without its last: repeated, it has no double point.
"""

from typing import Any

import numpy as np

from ..core.devices import check_device
from ..core.dtypes import as_dtype, get_default_dtype
from ..errors import ShapeError
from .creation import as_tensor
from .tensor import Tensor


def _window(name: str, n: int, periodic: bool, weights: Any, dtype: Any, device: Any, requires_grad: bool) -> Tensor:
    """`weights` of the places 0 to 1 of n points, as a tensor."""
    wanted = get_default_dtype() if dtype is None else as_dtype(dtype)
    if wanted.kind != "f":
        raise ShapeError(f"{name}: expects floating point dtypes, got {wanted}")
    if n < 0:
        raise ShapeError(f"{name}: requires non-negative window_length, got window_length={n}")
    check_device(device, name)
    last = n if periodic else n - 1
    values = np.ones(n) if n <= 1 else weights(np.arange(n) / last)
    return as_tensor(values.astype(wanted)).requires_grad_(requires_grad)


def hann_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """sin(pi k / N)**2

    >>> import autograd
    >>> autograd.hann_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    return _window("hann_window", window_length, periodic, lambda t: np.sin(np.pi * t) ** 2, dtype, device, requires_grad)


def hamming_window(
    window_length: int,
    periodic: bool = True,
    alpha: float = 0.54,
    beta: float = 0.46,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """alpha - beta cos(2 pi k / N)

    >>> import autograd
    >>> autograd.hamming_window(4)
    tensor([0.0800, 0.5400, 1.0000, 0.5400])
    """
    return _window(
        "hamming_window", window_length, periodic, lambda t: alpha - beta * np.cos(2 * np.pi * t), dtype, device, requires_grad
    )


def blackman_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """0.42 - 0.5 cos(2 pi k / N) + 0.08 cos(4 pi k / N)

    >>> import autograd
    >>> autograd.blackman_window(5, periodic=False)[1:]
    tensor([ 3.4000e-01,  1.0000e+00,  3.4000e-01, -1.3878e-17])
    """
    return _window(
        "blackman_window",
        window_length,
        periodic,
        lambda t: 0.42 - 0.5 * np.cos(2 * np.pi * t) + 0.08 * np.cos(4 * np.pi * t),
        dtype,
        device,
        requires_grad,
    )


def bartlett_window(
    window_length: int,
    periodic: bool = True,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """1 - |2 k / N - 1|

    >>> import autograd
    >>> autograd.bartlett_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    return _window("bartlett_window", window_length, periodic, lambda t: 1 - np.abs(2 * t - 1), dtype, device, requires_grad)


def kaiser_window(
    window_length: int,
    periodic: bool = True,
    beta: float = 12.0,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """I0(beta sqrt(1 - (2 k / N - 1)**2)) / I0(beta), with the modified Bessel function of order 0.

    >>> import autograd
    >>> autograd.kaiser_window(4, beta=2.0)
    tensor([0.4387, 0.8348, 1.0000, 0.8348])
    """
    return _window(
        "kaiser_window",
        window_length,
        periodic,
        lambda t: np.i0(beta * np.sqrt(np.maximum(1 - (2 * t - 1) ** 2, 0))) / np.i0(beta),
        dtype,
        device,
        requires_grad,
    )
