"""DataLoader: batches from a data set, in an order that a sampler gives.

Batches are made in the process that asks for them: NumPy's operations release no time to others by being elsewhere, and
a worker process costs more than the small data sets of a CPU program. `num_workers` and its companions are accepted and
change nothing but the order of work.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..errors import ArgumentError, ArgumentTypeError
from ..tensor.random import Generator
from .collate import default_collate, default_convert
from .dataset import IterableDataset, Subset, TensorDataset
from .sampler import BatchSampler, RandomSampler, Sampler, SequentialSampler


class DataLoader:
    """Walk through a data set in batches; every walk asks the sampler anew.

    `batch_size=None` gives single items. `collate_fn` makes a batch of a list of items. `sampler`, or `batch_sampler`
    (which decides everything), replace `shuffle`.

    >>> import autograd
    >>> loader = autograd.data.DataLoader(range(5), batch_size=2, drop_last=True)
    >>> len(loader), list(loader)
    (2, [tensor([0, 1]), tensor([2, 3])])
    """

    batch_sampler: Any
    batch_size: int | None
    dataset: Any
    drop_last: bool
    generator: Generator | None
    in_order: bool
    multiprocessing_context: Any
    num_workers: int
    persistent_workers: bool
    pin_memory: bool
    pin_memory_device: str
    prefetch_factor: int | None
    sampler: Any
    timeout: float
    worker_init_fn: Any

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Sampler[Any] | Iterable[Any] | None = None,
        batch_sampler: Sampler[Any] | Iterable[Any] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[..., Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[..., Any] | None = None,
        multiprocessing_context: Any = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        if num_workers < 0:
            raise ArgumentError(f"DataLoader: num_workers must not be negative, got {num_workers}; 0 loads in this process")
        if timeout < 0:
            raise ArgumentError(f"DataLoader: timeout must not be negative, got {timeout}")
        if persistent_workers and not num_workers:
            raise ArgumentError("DataLoader: persistent_workers=True needs num_workers > 0")
        if prefetch_factor is not None and not num_workers:
            raise ArgumentError("DataLoader: prefetch_factor needs num_workers > 0")
        iterable = isinstance(dataset, IterableDataset)
        if iterable:
            self._check_iterable(shuffle, sampler, batch_sampler)
        if sampler is not None and shuffle:
            raise ArgumentError("DataLoader: sampler option is mutually exclusive with shuffle; the sampler gives the order")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ArgumentError(
                    "DataLoader: batch_sampler option is mutually exclusive with batch_size, shuffle, sampler and drop_last"
                )
            batch_size = None
        elif batch_size is None and drop_last:
            raise ArgumentError(
                "DataLoader: batch_size=None option disables auto-batching and is mutually exclusive with drop_last"
            )
        if sampler is None and not iterable:
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_size is not None and not iterable:
            assert sampler is not None
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        elif batch_size is not None:
            BatchSampler((), batch_size, drop_last)  # the same checks
        self.dataset, self.batch_size, self.drop_last = dataset, batch_size, drop_last
        self.sampler, self.batch_sampler, self.generator = sampler, batch_sampler, generator
        self.num_workers, self.pin_memory, self.timeout = num_workers, pin_memory, timeout
        self.worker_init_fn, self.persistent_workers, self.prefetch_factor = worker_init_fn, persistent_workers, prefetch_factor
        self.multiprocessing_context, self.pin_memory_device, self.in_order = (
            multiprocessing_context,
            pin_memory_device,
            in_order,
        )
        batched = batch_size is not None or batch_sampler is not None
        self.collate_fn: Any = collate_fn or (default_collate if batched else default_convert)
        self._iterable = iterable

    @staticmethod
    def _check_iterable(shuffle: Any, sampler: Any, batch_sampler: Any) -> None:
        for name, value in (("shuffle", shuffle), ("sampler", sampler), ("batch_sampler", batch_sampler)):
            if value not in (None, False):
                raise ArgumentError(
                    f"DataLoader: an IterableDataset decides its own order: expected unspecified {name} option, got {value!r}"
                )

    def __iter__(self) -> Iterator[Any]:
        if self._iterable:
            return self._walk()
        if self.batch_sampler is not None:
            return self._batches()
        assert self.sampler is not None
        return (self.collate_fn(self.dataset[k]) for k in self.sampler)

    def _batches(self) -> Iterator[Any]:
        assert self.batch_sampler is not None
        rows = _rows(self.dataset) if self.collate_fn is default_collate else None
        fetch = getattr(self.dataset, "__getitems__", None)
        for numbers in self.batch_sampler:
            if rows is not None:
                yield rows(numbers)
                continue
            items = fetch(numbers) if fetch is not None else [self.dataset[k] for k in numbers]
            yield self.collate_fn(items)

    def _walk(self) -> Iterator[Any]:
        if self.batch_size is None:
            yield from map(self.collate_fn, self.dataset)
            return
        items: list[Any] = []
        for item in self.dataset:
            items.append(item)
            if len(items) == self.batch_size:
                yield self.collate_fn(items)
                items = []
        if items and not self.drop_last:
            yield self.collate_fn(items)

    def __len__(self) -> int:
        if self._iterable:
            try:
                n = len(self.dataset)
            except TypeError:
                raise ArgumentTypeError(
                    f"DataLoader: {type(self.dataset).__name__} has no __len__, so the number of batches is not known"
                ) from None
            if self.batch_size is None:
                return n
            return n // self.batch_size if self.drop_last else -(-n // self.batch_size)
        return len(self.sampler if self.batch_sampler is None else self.batch_sampler)  # type: ignore[arg-type]


def _rows(dataset: Any) -> Callable[..., Any] | None:
    """For tensors side by side, what takes a batch of rows at once: equal to collating them one by one, and faster."""
    if type(dataset) is TensorDataset:
        return lambda numbers: [t[numbers] for t in dataset.tensors]
    if type(dataset) is Subset:
        inner = _rows(dataset.dataset)
        return inner and (lambda numbers: inner([dataset.indices[k] for k in numbers]))
    return None


def get_worker_info() -> None:
    """None: every batch is made in the main process."""
    return None
