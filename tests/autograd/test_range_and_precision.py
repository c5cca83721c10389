"""Numbers at the edges of what a dtype can hold: long sums, half precision, squares that overflow, slopes far out."""

import math

import numpy as np
import pytest

import autograd
import nn.functional as F

ROWS = 200_000


@pytest.mark.parametrize(
    "shape, dim", [((ROWS, 3), 0), ((ROWS, 2, 2), 0), ((2, ROWS, 3), 1), ((2, ROWS), 1), ((ROWS, 3), None), ((3, ROWS), -1)]
)
@pytest.mark.parametrize("turned", [False, True])
def test_long_sums_of_float32_keep_their_digits(shape, dim, turned):
    x = np.full(shape[::-1] if turned else shape, 0.1, np.float32)
    x = x.transpose() if turned else x
    t = autograd.from_numpy(x)
    exact = np.add.reduce(x.astype(np.float64), axis=dim)
    np.testing.assert_allclose(t.sum(dim).numpy() if dim is not None else t.sum().item(), exact, rtol=2e-5)
    np.testing.assert_allclose(np.asarray(t.mean(dim) if dim is not None else t.mean()), 0.1, rtol=2e-5)
    if dim is not None:
        np.testing.assert_allclose(t.cumsum(dim).numpy().take(-1, dim), exact, rtol=1e-6)
        assert float(t.var(dim).max()) < 1e-10


def test_the_gradient_of_a_bias_is_a_long_sum():
    bias, weight = autograd.zeros(3, requires_grad=True), autograd.zeros(3, 2, requires_grad=True)
    F.linear(autograd.full((ROWS, 2), 0.1), weight, bias).backward(autograd.full((ROWS, 3), 0.1))
    np.testing.assert_allclose(bias.grad.numpy(), ROWS * np.float64(np.float32(0.1)), rtol=2e-5)
    scale = autograd.zeros(3, requires_grad=True)
    (autograd.full((ROWS, 3), 0.1) * scale).sum().backward()
    np.testing.assert_allclose(scale.grad.numpy(), ROWS * np.float64(np.float32(0.1)), rtol=2e-5)


ONES = autograd.ones(5000)
HALF = {
    "norm": lambda x: x.norm(),
    "norm 3": lambda x: x.norm(3),
    "vector_norm": lambda x: autograd.linalg.vector_norm(x),
    "dist": lambda x: x.dist(x * 0),
    "pairwise_distance": lambda x: F.pairwise_distance(x[None], x[None] * 0),
    "cosine_similarity": lambda x: F.cosine_similarity(x * 8, x, dim=0),
    "normalize": lambda x: F.normalize(x * 8, dim=0),
    "cumsum": lambda x: x.cumsum(0),
    "cumprod": lambda x: (x * 1.002).cumprod(0)[:100],
    "prod": lambda x: (x[:60] * 1.125).prod(),
    "logsumexp": lambda x: x.logsumexp(0),
    "logcumsumexp": lambda x: x.logcumsumexp(0),
    "sum": lambda x: (x * 3).sum(),
    "mean": lambda x: (x * 100).mean(),
    "var": lambda x: x.var(),
    "scatter_add": lambda x: autograd.zeros(2, dtype=x.dtype).scatter_add(0, autograd.zeros(5000, dtype=autograd.int64), x),
    "index_add": lambda x: autograd.zeros(2, dtype=x.dtype).index_add(0, autograd.zeros(5000, dtype=autograd.int64), x),
    "index_put": lambda x: autograd.zeros(2, dtype=x.dtype).index_put(
        (autograd.zeros(5000, dtype=autograd.int64),), x, accumulate=True
    ),
    "avg_pool": lambda x: F.avg_pool1d(x[None] * 100, 2500),
    "adaptive_avg_pool": lambda x: F.adaptive_avg_pool1d(x[None] * 100, 2),
    "lp_pool": lambda x: F.lp_pool1d(x[None] * 100, 2, 500),
    "softmax": lambda x: x.softmax(0),
    "mse_loss": lambda x: F.mse_loss(x * 100, x * 0 + 1),
}


@pytest.mark.parametrize("name", HALF)
def test_half_precision_adds_up_in_single_precision(name):
    """Where the true result is a float16, the one that is found is at most a few roundings away, and so is its gradient."""
    found = []
    for dtype in (autograd.float16, autograd.float64):
        x = ONES.to(dtype).requires_grad_()
        y = HALF[name](x)
        assert y.dtype == dtype
        y.sum().backward() if y.ndim == 0 else y[-1].sum().backward()
        found.append((y.detach().double().numpy(), x.grad.double().numpy()))
    np.testing.assert_allclose(found[0][0], found[1][0], rtol=8e-3, atol=1e-6)
    np.testing.assert_allclose(found[0][1], found[1][1], rtol=2e-2, atol=1e-6)


@pytest.mark.parametrize("size", [1e25, 1e36, 1e-25, 1e-38, 1.0])
def test_the_standard_deviation_of_numbers_whose_squares_leave_the_range(size):
    x = autograd.tensor([1.0, 3.0, 8.0], dtype=autograd.float64)
    y = (x * size).float().requires_grad_()
    for deviation in (y.std(), autograd.std_mean(y)[0], y.std(0, correction=0) * math.sqrt(1.5)):
        assert deviation.item() == pytest.approx(x.std().item() * size, rel=1e-5)
    y.std().backward()
    x.requires_grad_()
    x.std().backward()
    np.testing.assert_allclose(y.grad.numpy(), x.grad.numpy(), rtol=1e-5)


@pytest.mark.parametrize("value", [0.0, 1e4, -1e4, math.inf, -math.inf])
@pytest.mark.parametrize("name", ["logaddexp", "logaddexp2"])
def test_two_equal_operands_share_the_gradient_of_logaddexp(name, value):
    x, y = (autograd.tensor(value, requires_grad=True) for _ in range(2))
    getattr(autograd, name)(x, y).backward()
    assert x.grad.item() == y.grad.item() == 0.5


def test_the_gradient_of_logsumexp_is_not_made_up():
    x = autograd.tensor([[math.inf, 1.0], [math.nan, 1.0], [-math.inf, 1.0], [-math.inf, -math.inf]], requires_grad=True)
    x.logsumexp(1).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [[math.nan, 0], [math.nan, math.nan], [0, 1], [0, 0]])


def test_products_that_overflow_beside_a_zero():
    x = autograd.tensor([1e30, 1e30, 0.0, 5.0], requires_grad=True)
    x.prod().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [0, 0, math.inf, 0])
    x = autograd.tensor([0.0, 0.0, 1e30, 1e30], requires_grad=True)
    x.cumprod(0).sum().backward()
    assert not np.isnan(x.grad.numpy()).any()


@pytest.mark.parametrize("name, slope", [("elu", 1.0), ("celu", 1.0), ("selu", 1.0507009873554805 * 1.6732632423543772)])
@pytest.mark.parametrize("dtype", [autograd.float32, autograd.float64])
def test_the_slope_far_out_on_the_left_is_an_exponential(name, slope, dtype):
    x = autograd.tensor([-20.0, -40.0, -80.0, math.nan, 3.0], dtype=dtype, requires_grad=True)
    y = getattr(F, name)(x)
    (g,) = autograd.grad(y.sum(), x, create_graph=True)
    np.testing.assert_allclose(g.detach().numpy()[:3], slope * np.exp([-20.0, -40.0, -80.0]), rtol=1e-5)
    assert math.isnan(y[3].item())
    (h,) = autograd.grad(g.sum(), x)
    np.testing.assert_allclose(h.numpy()[:3], slope * np.exp([-20.0, -40.0, -80.0]), rtol=1e-5)
    assert h[4].item() == 0


def test_the_second_derivative_of_binary_cross_entropy_where_input_equals_target():
    x = autograd.tensor([0.0, 1.0, 0.3], dtype=autograd.float64, requires_grad=True)
    y = autograd.tensor([0.0, 1.0, 0.2], dtype=autograd.float64)
    (g,) = autograd.grad(F.binary_cross_entropy(x, y, reduction="sum"), x, create_graph=True)
    (h,) = autograd.grad(g.sum(), x)
    np.testing.assert_allclose(h.numpy(), [0, 0, (0.09 - 0.12 + 0.2) / 0.21**2], rtol=1e-12)  # as in PyTorch at 0 and 1


def test_threshold_keeps_nan():
    assert math.isnan(F.threshold(autograd.tensor(math.nan), 1.0, 2.0).item())


NORMS = {
    "norm": lambda x: x.norm(),
    "rows": lambda x: x.norm(dim=1).sum(),
    "frobenius": autograd.linalg.matrix_norm,
    "nuclear": lambda x: autograd.linalg.matrix_norm(x, "nuc"),
    "spectral": lambda x: autograd.linalg.matrix_norm(x, 2),
    "svdvals": lambda x: autograd.linalg.svdvals(x).sum(),
    "std": lambda x: x.std(),
}


@pytest.mark.parametrize("name", NORMS)
@pytest.mark.parametrize(
    "dtype, size",
    [(autograd.float32, s) for s in (1e-25, 1e-15, 1e15, 1e25)] + [(autograd.float64, 1e-200), (autograd.float64, 1e200)],
)
def test_norms_and_their_derivatives_do_not_depend_on_the_scale(name, dtype, size):
    """f(s x) = s f(x): the gradients are equal, and the Hessian shrinks by s."""
    x = autograd.tensor(np.random.default_rng(0).standard_normal((3, 3)))
    f = NORMS[name]
    small = (x * size).to(dtype)
    value, gradient = f(x), autograd.func.grad(f)(x)
    assert f(small).item() == pytest.approx(value.item() * size, rel=1e-5)
    np.testing.assert_allclose(autograd.func.grad(f)(small).numpy(), gradient.numpy(), rtol=2e-4, atol=1e-5)
    hessian = autograd.func.hessian(f)(small).numpy().astype(np.float64) * size
    np.testing.assert_allclose(hessian, autograd.func.hessian(f)(x).numpy(), rtol=1e-3, atol=1e-4)


def test_a_running_logsumexp_passes_nothing_to_what_has_no_weight():
    x = autograd.tensor([-math.inf, 1.0, -math.inf, 2.0], requires_grad=True)
    x.logcumsumexp(0)[1:].sum().backward()
    assert x.grad[0].item() == x.grad[2].item() == 0
    np.testing.assert_allclose(x.grad.sum().item(), 3.0, rtol=1e-6)


def test_every_long_sum_of_float32_keeps_its_digits():
    """A million rows of 0.1: one sum after the other would be off in the third digit."""
    n = 1_000_000
    x = np.full((n, 3), 0.1, np.float32)
    at, rows = autograd.zeros(n, dtype=autograd.int64), autograd.zeros(n, 3, dtype=autograd.int64)
    sums = {
        "index_add": lambda x: autograd.zeros(2, 3, dtype=x.dtype).index_add(0, at, x)[0],
        "scatter_add": lambda x: autograd.zeros(2, 3, dtype=x.dtype).scatter_add(0, rows, x)[0],
        "scatter_reduce": lambda x: autograd.zeros(2, 3, dtype=x.dtype).scatter_reduce(0, rows, x, "sum")[0],
        "index_put": lambda x: autograd.zeros(2, 3, dtype=x.dtype).index_put((at,), x, accumulate=True)[0],
        "many places": lambda x: autograd.zeros(n, 3, dtype=x.dtype).index_add(0, at, x)[0],
        "matmul": lambda x: x.T @ autograd.ones(n, 3, dtype=x.dtype),
        "mv": lambda x: x.T @ autograd.ones(n, dtype=x.dtype),
        "dot": lambda x: x[:, 0] @ autograd.ones(n, dtype=x.dtype),
        "einsum": lambda x: autograd.einsum("ij,i->j", x, autograd.ones(n, dtype=x.dtype)),
        "avg_pool": lambda x: F.avg_pool1d(x[:100_000].T, 100_000) * n,
        "adaptive": lambda x: F.adaptive_avg_pool1d(x.T, 1) * n,
        "embedding_bag": lambda x: F.embedding_bag(autograd.arange(n)[None], x) * n,
        "batch_norm": lambda x: _batch_mean(x) * n,
        "layer_norm": lambda x: autograd.standardize(x.T, axis=(-1,), eps=1e-5)[1] * n,
        "group_norm": lambda x: autograd.standardize(x.T.reshape(1, 3, n), axis=(0, 2), eps=1e-5)[1] * n,
        "logsumexp": lambda x: x.logsumexp(0).exp() * 0.1 / np.exp(np.float32(0.1)),
        "logcumsumexp": lambda x: x.logcumsumexp(0)[-1].exp() * 0.1 / np.exp(np.float32(0.1)),
        "mse_loss": lambda x: F.mse_loss(x, x * 0) * n * 10,
        "trapezoid": lambda x: autograd.trapezoid(x, dim=0),
    }
    for name, f in sums.items():
        np.testing.assert_allclose(f(autograd.from_numpy(x)).numpy(), 100_000, rtol=5e-5, err_msg=name)
    whole = autograd.full((2, 3), 0.1, requires_grad=True)
    gradients = {
        "item": lambda w: w[at],
        "column": lambda w: w[:, at],
        "gather": lambda w: w.gather(0, rows),
        "index_select": lambda w: w.index_select(1, at),
        "embedding": lambda w: F.embedding(at, w),
        "expand": lambda w: w[:1].expand(n, 3),
        "broadcast": lambda w: w[0] + autograd.zeros(n, 3),
        "interpolate": lambda w: F.interpolate(w[None, :, :1], n),
        "conv bias": lambda w: F.conv1d(autograd.zeros(n, 3, 1), autograd.zeros(3, 3, 1), w[0]),
    }
    for name, f in gradients.items():
        y = f(whole)
        (g,) = autograd.grad(y, whole, autograd.full(tuple(y.shape), 0.1))
        np.testing.assert_allclose(g.numpy().max(), 100_000, rtol=5e-5, err_msg=name)


def _batch_mean(x):
    mean = autograd.zeros(3)
    F.batch_norm(x, mean, autograd.ones(3), training=True, momentum=1.0)
    return mean
