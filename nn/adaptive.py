"""Adaptive pooling: windows chosen so that the output has a given size.

Output i of m takes the inputs from floor(i n / m) to ceil((i + 1) n / m). If m divides n that is an ordinary pool.
"""

from typing import Any

from autograd import Tensor, cat, no_grad
from autograd.core.half import in_single
from autograd.errors import ArgumentError, ShapeError
from autograd.ops.pooling import max_pool, take_at_max

from .average_pooling import avg_pool
from .dtypes import check_floating, check_tensors
from .module import Module
from .pooling import maxima, places_of
from .sizes import batched


def _target(op: str, dims: int, input: Tensor, output_size: Any) -> tuple[int, ...]:
    wanted = (output_size,) * dims if output_size is None or isinstance(output_size, int) else tuple(output_size)
    if len(wanted) == 1:
        wanted *= dims
    if len(wanted) != dims:
        raise ArgumentError(f"{op}: output_size must be an int or have {dims} elements, got {output_size!r}")
    sizes = tuple(n if m is None else int(m) for n, m in zip(input.shape[-dims:], wanted, strict=True))
    if min(sizes) < 0 or 0 in input.shape[-dims:]:
        raise ShapeError(f"{op}: output_size {sizes} and input size {list(input.shape)}: sizes must be greater than zero")
    return sizes


def _bounds(n: int, m: int) -> list[tuple[int, int]]:
    return [(i * n // m, -(-(i + 1) * n // m)) for i in range(m)]


@in_single
def _adaptive_avg_pool(dims: int, input: Tensor, output_size: Any) -> Tensor:
    check_tensors(f"adaptive_avg_pool{dims}d", input=input)
    op = f"adaptive_avg_pool{dims}d"
    check_floating(op, input)
    x, single = batched(input, dims, op)
    sizes = _target(op, dims, input, output_size)
    spatial = x.shape[2:]
    if all(m == 1 for m in sizes):
        x = x.mean(tuple(range(-dims, 0)), keepdim=True)
    elif 0 not in sizes and not any(n % m for n, m in zip(spatial, sizes, strict=True)):
        kernel = tuple(n // m for n, m in zip(spatial, sizes, strict=True))
        x = avg_pool(dims, x, kernel, kernel, 0, False, True)
    else:
        for k, (n, m) in enumerate(zip(spatial, sizes, strict=True)):
            x = _averaged(x, k - dims, n, m)
    return x.squeeze(0) if single else x


def _averaged(x: Tensor, axis: int, n: int, m: int) -> Tensor:
    means = [x.narrow(axis, start, stop - start).mean(axis, keepdim=True) for start, stop in _bounds(n, m)]
    return cat(means, dim=axis) if means else x.narrow(axis, 0, 0)


def _adaptive_max_pool(dims: int, input: Tensor, output_size: Any, return_indices: bool) -> Any:
    op = f"adaptive_max_pool{dims}d"
    x, single = batched(input, dims, op)
    sizes = _target(op, dims, input, output_size)
    spatial = x.shape[2:]
    where = places_of(x, dims).expand(x.shape) if return_indices else None
    for k in range(dims, 0, -1):  # the last dimension first, as in `pooling.maxima`
        x, where = _maxima_along(x, where, k - 1 - dims, spatial[k - 1], sizes[k - 1])
    if single:
        x, where = x.squeeze(0), where if where is None else where.squeeze(0)
    return x if where is None else (x, where)


def _maxima_along(x: Tensor, where: Tensor | None, axis: int, n: int, m: int) -> tuple[Any, ...]:
    if m and not n % m:
        rest = (1,) * (-axis - 1)
        return maxima(x, where, (n // m, *rest), (n // m, *rest), (1, *rest))
    best, places = [], []
    for start, stop in _bounds(n, m):
        whole = {"axis": axis, "kernel": stop - start, "stride": 1, "dilation": 1}
        part = x.narrow(axis, start, stop - start)
        best.append(max_pool(part, **whole))
        if where is not None:
            with no_grad():
                numbers = where.narrow(axis, start, stop - start)
                places.append(take_at_max(numbers, part.detach(), best[-1].detach(), **whole))
    if not best:
        return x.narrow(axis, 0, 0), where if where is None else where.narrow(axis, 0, 0)
    return cat(best, dim=axis), cat(places, dim=axis) if where is not None else None


def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """`output_size` means of neighbours, of `input` (N, C, L) or (C, L).

    >>> import autograd, nn.functional as F
    >>> F.adaptive_avg_pool1d(autograd.tensor([[1.0, 2.0, 3.0, 6.0]]), 2)
    tensor([[1.5000, 4.5000]])
    """
    return _adaptive_avg_pool(1, input, output_size)


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """Means of windows of `input` (N, C, H, W) or (C, H, W): as many as `output_size` says, None keeping a size.

    >>> import autograd, nn.functional as F
    >>> F.adaptive_avg_pool2d(autograd.ones(2, 3, 7, 8), (None, 4)).shape
    torch.Size([2, 3, 7, 4])
    """
    return _adaptive_avg_pool(2, input, output_size)


def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """Means of windows of `input` (N, C, D, H, W) or (C, D, H, W).

    >>> import autograd, nn.functional as F
    >>> F.adaptive_avg_pool3d(autograd.ones(2, 3, 4, 7, 8), 2).shape
    torch.Size([2, 3, 2, 2, 2])
    """
    return _adaptive_avg_pool(3, input, output_size)


def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """`output_size` maxima of neighbours, of `input` (N, C, L) or (C, L), and with `return_indices` their places.

    >>> import autograd, nn.functional as F
    >>> F.adaptive_max_pool1d(autograd.tensor([[1.0, 2.0, 3.0]]), 2)
    tensor([[2., 3.]])
    """
    return _adaptive_max_pool(1, input, output_size, return_indices)


def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """Maxima of windows of `input` (N, C, H, W) or (C, H, W): as many as `output_size` says, None keeping a size.

    >>> import autograd, nn.functional as F
    >>> F.adaptive_max_pool2d(autograd.ones(2, 3, 7, 8), (5, 2)).shape
    torch.Size([2, 3, 5, 2])
    """
    return _adaptive_max_pool(2, input, output_size, return_indices)


def adaptive_max_pool3d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """Maxima of windows of `input` (N, C, D, H, W) or (C, D, H, W).

    >>> import autograd, nn.functional as F
    >>> F.adaptive_max_pool3d(autograd.ones(2, 3, 4, 7, 8), 2).shape
    torch.Size([2, 3, 2, 2, 2])
    """
    return _adaptive_max_pool(3, input, output_size, return_indices)


class _Adaptive(Module):
    _dims: int

    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size

    def extra_repr(self) -> str:
        """The settings."""
        return f"output_size={self.output_size}"


class _AdaptiveAvgPool(_Adaptive):
    def forward(self, input: Tensor) -> Tensor:
        """(N, C, *spatial) or (C, *spatial) to the same with spatial sizes `output_size`."""
        return _adaptive_avg_pool(self._dims, input, self.output_size)


class _AdaptiveMaxPool(_Adaptive):
    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__(output_size)
        self.return_indices = return_indices

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, *spatial) or (C, *spatial) to the same with spatial sizes `output_size`, perhaps with indices."""
        return _adaptive_max_pool(self._dims, input, self.output_size, self.return_indices)


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """Means of as many windows as wanted over (N, C, L) or (C, L).

    >>> import autograd, nn
    >>> nn.AdaptiveAvgPool1d(5)(autograd.ones(2, 3, 8)).shape
    torch.Size([2, 3, 5])
    """

    _dims = 1


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """Means of as many windows as wanted over (N, C, H, W) or (C, H, W); `AdaptiveAvgPool2d(1)` is the global mean.

    >>> import autograd, nn
    >>> nn.AdaptiveAvgPool2d(1)(autograd.arange(4.0).reshape(1, 2, 2))
    tensor([[[1.5000]]])
    """

    _dims = 2


class AdaptiveAvgPool3d(_AdaptiveAvgPool):
    """Means of as many windows as wanted over (N, C, D, H, W) or (C, D, H, W).

    >>> import autograd, nn
    >>> nn.AdaptiveAvgPool3d((1, None, 2))(autograd.ones(2, 3, 4, 7, 8)).shape
    torch.Size([2, 3, 1, 7, 2])
    """

    _dims = 3


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """Maxima of as many windows as wanted over (N, C, L) or (C, L).

    >>> import autograd, nn
    >>> nn.AdaptiveMaxPool1d(2)(autograd.tensor([[1.0, 2.0, 3.0]]))
    tensor([[2., 3.]])
    """

    _dims = 1


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """Maxima of as many windows as wanted over (N, C, H, W) or (C, H, W).

    >>> import autograd, nn
    >>> nn.AdaptiveMaxPool2d(1)(autograd.arange(4.0).reshape(1, 2, 2))
    tensor([[[3.]]])
    """

    _dims = 2


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """Maxima of as many windows as wanted over (N, C, D, H, W) or (C, D, H, W).

    >>> import autograd, nn
    >>> nn.AdaptiveMaxPool3d(2)(autograd.ones(2, 3, 4, 7, 8)).shape
    torch.Size([2, 3, 2, 2, 2])
    """

    _dims = 3
