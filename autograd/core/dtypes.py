"""dtypes: NumPy's, under PyTorch's names, with PyTorch's rules for mixing them.

PyTorch looks at three kinds of operands: tensors with dimensions, tensors without, and Python numbers. A lower kind
changes the result's dtype only when it belongs to a higher category (bool < integer < float) than everything above
it: `float32_matrix * float64_scalar_tensor` stays float32, `int64_tensor * 0.5` becomes the default float dtype.
"""

import builtins
from typing import Any

import numpy as np

from ..errors import ArgumentTypeError, DtypeError

dtype = np.dtype

float16: Any
half: Any
float16 = half = np.dtype(np.float16)
float32: Any
float: Any
float32 = float = np.dtype(np.float32)
double: Any
float64: Any
float64 = double = np.dtype(np.float64)
int8: Any = np.dtype(np.int8)
int16: Any
short: Any
int16 = short = np.dtype(np.int16)
int32: Any
int: Any
int32 = int = np.dtype(np.int32)
int64: Any
long: Any
int64 = long = np.dtype(np.int64)
uint8: Any = np.dtype(np.uint8)
uint16: Any = np.dtype(np.uint16)
uint32: Any = np.dtype(np.uint32)
uint64: Any = np.dtype(np.uint64)
bool: Any
bool_: Any
bool = bool_ = np.dtype(np.bool_)

FLOATS = (float16, float32, float64)
ALL = (*FLOATS, int8, int16, int32, int64, uint8, uint16, uint32, uint64, bool_)

_default = [float32]  # of the whole process, as in PyTorch: worker threads make what the main thread makes

_PYTHON = {"float": float32, "int": int64, "bool": bool_}


def get_default_dtype() -> np.dtype:
    """The dtype of float tensors made from Python numbers.

    >>> import autograd
    >>> autograd.get_default_dtype()
    dtype('float32')
    """
    return _default[0]


def set_default_dtype(d: Any) -> None:
    """Set the dtype of float tensors made from Python numbers (float16, float32 or float64).

    >>> import autograd
    >>> autograd.set_default_dtype(autograd.float64); autograd.tensor(0.5).dtype
    dtype('float64')
    >>> autograd.set_default_dtype(autograd.float32)
    """
    d = as_dtype(d)
    if d not in FLOATS:
        raise ArgumentTypeError(f"set_default_dtype: got {d}, a floating dtype is required (float16, float32, float64)")
    _default[0] = d


def as_dtype(d: Any) -> np.dtype:
    """The NumPy dtype meant by `d`: a dtype, a NumPy type, Python's `float` (the default dtype), `int` or `bool`."""
    if isinstance(d, np.dtype) and d.kind in "fiub" and d.itemsize <= 8:
        return d
    if isinstance(d, type) and d.__module__ == "builtins" and d.__name__ in _PYTHON:
        return get_default_dtype() if d.__name__ == "float" else _PYTHON[d.__name__]
    try:
        found = np.dtype(d)
    except TypeError:
        found = None
    if found is None or found not in ALL:  # complex numbers, text, objects
        raise ArgumentTypeError(f"dtype: got {d!r}; accepted are {', '.join(str(k) for k in ALL)}")
    return found


def check_differentiable(d: np.dtype, what: str) -> None:
    """Raise unless a tensor of dtype `d` can require a gradient."""
    if d.kind != "f":
        raise DtypeError(f"{what}: got dtype {d}; only floating dtypes can require a gradient; convert with .float()")


def category(d: np.dtype) -> str:
    """'b', 'i' or 'f': where a dtype stands in bool < integer < float."""
    return "i" if d.kind == "u" else d.kind


def promote_types(type1: Any, type2: Any) -> np.dtype:
    """The smallest dtype that both convert to, by PyTorch's table (an integer never widens a float).

    >>> import autograd
    >>> autograd.promote_types(autograd.int64, autograd.float16)
    dtype('float16')
    """
    return _promoted(as_dtype(type1), as_dtype(type2))


def _promoted(a: np.dtype, b: np.dtype) -> np.dtype:
    if a.kind == "f" and b.kind in "iub":
        return a
    if b.kind == "f" and a.kind in "iub":
        return b
    return np.promote_types(a, b)


def _above(higher: np.dtype | None, lower: np.dtype | None) -> np.dtype | None:
    if higher is None or lower is None:
        return higher if lower is None else lower
    if higher.kind == "f":
        return higher
    if higher.kind == "b" or lower.kind == "f":
        return _promoted(higher, lower)
    return higher


_FLOAT: type = type(1.0)  # noqa: UP003 - `float` is a dtype here


def scalar_dtype(value: Any) -> np.dtype:
    """The dtype that a Python number stands for: bool, int64 or the default float dtype."""
    name = type(value).__name__
    if name not in _PYTHON and isinstance(value, _FLOAT):
        name = "float"  # a number that is being recorded
    if name not in _PYTHON:
        raise ArgumentTypeError(f"dtype: expected a Tensor or a number, got {name}: {value!r:.80}")
    return get_default_dtype() if name == "float" else _PYTHON[name]


def result_dtype(operands: list[Any]) -> np.dtype:
    """The dtype in which an operation on these arrays and Python numbers is computed."""
    kinds: list[np.dtype | None] = [None, None, None]
    for o in operands:
        if hasattr(o, "dtype"):
            k, d = (0 if o.ndim else 1), o.dtype
        else:
            k, d = 2, scalar_dtype(o)
        have = kinds[k]
        kinds[k] = d if have is None else _promoted(have, d)
    found = _above(_above(kinds[0], kinds[1]), kinds[2])
    assert found is not None
    return found


def result_type(
    tensor: Any = None, other: Any = None, *, scalar: Any = None, scalar1: Any = None, scalar2: Any = None
) -> np.dtype:
    """The dtype of an operation on two tensors or numbers, which PyTorch also calls `scalar`, or `scalar1` and `scalar2`.

    >>> import autograd
    >>> autograd.result_type(autograd.tensor([1, 2]), 1.0)
    dtype('float32')
    """
    given = [v for v in (scalar, scalar1, scalar2, tensor, other) if v is not None]
    if len(given) != 2:
        raise ArgumentTypeError(f"result_type: takes two tensors or numbers, got {len(given)}")
    return result_dtype([getattr(v, "_data", v) for v in given])


def can_cast(from_: Any, to: Any) -> Any:
    """Whether PyTorch's promotion lets a result of one dtype be stored as another: never from float to integer.

    >>> import autograd
    >>> autograd.can_cast(autograd.float32, autograd.int64)
    False
    """
    order = "bif"
    return order.index(category(as_dtype(from_))) <= order.index(category(as_dtype(to)))


class iinfo:
    """The limits of an integer dtype: bits, min, max.

    >>> import autograd
    >>> autograd.iinfo(autograd.int8).max
    127
    """

    bits: Any
    max: Any
    min: Any

    def __init__(self, type: Any) -> None:
        d = as_dtype(type)
        if d.kind not in "iu":
            raise ArgumentTypeError(f"iinfo: needs an integer dtype, got {d}; use finfo for floats")
        limits = np.iinfo(d)
        self.bits, self.min, self.max, self.dtype = limits.bits, limits.min, limits.max, d.name

    def __repr__(self) -> str:
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"


class finfo:
    """The limits of a float dtype: bits, eps, max, min, tiny, smallest_normal, resolution, as Python floats.

    >>> import autograd
    >>> autograd.finfo(autograd.float64).eps
    2.220446049250313e-16
    """

    bits: Any
    eps: Any
    max: Any
    min: Any
    smallest_normal: Any
    tiny: Any

    def __init__(self, type: Any = None) -> None:
        d = get_default_dtype() if type is None else as_dtype(type)
        if d.kind != "f":
            raise ArgumentTypeError(f"finfo: needs a floating dtype, got {d}; use iinfo for integers")
        limits = np.finfo(d)
        self.bits, self.dtype = limits.bits, d.name
        self.eps, self.max, self.min = limits.eps.item(), limits.max.item(), limits.min.item()
        self.tiny = self.smallest_normal = limits.tiny.item()
        self.resolution: Any = limits.resolution.item()

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


def holds(d: np.dtype, number: Any) -> Any:
    """Whether a number, or every one of an array, can be converted to `d`, as PyTorch judges.

    An integer may be negative for an unsigned dtype, and then counts from its end; a fraction may not. Infinity and NaN are
    floats, and so is what lies beyond all numbers of an integer dtype.
    """
    if d.kind == "b" or (d.itemsize == 2 and d.kind == "f"):  # in float16, what is too large is infinite
        return True
    low, high = (np.min(number), np.max(number)) if np.size(number) else (0, 0)
    whole = not isinstance(low, (builtins.float, np.floating))
    if d.kind == "f":
        most = np.finfo(d).max.item()
        return builtins.all(abs(v) <= most for v in (low, high) if whole or np.isfinite(v))
    limits = np.iinfo(d)
    least = -limits.max if whole and d.kind == "u" else limits.min
    most = limits.max if whole or d.itemsize < 8 else np.nextafter(builtins.float(limits.max), 0)
    return builtins.bool(least <= low and high <= most)
