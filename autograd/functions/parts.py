"""Parts of a tensor by name, as views: select, narrow, diagonal, unfold, as_strided."""

from typing import Any

from ..core.shapes import as_shape, normalize_axis
from ..errors import DimError, ShapeError
from ..ops import shape as sh
from ..ops.elementwise import clone
from ..ops.index import getitem
from .declare import function
from .shaping import ALL


def has_dims(input: Any, op: str) -> int:
    """The number of dimensions; raises for a tensor that has none."""
    if not input.ndim:
        raise DimError(f"{op}: cannot be applied to a 0-dim tensor; it has no dimension to take a part of")
    return input.ndim


@function
def select(input: Any, dim: int, index: int) -> Any:
    """The slice at `index` along `dim`, without that dimension; a view.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]]).select(1, 0)
    tensor([1, 3])
    """
    k = normalize_axis(dim, has_dims(input, "select"), "select")
    n = input.shape[k]
    if not -n <= int(index) < n:
        raise DimError(f"select: index {index} is out of range for dimension {k} of shape {tuple(input.shape)} (size {n})")
    return getitem(input, index=(ALL,) * k + (int(index), Ellipsis))


@function
def narrow(input: Any, dim: int, start: Any, length: int) -> Any:
    """`length` elements along `dim`, beginning at `start`; a view.

    >>> import autograd
    >>> autograd.arange(5).narrow(0, 1, 3)
    tensor([1, 2, 3])
    """
    if not input.ndim:
        raise ShapeError("narrow: cannot be applied to a 0-dim tensor")
    k = normalize_axis(dim, input.ndim, "narrow")
    n, start = input.shape[k], int(start)
    if length < 0:
        raise ShapeError(f"narrow: length must be non-negative, got {length}")
    if not -n <= start <= n:
        raise DimError(f"narrow: start {start} is out of range for dimension {k} of size {n}")
    start += n if start < 0 else 0
    if start + length > n:
        raise ShapeError(f"narrow: start ({start}) + length ({length}) exceeds dimension {k} of size {n}")
    return getitem(input, index=(ALL,) * k + (slice(start, start + length),))


@function
def narrow_copy(input: Any, dim: int, start: Any, length: int) -> Any:
    """`narrow` in memory of its own.

    `length` elements along `dim` are taken, from `start` on.

    >>> import autograd
    >>> autograd.arange(5).narrow_copy(0, 1, 3)
    tensor([1, 2, 3])
    """
    return clone(narrow(input, dim, start, length))


@function
def diagonal(input: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """The elements at (i, i + offset) of dimensions `dim1` and `dim2`, as the last dimension; a view.

    >>> import autograd
    >>> autograd.arange(6).reshape(2, 3).diagonal(1)
    tensor([1, 5])
    """
    return diagonal_of(input, offset, dim1, dim2, "diagonal")


def diagonal_of(input: Any, offset: int, dim1: int, dim2: int, op: str) -> Any:
    """`diagonal`, with errors that name `op`."""
    n = input.ndim
    a, b = normalize_axis(dim1, n, op), normalize_axis(dim2, n, op)
    if a == b:
        raise ShapeError(f"{op}: dim1 ({dim1}) and dim2 ({dim2}) name the same dimension; two different ones are required")
    return sh.diagonal(input, offset=offset, axis1=a, axis2=b)


@function
def unfold(input: Any, dimension: int, size: int, step: int) -> Any:
    """Windows of length `size` along a dimension, every `step` elements, as a new last dimension; a view.

    >>> import autograd
    >>> autograd.arange(5).unfold(0, 3, 2)
    tensor([[0, 1, 2],
            [2, 3, 4]])
    """
    shape = input.shape
    k = normalize_axis(dimension, len(shape), "unfold")
    n = shape[k] if shape else 1
    if size < 0 or size > n:
        raise ShapeError(f"unfold: size {size} for dimension {k} of shape {tuple(shape)}; 0 to {n} is possible")
    if step <= 0:
        raise ShapeError(f"unfold: step is {step} but must be > 0")
    if not shape:
        return sh.reshape(input, shape=(size,)) if size else getitem(sh.reshape(input, shape=(1,)), index=(slice(0, 0),))
    return sh.windows(input, axis=k, size=size, step=step)


@function
def as_strided(input: Any, size: Any, stride: Any, storage_offset: Any = None) -> Any:
    """The elements at offset + i stride[0] + j stride[1] + ... of the tensor's memory, in a shape; a view.

    The tensor must be contiguous. Raises ShapeError for places outside of it.

    `size` is the shape of the result. `storage_offset` counts elements from the first.

    >>> import autograd
    >>> autograd.arange(5).as_strided((3, 2), (1, 1))
    tensor([[0, 1],
            [1, 2],
            [2, 3]])
    """
    size, stride = as_shape((size,), "as_strided"), tuple(int(s) for s in stride)
    if len(size) != len(stride):
        raise ShapeError(f"as_strided: mismatch in length of strides and shape: {size} and {stride}")
    if min(stride, default=0) < 0:
        raise ShapeError(f"as_strided: negative strides are not supported, got {stride}")
    if not input.is_contiguous():
        raise ShapeError("as_strided: the tensor must be contiguous in memory; call contiguous() first")
    start = 0 if storage_offset is None else int(storage_offset) - input.storage_offset()
    reach = start + sum((n - 1) * s for n, s in zip(size, stride, strict=True))
    if start < 0 or (0 not in size and reach >= input._data.size):
        raise ShapeError(
            f"as_strided: size {size}, strides {stride} and offset {start} reach element {reach} of a tensor of "
            f"{input._data.size}: setStorage is out of bounds"
        )
    return sh.strided(input, size=size, stride=stride, offset=start)
