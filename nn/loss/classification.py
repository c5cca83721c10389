"""Losses between a prediction and a class: cross-entropy in its forms, focal loss, Kullback-Leibler divergence.

All that take logits are exact at +-1e4: no probability is formed where its logarithm is meant.
"""

import warnings
from typing import Any

import autograd
from autograd import Tensor, nll
from autograd.core.half import in_single
from autograd.errors import ArgumentError, DimError

from ..dtypes import check_class_indices, check_floating, check_tensors
from ..errors import MismatchError, SettingError
from .reduction import Loss, check_same, chosen, reduced, weighted


def _class_dim(op: str, input: Tensor, target: Tensor) -> int:
    """The dimension of the classes, if the target fits: (C), (N, C) or (N, C, d1, ...) with (), (N) or (N, d1, ...)."""
    if not (isinstance(input, Tensor) and isinstance(target, Tensor)):
        check_tensors(op, input=input, target=target)
    shape = tuple(input.shape)
    dim = 0 if len(shape) == 1 else 1
    expected = shape[:dim] + shape[dim + 1 :]
    if shape and expected == target.shape:
        return dim
    if not shape:
        raise MismatchError(f"{op}: input is a scalar; it must be (C), (N, C) or (N, C, d1, ...)")
    raise MismatchError(
        f"{op}: input has shape {shape}, target {tuple(target.shape)} and dtype {target.dtype}; for class indices the "
        f"target must have the input's shape without dimension {dim}, {expected}, and for probabilities the input's shape "
        "and a floating dtype"
    )


def _checked_indices(op: str, target: Tensor, classes: int, ignore_index: int) -> Tensor | None:
    """The mask of targets that count, None if all do. Raises if an index is not a class."""
    if not target.numel():
        return None
    given = target.all_examples()
    low, high = given.min()._data, given.max()._data
    if 0 <= low and high < classes and not low <= ignore_index <= high:
        return None
    counts = autograd.ne(target, ignore_index)
    wrong = counts & ((target < 0) | (target >= classes))
    if bool(wrong.all_examples().any()):
        raise DimError(
            f"{op}: target {int(given[wrong.all_examples()][0])} is out of bounds: the input has {classes} classes, so "
            f"an index is from 0 to {classes - 1}" + (f", or {ignore_index} to be ignored" if ignore_index < 0 else "")
        )
    return counts if bool((~counts.all_examples()).any()) else None


def _mean_over_counted(
    loss: Tensor, weights: Tensor | None, counts: Tensor | None, reduction: str, op: str, apply: bool = True
) -> Tensor:
    """Combine per-sample losses: ignored ones are 0, and the mean divides by the total weight of the others."""
    if weights is not None and apply:
        loss = loss * weights
    if counts is not None:
        loss = autograd.where(counts, loss, 0.0)
    if reduction != "mean":
        return reduced(loss, reduction, op)
    if counts is None:
        return loss.mean() if weights is None else loss.sum() / weights.sum()
    return loss.sum() / (counts.to(loss.dtype) if weights is None else weights * counts).sum()


def _check_weight(op: str, weight: Tensor | None, classes: int) -> None:
    if weight is None:
        return
    check_tensors(op, weight=weight)
    if tuple(weight.shape) != (classes,):
        raise MismatchError(
            f"{op}: weight tensor should be defined either for all {classes} classes or no classes, but got weight tensor "
            f"of shape {tuple(weight.shape)}"
        )


@in_single
def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """-log softmax(input)[target]: the input holds logits, the target class indices or probabilities.

    Shapes: (C), (N, C) or (N, C, d1, ...) with indices (), (N) or (N, d1, ...), or with probabilities of the input's
    shape. `weight` (C,) rescales classes; the mean divides by the total weight of what is not ignored. Label smoothing
    e replaces the target by (1 - e) target + e / C (Szegedy et al., 2015).

    >>> import autograd, nn.functional as F
    >>> F.cross_entropy(autograd.tensor([[1e4, -1e4], [0.0, 0.0]]), autograd.tensor([0, 1]), reduction="none")
    tensor([-0.0000, 0.6931])
    """
    reduction = chosen(size_average, reduce, reduction)
    if not 0 <= label_smoothing <= 1:
        raise SettingError(f"cross_entropy: label_smoothing must be between 0.0 and 1.0, got {label_smoothing}")
    if not (isinstance(input, Tensor) and isinstance(target, Tensor)):
        check_tensors("cross_entropy", input=input, target=target)
    if target.dtype.kind == "f" and target.shape == input.shape and input.ndim:
        if ignore_index >= 0:
            raise SettingError("cross_entropy: ignore_index is not supported for floating point target: give class indices")
        return _soft_cross_entropy(input, target, weight, reduction, label_smoothing)
    dim = _class_dim("cross_entropy", input, target)
    check_floating("cross_entropy", input, weight=weight)
    check_class_indices("cross_entropy", target, autograd.uint8)
    classes = input.shape[dim]
    _check_weight("cross_entropy", weight, classes)
    counts: Any = None
    if 0 <= ignore_index < classes:
        counts = _checked_indices("cross_entropy", target, classes, ignore_index)
    log_p = autograd.log_softmax(input, dim)
    try:
        loss = nll(log_p, target, axis=dim)
    except DimError:  # ignore_index, unless the target is wrong
        counts = _checked_indices("cross_entropy", target, classes, ignore_index)
        target = autograd.where(counts, target, 0)
        loss = nll(log_p, target, axis=dim)
    weights: Any = None if weight is None else weight[target]
    if not label_smoothing:
        return _mean_over_counted(loss, weights, counts, reduction, "cross_entropy")
    if weight is None:
        spread = -log_p.mean(dim)
    else:
        spread = -(log_p * weight.reshape(-1, *(1,) * (input.ndim - dim - 1))).sum(dim) / classes
        loss = loss * weights
    loss = loss * (1 - label_smoothing) + spread * label_smoothing
    return _mean_over_counted(loss, weights, counts, reduction, "cross_entropy", apply=False)


def _soft_cross_entropy(input: Tensor, target: Tensor, weight: Tensor | None, reduction: str, label_smoothing: float) -> Tensor:
    dim = 0 if input.ndim == 1 else 1
    classes = input.shape[dim]
    _check_weight("cross_entropy", weight, classes)
    if label_smoothing:
        target = target * (1 - label_smoothing) + label_smoothing / classes
    if weight is not None:
        target = target * weight.reshape(-1, *(1,) * (input.ndim - dim - 1))
    loss = -(autograd.log_softmax(input, dim) * target).sum(dim)
    return reduced(loss, reduction, "cross_entropy")


@in_single
def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """-weight[target] input[target], where the input holds log-probabilities, such as log_softmax gives.

    Shapes and the mean are cross_entropy's.

    >>> import autograd, nn.functional as F
    >>> F.nll_loss(autograd.tensor([[-1.0, -2.0], [-3.0, -4.0]]), autograd.tensor([0, 1]))
    tensor(2.5000)
    """
    dim = _class_dim("nll_loss", input, target)
    check_floating("nll_loss", input, weight=weight)
    check_class_indices("nll_loss", target, autograd.uint8)
    _check_weight("nll_loss", weight, input.shape[dim])
    counts = _checked_indices("nll_loss", target, input.shape[dim], ignore_index)
    if counts is not None:
        target = autograd.where(counts, target, 0)
    loss = nll(input, target, axis=dim)
    weights = None if weight is None else weight[target]
    return _mean_over_counted(loss, weights, counts, chosen(size_average, reduce, reduction), "nll_loss")


@in_single
def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """-(t log x + (1 - t) log(1 - x)) for probabilities x; the logarithms are at least -100.

    Prefer binary_cross_entropy_with_logits, which has no such limit.

    >>> import autograd, nn.functional as F
    >>> F.binary_cross_entropy(autograd.tensor([0.5, 0.0]), autograd.tensor([1.0, 1.0]), reduction="none")
    tensor([  0.6931, 100.0000])
    """
    check_same("binary_cross_entropy", input, target)
    check_tensors("binary_cross_entropy", optional={"weight": weight})
    check_floating("binary_cross_entropy", input, target=target)
    if input.numel() and not (input.detach().min()._data >= 0 and input.detach().max()._data <= 1):
        raise MismatchError(
            "binary_cross_entropy: all elements of input should be between 0 and 1: apply sigmoid, or use "
            "binary_cross_entropy_with_logits, which takes any numbers"
        )
    if target.numel() and not (target.detach().min()._data >= 0 and target.detach().max()._data <= 1):
        raise MismatchError("binary_cross_entropy: all elements of target should be between 0 and 1")
    loss = weighted(autograd.binary_cross_entropy(input, target), weight).to(input.dtype)
    return reduced(loss, chosen(size_average, reduce, reduction), "binary_cross_entropy")


@in_single
def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """-(p t log s + (1 - t) log(1 - s)) with s = sigmoid(x), computed as log(1 + exp(x)) - t x.

    `pos_weight` p multiplies the positive part, as if each positive example occurred p times.

    >>> import autograd, nn.functional as F
    >>> F.binary_cross_entropy_with_logits(autograd.tensor([1e4, 0.0]), autograd.tensor([0.0, 1.0]), reduction="none")
    tensor([1.0000e+04, 6.9315e-01])
    """
    check_same("binary_cross_entropy_with_logits", input, target)
    check_tensors("binary_cross_entropy_with_logits", optional={"weight": weight, "pos_weight": pos_weight})
    check_floating("binary_cross_entropy_with_logits", input)
    check_floating("binary_cross_entropy_with_logits: target", target)
    if pos_weight is None:
        loss = autograd.softplus(input) - target * input
    else:
        # -log sigmoid(x) = log(1 + exp(-x)); -log(1 - sigmoid(x)) = x + the same.
        positive = (pos_weight - 1) * target + 1
        loss = (1 - target) * input + positive * autograd.softplus(-input)
    loss = weighted(loss, weight).to(target.dtype)
    return reduced(loss, chosen(size_average, reduce, reduction), "binary_cross_entropy_with_logits")


@in_single
def focal_loss(
    input: Tensor,
    target: Tensor,
    alpha: float | Tensor | None = None,
    gamma: float = 2.0,
    reduction: str = "mean",
) -> Tensor:
    """alpha (1 - p)**gamma (-log p), p the probability of the true class: easy examples count less (Lin et al., 2017).

    The input holds logits. An integer target means classes, with cross_entropy's shapes; `alpha` is then a weight for
    each class (C,). A floating target of the input's shape means independent yes or no; `alpha` then weighs 1 and
    1 - alpha weighs 0. With gamma 0 and no alpha it is the plain cross-entropy.

    >>> import autograd, nn.functional as F
    >>> F.focal_loss(autograd.zeros(1, 4), autograd.tensor([2])).item() == (0.75 ** 2) * 2 * autograd.tensor(2.0).log().item()
    True
    """
    if target.dtype.kind == "f":
        loss = binary_cross_entropy_with_logits(input, target, reduction="none")
        share = None if alpha is None else target * alpha + (1 - target) * (1 - alpha)
    else:
        loss = cross_entropy(input, target, reduction="none")
        if alpha is not None and not isinstance(alpha, Tensor):
            raise ArgumentError("focal_loss: for class indices alpha is a weight for each class, a tensor of shape (C,)")
        share = None if alpha is None else alpha[target]
    # 1 - p = 1 - exp(-loss) keeps its digits where p is nearly 1.
    loss = loss * (-(-loss).expm1()) ** gamma if gamma else loss
    return reduced(weighted(loss, share), reduction, "focal_loss")


@in_single
def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """target (log target - input), where the input holds log-probabilities; with `log_target` so does the target.

    `batchmean` divides the sum by the first dimension and is the divergence; `mean` divides by all elements.

    >>> import autograd, nn.functional as F
    >>> p = autograd.tensor([[0.5, 0.5, 0.0]])
    >>> F.kl_div((p + 0.1).log(), p, reduction="batchmean").item() < 0
    True
    """
    check_same("kl_div", input, target)
    check_floating("kl_div", input)
    check_floating("kl_div: target", target)
    reduction = chosen(size_average, reduce, reduction)
    if reduction == "mean":
        warnings.warn(
            "kl_div: reduction='mean' divides the total loss by both the batch size and the support size; "
            "'batchmean' divides only by the batch size, and aligns with the KL math definition",
            stacklevel=3,
        )
    if log_target:
        loss = target.exp() * (target - input)
    else:
        loss = autograd.xlogy(target, target) - target * input
    if reduction == "batchmean":
        return loss.sum() / (input.shape[0] if input.ndim else 1)
    return reduced(loss, reduction, "kl_div")


class CrossEntropyLoss(Loss, of=cross_entropy):
    """`functional.cross_entropy` as a module.

    >>> import autograd, nn
    >>> nn.CrossEntropyLoss()(autograd.zeros(1, 2), autograd.tensor([1]))
    tensor(0.6931)
    """


class NLLLoss(Loss, of=nll_loss):
    """`functional.nll_loss` as a module.

    >>> import autograd, nn
    >>> nn.NLLLoss()(autograd.tensor([[-1.0, -2.0]]), autograd.tensor([1]))
    tensor(2.)
    """


class BCELoss(Loss, of=binary_cross_entropy):
    """`functional.binary_cross_entropy` as a module.

    >>> import autograd, nn
    >>> nn.BCELoss()(autograd.tensor([0.5]), autograd.tensor([1.0]))
    tensor(0.6931)
    """


class BCEWithLogitsLoss(Loss, of=binary_cross_entropy_with_logits):
    """`functional.binary_cross_entropy_with_logits` as a module.

    >>> import autograd, nn
    >>> nn.BCEWithLogitsLoss()(autograd.tensor([0.0]), autograd.tensor([1.0]))
    tensor(0.6931)
    """


class FocalLoss(Loss, of=focal_loss):
    """`functional.focal_loss` as a module.

    >>> import nn
    >>> nn.FocalLoss(alpha=0.25).gamma
    2.0
    """


class KLDivLoss(Loss, of=kl_div):
    """`functional.kl_div` as a module.

    >>> import nn
    >>> nn.KLDivLoss(reduction="batchmean").log_target
    False
    """
