"""Joining tensors and cutting them up: cat, stack, split and their family."""

from itertools import pairwise
from typing import Any

import numpy as np

from ..core.graph import Traced
from ..core.shapes import normalize_axis
from ..errors import ArgumentError, ArgumentTypeError, DimError, ShapeError
from ..ops import shape as sh
from ..ops.index import getitem, overwrite
from . import shaping
from .declare import constant, function
from .indexing import raw_index
from .parts import has_dims
from .shaping import ALL

# -- joining -----------------------------------------------------------------------------------------------------------


def _given(tensors: Any, op: str) -> list[Any]:
    if isinstance(tensors, Traced):
        raise ArgumentTypeError(f"{op}(): argument 'tensors' must be a tuple or list of Tensors, not Tensor; pass [tensor]")
    try:
        found = list(tensors)
    except TypeError:
        given = type(tensors).__name__
        raise ArgumentTypeError(f"{op}(): argument 'tensors' must be a tuple of Tensors, not {given}") from None
    for k, x in enumerate(found):
        if not isinstance(x, Traced):
            raise ArgumentTypeError(f"{op}(): element {k} of argument 'tensors' must be Tensor, not {type(x).__name__}")
    return found


@function(checked=False, method=False)
def cat(tensors: Any, dim: int = 0) -> Any:
    """Tensors joined along a dimension that they have; all other sizes must be equal.

    Raises ShapeError for sizes that differ. An empty 1-d tensor joins anything, as in PyTorch.

    >>> import autograd
    >>> autograd.cat([autograd.ones(2), autograd.zeros(1)])
    tensor([1., 1., 0.])
    """
    return _joined(tensors, dim, "cat")


@function(checked=False, method=False)
def concat(tensors: Any, dim: int = 0) -> Any:
    """`cat` under another name.

    >>> import autograd
    >>> autograd.concat([autograd.ones(1), autograd.zeros(1)])
    tensor([1., 0.])
    """
    return _joined(tensors, dim, "concat")


@function(checked=False, method=False)
def concatenate(tensors: Any, dim: int = 0) -> Any:
    """`cat` under NumPy's name.

    >>> import autograd
    >>> autograd.concatenate([autograd.ones(1), autograd.zeros(1)])
    tensor([1., 0.])
    """
    return _joined(tensors, dim, "concatenate")


def _joined(tensors: Any, dim: int, op: str) -> Any:
    given = _given(tensors, op)
    try:
        return sh.concatenate(*given, axis=dim)
    except (ValueError, TypeError, ShapeError):  # NumPy found something wrong with it; an empty vector is not
        return _joined_with_care(given, dim, op)


def _joined_with_care(given: list[Any], dim: int, op: str) -> Any:
    """`_joined` of tensors among which are empty vectors, or of which an error is to be explained."""
    if not given:
        raise ArgumentError(f"{op}: expected a non-empty list of Tensors")
    shapes = [tuple(x.shape) for x in given]
    like = next((s for s in shapes if s != (0,)), shapes[0])
    for k, s in enumerate(shapes):
        if not s:
            raise ShapeError(f"{op}: zero-dimensional tensor (at position {k}) cannot be concatenated; use stack")
    axis = normalize_axis(dim, len(like), op)
    for k, s in enumerate(shapes):
        if s == (0,):
            continue
        if len(s) != len(like):
            raise ShapeError(f"{op}: tensors must have the same number of dimensions, got shapes {like} and {s}")
        if s[:axis] != like[:axis] or s[axis + 1 :] != like[axis + 1 :]:
            raise ShapeError(
                f"{op}: sizes of tensors must match except in dimension {axis}; tensor {k} has shape {s}, tensor 0 has {like}"
            )
    nothing = (*like[:axis], 0, *like[axis + 1 :])
    parts = [x if len(s) == len(like) else sh.reshape(x, shape=nothing) for x, s in zip(given, shapes, strict=True)]
    return sh.concatenate(*parts, axis=axis)


@function(checked=False, method=False)
def stack(tensors: Any, dim: int = 0) -> Any:
    """Tensors of one shape joined along a new dimension.

    >>> import autograd
    >>> autograd.stack([autograd.ones(2), autograd.zeros(2)], dim=1)
    tensor([[1., 0.],
            [1., 0.]])
    """
    given = _given(tensors, "stack")
    if not given:
        raise ShapeError("stack: expects a non-empty list of tensors")
    shape = given[0]._data.shape
    for k, x in enumerate(given):
        if x._data.shape != shape:
            raise ShapeError(f"stack: expects tensors of equal size, got {shape} at entry 0 and {tuple(x.shape)} at entry {k}")
    return sh.stack(*given, axis=normalize_axis(dim, len(shape), "stack", inserted=1))


@function(checked=False, method=False)
def hstack(tensors: Any) -> Any:
    """Joined along the second dimension (the first, for vectors).

    >>> import autograd
    >>> autograd.hstack([autograd.ones(2), autograd.zeros(1)])
    tensor([1., 1., 0.])
    """
    given = [_grown(x, "atleast_1d") for x in _nonempty(tensors, "hstack")]
    return _joined(given, 0 if given[0].ndim == 1 else 1, "hstack")


@function(checked=False, method=False)
def vstack(tensors: Any) -> Any:
    """Joined along the first dimension, vectors as rows.

    >>> import autograd
    >>> autograd.vstack([autograd.ones(2), autograd.zeros(2)])
    tensor([[1., 1.],
            [0., 0.]])
    """
    return _joined([_grown(x, "atleast_2d") for x in _nonempty(tensors, "vstack")], 0, "vstack")


@function(checked=False, method=False)
def row_stack(tensors: Any) -> Any:
    """`vstack` under another name.

    >>> import autograd
    >>> autograd.row_stack([autograd.ones(2), autograd.zeros(2)])
    tensor([[1., 1.],
            [0., 0.]])
    """
    return _joined([_grown(x, "atleast_2d") for x in _nonempty(tensors, "row_stack")], 0, "row_stack")


@function(checked=False, method=False)
def dstack(tensors: Any) -> Any:
    """Joined along the third dimension.

    >>> import autograd
    >>> autograd.dstack([autograd.ones(2), autograd.zeros(2)]).shape
    torch.Size([1, 2, 2])
    """
    return _joined([_grown(x, "atleast_3d") for x in _nonempty(tensors, "dstack")], 2, "dstack")


@function(checked=False, method=False)
def column_stack(tensors: Any) -> Any:
    """Joined along the second dimension, vectors and scalars as columns.

    >>> import autograd
    >>> autograd.column_stack([autograd.ones(2), autograd.zeros(2)])
    tensor([[1., 0.],
            [1., 0.]])
    """
    given = _nonempty(tensors, "column_stack")
    columns = [x if x.ndim > 1 else shaping.reshape(x, (-1 if x.ndim else 1, 1)) for x in given]
    return _joined(columns, 1, "column_stack")


def _nonempty(tensors: Any, op: str) -> list[Any]:
    given = _given(tensors, op)
    if not given:
        raise ShapeError(f"{op}: expects a non-empty list of tensors")
    return given


def _grown(x: Any, how: str) -> Any:
    return getattr(shaping, how)(x)


@function(checked=False, method=False)
def block_diag(*tensors: Any) -> Any:
    """Matrices along the diagonal of a larger one that is zero elsewhere.

    >>> import autograd
    >>> autograd.block_diag(autograd.ones(1, 2), autograd.ones(1))
    tensor([[1., 1., 0.],
            [0., 0., 1.]])
    """
    given = shaping.tensors_of(tensors, "block_diag")
    for k, x in enumerate(given):
        if x.ndim > 2:
            raise ShapeError(f"block_diag: expects tensors with at most 2 dimensions, got {x.ndim} at position {k}")
    blocks = [_grown(x, "atleast_2d") for x in given]
    width, rows, before = sum(b.shape[1] for b in blocks), [], 0
    for b in blocks:
        m = b.shape[1]
        rows.append(pad_zeros(b, 1, before, width - before - m))
        before += m
    return _joined(rows, 0, "block_diag")


def pad_zeros(x: Any, axis: int, before: int, after: int) -> Any:
    """x with zeros in front of it and behind it along an axis."""
    shape = list(x.shape)
    shape[axis] += before + after
    inner = (ALL,) * axis + (slice(before, before + x.shape[axis]),)
    zeros = constant(x, np.zeros(shape, x.dtype))
    return overwrite(zeros, x, chain=((getitem.primitive, {"index": inner}),))


# -- cutting up: every piece is a view ---------------------------------------------------------------------------------


def _pieces(x: Any, axis: int, bounds: list[int]) -> tuple[Any, ...]:
    """The views of `x` between consecutive bounds along an axis."""
    before = (ALL,) * axis
    return tuple(getitem(x, index=(*before, slice(a, b))) for a, b in pairwise(bounds))


def _ints(value: Any, op: str) -> list[int]:
    try:
        return [int(n.__index__()) for n in value]
    except (TypeError, AttributeError):
        raise ArgumentTypeError(f"{op}: expected an int or a list of ints, got {value!r}") from None


# What one parameter is called in the forms of a call that PyTorch tells apart.
_PARTS: dict[str, str] = dict.fromkeys(("indices", "sections", "tensor_indices_or_sections"), "indices_or_sections")


@function(name="split", spellings={"split_size": "split_size_or_sections", "split_sizes": "split_size_or_sections"})
def split(tensor: Any, split_size_or_sections: Any, dim: int = 0) -> tuple[Any, ...]:
    """Views of `split_size` elements along a dimension (the last may be smaller), or of the sizes in a list.

    `tensor` is the second vector. `split_size_or_sections` is the size of each piece, or a list of sizes. `dim` is the
    dimension along which it is done.

    >>> import autograd
    >>> autograd.arange(5).split(2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    shape = tensor._data.shape
    axis = normalize_axis(dim, len(shape) or has_dims(tensor, "split"), "split")
    n, size = shape[axis], split_size_or_sections
    if isinstance(size, (list, tuple)):
        bounds, sizes = [0], _ints(size, "split")
        for k in sizes:
            bounds.append(bounds[-1] + k)
        if bounds[-1] != n or min(sizes, default=0) < 0:
            raise ShapeError(f"split: split_sizes must be >= 0 and sum to {n}, the size of dimension {axis}, got {sizes}")
        return _pieces(tensor, axis, bounds)
    size = _ints([size], "split")[0]
    if size < 0 or (size == 0 and n):
        raise ShapeError(f"split: split_size must be positive, got {size} for dimension {axis} of size {n}")
    return _pieces(tensor, axis, [*range(0, n, size), n] if n else [0, 0])


@function
def split_with_sizes(input: Any, split_sizes: Any, dim: int = 0) -> tuple[Any, ...]:
    """`split` into parts of given sizes.

    `split_sizes` has the size of each piece. `dim` is the dimension along which it is done.

    >>> import autograd
    >>> autograd.arange(3).split_with_sizes([1, 2])
    (tensor([0]), tensor([1, 2]))
    """
    if not input.ndim:
        raise ShapeError("split_with_sizes: expects at least a 1-dimensional tensor, got shape ()")
    return split(input, list(split_sizes), dim)


@function
def chunk(input: Any, chunks: int, dim: int = 0) -> tuple[Any, ...]:
    """At most `chunks` views of equal size along a dimension; the last may be smaller.

    `dim` is the dimension along which it is done.

    >>> import autograd
    >>> autograd.arange(5).chunk(2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    if not input.ndim:
        raise ShapeError("chunk: expects at least a 1-dimensional tensor")
    axis = normalize_axis(dim, input.ndim, "chunk")
    if _ints([chunks], "chunk")[0] <= 0:
        raise ShapeError(f"chunk: expects chunks to be greater than 0, got {chunks}")
    n = input.shape[axis]
    size = -(-n // chunks)
    if not n:
        return _pieces(input, axis, [0] * (chunks + 1))
    return _pieces(input, axis, [*range(0, n, size), n])


@function(spellings=_PARTS)
def tensor_split(input: Any, indices_or_sections: Any, dim: int = 0) -> tuple[Any, ...]:
    """Views between the given indices along a dimension, or a number of views whose sizes differ by at most one.

    `indices_or_sections` is the number of parts, or where each but the first begins. `dim` is the dimension along which it
    is done.

    >>> import autograd
    >>> autograd.arange(5).tensor_split(2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    return _split_evenly(input, indices_or_sections, dim, "tensor_split")


def _split_evenly(x: Any, where: Any, dim: int, op: str) -> tuple[Any, ...]:
    if not x.ndim:
        raise ShapeError(f"{op}: expects at least a 1-dimensional tensor")
    axis = normalize_axis(dim, x.ndim, op)
    n = x.shape[axis]
    if isinstance(where, Traced):
        where = raw_index(where, op, name="indices_or_sections", long=True).tolist()
    if isinstance(where, (list, tuple)):
        cuts = [slice(None, i).indices(n)[1] for i in _ints(where, op)]
        starts, ends = [0, *cuts], [*cuts, n]
        return tuple(_pieces(x, axis, [a, max(a, b)])[0] for a, b in zip(starts, ends, strict=True))
    sections = _ints([where], op)[0]
    if sections <= 0:
        raise ShapeError(f"{op}: number of sections must be larger than 0, got {sections}")
    small, larger = divmod(n, sections)
    return _pieces(x, axis, [k * small + min(k, larger) for k in range(sections + 1)])


def _split_dim(x: Any, where: Any, dim: int, needed: int, op: str) -> tuple[Any, ...]:
    if x.ndim < needed:
        raise ShapeError(f"{op}: requires a tensor with at least {needed} dimension(s), got {x.ndim}")
    if isinstance(where, int) and (where <= 0 or x.shape[dim] % where):
        raise ShapeError(
            f"{op}: attempted to split along dimension {dim}, but its size {x.shape[dim]} is not divisible by {where}"
        )
    return _split_evenly(x, where, dim, op)


@function(sizes="indices_or_sections", spellings=_PARTS)
def hsplit(input: Any, *indices_or_sections: Any) -> tuple[Any, ...]:
    """Split along the second dimension (the first, of a vector).

    `indices_or_sections` is the number of parts, or where each but the first begins.

    >>> import autograd
    >>> autograd.hsplit(autograd.arange(4), 2)
    (tensor([0, 1]), tensor([2, 3]))
    """
    return _split_dim(input, _one(indices_or_sections, "hsplit"), 1 if input.ndim > 1 else 0, 1, "hsplit")


@function(sizes="indices_or_sections", spellings=_PARTS)
def vsplit(input: Any, *indices_or_sections: Any) -> tuple[Any, ...]:
    """Split along the first dimension.

    `indices_or_sections` is the number of parts, or where each but the first begins.

    >>> import autograd
    >>> [part.shape for part in autograd.vsplit(autograd.zeros(4, 2), [1])]
    [torch.Size([1, 2]), torch.Size([3, 2])]
    """
    return _split_dim(input, _one(indices_or_sections, "vsplit"), 0, 2, "vsplit")


@function(sizes="indices_or_sections", spellings=_PARTS)
def dsplit(input: Any, *indices_or_sections: Any) -> tuple[Any, ...]:
    """Split along the third dimension.

    `indices_or_sections` is the number of parts, or where each but the first begins.

    >>> import autograd
    >>> [part.shape for part in autograd.dsplit(autograd.zeros(1, 2, 4), 2)]
    [torch.Size([1, 2, 2]), torch.Size([1, 2, 2])]
    """
    return _split_dim(input, _one(indices_or_sections, "dsplit"), 2, 3, "dsplit")


def _one(given: tuple[Any, ...], op: str) -> Any:
    if not given:
        raise ArgumentTypeError(f"{op}() missing required argument 'indices_or_sections': an int, or a list of ints")
    return given[0] if len(given) == 1 else given


@function
def unbind(input: Any, dim: int = 0) -> tuple[Any, ...]:
    """The slices along a dimension, without it: one view for each.

    `dim` is the dimension along which it is done.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]]).unbind(1)
    (tensor([1, 3]), tensor([2, 4]))
    """
    if not input.ndim:
        raise DimError("unbind: dimension specified as 0 but tensor has no dimensions")
    axis = normalize_axis(dim, input.ndim, "unbind")
    before = (ALL,) * axis
    return tuple(getitem(input, index=(*before, k)) for k in range(input.shape[axis]))
