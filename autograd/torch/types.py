"""The types that programs write into annotations, and the default dtype as older programs set it."""

from typing import Any

from ..core.devices import device
from ..core.dtypes import FLOATS, set_default_dtype
from ..errors import ArgumentTypeError
from ..functions.conversion import LEGACY
from ..tensor import Size, Tensor

Number = int | float | bool
Device = device | str | int | None
_size = Size | list[int] | tuple[int, ...]
_TensorOrTensors = Tensor | tuple[Tensor, ...]


def set_default_tensor_type(t: Any) -> None:
    """Set the default dtype by a legacy type: `FloatTensor`, or its name "torch.FloatTensor".

    Raises ArgumentTypeError for a type that is not of floats, or that lives on CUDA.

    >>> import autograd
    >>> autograd.set_default_tensor_type(autograd.DoubleTensor); autograd.ones(1).dtype
    dtype('float64')
    >>> autograd.set_default_tensor_type("torch.FloatTensor")
    """
    dtype = LEGACY.get(t.removeprefix("torch.")) if isinstance(t, str) else getattr(t, "tensor_dtype", None)
    if dtype not in FLOATS:
        raise ArgumentTypeError(
            f"set_default_tensor_type: got {t!r}; accepted are torch.FloatTensor, torch.DoubleTensor and torch.HalfTensor"
        )
    set_default_dtype(dtype)


def typename(obj: Any, /) -> str:
    """The name of a tensor's type, such as "torch.FloatTensor"; of anything else, its class with its module.

    >>> import autograd
    >>> autograd.typename(autograd.ones(1))
    'torch.FloatTensor'
    """
    if isinstance(obj, Tensor):
        return obj.type()
    cls = obj if isinstance(obj, type) or hasattr(obj, "__qualname__") else type(obj)
    module = getattr(cls, "__module__", "") or ""
    return cls.__qualname__ if module in ("", "builtins") else f"{module}.{cls.__qualname__}"
