"""Exponentials, logarithms, trigonometric and hyperbolic functions under PyTorch's names."""

import math
from typing import Any

from ..ops import elementwise as ew
from .conversion import promoted
from .declare import function, offer

exp = offer("exp", ew.exp, inplace=True)
exp2 = offer("exp2", ew.exp2, inplace=True)
expm1 = offer("expm1", ew.expm1, inplace=True)
log = offer("log", ew.log, inplace=True)
log2 = offer("log2", ew.log2, inplace=True)
log10 = offer("log10", ew.log10, inplace=True)
log1p = offer("log1p", ew.log1p, inplace=True)
logaddexp = offer("logaddexp", ew.logaddexp)
sigmoid = offer("sigmoid", ew.sigmoid, inplace=True)
relu = offer("relu", ew.relu, inplace=True)
sinc = offer("sinc", ew.sinc, inplace=True)

sin = offer("sin", ew.sin, inplace=True)
cos = offer("cos", ew.cos, inplace=True)
tan = offer("tan", ew.tan, inplace=True)
asin = offer("asin", ew.asin, inplace=True)
acos = offer("acos", ew.acos, inplace=True)
atan = offer("atan", ew.atan, inplace=True)
atan2 = offer("atan2", ew.atan2, inplace=True)
sinh = offer("sinh", ew.sinh, inplace=True)
cosh = offer("cosh", ew.cosh, inplace=True)
tanh = offer("tanh", ew.tanh, inplace=True)
asinh = offer("asinh", ew.asinh, inplace=True)
acosh = offer("acosh", ew.acosh, inplace=True)
atanh = offer("atanh", ew.atanh, inplace=True)

arcsin = offer("arcsin", ew.asin, inplace=True)
arccos = offer("arccos", ew.acos, inplace=True)
arctan = offer("arctan", ew.atan, inplace=True)
arctan2 = offer("arctan2", ew.atan2, inplace=True)
arcsinh = offer("arcsinh", ew.asinh, inplace=True)
arccosh = offer("arccosh", ew.acosh, inplace=True)
arctanh = offer("arctanh", ew.atanh, inplace=True)


@function(inplace=True, checked=False)
def xlogy(input: Any, other: Any) -> Any:
    """input * log(other); 0 where input is 0, unless other is NaN. One of the two may be a number.

    >>> import autograd
    >>> autograd.xlogy(autograd.tensor([0.0, 1.0]), autograd.tensor([0.0, 1.0]))
    tensor([0., 0.])
    """
    return ew.xlogy(*promoted("xlogy", input, other))


@function
def logaddexp2(input: Any, other: Any) -> Any:
    """log2(2**input + 2**other), without overflow.

    >>> import autograd
    >>> autograd.logaddexp2(autograd.tensor([3.0]), autograd.tensor([3.0]))
    tensor([4.])
    """
    ln2 = math.log(2)
    input, other = promoted("logaddexp2", input, other)
    return ew.multiply(ew.logaddexp(ew.multiply(input, ln2), ew.multiply(other, ln2)), 1 / ln2)


@function(inplace=True)
def logit(input: Any, eps: float | None = None) -> Any:
    """log(p / (1 - p)), the inverse of sigmoid; with `eps`, p is first limited to [eps, 1 - eps].

    >>> import autograd
    >>> autograd.logit(autograd.tensor([0.5, 0.9]))
    tensor([0.0000, 2.1972])
    """
    (p,) = promoted("logit", input)
    if eps is not None:
        p = ew.clip(p, lower=float(eps), upper=1.0 - float(eps))
    return ew.log(ew.divide(p, 1.0 - p))
