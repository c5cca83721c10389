"""Forecast a noisy oscillation with a two-layer GRU, ReduceLROnPlateau and early stopping."""

import copy
import json
import math

import numpy as np
import torch
import torch.nn as nn

rng = np.random.RandomState(5)
series = np.sin(np.arange(260) * 0.2) * np.cos(np.arange(260) * 0.031) + rng.randn(260) * 0.02
series = torch.tensor(series, dtype=torch.float32)
window = 12
X = series.unfold(0, window, 1)[:-1].unsqueeze(-1)
Y = series[window:]
X_train, X_test, Y_train, Y_test = X[:180], X[180:], Y[:180], Y[180:]


class Forecaster(nn.Module):
    def __init__(self, hidden=10):
        super().__init__()
        self.gru = nn.GRU(input_size=1, hidden_size=hidden, num_layers=2, batch_first=True)
        self.out = nn.Linear(hidden, 1)

    def forward(self, x, h0=None):
        if h0 is None:
            h0 = torch.zeros(2, x.shape[0], 10, device=x.device)
        states, h_n = self.gru(x, h0)
        return self.out(states[:, -1]).squeeze(1)


net = Forecaster()
seed = 1
for p in net.parameters():
    bound = 1 / math.sqrt(10)
    seed += 1
    p.data = torch.from_numpy(np.random.default_rng(seed).uniform(-bound, bound, p.shape)).float()
optimizer = torch.optim.Adam(net.parameters(), lr=2e-2, betas=(0.9, 0.99))
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=2)
loss_fn = nn.SmoothL1Loss(beta=0.5)
best, best_state, waited = float("inf"), None, 0
for epoch in range(25):
    net.train()
    for xb, yb in zip(X_train.split(60), Y_train.split(60)):
        loss = loss_fn(net(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_value_(net.parameters(), 0.5)
        optimizer.step()
    net.eval()
    with torch.inference_mode():
        val = loss_fn(net(X_test), Y_test).item()
    scheduler.step(val)
    if val < best - 1e-5:
        best, best_state, waited = val, copy.deepcopy(net.state_dict()), 0
    else:
        waited += 1
        if waited > 6:
            break
net.load_state_dict(best_state)
with torch.no_grad():
    rolled = X_test[:1].clone()
    for _ in range(5):
        rolled = torch.cat([rolled, net(rolled[:, -window:]).view(1, 1, 1)], dim=1)
RESULT = {
    "best": best,
    "lr": optimizer.param_groups[0]["lr"],
    "rolled": rolled[0, -1, 0].item(),
    "fit": loss_fn(net(X_test), Y_test).item(),
}
print(json.dumps(RESULT))
