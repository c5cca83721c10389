"""Data sets, samplers and loaders: what they give, in which order, and which combinations of options they refuse."""

import numpy as np
import pytest

import autograd
from autograd.data import (
    BatchSampler,
    ChainDataset,
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    Sampler,
    SequentialSampler,
    StackDataset,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    default_collate,
    default_convert,
    get_worker_info,
    random_split,
)


class Count(IterableDataset):
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return iter(range(self.n))


class Squares(Dataset):
    def __len__(self):
        return 5

    def __getitem__(self, k):
        if not 0 <= k < 5:
            raise IndexError(k)
        return autograd.tensor(float(k * k)), {"k": k, "name": str(k)}


def seeded(seed=0):
    return autograd.Generator().manual_seed(seed)


def test_data_sets_of_data_sets():
    x, y = autograd.arange(6), autograd.arange(6) * 10
    pairs = TensorDataset(x, y)
    assert len(pairs) == 6
    assert [v.item() for v in pairs[-1]] == [5, 50]
    assert [v.tolist() for v in pairs[1:3]] == [[1, 2], [10, 20]]
    both = pairs + Subset(pairs, [5, 0])
    assert isinstance(both, ConcatDataset)
    assert len(both) == 8
    assert both[6][0].item() == 5
    assert both[-1][0].item() == 0
    assert [item[0].item() for item in both] == [0, 1, 2, 3, 4, 5, 5, 0]
    assert StackDataset([1, 2], [3, 4])[1] == (2, 4)
    assert StackDataset(a=[1, 2], b=[3, 4])[0] == {"a": 1, "b": 3}
    assert list(Count(2) + Count(3)) == [0, 1, 0, 1, 2]
    assert isinstance(Count(1) + Count(1), ChainDataset)


def test_random_split():
    parts = random_split(range(10), [7, 3], generator=seeded())
    assert [len(p) for p in parts] == [7, 3]
    assert sorted(k for p in parts for k in p) == list(range(10))
    assert list(random_split(range(10), [7, 3], generator=seeded())[0]) == list(parts[0])
    assert [len(p) for p in random_split(range(11), [0.5, 0.25, 0.25])] == [6, 3, 2]
    for lengths, message in (([3, 3], "sum of input lengths"), ([0.5, 0.4], "sum"), ([1.5, -0.5], "fraction")):
        with pytest.raises(ValueError, match=message):
            random_split(range(5), lengths)


def test_samplers():
    assert list(SequentialSampler(range(3))) == [0, 1, 2]
    assert sorted(RandomSampler(range(5))) == [0, 1, 2, 3, 4]
    assert list(RandomSampler(range(50), generator=seeded(1))) == list(RandomSampler(range(50), generator=seeded(1)))
    assert list(RandomSampler(range(50), generator=seeded(1))) != list(range(50))
    assert len(list(RandomSampler(range(3), num_samples=8))) == 8
    drawn = list(RandomSampler(range(3), replacement=True, num_samples=100, generator=seeded()))
    assert set(drawn) == {0, 1, 2}
    assert len(drawn) == 100
    assert sorted(SubsetRandomSampler([7, 3, 5])) == [3, 5, 7]
    assert set(WeightedRandomSampler(autograd.tensor([0.0, 1.0, 1.0]), 50, generator=seeded())) == {1, 2}
    assert sorted(WeightedRandomSampler([1.0, 1.0], 2, replacement=False)) == [0, 1]
    batches = BatchSampler(SequentialSampler(range(5)), 2, False)
    assert list(batches) == [[0, 1], [2, 3], [4]]
    assert len(batches) == 3
    assert list(BatchSampler(range(5), 2, True)) == [[0, 1], [2, 3]]
    with pytest.raises(NotImplementedError):
        iter(Sampler())


def test_collate():
    batch = default_collate([(1, 2.5, "a", np.float32(1), np.arange(2)), (2, 3.5, "b", np.float32(2), np.arange(2))])
    assert batch[0].dtype == autograd.int64
    assert batch[1].dtype == autograd.float64
    assert list(batch[2]) == ["a", "b"]
    assert batch[3].dtype == autograd.float32
    assert batch[4].shape == (2, 2)
    assert default_collate([True, False]).dtype == autograd.bool
    assert default_collate([{"a": [1, 2]}, {"a": [3, 4]}])["a"][1].tolist() == [2, 4]
    with pytest.raises(RuntimeError, match="equal size"):
        default_collate([autograd.zeros(2), autograd.zeros(3)])
    with pytest.raises(RuntimeError, match="equal size"):
        default_collate([[1], [1, 2]])
    with pytest.raises(TypeError, match="collate_fn"):
        default_collate([object()])
    assert default_convert({"a": np.arange(2), "b": ("x", 1)})["a"].tolist() == [0, 1]


def test_batches():
    loader = DataLoader(Squares(), batch_size=2)
    first, second, last = loader
    assert first[0].tolist() == [0.0, 1.0]
    assert second[1]["name"] == ["2", "3"]
    assert last[1]["k"].tolist() == [4]
    assert len(loader) == 3
    assert len(DataLoader(Squares(), batch_size=2, drop_last=True)) == 2
    assert list(DataLoader(range(3), batch_size=None)) == [0, 1, 2]
    assert next(iter(DataLoader(range(5), sampler=[4, 0]))).tolist() == [4]
    assert [b.tolist() for b in DataLoader(range(5), batch_sampler=[[4, 0], [1]])] == [[4, 0], [1]]
    assert list(DataLoader(range(4), batch_size=3, collate_fn=sum)) == [3, 3]
    assert [b.tolist() for b in DataLoader(Count(5), batch_size=2)] == [[0, 1], [2, 3], [4]]
    assert [b.tolist() for b in DataLoader(Count(5), batch_size=2, drop_last=True)] == [[0, 1], [2, 3]]
    assert list(DataLoader(Count(2), batch_size=None)) == [0, 1]
    assert len(list(DataLoader(range(4), num_workers=2, pin_memory=True, persistent_workers=True, prefetch_factor=2))) == 4
    assert get_worker_info() is None


def test_rows_taken_at_once_are_rows_collated():
    data = TensorDataset(autograd.randn(7, 3), autograd.arange(7))
    part = random_split(data, [5, 2], generator=seeded())[0]
    for source in (data, part):
        quick = list(DataLoader(source, batch_size=2))
        slow = list(DataLoader(source, batch_size=2, collate_fn=lambda items: default_collate(items)))
        for a, b in zip(quick, slow, strict=True):
            assert all(autograd.equal(p, q) for p, q in zip(a, b, strict=True))


def test_shuffling():
    data = TensorDataset(autograd.arange(100))
    order = lambda **options: autograd.cat([b for (b,) in DataLoader(data, 10, shuffle=True, **options)]).tolist()  # noqa: E731
    assert sorted(order()) == list(range(100))
    assert order(generator=seeded(3)) == order(generator=seeded(3)) != list(range(100))
    autograd.manual_seed(1)
    a, b = order(), order()
    assert a != b, "every walk is in an order of its own"
    autograd.manual_seed(1)
    assert order() == a


def test_items_by_the_list_if_the_data_set_can():
    class Together(Squares):
        def __getitems__(self, ks):
            return [autograd.tensor(k) for k in ks]

    assert next(iter(DataLoader(Together(), batch_size=3))).tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 0}, "batch_size"),
        ({"shuffle": True, "sampler": [0]}, "mutually exclusive with shuffle"),
        ({"batch_sampler": [[0]], "batch_size": 2}, "mutually exclusive"),
        ({"batch_size": None, "drop_last": True}, "drop_last"),
        ({"num_workers": -1}, "num_workers"),
        ({"timeout": -1}, "timeout"),
        ({"persistent_workers": True}, "num_workers > 0"),
        ({"prefetch_factor": 2}, "num_workers > 0"),
    ],
)
def test_refused_options(options, message):
    with pytest.raises(ValueError, match=message):
        DataLoader(range(3), **options)


def test_refused_elsewhere():
    with pytest.raises(TypeError, match="colour"):
        DataLoader(range(3), colour=1)
    with pytest.raises(ValueError, match="shuffle"):
        DataLoader(Count(3), shuffle=True)
    with pytest.raises(TypeError, match="__len__"):
        len(DataLoader(Count(3)))
    with pytest.raises(AssertionError, match="size mismatch"):
        TensorDataset(autograd.zeros(2), autograd.zeros(3))
    with pytest.raises(ValueError, match="size mismatch"):
        StackDataset([1], [1, 2])
    with pytest.raises(AssertionError, match="empty"):
        ConcatDataset([])
    with pytest.raises(IndexError, match="out of range"):
        ConcatDataset([[1]])[1]
    with pytest.raises(ValueError, match="num_samples"):
        RandomSampler([])
    with pytest.raises(TypeError, match="replacement"):
        RandomSampler([1], replacement=1)
    with pytest.raises(ValueError, match="drop_last"):
        BatchSampler([1], 1, "no")
    with pytest.raises(ValueError, match="1d"):
        WeightedRandomSampler([[1.0]], 1)
    with pytest.raises(NotImplementedError):
        Dataset()[0]
    with pytest.raises(NotImplementedError):
        iter(IterableDataset())
