"""Pooling by maxima of windows of a fixed size, and its inverse; what every pool needs to know of its windows."""

import math
from collections.abc import Callable
from typing import Any

from autograd import Tensor, arange, bool_, iinfo, no_grad
from autograd.errors import ArgumentError, ShapeError
from autograd.ops.pooling import max_pool, take_at_max

from .dtypes import check_tensors
from .module import Module
from .padding import pad
from .sizes import batched, per_dim


def _lowest(x: Tensor) -> Any:
    """What is no larger than any element."""
    return -math.inf if x.is_floating_point() else 0 if x.dtype == bool_ else iinfo(x.dtype).min


def window_arguments(
    op: str, input: Tensor, dims: int, kernel: Any, stride: Any, padding: Any, dilation: Any
) -> tuple[Any, ...]:
    """The arguments of a pool as tuples, checked."""
    kernel = per_dim(kernel, dims, op, "kernel_size")
    stride = kernel if stride is None or stride == () else per_dim(stride, dims, op, "stride")
    padding, dilation = per_dim(padding, dims, op, "padding"), per_dim(dilation, dims, op, "dilation")
    if min(kernel) <= 0 or min(stride) <= 0 or min(dilation) <= 0:
        raise ShapeError(
            f"{op}: kernel_size, stride and dilation must be greater than zero, got {kernel}, {stride} and {dilation}"
        )
    for k, p, d in zip(kernel, padding, dilation, strict=True):
        if not 0 <= p <= (d * (k - 1) + 1) // 2:
            raise ShapeError(
                f"{op}: pad should be at most half of effective kernel size, but got pad={p}, kernel_size={k} and dilation={d}"
            )
    return kernel, stride, padding, dilation


def output_size(
    op: str,
    input: Tensor,
    kernel: tuple[Any, ...],
    stride: tuple[Any, ...],
    padding: tuple[Any, ...],
    dilation: tuple[Any, ...],
    ceil: bool,
) -> tuple[Any, ...]:
    """How many windows there are; with `ceil` also those that begin inside and end outside."""
    sizes = []
    for n, k, s, p, d in zip(input.shape[-len(kernel) :], kernel, stride, padding, dilation, strict=True):
        reach = n + 2 * p - d * (k - 1) - 1
        count = (-(-reach // s) if ceil else reach // s) + 1
        if ceil and (count - 1) * s >= n + p:
            count -= 1
        sizes.append(count)
    if min(sizes) < 1:
        raise ShapeError(
            f"{op}: given input size {list(input.shape)}, calculated output size {sizes}: output size is too small for "
            f"kernel_size {kernel} with padding {padding}"
        )
    return tuple(sizes)


def surrounded(
    input: Tensor,
    out: tuple[Any, ...],
    kernel: tuple[Any, ...],
    stride: tuple[Any, ...],
    padding: tuple[Any, ...],
    dilation: tuple[Any, ...],
    value: float,
) -> Tensor:
    """`input` padded so that every window lies inside."""
    amounts: list[int] = []
    reach = zip(input.shape[-len(kernel) :], out, kernel, stride, padding, dilation, strict=True)
    for n, o, k, s, p, d in reversed(list(reach)):
        amounts += (p, max(0, (o - 1) * s + d * (k - 1) + 1 - n - p))
    return pad(input, amounts, value=value) if any(amounts) else input


# -- maxima ----------------------------------------------------------------------------------------------------------------


def _max_pool(
    dims: int, input: Tensor, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool, return_indices: bool
) -> Any:
    op = f"max_pool{dims}d"
    x, single = batched(input, dims, op)
    if math.prod(x.shape[1:]) == 0:
        raise ShapeError(f"{op}: expected input with optional 0 batch dim and other dims non-zero, got {list(input.shape)}")
    kernel, stride, padding, dilation = window_arguments(op, input, dims, kernel, stride, padding, dilation)
    out = output_size(op, input, kernel, stride, padding, dilation, ceil_mode)
    where = places_of(x, dims) if return_indices else None
    x = surrounded(x, out, kernel, stride, padding, dilation, _lowest(x))
    if where is not None:
        where = surrounded(where, out, kernel, stride, padding, dilation, 0).expand(x.shape)
    x, where = maxima(x, where, kernel, stride, dilation)
    if single:
        x, where = x.squeeze(0), where if where is None else where.squeeze(0)
    return x if where is None else (x, where)


def places_of(x: Tensor, dims: int) -> Tensor:
    """The number of each element within its image."""
    spatial = x.shape[-dims:]
    return arange(math.prod(spatial)).reshape(1, 1, *spatial)


def maxima(
    x: Tensor, where: Tensor | None, kernel: tuple[Any, ...], stride: tuple[Any, ...], dilation: tuple[Any, ...]
) -> tuple[Any, ...]:
    """Pool one dimension after the other, the last one first: of equal maxima the first in reading order is taken."""
    for k in range(1, len(kernel) + 1):
        if kernel[-k] == stride[-k] == 1:
            continue
        along = {"axis": -k, "kernel": kernel[-k], "stride": stride[-k], "dilation": dilation[-k]}
        best = max_pool(x, **along)
        if where is not None:
            with no_grad():
                where = take_at_max(where, x.detach(), best.detach(), **along)
        x = best
    return x.clone(), where  # a copy, which may be changed in place where the pool's rule needs its own


def max_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The maximum of each window of `input` (N, C, L) or (C, L), and with `return_indices` its place.

    L' = floor((L + 2 padding - dilation (kernel_size - 1) - 1) / stride) + 1, stride being kernel_size by default;
    `ceil_mode` rounds up. Of equal elements the first gets the gradient.

    >>> import autograd, nn.functional as F
    >>> F.max_pool1d(autograd.tensor([[1.0, 5.0, 2.0, 3.0]]), 2)
    tensor([[5., 3.]])
    """
    return _max_pool(1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The maximum of each window of `input` (N, C, H, W) or (C, H, W); see `max_pool1d`.

    >>> import autograd, nn.functional as F
    >>> F.max_pool2d(autograd.arange(16.0).reshape(1, 4, 4), 2)
    tensor([[[ 5.,  7.],
             [13., 15.]]])
    """
    return _max_pool(2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool3d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The maximum of each window of `input` (N, C, D, H, W) or (C, D, H, W); see `max_pool1d`.

    >>> import autograd, nn.functional as F
    >>> F.max_pool3d(autograd.ones(1, 4, 6, 6), 2).shape
    torch.Size([1, 2, 3, 3])
    """
    return _max_pool(3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def _max_unpool(dims: int, input: Tensor, indices: Tensor, kernel: Any, stride: Any, padding: Any, output_size: Any) -> Tensor:
    check_tensors(f"max_unpool{dims}d", input=input, indices=indices)
    op = f"max_unpool{dims}d"
    x, single = batched(input, dims, op)
    if tuple(indices.shape) != tuple(input.shape):
        raise ShapeError(f"{op}: indices have shape {tuple(indices.shape)}, the input {tuple(input.shape)}; must be equal")
    kernel, stride, padding, _ = window_arguments(op, input, dims, kernel, stride, padding, 1)
    reach = zip(x.shape[2:], kernel, stride, padding, strict=True)
    size = tuple((n - 1) * s - 2 * p + k for n, k, s, p in reach)
    if output_size is not None:
        wanted = tuple(output_size)[-dims:]
        if any(not n - s < w < n + s for n, s, w in zip(size, stride, wanted, strict=True)):
            raise ArgumentError(f"{op}: invalid output_size {wanted}: each must be within one stride {stride} of {size}")
        size = wanted
    flat = x.new_zeros((*x.shape[:2], math.prod(size)))
    places = indices.reshape(x.shape).flatten(2)
    if places.numel() and int(places.max()) >= flat.shape[-1]:
        raise ShapeError(f"{op}: found an invalid max index {int(places.max())} (output size is {size})")
    result = flat.scatter(2, places, x.flatten(2)).reshape(*x.shape[:2], *size)
    return result.squeeze(0) if single else result


def max_unpool1d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """Zeros with the maxima of max_pool1d back in the places that it returned.

    >>> import autograd, nn.functional as F
    >>> x = autograd.tensor([[1.0, 5.0, 2.0, 3.0]])
    >>> F.max_unpool1d(*F.max_pool1d(x, 2, return_indices=True), 2)
    tensor([[0., 5., 0., 3.]])
    """
    return _max_unpool(1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """Zeros with the maxima of max_pool2d back in the places that it returned.

    >>> import autograd, nn.functional as F
    >>> y, where = F.max_pool2d(autograd.arange(4.0).reshape(1, 2, 2), 2, return_indices=True)
    >>> F.max_unpool2d(y, where, 2)
    tensor([[[0., 0.],
             [0., 3.]]])
    """
    return _max_unpool(2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """Zeros with the maxima of max_pool3d back in the places that it returned.

    >>> import autograd, nn.functional as F
    >>> y, where = F.max_pool3d(autograd.rand(1, 4, 4, 4), 2, return_indices=True)
    >>> F.max_unpool3d(y, where, 2).shape
    torch.Size([1, 4, 4, 4])
    """
    return _max_unpool(3, input, indices, kernel_size, stride, padding, output_size)


class Pool(Module):
    """A module that passes its settings, in the order of `_names`, to a function."""

    _function: Callable[..., Any]
    _names: tuple[str, ...]

    def _set(self, *values: Any) -> None:
        for name, value in zip(self._names, values, strict=True):
            setattr(self, name, value)

    def forward(self, input: Tensor) -> Tensor:
        """The function of the same name, with this module's settings."""
        return type(self)._function(input, *(getattr(self, name) for name in self._names))

    def extra_repr(self) -> str:
        """The settings."""
        return ", ".join(f"{name}={getattr(self, name)}" for name in self._names)


class _MaxPool(Pool):
    _names = ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self._set(kernel_size, kernel_size if stride is None else stride, padding, dilation, ceil_mode, return_indices)

    def extra_repr(self) -> str:
        """The settings."""
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, dilation={self.dilation}, "
            f"ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPool):
    """Maxima of windows over (N, C, L) or (C, L); see `nn.functional.max_pool1d`.

    >>> import autograd, nn
    >>> nn.MaxPool1d(3, stride=2, padding=1)(autograd.ones(2, 3, 8)).shape
    torch.Size([2, 3, 4])
    """

    _function = max_pool1d


class MaxPool2d(_MaxPool):
    """Maxima of windows over (N, C, H, W) or (C, H, W).

    >>> import autograd, nn
    >>> nn.MaxPool2d(2)(autograd.ones(2, 3, 8, 8)).shape
    torch.Size([2, 3, 4, 4])
    """

    _function = max_pool2d


class MaxPool3d(_MaxPool):
    """Maxima of windows over (N, C, D, H, W) or (C, D, H, W).

    >>> import autograd, nn
    >>> nn.MaxPool3d((1, 2, 2))(autograd.ones(2, 3, 4, 8, 8)).shape
    torch.Size([2, 3, 4, 4, 4])
    """

    _function = max_pool3d


class _MaxUnpool(Module):
    _dims: int

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        super().__init__()
        op = type(self).__name__
        self.kernel_size: tuple[int, ...] = per_dim(kernel_size, self._dims, op, "kernel_size")
        self.stride: tuple[int, ...] = self.kernel_size if stride is None else per_dim(stride, self._dims, op, "stride")
        self.padding: tuple[int, ...] = per_dim(padding, self._dims, op, "padding")

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        """Zeros with `input` in the places `indices`."""
        return _max_unpool(self._dims, input, indices, self.kernel_size, self.stride, self.padding, output_size)

    def extra_repr(self) -> str:
        """The settings."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpool):
    """Puts the maxima of MaxPool1d back in their places, among zeros.

    >>> import autograd, nn
    >>> y, where = nn.MaxPool1d(2, return_indices=True)(autograd.tensor([[1.0, 5.0, 2.0, 3.0]]))
    >>> nn.MaxUnpool1d(2)(y, where)
    tensor([[0., 5., 0., 3.]])
    """

    _dims = 1


class MaxUnpool2d(_MaxUnpool):
    """Puts the maxima of MaxPool2d back in their places, among zeros.

    >>> import autograd, nn
    >>> y, where = nn.MaxPool2d(2, return_indices=True)(autograd.rand(3, 4, 6))
    >>> nn.MaxUnpool2d(2)(y, where).shape
    torch.Size([3, 4, 6])
    """

    _dims = 2


class MaxUnpool3d(_MaxUnpool):
    """Puts the maxima of MaxPool3d back in their places, among zeros.

    >>> import autograd, nn
    >>> y, where = nn.MaxPool3d(2, return_indices=True)(autograd.rand(3, 2, 4, 6))
    >>> nn.MaxUnpool3d(2)(y, where).shape
    torch.Size([3, 2, 4, 6])
    """

    _dims = 3
