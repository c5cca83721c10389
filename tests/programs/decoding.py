"""Generation: causal transformer decoder with memory, beam search, nucleus and top-k filters, repetition penalty, kv cache."""

import json
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
V, D, H, PAD, BOS, EOS = 11, 16, 2, 0, 1, 2


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, dropout=0.0, max_len=50):
        super().__init__()
        self.dropout = nn.Dropout(p=dropout)
        pe = torch.zeros(max_len, d_model)
        position = torch.arange(0, max_len, dtype=torch.float).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2).float() * (-math.log(10000.0) / d_model))
        pe[:, 0::2] = torch.sin(position * div_term)
        pe[:, 1::2] = torch.cos(position * div_term)
        pe = pe.unsqueeze(0)
        self.register_buffer("pe", pe)

    def forward(self, x):
        x = x + torch.autograd.Variable(self.pe[:, : x.size(1)], requires_grad=False)
        return self.dropout(x)


class Translator(nn.Module):
    def __init__(self):
        super().__init__()
        self.src = nn.Embedding(V, D, padding_idx=PAD)
        self.tgt = nn.Embedding(V, D, padding_idx=PAD)
        self.pos = PositionalEncoding(D)
        self.transformer = nn.Transformer(D, H, 2, 2, dim_feedforward=32, dropout=0.0, batch_first=True, norm_first=True)
        self.generator = nn.Linear(D, V, bias=False)
        self.generator.weight = self.tgt.weight

    def forward(self, src, tgt):
        tgt_mask = nn.Transformer.generate_square_subsequent_mask(tgt.size(1))
        pad = src == PAD
        out = self.transformer(
            self.pos(self.src(src) * math.sqrt(D)),
            self.pos(self.tgt(tgt) * math.sqrt(D)),
            tgt_mask=tgt_mask,
            src_key_padding_mask=pad,
            memory_key_padding_mask=pad.clone(),
            tgt_key_padding_mask=tgt == PAD,
            tgt_is_causal=True,
        )
        return self.generator(out)

    def encode(self, src):
        return self.transformer.encoder(self.pos(self.src(src) * math.sqrt(D)), src_key_padding_mask=src == PAD)

    def decode(self, tgt, memory):
        n = tgt.size(1)
        mask = torch.triu(torch.full((n, n), float("-inf")), diagonal=1)
        return self.generator(self.transformer.decoder(self.pos(self.tgt(tgt) * math.sqrt(D)), memory, tgt_mask=mask))


g = np.random.default_rng(5)
model = Translator()
for p in model.parameters():
    if p.dim() > 1:
        nn.init.xavier_uniform_(p)
    p.data = torch.from_numpy(g.normal(0, 0.15, p.shape).astype(np.float32))
src = torch.from_numpy(g.integers(3, V, (16, 6)))
src[:, 4:][torch.arange(16) % 3 == 0] = PAD
tgt = torch.cat([torch.full((16, 1), BOS), src.flip(1).masked_fill(src.flip(1) == PAD, 3), torch.full((16, 1), EOS)], dim=1)
opt = torch.optim.Adam(model.parameters(), lr=0.0, betas=(0.9, 0.98), eps=1e-9)
rate = lambda step: D ** (-0.5) * min(step ** (-0.5), step * 20 ** (-1.5))
crit = nn.KLDivLoss(reduction="sum")
for step in range(1, 25):
    for group in opt.param_groups:
        group["lr"] = rate(step) * 0.3
    logits = model(src, tgt[:, :-1])
    gold = tgt[:, 1:].contiguous().view(-1)
    logp = F.log_softmax(logits.view(-1, V), dim=-1)
    true = logp.data.clone().fill_(0.1 / (V - 2)).scatter_(1, gold.data.unsqueeze(1), 0.9)
    true[:, PAD] = 0
    mask = torch.nonzero(gold.data == PAD)
    if mask.dim() > 0 and len(mask):
        true.index_fill_(0, mask.squeeze(), 0.0)
    loss = crit(logp, true) / (gold != PAD).sum()
    opt.zero_grad()
    loss.backward()
    opt.step()
model.eval()


@torch.inference_mode()
def beam_search(src, width=3, steps=6, alpha=0.6):
    memory = model.encode(src).repeat_interleave(width, dim=0)
    B = src.size(0)
    seqs = torch.full((B * width, 1), BOS, dtype=torch.long)
    scores = torch.zeros(B, width).fill_(-1e9)
    scores[:, 0] = 0.0
    done = torch.zeros(B * width, dtype=torch.bool)
    for _ in range(steps):
        logp = F.log_softmax(model.decode(seqs, memory)[:, -1], dim=-1)
        logp[done] = float("-inf")
        logp[done, EOS] = 0.0
        total = scores.view(-1, 1) + logp
        scores, index = total.view(B, -1).topk(width, dim=1)
        beam = torch.div(index, V, rounding_mode="floor") + torch.arange(B)[:, None] * width
        token = index % V
        seqs = torch.cat([seqs[beam.view(-1)], token.view(-1, 1)], dim=-1)
        done = done[beam.view(-1)] | token.view(-1).eq(EOS)
        if done.all():
            break
    lengths = (seqs.view(B, width, -1) != EOS).sum(-1)
    penalty = ((5 + lengths.float()) / 6) ** alpha
    best = (scores / penalty).argmax(dim=1)
    return seqs.view(B, width, -1)[torch.arange(B), best], scores.max(1).values


def top_k_top_p_filtering(logits, top_k=0, top_p=0.0, filter_value=-float("Inf")):
    top_k = min(top_k, logits.size(-1))
    if top_k > 0:
        indices_to_remove = logits < torch.topk(logits, top_k)[0][..., -1, None]
        logits[indices_to_remove] = filter_value
    if top_p > 0.0:
        sorted_logits, sorted_indices = torch.sort(logits, descending=True)
        cumulative = torch.cumsum(F.softmax(sorted_logits, dim=-1), dim=-1)
        remove = cumulative > top_p
        remove[..., 1:] = remove[..., :-1].clone()
        remove[..., 0] = 0
        indices_to_remove = remove.scatter(1, sorted_indices, remove)
        logits = logits.masked_fill(indices_to_remove, filter_value)
    return logits


best, score = beam_search(src[:4])
with torch.no_grad():
    logits = model(src, tgt[:, :-1])[:, -1]
    seen = tgt[:, :5]
    picked = logits.gather(1, seen)
    picked = torch.where(picked < 0, picked * 1.3, picked / 1.3)
    penalised = logits.scatter(1, seen, picked)
    k = top_k_top_p_filtering(logits.clone(), top_k=4)
    p = top_k_top_p_filtering(logits.clone() / 0.7, top_p=0.8)
    draw = torch.multinomial(F.softmax(p, -1), num_samples=1)
ok = torch.isfinite(p.gather(1, draw)).all()
print(best)
print(
    json.dumps(
        {
            "loss": loss.item(),
            "score": score.sum().item(),
            "beam": best.float().mean().item(),
            "k": torch.isfinite(k).sum().item(),
            "p": torch.isinf(p).sum().item(),
            "ok": float(ok),
            "penalised": penalised.abs().sum().item(),
            "pad": model.src.weight.grad[PAD].abs().sum().item(),
            "tied": float(model.generator.weight is model.tgt.weight),
        }
    )
)
