"""Losses between numbers: squared, absolute and between the two; and likelihoods of a normal or Poisson variable.

Input and target must have the same shape. PyTorch warns and broadcasts; here it is an error, because broadcasting
(n, 1) with (n,) compares every pair and trains a model on nonsense.
"""

import math
from typing import Any

import autograd
from autograd import Tensor
from autograd.core.half import in_single
from autograd.errors import ArgumentError

from ..dtypes import check_floating, check_tensors, promoted
from ..errors import SettingError
from .reduction import Loss, check_same, chosen, reduced


def _times(loss: Tensor, weight: Tensor, op: str) -> Tensor:
    check_tensors(op, weight=weight)
    if weight.shape != loss.shape:
        raise ArgumentError(f"{op}: weight has shape {tuple(weight.shape)}, input {tuple(loss.shape)}; they must be equal")
    return loss * weight


def _combined(loss: Tensor, weight: Tensor | None, reduction: str, op: str) -> Tensor:
    """`reduced`, weighted: the weighted mean divides by the sum of the weights."""
    if weight is None:
        return reduced(loss, reduction, op)
    loss = _times(loss, weight, op)
    return loss.sum() / weight.sum() if reduction == "mean" else reduced(loss, reduction, op)


@in_single
def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """(input - target)**2.

    >>> import autograd, nn.functional as F
    >>> F.mse_loss(autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 4.0]))
    tensor(2.)
    """
    check_same("mse_loss", input, target)
    if weight is None:
        input, target = promoted("mse_loss", input, target)
    return _combined((input - target).square(), weight, chosen(size_average, reduce, reduction), "mse_loss")


@in_single
def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """|input - target|.

    >>> import autograd, nn.functional as F
    >>> F.l1_loss(autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 4.0]))
    tensor(1.)
    """
    check_same("l1_loss", input, target)
    return _combined((input - target).abs(), weight, chosen(size_average, reduce, reduction), "l1_loss")


def _quadratic_then_linear(difference: Tensor, knee: float) -> Tensor:
    """d**2 / 2 where |d| < knee, else knee (|d| - knee / 2): with c = min(|d|, knee) both are c (|d| - c / 2)."""
    size = difference.abs()
    c = size.clamp(max=knee)
    return c * (size - c * 0.5)


@in_single
def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """d**2 / (2 beta) where |d| < beta, else |d| - beta / 2, with d = input - target (Girshick, 2015).

    >>> import autograd, nn.functional as F
    >>> F.smooth_l1_loss(autograd.tensor([0.5, 3.0]), autograd.tensor([0.0, 0.0]), reduction="none")
    tensor([0.1250, 2.5000])
    """
    check_same("smooth_l1_loss", input, target)
    if beta < 0:
        raise SettingError(f"smooth_l1_loss: does not support negative values for beta, got {beta}")
    if beta:
        input, target = promoted("smooth_l1_loss", input, target)
    difference = input - target
    loss = _quadratic_then_linear(difference, beta) / beta if beta else difference.abs()
    return reduced(loss, chosen(size_average, reduce, reduction), "smooth_l1_loss")


@in_single
def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None
) -> Tensor:
    """d**2 / 2 where |d| < delta, else delta (|d| - delta / 2), with d = input - target (Huber, 1964).

    Unlike in mse_loss, the weighted mean divides by the number of elements, as in PyTorch.

    >>> import autograd, nn.functional as F
    >>> F.huber_loss(autograd.tensor([1.0, 3.0]), autograd.tensor([0.0, 0.0]), reduction="none", delta=2.0)
    tensor([0.5000, 4.0000])
    """
    check_same("huber_loss", input, target)
    if delta <= 0:
        raise SettingError(f"huber_loss: does not support non-positive values for delta, got {delta}")
    check_floating("huber_loss", input)
    dtype = input.dtype
    input, target = promoted("huber_loss", input, target)
    loss = _quadratic_then_linear(input - target, delta).to(dtype)
    return reduced(loss if weight is None else _times(loss, weight, "huber_loss"), reduction, "huber_loss")


def _repeatable(shape: Any, to: Any) -> bool:
    """Whether repeating sizes of 1 makes `shape` into `to`: with as many dimensions, nothing is paired by accident."""
    return len(shape) == len(to) and all(a in (1, b) for a, b in zip(shape, to, strict=True))


@in_single
def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Any,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """(log var + (input - target)**2 / var) / 2, plus log(2 pi) / 2 if `full`; var is at least eps.

    `var` has the input's shape, or lacks its last dimension (Nix and Weigend, 1994). The floor on it is invisible to the
    gradient. A size of 1 in `target` or `var`, or in `input` beside `target`, is repeated.

    >>> import autograd, nn.functional as F
    >>> F.gaussian_nll_loss(autograd.tensor([1.0]), autograd.tensor([3.0]), autograd.tensor([1.0]))
    tensor(2.)
    """
    check_tensors("gaussian_nll_loss", input=input, target=target)
    if not _repeatable(target.shape, input.shape) and not _repeatable(input.shape, target.shape):
        check_same("gaussian_nll_loss", input, target)
    var = var if isinstance(var, Tensor) else autograd.ones_like(input, requires_grad=False) * var
    check_floating("gaussian_nll_loss: var", var)
    if var.shape != input.shape:
        if var.shape == input.shape[:-1]:
            var = var.unsqueeze(-1)
        elif not _repeatable(var.shape, input.shape):
            raise ArgumentError(
                f"gaussian_nll_loss: var is of incorrect size: it has shape {tuple(var.shape)}, input "
                f"{tuple(input.shape)}; it must be equal, or have sizes of 1, or lack the last dimension"
            )
    if bool((var.all_examples() < 0).any()):
        raise ArgumentError("gaussian_nll_loss: var has negative entry/entries; a variance is >= 0: exp() or softplus() it")
    if reduction not in ("none", "mean", "sum"):
        raise ArgumentError(f"gaussian_nll_loss: {reduction!r} is not valid; use 'none', 'mean' or 'sum'")
    fixed = var.detach()
    var = var + (fixed.clamp(min=eps) - fixed)
    loss = (var.log() + (input - target).square() / var) * 0.5
    return reduced(loss + 0.5 * math.log(2 * math.pi) if full else loss, reduction, "gaussian_nll_loss")


@in_single
def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: bool | None = None,
    eps: float = 1e-8,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """exp(input) - target * input, or input - target * log(input + eps) where the input is not a logarithm.

    With `full`, Stirling's approximation of log(target!) is added where target > 1.

    >>> import autograd, nn.functional as F
    >>> F.poisson_nll_loss(autograd.tensor([0.0]), autograd.tensor([3.0]))
    tensor(1.)
    """
    check_same("poisson_nll_loss", input, target)
    loss = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        many = autograd.where(target > 1, target, 1.0)
        stirling = many * many.log() - many + (many * (2 * math.pi)).log() * 0.5
        loss = loss + autograd.where(target > 1, stirling, 0.0)
    return reduced(loss, chosen(size_average, reduce, reduction), "poisson_nll_loss")


class MSELoss(Loss, of=mse_loss):
    """`functional.mse_loss` as a module.

    >>> import autograd, nn
    >>> nn.MSELoss()(autograd.ones(2), autograd.zeros(2))
    tensor(1.)
    """


class L1Loss(Loss, of=l1_loss):
    """`functional.l1_loss` as a module.

    >>> import autograd, nn
    >>> nn.L1Loss()(autograd.ones(2), autograd.zeros(2))
    tensor(1.)
    """


class SmoothL1Loss(Loss, of=smooth_l1_loss):
    """`functional.smooth_l1_loss` as a module.

    >>> import nn
    >>> nn.SmoothL1Loss(beta=0.5).beta
    0.5
    """


class HuberLoss(Loss, of=huber_loss):
    """`functional.huber_loss` as a module.

    >>> import nn
    >>> nn.HuberLoss(delta=2.0).delta
    2.0
    """


class GaussianNLLLoss(Loss, of=gaussian_nll_loss, by_keyword=True):
    """`functional.gaussian_nll_loss` as a module, called with input, target and var.

    >>> import nn
    >>> nn.GaussianNLLLoss(full=True).full
    True
    """


class PoissonNLLLoss(Loss, of=poisson_nll_loss):
    """`functional.poisson_nll_loss` as a module.

    >>> import nn
    >>> nn.PoissonNLLLoss(log_input=False).log_input
    False
    """

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        """The loss; PyTorch calls the input `log_input` here, whether it is a logarithm or not."""
        settings = {name: getattr(self, name) for name in self._settings}
        return poisson_nll_loss(log_input, target, **settings)
