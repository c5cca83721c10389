"""Signs, rounding, limits and choices: functions that are constant or the identity in pieces."""

from typing import Any

import numpy as np

from ..core.dtypes import result_dtype
from ..core.graph import Traced
from ..core.primitive import cast
from ..errors import ArgumentTypeError, DtypeError, ShapeError
from ..ops import elementwise as ew, logic as lg
from .declare import constant, function, offer, raw

sign: Any = offer("sign", ew.sign, inplace=True)
floor: Any = offer("floor", ew.floor, inplace=True)
ceil: Any = offer("ceil", ew.ceil, inplace=True)
trunc: Any = offer("trunc", ew.trunc, inplace=True)
fix: Any = offer("fix", ew.trunc, inplace=True)
maximum: Any = offer("maximum", ew.maximum)
minimum: Any = offer("minimum", ew.minimum)
signbit: Any = offer("signbit", lg.signbit)
copysign: Any = offer("copysign", ew.copysign, inplace=True)


@function(inplace=True)
def sgn(input: Any) -> Any:
    """`sign` under the name that it shares with complex tensors in PyTorch.

    >>> import autograd
    >>> autograd.sgn(autograd.tensor([-2.0, 0.0]))
    tensor([-1.,  0.])
    """
    return ew.sign(input)


@function(inplace=True)
def round(input: Any, *, decimals: int = 0) -> Any:
    """The nearest number with that many decimals, halves to the even one.

    >>> import autograd
    >>> autograd.round(autograd.tensor([0.5, 1.5, 2.6]))
    tensor([0., 2., 3.])
    """
    if decimals == 0:
        return ew.round_half_even(input)
    scale = 10.0 ** np.abs(decimals).item()
    if decimals > 0:
        return ew.divide(ew.round_half_even(ew.multiply(input, scale)), scale)
    return ew.multiply(ew.round_half_even(ew.divide(input, scale)), scale)


@function(inplace=True)
def frac(input: Any) -> Any:
    """What `trunc` cuts off: input - trunc(input).

    >>> import autograd
    >>> autograd.frac(autograd.tensor([1.5, -2.25]))
    tensor([ 0.5000, -0.2500])
    """
    return ew.subtract(input, ew.trunc(input))


@function(inplace=True)
def clamp(input: Any, min: Any = None, max: Any = None) -> Any:
    """`input` limited to [min, max]; either limit may be None, a number or a tensor. If min > max, the result is max.

    The cotangent passes where input is within the limits, the limits themselves included.

    >>> import autograd
    >>> autograd.clamp(autograd.tensor([-2.0, 0.5, 3.0]), 0.0, 1.0)
    tensor([0.0000, 0.5000, 1.0000])
    """
    # NumPy's numbers are weak, as Python's are: they do not widen a float32 tensor.
    min, max = (v.item() if isinstance(v, np.generic) else v for v in (min, max))
    if _simple(min) and _simple(max) and min is not max and input.dtype.kind == "f":
        return ew.clip(input, lower=min, upper=max)
    for v in (min, max):
        if v is not None and not isinstance(v, (Traced, int, float)):
            raise ArgumentTypeError(f"clamp: min and max must be numbers or Tensors, got {type(v).__name__}")
    if min is None and max is None:
        raise ShapeError("clamp: at least one of min and max must not be None")
    dtype = result_dtype([input._data, *(raw(v) for v in (min, max) if v is not None)])
    if dtype.kind in "iu":
        room = np.iinfo(dtype)
        for v in (min, max):
            if isinstance(v, int) and not room.min <= v <= room.max:
                raise DtypeError(
                    f"clamp: the limit {v} does not fit into {dtype} ({room.min} to {room.max}); convert the input first"
                )
    input = _as(input, dtype)
    if not isinstance(min, Traced) and not isinstance(max, Traced):
        return ew.clip(input, lower=min, upper=max)
    if min is not None:
        low = _tensor_of(input, min)
        input = ew.where(lg.logical_or(lg.less(input, low), lg.isnan(low)), low, input)
    if max is not None:
        high = _tensor_of(input, max)
        input = ew.where(lg.logical_or(lg.greater(input, high), lg.isnan(high)), high, input)
    return input


def _simple(limit: Any) -> bool:
    kind = type(limit)
    return kind is float or kind is int or limit is None


def _tensor_of(like: Any, value: Any) -> Any:
    """A tensor or number as a tensor of the dtype of `like`."""
    dtype = like._data.dtype
    return _as(value, dtype) if isinstance(value, Traced) else constant(like, dtype.type(value))


def _as(t: Any, dtype: np.dtype) -> Any:
    return t if t._data.dtype == dtype else cast(t, dtype=dtype)


@function(inplace=True)
def clip(input: Any, min: Any = None, max: Any = None) -> Any:
    """`clamp` under NumPy's name.

    `min` and `max` are the bounds, each a number, a tensor or None.

    >>> import autograd
    >>> autograd.clip(autograd.tensor([5.0]), max=1.0)
    tensor([1.])
    """
    return clamp(input, min, max)


@function(inplace=True)
def clamp_min(input: Any, min: Any) -> Any:
    """`input`, or `min` where that is larger.

    >>> import autograd
    >>> autograd.clamp_min(autograd.tensor([-1.0, 2.0]), 0)
    tensor([0., 2.])
    """
    return clamp(input, min)


@function(inplace=True)
def clamp_max(input: Any, max: Any) -> Any:
    """`input`, or `max` where that is smaller.

    >>> import autograd
    >>> autograd.clamp_max(autograd.tensor([-1.0, 2.0]), 0)
    tensor([-1.,  0.])
    """
    return clamp(input, None, max)


@function(method=False, checked=False)
def where(condition: Any, input: Any = None, other: Any = None) -> Any:
    """`input` where the `condition` holds, else `other`; either may be a number. Nothing flows into the other branch.

    With the condition alone: the indices at which it holds, one tensor for each dimension.

    >>> import autograd
    >>> x = autograd.tensor([-1.0, 2.0])
    >>> autograd.where(x > 0, x, 0.0)
    tensor([0., 2.])
    """
    if not isinstance(condition, Traced):
        raise ArgumentTypeError(f"where: condition must be a Tensor, got {type(condition).__name__}")
    if input is None and other is None:
        return tuple(constant(condition, k) for k in np.nonzero(np.atleast_1d(condition._data)))
    for v in (input, other):
        if not isinstance(v, (Traced, int, float, np.generic)):
            raise ArgumentTypeError(f"where: input and other must be Tensors or numbers, got {type(v).__name__}")
    if condition._data.dtype.kind != "b" and condition._data.dtype != np.uint8:
        raise DtypeError(f"where: condition must be a bool tensor, got {condition.dtype}; write condition != 0")
    if isinstance(input, Traced) and isinstance(other, Traced) and input._data.dtype == other._data.dtype:
        x, y = input, other
    else:
        dtype = result_dtype([raw(input), raw(other)])
        x, y = (_as(v, dtype) if isinstance(v, Traced) else constant(condition, dtype.type(v)) for v in (input, other))
    return ew.where(condition if condition._data.dtype.kind == "b" else lg.not_equal(condition, 0), x, y)


def _where_method(self: Any, condition: Any, other: Any) -> Any:
    """This tensor where the `condition` (a bool tensor) holds, else `other`."""
    return where(condition, self, other)


offer("where", _where_method)


@function
def fmax(input: Any, other: Any) -> Any:
    """The larger of two elements, a number if only one of them is NaN. A tie belongs to `input`.

    >>> import autograd
    >>> autograd.fmax(autograd.tensor([float("nan"), 1.0]), autograd.tensor([2.0, 0.0]))
    tensor([2., 1.])
    """
    return where(lg.logical_or(lg.greater_equal(input, other), lg.isnan(other)), input, other)


@function
def fmin(input: Any, other: Any) -> Any:
    """The smaller of two elements, a number if only one of them is NaN. A tie belongs to `input`.

    >>> import autograd
    >>> autograd.fmin(autograd.tensor([float("nan"), 1.0]), autograd.tensor([2.0, 0.0]))
    tensor([2., 0.])
    """
    return where(lg.logical_or(lg.less_equal(input, other), lg.isnan(other)), input, other)


@function(inplace=True)
def heaviside(input: Any, values: Any) -> Any:
    """0 where input is negative, 1 where it is positive, `values` where it is 0.

    >>> import autograd
    >>> autograd.heaviside(autograd.tensor([-1.0, 0.0, 2.0]), autograd.tensor([0.5]))
    tensor([0.0000, 0.5000, 1.0000])
    """
    if not isinstance(values, Traced):
        raise ArgumentTypeError(f"heaviside(): argument 'values' must be Tensor, not {type(values).__name__}")
    if input.dtype != values.dtype:
        raise DtypeError(f"heaviside: input has dtype {input.dtype}, values {values.dtype}; they must be equal")
    lg.equal(input, values)  # raises where the shapes do not broadcast
    x = input._data
    return constant(input, np.where(x == 0, values._data, (x > 0).astype(x.dtype)))


@function(inplace=True)
def nextafter(input: Any, other: Any) -> Any:
    """The next number of the dtype after each element of `input`, towards `other`; not differentiable.

    >>> import autograd
    >>> autograd.nextafter(autograd.tensor(1.0), autograd.tensor(2.0)) - 1 == autograd.finfo(autograd.float32).eps
    tensor(True)
    """
    lg.equal(input, other)  # raises where the shapes do not broadcast
    dtype = result_dtype([input._data, other._data])
    if dtype.kind != "f":
        raise DtypeError(f"nextafter: needs floating dtypes, got {input.dtype} and {other.dtype}")
    return constant(input, np.nextafter(input._data.astype(dtype), other._data.astype(dtype)))


@function(inplace=True)
def nan_to_num(input: Any, nan: float | None = 0.0, posinf: float | None = None, neginf: float | None = None) -> Any:
    """NaN and the infinities replaced by numbers: 0, and the largest and smallest of the dtype, unless given.

    `nan`, `posinf` and `neginf` are what NaN, infinity and -infinity become; None means the largest and smallest number.

    >>> import autograd
    >>> autograd.nan_to_num(autograd.tensor([float("nan"), float("inf"), 1.0]), posinf=9.0)
    tensor([0., 9., 1.])
    """
    if input.dtype.kind != "f":
        return input.clone()
    limits = np.finfo(input.dtype)
    x, make = input._data, input.dtype.type
    replaced = np.nan_to_num(
        x,
        nan=0.0 if nan is None else nan,
        posinf=limits.max if posinf is None else make(posinf),
        neginf=limits.min if neginf is None else make(neginf),
    )
    return ew.where(constant(input, np.isfinite(x)), input, constant(input, replaced))
