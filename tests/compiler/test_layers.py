"""Every layer, activation and loss in a training step: compiled beside eager, equal to the last bit."""

import numpy as np
import pytest

import autograd
import nn
import optim
from nn import functional as F

STEPS = 5


def squares(model, x):
    return (model(x) ** 2).mean()


def first(model, x):
    return (model(x)[0] ** 2).mean()


def _between(layer, inside=6):
    return lambda: nn.Sequential(nn.Linear(4, inside), layer(), nn.Linear(inside, 2))


def _images(*layers):
    return lambda: nn.Sequential(*(layer() for layer in layers))


def _rows(model=lambda: nn.Linear(4, 3), loss=squares):
    return model, lambda: autograd.randn(5, 4), loss


def _labels():
    return autograd.tensor([0, 1, 2, 1, 0])


def _signs():
    return (autograd.arange(15).reshape(5, 3) % 2).float() * 2 - 1


def conv():
    return nn.Conv2d(2, 4, 3)


def _pictures(*layers):
    return _images(conv, *layers), lambda: autograd.randn(4, 2, 6, 6), squares


CASES = {
    name: _rows(_between(getattr(nn, name)))
    for name in (
        "ReLU Tanh Sigmoid GELU SiLU ELU SELU LeakyReLU Softplus Hardtanh ReLU6 Softsign Mish Hardswish LogSigmoid PReLU CELU "
        "Softshrink Tanhshrink Hardshrink Hardsigmoid RReLU"
    ).split()
}
CASES |= {
    "softmax": _rows(_between(lambda: nn.Softmax(-1))),
    "log_softmax": _rows(_between(lambda: nn.LogSoftmax(-1))),
    "dropout": _rows(_between(lambda: nn.Dropout(0.3))),
    "batch_norm": _rows(_between(lambda: nn.BatchNorm1d(6))),
    "batch_norm of images": _pictures(lambda: nn.BatchNorm2d(4), lambda: nn.ReLU(inplace=True)),
    "layer_norm": _rows(_between(lambda: nn.LayerNorm(6))),
    "group_norm": _pictures(lambda: nn.GroupNorm(2, 4)),
    "instance_norm": _pictures(lambda: nn.InstanceNorm2d(4, affine=True)),
    "rms_norm": _rows(_between(lambda: nn.RMSNorm(6))),
    "max_pool": _pictures(lambda: nn.MaxPool2d(2), nn.Flatten, lambda: nn.Linear(16, 2)),
    "avg_pool": _pictures(lambda: nn.AvgPool2d(2)),
    "adaptive pool": _pictures(lambda: nn.AdaptiveAvgPool2d(2)),
    "upsample": _pictures(lambda: nn.Upsample(scale_factor=2, mode="bilinear")),
    "pixel_shuffle": _pictures(lambda: nn.PixelShuffle(2)),
    "conv1d": (lambda: nn.Conv1d(2, 3, 3, padding=1), lambda: autograd.randn(4, 2, 7), squares),
    "conv_transpose": (lambda: nn.ConvTranspose2d(2, 3, 3, stride=2), lambda: autograd.randn(4, 2, 5, 5), squares),
    "LSTM": (lambda: nn.LSTM(4, 5, batch_first=True), lambda: autograd.randn(3, 6, 4), first),
    "GRU": (lambda: nn.GRU(4, 5), lambda: autograd.randn(6, 3, 4), first),
    "RNN": (lambda: nn.RNN(4, 5, num_layers=2, dropout=0.2), lambda: autograd.randn(6, 3, 4), first),
    "embedding": (
        _images(lambda: nn.Embedding(10, 4), lambda: nn.Linear(4, 2)),
        lambda: autograd.randint(0, 10, (5, 3)),
        squares,
    ),
    "embedding_bag": (lambda: nn.EmbeddingBag(10, 4), lambda: autograd.randint(0, 10, (5, 3)), squares),
    "attention": (
        lambda: nn.MultiheadAttention(8, 2, batch_first=True),
        lambda: autograd.randn(2, 5, 8),
        lambda m, x: (m(x, x, x)[0] ** 2).mean(),
    ),
    "transformer": (lambda: nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), lambda: autograd.randn(2, 5, 8), squares),
    "cross_entropy": _rows(loss=lambda m, x: F.cross_entropy(m(x), _labels())),
    "cross_entropy, smoothed": _rows(loss=lambda m, x: F.cross_entropy(m(x), _labels(), label_smoothing=0.1)),
    "cross_entropy, ignoring": _rows(loss=lambda m, x: F.cross_entropy(m(x), _labels(), ignore_index=1)),
    "bce": _rows(loss=lambda m, x: F.binary_cross_entropy(autograd.sigmoid(m(x)), autograd.full((5, 3), 0.3))),
    "bce with logits": _rows(loss=lambda m, x: F.binary_cross_entropy_with_logits(m(x), (_signs() + 1) / 2)),
    "huber": _rows(loss=lambda m, x: F.huber_loss(m(x), _signs())),
    "smooth l1": _rows(loss=lambda m, x: F.smooth_l1_loss(m(x), _signs())),
    "l1": _rows(loss=lambda m, x: F.l1_loss(m(x), _signs())),
    "soft margin": _rows(loss=lambda m, x: F.soft_margin_loss(m(x), _signs())),
    "multi margin": _rows(loss=lambda m, x: F.multi_margin_loss(m(x), _labels())),
    "poisson": _rows(loss=lambda m, x: F.poisson_nll_loss(m(x), _signs().abs())),
    "cosine": _rows(loss=lambda m, x: F.cosine_embedding_loss(m(x), autograd.ones(5, 3), autograd.tensor([1, -1, 1, 1, -1]))),
    "triplet": _rows(loss=lambda m, x: F.triplet_margin_loss(m(x), m(x + 1), m(x - 1))),
    "norm": _rows(loss=lambda m, x: autograd.linalg.norm(m(x))),
    "sort": _rows(loss=lambda m, x: (m(x).sort(0)[0] * autograd.arange(5.0)[:, None]).sum()),
    "index": _rows(loss=lambda m, x: m(x)[autograd.tensor([0, 2, 2])].sum() + m(x)[:, 1].prod()),
    "gather": _rows(loss=lambda m, x: m(x).gather(1, _labels()[:, None]).square().sum()),
    "where": _rows(loss=lambda m, x: autograd.where(m(x) > 0, m(x), m(x) * 0.1).sum()),
    "einsum": _rows(loss=lambda m, x: autograd.einsum("ij,ik->jk", m(x), x).square().sum()),
    "cat": _rows(loss=lambda m, x: autograd.cat([m(x), x], 1).tanh().sum()),
    "in place": _rows(loss=lambda m, x: m(x).mul_(2).add_(1).relu_().square().sum()),
    "scans": _rows(loss=lambda m, x: m(x).cumsum(0).logsumexp(1).sum()),
    "variances": _rows(loss=lambda m, x: m(x).var(0).sum() + m(x).std()),
    "max": _rows(loss=lambda m, x: m(x).max(1)[0].sum() + m(x).max()),
    "a constant written to": _rows(loss=lambda m, x: _into_zeros(m(x)).square().sum()),
    "vmap of grad": _rows(
        lambda: nn.Linear(4, 1),
        lambda m, x: autograd.func.vmap(autograd.func.grad(lambda z: m(z).sum()))(x).square().sum() + m(x).sum(),
    ),
    "second order": (
        lambda: nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1)),
        lambda: autograd.linspace(0, 1, 6)[:, None].requires_grad_(),
        lambda m, x: _residual(m, x).square().mean(),
    ),
}


def _into_zeros(y):
    h = autograd.zeros(5, 3)
    h[:, 0] = y[:, 1]
    h[1:3] += y[1:3]
    return h


def _residual(m, x):
    u = m(x)
    for _ in range(2):
        u = autograd.autograd.grad(u.sum(), x, create_graph=True)[0]
    return u + m(x)


def trained(case, compiled):
    make, data, loss = case
    autograd.manual_seed(0)
    model, x = make(), data()
    params = list(model.parameters())
    optimizer = optim.Adam(params, lr=1e-2)

    def step(x):
        optimizer.zero_grad()
        value = loss(model, x)
        value.backward()
        optimizer.step()
        return value

    run = autograd.compile(step) if compiled else step
    losses = []
    for k in range(STEPS):
        autograd.manual_seed(k)
        losses.append(run(x).detach().numpy().copy())
    state = [v.numpy().copy() for v in model.state_dict().values()]
    grads = [p.grad.numpy().copy() for p in params if p.grad is not None]
    return losses, state, grads, [autograd.rand(2).numpy()], run


@pytest.mark.parametrize("name", CASES)
def test_a_compiled_step_has_the_bits_of_eager(name):
    *want, _ = trained(CASES[name], compiled=False)
    *got, run = trained(CASES[name], compiled=True)
    for ours, theirs in zip(got, want, strict=True):
        for x, y in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(x, y)
    assert run.programs >= 1, run.explain()
