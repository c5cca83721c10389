"""A distribution whose last batch dimensions are parts of one value: independent components, one density."""

from typing import Any

from ..errors import ArgumentError
from ..tensor import Tensor
from . import constraints
from .distribution import Distribution


class Independent(Distribution):
    """`base` with the last `reinterpreted_batch_ndims` dimensions of its batch read as dimensions of one value.

    The log of a joint density is the sum of the logs of its independent parts, and so is its entropy.

    >>> import autograd
    >>> from autograd.distributions import Independent, Normal
    >>> Independent(Normal(autograd.zeros(2, 3), 1.0), 1).log_prob(autograd.zeros(2, 3))
    tensor([-2.7568, -2.7568])
    """

    base_dist: Distribution
    reinterpreted_batch_ndims: int

    def __init__(self, base: Distribution, reinterpreted_batch_ndims: int, validate_args: bool | None = None) -> None:
        n, batch = reinterpreted_batch_ndims, base.batch_shape
        if not 0 <= n <= len(batch):
            raise ArgumentError(
                f"Independent: reinterpreted_batch_ndims is {n}, and the batch shape of {base!r} is {tuple(batch)}; "
                f"0 to {len(batch)} of its dimensions can become part of a value"
            )
        self.base_dist, self.reinterpreted_batch_ndims = base, n
        kept = len(batch) - n
        super().__init__(batch[:kept], batch[kept:] + base.event_shape, validate_args=validate_args)

    def _joint(self, each: Tensor) -> Tensor:
        """The sum over the dimensions that became part of a value."""
        return each.flatten(each.dim() - self.reinterpreted_batch_ndims).sum(-1) if self.reinterpreted_batch_ndims else each

    @property
    def has_rsample(self) -> bool:  # type: ignore[override]
        """Whether the samples of `base` are differentiable."""
        return self.base_dist.has_rsample

    @property
    def support(self) -> constraints.Constraint:
        """The values that can occur in each part."""
        return self.base_dist.support

    @property
    def mean(self) -> Tensor:
        """The mean of `base`."""
        return self.base_dist.mean

    @property
    def mode(self) -> Tensor:
        """The mode of `base`."""
        return self.base_dist.mode  # type: ignore[attr-defined]

    @property
    def variance(self) -> Tensor:
        """The variance of `base`."""
        return self.base_dist.variance

    def expand(self, batch_shape: Any) -> "Independent":
        """The same distribution over a larger batch."""
        parts = self.event_shape[: self.reinterpreted_batch_ndims]
        base: Any = self.base_dist
        return Independent(base.expand((*batch_shape, *parts)), self.reinterpreted_batch_ndims, self._validate_args)

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """A sample of `base`."""
        return self.base_dist.sample(sample_shape)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """A differentiable sample of `base`."""
        return self.base_dist.rsample(sample_shape)

    def log_prob(self, value: Tensor) -> Tensor:
        """The sum of the parts' log_prob."""
        return self._joint(self.base_dist.log_prob(value))

    def entropy(self) -> Tensor:
        """The sum of the parts' entropies."""
        return self._joint(self.base_dist.entropy())

    def __repr__(self) -> str:
        return f"Independent({self.base_dist!r}, {self.reinterpreted_batch_ndims})"
