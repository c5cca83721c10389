"""Deep sets: sum, mean and max pooling of padded sets, permutation invariance, PReLU and ModuleDict."""

import json

import numpy as np
import torch
from torch import Tensor, nn

rng = np.random.default_rng(33)


class DeepSet(nn.Module):
    def __init__(self, dim: int, pools=("sum", "mean", "max")) -> None:
        super().__init__()
        self.phi = nn.Sequential(nn.Linear(1, dim), nn.PReLU(), nn.Linear(dim, dim), nn.ELU())
        self.heads = nn.ModuleDict({pool: nn.Linear(dim, 1, bias=False) for pool in pools})
        self.bias = nn.Parameter(torch.empty(1))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.zeros_(self.bias)
        for name, param in self.named_parameters():
            if "weight" in name and param.ndim == 2:
                fan_in, _ = nn.init._calculate_fan_in_and_fan_out(param)
                param.data = torch.from_numpy(rng.uniform(-1, 1, param.shape) / fan_in**0.5).to(torch.float32)
            elif name.endswith("bias") and param is not self.bias:
                param.data.zero_()

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        h = self.phi(x.unsqueeze(-1))
        weight = mask.unsqueeze(-1).to(h.dtype)
        pooled = {
            "sum": (h * weight).sum(1) / 8,
            "mean": (h * weight).sum(1) / weight.sum(1).clamp(min=1),
            "max": h.masked_fill(~mask.unsqueeze(-1), float("-inf")).amax(dim=1),
        }
        return sum(head(pooled[name]) for name, head in self.heads.items()).squeeze(-1) + self.bias


def make(n):
    sizes = torch.from_numpy(rng.integers(1, 9, n))
    x = torch.from_numpy(rng.uniform(-1, 1, (n, 8))).float()
    mask = torch.arange(8).expand(n, 8) < sizes.unsqueeze(1)
    x = torch.where(mask, x, torch.zeros(()))
    target = x.sum(1) * 0.5 + x.masked_fill(~mask, -1).max(dim=1)[0]
    return x, mask, target


model = DeepSet(12)
print(model)
optimizer = torch.optim.NAdam(model.parameters(), lr=1e-2)
loss_fn = nn.HuberLoss(delta=0.3)
for step in range(60):
    x, mask, target = make(32)
    loss = loss_fn(model(x, mask), target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
x, mask, target = make(16)
permutation = torch.randperm(8)
with torch.no_grad():
    same = torch.allclose(model(x, mask), model(x[:, permutation], mask[:, permutation]), atol=1e-5)
    error = (model(x, mask) - target).abs().median().item()
RESULT = {"loss": loss.item(), "error": error, "invariant": int(same), "slope": model.phi[1].weight.item()}
print(json.dumps(RESULT))
