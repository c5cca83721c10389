"""Rearranging images: windows as columns and back, channels into space and back."""

from typing import Any

from autograd import Tensor
from autograd.errors import ShapeError
from autograd.functions.own_memory import with_own_memory
from autograd.ops.shape import overlap_add

from .dtypes import check_tensors
from .module import Module
from .padding import pad
from .sizes import batched, per_dim


def _counts(
    op: str,
    size: tuple[Any, ...],
    kernel: tuple[Any, ...],
    dilation: tuple[Any, ...],
    padding: tuple[Any, ...],
    stride: tuple[Any, ...],
) -> tuple[int, ...]:
    """How many windows there are along each dimension of an image."""
    reach = zip(size, kernel, dilation, padding, stride, strict=True)
    counts = tuple((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, d, p, s in reach)
    if min(counts) < 1:
        raise ShapeError(
            f"{op}: spatial size {size}, kernel_size={kernel}, dilation={dilation}, padding={padding}, stride={stride}: "
            f"calculated shape of the array of sliding blocks as {counts}, but its components must be at least one"
        )
    return counts


def _pairs(op: str, kernel_size: Any, dilation: Any, padding: Any, stride: Any) -> list[tuple[int, ...]]:
    given = {"kernel_size": kernel_size, "dilation": dilation, "padding": padding, "stride": stride}
    pairs = {name: per_dim(value, 2, op, name) for name, value in given.items()}
    for name, value in pairs.items():
        if min(value) < (name != "padding"):
            least = "at least 0" if name == "padding" else "greater than zero"
            raise ShapeError(f"{op}: {name} should be {least}, but got {value}")
    return list(pairs.values())


@with_own_memory
def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """All windows of `input` (N, C, H, W) or (C, H, W) as columns: (N, C * KH * KW, number of windows).

    >>> import autograd, nn.functional as F
    >>> F.unfold(autograd.arange(6.0).reshape(1, 2, 3), 2)
    tensor([[0., 1.],
            [1., 2.],
            [3., 4.],
            [4., 5.]])
    """
    x, single = batched(input, 2, "unfold")
    kernel, dilation, padding, stride = _pairs("unfold", kernel_size, dilation, padding, stride)
    _counts("unfold", tuple(x.shape[2:]), kernel, dilation, padding, stride)
    if any(padding):
        x = pad(x, (padding[1], padding[1], padding[0], padding[0]))
    for axis in (2, 3):
        x = x.unfold(axis, dilation[axis - 2] * (kernel[axis - 2] - 1) + 1, stride[axis - 2])
    x = x[..., :: dilation[0], :: dilation[1]]
    result = x.permute(0, 1, 4, 5, 2, 3).flatten(4).flatten(1, 3)
    return result.squeeze(0) if single else result


def fold(input: Tensor, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """Columns (N, C * KH * KW, L) put back as windows of images (N, C, *output_size); what overlaps adds up.

    >>> import autograd, nn.functional as F
    >>> F.fold(autograd.ones(1, 4, 2), (2, 3), 2)
    tensor([[[[1., 2., 1.],
              [1., 2., 1.]]]])
    """
    check_tensors("fold", input=input)
    op = "fold"
    size = per_dim(output_size, 2, op, "output_size")
    kernel, dilation, padding, stride = _pairs(op, kernel_size, dilation, padding, stride)
    if input.ndim not in (2, 3):
        raise ShapeError(f"{op}: expected 2D or 3D (batch mode) tensor for input, but got size {list(input.shape)}")
    x = input.unsqueeze(0) if input.ndim == 2 else input
    window = kernel[0] * kernel[1]
    counts = _counts(op, size, kernel, dilation, padding, stride)
    if x.shape[1] % window or x.shape[2] != counts[0] * counts[1]:
        raise ShapeError(
            f"{op}: given output_size={size}, kernel_size={kernel}, dilation={dilation}, padding={padding}, stride={stride}, "
            f"expected an input (N, multiple of {window}, {counts[0] * counts[1]}), but got input.size={list(input.shape)}"
        )
    x = x.reshape(x.shape[0], x.shape[1] // window, *kernel, *counts).permute(0, 1, 4, 5, 3, 2)
    for k in (0, 1):  # the windows of rows, then those of columns
        x = overlap_add(_spaced(x, dilation[k]), axis=2 + k, length=size[k] + 2 * padding[k], step=stride[k])
    if any(padding):
        x = pad(x, (-padding[1], -padding[1], -padding[0], -padding[0]))
    return x.squeeze(0) if input.ndim == 2 else x


def _spaced(x: Tensor, dilation: int) -> Tensor:
    """x with dilation - 1 zeros between elements of its last dimension."""
    if dilation == 1:
        return x
    return pad(x.unsqueeze(-1), (0, dilation - 1)).flatten(-2)[..., : dilation * (x.shape[-1] - 1) + 1]


@with_own_memory
def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """(..., C r^2, H, W) to (..., C, H r, W r): every r^2 channels become the pixels of an r x r block (Shi et al., 2016).

    >>> import autograd, nn.functional as F
    >>> F.pixel_shuffle(autograd.arange(4.0).reshape(4, 1, 1), 2)
    tensor([[[0., 1.],
             [2., 3.]]])
    """
    check_tensors("pixel_shuffle", input=input)
    r = upscale_factor
    if input.ndim < 3 or r <= 0 or input.shape[-3] % (r * r):
        raise ShapeError(
            f"pixel_shuffle: expects an input (..., C * r * r, H, W) with r = upscale_factor > 0, got shape "
            f"{tuple(input.shape)} and upscale_factor={r}"
        )
    *front, c, h, w = input.shape
    n = len(front)
    x = input.reshape(*front, c // (r * r), r, r, h, w)
    order = (*range(n), n, n + 3, n + 1, n + 4, n + 2)
    return x.permute(order).reshape(*front, c // (r * r), h * r, w * r)


@with_own_memory
def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """(..., C, H r, W r) to (..., C r^2, H, W): undoes `pixel_shuffle`.

    >>> import autograd, nn.functional as F
    >>> F.pixel_unshuffle(autograd.arange(4.0).reshape(1, 2, 2), 2).flatten()
    tensor([0., 1., 2., 3.])
    """
    check_tensors("pixel_unshuffle", input=input)
    r = downscale_factor
    if input.ndim < 3 or r <= 0 or input.shape[-2] % r or input.shape[-1] % r:
        raise ShapeError(
            f"pixel_unshuffle: expects an input (..., C, H * r, W * r) with r = downscale_factor > 0, got shape "
            f"{tuple(input.shape)} and downscale_factor={r}"
        )
    *front, c, h, w = input.shape
    n = len(front)
    x = input.reshape(*front, c, h // r, r, w // r, r)
    order = (*range(n), n, n + 2, n + 4, n + 1, n + 3)
    return x.permute(order).reshape(*front, c * r * r, h // r, w // r)


@with_own_memory
def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """Channels (dimension 1) dealt out anew: the first of every group, then the second of every group, and so on.

    >>> import autograd, nn.functional as F
    >>> F.channel_shuffle(autograd.arange(4.0).reshape(1, 4, 1), 2).flatten()
    tensor([0., 2., 1., 3.])
    """
    check_tensors("channel_shuffle", input=input)
    if input.ndim < 3 or groups <= 0 or input.shape[1] % groups:
        raise ShapeError(
            f"channel_shuffle: channels must be divisible by groups, got shape {tuple(input.shape)} and {groups} groups"
        )
    n, c = input.shape[:2]
    return input.reshape(n, groups, c // groups, *input.shape[2:]).transpose(1, 2).reshape(input.shape)


class Unfold(Module):
    """Windows of (N, C, H, W) as columns (N, C * KH * KW, L); see `nn.functional.unfold`.

    >>> import autograd, nn
    >>> nn.Unfold((2, 3))(autograd.ones(2, 5, 3, 4)).shape
    torch.Size([2, 30, 4])
    """

    def __init__(self, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Tensor) -> Tensor:
        """The columns."""
        return unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        """The settings."""
        return f"kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding}, stride={self.stride}"


class Fold(Module):
    """Columns (N, C * KH * KW, L) as windows of images; see `nn.functional.fold`.

    >>> import autograd, nn
    >>> nn.Fold((4, 5), (2, 2))(autograd.ones(1, 12, 12)).shape
    torch.Size([1, 3, 4, 5])
    """

    def __init__(self, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> None:
        super().__init__()
        self.output_size = output_size
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Tensor) -> Tensor:
        """The images."""
        return fold(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        """The settings."""
        return (
            f"output_size={self.output_size}, kernel_size={self.kernel_size}, dilation={self.dilation}, "
            f"padding={self.padding}, stride={self.stride}"
        )


class PixelShuffle(Module):
    """Channels into space; see `nn.functional.pixel_shuffle`.

    >>> import autograd, nn
    >>> nn.PixelShuffle(3)(autograd.ones(1, 9, 4, 4)).shape
    torch.Size([1, 1, 12, 12])
    """

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, input: Tensor) -> Tensor:
        """(..., C r^2, H, W) to (..., C, H r, W r)."""
        return pixel_shuffle(input, self.upscale_factor)

    def extra_repr(self) -> str:
        """The settings."""
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Module):
    """Space into channels; undoes PixelShuffle.

    >>> import autograd, nn
    >>> nn.PixelUnshuffle(3)(autograd.ones(1, 1, 12, 12)).shape
    torch.Size([1, 9, 4, 4])
    """

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, input: Tensor) -> Tensor:
        """(..., C, H r, W r) to (..., C r^2, H, W)."""
        return pixel_unshuffle(input, self.downscale_factor)

    def extra_repr(self) -> str:
        """The settings."""
        return f"downscale_factor={self.downscale_factor}"


class ChannelShuffle(Module):
    """Channels dealt out anew; see `nn.functional.channel_shuffle`.

    >>> import autograd, nn
    >>> nn.ChannelShuffle(2)(autograd.arange(4.0).reshape(1, 4, 1)).flatten()
    tensor([0., 2., 1., 3.])
    """

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, input: Tensor) -> Tensor:
        """The same shape, channels in another order."""
        return channel_shuffle(input, self.groups)

    def extra_repr(self) -> str:
        """The settings."""
        return f"groups={self.groups}"
