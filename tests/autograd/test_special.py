"""Special functions: against values computed with 30 digits, identities that hold everywhere, and SciPy over wide ranges."""

import math

import numpy as np
import pytest

import autograd
from autograd import tensor
from autograd.ops import gamma as gm, special as sf

INF, NAN = math.inf, math.nan
FUNCTIONS = {**vars(sf), **vars(gm)}

# Computed with mpmath at 30 digits.
KNOWN = [
    ("erf", 0.5, 0.52049987781304654), ("erf", 1.5, 0.96610514647531073), ("erf", -3.0, -0.99997790950300141),
    ("erfc", 0.5, 0.47950012218695346), ("erfc", 5.0, 1.5374597944280349e-12), ("erfc", 20.0, 5.3958656116079009e-176),
    ("erfc", -2.0, 1.9953222650189527), ("erfcx", 0.0, 1.0), ("erfcx", 30.0, 0.018795888861416751),
    ("erfcx", -2.0, 108.94090438997797),
    ("erfinv", 0.5, 0.47693627620446987), ("erfinv", 0.999, 2.3267537655135247), ("erfinv", 1e-10, 8.8622692545275801e-11),
    ("ndtri", 1e-20, -9.2623400897984076), ("ndtri", 0.975, 1.9599639845400542),
    ("log_ndtr", -40.0, -804.60844201375379), ("log_ndtr", 5.0, -2.8665161296376359e-7),
    ("lgamma", 0.1, 2.252712651734206), ("lgamma", 1.5, -0.12078223763524522), ("lgamma", 100.0, 359.1342053695754),
    ("lgamma", -1.5, 0.86004701537648101), ("lgamma", 1e-10, 23.025850929882736),
    ("i0", 1.0, 1.2660658777520084), ("i0", 50.0, 2.9325537838493363e20), ("i1", 1.0, 0.56515910399248503),
]  # fmt: skip


@pytest.mark.parametrize(("name", "x", "expected"), KNOWN)
def test_known_values(name, x, expected):
    f = FUNCTIONS[name]
    assert float(f(np.float64(x))) == pytest.approx(expected, rel=4e-15)
    many = f(np.full(100, x))  # the path of large arrays
    assert np.allclose(many, expected, rtol=4e-15, atol=0)


@pytest.mark.parametrize(
    ("n", "x", "expected"),
    [(0, 1.0, -0.57721566490153286), (0, 0.1, -10.423754940411077), (0, 20.0, 2.9705239922421493),
    (0, -0.5, 0.03648997397857652),
     (1, 1.0, 1.6449340668482264), (1, -0.5, 8.9348022005446793), (2, 1.0, -2.4041138063191886), (3, 2.5, 0.22390584881725205)],
)  # fmt: skip
def test_polygamma_known_values(n, x, expected):
    assert float(gm.polygamma(np.float64(x), n=n)) == pytest.approx(expected, rel=4e-15)


SPECIAL_VALUES = [
    ("erf", [0.0, INF, -INF], [0.0, 1.0, -1.0]),
    ("erfc", [INF, -INF], [0.0, 2.0]),
    ("erfcx", [INF, -INF], [0.0, INF]),
    ("erfinv", [1.0, -1.0, 1.5, -2.0], [INF, -INF, NAN, NAN]),
    ("ndtri", [0.0, 1.0, 0.5, -0.1, 1.1], [-INF, INF, 0.0, NAN, NAN]),
    ("log_ndtr", [INF, -INF], [0.0, -INF]),
    ("lgamma", [0.0, -1.0, -2.0, INF, 1.0, 2.0], [INF, INF, INF, INF, 0.0, 0.0]),
    ("entr", [0.0, -1.0, 1.0, INF], [0.0, -INF, 0.0, -INF]),
]


@pytest.mark.parametrize(("name", "points", "expected"), SPECIAL_VALUES, ids=[s[0] for s in SPECIAL_VALUES])
def test_special_values(name, points, expected):
    f = FUNCTIONS[name]
    np.testing.assert_array_equal(f(np.array(points)), expected)
    assert math.isnan(f(np.array([NAN]))[0])


def test_digamma_at_its_poles():
    np.testing.assert_array_equal(gm.polygamma(np.array([0.0, -0.0, -1.0]), n=0), [-INF, INF, NAN])


@pytest.mark.parametrize("dtype", [autograd.float16, autograd.float32, autograd.float64])
@pytest.mark.parametrize("name", ["erf", "erfc", "erfinv", "lgamma", "digamma", "i0"])
def test_dtype_and_shape_are_kept(name, dtype):
    for shape in [(), (3,), (0, 2), (20, 10)]:
        y = getattr(autograd, name)(autograd.full(shape, 0.5, dtype=dtype))
        assert (y.dtype, tuple(y.shape)) == (dtype, shape)


def test_erf_in_single_precision():
    x = np.linspace(-5, 5, 20001).astype(np.float32)
    exact = np.array([math.erf(v) for v in x.tolist()])
    found = sf.erf(x)
    assert found.dtype == np.float32
    assert np.abs(found - exact).max() < 5e-7
    assert np.abs(found).max() == 1.0


def test_inverses_undo():
    x = tensor(np.linspace(-5, 5, 101))
    assert autograd.allclose(autograd.erfinv(autograd.erf(x * 0.5)), x * 0.5, rtol=1e-9)
    p = tensor(10.0 ** -np.arange(1.0, 300.0, 7.0))
    assert autograd.allclose(autograd.special.ndtr(autograd.special.ndtri(p)), p, rtol=1e-11, atol=0)


def test_integers_become_the_default_float():
    assert autograd.lgamma(tensor([3])).dtype == autograd.float32
    assert autograd.erf(tensor([0])).item() == 0.0


def test_mvlgamma_is_a_sum_of_lgammas():
    x = tensor([3.0, 4.5], dtype=autograd.float64)
    expected = math.log(math.pi) / 2 + x.lgamma() + (x - 0.5).lgamma()
    assert autograd.allclose(autograd.mvlgamma(x, 2), expected, rtol=1e-14)
    with pytest.raises(RuntimeError, match="mvlgamma: p must be"):
        autograd.mvlgamma(x, 0)


RANGES = {
    "erf": (-30, 30), "erfc": (-30, 26), "erfcx": (-25, 1e4), "log_ndtr": (-1e3, 30), "erfinv": (-1, 1), "ndtri": (0, 1),
    "lgamma": (2.5, 1e6), "i0": (-700, 700), "i1": (-700, 700),
}  # fmt: skip


@pytest.mark.parametrize("name", RANGES)
def test_agrees_with_scipy_over_a_wide_range(name):
    scipy = pytest.importorskip("scipy.special")
    low, high = RANGES[name]
    x = np.linspace(low, high, 10007)
    expected = getattr(scipy, {"lgamma": "gammaln"}.get(name, name))(x)
    np.testing.assert_allclose(FUNCTIONS[name](x), expected, rtol=2e-13, atol=1e-300)


@pytest.mark.parametrize("n", range(5))
def test_polygamma_agrees_with_scipy(n):
    scipy = pytest.importorskip("scipy.special")
    x = np.linspace(0.05, 60, 2001)
    np.testing.assert_allclose(gm.polygamma(x, n=n), scipy.polygamma(n, x), rtol=1e-12)
