"""PyTorch's older constructors: `FloatTensor(...)` and its relatives, and `x.new(...)`."""

from typing import Any

import numpy as np

from ..core.devices import check_device
from ..errors import ArgumentTypeError
from ..functions.conversion import LEGACY
from ..functions.declare import function
from ..tensor import Size, Tensor
from ..tensor.creation import tensor, zeros


def _from_data_or_size(data: tuple[Any, ...], dtype: np.dtype, op: str) -> Tensor:
    """What `FloatTensor(...)` and `x.new(...)` mean by their arguments: the data, or the sizes."""
    if len(data) == 1 and not isinstance(data[0], (int, Size)):
        source = data[0]
        if isinstance(source, Tensor) and source.dtype != dtype:
            raise ArgumentTypeError(f"{op}: expected a tensor of dtype {dtype}, got {source.dtype}")
        return tensor(source, dtype=dtype)
    return zeros(*(data or (0,)), dtype=dtype)


@function
def new(input: Tensor, *data: Any, device: Any = None) -> Tensor:
    """A tensor of this one's dtype with the data given, or zeros of the sizes given: `x.new([1, 2])`, `x.new(2, 3)`.

    `device` may be the CPU.

    >>> import autograd
    >>> autograd.ones(2).new(1, 3)
    tensor([[0., 0., 0.]])
    """
    check_device(device, "new")
    return _from_data_or_size(data, input.dtype, "new")


class LegacyType(type):
    """The type of `FloatTensor` and its relatives: calling one makes a tensor, isinstance asks for the dtype."""

    tensor_dtype: np.dtype

    def __call__(cls, *data: Any) -> Tensor:
        return _from_data_or_size(data, cls.tensor_dtype, cls.__name__)

    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, Tensor) and value.dtype == cls.tensor_dtype


def _legacy(name: str) -> LegacyType:
    made_ = LegacyType(name, (), {"__doc__": f"`{name}(data)` or `{name}(*size)`: a tensor of {LEGACY[name]}."})
    made_.tensor_dtype = LEGACY[name]
    return made_


DoubleTensor: LegacyType
FloatTensor: LegacyType
HalfTensor: LegacyType
HalfTensor, FloatTensor, DoubleTensor = _legacy("HalfTensor"), _legacy("FloatTensor"), _legacy("DoubleTensor")
CharTensor: LegacyType
IntTensor: LegacyType
ShortTensor: LegacyType
CharTensor, ShortTensor, IntTensor = _legacy("CharTensor"), _legacy("ShortTensor"), _legacy("IntTensor")
BoolTensor: LegacyType
ByteTensor: LegacyType
LongTensor: LegacyType
LongTensor, ByteTensor, BoolTensor = _legacy("LongTensor"), _legacy("ByteTensor"), _legacy("BoolTensor")
