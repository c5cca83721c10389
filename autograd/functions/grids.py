"""Grids and tables made of vectors: every place, every pair, every combination, every power."""

from itertools import combinations as choices, combinations_with_replacement as repeated_choices
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..ops import shape as sh
from ..ops.index import getitem
from .arithmetic import pow
from .declare import constant, function
from .joining import stack
from .shaping import reshape, tensors_of


@function(method=False, checked=False)
def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Any, ...]:
    """The coordinates of a grid: one tensor for each vector, all of the grid's shape, all views.

    `indexing="ij"`: the k-th vector runs along the k-th dimension. "xy": the first two change places, as for plots.
    Raises ShapeError for a tensor of more than one dimension, and when there is none.

    >>> import autograd
    >>> x, y = autograd.meshgrid(autograd.arange(3), autograd.arange(2), indexing="xy")
    >>> x
    tensor([[0, 1, 2],
            [0, 1, 2]])
    """
    given = tensors_of(tensors, "meshgrid")
    if indexing not in ("ij", "xy"):
        raise ShapeError(f"meshgrid: indexing must be 'ij' or 'xy', got {indexing!r}")
    if not given:
        raise ShapeError("meshgrid: expects at least one tensor, got none")
    for k, x in enumerate(given):
        if x.ndim > 1:
            raise ShapeError(f"meshgrid: expected tensors of 0 or 1 dimensions, got shape {tuple(x.shape)} at position {k}")
        if x.dtype != given[0].dtype:
            raise ShapeError(f"meshgrid: expects all tensors to have the same dtype, got {given[0].dtype} and {x.dtype}")
    dims = list(range(len(given)))
    if indexing == "xy" and len(given) > 1:
        dims[:2] = 1, 0
    shape = [1] * len(given)
    for dim, x in zip(dims, given, strict=True):
        shape[dim] = x.shape[0] if x.ndim else 1
    return tuple(
        sh.broadcast_to(reshape(x, [-1 if k == dim else 1 for k in range(len(given))]), shape=tuple(shape))
        for dim, x in zip(dims, given, strict=True)
    )


@function(method=False, checked=False)
def cartesian_prod(*tensors: Any) -> Any:
    """Every choice of one element from each vector, in rows, the last vector running fastest; one vector stays a vector.

    >>> import autograd
    >>> autograd.cartesian_prod(autograd.tensor([1, 2]), autograd.tensor([5, 6]))
    tensor([[1, 5],
            [1, 6],
            [2, 5],
            [2, 6]])
    """
    given = tensors_of(tensors, "cartesian_prod")
    for k, x in enumerate(given):
        _check_vector(x, "cartesian_prod", f" at position {k}")
    if len(given) == 1:
        return given[0]
    return stack([reshape(column, (-1,)) for column in meshgrid(*given, indexing="ij")], 1)


@function
def combinations(input: Any, r: int = 2, with_replacement: bool = False) -> Any:
    """The choices of `r` elements of a vector, in rows and in order; `with_replacement`, an element may come again.

    >>> import autograd
    >>> autograd.combinations(autograd.tensor([1, 2, 3]))
    tensor([[1, 2],
            [1, 3],
            [2, 3]])
    """
    _check_vector(input, "combinations")
    if r < 0:
        raise ShapeError(f"combinations: r must be non-negative, got {r}")
    n = input.shape[0]
    rows = list((repeated_choices if with_replacement else choices)(range(n), r)) if r else []
    places = np.array(rows, dtype=np.int64).reshape((len(rows), r) if r else (0,))
    return getitem(input, index=(places,))


@function(method=False)
def vander(x: Any, N: int | None = None, increasing: bool = False) -> Any:
    """Vandermonde's matrix: the powers 0 to N - 1 of every element in a row, the highest first unless `increasing`.

    N is the number of elements if it is not given.

    >>> import autograd
    >>> autograd.vander(autograd.tensor([2, 3]), 3)
    tensor([[4, 2, 1],
            [9, 3, 1]])
    """
    _check_vector(x, "vander")
    count = x.shape[0] if N is None else N
    if count < 0:
        raise ShapeError(f"vander: N must be non-negative, got {count}")
    powers = np.arange(count) if increasing else np.arange(count)[::-1]
    column = reshape(x if x.is_floating_point() else x.long(), (-1, 1))
    return pow(column, constant(x, powers.copy()))


def _check_vector(x: Any, op: str, where: str = "") -> None:
    if x.ndim != 1:
        raise ShapeError(f"{op}: expects a 1-d tensor, got shape {tuple(x.shape)}{where}; flatten() it")
