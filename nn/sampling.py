"""Sampling images at arbitrary places, differentiably in the image and in the places (Jaderberg et al., 2015)."""

from collections.abc import Callable
from itertools import product
from typing import Any

from autograd import Tensor, arange, int64, linspace, ones, stack, where, zeros
from autograd.core.half import in_single
from autograd.errors import ArgumentError, DtypeError, ShapeError

from .dtypes import check_floating, check_tensors
from .errors import UnsupportedError
from .interpolation import cubic_weights


def affine_grid(theta: Tensor, size: Any, align_corners: bool | None = None) -> Tensor:
    """The grid (N, H, W, 2) that `theta` (N, 2, 3) maps the points of an image to; for (N, 3, 4), (N, D, H, W, 3).

    `size` is the image's shape (N, C, *spatial). -1 and 1 are the centres of the corner pixels with `align_corners`,
    else the image's edges.

    >>> import autograd, nn.functional as F
    >>> F.affine_grid(autograd.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]), (1, 1, 1, 2))
    tensor([[[[-0.5000,  0.0000],
              [ 0.5000,  0.0000]]]])
    """
    check_tensors("affine_grid", theta=theta)
    size = tuple(int(n) for n in size)
    dims = len(size) - 2
    if theta.dtype.kind != "f":
        raise ArgumentError(f"affine_grid: expected theta to have floating point type, but got {theta.dtype}")
    if dims not in (2, 3):
        raise UnsupportedError(f"affine_grid: only supports 4D and 5D sizes, for 2D and 3D affine transforms, got {size}")
    if tuple(theta.shape) != (size[0], dims, dims + 1):
        raise ArgumentError(
            f"affine_grid: expected a batch of affine matrices of shape {(size[0], dims, dims + 1)} for size {size}, got "
            f"{tuple(theta.shape)}"
        )
    if min(size) <= 0:
        raise ArgumentError(f"affine_grid: expected non-zero, positive output size, got {size}")
    spatial = size[2:]
    axes = []
    for k in reversed(range(dims)):  # x varies along the last dimension
        n = spatial[k]
        line = linspace(-1, 1, n, dtype=theta.dtype) if n > 1 else zeros(1, dtype=theta.dtype)
        if not align_corners:
            line = line * ((n - 1) / n)
        axes.append(line.reshape(-1, *(1,) * (dims - 1 - k)).expand(spatial))
    points = stack([*axes, ones(*spatial, dtype=theta.dtype)], dim=-1).reshape(1, -1, dims + 1)
    return (points @ theta.mT).reshape(size[0], *spatial, dims)


@in_single
def grid_sample(
    input: Tensor, grid: Tensor, mode: str = "bilinear", padding_mode: str = "zeros", align_corners: bool | None = None
) -> Tensor:
    """`input` (N, C, H, W) at the places `grid` (N, H', W', 2), given as (x, y) in -1 .. 1: (N, C, H', W').

    Also (N, C, D, H, W) at (N, D', H', W', 3), as (x, y, z). `mode` is "bilinear" (trilinear for volumes), "nearest" or
    "bicubic" (images only). Outside, there are "zeros", the "border", or the "reflection" of the image.

    >>> import autograd, nn.functional as F
    >>> image = autograd.tensor([[[[1.0, 3.0]]]])
    >>> F.grid_sample(image, autograd.zeros(1, 1, 1, 2))
    tensor([[[[2.]]]])
    """
    check_tensors("grid_sample", input=input, grid=grid)
    op, dims = "grid_sample", input.ndim - 2
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ArgumentError(f"{op}: expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: {mode!r}")
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ArgumentError(f"{op}: expected padding_mode to be 'zeros', 'border', or 'reflection', but got: {padding_mode!r}")
    if dims not in (2, 3) or grid.ndim != input.ndim or grid.shape[0] != input.shape[0] or grid.shape[-1] != dims:
        raise ShapeError(
            f"{op}: expected input (N, C, *spatial) with 2 or 3 spatial dimensions and a grid (N, *places, as many), but got "
            f"input with sizes {list(input.shape)} and grid with sizes {list(grid.shape)}"
        )
    if mode == "bicubic" and dims != 2:
        raise ShapeError(f"{op}: bicubic interpolation only supports 4D input, got sizes {list(input.shape)}")
    if min(input.shape[2:]) <= 0:
        raise ShapeError(f"{op}: expected input to have non-empty spatial dimensions, got sizes {list(input.shape)}")
    if input.dtype != grid.dtype:
        raise DtypeError(f"{op}: expected input and grid to have the same dtype, got {input.dtype} and {grid.dtype}")
    check_floating(op, input)
    corners = bool(align_corners)
    spatial = input.shape[2:]
    # Coordinate k belongs to dimension dims - 1 - k: bring them into the order of the dimensions.
    places = [_pixels(grid[..., dims - 1 - k], n, corners) for k, n in enumerate(spatial)]
    rows = input.movedim(1, -1)  # one pixel's channels lie together, and are picked together

    def settled(place: Tensor, n: int) -> Tensor:
        return _inside(place, n, padding_mode, corners)

    if mode == "bicubic":
        return _cubic(rows, places, settled)
    places = [settled(place, n) for place, n in zip(places, spatial, strict=True)]
    if mode == "nearest":
        return _pixel(rows, [p.round() for p in places])
    total = None
    lows = [p.detach().floor() for p in places]
    shares = [p - low for p, low in zip(places, lows, strict=True)]
    for corner in product((0, 1), repeat=dims):
        term = _pixel(rows, [low + c for low, c in zip(lows, corner, strict=True)])
        for c, t in zip(corner, shares, strict=True):
            term = term * (t if c else 1 - t).unsqueeze(1)
        total = term if total is None else total + term
    assert total is not None
    return total


def _pixels(place: Tensor, n: int, corners: bool) -> Tensor:
    """-1 .. 1 as a coordinate in pixels."""
    return (place + 1) * ((n - 1) / 2) if corners else ((place + 1) * n - 1) / 2


def _inside(place: Tensor, n: int, padding_mode: str, corners: bool) -> Tensor:
    """A coordinate moved into the image as the padding mode says."""
    if padding_mode == "zeros":
        return place
    if padding_mode == "reflection":
        place = _reflected(place, 0, n - 1) if corners else _reflected(place, -0.5, n)
    # On the border itself PyTorch lets no gradient through.
    free = (place > 0) & (place < n - 1)
    return where(free, place, place.detach().clamp(0, n - 1))


def _reflected(place: Tensor, low: float, span: float) -> Tensor:
    """A coordinate reflected at low and at low + span until it lies between them."""
    if span == 0:
        return place * 0
    distance = (place - low).abs()
    flips = (distance.detach() / span).floor()
    rest = distance - flips * span
    return where(flips % 2 == 0, rest + low, span - rest + low)


def _pixel(rows: Tensor, places: list[Tensor]) -> Tensor:
    """The pixels (N, C, *places) of rows (N, *spatial, C) at whole coordinates; zeros where there is none."""
    spatial = rows.shape[1:-1]
    inside: Any = None
    index = []
    for place, n in zip(places, spatial, strict=True):
        ok = (place >= 0) & (place <= n - 1)
        inside = ok if inside is None else inside & ok
        index.append(where(ok, place, 0.0).to(int64))
    batch = arange(rows.shape[0]).reshape(-1, *(1,) * (places[0].ndim - 1))
    pixels = rows[(batch, *index)]
    return where(inside.unsqueeze(-1), pixels, 0.0).movedim(-1, 1)


def _cubic(rows: Tensor, places: list[Tensor], settled: Callable[[Tensor, int], Tensor]) -> Tensor:
    """Cubics through four pixels in each dimension; every pixel outside is moved inside on its own."""
    height, width = rows.shape[1:3]
    y, x = places
    top, left = y.detach().floor(), x.detach().floor()
    total = None
    for i, wy in enumerate(cubic_weights(y - top)):
        line = None
        for j, wx in enumerate(cubic_weights(x - left)):
            at = [settled(top + (i - 1), height), settled(left + (j - 1), width)]
            term = _pixel(rows, [p.floor() for p in at]) * wx.unsqueeze(1)
            line = term if line is None else line + term
        assert line is not None
        line = line * wy.unsqueeze(1)
        total = line if total is None else total + line
    assert total is not None
    return total
