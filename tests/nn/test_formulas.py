"""The field's seven tables of formulas, against closed forms written out in NumPy: activations, losses, normalizations,
initialisations, dropout, residual connections, softmax."""

import math
import warnings

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F
from autograd import float64, tensor

X = np.array([-30.0, -3.0, -1.0, -0.3, 0.2, 0.7, 1.5, 4.0, 30.0])


def erf(x):
    return np.vectorize(math.erf)(x)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def value_and_slope(f, x):
    t = tensor(x, requires_grad=True)
    y = f(t)
    y.sum().backward()
    return y.detach().numpy(), t.grad.numpy()


# -- activations: value and derivative ----------------------------------------------------------------------------

S, T = sigmoid(X), np.tanh(X)
PHI, DENSITY = (1 + erf(X / math.sqrt(2))) / 2, np.exp(-X * X / 2) / math.sqrt(2 * math.pi)
ALPHA, SCALE = 1.6732632423543772848170429916717, 1.0507009873554804934193349852946
ACTIVATIONS = {
    "sigmoid": (F.sigmoid, S, S * (1 - S)),
    "tanh": (F.tanh, T, 1 / np.cosh(X) ** 2),
    "relu": (F.relu, np.maximum(X, 0), X > 0),
    "leaky_relu": (lambda x: F.leaky_relu(x, 0.1), np.where(X > 0, X, 0.1 * X), np.where(X > 0, 1, 0.1)),
    "elu": (lambda x: F.elu(x, 0.5), np.where(X > 0, X, 0.5 * np.expm1(X)), np.where(X > 0, 1, 0.5 * np.exp(X))),
    "selu": (F.selu, SCALE * np.where(X > 0, X, ALPHA * np.expm1(X)), SCALE * np.where(X > 0, 1, ALPHA * np.exp(X))),
    "celu": (lambda x: F.celu(x, 2.0), np.where(X > 0, X, 2 * np.expm1(X / 2)), np.where(X > 0, 1, np.exp(X / 2))),
    "gelu": (F.gelu, X * PHI, PHI + X * DENSITY),
    "silu": (F.silu, X * S, S * (1 + X * (1 - S))),
    "softplus": (F.softplus, np.log1p(np.exp(-np.abs(X))) + np.maximum(X, 0), S),
    "mish": (F.mish, X * np.tanh(np.logaddexp(X, 0)), None),
    "softsign": (F.softsign, X / (1 + abs(X)), 1 / (1 + abs(X)) ** 2),
    "hardtanh": (F.hardtanh, np.clip(X, -1, 1), (X > -1) & (X < 1)),
    "hardsigmoid": (F.hardsigmoid, np.clip(X / 6 + 0.5, 0, 1), ((X > -3) & (X < 3)) / 6),
    "hardswish": (F.hardswish, X * np.clip(X / 6 + 0.5, 0, 1), None),
    "logsigmoid": (F.logsigmoid, -np.logaddexp(-X, 0), sigmoid(-X)),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation(name):
    f, value, slope = ACTIVATIONS[name]
    y, dy = value_and_slope(f, X)
    np.testing.assert_allclose(y, value, rtol=1e-12, atol=1e-14)
    if slope is not None:
        np.testing.assert_allclose(dy, slope, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_is_finite_at_its_ends(name):
    for dtype in (np.float32, np.float64):
        y, dy = value_and_slope(ACTIVATIONS[name][0], np.array([-1e4, -100.0, 0.0, 100.0, 1e4], dtype))
        assert np.isfinite(y).all()
        assert np.isfinite(dy).all()
        assert y.dtype == dy.dtype == dtype


# -- softmax ------------------------------------------------------------------------------------------------------


def test_softmax_its_jacobian_and_its_shift():
    z = np.array([0.3, -1.2, 2.0])
    p = np.exp(z) / np.exp(z).sum()
    t = tensor(z, requires_grad=True)
    jacobian = np.stack([autograd.autograd.grad(F.softmax(t, 0)[k], t)[0].numpy() for k in range(3)])
    np.testing.assert_allclose(jacobian, np.diag(p) - np.outer(p, p), rtol=1e-12)
    log_jacobian = np.stack([autograd.autograd.grad(F.log_softmax(t, 0)[k], t)[0].numpy() for k in range(3)])
    np.testing.assert_allclose(log_jacobian, np.eye(3) - p, rtol=1e-12)
    np.testing.assert_allclose(F.softmax(tensor(z + 1e4), 0).numpy(), p, rtol=1e-10)
    np.testing.assert_allclose(F.softmin(tensor(-z), 0).numpy(), p, rtol=1e-12)
    y = np.array(2)
    _, slope = value_and_slope(lambda x: F.cross_entropy(x, tensor(y)), z)
    np.testing.assert_allclose(slope, p - np.eye(3)[2], rtol=1e-12)


def test_gumbel_softmax_is_a_sample_of_its_distribution():
    autograd.manual_seed(0)
    logits = tensor([0.0, 1.0, 2.0]).expand(20000, 3)
    hard = F.gumbel_softmax(logits, hard=True)
    assert set(hard.unique().tolist()) <= {0.0, 1.0}
    np.testing.assert_allclose(hard.mean(0).numpy(), F.softmax(logits[0], 0).numpy(), atol=0.015)


# -- losses -------------------------------------------------------------------------------------------------------

P, Q = np.array([0.2, 0.5, 0.9]), np.array([0.0, 1.0, 0.7])
A, B = np.array([0.5, -2.0, 3.0]), np.array([0.1, 1.0, 2.9])
D = A - B
LOSSES = {
    "mse": (F.mse_loss, A, B, D**2),
    "l1": (F.l1_loss, A, B, abs(D)),
    "huber": (
        lambda a, b, **k: F.huber_loss(a, b, delta=0.5, **k),
        A,
        B,
        np.where(abs(D) < 0.5, D**2 / 2, 0.5 * (abs(D) - 0.25)),
    ),
    "smooth_l1": (lambda a, b, **k: F.smooth_l1_loss(a, b, beta=0.5, **k), A, B, np.where(abs(D) < 0.5, D**2, abs(D) - 0.25)),
    "bce": (F.binary_cross_entropy, P, Q, -(Q * np.log(P) + (1 - Q) * np.log(1 - P))),
    "bce logits": (F.binary_cross_entropy_with_logits, A, Q, -(Q * np.log(sigmoid(A)) + (1 - Q) * np.log(sigmoid(-A)))),
    "kl": (F.kl_div, np.log(P), P[::-1].copy(), P[::-1] * (np.log(P[::-1]) - np.log(P))),
    "hinge": (F.hinge_loss, A, np.array([1.0, 1.0, -1.0]), np.maximum(0, 1 - np.array([1.0, 1.0, -1.0]) * A)),
    "poisson": (F.poisson_nll_loss, A, P, np.exp(A) - P * A),
    "soft margin": (F.soft_margin_loss, A, np.array([1.0, -1.0, 1.0]), np.log1p(np.exp(-np.array([1.0, -1.0, 1.0]) * A))),
    "focal": (F.focal_loss, A, np.round(Q), None),
}


@pytest.mark.parametrize("name", LOSSES)
def test_loss(name):
    f, a, b, value = LOSSES[name]
    if value is None:
        p = np.where(np.round(Q) == 1, sigmoid(A), sigmoid(-A))
        value = -((1 - p) ** 2) * np.log(p)
    got = f(tensor(a), tensor(b), reduction="none").numpy()
    np.testing.assert_allclose(got, value, rtol=1e-12)


def test_cross_entropy_and_its_forms():
    logits, labels, w, e = np.array([[1.0, -2.0, 0.5], [0.3, 0.1, -1.0]]), np.array([2, 0]), np.array([0.5, 1.0, 3.0]), 0.1
    log_p = logits - np.log(np.exp(logits).sum(1, keepdims=True))
    nll = -log_p[[0, 1], labels]
    x, y = tensor(logits), tensor(labels)
    np.testing.assert_allclose(F.cross_entropy(x, y).item(), nll.mean())
    np.testing.assert_allclose(F.cross_entropy(x, y, tensor(w)).item(), (nll * w[labels]).sum() / w[labels].sum())
    smooth = (1 - e) * np.eye(3)[labels] + e / 3
    np.testing.assert_allclose(F.cross_entropy(x, y, label_smoothing=e).item(), -(smooth * log_p).sum(1).mean())
    np.testing.assert_allclose(F.cross_entropy(x, tensor(smooth)).item(), -(smooth * log_p).sum(1).mean())
    np.testing.assert_allclose(F.cross_entropy(x, tensor([2, 7]), ignore_index=7).item(), nll[0])
    np.testing.assert_allclose(F.nll_loss(tensor(log_p), y).item(), nll.mean())
    p = np.exp(-nll)
    np.testing.assert_allclose(F.focal_loss(x, y, gamma=3.0).item(), ((1 - p) ** 3 * nll).mean())
    np.testing.assert_allclose(F.focal_loss(x, y, tensor(w), gamma=0.0).item(), (w[labels] * nll).mean())


def test_focal_loss_weighs_the_two_classes():
    logits, target = np.array([0.7, -0.4]), np.array([1.0, 0.0])
    bce = np.logaddexp(0, -np.array([0.7, 0.4]))
    p = np.exp(-bce)
    want = np.array([0.25, 0.75]) * (1 - p) ** 2 * bce
    got = nn.FocalLoss(alpha=0.25, gamma=2.0, reduction="none")(tensor(logits), tensor(target))
    np.testing.assert_allclose(got.numpy(), want, rtol=1e-12)
    with pytest.raises(ValueError, match="each class"):
        F.focal_loss(autograd.zeros(2, 3), tensor([0, 1]), alpha=0.25)


EXTREME = {
    "cross_entropy": (lambda x: F.cross_entropy(x, tensor([0, 1, 1])), (3, 2)),
    "cross_entropy smoothed": (lambda x: F.cross_entropy(x, tensor([0, 1, 1]), label_smoothing=0.1), (3, 2)),
    "cross_entropy soft": (lambda x: F.cross_entropy(x, autograd.full_like(x.detach(), 0.5)), (3, 2)),
    "bce": (lambda x: F.binary_cross_entropy_with_logits(x, autograd.full_like(x.detach(), 0.3)), (6,)),
    "bce weighted": (
        lambda x: F.binary_cross_entropy_with_logits(x, autograd.full_like(x.detach(), 0.3), pos_weight=x.new_ones(1)), (6,)
    ),
    "focal": (lambda x: F.focal_loss(x, tensor([0, 1, 1])), (3, 2)),
    "focal binary": (lambda x: F.focal_loss(x, autograd.ones_like(x.detach())), (6,)),
    "soft_margin": (lambda x: F.soft_margin_loss(x, autograd.ones_like(x.detach())), (6,)),
    "multilabel_soft_margin": (lambda x: F.multilabel_soft_margin_loss(x, autograd.ones_like(x.detach())), (3, 2)),
    "kl_div": (lambda x: F.kl_div(F.log_softmax(x, 1), autograd.full_like(x.detach(), 0.5), reduction="batchmean"), (3, 2)),
    "mse": (lambda x: F.mse_loss(x, autograd.zeros_like(x.detach())), (6,)),
    "huber": (lambda x: F.huber_loss(x, autograd.zeros_like(x.detach())), (6,)),
}  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", EXTREME)
def test_losses_are_finite_at_ten_thousand(name, dtype):
    f, shape = EXTREME[name]
    for logits in ([1e4, -1e4, -1e4, 1e4, 1e4, 1e4], [-1e4, 1e4, 0, 0, -1e4, -1e4]):
        loss, slope = value_and_slope(f, np.array(logits, dtype).reshape(shape))
        assert np.isfinite(loss)
        assert np.isfinite(slope).all()


def test_losses_are_right_at_ten_thousand():
    assert F.cross_entropy(tensor([[1e4, -1e4]]), tensor([1])).item() == 2e4
    assert F.cross_entropy(tensor([[1e4, -1e4]]), tensor([0])).item() == 0
    assert F.binary_cross_entropy_with_logits(tensor([1e4, -1e4]), tensor([0.0, 1.0]), reduction="none").tolist() == [1e4, 1e4]
    assert F.binary_cross_entropy_with_logits(tensor([1e4, -1e4]), tensor([1.0, 0.0]), reduction="none").tolist() == [0, 0]
    _, slope = value_and_slope(lambda x: F.cross_entropy(x, tensor([1]), reduction="sum"), np.array([[1e4, -1e4]]))
    assert slope.tolist() == [[1.0, -1.0]]


# -- normalizations -----------------------------------------------------------------------------------------------


def standard(x, axes, eps):
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + eps)


def test_normalizations():
    x = np.random.default_rng(0).standard_normal((4, 6, 5)) * 3 + 1
    t = tensor(x)
    for got, want in [
        (F.batch_norm(t, None, None, training=True), standard(x, (0, 2), 1e-5)),
        (F.layer_norm(t, (5,)), standard(x, 2, 1e-5)),
        (F.layer_norm(t, (6, 5), eps=0.1), standard(x, (1, 2), 0.1)),
        (F.instance_norm(t), standard(x, 2, 1e-5)),
        (F.group_norm(t, 3), standard(x.reshape(4, 3, 10), 2, 1e-5).reshape(4, 6, 5)),
        (F.rms_norm(t, (5,), eps=1e-3), x / np.sqrt((x**2).mean(2, keepdims=True) + 1e-3)),
        (F.normalize(t, dim=1), x / np.linalg.norm(x, axis=1, keepdims=True)),
        (F.normalize(t, p=1, dim=2), x / abs(x).sum(2, keepdims=True)),
        (F.group_norm(t, 1), F.layer_norm(t, (6, 5)).numpy()),
        (F.group_norm(t, 6), F.instance_norm(t).numpy()),
    ]:
        np.testing.assert_allclose(got.numpy(), want, rtol=1e-10)


def test_normalization_in_half_precision():
    """65504 is the largest float16: sums of rows must not pass through it."""
    x = (np.random.default_rng(0).standard_normal((4, 2000)) * 30 + 100).astype(np.float16)
    y = F.layer_norm(tensor(x), (2000,))
    assert y.dtype == autograd.float16
    np.testing.assert_allclose(y.numpy(), standard(x.astype(float), 1, 1e-5), atol=0.02)
    exact = x.astype(float) / np.sqrt((x.astype(float) ** 2).mean(1, keepdims=True))
    np.testing.assert_allclose(F.rms_norm(tensor(x), (2000,)).numpy(), exact, atol=0.02)
    norm = nn.BatchNorm1d(2000).half()
    assert norm(tensor(x)).dtype == norm.running_mean.dtype == autograd.float16


def test_running_statistics():
    """The biased variance normalises, the unbiased one is remembered; `momentum=None` is the plain average."""
    rng, norm = np.random.default_rng(0), nn.BatchNorm1d(2, momentum=0.2).double()
    mean, var, batches = np.zeros(2), np.ones(2), [rng.standard_normal((5, 2)) + 3 for _ in range(4)]
    average = nn.BatchNorm1d(2, momentum=None).double()
    for x in batches:
        np.testing.assert_allclose(norm(tensor(x)).detach().numpy(), standard(x, 0, 1e-5), rtol=1e-10)
        average(tensor(x))
        mean, var = 0.8 * mean + 0.2 * x.mean(0), 0.8 * var + 0.2 * x.var(0, ddof=1)
    np.testing.assert_allclose(norm.running_mean.numpy(), mean)
    np.testing.assert_allclose(norm.running_var.numpy(), var)
    np.testing.assert_allclose(average.running_mean.numpy(), np.mean([x.mean(0) for x in batches], 0))
    np.testing.assert_allclose(average.running_var.numpy(), np.mean([x.var(0, ddof=1) for x in batches], 0))
    assert int(norm.num_batches_tracked) == 4
    x = batches[0]
    np.testing.assert_allclose(norm.eval()(tensor(x)).detach().numpy(), (x - mean) / np.sqrt(var + 1e-5), rtol=1e-10)
    assert int(norm.num_batches_tracked) == 4
    norm.reset_running_stats()
    assert norm.running_mean.tolist() == [0, 0]
    assert norm.running_var.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("module", "shape", "error"),
    [
        (nn.BatchNorm1d(3), (1, 3), "more than 1 value per channel"),
        (nn.BatchNorm2d(3), (1, 3, 1, 1), "more than 1 value per channel"),
        (nn.InstanceNorm1d(3), (2, 3, 1), "more than 1 spatial element"),
        (nn.BatchNorm1d(3), (2, 3, 4, 5), "2D or 3D"),
        (nn.BatchNorm2d(3), (2, 3), "4D"),
        (nn.BatchNorm1d(3), (5, 4), "4 channels.*made for 3"),
        (nn.LayerNorm(3), (5, 4), r"normalized_shape=\[3\]"),
        (nn.RMSNorm((2, 3)), (2, 4), "normalized_shape"),
        (nn.GroupNorm(2, 4), (3, 5), "divisible"),
        (nn.LocalResponseNorm(2), (3, 5), "3D or higher"),
    ],
)
def test_normalization_errors(module, shape, error):
    with pytest.raises((ValueError, RuntimeError), match=error):
        module(autograd.ones(*shape))
    if "value per channel" in error:
        module.eval()(autograd.ones(*shape))


# -- dropout ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_dropout_keeps_the_expectation(p):
    autograd.manual_seed(1)
    x = autograd.ones(200000, requires_grad=True)
    y = F.dropout(x, p)
    values = set(y.detach().unique().tolist())
    assert values == {0.0, float(np.float32(1) / np.float32(1 - p))}
    assert abs((y.detach() == 0).float().mean().item() - p) < 0.005
    y.sum().backward()
    assert autograd.equal(x.grad, y.detach())
    assert F.dropout(x, p, training=False) is x


def test_dropout_at_its_ends_in_place_and_reproducibly():
    x = autograd.ones(5)
    assert F.dropout(x, 0.0) is x
    assert F.dropout(x, 1.0).tolist() == [0.0] * 5
    with pytest.raises(ValueError, match="between 0 and 1"):
        F.dropout(x, 1.5)
    with pytest.raises(ValueError, match="between 0 and 1"):
        nn.Dropout(-0.1)
    autograd.manual_seed(3)
    first = F.dropout(autograd.ones(50))
    autograd.manual_seed(3)
    assert autograd.equal(first, nn.Dropout()(autograd.ones(50)))
    y = autograd.ones(50)
    assert F.dropout(y, inplace=True) is y
    assert 0 < int((y == 0).sum()) < 50


@pytest.mark.parametrize(
    ("module", "shape"),
    [
        (nn.Dropout1d(), (8, 9, 4)),
        (nn.Dropout2d(), (8, 9, 2, 2)),
        (nn.Dropout3d(), (8, 9, 2, 1, 2)),
        (nn.FeatureAlphaDropout(), (8, 9, 4)),
    ],
)
def test_channel_dropout_drops_whole_channels(module, shape):
    autograd.manual_seed(0)
    y = module(autograd.ones(*shape)).reshape(8, 9, -1)
    assert autograd.equal(y, y[..., :1].expand(y.shape))
    assert len(set(y.flatten().tolist())) == 2
    if not isinstance(module, nn.FeatureAlphaDropout):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Dropout2d takes one sample for a batch, as in PyTorch, and says so
            assert module(autograd.ones(*shape[1:])).shape == shape[1:]


def test_alpha_dropout_keeps_mean_and_variance():
    autograd.manual_seed(0)
    for p in (0.05, 0.3, 0.7):
        y = nn.AlphaDropout(p)(autograd.randn(300000, dtype=float64))
        assert abs(y.mean().item()) < 0.02
        assert abs(y.std().item() - 1) < 0.02
        assert F.alpha_dropout(y, p) is y


def test_monte_carlo_dropout():
    autograd.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 50), nn.BatchNorm1d(50), nn.ReLU(), nn.Dropout(0.5), nn.Linear(50, 1))
    net.eval()
    x = autograd.ones(4, 3)
    before = net[1].running_mean.clone()
    draws = nn.mc_dropout(net, x, samples=200)
    assert draws.shape == (200, 4, 1)
    assert not draws.requires_grad
    assert (draws.std(0) > 0).all()
    assert autograd.allclose(draws.mean(0), net(x), atol=0.15)
    assert not any(m.training for m in net.modules())
    assert autograd.equal(net[1].running_mean, before)
    with pytest.raises(ValueError, match="no dropout"):
        nn.mc_dropout(nn.Linear(3, 1), x)


# -- residual connections -----------------------------------------------------------------------------------------


def test_residual():
    f = nn.Linear(3, 3).double()
    x = tensor(np.array([[1.0, 2.0, 3.0]]), requires_grad=True)
    y = nn.Residual(f, nn.Tanh())(x)
    np.testing.assert_allclose(y.detach().numpy(), (x + f(x).tanh()).detach().numpy())
    y.sum().backward()
    w, h = f.weight.detach().numpy(), np.tanh(f(x).detach().numpy())
    np.testing.assert_allclose(x.grad.numpy(), 1 + (1 - h**2) @ w, rtol=1e-12)


# -- initialisations ----------------------------------------------------------------------------------------------

SHAPES = {"matrix": (300, 400), "kernel": (64, 32, 3, 3)}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_variances(shape):
    autograd.manual_seed(0)
    field = math.prod(shape[2:])
    fan_in, fan_out = shape[1] * field, shape[0] * field
    for init, std in [
        (lambda w: nn.init.xavier_uniform_(w), math.sqrt(2 / (fan_in + fan_out))),
        (lambda w: nn.init.xavier_normal_(w, gain=3.0), 3 * math.sqrt(2 / (fan_in + fan_out))),
        (lambda w: nn.init.kaiming_uniform_(w, nonlinearity="relu"), math.sqrt(2 / fan_in)),
        (lambda w: nn.init.kaiming_normal_(w, mode="fan_out", nonlinearity="relu"), math.sqrt(2 / fan_out)),
        (lambda w: nn.init.kaiming_normal_(w, a=0.2), math.sqrt(2 / 1.04 / fan_in)),
        (lambda w: nn.init.lecun_normal_(w), math.sqrt(1 / fan_in)),
        (lambda w: nn.init.lecun_uniform_(w), math.sqrt(1 / fan_in)),
        (lambda w: nn.init.normal_(w, 2.0, 3.0), 3.0),
        (lambda w: nn.init.uniform_(w, -1.0, 3.0), 4 / math.sqrt(12)),
        (lambda w: nn.init.trunc_normal_(w, std=0.5, a=-100.0, b=100.0), 0.5),
    ]:
        w = nn.Parameter(autograd.empty(shape))
        assert init(w) is w
        assert w.requires_grad
        assert w.is_leaf
        assert abs(w.detach().std().item() / std - 1) < 0.02


def test_truncated_normal():
    autograd.manual_seed(0)
    w = nn.init.trunc_normal_(autograd.empty(100000), 1.0, 2.0, 0.0, 2.0)
    assert 0 <= w.min().item()
    assert w.max().item() <= 2
    low, high = (math.erf(-0.5 / math.sqrt(2)) + 1) / 2, (math.erf(0.5 / math.sqrt(2)) + 1) / 2
    density = lambda z: math.exp(-z * z / 2) / math.sqrt(2 * math.pi)  # noqa: E731
    mean = 1 + 2 * (density(-0.5) - density(0.5)) / (high - low)
    assert abs(w.mean().item() - mean) < 0.01


def test_exact_initialisations():
    assert nn.init.zeros_(autograd.ones(2)).tolist() == [0, 0]
    assert nn.init.ones_(autograd.zeros(2)).tolist() == [1, 1]
    assert nn.init.constant_(autograd.ones(2), 3.5).tolist() == [3.5, 3.5]
    assert nn.init.eye_(autograd.ones(2, 3)).tolist() == [[1, 0, 0], [0, 1, 0]]
    for shape in [(4, 7), (7, 4), (5, 5), (6, 2, 3)]:
        w = nn.init.orthogonal_(autograd.empty(shape, dtype=float64), gain=2.0).reshape(shape[0], -1)
        gram = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
        np.testing.assert_allclose(gram.numpy(), 4 * np.eye(len(gram)), atol=1e-10)
    w = nn.init.sparse_(autograd.empty(10, 4), 0.35)
    assert (w == 0).sum(0).tolist() == [4, 4, 4, 4]
    w = nn.init.dirac_(autograd.ones(4, 2, 3), groups=2)
    assert w[:, :, 1].tolist() == [[1, 0], [0, 1], [1, 0], [0, 1]]
    assert w.sum().item() == 4
    assert nn.init.kaiming_uniform_(autograd.empty(0, 3)).shape == (0, 3)


def test_gains():
    assert nn.init.calculate_gain("linear") == nn.init.calculate_gain("conv2d") == nn.init.calculate_gain("sigmoid") == 1
    assert nn.init.calculate_gain("tanh") == 5 / 3
    assert nn.init.calculate_gain("relu") == math.sqrt(2)
    assert nn.init.calculate_gain("leaky_relu", 0.2) == math.sqrt(2 / 1.04)
    assert nn.init.calculate_gain("selu") == 0.75
    np.testing.assert_allclose(nn.init.fitting_gain(F.relu), math.sqrt(2), rtol=1e-6)
    np.testing.assert_allclose(nn.init.fitting_gain(nn.LeakyReLU(0.2)), math.sqrt(2 / 1.04), rtol=1e-6)
    np.testing.assert_allclose(nn.init.fitting_gain(F.selu), 1, rtol=1e-6)
    np.testing.assert_allclose(nn.init.fitting_gain(nn.Identity()), 1, rtol=1e-9)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: nn.init.xavier_uniform_(autograd.ones(3)), "fewer than 2 dimensions"),
        (lambda: nn.init.kaiming_normal_(autograd.ones(3, 3), mode="fan"), "fan_in, fan_out"),
        (lambda: nn.init.calculate_gain("swoosh"), "unsupported nonlinearity"),
        (lambda: nn.init.calculate_gain("leaky_relu", True), "not a valid number"),
        (lambda: nn.init.eye_(autograd.ones(3)), "2 dimensions"),
        (lambda: nn.init.dirac_(autograd.ones(3, 3)), "3, 4, or 5"),
        (lambda: nn.init.dirac_(autograd.ones(3, 3, 3), 2), "divisible by groups"),
        (lambda: nn.init.sparse_(autograd.ones(3), 0.1), "2 dimensions"),
        (lambda: nn.init.orthogonal_(autograd.ones(3)), "2 or more"),
    ],
)
def test_initialisation_errors(call, error):
    with pytest.raises(ValueError, match=error):
        call()


def test_a_generator_makes_initialisation_reproducible():
    draws = [nn.init.kaiming_uniform_(autograd.empty(3, 4), generator=autograd.Generator().manual_seed(5)) for _ in range(2)]
    assert autograd.equal(*draws)


@pytest.mark.torch
def test_layers_start_with_torchs_distribution():
    torch = pytest.importorskip("torch")
    autograd.manual_seed(0)
    torch.manual_seed(0)
    for make in (lambda nn: nn.Linear(200, 3000), lambda nn: nn.Bilinear(20, 30, 2000)):
        for (name, ours), theirs in zip(make(nn).named_parameters(), make(torch.nn).parameters(), strict=True):
            a, b = ours.detach().numpy(), theirs.detach().numpy()
            bound = max(abs(a).max(), abs(b).max())
            assert abs(abs(a).max() - abs(b).max()) < 0.1 * bound, name
            assert abs(a.std() - b.std()) < 0.15 * b.std(), name
