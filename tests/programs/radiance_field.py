"""Volume rendering along rays: positional encoding, cumulative transmittance, importance sampling by inverse transform."""

import json
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

rng = np.random.default_rng(6)


def positional_encoding(x, num_freqs=3):
    freqs = 2.0 ** torch.arange(num_freqs).to(x)
    xb = (x[..., None, :] * freqs[:, None]).reshape(*x.shape[:-1], -1)
    return torch.cat([x, torch.sin(xb), torch.cos(xb)], dim=-1)


class Field(nn.Module):
    def __init__(self, width=24):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(14, width), nn.Linear(width, width), nn.Linear(width + 14, width)])
        self.sigma, self.color = nn.Linear(width, 1), nn.Linear(width, 1)
        for p in self.parameters():
            p.data = torch.from_numpy(rng.normal(0, (2 / p.shape[-1]) ** 0.5 if p.dim() > 1 else 0.0, tuple(p.shape))).float()

    def forward(self, x):
        skip = h = positional_encoding(x)
        for i, layer in enumerate(self.layers):
            h = F.relu(layer(h if i != 2 else torch.cat([h, skip], -1)))
        return F.softplus(self.sigma(h).squeeze(-1)), torch.sigmoid(self.color(h)).squeeze(-1)


def composite(sigma, color, t):
    deltas = t[..., 1:] - t[..., :-1]
    deltas = torch.cat([deltas, torch.tensor([1e1]).expand(deltas[..., :1].shape)], -1)
    alpha = 1.0 - torch.exp(-sigma * deltas)
    transmittance = torch.cumprod(torch.cat([torch.ones_like(alpha[..., :1]), 1.0 - alpha + 1e-10], -1), -1)[..., :-1]
    weights = alpha * transmittance
    return (weights * color).sum(-1), weights, (weights * t).sum(-1)


def sample_pdf(bins, weights, u):
    pdf = (weights + 1e-5) / (weights + 1e-5).sum(-1, keepdim=True)
    cdf = torch.cumsum(pdf, -1)
    cdf = torch.cat([torch.zeros_like(cdf[..., :1]), cdf], -1)
    inds = torch.searchsorted(cdf, u.contiguous(), right=True)
    below, above = torch.clamp(inds - 1, min=0), torch.clamp(inds, max=cdf.shape[-1] - 1)
    inds_g = torch.stack([below, above], -1)
    matched = [inds_g.shape[0], inds_g.shape[1], cdf.shape[-1]]
    cdf_g = torch.gather(cdf.unsqueeze(1).expand(matched), 2, inds_g)
    bins_g = torch.gather(bins.unsqueeze(1).expand(matched), 2, inds_g)
    denom = cdf_g[..., 1] - cdf_g[..., 0]
    denom = torch.where(denom < 1e-5, torch.ones_like(denom), denom)
    return bins_g[..., 0] + (u - cdf_g[..., 0]) / denom * (bins_g[..., 1] - bins_g[..., 0])


angles = torch.linspace(-0.5, 0.5, 12)
directions = torch.stack([torch.sin(angles), torch.cos(angles)], -1)
origin = torch.tensor([0.0, -2.0])
target = (angles.abs() < 0.25).float() * 0.8
model = Field()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3, eps=1e-6)
for step in range(30):
    t = torch.linspace(1.0, 3.0, 9).expand(12, 9)
    mids = 0.5 * (t[:, 1:] + t[:, :-1])
    points = origin + directions[:, None, :] * mids[..., None]
    coarse, weights, _ = composite(*model(points), mids)
    u = torch.from_numpy(rng.uniform(0, 1, (12, 8)).astype(np.float32))
    extra = sample_pdf(t, weights.detach(), u).detach()
    all_t, _ = torch.sort(torch.cat([mids, extra], -1), -1)
    fine, _, depth = composite(*model(origin + directions[:, None] * all_t[..., None]), all_t)
    loss = F.mse_loss(coarse, target) + F.mse_loss(fine, target)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
psnr = -10.0 * torch.log(F.mse_loss(fine, target)) / math.log(10.0)
grid_x, grid_y = torch.meshgrid(torch.linspace(-1, 1, 5), torch.linspace(-1, 1, 4), indexing="xy")
density = model(torch.stack([grid_x, grid_y], -1))[0]
assert density.shape == (4, 5)
RESULT = {"loss": loss.item(), "psnr": psnr.item(), "depth": depth.mean().item(), "density": density.mean().item()}
print(json.dumps(RESULT))
