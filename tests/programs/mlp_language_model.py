"""A character MLP with embeddings, batch normalization written out, and manual statistics."""

import json
import random

import torch
import torch.nn.functional as F

random.seed(42)
words = [
    "".join(random.choice(["ka", "lo", "mi", "ne", "ru", "sa", "to"]) for _ in range(random.randint(1, 4))) for _ in range(120)
]
chars = sorted(list(set("".join(words))))
stoi = {s: i + 1 for i, s in enumerate(chars)}
stoi["."] = 0
vocab_size = len(stoi)
block_size = 3


def build_dataset(words):
    X, Y = [], []
    for w in words:
        context = [0] * block_size
        for ch in w + ".":
            ix = stoi[ch]
            X.append(context)
            Y.append(ix)
            context = context[1:] + [ix]
    return torch.tensor(X), torch.tensor(Y)


random.shuffle(words)
n1, n2 = int(0.8 * len(words)), int(0.9 * len(words))
Xtr, Ytr = build_dataset(words[:n1])
Xdev, Ydev = build_dataset(words[n1:n2])

n_embd, n_hidden = 6, 32


def made(*size, scale=1.0):
    n = 1
    for s in size:
        n *= s
    return (torch.sin(torch.arange(n, dtype=torch.float32) * 12.9898) * scale).view(*size)


C = made(vocab_size, n_embd)
W1 = made(n_embd * block_size, n_hidden, scale=(5 / 3) / ((n_embd * block_size) ** 0.5))
W2 = made(n_hidden, vocab_size, scale=0.01)
b2 = torch.zeros(vocab_size)
bngain = torch.ones((1, n_hidden))
bnbias = torch.zeros((1, n_hidden))
bnmean_running = torch.zeros((1, n_hidden))
bnstd_running = torch.ones((1, n_hidden))
parameters = [C, W1, W2, b2, bngain, bnbias]
print(sum(p.nelement() for p in parameters))
for p in parameters:
    p.requires_grad = True

lossi = []
for i in range(150):
    ix = torch.tensor([random.randrange(Xtr.shape[0]) for _ in range(32)])
    Xb, Yb = Xtr[ix], Ytr[ix]
    emb = C[Xb]
    embcat = emb.view(emb.shape[0], -1)
    hpreact = embcat @ W1
    bnmeani = hpreact.mean(0, keepdim=True)
    bnstdi = hpreact.std(0, keepdim=True)
    hpreact = bngain * (hpreact - bnmeani) / bnstdi + bnbias
    with torch.no_grad():
        bnmean_running = 0.99 * bnmean_running + 0.01 * bnmeani
        bnstd_running = 0.99 * bnstd_running + 0.01 * bnstdi
    h = torch.tanh(hpreact)
    logits = h @ W2 + b2
    loss = F.cross_entropy(logits, Yb)
    for p in parameters:
        p.grad = None
    loss.backward()
    lr = 0.1 if i < 100 else 0.01
    for p in parameters:
        p.data += -lr * p.grad
    lossi.append(loss.log10().item())


@torch.no_grad()
def split_loss(split):
    x, y = {"train": (Xtr, Ytr), "val": (Xdev, Ydev)}[split]
    embcat = C[x].view(x.shape[0], -1)
    hpreact = bngain * (embcat @ W1 - bnmean_running) / bnstd_running + bnbias
    return F.cross_entropy(torch.tanh(hpreact) @ W2 + b2, y).item()


RESULT = {"train": split_loss("train"), "val": split_loss("val"), "log": torch.tensor(lossi).view(-1, 50).mean(1).tolist()[-1]}
print(json.dumps(RESULT))
