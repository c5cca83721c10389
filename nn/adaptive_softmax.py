"""A softmax over many classes that computes little for the rare ones: frequent classes first, the rest in clusters."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import autograd
from autograd import Tensor
from autograd.errors import ArgumentError, ShapeError

from .containers import ModuleList, Sequential
from .functional import log_softmax
from .linear import Linear
from .module import Module


class ASMoutput(NamedTuple):
    """The log probability of each target, and the loss: minus their mean."""

    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """Log probabilities of targets among `n_classes`, numbered from the most to the least frequent (Grave et al., 2017).

    The first `cutoffs[0]` classes and one entry for each cluster share the head; cluster i, from cutoffs[i] to
    cutoffs[i + 1], is computed from in_features / div_value**(i + 1) features: log p(class) = log p(cluster) + log p(class |
    cluster). Called with `input` (N, in_features) and `target` (N,), or without the N.

    >>> import autograd, nn
    >>> m = nn.AdaptiveLogSoftmaxWithLoss(8, 10, cutoffs=[2, 5])
    >>> m.log_prob(autograd.randn(3, 8)).exp().sum(1).round(decimals=4).tolist()
    [1.0, 1.0, 1.0]
    """

    div_value: float
    head_bias: bool
    in_features: int
    n_classes: int

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        cutoffs = list(cutoffs)
        if not cutoffs:
            raise ArgumentError("cutoffs should be a sequence of length larger than 0")
        if (
            cutoffs != sorted(cutoffs)
            or min(cutoffs) <= 0
            or max(cutoffs) > n_classes - 1
            or len(set(cutoffs)) != len(cutoffs)
            or any(int(c) != c for c in cutoffs)
        ):
            raise ArgumentError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is "
                f"between 1 and n_classes-1; got {cutoffs} for n_classes={n_classes}"
            )
        like = {"device": device, "dtype": dtype}
        self.in_features, self.n_classes, self.div_value, self.head_bias = in_features, n_classes, div_value, head_bias
        self.cutoffs: list[int] = [*cutoffs, n_classes]
        self.shortlist_size: int = cutoffs[0]
        self.n_clusters: int = len(cutoffs)
        self.head_size: int = self.shortlist_size + self.n_clusters
        self.head: Linear = Linear(in_features, self.head_size, bias=head_bias, **like)
        self.tail: ModuleList = ModuleList()
        for i in range(self.n_clusters):
            features = int(in_features // div_value ** (i + 1))
            classes = self.cutoffs[i + 1] - self.cutoffs[i]
            self.tail.append(
                Sequential(Linear(in_features, features, bias=False, **like), Linear(features, classes, bias=False, **like))
            )

    def reset_parameters(self) -> None:
        """Draw the initial values again."""
        self.head.reset_parameters()
        for first, second in self.tail:
            first.reset_parameters()
            second.reset_parameters()

    def forward(self, input_: Tensor, target_: Tensor) -> ASMoutput:
        """(output, loss). Raises ShapeError if the shapes do not fit, or a target is no class."""
        single = target_.ndim == 0
        if target_.ndim > 1 or input_.ndim != (1 if single else 2):
            raise ShapeError(
                "AdaptiveLogSoftmaxWithLoss: 0D or 1D target tensor expected, with an input of one more dimension; got "
                f"input {tuple(input_.shape)}, target {tuple(target_.shape)}"
            )
        if not single and input_.shape[0] != target_.shape[0]:
            raise ShapeError(
                f"AdaptiveLogSoftmaxWithLoss: input and target should have the same size in the batch dimension, got "
                f"{tuple(input_.shape)} and {tuple(target_.shape)}"
            )
        x, t = (input_.unsqueeze(0), target_.unsqueeze(0)) if single else (input_, target_)
        if t.numel() and not bool(((t >= 0) & (t < self.n_classes)).all()):
            raise ShapeError(
                f"AdaptiveLogSoftmaxWithLoss: target values should be in [0, {self.n_classes - 1}], but values in range "
                f"[{int(t.min())}, {int(t.max())}] were found."
            )
        index, found = t.clone(), autograd.zeros(t.shape, dtype=input_.dtype)
        for i in range(self.n_clusters):
            rows = ((t >= self.cutoffs[i]) & (t < self.cutoffs[i + 1])).nonzero().squeeze(1)
            if rows.numel():
                inside = log_softmax(self.tail[i](x.index_select(0, rows)), 1)
                within = (t.index_select(0, rows) - self.cutoffs[i]).unsqueeze(1)
                index = index.index_fill(0, rows, self.shortlist_size + i)
                found = found.index_copy(0, rows, inside.gather(1, within).squeeze(1))
        output = found + log_softmax(self.head(x), 1).gather(1, index.unsqueeze(1)).squeeze(1)
        return ASMoutput(output.squeeze(0) if single else output, -output.mean())

    def log_prob(self, input: Tensor) -> Tensor:
        """The log probabilities of all classes: (N, n_classes)."""
        head = log_softmax(self.head(input), 1)
        parts = [head[:, : self.shortlist_size]]
        for i, cluster in enumerate(self.tail):
            parts.append(log_softmax(cluster(input), 1) + head[:, self.shortlist_size + i].unsqueeze(1))
        return autograd.cat(parts, 1)

    def predict(self, input: Tensor) -> Tensor:
        """The most probable class: (N,)."""
        return self.log_prob(input).argmax(1)
