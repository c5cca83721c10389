"""Batching rules: what each primitive means for operands that stand for many examples.

A rule computes on the examples, which are ordinary tensors with one more axis in front, by calling primitives; nothing
here has a derivative of its own. Most rules follow from the declaration: an elementwise primitive aligns its operands,
one with an `axis` shifts it by one. A primitive without a rule is run for each example.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.dtypes import result_dtype
from ..core.graph import Traced
from ..core.primitive import REGISTRY, cast
from ..core.standin import ARRAY
from ..functions.indexing import read
from ..ops import elementwise as ew, index as ix, linalg as la, shape as sh
from .level import Level

RULES: dict[str, Callable[..., Any]] = {}


def rule_of(prim: Any) -> Callable[..., Any] | None:
    """The batching rule of a primitive: written for it, derived from its declaration, or None."""
    return RULES.get(prim.name) or _derived(prim)


def is_batched(a: Any, level: Level) -> bool:
    """Whether an operand has one value for each example at `level`."""
    return getattr(a, "_level", None) is level


def examples(t: Any, level: Level) -> Any:
    """The examples of `t` at `level` along a first axis: one and the same for all, if `t` is not batched there."""
    if is_batched(t, level):
        return t._value
    return sh.broadcast_to(sh.reshape(t, shape=(1, *t.shape)), shape=(level.size, *t.shape))


def owned(t: Any) -> Any:
    """`t` in memory of its own: what is the same for all examples is only shown to each."""
    shown = t.interpret is None and isinstance(t._data, ARRAY) and not t._data.flags.writeable
    return ew.clone(t) if shown else t


def rule_for(*names: str) -> Callable[..., Any]:
    """Declare the batching rule of some primitives: (primitive, operands, options, level) -> examples of the result."""

    def declare(rule: Callable[..., Any]) -> Callable[..., Any]:
        for name in names:
            RULES[name] = rule
        return rule

    return declare


def _derived(prim: Any) -> Callable[..., Any] | None:
    if prim.elementwise:
        return elementwise
    if "axis" in prim.options and len(prim.inputs) == 1:
        return joined if prim.variadic else along_axis
    return None


# -- derived from the declaration ------------------------------------------------------------------------------------------


def aligned(a: Any, ndim: int, level: Level) -> Any:
    """An operand's examples with axes of 1 between the batch axis and their own, so that they broadcast like `ndim`."""
    if not is_batched(a, level):
        return a
    shape = tuple(a.shape)
    return a._value if len(shape) == ndim else padded(a._value, (1,) * (ndim - len(shape)), shape)


def padded(value: Any, ones: tuple[Any, ...], shape: tuple[Any, ...]) -> Any:
    """`value` (B, *shape) as (B, *ones, *shape)."""
    return sh.reshape(value, shape=(value.shape[0], *ones, *shape))


def elementwise(prim: Any, args: tuple[Any, ...], options: dict[Any, Any], level: Level) -> Any:
    """Operands broadcast by their own shapes, not by those of their examples; so does the choice of a dtype."""
    if prim.promotes:
        wanted = result_dtype([_kind(a) for a in args])
        args = tuple(cast(a, dtype=wanted) if isinstance(a, Traced) and a.dtype != wanted else a for a in args)
    ndim = max(np.ndim(_kind(a)) for a in args)
    return prim.call(tuple(aligned(a, ndim, level) for a in args), options)


def _kind(a: Any) -> Any:
    """Something with the dtype and the number of dimensions of an operand."""
    return np.zeros((1,) * a.ndim, a.dtype) if isinstance(a, Traced) else a


def shifted(axis: Any, ndim: int) -> Any:
    """Axes of one example as axes of the examples; those that count from the end stay as they are."""
    if axis is None:
        return tuple(range(1, ndim + 1))
    if isinstance(axis, (tuple, list)):
        return tuple(shifted(a, ndim) for a in axis)
    return axis + 1 if axis >= 0 else axis


def along_axis(prim: Any, args: tuple[Any, ...], options: dict[Any, Any], level: Level) -> Any:
    """A reduction or scan: the axis counts from behind the batch axis."""
    (x,) = args
    value, ndim = x._value, x.ndim
    axis = options.get("axis", prim._default("axis"))
    if not ndim:  # one number for each example: a vector of length 1
        found = prim.call((padded(value, (1,), ()),), {**options, "axis": 1, **_kept(prim, False)})
        return sh.reshape(found, shape=(level.size,))
    if axis is None and prim.name in ("argmax", "argmin"):  # these number the elements of the flattened example
        value, axis, ndim = sh.reshape(value, shape=(level.size, -1 if x._data.size else 0)), 0, 1
    return prim.call((value,), {**options, "axis": shifted(axis, ndim)})


def _kept(prim: Any, keep: bool) -> dict[Any, Any]:
    return {"keepdims": keep} if "keepdims" in prim.options else {}


def joined(prim: Any, args: tuple[Any, ...], options: dict[Any, Any], level: Level) -> Any:
    """concatenate and stack: every part gets its examples; stack names an axis of the result."""
    axis = options.get("axis", prim._default("axis"))
    ndim = args[0].ndim + (prim.name == "stack")
    return prim.call(tuple(examples(a, level) for a in args), {**options, "axis": shifted(axis, ndim)})


# -- shape -------------------------------------------------------------------------------------------------------------------


@rule_for("cast")
def _(prim, args, options, level):
    return prim.call((args[0]._value,), options)


def behind(options: dict[Any, Any], ndim: int, level: Level) -> dict[Any, Any]:
    """Options that name shapes and axes of one example, for all of them."""
    new = dict(options)
    if "shape" in options:
        new["shape"] = (level.size, *options["shape"])
    for name in ("axis", "axis1", "axis2"):
        if name in options:
            new[name] = shifted(options[name], ndim)
    if "axes" in options:
        new["axes"] = (0, *shifted(options["axes"], ndim))
    return new


@rule_for("reshape", "transpose")
def _(prim, args, options, level):
    return prim.call((args[0]._value,), behind(options, args[0].ndim, level))


@rule_for("diagonal")
def _(prim, args, options, level):
    full = {"axis1": 0, "axis2": 1, **options}
    return prim.call((args[0]._value,), behind(full, args[0].ndim, level))


@rule_for("broadcast_to")
def _(prim, args, options, level):
    ndim = len(options["shape"])
    return prim.call((aligned(args[0], ndim, level),), behind(options, ndim, level))


# -- indices -----------------------------------------------------------------------------------------------------------------


def behind_batch(index: tuple[Any, ...]) -> tuple[tuple[Any, ...], int]:
    """An index of one example as an index of all, and where the batch axis is in what it gives.

    NumPy puts the axes of arrays that are separated by a slice first, before the batch axis.
    """
    arrays = [k for k, i in enumerate(index) if isinstance(i, (int, np.integer, np.ndarray, list))]
    advanced = any(isinstance(index[k], (np.ndarray, list)) for k in arrays)
    at = 0
    if advanced and arrays[-1] - arrays[0] >= len(arrays):
        at = np.broadcast(*[_positions(index[k]) for k in arrays]).ndim
    return (slice(None), *index), at


def _positions(i: Any) -> np.ndarray:
    """An index array as integers: a mask stands for the positions that it holds, along one axis."""
    i = np.asarray(i)
    return np.nonzero(i)[0] if i.dtype == np.bool_ else i


def front(t: Any, at: int) -> Any:
    """`t` with axis `at` moved to the front."""
    return sh.transpose(t, axes=(at, *(k for k in range(t.ndim) if k != at))) if at else t


def back(t: Any, at: int) -> Any:
    """`t` with the first axis moved to `at`."""
    return sh.transpose(t, axes=(*range(1, at + 1), 0, *range(at + 1, t.ndim))) if at else t


@rule_for("getitem")
def _(prim, args, options, level):
    index = options["index"]
    if any(isinstance(i, Traced) for i in index):
        return gathered(args[0], index, level)
    index, at = behind_batch(index)
    return front(ix.getitem(args[0]._value, index=index), at)


@rule_for("put")
def _(prim, args, options, level):
    index, at = behind_batch(options["index"])
    return ix.put(back(args[0]._value, at), index=index, shape=(level.size, *options["shape"]))


@rule_for("index_add")
def _(prim, args, options, level):
    index, at = behind_batch(options["index"])
    x, value = (examples(a, level) for a in args)
    return ix.index_add(x, back(value, at), index=index)


@rule_for("overwrite")
def _(prim, args, options, level):
    x, value = (examples(a, level) for a in args)
    shown, chain, at = np.broadcast_to(np.False_, tuple(args[0].shape)), [], 0
    for link, how in options["chain"]:
        if link.name == "getitem":
            index, at = behind_batch(how["index"])
            chain.append((link, {"index": index}))
        else:
            chain.append((link, behind(how, shown.ndim, level)))
        shown = link.forward(shown, **how)
    return prim.call((x, back(value, at)), {"chain": tuple(chain)})


def is_vectorised(x: Any, index: tuple[Any, ...], level: Level) -> bool:
    """Whether `gathered` knows this index: slices and None around integer arrays of one level, alone or of any dimension."""
    arrays = [i for i in index if not isinstance(i, slice) and i is not None and i is not Ellipsis]
    known = all(isinstance(i, (np.ndarray, Traced)) and i.dtype.kind in "iu" and i.dtype != np.uint8 for i in arrays)
    if not known or (_depth(x) > level.depth):
        return False
    return len(arrays) == 1 or all(i.ndim and _depth(i) in (0, level.depth) for i in arrays)


def _depth(a: Any) -> int:
    """How far inside the `vmap` is that an operand is batched by; 0 if it is by none."""
    level = getattr(a, "_level", None)
    return level.depth if level is not None else 0


def gathered(x: Any, index: tuple[Any, ...], level: Level) -> Any:
    """x[index], where the index itself differs from example to example."""
    index = _expanded(index, x.ndim)
    arrays = [k for k, i in enumerate(index) if isinstance(i, (np.ndarray, Traced))]
    ndim = max(index[k].ndim for k in arrays)
    full = tuple(aligned(i, ndim, level) if k in arrays else i for k, i in enumerate(index))
    apart = arrays[-1] - arrays[0] >= len(arrays)
    at = 0 if apart else arrays[0]  # where the index's own axes are in the result
    if not is_batched(x, level):
        return front(read(x, full), at)
    rows = np.arange(level.size).reshape((-1, *[1] * ndim))
    found = read(x._value, (rows, *full))
    if not at:
        return found
    # NumPy put the axes of the batch and of the index first; those of the index belong behind `at` others.
    block, rest = range(1, ndim + 1), range(ndim + 1, found.ndim)
    return sh.transpose(found, axes=(0, *rest[:at], *block, *rest[at:]))


def _expanded(index: tuple[Any, ...], ndim: int) -> tuple[Any, ...]:
    """An index with its Ellipsis written out as slices."""
    for k, i in enumerate(index):
        if i is Ellipsis:
            taken = sum(1 for j in index if j is not None and j is not Ellipsis)
            return (*index[:k], *[slice(None)] * (ndim - taken), *index[k + 1 :])
    return index


# -- matrix products -----------------------------------------------------------------------------------------------------------


@rule_for("matmul")
def _(prim, args, options, level):
    x, y = args
    row, column = x.ndim == 1, y.ndim == 1
    if row and is_batched(x, level) and not is_batched(y, level) and y.ndim == 2:
        return la.matmul(x._value, y)
    if column and is_batched(y, level) and not is_batched(x, level) and x.ndim == 2:
        return la.matmul(y._value, x.mT)
    x = sh.reshape(x, shape=(1, *x.shape)) if row else x
    y = sh.reshape(y, shape=(*y.shape, 1)) if column else y
    ndim = max(x.ndim, y.ndim)
    found = la.matmul(aligned(x, ndim, level), aligned(y, ndim, level))
    dropped = (*found.shape[:-2], *found.shape[-2:-1] * (not row), *found.shape[-1:] * (not column))
    return sh.reshape(found, shape=dropped) if row or column else found


@rule_for("linear", "linear_map")
def _(prim, args, options, level):
    x, *rest = args
    if is_batched(x, level) and not any(is_batched(a, level) for a in rest):
        return prim.call((x._value, *rest), options)
    weight, *bias = rest
    product = la.matmul(x, sh.transpose(weight, axes=(1, 0)))
    return examples(ew.add(product, *bias) if bias else product, level)


# -- stacks of matrices -------------------------------------------------------------------------------------------------------


@rule_for("inv", "det", "slogdet", "cholesky", "qr", "svd", "eigh", "pinv")
def _(prim, args, options, level):
    return prim.call((args[0]._value,), options)


@rule_for("solve")
def _(prim, args, options, level):
    ndim = max(a.ndim for a in args)
    return prim.call(tuple(aligned(a, ndim, level) for a in args), options)


# -- losses, windows ----------------------------------------------------------------------------------------------------------


@rule_for("nll", "place_at_max", "take_at_max")
def _(prim, args, options, level):
    return prim.call(tuple(examples(a, level) for a in args), behind(options, args[0].ndim, level))


@rule_for("nll_slope")
def _(prim, args, options, level):
    return prim.call(tuple(examples(a, level) for a in args), {**options, "axis": options["axis"] + 1})


def as_channels(t: Any) -> Any:
    """Examples (B, N, C, ...) side by side in one batch of images, (N, B * C, ...)."""
    batch, n, channels, *rest = t.shape
    return sh.reshape(back(t, 1), shape=(n, batch * channels, *rest))


def as_rows(t: Any) -> Any:
    """Weights or biases (B, O, ...) of all examples under one another, (B * O, ...)."""
    batch, rows, *rest = t.shape
    return sh.reshape(t, shape=(batch * rows, *rest))


def from_channels(t: Any, size: int) -> Any:
    """The reverse of `as_channels`."""
    n, channels, *rest = t.shape
    return front(sh.reshape(t, shape=(n, size, channels // size, *rest)), 1)


def in_groups(options: dict[Any, Any], level: Level) -> dict[Any, Any]:
    """Each example with a weight of its own: as many groups of channels as there are examples."""
    return {**options, "groups": options["groups"] * level.size}


@rule_for("convolve", "convolve_transpose")
def _(prim, args, options, level):
    x, weight, *bias = args
    if not any(is_batched(a, level) for a in (weight, *bias)):
        found = prim.call((as_rows(x._value), weight, *bias), options)
        return sh.reshape(found, shape=(level.size, -1, *found.shape[1:]))
    bias = [as_rows(examples(b, level)) if b.shape[0] else b for b in bias]
    given = (as_channels(examples(x, level)), as_rows(examples(weight, level)), *bias)
    return from_channels(prim.call(given, in_groups(options, level)), level.size)


@rule_for("convolve_weight")
def _(prim, args, options, level):
    found = prim.call(tuple(as_channels(examples(a, level)) for a in args), in_groups(options, level))
    return sh.reshape(found, shape=(level.size, -1, *found.shape[1:]))


def registered() -> list[str]:
    """The primitives that are vectorised; every other one is run for each example."""
    return [name for name, p in REGISTRY.items() if name in RULES or _derived(p)]
