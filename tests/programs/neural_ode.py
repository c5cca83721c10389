"""A neural ordinary differential equation: Runge-Kutta steps, backpropagation through the solver."""

import json

import numpy as np
import torch
import torch.nn as nn

torch.set_default_dtype(torch.float64)


class Field(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))
        gen = np.random.default_rng(6)
        for m in self.net.modules():
            if isinstance(m, nn.Linear):
                m.weight.data.copy_(torch.from_numpy(gen.normal(0, 0.1, size=m.weight.shape)))
                nn.init.constant_(m.bias, val=0)
        self.calls = 0

    def forward(self, t, y):
        self.calls += 1
        return self.net(y**3)


def odeint(func, y0, t):
    ys = [y0]
    for t0, t1 in zip(t[:-1], t[1:]):
        h, y = t1 - t0, ys[-1]
        k1 = func(t0, y)
        k2 = func(t0 + h / 2, y + h * k1 / 2)
        k3 = func(t0 + h / 2, y + h * k2 / 2)
        k4 = func(t1, y + h * k3)
        ys.append(y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
    return torch.stack(ys)


spiral = torch.tensor([[-0.1, 2.0], [-2.0, -0.1]])
t = torch.linspace(0.0, 3.0, 41)
start = torch.tensor([[2.0, 0.0]])
with torch.no_grad():
    orbit = odeint(lambda t, y: torch.mm(y**3, spiral), start, t)
func = Field()
optimizer = torch.optim.RMSprop(func.parameters(), lr=1e-2)
order = np.random.RandomState(0)
for itr in range(1, 31):
    s = torch.from_numpy(order.choice(np.arange(33, dtype=np.int64), 10, replace=False))
    begin, times = orbit[s], t[:8]
    wanted = torch.stack([orbit[s + i] for i in range(8)], dim=0)
    optimizer.zero_grad()
    path = odeint(func, begin, times)
    loss = torch.mean(torch.abs(path - wanted))
    loss.backward()
    optimizer.step()
with torch.no_grad():
    total = torch.mean(torch.abs(odeint(func, start, t) - orbit))
end = orbit[-1].flatten()
print("after {} steps the whole trajectory is off by {:.4f}".format(itr, total))
RESULT = {
    "batch": loss.item(),
    "total": total.item(),
    "calls": func.calls,
    "end": end[0].item(),
    "norm": func.net[2].weight.grad.norm().item(),
}
print(json.dumps(RESULT))
