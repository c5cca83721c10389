"""`autograd.special`: special functions under the names of `torch.special`."""

from .functions.exponential import (
    exp2 as exp2,
    expm1 as expm1,
    log1p as log1p,
    logit as logit,
    sigmoid as expit,
    sinc as sinc,
    xlogy as xlogy,
)
from .functions.reduction import log_softmax as log_softmax, logsumexp as logsumexp, softmax as softmax
from .functions.rounding import round as round
from .functions.special import (
    digamma as digamma,
    digamma as psi,
    entr as entr,
    erf as erf,
    erfc as erfc,
    erfcx as erfcx,
    erfinv as erfinv,
    i0 as i0,
    i1 as i1,
    lgamma as gammaln,
    log_ndtr as log_ndtr,
    mvlgamma as multigammaln,
    ndtr as ndtr,
    ndtri as ndtri,
    polygamma as polygamma,
    xlog1py as xlog1py,
)

__all__ = [name for name in dir() if not name.startswith("_")]
