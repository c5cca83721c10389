"""Arithmetic under PyTorch's names: sums with `alpha`, quotients with `rounding_mode`, powers, and what combines them."""

import math
import warnings
from typing import Any

import numpy as np

from ..core.calls import reflected
from ..core.dtypes import result_dtype
from ..core.graph import Traced
from ..core.primitive import cast
from ..errors import ArgumentTypeError, DtypeError
from ..ops import elementwise as ew, logic as lg
from .conversion import converted, promoted
from .declare import INPLACE, function, offer, raw

mul: Any = offer("mul", ew.multiply, inplace=True)
multiply: Any = offer("multiply", ew.multiply, inplace=True)
neg: Any = offer("neg", ew.negative, inplace=True)
negative: Any = offer("negative", ew.negative, inplace=True)
abs: Any = offer("abs", ew.absolute, inplace=True)
absolute: Any = offer("absolute", ew.absolute, inplace=True)
square: Any = offer("square", ew.square, inplace=True)
sqrt: Any = offer("sqrt", ew.sqrt, inplace=True)
floor_divide: Any = offer("floor_divide", ew.floor_divide, inplace=True)
remainder: Any = offer("remainder", ew.remainder, inplace=True)
fmod: Any = offer("fmod", ew.fmod, inplace=True)
hypot: Any = offer("hypot", ew.hypot, inplace=True)
gcd: Any = offer("gcd", lg.gcd, inplace=True)
lcm: Any = offer("lcm", lg.lcm, inplace=True)

_into_number = reflected(ew.divide)


def rdiv(self: Any, other: Any) -> Any:
    """The operator of a division whose right operand is the tensor: `2.0 / t`."""
    one = (type(other) is int or type(other) is float) and other == 1
    return ew.reciprocal(self) if one else _into_number(self, other)


def _scaled(op: str, input: Any, other: Any, alpha: Any) -> Any:
    """alpha * other, where an integer result takes an integer alpha."""
    if isinstance(alpha, float) and result_dtype([raw(input), raw(other)]).kind != "f":
        raise DtypeError(f"{op}: for integer tensors alpha must not be a floating number, got {alpha}; use an int")
    if not isinstance(other, Traced):
        return other * alpha
    wanted = result_dtype([raw(input), other._data])  # in which PyTorch multiplies, too
    return converted(ew.multiply(converted(other, wanted), alpha), wanted)


def _factor_first(op: str, name: str, factor: Any, tensors: tuple[Any, ...], needed: int, given: Any) -> None:
    """Check, and warn of, the order of arguments before PyTorch 1.5: `p.add_(-lr, grad)`, the factor before the tensors."""
    if len(tensors) != needed or given != 1 or not isinstance(factor, (int, float)):
        raise ArgumentTypeError(f"{op}(): takes {needed} positional arguments after the input, and {name} by keyword")
    if needed == 2 and not all(isinstance(t, Traced) for t in tensors):
        raise ArgumentTypeError(f"{op}(): expected Tensors after the factor {factor}, got {type(tensors[-1]).__name__}")
    warnings.warn(
        f"This overload of {op} is deprecated: give the factor last and by its name, {name}={factor}.",
        UserWarning,
        stacklevel=4,
    )


def add(input: Any, other: Any, *older: Any, alpha: float = 1, out: Any = None) -> Any:
    """input + alpha * other; `add(input, alpha, other)`, as it once was, works and warns.

    >>> import autograd
    >>> autograd.add(autograd.ones(2), 3.0, alpha=2)
    tensor([7., 7.])
    """
    if older:
        _factor_first("add", "alpha", other, older, 1, alpha)
        other, alpha = older[0], other
    return ew.add(input, other if alpha == 1 else _scaled("add", input, other, alpha), out=out)


def sub(input: Any, other: Any, *older: Any, alpha: float = 1, out: Any = None) -> Any:
    """input - alpha * other; `sub(input, alpha, other)`, as it once was, works and warns.

    >>> import autograd
    >>> autograd.sub(autograd.ones(2), 3.0)
    tensor([-2., -2.])
    """
    if older:
        _factor_first("sub", "alpha", other, older, 1, alpha)
        other, alpha = older[0], other
    if alpha != 1 and raw(other).__class__ is np.ndarray and other._data.dtype.kind == "b":
        raise DtypeError("sub: is not defined for bool tensors; use ~ or logical_not() to invert a mask")
    return ew.subtract(input, other if alpha == 1 else _scaled("sub", input, other, alpha), out=out)


def rsub(input: Any, other: Any, *, alpha: float = 1) -> Any:
    """other - alpha * input

    >>> import autograd
    >>> autograd.rsub(autograd.ones(2), 3.0)
    tensor([2., 2.])
    """
    return ew.subtract(other, input if alpha == 1 else _scaled("rsub", other, input, alpha))


def div(input: Any, other: Any, *, rounding_mode: str | None = None, out: Any = None) -> Any:
    """input / other; with `rounding_mode` "floor" or "trunc" rounded down or towards zero, integers staying integers.

    >>> import autograd
    >>> autograd.div(autograd.tensor([-3, 3]), 2, rounding_mode="trunc")
    tensor([-1,  1])
    """
    if rounding_mode is None:
        return ew.divide(input, other, out=out)
    if rounding_mode == "floor":
        return ew.floor_divide(input, other, out=out)
    if rounding_mode != "trunc":
        raise DtypeError(f"div: rounding_mode must be None, 'floor' or 'trunc', got {rounding_mode!r}")
    dtype = result_dtype([raw(input), raw(other)])
    if dtype.kind == "f":
        return ew.trunc(ew.divide(input, other), out=out)
    input = converted(input, dtype)
    return ew.floor_divide(ew.subtract(input, ew.fmod(input, other)), other, out=out)


def pow(input: Any, exponent: Any, *, out: Any = None) -> Any:
    """input ** exponent; either may be a number. The derivative in input is 0 where the exponent is 0.

    >>> import autograd
    >>> autograd.pow(2, autograd.tensor([1.0, 3.0]))
    tensor([2., 8.])
    """
    if isinstance(input, Traced) or out is not None:
        return ew.power(input, exponent, out=out)
    return _power_of(exponent, input)


_power_of = reflected(ew.power)

divide: Any
subtract: Any
subtract, divide = sub, div
for _name, _call in (("add", add), ("sub", sub), ("subtract", sub), ("div", div), ("divide", div), ("pow", pow)):
    offer(_name, _call, inplace=True)


@function(inplace=True)
def true_divide(input: Any, other: Any) -> Any:
    """input / other

    >>> import autograd
    >>> autograd.true_divide(autograd.tensor([1, 2]), 2)
    tensor([0.5000, 1.0000])
    """
    return ew.divide(input, other)


@function(inplace=True, checked=False)
def float_power(input: Any, exponent: Any) -> Any:
    """input ** exponent, computed in float64.

    >>> import autograd
    >>> autograd.float_power(autograd.tensor([2, 3]), 2)
    tensor([4., 9.], dtype=torch.float64)
    """
    wide = np.dtype(np.float64)
    given = [cast(v, dtype=wide) if isinstance(v, Traced) else v for v in (input, exponent)]
    return pow(*given)


def _float_power_inplace(input: Any, exponent: Any) -> Any:
    if input.dtype != np.float64:
        raise DtypeError(f"float_power_: the result is float64 and the tensor {input.dtype}; use float_power()")
    return float_power(input, exponent)


INPLACE["float_power_"] = _float_power_inplace


@function(method=False)
def positive(input: Any) -> Any:
    """The tensor itself; a bool tensor has no sign.

    >>> import autograd
    >>> autograd.positive(autograd.ones(1))
    tensor([1.])
    """
    if input.dtype.kind == "b":
        raise DtypeError("positive: is not defined for bool tensors; convert with .int()")
    return input


offer("positive", positive)


@function(inplace=True)
def reciprocal(input: Any) -> Any:
    """1 / input

    >>> import autograd
    >>> autograd.reciprocal(autograd.tensor([2.0, 4.0]))
    tensor([0.5000, 0.2500])
    """
    return ew.reciprocal(input)


@function(inplace=True)
def rsqrt(input: Any) -> Any:
    """1 / sqrt(input)

    >>> import autograd
    >>> autograd.rsqrt(autograd.tensor([4.0]))
    tensor([0.5000])
    """
    return ew.reciprocal(ew.sqrt(input))


@function(inplace=True)
def addcmul(input: Any, tensor1: Any, tensor2: Any, *older: Any, value: Any = 1) -> Any:
    """input + value * tensor1 * tensor2; `addcmul(input, value, tensor1, tensor2)`, as it once was, works and warns.

    >>> import autograd
    >>> one = autograd.ones(2)
    >>> autograd.addcmul(one, one, one, value=0.5)
    tensor([1.5000, 1.5000])
    """
    if older:
        _factor_first("addcmul", "value", tensor1, (tensor2, *older), 2, value)
        tensor1, tensor2, value = tensor2, older[0], tensor1
    product = ew.multiply(tensor1, tensor2)
    if value == 1:
        return ew.add(input, product)
    dtype = result_dtype([input._data, product._data])
    return add(input, converted(product, dtype), alpha=value if dtype.kind == "f" else int(value))


@function(inplace=True)
def addcdiv(input: Any, tensor1: Any, tensor2: Any, *older: Any, value: Any = 1) -> Any:
    """input + value * tensor1 / tensor2; `addcdiv(input, value, tensor1, tensor2)`, as it once was, works and warns.

    >>> import autograd
    >>> one = autograd.ones(2)
    >>> autograd.addcdiv(one, one, one * 4)
    tensor([1.2500, 1.2500])
    """
    if older:
        _factor_first("addcdiv", "value", tensor1, (tensor2, *older), 2, value)
        tensor1, tensor2, value = tensor2, older[0], tensor1
    if result_dtype([raw(tensor1), raw(tensor2)]).kind != "f":
        raise DtypeError("addcdiv: integer division is not supported; convert tensor1 and tensor2 with .float()")
    return add(input, ew.divide(tensor1, tensor2), alpha=value)


@function(inplace=True)
def lerp(input: Any, end: Any, weight: Any) -> Any:
    """input + weight * (end - input): the point between input (weight 0) and end (weight 1).

    >>> import autograd
    >>> autograd.lerp(autograd.tensor([0.0]), autograd.tensor([10.0]), 0.3)
    tensor([3.])
    """
    for name, t in (("end", end), ("weight", weight)):
        if isinstance(t, Traced) and t.dtype != input.dtype and (t.ndim or name == "end"):
            raise DtypeError(f"lerp: input has dtype {input.dtype}, {name} {t.dtype}; they must be equal")
    if not isinstance(end, Traced) or isinstance(weight, str):
        raise ArgumentTypeError(f"lerp: end must be a Tensor and weight a number or a Tensor, got {end!r}, {weight!r}")
    if input.dtype.kind != "f":
        raise DtypeError(f"lerp: is not defined for dtype {input.dtype}; convert with .float()")
    return ew.add(input, ew.multiply(ew.subtract(end, input), weight))


@function(inplace=True)
def ldexp(input: Any, other: Any) -> Any:
    """input * 2**other

    >>> import autograd
    >>> autograd.ldexp(autograd.tensor([3.0]), autograd.tensor([2]))
    tensor([12.])
    """
    return ew.ldexp(*promoted("ldexp", input, other))


@function(inplace=True)
def deg2rad(input: Any) -> Any:
    """Degrees as radians: input * pi / 180.

    >>> import autograd
    >>> autograd.deg2rad(autograd.tensor([180.0]))
    tensor([3.1416])
    """
    return ew.multiply(input, math.pi / 180)


@function(inplace=True)
def rad2deg(input: Any) -> Any:
    """Radians as degrees: input * 180 / pi.

    >>> import autograd
    >>> autograd.rad2deg(autograd.tensor([3.1415926]))
    tensor([180.])
    """
    return ew.multiply(input, 180 / math.pi)
