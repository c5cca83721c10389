"""A small residual network with group norm, squeeze-and-excitation, mixup and cut-out on computed textures."""

import json
import math

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

rng = np.random.default_rng(160)


def conv3x3(n_in, n_out, stride=1):
    return nn.Conv2d(n_in, n_out, kernel_size=3, stride=stride, padding=1, bias=False)


class SqueezeExcite(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.fc = nn.Sequential(
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 2), nn.ReLU(), nn.Linear(2, channels), nn.Hardsigmoid()
        )

    def forward(self, x):
        return x * self.fc(x)[:, :, None, None]


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, n_in, n_out, stride=1):
        super().__init__()
        self.conv1, self.norm1 = conv3x3(n_in, n_out, stride), nn.GroupNorm(2, n_out)
        self.conv2, self.norm2 = conv3x3(n_out, n_out), nn.BatchNorm2d(n_out)
        self.attention = SqueezeExcite(n_out)
        self.shortcut = nn.Identity()
        if stride != 1 or n_in != n_out:
            self.shortcut = nn.Sequential(nn.Conv2d(n_in, n_out, 1, stride), nn.BatchNorm2d(n_out))

    def forward(self, x):
        out = F.mish(self.norm1(self.conv1(x)))
        out = self.attention(self.norm2(self.conv2(out)))
        out += self.shortcut(x)
        return F.leaky_relu(out, 0.1)


class ResNet(nn.Module):
    def __init__(self, planes=(4, 8), classes=3):
        super().__init__()
        self.in_planes = planes[0]
        self.stem = conv3x3(1, planes[0])
        self.layers = nn.Sequential(*[self._make_layer(p, 1, stride=1 + (i > 0)) for i, p in enumerate(planes)])
        self.pool = nn.MaxPool2d(2)
        self.linear = nn.Linear(planes[-1] * 4, classes)

    def _make_layer(self, planes, blocks, stride):
        layers = []
        for s in [stride] + [1] * (blocks - 1):
            layers.append(BasicBlock(self.in_planes, planes, s))
            self.in_planes = planes
        return nn.Sequential(*layers)

    def forward(self, x):
        return self.linear(self.pool(self.layers(self.stem(x))).flatten(1))


def textures(n):
    grid = np.arange(8)
    kinds = rng.integers(0, 3, n)
    base = [
        np.sin(grid[:, None] * 1.5 + 0 * grid),
        np.sin(grid[None] * 1.5 + 0 * grid[:, None]),
        np.sin((grid[:, None] + grid[None]) * 1.5),
    ]
    images = np.stack([base[k] for k in kinds])[:, None] + rng.normal(0, 0.2, (n, 1, 8, 8))
    return torch.tensor(images, dtype=torch.float32), torch.tensor(kinds)


model = ResNet()
for name, p in model.named_parameters():
    if p.dim() > 1:
        fan_in = math.prod(p.shape[1:])
        p.data.copy_(torch.from_numpy(rng.normal(0, math.sqrt(2 / fan_in), tuple(p.shape))))
    elif name.endswith("bias"):
        p.data.zero_()
optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9, weight_decay=1e-3, nesterov=True)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=15)
for step in range(15):
    x, y = textures(12)
    x[:, :, 2:4, 2:4] = 0
    lam, index = float(rng.beta(0.4, 0.4)), torch.from_numpy(rng.permutation(12))
    mixed = lam * x + (1 - lam) * x[index]
    out = model(mixed)
    loss = lam * F.cross_entropy(out, y) + (1 - lam) * F.cross_entropy(out, y[index])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
model.eval()
x, y = textures(24)
with torch.no_grad():
    flipped = (model(x) + model(x.flip(3))) / 2
    loss_test = F.cross_entropy(flipped, y)
RESULT = {
    "loss": loss.item(),
    "test": loss_test.item(),
    "logit": flipped[0, 0].item(),
    "lr": scheduler.get_last_lr()[0],
    "shapes": sum(1 for _ in model.modules()),
    "buffers": len(dict(model.named_buffers())),
}
print(json.dumps(RESULT))
