"""Distributions against their definitions: densities integrate to 1, samples have the moments, gradients reach parameters."""

import numpy as np
import pytest

import autograd
from autograd.autograd import gradcheck
from autograd.distributions import (
    Bernoulli,
    Categorical,
    Distribution,
    Exponential,
    Independent,
    Laplace,
    MultivariateNormal,
    Normal,
    Uniform,
    constraints,
    kl_divergence,
    register_kl,
)


def d(*values):
    return autograd.tensor(values, dtype=autograd.float64)


COVARIANCE = d([2.0, 0.5], [0.5, 1.0])
MAKE = {
    "normal": lambda: Normal(d(0.5, -1.0), d(1.0, 0.3)),
    "uniform": lambda: Uniform(d(0.5, -1.0), d(1.0, 2.0)),
    "exponential": lambda: Exponential(d(0.5, 2.0)),
    "laplace": lambda: Laplace(d(0.5, -1.0), d(1.0, 0.3)),
    "bernoulli": lambda: Bernoulli(d(0.2, 0.7)),
    "bernoulli by logits": lambda: Bernoulli(logits=d(0.2, -0.7)),
    "categorical": lambda: Categorical(d([0.2, 0.3, 0.5], [0.1, 0.1, 0.8])),
    "categorical by logits": lambda: Categorical(logits=d([0.2, 1.0, 0.5], [0.1, 5.0, 0.8])),
    "multivariate": lambda: MultivariateNormal(d(1.0, -1.0), COVARIANCE),
    "independent": lambda: Independent(Normal(d([0.5, -1.0], [2.0, 0.0]), d(1.0, 0.3)), 1),
}
CONTINUOUS = {"normal", "uniform", "exponential", "laplace", "multivariate", "independent"}


@pytest.mark.parametrize("name", MAKE)
def test_samples_have_the_moments_and_the_entropy(name):
    autograd.manual_seed(4)
    dist = MAKE[name]()
    drawn = dist.sample((40_000,))
    assert drawn.shape == (40_000, *dist.batch_shape, *dist.event_shape)
    assert not drawn.requires_grad
    log_prob = dist.log_prob(drawn)
    assert log_prob.shape == (40_000, *dist.batch_shape)
    np.testing.assert_allclose(-log_prob.mean(0), dist.entropy(), atol=0.03)
    np.testing.assert_allclose(dist.perplexity(), dist.entropy().exp())
    if not name.startswith("categorical"):
        np.testing.assert_allclose(drawn.double().mean(0), dist.mean, atol=0.03)
        np.testing.assert_allclose(drawn.double().var(0), dist.variance, rtol=0.05)
        np.testing.assert_allclose(dist.stddev**2, dist.variance)
    else:
        assert dist.mean.isnan().all()
        assert dist.variance.isnan().all()
        assert drawn.dtype == autograd.int64
        assert dist.mode.tolist() == dist.probs.argmax(-1).tolist()


@pytest.mark.parametrize("name", sorted(MAKE.keys() - CONTINUOUS))
def test_probabilities_of_all_values_sum_to_one(name):
    dist = MAKE[name]()
    np.testing.assert_allclose(dist.log_prob(dist.enumerate_support()).exp().sum(0), np.ones(2))
    assert dist.enumerate_support(expand=False).shape[1:] == (1,)
    with pytest.raises(NotImplementedError):
        dist.rsample()


@pytest.mark.parametrize("name", ["normal", "uniform", "exponential", "laplace"])
def test_densities_are_the_derivatives_of_cdfs(name):
    dist = MAKE[name]()
    x = dist.mean + 0.1
    (slope,) = autograd.grad(dist.cdf(x.requires_grad_()).sum(), x)
    np.testing.assert_allclose(slope, dist.log_prob(x).exp().detach(), rtol=1e-7)
    np.testing.assert_allclose(dist.icdf(dist.cdf(x)).detach(), x.detach(), rtol=1e-7)


@pytest.mark.parametrize(
    ("make", "given"),
    [
        (lambda m, s: Normal(m, s).log_prob(d(0.3, 0.4)), (d(0.5, -1.0), d(1.0, 0.3))),
        (lambda m, s: Normal(m, s).entropy(), (d(0.5, -1.0), d(1.0, 0.3))),
        (lambda p: Bernoulli(p).log_prob(d(0.0, 1.0)), (d(0.2, 0.7),)),
        (lambda v: Bernoulli(logits=v).entropy(), (d(0.2, -0.7),)),
        (lambda p: Categorical(p).log_prob(autograd.tensor(1)), (d(0.2, 0.3, 0.5),)),
        (lambda v: Categorical(logits=v).entropy(), (d(0.2, 1.0, 0.5),)),
        (lambda a, b: Uniform(a, b).log_prob(d(0.6)), (d(0.5), d(1.0))),
        (lambda m, t: MultivariateNormal(m, scale_tril=t.tril()).log_prob(d(0.3, 0.4)), (d(1.0, -1.0), COVARIANCE)),
        (lambda m, s: MultivariateNormal(m, s @ s.mT).log_prob(d(0.3, 0.4)), (d(1.0, -1.0), COVARIANCE)),
        (lambda m, s: kl_divergence(Normal(m, s), Normal(d(0.0), d(1.0))), (d(0.5, -1.0), d(1.0, 0.3))),
    ],
)
def test_gradients(make, given):
    assert gradcheck(make, tuple(g.clone().requires_grad_() for g in given))


@pytest.mark.parametrize("name", ["normal", "uniform", "laplace", "multivariate"])
def test_reparameterized_samples_reach_the_parameters(name):
    loc = d(0.5, -1.0).requires_grad_()
    make = {
        "normal": lambda: Normal(loc, d(1.0, 1.0)),
        "uniform": lambda: Uniform(loc, loc + 1),
        "laplace": lambda: Laplace(loc, 1.0),
    }
    dist = make.get(name, lambda: MultivariateNormal(loc, COVARIANCE))()
    dist.rsample((3,)).sum().backward()
    np.testing.assert_allclose(loc.grad, [3.0, 3.0])
    assert not dist.sample().requires_grad


def test_the_same_normal_three_ways():
    x = d(0.3, 0.2)
    given = {
        "covariance_matrix": COVARIANCE,
        "precision_matrix": autograd.linalg.inv(COVARIANCE),
        "scale_tril": autograd.linalg.cholesky(COVARIANCE),
    }
    for name, matrix in given.items():
        dist = MultivariateNormal(d(1.0, -1.0), **{name: matrix})
        for other, wanted in given.items():
            np.testing.assert_allclose(getattr(dist, other), wanted, rtol=1e-12)
        np.testing.assert_allclose(dist.log_prob(x), MultivariateNormal(d(1.0, -1.0), COVARIANCE).log_prob(x))
    diagonal = MultivariateNormal(d(1.0, -1.0), autograd.diag(d(4.0, 9.0)))
    np.testing.assert_allclose(diagonal.log_prob(x), Normal(d(1.0, -1.0), d(2.0, 3.0)).log_prob(x).sum())


DIVERGENCES = [
    (MAKE["normal"](), Normal(d(0.0), d(2.0))),
    (MAKE["bernoulli"](), MAKE["bernoulli by logits"]()),
    (MAKE["categorical"](), MAKE["categorical by logits"]()),
    (MAKE["uniform"](), Uniform(d(-3.0), d(3.0))),
    (MAKE["uniform"](), MAKE["normal"]()),
    (MAKE["exponential"](), Exponential(d(1.0))),
    (MAKE["laplace"](), Laplace(d(0.0), d(2.0))),
    (MAKE["multivariate"](), MultivariateNormal(d(0.0, 0.0), 3 * COVARIANCE)),
    (MAKE["independent"](), Independent(Normal(autograd.zeros(2, 2).double(), d(1.5, 1.0)), 1)),
]


@pytest.mark.parametrize(("p", "q"), DIVERGENCES, ids=lambda x: type(x).__name__)
def test_divergences_are_expectations(p, q):
    autograd.manual_seed(1)
    x = p.sample((60_000,))
    np.testing.assert_allclose(kl_divergence(p, q), (p.log_prob(x) - q.log_prob(x)).mean(0), atol=0.05, rtol=0.02)
    np.testing.assert_allclose(kl_divergence(p, p) if type(p) is type(q) else 0.0, 0.0, atol=1e-12)


def test_impossible_events():
    never, always = Categorical(d(1.0, 0.0)), Categorical(d(0.0, 1.0))
    assert kl_divergence(always, never).item() == float("inf")
    assert kl_divergence(never, never).item() == 0
    assert kl_divergence(Bernoulli(d(0.5)), Bernoulli(d(0.0))).item() == float("inf")
    assert kl_divergence(Uniform(0.0, 2.0), Uniform(0.0, 1.0)).item() == float("inf")
    assert Uniform(0.0, 1.0, validate_args=False).log_prob(autograd.tensor(2.0)).item() == float("-inf")
    with pytest.raises(NotImplementedError, match="register_kl"):
        kl_divergence(Normal(0.0, 1.0), Uniform(0.0, 1.0))


def test_a_divergence_of_ones_own():
    class Point(Distribution):
        pass

    @register_kl(Point, Point)
    def _(p, q):
        return autograd.tensor(7.0)

    assert kl_divergence(Point(), Point()).item() == 7


def test_expand():
    for name in ("normal", "uniform", "exponential", "laplace", "bernoulli"):
        assert MAKE[name]().expand((3, 2)).log_prob(autograd.ones(2).double()).shape == (3, 2)
    assert MAKE["categorical"]().expand((3, 2)).sample((4,)).shape == (4, 3, 2)
    assert MAKE["multivariate"]().expand((3,)).sample().shape == (3, 2)
    assert MAKE["independent"]().expand((3, 2)).rsample().shape == (3, 2, 2)


def test_independent_parts_are_one_value():
    parts = Normal(autograd.zeros(4, 3, 2), 1.0)
    x = autograd.ones(4, 3, 2)
    for n in range(4):
        joint = Independent(parts, n)
        assert joint.batch_shape == (4, 3, 2)[: 3 - n] and joint.event_shape == (4, 3, 2)[3 - n :]
        np.testing.assert_allclose(joint.log_prob(x), parts.log_prob(x).numpy().sum(tuple(range(3 - n, 3))), rtol=1e-6)
    assert repr(joint) == f"Independent({parts!r}, 3)"
    with pytest.raises(NotImplementedError, match="1 and 2 batch dimensions"):
        kl_divergence(Independent(parts, 1), Independent(parts, 2))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Normal(d(0.0), d(-1.0)), r"parameter scale .* GreaterThan\(lower_bound=0.0\)"),
        (lambda: Normal(float("nan"), 1.0), r"parameter loc .* Real\(\)"),
        (lambda: Normal("a", 1.0), "numbers or tensors"),
        (lambda: Uniform(1.0, 0.0), "parameter (low|high)"),
        (lambda: Bernoulli(d(1.5)), "parameter probs .* Interval"),
        (lambda: Bernoulli(), "but not both"),
        (lambda: Exponential(-1.0), "parameter rate"),
        (lambda: Exponential(1.0).log_prob(autograd.tensor(-1.0)), "GreaterThanEq"),
        (lambda: Laplace(0.0, 0.0), "parameter scale"),
        (lambda: Categorical(d(0.5), logits=d(0.5)), "but not both"),
        (lambda: Categorical(autograd.tensor(1.0)), "at least one dimension"),
        (lambda: Categorical(d(0.5, -0.1)), "parameter probs .* Simplex"),
        (lambda: Categorical(logits=d(0.5, float("nan"))), "parameter logits"),
        (lambda: MultivariateNormal(d(0.0)), "Exactly one"),
        (lambda: MultivariateNormal(autograd.tensor(0.0), COVARIANCE), "one-dimensional"),
        (lambda: MultivariateNormal(d(0.0, 0.0), d(1.0, 1.0)), "two-dimensional"),
        (lambda: MultivariateNormal(d(0.0, 0.0), -COVARIANCE), r"covariance_matrix .* PositiveDefinite\(\)"),
        (lambda: MultivariateNormal(d(0.0, 0.0), scale_tril=COVARIANCE), r"scale_tril .* LowerCholesky\(\)"),
        (lambda: Independent(Normal(0.0, 1.0), 1), "reinterpreted_batch_ndims is 1.* 0 to 0"),
        (lambda: Normal(0.0, 1.0).log_prob(1.0), "must be a Tensor"),
        (lambda: Normal(d(0.0, 1.0), 1.0).log_prob(autograd.zeros(3)), "not broadcastable"),
        (lambda: Uniform(0.0, 1.0).log_prob(autograd.tensor(2.0)), "within the support"),
        (lambda: Bernoulli(0.5).log_prob(autograd.tensor(0.5)), r"Boolean\(\)"),
        (lambda: Categorical(d(0.5, 0.5)).log_prob(autograd.tensor(2)), "IntegerInterval"),
    ],
)
def test_what_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_checks_can_be_left_out():
    assert Normal(0.0, -1.0, validate_args=False).scale.item() == -1
    Distribution.set_default_validate_args(False)
    try:
        assert Bernoulli(2.0).probs.item() == 2
    finally:
        Distribution.set_default_validate_args(True)


def test_constraints_and_text():
    assert constraints.simplex.check(d(0.5, 0.5)).item()
    assert constraints.less_than(1.0).check(d(0.5)).item()
    assert repr(Normal(0.0, 1.0)) == "Normal(loc: 0.0, scale: 1.0)"
    assert repr(Normal(autograd.zeros(2), 1.0)) == "Normal(loc: torch.Size([2]), scale: torch.Size([2]))"
    assert repr(MAKE["categorical"]()) == "Categorical(probs: torch.Size([2, 3]))"
