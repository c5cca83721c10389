"""Categories as vectors: one-hot, one-hot with a gradient that goes straight through, and relaxed to points between."""

from math import log
from typing import Any, ClassVar

from ..core.graph import no_grad
from ..functions.exponential import sigmoid
from ..functions.special import lgamma
from ..ops.transcendental import softplus
from ..tensor import Tensor
from ..tensor.random import rand
from . import constraints
from .bernoulli import Bernoulli
from .categorical import OfCategorical
from .distribution import Distribution, off_the_ends


def _hot(index: Tensor, like: Tensor) -> Tensor:
    """1 at the index along the last dimension, else 0."""
    shape = (*index.shape, like.shape[-1])
    return like.new_zeros(shape).scatter_(-1, index.unsqueeze(-1), 1.0)


class OneHotCategorical(OfCategorical):
    """One of n categories, as a vector with a 1 at its place.

    >>> import autograd
    >>> d = autograd.distributions.OneHotCategorical(autograd.tensor([0.25, 0.75]))
    >>> d.log_prob(autograd.tensor([0.0, 1.0])).exp()
    tensor(0.7500)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support: Any = constraints.one_hot  # type: ignore[assignment]
    has_enumerate_support = True

    @property
    def param_shape(self) -> Any:
        """The shape of the parameters."""
        return self._categorical.param_shape

    @property
    def mean(self) -> Tensor:
        """p"""
        return self.probs

    @property
    def mode(self) -> Tensor:
        """The most probable category."""
        return _hot(self.probs.argmax(-1), self.probs)

    @property
    def variance(self) -> Tensor:
        """p (1 - p)"""
        return self.probs * (1 - self.probs)

    def expand(self, batch_shape: Any) -> "OneHotCategorical":
        """The same distribution over a larger batch."""
        return type(self)(self.probs.expand(*batch_shape, *self.event_shape), validate_args=self._validate_args)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw vectors, in the dtype of the parameters."""
        with no_grad():
            return _hot(self._categorical.sample(sample_shape), self.probs)

    def log_prob(self, value: Tensor) -> Tensor:
        """The log of the probability of the category."""
        self._validate_sample(value)
        return self._categorical.log_prob(value.max(-1)[1])

    def entropy(self) -> Tensor:
        """-sum p log p"""
        return self._categorical.entropy()

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """All categories, along a new first dimension."""
        return _hot(self._categorical.enumerate_support(expand), self.probs)


class OneHotCategoricalStraightThrough(OneHotCategorical):
    """Samples that are one-hot, and whose gradient is the probabilities' (Bengio et al., 2013)."""

    has_rsample = True

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """The sample + probs - probs, of which the last has no gradient."""
        return self.sample(sample_shape) + (self.probs - self.probs.detach())


def _gumbel(shape: Any, dtype: Any) -> Tensor:
    return -(-off_the_ends(rand(shape, dtype=dtype)).log()).log()


class RelaxedOneHotCategorical(OfCategorical):
    """softmax((logits + Gumbel noise) / temperature): points of the simplex, near its corners when the temperature is low.

    (Jang et al., 2017; Maddison et al., 2017.)

    >>> import autograd
    >>> d = autograd.distributions.RelaxedOneHotCategorical(autograd.tensor(0.5), autograd.tensor([0.2, 0.8]))
    >>> abs(d.rsample().sum().item() - 1) < 1e-6
    True
    """

    arg_constraints: ClassVar[dict[str, Any]] = {"probs": constraints.simplex, "logits": constraints.real_vector}
    support: Any = constraints.simplex  # type: ignore[assignment]
    has_rsample = True

    def __init__(
        self, temperature: Any, probs: Tensor | None = None, logits: Tensor | None = None, validate_args: bool | None = None
    ) -> None:
        self.temperature = temperature
        super().__init__(probs, logits, validate_args)

    def expand(self, batch_shape: Any) -> "RelaxedOneHotCategorical":
        """The same distribution over a larger batch."""
        probs = self.probs.expand(*batch_shape, *self.event_shape)
        return RelaxedOneHotCategorical(self.temperature, probs, validate_args=self._validate_args)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """softmax((logits + noise) / temperature)"""
        noise = _gumbel(self._extended_shape(sample_shape), self.logits.dtype)
        return ((self.logits + noise) / self.temperature).softmax(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        """log (n - 1)! + (n - 1) log t + sum (logit - (t + 1) log x) - n log sum e**(logit - t log x)"""
        self._validate_sample(value)
        n, t = self.event_shape[0], self.temperature
        log_value = value.log()
        score = self.logits - t * log_value
        whole = lgamma(self.logits.new_full(self._batch_shape, float(n)))
        scale = (n - 1) * (t.log() if isinstance(t, Tensor) else log(t))
        return whole + scale + (score - log_value).sum(-1) - n * score.logsumexp(-1)


class RelaxedBernoulli(Distribution):
    """sigmoid((logit + logistic noise) / temperature): numbers from 0 to 1, near the ends when the temperature is low.

    >>> import autograd
    >>> autograd.distributions.RelaxedBernoulli(autograd.tensor(0.5), autograd.tensor([0.2, 0.8])).rsample().shape
    torch.Size([2])
    """

    arg_constraints: ClassVar[dict[str, Any]] = {"probs": constraints.unit_interval, "logits": constraints.real}
    support: Any = constraints.unit_interval  # type: ignore[assignment]
    has_rsample = True

    def __init__(self, temperature: Any, probs: Any = None, logits: Any = None, validate_args: bool | None = None) -> None:
        self._bernoulli = Bernoulli(probs, logits)
        self.temperature = temperature
        super().__init__(self._bernoulli.batch_shape, validate_args=validate_args)

    @property
    def probs(self) -> Tensor:
        """The probability of 1."""
        return self._bernoulli.probs

    @property
    def logits(self) -> Tensor:
        """log(p / (1 - p))"""
        return self._bernoulli.logits

    def expand(self, batch_shape: Any) -> "RelaxedBernoulli":
        """The same distribution over a larger batch."""
        return RelaxedBernoulli(self.temperature, self.probs.expand(batch_shape), validate_args=self._validate_args)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """sigmoid((logit(u) + logit) / temperature)"""
        u = off_the_ends(rand(self._extended_shape(sample_shape), dtype=self.logits.dtype))
        return off_the_ends(sigmoid((u.log() - (-u).log1p() + self.logits) / self.temperature))

    def log_prob(self, value: Tensor) -> Tensor:
        """log t + d - 2 log(1 + e**d) - log x (1 - x), with d = logit - t logit(x)"""
        self._validate_sample(value)
        value = off_the_ends(value)
        log_value, log_rest = value.log(), (-value).log1p()
        t = self.temperature
        d = self.logits - t * (log_value - log_rest)
        return (t.log() if isinstance(t, Tensor) else log(t)) + d - 2 * softplus(d) - log_value - log_rest
