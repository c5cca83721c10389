"""Comparisons, logic and bits: results are bool or integer, and nothing here has a derivative."""

from typing import Any

import numpy as np

from ..core.graph import Traced
from ..errors import ArgumentTypeError, DtypeError
from ..ops import logic as lg
from .declare import constant, function, offer, raw

eq: Any = offer("eq", lg.equal, inplace=True)
ne: Any = offer("ne", lg.not_equal, inplace=True)
lt: Any = offer("lt", lg.less, inplace=True)
le: Any = offer("le", lg.less_equal, inplace=True)
gt: Any = offer("gt", lg.greater, inplace=True)
ge: Any = offer("ge", lg.greater_equal, inplace=True)
not_equal: Any = offer("not_equal", lg.not_equal, inplace=True)
less: Any = offer("less", lg.less, inplace=True)
less_equal: Any = offer("less_equal", lg.less_equal, inplace=True)
greater: Any = offer("greater", lg.greater, inplace=True)
greater_equal: Any = offer("greater_equal", lg.greater_equal, inplace=True)
logical_and: Any = offer("logical_and", lg.logical_and, inplace=True)
logical_or: Any = offer("logical_or", lg.logical_or, inplace=True)
logical_xor: Any = offer("logical_xor", lg.logical_xor, inplace=True)
logical_not: Any = offer("logical_not", lg.logical_not, inplace=True)
isnan: Any = offer("isnan", lg.isnan)
isinf: Any = offer("isinf", lg.isinf)
isfinite: Any = offer("isfinite", lg.isfinite)
bitwise_and: Any = offer("bitwise_and", lg.bitwise_and, inplace=True)
bitwise_or: Any = offer("bitwise_or", lg.bitwise_or, inplace=True)
bitwise_xor: Any = offer("bitwise_xor", lg.bitwise_xor, inplace=True)
bitwise_not: Any = offer("bitwise_not", lg.bitwise_not, inplace=True)
bitwise_left_shift: Any = offer("bitwise_left_shift", lg.left_shift, inplace=True)
bitwise_right_shift: Any = offer("bitwise_right_shift", lg.right_shift, inplace=True)


@function
def isposinf(input: Any) -> Any:
    """Whether each element is +inf.

    >>> import autograd
    >>> autograd.isposinf(autograd.tensor([float("inf"), 1.0]))
    tensor([ True, False])
    """
    return constant(input, input._data == np.inf)


@function
def isneginf(input: Any) -> Any:
    """Whether each element is -inf.

    >>> import autograd
    >>> autograd.isneginf(autograd.tensor([-float("inf"), 1.0]))
    tensor([ True, False])
    """
    return constant(input, input._data == -np.inf)


@function
def isreal(input: Any) -> Any:
    """Whether each element is a real number: always, as there are no complex tensors here.

    >>> import autograd
    >>> autograd.isreal(autograd.ones(1))
    tensor([True])
    """
    return constant(input, np.ones(input._data.shape, np.bool_))


@function
def isclose(input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Any:
    """Whether |input - other| <= atol + rtol * |other|, elementwise.

    With `equal_nan`, NaN equals NaN.

    >>> import autograd
    >>> autograd.isclose(autograd.tensor([1.0, 2.0]), autograd.tensor([1.0 + 1e-9, 2.1]))
    tensor([ True, False])
    """
    _same_dtype("isclose", input, other)
    if rtol < 0 or atol < 0:
        raise DtypeError(f"isclose: rtol and atol must not be negative, got {rtol} and {atol}")
    lg.equal(input, other)  # raises where the shapes do not broadcast
    return constant(input, np.isclose(input._data, other._data, rtol, atol, equal_nan))


@function
def allclose(input: Any, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
    """Whether `isclose` holds for every element.

    Equal means |input - other| <= `atol` + `rtol` |other|. With `equal_nan`, NaN equals NaN.

    >>> import autograd
    >>> autograd.allclose(autograd.ones(2), autograd.ones(2) + 1e-9)
    True
    """
    _same_dtype("allclose", input, other)
    lg.equal(input, other)
    return bool(np.all(np.isclose(input._data, other._data, rtol, atol, equal_nan)))


@function
def equal(input: Any, other: Any) -> bool:
    """Whether two tensors have the same shape and the same elements.

    >>> import autograd
    >>> autograd.equal(autograd.ones(2), autograd.ones(2))
    True
    """
    _same_dtype("equal", input, other, dtype=False)
    return input._data.shape == other._data.shape and bool(np.all(input._data == other._data))


def _same_dtype(op: str, input: Any, other: Any, dtype: bool = True) -> None:
    if not isinstance(other, Traced):
        raise ArgumentTypeError(f"{op}(): argument 'other' (position 2) must be Tensor, not {type(other).__name__}")
    if dtype and input.dtype != other.dtype:
        raise DtypeError(f"{op}: input has dtype {input.dtype}, other {other.dtype}; they must be equal")


@function(method=False, checked=False, spellings={"element": "elements", "test_element": "test_elements"})
def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Any:
    """Whether each element is among `test_elements` (or is not, with `invert`); one of the two may be a number.

    >>> import autograd
    >>> autograd.isin(autograd.tensor([1, 2, 3]), autograd.tensor([3, 1]))
    tensor([ True, False,  True])
    """
    like = elements if isinstance(elements, Traced) else test_elements
    if not isinstance(like, Traced) or isinstance(elements, str) or isinstance(test_elements, str):
        raise ArgumentTypeError("isin: elements and test_elements must be Tensors, or one of them a number")
    for t in (elements, test_elements):
        if isinstance(t, Traced) and t.dtype.kind == "b":
            raise DtypeError("isin: is not defined for dtype bool; convert with .int()")
    found = np.isin(raw(elements), raw(test_elements), assume_unique=assume_unique, invert=invert)
    return constant(like, found)


@function
def is_nonzero(input: Any) -> bool:
    """Whether the only element of a tensor is not 0.

    >>> import autograd
    >>> autograd.is_nonzero(autograd.tensor([0.5]))
    True
    """
    if input._data.size != 1:
        raise DtypeError(f"is_nonzero: needs a tensor with one element, got shape {tuple(input.shape)}")
    return bool(input._data.item())
