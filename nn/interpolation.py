"""Resizing images: nearest pixels, lines or cubics between pixels, means over areas; one dimension after the other."""

import math
from typing import Any

from autograd import Tensor, arange, float32, float64, int64, uint8
from autograd.core.half import in_single
from autograd.errors import ArgumentError, ShapeError
from autograd.functions.own_memory import with_own_memory

from .adaptive import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d
from .dtypes import check_floating, check_tensors
from .errors import UnsupportedError
from .module import Module

_MODES = {3: ("nearest", "nearest-exact", "linear", "area"), 4: ("nearest", "nearest-exact", "bilinear", "bicubic", "area")}
_MODES[5] = ("nearest", "nearest-exact", "trilinear", "area")
_POOLS = (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)


@with_own_memory
@in_single
def interpolate(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """`input` (N, C, *spatial) resized to `size`, or by `scale_factor`.

    `mode` is "nearest", "nearest-exact" or "area" for any number of dimensions, "linear" for one, "bilinear" or "bicubic"
    for two, "trilinear" for three. With `align_corners` the centres of the corner pixels stay where they are, else the
    image's edges do. Scale factors are used as given unless `recompute_scale_factor`. `antialias`, for "bilinear" and
    "bicubic": where the image gets smaller, each pixel is a mean over all that it stands for.

    >>> import autograd, nn.functional as F
    >>> F.interpolate(autograd.tensor([[[0.0, 1.0]]]), size=3, mode="linear", align_corners=True)
    tensor([[[0.0000, 0.5000, 1.0000]]])
    """
    check_tensors("interpolate", input=input)
    known = _MODES.get(input.ndim, ())
    if mode not in known:
        raise UnsupportedError(
            f"interpolate: got a {input.ndim}D input and mode {mode!r}; for 3D, 4D and 5D inputs (N, C, *spatial) the modes "
            f"are {', '.join(known) or _MODES}"
        )
    smooth = "linear" in mode or mode == "bicubic"
    if align_corners is not None and not smooth:
        raise ArgumentError(
            f"interpolate: align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | "
            f"trilinear, got {mode!r}"
        )
    if antialias and not (input.ndim == 4 and smooth):
        raise ArgumentError(
            "interpolate: anti-alias option is restricted to bilinear and bicubic modes and requires a 4-D tensor"
        )
    sizes, scales = _sizes(input, size, scale_factor, recompute_scale_factor)
    if mode == "area":
        return _POOLS[input.ndim - 3](input, sizes)
    if min(*sizes, *input.shape[2:]) <= 0:
        raise ShapeError(
            f"interpolate: input and output sizes should be greater than 0, but got {list(input.shape[2:])} and {sizes}"
        )
    if smooth and input.ndim == 4 and input.dtype == uint8:  # images as they are stored
        resized = interpolate(input.float(), size, scale_factor, mode, align_corners, recompute_scale_factor, antialias)
        return resized.round().clamp(0, 255).to(uint8)
    if smooth:
        check_floating("interpolate", input)
    for k, (n, scale) in enumerate(zip(sizes, scales, strict=True)):
        if antialias:
            input = _blurred(input, 2 + k, n, scale, bool(align_corners), mode == "bicubic")
        elif mode == "bicubic":
            input = _cubic(input, 2 + k, n, scale, bool(align_corners))
        elif smooth:
            input = _linear(input, 2 + k, n, scale, bool(align_corners))
        else:
            input = _nearest(input, 2 + k, n, scale, 0.5 if mode == "nearest-exact" else 0.0)
    return input


def _sizes(input: Tensor, size: Any, scale_factor: Any, recompute: bool | None) -> tuple[list[int], list[float | None]]:
    """The size of each output dimension, and the scale by which to walk over the input (None: the ratio of the sizes)."""
    spatial = input.shape[2:]
    if (size is None) == (scale_factor is None):
        which = "either size or scale_factor should be defined" if size is None else "only one of size or scale_factor"
        raise ArgumentError(f"interpolate: {which}, got size={size} and scale_factor={scale_factor}")
    given = size if scale_factor is None else scale_factor
    values = list(given) if isinstance(given, (list, tuple)) else [given] * len(spatial)
    if len(values) != len(spatial):
        raise ArgumentError(
            f"interpolate: input and output must have the same number of spatial dimensions, but got input with spatial "
            f"dimensions {list(spatial)} and {given!r}; provide one value, or one for each dimension"
        )
    if scale_factor is None:
        if recompute:
            raise ArgumentError("interpolate: recompute_scale_factor is not meaningful with an explicit size")
        return [int(v) for v in values], [None] * len(values)
    sizes = [math.floor(n * float(v)) for n, v in zip(spatial, values, strict=True)]
    return sizes, [None if recompute else 1 / float(v) for v in values]


def _positions(x: Tensor, axis: int, n: int, scale: float | None, corners: bool) -> Tensor:
    """Where, in pixels of the input, the output's pixels lie."""
    have = x.shape[axis]
    i = arange(n, dtype=x.dtype)
    if corners:
        return i * ((have - 1) / (n - 1) if n > 1 else 0.0)
    return (i + 0.5) * (have / n if scale is None else scale) - 0.5


def _picked(x: Tensor, axis: int, index: Tensor) -> Tensor:
    return x.index_select(axis, index.clamp(0, x.shape[axis] - 1))


def _along(weights: Tensor, x: Tensor, axis: int) -> Tensor:
    return weights.reshape(-1, *(1,) * (x.ndim - 1 - axis))


def _nearest(x: Tensor, axis: int, n: int, scale: float | None, shift: float) -> Tensor:
    # In single precision whatever the input's dtype is, as PyTorch rounds: the choice of a pixel depends on it.
    places = (arange(n, dtype=float32) + shift) * (x.shape[axis] / n if scale is None else scale)
    return _picked(x, axis, places.floor().to(int64))


def _linear(x: Tensor, axis: int, n: int, scale: float | None, corners: bool) -> Tensor:
    if n == x.shape[axis] and scale in (None, 1.0):
        return x
    places = _positions(x, axis, n, scale, corners).clamp(min=0)
    low = places.floor().to(int64)
    t = _along(places - low, x, axis)
    return _picked(x, axis, low) * (1 - t) + _picked(x, axis, low + 1) * t


def cubic_weights(t: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """What the pixels at -1, 0, 1 and 2 weigh at 0 <= t < 1: Keys' cubic convolution (1981) with a = -3/4."""
    a = -0.75

    def near(d: Tensor) -> Tensor:
        return ((a + 2) * d - (a + 3)) * d * d + 1

    def far(d: Tensor) -> Tensor:
        return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a

    return far(t + 1), near(t), near(1 - t), far(2 - t)


def _cubic(x: Tensor, axis: int, n: int, scale: float | None, corners: bool) -> Tensor:
    places = _positions(x, axis, n, scale, corners)
    low = places.floor()
    weights = cubic_weights(places - low)
    low = low.to(int64)
    pixels = (_picked(x, axis, low + k - 1) * _along(w, x, axis) for k, w in enumerate(weights))
    return sum(pixels, 0.0)  # type: ignore[return-value]


def _blurred(x: Tensor, axis: int, n: int, scale: float | None, corners: bool, cubic: bool) -> Tensor:
    """Each pixel is a weighted mean of those around its place, as far as a kernel reaches that is stretched with the image.

    The kernels are Pillow's: a triangle, and Keys' cubic with a = -1/2. A sum over all pixels of the axis: a matrix product.
    """
    have = x.shape[axis]
    step = (have - 1) / (n - 1) if corners and n > 1 else 0.0 if corners else have / n if scale is None else scale
    stretch = max(step, 1.0)
    centre = step * (arange(n, dtype=float64) + 0.5)
    reach = (2.0 if cubic else 1.0) * stretch
    first = (centre - reach + 0.5).to(int64).clamp(min=0)
    last = (centre + reach + 0.5).to(int64).clamp(max=have)
    pixel = arange(have)
    inside = (pixel >= first[:, None]) & (pixel < last[:, None])
    d = ((pixel + 0.5 - centre[:, None]) / stretch).abs()
    if cubic:
        near, far = ((1.5 * d) - 2.5) * d * d + 1, ((-0.5 * d + 2.5) * d - 4) * d + 2
        weights = near * (d < 1) + far * ((d >= 1) & (d < 2))
    else:
        weights = (1 - d).clamp(min=0)
    weights = weights * inside
    weights = (weights / weights.sum(1, keepdim=True)).to(x.dtype)
    return (x.movedim(axis, -1) @ weights.mT).movedim(-1, axis)


def upsample(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
) -> Tensor:
    """`interpolate` under its older name.

    >>> import autograd, nn.functional as F
    >>> F.upsample(autograd.tensor([[[1.0, 2.0]]]), scale_factor=2)
    tensor([[[1., 1., 2., 2.]]])
    """
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """`interpolate` with mode "nearest", under its older name."""
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """`interpolate` with mode "bilinear" and aligned corners, under its older name."""
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


class Upsample(Module):
    """Resizes (N, C, *spatial) to `size` or by `scale_factor`; see `nn.functional.interpolate`.

    >>> import autograd, nn
    >>> nn.Upsample(scale_factor=2)(autograd.tensor([[[1.0, 2.0]]]))
    tensor([[[1., 1., 2., 2.]]])
    """

    def __init__(
        self,
        size: Any = None,
        scale_factor: Any = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:
        super().__init__()
        self.size = size
        if isinstance(scale_factor, tuple):
            self.scale_factor: Any = tuple(float(factor) for factor in scale_factor)
        else:
            self.scale_factor = float(scale_factor) if scale_factor else None
        self.mode = mode
        self.align_corners = align_corners
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, input: Tensor) -> Tensor:
        """The image in its new size."""
        return interpolate(input, self.size, self.scale_factor, self.mode, self.align_corners, self.recompute_scale_factor)

    def extra_repr(self) -> str:
        """The settings."""
        by = f"size={self.size}" if self.scale_factor is None else f"scale_factor={self.scale_factor}"
        return f"{by}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """Upsample with mode "nearest", for (N, C, H, W).

    >>> import autograd, nn
    >>> nn.UpsamplingNearest2d(scale_factor=2)(autograd.ones(1, 1, 2, 3)).shape
    torch.Size([1, 1, 4, 6])
    """

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, mode="nearest")


class UpsamplingBilinear2d(Upsample):
    """Upsample with mode "bilinear" and aligned corners, for (N, C, H, W).

    >>> import autograd, nn
    >>> nn.UpsamplingBilinear2d(size=(1, 3))(autograd.tensor([[[[0.0, 1.0]]]]))
    tensor([[[[0.0000, 0.5000, 1.0000]]]])
    """

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, mode="bilinear", align_corners=True)
