"""Batches of sequences of different lengths: padded to one length, or packed without padding.

A packed batch sorts its sequences by length, longest first, and lays the first elements of all of them one after the
other, then the second elements of those that have one, and so on: step t of a recurrence is then a block of rows.
"""

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

from autograd import Tensor, arange, cat, int64, tensor
from autograd.errors import ArgumentError, ShapeError


class PackedSequence(NamedTuple):
    """Sequences without padding: all steps' rows, how many there are at each step, and the order of the sequences.

    >>> import autograd
    >>> pack_sequence([autograd.tensor([1, 2]), autograd.tensor([3])]).data
    tensor([1, 3, 2])
    """

    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None = None
    unsorted_indices: Tensor | None = None

    def to(self, *args: Any, **kwargs: Any) -> "PackedSequence":
        """The same with its data converted."""
        return self._replace(data=self.data.to(*args, **kwargs))

    @property
    def is_cuda(self) -> bool:
        """False: there is only the CPU here."""
        return False


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes another one.

    >>> import autograd
    >>> invert_permutation(autograd.tensor([2, 0, 1]))
    tensor([1, 2, 0])
    """
    return None if permutation is None else permutation.argsort()


def pack_padded_sequence(input: Tensor, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True) -> PackedSequence:
    """Pack a padded batch: `input` (T, N, *), or (N, T, *) with `batch_first`, whose sequences have the given lengths.

    Raises RuntimeError if `enforce_sorted` and the lengths are not decreasing, or if one is not positive.

    >>> import autograd
    >>> pack_padded_sequence(autograd.tensor([[1, 2, 3], [4, 5, 0]]), [3, 2], batch_first=True).data
    tensor([1, 4, 2, 5, 3])
    """
    lengths = [int(n) for n in (lengths.tolist() if isinstance(lengths, Tensor) else lengths)]
    order = None
    if not enforce_sorted:
        order = tensor(sorted(range(len(lengths)), key=lambda k: -lengths[k]), dtype=int64)
        lengths = [lengths[k] for k in order.tolist()]
        input = input.index_select(0 if batch_first else 1, order)
    if batch_first:
        input = input.transpose(0, 1)
    if len(lengths) != input.shape[1]:
        raise ShapeError(
            f"pack_padded_sequence: expected `len(lengths)` to be equal to batch_size, but got {len(lengths)} (batch_size="
            f"{input.shape[1]})"
        )
    if not lengths or lengths[-1] <= 0:
        raise ShapeError(f"pack_padded_sequence: length of all samples has to be greater than 0, got {lengths}")
    if any(a < b for a, b in itertools.pairwise(lengths)):
        raise ShapeError(
            f"pack_padded_sequence: `lengths` array must be sorted in decreasing order when `enforce_sorted` is True, got "
            f"{lengths}; pass enforce_sorted=False"
        )
    if lengths[0] > input.shape[0]:
        raise ShapeError(f"pack_padded_sequence: length {lengths[0]} is greater than the padded length {input.shape[0]}")
    sizes = [sum(n > t for n in lengths) for t in range(lengths[0])]
    inside = arange(lengths[0]).unsqueeze(1) < tensor(lengths)
    data = input[: lengths[0]][inside]
    return PackedSequence(data, tensor(sizes, dtype=int64), order, invert_permutation(order))


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """The padded batch (T, N, *), or (N, T, *) with `batch_first`, and the lengths of its sequences: undoes packing.

    >>> import autograd
    >>> packed = pack_sequence([autograd.tensor([1, 2]), autograd.tensor([3])])
    >>> pad_packed_sequence(packed, batch_first=True)
    (tensor([[1, 2],
            [3, 0]]), tensor([2, 1]))
    """
    sizes = sequence.batch_sizes.tolist()
    longest = len(sizes)
    if total_length is not None:
        if total_length < longest:
            raise ArgumentError(
                f"pad_packed_sequence: expected total_length to be at least the length of the longest sequence in input, "
                f"but got total_length={total_length} and max sequence length being {longest}"
            )
        longest = total_length
    lengths = tensor([sum(n > k for n in sizes) for k in range(sizes[0])], dtype=int64)
    inside = arange(longest).unsqueeze(1) < lengths
    padded = sequence.data.new_full((longest, sizes[0], *sequence.data.shape[1:]), padding_value)
    padded[inside] = sequence.data
    if batch_first:
        padded = padded.transpose(0, 1)
    if sequence.unsorted_indices is not None:
        padded = padded.index_select(0 if batch_first else 1, sequence.unsorted_indices)
        lengths = lengths[sequence.unsorted_indices]
    return padded, lengths


def pad_sequence(
    sequences: Sequence[Tensor], batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """Sequences (L_k, *) as one tensor (T, N, *), or (N, T, *) with `batch_first`, filled up with `padding_value`.

    >>> import autograd
    >>> pad_sequence([autograd.tensor([1, 2]), autograd.tensor([3])], batch_first=True)
    tensor([[1, 2],
            [3, 0]])
    """
    if padding_side not in ("left", "right"):
        raise ShapeError(f"pad_sequence: padding_side should be 'left' or 'right', got {padding_side!r}")
    sequences = list(sequences)
    if not sequences:
        raise ShapeError("pad_sequence: received an empty list of sequences")
    longest = max(s.shape[0] for s in sequences)
    rows = []
    for s in sequences:
        if s.shape[0] < longest:
            filling = s.new_full((longest - s.shape[0], *s.shape[1:]), padding_value)
            s = cat((s, filling) if padding_side == "right" else (filling, s))
        rows.append(s.unsqueeze(0 if batch_first else 1))
    return cat(rows, dim=0 if batch_first else 1)


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list[Tensor]:
    """The sequences of a padded batch, each with its own length: undoes pad_sequence.

    >>> import autograd
    >>> unpad_sequence(autograd.tensor([[1, 2], [3, 0]]), autograd.tensor([2, 1]), batch_first=True)
    [tensor([1, 2]), tensor([3])]
    """
    if not batch_first:
        padded_sequences = padded_sequences.transpose(0, 1)
    return [s[: int(n)] for s, n in zip(padded_sequences.unbind(0), lengths.tolist(), strict=True)]


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Pack sequences (L_k, *), which must be sorted by decreasing length if `enforce_sorted`.

    >>> import autograd
    >>> pack_sequence([autograd.tensor([1, 2]), autograd.tensor([3])]).batch_sizes
    tensor([2, 1])
    """
    lengths = [s.shape[0] for s in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The sequences that were packed.

    >>> import autograd
    >>> unpack_sequence(pack_sequence([autograd.tensor([1, 2]), autograd.tensor([3])]))
    [tensor([1, 2]), tensor([3])]
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
