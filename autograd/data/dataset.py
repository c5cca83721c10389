"""Data sets: what has a length and items by number, what can only be walked through, and sets made of others."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from math import floor, isclose
from typing import Any, Generic, TypeVar

from ..errors import ArgumentError, ArgumentTypeError, DimError
from ..tensor import Tensor
from ..tensor.random import Generator, randperm

Item = TypeVar("Item", covariant=True)


class Dataset(Generic[Item]):
    """Items by number: a subclass defines `__getitem__`, and `__len__` if samplers are to know how many there are.

    >>> from autograd.data import Dataset
    >>> class Squares(Dataset):
    ...     def __len__(self):
    ...         return 3
    ...     def __getitem__(self, k):
    ...         return k * k
    >>> (Squares() + Squares())[4]
    1
    """

    def __getitem__(self, index: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__}: a Dataset must define __getitem__(index)")

    def __add__(self, other: "Dataset[Any]") -> "ConcatDataset":
        return ConcatDataset([self, other])


class IterableDataset(Dataset[Item]):
    """Items that can only be walked through: a subclass defines `__iter__`."""

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError(f"{type(self).__name__}: an IterableDataset must define __iter__()")

    def __add__(self, other: Dataset[Any]) -> "ChainDataset":  # type: ignore[override]
        return ChainDataset([self, other])


class TensorDataset(Dataset[tuple[Any, ...]]):
    """Tensors side by side: item k is the tuple of their k-th rows. All must have the same first size."""

    def __init__(self, *tensors: Tensor) -> None:
        sizes = {t.shape[0] for t in tensors}
        if len(sizes) > 1:
            raise AssertionError(f"TensorDataset: size mismatch between tensors: first dimensions are {sorted(sizes)}")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Any, ...]:
        return tuple(t[index] for t in self.tensors)

    def __len__(self) -> int:
        return self.tensors[0].shape[0]


class StackDataset(Dataset[Any]):
    """Data sets side by side: item k is a tuple (or, given by keywords, a dict) of their k-th items."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if bool(args) == bool(kwargs):
            raise ArgumentError(
                "StackDataset: give data sets either as arguments (tuples) or as keywords (dicts), at least one"
            )
        self.datasets: Any = kwargs or args
        lengths = {len(d) for d in (kwargs.values() if kwargs else args)}
        if len(lengths) > 1:
            raise ArgumentError(f"StackDataset: size mismatch between datasets: lengths are {sorted(lengths)}")
        (self._length,) = lengths

    def __getitem__(self, index: Any) -> Any:
        if isinstance(self.datasets, dict):
            return {name: d[index] for name, d in self.datasets.items()}
        return tuple(d[index] for d in self.datasets)

    def __len__(self) -> int:
        return self._length


class ConcatDataset(Dataset[Any]):
    """Data sets one after the other, under one numbering."""

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets: list[Any] = list(datasets)
        if not self.datasets:
            raise AssertionError("ConcatDataset: datasets should not be an empty iterable")
        if any(isinstance(d, IterableDataset) for d in self.datasets):
            raise AssertionError("ConcatDataset: does not support IterableDataset, which has no numbering; use ChainDataset")
        self.cumulative_sizes: list[int] = list(accumulate(len(d) for d in self.datasets))

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, index: int) -> Any:
        n = len(self)
        if not -n <= index < n:
            error = DimError if index >= n else ArgumentError  # walking through it by number ends with an IndexError
            raise error(f"ConcatDataset: index {index} is out of range for {n} items")
        index %= n
        which = bisect_right(self.cumulative_sizes, index)
        return self.datasets[which][index - (self.cumulative_sizes[which - 1] if which else 0)]


class ChainDataset(IterableDataset[Any]):
    """Iterable data sets one after the other."""

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets: list[Any] = list(datasets)

    def __iter__(self) -> Iterator[Any]:
        for d in self.datasets:
            yield from d

    def __len__(self) -> int:
        return sum(len(d) for d in self.datasets)


class Subset(Dataset[Any]):
    """The items of a data set that a list of numbers names."""

    dataset: Any
    indices: Sequence[int]

    def __init__(self, dataset: Any, indices: Sequence[int]) -> None:
        self.dataset, self.indices = dataset, indices

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, list):
            return self.dataset[[self.indices[k] for k in index]]
        return self.dataset[self.indices[index]]

    def __len__(self) -> int:
        return len(self.indices)


def random_split(dataset: Any, lengths: Sequence[float], generator: Generator | None = None) -> list[Subset]:
    """A data set cut at random into parts of given lengths, or of given fractions that sum to 1.

    >>> import autograd
    >>> [len(part) for part in autograd.data.random_split(range(10), [0.7, 0.3])]
    [7, 3]
    """
    n = len(dataset)
    counts = list(lengths)
    if counts and isclose(sum(counts), 1) and sum(counts) <= 1:
        counts = _counts(counts, n)
    if sum(counts) != n:
        raise ArgumentError(f"random_split: sum of input lengths is {sum(counts)}, the dataset has {n} items; must be equal")
    if not all(hasattr(c, "__index__") for c in counts):
        raise ArgumentTypeError(f"random_split: lengths must be whole numbers, or fractions that sum to 1, got {list(lengths)}")
    order = randperm(n, generator=generator).tolist()
    ends = list(accumulate(int(c) for c in counts))
    return [Subset(dataset, order[end - int(c) : end]) for end, c in zip(ends, counts, strict=True)]


def _counts(fractions: list[Any], n: int) -> list[int]:
    """Fractions as numbers of items, the remainder dealt out one by one from the first part on."""
    for k, f in enumerate(fractions):
        if not 0 <= f <= 1:
            raise ArgumentError(f"random_split: fraction at index {k} is {f}, it must be between 0 and 1")
    counts = [floor(n * f) for f in fractions]
    for k in range(n - sum(counts)):
        counts[k % len(counts)] += 1
    return counts
