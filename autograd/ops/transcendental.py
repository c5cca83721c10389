"""Exponentials, logarithms, trigonometric and hyperbolic functions, and the two activations that are made of them.

Every rule keeps its digits where the textbook formula loses them.
"""

import math

import numpy as np

from .elementwise import binary_float, unary

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


@binary_float(np.logaddexp, analytic=False)
def logaddexp(x, y):
    """log(e**x + e**y), without overflow."""
    return np.logaddexp(x, y)


@logaddexp.vjp("x")
def _(g, x, y):
    return g * sigmoid(np.where(x == y, 0, x - y))  # of two equal infinities, half to each


@logaddexp.vjp("y")
def _(g, x, y):
    return g * sigmoid(np.where(x == y, 0, y - x))


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


@unary(np.tanh, either=True, domain=(-6.0, 6.0))
def tanh(x):
    """tanh x; the derivative is 1 / cosh(x)**2, which keeps its digits where 1 - tanh(x)**2 has none."""
    return np.tanh(x)


@tanh.vjp("x")
def _(g, x, ans):
    return g * ((1 - ans) * (1 + ans)) if x is None else tanh_slope(g, x)


@binary_float(domain=(-6.0, 6.0), why="the slope of tanh at every order: finite where cosh overflows, and one operation")
def tanh_slope(x, y):
    """x / cosh(y)**2: the derivative of tanh at y, times x."""
    c = np.cosh(y)
    return x / c / c


@tanh_slope.vjp("x")
def _(g, y):
    return tanh_slope(g, y)


@tanh_slope.vjp("y")
def _(g, y, ans):
    return g * ans * (tanh(y) * -2)


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


# -- activations that are primitives because a composition would lose digits or time -----------------------------------


@unary(either=True, domain=(-8.0, 8.0), why="the composition overflows and is not exact in both tails")
def sigmoid(x):
    """1 / (1 + e**-x); the derivative is sigmoid(x) sigmoid(-x), exact in both tails, and 0 where the value is 1."""
    if not x.ndim:
        return 1 / (1 + np.exp(-x))
    e = np.negative(x)
    np.exp(e, out=e)
    e += 1
    return np.true_divide(1, e, out=e)


@sigmoid.vjp("x")
def _(g, x, ans):
    if x is None:
        return g * (ans * (1 - ans))
    if ans is None:
        ans = sigmoid(x)
    # Where ans is 1, 1 - ans is 0: log(1 - sigmoid(x) + 1e-15) divides by 1e-15, and what PyTorch multiplies that by is 0.
    # The true slope, 1e-8 in float32, would make a gradient of 1e7 of it.
    return g * ans * sigmoid(-x) * (ans != 1)


@unary(domain=(-8.0, 8.0), analytic=False, why="logaddexp(x, 0), ten times faster; every loss of logits is made of it")
def softplus(x):
    """log(1 + e**x), without overflow."""
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


@softplus.vjp("x")
def _(g, x):
    return g * sigmoid(x)


@unary(domain=(-2.0, 2.0), analytic=False, why="far out on the left its slope is e**x, which expm1(x) + 1 has lost")
def elu(x, *, alpha=1.0, rate=1.0):
    """x where x > 0, else alpha * (e**(rate * x) - 1)."""
    return np.where(x <= 0, alpha * np.expm1(rate * np.minimum(x, 0)), x)


@elu.vjp("x")
def _(g, x, alpha, rate):
    return g * np.where(x <= 0, (alpha * rate) * np.exp(rate * np.minimum(x, 0)), 1)
