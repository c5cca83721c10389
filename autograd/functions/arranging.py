"""Elements in other places: repeated, reversed, rolled, cut to a triangle, put on a diagonal."""

from typing import Any

import numpy as np

from ..core.graph import Traced
from ..core.shapes import normalize_axes, normalize_axis
from ..core.standin import applied
from ..errors import ArgumentTypeError, DimError, DtypeError, ShapeError
from ..ops import elementwise as ew, shape as sh
from ..ops.index import getitem, overwrite
from .declare import constant, function
from .parts import diagonal_of
from .shaping import ALL, ravel, reshape, sizes_of

# -- repeating ---------------------------------------------------------------------------------------------------------


@function(sizes="repeats")
def repeat(input: Any, *repeats: Any) -> Any:
    """The tensor laid out side by side, as often along each dimension as `repeats` says; a copy.

    >>> import autograd
    >>> autograd.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    times = sizes_of(repeats, "repeat")
    if len(times) < input.ndim:
        raise ShapeError(
            f"repeat: number of dimensions of repeat dims {times} can not be smaller than number of dimensions of tensor "
            f"{tuple(input.shape)}; use tile, or put ones in front"
        )
    return _repeated(input, times, "repeat")


@function(sizes="dims")
def tile(input: Any, *dims: Any) -> Any:
    """`repeat`, with ones put in front of `dims` if the tensor has more dimensions.

    >>> import autograd
    >>> autograd.tensor([[1], [2]]).tile(2)
    tensor([[1, 1],
            [2, 2]])
    """
    times = sizes_of(dims, "tile")
    return _repeated(input, (1,) * (input.ndim - len(times)) + times, "tile")


def _repeated(input: Any, times: tuple[Any, ...], op: str) -> Any:
    if any(n < 0 for n in times):
        raise ShapeError(f"{op}: trying to repeat {times}; every number must be >= 0")
    shape = (1,) * (len(times) - input.ndim) + tuple(input.shape)
    apart = tuple(n for size in shape for n in (1, size))
    wide = tuple(n for pair in zip(times, shape, strict=True) for n in pair)
    whole = sh.broadcast_to(reshape(input, apart), shape=wide)
    result = sh.reshape(whole, shape=tuple(n * m for n, m in zip(times, shape, strict=True)))
    return ew.clone(result) if result._base is not None else result


@function(checked=True)
def repeat_interleave(input: Any, repeats: Any = None, dim: Any = None, *, output_size: Any = None) -> Any:
    """Every element (or slice along `dim`) repeated `repeats` times, copies next to each other.

    With one argument, a tensor of counts, the indices that repeat: [2, 1] gives [0, 0, 1].

    `output_size` is accepted, and not needed.

    >>> import autograd
    >>> autograd.tensor([5, 6]).repeat_interleave(2)
    tensor([5, 5, 6, 6])
    """
    if repeats is None:
        return constant(input, np.repeat(np.arange(input.shape[0]), _counts(input)))
    if dim is None:
        input, dim = ravel(input), 0
    axis = normalize_axis(dim, input.ndim, "repeat_interleave")
    if not input.ndim:
        input = reshape(input, (1,))
    n = input.shape[axis]
    counts = _counts(repeats) if isinstance(repeats, Traced) else np.asarray(_count(repeats))
    if counts.ndim > 1 or counts.size not in (1, n):
        raise ShapeError(f"repeat_interleave: repeats has shape {counts.shape}; it must have one count, or {n} for dim {axis}")
    places = applied(np.repeat, np.arange(n), counts)
    if output_size is not None and output_size != places.size:
        raise ShapeError(f"repeat_interleave: output_size is {output_size}, repeats sum to {places.size}")
    return getitem(input, index=(ALL,) * axis + (places,))


def _counts(repeats: Any) -> np.ndarray:
    counts = repeats._array()
    if counts.dtype.kind not in "iu":
        raise DtypeError(f"repeat_interleave: repeats must have dtype int32 or int64, got {counts.dtype}")
    if counts.size and counts.min() < 0:
        raise ShapeError(f"repeat_interleave: repeats can not be negative, got {counts.min()}")
    return counts


def _count(repeats: Any) -> int:
    if not hasattr(repeats, "__index__"):
        raise ArgumentTypeError(f"repeat_interleave: repeats must be an int or a Tensor, got {type(repeats).__name__}")
    if repeats < 0:
        raise ShapeError(f"repeat_interleave: repeats must be non-negative, got {repeats}")
    return int(repeats)


# -- reversing, turning, rolling ---------------------------------------------------------------------------------------


@function(sizes="dims")
def flip(input: Any, *dims: Any) -> Any:
    """The order of elements reversed along `dims`; a copy.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]]).flip(1)
    tensor([[2, 1],
            [4, 3]])
    """
    return sh.flip(input, axis=_flipped_axes(input, sizes_of(dims, "flip")))


def _flipped_axes(input: Any, dims: tuple[Any, ...]) -> tuple[Any, ...]:
    axes = normalize_axes(dims, input.ndim, "flip")
    return axes if input.ndim else ()


@function
def fliplr(input: Any) -> Any:
    """The second dimension reversed.

    >>> import autograd
    >>> autograd.fliplr(autograd.tensor([[1, 2]]))
    tensor([[2, 1]])
    """
    if input.ndim < 2:
        raise ShapeError(f"fliplr: input must be >= 2-d, got shape {tuple(input.shape)}")
    return sh.flip(input, axis=(1,))


@function
def flipud(input: Any) -> Any:
    """The first dimension reversed.

    >>> import autograd
    >>> autograd.flipud(autograd.tensor([1, 2]))
    tensor([2, 1])
    """
    if input.ndim < 1:
        raise ShapeError("flipud: input must be >= 1-d, got a tensor without dimensions")
    return sh.flip(input, axis=(0,))


@function
def rot90(input: Any, k: int = 1, dims: Any = (0, 1)) -> Any:
    """The plane of `dims` turned by k quarter turns, from the first towards the second.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]]).rot90()
    tensor([[2, 4],
            [1, 3]])
    """
    n = input.ndim
    if len(dims) != 2:
        raise ShapeError(f"rot90: expected total rotation dims == 2, got dims {tuple(dims)}")
    if n < 2:
        raise ShapeError(f"rot90: expected total dims >= 2, got shape {tuple(input.shape)}")
    if dims[0] == dims[1] or abs(dims[0] - dims[1]) == n:
        raise ShapeError(f"rot90: expected rotation dims to be different, got {tuple(dims)}")
    a, b = (normalize_axis(d, n, "rot90") for d in dims)
    order = list(range(n))
    order[a], order[b] = b, a
    turns = k % 4
    if turns == 0:
        return ew.clone(input)
    if turns == 2:
        return sh.flip(input, axis=(a, b))
    return sh.flip(sh.transpose(input, axes=tuple(order)), axis=(a if turns == 1 else b,))


@function
def roll(input: Any, shifts: Any, dims: Any = None) -> Any:
    """Elements moved along `dims` by `shifts`; what leaves at one end enters at the other.

    >>> import autograd
    >>> autograd.tensor([1, 2, 3]).roll(1)
    tensor([3, 1, 2])
    """
    if dims is None or (isinstance(dims, (tuple, list)) and not dims):
        if isinstance(shifts, (tuple, list)) and len(shifts) != 1:
            raise ShapeError(f"roll: shifts {tuple(shifts)} and dims () must have the same length")
        return sh.reshape(roll(ravel(input), shifts, 0), shape=tuple(input.shape))
    moves = tuple(shifts) if isinstance(shifts, (tuple, list)) else (shifts,)
    axes = tuple(dims) if isinstance(dims, (tuple, list)) else (dims,)
    if len(moves) != len(axes):
        raise ShapeError(f"roll: shifts and dimensions must align, got {moves} and {axes}")
    result = input
    for move, dim in zip(moves, axes, strict=True):
        axis = normalize_axis(dim, input.ndim, "roll")
        if not input.ndim:
            raise DimError("roll: dimension specified as 0 but tensor has no dimensions")
        n = input.shape[axis]
        cut = -move % n if n else 0
        before = (ALL,) * axis
        parts = [getitem(result, index=(*before, slice(cut, None))), getitem(result, index=(*before, slice(None, cut)))]
        result = sh.concatenate(*parts, axis=axis)
    return result


# -- triangles and diagonals -------------------------------------------------------------------------------------------


@function(inplace=True)
def tril(input: Any, diagonal: int = 0) -> Any:
    """The lower triangle of matrices, up to a diagonal; zeros above.

    >>> import autograd
    >>> autograd.ones(2, 2).tril()
    tensor([[1., 0.],
            [1., 1.]])
    """
    return _triangle(input, diagonal, True, "tril")


@function(inplace=True)
def triu(input: Any, diagonal: int = 0) -> Any:
    """The upper triangle of matrices, from a diagonal on; zeros below.

    >>> import autograd
    >>> autograd.ones(2, 2).triu()
    tensor([[1., 1.],
            [0., 1.]])
    """
    return _triangle(input, diagonal - 1, False, "triu")


def _triangle(input: Any, diagonal: int, lower: bool, op: str) -> Any:
    if input.ndim < 2:
        raise ShapeError(f"{op}: input tensor must have at least 2 dimensions, got shape {tuple(input.shape)}")
    height, width = input.shape[-2:]
    inside = np.tri(height, width, diagonal, np.bool_)
    zero = constant(input, input.dtype.type(0))
    return ew.where(constant(input, inside if lower else ~inside), input, zero)


@function
def diag(input: Any, diagonal: int = 0) -> Any:
    """A vector on a diagonal of a matrix that is zero elsewhere, or the diagonal of a matrix.

    >>> import autograd
    >>> autograd.diag(autograd.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    if input.ndim not in (1, 2):
        raise ShapeError(f"diag: supports 1-d or 2-d tensors, got shape {tuple(input.shape)}")
    if input.ndim == 1:
        return diag_embed(input, diagonal)
    return ew.clone(diagonal_of(input, diagonal, 0, 1, "diag"))


@function
def diag_embed(input: Any, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """The last dimension on the diagonals of matrices that are zero elsewhere.

    `offset` counts diagonals, upwards from the main one. `dim1` and `dim2` are the dimensions of the matrices.

    >>> import autograd
    >>> autograd.ones(2, 3).diag_embed().shape
    torch.Size([2, 3, 3])
    """
    n = input.ndim + 1
    a, b = normalize_axis(dim1, n, "diag_embed"), normalize_axis(dim2, n, "diag_embed")
    if a == b:
        raise ShapeError(f"diag_embed: diagonal dimensions cannot be identical, got {dim1} and {dim2}")
    side = (input.shape[-1] if input.ndim else 1) + abs(offset)
    shape = list(input.shape[:-1])
    for axis in sorted((a, b)):
        shape.insert(axis, side)
    chain = ((sh.diagonal.primitive, {"offset": offset, "axis1": a, "axis2": b}),)
    return overwrite(constant(input, np.zeros(shape, input.dtype)), input, chain=chain)


@function
def diagflat(input: Any, offset: int = 0) -> Any:
    """The flattened tensor on a diagonal of a matrix that is zero elsewhere.

    `offset` counts diagonals, upwards from the main one.

    >>> import autograd
    >>> autograd.diagflat(autograd.tensor([1, 2]))
    tensor([[1, 0],
            [0, 2]])
    """
    return diag_embed(ravel(input), offset)
