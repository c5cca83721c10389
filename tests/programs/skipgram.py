"""Word2Vec: skip-gram with negative sampling from the unigram distribution."""

import json
import random
from collections import Counter

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

random.seed(8)
CONTEXT_SIZE, EMBEDDING_DIM, NEGATIVES = 2, 8, 4
corpus = (
    "warp and weft meet on the loom . the weaver throws the shuttle . the shuttle carries weft through warp . "
    "tensor and gradient meet on the tape . the engine walks the tape backward . the engine carries gradient through tensor"
).split()
vocab = sorted(set(corpus))
word_to_ix = {w: i for i, w in enumerate(vocab)}
counts = Counter(corpus)
frequency = torch.tensor([counts[w] for w in vocab], dtype=torch.float).pow(0.75)
frequency = frequency / frequency.sum()

pairs = []
for i, centre in enumerate(corpus):
    for j in range(max(0, i - CONTEXT_SIZE), min(len(corpus), i + CONTEXT_SIZE + 1)):
        if j != i:
            pairs.append((word_to_ix[centre], word_to_ix[corpus[j]]))


class SkipGram(nn.Module):
    def __init__(self, size, dim):
        super().__init__()
        self.u_embeddings = nn.Embedding(size, dim)
        self.v_embeddings = nn.Embedding(size, dim)
        initrange = 0.5 / dim
        values = np.random.RandomState(1).uniform(-initrange, initrange, (size, dim))
        self.u_embeddings.weight.data.copy_(torch.from_numpy(values))
        self.v_embeddings.weight.data.fill_(0.01)

    def forward(self, u, v, negative):
        emb_u, emb_v = self.u_embeddings(u), self.v_embeddings(v)
        score = torch.sum(torch.mul(emb_u, emb_v), dim=1)
        emb_neg = self.v_embeddings(negative)
        neg_score = torch.bmm(emb_neg, emb_u.unsqueeze(2)).squeeze()
        return -(F.logsigmoid(score) + F.logsigmoid(-neg_score).sum(1)).mean()


model = SkipGram(len(vocab), EMBEDDING_DIM)
optimizer = optim.SGD(model.parameters(), lr=0.5)
print(torch.multinomial(frequency, 5, replacement=True).shape)
for epoch in range(15):
    total_loss = torch.Tensor([0])
    random.shuffle(pairs)
    for start in range(0, len(pairs) - 15, 16):
        chunk = pairs[start : start + 16]
        u = torch.LongTensor([p[0] for p in chunk])
        v = torch.LongTensor([p[1] for p in chunk])
        negative = torch.LongTensor([random.choices(range(len(vocab)), weights=frequency.tolist(), k=NEGATIVES) for _ in chunk])
        model.zero_grad()
        loss = model(u, v, negative)
        loss.backward()
        optimizer.step()
        total_loss += loss.data
    if epoch % 5 == 0:
        print(epoch, total_loss)
W = F.normalize(model.u_embeddings.weight.detach(), dim=1)
similarity = W @ W.t()
similarity -= 2 * torch.eye(len(vocab))
nearest = {w: vocab[similarity[i].topk(1).indices.item()] for i, w in enumerate(vocab)}
print(nearest["warp"], nearest["tensor"])
RESULT = {
    "loss": total_loss.item(),
    "spread": similarity.std().item(),
    "first": W[0, 0].item(),
    "cos": F.cosine_similarity(W[0], W[1], dim=0).item(),
}
print(json.dumps(RESULT))
