"""The gamma function's logarithm with all its derivatives, and Bessel's I, to machine precision."""

import math

import numpy as np

from ..core.primitive import primitive
from .approximation import by_region, in_double, polynomial
from .elementwise import unary

# -- the gamma function --------------------------------------------------------------------------------------------------

# log(gamma(x)) / ((x - 1)(x - 2)) in 2 (x - 2), for 1.5 <= x <= 2.5: relative error 1e-18.
_LGAMMA = (
    0.422784335098467139,
    -0.0501586508371769606,
    0.00824125015528896666,
    -0.0015480240241714122,
    0.000312415072793246234,
    -0.0000658790885610375861,
    0.0000143027644144661747,
    -3.16958904406660603e-6,
    7.13096218673009972e-7,
    -1.62295161877727807e-7,
    3.727440869990047e-8,
    -8.62389018195326841e-9,
    2.00713953806140782e-9,
    -4.69588455930712368e-10,
    1.10677546749372198e-10,
    -2.61070127114940893e-11,
    5.89575828329804438e-12,
    -1.39874532576040923e-12,
    4.65849976995112135e-13,
    -1.11254313074510457e-13,
)

# Bernoulli numbers B(2), B(4), ...: the asymptotic expansions of log(gamma) and of its derivatives.
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330)


def _lgamma_large(x):
    """Stirling's series, for x >= 10."""
    w = 1 / (x * x)
    series = polynomial([b / (2 * k * (2 * k - 1)) for k, b in enumerate(_BERNOULLI, 1)], w) / x
    log_x = np.log(x)
    found = (x - 0.5) * log_x - x + 0.5 * math.log(2 * math.pi) + series
    return np.where(np.isinf(x.real), np.inf, found) if x.dtype.kind != "c" else found


def _lgamma_middle(x):
    """Brought into [1.5, 2.5) by gamma(x + 1) = x gamma(x), for 0 < x < 10."""
    up, down = np.ones_like(x), np.ones_like(x)
    for _ in range(2):
        low = x.real < 1.5
        up = np.where(low, up * x, up)
        x = np.where(low, x + 1, x)
    for _ in range(9):
        high = x.real >= 2.5
        x = np.where(high, x - 1, x)
        down = np.where(high, down * x, down)
    return (x - 1) * (x - 2) * polynomial(_LGAMMA, 2 * (x - 2)) + np.log(down) - np.log(up)


def _lgamma_positive(x):
    return by_region(x, (x.real < 10, _lgamma_middle), (None, _lgamma_large))


def _lgamma_negative(x):
    """By reflection: |gamma(x) gamma(-x)| = pi / |x sin(pi x)|; infinite at 0, -1, -2, ..."""
    nearest = np.rint(x.real)
    s = np.sin(math.pi * (x - nearest))
    s = np.where(s.real < 0, -s, s)
    found = math.log(math.pi) - np.log(-x * s) - _lgamma_positive(-x)
    return np.where((x.real == nearest) & (x.imag == 0), np.inf, found)


def _lgamma_any(x):
    return by_region(x, (x.real > 0, _lgamma_positive), (x.real <= 0, _lgamma_negative), (None, lambda v: v))


_lgamma64 = in_double(_lgamma_any)


@unary(domain=(0.3, 12.0), why="not a composition of others")
def lgamma(x):
    """log |gamma(x)|; inf at 0, -1, -2, ..."""
    return _lgamma64(x)


@lgamma.vjp("x")
def _(g, x):
    return g * polygamma(x, n=0)


def _polygamma_positive(x, n):
    """Brought above 16 by the recurrence, then the asymptotic expansion."""
    sign = (-1) ** (n + 1)
    shift = np.zeros_like(x)
    for _ in range(16):
        low = x.real < 16
        shift = np.where(low, shift + 1 / np.where(low, x, 1) ** (n + 1), shift)
        x = np.where(low, x + 1, x)
    w = 1 / (x * x)
    if n == 0:
        series = polynomial([-b / (2 * k) for k, b in enumerate(_BERNOULLI, 1)], w) * w
        return np.log(x) - 0.5 / x + series - shift
    terms = [b * math.factorial(2 * k + n - 1) / math.factorial(2 * k) for k, b in enumerate(_BERNOULLI, 1)]
    series = polynomial(terms, w) * w + math.factorial(n - 1) + math.factorial(n) / (2 * x)
    return sign * (series * x ** (-n) + math.factorial(n) * shift)


def _polygamma_negative(x, n):
    """By reflection: psi(1 - x) - psi(x) = pi cot(pi x), differentiated n times as a polynomial in the cotangent."""
    nearest = np.rint(x.real)
    angle = math.pi * (x - nearest)
    cot = np.cos(angle) / np.sin(angle)
    p = np.polynomial.Polynomial([0.0, 1.0])
    for _ in range(n):
        p = -p.deriv() * np.polynomial.Polynomial([1.0, 0.0, 1.0])
    found = (-1) ** n * _polygamma_positive(1 - x, n) - math.pi ** (n + 1) * p(cot)
    pole = np.where(x.real == 0, -np.copysign(np.inf, x.real), np.nan) if n == 0 else np.inf
    return np.where((x.real == nearest) & (x.imag == 0), pole, found)


def _polygamma_any(x, n):
    return by_region(
        x,
        (x.real == np.inf, lambda v: np.full_like(v, np.inf if n == 0 else 0.0)),
        (x.real > 0, lambda v: _polygamma_positive(v, n)),
        (None, lambda v: _polygamma_negative(v, n)),
    )


_polygamma64 = in_double(_polygamma_any)


@primitive(
    elementwise=True,
    floats=True,
    domain=(0.3, 12.0),
    cases=[((4,), {"n": 0}), ((2, 3), {"n": 1}), ((4,), {"n": 3}), ((), {"n": 0})],
    why="one primitive is all derivatives of log(gamma), each the derivative of the one before",
)
def polygamma(x, *, n):
    """The derivative of order n + 1 of log(gamma(x)); n = 0 is digamma."""
    return _polygamma64(x, n=n)


@polygamma.vjp("x")
def _(g, x, n):
    return g * polygamma(x, n=n + 1)


# -- Bessel functions ------------------------------------------------------------------------------------------------------


def _bessel_series(x, order):
    """Sum of (x**2 / 4)**k / (k! (k + order)!), times (x / 2)**order: all terms are positive; for |x| < 20."""
    z = x * x / 4
    total = np.ones_like(x)
    for k in range(50, 0, -1):
        total = 1 + total * z / (k * (k + order))
    return total * (x / 2) ** order


def _bessel_large(x, order, scaled):
    """e**x (or 1, if scaled) / sqrt(2 pi x) times an asymptotic series in 1 / x, for x >= 20."""
    total = np.ones_like(x)
    for k in range(30, 0, -1):
        total = 1 - total * (4 * order**2 - (2 * k - 1) ** 2) / (8 * k * x)
    half = 1 if scaled else np.exp(x / 2)
    return half * (total / np.sqrt(2 * math.pi * x)) * half


def _bessel(x, order, scaled=False):
    def small(v):
        return _bessel_series(v, order) * (np.exp(np.where(v.real < 0, v, -v)) if scaled else 1)

    return by_region(
        x,
        (np.abs(x.real) < 20, small),
        (x.real > 0, lambda v: _bessel_large(v, order, scaled)),
        (None, lambda v: (-1) ** order * _bessel_large(-v, order, scaled)),
    )


_bessel64 = in_double(_bessel)


@unary(domain=(-5.0, 5.0), why="not a composition of others")
def i0(x):
    """The modified Bessel function of the first kind of order 0."""
    return _bessel64(x, order=0)


@i0.vjp("x")
def _(g, x):
    return g * i1(x)


@unary(domain=(0.5, 5.0), why="the derivative of i0")
def i1(x):
    """The modified Bessel function of the first kind of order 1."""
    return _bessel64(x, order=1)


@i1.vjp("x")
def _(g, x, ans):
    still = x == 0
    return g * np.where(still, 0.5, i0(x) - ans / np.where(still, 1, x))


@unary(domain=(0.5, 30.0), why="i0 overflows where this does not")
def i0e(x):
    """e**-|x| times the modified Bessel function of the first kind of order 0."""
    return _bessel64(x, order=0, scaled=True)


@i0e.vjp("x")
def _(g, x, ans):
    return g * (i1e(x) - np.where(x == 0, 0, np.where(x < 0, -ans, ans)))


@unary(domain=(0.5, 30.0), why="i1 overflows where this does not")
def i1e(x):
    """e**-|x| times the modified Bessel function of the first kind of order 1."""
    return _bessel64(x, order=1, scaled=True)


@i1e.vjp("x")
def _(g, x, ans):
    still = x == 0
    return g * np.where(still, 0.5, i0e(x) - np.where(x < 0, -ans, ans) - ans / np.where(still, 1, x))
