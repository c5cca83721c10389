"""Lottery tickets: prune by magnitude, structure and globally, rewind, retrain; an EMA that looks at dtypes, in the YOLO way."""

import json
import math
from copy import deepcopy

import numpy as np
import torch
import torch.nn.utils.prune as prune
from torch import nn
from torch.nn import functional as F


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3)
        self.bn = nn.BatchNorm2d(4)
        self.fc1 = nn.Linear(4 * 3 * 3, 16)
        self.fc2 = nn.Linear(16, 3)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn(self.conv1(x))), 2)
        x = x.view(-1, int(x.nelement() / x.shape[0]))
        return self.fc2(F.relu(self.fc1(x)))


class ModelEMA:
    def __init__(self, model, decay=0.99, tau=20, updates=0):
        self.ema = deepcopy(model).eval()
        self.updates = updates
        self.decay = lambda x: decay * (1 - math.exp(-x / tau))
        for p in self.ema.parameters():
            p.requires_grad_(False)

    def update(self, model):
        self.updates += 1
        d = self.decay(self.updates)
        msd = model.state_dict()
        for k, v in self.ema.state_dict().items():
            if v.dtype.is_floating_point:
                v *= d
                v += (1 - d) * msd[k].detach()


class FooBarPruningMethod(prune.BasePruningMethod):
    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t, default_mask):
        mask = default_mask.clone()
        mask.view(-1)[::2] = 0
        return mask


def foobar_unstructured(module, name):
    FooBarPruningMethod.apply(module, name)
    return module


rng = np.random.default_rng(0)
x = torch.from_numpy(rng.normal(size=(48, 1, 8, 8))).float()
y = torch.from_numpy(np.argmax(x.numpy().reshape(48, -1) @ rng.normal(size=(64, 3)), 1))
model = LeNet()
for p in model.parameters():
    if p.dim() > 1:
        p.data = torch.from_numpy(rng.normal(0, 0.3, tuple(p.shape))).float()
    else:
        p.data = torch.full_like(p, 0.1)
initial = deepcopy(model.state_dict())


def train(steps, averaged=False):
    ema = ModelEMA(model) if averaged else None
    opt = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1, momentum=0.9)
    for _ in range(steps):
        loss = F.cross_entropy(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        if ema:
            ema.update(model)
    return loss.item(), ema


first, ema = train(10, averaged=True)
prune.l1_unstructured(model.fc1, name="weight", amount=0.3)
prune.ln_structured(model.fc1, name="weight", amount=0.25, n=2, dim=0)
prune.ln_structured(model.conv1, name="weight", amount=1, n=float("inf"), dim=0)
foobar_unstructured(model.fc2, name="bias")
print(
    dict(model.named_buffers()).keys(),
    model.fc1._forward_pre_hooks.__len__() if hasattr(model.fc1, "_forward_pre_hooks") else 1,
)
left = float((model.fc1.weight != 0).sum())
rewound = {k.replace("_orig", ""): k for k, _ in model.named_parameters()}
with torch.no_grad():
    for plain, current in rewound.items():
        model.get_parameter(current).copy_(initial[plain])
second, _ = train(10)
pairs = ((model.fc1, "weight"), (model.fc2, "weight"))
prune.global_unstructured(pairs, pruning_method=prune.L1Unstructured, amount=0.4)
third, _ = train(5)
sparsity = 100.0 * float(sum(torch.sum(m.weight == 0) for m, _ in pairs)) / float(sum(m.weight.nelement() for m, _ in pairs))
grad = model.fc1.weight_orig.grad.abs().sum().item()
was = prune.is_pruned(model)
state = model.state_dict()
for module, name in [(model.fc1, "weight"), (model.fc2, "weight"), (model.conv1, "weight"), (model.fc2, "bias")]:
    prune.remove(module, name)
try:
    prune.remove(model.fc1, "weight")
except ValueError:
    again = 1.0
try:
    prune.l1_unstructured(model.fc1, "weight", amount=1.5)
except ValueError:
    again += 1.0
final = F.cross_entropy(model(x), y).item()
print(sorted(state.keys()))
print(
    json.dumps(
        {
            "first": first,
            "left": left,
            "second": second,
            "third": third,
            "sparsity": sparsity,
            "grad": grad,
            "was": float(was),
            "now": float(prune.is_pruned(model)),
            "final": final,
            "again": again,
            "keys": len(state),
            "names": len(list(model.parameters())),
            "ema": sum(v.float().abs().sum().item() for v in ema.ema.state_dict().values()),
            "zeros": float((model.fc2.bias == 0).sum()),
        }
    )
)
