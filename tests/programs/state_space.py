"""Sequence models without attention: a diagonal state-space scan, gated linear recurrence, causal dilated convolutions, token mixing."""

import json
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils import weight_norm

torch.manual_seed(1)


class RMSNorm(nn.Module):
    def __init__(self, dim, eps=1e-6):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def forward(self, x):
        return (x.float() * torch.rsqrt(x.float().pow(2).mean(-1, keepdim=True) + self.eps)).type_as(x) * self.weight


class SelectiveSSM(nn.Module):
    def __init__(self, d, n=4, rank=2):
        super().__init__()
        self.in_proj = nn.Linear(d, 2 * d, bias=False)
        self.conv = nn.Conv1d(d, d, 3, groups=d, padding=2)
        self.x_proj = nn.Linear(d, rank + 2 * n, bias=False)
        self.dt_proj = nn.Linear(rank, d)
        A = torch.arange(1, n + 1, dtype=torch.float32).repeat(d, 1)
        self.A_log = nn.Parameter(torch.log(A))
        self.A_log._no_weight_decay = True
        self.D = nn.Parameter(torch.ones(d))
        self.out_proj = nn.Linear(d, d, bias=False)
        self.rank, self.n = rank, n
        dt = torch.exp(torch.linspace(0, 1, d) * (math.log(0.1) - math.log(0.001)) + math.log(0.001)).clamp(min=1e-4)
        with torch.no_grad():
            self.dt_proj.bias.copy_(dt + torch.log(-torch.expm1(-dt)))

    def forward(self, x):
        b, l, d = x.shape
        x, z = self.in_proj(x).chunk(2, dim=-1)
        x = self.conv(x.transpose(1, 2))[:, :, :l].transpose(1, 2)
        x = F.silu(x)
        delta, B, C = self.x_proj(x).split([self.rank, self.n, self.n], dim=-1)
        delta = F.softplus(self.dt_proj(delta))
        A = -torch.exp(self.A_log.float())
        dA = torch.exp(torch.einsum("bld,dn->bldn", delta, A))
        dB = torch.einsum("bld,bln,bld->bldn", delta, B, x)
        h, ys = x.new_zeros(b, d, self.n), []
        for i in range(l):
            h = dA[:, i] * h + dB[:, i]
            ys.append(torch.einsum("bdn,bn->bd", h, C[:, i]))
        y = torch.stack(ys, dim=1) + x * self.D
        # the same by cumulative sums in log space, as parallel scans do it
        s = torch.cumsum(torch.log(dA), dim=1)
        alt = torch.exp(s) * torch.cumsum(dB * torch.exp(-s), dim=1)
        assert torch.allclose(alt[:, -1], h, atol=1e-4)
        return self.out_proj(y * F.silu(z))


class CausalConv(nn.Module):
    def __init__(self, c, k, dilation):
        super().__init__()
        self.pad = (k - 1) * dilation
        self.conv = weight_norm(nn.Conv1d(c, 2 * c, k, dilation=dilation))
        self.res = nn.Conv1d(c, c, 1)

    def forward(self, x):
        y = self.conv(F.pad(x, (self.pad, 0)))
        a, b = torch.split(y, x.size(1), dim=1)
        y = torch.tanh(a) * torch.sigmoid(b)
        assert torch.allclose(
            F.glu(y.new_tensor([[1.0, 2.0]]), dim=1), torch.tensor([[1.0]]) * torch.sigmoid(torch.tensor(2.0))
        )
        return x + self.res(y), y


class RotaryLinearAttention(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.h = heads
        self.qkv = nn.Linear(d, 3 * d)
        inv = 1.0 / (10000 ** (torch.arange(0, d // heads, 2).float() / (d // heads)))
        self.register_buffer("inv_freq", inv, persistent=False)
        slopes = torch.tensor([2 ** (-8 * (i + 1) / heads) for i in range(heads)])
        self.register_buffer("slopes", slopes.view(-1, 1, 1), persistent=False)

    def rotate(self, x):
        t = torch.arange(x.size(-2), device=x.device).type_as(self.inv_freq)
        freqs = torch.outer(t, self.inv_freq)
        cos, sin = (torch.cat((f, f), dim=-1) for f in (freqs.cos(), freqs.sin()))
        x1, x2 = x[..., : x.shape[-1] // 2], x[..., x.shape[-1] // 2 :]
        return x * cos + torch.cat((-x2, x1), dim=-1) * sin

    def forward(self, x):
        B, L, D = x.size()
        q, k, v = map(lambda t: t.view(B, L, self.h, -1).transpose(1, 2), self.qkv(x).chunk(3, -1))
        pos = torch.arange(L)
        alibi = (pos[None, :] - pos[:, None]).tril() * self.slopes
        mask = torch.ones(L, L, dtype=torch.bool).tril()
        y = F.scaled_dot_product_attention(self.rotate(q), self.rotate(k), v, attn_mask=alibi.masked_fill(~mask, float("-inf")))
        fq, fk = F.elu(q) + 1, F.elu(k) + 1
        kv = torch.cumsum(fk.unsqueeze(-1) * v.unsqueeze(-2), dim=2)
        lin = torch.einsum("bhld,bhlde->bhle", fq, kv) / (torch.einsum("bhld,bhld->bhl", fq, fk.cumsum(2)).unsqueeze(-1) + 1e-6)
        return (y + lin).transpose(1, 2).contiguous().view(B, L, D)


class Model(nn.Module):
    def __init__(self, vocab=10, d=12):
        super().__init__()
        self.emb = nn.Embedding(vocab, d)
        self.norms = nn.ModuleList(RMSNorm(d) for _ in range(3))
        self.ssm, self.attn = SelectiveSSM(d), RotaryLinearAttention(d, 2)
        self.convs = nn.ModuleList([CausalConv(d, 2, 2**i) for i in range(3)])
        self.mu = nn.ParameterDict({k: nn.Parameter(torch.full((1, 1, d), 0.5)) for k in "kvr"})
        self.head = nn.Linear(d, vocab, bias=False)
        self.head.weight = self.emb.weight

    def channel_mix(self, x):
        shifted = F.pad(x, (0, 0, 1, -1))
        k, v, r = (x * self.mu[n] + shifted * (1 - self.mu[n]) for n in "kvr")
        return torch.sigmoid(r) * torch.square(torch.relu(k)) * v

    def forward(self, idx, targets=None):
        x = self.emb(idx)
        x = x + self.ssm(self.norms[0](x))
        x = x + self.attn(self.norms[1](x))
        y, skips = x.transpose(1, 2), 0
        for conv in self.convs:
            y, s = conv(y)
            skips = skips + s
        x = x + self.norms[2](skips.mT) + self.channel_mix(x)
        logits = self.head(x)
        loss = None if targets is None else F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1)
        return logits, loss


rng = np.random.default_rng(2)
model = Model()
for n, p in model.named_parameters():
    if p.dim() >= 2 and "A_log" not in n and "mu" not in n:
        p.data = torch.tensor(rng.normal(0, 0.2, tuple(p.shape)), dtype=p.dtype)
    elif n.endswith("bias") and "dt_proj" not in n:
        torch.nn.init.zeros_(p)
groups = [
    {
        "params": [p for n, p in model.named_parameters() if p.dim() >= 2 and not getattr(p, "_no_weight_decay", False)],
        "weight_decay": 0.1,
    },
    {
        "params": [p for n, p in model.named_parameters() if p.dim() < 2 or getattr(p, "_no_weight_decay", False)],
        "weight_decay": 0.0,
    },
]
opt = torch.optim.AdamW(groups, lr=1e-2, betas=(0.9, 0.95), fused=False)
seq = torch.from_numpy((np.arange(200) * 3 % 10 + (np.arange(200) // 7) % 2).clip(0, 9).astype(np.int64))
ix = torch.from_numpy(rng.integers(0, 180, (15, 4)))
for it in range(15):
    xb = torch.stack([seq[i : i + 12] for i in ix[it]])
    yb = torch.stack([seq[i + 1 : i + 13] for i in ix[it]])
    yb = yb.masked_fill(yb == 9, -1)
    logits, loss = model(xb, yb)
    opt.zero_grad(set_to_none=True)
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    opt.step()
past, full = model(xb[:, :6])[0], model(xb)[0]
print([n for n, _ in model.named_parameters()][:6])
print(
    json.dumps(
        {
            "loss": loss.item(),
            "norm": norm.item(),
            "causal": float(torch.allclose(past, full[:, :6], atol=1e-4)),
            "perplexity": math.exp(loss.item()),
            "g": model.convs[0].conv.weight_g.norm().item(),
            "D": model.ssm.D.sum().item(),
            "state": len(model.state_dict()),
            "mu": sum(v.mean().item() for v in model.mu.values()),
        }
    )
)
