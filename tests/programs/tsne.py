"""Stochastic neighbour embedding and soft k-means: pairwise distances, log-sum-exp, gradients by autograd."""

import json

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(150)
means = rng.normal(0, 4, (3, 5))
X = torch.tensor(np.concatenate([rng.normal(m, 0.5, (12, 5)) for m in means]))
labels = torch.arange(3).repeat_interleave(12)
n = X.shape[0]
D = torch.cdist(X, X).pow(2)
off = ~torch.eye(n, dtype=torch.bool)
beta = torch.ones(n, 1)
low, high = torch.zeros(n, 1), torch.full((n, 1), float("inf"))
for _ in range(30):  # every point its own bandwidth, by bisection on the entropy
    logits = (-D * beta).masked_fill(~off, -torch.inf)
    P = torch.softmax(logits, dim=1)
    entropy = -(P * torch.where(P > 0, P.log(), torch.zeros_like(P))).sum(1, keepdim=True)
    too_wide = entropy > np.log(6.0)
    low = torch.where(too_wide, beta, low)
    high = torch.where(too_wide, high, beta)
    beta = torch.where(torch.isinf(high), beta * 2, (low + high) / 2)
P = (P + P.T) / (2 * n)
P = P.clamp_min(1e-12)
Y = torch.tensor(rng.normal(0, 1e-2, (n, 2)), requires_grad=True)
velocity = torch.zeros_like(Y)
for step in range(80):
    num = 1 / (1 + (Y.unsqueeze(1) - Y.unsqueeze(0)).square().sum(-1))
    Q = num.masked_fill(torch.eye(n, dtype=torch.bool), 0.0)
    Q = (Q / Q.sum()).clamp(min=1e-12)
    kl = (P * (P / Q).log()).sum()
    (gradient,) = torch.autograd.grad(kl, Y)
    velocity = 0.8 * velocity - 10.0 * gradient
    with torch.no_grad():
        Y += velocity
        Y -= Y.mean(0)
embedded = torch.cdist(Y.detach(), Y.detach())
within = embedded[(labels[:, None] == labels[None]) & off].mean()
between = embedded[labels[:, None] != labels[None]].mean()

centres = X[::12].clone().requires_grad_()
optimizer = torch.optim.ASGD([centres], lr=0.05)
for _ in range(30):
    distances = (X[:, None] - centres[None]).pow(2).sum(-1)
    loss = -torch.logsumexp(-distances, dim=1).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
assigned = distances.argmin(1)
sizes = torch.bincount(assigned, minlength=3)
RESULT = {
    "ratio": int((between / within).item() > 2),
    "beta": beta.mean().item(),
    "entropy": entropy.mean().item(),
    "kmeans": loss.item(),
    "sizes": sizes.tolist()[0],
    "pure": int(all(len(assigned[labels == k].unique()) == 1 for k in range(3))),
}
print(json.dumps(RESULT))
