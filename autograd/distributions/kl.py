"""The Kullback-Leibler divergence between two distributions, in closed form where one is known."""

from collections.abc import Callable
from math import log, pi, sqrt
from typing import Any

from ..functions.exponential import logaddexp
from ..functions.rounding import where
from ..functions.special import digamma, lgamma
from ..linalg import solve_triangular
from ..tensor import Tensor
from .bernoulli import Bernoulli
from .categorical import Categorical
from .counting import Binomial, Geometric, Poisson
from .distribution import Distribution
from .exponential import Exponential
from .gamma import Beta, Dirichlet, Gamma
from .independent import Independent
from .laplace import Laplace
from .location_scale import Gumbel, HalfNormal
from .multivariate_normal import MultivariateNormal, half_log_det, squared_distance
from .normal import Normal
from .one_hot import OneHotCategorical
from .transformed_distribution import TransformedDistribution
from .uniform import Uniform

_KNOWN: dict[tuple[type[Any], type[Any]], Callable[..., Any]] = {}


def register_kl(type_p: type[Any], type_q: type[Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare the divergence for a pair of classes: a function of p and q."""

    def declare(fn: Callable[..., Any]) -> Callable[..., Any]:
        _KNOWN[type_p, type_q] = fn
        return fn

    return declare


def kl_divergence(p: Distribution, q: Distribution) -> Tensor:
    """The expected value under p of log p - log q. Raises NotImplementedError for a pair without a closed form here.

    >>> from autograd.distributions import Normal, kl_divergence
    >>> kl_divergence(Normal(0.0, 1.0), Normal(1.0, 1.0))
    tensor(0.5000)
    """
    fits = [pair for pair in _KNOWN if isinstance(p, pair[0]) and isinstance(q, pair[1])]
    if not fits:
        raise NotImplementedError(
            f"kl_divergence: no closed form for {type(p).__name__} and {type(q).__name__}; add one with register_kl, or "
            "average p.log_prob(x) - q.log_prob(x) over samples of p"
        )
    nearest = min(fits, key=lambda pair: type(p).__mro__.index(pair[0]) + type(q).__mro__.index(pair[1]))
    return _KNOWN[nearest](p, q)


@register_kl(Normal, Normal)
def _(p: Any, q: Any) -> Tensor:
    ratio = (p.scale / q.scale) ** 2
    return 0.5 * (ratio + ((p.loc - q.loc) / q.scale) ** 2 - 1 - ratio.log())


@register_kl(Bernoulli, Bernoulli)
def _(p: Any, q: Any) -> Tensor:
    # -H(p) + cross-entropy, both from logits: exact in the tails, and inf where q excludes what p allows.
    zero = p.logits * 0
    found = p.probs * (p.logits - q.logits) + logaddexp(q.logits, zero) - logaddexp(p.logits, zero)
    impossible = ((q.probs == 0) & (p.probs > 0)) | ((q.probs == 1) & (p.probs < 1))
    return where(impossible, float("inf"), found)


@register_kl(Categorical, Categorical)
def _(p: Any, q: Any) -> Tensor:
    terms = p.probs * (p.logits - q.logits)
    terms = where((q.probs == 0).expand_as(terms), float("inf"), terms)
    return where((p.probs == 0).expand_as(terms), 0.0, terms).sum(-1)


@register_kl(Uniform, Uniform)
def _(p: Any, q: Any) -> Tensor:
    found = ((q.high - q.low) / (p.high - p.low)).log()
    return where((q.low > p.low) | (q.high < p.high), float("inf"), found)


@register_kl(MultivariateNormal, MultivariateNormal)
def _(p: Any, q: Any) -> Tensor:
    if p.event_shape != q.event_shape:
        raise ValueError(
            f"kl_divergence: MultivariateNormals of {p.event_shape[0]} and {q.event_shape[0]} dimensions; must be equal"
        )
    n = p.event_shape[0]
    shape = tuple((p.loc + q.loc).shape[:-1])
    p_root, q_root = p.scale_tril.expand(*shape, n, n), q.scale_tril.expand(*shape, n, n)
    spread = (solve_triangular(q_root, p_root, upper=False) ** 2).sum((-2, -1))
    return half_log_det(q_root) - half_log_det(p_root) + 0.5 * (spread + squared_distance(q_root, q.loc - p.loc) - n)


@register_kl(Exponential, Exponential)
def _(p: Any, q: Any) -> Tensor:
    ratio = q.rate / p.rate
    return ratio - 1 - ratio.log()


@register_kl(Laplace, Laplace)
def _(p: Any, q: Any) -> Tensor:
    ratio, apart = p.scale / q.scale, (p.loc - q.loc).abs()
    return apart / q.scale + ratio * (-apart / p.scale).exp() - 1 - ratio.log()


@register_kl(Uniform, Normal)
def _(p: Any, q: Any) -> Tensor:
    width = p.high - p.low
    return (q.scale * sqrt(2 * pi) / width).log() + (width**2 / 12 + ((p.high + p.low) / 2 - q.loc) ** 2) / (2 * q.scale**2)


@register_kl(Independent, Independent)
def _(p: Any, q: Any) -> Tensor:
    if p.reinterpreted_batch_ndims != q.reinterpreted_batch_ndims:
        raise NotImplementedError(
            f"kl_divergence: Independent distributions over {p.reinterpreted_batch_ndims} and {q.reinterpreted_batch_ndims} "
            "batch dimensions; must be equal"
        )
    return p._joint(kl_divergence(p.base_dist, q.base_dist))


@register_kl(Gamma, Gamma)
def _(p: Any, q: Any) -> Tensor:
    t1 = q.concentration * (p.rate / q.rate).log()
    t2 = lgamma(q.concentration) - lgamma(p.concentration)
    t3 = (p.concentration - q.concentration) * digamma(p.concentration)
    return t1 + t2 + t3 + (q.rate - p.rate) * (p.concentration / p.rate)


@register_kl(Dirichlet, Dirichlet)
def _(p: Any, q: Any) -> Tensor:
    a, b = p.concentration, q.concentration
    whole = lgamma(a.sum(-1)) - lgamma(b.sum(-1)) - (lgamma(a) - lgamma(b)).sum(-1)
    return whole + ((a - b) * (digamma(a) - digamma(a.sum(-1, keepdim=True)))).sum(-1)


@register_kl(Beta, Beta)
def _(p: Any, q: Any) -> Tensor:
    return kl_divergence(p._both, q._both)


@register_kl(Poisson, Poisson)
def _(p: Any, q: Any) -> Tensor:
    return p.rate * (p.rate.log() - q.rate.log()) - (p.rate - q.rate)


@register_kl(Geometric, Geometric)
def _(p: Any, q: Any) -> Tensor:
    return -p.entropy() - (-q.probs).log1p() / p.probs - q.logits


@register_kl(Binomial, Binomial)
def _(p: Any, q: Any) -> Tensor:
    if (p.total_count < q.total_count).any():
        raise NotImplementedError("KL between Binomials where q.total_count > p.total_count is not implemented")
    found = p.total_count * (p.probs * (p.logits - q.logits) + (-p.probs).log1p() - (-q.probs).log1p())
    return where((p.total_count > q.total_count).expand_as(found), float("inf"), found)


@register_kl(OneHotCategorical, OneHotCategorical)
def _(p: Any, q: Any) -> Tensor:
    return kl_divergence(p._categorical, q._categorical)


@register_kl(HalfNormal, HalfNormal)
def _(p: Any, q: Any) -> Tensor:
    return kl_divergence(p._whole, q._whole)


@register_kl(Gumbel, Gumbel)
def _(p: Any, q: Any) -> Tensor:
    euler = 0.57721566490153286061
    ratio = p.scale / q.scale
    shift = q.loc / q.scale - p.loc / q.scale
    return -ratio.log() - shift + ratio * euler + (shift + lgamma(1 + ratio)).exp() - (1 + euler)


@register_kl(TransformedDistribution, TransformedDistribution)
def _(p: Any, q: Any) -> Tensor:
    if p.transforms != q.transforms or p.event_shape != q.event_shape:
        raise NotImplementedError("kl_divergence: distributions with different transforms have no closed form")
    found = kl_divergence(p.base_dist, q.base_dist)
    more = len(p.event_shape) - len(p.base_dist.event_shape)
    return found.flatten(found.dim() - more).sum(-1) if more > 0 else found


@register_kl(Laplace, Normal)
def _(p: Any, q: Any) -> Tensor:
    squared = q.scale**2
    return (
        -(p.scale / q.scale).log()
        + 0.5 * log(2 * pi)
        + p.scale**2 / squared
        + (p.loc - q.loc) ** 2 / (2 * squared)
        - (1 + log(2))
    )


@register_kl(Exponential, Gamma)
def _(p: Any, q: Any) -> Tensor:
    ratio = q.rate / p.rate
    return (
        -q.concentration * ratio.log()
        + ratio
        + lgamma(q.concentration)
        + q.concentration * 0.57721566490153286061
        - (1 + 0.57721566490153286061)
    )
