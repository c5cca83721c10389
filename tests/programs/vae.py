"""A variational autoencoder on striped 6x6 images: reparameterization, KL in closed form and from distributions."""

import json

import numpy as np
import torch
from torch import nn, optim
from torch.distributions import Normal, kl_divergence
from torch.nn import functional as F

rng = np.random.RandomState(0)
stripes = np.zeros((40, 36), dtype="float32")
for i in range(40):
    image = np.zeros((6, 6))
    if i % 2:
        image[i % 6] = 1
    else:
        image[:, i % 6] = 1
    stripes[i] = image.ravel()
data = torch.from_numpy(stripes)


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(36, 24)
        self.fc21, self.fc22 = nn.Linear(24, 3), nn.Linear(24, 3)
        self.fc3 = nn.Linear(3, 24)
        self.fc4 = nn.Linear(24, 36)

    def encode(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc21(h1), self.fc22(h1)

    def reparameterize(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        eps = torch.from_numpy(rng.randn(*mu.shape)).to(std)
        return mu + eps * std

    def decode(self, z):
        return torch.sigmoid(self.fc4(F.softplus(self.fc3(z))))

    def forward(self, x):
        mu, logvar = self.encode(x.view(-1, 36))
        return self.decode(self.reparameterize(mu, logvar)), mu, logvar


model = VAE()
with torch.no_grad():
    for p in model.parameters():
        p.copy_(torch.tensor(rng.randn(*p.shape) * 0.2))
optimizer = optim.Adam(model.parameters(), lr=5e-3)


def loss_function(recon_x, x, mu, logvar):
    bce = F.binary_cross_entropy(recon_x, x.view(-1, 36), reduction="sum")
    kld = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return bce + kld


for epoch in range(40):
    train_loss = 0
    for batch in torch.chunk(data, 4):
        optimizer.zero_grad()
        recon, mu, logvar = model(batch)
        loss = loss_function(recon, batch, mu, logvar)
        loss.backward()
        train_loss += loss.item()
        optimizer.step()
with torch.no_grad():
    mu, logvar = model.encode(data)
    kl = kl_divergence(Normal(mu, (0.5 * logvar).exp()), Normal(torch.zeros_like(mu), torch.ones_like(mu))).sum()
    by_hand = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    assert torch.allclose(kl, by_hand, rtol=1e-4)
    sample = model.decode(torch.randn(2, 3))
assert sample.shape == (2, 36)
assert bool(((sample > 0) & (sample < 1)).all())
RESULT = {"loss": train_loss / len(data), "kl": kl.item(), "recon": F.mse_loss(model.decode(mu), data).item()}
print(json.dumps(RESULT))
