"""Fine-tuning: load a backbone, freeze part of it, parameter groups with their own rates, gradient accumulation."""

import json
from collections import OrderedDict

import torch
import torch.nn as nn
import torch.nn.functional as F


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc1, self.fc2, self.norm = nn.Linear(width, width), nn.Linear(width, width), nn.BatchNorm1d(width)

    def forward(self, x):
        return x + self.fc2(F.gelu(self.norm(self.fc1(x))))


class Backbone(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Linear(5, 8)
        self.blocks = nn.Sequential(OrderedDict((f"block{i}", Residual(8)) for i in range(2)))
        self.fc = nn.Linear(8, 10)

    def forward(self, x):
        return self.fc(self.blocks(F.relu(self.stem(x))))


def wave(shape, phase):
    n = 1
    for s in shape:
        n *= s
    return torch.sin(torch.arange(n, dtype=torch.float32) * 5.1 + phase).view(*shape)


model = Backbone()
pretrained = {}
for i, (key, value) in enumerate(model.state_dict().items()):
    if value.dim() > 1:
        pretrained[key] = wave(value.shape, i) * 0.4
    else:
        pretrained[key] = torch.zeros_like(value) if key.endswith("bias") else value
model.load_state_dict(pretrained)
model.fc = nn.Linear(model.fc.in_features, 3)
nn.init.constant_(model.fc.weight, 0.05)
model.fc.weight.data += 0.3 * wave((3, 8), 1.0)
nn.init.zeros_(model.fc.bias)
for param in model.stem.parameters():
    param.requires_grad = False
for name, param in model.named_parameters():
    print(f"{name:25s} {tuple(param.shape)!s:10s} {'train' if param.requires_grad else 'frozen'}")

decay, no_decay = [], []
for name, param in model.blocks.named_parameters():
    (no_decay if name.endswith("bias") or "norm" in name else decay).append(param)
optimizer = torch.optim.AdamW(
    [
        {"params": decay, "lr": 1e-3, "weight_decay": 0.1},
        {"params": no_decay, "lr": 1e-3, "weight_decay": 0.0},
        {"params": model.fc.parameters(), "lr": 2e-2},
    ]
)
optimizer.add_param_group({"params": [nn.Parameter(torch.zeros(1))], "lr": 1.0})
X, y = wave((60, 5), 0.3), (torch.arange(60) * 7) % 3
X[:, 0] += y.float()
stem_before = model.stem.weight.clone()
accumulate = 3
model.train()
for step in range(45):
    xb, yb = X[step % 3 :: 3], y[step % 3 :: 3]
    loss = F.cross_entropy(model(xb), yb) / accumulate
    loss.backward()
    if (step + 1) % accumulate == 0:
        norm = nn.utils.clip_grad_norm_([p for p in model.parameters() if p.grad is not None], max_norm=1.0, norm_type=2.0)
        optimizer.step()
        optimizer.zero_grad()
        for group in optimizer.param_groups:
            group["lr"] *= 0.98
model.eval()
vector = nn.utils.parameters_to_vector(model.fc.parameters())
nn.utils.vector_to_parameters(vector * 1.0, model.fc.parameters())
assert torch.equal(stem_before, model.stem.weight)
assert model.stem.weight.grad is None
with torch.no_grad():
    accuracy = (model(X).max(1)[1] == y).sum().item() / len(y)
RESULT = {
    "loss": loss.item(),
    "norm": norm.item(),
    "accuracy": accuracy,
    "lr": optimizer.param_groups[2]["lr"],
    "vector": vector.norm().item(),
    "groups": len(optimizer.param_groups),
    "running": model.blocks.block0.norm.running_var.mean().item(),
}
print(json.dumps(RESULT))
