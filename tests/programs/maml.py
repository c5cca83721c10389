"""MAML on sine waves: the outer gradient flows through the inner gradient steps (second order)."""

import json
import math
import random

import torch
import torch.nn.functional as F

random.seed(0)
torch.set_default_dtype(torch.float64)
shapes = [(20, 1), (20,), (20, 20), (20,), (1, 20), (1,)]
params = [
    torch.sin(torch.arange(math.prod(s), dtype=torch.float64) * 1.3 + i)
    .view(s)
    .mul(0.6 / math.sqrt(s[-1]))
    .requires_grad_(True)
    for i, s in enumerate(shapes)
]


def net(x, params):
    x = F.linear(x, params[0], params[1])
    x = torch.tanh(x)
    x = F.linear(x, params[2], params[3])
    x = torch.tanh(x)
    return F.linear(x, params[4], params[5])


def task():
    amplitude, phase = random.uniform(0.5, 2.0), random.uniform(0, math.pi)

    def sample(k):
        x = torch.tensor([[random.uniform(-3, 3)] for _ in range(k)])
        return x, amplitude * torch.sin(x + phase)

    return sample


optimizer = torch.optim.Adam(params, lr=1e-2)
inner_lr, losses = 0.05, []
for iteration in range(25):
    optimizer.zero_grad()
    meta_loss = 0.0
    for _ in range(3):
        sample = task()
        x, y = sample(8)
        adapted = params
        for _ in range(2):
            loss = ((net(x, adapted) - y) ** 2).mean()
            grads = torch.autograd.grad(loss, adapted, create_graph=True)
            adapted = [p - inner_lr * g for p, g in zip(adapted, grads)]
        x, y = sample(8)
        meta_loss = meta_loss + F.mse_loss(net(x, adapted), y)
    meta_loss /= 3
    meta_loss.backward()
    optimizer.step()
    losses.append(meta_loss.item())

sample = task()
x, y = sample(10)
fast = [p.detach().clone().requires_grad_() for p in params]
before = F.mse_loss(net(x, fast), y).item()
for _ in range(5):
    grads = torch.autograd.grad(F.mse_loss(net(x, fast), y), fast)
    fast = [(p - inner_lr * g).detach().requires_grad_() for p, g in zip(fast, grads)]
after = F.mse_loss(net(x, fast), y).item()
RESULT = {
    "first": losses[0],
    "last": losses[-1],
    "before": before,
    "after": after,
    "norm": sum(p.grad.norm().item() for p in params),
}
print(json.dumps(RESULT))
