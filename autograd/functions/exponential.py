"""Exponentials, logarithms, trigonometric and hyperbolic functions under PyTorch's names."""

import math
from typing import Any

from ..ops import elementwise as ew, transcendental as tr
from .conversion import promoted
from .declare import function, offer

exp = offer("exp", tr.exp, inplace=True)
exp2 = offer("exp2", tr.exp2, inplace=True)
expm1 = offer("expm1", tr.expm1, inplace=True)
log = offer("log", tr.log, inplace=True)
log2 = offer("log2", tr.log2, inplace=True)
log10 = offer("log10", tr.log10, inplace=True)
log1p = offer("log1p", tr.log1p, inplace=True)
logaddexp = offer("logaddexp", tr.logaddexp)
sigmoid = offer("sigmoid", tr.sigmoid, inplace=True)
relu = offer("relu", ew.relu, inplace=True)
sinc = offer("sinc", tr.sinc, inplace=True)

sin = offer("sin", tr.sin, inplace=True)
cos = offer("cos", tr.cos, inplace=True)
tan = offer("tan", tr.tan, inplace=True)
asin = offer("asin", tr.asin, inplace=True)
acos = offer("acos", tr.acos, inplace=True)
atan = offer("atan", tr.atan, inplace=True)
atan2 = offer("atan2", tr.atan2, inplace=True)
sinh = offer("sinh", tr.sinh, inplace=True)
cosh = offer("cosh", tr.cosh, inplace=True)
tanh = offer("tanh", tr.tanh, inplace=True)
asinh = offer("asinh", tr.asinh, inplace=True)
acosh = offer("acosh", tr.acosh, inplace=True)
atanh = offer("atanh", tr.atanh, inplace=True)

arcsin = offer("arcsin", tr.asin, inplace=True)
arccos = offer("arccos", tr.acos, inplace=True)
arctan = offer("arctan", tr.atan, inplace=True)
arctan2 = offer("arctan2", tr.atan2, inplace=True)
arcsinh = offer("arcsinh", tr.asinh, inplace=True)
arccosh = offer("arccosh", tr.acosh, inplace=True)
arctanh = offer("arctanh", tr.atanh, inplace=True)


@function(inplace=True, checked=False)
def xlogy(input: Any, other: Any) -> Any:
    """input * log(other); 0 where input is 0, unless other is NaN. One of the two may be a number.

    >>> import autograd
    >>> autograd.xlogy(autograd.tensor([0.0, 1.0]), autograd.tensor([0.0, 1.0]))
    tensor([0., 0.])
    """
    return tr.xlogy(*promoted("xlogy", input, other))


@function
def logaddexp2(input: Any, other: Any) -> Any:
    """log2(2**input + 2**other), without overflow.

    >>> import autograd
    >>> autograd.logaddexp2(autograd.tensor([3.0]), autograd.tensor([3.0]))
    tensor([4.])
    """
    ln2 = math.log(2)
    input, other = promoted("logaddexp2", input, other)
    return ew.multiply(tr.logaddexp(ew.multiply(input, ln2), ew.multiply(other, ln2)), 1 / ln2)


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
    return tr.log(ew.divide(p, 1.0 - p))
