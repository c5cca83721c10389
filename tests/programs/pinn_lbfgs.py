"""A physics-informed network for u'' + u = 0 with u(0) = 0, u'(0) = 1, solved with L-BFGS and its closure."""

import json
import math

import numpy as np
import torch
import torch.nn as nn

torch.set_default_dtype(torch.float64)
gen = np.random.default_rng(2)


class PINN(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.linears = nn.ModuleList([nn.Linear(layers[i], layers[i + 1]) for i in range(len(layers) - 1)])
        for layer in self.linears:
            bound = math.sqrt(6 / (layer.in_features + layer.out_features))
            layer.weight.data = torch.from_numpy(gen.uniform(-bound, bound, layer.weight.shape))
            nn.init.zeros_(layer.bias)

    def forward(self, x):
        for layer in self.linears[:-1]:
            x = torch.tanh(layer(x))
        return self.linears[-1](x)


model = PINN([1, 12, 12, 1])
t = torch.linspace(0, 3, 30).view(-1, 1).requires_grad_(True)
t0 = torch.zeros(1, 1, requires_grad=True)
optimizer = torch.optim.LBFGS(model.parameters(), lr=1.0, max_iter=20, history_size=10, line_search_fn="strong_wolfe")


def derivative(u, t):
    return torch.autograd.grad(u, t, grad_outputs=torch.ones_like(u), create_graph=True, retain_graph=True)[0]


calls = 0


def closure():
    global calls
    calls += 1
    optimizer.zero_grad()
    u = model(t)
    u_t = derivative(u, t)
    u_tt = derivative(u_t, t)
    residual = torch.mean((u_tt + u) ** 2)
    u0 = model(t0)
    boundary = u0.pow(2).sum() + (derivative(u0, t0) - 1).pow(2).sum()
    loss = residual + boundary
    loss.backward()
    return loss


for step in range(6):
    loss = optimizer.step(closure)
    print(f"{step}: {loss.item():.3e}")
with torch.no_grad():
    error = (model(t) - torch.sin(t)).abs().max().item()
RESULT = {"first order": math.floor(-math.log10(closure().item())) >= 3, "small error": error < 0.05, "many calls": calls > 50}
print(json.dumps({k: int(v) for k, v in RESULT.items()}))
