"""Distributions of counts: Poisson, geometric, binomial, negative binomial, multinomial."""

from typing import Any, ClassVar

import numpy as np

from ..core.graph import no_grad
from ..functions.exponential import sigmoid
from ..functions.special import lgamma
from ..ops.transcendental import softplus
from ..tensor import Tensor
from ..tensor.creation import as_tensor
from ..tensor.generator import source
from ..tensor.random import multinomial, poisson, rand
from ..tensor.ranges import arange
from . import constraints
from .bernoulli import OfTrials
from .categorical import OfCategorical
from .distribution import Distribution, off_the_ends, parameters
from .gamma import standard_gamma


class Poisson(Distribution):
    """How many events happen in a time in which `rate` are expected.

    >>> import autograd
    >>> autograd.distributions.Poisson(2.0).log_prob(autograd.tensor(0.0))
    tensor(-2.)
    """

    rate: Tensor

    arg_constraints: ClassVar[dict[str, Any]] = {"rate": constraints.nonnegative}
    support: Any = constraints.nonnegative_integer  # type: ignore[assignment]

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        (self.rate,) = parameters(rate)
        super().__init__(self.rate.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """rate"""
        return self.rate

    @property
    def mode(self) -> Tensor:
        """The rate without its fraction."""
        return self.rate.floor()

    variance = mean  # type: ignore[assignment]

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw counts, in the dtype of the rate."""
        with no_grad():
            return poisson(self.rate.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        """value log(rate) - rate - log(value!)"""
        self._validate_sample(value)
        return value.xlogy(self.rate) - self.rate - lgamma(value + 1)


class Geometric(OfTrials):
    """How many trials fail before the first success.

    >>> import autograd
    >>> autograd.distributions.Geometric(0.25).mean
    tensor(3.)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {"probs": constraints.unit_interval, "logits": constraints.real}
    support: Any = constraints.nonnegative_integer  # type: ignore[assignment]

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        (given,) = self._give(probs, logits)
        super().__init__(given.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """1 / p - 1"""
        return 1.0 / self.probs - 1.0

    @property
    def mode(self) -> Tensor:
        """0"""
        return self.probs * 0

    @property
    def variance(self) -> Tensor:
        """(1 / p - 1) / p"""
        return (1.0 / self.probs - 1.0) / self.probs

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """floor(log u / log(1 - p))"""
        with no_grad():
            u = off_the_ends(rand(self._extended_shape(sample_shape), dtype=self.probs.dtype))
            return (u.log() / (-self.probs).log1p()).floor()

    def log_prob(self, value: Tensor) -> Tensor:
        """value log(1 - p) + log p"""
        self._validate_sample(value)
        return value * (-self.probs).log1p() + self.probs.log()

    def entropy(self) -> Tensor:
        """(-(1 - p) log(1 - p) - p log p) / p"""
        p = self.probs
        return ((p - 1) * (-p).log1p()) / p - p.log()


class Binomial(OfTrials):
    """How many of `total_count` trials succeed.

    >>> import autograd
    >>> autograd.distributions.Binomial(2, 0.5).log_prob(autograd.tensor(1.0)).exp()
    tensor(0.5000)
    """

    total_count: Any

    arg_constraints: ClassVar[dict[str, Any]] = {
        "total_count": constraints.nonnegative_integer,
        "probs": constraints.unit_interval,
        "logits": constraints.real,
    }

    def __init__(self, total_count: Any = 1, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        _, self.total_count = self._give(probs, logits, total_count)
        super().__init__(self.total_count.shape, validate_args=validate_args)

    @property
    def support(self) -> constraints.Constraint:
        """Whole numbers from 0 to total_count."""
        return constraints.IntegerInterval(0, self.total_count)

    @property
    def mean(self) -> Tensor:
        """n p"""
        return self.total_count * self.probs

    @property
    def mode(self) -> Tensor:
        """(n + 1) p without its fraction, and no more than n"""
        return ((self.total_count + 1) * self.probs).floor().clamp(max=self.total_count)

    @property
    def variance(self) -> Tensor:
        """n p (1 - p)"""
        return self.total_count * self.probs * (1 - self.probs)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw counts, in the dtype of the parameters."""
        shape, probs = self._extended_shape(sample_shape), self.probs.detach().numpy().astype(np.float64)
        drawn = source(None).binomial(self.total_count.numpy().astype(np.int64), probs, tuple(shape))
        return as_tensor(np.asarray(drawn).astype(self.probs.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        """log n! / (k! (n - k)!) + k logit - n log(1 + e**logit)"""
        self._validate_sample(value)
        n = self.total_count
        ways = lgamma(n + 1) - lgamma(value + 1) - lgamma(n - value + 1)
        return ways + value * self.logits - n * softplus(self.logits)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """All counts, along a new first dimension. Raises where the numbers of trials differ."""
        n = int(self.total_count.max())
        if not self.total_count.min() == n:
            raise NotImplementedError("Inhomogeneous total count not supported by `enumerate_support`.")
        values = arange(n + 1, dtype=self.probs.dtype).reshape(-1, *[1] * len(self._batch_shape))
        return values.expand(-1, *self._batch_shape) if expand else values

    def entropy(self) -> Tensor:
        """-sum p log p over all counts. Raises where the numbers of trials differ."""
        each = self.log_prob(self.enumerate_support(False))
        return -(each.exp() * each).sum(0)


class NegativeBinomial(OfTrials):
    """How many trials succeed before `total_count` have failed.

    >>> import autograd
    >>> autograd.distributions.NegativeBinomial(3.0, 0.5).mean
    tensor(3.)
    """

    total_count: Any

    arg_constraints: ClassVar[dict[str, Any]] = {
        "total_count": constraints.AtLeast(0),
        "probs": constraints.HalfOpenInterval(0.0, 1.0),
        "logits": constraints.real,
    }
    support: Any = constraints.nonnegative_integer  # type: ignore[assignment]

    def __init__(self, total_count: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        _, self.total_count = self._give(probs, logits, total_count)
        super().__init__(self.total_count.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """n e**logit"""
        return self.total_count * self.logits.exp()

    @property
    def mode(self) -> Tensor:
        """(n - 1) e**logit without its fraction, or 0"""
        return ((self.total_count - 1) * self.logits.exp()).floor().clamp(min=0.0)

    @property
    def variance(self) -> Tensor:
        """mean / (1 - p)"""
        return self.mean / sigmoid(-self.logits)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """A Poisson variable whose rate is a gamma variable."""
        with no_grad():
            shape = self._extended_shape(sample_shape)
            return poisson(standard_gamma(self.total_count.expand(shape)) * self.logits.exp())

    def log_prob(self, value: Tensor) -> Tensor:
        """n log(1 - p) + k log p + log gamma(n + k) / (k! gamma(n))"""
        self._validate_sample(value)
        n = self.total_count
        return (
            n * -softplus(self.logits)
            + value * -softplus(-self.logits)
            + (lgamma(n + value) - lgamma(1.0 + value) - lgamma(n)).masked_fill(n + value == 0, 0.0)
        )


class Multinomial(OfCategorical):
    """How often each of n categories is drawn in `total_count` draws.

    >>> import autograd
    >>> d = autograd.distributions.Multinomial(2, autograd.tensor([0.5, 0.5]))
    >>> d.log_prob(autograd.tensor([1.0, 1.0])).exp()
    tensor(0.5000)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {"probs": constraints.simplex, "logits": constraints.real_vector}

    def __init__(
        self, total_count: int = 1, probs: Tensor | None = None, logits: Tensor | None = None, validate_args: bool | None = None
    ) -> None:
        if not isinstance(total_count, int):
            raise NotImplementedError("inhomogeneous total_count is not supported")
        self.total_count = total_count
        super().__init__(probs, logits, validate_args)

    @property
    def support(self) -> constraints.Constraint:
        """Counts that sum to total_count."""
        return constraints.Counts(self.total_count)

    @property
    def mean(self) -> Tensor:
        """n p"""
        return self.probs * self.total_count

    @property
    def variance(self) -> Tensor:
        """n p (1 - p)"""
        return self.total_count * self.probs * (1 - self.probs)

    def expand(self, batch_shape: Any) -> "Multinomial":
        """The same distribution over a larger batch."""
        probs = self.probs.expand(*batch_shape, *self.event_shape)
        return Multinomial(self.total_count, probs, validate_args=self._validate_args)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw counts, in the dtype of the parameters."""
        with no_grad():
            shape = self._extended_shape(sample_shape)
            weights = self.probs.expand(shape).reshape(-1, shape[-1])
            drawn = multinomial(weights, self.total_count, True)
            return self.probs.new_zeros(weights.shape).scatter_add_(1, drawn, drawn.to(self.probs.dtype) * 0 + 1).reshape(shape)

    def log_prob(self, value: Tensor) -> Tensor:
        """log n! - sum log k! + sum k log p"""
        self._validate_sample(value)
        logits = self.logits.masked_fill((value == 0) & (self.logits == -float("inf")), 0)
        return lgamma(value.sum(-1) + 1) - lgamma(value + 1).sum(-1) + (logits * value).sum(-1)

    def entropy(self) -> Tensor:
        """n times that of one draw, less log n!, and the expected log k! of each category"""
        n = self.total_count
        each = Binomial(n, self.probs, validate_args=False)
        counts = each.enumerate_support(False)[1:]
        weights = each.log_prob(counts).exp()
        whole = lgamma(self.probs.new_full((), n + 1.0))
        return n * self._categorical.entropy() - whole + (weights * lgamma(counts + 1)).sum((0, -1))
