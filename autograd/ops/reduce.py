"""Reductions over axes, and scans along one. Options are NumPy's: `axis` (None, an int or a tuple) and `keepdims`."""

import math
from functools import lru_cache, partial
from typing import Any

import numpy as np

from ..core.primitive import primitive
from .products import ALONE_VECTOR as ALONE, LONG, dot, matmul
from .shape import broadcast_to

_axes = [
    ((3, 4), {}),
    ((3, 4), {"axis": 0}),
    ((2, 3, 4), {"axis": (0, -1)}),
    ((3, 4), {"axis": -1, "keepdims": True}),
    ((3, 4), {"axis": -2}),
    ((2, 3, 4), {"axis": -2, "keepdims": True}),
    ((), {}),
]
reduction: Any = partial(primitive, cases=_axes)
summing: Any = partial(reduction, single=True)

_SMALL = 1 << 13  # elements
_BLOCK = 1 << 9
_OF_BLAS = frozenset((np.dtype(np.float32), np.dtype(np.float64)))


@lru_cache(maxsize=64)
def ones(n, dtype):
    """A vector to add up with; it is kept, and read-only."""
    vector = np.ones(n, dtype)
    vector.flags.writeable = False
    return vector


def added(x: Any, axis: Any, keepdims: Any) -> Any:
    """np.add.reduce; along one axis of a matrix as a product with ones, at a third to a twentieth of its time."""
    if x.ndim == 2 and x.dtype in _OF_BLAS:
        if axis == 0 or axis == -2:
            total = np.dot(ones(x.shape[0], x.dtype), x) if x.size < ALONE else _column_sums(x)
            return total[None] if keepdims else total
        if (axis == 1 or axis == -1) and x.shape[1] <= _SMALL:  # longer rows by NumPy, whose pairwise order loses fewer digits
            row = ones(x.shape[1], x.dtype)
            total = x.dot(row) if x.size < ALONE else dot(x, row)
            return total[:, None] if keepdims else total
    if x.dtype.char == "f" and x.size > LONG and count(x.shape, axis) > LONG and not _is_pairwise(x, axis):
        return np.add.reduce(x, axis=axis, keepdims=keepdims, dtype=np.float64).astype(x.dtype)
    return np.add.reduce(x, axis=axis, keepdims=keepdims)


def _column_sums(x):
    """The sum over the rows of a matrix: of a tall one block by block, since BLAS adds row after row to one sum."""
    n = x.shape[0]
    if n <= LONG:
        return dot(ones(n, x.dtype), x)
    whole = n // _BLOCK * _BLOCK
    blocks = matmul(ones(_BLOCK, x.dtype), x[:whole].reshape(-1, _BLOCK, x.shape[1]))
    return _column_sums(blocks) + dot(ones(n - whole, x.dtype), x[whole:])


def _is_pairwise(x, axis):
    """Whether NumPy adds up along neighbours in memory, which it does in pairs of pairs."""
    return x.flags.c_contiguous and (axis is None or axis == -1 or axis == x.ndim - 1 or axis == (x.ndim - 1,))


def spread(g: Any, shape: Any, axis: Any, keepdims: Any) -> Any:
    """`g`, the cotangent of a reduction, with the reduced axes back as 1 so that it broadcasts to `shape`."""
    if keepdims or axis is None or axis == 0 or not shape:  # broadcasting puts axes in front by itself
        return g
    axes = axis if isinstance(axis, tuple) else (axis,)
    axes = {a % len(shape) for a in axes}
    return g.reshape(tuple([1 if k in axes else n for k, n in enumerate(shape)]))


@primitive(
    broadcasting=True,
    promotes=False,
    cases=[((3,), {"shape": (2, 3)}), ((2, 1), {"shape": (2, 4)}), ((), {"shape": (2, 2)})],
    why="what broadcast_to does, where nobody asks for a view: of a small array a copy takes a fifth of the time",
)
def stretch(x, *, shape):
    """x repeated along new or stretched axes. The engine sums the cotangent back."""
    if math.prod(shape) > _SMALL:
        return broadcast_to.primitive.forward(x, shape=shape)
    out = np.empty(shape, x.dtype)
    out[...] = x
    return out


@stretch.vjp("x")
def _(g):
    return g


def count(shape: Any, axis: Any) -> Any:
    """How many elements a reduction over `axis` combines."""
    if axis is None:
        return math.prod(shape)
    n = 1
    for a in axis if isinstance(axis, tuple) else (axis,):
        n *= shape[a] if shape else 1
    return n


@summing(np.sum, np.add.reduce)
def sum(x, *, axis=None, keepdims=False):
    """The sum over axes."""
    return added(x, axis, keepdims)


@sum.vjp("x")
def _(g, x_shape, axis, keepdims):
    return stretch(spread(g, x_shape, axis, keepdims), shape=x_shape)


@summing(np.mean, why="divides once, in the forward pass as in the backward one")
def mean(x, *, axis=None, keepdims=False):
    """The mean over axes."""
    n = count(x.shape, axis)
    return added(x, axis, keepdims) / x.dtype.type(n)  # for n = 0 the NaN that PyTorch gives


@mean.vjp("x")
def _(g, x_shape, axis, keepdims):
    n = count(x_shape, axis)
    return stretch(spread(g / n if n else g, x_shape, axis, keepdims), shape=x_shape)


@summing(
    cases=[(shape, {"correction": 0.5, **options}) for shape, options in _axes],
    why="as a composition it is five operations that save three arrays; the rule needs x alone",
)
def var(x, *, axis=None, keepdims=False, correction):
    """The sum of squared distances from the mean over (n - correction), or over 0 if that is negative."""
    n = count(x.shape, axis)
    apart = x - added(x, axis, True) / x.dtype.type(n)
    return added(apart * apart, axis, keepdims) / x.dtype.type(max(n - correction, 0))


@var.vjp("x")
def _(g, x, axis, keepdims, correction):
    free = max(count(x.shape, axis) - correction, 0)
    apart = x - mean(x, axis=axis, keepdims=True)
    return spread(g, x.shape, axis, keepdims) * (2 / free if free else math.nan) * apart


def _extremum(name, f, better):
    @summing(f, better.reduce, name=name, analytic=False)
    def extremum(x, *, axis=None, keepdims=False):
        return better.reduce(x, axis=axis, keepdims=keepdims)

    @extremum.vjp("x")
    def _(g, x, ans, axis, keepdims):
        ans = spread(ans, x.shape, axis, keepdims)
        chosen = np.equal(x, ans) | (np.isnan(x) & np.isnan(ans))
        ties = np.add.reduce(chosen, axis=axis, keepdims=True, dtype=x.dtype)
        return np.where(chosen, spread(g, x.shape, axis, keepdims) / ties, 0)

    extremum.__doc__ = f"The {f.__name__}imum over axes; where several elements attain it they share the cotangent."
    return extremum


amax: Any = _extremum("amax", np.max, np.maximum)
amin: Any = _extremum("amin", np.min, np.minimum)


@summing(np.prod, np.multiply.reduce)
def prod(x, *, axis=None, keepdims=False):
    """The product over axes; the rule multiplies the other elements and never divides, so zeros are exact."""
    return np.multiply.reduce(x, axis=axis, keepdims=keepdims)


@prod.vjp("x")
def _(g, x, axis, keepdims):
    return spread(g, x.shape, axis, keepdims) * others_product(x, axis=axis)


def _front(x, axis):
    """x with the reduced axes flattened in front: shape (n, rest...), and what undoes it."""
    axes = range(x.ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = [a % x.ndim for a in axes]
    rest = [k for k in range(x.ndim) if k not in axes]
    order = [*axes, *rest]
    moved = np.transpose(x, order)
    back = [order.index(k) for k in range(x.ndim)]
    return np.reshape(moved, (-1, *[x.shape[k] for k in rest])), moved.shape, back


@primitive(
    cases=[case for case in _axes if "keepdims" not in case[1]],
    single=True,
    why="the derivative of prod, itself differentiable: products from both sides, without division",
)
def others_product(x, *, axis=None):
    """For each element, the product of all others that share its reduction."""
    if x.size < 2:
        return np.ones_like(x)
    flat, moved, back = _front(x, axis)
    before = np.ones_like(flat)
    after = np.ones_like(flat)
    np.multiply.accumulate(flat[:-1], axis=0, out=before[1:])
    after[:-1] = np.multiply.accumulate(flat[:0:-1], axis=0)[::-1]
    found = before * after
    if not np.isfinite(found).all():
        # Finite factors, of which another is 0, have the product 0 even where those on one side of it overflow.
        zero = flat == 0
        others = np.count_nonzero(zero, axis=0) - zero
        found = np.where((others > 0) & np.isfinite(flat).all(axis=0), 0, found)
    return np.transpose(np.reshape(found, moved), back)


@others_product.vjp("x")
def _(g, x, axis):
    # d others_i / d x_j is the product of everything but i and j: leave x_j out, one j at a time.
    if math.prod(x.shape) < 2:
        return g * np.zeros_like(x)
    flat, moved, back = _front(x, axis)
    gs, _, _ = _front(g, axis)
    n = flat.shape[0]
    rows = []
    for j in range(n):
        keep = np.arange(n) != j
        rows.append(np.add.reduce(gs[keep] * others_product(flat[keep], axis=(0,)), axis=0))
    return np.transpose(np.reshape(np.stack(rows), moved), back)


SHORT = 32  # elements of a row up to which laying rows out as columns is worth it


def largest(x: Any, axis: Any) -> Any:
    """The maximum over axes, which are kept. Short rows, which NumPy takes one by one, are faster as columns."""
    if x.dtype.kind == "c":
        x = x.real
    if x.ndim > 1 and axis in (-1, x.ndim - 1) and 0 < x.shape[-1] <= SHORT:
        if x.ndim == 2:
            return np.maximum.reduce(x.T.copy(), axis=0)[:, None]
        columns = x.reshape(-1, x.shape[-1]).T.copy()
        return np.maximum.reduce(columns, axis=0).reshape(*x.shape[:-1], 1)
    return np.maximum.reduce(x, axis=axis, keepdims=True, initial=-np.inf)


@summing(floats=True, why="its rule is a softmax that cannot overflow")
def logsumexp(x, *, axis=None, keepdims=False):
    """log(sum(exp(x))), shifted by the maximum: right at +-1e4 and for rows of -inf."""
    top = largest(x, axis)
    top = np.where(np.isfinite(top), top, 0)
    total = np.log(added(np.exp(x - top), axis, True)) + top
    return total if keepdims else np.reshape(total, np.add.reduce(x, axis=axis).shape)


@logsumexp.vjp("x")
def _(g, x, ans, axis, keepdims):
    ans = spread(ans, x.shape, axis, keepdims)
    return spread(g, x.shape, axis, keepdims) * np.exp(x - np.where(ans == -np.inf, 0, ans))  # a row of -inf has the gradient 0


_along = [((3, 4), {"axis": 0}), ((3, 4), {"axis": -1}), ((3, 4), {"axis": -2}), ((), {"axis": 0})]


@primitive(single=True, floats=True, cases=_along, why="exact where x is large, and its rule needs the result alone")
def softmax(x, *, axis):
    """e**x divided by its sum along an axis, shifted by the maximum: right at +-1e4 and with -inf."""
    if not x.ndim:
        return np.exp(x - x)
    e = x - largest(x, axis)
    np.exp(e, out=e)
    e /= added(e, axis, True)
    return e


@softmax.vjp("x")
def _(g, ans, axis):
    weighted = g * ans
    return weighted - ans * sum(weighted, axis=axis, keepdims=True) if g.ndim else weighted - weighted


@primitive(single=True, floats=True, cases=_along, why="exact where x is large; exp(-1000) is no obstacle to its logarithm")
def log_softmax(x, *, axis):
    """x - log(sum(e**x)) along an axis, shifted by the maximum."""
    if not x.ndim:
        return x - x
    shifted = x - largest(x, axis)
    return shifted - np.log(added(np.exp(shifted), axis, True))


@log_softmax.vjp("x")
def _(g, ans, axis):
    return g - np.exp(ans) * sum(g, axis=axis, keepdims=True) if g.ndim else g - g


@primitive(np.cumsum, np.add.accumulate, single=True, cases=[((3, 4), {"axis": 0}), ((3, 4), {"axis": -1})])
def cumsum(x, *, axis):
    """Running sums along an axis, added up in twice the precision."""
    if not x.ndim:
        return x.copy()
    if x.dtype.char != "f":
        return np.add.accumulate(x, axis=axis)
    return np.add.accumulate(x, axis=axis, dtype=np.float64).astype(x.dtype)


@cumsum.vjp("x")
def _(g, axis):
    return np.flip(cumsum(np.flip(g, axis), axis=axis), axis) if g.ndim else g


def _recurrence(g, factors, axis):
    """s[k] = g[k] + factors[k] * s[k + 1] along an axis, from its end: how a scan passes cotangents back."""
    n = g.shape[axis]
    at = (slice(None),) * axis
    steps = [g[(*at, n - 1)]] if n else []
    for k in range(n - 2, -1, -1):
        factor, later = factors[(*at, k)], steps[-1]
        lost = (factor == 0) & ~np.isfinite(later)  # a factor 0 makes nothing of what overflows after it
        steps.append(g[(*at, k)] + factor * np.where(lost, 0, later))
    return np.stack(steps[::-1], axis=axis) if n else g


@primitive(np.cumprod, np.multiply.accumulate, single=True, cases=_along, why="its rule never divides, so zeros are exact")
def cumprod(x, *, axis):
    """Running products along an axis."""
    if not x.ndim:
        return x.copy()
    return np.multiply.accumulate(x, axis=axis)


@cumprod.vjp("x")
def _(g, x, ans, axis):
    # The derivative of ans[k] in x[j] is (product before j) * (product from j + 1 to k), for j <= k.
    if not g.ndim:
        return g
    axis %= g.ndim
    at = (slice(None),) * axis
    later = _recurrence(g, x[(*at, slice(1, None))], axis)
    before = np.concatenate([np.ones_like(x[(*at, slice(0, 1))]), ans[(*at, slice(0, -1))]], axis=axis)
    lost = (before == 0) & ~np.isfinite(later)  # a 0 before makes nothing of what overflows after it
    return np.where(lost, 0, later) * before if g.shape[axis] else g


@primitive(
    single=True,
    floats=True,
    analytic=False,
    cases=_along,
    why="running sums of e**x that neither overflow nor lose the small ones",
)
def logcumsumexp(x, *, axis):
    """Running log(sum(e**x)) along an axis."""
    if not x.ndim:
        return x.copy()
    return np.logaddexp.accumulate(x, axis=axis)


@logcumsumexp.vjp("x")
def _(g, x, axis):
    # The derivative of ans[k] in x[j] is e**(x[j] - ans[k]), for j <= k: a product of ratios that never exceed 1.
    if not g.ndim or not g.shape[axis]:
        return g
    axis %= g.ndim
    at = (slice(None),) * axis
    # Shifted to small numbers first: the rounding of ans itself, at 1e4, would cost four digits in float32.
    top = np.maximum.reduce(x, axis=axis, keepdims=True)
    x = x - np.where(np.isfinite(top), top, 0)
    ans = logcumsumexp(x, axis=axis)
    now, after = ans[(*at, slice(0, -1))], ans[(*at, slice(1, None))]
    ratio = np.exp(np.where(now == after, 0, now - after))
    own = np.where(x == -np.inf, 0, np.exp(np.where(x == ans, 0, x - ans)))
    return own * _recurrence(g, ratio, axis)


def _plain(name, f, doc):
    @primitive(f, name=name, differentiable=False, analytic=False)
    def reduce(x, *, axis=None, keepdims=False):
        return f(x, axis=axis, keepdims=keepdims)

    reduce.__doc__ = doc
    return reduce


argmax: Any = _plain("argmax", np.argmax, "The index of the first maximum along an axis (of the flattened tensor: None).")
argmin: Any = _plain("argmin", np.argmin, "The index of the first minimum along an axis (of the flattened tensor: None).")
all: Any = _plain("all", np.all, "Whether all elements are true.")
any: Any = _plain("any", np.any, "Whether any element is true.")
