"""A custom Module with scalar parameters, and one with dynamic control flow and shared weights."""

import json
import math
import random

import torch


class Cubic(torch.nn.Module):
    def __init__(self, start):
        super().__init__()
        self.a, self.b, self.c, self.d = (torch.nn.Parameter(torch.tensor(v)) for v in start)

    def forward(self, x):
        return self.a + self.b * x + self.c * x**2 + self.d * x**3

    def formula(self):
        return f"y = {self.a.item():.4f} + {self.b.item():.4f} x + {self.c.item():.4f} x^2 + {self.d.item():.4f} x^3"


class RandomDegree(torch.nn.Module):
    def __init__(self):
        super().__init__()
        for i, name in enumerate("abcde"):
            setattr(self, name, torch.nn.Parameter(torch.tensor(0.01 * (i + 1))))

    def forward(self, x):
        y = self.a + self.b * x + self.c * x**2 + self.d * x**3
        for degree in range(4, 4 + random.randrange(3)):
            y = y + self.e * x.pow(degree)
        return y


x = torch.linspace(-math.pi, math.pi, 300)
y = torch.sin(x)
model = Cubic([0.1, 0.2, -0.1, 0.05])
squared_error = torch.nn.MSELoss(reduction="sum")
optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)
for t in range(500):
    loss = squared_error(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(model.formula())

random.seed(1)
net = RandomDegree()
optimizer = torch.optim.SGD(net.parameters(), lr=1e-8, momentum=0.9)
for t in range(300):
    dynamic_loss = squared_error(net(x), y)
    optimizer.zero_grad()
    dynamic_loss.backward()
    optimizer.step()
print([name for name, _ in net.named_parameters()])
RESULT = {"loss": loss.item(), "a": model.a.item(), "d": model.d.item(), "dynamic": dynamic_loss.item(), "e": net.e.item()}
print(json.dumps(RESULT))
