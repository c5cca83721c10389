"""Distribution: shapes, the checks of parameters and values, and what follows from the methods of a subclass."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, ClassVar

from ..core.dtypes import finfo, get_default_dtype
from ..core.graph import enable_grad, no_grad
from ..core.shapes import broadcast
from ..errors import ArgumentError, NotDifferentiable, ShapeError
from ..functions.shaping import broadcast_tensors
from ..tensor import Size, Tensor
from ..tensor.creation import tensor
from . import constraints


def parameters(*values: Any) -> list[Tensor]:
    """Numbers and tensors as tensors of one shape; numbers take the dtype of the tensors."""
    like = next((v.dtype for v in values if isinstance(v, Tensor)), get_default_dtype())
    for v in values:
        if not isinstance(v, (Tensor, int, float)):
            raise ArgumentError(f"distributions: parameters must be numbers or tensors, got {type(v).__name__}: {v!r:.60}")
    return list(broadcast_tensors(*[v if isinstance(v, Tensor) else tensor(v, dtype=like) for v in values]))


def off_the_ends(probs: Tensor) -> Tensor:
    """Probabilities moved off 0 and 1 by the smallest step of their dtype, so that their logs are finite."""
    eps = finfo(probs.dtype).eps
    return probs.clamp(min=eps, max=1 - eps)


def exactly_one(probs: Any, logits: Any, name: str) -> None:
    """Raise unless one of the two ways to give probabilities is used."""
    if (probs is None) == (logits is None):
        raise ArgumentError(f"{name}: Either `probs` or `logits` must be specified, but not both")


def lazy_property(compute: Callable[[Any], Any]) -> Any:
    """A property that is computed once, and always in the graph: `sample` asks for `probs` under `no_grad`, and `entropy`
    is to find it differentiable afterwards."""

    def remembered(self: Any) -> Any:
        with enable_grad():
            return compute(self)

    remembered.__doc__ = compute.__doc__
    return cached_property(remembered)


class Distribution:
    """Values of `event_shape`, independently for each place of `batch_shape`.

    `sample` draws; `rsample`, where there is one, draws so that gradients reach the parameters; `log_prob` is the log of
    the density (or of the probability) at a value. With `validate_args` (the default) parameters and values outside of
    what the distribution admits are a ValueError that names them.
    """

    has_rsample = False
    has_enumerate_support = False
    arg_constraints: ClassVar[dict[str, constraints.Constraint]] = {}
    _validate_args = True

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Whether arguments are checked where `validate_args` is not given."""
        Distribution._validate_args = value

    def __init__(self, batch_shape: Any = (), event_shape: Any = (), validate_args: bool | None = None) -> None:
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            self._check_parameters()

    def _check_parameters(self) -> None:
        for name, constraint in self.arg_constraints.items():
            if name not in self.__dict__ or constraints.is_dependent(constraint):
                continue  # derived from the one that was given, or to be known of a finished instance only
            value = getattr(self, name)
            if not constraint.check(value).all():
                raise ArgumentError(
                    f"Expected parameter {name} (Tensor of shape {tuple(value.shape)}) of distribution {self!r} to satisfy "
                    f"the constraint {constraint!r}, but found invalid values: {value}"
                )

    def _validate_sample(self, value: Any) -> None:
        if not self._validate_args:
            return
        if not isinstance(value, Tensor):
            raise ArgumentError(f"The value argument to log_prob must be a Tensor, got {type(value).__name__}")
        expected = self._batch_shape + self._event_shape
        try:
            broadcast("log_prob", tuple(value.shape), tuple(expected))
        except ShapeError:
            raise ArgumentError(
                f"Value is not broadcastable with batch_shape+event_shape: {tuple(value.shape)} vs {tuple(expected)}"
            ) from None
        if not self.support.check(value).all():
            raise ArgumentError(
                f"Expected value argument (Tensor of shape {tuple(value.shape)}) to be within the support ({self.support!r}) "
                f"of the distribution {self!r}, but found invalid values: {value}"
            )

    # -- shapes ----------------------------------------------------------------------------------------------------------

    @property
    def batch_shape(self) -> Size:
        """The shape over which parameters vary."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one value."""
        return self._event_shape

    def _extended_shape(self, sample_shape: Any = ()) -> Size:
        return Size(sample_shape) + self._batch_shape + self._event_shape

    # -- what a subclass knows -------------------------------------------------------------------------------------------

    @property
    def support(self) -> constraints.Constraint:
        """The values that can occur."""
        raise NotImplementedError(f"{type(self).__name__}.support")

    @property
    def mean(self) -> Tensor:
        """The expected value."""
        raise NotImplementedError(f"{type(self).__name__}.mean")

    @property
    def variance(self) -> Tensor:
        """The expected square of the distance from the mean."""
        raise NotImplementedError(f"{type(self).__name__}.variance")

    @property
    def stddev(self) -> Tensor:
        """The square root of the variance."""
        return self.variance.sqrt()

    def log_prob(self, value: Tensor) -> Tensor:
        """The log of the density, or of the probability, at a value."""
        raise NotImplementedError(f"{type(self).__name__}.log_prob")

    def entropy(self) -> Tensor:
        """The expected value of -log_prob."""
        raise NotImplementedError(f"{type(self).__name__}.entropy")

    def perplexity(self) -> Tensor:
        """e to the entropy."""
        return self.entropy().exp()

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Draw so that gradients reach the parameters."""
        raise NotDifferentiable(f"{type(self).__name__}.rsample: its samples are not a smooth function of its parameters")

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Draw values of shape `sample_shape` + `batch_shape` + `event_shape`, outside of the graph."""
        with no_grad():
            return self.rsample(sample_shape)

    def cdf(self, value: Tensor) -> Tensor:
        """The probability of a value not above this one."""
        raise NotImplementedError(f"{type(self).__name__}.cdf")

    def icdf(self, value: Tensor) -> Tensor:
        """The value below which a draw is with this probability."""
        raise NotImplementedError(f"{type(self).__name__}.icdf")

    def expand(self, batch_shape: Any) -> Any:
        """The same distribution over a larger batch."""
        new = type(self).__new__(type(self))
        for name, constraint in self.arg_constraints.items():
            if name in self.__dict__:
                value = self.__dict__[name]
                new.__dict__[name] = value.expand(*batch_shape, *value.shape[value.dim() - constraint.event_dim :])
        new._event_shape, new._batch_shape, new._validate_args = self._event_shape, Size(batch_shape), self._validate_args
        return new

    def _get_checked_instance(self, cls: type[Any], _instance: Any = None) -> Any:
        """An instance for `expand` to fill: a new one, or the one that a subclass passed on."""
        if _instance is None and type(self).__init__ != cls.__init__:
            raise NotImplementedError(
                f"Subclass {type(self).__name__} of {cls.__name__} that defines a custom __init__ method must also define a "
                "custom .expand() method."
            )
        return type(self).__new__(type(self)) if _instance is None else _instance

    def _expanded(self, batch_shape: Any, change: Callable[[Tensor], Tensor], names: tuple[Any, ...]) -> Any:
        """This distribution with every given parameter changed, without checking it again."""
        new = type(self).__new__(type(self))
        new.__dict__.update({name: change(self.__dict__[name]) for name in names if name in self.__dict__})
        new._event_shape, new._batch_shape, new._validate_args = self._event_shape, Size(batch_shape), self._validate_args
        return new

    def __repr__(self) -> str:
        shown = []
        for name in self.arg_constraints:
            if name in self.__dict__:
                value = self.__dict__[name]
                shown.append(f"{name}: {value if value.numel() == 1 else value.shape}")
        return f"{type(self).__name__}({', '.join(shown)})"
