"""`x.storage()` and `x.untyped_storage()`: the memory that a tensor and its views share, in elements or in bytes, to read.

>>> import autograd
>>> x = autograd.arange(4.0)
>>> x[2:].storage().tolist(), x[2:].untyped_storage().data_ptr() == x.data_ptr()
([0.0, 1.0, 2.0, 3.0], True)
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..core.devices import CPU
from ..core.graph import owner_of
from ..errors import DimError, ShapeError
from ..functions.declare import function
from ..tensor import Tensor


class _Storage:
    """Memory as a vector."""

    _elements: np.ndarray
    is_cuda = False
    device: Any = CPU

    def data_ptr(self) -> int:
        """The address of the first byte."""
        return self._elements.__array_interface__["data"][0]

    def nbytes(self) -> int:
        """How many bytes there are."""
        return self._elements.nbytes

    def element_size(self) -> int:
        """The bytes of one element."""
        return self._elements.itemsize

    def size(self) -> int:
        """How many elements there are."""
        return self._elements.size

    __len__ = size

    def is_shared(self) -> bool:
        """False: memory is this process's."""
        return False

    def tolist(self) -> list[Any]:
        """The elements."""
        return self._elements.tolist()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.tolist())

    def __getitem__(self, index: Any) -> Any:
        n = self.size()
        if not -n <= index < n:
            raise DimError(f"index {index} out of range for storage of size {n}")
        return self._elements[index].item()


class UntypedStorage(_Storage):
    """The bytes of memory that tensors share."""

    def __init__(self, elements: np.ndarray) -> None:
        self._elements = elements.view(np.uint8)

    def __getitem__(self, index: Any) -> Any:
        return UntypedStorage(self._elements[index]) if isinstance(index, slice) else super().__getitem__(index)

    def __repr__(self) -> str:
        return f"UntypedStorage(device=cpu) of size {self.size()}"


class TypedStorage(_Storage):
    """The elements of memory that tensors share."""

    def __init__(self, elements: np.ndarray) -> None:
        self._elements = elements
        self.dtype: np.dtype = elements.dtype

    def untyped(self) -> UntypedStorage:
        """The same memory in bytes."""
        return UntypedStorage(self._elements)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            raise ShapeError("slices are only supported in UntypedStorage.__getitem__; use tolist()")
        return super().__getitem__(index)

    def __repr__(self) -> str:
        return f"TypedStorage(dtype={self.dtype}, device=cpu) of size {self.size()}"


def _memory(x: Tensor) -> np.ndarray:
    """All elements of the memory that a tensor shows a part of, in the order in which they lie there."""
    whole = owner_of(x._array())
    if whole.dtype == x.dtype and (whole.flags.c_contiguous or whole.flags.f_contiguous):
        return whole.ravel(order="K")
    return np.ascontiguousarray(x._array()).ravel()  # memory that something else laid out


@function
def untyped_storage(input: Tensor) -> UntypedStorage:
    """The memory that this tensor and its views share, in bytes, to read."""
    return UntypedStorage(_memory(input))


@function
def storage(input: Tensor) -> TypedStorage:
    """The memory that this tensor and its views share, in elements, to read."""
    return TypedStorage(_memory(input))
