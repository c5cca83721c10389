"""Convolution in one, two and three spatial dimensions."""

import math
from typing import Any

from autograd import Tensor, zeros
from autograd.errors import ArgumentError, DtypeError, ShapeError
from autograd.ops.convolution import NO_BIAS, convolve

from . import init
from .dtypes import check_tensors
from .module import Module
from .padding import pad
from .parameter import Parameter
from .sizes import batched, per_dim


def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The cross-correlation of `input` (N, C, L) or (C, L) with `weight` (O, C / groups, K): (N, O, L').

    L' = floor((L + 2 padding - dilation (K - 1) - 1) / stride) + 1; padding "same" keeps L, "valid" adds nothing.

    >>> import autograd, nn.functional as F
    >>> F.conv1d(autograd.tensor([[1.0, 2.0, 4.0]]), autograd.tensor([[[-1.0, 1.0]]]))
    tensor([[1., 2.]])
    """
    return _conv("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The cross-correlation of `input` (N, C, H, W) or (C, H, W) with `weight` (O, C / groups, KH, KW).

    Sizes are those of `conv1d` in each dimension; stride, padding and dilation are an int or a pair.

    >>> import autograd, nn.functional as F
    >>> F.conv2d(autograd.ones(1, 1, 3, 3), autograd.ones(1, 1, 3, 3), padding="same")
    tensor([[[[4., 6., 4.],
              [6., 9., 6.],
              [4., 6., 4.]]]])
    """
    return _conv("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """The cross-correlation of `input` (N, C, D, H, W) or (C, D, H, W) with `weight` (O, C / groups, KD, KH, KW).

    >>> import autograd, nn.functional as F
    >>> F.conv3d(autograd.ones(1, 1, 2, 3, 3), autograd.ones(1, 1, 2, 2, 2)).shape
    torch.Size([1, 1, 1, 2, 2])
    """
    return _conv("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def _conv(
    op: str, dims: int, input: Tensor, weight: Tensor, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int
) -> Tensor:
    check_tensors(op, input=input, weight=weight, optional={"bias": bias})
    input, single = batched(input, dims, op)
    stride, dilation = per_dim(stride, dims, op, "stride"), per_dim(dilation, dims, op, "dilation")
    check_operands(op, input, weight, bias, weight.shape[0] if weight.ndim else 0, stride, dilation, groups)
    if input.shape[1] != weight.shape[1] * groups:
        raise ShapeError(
            f"{op}: given groups={groups}, weight of size {list(weight.shape)}, expected input{list(input.shape)} to have "
            f"{weight.shape[1] * groups} channels, but got {input.shape[1]} channels instead"
        )
    if weight.shape[0] % groups:
        raise ShapeError(f"{op}: weight of size {list(weight.shape)}: out_channels must be divisible by groups={groups}")
    pairs = _pairs(op, padding, weight.shape[2:], stride, dilation)
    for size, k, d, (before, after) in zip(input.shape[2:], weight.shape[2:], dilation, pairs, strict=True):
        if size + before + after < d * (k - 1) + 1:
            raise ShapeError(
                f"{op}: kernel size can't be greater than actual input size: input {list(input.shape)} with padding "
                f"{padding!r}, kernel {list(weight.shape[2:])} with dilation {list(dilation)}"
            )
    shift = NO_BIAS if bias is None else bias
    result = convolve(input, weight, shift, stride=stride, padding=pairs, dilation=dilation, groups=groups)
    return result.squeeze(0) if single else result


def _pairs(
    op: str, padding: Any, kernel: tuple[Any, ...], stride: tuple[Any, ...], dilation: tuple[Any, ...]
) -> tuple[Any, ...]:
    """Padding as (before, after) for each dimension; what cannot be even on both sides of "same" goes after."""
    if isinstance(padding, str):
        if padding == "valid":
            return ((0, 0),) * len(kernel)
        if padding != "same":
            raise ShapeError(f"{op}: invalid padding string {padding!r}, should be one of 'valid', 'same'")
        if any(s != 1 for s in stride):
            raise ShapeError(f"{op}: padding='same' is not supported for strided convolutions, got stride {stride}")
        total = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
        return tuple((t // 2, t - t // 2) for t in total)
    padding = per_dim(padding, len(kernel), op, "padding")
    if min(padding) < 0:
        raise ShapeError(f"{op}: negative padding is not supported, got {padding}")
    return tuple((p, p) for p in padding)


def check_operands(
    op: str,
    input: Tensor,
    weight: Tensor,
    bias: Any,
    outputs: int,
    stride: tuple[Any, ...],
    dilation: tuple[Any, ...],
    groups: int,
) -> None:
    """Raise if the operands of a convolution, transposed or not, do not fit together."""
    if weight.ndim != input.ndim or not weight.shape[0]:
        raise ShapeError(
            f"{op}: weight must have {input.ndim} dimensions (channels, channels, *kernel), got shape {list(weight.shape)}"
        )
    if input.dtype != weight.dtype or (bias is not None and bias.dtype != weight.dtype):
        raise DtypeError(
            f"{op}: input has dtype {input.dtype}, weight {weight.dtype}"
            f"{'' if bias is None else f', bias {bias.dtype}'}; they must have the same dtype: convert the input "
            "(x.to(weight.dtype)) or the module (module.to(x.dtype))"
        )
    if bias is not None and tuple(bias.shape) != (outputs,):
        raise ShapeError(
            f"{op}: given weight of size {list(weight.shape)}, expected bias to be 1-dimensional with {outputs} elements, "
            f"but got bias of size {list(bias.shape)} instead"
        )
    if min(stride) <= 0 or min(dilation) <= 0:
        raise ShapeError(f"{op}: stride and dilation must be greater than zero, got {stride} and {dilation}")
    if groups <= 0:
        raise ShapeError(f"{op}: groups must be a positive integer, got {groups}")


# -- modules -----------------------------------------------------------------------------------------------------------------


class ConvNd(Module):
    """What all convolutions hold: a weight, perhaps a bias, and how windows are laid."""

    _dims: int
    transposed = False
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        output_padding: Any,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any,
        dtype: Any,
    ) -> None:
        super().__init__()
        op, dims = type(self).__name__, self._dims
        if groups <= 0:
            raise ArgumentError(f"{op}: groups must be a positive integer, got {groups}")
        for name, channels in (("in_channels", in_channels), ("out_channels", out_channels)):
            if channels % groups:
                raise ArgumentError(f"{op}: {name} must be divisible by groups, got {channels} and {groups}")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size: tuple[int, ...] = per_dim(kernel_size, dims, op, "kernel_size")
        self.stride: tuple[int, ...] = per_dim(stride, dims, op, "stride")
        self.padding: str | tuple[int, ...] = padding if isinstance(padding, str) else per_dim(padding, dims, op, "padding")
        self.dilation: tuple[int, ...] = per_dim(dilation, dims, op, "dilation")
        self.output_padding: tuple[int, ...] = per_dim(output_padding, dims, op, "output_padding")
        self.groups = groups
        self.padding_mode = padding_mode
        self._check_padding(op)
        channels = (in_channels, out_channels // groups) if self.transposed else (out_channels, in_channels // groups)
        self.weight = Parameter(zeros(*channels, *self.kernel_size, dtype=dtype, device=device))
        self.register_parameter("bias", Parameter(zeros(out_channels, dtype=dtype, device=device)) if bias else None)
        self.reset_parameters()

    def _check_padding(self, op: str) -> None:
        if isinstance(self.padding, str):
            if self.padding not in ("same", "valid"):
                raise ArgumentError(f"{op}: invalid padding string {self.padding!r}, should be one of 'same', 'valid'")
            if self.padding == "same" and any(s != 1 for s in self.stride):
                raise ArgumentError(f"{op}: padding='same' is not supported for strided convolutions, stride {self.stride}")
        modes = ("zeros", "reflect", "replicate", "circular")
        if self.padding_mode not in modes:
            raise ArgumentError(f"{op}: padding_mode must be one of {modes}, but got padding_mode={self.padding_mode!r}")

    def reset_parameters(self) -> None:
        """Draw the initial values again: uniform in +-1/sqrt(fan_in)."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in = self.weight.shape[1] * math.prod(self.kernel_size)
            bound = 1 / math.sqrt(fan_in) if fan_in else 0
            init.uniform_(self.bias, -bound, bound)

    def extra_repr(self) -> str:
        """The settings that are not the defaults."""
        none = (0,) * self._dims
        shown = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        if self.padding != none:
            shown += f", padding={self.padding}"
        if self.dilation != (1,) * self._dims:
            shown += f", dilation={self.dilation}"
        if self.output_padding != none:
            shown += f", output_padding={self.output_padding}"
        if self.groups != 1:
            shown += f", groups={self.groups}"
        if self.bias is None:
            shown += ", bias=False"
        return shown if self.padding_mode == "zeros" else f"{shown}, padding_mode={self.padding_mode}"


class _Conv(ConvNd):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, 0, groups, bias, padding_mode, device, dtype
        )

    def forward(self, input: Tensor) -> Tensor:
        """(N, C_in, *spatial) or (C_in, *spatial) to the same with C_out channels and new spatial sizes."""
        padding = self.padding
        op = f"conv{self._dims}d"
        if self.padding_mode != "zeros":
            pairs = _pairs(op, padding, self.kernel_size, self.stride, self.dilation)
            input = pad(input, [n for pair in reversed(pairs) for n in pair], self.padding_mode)
            padding = 0
        return _conv(op, self._dims, input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class Conv1d(_Conv):
    """Convolution over (N, C_in, L) or (C_in, L), with weight (C_out, C_in / groups, K) and bias (C_out,).

    Both start uniform in +-1/sqrt(C_in / groups * K). `padding_mode` other than "zeros" pads as `nn.functional.pad` does.

    >>> import autograd, nn
    >>> nn.Conv1d(3, 8, 5, padding=2)(autograd.ones(2, 3, 10)).shape
    torch.Size([2, 8, 10])
    """

    _dims = 1


class Conv2d(_Conv):
    """Convolution over (N, C_in, H, W) or (C_in, H, W), with weight (C_out, C_in / groups, KH, KW) and bias (C_out,).

    >>> import autograd, nn
    >>> nn.Conv2d(3, 8, 3, stride=2, padding=1)(autograd.ones(2, 3, 8, 8)).shape
    torch.Size([2, 8, 4, 4])
    """

    _dims = 2


class Conv3d(_Conv):
    """Convolution over (N, C_in, D, H, W) or (C_in, D, H, W), with weight (C_out, C_in / groups, KD, KH, KW).

    >>> import autograd, nn
    >>> nn.Conv3d(2, 4, 3, padding=1)(autograd.ones(1, 2, 3, 5, 5)).shape
    torch.Size([1, 4, 3, 5, 5])
    """

    _dims = 3
