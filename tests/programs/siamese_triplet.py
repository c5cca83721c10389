"""A Siamese embedding trained with the triplet loss, then with the contrastive and cosine losses."""

import json

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

rng = np.random.default_rng(50)
centres = rng.normal(0, 1, (4, 6))


def draw(label):
    return torch.tensor(centres[label] + rng.normal(0, 0.4, 6), dtype=torch.float32)


class Embedder(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 3))
        for p in self.fc.parameters():
            p.data = torch.from_numpy(rng.normal(0, 0.4, tuple(p.shape))).type(torch.float32)

    def forward(self, x):
        return F.normalize(self.fc(x), p=2, dim=-1)


net = Embedder()
optimizer = torch.optim.Adagrad(net.parameters(), lr=0.05)
triplet = nn.TripletMarginLoss(margin=0.5)
for step in range(60):
    labels = rng.integers(0, 4, 16)
    others = (labels + rng.integers(1, 4, 16)) % 4
    anchor = torch.stack([draw(i) for i in labels])
    positive = torch.stack([draw(i) for i in labels])
    negative = torch.stack([draw(i) for i in others])
    loss = triplet(net(anchor), net(positive), net(negative))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def contrastive(a, b, same, margin=1.0):
    distance = F.pairwise_distance(a, b, keepdim=True)
    return torch.mean(same * distance.pow(2) + (1 - same) * torch.clamp(margin - distance, min=0.0).pow(2))


same = torch.tensor(rng.integers(0, 2, (16, 1)), dtype=torch.float32)
partner = torch.where(same.bool(), positive, negative)
contrast = contrastive(net(anchor), net(partner), same)
cosine = F.cosine_embedding_loss(net(anchor), net(partner), same.squeeze(1) * 2 - 1, margin=0.2)
(contrast + cosine).backward()
with torch.no_grad():
    points = torch.stack([draw(i % 4) for i in range(24)])
    labels = torch.arange(24) % 4
    distances = torch.cdist(net(points), net(points))
    distances[torch.eye(24, dtype=torch.bool)] = float("inf")
    nearest = distances.argmin(dim=1)
    recall = (labels[nearest] == labels).double().mean().item()
RESULT = {
    "triplet": loss.item(),
    "contrastive": contrast.item(),
    "cosine": cosine.item(),
    "recall": recall,
    "grad": net.fc[0].weight.grad.norm().item(),
}
print(json.dumps(RESULT))
