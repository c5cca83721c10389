"""The gamma distribution, and what is made of gamma variables: chi-squared, inverse gamma, beta, Dirichlet, Student's t, F."""

import math
from typing import Any, ClassVar

import numpy as np

from ..core.dtypes import finfo
from ..core.function import Function, once_differentiable
from ..core.graph import no_grad
from ..functions.joining import stack
from ..functions.special import digamma, lgamma
from ..tensor import Tensor
from ..tensor.creation import as_tensor
from ..tensor.generator import source
from ..tensor.random import randn
from . import constraints
from .distribution import Distribution, parameters


def slope_in_shape(a: Any, x: Any) -> np.ndarray:
    """dx/da at a fixed probability P(a, x) of the gamma distribution of shape a: -(dP/da) / (dP/dx).

    P over its density is the series of r(k) = x**(k + 1) / (a (a + 1) ... (a + k)), and the derivative of each term in a
    is r(k) (log x - digamma(a + k + 1)). Where x is so far above a that these would cancel, the expansion of 1 - P in
    powers of 1 / x takes their place. (Figurnov et al., "Implicit Reparameterization Gradients", 2018.)
    """
    a, x = np.broadcast_arrays(np.asarray(a, np.float64), np.asarray(x, np.float64))
    with no_grad():
        psi = digamma(as_tensor(a.copy())).numpy()
    tail = x - a > 6 * np.sqrt(a) + 20
    y = np.where(tail, a, np.maximum(x, 1e-300))
    log_y = np.log(y)
    term, harmonic = y / a, psi + 1 / a
    found = -term * (log_y - harmonic)
    last = int(np.max(np.maximum(y - a, 0) + 9 * np.sqrt(y) + 40, initial=0))
    for k in range(1, last):
        term = term * (y / (a + k))
        harmonic = harmonic + 1 / (a + k)
        found -= term * (log_y - harmonic)
    if tail.any():
        a, x, psi = a[tail], x[tail], psi[tail]
        term, slope, total, total_slope = (np.ones_like(a), np.zeros_like(a), np.ones_like(a), np.zeros_like(a))
        for k in range(1, 20):  # x is above a by 20 and more: the terms of an asymptotic series shrink until k is near x
            slope, term = (slope * (a - k) + term) / x, term * (a - k) / x
            total, total_slope = total + term, total_slope + slope
        found = np.array(found)
        found[tail] = total * (np.log(x) - psi) + total_slope
    return found


class _StandardGamma(Function):
    """Draws from the gamma distribution of rate 1, whose derivative by the shape is that at a fixed probability."""

    @staticmethod
    def forward(ctx: Any, shape: Tensor) -> Tensor:
        a = shape.detach().numpy()
        drawn = np.maximum(source(None).standard_gamma(a.astype(np.float64)), finfo(shape.dtype).tiny)
        found = as_tensor(np.asarray(drawn).astype(shape.dtype))
        ctx.save_for_backward(shape, found)
        return found

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, g: Tensor) -> Tensor:
        a, x = ctx.saved_tensors
        return g * as_tensor(slope_in_shape(a.detach().numpy(), x.detach().numpy()).astype(x.dtype))


def standard_gamma(shape: Tensor) -> Tensor:
    """Draws from the gamma distribution of rate 1 for each element of `shape`, differentiable once."""
    return _StandardGamma.apply(shape)


class Gamma(Distribution):
    """Positive numbers with density rate**a x**(a - 1) e**(-rate x) / gamma(a), a the `concentration`.

    Its samples can be differentiated once.

    >>> import autograd
    >>> autograd.distributions.Gamma(2.0, 1.0).log_prob(autograd.tensor(1.0))
    tensor(-1.)
    """

    concentration: Tensor
    rate: Tensor

    arg_constraints: ClassVar[dict[str, Any]] = {"concentration": constraints.positive, "rate": constraints.positive}
    support: Any = constraints.nonnegative  # type: ignore[assignment]
    has_rsample = True

    def __init__(self, concentration: Any, rate: Any, validate_args: bool | None = None) -> None:
        self.concentration, self.rate = parameters(concentration, rate)
        super().__init__(self.concentration.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """a / rate"""
        return self.concentration / self.rate

    @property
    def mode(self) -> Tensor:
        """(a - 1) / rate, or 0"""
        return ((self.concentration - 1) / self.rate).clamp(min=0)

    @property
    def variance(self) -> Tensor:
        """a / rate**2"""
        return self.concentration / self.rate**2

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """A standard gamma variable over the rate."""
        shape = self._extended_shape(sample_shape)
        return standard_gamma(self.concentration.expand(shape)) / self.rate.expand(shape)

    def log_prob(self, value: Tensor) -> Tensor:
        """a log(rate) + (a - 1) log(x) - rate x - log gamma(a)"""
        self._validate_sample(value)
        a = self.concentration
        return a * self.rate.log() + (a - 1) * value.log() - self.rate * value - lgamma(a)

    def entropy(self) -> Tensor:
        """a - log(rate) + log gamma(a) + (1 - a) digamma(a)"""
        a = self.concentration
        return a - self.rate.log() + lgamma(a) + (1.0 - a) * digamma(a)


class Chi2(Gamma):
    """The sum of `df` squares of standard normal variables: gamma with shape df / 2 and rate 1/2."""

    arg_constraints: ClassVar[dict[str, Any]] = {"df": constraints.positive}

    def __init__(self, df: Any, validate_args: bool | None = None) -> None:
        (df,) = parameters(df)
        super().__init__(0.5 * df, 0.5, validate_args=validate_args)

    @property
    def df(self) -> Tensor:
        """The degrees of freedom."""
        return self.concentration * 2

    def expand(self, batch_shape: Any) -> "Chi2":
        """The same distribution over a larger batch."""
        return Chi2(self.df.expand(batch_shape), validate_args=self._validate_args)


class Beta(Distribution):
    """Numbers from 0 to 1 with density proportional to x**(a - 1) (1 - x)**(b - 1).

    >>> import autograd
    >>> autograd.distributions.Beta(2.0, 3.0).mean
    tensor(0.4000)
    """

    concentration0: Tensor
    concentration1: Tensor

    arg_constraints: ClassVar[dict[str, Any]] = {"concentration1": constraints.positive, "concentration0": constraints.positive}
    support: Any = constraints.unit_interval  # type: ignore[assignment]
    has_rsample = True

    def __init__(self, concentration1: Any, concentration0: Any, validate_args: bool | None = None) -> None:
        self.concentration1, self.concentration0 = parameters(concentration1, concentration0)
        super().__init__(self.concentration1.shape, validate_args=validate_args)

    @property
    def _both(self) -> "Dirichlet":
        return Dirichlet(stack([self.concentration1, self.concentration0], -1), validate_args=False)

    @property
    def mean(self) -> Tensor:
        """a / (a + b)"""
        return self.concentration1 / (self.concentration1 + self.concentration0)

    @property
    def mode(self) -> Tensor:
        """Where the density is largest; NaN where that is at both ends."""
        return self._both.mode[..., 0]

    @property
    def variance(self) -> Tensor:
        """a b / ((a + b)**2 (a + b + 1))"""
        total = self.concentration1 + self.concentration0
        return self.concentration1 * self.concentration0 / (total**2 * (total + 1))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """The share of one gamma variable in the sum of two."""
        return self._both.rsample(sample_shape)[..., 0]

    def log_prob(self, value: Tensor) -> Tensor:
        """(a - 1) log(x) + (b - 1) log(1 - x) - log B(a, b)"""
        self._validate_sample(value)
        return self._both.log_prob(stack([value, 1.0 - value], -1))

    def entropy(self) -> Tensor:
        """That of the two shares."""
        return self._both.entropy()


class Dirichlet(Distribution):
    """Vectors of shares that sum to 1, with density proportional to the product of x(k)**(a(k) - 1).

    >>> import autograd
    >>> autograd.distributions.Dirichlet(autograd.ones(3)).log_prob(autograd.tensor([0.2, 0.3, 0.5]))
    tensor(0.6931)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {"concentration": constraints.Independent(constraints.positive, 1)}
    support: Any = constraints.simplex  # type: ignore[assignment]
    has_rsample = True

    def __init__(self, concentration: Tensor, validate_args: bool | None = None) -> None:
        if concentration.dim() < 1:
            raise ValueError("`concentration` parameter must be at least one-dimensional.")
        self.concentration = concentration
        super().__init__(concentration.shape[:-1], concentration.shape[-1:], validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """a / sum a"""
        return self.concentration / self.concentration.sum(-1, True)

    @property
    def mode(self) -> Tensor:
        """(a - 1) / sum (a - 1); where all a are below 1, the corner of the largest."""
        above = (self.concentration - 1).clamp(min=0.0)
        mode = above / above.sum(-1, True)
        corner = (self.concentration < 1).all(-1, keepdim=True)
        largest = (self.concentration == self.concentration.amax(-1, True)).to(mode.dtype)
        return largest.where(corner, mode)

    @property
    def variance(self) -> Tensor:
        """a (sum a - a) / ((sum a)**2 (sum a + 1))"""
        total = self.concentration.sum(-1, True)
        return self.concentration * (total - self.concentration) / (total.pow(2) * (total + 1))

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """The shares of gamma variables in their sum."""
        drawn = standard_gamma(self.concentration.expand(self._extended_shape(sample_shape)))
        return drawn / drawn.sum(-1, True)

    def log_prob(self, value: Tensor) -> Tensor:
        """sum (a - 1) log(x) + log gamma(sum a) - sum log gamma(a)"""
        self._validate_sample(value)
        a = self.concentration
        return ((a - 1.0).xlogy(value)).sum(-1) + lgamma(a.sum(-1)) - lgamma(a).sum(-1)

    def entropy(self) -> Tensor:
        """sum log gamma(a) - log gamma(s) - (n - s) digamma(s) - sum (a - 1) digamma(a), s = sum a"""
        a, n = self.concentration, self.concentration.size(-1)
        s = a.sum(-1)
        return lgamma(a).sum(-1) - lgamma(s) - (n - s) * digamma(s) - ((a - 1.0) * digamma(a)).sum(-1)


class StudentT(Distribution):
    """Student's t: a normal variable over the root of an independent chi-squared one over its `df`, moved and stretched.

    >>> import autograd
    >>> autograd.distributions.StudentT(1.0).log_prob(autograd.tensor(0.0)).exp()
    tensor(0.3183)
    """

    df: Tensor
    loc: Tensor
    scale: Tensor

    arg_constraints: ClassVar[dict[str, Any]] = {
        "df": constraints.positive,
        "loc": constraints.real,
        "scale": constraints.positive,
    }
    support: Any = constraints.real  # type: ignore[assignment]
    has_rsample = True

    def __init__(self, df: Any, loc: Any = 0.0, scale: Any = 1.0, validate_args: bool | None = None) -> None:
        self.df, self.loc, self.scale = parameters(df, loc, scale)
        super().__init__(self.df.shape, validate_args=validate_args)

    @property
    def mean(self) -> Tensor:
        """loc; NaN for df not above 1"""
        return self.loc.masked_fill(self.df <= 1, math.nan)

    @property
    def mode(self) -> Tensor:
        """loc"""
        return self.loc

    @property
    def variance(self) -> Tensor:
        """scale**2 df / (df - 2); infinite for df not above 2, NaN for df not above 1"""
        found = self.scale**2 * self.df / (self.df - 2)
        return found.masked_fill(self.df <= 2, math.inf).masked_fill(self.df <= 1, math.nan)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """loc + scale * normal / sqrt(chi2 / df)"""
        shape = self._extended_shape(sample_shape)
        chi2 = 2 * standard_gamma((0.5 * self.df).expand(shape))
        return self.loc + self.scale * randn(shape, dtype=self.df.dtype) * (chi2 / self.df).rsqrt()

    def log_prob(self, value: Tensor) -> Tensor:
        """-(df + 1) / 2 log(1 + z**2 / df) less the log of what makes the density integrate to 1"""
        self._validate_sample(value)
        z = (value - self.loc) / self.scale
        whole = self.scale.log() + 0.5 * self.df.log() + 0.5 * math.log(math.pi)
        whole = whole + lgamma(0.5 * self.df) - lgamma(0.5 * (self.df + 1.0))
        return -0.5 * (self.df + 1.0) * (z**2.0 / self.df).log1p() - whole

    def entropy(self) -> Tensor:
        """log(scale) + (df + 1) / 2 (digamma((df + 1) / 2) - digamma(df / 2)) + log(df) / 2 + log B(1/2, df / 2)"""
        half = 0.5 * (self.df + 1)
        log_beta = lgamma(0.5 * self.df) + 0.5 * math.log(math.pi) - lgamma(half)
        return self.scale.log() + half * (digamma(half) - digamma(0.5 * self.df)) + 0.5 * self.df.log() + log_beta
