"""One tensor in another shape: view, permute, expand, squeeze and their family, as views wherever memory allows.

Nothing here computes. What a view is good for, writing through it included, is the business of the primitives that
these functions call (`ops.shape`, `ops.index`).
"""

from functools import lru_cache
from math import prod
from typing import Any

import numpy as np

from ..core.dtypes import as_dtype
from ..core.graph import Traced, shares_buffer
from ..core.shapes import as_shape, broadcast, broadcast_axes, infer, normalize_axes, normalize_axis
from ..errors import ArgumentTypeError, DimError, ShapeError
from ..ops import shape as sh
from .declare import constant, function, offer
from .reduction import sum

ALL = slice(None)


def sizes_of(sizes: tuple[Any, ...], op: str) -> tuple[int, ...]:
    """A shape given as `f(x, 2, 3)` or `f(x, (2, 3))`; a size may be a tensor of one element."""
    if not sizes:
        raise ArgumentTypeError(f"{op}() missing required arguments: give ints, or a tuple of ints")
    return as_shape(sizes, op)


# -- the same elements in the same order -------------------------------------------------------------------------------


@function(sizes="shape")
def reshape(input: Any, *shape: Any) -> Any:
    """The same elements in another shape; one size may be -1. A view if strides allow, else a copy.

    Raises ShapeError if the sizes do not multiply to the number of elements.

    >>> import autograd
    >>> autograd.arange(6).reshape(2, -1).shape
    torch.Size([2, 3])
    """
    return sh.reshape(input, shape=_sizes_for(input, shape, "reshape"))


def _sizes_for(input: Any, sizes: tuple[Any, ...], op: str) -> tuple[int, ...]:
    """The shape that reshape and view were asked for."""
    if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)):
        sizes = tuple(sizes[0])
    elif not sizes:
        sizes_of(sizes, op)
    for n in sizes:
        if type(n) is not int:
            sizes = sizes_of(sizes, op)
            break
    return _inferred(sizes, input._data.shape, op)


@lru_cache(1024)
def _inferred(sizes: tuple[int, ...], given: tuple[int, ...], op: str) -> tuple[int, ...]:
    return infer(sizes, prod(given), op, given)


@function(sizes="size")
def view(input: Any, *size: Any) -> Any:
    """`reshape` that never copies; with a dtype, the same bytes read as that dtype.

    Raises ShapeError if strides do not allow a view (after transpose, say): use reshape, or contiguous first.

    `size` is the shape of the result.

    >>> import autograd
    >>> x = autograd.zeros(2, 3); x.view(-1)[0] = 1.0; x[0, 0]
    tensor(1.)
    """
    if len(size) == 1 and type(size[0]) is not int and isinstance(size[0], (np.dtype, type)):
        return _reinterpreted(input, as_dtype(size[0]))
    return _viewed(input, _sizes_for(input, size, "view"), "view")


def _viewed(input: Any, size: tuple[Any, ...], op: str) -> Any:
    result = sh.reshape(input, shape=size)
    if result._base is None and input.interpret is None and result._data.size and not shares_buffer(result._data, input._data):
        raise ShapeError(
            f"{op}: size {size} is not compatible with the strides of input (shape {tuple(input.shape)}): its elements are "
            "not in this order in memory; use reshape, or contiguous().view"
        )
    return result


def _reinterpreted(input: Any, dtype: np.dtype) -> Any:
    if dtype == input.dtype:
        return _viewed(input, input._data.shape, "view")
    if input.requires_grad:
        raise ArgumentTypeError("view: bytes read as another dtype have no derivative; detach() first")
    return constant(input, input._array().view(dtype))


@function
def view_as(input: Any, other: Any) -> Any:
    """`input.view(other.shape)`.

    >>> import autograd
    >>> autograd.zeros(2, 3).view_as(autograd.zeros(6)).shape
    torch.Size([6])
    """
    return _viewed(input, _sizes_for(input, (_shape_of(other, "view_as"),), "view_as"), "view_as")


@function
def reshape_as(input: Any, other: Any) -> Any:
    """`input.reshape(other.shape)`.

    >>> import autograd
    >>> autograd.zeros(2, 3).reshape_as(autograd.zeros(3, 2)).shape
    torch.Size([3, 2])
    """
    return sh.reshape(input, shape=_sizes_for(input, (_shape_of(other, "reshape_as"),), "reshape_as"))


def _shape_of(other: Any, op: str) -> tuple[Any, ...]:
    if not isinstance(other, Traced):
        raise ArgumentTypeError(f"{op}(): argument 'other' must be Tensor, not {type(other).__name__}")
    return tuple(other.shape)


@function
def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """Dimensions from `start_dim` to `end_dim` (included) as one.

    >>> import autograd
    >>> autograd.zeros(2, 3, 4).flatten(1).shape
    torch.Size([2, 12])
    """
    shape = input._data.shape
    wanted = _flat(shape, start_dim, end_dim)
    return input if wanted == shape and shape else sh.reshape(input, shape=wanted)


@lru_cache(1024, typed=True)
def _flat(shape: tuple[Any, ...], start_dim: int, end_dim: int) -> tuple[int, ...]:
    start, end = normalize_axis(start_dim, len(shape), "flatten"), normalize_axis(end_dim, len(shape), "flatten")
    if start > end:
        raise ShapeError(f"flatten: start_dim {start_dim} comes after end_dim {end_dim} in a tensor of shape {shape}")
    return (*shape[:start], prod(shape[start : end + 1]), *shape[end + 1 :])


@function
def ravel(input: Any) -> Any:
    """All elements as one dimension.

    >>> import autograd
    >>> autograd.zeros(2, 3).ravel().shape
    torch.Size([6])
    """
    return sh.reshape(input, shape=(input._data.size,))


@function
def unflatten(input: Any, dim: int, sizes: Any) -> Any:
    """One dimension as several; one size may be -1.

    `dim` is the dimension along which it is done. `sizes` are the sizes that it is given.

    >>> import autograd
    >>> autograd.zeros(6, 2).unflatten(0, (2, -1)).shape
    torch.Size([2, 3, 2])
    """
    shape = input.shape
    k = normalize_axis(dim, len(shape), "unflatten")
    if not shape:
        raise DimError("unflatten: a tensor without dimensions has no dim to take apart; use reshape")
    parts = infer(as_shape((sizes,), "unflatten"), shape[k], "unflatten", shape)
    return sh.reshape(input, shape=(*shape[:k], *parts, *shape[k + 1 :]))


@function(inplace="view")
def squeeze(input: Any, dim: Any = None) -> Any:
    """Without dimensions of size 1: all of them, or those named by `dim` if their size is 1.

    >>> import autograd
    >>> autograd.zeros(1, 2, 1).squeeze().shape, autograd.zeros(1, 2, 1).squeeze(0).shape
    (torch.Size([2]), torch.Size([2, 1]))
    """
    return sh.reshape(input, shape=_squeezed(input._data.shape, tuple(dim) if type(dim) is list else dim))


@lru_cache(1024, typed=True)
def _squeezed(shape: tuple[Any, ...], dim: Any) -> tuple[int, ...]:
    dropped = normalize_axes(dim, len(shape), "squeeze")
    return tuple(n for k, n in enumerate(shape) if n != 1 or k not in dropped)


@function(inplace="view")
def unsqueeze(input: Any, dim: int) -> Any:
    """With a dimension of size 1 inserted before position `dim`.

    >>> import autograd
    >>> autograd.zeros(2, 3).unsqueeze(-1).shape
    torch.Size([2, 3, 1])
    """
    return sh.reshape(input, shape=_unsqueezed(input._data.shape, dim))


@lru_cache(1024, typed=True)
def _unsqueezed(shape: tuple[Any, ...], dim: int) -> tuple[int, ...]:
    k = normalize_axis(dim, len(shape), "unsqueeze", inserted=1)
    return (*shape[:k], 1, *shape[k:])


# -- the same elements, axes in another order --------------------------------------------------------------------------


@function(inplace="view")
def transpose(input: Any, dim0: int, dim1: int) -> Any:
    """Two dimensions exchanged; a view.

    `dim0` and `dim1` are the two dimensions.

    >>> import autograd
    >>> autograd.zeros(2, 3, 4).transpose(0, 2).shape
    torch.Size([4, 3, 2])
    """
    return _swapped(input, dim0, dim1, "transpose")


@function(inplace="view")
def swapaxes(input: Any, axis0: int, axis1: int) -> Any:
    """`transpose` under NumPy's name.

    `axis0` and `axis1` are the two dimensions.

    >>> import autograd
    >>> autograd.swapaxes(autograd.zeros(2, 3), 0, 1).shape
    torch.Size([3, 2])
    """
    return _swapped(input, axis0, axis1, "swapaxes")


@function(inplace="view")
def swapdims(input: Any, dim0: int, dim1: int) -> Any:
    """`transpose` under another name.

    `dim0` and `dim1` are the two dimensions.

    >>> import autograd
    >>> autograd.swapdims(autograd.zeros(2, 3), 0, 1).shape
    torch.Size([3, 2])
    """
    return _swapped(input, dim0, dim1, "swapdims")


def _swapped(input: Any, dim0: int, dim1: int, op: str) -> Any:
    return sh.transpose(input, axes=_exchange(input._data.ndim, dim0, dim1, op))


@lru_cache(1024, typed=True)
def _exchange(n: int, dim0: int, dim1: int, op: str) -> tuple[int, ...]:
    a, b = normalize_axis(dim0, n, op), normalize_axis(dim1, n, op)
    order = list(range(n))
    if n:
        order[a], order[b] = b, a
    return tuple(order)


@lru_cache(64)
def _backwards(n: int) -> tuple[int, ...]:
    return tuple(range(n))[::-1]


@function(inplace="view")
def t(input: Any) -> Any:
    """The transpose of a matrix; vectors and scalars as they are.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]]).t()
    tensor([[1, 3],
            [2, 4]])
    """
    n = input._data.ndim
    if n > 2:
        raise ShapeError(f"t: expects a tensor with <= 2 dimensions, got {n}; use .mT or transpose")
    return sh.transpose(input, axes=_backwards(n))


def reversed_axes(input: Any) -> Any:
    """`.T`: all dimensions in reverse order."""
    return sh.transpose(input, axes=_backwards(input._data.ndim))


def matrix_transpose(input: Any) -> Any:
    """`.mT`: the last two dimensions exchanged; a number as it is."""
    n = input._data.ndim
    if n == 1:
        raise ShapeError(f"mT: only supported on matrices or batches of matrices, got a tensor with {n} dimension")
    return sh.transpose(input, axes=_exchange(n, -2, -1, "mT") if n else ())


def conjugate_transpose(input: Any) -> Any:
    """`.H`: the transpose of a matrix; a number as it is."""
    n = input._data.ndim
    if n not in (0, 2):
        raise ShapeError(f"H: only supported on matrices (2-D tensors), got a tensor with {n} dimensions; use .mH for batches")
    return sh.transpose(input, axes=_backwards(n))


offer("T", property(reversed_axes, doc="All dimensions in reverse order; a view."))  # type: ignore[arg-type]
offer("H", property(conjugate_transpose, doc="The transpose of a matrix; a view."))  # type: ignore[arg-type]
offer("mT", property(matrix_transpose, doc="The last two dimensions exchanged; a view."))  # type: ignore[arg-type]
offer("mH", property(matrix_transpose, doc="The last two dimensions exchanged; a view."))  # type: ignore[arg-type]


@function
def adjoint(input: Any) -> Any:
    """The last two dimensions exchanged (numbers here are real).

    >>> import autograd
    >>> autograd.zeros(4, 2, 3).adjoint().shape
    torch.Size([4, 3, 2])
    """
    return matrix_transpose(input)


@function(sizes="dims")
def permute(input: Any, *dims: Any) -> Any:
    """Dimensions in the order `dims`; a view.

    >>> import autograd
    >>> autograd.zeros(2, 3, 4).permute(2, 0, 1).shape
    torch.Size([4, 2, 3])
    """
    return sh.transpose(input, axes=_order(input._data.ndim, sizes_of(dims, "permute")))


@lru_cache(1024)
def _order(n: int, dims: tuple[int, ...]) -> tuple[int, ...]:
    if len(dims) != n:
        raise ShapeError(f"permute: got dims {dims} for a tensor with {n} dimensions; name every one once")
    return normalize_axes(dims, n, "permute")


@function
def movedim(input: Any, source: Any, destination: Any) -> Any:
    """Dimensions `source` moved to `destination`; the others keep their order.

    >>> import autograd
    >>> autograd.zeros(2, 3, 4).movedim(0, -1).shape
    torch.Size([3, 4, 2])
    """
    return _moved(input, source, destination, "movedim")


@function
def moveaxis(input: Any, source: Any, destination: Any) -> Any:
    """`movedim` under NumPy's name.

    `source` says which dimensions, `destination` where they go.

    >>> import autograd
    >>> autograd.moveaxis(autograd.zeros(2, 3, 4), 0, -1).shape
    torch.Size([3, 4, 2])
    """
    return _moved(input, source, destination, "moveaxis")


def _moved(input: Any, source: Any, destination: Any, op: str) -> Any:
    n = input.ndim
    sources, places = normalize_axes(source, n, op), normalize_axes(destination, n, op)
    if len(sources) != len(places):
        raise ShapeError(f"{op}: {len(sources)} source dims {source} for {len(places)} destination dims {destination}")
    order = [k for k in range(n) if k not in sources]
    for place, k in sorted(zip(places, sources, strict=True)):
        order.insert(place, k)
    return sh.transpose(input, axes=tuple(order[:n]))


# -- repeated without copying ------------------------------------------------------------------------------------------


@function(sizes="size")
def expand(input: Any, *size: Any) -> Any:
    """Dimensions of size 1 stretched, new ones put in front; -1 keeps a size. A view in which elements share memory.

    >>> import autograd
    >>> autograd.tensor([[1], [2]]).expand(-1, 3)
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    return sh.broadcast_to(input, shape=_filled(sizes_of(size, "expand"), input._data.shape))


@lru_cache(1024)
def _filled(wanted: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, ...]:
    extra = len(wanted) - len(shape)
    if extra < 0:
        raise ShapeError(f"expand: {len(wanted)} sizes {wanted} for a tensor with {len(shape)} dimensions {shape}")
    if -1 in wanted[:extra]:
        raise ShapeError(f"expand: -1 in {wanted} stands where there is no dimension of {shape} to keep")
    filled = tuple(m if n == -1 else n for n, m in zip(wanted[extra:], shape, strict=True))
    return _fits(wanted[:extra] + filled, shape, "expand")


@function
def expand_as(input: Any, other: Any) -> Any:
    """`input.expand(other.shape)`.

    >>> import autograd
    >>> autograd.tensor([1, 2]).expand_as(autograd.zeros(2, 2))
    tensor([[1, 2],
            [1, 2]])
    """
    return _expanded(input, _shape_of(other, "expand_as"), "expand_as")


@function
def broadcast_to(input: Any, size: Any) -> Any:
    """`input` repeated to a shape that it broadcasts to, without copying.

    `size` is the shape of the result.

    >>> import autograd
    >>> autograd.broadcast_to(autograd.tensor([1, 2]), (2, 2))
    tensor([[1, 2],
            [1, 2]])
    """
    return expand(input, size) if -1 in tuple(size) else _expanded(input, as_shape((size,), "broadcast_to"), "broadcast_to")


def _expanded(input: Any, wanted: tuple[Any, ...], op: str) -> Any:
    return sh.broadcast_to(input, shape=_fits(wanted, input._data.shape, op))


@lru_cache(1024)
def _fits(wanted: tuple[int, ...], shape: tuple[int, ...], op: str) -> tuple[int, ...]:
    """`wanted`, to which `shape` broadcasts; raises if it does not."""
    behind = wanted[len(wanted) - len(shape) :] if len(shape) <= len(wanted) else None
    if behind is None or any(n not in (1, m) for n, m in zip(shape, behind, strict=True)) or any(n < 0 for n in wanted):
        raise ShapeError(
            f"{op}: a tensor of shape {shape} cannot be expanded to {wanted}: sizes are matched from the last one, and must be "
            "equal or 1 in the tensor"
        )
    return wanted


def tensors_of(tensors: tuple[Any, ...], op: str) -> tuple[Any, ...]:
    """The tensors of `f(a, b)` or `f([a, b])`."""
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        tensors = tuple(tensors[0])
    for k, x in enumerate(tensors):
        if not isinstance(x, Traced):
            raise ArgumentTypeError(f"{op}(): argument {k} must be Tensor, not {type(x).__name__}")
    return tensors


@function(method=False, checked=False)
def broadcast_tensors(*tensors: Any) -> tuple[Any, ...]:
    """Every tensor expanded to the shape that all of them broadcast to.

    >>> import autograd
    >>> x, y = autograd.broadcast_tensors(autograd.zeros(2, 1), autograd.zeros(3)); x.shape, y.shape
    (torch.Size([2, 3]), torch.Size([2, 3]))
    """
    given = tensors_of(tensors, "broadcast_tensors")
    shape = broadcast("broadcast_tensors", *(x.shape for x in given))
    return tuple(sh.broadcast_to(x, shape=shape) for x in given)


@function(method=False, checked=False)
def broadcast_shapes(*shapes: Any) -> Any:
    """The shape that shapes broadcast to.

    >>> import autograd
    >>> autograd.broadcast_shapes((2, 1), (3,))
    (2, 3)
    """
    return broadcast("broadcast_shapes", *((s,) if isinstance(s, int) else tuple(s) for s in shapes))


@function(sizes="size")
def sum_to_size(input: Any, *size: Any) -> Any:
    """Summed back to a shape that broadcasts to the input's: the reverse of expand.

    `size` is the shape of the result.

    >>> import autograd
    >>> autograd.ones(2, 3).sum_to_size(3)
    tensor([2., 2., 2.])
    """
    wanted, shape = sizes_of(size, "sum_to_size"), tuple(input.shape)
    try:
        fits = broadcast("sum_to_size", wanted, shape) == shape
    except ShapeError:
        fits = False
    if not fits:
        raise ShapeError(f"sum_to_size: size {wanted} is not expandable to the tensor's shape {shape}")
    lead, stretched = broadcast_axes(wanted, shape)
    if not lead and not stretched:
        return input
    return sh.reshape(sum(input, lead + stretched), shape=wanted)


# -- at least so many dimensions ---------------------------------------------------------------------------------------


@function(checked=False, method=False)
def atleast_1d(*tensors: Any) -> Any:
    """Each tensor, a scalar as a vector of one element.

    >>> import autograd
    >>> autograd.atleast_1d(autograd.tensor(1.0))
    tensor([1.])
    """
    return _at_least(tensors, "atleast_1d", lambda s: s or (1,))


@function(checked=False, method=False)
def atleast_2d(*tensors: Any) -> Any:
    """Each tensor with dimensions of size 1 in front where it has less than two.

    >>> import autograd
    >>> autograd.atleast_2d(autograd.ones(2))
    tensor([[1., 1.]])
    """
    return _at_least(tensors, "atleast_2d", lambda s: (1,) * (2 - len(s)) + s)


@function(checked=False, method=False)
def atleast_3d(*tensors: Any) -> Any:
    """Each tensor with three dimensions or more: a vector becomes (1, n, 1), a matrix (m, n, 1).

    >>> import autograd
    >>> autograd.atleast_3d(autograd.ones(2)).shape
    torch.Size([1, 2, 1])
    """
    return _at_least(tensors, "atleast_3d", lambda s: s if len(s) > 2 else ((1, *s) if len(s) == 1 else s or (1, 1)) + (1,))


def _at_least(tensors: tuple[Any, ...], op: str, grow: Any) -> Any:
    found = []
    for x in tensors_of(tensors, op):
        shape = grow(tuple(x.shape))
        found.append(x if shape == x.shape else sh.reshape(x, shape=shape))
    return found[0] if len(found) == 1 and isinstance(tensors[0], Traced) else tuple(found)
