"""Smooth activations, and what all activation modules share.

The formulas hold where they are written differently from the textbook: nothing overflows, and what the branch that was
not taken computes cannot reach the gradient.
"""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import autograd
from autograd import Tensor
from autograd.ops.transcendental import elu as _elu

from .dtypes import check_floating, check_tensors
from .errors import SettingError
from .wrapper import FromFunction


class Activation(FromFunction):
    """An elementwise function of one tensor as a module.

    >>> import nn
    >>> nn.LeakyReLU(0.2)
    LeakyReLU(negative_slope=0.2)
    """

    def extra_repr(self) -> str:
        """The settings."""
        shown = [f"{name}={getattr(self, name)!r}" for name in self._settings if name != "inplace"]
        return ", ".join(shown + ["inplace=True"] * bool(getattr(self, "inplace", False)))


def over(input: Tensor, function: Callable[..., Tensor], *settings: Any) -> Tensor:
    """PyTorch's `inplace=True`: the function of a copy of `input`, written over `input`."""
    return input.copy_(function(input.clone(), *settings))


def sigmoid(input: Tensor) -> Tensor:
    """1 / (1 + exp(-x)), exact in both tails.

    >>> import autograd, nn.functional as F
    >>> F.sigmoid(autograd.tensor([-1e4, 0.0, 1e4]))
    tensor([0.0000, 0.5000, 1.0000])
    """
    return autograd.sigmoid(input)


def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent.

    >>> import autograd, nn.functional as F
    >>> F.tanh(autograd.tensor([-1e4, 0.0]))
    tensor([-1.,  0.])
    """
    return autograd.tanh(input)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """x sigmoid(x), also called swish (Hendrycks and Gimpel, 2016; Ramachandran et al., 2017).

    >>> import autograd, nn.functional as F
    >>> F.silu(autograd.tensor([0.0, 1e4]))
    tensor([    0., 10000.])
    """
    check_floating("silu", input)
    return over(input, silu) if inplace else input * autograd.sigmoid(input)


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """x Phi(x), Phi the normal distribution function; `approximate="tanh"` is the original approximation of it.

    0.5 (1 + tanh(u)) is sigmoid(2u), so the approximation is x sigmoid(2 sqrt(2/pi) (x + 0.044715 x**3)) (Hendrycks and
    Gimpel, 2016).

    >>> import autograd, nn.functional as F
    >>> F.gelu(autograd.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1587,  0.0000,  0.8413])
    """
    check_floating("gelu", input)
    if approximate == "none":
        return input * (autograd.erf(input * math.sqrt(0.5)) * 0.5 + 0.5)
    if approximate != "tanh":
        raise SettingError(f"gelu: approximate must be 'none' or 'tanh', got {approximate!r}")
    c = 2 * math.sqrt(2 / math.pi)
    return input * autograd.sigmoid(input * (input * input * (c * 0.044715) + c))


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """log(1 + exp(beta x)) / beta; exactly x where beta x exceeds the threshold.

    >>> import autograd, nn.functional as F
    >>> F.softplus(autograd.tensor([-1e4, 0.0, 1e4]))
    tensor([0.0000e+00, 6.9315e-01, 1.0000e+04])
    """
    check_floating("softplus", input)
    scaled = input if beta == 1 else input * beta
    smooth = autograd.softplus(scaled)
    return autograd.where(scaled > threshold, input, smooth if beta == 1 else smooth / beta)


def logsigmoid(input: Tensor) -> Tensor:
    """log(sigmoid(x)) = -log(1 + exp(-x)), without overflow.

    >>> import autograd, nn.functional as F
    >>> F.logsigmoid(autograd.tensor([-1e4, 1e4]))
    tensor([-10000.,      0.])
    """
    check_floating("logsigmoid", input)
    return 0.0 - autograd.softplus(-input)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """x tanh(softplus(x)) (Misra, 2019).

    >>> import autograd, nn.functional as F
    >>> F.mish(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8651])
    """
    check_floating("mish", input)
    return over(input, mish) if inplace else input * autograd.tanh(autograd.softplus(input))


def softsign(input: Tensor) -> Tensor:
    """x / (1 + |x|).

    >>> import autograd, nn.functional as F
    >>> F.softsign(autograd.tensor([-1.0, 3.0]))
    tensor([-0.5000,  0.7500])
    """
    check_tensors("softsign", input=input)
    return input / (input.abs() + 1)


def tanhshrink(input: Tensor) -> Tensor:
    """x - tanh(x).

    >>> import autograd, nn.functional as F
    >>> F.tanhshrink(autograd.tensor([0.0, 1.0]))
    tensor([0.0000, 0.2384])
    """
    check_tensors("tanhshrink", input=input)
    return input - autograd.tanh(input)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x where x > 0, else alpha (exp(x) - 1) (Clevert et al., 2015).

    >>> import autograd, nn.functional as F
    >>> F.elu(autograd.tensor([-1e4, 2.0]))
    tensor([-1.,  2.])
    """
    check_floating("elu", input)
    if inplace:
        return over(input, elu, alpha)
    return _elu(input, alpha=alpha)


SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """elu with alpha 1.6733 scaled by 1.0507, for which zero mean and unit variance are a fixed point
    (Klambauer et al., 2017).

    >>> import autograd, nn.functional as F
    >>> F.selu(autograd.tensor([-1e4, 1.0]))
    tensor([-1.7581,  1.0507])
    """
    check_floating("selu", input)
    return over(input, selu) if inplace else elu(input, SELU_ALPHA) * SELU_SCALE


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x where x > 0, else alpha (exp(x / alpha) - 1): an elu whose slope at 0 is 1 for every alpha (Barron, 2017).

    >>> import autograd, nn.functional as F
    >>> F.celu(autograd.tensor([-1e4, 1.0]), alpha=2.0)
    tensor([-2.,  1.])
    """
    check_floating("celu", input)
    if alpha == 0:
        raise SettingError("celu: alpha is 0 and divides; give a value other than 0")
    if inplace:
        return over(input, celu, alpha)
    return _elu(input, alpha=alpha, rate=1 / alpha)


elu_: partial[Tensor] = partial(elu, inplace=True)
selu_: partial[Tensor] = partial(selu, inplace=True)
celu_: partial[Tensor] = partial(celu, inplace=True)


class Sigmoid(Activation, of=sigmoid):
    """`functional.sigmoid` as a module.

    >>> import nn
    >>> nn.Sigmoid()
    Sigmoid()
    """


class Tanh(Activation, of=tanh):
    """`functional.tanh` as a module.

    >>> import nn
    >>> nn.Tanh()
    Tanh()
    """


class SiLU(Activation, of=silu):
    """`functional.silu` as a module.

    >>> import nn
    >>> nn.SiLU()
    SiLU()
    """


class GELU(Activation, of=gelu):
    """`functional.gelu` as a module.

    >>> import nn
    >>> nn.GELU("tanh")
    GELU(approximate='tanh')
    """


class Softplus(Activation, of=softplus):
    """`functional.softplus` as a module.

    >>> import nn
    >>> nn.Softplus()
    Softplus(beta=1.0, threshold=20.0)
    """


class LogSigmoid(Activation, of=logsigmoid):
    """`functional.logsigmoid` as a module.

    >>> import nn
    >>> nn.LogSigmoid()
    LogSigmoid()
    """


class Mish(Activation, of=mish):
    """`functional.mish` as a module.

    >>> import nn
    >>> nn.Mish()
    Mish()
    """


class Softsign(Activation, of=softsign):
    """`functional.softsign` as a module.

    >>> import nn
    >>> nn.Softsign()
    Softsign()
    """


class Tanhshrink(Activation, of=tanhshrink):
    """`functional.tanhshrink` as a module.

    >>> import nn
    >>> nn.Tanhshrink()
    Tanhshrink()
    """


class ELU(Activation, of=elu):
    """`functional.elu` as a module.

    >>> import nn
    >>> nn.ELU(alpha=0.5)
    ELU(alpha=0.5)
    """


class SELU(Activation, of=selu):
    """`functional.selu` as a module.

    >>> import nn
    >>> nn.SELU(inplace=True)
    SELU(inplace=True)
    """


class CELU(Activation, of=celu):
    """`functional.celu` as a module.

    >>> import nn
    >>> nn.CELU(2.0)
    CELU(alpha=2.0)
    """
