"""Samplers: the order in which the items of a data set are drawn."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

import numpy as np

from ..errors import ArgumentError, ArgumentTypeError
from ..tensor import Tensor
from ..tensor.random import Generator, multinomial, randint, randperm

Number = TypeVar("Number", covariant=True)


def _positive(value: Any, what: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise ArgumentError(f"{what} should be a positive integer, got {value!r}")
    return value


class Sampler(Generic[Number]):
    """Numbers of items in some order: a subclass defines `__iter__`, and usually `__len__`."""

    def __init__(self, data_source: Any = None) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError(f"{type(self).__name__}: a Sampler must define __iter__()")


class SequentialSampler(Sampler[int]):
    """First to last."""

    def __init__(self, data_source: Any) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler[int]):
    """In random order: every item once, or `num_samples` of them, with `replacement` independently of each other.

    >>> import autograd
    >>> sorted(autograd.data.RandomSampler(range(4)))
    [0, 1, 2, 3]
    """

    data_source: Any
    generator: Generator | None
    replacement: bool

    def __init__(
        self, data_source: Any, replacement: bool = False, num_samples: int | None = None, generator: Generator | None = None
    ) -> None:
        if not isinstance(replacement, bool):
            raise ArgumentTypeError(f"RandomSampler: replacement should be a boolean value, got {replacement!r}")
        self.data_source, self.replacement, self.generator = data_source, replacement, generator
        self._num_samples = num_samples
        _positive(self.num_samples, "RandomSampler: num_samples (the size of the data source, if not given)")

    @property
    def num_samples(self) -> int:
        """How many are drawn."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        n, wanted = len(self.data_source), self.num_samples
        if self.replacement:
            yield from randint(0, n, (wanted,), generator=self.generator).tolist()
            return
        while wanted > 0:
            yield from randperm(n, generator=self.generator).tolist()[:wanted]
            wanted -= n

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[int]):
    """Given numbers, in random order."""

    generator: Generator | None
    indices: Sequence[int]

    def __init__(self, indices: Sequence[int], generator: Generator | None = None) -> None:
        self.indices, self.generator = indices, generator

    def __iter__(self) -> Iterator[int]:
        for k in randperm(len(self.indices), generator=self.generator).tolist():
            yield self.indices[k]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """`num_samples` numbers, each drawn with a probability proportional to its weight.

    >>> import autograd
    >>> list(autograd.data.WeightedRandomSampler([0.0, 1.0], 3))
    [1, 1, 1]
    """

    generator: Generator | None
    replacement: bool

    def __init__(
        self, weights: Sequence[float], num_samples: int, replacement: bool = True, generator: Generator | None = None
    ) -> None:
        if not isinstance(replacement, bool):
            raise ArgumentError(f"WeightedRandomSampler: replacement should be a boolean value, got {replacement!r}")
        given = weights.tolist() if isinstance(weights, Tensor) else list(weights)
        self.weights: Tensor = Tensor._wrap(np.array(given, np.float64), None)
        if self.weights.ndim != 1:
            raise ArgumentError(
                f"WeightedRandomSampler: weights should be a 1d sequence, got shape {tuple(self.weights.shape)}"
            )
        self.num_samples: int = _positive(num_samples, "WeightedRandomSampler: num_samples")
        self.replacement, self.generator = replacement, generator

    def __iter__(self) -> Iterator[int]:
        yield from multinomial(self.weights, self.num_samples, self.replacement, generator=self.generator).tolist()

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list[Any]]):
    """Lists of `batch_size` numbers from another sampler; a shorter last one is kept or, with `drop_last`, dropped.

    >>> import autograd
    >>> list(autograd.data.BatchSampler(range(5), batch_size=2, drop_last=False))
    [[0, 1], [2, 3], [4]]
    """

    batch_size: int
    drop_last: bool
    sampler: Iterable[int]

    def __init__(self, sampler: Iterable[int], batch_size: int, drop_last: bool) -> None:
        if not isinstance(drop_last, bool):
            raise ArgumentError(f"BatchSampler: drop_last should be a boolean value, got {drop_last!r}")
        self.sampler, self.batch_size, self.drop_last = sampler, _positive(batch_size, "batch_size"), drop_last

    def __iter__(self) -> Iterator[list[Any]]:
        batch: list[Any] = []
        for k in self.sampler:
            batch.append(k)
            if len(batch) == self.batch_size:
                yield batch
                batch = []
        if batch and not self.drop_last:
            yield batch

    def __len__(self) -> int:
        n = len(self.sampler)  # type: ignore[arg-type]
        return n // self.batch_size if self.drop_last else -(-n // self.batch_size)
