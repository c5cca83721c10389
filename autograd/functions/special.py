"""Special functions under PyTorch's names: the families of the error function, the gamma function and Bessel's I."""

import math
from typing import Any

from ..core.graph import Traced
from ..errors import ArgumentTypeError, ShapeError
from ..ops import elementwise as ew, gamma as gm, special as sf
from .conversion import promoted
from .declare import function, offer

erf: Any = offer("erf", sf.erf, inplace=True)
erfc: Any = offer("erfc", sf.erfc, inplace=True)
erfinv: Any = offer("erfinv", sf.erfinv, inplace=True)
lgamma: Any = offer("lgamma", gm.lgamma, inplace=True)
i0: Any = offer("i0", gm.i0, inplace=True)
entr: Any
erfcx: Any
i0e: Any
i1: Any
i1e: Any
log_ndtr: Any
ndtri: Any
erfcx, ndtri, log_ndtr, entr = sf.erfcx, sf.ndtri, sf.log_ndtr, sf.entr
i1, i0e, i1e = gm.i1, gm.i0e, gm.i1e


@function(method=False, checked=False)
def xlog1py(input: Any, other: Any) -> Any:
    """input * log(1 + other); 0 where input is 0, unless other is NaN. One of the two may be a number.

    >>> import autograd
    >>> autograd.special.xlog1py(autograd.tensor([0.0, 1.0]), autograd.tensor([-1.0, 0.0]))
    tensor([0., 0.])
    """
    return sf.xlog1py(*promoted("xlog1py", input, other))


@function(inplace=True)
def digamma(input: Any) -> Any:
    """The derivative of log(gamma(input)).

    >>> import autograd
    >>> autograd.digamma(autograd.tensor([1.0]))
    tensor([-0.5772])
    """
    return gm.polygamma(input, n=0)


@function(method=False, checked=False)
def polygamma(n: int, input: Any) -> Any:
    """The derivative of order n + 1 of log(gamma(input)), for n >= 0.

    >>> import autograd
    >>> autograd.polygamma(1, autograd.tensor([1.0]))
    tensor([1.6449])
    """
    if not isinstance(input, Traced) or not isinstance(n, int):
        raise ArgumentTypeError(f"polygamma: expected (int, Tensor), got ({type(n).__name__}, {type(input).__name__})")
    if n < 0:
        raise ShapeError(f"polygamma: n must not be negative, got {n}")
    return gm.polygamma(input, n=n)


def _polygamma_method(self: Any, n: int) -> Any:
    """The derivative of order `n` + 1 of log(gamma) at this tensor."""
    return polygamma(n, self)


offer("polygamma", _polygamma_method, inplace=True)


@function(inplace=True)
def mvlgamma(input: Any, p: int) -> Any:
    """The logarithm of the multivariate gamma function of dimension p: p (p - 1) / 4 log(pi) + sum of lgamma(x - k / 2).

    >>> import autograd
    >>> autograd.mvlgamma(autograd.tensor([2.0]), 1)
    tensor([0.])
    """
    if p < 1:
        raise ShapeError(f"mvlgamma: p must be at least 1, got {p}")
    total = gm.lgamma(input)
    for k in range(1, p):
        total = ew.add(total, gm.lgamma(ew.subtract(input, k / 2)))
    return ew.add(total, p * (p - 1) / 4 * math.log(math.pi))


@function(method=False)
def ndtr(input: Any) -> Any:
    """The normal distribution function: erfc(-x / sqrt(2)) / 2.

    >>> import autograd
    >>> autograd.special.ndtr(autograd.tensor([0.0]))
    tensor([0.5000])
    """
    return ew.multiply(sf.erfc(ew.multiply(input, -math.sqrt(0.5))), 0.5)
