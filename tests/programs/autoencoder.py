"""A convolutional denoising autoencoder with transposed convolutions, pixel shuffle and a one-cycle schedule."""

import json

import numpy as np
import torch
import torch.nn as nn

rng = np.random.default_rng(60)
grid = np.linspace(-1, 1, 8)
xx, yy = np.meshgrid(grid, grid)
images = np.stack([np.exp(-((xx - cx) ** 2 + (yy - cy) ** 2) / 0.2) for cx, cy in rng.uniform(-0.7, 0.7, (48, 2))])
clean = torch.tensor(images[:, None], dtype=torch.float32)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(1, 6, 3, stride=2, padding=1),
            nn.ReLU(True),
            nn.Conv2d(6, 8, 3, stride=2, padding=1),
            nn.ReLU(True),
            nn.Flatten(),
            nn.Linear(32, 4),
        )

    def forward(self, x):
        return self.net(x)


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 32)
        self.unflatten = nn.Unflatten(1, (8, 2, 2))
        self.up1 = nn.ConvTranspose2d(8, 6, 4, stride=2, padding=1)
        self.up2 = nn.Conv2d(6, 4, 3, padding=1)
        self.shuffle = nn.PixelShuffle(2)

    def forward(self, z):
        h = torch.relu(self.unflatten(self.linear(z)))
        h = torch.relu(self.up1(h))
        return self.shuffle(self.up2(h)).sigmoid()


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = Encoder(), Decoder()

    def forward(self, x):
        return self.decoder(self.encoder(x))


model = Autoencoder()
for m in model.modules():
    if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
        m.weight.data = torch.from_numpy(rng.normal(0, 0.25, m.weight.shape)).float()
        m.bias.data = torch.zeros_like(m.bias)
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1e-2, total_steps=60)
criterion = nn.MSELoss()
for step in range(60):
    noisy = (clean + torch.from_numpy(rng.normal(0, 0.2, clean.shape)).float()).clamp(0.0, 1.0)
    optimizer.zero_grad(set_to_none=True)
    loss = criterion(model(noisy), clean)
    loss.backward()
    optimizer.step()
    scheduler.step()
with torch.no_grad():
    codes = model.encoder(clean)
    psnr = 10 * torch.log10(1 / criterion(model(clean), clean))
RESULT = {
    "loss": loss.item(),
    "codes": codes.std(dim=0).mean().item(),
    "psnr": psnr.item(),
    "lr": optimizer.param_groups[0]["lr"],
}
print(json.dumps(RESULT))
