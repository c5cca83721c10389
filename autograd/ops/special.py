"""The error function and its family, to machine precision in both tails: erf, erfc, erfcx, their inverses, log_ndtr."""

import math

import numpy as np

from .approximation import by_region, in_double, polynomial
from .elementwise import binary_float, unary

_SQRT_PI = math.sqrt(math.pi)
_SQRT_2 = math.sqrt(2)

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
    x *= polynomial(_ERF32_P, z)
    x /= polynomial(_ERF32_Q, z)
    return np.minimum(np.maximum(x, np.float32(-1), out=x), np.float32(1), out=x)


def _erf_near(x):
    return x * polynomial(_ERF, 2 * (x * x) - 1)


def _erfcx_positive(x):
    return polynomial(_ERFCX, 1 - 8 / (x + 4)) / (1 + 2 * x)


def _exp_square(x, sign):
    """e**(sign x**2) without the error of a rounded square: x**2 = s**2 + (x - s)(x + s), s**2 exact."""
    x = np.where(x.real > 40, 40, np.where(x.real < -40, -40, x))
    s = np.rint(np.real(x) * 16) / 16
    return np.exp(sign * s * s) * np.exp(sign * (x - s) * (x + s))


def _erfc_positive(x):
    return _exp_square(x, -1) * _erfcx_positive(x)


def _erfc_any(x):
    return by_region(
        x,
        (np.abs(x.real) < 0.5, lambda v: 1 - _erf_near(v)),
        (x.real > 0, _erfc_positive),
        (None, lambda v: 2 - _erfc_positive(-v)),
    )


def _erf_any(x):
    return by_region(
        x,
        (np.abs(x.real) < 1, _erf_near),
        (x.real > 0, lambda v: 1 - np.exp(-v * v) * _erfcx_positive(v)),
        (None, lambda v: np.exp(-v * v) * _erfcx_positive(-v) - 1),
    )


def _erfcx_any(x):
    return by_region(x, (x.real < 0, lambda v: 2 * _exp_square(v, 1) - _erfcx_positive(-v)), (None, _erfcx_positive))


_FEW = 64  # so many elements cost less one by one than 25 passes of NumPy do


_erf64, _erfc64, _erfcx64 = in_double(_erf_any), in_double(_erfc_any), in_double(_erfcx_any)


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
    return by_region(
        x,
        (np.abs(x.real) <= 0.5, _erf_inverse_near),
        (x.real > 0, lambda v: _erfc_inverse(1 - v)),
        (None, lambda v: -_erfc_inverse(1 + v)),
    )


def _ndtr_inverse(p):
    return _SQRT_2 * by_region(
        p,
        (np.abs(p.real - 0.5) <= 0.25, lambda v: _erf_inverse_near(2 * v - 1)),
        (p.real > 0.5, lambda v: _erfc_inverse(2 - 2 * v)),
        (None, lambda v: -_erfc_inverse(2 * v)),
    )


_erfinv64, _ndtri64 = in_double(_erf_inverse), in_double(_ndtr_inverse)


@unary(domain=(-0.9, 0.9), why="not a composition of others")
def erfinv(x):
    """The inverse of erf: NaN outside of [-1, 1], infinite at its ends."""
    return _erfinv64(x)


@erfinv.vjp("x")
def _(g, x):  # not from the result, which may be changed in place
    y = erfinv(x)
    return g * (np.exp(y * y) * (_SQRT_PI / 2))


@unary(domain=(0.02, 0.98), why="sqrt(2) erfinv(2 p - 1) has no digits left for small p")
def ndtri(x):
    """The inverse of the normal distribution function, with all its digits for small probabilities."""
    return _ndtri64(x)


@ndtri.vjp("x")
def _(g, ans):
    return g * (np.exp(ans * ans * 0.5) * math.sqrt(2 * math.pi))


def _log_ndtr_any(x):
    z = x / _SQRT_2
    return by_region(
        z,
        (z.real < -1, lambda v: np.log(_erfcx_positive(-v) / 2) - v * v),
        (None, lambda v: np.log1p(-_erfc_any(v) / 2)),
    )


_log_ndtr64 = in_double(_log_ndtr_any)


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


@binary_float(domain=(0.3, 2.0), why="its rules are right at x = 0, and its value at y near 0")
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
