"""Functions that are compositions: what the parity table does not reach, and what wrong calls are told."""

import math

import numpy as np
import pytest

import autograd
from autograd import tensor
from autograd.autograd import grad

INF, NAN = math.inf, math.nan


def test_division_with_a_rounding_mode():
    x, y = tensor([-7.0, 7.0, -0.5]), tensor([2.0, -2.0, 0.3])
    assert autograd.div(x, y, rounding_mode="floor").tolist() == [-4.0, -4.0, -2.0]
    assert autograd.div(x, y, rounding_mode="trunc").tolist() == [-3.0, -3.0, -1.0]
    n, m = tensor([-7, 7]), tensor([2, -2])
    assert autograd.div(n, m, rounding_mode="floor").tolist() == [-4, -4]
    assert autograd.div(n, m, rounding_mode="trunc").tolist() == [-3, -3]
    assert autograd.div(tensor([True]), 2, rounding_mode="trunc").dtype == autograd.int64
    x.requires_grad_()
    assert grad(autograd.div(x, y, rounding_mode="floor").sum(), x)[0].tolist() == [0.0, 0.0, 0.0]


def test_reflected_subtraction_with_alpha():
    assert autograd.rsub(tensor([1.0]), 5.0, alpha=2).tolist() == [3.0]


def test_clamp_with_one_limit_and_with_tensors():
    x = tensor([-2.0, 0.5, 3.0], dtype=autograd.float64, requires_grad=True)
    assert x.clamp_min(0.0).tolist() == [0.0, 0.5, 3.0]
    assert x.clamp_max(1.0).tolist() == [-2.0, 0.5, 1.0]
    low, high = (tensor(v, dtype=autograd.float64, requires_grad=True) for v in ([-1.0] * 3, [1.0] * 3))
    found = grad(x.clamp(low, high).sum(), [x, low, high])
    assert [g.tolist() for g in found] == [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    assert x.clamp(tensor(NAN, dtype=autograd.float64)).isnan().all()
    assert tensor([1, 5]).clamp(max=2.5).tolist() == [1.0, 2.5]


def test_cumulative_trapezoid():
    y, x = tensor([0.0, 1.0, 3.0]), tensor([0.0, 2.0, 3.0])
    assert autograd.cumulative_trapezoid(y).tolist() == [0.5, 2.5]
    assert autograd.cumulative_trapezoid(y, x).tolist() == [1.0, 3.0]
    assert autograd.trapz(y, dx=2.0).item() == 5.0


@pytest.mark.parametrize("how", ["linear", "lower", "higher", "nearest", "midpoint"])
def test_several_quantiles_agree_with_numpy(how):
    x = np.random.default_rng(0).normal(size=(4, 5))
    q = [0.0, 0.25, 0.6, 1.0]
    for dim in (0, 1, None):
        found = autograd.quantile(tensor(x), tensor(q, dtype=autograd.float64), dim, interpolation=how)
        assert np.allclose(found, np.quantile(x, q, axis=dim, method=how))
    assert autograd.quantile(tensor(x), 0.5, 1, True).shape == (4, 1)


def test_nanquantile_skips_nan_and_quantile_propagates_it():
    x = tensor([[1.0, NAN, 3.0], [NAN, NAN, NAN]])
    assert autograd.nanquantile(x, 0.5, 1)[0].item() == 2.0
    assert autograd.nanquantile(x, 0.5, 1)[1].isnan()
    assert x.quantile(0.5, 1).isnan().all()


def test_covariance_with_weights_agrees_with_numpy():
    x = np.random.default_rng(1).normal(size=(3, 6))
    f, a = np.array([1, 2, 1, 3, 1, 2]), np.array([1.0, 0.5, 2.0, 1.0, 3.0, 1.0])
    for options in ({"fweights": f}, {"aweights": a}, {"fweights": f, "aweights": a}):
        given = {k: tensor(v) for k, v in options.items()}
        assert np.allclose(autograd.cov(tensor(x), **given), np.cov(x, **options))
        assert np.allclose(autograd.cov(tensor(x), correction=0, **given), np.cov(x, ddof=0, **options))
    assert autograd.cov(tensor([1, 2, 4])).dtype == autograd.float32
    assert autograd.corrcoef(tensor([1.0, 2.0, 4.0])).item() == 1.0


def test_var_without_degrees_of_freedom_is_not_a_number():
    assert autograd.var(tensor([1.0])).isnan()
    assert autograd.var(tensor([1.0, 3.0]), correction=2).item() == INF
    x = tensor([1.0, 3.0], requires_grad=True)
    assert not grad(x.var(correction=2), x)[0].isfinite().any()


def test_norms_of_every_order():
    x = tensor([[3.0, -4.0], [0.0, 0.0]], dtype=autograd.float64, requires_grad=True)
    for p, expected in [(0, [2.0, 0.0]), (1, [7.0, 0.0]), (2, [5.0, 0.0]), (INF, [4.0, 0.0]), (-INF, [3.0, 0.0])]:
        assert x.norm(p, 1).tolist() == expected
    assert x.norm(0.5, 1)[0].item() == pytest.approx((math.sqrt(3) + 2) ** 2)
    assert grad(x.norm(0.5, 1).sum(), x)[0][1].tolist() == [0.0, 0.0]
    assert grad(x.norm(1.5, 1).sum(), x)[0][1].tolist() == [0.0, 0.0]
    assert x.norm(dtype=autograd.float32).dtype == autograd.float32
    assert autograd.dist(x[0], x[1], 1).item() == 7.0


def test_histograms():
    assert autograd.histc(tensor([1.0, 1.0, 1.0]), bins=3).tolist() == [0.0, 3.0, 0.0]
    assert autograd.histc(tensor([]), bins=2).tolist() == [0.0, 0.0]
    assert autograd.bincount(tensor([1, 1]), tensor([0.5, 1.5])).tolist() == [0.0, 2.0]


def test_median_and_mode_of_integers():
    assert tensor([3, 1, 2, 5]).median().item() == 2
    assert tensor([3, 1, 3]).mode().values.item() == 3
    values, indices = tensor([[3.0, 1.0, 2.0]]).median(1, keepdim=True)
    assert (values.tolist(), indices.tolist()) == ([[2.0]], [[2]])


def test_medians_of_rows_with_nan():
    x = tensor([[3.0, NAN, 1.0], [2.0, 5.0, 4.0]])
    assert x.median(1).indices.tolist() == [1, 2]
    assert x.median(1).values[0].isnan()
    assert x.nanmedian(1).values.tolist() == [1.0, 4.0]
    assert x.kthvalue(2, 1).values.tolist() == [3.0, 4.0]


def test_clamp_of_many_elements_is_that_of_few():
    x = autograd.linspace(-2, 2, 10_001, dtype=autograd.float64).requires_grad_()
    for limits in ((-1.0, 0.5), (None, 0.5), (-1.0, None)):
        assert x.clamp(*limits)[::100].tolist() == x[::100].clamp(*limits).tolist()
    assert grad(x.clamp(-1.0, 0.5).sum(), x)[0].sum().item() == 3751.0


def test_comparisons_that_give_python_bools():
    assert autograd.isreal(tensor([1.0])).tolist() == [True]
    assert autograd.equal(tensor([1.0]), tensor([1.0])) is True
    assert autograd.allclose(tensor([NAN]), tensor([NAN])) is False
    assert (tensor([1.0]) == None) is False  # noqa: E711
    assert (tensor([1.0]) != "red") is True
    with pytest.raises(TypeError):
        tensor([1.0]) < None  # noqa: B015


def test_in_place_arithmetic_outside_of_a_graph_is_what_it_is_inside():
    x = tensor([[1.0, 2.0], [3.0, 4.0]])
    y = tensor([10.0, 20.0])
    base = x.clone()
    x.add_(y).sub_(1).mul_(2.0).div_(y).add_(y, alpha=0.5).sub_(y, alpha=2)
    expected = ((base + y - 1) * 2.0) / y + 0.5 * y - 2 * y
    assert autograd.allclose(x, expected)
    row = x[0]
    row += 1
    assert autograd.allclose(x[0], expected[0] + 1)
    x += x
    with pytest.raises(RuntimeError, match="add_"):
        y.add_(autograd.ones(2, 2))
    with pytest.raises(RuntimeError, match="add: shapes"):
        y.add_(autograd.ones(3))
    assert y.add_(tensor([1, 2])).tolist() == [11.0, 22.0]
    assert y.mul_(True).tolist() == [11.0, 22.0]


WRONG = [
    (lambda x: autograd.div(x, 2, rounding_mode="up"), RuntimeError, "div: rounding_mode must be"),
    (lambda x: autograd.add(tensor([1]), tensor([1]), alpha=0.5), RuntimeError, "add: for integer tensors alpha"),
    (lambda x: x + "red", TypeError, "add: operands must be"),
    (lambda x: x + autograd.ones(3, 4), RuntimeError, r"add: shapes \(2, 3\) and \(3, 4\) do not broadcast"),
    (lambda x: autograd.lerp(tensor([1]), tensor([2]), 0.5), RuntimeError, "lerp: is not defined for dtype int64"),
    (lambda x: x.lerp(x.double(), 0.5), RuntimeError, "lerp: input has dtype float32, end float64"),
    (lambda x: tensor([1]) // tensor([0]), ZeroDivisionError, "floor_divide: integer division by zero"),
    (lambda x: tensor([True]) - tensor([False]), RuntimeError, "sub: is not defined for"),
    (lambda x: -tensor([True]), RuntimeError, "neg: is not defined for operands of dtype bool"),
    (lambda x: x & x, RuntimeError, "bitwise_and: is not defined for operands of dtype float32"),
    (lambda x: tensor([2]) ** -1, RuntimeError, "pow: "),
    (lambda x: x.clamp(), RuntimeError, "clamp: at least one of min and max"),
    (lambda x: x.clamp("red"), TypeError, "clamp: min and max must be"),
    (lambda x: autograd.where(x, x, x), RuntimeError, "where: condition must be a bool tensor"),
    (lambda x: autograd.isclose(x, x, rtol=-1.0), RuntimeError, "isclose: rtol and atol"),
    (lambda x: autograd.isclose(x, x.double()), RuntimeError, "isclose: input has dtype"),
    (lambda x: autograd.is_nonzero(x), RuntimeError, "is_nonzero: needs a tensor with one element"),
    (lambda x: x.sum(2), IndexError, "sum: dimension out of range: got dim 2 for a tensor with 2 dimensions"),
    (lambda x: x.sum((0, 0)), RuntimeError, r"sum: dim \(0, 0\) names a dimension more than once"),
    (lambda x: x.long().mean(), RuntimeError, "mean: needs a floating dtype, got int64"),
    (lambda x: x.max(5), IndexError, "max: dimension out of range"),
    (lambda x: autograd.zeros(0).max(), RuntimeError, r"max: the tensor of shape \(0,\) has no elements"),
    (lambda x: autograd.zeros(2, 0).max(1), IndexError, "max: dim 1 .* has size 0"),
    (lambda x: autograd.zeros(0).argmax(), IndexError, "argmax: the tensor has no elements"),
    (lambda x: x.softmax(None), TypeError, "softmax.*missing required argument 'dim'"),
    (lambda x: x.long().softmax(0), RuntimeError, "softmax: needs a floating dtype"),
    (lambda x: x.norm("max"), RuntimeError, "norm: p must be a number, 'fro' or 'nuc'"),
    (lambda x: x.flatten().norm("nuc"), RuntimeError, "norm: 'nuc' is of matrices"),
    (lambda x: x.norm([2]), TypeError, "norm: p must be"),
    (lambda x: x.long().norm(), RuntimeError, "norm: needs a floating dtype"),
    (lambda x: x.long().renorm(2, 0, 1.0), RuntimeError, "renorm: needs a floating dtype"),
    (lambda x: x.long().histc(), RuntimeError, "histc: needs a floating dtype"),
    (lambda x: x.long().quantile(0.5), RuntimeError, "quantile: needs a floating dtype"),
    (lambda x: autograd.trapezoid(x > 2), RuntimeError, "trapezoid: is not defined for bool"),
    (lambda x: autograd.xlogy(1.0, 2.0), TypeError, "xlogy: expected a Tensor"),
    (lambda x: x.add_(x, alpha="red"), TypeError, "alpha|can't multiply|red"),
    (lambda x: x.renorm(-1, 0, 1.0), RuntimeError, "renorm: p must be positive"),
    (lambda x: x.kthvalue(9), RuntimeError, "kthvalue: k must be from 1 to 3"),
    (lambda x: x.quantile(1.5), RuntimeError, r"quantile: q must lie in \[0, 1\]"),
    (lambda x: x.quantile(tensor([0.5]).double()), RuntimeError, "quantile: q must be a number"),
    (lambda x: autograd.zeros(0).quantile(0.5), RuntimeError, "quantile: the input .* has no elements"),
    (lambda x: x.histc(0), RuntimeError, "histc: bins must be positive"),
    (lambda x: autograd.bincount(tensor([-1])), RuntimeError, "bincount: needs a 1-d tensor"),
    (lambda x: autograd.bincount(tensor([1]), minlength=-1), RuntimeError, "bincount: minlength"),
    (lambda x: autograd.cov(x, fweights=tensor([1, 2])), RuntimeError, "cov: fweights has shape"),
    (lambda x: x.diff(prepend=tensor(1.0)), RuntimeError, "diff: prepend and append need 2 dimensions"),
    (lambda x: x.diff(prepend=1.0), TypeError, "diff: prepend and append must be Tensors"),
    (lambda x: autograd.trapezoid(x, tensor([1.0, 2.0])), RuntimeError, "trapezoid: y has 3 points"),
    (lambda x: autograd.trapezoid("red"), TypeError, "trapezoid"),
    (lambda x: x.cumsum(0, dtype=autograd.float64).cumsum_(0, dtype=autograd.float32), RuntimeError, "cumsum_: dtype must be"),
    (lambda x: x.float_power_(2), RuntimeError, "float_power_: the result is float64"),
    (lambda x: x[0].trace(), RuntimeError, "trace: needs a matrix"),
    (lambda x: autograd.polygamma(-1, x), RuntimeError, "polygamma: n must not be negative"),
    (lambda x: autograd.exp("red"), TypeError, "exp: operands must be tensors"),
    (lambda x: autograd.sum("red"), TypeError, r"sum\(\): argument 'input' \(position 1\) must be Tensor, not str"),
    (lambda x: x.sum(colour=1), TypeError, r"sum\(\) got an unexpected keyword argument 'colour'"),
    (lambda x: autograd.fmax(x, autograd.ones(4)), RuntimeError, r"fmax: shapes \(2, 3\) and \(4,\) do not broadcast"),
]


@pytest.mark.parametrize(("call", "error", "message"), WRONG, ids=[str(k) for k in range(len(WRONG))])
def test_wrong_calls_say_what_is_required(call, error, message):
    with pytest.raises(error, match=message):
        call(tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))


def test_half_precision_is_added_up_in_single():
    ones = autograd.ones(70_000, dtype=autograd.float16)
    assert ones.mean().item() == 1.0
    assert (ones * autograd.tensor([1.0, -1.0]).half().repeat(35_000)).var().item() == 1.0
    assert ones[:3000].sum().item() == 3000.0
    assert ones.sum().dtype == autograd.float16
