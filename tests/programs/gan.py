"""A generative adversarial network on a one-dimensional mixture, two optimizers, detach in the critic's step."""

import json

import numpy as np
import torch
import torch.nn as nn

torch.manual_seed(0)
rng = np.random.default_rng(7)
latent, batch = 4, 32


def real_batch():
    centre = rng.choice([-1.0, 1.0], size=(batch, 1))
    return torch.tensor(centre + 0.2 * rng.standard_normal((batch, 1)), dtype=torch.float32)


def noise():
    return torch.as_tensor(rng.standard_normal((batch, latent))).float()


def weights_init(m):
    classname = m.__class__.__name__
    if classname.find("Linear") != -1:
        m.weight.data.copy_(torch.from_numpy(rng.normal(0.0, 0.3, m.weight.shape)))
        nn.init.constant_(m.bias.data, 0)


generator = nn.Sequential(nn.Linear(latent, 16), nn.BatchNorm1d(16), nn.ReLU(inplace=True), nn.Linear(16, 1))
discriminator = nn.Sequential(nn.Linear(1, 16), nn.LeakyReLU(0.2, inplace=True), nn.Linear(16, 1), nn.Sigmoid())
generator.apply(weights_init)
discriminator.apply(weights_init)
criterion = nn.BCELoss()
opt_g = torch.optim.Adam(generator.parameters(), lr=2e-3, betas=(0.5, 0.999), eps=1e-5)
opt_d = torch.optim.Adam(discriminator.parameters(), lr=2e-3, betas=(0.5, 0.999), eps=1e-5)
real_label, fake_label = 1.0, 0.0
for step in range(50):
    discriminator.zero_grad()
    real = real_batch()
    label = torch.full((batch,), real_label, dtype=torch.float)
    output = discriminator(real).view(-1)
    err_real = criterion(output, label)
    err_real.backward()
    fake = generator(noise())
    label.fill_(fake_label)
    err_fake = criterion(discriminator(fake.detach()).view(-1), label)
    err_fake.backward()
    opt_d.step()
    loss_d = err_real + err_fake

    generator.zero_grad()
    label.fill_(real_label)
    loss_g = criterion(discriminator(fake).view(-1), label)
    loss_g.backward()
    opt_g.step()
    if step % 20 == 0:
        print("[%d] D %.4f G %.4f D(x) %.3f" % (step, loss_d.item(), loss_g.item(), output.mean().item()))
generator.eval()
with torch.no_grad():
    samples = generator(noise())
RESULT = {"d": loss_d.item(), "g": loss_g.item(), "mean": samples.mean().item(), "std": samples.std().item()}
print(json.dumps(RESULT))
