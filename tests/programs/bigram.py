"""A bigram language model of names: first by counting, then the same as a one-layer network."""

import json

import torch
import torch.nn.functional as F

words = "anna ben carla dora emil fritz gina hans ida jonas karla lena mona nora otto paul rosa sven tina ute".split()
chars = sorted(set("".join(words)))
stoi = {s: i + 1 for i, s in enumerate(chars)}
stoi["."] = 0
itos = {i: s for s, i in stoi.items()}
V = len(stoi)

N = torch.zeros((V, V), dtype=torch.int32)
for w in words:
    chs = ["."] + list(w) + ["."]
    for ch1, ch2 in zip(chs, chs[1:]):
        N[stoi[ch1], stoi[ch2]] += 1
P = (N + 1).float()
P /= P.sum(1, keepdim=True)

log_likelihood, n = 0.0, 0
for w in words:
    chs = ["."] + list(w) + ["."]
    for ch1, ch2 in zip(chs, chs[1:]):
        log_likelihood += torch.log(P[stoi[ch1], stoi[ch2]])
        n += 1
print(f"{log_likelihood=}, nll={-log_likelihood / n:.4f}")

g = torch.Generator().manual_seed(2147483647)
out, ix = [], 0
for _ in range(30):
    ix = torch.multinomial(P[ix], num_samples=1, replacement=True, generator=g).item()
    out.append(itos[ix])
    if ix == 0:
        break
assert all(c in stoi for c in out)

xs, ys = [], []
for w in words:
    chs = ["."] + list(w) + ["."]
    for ch1, ch2 in zip(chs, chs[1:]):
        xs.append(stoi[ch1])
        ys.append(stoi[ch2])
xs, ys = torch.tensor(xs), torch.tensor(ys)
num = xs.nelement()
W = (torch.arange(V * V).view(V, V).float().sin() * 0.5).requires_grad_()
for k in range(60):
    xenc = F.one_hot(xs, num_classes=V).float()
    logits = xenc @ W
    counts = logits.exp()
    probs = counts / counts.sum(1, keepdims=True)
    loss = -probs[torch.arange(num), ys].log().mean() + 0.01 * (W**2).mean()
    W.grad = None
    loss.backward()
    W.data += -20 * W.grad
assert torch.allclose(F.cross_entropy(xenc @ W, ys), F.nll_loss(torch.log_softmax(W[xs], 1), ys), atol=1e-5)
RESULT = {"counted": -log_likelihood.item() / n, "trained": loss.item(), "n": n, "W": W.detach().norm().item()}
print(json.dumps(RESULT))
