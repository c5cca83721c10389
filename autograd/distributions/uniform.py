"""The distribution of equally likely real numbers."""

from typing import Any

from ..functions.rounding import clamp, where
from ..tensor import Tensor
from ..tensor.random import rand
from . import constraints
from .distribution import Distribution, parameters


class Uniform(Distribution):
    """Equally likely numbers from `low` to `high`.

    >>> import autograd
    >>> autograd.distributions.Uniform(0.0, 4.0).log_prob(autograd.tensor(1.0))
    tensor(-1.3863)
    """

    high: Tensor
    low: Tensor

    has_rsample = True

    def __init__(self, low: Any, high: Any, validate_args: bool | None = None) -> None:
        self.low, self.high = parameters(low, high)
        super().__init__(self.low.shape, validate_args=validate_args)

    @property
    def arg_constraints(self) -> dict[Any, Any]:  # type: ignore[override]
        """Each bound is limited by the other."""
        return {"low": constraints.LessThan(self.high), "high": constraints.GreaterThan(self.low)}

    @property
    def support(self) -> constraints.Constraint:
        """From low to high."""
        return constraints.Interval(self.low, self.high)

    @property
    def mean(self) -> Tensor:
        """(low + high) / 2"""
        return (self.high + self.low) / 2

    @property
    def stddev(self) -> Tensor:
        """(high - low) / sqrt(12)"""
        return (self.high - self.low) / 12**0.5

    @property
    def variance(self) -> Tensor:
        """(high - low)**2 / 12"""
        return (self.high - self.low) ** 2 / 12

    def expand(self, batch_shape: Any) -> "Uniform":
        """The same distribution over a larger batch."""
        return self._expanded(batch_shape, lambda t: t.expand(batch_shape), ("low", "high"))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """low + (high - low) * noise"""
        return self.low + rand(self._extended_shape(sample_shape), dtype=self.low.dtype) * (self.high - self.low)

    def log_prob(self, value: Tensor) -> Tensor:
        """-log(high - low) from low to high, and -inf elsewhere"""
        self._validate_sample(value)
        inside = (self.low <= value) & (value < self.high)
        return where(inside, -(self.high - self.low).log(), float("-inf"))

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of a value not above this one."""
        self._validate_sample(value)
        return clamp((value - self.low) / (self.high - self.low), min=0, max=1)

    def icdf(self, value: Tensor) -> Tensor:
        """The value below which a draw is with this probability."""
        return value * (self.high - self.low) + self.low

    def entropy(self) -> Tensor:
        """log(high - low)"""
        return (self.high - self.low).log()
