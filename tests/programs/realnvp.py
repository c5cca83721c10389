"""A RealNVP flow in two dimensions: affine coupling layers, log-determinants, exact inverse."""

import json
import math

import numpy as np
import torch
import torch.nn as nn

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(12)


def mlp(n_in, n_hidden, n_out):
    net = nn.Sequential(nn.Linear(n_in, n_hidden), nn.SiLU(), nn.Linear(n_hidden, n_out))
    for p in net.parameters():
        p.data = torch.tensor(rng.normal(0, 0.3, tuple(p.shape)))
    return net


class Coupling(nn.Module):
    def __init__(self, flip):
        super().__init__()
        self.flip = flip
        self.s, self.t = mlp(1, 12, 1), mlp(1, 12, 1)
        self.register_parameter("scale", nn.Parameter(torch.ones(1)))

    def split(self, x):
        a, b = x.chunk(2, dim=-1)
        return (b, a) if self.flip else (a, b)

    def join(self, a, b):
        return torch.cat((b, a) if self.flip else (a, b), dim=-1)

    def forward(self, x):
        a, b = self.split(x)
        s = self.scale * torch.tanh(self.s(a))
        return self.join(a, b * s.exp() + self.t(a)), s.sum(-1)

    def inverse(self, z):
        a, b = self.split(z)
        s = self.scale * torch.tanh(self.s(a))
        return self.join(a, (b - self.t(a)) * torch.exp(-s))


class Flow(nn.Module):
    def __init__(self, depth):
        super().__init__()
        self.layers = nn.ModuleList(Coupling(bool(i % 2)) for i in range(depth))
        self.register_buffer("base", torch.zeros(2))

    def log_prob(self, x):
        total = x.new_zeros(x.shape[0])
        for layer in self.layers:
            x, log_det = layer(x)
            total = total + log_det
        return total - 0.5 * (x - self.base).square().sum(-1) - math.log(2 * math.pi)

    @torch.no_grad()
    def sample(self, z):
        for layer in reversed(self.layers):
            z = layer.inverse(z)
        return z


angle = rng.uniform(0, 2 * np.pi, 128)
data = torch.as_tensor(np.c_[np.cos(angle), np.sin(angle)] + rng.normal(0, 0.1, (128, 2)))
flow = Flow(4)
optimizer = torch.optim.Adam(flow.parameters(), lr=1e-2)
for step in range(50):
    optimizer.zero_grad()
    nll = -flow.log_prob(data).mean()
    nll.backward()
    optimizer.step()
z = torch.tensor(rng.normal(size=(64, 2)))
x = flow.sample(z)
back = x
log_det = 0
for layer in flow.layers:
    back, ld = layer(back)
    log_det = log_det + ld
assert torch.allclose(back, z, atol=1e-8)
point = data[0].clone().requires_grad_(True)
(score,) = torch.autograd.grad(flow.log_prob(point[None]).sum(), point)
RESULT = {
    "nll": nll.item(),
    "radius": x.norm(dim=1).mean().item(),
    "log_det": log_det.mean().item(),
    "score": score.tolist()[0],
}
print(json.dumps(RESULT))
