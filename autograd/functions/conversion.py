"""The same values in another dtype or another memory, and what a tensor says of its dtype and memory."""

import math
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.devices import CPU, check_device, device
from ..core.dtypes import as_dtype
from ..core.graph import Traced
from ..core.primitive import cast
from ..core.shapes import as_shape, normalize_axis
from ..core.standin import ARRAYS
from ..errors import ArgumentError, ArgumentTypeError, GraphError
from ..ops import elementwise as ew, shape as sh
from .declare import constant, function, offer, raw

LEGACY = {
    "HalfTensor": dtypes.float16,
    "FloatTensor": dtypes.float32,
    "DoubleTensor": dtypes.float64,
    "CharTensor": dtypes.int8,
    "ShortTensor": dtypes.int16,
    "IntTensor": dtypes.int32,
    "LongTensor": dtypes.int64,
    "ByteTensor": dtypes.uint8,
    "BoolTensor": dtypes.bool_,
}
_NAME_OF = {d: name for name, d in LEGACY.items()}


def promoted(op: str, *operands: Any) -> list[Any]:
    """Tensors and numbers as tensors of the one dtype that PyTorch computes with, and that must be floating."""
    dtype = dtypes.result_dtype([raw(v) for v in operands])
    if dtype.kind != "f":
        dtype = dtypes.get_default_dtype()
    like = next((v for v in operands if isinstance(v, Traced)), None)
    if like is None:
        raise ArgumentTypeError(f"{op}: expected a Tensor, got {', '.join(v.__class__.__name__ for v in operands)}")
    return [converted(v, dtype) if isinstance(v, Traced) else constant(like, dtype.type(v)) for v in operands]


def converted(input: Any, dtype: np.dtype | None, copy: bool = False) -> Any:
    """`input` in `dtype`: itself if it has that dtype (or None), unless a copy is wanted."""
    if dtype is None or input._data.dtype == dtype:
        return ew.clone(input) if copy else input
    return cast(input, dtype=dtype)


@function
def to(
    input: Any,
    *args: Any,
    dtype: Any = None,
    device: Any = None,
    other: Any = None,
    non_blocking: bool = False,
    copy: bool = False,
    memory_format: Any = None,
) -> Any:
    """The tensor in another dtype (itself if it has that dtype): `to(dtype)`, `to("cpu")`, `to("cpu", dtype)`, `to(other)`.

    Raises DeviceError for a device other than the CPU.

    `non_blocking` changes nothing on a CPU. With `copy`, the result is a copy in any case. `memory_format` is accepted and
    changes nothing.

    >>> import autograd
    >>> autograd.tensor([1, 2]).to(autograd.float64)
    tensor([1., 2.], dtype=torch.float64)
    """
    places = iter(args)
    for a in places:
        if isinstance(a, Traced):
            other = a
        elif isinstance(a, (np.dtype, type)):
            dtype = a
        elif isinstance(a, bool):
            copy = next(places, copy)
        elif a is None or hasattr(a, "type") or isinstance(a, str):
            device = a
        else:
            raise ArgumentTypeError(f"to: expected a dtype, a device or a Tensor, got {type(a).__name__}: {a!r}")
    check_device(device, "to")
    if other is not None:
        dtype = other._data.dtype
    return converted(input, input._data.dtype if dtype is None else as_dtype(dtype), copy)


@function(name="type")
def typed(input: Any, dtype: Any = None, non_blocking: bool = False) -> Any:
    """The tensor in another dtype, which may be a legacy name ("torch.FloatTensor"); without arguments, that name.

    `non_blocking` changes nothing on a CPU.

    >>> import autograd
    >>> autograd.ones(1).type()
    'torch.FloatTensor'
    """
    if dtype is None:
        name = _NAME_OF.get(input._data.dtype)
        return f"torch.{name}" if name else f"torch.{input._data.dtype}"
    if isinstance(dtype, str):
        name = dtype.removeprefix("torch.")
        if name not in LEGACY:
            raise ArgumentError(f"type: invalid type {dtype!r}; accepted are {', '.join(f'torch.{n}' for n in LEGACY)}")
        return converted(input, LEGACY[name])
    return converted(input, getattr(dtype, "tensor_dtype", None) or as_dtype(dtype))


@function
def type_as(input: Any, other: Any) -> Any:
    """The tensor in the dtype of `other`.

    >>> import autograd
    >>> autograd.ones(1).type_as(autograd.tensor(1)).dtype
    dtype('int64')
    """
    if not isinstance(other, Traced):
        raise ArgumentTypeError(f"type_as(): argument 'other' must be Tensor, not {other.__class__.__name__}")
    return converted(input, other._data.dtype)


def _offer_conversion(name: str, dtype: np.dtype) -> None:
    def convert(self: Any, memory_format: Any = None) -> Any:
        return converted(self, dtype)

    convert.__name__ = convert.__qualname__ = name
    convert.__doc__ = f"The tensor as {dtype}; itself if it has that dtype. `memory_format` is accepted and changes nothing."
    offer(name, convert)


for _name in ("half", "float", "double", "char", "short", "int", "long", "byte", "bool"):
    _offer_conversion(_name, LEGACY[f"{_name.capitalize()}Tensor"])


@function
def clone(input: Any, *, memory_format: Any = None) -> Any:
    """A copy that stays in the graph: the cotangent passes through it.

    `memory_format` is accepted and changes nothing.

    >>> import autograd
    >>> x = autograd.ones(2); y = x.clone(); y[0] = 5.0; x
    tensor([1., 1.])
    """
    return ew.clone(input)


@function(method=True)
def cpu(input: Any, memory_format: Any = None) -> Any:
    """The tensor itself: all tensors live on the CPU.

    `memory_format` is accepted and changes nothing.
    """
    return input


@function
def cuda(input: Any, device: Any = None, non_blocking: Any = False, memory_format: Any = None) -> Any:
    """Raises DeviceError: there is no CUDA device here.

    `non_blocking` changes nothing on a CPU. `memory_format` is accepted and changes nothing.
    """
    return check_device("cuda" if device is None else device, "cuda")


def _device(self: Any) -> device:
    return CPU


offer("device", property(_device, doc="Where the tensor lives: the CPU."))  # type: ignore[arg-type]


@function
def get_device(input: Any) -> int:
    """-1: what PyTorch numbers the CPU."""
    return -1


@function
def contiguous(input: Any, memory_format: Any = None) -> Any:
    """The tensor with its elements in row-major order in memory; itself if they are.

    `memory_format` is accepted and changes nothing.

    >>> import autograd
    >>> autograd.zeros(2, 3).mT.contiguous().stride()
    (2, 1)
    """
    return input if is_contiguous(input) else sh.contiguous(input)


@function
def is_contiguous(input: Any, memory_format: Any = None) -> Any:
    """Whether the elements are in row-major order in memory.

    `memory_format` is accepted and changes nothing.
    """
    data = input._data
    return True if type(data) not in ARRAYS else data.flags.c_contiguous


@function
def stride(input: Any, dim: Any = None) -> Any:
    """How many elements apart neighbours along each dimension (or along `dim`) are in memory.

    >>> import autograd
    >>> autograd.zeros(2, 3).stride()
    (3, 1)
    """
    data = input._data
    size = data.dtype.itemsize
    steps = tuple(s // size for s in data.strides) if type(data) in ARRAYS else ()
    return steps if dim is None else steps[normalize_axis(dim, len(steps), "stride")]


@function
def storage_offset(input: Any) -> Any:
    """How many elements into its memory the tensor's first element lies."""
    data = input._data
    base = getattr(data, "base", None)
    if not isinstance(base, np.ndarray):
        return 0
    return (data.__array_interface__["data"][0] - base.__array_interface__["data"][0]) // data.dtype.itemsize


@function
def data_ptr(input: Any) -> Any:
    """The address of the tensor's first element."""
    return input._array().__array_interface__["data"][0]


@function
def element_size(input: Any) -> Any:
    """The bytes of one element.

    >>> import autograd
    >>> autograd.ones(3).element_size()
    4
    """
    return input._data.dtype.itemsize


offer("itemsize", property(lambda self: self._data.dtype.itemsize, doc="The bytes of one element."))  # type: ignore[arg-type]
offer("nbytes", property(lambda self: self._data.nbytes, doc="The bytes of all elements."))  # type: ignore[arg-type]


@function
def is_floating_point(input: Any) -> Any:
    """Whether the elements are floats.

    >>> import autograd
    >>> autograd.is_floating_point(autograd.tensor([1, 2]))
    False
    """
    return input._data.dtype.kind == "f"


@function
def is_complex(input: Any) -> Any:
    """Whether the elements are complex: never here."""
    return False


@function(method=False)
def real(input: Any) -> Any:
    """The tensor itself: every number here is real."""
    return input


offer("real", property(lambda self: self, doc="The tensor itself: every number here is real."))  # type: ignore[arg-type]


@function
def conj(input: Any) -> Any:
    """The tensor itself: every number here is real."""
    return input


conj_physical = resolve_conj = conj
offer("conj_physical", conj)
offer("resolve_conj", conj)
offer("resolve_neg", conj)


@function
def is_conj(input: Any) -> Any:
    """False: every number here is real."""
    return False


@function
def angle(input: Any) -> Any:
    """The angle of a real number in the complex plane: 0, or pi where it is negative; NaN stays NaN.

    >>> import autograd
    >>> autograd.angle(autograd.tensor([2.0, -1.0]))
    tensor([0.0000, 3.1416])
    """
    x = input._data
    dtype = x.dtype if x.dtype.kind == "f" else dtypes.get_default_dtype()
    found = constant(input, np.where(x < 0, np.pi, np.where(x == x, 0.0, np.nan)).astype(dtype))
    return ew.add(found, ew.multiply(input, dtype.type(0))) if input.requires_grad and np.isfinite(x).all() else found


@function(method=False)
def detach(input: Any) -> Any:
    """The same memory as a tensor outside of the graph."""
    return input.detach()


@function
def pin_memory(input: Any, device: Any = None) -> Any:
    """The tensor itself: there is no device to which memory would have to be copied fast."""
    return input


@function
def is_pinned(input: Any, device: Any = None) -> Any:
    """False: memory is not pinned.

    `device` may be the CPU.
    """
    return False


@function
def is_inference(input: Any) -> Any:
    """False: a tensor made under `inference_mode` is an ordinary one."""
    return False


@function
def is_shared(input: Any) -> Any:
    """False: memory is this process's."""
    return False


offer("is_cpu", property(lambda self: True, doc="True: tensors live on the CPU."))  # type: ignore[arg-type]


@function(sizes="size")
def resize_(input: Any, *sizes: Any, memory_format: Any = None) -> Any:
    """The tensor in another shape, in place: the first elements stay, new ones are 0. Not for tensors in a graph.

    `sizes` are the sizes that it is given. `memory_format` is accepted and changes nothing.

    >>> import autograd
    >>> autograd.tensor([1, 2, 3]).resize_(2, 2)
    tensor([[1, 2],
            [3, 0]])
    """
    if input._node is not None or input._base is not None:
        raise GraphError("resize_: cannot resize variables that require grad, or views; make a new tensor")
    shape, flat = as_shape(sizes, "resize_"), input._array().ravel()
    size = math.prod(shape)
    if size > flat.size:
        flat = np.concatenate([flat, np.zeros(size - flat.size, flat.dtype)])
    input._data = flat[:size].reshape(shape)
    return input


@function
def is_signed(input: Any) -> Any:
    """Whether the dtype has negative numbers."""
    return input._data.dtype.kind in "fi"


@function
def numel(input: Any) -> Any:
    """The number of elements.

    >>> import autograd
    >>> autograd.numel(autograd.zeros(2, 3))
    6
    """
    return input._data.size


@function
def nelement(input: Any) -> Any:
    """`numel` under its older name."""
    return input._data.size


@function
def dim(input: Any) -> Any:
    """The number of dimensions, as a method.

    >>> import autograd
    >>> autograd.zeros(2, 3).dim()
    2
    """
    return input._data.ndim


offer("ndimension", dim)


@function
def apply_(input: Any, callable: Any) -> Any:
    """Each element replaced by callable(element), in place and outside of the graph; slow, one Python call each.

    >>> import autograd
    >>> autograd.tensor([1.0, 2.0]).apply_(lambda v: v * 10)
    tensor([10., 20.])
    """
    return map_(input, input, lambda a, _: callable(a))


@function
def map_(input: Any, other: Any, callable: Any) -> Any:
    """Each element replaced by callable(element, element of other), in place and outside of the graph."""
    if input.requires_grad:
        raise GraphError("apply_: cannot follow a Python function on a tensor that requires grad; detach() first")
    pairs = zip(input._data.ravel().tolist(), np.broadcast_to(other._data, input._data.shape).ravel().tolist(), strict=True)
    values = np.array([callable(a, b) for a, b in pairs], dtype=input._data.dtype)
    input._store("apply_", values.reshape(input._data.shape))
    return input
