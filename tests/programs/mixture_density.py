"""A mixture density network for a relation that is not a function: log-sum-exp over Gaussian components."""

import json
import math

import numpy as np
import torch
import torch.nn as nn

rng = np.random.default_rng(100)
y = torch.tensor(rng.uniform(-1, 1, (150, 1)), dtype=torch.float32)
x = y + 0.3 * torch.sin(2 * math.pi * y) + torch.tensor(rng.normal(0, 0.03, (150, 1)), dtype=torch.float32)


class MDN(nn.Module):
    def __init__(self, n_hidden, n_gaussians):
        super(MDN, self).__init__()
        self.z_h = nn.Sequential(nn.Linear(1, n_hidden), nn.Tanh())
        self.z_pi = nn.Linear(n_hidden, n_gaussians)
        self.z_mu = nn.Linear(n_hidden, n_gaussians)
        self.z_sigma = nn.Linear(n_hidden, n_gaussians)
        for p in self.parameters():
            p.data = torch.from_numpy(rng.normal(0, 0.5, p.shape).astype(np.float32))

    def forward(self, x):
        z = self.z_h(x)
        return nn.functional.log_softmax(self.z_pi(z), -1), self.z_mu(z), nn.functional.softplus(self.z_sigma(z)) + 1e-2


def mdn_loss(log_pi, mu, sigma, target):
    log_prob = torch.distributions.Normal(loc=mu, scale=sigma).log_prob(target.expand_as(mu))
    return -torch.logsumexp(log_pi + log_prob, dim=1).mean()


model = MDN(12, 3)
optimizer = torch.optim.Adamax(model.parameters(), lr=0.02)
for step in range(100):
    optimizer.zero_grad()
    loss = mdn_loss(*model(x), y)
    loss.backward()
    optimizer.step()
with torch.no_grad():
    log_pi, mu, sigma = model(torch.linspace(-1, 1, 9).reshape(-1, 1))
    by_hand = (
        -(log_pi.exp() * torch.exp(-0.5 * ((y[:9] - mu) / sigma) ** 2) / (sigma * (2 * math.pi) ** 0.5)).sum(1).log().mean()
    )
    assert abs(by_hand - mdn_loss(log_pi, mu, sigma, y[:9])) < 1e-3
    k = torch.distributions.Categorical(logits=log_pi).sample()
    drawn = torch.normal(mu, sigma).gather(1, k.unsqueeze(1))
    mode = mu.gather(1, log_pi.argmax(dim=1, keepdim=True)).squeeze(1)
assert drawn.shape == (9, 1)
RESULT = {"loss": loss.item(), "mode": mode[0].item(), "sigma": sigma.mean().item(), "weights": log_pi.exp().sum().item()}
print(json.dumps(RESULT))
