"""A mixture whose components are one distribution's last batch dimension."""

from typing import Any, ClassVar

from ..core.graph import no_grad
from ..tensor import Tensor
from . import constraints
from .categorical import Categorical
from .distribution import Distribution


class MixtureSameFamily(Distribution):
    """A value of the k-th component, k drawn from a Categorical: p(x) = sum over k of w(k) p(x | k).

    The components are the last dimension of `component_distribution`'s batch.

    >>> import autograd
    >>> from autograd.distributions import Categorical, MixtureSameFamily, Normal
    >>> d = MixtureSameFamily(Categorical(autograd.ones(2)), Normal(autograd.tensor([-1.0, 1.0]), 1.0))
    >>> d.log_prob(autograd.tensor(0.0)), d.variance
    (tensor(-1.4189), tensor(2.))
    """

    arg_constraints: ClassVar[dict[str, Any]] = {}

    def __init__(self, mixture_distribution: Any, component_distribution: Any, validate_args: bool | None = None) -> None:
        if not isinstance(mixture_distribution, Categorical):
            raise ValueError(" The Mixture distribution needs to be an instance of torch.distributions.Categorical")
        if not isinstance(component_distribution, Distribution):
            raise ValueError("The Component distribution need to be an instance of torch.distributions.Distribution")
        batch = tuple(component_distribution.batch_shape)
        weights = tuple(mixture_distribution.batch_shape)
        if len(weights) > len(batch) - 1 or any(w not in (1, b) for w, b in zip(weights[::-1], batch[-2::-1], strict=False)):
            raise ValueError(
                f"`mixture_distribution.batch_shape` ({weights}) is not compatible with "
                f"`component_distribution.batch_shape` ({batch})"
            )
        if mixture_distribution.param_shape[-1] != batch[-1]:
            raise ValueError(
                f"`mixture_distribution component` ({mixture_distribution.param_shape[-1]}) does not equal "
                f"`component_distribution.batch_shape[-1]` ({batch[-1]})"
            )
        self._mixture_distribution, self._component_distribution = mixture_distribution, component_distribution
        super().__init__(batch[:-1], component_distribution.event_shape, validate_args=validate_args)

    @property
    def mixture_distribution(self) -> Any:
        """The distribution of the component."""
        return self._mixture_distribution

    @property
    def component_distribution(self) -> Any:
        """The distributions of a value, given its component."""
        return self._component_distribution

    @property
    def support(self) -> constraints.Constraint:
        """That of the components."""
        return self._component_distribution.support

    def expand(self, batch_shape: Any) -> "MixtureSameFamily":
        """The same distribution over a larger batch."""
        n = self._mixture_distribution.param_shape[-1]
        components = self._component_distribution.expand((*batch_shape, n))
        return MixtureSameFamily(self._mixture_distribution.expand(batch_shape), components, self._validate_args)

    def _weights(self) -> Tensor:
        probs = self._mixture_distribution.probs
        return probs.reshape(*probs.shape, *[1] * len(self.event_shape))

    @property
    def mean(self) -> Tensor:
        """sum w mean"""
        return (self._weights() * self._component_distribution.mean).sum(-1 - len(self.event_shape))

    @property
    def variance(self) -> Tensor:
        """sum w (variance + (mean - the whole mean)**2)"""
        dim = -1 - len(self.event_shape)
        apart = self._component_distribution.mean - self.mean.unsqueeze(dim)
        return (self._weights() * (self._component_distribution.variance + apart.pow(2))).sum(dim)

    def log_prob(self, value: Tensor) -> Tensor:
        """log sum w p(x | k)"""
        self._validate_sample(value)
        each = self._component_distribution.log_prob(value.unsqueeze(-1 - len(self.event_shape)))
        return (each + self._mixture_distribution.logits.log_softmax(-1)).logsumexp(-1)

    def cdf(self, value: Tensor) -> Tensor:
        """sum w P(x | k)"""
        each = self._component_distribution.cdf(value.unsqueeze(-1 - len(self.event_shape)))
        return (each * self._mixture_distribution.probs).sum(-1)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw a component, then a value from it."""
        with no_grad():
            events = len(self.event_shape)
            chosen = self._mixture_distribution.expand(self._batch_shape).sample(sample_shape)
            values = self._component_distribution.sample(sample_shape)
            index = chosen.reshape(*chosen.shape, 1, *[1] * events)
            return values.gather(-1 - events, index.expand(*chosen.shape, 1, *self.event_shape)).squeeze(-1 - events)

    def __repr__(self) -> str:
        return f"MixtureSameFamily({self._mixture_distribution!r}, {self._component_distribution!r})"
