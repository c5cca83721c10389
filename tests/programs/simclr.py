"""Contrastive learning: two views by affine grids and crops, projection head, NT-Xent, momentum queue, kNN and linear probe."""

import json
import math
import random

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import ConcatDataset, DataLoader, Dataset, Subset, random_split

random.seed(0)
np.random.seed(0)
torch.manual_seed(0)


class TwoCrops:
    def __init__(self, rng):
        self.rng = rng

    def view(self, img):
        angle = self.rng.uniform(-0.3, 0.3)
        theta = torch.tensor([[math.cos(angle), -math.sin(angle), 0.1], [math.sin(angle), math.cos(angle), -0.1]])[None]
        grid = F.affine_grid(theta, (1, *img.shape), align_corners=False)
        out = F.grid_sample(img[None], grid, mode="bilinear", padding_mode="border", align_corners=False)[0]
        if self.rng.rand() < 0.5:
            out = torch.flip(out, dims=[-1])
        top = self.rng.randint(0, 3)
        out = F.interpolate(out[None, :, top : top + 6, top : top + 6], size=(8, 8), mode="bicubic", align_corners=True)[0]
        noise = torch.from_numpy(self.rng.normal(0, 0.05, out.shape)).type_as(out)
        return torch.clamp(out + noise, 0.0, 1.0).sub_(0.5).div_(0.5)

    def __call__(self, img):
        return self.view(img), self.view(img)


class Blobs(Dataset):
    def __init__(self, n, transform=None, seed=0):
        g = np.random.RandomState(seed)
        yy, xx = np.mgrid[0:8, 0:8]
        self.targets = g.randint(0, 3, n)
        centre = np.array([[2, 2], [5, 5], [2, 5]])[self.targets] + g.normal(0, 0.4, (n, 2))
        d = (yy - centre[:, 0, None, None]) ** 2 + (xx - centre[:, 1, None, None]) ** 2
        self.data = np.exp(-d / 4).astype(np.float32)[:, None]
        self.transform = transform

    def __getitem__(self, i):
        x = torch.from_numpy(self.data[i])
        return (self.transform(x) if self.transform is not None else x), int(self.targets[i])

    def __len__(self):
        return len(self.data)


class Encoder(nn.Module):
    def __init__(self, dim=8):
        super().__init__()
        self.f = nn.Sequential(
            nn.Conv2d(1, 8, 3, stride=1, padding=1, bias=False),
            nn.BatchNorm2d(8),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1, padding_mode="reflect", bias=False),
            nn.GroupNorm(4, 16),
            nn.PReLU(16),
            nn.AdaptiveAvgPool2d((1, 1)),
        )
        self.g = nn.Sequential(
            nn.Linear(16, 16, bias=False), nn.BatchNorm1d(16), nn.ReLU(inplace=True), nn.Linear(16, dim, bias=True)
        )

    def forward(self, x):
        feature = torch.flatten(self.f(x), start_dim=1)
        return F.normalize(feature, dim=-1), F.normalize(self.g(feature), dim=-1)


def nt_xent(out_1, out_2, temperature):
    batch_size = out_1.size(0)
    out = torch.cat([out_1, out_2], dim=0)
    sim_matrix = torch.exp(torch.mm(out, out.t().contiguous()) / temperature)
    mask = (torch.ones_like(sim_matrix) - torch.eye(2 * batch_size, device=sim_matrix.device)).bool()
    sim_matrix = sim_matrix.masked_select(mask).view(2 * batch_size, -1)
    pos_sim = torch.exp(torch.sum(out_1 * out_2, dim=-1) / temperature)
    pos_sim = torch.cat([pos_sim, pos_sim], dim=0)
    return (-torch.log(pos_sim / sim_matrix.sum(dim=-1))).mean()


def info_nce(features, temperature=0.07):
    labels = torch.cat([torch.arange(features.shape[0] // 2) for _ in range(2)], dim=0)
    labels = (labels.unsqueeze(0) == labels.unsqueeze(1)).float()
    similarity = torch.matmul(features, features.T)
    mask = torch.eye(labels.shape[0], dtype=torch.bool)
    labels = labels[~mask].view(labels.shape[0], -1)
    similarity = similarity[~mask].view(similarity.shape[0], -1)
    positives = similarity[labels.bool()].view(labels.shape[0], -1)
    negatives = similarity[~labels.bool()].view(similarity.shape[0], -1)
    logits = torch.cat([positives, negatives], dim=1) / temperature
    return F.cross_entropy(logits, torch.zeros(logits.shape[0], dtype=torch.long))


def barlow(z1, z2, lam=5e-3):
    z1, z2 = ((z - z.mean(0)) / z.std(0) for z in (z1, z2))
    c = (z1.T @ z2).div_(z1.size(0))
    on = torch.diagonal(c).add_(-1).pow_(2).sum()
    n = c.shape[0]
    off = c.flatten()[:-1].view(n - 1, n + 1)[:, 1:].flatten().pow_(2).sum()
    return on + lam * off


def vicreg(x, y):
    cov = lambda z: (z - z.mean(dim=0)).T @ (z - z.mean(dim=0)) / (len(z) - 1)
    std = sum(torch.mean(F.relu(1 - torch.sqrt(z.var(dim=0) + 1e-4))) / 2 for z in (x, y))
    return (
        25 * F.mse_loss(x, y)
        + 25 * std
        + sum((cov(z) - torch.diag_embed(torch.diagonal(cov(z)))).pow(2).sum() / z.size(1) for z in (x, y))
    )


train = Blobs(48, TwoCrops(np.random.RandomState(7)))
first, second = random_split(train, [40, 8], generator=torch.Generator().manual_seed(42))
both = ConcatDataset([Subset(train, range(40)), Subset(train, list(range(40, 48)))])
loader = DataLoader(both, batch_size=16, shuffle=False, drop_last=True)
model = Encoder()
g = np.random.RandomState(11)
for m in model.modules():
    if isinstance(m, (nn.Conv2d, nn.Linear)):
        m.weight.data = torch.FloatTensor(g.normal(0, (2.0 / np.prod(m.weight.shape[1:])) ** 0.5, m.weight.shape))
        if m.bias is not None:
            nn.init.zeros_(m.bias)
momentum_model = Encoder()
momentum_model.load_state_dict(model.state_dict())
for p in momentum_model.parameters():
    p.requires_grad = False
queue, ptr = F.normalize(torch.from_numpy(g.randn(8, 32)).float(), dim=0), 0
opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4, nesterov=True)
sched = torch.optim.lr_scheduler.SequentialLR(
    opt,
    [torch.optim.lr_scheduler.LinearLR(opt, 0.1, total_iters=3), torch.optim.lr_scheduler.CosineAnnealingLR(opt, 9)],
    milestones=[3],
)
logs = []
for epoch in range(3):
    for (a, b), _ in loader:
        z1, z2 = model(a)[1], model(b)[1]
        with torch.no_grad():
            for q, k in zip(model.parameters(), momentum_model.parameters()):
                k.data = k.data * 0.99 + q.data * (1.0 - 0.99)
            key = momentum_model(b)[1]
        l_pos = torch.einsum("nc,nc->n", [z1, key]).unsqueeze(-1)
        l_neg = torch.einsum("nc,ck->nk", [z1, queue.clone().detach()])
        moco = F.cross_entropy(torch.cat([l_pos, l_neg], dim=1) / 0.2, torch.zeros(len(a), dtype=torch.long))
        losses = nt_xent(z1, z2, 0.5), info_nce(torch.cat([z1, z2])), barlow(z1, z2), vicreg(z1, z2), moco
        loss = sum(w * l for w, l in zip((1, 0.1, 0.1, 0.01, 0.5), losses))
        opt.zero_grad()
        loss.backward()
        opt.step()
        sched.step()
        queue[:, ptr : ptr + 16] = key.T
        ptr = (ptr + 16) % 32
        logs.append([l.item() for l in losses])
model.eval()
plain = Blobs(30, seed=3)
with torch.no_grad():
    bank = model(torch.stack([plain[i][0] for i in range(len(plain))]))[0].t().contiguous()
    labels = torch.tensor(plain.targets)
    sim = torch.mm(bank.t(), bank).fill_diagonal_(-1)
    weight, index = sim.topk(k=5, dim=-1)
    votes = torch.gather(labels.expand(30, -1), dim=-1, index=index)
    one_hot = torch.zeros(30 * 5, 3).scatter(dim=-1, index=votes.view(-1, 1), value=1.0)
    scores = torch.sum(one_hot.view(30, -1, 3) * (weight / 0.5).exp().unsqueeze(-1), dim=1)
    acc = (scores.argsort(dim=-1, descending=True)[:, :1] == labels.unsqueeze(-1)).any(dim=-1).float().mean().item()
RESULT = dict(zip(("nt_xent", "info", "barlow", "vicreg", "moco"), logs[-1]))
RESULT.update(
    acc=acc, queue=queue.std().item(), lr=opt.param_groups[0]["lr"], split=len(first) + len(second), scores=scores.mean().item()
)
print(json.dumps(RESULT))
