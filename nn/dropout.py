"""Dropout: random zeros in training, scaled so that the expectation stays; nothing in evaluation.

Draws come from autograd's default generator: `autograd.manual_seed` makes them the same again.
"""

import warnings
from typing import Any

import autograd
from autograd import Tensor
from autograd.errors import ArgumentError, ShapeError

from .activation import SELU_ALPHA, SELU_SCALE
from .dtypes import check_floating, check_tensors
from .errors import SettingError
from .module import Module
from .wrapper import FromFunction


def _kept(input: Tensor, p: float, whole_channels: bool) -> Tensor:
    """Ones with probability 1 - p, else zeros; with `whole_channels` one draw for each channel of each sample."""
    if whole_channels and input.ndim < 2 and p < 1:
        raise ShapeError(
            f"feature dropout requires at least 2 dimensions (N, C, ...) in the input, got shape {tuple(input.shape)}"
        )
    shape = (*input.shape[:2], *(1,) * (input.ndim - 2)) if whole_channels else input.shape
    return input.new_empty(shape).bernoulli_(1 - p)


def _check(op: str, p: float) -> None:
    if not 0 <= p <= 1:
        raise ArgumentError(f"{op}: dropout probability has to be between 0 and 1, but got {p}")


def _scaled(op: str, input: Tensor, p: float, training: bool, inplace: bool, whole_channels: bool = False) -> Tensor:
    check_tensors(op, input=input)
    _check(op, p)
    if not training or p == 0:
        return input
    mask = _kept(input, p, whole_channels)
    if p < 1:
        mask.div_(1 - p)
    return input.mul_(mask) if inplace else input * mask


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """x / (1 - p) with probability 1 - p, else 0, independently for each element (Srivastava et al., 2014).

    >>> import autograd, nn.functional as F
    >>> _ = autograd.manual_seed(0)
    >>> F.dropout(autograd.ones(1000), 0.2).unique()
    tensor([0.0000, 1.2500])
    """
    return _scaled("dropout", input, p, training, inplace)


def _over_channels(op: str, input: Tensor, spatial: int, p: float, training: bool, inplace: bool) -> Tensor:
    check_tensors(op, input=input)
    _check(op, p)
    if input.ndim not in (spatial + 1, spatial + 2):
        wanted = f"expected a {spatial + 1}D or {spatial + 2}D input, but received a {input.ndim}D input"
        if spatial == 1:
            raise SettingError(f"{op}: {wanted} of shape {tuple(input.shape)}; dropout takes any shape")
        warnings.warn(f"{op}: {wanted}, which is deprecated and will result in an error; dropout takes any shape", stacklevel=3)
    elif spatial == 2 and input.ndim == 3:
        warnings.warn(f"{op}: a 3D input is taken as (N, C, L), as dropout1d takes it; give (1, C, H, W)", stacklevel=3)
    if spatial == 2 or input.ndim == spatial + 2:
        return _scaled(op, input, p, training, inplace, True)
    return _scaled(op, input.unsqueeze(0), p, training, inplace, True).squeeze(0)  # one sample


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole channels of (N, C, L) or (C, L) (Tompson et al., 2015).

    >>> import autograd, nn.functional as F
    >>> F.dropout1d(autograd.ones(2, 3, 4), 0.5)[0, 0].unique().numel()
    1
    """
    return _over_channels("dropout1d", input, 1, p, training, inplace)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole channels of (N, C, H, W); as in PyTorch, an input (N, C, L) is dropped as by dropout1d, with a warning.

    >>> import autograd, nn.functional as F
    >>> F.dropout2d(autograd.ones(2, 3, 4, 4), 0.5)[1, 2].unique().numel()
    1
    """
    return _over_channels("dropout2d", input, 2, p, training, inplace)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Dropout of whole channels of (N, C, D, H, W) or (C, D, H, W).

    >>> import autograd, nn.functional as F
    >>> F.dropout3d(autograd.ones(2, 3, 2, 2, 2), 0.5)[0, 1].unique().numel()
    1
    """
    return _over_channels("dropout3d", input, 3, p, training, inplace)


def _alpha(op: str, input: Tensor, p: float, training: bool, inplace: bool, whole_channels: bool) -> Tensor:
    check_tensors(op, input=input)
    _check(op, p)
    if not training or p == 0:
        return input
    check_floating(op, input)
    if p == 1:
        return input.mul_(0) if inplace else input * 0
    # Dropped values become selu's limit at -inf; a and b bring mean and variance back to 0 and 1.
    low = -SELU_ALPHA * SELU_SCALE
    a = ((1 - p) * (1 + p * low**2)) ** -0.5
    mask = _kept(input, p, whole_channels)
    shift = (1 - mask) * (a * low) - a * p * low
    result = (input.clone() if inplace else input) * (mask * a) + shift
    return input.copy_(result) if inplace else result


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout that keeps zero mean and unit variance, for selu networks (Klambauer et al., 2017).

    >>> import autograd, nn.functional as F
    >>> _ = autograd.manual_seed(0)
    >>> abs(F.alpha_dropout(autograd.randn(100000), 0.3, training=True).std().item() - 1) < 0.02
    True
    """
    return _alpha("alpha_dropout", input, p, training, inplace, False)


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """alpha_dropout of whole channels of (N, C, *).

    >>> import autograd, nn.functional as F
    >>> F.feature_alpha_dropout(autograd.ones(2, 3, 5), 0.5, training=True)[1, 2].unique().numel()
    1
    """
    return _alpha("feature_alpha_dropout", input, p, training, inplace, True)


def mc_dropout(model: Module, *inputs: Any, samples: int = 32) -> Tensor:
    """Predictions with dropout active and everything else in evaluation mode: (samples, *output).

    Their mean is the prediction of an approximate Bayesian average, their standard deviation its uncertainty (Gal and
    Ghahramani, 2016). Nothing is recorded, and the model's modes are as before afterwards.

    >>> import autograd, nn
    >>> model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 1))
    >>> draws = nn.mc_dropout(model, autograd.ones(3, 4), samples=10)
    >>> draws.mean(0).shape, draws.std(0).shape
    (torch.Size([3, 1]), torch.Size([3, 1]))
    """
    modes = [(module, module.training) for module in model.modules()]
    if not any(isinstance(module, _Dropout) for module, _ in modes):
        raise ArgumentError(f"mc_dropout: {type(model).__name__} contains no dropout module, so all samples would be equal")
    try:
        for module, _ in modes:
            module.training = isinstance(module, _Dropout)
        with autograd.no_grad():
            return autograd.stack([model(*inputs) for _ in range(samples)])
    finally:
        for module, mode in modes:
            module.training = mode


class _Dropout(FromFunction):
    """What `mc_dropout` looks for."""

    p: float
    inplace: bool

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__(p, inplace)
        _check(self._get_name(), p)

    def extra_repr(self) -> str:
        """The settings."""
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout, of=dropout):
    """`functional.dropout` as a module.

    >>> import autograd, nn
    >>> nn.Dropout(0.5).eval()(autograd.ones(2))
    tensor([1., 1.])
    """


class Dropout1d(_Dropout, of=dropout1d):
    """`functional.dropout1d` as a module.

    >>> import nn
    >>> nn.Dropout1d(0.2)
    Dropout1d(p=0.2, inplace=False)
    """


class Dropout2d(_Dropout, of=dropout2d):
    """`functional.dropout2d` as a module.

    >>> import nn
    >>> nn.Dropout2d(0.2)
    Dropout2d(p=0.2, inplace=False)
    """


class Dropout3d(_Dropout, of=dropout3d):
    """`functional.dropout3d` as a module.

    >>> import nn
    >>> nn.Dropout3d(0.2)
    Dropout3d(p=0.2, inplace=False)
    """


class AlphaDropout(_Dropout, of=alpha_dropout):
    """`functional.alpha_dropout` as a module.

    >>> import nn
    >>> nn.AlphaDropout(0.2)
    AlphaDropout(p=0.2, inplace=False)
    """


class FeatureAlphaDropout(_Dropout, of=feature_alpha_dropout):
    """`functional.feature_alpha_dropout` as a module.

    >>> import nn
    >>> nn.FeatureAlphaDropout(0.2)
    FeatureAlphaDropout(p=0.2, inplace=False)
    """
