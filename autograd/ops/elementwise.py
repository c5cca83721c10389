"""Arithmetic, powers, choosing, rounding: each output element depends on the inputs at its own place.

Every rule keeps its digits where the textbook formula loses them, and takes PyTorch's value at kinks and poles.
"""

import math
from functools import partial
from typing import Any

import numpy as np

from ..core.primitive import primitive
from ..errors import DivisionError
from .choosing import choose, keep

unary: Any = partial(primitive, elementwise=True, floats=True)
binary: Any = partial(primitive, elementwise=True)
binary_float: Any = partial(primitive, elementwise=True, floats=True)

_MANY = 4096


# The 0 that NumPy need not convert: a third of the time of comparing a small array.
_zero_of = {np.dtype(t): np.zeros((), t) for t in (np.float32, np.float64)}.get


# -- arithmetic --------------------------------------------------------------------------------------------------------


@binary(np.add)
def add(x, y):
    """x + y"""
    return x + y


@add.vjp("x", "y")
def _(g):
    return g


@binary(np.subtract, name="sub", bools=False)
def subtract(x, y):
    """x - y"""
    return x - y


@subtract.vjp("x")
def _(g):
    return g


@subtract.vjp("y")
def _(g):
    return -g


@binary(np.multiply, name="mul")
def multiply(x, y):
    """x * y"""
    return x * y


@multiply.vjp("x")
def _(g, y):
    return g * y


@multiply.vjp("y")
def _(g, x):
    return g * x


@binary_float(np.true_divide, name="div", domain=(0.5, 2.0))
def divide(x, y):
    """x / y"""
    return np.true_divide(x, y)


@divide.vjp("x")
def _(g, y):
    return g / y


@divide.vjp("y")
def _(g, x, y):  # not from the result, which may be changed in place: p = a / a.sum(); p.clamp_()
    return -g * (x / y) / y


@unary(either=True, domain=(0.5, 2.0), why="its rule needs the result alone, where that of a division needs both operands")
def reciprocal(x):
    """1 / x"""
    return 1 / x


@reciprocal.vjp("x")
def _(g, x, ans):
    return -g * (ans * ans) if x is None else -g / x / x


@primitive(np.negative, name="neg", elementwise=True)
def negative(x):
    """-x"""
    return -x


@negative.vjp("x")
def _(g):
    return -g


@primitive(np.absolute, name="abs", elementwise=True, analytic=False)
def absolute(x):
    """|x|; the derivative at 0 is 0."""
    return np.abs(x)


@absolute.vjp("x")
def _(g, x):
    return g * np.sign(x)


@primitive(np.square, elementwise=True)
def square(x):
    """x * x"""
    return x * x if x.dtype.kind != "b" else x.astype(np.int64)


@square.vjp("x")
def _(g, x):
    return g * (2 * x)


@binary_float(why="in the exponent its rule needs the result alone")
def ldexp(x, y):
    """x * 2**y"""
    return x * 2.0**y


@ldexp.vjp("x")
def _(g, y):
    return ldexp(g, y)


@ldexp.vjp("y")
def _(g, ans):
    return g * (ans * math.log(2))


@binary(np.power, name="pow", domain=(0.5, 2.0))
def power(x, y):
    """x ** y; the derivative in x is 0 where y is 0, the one in y is 0 where x is 0 and y >= 0."""
    kind = type(y)
    if (kind is int or kind is float) and y == 3 and x.dtype.kind == "f":
        return x * x * x  # a library call per element otherwise, ten times as slow
    return x**y


@power.vjp("x")
def _(g, x, y):
    if type(y) is float or type(y) is int:
        return g * (2 * x) if y == 2 else g * (y * x ** (y - 1)) if y != 0 else np.zeros_like(g)
    return np.where(y == 0, 0, g * y * x ** np.where(y == 0, 1, y - 1))


@power.vjp("y")
def _(g, x, y, ans):
    if type(x) is float or type(x) is int:
        if x != 0:
            return g * (ans * (math.log(x) if x > 0 else math.nan))
        return np.where(y >= 0, 0, g * ans * -math.inf)
    dead = (x == 0) & (y >= 0)
    return np.where(dead, 0, g * ans * np.log(np.where(dead, 1, x)))


def _no_zero(op, x, y):
    # NumPy answers 0 for an integer divided by 0, with a warning that nobody sees here.
    if np.result_type(x, y).kind in "iu" and not np.all(y):
        raise DivisionError(f"{op.primitive.name}: integer division by zero; the divisor must not hold 0")


@binary(np.remainder, analytic=False, domain=(0.6, 2.0))
def remainder(x, y):
    """x - y * floor(x / y): the sign of the divisor."""
    _no_zero(remainder, x, y)
    return np.remainder(x, y)


@remainder.vjp("x")
def _(g):
    return g


@remainder.vjp("y")
def _(g, x, y):
    return -g * np.floor(x / y)


@binary(np.fmod, analytic=False, domain=(0.6, 2.0))
def fmod(x, y):
    """x - y * trunc(x / y): the sign of the dividend."""
    _no_zero(fmod, x, y)
    return np.fmod(x, y)


@fmod.vjp("x")
def _(g):
    return g


@fmod.vjp("y")
def _(g, x, y):
    return -g * np.trunc(x / y)


# -- roots and lengths -------------------------------------------------------------------------------------------------


@unary(np.sqrt, domain=(0.2, 3.0))
def sqrt(x):
    """The square root; its derivative at 0 is inf."""
    return np.sqrt(x)


@sqrt.vjp("x")
def _(g, ans):
    return g / (2 * ans)


@unary(domain=(0.2, 3.0), why="a length has the subgradient 0 at 0, where the derivative of sqrt is inf")
def root(x):
    """The square root, with the derivative 0 at 0."""
    return np.sqrt(x)


@root.vjp("x")
def _(g, ans):
    still = ans == 0
    return keep(~still, g / (2 * choose(still, 1, ans)))


@binary_float(np.hypot, analytic=False, domain=(0.3, 2.0))
def hypot(x, y):
    """sqrt(x**2 + y**2), without overflow."""
    return np.hypot(x, y)


@hypot.vjp("x")
def _(g, x, ans):
    return g * (x / ans)


@hypot.vjp("y")
def _(g, y, ans):
    return g * (y / ans)


# -- choosing ----------------------------------------------------------------------------------------------------------


@primitive(elementwise=True, analytic=False, why="the mask is read off the result, so the input need not be kept")
def relu(x):
    """max(x, 0); the derivative at 0 is 0."""
    return np.maximum(x, _zero_of(x.dtype, 0))


@relu.vjp("x")
def _(g, ans):
    return keep(ans > _zero_of(ans.dtype, 0), g)


@binary(np.maximum, analytic=False)
def maximum(x, y):
    """The larger of x and y; where they are equal each gets half of the cotangent."""
    return np.maximum(x, y)


@maximum.vjp("x")
def _(g, x, y):
    return keep(x > y, g) + keep(x == y, g * 0.5)


@maximum.vjp("y")
def _(g, x, y):
    return keep(y > x, g) + keep(x == y, g * 0.5)


@binary(np.minimum, analytic=False)
def minimum(x, y):
    """The smaller of x and y; where they are equal each gets half of the cotangent."""
    return np.minimum(x, y)


@minimum.vjp("x")
def _(g, x, y):
    return keep(x < y, g) + keep(x == y, g * 0.5)


@minimum.vjp("y")
def _(g, x, y):
    return keep(y < x, g) + keep(x == y, g * 0.5)


@primitive(
    elementwise=True,
    analytic=False,
    cases=[((2, 3), {"lower": -0.5, "upper": 0.5}), ((4,), {"lower": 0.0}), ((), {"upper": 0.3})],
    why="as where(x < lower, ...) it would be five operations",
)
def clip(x, *, lower=None, upper=None):
    """x limited by numbers from below and above; on a limit the cotangent passes."""
    if x.size > _MANY:
        return x.clip(lower, upper)  # one pass instead of two, and a call that takes as long as three of the others
    if lower is not None:
        x = np.maximum(x, lower)
    return x if upper is None else np.minimum(x, upper)


@clip.vjp("x")
def _(g, x, lower, upper):
    if upper is None:
        return keep(x >= lower, g)
    return keep(x <= upper if lower is None else (x >= lower) & (x <= upper), g)


@primitive(
    np.where,
    elementwise=True,
    broadcasting=True,
    promotes=False,
    cases=[(("bool:2,3", (2, 3), (3,)), {}), (("bool:2,1", (), (2, 3)), {})],
)
def where(condition, x, y):
    """x where the condition holds, else y; nothing flows into the branch that was not taken, NaN and inf included."""
    return choose(condition, x, y)


where.constant("condition")


@where.vjp("x")
def _(g, condition):
    return keep(condition, g)


@where.vjp("y")
def _(g, condition):
    return keep(~condition, g)


@primitive(np.copy, name="clone", elementwise=True)
def clone(x):
    """The same values in memory of their own, laid out as they were."""
    return x if isinstance(x, np.generic) else x.copy(order="K")


@clone.vjp("x")
def _(g):
    return g


# -- steps: zero almost everywhere -------------------------------------------------------------------------------------


def _step(name, f, doc):
    @primitive(f, name=name, elementwise=True, analytic=False, domain=(0.1, 0.4))
    def step(x):
        return f(x) if x.dtype.kind == "f" else x.copy()

    step.__doc__ = doc
    step.zero("x")
    return step


@primitive(np.sign, elementwise=True, analytic=False, domain=(0.1, 0.4))
def sign(x):
    """-1, 0 or 1; 0 for NaN."""
    if x.dtype.kind == "b":
        return x.copy()
    return np.where(x != x, 0, np.sign(x)).astype(x.dtype)[()] if x.dtype.kind == "f" else np.sign(x)


sign.zero("x")


@binary_float(np.copysign, analytic=False, domain=(0.3, 2.0))
def copysign(x, y):
    """|x| with the sign of y, the sign of a zero included."""
    return np.copysign(x, y)


@copysign.vjp("x")
def _(g, x, ans):
    return np.where(x == 0, 0, np.where(x == ans, g, -g))


copysign.zero("y")
floor: Any = _step("floor", np.floor, "The largest integer that is not above x.")
ceil: Any = _step("ceil", np.ceil, "The smallest integer that is not below x.")
round_half_even: Any = _step("round", np.rint, "The nearest integer, halves to the even one.")
trunc: Any = _step("trunc", np.trunc, "x without its fraction.")


@binary(np.floor_divide, analytic=False, domain=(1.1, 1.4))
def floor_divide(x, y):
    """floor(x / y)"""
    _no_zero(floor_divide, x, y)
    return np.floor_divide(x, y)


floor_divide.zero("x", "y")
