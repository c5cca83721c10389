"""The distribution of yes and no, given by a probability or by a logit."""

from typing import Any, ClassVar

from ..core.graph import no_grad
from ..functions.exponential import logaddexp, sigmoid
from ..tensor import Tensor
from ..tensor.random import bernoulli
from ..tensor.ranges import arange
from . import constraints
from .distribution import Distribution, exactly_one, lazy_property, off_the_ends, parameters


class OfTrials(Distribution):
    """`probs` or `logits` of success in a trial."""

    def _give(self, probs: Any, logits: Any, *others: Any) -> list[Any]:
        exactly_one(probs, logits, type(self).__name__)
        found = parameters(logits if probs is None else probs, *others)
        self.__dict__["logits" if probs is None else "probs"] = found[0]
        return found

    @lazy_property
    def probs(self) -> Tensor:
        """The probability of success."""
        return sigmoid(self.logits)

    @lazy_property
    def logits(self) -> Tensor:
        """log(p / (1 - p))"""
        probs = off_the_ends(self.probs)
        return probs.log() - (-probs).log1p()

    @property
    def param_shape(self) -> Any:
        """The shape of the parameters."""
        return self._batch_shape


class Bernoulli(OfTrials):
    """1 with probability `probs` (or sigmoid(`logits`)), else 0.

    >>> import autograd
    >>> autograd.distributions.Bernoulli(0.25).log_prob(autograd.tensor(1.0)).exp()
    tensor(0.2500)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {"probs": constraints.unit_interval, "logits": constraints.real}
    has_enumerate_support = True
    support: Any = constraints.boolean  # type: ignore[assignment]

    def __init__(self, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        (given,) = self._give(probs, logits)
        super().__init__(given.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """p"""
        return self.probs

    @property
    def variance(self) -> Tensor:
        """p (1 - p)"""
        return self.probs * (1 - self.probs)

    @property
    def mode(self) -> Tensor:
        """The more probable of 0 and 1; NaN where they are equal."""
        mode = (self.probs >= 0.5).to(self.probs.dtype)
        return mode.masked_fill(self.probs == 0.5, float("nan"))

    def expand(self, batch_shape: Any) -> "Bernoulli":
        """The same distribution over a larger batch."""
        return self._expanded(batch_shape, lambda t: t.expand(batch_shape), ("probs", "logits"))

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw 0 and 1, in the dtype of the parameter."""
        with no_grad():
            return bernoulli(self.probs.expand(self._extended_shape(sample_shape)))

    def log_prob(self, value: Tensor) -> Tensor:
        """value * logit - log(1 + e**logit)"""
        self._validate_sample(value)
        found = value * self.logits - logaddexp(self.logits, self.logits * 0)
        return found.to(value.dtype) if value.is_floating_point() else found

    def entropy(self) -> Tensor:
        """log(1 + e**logit) - p * logit"""
        return logaddexp(self.logits, self.logits * 0) - self.probs * self.logits

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """0 and 1, along a new first dimension."""
        values = arange(2, dtype=self.probs.dtype).reshape(-1, *[1] * len(self._batch_shape))
        return values.expand(-1, *self._batch_shape) if expand else values
