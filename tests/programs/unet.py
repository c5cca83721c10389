"""A small U-Net with skip connections, instance norm, dropout masks, dice loss and a cyclic schedule."""

import json

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

rng = np.random.default_rng(30)


class DoubleConv(nn.Module):
    def __init__(self, in_channels, out_channels, mid_channels=None):
        super().__init__()
        if not mid_channels:
            mid_channels = out_channels
        self.double_conv = nn.Sequential(
            nn.Conv2d(in_channels, mid_channels, kernel_size=3, padding=1, bias=False),
            nn.InstanceNorm2d(mid_channels, affine=True),
            nn.ReLU(inplace=True),
            nn.Conv2d(mid_channels, out_channels, kernel_size=3, padding="same", dilation=2),
            nn.GroupNorm(1, out_channels),
            nn.LeakyReLU(0.01, inplace=True),
        )

    def forward(self, x):
        return self.double_conv(x)


class Up(nn.Module):
    def __init__(self, in_channels, out_channels, bilinear=True):
        super().__init__()
        if bilinear:
            self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
        else:
            self.up = nn.ConvTranspose2d(in_channels - out_channels, in_channels - out_channels, kernel_size=2, stride=2)
        self.conv = DoubleConv(in_channels, out_channels)

    def forward(self, x1, x2):
        x1 = self.up(x1)
        diff_y, diff_x = x2.size()[2] - x1.size()[2], x2.size()[3] - x1.size()[3]
        x1 = F.pad(x1, [diff_x // 2, diff_x - diff_x // 2, diff_y // 2, diff_y - diff_y // 2])
        return self.conv(torch.cat([x2, x1], dim=1))


class UNet(nn.Module):
    def __init__(self, n_channels, n_classes):
        super().__init__()
        self.inc = DoubleConv(n_channels, 3)
        self.down1, self.down2 = (nn.Sequential(nn.MaxPool2d(2), DoubleConv(a, b)) for a, b in ((3, 4), (4, 6)))
        self.up1, self.up2 = Up(10, 4), Up(7, 3, bilinear=False)
        self.outc = nn.Conv2d(3, n_classes, kernel_size=1)

    def forward(self, x):
        x1 = self.inc(x)
        x2 = self.down1(x1)
        x3 = self.down2(x2)
        return self.outc(self.up2(self.up1(x3, x2), x1))


def dice_loss(inputs, targets, epsilon=1e-6):
    sum_dim = (-1, -2, -3)
    inter = 2 * (inputs * targets).sum(dim=sum_dim)
    sets_sum = inputs.sum(dim=sum_dim) + targets.sum(dim=sum_dim)
    sets_sum = torch.where(sets_sum == 0, inter, sets_sum)
    return 1 - ((inter + epsilon) / (sets_sum + epsilon)).mean()


model = UNet(1, 2)
for p in model.parameters():
    if p.dim() > 1:
        p.data = torch.from_numpy(rng.normal(0, (2 / np.prod(p.shape[1:])) ** 0.5, tuple(p.shape))).float()
for m in model.modules():
    if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d)) and m.bias is not None:
        nn.init.zeros_(m.bias)
yy, xx = np.mgrid[:11, :10]
masks = np.stack([((yy - cy) ** 2 + (xx - cx) ** 2 < 8) for cy, cx in rng.integers(2, 8, (4, 2))]).astype(np.int64)
images = torch.from_numpy(masks[:, None] + rng.normal(0, 0.3, (4, 1, 11, 10))).float()
masks = torch.from_numpy(masks)
optimizer = torch.optim.RMSprop(model.parameters(), lr=5e-3, weight_decay=1e-8, momentum=0.5, eps=1e-4)
scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, "max", patience=2)
for step in range(12):
    pred = model(images)
    loss = F.cross_entropy(pred, masks, weight=torch.tensor([0.4, 0.6]))
    loss += dice_loss(F.softmax(pred, dim=1).float(), F.one_hot(masks, 2).permute(0, 3, 1, 2).float())
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    scheduler.step(-loss.item())
iou = (pred.argmax(1) & masks).sum() / (pred.argmax(1) | masks).sum()
RESULT = {
    "loss": loss.item(),
    "iou": iou.item(),
    "shape": list(pred.shape)[-1],
    "params": sum(p.nelement() for p in model.parameters()),
}
print(json.dumps(RESULT))
