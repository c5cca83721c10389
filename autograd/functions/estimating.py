"""What is estimated from samples: a slope from values on a grid, how often values fall into bins."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.dtypes import get_default_dtype
from ..core.graph import Traced
from ..core.primitive import cast
from ..core.shapes import normalize_axis
from ..errors import DtypeError, ShapeError
from ..ops import elementwise as ew
from ..ops.index import getitem
from ..ops.shape import concatenate
from .declare import constant, function, raw
from .results import result

Histogram: Any = result("histogram", "hist", "bin_edges")


@function(method=False)
def gradient(input: Any, *, spacing: Any = 1.0, dim: Any = None, edge_order: int = 1) -> list[Any]:
    """The slope along each dimension of a function known at points of a grid, to second order inside: a list of tensors.

    `spacing` is the distance of neighbours (a number for all dimensions, or a list of one for each), or a list of vectors
    of coordinates. At a border the slope is that of the nearest pair, or with `edge_order=2` of the nearest three points.

    >>> import autograd
    >>> autograd.gradient(autograd.tensor([1.0, 4.0, 9.0, 16.0]))
    [tensor([3., 4., 6., 7.])]
    """
    dims = range(input.ndim) if dim is None else [dim] if isinstance(dim, int) else dim
    axes = [normalize_axis(d, input.ndim, "gradient") for d in dims]
    if edge_order not in (1, 2):
        raise ShapeError(f"gradient: only edge_order=1 and edge_order=2 are supported, got {edge_order}")
    given: list[Any] = list(spacing) if isinstance(spacing, (list, tuple)) else [spacing] * len(axes)
    if len(given) != len(axes):
        raise ShapeError(f"gradient: expected one spacing for each of {len(axes)} dimensions, got {len(given)}")
    for axis in axes:
        if input.shape[axis] < edge_order + 1:
            raise ShapeError(
                f"gradient: each dimension size must be at least edge_order + 1, {edge_order + 1}; got {tuple(input.shape)}"
            )
    x = input if input.dtype.kind == "f" else cast(input, dtype=get_default_dtype())
    return [_slope(x, axis, step, edge_order) for axis, step in zip(axes, given, strict=True)]


def _slope(x: Any, axis: int, spacing: Any, edge_order: int) -> Any:
    n, lead = x.shape[axis], (slice(None),) * axis
    if isinstance(spacing, Traced) and spacing.ndim:
        if tuple(spacing.shape) != (n,):
            raise ShapeError(f"gradient: expected {n} coordinates along dimension {axis}, got shape {tuple(spacing.shape)}")
        steps = np.diff(spacing._data.astype(x.dtype))
    else:
        steps = np.full(n - 1, float(raw(spacing)), x.dtype)
    shape = (-1, *(1,) * (x.ndim - 1 - axis))

    def at(start: int, stop: int | None) -> Any:
        return getitem(x, index=(*lead, slice(start, stop)))

    def weigh(weights: np.ndarray, part: Any) -> Any:
        return ew.multiply(part, constant(x, weights.reshape(shape)))

    def three(h: np.ndarray, k: np.ndarray, a: Any, b: Any, c: Any, place: int) -> Any:
        """The slope, at one of three points with distances h and k, of the parabola through them."""
        if place == 0:
            weights = -(2 * h + k) / (h * (h + k)), (h + k) / (h * k), -h / (k * (h + k))
        elif place == 1:
            weights = -k / (h * (h + k)), (k - h) / (h * k), h / (k * (h + k))
        else:
            weights = k / (h * (h + k)), -(h + k) / (h * k), (h + 2 * k) / (k * (h + k))
        return ew.add(ew.add(weigh(weights[0], a), weigh(weights[1], b)), weigh(weights[2], c))

    if edge_order == 1:
        first = weigh(1 / steps[:1], ew.subtract(at(1, 2), at(0, 1)))
        last = weigh(1 / steps[-1:], ew.subtract(at(n - 1, n), at(n - 2, n - 1)))
    else:
        first = three(steps[:1], steps[1:2], at(0, 1), at(1, 2), at(2, 3), 0)
        last = three(steps[-2:-1], steps[-1:], at(n - 3, n - 2), at(n - 2, n - 1), at(n - 1, n), 2)
    if n == 2:
        return concatenate(first, last, axis=axis)
    inner = three(steps[:-1], steps[1:], at(0, n - 2), at(1, n - 1), at(2, n), 1)
    return concatenate(first, inner, last, axis=axis)


@function
def histogram(
    input: Any, bins: Any = 100, *, range: Sequence[float] | None = None, weight: Any = None, density: bool = False
) -> Any:
    """How many elements (or how much `weight`) lie between neighbouring bin edges: (hist, bin_edges).

    `bins` is a number of equal intervals of `range` (the data's, if None), or the edges, increasing. The last bin includes
    its upper edge. With `density` the histogram integrates to 1.

    >>> import autograd
    >>> autograd.histogram(autograd.tensor([1.0, 2.0, 1.0]), bins=2, range=(0.0, 2.0)).hist
    tensor([0., 3.])
    """
    if input._data.dtype.kind != "f":
        raise DtypeError(f"histogram: needs a floating dtype, got {input.dtype}; convert with .float()")
    if weight is not None and tuple(weight.shape) != tuple(input.shape):
        raise ShapeError(f"histogram: weight has shape {tuple(weight.shape)}, input {tuple(input.shape)}; must be equal")
    x = input._data.ravel()
    if isinstance(bins, Traced):
        edges = bins._data.copy()
        if edges.dtype != x.dtype:
            raise DtypeError(f"histogram: input and bins must have the same dtype, got {input.dtype} and {bins.dtype}")
        if edges.ndim != 1 or edges.size < 2 or (np.diff(edges) < 0).any():
            raise ShapeError(f"histogram: bins must be a vector of 2 or more increasing edges, got shape {tuple(bins.shape)}")
    else:
        if bins < 1:
            raise ShapeError(f"histogram: bins must be > 0, got {bins}")
        low, high = (
            (float(v) for v in range) if range is not None else (float(x.min()), float(x.max())) if x.size else (0.0, 1.0)
        )
        if not (np.isfinite([low, high]).all() and low <= high):
            raise ShapeError(f"histogram: the range must be finite and increasing, got [{low}, {high}]")
        edges = np.linspace(low - (low == high), high + (low == high), bins + 1).astype(x.dtype)
    weights = None if weight is None else weight._data.ravel()
    counted = np.histogram(x, edges, weights=weights, density=density)[0]
    return Histogram(constant(input, counted.astype(x.dtype)), constant(input, edges))


@function(method=False)
def unravel_index(indices: Any, shape: Any) -> tuple[Any, ...]:
    """The coordinates, in a tensor of a shape, of elements numbered in row-major order: one tensor for each dimension.

    >>> import autograd
    >>> autograd.unravel_index(autograd.tensor([5, 1]), (2, 3))
    (tensor([1, 0]), tensor([2, 1]))
    """
    flat = indices._data
    if flat.dtype.kind not in "iu":
        raise ShapeError(f"unravel_index: expected 'indices' to be integer dtype, but got {indices.dtype}")
    sizes = (shape,) if isinstance(shape, int) else tuple(int(n) for n in shape)
    total = int(np.prod(sizes))
    if flat.size and not (flat.min() >= 0 and flat.max() < total):
        raise ShapeError(f"unravel_index: an index is out of range for the shape {sizes}, which has {total} elements")
    return tuple(constant(indices, np.asarray(k, np.int64)) for k in np.unravel_index(flat, sizes))
