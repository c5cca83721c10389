"""Continuous distributions that are one formula of a uniform or a normal variable."""

import math
from typing import Any, ClassVar

from ..functions.exponential import log
from ..functions.rounding import where
from ..tensor import Tensor
from ..tensor.random import rand
from . import constraints
from .distribution import Distribution, off_the_ends, parameters
from .normal import Normal
from .transformed_distribution import TransformedDistribution
from .transforms import ExpTransform

EULER = 0.57721566490153286061


class LogNormal(TransformedDistribution):
    """e to a normal variable with mean `loc` and standard deviation `scale`.

    >>> import autograd
    >>> autograd.distributions.LogNormal(0.0, 1.0).mean
    tensor(1.6487)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {"loc": constraints.real, "scale": constraints.positive}
    support: Any = constraints.positive  # type: ignore[assignment]

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        super().__init__(Normal(loc, scale, validate_args=validate_args), ExpTransform(), validate_args=validate_args)

    def expand(self, batch_shape: Any) -> "LogNormal":
        """The same distribution over a larger batch."""
        return LogNormal(self.loc.expand(batch_shape), self.scale.expand(batch_shape), self._validate_args)

    @property
    def loc(self) -> Tensor:
        """The mean of the logarithm."""
        return self.base_dist.loc

    @property
    def scale(self) -> Tensor:
        """The standard deviation of the logarithm."""
        return self.base_dist.scale

    @property
    def mean(self) -> Tensor:
        """e**(loc + scale**2 / 2)"""
        return (self.loc + self.scale.pow(2) / 2).exp()

    @property
    def mode(self) -> Tensor:
        """e**(loc - scale**2)"""
        return (self.loc - self.scale.square()).exp()

    @property
    def variance(self) -> Tensor:
        """(e**(scale**2) - 1) e**(2 loc + scale**2)"""
        square = self.scale.pow(2)
        return square.expm1() * (2 * self.loc + square).exp()

    def entropy(self) -> Tensor:
        """That of the normal variable, and loc."""
        return self.base_dist.entropy() + self.loc


class HalfNormal(Distribution):
    """The absolute value of a normal variable with mean 0 and standard deviation `scale`.

    >>> import autograd
    >>> autograd.distributions.HalfNormal(1.0).log_prob(autograd.tensor(0.0))
    tensor(-0.2258)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {"scale": constraints.positive}
    support: Any = constraints.nonnegative  # type: ignore[assignment]
    has_rsample = True

    def __init__(self, scale: Any, validate_args: bool | None = None) -> None:
        self._whole = Normal(0, scale, validate_args=False)
        self.scale: Tensor = self._whole.scale
        super().__init__(self.scale.shape, validate_args=validate_args)

    def expand(self, batch_shape: Any) -> "HalfNormal":
        """The same distribution over a larger batch."""
        return HalfNormal(self.scale.expand(batch_shape), validate_args=self._validate_args)

    @property
    def mean(self) -> Tensor:
        """scale sqrt(2 / pi)"""
        return self.scale * math.sqrt(2 / math.pi)

    @property
    def mode(self) -> Tensor:
        """0"""
        return self.scale * 0

    @property
    def variance(self) -> Tensor:
        """scale**2 (1 - 2 / pi)"""
        return self.scale.pow(2) * (1 - 2 / math.pi)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """|scale * noise|"""
        return self._whole.rsample(sample_shape).abs()

    def log_prob(self, value: Tensor) -> Tensor:
        """log 2 more than the normal variable's; -inf below 0"""
        self._validate_sample(value)
        return where(value >= 0, self._whole.log_prob(value) + math.log(2), -math.inf)

    def cdf(self, value: Tensor) -> Tensor:
        """2 Phi(value / scale) - 1"""
        self._validate_sample(value)
        return 2 * self._whole.cdf(value) - 1

    def icdf(self, value: Tensor) -> Tensor:
        """The value below which a draw is with this probability."""
        return self._whole.icdf((value + 1) / 2)

    def entropy(self) -> Tensor:
        """That of the normal variable, less log 2."""
        return self._whole.entropy() - math.log(2)


class Cauchy(Distribution):
    """Density 1 / (pi scale (1 + z**2)), z = (x - loc) / scale: it has no mean.

    >>> import autograd
    >>> autograd.distributions.Cauchy(0.0, 1.0).cdf(autograd.tensor(1.0))
    tensor(0.7500)
    """

    loc: Tensor
    scale: Tensor

    arg_constraints: ClassVar[dict[str, Any]] = {"loc": constraints.real, "scale": constraints.positive}
    support: Any = constraints.real  # type: ignore[assignment]
    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = parameters(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """NaN: the integral does not exist."""
        return self.loc.new_full(self._batch_shape, math.nan)

    @property
    def mode(self) -> Tensor:
        """loc"""
        return self.loc

    @property
    def variance(self) -> Tensor:
        """Infinite."""
        return self.loc.new_full(self._batch_shape, math.inf)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """loc + scale tan(pi (u - 1/2))"""
        return self.icdf(off_the_ends(rand(self._extended_shape(sample_shape), dtype=self.loc.dtype)))

    def log_prob(self, value: Tensor) -> Tensor:
        """-log(pi scale (1 + z**2))"""
        self._validate_sample(value)
        return -math.log(math.pi) - self.scale.log() - (((value - self.loc) / self.scale) ** 2).log1p()

    def cdf(self, value: Tensor) -> Tensor:
        """atan(z) / pi + 1/2"""
        self._validate_sample(value)
        return ((value - self.loc) / self.scale).atan() / math.pi + 0.5

    def icdf(self, value: Tensor) -> Tensor:
        """loc + scale tan(pi (p - 1/2))"""
        return (math.pi * (value - 0.5)).tan() * self.scale + self.loc

    def entropy(self) -> Tensor:
        """log(4 pi scale)"""
        return math.log(4 * math.pi) + self.scale.log()


class Gumbel(Distribution):
    """The largest of many: P(x) = e**(-e**-z), z = (x - loc) / scale.

    >>> import autograd
    >>> autograd.distributions.Gumbel(0.0, 1.0).mean
    tensor(0.5772)
    """

    loc: Tensor
    scale: Tensor

    arg_constraints: ClassVar[dict[str, Any]] = {"loc": constraints.real, "scale": constraints.positive}
    support: Any = constraints.real  # type: ignore[assignment]
    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = parameters(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """loc + scale * 0.5772..."""
        return self.loc + self.scale * EULER

    @property
    def mode(self) -> Tensor:
        """loc"""
        return self.loc

    @property
    def stddev(self) -> Tensor:
        """scale pi / sqrt(6)"""
        return (math.pi / math.sqrt(6)) * self.scale

    @property
    def variance(self) -> Tensor:
        """scale**2 pi**2 / 6"""
        return self.stddev.pow(2)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """loc - scale log(-log u)"""
        return self.icdf(off_the_ends(rand(self._extended_shape(sample_shape), dtype=self.loc.dtype)))

    def log_prob(self, value: Tensor) -> Tensor:
        """-z - e**-z - log(scale)"""
        self._validate_sample(value)
        z = (self.loc - value) / self.scale
        return z - z.exp() - self.scale.log()

    def cdf(self, value: Tensor) -> Tensor:
        """e**(-e**-z)"""
        self._validate_sample(value)
        return (-((self.loc - value) / self.scale).exp()).exp()

    def icdf(self, value: Tensor) -> Tensor:
        """loc - scale log(-log p)"""
        return self.loc - self.scale * log(-log(value))

    def entropy(self) -> Tensor:
        """log(scale) + 1.5772..."""
        return self.scale.log() + (1 + EULER)


class Weibull(Distribution):
    """Lifetimes: P(x) = 1 - e**-((x / scale)**concentration).

    >>> import autograd
    >>> autograd.distributions.Weibull(2.0, 1.0).log_prob(autograd.tensor(2.0))
    tensor(-1.6931)
    """

    concentration: Tensor
    scale: Tensor

    arg_constraints: ClassVar[dict[str, Any]] = {"scale": constraints.positive, "concentration": constraints.positive}
    support: Any = constraints.positive  # type: ignore[assignment]
    has_rsample = True

    def __init__(self, scale: Any, concentration: Any, validate_args: bool | None = None) -> None:
        self.scale, self.concentration = parameters(scale, concentration)
        super().__init__(self.scale.shape, validate_args=validate_args)

    def _moment(self, k: int) -> Tensor:
        return (1 + k / self.concentration).lgamma().exp()

    @property
    def mean(self) -> Tensor:
        """scale gamma(1 + 1 / concentration)"""
        return self.scale * self._moment(1)

    @property
    def variance(self) -> Tensor:
        """scale**2 (gamma(1 + 2 / concentration) - gamma(1 + 1 / concentration)**2)"""
        return self.scale.pow(2) * (self._moment(2) - self._moment(1) ** 2)

    @property
    def mode(self) -> Tensor:
        """scale ((k - 1) / k)**(1 / k), k the concentration; NaN for k below 1, where the density has no largest value"""
        k = self.concentration
        return self.scale * ((k - 1) / k) ** k.reciprocal()

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """scale (-log(1 - u))**(1 / concentration)"""
        return self.icdf(off_the_ends(rand(self._extended_shape(sample_shape), dtype=self.scale.dtype)))

    def log_prob(self, value: Tensor) -> Tensor:
        """log(k / scale) + (k - 1) log(x / scale) - (x / scale)**k, k the concentration"""
        self._validate_sample(value)
        k, z = self.concentration, value / self.scale
        return (k / self.scale).log() + (k - 1) * z.log() - z.pow(k)

    def cdf(self, value: Tensor) -> Tensor:
        """1 - e**-((x / scale)**k)"""
        self._validate_sample(value)
        return -(-((value / self.scale) ** self.concentration)).expm1()

    def icdf(self, value: Tensor) -> Tensor:
        """scale (-log(1 - p))**(1 / k)"""
        return self.scale * (-(-value).log1p()) ** self.concentration.reciprocal()

    def entropy(self) -> Tensor:
        """0.5772... (1 - 1 / k) + log(scale / k) + 1"""
        k = self.concentration
        return EULER * (1 - k.reciprocal()) + (self.scale * k.reciprocal()).log() + 1
