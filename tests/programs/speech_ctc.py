"""Speech in small: pre-emphasis, framing, a convolutional front end, BiLSTM with packing, CTC, greedy decoding and edit distance."""

import json
from itertools import groupby

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
from torch.utils.data import DataLoader, Dataset

rng = np.random.RandomState(3)


class Utterances(Dataset):
    def __init__(self, n):
        self.items = []
        for _ in range(n):
            label = rng.randint(1, 5, size=rng.randint(2, 4))
            wave = np.concatenate([np.sin(np.arange(40) * (0.1 + 0.2 * c)) for c in label]) + 0.05 * rng.randn(40 * len(label))
            self.items.append((torch.FloatTensor(wave), torch.IntTensor(label)))

    def __getitem__(self, index):
        return self.items[index]

    def __len__(self):
        return len(self.items)


def features(wave):
    emphasised = torch.cat([wave[:1], wave[1:] - 0.97 * wave[:-1]])
    frames = emphasised.unfold(0, 16, 8) * torch.hann_window(16, periodic=False)
    basis = torch.cos(torch.pi / 16 * (torch.arange(16)[None] + 0.5) * torch.arange(8)[:, None])
    spec = torch.log1p(torch.abs(frames @ basis.t()))
    return (spec - spec.mean(0, keepdim=True)) / (spec.std(0, unbiased=False, keepdim=True) + 1e-5)


def collate(batch):
    batch = sorted(batch, key=lambda item: item[0].size(0), reverse=True)
    feats = [features(w) for w, _ in batch]
    in_lens = torch.tensor([f.shape[0] for f in feats], dtype=torch.long)
    out_lens = torch.tensor([len(t) for _, t in batch], dtype=torch.long)
    return pad_sequence(feats, batch_first=True), torch.cat([t for _, t in batch]), in_lens, out_lens


class Recognizer(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv1d(8, 12, 3, padding=1), nn.BatchNorm1d(12), nn.Hardtanh(0, 20, inplace=True))
        self.rnn = nn.LSTM(12, 10, num_layers=2, bidirectional=True, batch_first=True)
        self.fc = nn.Linear(20, 5)

    def forward(self, x, lens):
        x = self.conv(x.transpose(1, 2)).transpose(1, 2).contiguous()
        mask = torch.arange(x.size(1)).expand(len(lens), x.size(1)) >= lens.unsqueeze(1)
        x = x.masked_fill(mask.unsqueeze(-1), 0)
        self.rnn.flatten_parameters()
        packed, _ = self.rnn(pack_padded_sequence(x, lens.cpu(), batch_first=True))
        out, out_lens = pad_packed_sequence(packed, batch_first=True)
        return self.fc(out).log_softmax(2).transpose(0, 1), out_lens


def edit_distance(a, b):
    d = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        prev, d[0] = d[0], i
        for j, y in enumerate(b, 1):
            prev, d[j] = d[j], min(d[j] + 1, d[j - 1] + 1, prev + (x != y))
    return d[-1]


data = Utterances(24)
loader = DataLoader(data, batch_size=8, shuffle=False, collate_fn=collate, num_workers=0, pin_memory=torch.cuda.is_available())
net = Recognizer()
g = np.random.RandomState(0)
for k, v in net.state_dict().items():
    if v.dtype.is_floating_point if hasattr(v.dtype, "is_floating_point") else v.is_floating_point():
        if "running" not in k:
            v.copy_(torch.from_numpy(g.uniform(-0.3, 0.3, size=tuple(v.size()))))
criterion = nn.CTCLoss(blank=0, reduction="mean", zero_infinity=True)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
scheduler = torch.optim.lr_scheduler.OneCycleLR(
    optimizer, max_lr=2e-2, steps_per_epoch=len(loader), epochs=6, anneal_strategy="linear"
)
history = []
for epoch in range(6):
    net.train()
    total = 0.0
    for x, targets, in_lens, out_lens in loader:
        optimizer.zero_grad()
        logp, lens = net(x, in_lens)
        loss = criterion(logp, targets, lens, out_lens)
        loss.backward()
        nn.utils.clip_grad_value_(net.parameters(), 0.5)
        optimizer.step()
        scheduler.step()
        total += loss.item() * len(in_lens)
    history.append(total / len(data))
net.eval()
wrong = count = 0
with torch.no_grad():
    for x, targets, in_lens, out_lens in loader:
        logp, lens = net(x, in_lens)
        best = logp.argmax(-1).t()
        for row, n, target in zip(best, lens, targets.split(out_lens.tolist())):
            decoded = [k for k, _ in groupby(row[:n].tolist()) if k != 0]
            wrong += edit_distance(decoded, target.tolist())
            count += len(target)
print(history)
print(
    json.dumps(
        {
            "first": history[0],
            "last": history[-1],
            "lr": scheduler.get_last_lr()[0],
            "logp": logp.exp().max().item(),
            "spread": net.conv[1].running_var.norm().item(),
            "tracked": net.conv[1].num_batches_tracked.item(),
        }
    )
)
