"""Datasets and loaders of every kind: map-style, tensor, subsets, concatenation, custom collate and samplers."""

import json
import random

import numpy as np
import torch
from torch.utils.data import (
    BatchSampler,
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    SequentialSampler,
    Subset,
    TensorDataset,
    WeightedRandomSampler,
    random_split,
)

torch.manual_seed(0)


class Standardize(object):
    def __init__(self, mean, std):
        self.mean, self.std = mean, std

    def __call__(self, sample):
        x, y = sample
        return (x - self.mean) / self.std, y


class Moons(Dataset):
    def __init__(self, n, transform=None):
        rng = np.random.default_rng(n)
        angle = rng.uniform(0, np.pi, n)
        self.y = np.arange(n) % 2
        self.x = np.stack([np.cos(angle) + self.y, np.sin(angle) * (1 - 2 * self.y)], axis=1)
        self.transform = transform

    def __len__(self):
        return len(self.y)

    def __getitem__(self, idx):
        if torch.is_tensor(idx):
            idx = idx.tolist()
        sample = torch.from_numpy(self.x[idx]).float(), int(self.y[idx])
        return self.transform(sample) if self.transform else sample


class Countdown(IterableDataset):
    def __init__(self, start):
        self.start = start

    def __iter__(self):
        return iter(range(self.start, 0, -1))


dataset = Moons(50, transform=Standardize(torch.tensor([0.5, 0.0]), torch.tensor([0.8, 0.6])))
train_set, test_set = random_split(dataset, [40, 10], generator=torch.Generator().manual_seed(42))
assert len(train_set) == 40
assert len(test_set) == 10
assert sorted(list(train_set.indices) + list(test_set.indices)) == list(range(50))

total, labels, batches = torch.zeros(2), 0, 0
for i, (features, label) in enumerate(DataLoader(dataset, batch_size=8, shuffle=True, num_workers=0)):
    assert features.dtype == torch.float32
    assert label.dtype == torch.int64
    total += features.sum(0)
    labels += label.sum().item()
    batches += 1
features, label = next(iter(DataLoader(train_set, batch_size=64)))
print(f"Feature batch shape: {features.size()}, labels {label.shape}")

rows = TensorDataset(torch.arange(10.0).view(5, 2), torch.arange(5))
both = ConcatDataset([rows, Subset(rows, [0, 4])])
last = [b for b in DataLoader(both, batch_size=3, drop_last=True)][-1]
weighted = list(WeightedRandomSampler([0, 0, 1.0, 0], num_samples=5, replacement=True))
assert weighted == [2] * 5
assert sorted(RandomSampler(rows)) == [0, 1, 2, 3, 4]
batched = list(BatchSampler(SequentialSampler(range(7)), batch_size=3, drop_last=False))


def collate(samples):
    lengths = [len(s) for s in samples]
    out = torch.zeros(len(samples), max(lengths), dtype=torch.long)
    for i, s in enumerate(samples):
        out[i, : lengths[i]] = torch.tensor(s)
    return {"tokens": out, "lengths": torch.tensor(lengths)}


random.seed(0)
sentences = [[random.randint(1, 9) for _ in range(random.randint(1, 6))] for _ in range(9)]
padded = [b for b in DataLoader(sentences, batch_size=4, collate_fn=collate)]
dicts = next(iter(DataLoader([{"id": i, "x": np.float32(i), "name": str(i)} for i in range(3)], batch_size=3)))
counted = [b.tolist() for b in DataLoader(Countdown(5), batch_size=2)]
g = torch.Generator()
g.manual_seed(1)
first = [b.tolist() for b in DataLoader(range(6), batch_size=2, shuffle=True, generator=g)]
g.manual_seed(1)
assert first == [b.tolist() for b in DataLoader(range(6), batch_size=2, shuffle=True, generator=g)]
RESULT = {
    "total": total.tolist()[0],
    "labels": labels,
    "batches": batches,
    "last": last[0].sum().item(),
    "sampler": sum(batched[-1]),
    "padded": padded[0]["tokens"].shape[1],
    "lengths": int(sum(b["lengths"].sum() for b in padded)),
    "dicts": dicts["x"].sum().item() + len(dicts["name"]),
    "counted": counted[-1][0],
    "label sum": int(label.sum() >= 0),
}
print(json.dumps(RESULT))
