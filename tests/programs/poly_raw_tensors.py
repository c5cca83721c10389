"""Fit a cubic to sin(x) with tensors alone: the gradients are written out by hand."""

import json
import math

import torch

dtype = torch.float
device = torch.device("cpu")

x = torch.linspace(-math.pi, math.pi, 500, device=device, dtype=dtype)
y = torch.sin(x)

a = torch.tensor(0.1, device=device, dtype=dtype)
b = torch.tensor(-0.2, device=device, dtype=dtype)
c = torch.tensor(0.05, device=device, dtype=dtype)
d = torch.tensor(0.01, device=device, dtype=dtype)

step_size = 2e-6
losses = []
for t in range(600):
    fitted = a + b * x + c * x**2 + d * x**3

    loss = (fitted - y).pow(2).sum().item()
    if t % 100 == 99:
        print(t, loss)
    losses.append(loss)

    slope = 2.0 * (fitted - y)
    grad_a = slope.sum()
    grad_b = (slope * x).sum()
    grad_c = (slope * x**2).sum()
    grad_d = (slope * x**3).sum()

    a -= step_size * grad_a
    b -= step_size * grad_b
    c -= step_size * grad_c
    d -= step_size * grad_d

print("coefficients:", *(f"{v.item():+.4f}" for v in (a, b, c, d)))
RESULT = {"first": losses[0], "last": losses[-1], "a": a.item(), "b": b.item(), "c": c.item(), "d": d.item()}
print(json.dumps(RESULT))
