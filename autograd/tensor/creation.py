"""Making tensors from data and from shapes."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.devices import check_device
from ..core.dtypes import as_dtype, get_default_dtype, holds, scalar_dtype
from ..core.shapes import as_shape
from ..errors import ArgumentError, ArgumentTypeError, DtypeError, ShapeError
from ..functions.declare import function
from ..functions.indexing import number_as
from .tensor import Tensor, _plain_data


def made(raw: Any, requires_grad: bool = False, out: Tensor | None = None) -> Tensor:
    """A new tensor around a raw array, or `out` filled with it."""
    t = Tensor._wrap(raw, None)
    if out is not None:
        return out._write_out(t)
    if requires_grad:
        t.requires_grad = True
    return t


def default_or(dtype: Any) -> np.dtype:
    """The dtype asked for, or the default float dtype."""
    return get_default_dtype() if dtype is None else as_dtype(dtype)


def check_shape(sizes: tuple[Any, ...], op: str) -> tuple[int, ...]:
    """The shape given as `f(2, 3)` or `f((2, 3))`."""
    shape = as_shape(sizes, op)
    for n in shape:
        if n < 0:
            raise ShapeError(f"{op}: trying to create a tensor with negative dimension {n} in shape {shape}; use sizes >= 0")
    return shape


# -- from data ---------------------------------------------------------------------------------------------------------


def tensor(
    data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, pin_memory: bool = False
) -> Tensor:
    """A new tensor holding a copy of `data`: numbers, nested sequences, arrays, tensors.

    Python floats get the default float dtype, Python ints int64; arrays keep theirs.

    >>> import autograd
    >>> autograd.tensor([[1, 2], [3, 4]])
    tensor([[1, 2],
            [3, 4]])
    """
    check_device(device, "tensor")
    raw = _raw(data, dtype, "tensor")
    if requires_grad and raw.dtype.kind != "f":
        raise DtypeError(f"tensor: only floating dtypes can require a gradient, got {raw.dtype}; pass dtype=autograd.float32")
    return made(raw if isinstance(raw, np.generic) or raw is not data else raw.copy(), requires_grad)


def _raw(data: Any, dtype: Any, op: str) -> Any:
    kind = type(data)
    if kind is float and dtype is None:
        return get_default_dtype().type(data)
    if isinstance(data, Tensor):
        return np.array(data._data, dtype=None if dtype is None else as_dtype(dtype))[()]
    if isinstance(data, (np.ndarray, np.generic)):
        raw = np.array(data, dtype=None if dtype is None else as_dtype(dtype))
    else:
        raw = _read(data, dtype, op)
    if raw.dtype.kind not in "biuf":
        # The built-in errors that PyTorch raises: ValueError, RuntimeError, TypeError.
        kind = ArgumentError if isinstance(data, (list, tuple)) else DtypeError if data is None else ArgumentTypeError
        raise kind(
            f"{op}: could not read {type(data).__name__} data of dtype {raw.dtype} as numbers; "
            "pass numbers, nested lists of numbers, arrays or tensors"
        )
    return raw


def _read(data: Any, dtype: Any, op: str) -> np.ndarray:
    plain = _plain_data(data)
    try:
        raw = np.array(plain)
    except ValueError as error:
        raise ArgumentError(
            f"{op}: nested data must have equal lengths at every level, as in a rectangular array; NumPy says: {error}"
        ) from None
    if raw.dtype.kind in "Ou" and raw.size and all(isinstance(v, (int, np.unsignedinteger)) for v in raw.flat):
        raw = _of_large_ints(raw, dtype, op)
    if dtype is not None and raw.dtype.kind in "biuf":
        wanted = as_dtype(dtype)
        if wanted.kind in "iu" and not holds(wanted, raw):  # to a float dtype, what is too large is infinite
            raise DtypeError(f"{op}: value cannot be converted to type {wanted} without overflow: {_outside(raw, wanted)}")
        with np.errstate(over="ignore"):
            raw = raw.astype(wanted)
    if dtype is None and ((raw.dtype == np.float64 and not _holds_float64(data)) or not raw.size):
        raw = raw.astype(get_default_dtype())
    return raw


def _outside(raw: np.ndarray, wanted: np.dtype) -> Any:
    """The first number that a dtype does not hold."""
    return next(v for v in raw.reshape(-1).tolist() if not holds(wanted, v))


def _of_large_ints(raw: np.ndarray, dtype: Any, op: str) -> np.ndarray:
    """Integers of which some are beyond int64: only uint64 and floats can be made of them."""
    wanted = np.dtype(np.int64) if dtype is None else as_dtype(dtype)
    values = raw.reshape(-1).tolist()
    if wanted.kind == "i" or (wanted.kind == "u" and wanted != np.uint64):
        beyond = [v for v in values if not -(2**63) <= v < 2**63]
        if beyond:
            raise ArgumentError(f"{op}: overflow: {beyond[0]} is beyond the range of int64")
    return raw if raw.dtype.kind == "u" else np.array([float(v) for v in values]).reshape(raw.shape)


def _holds_float64(data: Any) -> bool:
    """Whether nested data holds arrays, tensors or NumPy scalars of float64, which is meant, and not Python floats."""
    if not isinstance(data, (list, tuple)):
        return isinstance(data, (np.ndarray, np.float64, Tensor)) and data.dtype == np.float64
    if set(map(type, data)) <= {float, int, bool}:
        return False
    return any(map(_holds_float64, data))


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """`data` as a tensor, without copying where it is a tensor or an array of that dtype.

    >>> import autograd, numpy
    >>> a = numpy.zeros(2); autograd.as_tensor(a)[0] = 1.0; a
    array([1., 0.])
    """
    check_device(device, "as_tensor")
    if isinstance(data, Tensor):
        return data.to(data.dtype if dtype is None else dtype)
    if isinstance(data, np.ndarray) and (dtype is None or as_dtype(dtype) == data.dtype):
        return from_numpy(data)
    return made(_raw(data, dtype, "as_tensor"))


def asarray(
    obj: Any, *, dtype: Any = None, device: Any = None, copy: bool | None = None, requires_grad: bool = False
) -> Tensor:
    """`as_tensor`, or with `copy=True` a new tensor.

    >>> import autograd
    >>> autograd.asarray([1, 2])
    tensor([1, 2])
    """
    made_ = tensor(obj, dtype=dtype) if copy else as_tensor(obj, dtype, device)
    return made_.requires_grad_() if requires_grad else made_


def from_numpy(ndarray: np.ndarray) -> Tensor:
    """A tensor that shares the memory of a NumPy array.

    >>> import autograd, numpy
    >>> autograd.from_numpy(numpy.arange(3))
    tensor([0, 1, 2])
    """
    if not isinstance(ndarray, np.ndarray):
        raise ArgumentTypeError(f"from_numpy: expected np.ndarray, got {type(ndarray).__name__}")
    if ndarray.dtype.kind not in "biuf" or ndarray.dtype.itemsize > 8:
        raise ArgumentTypeError(f"from_numpy: can't convert an array of dtype {ndarray.dtype}; use floats, ints or bools")
    return made(ndarray)


def from_dlpack(ext_tensor: Any) -> Tensor:
    """A tensor that shares the memory of anything that speaks DLPack.

    >>> import autograd, numpy
    >>> autograd.from_dlpack(numpy.arange(3))
    tensor([0, 1, 2])
    """
    if isinstance(ext_tensor, np.ndarray):
        return made(ext_tensor[...])
    shared = np.from_dlpack(ext_tensor)
    if _READS_ONLY and not shared.flags.writeable:
        shared = np.asarray(_Writeable(shared))
    return made(shared)


_READS_ONLY = np.__version__.startswith(("2.0.", "2.1."))  # these mark whatever comes by DLPack as read-only


class _Writeable:
    """The memory of an array, offered without that mark."""

    def __init__(self, array: np.ndarray) -> None:
        self._array = array  # keeps the memory alive
        self.__array_interface__ = array.__array_interface__ | {"data": (array.__array_interface__["data"][0], False)}


def scalar_tensor(s: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor without dimensions.

    >>> import autograd
    >>> autograd.scalar_tensor(2)
    tensor(2.)
    """
    return made(default_or(dtype).type(s), requires_grad)


# -- constants ---------------------------------------------------------------------------------------------------------


def _sized(name: str, fill: Callable[..., Any], doc: str) -> Callable[..., Any]:
    def create(
        *size: Any,
        dtype: Any = None,
        requires_grad: bool = False,
        device: Any = None,
        out: Tensor | None = None,
        layout: Any = None,
        pin_memory: bool = False,
        memory_format: Any = None,
        **named: Any,
    ) -> Tensor:
        if "size" in named:
            size = (named.pop("size"),)
        if named:
            raise ArgumentTypeError(f"{name}() got an unexpected keyword argument {next(iter(named))!r}")
        if not size:
            raise ArgumentTypeError(f"{name}(): missing argument 'size'; give the shape as ints or a tuple")
        check_device(device, name)
        return made(fill(check_shape(size, name), default_or(dtype)), requires_grad, out)

    create.__name__ = create.__qualname__ = name
    create.__doc__ = doc
    return create


zeros: Any = _sized(
    "zeros",
    np.zeros,
    """A tensor of zeros, of a shape given as ints or as a tuple.

    >>> import autograd
    >>> autograd.zeros(2, 3)
    tensor([[0., 0., 0.],
            [0., 0., 0.]])
    """,
)
ones: Any = _sized(
    "ones",
    np.ones,
    """A tensor of ones, of a shape given as ints or as a tuple.

    >>> import autograd
    >>> autograd.ones(2)
    tensor([1., 1.])
    """,
)
empty: Any = _sized(
    "empty",
    np.empty,
    """A tensor whose values are whatever its memory holds; to be written to.

    >>> import autograd
    >>> autograd.empty(2, 3).shape
    torch.Size([2, 3])
    """,
)


def full(
    size: Any,
    fill_value: Any,
    *,
    dtype: Any = None,
    requires_grad: bool = False,
    device: Any = None,
    out: Tensor | None = None,
    layout: Any = None,
    pin_memory: bool = False,
) -> Tensor:
    """A tensor of a shape in which every element is `fill_value`.

    >>> import autograd
    >>> autograd.full((2,), 7)
    tensor([7, 7])
    """
    check_device(device, "full")
    value = fill_value.item() if isinstance(fill_value, (Tensor, np.generic)) else fill_value
    if not isinstance(value, (bool, int, float)):
        raise ArgumentTypeError(f"full: fill_value must be a number, got {type(value).__name__}")
    wanted = scalar_dtype(value) if dtype is None else as_dtype(dtype)
    return made(np.full(check_shape((size,), "full"), number_as(value, wanted, "full"), wanted), requires_grad, out)


def like(input: Any, dtype: Any, op: str) -> tuple[tuple[Any, ...], np.dtype]:
    """The shape and dtype of a new tensor like `input`."""
    if not isinstance(input, Tensor):
        raise ArgumentTypeError(f"{op}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    return input._data.shape, input._data.dtype if dtype is None else as_dtype(dtype)


def _like(name: str, create: Callable[..., Any], doc: str) -> Callable[..., Any]:
    def create_like(
        input: Tensor,
        *args: Any,
        dtype: Any = None,
        requires_grad: bool = False,
        device: Any = None,
        layout: Any = None,
        pin_memory: bool = False,
        memory_format: Any = None,
    ) -> Tensor:
        shape, d = like(input, dtype, name)
        return create(shape, *args, dtype=d, requires_grad=requires_grad, device=device)

    create_like.__name__ = create_like.__qualname__ = name
    create_like.__doc__ = doc
    return create_like


zeros_like: Any = _like(
    "zeros_like",
    zeros,
    """Zeros in the shape and dtype of `input`.

    >>> import autograd
    >>> autograd.zeros_like(autograd.ones(2))
    tensor([0., 0.])
    """,
)
ones_like: Any = _like(
    "ones_like",
    ones,
    """Ones in the shape and dtype of `input`.

    >>> import autograd
    >>> autograd.ones_like(autograd.zeros(2))
    tensor([1., 1.])
    """,
)
empty_like: Any = _like(
    "empty_like",
    empty,
    """Unset memory in the shape and dtype of `input`.

    >>> import autograd
    >>> autograd.empty_like(autograd.zeros(2)).shape
    torch.Size([2])
    """,
)
_full_like = _like("full_like", full, "")


def full_like(input: Tensor, fill_value: Any, **options: Any) -> Tensor:
    """`fill_value` in the shape and dtype of `input`.

    >>> import autograd
    >>> autograd.full_like(autograd.zeros(2), 3)
    tensor([3., 3.])
    """
    return _full_like(input, fill_value, **options)


def eye(
    n: int,
    m: int | None = None,
    *,
    dtype: Any = None,
    requires_grad: bool = False,
    device: Any = None,
    out: Tensor | None = None,
    layout: Any = None,
    pin_memory: bool = False,
) -> Tensor:
    """The n x m matrix with ones on its diagonal.

    >>> import autograd
    >>> autograd.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    rows, columns = check_shape((n, n if m is None else m), "eye")
    return made(np.eye(rows, columns, dtype=default_or(dtype)), requires_grad, out)


# -- new tensors from a tensor -------------------------------------------------------------------------------------------


@function
def new_full(
    input: Tensor, size: Any, fill_value: Any, *, dtype: Any = None, requires_grad: bool = False, device: Any = None
) -> Tensor:
    """`full` in the dtype of this tensor, unless another is given.

    `size` is the shape of the result. `fill_value` is what it is filled with. `requires_grad` says whether the result is to
    collect a gradient. `device` may be the CPU.
    """
    return full(size, fill_value, dtype=dtype or input.dtype, requires_grad=requires_grad, device=device)


@function
def new_tensor(input: Tensor, data: Any, *, dtype: Any = None, requires_grad: bool = False, device: Any = None) -> Tensor:
    """`tensor` in the dtype of this tensor, unless another is given.

    `data` are numbers, nested lists or an array. `requires_grad` says whether the result is to collect a gradient. `device`
    may be the CPU.
    """
    return tensor(data, dtype=dtype or input.dtype, requires_grad=requires_grad, device=device)


def _new(name: str, create: Callable[..., Any]) -> None:
    def method(self: Tensor, *args: Any, dtype: Any = None, **options: Any) -> Tensor:
        return create(*args, dtype=self._data.dtype if dtype is None else dtype, **options)

    method.__name__ = name
    method.__doc__ = f"`{create.__name__}` in the dtype of this tensor, unless another is given."
    function(method)


for _name, _create in (("zeros", zeros), ("ones", ones), ("empty", empty)):
    _new(f"new_{_name}", _create)


def is_tensor(obj: Any) -> bool:
    """Whether `obj` is a Tensor.

    >>> import autograd
    >>> autograd.is_tensor(1.0)
    False
    """
    return isinstance(obj, Tensor)
