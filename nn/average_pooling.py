"""Pooling by means and by p-norms of windows of a fixed size."""

import math
from typing import Any

from autograd import Tensor, int64, tensor
from autograd.core.half import in_single
from autograd.errors import ShapeError
from autograd.ops.pooling import sum_pool

from .dtypes import check_floating, check_tensors
from .pooling import Pool, output_size, surrounded, window_arguments
from .sizes import batched, per_dim


@in_single
def avg_pool(
    dims: int,
    input: Tensor,
    kernel: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None = None,
) -> Tensor:
    """The means of windows of the last `dims` dimensions; see `avg_pool2d`."""
    check_tensors(f"avg_pool{dims}d", input=input)
    op = f"avg_pool{dims}d"
    if input.dtype != int64:
        check_floating(op, input)
    x, single = batched(input, dims, op)
    kernel, stride, padding, dilation = window_arguments(op, input, dims, kernel, stride, padding, 1)
    if divisor_override == 0:
        raise ShapeError(f"{op}: divisor must be not zero; leave divisor_override out to divide by the window's size")
    out = output_size(op, input, kernel, stride, padding, dilation, ceil_mode)
    spatial = x.shape[2:]
    x = surrounded(x, out, kernel, stride, padding, dilation, 0)
    for k in range(1, dims + 1):
        if kernel[-k] != 1 or stride[-k] != 1:
            x = sum_pool(x, axis=-k, kernel=kernel[-k], stride=stride[-k])
    if divisor_override is not None:
        x = _shared(x, divisor_override)
    elif (count_include_pad and not ceil_mode) or (not any(padding) and not ceil_mode):
        x = _shared(x, math.prod(kernel))
    else:
        # A window that hangs over the end counts what lies inside of the padding, or of the input alone.
        for axis, (n, o, k, s, p) in enumerate(zip(spatial, out, kernel, stride, padding, strict=True)):
            margin = p if count_include_pad else 0
            counts = [min(i * s - p + k, n + margin) - max(i * s - p, -margin) for i in range(o)]
            x = _shared(x, tensor(counts, dtype=x.dtype).reshape(-1, *(1,) * (dims - 1 - axis)))
    return x.squeeze(0) if single else x


def _shared(total: Tensor, count: Any) -> Tensor:
    """A mean; of integers without its fraction, as PyTorch has it for int64."""
    return total / count if total.dtype.kind == "f" else total.div(count, rounding_mode="trunc")


def avg_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """The mean of each window of `input` (N, C, L) or (C, L); without `count_include_pad` padding does not count.

    >>> import autograd, nn.functional as F
    >>> F.avg_pool1d(autograd.tensor([[1.0, 5.0, 2.0, 3.0]]), 2)
    tensor([[3.0000, 2.5000]])
    """
    return avg_pool(1, input, kernel_size, stride, padding, ceil_mode, count_include_pad)


def avg_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window of `input` (N, C, H, W) or (C, H, W): its sum over its size, or over `divisor_override`.

    >>> import autograd, nn.functional as F
    >>> F.avg_pool2d(autograd.arange(4.0).reshape(1, 2, 2), 2)
    tensor([[[1.5000]]])
    """
    return avg_pool(2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


def avg_pool3d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window of `input` (N, C, D, H, W) or (C, D, H, W); see `avg_pool2d`.

    >>> import autograd, nn.functional as F
    >>> F.avg_pool3d(autograd.ones(1, 4, 6, 6), 2).shape
    torch.Size([1, 2, 3, 3])
    """
    return avg_pool(3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)


@in_single
def _lp_pool(dims: int, input: Tensor, norm_type: float, kernel_size: Any, stride: Any, ceil_mode: bool) -> Tensor:
    check_tensors(f"lp_pool{dims}d", input=input)
    kernel = per_dim(kernel_size, dims, f"lp_pool{dims}d", "kernel_size")
    mean = avg_pool(dims, input.pow(norm_type), kernel, stride, 0, ceil_mode, True)
    return (mean.sign() * mean.abs().relu() * math.prod(kernel)).pow(1 / norm_type)


def lp_pool1d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """(sum x^p)^(1/p) of each window of `input` (N, C, L) or (C, L), with p = `norm_type`.

    >>> import autograd, nn.functional as F
    >>> F.lp_pool1d(autograd.tensor([[3.0, 4.0]]), 2, 2)
    tensor([[5.]])
    """
    return _lp_pool(1, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """(sum x^p)^(1/p) of each window of `input` (N, C, H, W) or (C, H, W), with p = `norm_type`.

    >>> import autograd, nn.functional as F
    >>> F.lp_pool2d(autograd.ones(1, 2, 2), 2, 2)
    tensor([[[2.]]])
    """
    return _lp_pool(2, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """(sum x^p)^(1/p) of each window of `input` (N, C, D, H, W) or (C, D, H, W), with p = `norm_type`.

    >>> import autograd, nn.functional as F
    >>> F.lp_pool3d(autograd.ones(1, 2, 2, 2), 3, 2)
    tensor([[[[2.]]]])
    """
    return _lp_pool(3, input, norm_type, kernel_size, stride, ceil_mode)


class AvgPool1d(Pool):
    """Means of windows over (N, C, L) or (C, L).

    >>> import autograd, nn
    >>> nn.AvgPool1d(2)(autograd.tensor([[1.0, 3.0, 5.0, 7.0]]))
    tensor([[2., 6.]])
    """

    _function = avg_pool1d
    _names = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad")

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        sizes = (kernel_size, kernel_size if stride is None else stride, padding)
        kernel, step, margin = (per_dim(s, 1, "AvgPool1d", n) for s, n in zip(sizes, self._names, strict=False))
        self._set(kernel, step, margin, ceil_mode, count_include_pad)

    def extra_repr(self) -> str:
        """The settings."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class _AvgPool(Pool):
    _names = ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override")

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        step = kernel_size if stride is None else stride
        self._set(kernel_size, step, padding, ceil_mode, count_include_pad, divisor_override)

    def extra_repr(self) -> str:
        """The settings."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool2d(_AvgPool):
    """Means of windows over (N, C, H, W) or (C, H, W).

    >>> import autograd, nn
    >>> nn.AvgPool2d(3, stride=2, padding=1)(autograd.ones(2, 3, 8, 8)).shape
    torch.Size([2, 3, 4, 4])
    """

    _function = avg_pool2d


class AvgPool3d(_AvgPool):
    """Means of windows over (N, C, D, H, W) or (C, D, H, W).

    >>> import autograd, nn
    >>> nn.AvgPool3d(2)(autograd.ones(2, 3, 4, 8, 8)).shape
    torch.Size([2, 3, 2, 4, 4])
    """

    _function = avg_pool3d


class _LPPool(Pool):
    _names = ("norm_type", "kernel_size", "stride", "ceil_mode")

    def __init__(self, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> None:
        super().__init__()
        self._set(norm_type, kernel_size, stride, ceil_mode)


class LPPool1d(_LPPool):
    """p-norms of windows over (N, C, L) or (C, L).

    >>> import autograd, nn
    >>> nn.LPPool1d(2, 2)(autograd.tensor([[3.0, 4.0]]))
    tensor([[5.]])
    """

    _function = lp_pool1d


class LPPool2d(_LPPool):
    """p-norms of windows over (N, C, H, W) or (C, H, W).

    >>> import autograd, nn
    >>> nn.LPPool2d(2, 2)(autograd.ones(1, 4, 4))
    tensor([[[2., 2.],
             [2., 2.]]])
    """

    _function = lp_pool2d


class LPPool3d(_LPPool):
    """p-norms of windows over (N, C, D, H, W) or (C, D, H, W).

    >>> import autograd, nn
    >>> nn.LPPool3d(3, 2)(autograd.ones(1, 2, 2, 2))
    tensor([[[[2.]]]])
    """

    _function = lp_pool3d
