"""Special functions to machine precision: the error function's family, the gamma function's, Bessel's I.

The forward functions are plain NumPy, vectorised, and accept complex arguments near the real line: regions are chosen by
the real part, and every formula is analytic within its region, so the complex step checks the rules. Tables of
coefficients are polynomials through Chebyshev nodes, computed with 60 digits; each comment says of what and where.
"""

import math
from functools import partial

import numpy as np

from ..primitive import primitive

unary = partial(primitive, elementwise=True, floats=True)

_SQRT_PI = math.sqrt(math.pi)
_SQRT_2 = math.sqrt(2)


def _polynomial(coefficients, t):
    """The polynomial with these coefficients, lowest power first, by Horner's rule."""
    total = np.full_like(t, coefficients[-1])
    for c in coefficients[-2::-1]:
        total *= t
        total += c
    return total


def _by_region(x, *regions):
    """A function that is given by different formulas: pairs of a mask (None: everywhere else) and a function."""
    out = np.empty_like(x)
    rest = np.ones(x.shape, np.bool_)
    for mask, formula in regions:
        here = rest if mask is None else mask & rest
        if here.all():
            return formula(x)
        if here.any():
            out[here] = formula(x[here])
            rest = rest & ~here
    return out


def _in_double(f):
    """`f` for arrays of any float dtype and for NumPy scalars; narrow ones are computed in float64."""

    def wide(x, **options):
        array = np.asarray(x)
        with np.errstate(all="ignore"):
            found = f(array if array.dtype.kind == "c" else array.astype(np.float64), **options)
        return (found if array.dtype.kind == "c" else found.astype(array.dtype, copy=False))[()]

    return wide


# -- the error function ------------------------------------------------------------------------------------------------

# erf(x) / x in 2 x**2 - 1, for |x| <= 1: relative error 1e-17.
_ERF = (
    0.965468738669867308,
    -0.140536089022717119,
    0.0198524966889837074,
    -0.0022854855611441132,
    0.000217517156041599315,
    -0.0000175371694411248655,
    1.22338273835989686e-6,
    -7.51156928659172683e-8,
    4.11580058320814911e-9,
    -2.03522840581576898e-10,
    9.16761959686580632e-12,
    -3.80788240631949552e-13,
    1.45438870794651157e-14,
)

# (1 + 2 x) e**(x**2) erfc(x) in t = (x - 4) / (x + 4), for all x >= 0: relative error 1e-17. The variable is that of
# Shepherd and Laframboise, Math. Comp. 36 (1981).
_ERFCX = (
    1.23299511862555251,
    -0.139621116840562496,
    0.0153796521026200412,
    0.0680970542546903504,
    -0.101039066036325034,
    0.0937328349984395125,
    -0.0663303658116485028,
    0.0371675155359114122,
    -0.0161977340659525313,
    0.00503196999281092545,
    -0.000757773219535229289,
    -0.000199256776457919705,
    0.000150621307463917765,
    -0.0000243989423090698064,
    -0.0000112207534527254251,
    5.70920121222635173e-6,
    2.90906296837142685e-7,
    -8.24912743496457195e-7,
    7.8934396347614201e-8,
    1.10090415607283031e-7,
    -2.19171286847767322e-8,
    -1.47051875523876303e-8,
    3.97990820993533374e-9,
    1.78874921890775368e-9,
    -5.47796315403793031e-10,
    -1.37212432109558003e-10,
    4.33574469688012767e-11,
)

# erf(x) / x = P(x**2) / Q(x**2) for |x| <= 3.9, fitted for single precision: relative error 2e-8.
_ERF32_P = (1.128379148, 0.1896620497, 0.05266745397, 0.003738139263, 0.0002850572319, 2.06650768e-06)
_ERF32_Q = (1.0, 0.5014163987, 0.1138169854, 0.01491386715, 0.001157325191, 3.827011344e-05)


def _erf32(x):
    # No masks and 25 passes over memory: this is what GELU waits for.
    x = np.minimum(np.maximum(x, np.float32(-3.9)), np.float32(3.9))
    z = x * x
    x *= _polynomial(_ERF32_P, z)
    x /= _polynomial(_ERF32_Q, z)
    return np.minimum(np.maximum(x, np.float32(-1), out=x), np.float32(1), out=x)


def _erf_near(x):
    return x * _polynomial(_ERF, 2 * (x * x) - 1)


def _erfcx_positive(x):
    return _polynomial(_ERFCX, 1 - 8 / (x + 4)) / (1 + 2 * x)


def _exp_square(x, sign):
    """e**(sign x**2) without the error of a rounded square: x**2 = s**2 + (x - s)(x + s), s**2 exact."""
    x = np.where(x.real > 40, 40, np.where(x.real < -40, -40, x))
    s = np.rint(np.real(x) * 16) / 16
    return np.exp(sign * s * s) * np.exp(sign * (x - s) * (x + s))


def _erfc_positive(x):
    return _exp_square(x, -1) * _erfcx_positive(x)


def _erfc_any(x):
    return _by_region(
        x,
        (np.abs(x.real) < 0.5, lambda v: 1 - _erf_near(v)),
        (x.real > 0, _erfc_positive),
        (None, lambda v: 2 - _erfc_positive(-v)),
    )


def _erf_any(x):
    return _by_region(
        x,
        (np.abs(x.real) < 1, _erf_near),
        (x.real > 0, lambda v: 1 - np.exp(-v * v) * _erfcx_positive(v)),
        (None, lambda v: np.exp(-v * v) * _erfcx_positive(-v) - 1),
    )


def _erfcx_any(x):
    return _by_region(x, (x.real < 0, lambda v: 2 * _exp_square(v, 1) - _erfcx_positive(-v)), (None, _erfcx_positive))


_FEW = 64  # so many elements cost less one by one than 25 passes of NumPy do


_erf64, _erfc64, _erfcx64 = _in_double(_erf_any), _in_double(_erfc_any), _in_double(_erfcx_any)


@unary(domain=(-3.0, 3.0), why="not a composition of others")
def erf(x):
    """2 / sqrt(pi) times the integral of e**(-t**2) from 0 to x."""
    if x.size <= _FEW and x.dtype.kind == "f":
        values = map(math.erf, x.ravel().tolist()) if x.ndim else (math.erf(x),)
        return np.fromiter(values, x.dtype, x.size).reshape(x.shape)[()]
    return _erf32(x) if x.dtype == np.float32 else _erf64(x)


@erf.vjp("x")
def _(g, x):
    return g * (np.exp(-(x * x)) * (2 / _SQRT_PI))


@unary(domain=(-3.0, 6.0), why="1 - erf(x) has no digits left in the upper tail")
def erfc(x):
    """1 - erf(x), with all its digits in the upper tail."""
    return _erfc64(x)


@erfc.vjp("x")
def _(g, x):
    return g * (np.exp(-(x * x)) * (-2 / _SQRT_PI))


@unary(domain=(-2.0, 8.0), why="e**(x**2) overflows where erfcx is an ordinary number")
def erfcx(x):
    """e**(x**2) erfc(x)"""
    return _erfcx64(x)


@erfcx.vjp("x")
def _(g, x, ans):
    return g * (2 * x * ans - 2 / _SQRT_PI)


def _erfc_inverse(q):
    """y with erfc(y) = q, for 0 <= q <= 1/2, by Newton's method on log(erfc(y)), which is nearly a parabola."""
    log_q = np.log(np.where(q.real == 0, 0.25, q))
    size = -np.real(log_q)
    y = np.sqrt(np.maximum(size - 0.5 * np.log(math.pi * np.maximum(size, 0.5)), 0.1)).astype(q.dtype)
    for _ in range(6):
        scaled = _erfcx_positive(y)
        y = y + (np.log(scaled) - y * y - log_q) * scaled * (_SQRT_PI / 2)
    return np.where(q.real == 0, np.inf, np.where((q.real < 0) | np.isnan(q.real), np.nan, y))


def _erf_inverse_near(x):
    """y with erf(y) = x, for |x| <= 1/2, by Halley's method from the first terms of the series."""
    y = x * (_SQRT_PI / 2) * (1 + x * x * (math.pi / 12))
    for _ in range(4):
        step = (_erf_near(y) - x) * np.exp(y * y) * (_SQRT_PI / 2)
        y = y - step / (1 + y * step)
    return y


def _erf_inverse(x):
    return _by_region(
        x,
        (np.abs(x.real) <= 0.5, _erf_inverse_near),
        (x.real > 0, lambda v: _erfc_inverse(1 - v)),
        (None, lambda v: -_erfc_inverse(1 + v)),
    )


def _ndtr_inverse(p):
    return _SQRT_2 * _by_region(
        p,
        (np.abs(p.real - 0.5) <= 0.25, lambda v: _erf_inverse_near(2 * v - 1)),
        (p.real > 0.5, lambda v: _erfc_inverse(2 - 2 * v)),
        (None, lambda v: -_erfc_inverse(2 * v)),
    )


_erfinv64, _ndtri64 = _in_double(_erf_inverse), _in_double(_ndtr_inverse)


@unary(domain=(-0.9, 0.9), why="not a composition of others")
def erfinv(x):
    """The inverse of erf: NaN outside of [-1, 1], infinite at its ends."""
    return _erfinv64(x)


@erfinv.vjp("x")
def _(g, ans):
    return g * (np.exp(ans * ans) * (_SQRT_PI / 2))


@unary(domain=(0.02, 0.98), why="sqrt(2) erfinv(2 p - 1) has no digits left for small p")
def ndtri(x):
    """The inverse of the normal distribution function, with all its digits for small probabilities."""
    return _ndtri64(x)


@ndtri.vjp("x")
def _(g, ans):
    return g * (np.exp(ans * ans * 0.5) * math.sqrt(2 * math.pi))


def _log_ndtr_any(x):
    z = x / _SQRT_2
    return _by_region(
        z,
        (z.real < -1, lambda v: np.log(_erfcx_positive(-v) / 2) - v * v),
        (None, lambda v: np.log1p(-_erfc_any(v) / 2)),
    )


_log_ndtr64 = _in_double(_log_ndtr_any)


@unary(domain=(-6.0, 3.0), why="the logarithm of a probability that underflows at -38")
def log_ndtr(x):
    """The logarithm of the normal distribution function."""
    return _log_ndtr64(x)


@log_ndtr.vjp("x")
def _(g, x):
    return g * (math.sqrt(2 / math.pi) / erfcx(x * (-1 / _SQRT_2)))


@unary(domain=(0.1, 3.0), why="its derivative is right at 0, where that of x * log(x) is NaN")
def entr(x):
    """-x log(x): 0 at 0, -inf below."""
    dead = x.real <= 0
    return np.where(dead, np.where(x.real < 0, -np.inf, 0), -x * np.log(np.where(dead, 1, x))).astype(x.dtype)[()]


@entr.vjp("x")
def _(g, x):
    return g * (-np.log(x) - 1)


@primitive(elementwise=True, floats=True, domain=(0.3, 2.0), why="its rules are right at x = 0, and its value at y near 0")
def xlog1py(x, y):
    """x * log(1 + y); 0 where x is 0, unless y is NaN."""
    y = np.where((x == 0) & ~np.isnan(y), 0, y)
    return x * np.log1p(y)


@xlog1py.vjp("x")
def _(g, x, y):
    dead = (x == 0) & (y <= -1)
    return np.where(dead, 0, g * np.log1p(np.where(dead, 0, y)))


@xlog1py.vjp("y")
def _(g, x, y):
    return g * (x / (y + 1))


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
    series = _polynomial([b / (2 * k * (2 * k - 1)) for k, b in enumerate(_BERNOULLI, 1)], w) / x
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
    return (x - 1) * (x - 2) * _polynomial(_LGAMMA, 2 * (x - 2)) + np.log(down) - np.log(up)


def _lgamma_positive(x):
    return _by_region(x, (x.real < 10, _lgamma_middle), (None, _lgamma_large))


def _lgamma_negative(x):
    """By reflection: |gamma(x) gamma(-x)| = pi / |x sin(pi x)|; infinite at 0, -1, -2, ..."""
    nearest = np.rint(x.real)
    s = np.sin(math.pi * (x - nearest))
    s = np.where(s.real < 0, -s, s)
    found = math.log(math.pi) - np.log(-x * s) - _lgamma_positive(-x)
    return np.where((x.real == nearest) & (x.imag == 0), np.inf, found)


def _lgamma_any(x):
    return _by_region(x, (x.real > 0, _lgamma_positive), (x.real <= 0, _lgamma_negative), (None, lambda v: v))


_lgamma64 = _in_double(_lgamma_any)


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
        series = _polynomial([-b / (2 * k) for k, b in enumerate(_BERNOULLI, 1)], w) * w
        return np.log(x) - 0.5 / x + series - shift
    terms = [b * math.factorial(2 * k + n - 1) / math.factorial(2 * k) for k, b in enumerate(_BERNOULLI, 1)]
    series = _polynomial(terms, w) * w + math.factorial(n - 1) + math.factorial(n) / (2 * x)
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
    return _by_region(
        x,
        (x.real == np.inf, lambda v: np.full_like(v, np.inf if n == 0 else 0.0)),
        (x.real > 0, lambda v: _polygamma_positive(v, n)),
        (None, lambda v: _polygamma_negative(v, n)),
    )


_polygamma64 = _in_double(_polygamma_any)


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


def _bessel_large(x, order):
    """e**x / sqrt(2 pi x) times an asymptotic series in 1 / x, for x >= 20."""
    total = np.ones_like(x)
    for k in range(30, 0, -1):
        total = 1 - total * (4 * order**2 - (2 * k - 1) ** 2) / (8 * k * x)
    half = np.exp(x / 2)
    return half * (total / np.sqrt(2 * math.pi * x)) * half


def _bessel(x, order):
    return _by_region(
        x,
        (np.abs(x.real) < 20, lambda v: _bessel_series(v, order)),
        (x.real > 0, lambda v: _bessel_large(v, order)),
        (None, lambda v: (-1) ** order * _bessel_large(-v, order)),
    )


_bessel64 = _in_double(_bessel)


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
