"""Wasserstein GAN with gradient penalty: the penalty is a gradient inside the loss (create_graph)."""

import json

import numpy as np
import torch
import torch.nn as nn
from torch import autograd

rng = np.random.default_rng(120)
LAMBDA, CRITIC_ITERS, BATCH = 10, 3, 24


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(2, 16), nn.ReLU(True), nn.Linear(16, 2))

    def forward(self, noise):
        return self.main(noise)


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.main = nn.Sequential(nn.Linear(2, 16), nn.Softplus(), nn.Linear(16, 16), nn.Softplus(), nn.Linear(16, 1))

    def forward(self, x):
        return self.main(x).view(-1)


def init(module):
    if type(module) == nn.Linear:
        module.weight.data = torch.tensor(rng.normal(0, 0.4, tuple(module.weight.shape)), dtype=torch.float)
        module.bias.data.fill_(0.0)


def tensor(a):
    return torch.from_numpy(np.asarray(a, dtype=np.float32))


def gradient_penalty(critic, real, fake):
    alpha = tensor(rng.uniform(size=(BATCH, 1))).expand(real.size())
    mixed = (alpha * real + (1 - alpha) * fake).detach()
    mixed = autograd.Variable(mixed, requires_grad=True)
    scores = critic(mixed)
    gradients = autograd.grad(
        outputs=scores,
        inputs=mixed,
        grad_outputs=torch.ones(scores.size()),
        create_graph=True,
        retain_graph=True,
        only_inputs=True,
    )[0]
    return ((gradients.norm(2, dim=1) - 1) ** 2).mean() * LAMBDA


netG, netD = Generator(), Critic()
netG.apply(init)
netD.apply(init)
optimizerD = torch.optim.Adam(netD.parameters(), lr=2e-3, betas=(0.5, 0.9))
optimizerG = torch.optim.Adam(netG.parameters(), lr=2e-3, betas=(0.5, 0.9))
one = torch.tensor(1, dtype=torch.float)
mone = one * -1
for iteration in range(20):
    for p in netD.parameters():
        p.requires_grad = True
    for _ in range(CRITIC_ITERS):
        angle = rng.uniform(0, 2 * np.pi, BATCH)
        real = tensor(np.stack([np.cos(angle), np.sin(angle)], 1))
        netD.zero_grad()
        D_real = netD(real).mean()
        D_real.backward(mone)
        with torch.no_grad():
            noise = tensor(rng.normal(size=(BATCH, 2)))
        fake = netG(noise).detach()
        D_fake = netD(fake).mean()
        D_fake.backward(one)
        penalty = gradient_penalty(netD, real, fake)
        penalty.backward()
        wasserstein = D_real - D_fake
        optimizerD.step()
    for p in netD.parameters():
        p.requires_grad = False
    netG.zero_grad()
    G = netD(netG(tensor(rng.normal(size=(BATCH, 2))))).mean()
    G.backward(mone)
    assert all(p.grad is not None for p in netG.parameters())
    optimizerG.step()
RESULT = {
    "penalty": penalty.item(),
    "wasserstein": wasserstein.item(),
    "G": G.item(),
    "weights": torch.cat([p.data.flatten() for p in netG.parameters()]).norm().item(),
}
print(json.dumps(RESULT))
