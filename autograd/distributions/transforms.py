"""Maps between sets of values, with the log of how much they stretch: what a TransformedDistribution is made of."""

import math
import weakref
from collections.abc import Sequence
from typing import Any

from ..errors import ShapeError
from ..functions.exponential import sigmoid
from ..functions.joining import cat
from ..ops.transcendental import softplus
from ..tensor import Tensor
from . import constraints
from .constraints import Constraint
from .distribution import off_the_ends

__all__ = [
    "AbsTransform",
    "AffineTransform",
    "ComposeTransform",
    "ExpTransform",
    "IndependentTransform",
    "PowerTransform",
    "ReshapeTransform",
    "SigmoidTransform",
    "SoftmaxTransform",
    "SoftplusTransform",
    "StickBreakingTransform",
    "TanhTransform",
    "Transform",
    "identity_transform",
]


def sum_rightmost(value: Any, dims: int) -> Any:
    """The sum over the last `dims` dimensions."""
    return value.flatten(value.ndim - dims).sum(-1) if dims else value


class Transform:
    """y = f(x), to be subclassed: define `domain`, `codomain`, `bijective`, `_call`, `_inverse`, `log_abs_det_jacobian`.

    With `cache_size=1` the last x and y are remembered, so that the inverse of a y just computed is that very x: where y
    has rounded (tanh near 1), this is what keeps its log_prob finite.

    >>> import autograd
    >>> from autograd.distributions.transforms import ExpTransform
    >>> ExpTransform()(autograd.zeros(2)), ExpTransform().inv(autograd.ones(2))
    (tensor([1., 1.]), tensor([0., 0.]))
    """

    domain: Constraint
    codomain: Constraint
    bijective = False

    def __init__(self, cache_size: int = 0) -> None:
        if cache_size not in (0, 1):
            raise ValueError("Transform: cache_size must be 0 or 1")
        self._cache_size = cache_size
        self._cached: tuple[Any, Any] = (None, None)
        self._inverse_of: Any = None

    @property
    def sign(self) -> Any:
        """1 if f rises, -1 if it falls; defined where x and y are numbers."""
        raise NotImplementedError(f"{type(self).__name__}.sign: the transform is not one of numbers, or not monotone")

    @property
    def event_dim(self) -> int:
        """How many dimensions one value has, where x and y have the same number."""
        if self.domain.event_dim == self.codomain.event_dim:
            return self.domain.event_dim
        raise ValueError("Please use either .domain.event_dim or .codomain.event_dim")

    @property
    def inv(self) -> "Transform":
        """The map from y to x."""
        inverse = None if self._inverse_of is None else self._inverse_of()
        if inverse is None:
            inverse = _Inverse(self)
            self._inverse_of = weakref.ref(inverse)
        return inverse

    def __call__(self, x: Any) -> Any:
        """f(x)"""
        if not self._cache_size:
            return self._call(x)
        if x is self._cached[0]:
            return self._cached[1]
        y = self._call(x)
        self._cached = x, y
        return y

    def _inv_call(self, y: Any) -> Any:
        if not self._cache_size:
            return self._inverse(y)
        if y is self._cached[1]:
            return self._cached[0]
        x = self._inverse(y)
        self._cached = x, y
        return x

    def _call(self, x: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__}._call")

    def _inverse(self, y: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__}._inverse: this transform has no inverse")

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """log |dy / dx|, of one value: summed over its dimensions."""
        raise NotImplementedError(f"{type(self).__name__}.log_abs_det_jacobian")

    def forward_shape(self, shape: Any) -> tuple[Any, ...]:
        """The shape of f(x) for x of a shape."""
        return tuple(shape)

    def inverse_shape(self, shape: Any) -> tuple[Any, ...]:
        """The shape of x for f(x) of a shape."""
        return tuple(shape)

    def __eq__(self, other: object) -> bool:
        return self is other or (type(self) is type(other) and self._settings() == other._settings())  # type: ignore[attr-defined]

    __hash__: Any = object.__hash__

    def _settings(self) -> dict[Any, Any]:
        return {k: v for k, v in self.__dict__.items() if k not in ("_cached", "_inverse_of", "_cache_size")}

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class _Inverse(Transform):
    """The map from y to x of another transform."""

    def __init__(self, transform: Transform) -> None:
        super().__init__(transform._cache_size)
        self._forward = transform

    @property
    def domain(self) -> Constraint:  # type: ignore[override]
        return self._forward.codomain

    @property
    def codomain(self) -> Constraint:  # type: ignore[override]
        return self._forward.domain

    @property
    def bijective(self) -> bool:  # type: ignore[override]
        return self._forward.bijective

    @property
    def sign(self) -> Any:
        return self._forward.sign

    @property
    def inv(self) -> Transform:
        return self._forward

    def __call__(self, x: Any) -> Any:
        return self._forward._inv_call(x)

    def _inv_call(self, y: Any) -> Any:
        return self._forward(y)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        return -self._forward.log_abs_det_jacobian(y, x)

    def forward_shape(self, shape: Any) -> tuple[Any, ...]:
        return self._forward.inverse_shape(shape)

    def inverse_shape(self, shape: Any) -> tuple[Any, ...]:
        return self._forward.forward_shape(shape)

    def __repr__(self) -> str:
        return f"Inverse({self._forward!r})"


class ComposeTransform(Transform):
    """Several transforms one after another.

    >>> import autograd
    >>> from autograd.distributions.transforms import AffineTransform, ComposeTransform, ExpTransform
    >>> ComposeTransform([AffineTransform(0.0, 2.0), ExpTransform()])(autograd.zeros(1))
    tensor([1.])
    """

    def __init__(self, parts: Sequence[Transform], cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.parts: list[Transform] = list(parts)

    @property
    def domain(self) -> Constraint:  # type: ignore[override]
        """The domain of the first, with the dimensions that a later one needs."""
        if not self.parts:
            return constraints.real
        event_dim = self.parts[-1].codomain.event_dim
        for part in reversed(self.parts):
            event_dim = max(event_dim + part.domain.event_dim - part.codomain.event_dim, part.domain.event_dim)
        return _with_dims(self.parts[0].domain, event_dim)

    @property
    def codomain(self) -> Constraint:  # type: ignore[override]
        """The codomain of the last, with the dimensions that an earlier one needs."""
        if not self.parts:
            return constraints.real
        event_dim = self.parts[0].domain.event_dim
        for part in self.parts:
            event_dim = max(event_dim + part.codomain.event_dim - part.domain.event_dim, part.codomain.event_dim)
        return _with_dims(self.parts[-1].codomain, event_dim)

    @property
    def bijective(self) -> bool:  # type: ignore[override]
        """Whether all parts are."""
        return all(p.bijective for p in self.parts)

    @property
    def sign(self) -> Any:
        """The product of the parts' signs."""
        return math.prod(p.sign for p in self.parts)

    def _call(self, x: Any) -> Any:
        for part in self.parts:
            x = part(x)
        return x

    def _inverse(self, y: Any) -> Any:
        for part in reversed(self.parts):
            y = part.inv(y)
        return y

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """The sum over the parts."""
        if not self.parts:
            return x * 0
        event_dim = self.domain.event_dim
        total: Any = 0
        for k, part in enumerate(self.parts):
            after = y if k == len(self.parts) - 1 else part(x)
            total = total + sum_rightmost(part.log_abs_det_jacobian(x, after), event_dim - part.domain.event_dim)
            event_dim += part.codomain.event_dim - part.domain.event_dim
            x = after
        return total

    def forward_shape(self, shape: Any) -> tuple[Any, ...]:
        """The shape after all parts."""
        for part in self.parts:
            shape = part.forward_shape(shape)
        return tuple(shape)

    def inverse_shape(self, shape: Any) -> tuple[Any, ...]:
        """The shape before all parts."""
        for part in reversed(self.parts):
            shape = part.inverse_shape(shape)
        return tuple(shape)

    def __repr__(self) -> str:
        return f"ComposeTransform({self.parts!r})"


def _with_dims(constraint: Constraint, event_dim: int) -> Constraint:
    more = event_dim - constraint.event_dim
    return constraints.Independent(constraint, more) if more > 0 else constraint


identity_transform: ComposeTransform = ComposeTransform([])


class IndependentTransform(Transform):
    """A transform whose last `reinterpreted_batch_ndims` batch dimensions are dimensions of one value."""

    base_transform: Transform
    reinterpreted_batch_ndims: int

    def __init__(self, base_transform: Transform, reinterpreted_batch_ndims: int, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.base_transform, self.reinterpreted_batch_ndims = base_transform, reinterpreted_batch_ndims
        self.domain: Any = constraints.Independent(base_transform.domain, reinterpreted_batch_ndims)
        self.codomain: Any = constraints.Independent(base_transform.codomain, reinterpreted_batch_ndims)
        self.bijective: bool = base_transform.bijective

    def _call(self, x: Any) -> Any:
        return self.base_transform(x)

    def _inverse(self, y: Any) -> Any:
        return self.base_transform.inv(y)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """The sum over the dimensions that became part of a value."""
        return sum_rightmost(self.base_transform.log_abs_det_jacobian(x, y), self.reinterpreted_batch_ndims)


class ReshapeTransform(Transform):
    """The elements of one value in another shape."""

    in_shape: tuple[Any, ...]
    out_shape: tuple[Any, ...]

    bijective = True

    def __init__(self, in_shape: Any, out_shape: Any, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.in_shape, self.out_shape = tuple(in_shape), tuple(out_shape)
        if math.prod(self.in_shape) != math.prod(self.out_shape):
            raise ValueError(f"ReshapeTransform: in_shape {in_shape}, out_shape {out_shape} have different numbers of elements")
        self.domain: Constraint = _with_dims(constraints.real, len(self.in_shape))
        self.codomain: Constraint = _with_dims(constraints.real, len(self.out_shape))

    def _moved(self, x: Any, old: tuple[Any, ...], new: tuple[Any, ...]) -> Any:
        return x.reshape(*x.shape[: x.ndim - len(old)], *new)

    def _call(self, x: Any) -> Any:
        return self._moved(x, self.in_shape, self.out_shape)

    def _inverse(self, y: Any) -> Any:
        return self._moved(y, self.out_shape, self.in_shape)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """0"""
        return x.new_zeros(x.shape[: x.ndim - len(self.in_shape)])

    def _changed(self, shape: Any, old: tuple[Any, ...], new: tuple[Any, ...]) -> tuple[Any, ...]:
        kept = tuple(shape)[: len(shape) - len(old)]
        if tuple(shape)[len(kept) :] != old:
            raise ShapeError(f"ReshapeTransform: shape mismatch: expected {tuple(shape)[len(kept) :]} but got {old}")
        return kept + new

    def forward_shape(self, shape: Any) -> tuple[Any, ...]:
        """The batch shape and `out_shape`."""
        return self._changed(shape, self.in_shape, self.out_shape)

    def inverse_shape(self, shape: Any) -> tuple[Any, ...]:
        """The batch shape and `in_shape`."""
        return self._changed(shape, self.out_shape, self.in_shape)


class ExpTransform(Transform):
    """y = e**x"""

    bijective: bool
    codomain: Any
    domain: Any
    sign: Any
    domain, codomain, bijective, sign = constraints.real, constraints.positive, True, 1  # type: ignore[assignment]

    def _call(self, x: Any) -> Any:
        return x.exp()

    def _inverse(self, y: Any) -> Any:
        return y.log()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """x"""
        return x


class PowerTransform(Transform):
    """y = x**exponent, for positive x"""

    bijective: bool
    codomain: Any
    domain: Any
    domain, codomain, bijective = constraints.positive, constraints.positive, True

    def __init__(self, exponent: Any, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.exponent = exponent

    @property
    def sign(self) -> Any:
        """The sign of the exponent."""
        return self.exponent.sign() if isinstance(self.exponent, Tensor) else math.copysign(1, self.exponent)

    def _call(self, x: Any) -> Any:
        return x**self.exponent

    def _inverse(self, y: Any) -> Any:
        return y ** (1 / self.exponent)

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """log |exponent y / x|"""
        return (self.exponent * y / x).abs().log()


class SigmoidTransform(Transform):
    """y = 1 / (1 + e**-x)"""

    bijective: bool
    codomain: Any
    domain: Any
    sign: Any
    domain, codomain, bijective, sign = constraints.real, constraints.unit_interval, True, 1  # type: ignore[assignment]

    def _call(self, x: Any) -> Any:
        return off_the_ends(sigmoid(x))

    def _inverse(self, y: Any) -> Any:
        y = off_the_ends(y)
        return y.log() - (-y).log1p()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """log y (1 - y), from x: exact in both tails"""
        return -softplus(-x) - softplus(x)


class SoftplusTransform(Transform):
    """y = log(1 + e**x)"""

    bijective: bool
    codomain: Any
    domain: Any
    sign: Any
    domain, codomain, bijective, sign = constraints.real, constraints.positive, True, 1  # type: ignore[assignment]

    def _call(self, x: Any) -> Any:
        return softplus(x)

    def _inverse(self, y: Any) -> Any:
        return (-(-y).expm1()).log() + y

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """-log(1 + e**-x)"""
        return -softplus(-x)


class TanhTransform(Transform):
    """y = tanh x: the same as 2 sigmoid(2 x) - 1, and more exact.

    >>> import autograd
    >>> from autograd.distributions import Normal, TanhTransform, TransformedDistribution
    >>> TransformedDistribution(Normal(0.0, 1.0), [TanhTransform(cache_size=1)]).log_prob(autograd.tensor(0.0))
    tensor(-0.9189)
    """

    bijective: bool
    codomain: Any
    domain: Any
    sign: Any
    domain, codomain, bijective, sign = constraints.real, constraints.Interval(-1.0, 1.0), True, 1  # type: ignore[assignment]

    def _call(self, x: Any) -> Any:
        return x.tanh()

    def _inverse(self, y: Any) -> Any:
        return y.atanh()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """log(1 - tanh(x)**2) = 2 (log 2 - x - softplus(-2 x)), finite where tanh has rounded to 1"""
        return 2.0 * (math.log(2.0) - x - softplus(-2.0 * x))


class AbsTransform(Transform):
    """y = |x|; its inverse is y itself."""

    codomain: Any
    domain: Any
    domain, codomain = constraints.real, constraints.positive

    def _call(self, x: Any) -> Any:
        return x.abs()

    def _inverse(self, y: Any) -> Any:
        return y


class AffineTransform(Transform):
    """y = loc + scale x; `event_dim` is how many dimensions one value has.

    >>> import autograd
    >>> from autograd.distributions.transforms import AffineTransform
    >>> AffineTransform(1.0, 2.0).log_abs_det_jacobian(autograd.zeros(2), autograd.ones(2))
    tensor([0.6931, 0.6931])
    """

    codomain: Constraint
    domain: Constraint
    loc: Any
    scale: Any

    bijective = True

    def __init__(self, loc: Any, scale: Any, event_dim: int = 0, cache_size: int = 0) -> None:
        super().__init__(cache_size)
        self.loc, self.scale, self._event_dim = loc, scale, event_dim
        self.domain = self.codomain = _with_dims(constraints.real, event_dim)

    @property
    def sign(self) -> Any:
        """The sign of the scale."""
        if isinstance(self.scale, Tensor):
            return self.scale.sign()
        return (self.scale > 0) - (self.scale < 0)

    def _call(self, x: Any) -> Any:
        return self.loc + self.scale * x

    def _inverse(self, y: Any) -> Any:
        return (y - self.loc) / self.scale

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """log |scale|"""
        each = self.scale.abs().log() if isinstance(self.scale, Tensor) else x.new_tensor(math.log(abs(self.scale)))
        return sum_rightmost(each.expand(x.shape), self._event_dim)


class SoftmaxTransform(Transform):
    """y = softmax(x), from all vectors to those that sum to 1; not one to one: the inverse takes y's logarithm."""

    codomain: Any
    domain: Any
    domain, codomain = constraints.real_vector, constraints.simplex

    def _call(self, x: Any) -> Any:
        return x.softmax(-1)

    def _inverse(self, y: Any) -> Any:
        return y.log()


class StickBreakingTransform(Transform):
    """n numbers to n + 1 that sum to 1: each takes its share, sigmoid(x - log(n - k)), of what those before it left."""

    bijective: bool
    codomain: Any
    domain: Any
    domain, codomain, bijective = constraints.real_vector, constraints.simplex, True

    def _shares(self, x: Any) -> Any:
        n = x.shape[-1]
        left = n + 1 - x.new_ones(n).cumsum(-1)
        return off_the_ends(sigmoid(x - left.log()))

    def _call(self, x: Any) -> Any:
        shares = self._shares(x)
        remains = (1 - shares).cumprod(-1)
        one = shares.new_ones(*shares.shape[:-1], 1)
        return cat([shares, one], -1) * cat([one, remains], -1)

    def _inverse(self, y: Any) -> Any:
        head = y[..., :-1]
        n = head.shape[-1]
        rest = (1 - head.cumsum(-1)).clamp(min=1e-38)
        left = n + 1 - y.new_ones(n).cumsum(-1)
        return head.log() - rest.log() + left.log()

    def log_abs_det_jacobian(self, x: Any, y: Any) -> Any:
        """sum of -x' + log sigmoid(x') + log y, with x' = x - log(n - k)"""
        n = x.shape[-1]
        x = x - (n + 1 - x.new_ones(n).cumsum(-1)).log()
        return (-x - softplus(-x) + y[..., :-1].log()).sum(-1)

    def forward_shape(self, shape: Any) -> tuple[Any, ...]:
        """One more in the last dimension."""
        return (*shape[:-1], shape[-1] + 1)

    def inverse_shape(self, shape: Any) -> tuple[Any, ...]:
        """One less in the last dimension."""
        return (*shape[:-1], shape[-1] - 1)
