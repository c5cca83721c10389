"""Save, stop, load and go on: the resumed run must equal the uninterrupted one."""

import io
import json
import os
import tempfile
from collections import OrderedDict

import torch
import torch.nn as nn

x = torch.linspace(-1, 1, 40).unsqueeze(1)
y = x.abs()


def build():
    model = nn.Sequential(
        OrderedDict([("hidden", nn.Linear(1, 12)), ("act", nn.Tanh()), ("norm", nn.LayerNorm(12)), ("out", nn.Linear(12, 1))])
    )
    for i, p in enumerate(model.parameters()):
        nn.init.constant_(p, 0.1)
        p.data.add_(torch.arange(p.numel(), dtype=p.dtype).mul(0.7).add(i).cos().reshape(p.shape), alpha=0.5)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=60, eta_min=1e-3)
    return model, optimizer, scheduler


def train(model, optimizer, scheduler, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        optimizer.step()
        scheduler.step()
    return loss.item()


whole = train(*build(), 60)

model, optimizer, scheduler = build()
train(model, optimizer, scheduler, 25)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "checkpoint.pt")
    torch.save(
        {
            "epoch": 25,
            "model_state_dict": model.state_dict(),
            "optimizer_state_dict": optimizer.state_dict(),
            "scheduler": scheduler.state_dict(),
        },
        path,
    )
    checkpoint = torch.load(path, map_location=torch.device("cpu"), weights_only=True)
model, optimizer, scheduler = build()
print(model.load_state_dict(checkpoint["model_state_dict"]))
optimizer.load_state_dict(checkpoint["optimizer_state_dict"])
scheduler.load_state_dict(checkpoint["scheduler"])
resumed = train(model, optimizer, scheduler, 60 - checkpoint["epoch"])

buffer = io.BytesIO()
torch.save(model.state_dict(), buffer)
buffer.seek(0)
state = torch.load(buffer)
partial = {k: v for k, v in state.items() if not k.startswith("out")}
fresh = build()[0]
missing, unexpected = fresh.load_state_dict(partial, strict=False)
try:
    fresh.load_state_dict(partial)
except RuntimeError as e:
    print("strict:", type(e).__name__)
    strict = 1
frozen = sum(torch.equal(a, b) for a, b in zip(fresh.state_dict().values(), state.values()))
assert abs(whole - resumed) < 1e-6
RESULT = {
    "whole": whole,
    "resumed": resumed,
    "missing": len(missing),
    "unexpected": len(unexpected),
    "strict": strict,
    "equal": frozen,
    "keys": len(state),
    "lr": scheduler.get_last_lr()[0],
}
print(json.dumps(RESULT))
