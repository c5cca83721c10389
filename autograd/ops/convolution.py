"""Convolution over any number of spatial axes: three bilinear maps, each the derivative of the other two.

Every one of them is a matrix product with the *columns* of the input (its windows laid out as a matrix). An input is
(N, C, *spatial), a weight (O, C / groups, *kernel), `padding` one pair (before, after) for each spatial axis.

A batch of small images is laid out as a single image with the batch as its last axis: copies then move long runs and
BLAS sees one large product instead of N small ones. Large batches go through in blocks whose columns fit the cache.
"""

from itertools import product
from math import prod
from typing import Any, NamedTuple

import numpy as np

from ..core.primitive import primitive
from . import reduce as rd
from .products import matmul

NO_BIAS = np.zeros(0)
_BLOCK = 1 << 20  # elements of columns that one product works on: 4 MB in float32
_NARROW = 8  # rows of at most so many outputs are too short to copy one by one


class _Geometry(NamedTuple):
    """Where the windows of a convolution lie."""

    kernel: tuple[Any, ...]
    out: tuple[Any, ...]
    stride: tuple[Any, ...]
    padding: tuple[Any, ...]
    dilation: tuple[Any, ...]
    groups: int

    def columns(self, channels):
        """How many elements the columns of one image have."""
        return channels * prod(self.kernel) * prod(self.out)

    def batch_last(self, n):
        """The same windows in images (1, C, *spatial, N)."""
        return _Geometry(
            (*self.kernel, 1), (*self.out, n), (*self.stride, 1), (*self.padding, (0, 0)), (*self.dilation, 1), self.groups
        )


def _geometry(size, kernel, stride, padding, dilation, groups):
    reach = zip(size, kernel, stride, padding, dilation, strict=True)
    out = tuple((n + lo + hi - d * (k - 1) - 1) // s + 1 for n, k, s, (lo, hi), d in reach)
    return _Geometry(tuple(kernel), out, stride, padding, dilation, groups)


def _is_small(n, geometry):
    return 0 < geometry.out[-1] <= _NARROW < n


def _batch_last(x):
    return x.transpose((*range(1, x.ndim), 0))[None]


def _batch_first(x):
    return np.ascontiguousarray(x[0].transpose((x.ndim - 2, *range(x.ndim - 2))))


def _padded(x: np.ndarray, padding: tuple[Any, ...]) -> np.ndarray:
    if not any(lo or hi for lo, hi in padding):
        return np.ascontiguousarray(x)
    inner = [n + lo + hi for n, (lo, hi) in zip(x.shape[2:], padding, strict=True)]
    out = np.zeros((*x.shape[:2], *inner), x.dtype)
    out[:, :, *(slice(lo, lo + n) for n, (lo, _) in zip(x.shape[2:], padding, strict=True))] = x
    return out


def _columns(x, geometry):
    """The windows of contiguous x as matrices: (N, groups, channels of a group * kernel, outputs)."""
    kernel, out, stride, _, dilation, groups = geometry
    n, channels = x.shape[:2]
    step = x.strides[2:]
    inner = (*(a * d for a, d in zip(step, dilation, strict=True)), *(a * s for a, s in zip(step, stride, strict=True)))
    windows = np.ndarray((n, channels, *kernel, *out), x.dtype, x, 0, (*x.strides[:2], *inner))
    return windows.reshape(n, groups, channels // groups * prod(kernel), prod(out))


def _blocks(n, columns):
    """Slices of a batch of n whose columns, so many elements for each image, fit the cache."""
    step = max(1, _BLOCK // max(1, columns))
    return [slice(k, k + step) for k in range(0, n, step)]


def _matrix(weight, groups):
    return weight.reshape(groups, weight.shape[0] // groups, prod(weight.shape[1:]))


def _rows(g, groups):
    return g.reshape(g.shape[0], groups, g.shape[1] // groups, prod(g.shape[2:]))


_flat = {"stride": (1,), "padding": ((0, 0),), "dilation": (1,), "groups": 1}
_square = {"stride": (2, 1), "padding": ((1, 0), (2, 1)), "dilation": (1, 2), "groups": 2}


@primitive(
    single=True,
    cases=[
        (((2, 3, 5), (4, 3, 2), (4,)), _flat),
        (((2, 4, 5, 6), (6, 2, 3, 2), (6,)), _square),
        (((9, 1, 4, 4), (2, 1, 3, 3), (2,)), {**_square, "groups": 1}),
        (((9, 4, 3, 3), (2, 2, 2, 3), (2,)), {**_square, "stride": (1, 1), "dilation": (1, 1)}),
    ],
    why="a matrix product over windows; composed of gathers it would be many times slower",
)
def convolve(x, weight, bias, *, stride, padding, dilation, groups):
    """Cross-correlation of x (N, C, *spatial) with weight (O, C / groups, *kernel), plus bias (O,), or NO_BIAS."""
    geometry = _geometry(x.shape[2:], weight.shape[2:], stride, padding, dilation, groups)
    small = _is_small(x.shape[0], geometry)
    out_shape = (x.shape[0], weight.shape[0], *geometry.out)
    if small:
        geometry, x = geometry.batch_last(x.shape[0]), _batch_last(x)
    x = _padded(x, geometry.padding)
    matrix = _matrix(weight, groups)
    out = np.empty((x.shape[0], weight.shape[0], *geometry.out), np.result_type(x, weight))
    rows = _rows(out, groups)
    for block in _blocks(x.shape[0], geometry.columns(x.shape[1])):
        matmul(matrix, _columns(x[block], geometry), out=rows[block])
    if bias.size:
        out += bias.reshape((-1,) + (1,) * (out.ndim - 2))
    return _batch_first(out) if small else out.reshape(out_shape)


@convolve.vjp("x")
def _(g, weight, x_shape, stride, padding, dilation, groups):
    return convolve_transpose(g, weight, size=x_shape[2:], stride=stride, padding=padding, dilation=dilation, groups=groups)


@convolve.vjp("weight")
def _(g, x, weight_shape, stride, padding, dilation, groups):
    return convolve_weight(x, g, kernel=weight_shape[2:], stride=stride, padding=padding, dilation=dilation, groups=groups)


@convolve.vjp("bias")
def _(g):
    return rd.sum(g, axis=(0, *range(2, g.ndim)))


@primitive(
    single=True,
    cases=[
        (((2, 4, 4), (4, 3, 2)), {**_flat, "size": (5,)}),
        (((2, 6, 3, 7), (6, 2, 3, 2)), {**_square, "size": (6, 6)}),
        (((9, 2, 2, 5), (2, 1, 3, 3)), {**_square, "groups": 1, "size": (4, 6)}),
    ],
    why="the derivative of convolve in its input, and the transposed convolution",
)
def convolve_transpose(x, weight, *, size, stride, padding, dilation, groups):
    """x (N, O, *out) spread through weight (O, C / groups, *kernel) over images (N, C, *size): convolve, transposed."""
    n, channels, kernel = x.shape[0], weight.shape[1] * groups, weight.shape[2:]
    steps_of_one = all(s == 1 for s in stride)
    if steps_of_one and x.shape[1] <= 2 * channels and 0 < size[-1] <= _NARROW < n:
        reach = zip(size, x.shape[2:], kernel, padding, dilation, strict=True)
        around = tuple((d * (k - 1) - lo, m - out + lo) for m, out, k, (lo, _), d in reach)
        if min(map(min, around)) >= 0:  # what convolve does with many small images beats adding up single taps
            how = {"stride": stride, "padding": around, "dilation": dilation, "groups": groups}
            return convolve.primitive.forward(x, _turned(weight, groups), NO_BIAS, **how)
    padded = [m + lo + hi for m, (lo, hi) in zip(size, padding, strict=True)]
    image = np.zeros((n, channels, *padded), np.result_type(x, weight))
    if steps_of_one:
        x, into, taps = _in_one_line(x, image, kernel, dilation)
    else:
        into = image
        taps = [
            tuple(
                slice(k * d, k * d + s * (m - 1) + 1, s) for k, m, s, d in zip(tap, x.shape[2:], stride, dilation, strict=True)
            )
            for tap in product(*map(range, kernel))
        ]
    matrix, rows = np.ascontiguousarray(_matrix(weight, groups).mT), _rows(x, groups)
    for block in _blocks(n, channels * len(taps) * prod(x.shape[2:])):
        columns = matmul(matrix, rows[block]).reshape(-1, channels, len(taps), *x.shape[2:])
        for k, tap in enumerate(taps):
            into[block][:, :, *tap] += columns[:, :, k]
    inside = tuple(slice(lo, lo + m) for m, (lo, _) in zip(size, padding, strict=True))
    return np.ascontiguousarray(image[:, :, *inside])


def _turned(weight, groups):
    """The weight (C, O / groups, *kernel) with which a convolution of stride 1 is the transpose of that with `weight`."""
    rows, columns, *kernel = weight.shape
    grouped = weight.reshape(groups, rows // groups, columns, *kernel).swapaxes(1, 2)
    turned = grouped[:, :, :, *(slice(None, None, -1) for _ in kernel)]
    return turned.reshape(groups * columns, rows // groups, *kernel)


def _in_one_line(x, image, kernel, dilation):
    """Images and outputs with their rows one after the other, as long as the image's: a tap is then a single long run.

    What lies between the end of a row of outputs and the next one is zero.
    """
    rows = image.shape[3:]
    pitch = [prod(rows[k:]) for k in range(len(kernel))]
    wide = np.zeros((*x.shape[:3], *rows), x.dtype)
    wide[:, :, *(slice(n) for n in x.shape[2:])] = x
    length = sum((n - 1) * p for n, p in zip(x.shape[2:], pitch, strict=True)) + 1
    starts = [sum(k * d * p for k, d, p in zip(tap, dilation, pitch, strict=True)) for tap in product(*map(range, kernel))]
    line = wide.reshape(*x.shape[:2], prod(wide.shape[2:]))[:, :, :length]
    return line, image.reshape(*image.shape[:2], prod(image.shape[2:])), [(slice(start, start + length),) for start in starts]


@convolve_transpose.vjp("x")
def _(g, weight, stride, padding, dilation, groups):
    return convolve(g, weight, NO_BIAS, stride=stride, padding=padding, dilation=dilation, groups=groups)


@convolve_transpose.vjp("weight")
def _(g, x, weight_shape, stride, padding, dilation, groups):
    return convolve_weight(g, x, kernel=weight_shape[2:], stride=stride, padding=padding, dilation=dilation, groups=groups)


@primitive(
    single=True,
    cases=[
        (((2, 3, 5), (2, 4, 4)), {**_flat, "kernel": (2,)}),
        (((2, 4, 6, 6), (2, 6, 3, 7)), {**_square, "kernel": (3, 2)}),
        (((9, 1, 4, 4), (9, 2, 2, 3)), {**_square, "groups": 1, "kernel": (3, 3)}),
    ],
    why="the derivative of convolve in its weight",
)
def convolve_weight(x, y, *, kernel, stride, padding, dilation, groups):
    """The weight (O, C / groups, *kernel) in which images x (N, C, *spatial) meet outputs y (N, O, *out)."""
    geometry = _Geometry(kernel, y.shape[2:], stride, padding, dilation, groups)
    shape = (y.shape[1], x.shape[1] // groups, *kernel)
    if _is_small(x.shape[0], geometry):
        geometry, x, y = geometry.batch_last(x.shape[0]), _batch_last(x), _batch_last(y)
    x, rows = _padded(x, geometry.padding), _rows(y, groups)
    weight = np.zeros((groups, shape[0] // groups, prod(shape[1:])), np.result_type(x, y))
    for block in _blocks(x.shape[0], geometry.columns(x.shape[1])):
        weight += np.add.reduce(matmul(rows[block], _columns(x[block], geometry).mT), axis=0)
    return weight.reshape(shape)


@convolve_weight.vjp("x")
def _(g, y, x_shape, stride, padding, dilation, groups):
    return convolve_transpose(y, g, size=x_shape[2:], stride=stride, padding=padding, dilation=dilation, groups=groups)


@convolve_weight.vjp("y")
def _(g, x, stride, padding, dilation, groups):
    return convolve(x, g, NO_BIAS, stride=stride, padding=padding, dilation=dilation, groups=groups)
