"""Fit the hyperparameters of a Gaussian process by its marginal likelihood through a Cholesky factor."""

import json
import math

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(90)
x = torch.tensor(np.sort(rng.uniform(-3, 3, 25)))
y = torch.sin(1.5 * x) + 0.3 * x + torch.tensor(rng.normal(0, 0.1, 25))
log_length = torch.nn.Parameter(torch.tensor(0.5))
log_scale = torch.nn.Parameter(torch.tensor(0.0))
log_noise = torch.nn.Parameter(torch.tensor(-1.0))
mean = torch.nn.Parameter(torch.zeros(()))


def kernel(a, b):
    distance = (a.unsqueeze(-1) - b.unsqueeze(-2)) / log_length.exp()
    return (2 * log_scale).exp() * torch.exp(-0.5 * distance**2)


def negative_log_likelihood():
    K = kernel(x, x) + (2 * log_noise).exp() * torch.eye(len(x))
    L = torch.linalg.cholesky(K)
    alpha = torch.linalg.solve_triangular(
        L.T, torch.linalg.solve_triangular(L, (y - mean).unsqueeze(-1), upper=False), upper=True
    )
    fit = 0.5 * (y - mean) @ alpha.squeeze(-1)
    return fit + L.diagonal().log().sum() + 0.5 * len(x) * math.log(2 * math.pi), L, alpha


optimizer = torch.optim.Rprop([log_length, log_scale, log_noise, mean], lr=0.05)
for step in range(40):
    optimizer.zero_grad()
    nll, L, alpha = negative_log_likelihood()
    nll.backward()
    optimizer.step()
with torch.no_grad():
    nll, L, alpha = negative_log_likelihood()
    K = kernel(x, x) + (2 * log_noise).exp() * torch.eye(len(x))
    check = torch.distributions.MultivariateNormal(mean.expand(len(x)), covariance_matrix=K).log_prob(y)
    assert torch.allclose(check, -nll)
    sign, logdet = torch.linalg.slogdet(K)
    assert sign == 1
    assert torch.allclose(logdet, 2 * L.diag().log().sum())
    grid = torch.linspace(-3.5, 3.5, 15)
    Ks = kernel(grid, x)
    mu = mean + Ks @ alpha.squeeze(-1)
    v = torch.linalg.solve_triangular(L, Ks.T, upper=False)
    variance = kernel(grid, grid).diagonal() - v.pow(2).sum(0)
RESULT = {
    "nll": nll.item(),
    "length": log_length.exp().item(),
    "noise": log_noise.exp().item(),
    "mu": mu[7].item(),
    "sd": variance.clamp_min(0).sqrt()[0].item(),
    "error": (mu - torch.sin(1.5 * grid) - 0.3 * grid).abs().mean().item(),
}
print(json.dumps(RESULT))
