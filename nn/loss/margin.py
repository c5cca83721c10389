"""Losses that are zero once a margin is kept: hinge, ranking, triplets, and their relatives."""

from collections.abc import Callable
from typing import Any

import autograd
from autograd import Tensor
from autograd.core.half import in_single
from autograd.errors import ArgumentError

from ..activation import logsigmoid
from ..distance import PairwiseDistance, pairwise_distance
from ..dtypes import check_class_indices, check_floating, check_no_mask, check_tensors
from ..errors import MismatchError, SettingError
from ..module import Module
from .reduction import Loss, check_same, chosen, reduced, weighted


@in_single
def hinge_loss(input: Tensor, target: Tensor, margin: float = 1.0, reduction: str = "mean") -> Tensor:
    """max(0, margin - target * input) with targets -1 and 1: the support vector machine's loss (Cortes, Vapnik, 1995).

    >>> import autograd, nn.functional as F
    >>> F.hinge_loss(autograd.tensor([0.5, 2.0]), autograd.tensor([1.0, -1.0]), reduction="none")
    tensor([0.5000, 3.0000])
    """
    check_same("hinge_loss", input, target)
    return reduced((margin - target * input).clamp(min=0), reduction, "hinge_loss")


@in_single
def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The input, a distance, where the target is 1; max(0, margin - input) where it is -1.

    >>> import autograd, nn.functional as F
    >>> F.hinge_embedding_loss(autograd.tensor([0.3, 0.3]), autograd.tensor([1, -1]), reduction="none")
    tensor([0.3000, 0.7000])
    """
    check_same("hinge_embedding_loss", input, target)
    check_floating("hinge_embedding_loss", input)
    apart = autograd.where(target == 1, 0.0, (margin - input).clamp(min=0))
    together = autograd.where(target == -1, 0.0, input)
    return reduced(apart + together, chosen(size_average, reduce, reduction), "hinge_embedding_loss")


@in_single
def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, margin - target (input1 - input2)): target 1 wants input1 to rank higher, -1 input2.

    >>> import autograd, nn.functional as F
    >>> F.margin_ranking_loss(autograd.tensor([1.0]), autograd.tensor([3.0]), autograd.tensor([1.0]))
    tensor(2.)
    """
    check_tensors("margin_ranking_loss", input1=input1, input2=input2, target=target)
    if not input1.ndim == input2.ndim == target.ndim:
        raise MismatchError(
            f"margin_ranking_loss: input1 has shape {tuple(input1.shape)}, input2 {tuple(input2.shape)}, target "
            f"{tuple(target.shape)}; they must have as many dimensions"
        )
    check_no_mask("margin_ranking_loss: target", target)
    loss = (float(margin) - target * (input1 - input2)).clamp(min=0)
    return reduced(loss, chosen(size_average, reduce, reduction), "margin_ranking_loss")


@in_single
def soft_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """log(1 + exp(-target * input)) with targets -1 and 1.

    >>> import autograd, nn.functional as F
    >>> F.soft_margin_loss(autograd.tensor([0.0, 1e4]), autograd.tensor([1.0, -1.0]), reduction="none")
    tensor([6.9315e-01, 1.0000e+04])
    """
    check_same("soft_margin_loss", input, target)
    check_floating("soft_margin_loss", input)
    loss = -logsigmoid(target * input).to(input.dtype)
    return reduced(loss, chosen(size_average, reduce, reduction), "soft_margin_loss")


@in_single
def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """The mean over classes (the last dimension) of the binary cross-entropy of logits.

    >>> import autograd, nn.functional as F
    >>> F.multilabel_soft_margin_loss(autograd.zeros(1, 3), autograd.tensor([[1.0, 0.0, 1.0]]))
    tensor(0.6931)
    """
    check_same("multilabel_soft_margin_loss", input, target)
    check_floating("multilabel_soft_margin_loss", input)
    loss = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    loss = weighted(loss, weight).mean(-1)
    return reduced(loss, chosen(size_average, reduce, reduction), "multilabel_soft_margin_loss")


def _batch(op: str, input: Tensor, target: Tensor, dims: int) -> tuple[Tensor, Tensor]:
    """Input (N, C) and its target with the batch in front; one sample becomes a batch of one."""
    if (
        input.ndim not in (1, 2)
        or target.ndim != input.ndim - 2 + dims
        or target.shape[:1] != (input.shape[:1] if target.ndim else ())
    ):
        raise MismatchError(
            f"{op}: input has shape {tuple(input.shape)}, target {tuple(target.shape)}; expected (N, C) or (C) with a "
            f"target of shape {'(N) or ()' if dims == 1 else 'equal to it'}"
        )
    return (input, target) if input.ndim == 2 else (input.unsqueeze(0), target.unsqueeze(0))


@in_single
def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """sum_j max(0, margin - x[y] + x[j])**p / C over the classes j other than y (Crammer and Singer, 2001).

    >>> import autograd, nn.functional as F
    >>> F.multi_margin_loss(autograd.tensor([[0.0, 2.0, 0.0]]), autograd.tensor([0]))
    tensor(1.3333)
    """
    if p not in (1, 2):
        raise ArgumentError(f"multi_margin_loss: only p == 1 and p == 2 supported, got {p}")
    check_floating("multi_margin_loss", input, weight=weight)
    check_class_indices("multi_margin_loss", target)
    single = input.ndim == 1
    input, target = _batch("multi_margin_loss", input, target, 1)
    classes = input.shape[1]
    if bool(((target < 0) | (target >= classes)).all_examples().any()):
        raise SettingError(f"multi_margin_loss: target out of range: an index is from 0 to {classes - 1}")
    own = input.gather(1, target.unsqueeze(1))
    gap = (input - own + margin).clamp(min=0)
    gap = gap if p == 1 else gap.square()
    if weight is not None:
        if tuple(weight.shape) != (classes,):
            raise MismatchError(
                f"multi_margin_loss: weight has shape {tuple(weight.shape)}; it must be ({classes},), the classes"
            )
        gap = gap * weight[target].unsqueeze(1)
    others = autograd.arange(classes) != target.unsqueeze(1)
    loss = autograd.where(others, gap, 0.0).sum(1) / classes
    loss = loss.squeeze(0) if single else loss
    return reduced(loss, chosen(size_average, reduce, reduction), "multi_margin_loss")


@in_single
def multilabel_margin_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """sum_ij max(0, 1 - (x[y_i] - x[j])) / C over the labels y_i of a sample and the classes j that are not among them.

    A sample's labels are the entries of its row of `target` before the first -1.

    >>> import autograd, nn.functional as F
    >>> x, y = autograd.tensor([[0.1, 0.2, 0.4, 0.8]]), autograd.tensor([[3, 0, -1, 1]])
    >>> F.multilabel_margin_loss(x, y)
    tensor(0.8500)
    """
    check_same("multilabel_margin_loss", input, target)
    check_floating("multilabel_margin_loss", input)
    check_class_indices("multilabel_margin_loss", target)
    single = input.ndim == 1
    input, target = _batch("multilabel_margin_loss", input, target, 2)
    classes = input.shape[1]
    if bool(((target < -1) | (target >= classes)).all_examples().any()):
        raise SettingError(
            f"multilabel_margin_loss: target out of range: an index is from 0 to {classes - 1}, or -1 at the end"
        )
    listed = autograd.eq(target, -1).long().cumsum(1) == 0
    labels = autograd.where(listed, target, 0)
    is_label = ((labels.unsqueeze(2) == autograd.arange(classes)) & listed.unsqueeze(2)).any(1)
    gaps = (1 - input.gather(1, labels).unsqueeze(2) + input.unsqueeze(1)).clamp(min=0)
    loss = autograd.where(listed.unsqueeze(2) & ~is_label.unsqueeze(1), gaps, 0.0).sum((1, 2)) / classes
    loss = loss.squeeze(0) if single else loss
    return reduced(loss, chosen(size_average, reduce, reduction), "multilabel_margin_loss")


@in_single
def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """1 - cos(input1, input2) where the target is 1, max(0, cos - margin) where it is -1.

    Inputs (N, D) with targets (N), or (D) with (); a size of 1 is repeated.

    >>> import autograd, nn.functional as F
    >>> a, b = autograd.tensor([[1.0, 0.0]]), autograd.tensor([[0.0, 1.0]])
    >>> F.cosine_embedding_loss(a, b, autograd.tensor([1]))
    tensor(1.)
    """
    check_tensors("cosine_embedding_loss", input1=input1, input2=input2, target=target)
    if target.ndim > 1 or not input1.ndim == input2.ndim == target.ndim + 1:
        raise MismatchError(
            f"cosine_embedding_loss: inputs have shape {tuple(input1.shape)} and {tuple(input2.shape)}, target "
            f"{tuple(target.shape)}; expected inputs (N, D) with targets (N), or (D) with ()"
        )
    # The tiny number under the roots is PyTorch's: it keeps the gradient of a zero vector finite.
    squares1, squares2 = input1.square().sum(-1) + 1e-12, input2.square().sum(-1) + 1e-12
    cosine = (input1 * input2).sum(-1) / (squares1 * squares2).sqrt()
    apart = autograd.where(target == -1, (cosine - margin).clamp(min=0), 0.0)
    loss = autograd.where(target == 1, 1 - cosine, apart)
    return reduced(loss, chosen(size_average, reduce, reduction), "cosine_embedding_loss")


@in_single
def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, |anchor - positive|_p - |anchor - negative|_p + margin) (Schroff et al., 2015).

    With `swap`, the negative's distance is the smaller of those to the anchor and to the positive.

    >>> import autograd, nn.functional as F
    >>> a, n = autograd.zeros(1, 2), autograd.tensor([[0.0, 0.5]])
    >>> F.triplet_margin_loss(a, a, n)
    tensor(0.5000)
    """

    def distance(x: Tensor, y: Tensor) -> Tensor:
        return pairwise_distance(x, y, p, eps)

    reduction = chosen(size_average, reduce, reduction)
    return triplet_margin_with_distance_loss(
        anchor, positive, negative, distance_function=distance, margin=margin, swap=swap, reduction=reduction
    )


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """triplet_margin_loss with any distance; pairwise_distance unless another is given.

    >>> import autograd, nn.functional as F
    >>> a, n = autograd.zeros(1, 2), autograd.tensor([[0.0, 0.5]])
    >>> far = lambda x, y: (x - y).abs().amax(-1)
    >>> F.triplet_margin_with_distance_loss(a, a, n, distance_function=far)
    tensor(0.5000)
    """
    check_tensors("triplet_margin_loss", anchor=anchor, positive=positive, negative=negative)
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise MismatchError(
            f"triplet_margin_loss: anchor, positive and negative have {anchor.ndim}, {positive.ndim} and {negative.ndim} "
            "dimensions; they must have as many"
        )
    if margin <= 0:
        raise ArgumentError(f"triplet_margin_loss: margin must be greater than 0, got {margin}")
    distance = distance_function or pairwise_distance
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = autograd.minimum(far, distance(positive, negative))
    return reduced((near - far + margin).clamp(min=0), reduction, "triplet_margin_loss")


class TripletMarginWithDistanceLoss(Module):
    """`functional.triplet_margin_with_distance_loss` as a module.

    >>> import nn
    >>> nn.TripletMarginWithDistanceLoss(margin=2.0).margin
    2.0
    """

    def __init__(
        self,
        *,
        distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
        margin: float = 1.0,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__()
        self.distance_function: Any = distance_function or PairwiseDistance()
        self.margin = margin
        self.swap = swap
        self.reduction = reduction

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        """The loss."""
        return triplet_margin_with_distance_loss(
            anchor,
            positive,
            negative,
            distance_function=self.distance_function,
            margin=self.margin,
            swap=self.swap,
            reduction=self.reduction,
        )


class HingeLoss(Loss, of=hinge_loss):
    """`functional.hinge_loss` as a module.

    >>> import autograd, nn
    >>> nn.HingeLoss()(autograd.tensor([0.0]), autograd.tensor([1.0]))
    tensor(1.)
    """


class HingeEmbeddingLoss(Loss, of=hinge_embedding_loss):
    """`functional.hinge_embedding_loss` as a module.

    >>> import nn
    >>> nn.HingeEmbeddingLoss(margin=2.0).margin
    2.0
    """


class MarginRankingLoss(Loss, of=margin_ranking_loss):
    """`functional.margin_ranking_loss` as a module, called with two inputs and a target.

    >>> import nn
    >>> nn.MarginRankingLoss().margin
    0
    """


class SoftMarginLoss(Loss, of=soft_margin_loss):
    """`functional.soft_margin_loss` as a module.

    >>> import nn
    >>> nn.SoftMarginLoss().reduction
    'mean'
    """


class MultiLabelSoftMarginLoss(Loss, of=multilabel_soft_margin_loss):
    """`functional.multilabel_soft_margin_loss` as a module.

    >>> import nn
    >>> nn.MultiLabelSoftMarginLoss().reduction
    'mean'
    """


class MultiMarginLoss(Loss, of=multi_margin_loss):
    """`functional.multi_margin_loss` as a module.

    >>> import nn
    >>> nn.MultiMarginLoss(p=2).p
    2
    """


class MultiLabelMarginLoss(Loss, of=multilabel_margin_loss):
    """`functional.multilabel_margin_loss` as a module.

    >>> import nn
    >>> nn.MultiLabelMarginLoss().reduction
    'mean'
    """


class CosineEmbeddingLoss(Loss, of=cosine_embedding_loss):
    """`functional.cosine_embedding_loss` as a module, called with two inputs and a target.

    >>> import nn
    >>> nn.CosineEmbeddingLoss(margin=0.5).margin
    0.5
    """


class TripletMarginLoss(Loss, of=triplet_margin_loss):
    """`functional.triplet_margin_loss` as a module, called with anchor, positive and negative.

    >>> import nn
    >>> nn.TripletMarginLoss(swap=True).swap
    True
    """
