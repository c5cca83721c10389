"""The classes of silently wrong gradients that libraries have shipped, each with a test named after it.

Expected values are worked out by hand or by an independent formula, never taken from this library.
"""

import math

import numpy as np
import pytest

import autograd
from autograd import tensor
from autograd.autograd import grad
from autograd.errors import NotDifferentiable

INF, NAN = math.inf, math.nan


def leaf(data, dtype=autograd.float64):
    return tensor(data, dtype=dtype, requires_grad=True)


def gradient(f, *data):
    """The gradients of sum(f(...)) in every argument, as lists."""
    leaves = [leaf(d) for d in data]
    found = grad(f(*leaves).sum(), leaves)
    return found[0].tolist() if len(found) == 1 else [g.tolist() for g in found]


def second(f, data):
    """The derivative of the sum of the gradient of sum(f(x)) in x."""
    x = leaf(data)
    (g,) = grad(f(x).sum(), x, create_graph=True)
    return grad(g.sum(), x)[0].tolist()


# -- products -----------------------------------------------------------------------------------------------------------


def test_prod_with_no_one_two_and_three_zeros():
    assert gradient(lambda x: x.prod(), [2.0, 3.0, 4.0]) == [12.0, 8.0, 6.0]
    assert gradient(lambda x: x.prod(), [2.0, 0.0, 4.0]) == [0.0, 8.0, 0.0]
    assert gradient(lambda x: x.prod(), [0.0, 0.0, 4.0]) == [0.0, 0.0, 0.0]
    assert gradient(lambda x: x.prod(), [0.0, 0.0, 0.0]) == [0.0, 0.0, 0.0]
    rows = [[2.0, 0.0, 4.0], [0.0, 0.0, 5.0], [1.0, 2.0, 3.0]]
    assert gradient(lambda x: x.prod(1), rows) == [[0.0, 8.0, 0.0], [0.0, 0.0, 0.0], [6.0, 3.0, 2.0]]


def test_prod_second_order_with_zeros():
    # d/dx_i of sum_j prod_{k != j} x_k is the sum over j != i of the product without i and j.
    assert second(lambda x: x.prod(), [2.0, 0.0, 4.0]) == [4.0, 6.0, 2.0]
    assert second(lambda x: x.prod(), [0.0, 0.0, 4.0]) == [4.0, 4.0, 0.0]
    assert second(lambda x: x.prod(), [0.0, 0.0, 0.0]) == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("data", [[2.0, 3.0, 4.0], [2.0, 0.0, 4.0], [0.0, 0.0, 4.0], [0.0, 3.0, 0.0]])
def test_cumprod_with_zeros(data):
    expected = [sum(math.prod(v for i, v in enumerate(data[: k + 1]) if i != j) for k in range(j, 3)) for j in range(3)]
    assert gradient(lambda x: x.cumprod(0), data) == expected


def test_cumprod_second_order_with_zeros():
    # sum(cumprod) = a + a b + a b c has the gradient (1 + b + b c, a + a c, a b).
    a, b, c = 2.0, 0.0, 4.0
    assert second(lambda x: x.cumprod(0), [a, b, c]) == [1 + c + b, 1 + c + a, b + a]


# -- ties ---------------------------------------------------------------------------------------------------------------


def test_max_and_min_ties_over_all_share_the_cotangent():
    assert gradient(lambda x: x.max(), [1.0, 3.0, 3.0]) == [0.0, 0.5, 0.5]
    assert gradient(lambda x: x.min(), [2.0, 2.0, 2.0, 5.0]) == [1 / 3, 1 / 3, 1 / 3, 0.0]
    assert gradient(lambda x: x.amax(0), [[1.0, 3.0], [1.0, 0.0]]) == [[0.5, 1.0], [0.5, 0.0]]


def test_max_ties_along_a_dimension_choose_the_returned_index():
    x = leaf([[3.0, 1.0, 3.0]])
    values, indices = x.max(1)
    assert indices.tolist() == [0]
    assert grad(values.sum(), x)[0].tolist() == [[1.0, 0.0, 0.0]]


def test_maximum_and_minimum_ties_are_halved():
    assert gradient(autograd.maximum, [1.0, 2.0], [1.0, 0.0]) == [[0.5, 1.0], [0.5, 0.0]]
    assert gradient(autograd.minimum, [1.0, 2.0], [1.0, 0.0]) == [[0.5, 0.0], [0.5, 1.0]]


def test_median_ties_share_the_cotangent():
    assert gradient(lambda x: x.median(), [2.0, 2.0, 1.0, 3.0, 2.0]) == [1 / 3, 1 / 3, 0.0, 0.0, 1 / 3]


def test_cummax_ties_choose_the_last_index():
    x = leaf([1.0, 1.0, 0.5])
    values, indices = x.cummax(0)
    assert indices.tolist() == [0, 1, 1]
    assert grad(values.sum(), x)[0].tolist() == [1.0, 2.0, 0.0]


def test_clamp_passes_the_cotangent_on_its_limits():
    assert gradient(lambda x: x.clamp(-1.0, 1.0), [-2.0, -1.0, 0.0, 1.0, 2.0]) == [0.0, 1.0, 1.0, 1.0, 0.0]


# -- at zero ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [1, 1.5, 2, 3, INF])
def test_norm_at_0_has_the_subgradient_0(p):
    assert gradient(lambda x: x.norm(p), [0.0, 0.0]) == [0.0, 0.0]


def test_norm_of_one_row_at_0_leaves_the_others_alone():
    found = gradient(lambda x: x.norm(dim=1), [[0.0, 0.0], [3.0, 4.0]])
    assert np.allclose(found, [[0.0, 0.0], [0.6, 0.8]], rtol=1e-15)


def test_std_of_equal_elements_has_the_gradient_0():
    assert gradient(lambda x: x.std(), [2.0, 2.0, 2.0]) == [0.0, 0.0, 0.0]
    found = gradient(lambda x: x.std(1), [[1.0, 1.0], [1.0, 3.0]])
    assert np.allclose(found, [[0.0, 0.0], [-math.sqrt(0.5), math.sqrt(0.5)]])


def test_sqrt_at_0_is_infinite_and_says_so():
    assert gradient(lambda x: x.sqrt(), [0.0, 4.0]) == [INF, 0.25]


def test_abs_and_relu_and_sign_at_0():
    for f in (autograd.abs, autograd.relu, autograd.sign):
        assert gradient(f, [0.0, -0.0]) == [0.0, 0.0]


def test_sinc_at_0_to_the_third_order():
    x = leaf(0.0)
    (first,) = grad(autograd.sinc(x), x, create_graph=True)
    (twice,) = grad(first, x, create_graph=True)
    (third,) = grad(twice, x)
    assert (first.item(), third.item()) == (0.0, 0.0)
    assert twice.item() == pytest.approx(-(math.pi**2) / 3, rel=1e-15)


def test_sinc_near_0_keeps_its_digits():
    # The textbook derivative (cos(pi x) pi x - sin(pi x)) / (pi x**2) has five digits left here.
    (found,) = gradient(autograd.sinc, [1e-5])
    assert found == pytest.approx(-(math.pi**2) / 3 * 1e-5, rel=1e-9)


def test_atan2_at_the_origin():
    assert gradient(autograd.atan2, [0.0, 1.0], [0.0, 0.0]) == [[0.0, 0.0], [0.0, -1.0]]


def test_xlogy_at_0():
    assert gradient(autograd.xlogy, [0.0, 0.0], [2.0, 0.0])[0] == [math.log(2.0), 0.0]
    assert autograd.xlogy(tensor([0.0, 0.0]), tensor([0.0, NAN]))[0].item() == 0.0


# -- powers -------------------------------------------------------------------------------------------------------------


def test_pow_at_base_0_and_integer_exponents():
    for exponent, expected in [(0, 0.0), (1, 1.0), (2, 0.0), (3, 0.0), (2.0, 0.0), (1.0, 1.0)]:
        assert gradient(lambda x, n=exponent: x**n, [0.0]) == [expected], exponent
    exponents = tensor([0.0, 1.0, 2.0, 3.0], dtype=autograd.float64)
    assert gradient(lambda x: x**exponents, [0.0] * 4) == [0.0, 1.0, 0.0, 0.0]


def test_pow_of_negative_bases():
    assert gradient(lambda x: x**3, [-2.0]) == [12.0]
    assert gradient(lambda x: x**2, [-2.0]) == [-4.0]
    assert gradient(lambda x: x**-1, [-2.0]) == [-0.25]
    exponents = tensor([3.0, 2.0], dtype=autograd.float64)
    assert gradient(lambda x: x**exponents, [-2.0, -2.0]) == [12.0, -4.0]


def test_pow_in_its_exponent_at_base_0():
    assert gradient(lambda y: 0.0**y, [0.0, 1.0, 2.0]) == [0.0, 0.0, 0.0]
    base = tensor([0.0, 0.0, 2.0], dtype=autograd.float64)
    assert gradient(lambda y: base**y, [0.0, 1.0, 1.0]) == [0.0, 0.0, 2.0 * math.log(2.0)]


def test_pow_second_order_at_base_0():
    assert second(lambda x: x**2, [0.0]) == [2.0]
    assert second(lambda x: x**3, [0.0]) == [0.0]
    assert second(lambda x: x**1, [0.0]) == [0.0]


# -- branches that were not taken -----------------------------------------------------------------------------------------


def test_where_with_nan_and_inf_in_the_dead_branch():
    def safe_log(x):
        return autograd.where(x > 0, autograd.where(x > 0, x, 1.0).log(), 0.0)

    assert gradient(safe_log, [0.0, -1.0, 2.0]) == [0.0, 0.0, 0.5]
    dead = tensor([NAN, INF], dtype=autograd.float64)
    assert gradient(lambda x: autograd.where(tensor([True, True]), x, dead), [1.0, 2.0]) == [1.0, 1.0]


def test_where_sends_no_infinite_cotangent_into_the_dead_branch():
    x = leaf([0.0, 4.0])
    y = autograd.where(x > 0, x, 0.0) * tensor([INF, 1.0], dtype=autograd.float64)
    assert grad(y[1], x)[0].tolist() == [0.0, 1.0]


def test_nan_to_num_passes_nothing_where_it_replaces():
    assert gradient(autograd.nan_to_num, [NAN, INF, -INF, 2.0]) == [0.0, 0.0, 0.0, 1.0]


# -- exponentials far out -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [autograd.float32, autograd.float64])
def test_softmax_and_logsumexp_at_1e4(dtype):
    x = leaf([1e4, 1e4, -1e4], dtype)
    assert x.softmax(0).tolist() == [0.5, 0.5, 0.0]
    assert x.log_softmax(0).tolist() == pytest.approx([-math.log(2), -math.log(2), -2e4 - math.log(2)], rel=1e-6)
    assert grad(x.logsumexp(0), x)[0].tolist() == pytest.approx([0.5, 0.5, 0.0], rel=1e-3)
    assert grad(x.softmax(0)[0], x)[0].tolist() == [0.25, -0.25, 0.0]
    assert grad(x.log_softmax(0)[0], x)[0].tolist() == [0.5, -0.5, 0.0]


def test_softmax_and_logsumexp_with_minus_inf():
    assert gradient(lambda x: x.logsumexp(0), [-INF, 0.0, 0.0]) == [0.0, 0.5, 0.5]
    assert gradient(lambda x: x.softmax(0)[1], [-INF, 0.0, 0.0]) == [0.0, 0.25, -0.25]
    assert gradient(lambda x: x.log_softmax(0)[1], [-INF, 0.0, 0.0]) == [0.0, 0.5, -0.5]


def test_logsumexp_of_a_row_of_minus_inf():
    x = leaf([[-INF, -INF], [0.0, 0.0]])
    y = x.logsumexp(1)
    assert y.tolist() == [-INF, math.log(2)]
    assert grad(y[1], x)[0].tolist() == [[0.0, 0.0], [0.5, 0.5]]


def test_logcumsumexp_after_minus_inf():
    assert gradient(lambda x: x.logcumsumexp(0)[-1], [-INF, 0.0, 0.0]) == [0.0, 0.5, 0.5]


def test_logaddexp_of_equal_infinities():
    assert gradient(autograd.logaddexp, [-INF, 0.0], [0.0, 0.0]) == [[0.0, 0.5], [1.0, 0.5]]


def test_tanh_and_sigmoid_in_their_tails():
    # 1 - tanh(20)**2 and 1 - sigmoid(40) are 0 in float64; the derivatives are not.
    assert gradient(autograd.tanh, [20.0])[0] == pytest.approx(4 * math.exp(-40), rel=1e-14)
    assert gradient(autograd.sigmoid, [40.0])[0] == pytest.approx(math.exp(-40), rel=1e-14)
    assert gradient(autograd.sigmoid, [-800.0, 800.0]) == [0.0, 0.0]


# -- memory layouts and sharing -------------------------------------------------------------------------------------------


def layouts():
    x = np.arange(1.0, 13.0).reshape(3, 4)
    yield "expanded", tensor(x[:1]).expand(3, 4)
    yield "strided", tensor(np.repeat(x, 2, axis=1))[:, ::2]
    yield "transposed", tensor(x.T.copy()).mT
    yield "fortran", autograd.from_numpy(np.asfortranarray(x))
    yield "reversed", autograd.from_numpy(x[::-1, ::-1])


@pytest.mark.parametrize(("name", "x"), list(layouts()), ids=[n for n, _ in layouts()])
@pytest.mark.parametrize(
    "f", [lambda x: x.exp().sum(0), lambda x: x.prod(1), lambda x: x.cumsum(1), lambda x: x.softmax(0), lambda x: x.max(1)[0]]
)
def test_expanded_strided_and_fortran_inputs(name, x, f):
    plain = x.contiguous().clone().requires_grad_()
    other = x.detach().requires_grad_()
    wanted, found = f(plain), f(other)
    assert wanted.tolist() == found.tolist()
    assert grad(wanted.square().sum(), plain)[0].tolist() == grad(found.square().sum(), other)[0].tolist()


def test_two_leaves_never_share_a_gradient_buffer():
    x, y = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    (x + y).sum().backward()
    x.grad.mul_(10.0)
    assert y.grad.tolist() == [1.0, 1.0]
    z = leaf([1.0, 2.0])
    cotangent = tensor([1.0, 1.0], dtype=autograd.float64)
    (z + 0.0).backward(cotangent)
    z.grad.mul_(10.0)
    assert cotangent.tolist() == [1.0, 1.0]


def test_diamond_graphs_count_every_path_once():
    # y = (2 x) (3 x) + 2 x: dy/dx = 12 x + 2.
    x = leaf(5.0)
    a, b = x * 2, x * 3
    assert grad(a * b + a, x)[0].item() == 62.0


def test_one_parent_twice():
    assert gradient(lambda x: x * x, [3.0]) == [6.0]
    assert gradient(lambda x: x - x, [3.0]) == [0.0]
    assert gradient(lambda x: x / x, [3.0]) == [0.0]
    assert gradient(lambda x: autograd.maximum(x, x), [3.0]) == [1.0]
    assert gradient(lambda x: x + x, [3.0]) == [2.0]


# -- operands -------------------------------------------------------------------------------------------------------------


def test_reflected_operators():
    assert gradient(lambda x: 2.0 - x, [4.0]) == [-1.0]
    assert gradient(lambda x: 2 / x, [4.0]) == [-0.125]
    assert gradient(lambda x: 2**x, [3.0]) == pytest.approx([8 * math.log(2)], rel=1e-15)
    assert gradient(lambda x: 7.5 % x, [2.0]) == [-3.0]
    assert gradient(lambda x: 7 // x, [2.0]) == [0.0]
    assert (2 - tensor([1, 2])).tolist() == [1, 0]
    assert (1 / tensor([2, 4])).tolist() == [0.5, 0.25]


@pytest.mark.parametrize("scalar", [np.float32(2.0), np.float64(2.0), np.int64(2)])
def test_numpy_scalars_on_the_left(scalar):
    x = leaf([1.0, 4.0], autograd.float32)
    for f, values, derivatives in [
        (lambda: scalar * x, [2.0, 8.0], [2.0, 2.0]),
        (lambda: scalar - x, [1.0, -2.0], [-1.0, -1.0]),
        (lambda: scalar / x, [2.0, 0.5], [-2.0, -0.125]),
        (lambda: scalar + x, [3.0, 6.0], [1.0, 1.0]),
    ]:
        y = f()
        assert isinstance(y, autograd.Tensor)
        assert y.tolist() == values
        assert y.dtype == autograd.float32
        assert grad(y.sum(), x)[0].tolist() == derivatives


def test_numpy_arrays_on_the_left_stay_in_the_graph():
    x = leaf([1.0, 4.0])
    y = np.array([2.0, 3.0]) * x
    assert grad(y.sum(), x)[0].tolist() == [2.0, 3.0]


FLOAT32 = [
    lambda x: x * 2, lambda x: x * 0.5, lambda x: 2.0 - x, lambda x: 1 / x, lambda x: 2**x, lambda x: x**2, lambda x: x**2.5,
    lambda x: x.mean(), lambda x: x.std(), lambda x: x.var(0), lambda x: x.norm(), lambda x: x.norm(3), lambda x: x.erf(),
    lambda x: x.lgamma(), lambda x: x.softmax(0), lambda x: x.logsumexp(0), lambda x: x.clamp(0.5, 1.0),
    lambda x: x.lerp(x * x, 0.3),
    lambda x: autograd.where(x > 0.5, x, 1.0), lambda x: x.exp2(), lambda x: x.logit(1e-3), lambda x: autograd.xlogy(x, 2.0),
    lambda x: autograd.xlogy(2.0, x), lambda x: autograd.special.ndtr(x), lambda x: autograd.special.xlog1py(x, 3.0),
    lambda x: x.cumprod(0), lambda x: x.logcumsumexp(0), lambda x: x.prod(), lambda x: x.sinc(), lambda x: x.digamma(),
    lambda x: x.i0(),
    lambda x: x.renorm(2, 0, 1.0), lambda x: x.quantile(0.3), lambda x: x.median(), lambda x: autograd.cov(x),
    lambda x: x.deg2rad(),
    lambda x: x.hypot(x), lambda x: x.atan2(x), lambda x: x.maximum(x * x), lambda x: x.sigmoid(), lambda x: x.tanh(),
    lambda x: x.copysign(-1.0), lambda x: x.frac(), lambda x: x.round(decimals=1), lambda x: x.fmod(0.3), lambda x: x.rsqrt(),
]  # fmt: skip


@pytest.mark.parametrize("k", range(len(FLOAT32)))
def test_float32_never_drifts_to_float64(k):
    x = tensor([[0.25, 0.75], [0.5, 0.9]], requires_grad=True)
    y = FLOAT32[k](x)
    assert y.dtype == autograd.float32
    (g,) = grad(y.sum(), x, create_graph=True)
    assert g.dtype == autograd.float32
    if g.requires_grad:
        assert grad(g.sum(), x)[0].dtype == autograd.float32


def test_integer_tensors_promote_and_never_require_a_gradient():
    n = tensor([1, 2, 3])
    assert (n / 2).dtype == n.exp().dtype == (n * 0.5).dtype == autograd.float32
    assert (n * 2).dtype == n.sum().dtype == autograd.int64
    assert tensor([200], dtype=autograd.uint8).sum().item() == 200
    assert tensor([200, 100], dtype=autograd.uint8).sum().item() == 300
    with pytest.raises(RuntimeError, match="floating"):
        n.requires_grad_()
    x = leaf([1.0, 2.0, 3.0])
    assert grad((x * n).sum(), x)[0].tolist() == [1.0, 2.0, 3.0]


def test_0_d_results_are_tensors_with_gradients():
    x = leaf([1.0, 2.0])
    for y in (x.sum(), x.mean(), x[0], x.max(), x @ x, x.norm(), x.prod()):
        assert isinstance(y, autograd.Tensor)
        assert y.shape == ()
        assert grad(y, x)[0].shape == (2,)
    y = x.sum() * x.sum()
    assert grad(y, x)[0].tolist() == [6.0, 6.0]


def test_a_0_d_tensor_does_not_widen_a_matrix():
    x = tensor([1.0, 2.0], requires_grad=True)
    y = x * tensor(2.0, dtype=autograd.float64)
    assert y.dtype == autograd.float32
    assert grad(y.sum(), x)[0].dtype == autograd.float32


# -- NumPy functions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("f", [np.fft.fft, np.interp, np.unwrap, np.gradient, np.convolve, np.spacing, np.frexp])
def test_a_numpy_function_without_a_derivative_raises(f):
    x = leaf([1.0, 2.0, 3.0])
    arguments = {np.interp: (x, [0.0, 1.0], [0.0, 1.0]), np.convolve: (x, [1.0, 2.0])}.get(f, (x,))
    with pytest.raises(NotDifferentiable, match="no derivative"):
        f(*arguments)


def test_a_rounding_that_is_flat_is_not_an_identity():
    for f in (autograd.floor, autograd.ceil, autograd.round, autograd.trunc):
        assert gradient(f, [1.2, -0.7]) == [0.0, 0.0]
    assert gradient(autograd.frac, [1.2, -0.7]) == [1.0, 1.0]
