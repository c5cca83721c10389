"""The distribution of one of n categories, given by probabilities or by logits."""

from typing import Any, ClassVar

from ..core.dtypes import finfo
from ..core.graph import no_grad
from ..core.shapes import broadcast
from ..errors import ArgumentError
from ..tensor import Tensor
from ..tensor.creation import full
from ..tensor.random import multinomial
from ..tensor.ranges import arange
from . import constraints
from .distribution import Distribution, exactly_one, lazy_property, off_the_ends


class Categorical(Distribution):
    """One of n categories, with `probs` (made to sum to 1) or `logits` (logs up to a constant) along the last dimension.

    >>> import autograd
    >>> d = autograd.distributions.Categorical(autograd.tensor([1.0, 3.0]))
    >>> d.probs, d.log_prob(autograd.tensor(1)).exp()
    (tensor([0.2500, 0.7500]), tensor(0.7500))
    """

    arg_constraints: ClassVar[dict[str, Any]] = {"probs": constraints.simplex, "logits": constraints.real_vector}
    has_enumerate_support = True

    def __init__(self, probs: Tensor | None = None, logits: Tensor | None = None, validate_args: bool | None = None) -> None:
        exactly_one(probs, logits, "Categorical")
        given = probs if logits is None else logits
        if not isinstance(given, Tensor) or given.dim() < 1:
            raise ArgumentError("Categorical: `probs` and `logits` must be tensors with at least one dimension")
        if probs is not None:
            self.probs = probs / probs.sum(-1, keepdim=True)
        else:
            self.logits = given - given.logsumexp(-1, keepdim=True)
        self._num_events = given.shape[-1]
        super().__init__(given.shape[:-1], validate_args=validate_args)

    @lazy_property
    def probs(self) -> Tensor:
        """The probability of each category."""
        return self.logits.softmax(-1)

    @lazy_property
    def logits(self) -> Tensor:
        """The log of the probability of each category."""
        return off_the_ends(self.probs).log()

    @property
    def param_shape(self) -> Any:
        """The shape of the parameters."""
        return (*self._batch_shape, self._num_events)

    @property
    def support(self) -> constraints.Constraint:
        """Whole numbers from 0 to n - 1."""
        return constraints.IntegerInterval(0, self._num_events - 1)

    @property
    def mean(self) -> Tensor:
        """NaN: categories have no order."""
        return full(self._batch_shape, float("nan"), dtype=self.probs.dtype)

    @property
    def variance(self) -> Tensor:
        """NaN: categories have no order."""
        return self.mean

    @property
    def mode(self) -> Tensor:
        """The most probable category."""
        return self.probs.argmax(-1)

    def expand(self, batch_shape: Any) -> "Categorical":
        """The same distribution over a larger batch."""
        shape = (*batch_shape, self._num_events)
        new = self._expanded(batch_shape, lambda t: t.expand(shape), ("probs", "logits"))
        new._num_events = self._num_events
        return new

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw categories, as int64."""
        shape = tuple(sample_shape)
        n = 1
        for k in shape:
            n *= k
        with no_grad():
            drawn = multinomial(self.probs.reshape(-1, self._num_events), n, True)
            return drawn.mT.reshape(self._extended_shape(shape))

    def log_prob(self, value: Tensor) -> Tensor:
        """The log of the probability of a category."""
        self._validate_sample(value)
        index = value.long().unsqueeze(-1)
        shape = broadcast("Categorical.log_prob", tuple(index.shape[:-1]), tuple(self._batch_shape))
        chosen = self.logits.expand(*shape, self._num_events).gather(-1, index.expand(*shape, 1))
        return chosen.squeeze(-1)

    def entropy(self) -> Tensor:
        """-sum p log p"""
        lowest = finfo(self.logits.dtype).min
        return -(self.logits.clamp(min=lowest) * self.probs).sum(-1)

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """All categories, along a new first dimension."""
        values = arange(self._num_events).reshape(-1, *[1] * len(self._batch_shape))
        return values.expand(-1, *self._batch_shape) if expand else values


class OfCategorical(Distribution):
    """A distribution over vectors with an element for each category, whose parameters are those of a Categorical."""

    def __init__(self, probs: Tensor | None = None, logits: Tensor | None = None, validate_args: bool | None = None) -> None:
        self._categorical = Categorical(probs, logits)
        super().__init__(self._categorical.batch_shape, self._categorical.param_shape[-1:], validate_args=validate_args)

    @property
    def probs(self) -> Tensor:
        """The probability of each category."""
        return self._categorical.probs

    @property
    def logits(self) -> Tensor:
        """The log of the probability of each category."""
        return self._categorical.logits
