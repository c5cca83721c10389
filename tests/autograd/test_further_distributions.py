"""Distributions that programs use less often: samples have the moments, samples of gammas the right derivative."""

import numpy as np
import pytest

import autograd
from autograd import distributions as D
from autograd.distributions.gamma import slope_in_shape


def d(*values):
    return autograd.tensor(values, dtype=autograd.float64)


P = d([0.2, 0.3, 0.5], [0.1, 0.6, 0.3])
MAKE = {
    "gamma": lambda: D.Gamma(d(0.5, 3.0), d(1.0, 2.0)),
    "chi2": lambda: D.Chi2(d(1.0, 4.0)),
    "beta": lambda: D.Beta(d(0.5, 2.0), d(1.5, 3.0)),
    "dirichlet": lambda: D.Dirichlet(d([0.5, 1.0, 2.0], [3.0, 3.0, 1.0])),
    "student": lambda: D.StudentT(d(7.0, 9.0), d(0.5, -1.0), d(1.0, 0.5)),
    "log normal": lambda: D.LogNormal(d(0.1, -1.0), d(0.4, 0.3)),
    "half normal": lambda: D.HalfNormal(d(0.4, 1.3)),
    "gumbel": lambda: D.Gumbel(d(0.5, -1.0), d(1.0, 0.3)),
    "weibull": lambda: D.Weibull(d(0.5, 1.0), d(1.5, 3.0)),
    "poisson": lambda: D.Poisson(d(0.5, 4.0)),
    "geometric": lambda: D.Geometric(d(0.5, 0.3)),
    "binomial": lambda: D.Binomial(5, d(0.5, 0.3)),
    "negative binomial": lambda: D.NegativeBinomial(d(2.0, 3.0), d(0.5, 0.3)),
    "multinomial": lambda: D.Multinomial(4, P),
    "one hot": lambda: D.OneHotCategorical(P),
    "straight through": lambda: D.OneHotCategoricalStraightThrough(P),
    "mixture": lambda: D.MixtureSameFamily(D.Categorical(P), D.Normal(d([0.0, 1.0, 2.0], [3.0, 0.0, 1.0]), 0.5)),
}
WITHOUT_ENTROPY = {"poisson", "negative binomial", "mixture"}


@pytest.mark.parametrize("name", MAKE)
def test_samples_have_the_moments_and_the_entropy(name):
    autograd.manual_seed(4)
    dist = MAKE[name]()
    drawn = dist.sample((40_000,))
    assert drawn.shape == (40_000, *dist.batch_shape, *dist.event_shape)
    assert not drawn.requires_grad
    np.testing.assert_allclose(drawn.mean(0), dist.mean, atol=0.05)
    np.testing.assert_allclose(drawn.var(0), dist.variance, rtol=0.1)
    if name not in WITHOUT_ENTROPY:
        np.testing.assert_allclose(-dist.log_prob(drawn).mean(0), dist.entropy(), atol=0.03)
    wider = dist.expand((3, *dist.batch_shape))
    assert wider.sample().shape == (3, *drawn.shape[1:])
    np.testing.assert_allclose(wider.log_prob(drawn[0]), dist.log_prob(drawn[0]).expand(3, -1))


@pytest.mark.parametrize("name", ["relaxed", "relaxed bernoulli"])
def test_relaxed_samples_come_near_the_corners(name):
    autograd.manual_seed(1)
    cold = autograd.tensor(0.1, dtype=autograd.float64)
    dist = D.RelaxedOneHotCategorical(cold, P) if name == "relaxed" else D.RelaxedBernoulli(cold, P)
    drawn = dist.rsample((20_000,))
    np.testing.assert_allclose(drawn.mean(0), P, atol=0.03)
    assert float(((drawn < 0.05) | (drawn > 0.95)).double().mean()) > 0.8


def cumulative(a, x):
    """P(a, x) by its series in 40 digits' worth of terms."""
    term = total = 1 / a
    for k in range(1, 400):
        term *= x / (a + k)
        total += term
    return total * np.exp(a * np.log(x) - x - float(autograd.lgamma(d(a))))


@pytest.mark.parametrize("a", [0.3, 1.0, 4.0, 25.0])
def test_slope_of_a_gamma_sample_keeps_its_probability(a):
    for x in (0.2 * a, a, 1.5 * a + 1):
        slope = float(slope_in_shape(a, x))
        h = 1e-4
        shifted = cumulative(a + h, x + h * slope), cumulative(a - h, x - h * slope)
        assert abs(shifted[0] - shifted[1]) < 1e-7


@pytest.mark.torch
def test_slope_of_a_gamma_sample_is_pytorchs():
    torch = pytest.importorskip("torch")
    a = torch.tensor(10 ** np.random.default_rng(0).uniform(-2, 3, 500))
    x = torch._standard_gamma(a)
    # PyTorch's is an approximation to about three digits.
    np.testing.assert_allclose(slope_in_shape(a.numpy(), x.numpy()), torch._standard_gamma_grad(a, x), rtol=2e-3)
    tail = a + 12 * a.sqrt() + 25
    np.testing.assert_allclose(slope_in_shape(a.numpy(), tail.numpy()), torch._standard_gamma_grad(a, tail), rtol=5e-2)


def test_gradients_of_gamma_samples_are_those_of_the_mean():
    autograd.manual_seed(0)
    a = d(0.7, 3.0).requires_grad_()
    D.Gamma(a, d(2.0, 0.5)).rsample((20_000,)).mean(0).sum().backward()
    np.testing.assert_allclose(a.grad, [0.5, 2.0], rtol=0.05)
    drawn = D.Gamma(a, d(1.0, 1.0)).rsample()
    (g,) = autograd.autograd.grad(drawn.square().sum(), a, create_graph=True)
    with pytest.raises(RuntimeError, match="twice"):
        g.sum().backward()


@pytest.mark.parametrize(
    "transform",
    [
        D.ExpTransform(),
        D.SigmoidTransform(),
        D.SoftplusTransform(),
        D.TanhTransform(),
        D.AffineTransform(1.0, d(-2.0, 3.0)),
        D.ComposeTransform([D.ExpTransform(), D.PowerTransform(d(2.0, 0.5))]),
        D.SigmoidTransform().inv.inv,
    ],
    ids=repr,
)
def test_transforms_of_numbers_know_their_slope_and_inverse(transform):
    x = d(-0.4, 1.2).requires_grad_()
    y = transform(x)
    (slope,) = autograd.grad(y.sum(), x)
    np.testing.assert_allclose(transform.log_abs_det_jacobian(x, y).detach(), slope.abs().log(), rtol=1e-9)
    np.testing.assert_allclose(transform.inv(y).detach(), x.detach(), rtol=1e-9)
    np.testing.assert_allclose(transform.inv.log_abs_det_jacobian(y, x).detach(), -slope.abs().log(), rtol=1e-9)
    np.testing.assert_allclose(slope.sign() * transform.sign, [1.0, 1.0])
    assert transform == transform
    assert "Transform" in repr(transform)


def test_transforms_of_vectors():
    sticks = D.StickBreakingTransform()
    x = d(0.3, -0.2, 0.5)
    y = sticks(x)
    np.testing.assert_allclose(y.sum(), 1.0)
    np.testing.assert_allclose(sticks.inv(y), x)
    jacobian = autograd.func.jacrev(lambda v: sticks(v)[:-1])(x)
    np.testing.assert_allclose(sticks.log_abs_det_jacobian(x, y), jacobian.det().abs().log())
    assert sticks.forward_shape((2, 3)) == (2, 4)
    with pytest.raises(NotImplementedError):
        D.AbsTransform().log_abs_det_jacobian(x, y)
    with pytest.raises(NotImplementedError):
        D.SoftmaxTransform().sign  # noqa: B018
    with pytest.raises(ValueError, match="numbers of elements"):
        D.ReshapeTransform((2, 3), (5,))


def test_a_cached_inverse_is_the_very_input():
    tanh = D.TanhTransform(cache_size=1)
    x = d(40.0)
    assert tanh.inv(tanh(x)) is x
    assert float(D.TanhTransform().inv(tanh(x))) == float("inf")


@pytest.mark.parametrize("make", [lambda v: D.Categorical(logits=v), lambda v: D.Bernoulli(logits=v)])
def test_sampling_first_does_not_cost_the_gradient(make):
    v = d(0.2, 1.0, 0.5).requires_grad_()
    dist = make(v)
    dist.sample()
    (g,) = autograd.grad(dist.entropy().sum(), v)
    (want,) = autograd.grad(make(v).entropy().sum(), v)
    np.testing.assert_allclose(g, want, rtol=1e-12)
