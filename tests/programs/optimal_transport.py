"""Sinkhorn distances in the log domain, soft sorting, a mixture of experts with top-k routing, contrastive pairs."""

import json

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

rng = np.random.default_rng(19)


class SinkhornDistance(nn.Module):
    def __init__(self, eps, max_iter):
        super().__init__()
        self.eps, self.max_iter = eps, max_iter

    def forward(self, x, y):
        C = torch.sum((x.unsqueeze(-2) - y.unsqueeze(-3)).abs() ** 2, -1)
        mu = torch.empty(x.shape[0], requires_grad=False).fill_(1.0 / x.shape[0])
        nu = torch.empty(y.shape[0], requires_grad=False).fill_(1.0 / y.shape[0]).squeeze()
        u, v = torch.zeros_like(mu), torch.zeros_like(nu)
        for _ in range(self.max_iter):
            u1 = u
            u = self.eps * (torch.log(mu + 1e-8) - torch.logsumexp(self.M(C, u, v), dim=-1)) + u
            v = self.eps * (torch.log(nu + 1e-8) - torch.logsumexp(self.M(C, u, v).transpose(-2, -1), dim=-1)) + v
            if (u - u1).abs().sum().item() < 1e-7:
                break
        pi = torch.exp(self.M(C, u, v))
        return torch.sum(pi * C), pi

    def M(self, C, u, v):
        return (-C + u.unsqueeze(-1) + v.unsqueeze(-2)) / self.eps


a = torch.tensor(rng.normal(0, 0.3, (10, 2)), dtype=torch.float32, requires_grad=True)
b = torch.tensor(rng.normal(1, 0.3, (8, 2)), dtype=torch.float32)
sinkhorn = SinkhornDistance(eps=0.1, max_iter=20)
optimizer = torch.optim.SGD([a], lr=0.5)
for _ in range(15):
    cost, plan = sinkhorn(a, b)
    optimizer.zero_grad()
    cost.backward()
    optimizer.step()


class MoE(nn.Module):
    def __init__(self, dim, experts, k):
        super().__init__()
        self.k = k
        self.gate = nn.Linear(dim, experts, bias=False)
        self.experts = nn.ModuleList(
            nn.Sequential(nn.Linear(dim, 8), nn.GELU(approximate="tanh"), nn.Linear(8, dim)) for _ in range(experts)
        )
        for p in self.parameters():
            p.data = torch.from_numpy(rng.normal(0, 0.4, tuple(p.shape))).float()

    def forward(self, x):
        logits = self.gate(x)
        weights, selected = torch.topk(logits, self.k)
        weights = F.softmax(weights, dim=1, dtype=torch.float).to(x.dtype)
        results = torch.zeros_like(x)
        for i, expert in enumerate(self.experts):
            batch_idx, nth_expert = torch.where(selected == i)
            results[batch_idx] += weights[batch_idx, nth_expert, None] * expert(x[batch_idx])
        load = F.one_hot(selected, len(self.experts)).float().mean(dim=(0, 1))
        return results, len(self.experts) * (load * F.softmax(logits, -1).mean(0)).sum()


x = torch.from_numpy(rng.normal(0, 1, (32, 4))).float()
moe = MoE(4, 4, 2)
optimizer = torch.optim.Adam(moe.parameters(), lr=1e-2)
for _ in range(20):
    out, balance = moe(x)
    loss = F.mse_loss(out, x.flip(1).tanh()) + 0.01 * balance
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def nt_xent(z1, z2, temperature=0.5):
    z = F.normalize(torch.cat([z1, z2]), dim=1)
    similarity = z @ z.T / temperature
    similarity.fill_diagonal_(-9e15)
    n = z1.shape[0]
    targets = torch.arange(2 * n).roll(shifts=n, dims=0)
    return F.cross_entropy(similarity, targets)


encoder = nn.Linear(4, 3)
with torch.no_grad():
    encoder.weight.copy_(torch.arange(12.0).view(3, 4).sin())
    encoder.bias.zero_()
views = [encoder(x + 0.1 * torch.from_numpy(rng.normal(0, 1, (32, 4))).float()) for _ in range(2)]
contrast = nt_xent(*views)
contrast.backward()
scores = torch.tensor([0.3, -1.0, 2.0, 0.7], requires_grad=True)
ranks = torch.softmax(-(scores.sort(descending=True)[0].unsqueeze(1) - scores.unsqueeze(0)).abs() / 0.1, dim=-1)
(ranks @ torch.arange(4.0)).dot(torch.arange(4.0)).backward()
RESULT = {
    "cost": cost.item(),
    "plan": plan.sum().item(),
    "centre": a.mean().item(),
    "moe": loss.item(),
    "balance": balance.item(),
    "contrast": contrast.item(),
    "grad": encoder.weight.grad.norm().item(),
    "ranks": scores.grad.abs().sum().item(),
}
print(json.dumps(RESULT))
