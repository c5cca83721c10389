"""Classify sequences by their majority token with nn.TransformerEncoder, sinusoidal positions and padding masks."""

import json
import math

import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(40)


class PositionalEncoding(nn.Module):
    def __init__(self, d_model: int, max_len: int = 32):
        super().__init__()
        position = torch.arange(max_len).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
        pe = torch.zeros(1, max_len, d_model)
        pe[0, :, 0::2] = torch.sin(position * div_term)
        pe[0, :, 1::2] = torch.cos(position * div_term)
        self.register_buffer("pe", pe)

    def forward(self, x):
        return x + self.pe[:, : x.size(1)]


class Model(nn.Module):
    def __init__(self, vocabulary=6, d_model=16, classes=3):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, d_model)
        self.positions = PositionalEncoding(d_model)
        layer = nn.TransformerEncoderLayer(
            d_model, nhead=2, dim_feedforward=32, dropout=0.0, activation="gelu", batch_first=True
        )
        self.encoder = nn.TransformerEncoder(layer, num_layers=2)
        self.classify = nn.Linear(d_model, classes)

    def forward(self, tokens):
        pad = tokens == 0
        h = self.positions(self.embed(tokens) * math.sqrt(16))
        h = self.encoder(h, src_key_padding_mask=pad)
        keep = (~pad).unsqueeze(-1).float()
        return self.classify((h * keep).sum(1) / keep.sum(1))


def batch(n):
    tokens, labels = np.zeros((n, 9), dtype=np.int64), np.zeros(n, dtype=np.int64)
    for i in range(n):
        k = int(rng.integers(5, 10))
        labels[i] = rng.integers(3)
        row = rng.integers(1, 6, k)
        row[: k // 2] = labels[i] + 1
        tokens[i, :k] = rng.permutation(row)
    return torch.from_numpy(tokens), torch.from_numpy(labels)


model = Model()
total = sum(p.numel() for p in model.parameters() if p.requires_grad)
for name, p in sorted(model.named_parameters()):
    if p.dim() > 1:
        std = (2.0 / (p.shape[0] + p.shape[1])) ** 0.5
        p.data.copy_(torch.from_numpy(rng.normal(0, std, tuple(p.shape))))
    elif "norm" not in name:
        nn.init.zeros_(p)
criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
optimizer = torch.optim.AdamW(model.parameters(), lr=1.0, betas=(0.9, 0.98), eps=1e-9)
warmup = 10
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: 0.02 * min((s + 1) ** -0.5, (s + 1) * warmup**-1.5))
model.train()
for step in range(40):
    tokens, labels = batch(16)
    loss = criterion(model(tokens), labels)
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    scheduler.step()
model.eval()
with torch.no_grad():
    tokens, labels = batch(40)
    logits = model(tokens)
    attention = nn.MultiheadAttention(16, 2, batch_first=True)
    for p in attention.parameters():
        p.data.fill_(0.05)
    out, weights = attention(model.embed(tokens), model.embed(tokens), model.embed(tokens), need_weights=True)
RESULT = {
    "parameters": total,
    "loss": loss.item(),
    "lr": scheduler.get_last_lr()[0],
    "test": criterion(logits, labels).item(),
    "attention": weights.std().item(),
    "out": out.abs().mean().item(),
}
print(json.dumps(RESULT))
