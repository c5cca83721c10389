"""The distribution of waiting times between events that happen at a constant rate."""

from typing import Any, ClassVar

from ..tensor import Tensor
from ..tensor.random import rand
from . import constraints
from .distribution import Distribution, parameters


class Exponential(Distribution):
    """Positive numbers with density rate * e**(-rate * value).

    >>> import autograd
    >>> autograd.distributions.Exponential(2.0).log_prob(autograd.tensor(1.0))
    tensor(-1.3069)
    """

    rate: Tensor

    arg_constraints: ClassVar[dict[str, Any]] = {"rate": constraints.positive}
    support: Any = constraints.nonnegative  # type: ignore[assignment]
    has_rsample = True

    def __init__(self, rate: Any, validate_args: bool | None = None) -> None:
        (self.rate,) = parameters(rate)
        super().__init__(self.rate.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """1 / rate"""
        return self.rate.reciprocal()

    stddev = mean  # type: ignore[assignment]

    @property
    def mode(self) -> Tensor:
        """0"""
        return self.rate * 0

    @property
    def variance(self) -> Tensor:
        """1 / rate**2"""
        return self.rate**-2

    def expand(self, batch_shape: Any) -> "Exponential":
        """The same distribution over a larger batch."""
        return self._expanded(batch_shape, lambda t: t.expand(batch_shape), ("rate",))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """-log(1 - noise) / rate"""
        return self.icdf(rand(self._extended_shape(sample_shape), dtype=self.rate.dtype))

    def log_prob(self, value: Tensor) -> Tensor:
        """log(rate) - rate * value"""
        self._validate_sample(value)
        return self.rate.log() - self.rate * value

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of a value not above this one."""
        self._validate_sample(value)
        return -(-self.rate * value).expm1()

    def icdf(self, value: Tensor) -> Tensor:
        """The value below which a draw is with this probability."""
        return -(-value).log1p() / self.rate

    def entropy(self) -> Tensor:
        """1 - log(rate)"""
        return 1 - self.rate.log()
