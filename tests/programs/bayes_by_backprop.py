"""Variational Bayesian regression: weights with a mean and a softplus deviation, KL to the prior, predictive spread."""

import json
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Bernoulli, Normal, Uniform, kl_divergence

rng = np.random.default_rng(140)
x = torch.linspace(-1, 1, 40).unsqueeze(-1)
y = 0.8 * x**3 - 0.3 * x + torch.from_numpy(rng.normal(0, 0.03, (40, 1))).float()


class BayesLinear(nn.Module):
    def __init__(self, n_in, n_out, prior=1.0):
        super().__init__()
        self.mu = nn.Parameter(torch.from_numpy(rng.normal(0, 0.3, (n_out, n_in))).float())
        self.rho = nn.Parameter(torch.full((n_out, n_in), -4.0))
        self.bias = nn.Parameter(torch.zeros(n_out))
        self.prior = Normal(0.0, prior)
        self.kl = 0.0

    def forward(self, x):
        posterior = Normal(self.mu, F.softplus(self.rho))
        eps = torch.from_numpy(rng.normal(size=tuple(self.mu.shape))).float()
        weight = posterior.mean + posterior.stddev * eps
        self.kl = kl_divergence(posterior, self.prior).sum()
        return F.linear(x, weight, self.bias)


model = nn.Sequential(BayesLinear(1, 16), nn.Tanh(), BayesLinear(16, 1))
log_noise = nn.Parameter(torch.tensor(-1.0))
optimizer = torch.optim.Adam([*model.parameters(), log_noise], lr=0.02)
for step in range(120):
    likelihood = Normal(model(x), log_noise.exp()).log_prob(y).sum()
    kl = sum(m.kl for m in model if isinstance(m, BayesLinear))
    elbo = likelihood - 0.1 * kl
    optimizer.zero_grad()
    (-elbo / len(x)).backward()
    optimizer.step()
with torch.no_grad():
    draws = torch.stack([model(torch.tensor([[0.0], [2.0]])) for _ in range(30)])
    inside, outside = draws.std(dim=0).flatten().tolist()
sample = Normal(torch.zeros(3), torch.ones(3)).rsample((5,))
coin = Bernoulli(probs=torch.tensor([0.3, 0.9]))
box = Uniform(torch.tensor(-1.0), torch.tensor(3.0))
assert sample.shape == (5, 3)
assert set(coin.sample((20,)).unique().tolist()) <= {0.0, 1.0}
assert -1 <= box.sample() <= 3
RESULT = {
    "elbo": elbo.item() / 40,
    "kl": kl.item(),
    "noise": log_noise.exp().item(),
    "wider": int(outside > inside),
    "entropy": coin.entropy().sum().item(),
    "box": box.entropy().item() - math.log(4),
}
print(json.dumps(RESULT))
