"""A ViT: patches by unfold and by convolution, class token, drop path, MultiheadAttention, label smoothing, EMA copy."""

import copy
import json
from functools import partial

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import einsum


def pair(t):
    return t if isinstance(t, tuple) else (t, t)


def drop_path(x, drop_prob: float = 0.0, training: bool = False):
    if drop_prob == 0.0 or not training:
        return x
    keep_prob = 1 - drop_prob
    shape = (x.shape[0],) + (1,) * (x.ndim - 1)
    random_tensor = keep_prob + torch.rand(shape, dtype=x.dtype, device=x.device)
    random_tensor.floor_()
    return x.div(keep_prob) * random_tensor


class DropPath(nn.Module):
    def __init__(self, p=None):
        super().__init__()
        self.p = p

    def forward(self, x):
        return drop_path(x, self.p, self.training)


class PatchEmbed(nn.Module):
    def __init__(self, img_size=8, patch_size=2, in_chans=3, dim=16):
        super().__init__()
        img_size, patch_size = pair(img_size), pair(patch_size)
        self.num_patches = (img_size[1] // patch_size[1]) * (img_size[0] // patch_size[0])
        self.patch_size = patch_size
        self.proj = nn.Conv2d(in_chans, dim, kernel_size=patch_size, stride=patch_size)

    def forward(self, x):
        y = self.proj(x).flatten(2).transpose(1, 2)
        p = self.patch_size[0]
        cols = F.unfold(x, kernel_size=p, stride=p).transpose(1, 2)
        z = F.linear(cols, self.proj.weight.flatten(1), self.proj.bias)
        assert torch.allclose(y, z, atol=1e-5)
        w = x.unfold(2, p, p).unfold(3, p, p).permute(0, 2, 3, 1, 4, 5).reshape(x.size(0), -1, 3 * p * p)
        assert torch.equal(w, cols)
        return y


class Attention(nn.Module):
    def __init__(self, dim, num_heads=4, qkv_bias=False):
        super().__init__()
        self.num_heads = num_heads
        self.scale = (dim // num_heads) ** -0.5
        self.qkv = nn.Linear(dim, dim * 3, bias=qkv_bias)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x):
        B, N, C = x.shape
        qkv = self.qkv(x).reshape(B, N, 3, self.num_heads, C // self.num_heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        attn = (q @ k.transpose(-2, -1)) * self.scale
        attn = attn.softmax(dim=-1)
        out = einsum("b h i j, b h j d -> b h i d", attn, v)
        ref = F.scaled_dot_product_attention(q, k, v)
        assert torch.allclose(out, ref, atol=1e-5)
        return self.proj(out.transpose(1, 2).reshape(B, N, C)), attn


class Block(nn.Module):
    def __init__(self, dim, heads, mlp_ratio=2.0, dp=0.0, act_layer=nn.GELU, norm_layer=nn.LayerNorm, init_values=1e-1):
        super().__init__()
        self.norm1 = norm_layer(dim)
        self.attn = Attention(dim, heads, qkv_bias=True)
        self.drop_path = DropPath(dp) if dp > 0.0 else nn.Identity()
        self.norm2 = norm_layer(dim)
        hidden = int(dim * mlp_ratio)
        self.mlp = nn.Sequential(nn.Linear(dim, hidden), act_layer(), nn.Dropout(0.0), nn.Linear(hidden, dim))
        self.gamma_1 = nn.Parameter(init_values * torch.ones((dim)), requires_grad=True)

    def forward(self, x, return_attention=False):
        y, attn = self.attn(self.norm1(x))
        if return_attention:
            return attn
        x = x + self.drop_path(self.gamma_1 * y)
        return x + self.drop_path(self.mlp(self.norm2(x)))


class ViT(nn.Module):
    def __init__(self, depth=2, dim=16, heads=4, num_classes=5, drop_path_rate=0.0):
        super().__init__()
        norm_layer = partial(nn.LayerNorm, eps=1e-6)
        self.patch_embed = PatchEmbed(dim=dim)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, dim))
        self.pos_embed = nn.Parameter(torch.zeros(1, self.patch_embed.num_patches + 1, dim))
        dpr = [x.item() for x in torch.linspace(0, drop_path_rate, depth)]
        self.blocks = nn.ModuleList([Block(dim, heads, dp=dpr[i], norm_layer=norm_layer) for i in range(depth)])
        self.norm = norm_layer(dim)
        self.head = nn.Linear(dim, num_classes) if num_classes > 0 else nn.Identity()
        nn.init.trunc_normal_(self.pos_embed, std=0.02)
        nn.init.trunc_normal_(self.cls_token, std=0.02)
        self.apply(self._init_weights)

    def _init_weights(self, m):
        if isinstance(m, nn.Linear):
            nn.init.trunc_normal_(m.weight, std=0.02)
            if isinstance(m, nn.Linear) and m.bias is not None:
                nn.init.constant_(m.bias, 0)
        elif isinstance(m, nn.LayerNorm):
            nn.init.constant_(m.bias, 0)
            nn.init.constant_(m.weight, 1.0)

    def interpolate_pos_encoding(self, n):
        pos = self.pos_embed[:, 1:]
        s = int(pos.shape[1] ** 0.5)
        pos = F.interpolate(pos.reshape(1, s, s, -1).permute(0, 3, 1, 2), size=(n, n), mode="bicubic", align_corners=False)
        return torch.cat((self.pos_embed[:, :1], pos.permute(0, 2, 3, 1).flatten(1, 2)), dim=1)

    def forward(self, x):
        B = x.shape[0]
        x = self.patch_embed(x)
        cls_tokens = self.cls_token.expand(B, -1, -1)
        x = torch.cat((cls_tokens, x), dim=1)
        n = int((x.shape[1] - 1) ** 0.5)
        x = x + (self.pos_embed if x.shape[1] == self.pos_embed.shape[1] else self.interpolate_pos_encoding(n))
        for blk in self.blocks:
            x = blk(x)
        return self.head(self.norm(x)[:, 0])


rng = np.random.default_rng(0)
model = ViT()
print(model.blocks[0])
with torch.no_grad():
    for name, p in sorted(model.named_parameters()):
        p.copy_(torch.tensor(rng.standard_normal(tuple(p.shape)) * 0.1))
ema = copy.deepcopy(model)
for p in ema.parameters():
    p.requires_grad_(False)
decay, no_decay = [], []
for name, p in model.named_parameters():
    (no_decay if p.ndim <= 1 or name.endswith(".bias") or "token" in name else decay).append(p)
opt = torch.optim.AdamW([{"params": no_decay, "weight_decay": 0.0}, {"params": decay, "weight_decay": 0.05}], lr=2e-3)
sched = torch.optim.lr_scheduler.CosineAnnealingLR(opt, T_max=8, eta_min=1e-5)
x = torch.from_numpy(rng.standard_normal((12, 3, 8, 8))).float()
y = torch.arange(12) % 5
criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
for step in range(8):
    lam = 0.3
    perm = torch.from_numpy(rng.permutation(12))
    out = model(lam * x + (1 - lam) * x[perm])
    loss = lam * criterion(out, y) + (1 - lam) * criterion(out, y[perm])
    opt.zero_grad(set_to_none=True)
    loss.backward()
    gn = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    opt.step()
    sched.step()
    with torch.no_grad():
        for pe, p in zip(ema.state_dict().values(), model.state_dict().values()):
            pe.copy_(pe * 0.9 + p * 0.1)
with torch.no_grad():
    big = model(F.interpolate(x, scale_factor=1.5, mode="bilinear", align_corners=False))
    att = model.blocks[-1](torch.cat((model.cls_token.expand(2, -1, -1), model.patch_embed(x[:2])), 1), return_attention=True)
print(f"{sum(p.numel() for p in model.parameters() if p.requires_grad):,} parameters")
print(
    json.dumps(
        {
            "loss": loss.item(),
            "gn": gn.item(),
            "ema": sum(p.abs().sum() for p in ema.parameters()).item(),
            "big": big.norm().item(),
            "att": att[:, :, 0, 1:].std().item(),
            "lr": sched.get_last_lr()[0],
            "params": sum(map(torch.numel, model.parameters())),
        }
    )
)
