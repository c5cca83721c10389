"""Data sets, the order in which their items are drawn, and the loader that makes batches of them: `torch.utils.data`.

>>> import autograd
>>> from autograd.data import DataLoader, TensorDataset
>>> pairs = TensorDataset(autograd.arange(4), autograd.arange(4) * 10)
>>> [y.tolist() for x, y in DataLoader(pairs, batch_size=3)]
[[0, 10, 20], [30]]
"""

from .collate import default_collate as default_collate, default_convert as default_convert
from .dataset import (
    ChainDataset as ChainDataset,
    ConcatDataset as ConcatDataset,
    Dataset as Dataset,
    IterableDataset as IterableDataset,
    StackDataset as StackDataset,
    Subset as Subset,
    TensorDataset as TensorDataset,
    random_split as random_split,
)
from .loader import DataLoader as DataLoader, get_worker_info as get_worker_info
from .sampler import (
    BatchSampler as BatchSampler,
    RandomSampler as RandomSampler,
    Sampler as Sampler,
    SequentialSampler as SequentialSampler,
    SubsetRandomSampler as SubsetRandomSampler,
    WeightedRandomSampler as WeightedRandomSampler,
)
