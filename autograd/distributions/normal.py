"""The normal distribution of one real number."""

from math import log, pi, sqrt
from typing import Any, ClassVar

from ..special import erf, erfinv
from ..tensor import Tensor
from ..tensor.random import randn
from . import constraints
from .distribution import Distribution, parameters


class Normal(Distribution):
    """The normal distribution with mean `loc` and standard deviation `scale`.

    >>> import autograd
    >>> autograd.distributions.Normal(autograd.zeros(2), autograd.tensor([1.0, 2.0])).entropy()
    tensor([1.4189, 2.1121])
    """

    loc: Tensor
    scale: Tensor

    arg_constraints: ClassVar[dict[str, Any]] = {"loc": constraints.real, "scale": constraints.positive}
    has_rsample = True

    def __init__(self, loc: Any, scale: Any, validate_args: bool | None = None) -> None:
        self.loc, self.scale = parameters(loc, scale)
        super().__init__(self.loc.shape, validate_args=validate_args)

    support: Any = constraints.real  # type: ignore[assignment]

    @property
    def mean(self) -> Tensor:
        """loc"""
        return self.loc

    mode = mean

    @property
    def stddev(self) -> Tensor:
        """scale"""
        return self.scale

    @property
    def variance(self) -> Tensor:
        """scale**2"""
        return self.scale**2

    def expand(self, batch_shape: Any) -> "Normal":
        """The same distribution over a larger batch."""
        return self._expanded(batch_shape, lambda t: t.expand(batch_shape), ("loc", "scale"))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """loc + scale * noise"""
        return self.loc + randn(self._extended_shape(sample_shape), dtype=self.loc.dtype) * self.scale

    def log_prob(self, value: Tensor) -> Tensor:
        """-(value - loc)**2 / (2 scale**2) - log(scale) - log(2 pi) / 2"""
        self._validate_sample(value)
        return -((value - self.loc) ** 2) / (2 * self.scale**2) - self.scale.log() - log(2 * pi) / 2

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of a value not above this one."""
        self._validate_sample(value)
        return 0.5 * (1 + erf((value - self.loc) / (self.scale * sqrt(2))))

    def icdf(self, value: Tensor) -> Tensor:
        """The value below which a draw is with this probability."""
        return self.loc + self.scale * erfinv(2 * value - 1) * sqrt(2)

    def entropy(self) -> Tensor:
        """1/2 + log(2 pi) / 2 + log(scale)"""
        return 0.5 + 0.5 * log(2 * pi) + self.scale.log()
