"""Arguments that are given once for all spatial dimensions, or once for each."""

from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentTypeError, ShapeError

from .dtypes import check_tensors


def per_dim(value: Any, dims: int, op: str, name: str) -> tuple[int, ...]:
    """`value` as a tuple of `dims` ints: an int (or a sequence of one) stands for every dimension."""
    if isinstance(value, int):
        return (value,) * dims
    try:
        sizes = tuple(int(v) for v in value)
    except TypeError:
        raise ArgumentTypeError(f"{op}: {name} must be an int or a tuple of {dims} ints, got {value!r}") from None
    if len(sizes) == 1:
        return sizes * dims
    if len(sizes) != dims:
        raise ShapeError(f"{op}: {name} must be an int or a tuple of {dims} ints, got {value!r}")
    return sizes


def batched(input: Tensor, dims: int, op: str) -> tuple[Tensor, bool]:
    """`input` as (N, C, *spatial), and whether it was given without N."""
    if not isinstance(input, Tensor):
        check_tensors(op, input=input)
    if input.ndim == dims + 2:
        return input, False
    if input.ndim == dims + 1:
        return input.unsqueeze(0), True
    raise ShapeError(
        f"{op}: expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to {op}, but got input of size "
        f"{list(input.shape)}; give it as (C, *spatial) or (N, C, *spatial)"
    )
