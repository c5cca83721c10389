"""Arithmetic, powers, exponentials, trigonometry: each output element depends on the inputs at its own place.

Every rule keeps its digits where the textbook formula loses them, and takes PyTorch's value at kinks and poles.
"""

import math
from functools import partial

import numpy as np

from ..errors import DivisionError
from ..primitive import primitive
from .choosing import choose, keep

unary = partial(primitive, elementwise=True, floats=True)
binary = partial(primitive, elementwise=True)
binary_float = partial(primitive, elementwise=True, floats=True)


def onto(ufunc, x, y):
    """x replaced, in memory, by ufunc(x, y): what in-place methods call, here where NumPy's warnings are silent."""
    ufunc(x, y, out=x)


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
def _(g, y, ans):
    return -g * ans / y


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


# -- exponentials and logarithms ---------------------------------------------------------------------------------------


@unary(np.exp)
def exp(x):
    """e ** x"""
    return np.exp(x)


@exp.vjp("x")
def _(g, ans):
    return g * ans


@unary(np.exp2)
def exp2(x):
    """2 ** x"""
    return np.exp2(x)


@exp2.vjp("x")
def _(g, ans):
    return g * (ans * 0.6931471805599453)


@unary(np.expm1)
def expm1(x):
    """e ** x - 1, exact for small x."""
    return np.expm1(x)


@expm1.vjp("x")
def _(g, ans):
    return g * (ans + 1)


@unary(np.log, domain=(0.2, 3.0))
def log(x):
    """The natural logarithm."""
    return np.log(x)


@log.vjp("x")
def _(g, x):
    return g / x


@unary(np.log2, domain=(0.2, 3.0))
def log2(x):
    """The logarithm to base 2."""
    return np.log2(x)


@log2.vjp("x")
def _(g, x):
    return g / (x * 0.6931471805599453)


@unary(np.log10, domain=(0.2, 3.0))
def log10(x):
    """The logarithm to base 10."""
    return np.log10(x)


@log10.vjp("x")
def _(g, x):
    return g / (x * 2.302585092994046)


@unary(np.log1p, domain=(-0.7, 3.0))
def log1p(x):
    """log(1 + x), exact for small x."""
    return np.log1p(x)


@log1p.vjp("x")
def _(g, x):
    return g / (x + 1)


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


@binary_float(np.logaddexp, analytic=False)
def logaddexp(x, y):
    """log(e**x + e**y), without overflow."""
    return np.logaddexp(x, y)


@logaddexp.vjp("x")
def _(g, x, ans):
    return g * np.exp(np.where(x == ans, 0, x - ans))


@logaddexp.vjp("y")
def _(g, y, ans):
    return g * np.exp(np.where(y == ans, 0, y - ans))


@binary_float(domain=(0.3, 2.0), why="its rules are right at x = 0, where those of x * log(y) are NaN")
def xlogy(x, y):
    """x * log(y); 0 where x is 0, unless y is NaN."""
    y = np.where((x == 0) & ~np.isnan(y), 1, y)
    return x * np.log(y)


@xlogy.vjp("x")
def _(g, x, y):
    dead = (x == 0) & (y <= 0)
    return np.where(dead, 0, g * np.log(np.where(dead, 1, y)))


@xlogy.vjp("y")
def _(g, x, y):
    return g * (x / y)


# -- trigonometric and hyperbolic --------------------------------------------------------------------------------------


@unary(np.sin)
def sin(x):
    """sin x"""
    return np.sin(x)


@sin.vjp("x")
def _(g, x):
    return g * np.cos(x)


@unary(np.cos)
def cos(x):
    """cos x"""
    return np.cos(x)


@cos.vjp("x")
def _(g, x):
    return -g * np.sin(x)


@unary(np.tan, domain=(-1.2, 1.2))
def tan(x):
    """tan x"""
    return np.tan(x)


@tan.vjp("x")
def _(g, ans):
    return g * (1 + ans * ans)


@unary(np.arcsin, domain=(-0.9, 0.9))
def asin(x):
    """The angle in [-pi/2, pi/2] whose sine is x."""
    return np.arcsin(x)


@asin.vjp("x")
def _(g, x):
    return g / np.sqrt((1 - x) * (1 + x))


@unary(np.arccos, domain=(-0.9, 0.9))
def acos(x):
    """The angle in [0, pi] whose cosine is x."""
    return np.arccos(x)


@acos.vjp("x")
def _(g, x):
    return -g / np.sqrt((1 - x) * (1 + x))


@unary(np.arctan)
def atan(x):
    """The angle in (-pi/2, pi/2) whose tangent is x."""
    return np.arctan(x)


@atan.vjp("x")
def _(g, x):
    return g / (1 + x * x)


@binary_float(np.arctan2, analytic=False, domain=(0.3, 2.0))
def atan2(x, y):
    """The angle of the point (y, x); both derivatives are 0 at the origin."""
    return np.arctan2(x, y)


@atan2.vjp("x")
def _(g, x, y):
    r = x * x + y * y
    return np.where(r == 0, 0, g * y / np.where(r == 0, 1, r))


@atan2.vjp("y")
def _(g, x, y):
    r = x * x + y * y
    return np.where(r == 0, 0, -g * x / np.where(r == 0, 1, r))


_SINC_NEAR = 1.0  # below it the Taylor series, above it the recurrence, which loses digits near 0


@unary(cases=[((5,), {"order": k}) for k in (0, 1, 2)], why="all its derivatives keep their digits at and near 0")
def sinc(x, *, order=0):
    """The derivative of that order of sin(pi x) / (pi x), which is 1 at 0."""
    x = np.asarray(x)
    small = np.abs(np.real(x)) < _SINC_NEAR
    far = np.where(small, 1, x)
    angle = math.pi * far
    f = np.sin(angle) / angle
    for n in range(1, order + 1):  # differentiate x f = sin(pi x) / pi, n times
        f = (math.pi ** (n - 1) * np.sin(angle + n * (math.pi / 2)) - n * f) / far
    near = np.where(small, x, 0)
    series = np.zeros_like(near)
    for k in range(30 + order, -1, -1):  # sum over k of (pi i x)**k / (k + 1)!, even k
        if k % 2 == 0 and k >= order:
            series = series * (near * near) + _sinc_coefficient(k, order)
    return np.where(small, series * (near if order % 2 else 1), f).astype(x.dtype)


def _sinc_coefficient(k, order):
    return (-1) ** (k // 2) * math.pi**k / math.factorial(k + 1) * math.perm(k, order)


@sinc.vjp("x")
def _(g, x, order):
    return g * sinc(x, order=order + 1)


@unary(np.sinh)
def sinh(x):
    """sinh x"""
    return np.sinh(x)


@sinh.vjp("x")
def _(g, x):
    return g * np.cosh(x)


@unary(np.cosh)
def cosh(x):
    """cosh x"""
    return np.cosh(x)


@cosh.vjp("x")
def _(g, x):
    return g * np.sinh(x)


@unary(np.tanh, domain=(-6.0, 6.0))
def tanh(x):
    """tanh x; the derivative is sech(x)**2, which keeps its digits where 1 - tanh(x)**2 has none."""
    return np.tanh(x)


@tanh.vjp("x")
def _(g, x):
    return g * np.square(sech(x))


@unary(domain=(-6.0, 6.0), why="all derivatives of tanh are made of it: finite where cosh overflows")
def sech(x):
    """1 / cosh x"""
    return 1 / np.cosh(x)


@sech.vjp("x")
def _(g, x, ans):
    return -g * ans * np.tanh(x)


@unary(np.arcsinh)
def asinh(x):
    """The inverse of sinh."""
    return np.arcsinh(x)


@asinh.vjp("x")
def _(g, x):
    return g / np.sqrt(1 + x * x)


@unary(np.arccosh, domain=(1.2, 3.0))
def acosh(x):
    """The inverse of cosh, for x >= 1."""
    return np.arccosh(x)


@acosh.vjp("x")
def _(g, x):
    return g / np.sqrt((x - 1) * (x + 1))


@unary(np.arctanh, domain=(-0.9, 0.9))
def atanh(x):
    """The inverse of tanh, for |x| < 1."""
    return np.arctanh(x)


@atanh.vjp("x")
def _(g, x):
    return g / ((1 - x) * (1 + x))


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


# -- activations that are primitives because a composition would lose digits or time -----------------------------------


@unary(domain=(-8.0, 8.0), why="the composition overflows and is not exact in both tails")
def sigmoid(x):
    """1 / (1 + e**-x); the derivative is sigmoid(x) sigmoid(-x), exact in both tails."""
    return 1 / (1 + np.exp(-x))


@sigmoid.vjp("x")
def _(g, x, ans):
    return g * ans * sigmoid(-x)


@unary(domain=(-8.0, 8.0), analytic=False, why="logaddexp(x, 0), ten times faster; every loss of logits is made of it")
def softplus(x):
    """log(1 + e**x), without overflow."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


@softplus.vjp("x")
def _(g, x):
    return g * sigmoid(x)


@primitive(elementwise=True, analytic=False, why="the mask is read off the result, so the input need not be kept")
def relu(x):
    """max(x, 0); the derivative at 0 is 0."""
    return np.maximum(x, 0)


@relu.vjp("x")
def _(g, ans):
    return keep(ans > 0, g)


# -- choosing ----------------------------------------------------------------------------------------------------------


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
floor = _step("floor", np.floor, "The largest integer that is not above x.")
ceil = _step("ceil", np.ceil, "The smallest integer that is not below x.")
round_half_even = _step("round", np.rint, "The nearest integer, halves to the even one.")
trunc = _step("trunc", np.trunc, "x without its fraction.")


@binary(np.floor_divide, analytic=False, domain=(1.1, 1.4))
def floor_divide(x, y):
    """floor(x / y)"""
    _no_zero(floor_divide, x, y)
    return np.floor_divide(x, y)


floor_divide.zero("x", "y")


# -- tests and logic: the result is bool or integer, so there is nothing to differentiate ------------------------------


def _plain(name, f, doc, inputs=2, promotes=True):
    declare = primitive(f, name=name, elementwise=True, differentiable=False, promotes=promotes and inputs == 2)
    call = declare((lambda x, y: f(x, y)) if inputs == 2 else (lambda x: f(x)))
    call.__doc__ = doc
    return call


equal = _plain("eq", np.equal, "x == y")
not_equal = _plain("ne", np.not_equal, "x != y")
less = _plain("lt", np.less, "x < y")
less_equal = _plain("le", np.less_equal, "x <= y")
greater = _plain("gt", np.greater, "x > y")
greater_equal = _plain("ge", np.greater_equal, "x >= y")
logical_and = _plain("logical_and", np.logical_and, "x and y", promotes=False)
logical_or = _plain("logical_or", np.logical_or, "x or y", promotes=False)
logical_xor = _plain("logical_xor", np.logical_xor, "exactly one of x and y", promotes=False)
logical_not = _plain("logical_not", np.logical_not, "not x", 1)
isnan = _plain("isnan", np.isnan, "Whether x is NaN.", 1)
isinf = _plain("isinf", np.isinf, "Whether x is +inf or -inf.", 1)
isfinite = _plain("isfinite", np.isfinite, "Whether x is neither NaN nor infinite.", 1)
signbit = _plain("signbit", np.signbit, "Whether the sign bit of x is set.", 1)
gcd = _plain("gcd", np.gcd, "The greatest common divisor.")
lcm = _plain("lcm", np.lcm, "The least common multiple.")
bitwise_and = _plain("bitwise_and", np.bitwise_and, "x & y")
bitwise_or = _plain("bitwise_or", np.bitwise_or, "x | y")
bitwise_xor = _plain("bitwise_xor", np.bitwise_xor, "x ^ y")
bitwise_not = _plain("bitwise_not", np.bitwise_not, "~x", 1)
left_shift = _plain("bitwise_left_shift", np.left_shift, "x << y")
right_shift = _plain("bitwise_right_shift", np.right_shift, "x >> y")
