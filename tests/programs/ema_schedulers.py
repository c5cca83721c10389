"""Exponential moving averages, stochastic weight averaging, and every learning-rate schedule in one plot's worth of numbers."""

import copy
import json

import torch
from torch import nn
from torch.optim import SGD
from torch.optim import lr_scheduler as sched
from torch.optim.swa_utils import AveragedModel

x = torch.linspace(-2, 2, 50)[:, None]
y = torch.tanh(2 * x) + 0.05 * torch.sin(40 * x)


class EMA:
    def __init__(self, model, decay):
        self.decay = decay
        self.shadow = {name: p.clone().detach() for name, p in model.named_parameters() if p.requires_grad}
        self.backup = {}

    def update(self, model):
        for name, p in model.named_parameters():
            self.shadow[name] = (1.0 - self.decay) * p.data + self.decay * self.shadow[name]

    def apply(self, model):
        for name, p in model.named_parameters():
            self.backup[name] = p.data
            p.data = self.shadow[name]

    def restore(self, model):
        for name, p in model.named_parameters():
            p.data = self.backup[name]


model = nn.Sequential(nn.Linear(1, 10), nn.Tanh(), nn.Linear(10, 1))
for i, p in enumerate(model.parameters()):
    p.data.copy_(torch.cos(torch.arange(p.numel()).float() * 2.7 + i).view(p.shape))
initial = copy.deepcopy(model.state_dict())
ema, swa = EMA(model, 0.9), AveragedModel(model)
optimizer = SGD(model.parameters(), lr=0.1, momentum=0.9)
scheduler = sched.MultiStepLR(optimizer, milestones=[20, 35], gamma=0.3)
for epoch in range(50):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    scheduler.step()
    ema.update(model)
    if epoch >= 25:
        swa.update_parameters(model)
final = nn.functional.mse_loss(model(x), y).item()
ema.apply(model)
averaged = nn.functional.mse_loss(model(x), y).item()
ema.restore(model)
assert nn.functional.mse_loss(model(x), y).item() == final
swa_loss = nn.functional.mse_loss(swa(x), y).item()

rates = {}
makers = {
    "step": lambda o: sched.StepLR(o, 3, 0.5),
    "exponential": lambda o: sched.ExponentialLR(o, 0.9),
    "cosine": lambda o: sched.CosineAnnealingLR(o, 10),
    "lambda": lambda o: sched.LambdaLR(o, lambda e: 0.95**e),
    "linear": lambda o: sched.LinearLR(o, 0.2, 1.0, 5),
    "onecycle": lambda o: sched.OneCycleLR(o, 0.5, total_steps=13),
    "cyclic": lambda o: sched.CyclicLR(o, 0.01, 0.1, step_size_up=4, cycle_momentum=False),
    "restarts": lambda o: sched.CosineAnnealingWarmRestarts(o, 4, 2),
    "polynomial": lambda o: sched.PolynomialLR(o, 12, 2.0),
    "constant": lambda o: sched.ConstantLR(o, 0.3, 4),
    "sequence": lambda o: sched.SequentialLR(o, [sched.LinearLR(o, 0.1, 1.0, 4), sched.CosineAnnealingLR(o, 8)], [4]),
}
for name, make in makers.items():
    o = SGD([torch.zeros(1, requires_grad=True)], lr=0.1, momentum=0.9)
    s = make(o)
    trace = []
    for _ in range(12):
        o.step()
        trace.append(o.param_groups[0]["lr"])
        s.step()
    rates[name] = sum(trace)
    assert s.get_last_lr()[0] == o.param_groups[0]["lr"]
model.load_state_dict(initial)
RESULT = {
    "loss": loss.item(),
    "ema": averaged,
    "swa": swa_loss,
    "lr": optimizer.param_groups[0]["lr"],
    "averaged": int(swa.n_averaged),
    **rates,
}
print(json.dumps(RESULT))
