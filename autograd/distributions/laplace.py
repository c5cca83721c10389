"""The distribution whose density falls off exponentially on both sides of its mean."""

from typing import Any, ClassVar

from ..tensor import Tensor
from ..tensor.random import rand
from . import constraints
from .distribution import Distribution, parameters


class Laplace(Distribution):
    """Real numbers with density e**(-|value - loc| / scale) / (2 scale).

    >>> import autograd
    >>> autograd.distributions.Laplace(0.0, 1.0).log_prob(autograd.tensor(1.0))
    tensor(-1.6931)
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
        """loc"""
        return self.loc

    mode = mean

    @property
    def stddev(self) -> Tensor:
        """sqrt(2) scale"""
        return 2**0.5 * self.scale

    @property
    def variance(self) -> Tensor:
        """2 scale**2"""
        return 2 * self.scale**2

    def expand(self, batch_shape: Any) -> "Laplace":
        """The same distribution over a larger batch."""
        return self._expanded(batch_shape, lambda t: t.expand(batch_shape), ("loc", "scale"))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """The inverse of the distribution function at noise, kept off 0 where it is infinite."""
        noise = rand(self._extended_shape(sample_shape), dtype=self.loc.dtype)
        return self.icdf(noise.clamp(min=2.0**-25))

    def log_prob(self, value: Tensor) -> Tensor:
        """-log(2 scale) - |value - loc| / scale"""
        self._validate_sample(value)
        return -(2 * self.scale).log() - (value - self.loc).abs() / self.scale

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of a value not above this one."""
        self._validate_sample(value)
        away = value - self.loc
        return 0.5 - 0.5 * away.sign() * (-away.abs() / self.scale).expm1()

    def icdf(self, value: Tensor) -> Tensor:
        """The value below which a draw is with this probability."""
        away = value - 0.5
        return self.loc - self.scale * away.sign() * (-2 * away.abs()).log1p()

    def entropy(self) -> Tensor:
        """1 + log(2 scale)"""
        return 1 + (2 * self.scale).log()
