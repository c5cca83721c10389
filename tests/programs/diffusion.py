"""A denoising diffusion model on points: noise schedule, time embedding, ancestral sampling with given noise."""

import json
import math

import numpy as np
import torch
from torch import nn

rng = np.random.default_rng(8)


def cosine_beta_schedule(timesteps, s=0.008):
    x = torch.linspace(0, timesteps, timesteps + 1, dtype=torch.float64)
    alphas_cumprod = torch.cos(((x / timesteps) + s) / (1 + s) * math.pi * 0.5) ** 2
    alphas_cumprod = alphas_cumprod / alphas_cumprod[0]
    return torch.clip(1 - (alphas_cumprod[1:] / alphas_cumprod[:-1]), 0, 0.999)


def extract(a, t, x_shape):
    b, *_ = t.shape
    return a.gather(-1, t).reshape(b, *((1,) * (len(x_shape) - 1)))


class SinusoidalPosEmb(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        half_dim = self.dim // 2
        emb = torch.exp(torch.arange(half_dim, device=x.device) * -(math.log(10000) / (half_dim - 1)))
        emb = x[:, None] * emb[None, :]
        return torch.cat((emb.sin(), emb.cos()), dim=-1)


class Denoiser(nn.Module):
    def __init__(self, width=24):
        super().__init__()
        self.time_mlp = nn.Sequential(SinusoidalPosEmb(8), nn.Linear(8, width), nn.GELU(), nn.Linear(width, 2 * width))
        self.inp, self.mid, self.out = nn.Linear(2, width), nn.Linear(width, width), nn.Linear(width, 2)
        self.norm = nn.LayerNorm(width)

    def forward(self, x, t):
        scale, shift = self.time_mlp(t).chunk(2, dim=1)
        h = nn.functional.silu(self.norm(self.inp(x)) * (scale + 1) + shift)
        return self.out(nn.functional.silu(self.mid(h)) + h)


T = 20
betas = cosine_beta_schedule(T).float()
alphas = 1.0 - betas
alphas_cumprod = torch.cumprod(alphas, dim=0)
alphas_cumprod_prev = nn.functional.pad(alphas_cumprod[:-1], (1, 0), value=1.0)
posterior_variance = betas * (1.0 - alphas_cumprod_prev) / (1.0 - alphas_cumprod)


def normal(*shape):
    return torch.from_numpy(rng.standard_normal(shape).astype(np.float32))


model = Denoiser()
for p in model.parameters():
    if p.ndim > 1:
        p.data = normal(*p.shape) / math.sqrt(p.shape[1])
    elif "norm" not in str(p.shape) and p.shape[0] != 24:
        p.data.zero_()
for m in model.modules():
    if isinstance(m, nn.Linear):
        nn.init.zeros_(m.bias)
optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3, eps=1e-6)
angle = torch.linspace(0, 2 * math.pi, 65)[:-1]
data = torch.stack([angle.cos(), angle.sin()], dim=1)
for step in range(60):
    t = torch.from_numpy(rng.integers(0, T, (64,))).long()
    noise = normal(64, 2)
    noisy = extract(alphas_cumprod.sqrt(), t, data.shape) * data + extract((1 - alphas_cumprod).sqrt(), t, data.shape) * noise
    loss = nn.functional.mse_loss(noise, model(noisy, t), reduction="none").mean(dim=list(range(1, noise.ndim))).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


@torch.no_grad()
def sample(x):
    for i in reversed(range(T)):
        t = torch.full((x.shape[0],), i, dtype=torch.long)
        mean = extract((1 / alphas).sqrt(), t, x.shape) * (
            x - extract(betas / (1 - alphas_cumprod).sqrt(), t, x.shape) * model(x, t)
        )
        x = (
            mean
            if i == 0
            else mean + extract(posterior_variance.clamp(min=1e-20).log().mul(0.5).exp(), t, x.shape) * normal(*x.shape)
        )
    return x.clamp_(-2.0, 2.0)


out = sample(normal(32, 2))
RESULT = {
    "loss": loss.item(),
    "radius": out.norm(dim=-1).mean().item(),
    "schedule": alphas_cumprod.sum().item(),
    "variance": posterior_variance.sum().item(),
}
print(json.dumps(RESULT))
