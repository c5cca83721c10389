"""Items made into a batch: numbers and arrays become tensors, tensors are stacked, containers are taken apart."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..core.dtypes import float64
from ..errors import ArgumentTypeError, GraphError
from ..ops.shape import stack
from ..tensor import Tensor
from ..tensor.creation import tensor


def default_collate(batch: Sequence[Any]) -> Any:
    """A list of items as one batch: the k-th parts of all items together, tensors stacked along a new first dimension.

    >>> import autograd
    >>> autograd.data.default_collate([(1, {"a": 0.5}), (2, {"a": 1.5})])
    [tensor([1, 2]), {'a': tensor([0.5000, 1.5000], dtype=torch.float64)}]
    """
    first = batch[0]
    if isinstance(first, Tensor):
        shapes = {tuple(t.shape) for t in batch}
        if len(shapes) > 1:
            raise GraphError(
                f"default_collate: stack expects each tensor to be equal size, got shapes {sorted(shapes)}; pad them in the "
                "data set, or pass a collate_fn"
            )
        return stack(*batch, axis=0)
    if isinstance(first, np.ndarray) and first.dtype.kind in "biuf":
        return default_collate([tensor(a) for a in batch])
    if isinstance(first, (np.ndarray, np.generic)) and first.dtype.kind in "biuf":
        return tensor(np.array(batch))
    if isinstance(first, float):
        return tensor(batch, dtype=float64)
    if isinstance(first, (bool, int)):
        return tensor(batch)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        joined = {key: default_collate([item[key] for item in batch]) for key in first}
        return joined if type(first) is dict else type(first)(joined)  # type: ignore[call-arg]
    if isinstance(first, Sequence):
        if any(len(item) != len(first) for item in batch):
            raise GraphError("default_collate: each element in list of batch should be of equal size; pass a collate_fn")
        joined_parts = [default_collate(parts) for parts in zip(*batch, strict=True)]
        return type(first)(*joined_parts) if hasattr(first, "_fields") else joined_parts
    raise ArgumentTypeError(
        "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found "
        f"{type(first).__name__}; pass a collate_fn"
    )


def default_convert(data: Any) -> Any:
    """An item without a batch: arrays become tensors, everything else stays."""
    if isinstance(data, (np.ndarray, np.generic)) and data.dtype.kind in "biuf":
        return tensor(data)
    if isinstance(data, Mapping):
        return {key: default_convert(value) for key, value in data.items()}
    if isinstance(data, tuple) and not hasattr(data, "_fields"):
        return [default_convert(value) for value in data]
    if isinstance(data, list):
        return [default_convert(value) for value in data]
    return data
