"""nn.Sequential over a feature matrix and RMSprop: the last form of the polynomial fit."""

import json
import math

import torch
import torch.nn as nn
import torch.optim as optim

x = torch.linspace(-math.pi, math.pi, 256)
y = torch.sin(x)
p = torch.tensor([1, 2, 3])
features = x.unsqueeze(-1).pow(p)

model = nn.Sequential(nn.Linear(3, 1), nn.Flatten(0, 1))
with torch.no_grad():
    model[0].weight.copy_(torch.tensor([[0.2, -0.1, 0.05]]))
    model[0].bias.fill_(0.3)
loss_fn = nn.MSELoss(reduction="sum")

rate = 1e-3
optimizer = optim.RMSprop(model.parameters(), lr=rate)
for t in range(600):
    prediction = model(features)
    loss = loss_fn(prediction, y)
    if t % 100 == 99:
        print(t, loss.item())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

readout = model[0]
print(model)
print("linear term:", readout.weight[:, 0].item())

plain = nn.Linear(3, 1)
plain.load_state_dict({"weight": torch.zeros(1, 3), "bias": torch.zeros(1)})
for t in range(200):  # the same by hand: gradients read from .parameters()
    loss2 = loss_fn(plain(features).flatten(), y)
    plain.zero_grad()
    loss2.backward()
    with torch.no_grad():
        for param in plain.parameters():
            param -= 1e-6 * param.grad
RESULT = {"loss": loss.item(), "bias": readout.bias.item(), "w0": readout.weight[0, 0].item(), "by hand": loss2.item()}
print(json.dumps(RESULT))
