"""Style by Gram matrices: optimize the pixels of an image against a fixed bank of filters, with L-BFGS and with Adam."""

import json

import torch
import torch.nn as nn
import torch.nn.functional as F

size = 10
row = torch.linspace(0, 6.28, size)
content = torch.stack(
    [torch.outer(torch.sin(row), torch.cos(row)), torch.outer(torch.cos(row), torch.ones(size)), torch.zeros(size, size)]
)[None]
style = torch.stack(
    [torch.sin(3 * row).expand(size, size), torch.sin(3 * row).expand(size, size).t(), torch.eye(size)]
).unsqueeze(0)


def gram_matrix(features):
    b, c, h, w = features.shape
    flat = features.view(b * c, h * w)
    return flat @ flat.t() / (b * c * h * w)


class Features(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 3, padding=1, padding_mode="reflect")
        self.conv2 = nn.Conv2d(6, 8, 3, padding=1)
        for i, p in enumerate(self.parameters()):
            p.requires_grad_(False).copy_(torch.sin(torch.arange(p.numel()) * 0.9 + i).view(p.shape).float() * 0.3)

    def forward(self, x):
        first = F.relu(self.conv1(x))
        second = F.silu(self.conv2(F.avg_pool2d(first, 2)))
        return first, second


net = Features().eval()
with torch.no_grad():
    content_target = net(content)[1].clone()
    style_targets = [gram_matrix(f) for f in net(style)]
image = content.clone().contiguous().requires_grad_(True)
optimizer = torch.optim.Adam([image], lr=0.05)


def total_variation(x):
    return (x[..., 1:, :] - x[..., :-1, :]).abs().mean() + (x[..., :, 1:] - x[..., :, :-1]).abs().mean()


history = []
for step in range(40):
    with torch.no_grad():
        image.clamp_(-1.5, 1.5)
    optimizer.zero_grad()
    features = net(image)
    style_loss = sum(F.mse_loss(gram_matrix(f), t) for f, t in zip(features, style_targets))
    content_loss = F.mse_loss(features[1], content_target)
    loss = 1e3 * style_loss + content_loss + 1e-3 * total_variation(image)
    loss.backward()
    optimizer.step()
    history.append(loss.detach())
history = torch.stack(history)
print(f"from {history[0]:.4f} to {history[-1]:.4f}")
up = F.interpolate(image.detach(), scale_factor=2, mode="nearest")
RESULT = {
    "first": history[0].item(),
    "last": history[-1].item(),
    "style": style_loss.item(),
    "content": content_loss.item(),
    "pixel": image[0, 0, 2, 3].item(),
    "up": up.mean().item(),
    "shape": list(up.shape)[-1],
}
print(json.dumps(RESULT))
