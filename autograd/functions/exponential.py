"""Exponentials, logarithms, trigonometric and hyperbolic functions under PyTorch's names."""

import math
from typing import Any

from ..ops import elementwise as ew, transcendental as tr
from .conversion import promoted
from .declare import function, offer

exp: Any = offer("exp", tr.exp, inplace=True)
exp2: Any = offer("exp2", tr.exp2, inplace=True)
expm1: Any = offer("expm1", tr.expm1, inplace=True)
log: Any = offer("log", tr.log, inplace=True)
log2: Any = offer("log2", tr.log2, inplace=True)
log10: Any = offer("log10", tr.log10, inplace=True)
log1p: Any = offer("log1p", tr.log1p, inplace=True)
logaddexp: Any = offer("logaddexp", tr.logaddexp)
sigmoid: Any = offer("sigmoid", tr.sigmoid, inplace=True)
relu: Any = offer("relu", ew.relu, inplace=True)
sinc: Any = offer("sinc", tr.sinc, inplace=True)

sin: Any = offer("sin", tr.sin, inplace=True)
cos: Any = offer("cos", tr.cos, inplace=True)
tan: Any = offer("tan", tr.tan, inplace=True)
asin: Any = offer("asin", tr.asin, inplace=True)
acos: Any = offer("acos", tr.acos, inplace=True)
atan: Any = offer("atan", tr.atan, inplace=True)
atan2: Any = offer("atan2", tr.atan2, inplace=True)
sinh: Any = offer("sinh", tr.sinh, inplace=True)
cosh: Any = offer("cosh", tr.cosh, inplace=True)
tanh: Any = offer("tanh", tr.tanh, inplace=True)
asinh: Any = offer("asinh", tr.asinh, inplace=True)
acosh: Any = offer("acosh", tr.acosh, inplace=True)
atanh: Any = offer("atanh", tr.atanh, inplace=True)

arcsin: Any = offer("arcsin", tr.asin, inplace=True)
arccos: Any = offer("arccos", tr.acos, inplace=True)
arctan: Any = offer("arctan", tr.atan, inplace=True)
arctan2: Any = offer("arctan2", tr.atan2, inplace=True)
arcsinh: Any = offer("arcsinh", tr.asinh, inplace=True)
arccosh: Any = offer("arccosh", tr.acosh, inplace=True)
arctanh: Any = offer("arctanh", tr.atanh, inplace=True)


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
