"""A language model in the newer manner: rotary positions, RMS norm, gated feed-forward, grouped keys, tied weights, top-k."""

import inspect
import json
import math
from dataclasses import dataclass
from typing import Optional, Tuple

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


@dataclass
class ModelArgs:
    dim: int = 16
    n_layers: int = 2
    n_heads: int = 4
    n_kv_heads: Optional[int] = 2
    vocab_size: int = 24
    max_seq_len: int = 12
    norm_eps: float = 1e-5


class RMSNorm(torch.nn.Module):
    def __init__(self, dim: int, eps: float):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))

    def _norm(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)

    def forward(self, x):
        return self._norm(x.float() if x.dtype == torch.float16 else x).type_as(x) * self.weight


def rotary(dim: int, end: int, theta: float = 100.0) -> Tuple[torch.Tensor, torch.Tensor]:
    freqs = 1.0 / (theta ** (torch.arange(0, dim, 2)[: (dim // 2)].double() / dim))
    angles = torch.outer(torch.arange(end).double(), freqs)
    return torch.cos(angles), torch.sin(angles)


def rotate(x, cos, sin):
    even, odd = x.reshape(x.shape[:-1] + (-1, 2)).unbind(-1)
    cos, sin = cos.view(1, x.shape[1], 1, -1), sin.view(1, x.shape[1], 1, -1)
    return torch.stack([even * cos - odd * sin, even * sin + odd * cos], dim=-1).flatten(3)


def repeat_kv(x: torch.Tensor, n_rep: int) -> torch.Tensor:
    bs, slen, n_kv_heads, head_dim = x.shape
    if n_rep == 1:
        return x
    return x[:, :, :, None, :].expand(bs, slen, n_kv_heads, n_rep, head_dim).reshape(bs, slen, n_kv_heads * n_rep, head_dim)


class Attention(nn.Module):
    def __init__(self, args: ModelArgs):
        super().__init__()
        self.n_kv = args.n_heads if args.n_kv_heads is None else args.n_kv_heads
        self.n_heads, self.head_dim = args.n_heads, args.dim // args.n_heads
        self.wq = nn.Linear(args.dim, args.n_heads * self.head_dim, bias=False)
        self.wk = nn.Linear(args.dim, self.n_kv * self.head_dim, bias=False)
        self.wv = nn.Linear(args.dim, self.n_kv * self.head_dim, bias=False)
        self.wo = nn.Linear(args.n_heads * self.head_dim, args.dim, bias=False)
        self.register_buffer(
            "mask",
            torch.triu(torch.full((1, 1, args.max_seq_len, args.max_seq_len), float("-inf")), diagonal=1),
            persistent=False,
        )

    def forward(self, x, cos, sin, flash):
        b, s, _ = x.shape
        q, k, v = (
            self.wq(x).view(b, s, -1, self.head_dim),
            self.wk(x).view(b, s, -1, self.head_dim),
            self.wv(x).view(b, s, -1, self.head_dim),
        )
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        k, v = repeat_kv(k, self.n_heads // self.n_kv), repeat_kv(v, self.n_heads // self.n_kv)
        q, k, v = (t.transpose(1, 2) for t in (q, k, v))
        if flash:
            out = F.scaled_dot_product_attention(q, k, v, attn_mask=None, dropout_p=0.0, is_causal=True)
        else:
            scores = torch.matmul(q, k.transpose(2, 3)) / math.sqrt(self.head_dim)
            out = torch.matmul(F.softmax(scores + self.mask[:, :, :s, :s], dim=-1), v)
        return self.wo(out.transpose(1, 2).contiguous().view(b, s, -1))


class Block(nn.Module):
    def __init__(self, args: ModelArgs):
        super().__init__()
        self.attention, hidden = Attention(args), int(2 * 4 * args.dim / 3)
        self.w1, self.w2, self.w3 = (
            nn.Linear(args.dim, hidden, bias=False),
            nn.Linear(hidden, args.dim, bias=False),
            nn.Linear(args.dim, hidden, bias=False),
        )
        self.attention_norm, self.ffn_norm = RMSNorm(args.dim, args.norm_eps), RMSNorm(args.dim, args.norm_eps)

    def forward(self, x, cos, sin, flash):
        h = x + self.attention(self.attention_norm(x), cos, sin, flash)
        return h + self.w2(F.silu(self.w1(self.ffn_norm(h))) * self.w3(self.ffn_norm(h)))


class Transformer(nn.Module):
    last_loss: Optional[torch.Tensor]

    def __init__(self, params: ModelArgs):
        super().__init__()
        self.params = params
        self.tok_embeddings = nn.Embedding(params.vocab_size, params.dim)
        self.layers = torch.nn.ModuleList()
        for _ in range(params.n_layers):
            self.layers.append(Block(params))
        self.norm = RMSNorm(params.dim, params.norm_eps)
        self.output = nn.Linear(params.dim, params.vocab_size, bias=False)
        self.tok_embeddings.weight = self.output.weight
        cos, sin = rotary(params.dim // params.n_heads, params.max_seq_len)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def forward(self, tokens, targets=None, flash=True):
        h = self.tok_embeddings(tokens)
        for layer in self.layers:
            h = layer(h, self.cos[: tokens.shape[1]], self.sin[: tokens.shape[1]], flash)
        h = self.norm(h)
        if targets is None:
            self.last_loss = None
            return self.output(h[:, [-1], :])
        logits = self.output(h)
        self.last_loss = F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1)
        return logits

    def configure_optimizers(self, weight_decay, learning_rate, betas):
        param_dict = {pn: p for pn, p in self.named_parameters() if p.requires_grad}
        groups = [
            {"params": [p for p in param_dict.values() if p.dim() >= 2], "weight_decay": weight_decay},
            {"params": [p for p in param_dict.values() if p.dim() < 2], "weight_decay": 0.0},
        ]
        fused = "fused" in inspect.signature(torch.optim.AdamW).parameters and torch.cuda.is_available()
        return torch.optim.AdamW(groups, lr=learning_rate, betas=betas, **(dict(fused=True) if fused else dict()))

    @torch.inference_mode()
    def generate(self, idx, max_new_tokens, top_k=None):
        for _ in range(max_new_tokens):
            logits = self(idx if idx.size(1) <= self.params.max_seq_len else idx[:, -self.params.max_seq_len :])[:, -1, :]
            if top_k is not None:
                v, _ = torch.topk(logits, min(top_k, logits.size(-1)))
                logits[logits < v[:, [-1]]] = -float("Inf")
            assert int(torch.isfinite(logits).sum()) == min(top_k or 24, 24)
            idx = torch.cat((idx, torch.argmax(F.softmax(logits, dim=-1), dim=-1, keepdim=True)), dim=1)
        return idx


model = Transformer(ModelArgs())
rng = np.random.default_rng(0)
for pn, p in model.named_parameters():
    if p.dim() > 1:
        p.data = torch.tensor(rng.normal(0, 0.2 / math.sqrt(2 * 2) if pn.endswith("wo.weight") else 0.2, p.shape))
assert model.tok_embeddings.weight is model.output.weight
model.tok_embeddings.weight = model.output.weight
optimizer = model.configure_optimizers(0.1, 5e-3, (0.9, 0.95))
stream = torch.from_numpy((np.arange(400) ** 2 // 3) % 24)
for step in range(30):
    starts = [(step * 31 + 53 * k) % 380 for k in range(4)]
    x, y = torch.stack([stream[i : i + 12] for i in starts]), torch.stack([stream[i + 1 : i + 13] for i in starts])
    model(x, y)
    optimizer.zero_grad(set_to_none=True)
    model.last_loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
final = model.last_loss.item()
slow, fast = model(x, y, flash=False), model(x, y, flash=True)
assert torch.allclose(slow, fast, atol=1e-6)
generated = model.generate(stream[:5][None], 6, top_k=4)
RESULT = {
    "loss": final,
    "token": generated[0, -1].item(),
    "length": generated.shape[1],
    "params": sum(p.numel() for p in model.parameters()),
    "keys": len(model.state_dict()),
}
print(json.dumps(RESULT))
