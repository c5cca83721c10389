"""Recommend by matrix factorization: user and item embeddings with biases, per-group weight decay, rank metrics."""

import json

import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(80)
users, items, rank = 20, 15, 3
truth = rng.normal(size=(users, rank)) @ rng.normal(size=(rank, items)) / rank**0.5 + rng.normal(0, 0.3, (users, 1))
observed = np.argwhere(rng.random((users, items)) < 0.6)
ratings = truth[observed[:, 0], observed[:, 1]] + rng.normal(0, 0.05, len(observed))
u = torch.LongTensor(observed[:, 0])
i = torch.LongTensor(observed[:, 1])
r = torch.FloatTensor(ratings)


class MF(nn.Module):
    def __init__(self, n_users, n_items, dim):
        super().__init__()
        self.user_factors = nn.Embedding(n_users, dim)
        self.item_factors = nn.Embedding(n_items, dim)
        self.user_bias, self.item_bias = nn.Embedding(n_users, 1), nn.Embedding(n_items, 1)
        for e in (self.user_factors, self.item_factors):
            e.weight.data = torch.FloatTensor(rng.normal(0, 0.1, tuple(e.weight.size())))
        for e in (self.user_bias, self.item_bias):
            e.weight.data.zero_()

    def forward(self, user, item):
        dot = (self.user_factors(user) * self.item_factors(item)).sum(dim=1, keepdim=True)
        return (dot + self.user_bias(user) + self.item_bias(item)).squeeze()


model = MF(users, items, rank)
decay = [p for n, p in model.named_parameters() if "factors" in n]
plain = [p for n, p in model.named_parameters() if "bias" in n]
optimizer = torch.optim.Adam([{"params": decay, "weight_decay": 1e-3}, {"params": plain, "lr": 0.02}], lr=0.05)
batch = 32
for epoch in range(20):
    order = torch.from_numpy(rng.permutation(len(r)))
    epoch_loss = 0.0
    for start in range(0, len(r), batch):
        idx = order[start : start + batch]
        prediction = model(u[idx], i[idx])
        loss = nn.functional.mse_loss(prediction, r[idx])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        epoch_loss += loss.item() * idx.numel()
with torch.no_grad():
    full = model(torch.arange(users).repeat_interleave(items), torch.arange(items).repeat(users)).view(users, items)
    held_out = torch.ones(users, items, dtype=torch.bool)
    held_out[u, i] = False
    rmse = (full - torch.from_numpy(truth).float())[held_out].pow(2).mean().sqrt().item()
    top = full.masked_fill(~held_out, -1e9).topk(3, dim=1).indices
    spectrum = torch.linalg.svdvals(model.user_factors.weight @ model.item_factors.weight.T)
RESULT = {
    "loss": epoch_loss / len(r),
    "rmse": rmse,
    "top": int(top[0, 0]),
    "spectrum": spectrum[0].item(),
    "rank": int((spectrum > 1e-3).sum()),
}
print(json.dumps(RESULT))
