"""Normalized weights: spectral norm, weight norm and orthogonal maps, hinge loss, a restricted Boltzmann machine without autograd."""

import json

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import orthogonal, weight_norm

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(42)


def values(*shape, scale=0.5):
    return torch.from_numpy(rng.normal(0, scale, shape))


class Symmetric(nn.Module):
    def forward(self, X):
        return X.triu() + X.triu(1).transpose(-1, -2)


linear = nn.Linear(4, 4)
linear.weight.data = values(4, 4)
linear.bias.data.zero_()
parametrize.register_parametrization(linear, "weight", Symmetric())
assert torch.equal(linear.weight, linear.weight.T)
assert parametrize.is_parametrized(linear)

net = nn.Sequential(weight_norm(nn.Linear(4, 6)), nn.Softplus(), nn.Linear(6, 1))
with torch.no_grad():
    net[0].weight = values(6, 4)
    net[0].bias.zero_()
    net[2].weight.copy_(values(1, 6))
    net[2].bias.zero_()
turn = orthogonal(nn.Linear(4, 4, bias=False), orthogonal_map="matrix_exp")
turn.weight = torch.linalg.qr(values(4, 4))[0]
x, y = values(20, 4, scale=1.0), values(20, 1, scale=1.0)
optimizer = torch.optim.SGD([*linear.parameters(), *net.parameters()], lr=0.05, momentum=0.9)
for step in range(30):
    scores = net(linear(x))
    loss = F.relu(1 - y.sign() * scores).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
assert torch.allclose(turn.weight @ turn.weight.T, torch.eye(4), atol=1e-8)
parametrize.remove_parametrizations(linear, "weight")
names = [n for n, _ in linear.named_parameters()]


class RBM:
    def __init__(self, visible, hidden):
        self.W, self.v_bias, self.h_bias = values(visible, hidden, scale=0.1), torch.zeros(visible), torch.zeros(hidden)

    def free_energy(self, v):
        return -v.mv(self.v_bias) - (v.mm(self.W) + self.h_bias).exp().add(1).log().sum(1)

    def step(self, v0, lr=0.1):
        h0 = torch.sigmoid(v0 @ self.W + self.h_bias)
        drawn = (h0 > torch.from_numpy(rng.random(tuple(h0.shape)))).to(h0)
        v1 = torch.sigmoid(F.linear(drawn, self.W, self.v_bias))
        h1 = torch.sigmoid(v1 @ self.W + self.h_bias)
        self.W += lr * (v0.t().mm(h0) - v1.t().mm(h1)) / len(v0)
        self.v_bias += lr * torch.mean(v0 - v1, 0)
        self.h_bias += lr * torch.mean(h0 - h1, 0)
        return (v0 - v1).pow(2).mean().item()


rbm = RBM(6, 4)
patterns = torch.tensor([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1], [1, 0, 1, 0, 1, 0]], dtype=torch.float64).repeat(4, 1)
with torch.no_grad():
    for _ in range(40):
        error = rbm.step(patterns)
    gap = (rbm.free_energy(1 - patterns) - rbm.free_energy(patterns)).mean()
sn = nn.utils.spectral_norm(nn.Linear(4, 3)) if hasattr(nn.utils, "spectral_norm") else nn.Linear(4, 3)
sn.eval()
assert sn(x).shape == (20, 3)
RESULT = {
    "loss": loss.item(),
    "symmetric": linear.weight.sum().item(),
    "names": len(names),
    "g": sum(p.abs().sum().item() for p in net[0].parameters()),
    "error": error,
    "gap": gap.item(),
}
print(json.dumps(RESULT))
