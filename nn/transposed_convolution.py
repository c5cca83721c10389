"""Transposed convolution in one, two and three spatial dimensions: what convolution is the gradient of."""

from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError, ShapeError
from autograd.ops.convolution import convolve_transpose

from .convolution import ConvNd, check_operands
from .dtypes import check_tensors
from .padding import pad
from .sizes import batched, per_dim


def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    """The transpose of conv1d: `input` (N, C, L) spread through `weight` (C, O / groups, K) gives (N, O, L').

    L' = (L - 1) stride - 2 padding + dilation (K - 1) + output_padding + 1.

    >>> import autograd, nn.functional as F
    >>> F.conv_transpose1d(autograd.tensor([[1.0, 2.0]]), autograd.tensor([[[1.0, 10.0]]]), stride=2)
    tensor([[ 1., 10.,  2., 20.]])
    """
    return _conv_transpose("conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    """The transpose of conv2d: (N, C, H, W) with `weight` (C, O / groups, KH, KW); sizes as in `conv_transpose1d`.

    >>> import autograd, nn.functional as F
    >>> F.conv_transpose2d(autograd.ones(1, 1, 2, 2), autograd.ones(1, 1, 2, 2), stride=2).shape
    torch.Size([1, 1, 4, 4])
    """
    return _conv_transpose("conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    """The transpose of conv3d: (N, C, D, H, W) with `weight` (C, O / groups, KD, KH, KW).

    >>> import autograd, nn.functional as F
    >>> F.conv_transpose3d(autograd.ones(1, 1, 2, 2, 2), autograd.ones(1, 3, 2, 2, 2)).shape
    torch.Size([1, 3, 3, 3, 3])
    """
    return _conv_transpose("conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups, dilation)


def _conv_transpose(
    op: str,
    dims: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: int,
    dilation: Any,
) -> Tensor:
    check_tensors(op, input=input, weight=weight, optional={"bias": bias})
    input, single = batched(input, dims, op)
    stride, dilation = per_dim(stride, dims, op, "stride"), per_dim(dilation, dims, op, "dilation")
    padding, extra = per_dim(padding, dims, op, "padding"), per_dim(output_padding, dims, op, "output_padding")
    check_operands(op, input, weight, bias, weight.shape[1] * groups if weight.ndim > 1 else 0, stride, dilation, groups)
    if input.shape[1] != weight.shape[0] or weight.shape[0] % groups:
        raise ShapeError(
            f"{op}: given transposed=1, weight of size {list(weight.shape)} and groups={groups}, expected "
            f"input{list(input.shape)} to have {weight.shape[0]} channels, a multiple of groups"
        )
    if any(not 0 <= e < max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
        raise ShapeError(
            f"{op}: output padding must be smaller than either stride or dilation, but got output_padding {extra}, stride "
            f"{stride}, dilation {dilation}"
        )
    # Outputs that only a further window would reach show what the padding hides, and behind that zeros.
    after = [p if e < s else max(0, p - e) for p, e, s in zip(padding, extra, stride, strict=True)]
    behind = [0 if e < s else max(0, e - p) for p, e, s in zip(padding, extra, stride, strict=True)]
    size = tuple(
        (n - 1) * s - 2 * p + d * (k - 1) + e - b + 1
        for n, s, p, d, k, e, b in zip(input.shape[2:], stride, padding, dilation, weight.shape[2:], extra, behind, strict=True)
    )
    if min(size) < 0 or min(n + b for n, b in zip(size, behind, strict=True)) == 0:
        raise ShapeError(
            f"{op}: given input size {list(input.shape)}, calculated output size {list(size)}: output size is too small"
        )
    pairs = tuple(zip(padding, after, strict=True))
    result = convolve_transpose(input, weight, size=size, stride=stride, padding=pairs, dilation=dilation, groups=groups)
    if any(behind):
        result = pad(result, [n for b in reversed(behind) for n in (0, b)])
    if bias is not None:
        result = result + bias.reshape(-1, *(1,) * dims)
    return result.squeeze(0) if single else result


class _ConvTranspose(ConvNd):
    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ArgumentError(
                f'{type(self).__name__}: only "zeros" padding mode is supported for transposed convolutions, '
                f"got {padding_mode!r}"
            )
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            per_dim(padding, self._dims, type(self).__name__, "padding"),
            dilation,
            output_padding,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        """C_in channels, batched or not, to C_out; `output_size` picks one of the sizes that a stride allows."""
        extra = self.output_padding if output_size is None else self._extra_for(input, output_size)
        return _conv_transpose(
            f"conv_transpose{self._dims}d",
            self._dims,
            input,
            self.weight,
            self.bias,
            self.stride,
            self.padding,
            extra,
            self.groups,
            self.dilation,
        )

    def _extra_for(self, input: Tensor, output_size: Any) -> tuple[int, ...]:
        wanted = tuple(output_size)
        op = type(self).__name__
        if len(wanted) == input.ndim:
            wanted = wanted[-self._dims :]
        if len(wanted) != self._dims:
            raise ArgumentError(f"{op}: output_size must have {self._dims} or {input.ndim} elements, got {tuple(output_size)}")
        padding: Any = self.padding
        reach = zip(input.shape[-self._dims :], self.stride, padding, self.dilation, self.kernel_size, strict=True)
        least = [(n - 1) * s - 2 * p + d * (k - 1) + 1 for n, s, p, d, k in reach]
        extra = tuple(w - n for w, n in zip(wanted, least, strict=True))
        if any(not 0 <= e < s for e, s in zip(extra, self.stride, strict=True)):
            most = [n + s - 1 for n, s in zip(least, self.stride, strict=True)]
            raise ArgumentError(f"{op}: requested an output size of {wanted}, but valid sizes range from {least} to {most}")
        return extra


class ConvTranspose1d(_ConvTranspose):
    """Transposed convolution over (N, C_in, L) or (C_in, L), with weight (C_in, C_out / groups, K) and bias (C_out,).

    >>> import autograd, nn
    >>> nn.ConvTranspose1d(3, 8, 4, stride=2, padding=1)(autograd.ones(2, 3, 5)).shape
    torch.Size([2, 8, 10])
    """

    _dims = 1


class ConvTranspose2d(_ConvTranspose):
    """Transposed convolution over (N, C_in, H, W) or (C_in, H, W), with weight (C_in, C_out / groups, KH, KW).

    >>> import autograd, nn
    >>> nn.ConvTranspose2d(4, 2, 2, stride=2)(autograd.ones(1, 4, 5, 5)).shape
    torch.Size([1, 2, 10, 10])
    """

    _dims = 2


class ConvTranspose3d(_ConvTranspose):
    """Transposed convolution over (N, C_in, D, H, W) or (C_in, D, H, W), with weight (C_in, C_out / groups, KD, KH, KW).

    >>> import autograd, nn
    >>> nn.ConvTranspose3d(4, 2, 2, stride=2)(autograd.ones(1, 4, 2, 3, 3)).shape
    torch.Size([1, 2, 4, 6, 6])
    """

    _dims = 3
