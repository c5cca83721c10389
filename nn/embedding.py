"""Embedding: rows of a table picked by index, alone or reduced bag by bag; and one-hot vectors."""

import itertools
from itertools import pairwise
from typing import Any

from autograd import Tensor, arange, empty, int32, int64, no_grad, stack, tensor, where, zeros
from autograd.core.half import in_single
from autograd.errors import ArgumentError, DimError, DtypeError, ShapeError

from . import init
from .dtypes import check_floating, check_tensors
from .errors import AssertedError, UnsupportedError
from .module import Module
from .parameter import Parameter


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Integer zeros with a 1 along a new last dimension where `tensor` says; -1 classes means its maximum + 1.

    >>> import autograd, nn.functional as F
    >>> F.one_hot(autograd.tensor([2, 0]))
    tensor([[0, 0, 1],
            [1, 0, 0]])
    """
    check_tensors("one_hot", tensor=tensor)
    if tensor.dtype != int64:
        raise DtypeError(f"one_hot: is only applicable to index tensors of type int64, got {tensor.dtype}; use .long()")
    if not tensor.numel():
        if num_classes <= 0:
            raise ShapeError("one_hot: can not infer total number of classes from empty tensor; give num_classes")
        return zeros(*tensor.shape, num_classes, dtype=int64)
    given = tensor.all_examples()
    least, most = given.min()._data, given.max()._data
    if least < 0:
        raise ShapeError(f"one_hot: class values must be non-negative, got {least}")
    if num_classes == -1:
        num_classes = int(most) + 1
    if num_classes < 1:
        raise ShapeError(f"one_hot: num_classes should be positive, got {num_classes}")
    if most >= num_classes:
        raise ShapeError(f"one_hot: class values must be smaller than num_classes, got {most} and {num_classes}")
    return (tensor.unsqueeze(-1) == arange(num_classes)).to(int64)


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """Rows of `weight` (V, D) picked by the integers of `input` (any shape): (*input.shape, D).

    The row `padding_idx` gets no gradient. With `max_norm`, rows that are used and longer than it are shortened, in
    place, to that `norm_type`-norm. `scale_grad_by_freq` divides a row's gradient by how often it was used. `sparse` is
    accepted; gradients are dense. Raises IndexError for an index outside of 0 .. V - 1.

    >>> import autograd, nn.functional as F
    >>> F.embedding(autograd.tensor([1, 0]), autograd.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[3., 4.],
            [1., 2.]])
    """
    check_tensors("embedding", input=input, weight=weight)
    if weight.ndim != 2:
        raise ShapeError(f"embedding: 'weight' must be 2-D, got shape {tuple(weight.shape)}")
    padding_idx = _checked_padding(padding_idx, weight.shape[0], "embedding")
    _check_indices(input, weight.shape[0], "embedding")
    if max_norm is not None:
        _shorten(weight, input, max_norm, norm_type)
    rows = weight[input] if input.ndim else weight[input].clone()  # one row would be a view of the table
    if not weight.requires_grad:
        return rows
    if padding_idx is not None:
        rows = where(input.ne(padding_idx).unsqueeze(-1), rows, rows.detach())
    if scale_grad_by_freq:
        share = 1 / _uses(input, weight)[input].unsqueeze(-1)
        rows = rows * share + rows.detach() * (1 - share)
    return rows


def _checked_padding(padding_idx: int | None, size: int, op: str) -> int | None:
    if padding_idx is None:
        return None
    if not -size <= padding_idx < size:
        raise AssertedError(f"{op}: padding_idx must be within num_embeddings, got {padding_idx} and {size}")
    return padding_idx % size


def _check_indices(input: Tensor, size: int, op: str) -> None:
    if input.dtype not in (int32, int64):
        raise DtypeError(
            f"{op}: expected tensor for argument 'indices' of dtype int64 or int32, got {input.dtype}; use .long()"
        )
    if input.numel():
        given = input.all_examples()
        low, high = given.min()._data, given.max()._data
        if low < 0 or high >= size:
            raise DimError(f"{op}: index out of range in self: indices go from {low} to {high}, the table has {size} rows")


def _shorten(weight: Tensor, input: Tensor, max_norm: float, norm_type: float) -> None:
    with no_grad():
        used = input.reshape(-1).unique()
        rows = weight[used]
        norms = rows.norm(norm_type, dim=-1, keepdim=True)
        weight[used] = where(norms > max_norm, rows * (max_norm / (norms + 1e-7)), rows)


def _uses(input: Tensor, weight: Tensor) -> Tensor:
    return input.reshape(-1).bincount(minlength=weight.shape[0]).to(weight.dtype)


def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """The sum, mean or elementwise maximum of the embeddings in each bag: (B, D).

    `input` is (B, N), a bag in each row, or (N,) with `offsets` (B,) saying where each bag begins. Indices equal to
    `padding_idx` do not count. `per_sample_weights`, shaped like `input`, multiply the terms of a sum. An empty bag
    gives zeros.

    >>> import autograd, nn.functional as F
    >>> table = autograd.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> F.embedding_bag(autograd.tensor([0, 1, 1]), table, autograd.tensor([0, 2]))
    tensor([[2., 3.],
            [3., 4.]])
    """
    check_tensors("embedding_bag", input=input, weight=weight, optional={"offsets": offsets})
    if mode not in ("sum", "mean", "max"):
        raise ArgumentError(f"embedding_bag: mode has to be one of sum, mean or max, got {mode!r}")
    check_floating("embedding_bag", weight, per_sample_weights=per_sample_weights)
    if per_sample_weights is not None:
        if tuple(per_sample_weights.shape) != tuple(input.shape):
            raise ArgumentError(
                f"embedding_bag: per_sample_weights must have the shape of input, got "
                f"{tuple(per_sample_weights.shape)} and {tuple(input.shape)}"
            )
        if mode != "sum":
            raise UnsupportedError(f"embedding_bag: per_sample_weights is supported for mode='sum' only, got {mode!r}")
    bounds = _bag_bounds(input, offsets, include_last_offset)
    input = input.reshape(-1)
    rows = embedding(input, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse)
    counted = None
    padding = _checked_padding(padding_idx, weight.shape[0], "embedding_bag")
    if padding is not None:
        counted = input.ne(padding)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights.reshape(-1, 1)
    bags = len(bounds) - 1
    if mode == "max":
        return _largest(rows, counted, bounds)
    sizes = tensor([stop - start for start, stop in pairwise(bounds)], dtype=int64)
    number = arange(bags).repeat_interleave(sizes)
    if counted is not None:
        rows, number = rows[counted], number[counted]
    return _added(rows, number, bags, mode)


@in_single
def _added(rows: Tensor, number: Tensor, bags: int, mode: str) -> Tensor:
    """The sums or means of the rows that have the same number."""
    total = zeros(bags, rows.shape[1], dtype=rows.dtype).index_add(0, number, rows)
    if mode == "sum":
        return total
    return total / number.bincount(minlength=bags).clamp(min=1).to(rows.dtype).unsqueeze(1)


def _bag_bounds(input: Tensor, offsets: Tensor | None, include_last: bool) -> list[int]:
    """Where each bag begins, and at last where the last one ends."""
    if input.ndim == 2:
        if offsets is not None:
            raise ArgumentError("embedding_bag: if input is 2D, then offsets has to be None, as each row is a bag")
        return [k * input.shape[1] for k in range(input.shape[0] + 1)]
    if input.ndim != 1:
        raise ArgumentError(f"embedding_bag: input has to be 1D or 2D Tensor, but got Tensor of dimension {input.ndim}")
    if offsets is None or offsets.ndim != 1:
        raise ArgumentError("embedding_bag: offsets has to be a 1D Tensor: where each bag begins in a 1D input")
    starts = offsets.tolist()
    if starts and starts[0] != 0:
        raise ShapeError(f"embedding_bag: offsets[0] has to be 0, but got {starts[0]}")
    ends = starts[1:] if include_last else [*starts[1:], input.shape[0]]
    if any(a > b for a, b in zip(starts, ends, strict=False)) or (ends and ends[-1] > input.shape[0]):
        raise ShapeError(f"embedding_bag: offsets {starts} must not fall, nor exceed the input's length {input.shape[0]}")
    return starts if include_last else [*starts, input.shape[0]]


def _largest(rows: Tensor, counted: Tensor | None, bounds: list[int]) -> Tensor:
    bags = []
    for start, stop in itertools.pairwise(bounds):
        bag = rows[start:stop]
        if counted is not None:
            bag = bag[counted[start:stop]]
        bags.append(bag.max(dim=0).values if bag.shape[0] else rows.new_zeros(rows.shape[1]))
    return stack(bags) if bags else rows.new_zeros((0, rows.shape[1]))


# -- modules -----------------------------------------------------------------------------------------------------------------


class _Table(Module):
    """A table of vectors, drawn from a standard normal distribution; the row `padding_idx` is zero."""

    weight: Parameter

    def __init__(
        self, num_embeddings: int, embedding_dim: int, padding_idx: int | None, weight: Tensor | None, device: Any, dtype: Any
    ) -> None:
        super().__init__()
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.padding_idx: int | None = _checked_padding(padding_idx, num_embeddings, type(self).__name__)
        if weight is None:
            self.weight = Parameter(empty(num_embeddings, embedding_dim, dtype=dtype, device=device))
            self.reset_parameters()
        else:
            if list(weight.shape) != [num_embeddings, embedding_dim]:
                raise AssertedError(
                    f"{type(self).__name__}: shape of weight {tuple(weight.shape)} does not match num_embeddings and "
                    f"embedding_dim {(num_embeddings, embedding_dim)}"
                )
            self.weight = Parameter(weight)

    def reset_parameters(self) -> None:
        """Draw the initial values again."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx].fill_(0)

    @classmethod
    def from_pretrained(cls, embeddings: Tensor, freeze: bool = True, **settings: Any) -> Any:
        """A table of given vectors (V, D), not to be trained if `freeze`."""
        if embeddings.ndim != 2:
            raise AssertedError(f"{cls.__name__}: embeddings parameter is expected to be 2-dimensional")
        make: Any = cls
        made = make(*embeddings.shape, _weight=embeddings, **settings)
        made.weight.requires_grad = not freeze
        return made


class Embedding(_Table):
    """A table of `num_embeddings` vectors, picked by integers: (*) to (*, embedding_dim).

    `weight` (num_embeddings, embedding_dim) starts standard normal, with zeros in the row `padding_idx`, which is not
    trained. See `nn.functional.embedding` for the other settings.

    >>> import autograd, nn
    >>> nn.Embedding(10, 3)(autograd.tensor([[1, 2], [4, 9]])).shape
    torch.Size([2, 2, 3])
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(num_embeddings, embedding_dim, padding_idx, _weight, device, dtype)
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.sparse = sparse
        if _freeze:
            self.weight.requires_grad = False

    def forward(self, input: Tensor) -> Tensor:
        """The vectors at the indices `input`."""
        return embedding(
            input, self.weight, self.padding_idx, self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse
        )

    def extra_repr(self) -> str:
        """The settings that are not the defaults."""
        shown = f"{self.num_embeddings}, {self.embedding_dim}"
        if self.padding_idx is not None:
            shown += f", padding_idx={self.padding_idx}"
        if self.max_norm is not None:
            shown += f", max_norm={self.max_norm}"
        if self.norm_type != 2:
            shown += f", norm_type={self.norm_type}"
        if self.scale_grad_by_freq:
            shown += f", scale_grad_by_freq={self.scale_grad_by_freq}"
        return f"{shown}, sparse=True" if self.sparse else shown


class EmbeddingBag(_Table):
    """The sum, mean or maximum of the embeddings in each bag; see `nn.functional.embedding_bag`.

    >>> import autograd, nn
    >>> nn.EmbeddingBag(10, 3, mode="sum")(autograd.tensor([[1, 2], [4, 9]])).shape
    torch.Size([2, 3])
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        _weight: Tensor | None = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(num_embeddings, embedding_dim, padding_idx, _weight, device, dtype)
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.mode = mode
        self.sparse = sparse
        self.include_last_offset = include_last_offset

    def forward(self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None) -> Tensor:
        """One vector for each bag of indices."""
        return embedding_bag(
            input,
            self.weight,
            offsets,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.mode,
            self.sparse,
            per_sample_weights,
            self.include_last_offset,
            self.padding_idx,
        )

    def extra_repr(self) -> str:
        """The settings."""
        shown = f"{self.num_embeddings}, {self.embedding_dim}"
        if self.max_norm is not None:
            shown += f", max_norm={self.max_norm}"
        if self.norm_type != 2:
            shown += f", norm_type={self.norm_type}"
        if self.scale_grad_by_freq:
            shown += f", scale_grad_by_freq={self.scale_grad_by_freq}"
        shown += f", mode={self.mode!r}"
        return shown if self.padding_idx is None else f"{shown}, padding_idx={self.padding_idx}"
