"""A vector-quantized autoencoder: nearest codes, straight-through gradients, moving-average codebooks, Gumbel softmax."""

import json

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

rng = np.random.default_rng(25)


class VectorQuantizer(nn.Module):
    def __init__(self, n, dim, beta, decay=0.9, eps=1e-5):
        super().__init__()
        self.n, self.dim, self.beta, self.decay, self.eps = n, dim, beta, decay, eps
        self.embedding = nn.Embedding(n, dim)
        self.embedding.weight.data.copy_(torch.tensor(rng.uniform(-1, 1, (n, dim))))
        self.embedding.weight.requires_grad_(False)
        self.register_buffer("cluster_size", torch.zeros(n))
        self.register_buffer("ema_w", self.embedding.weight.data.clone())

    def forward(self, inputs):
        inputs = inputs.permute(0, 2, 3, 1).contiguous()
        shape = inputs.shape
        flat = inputs.view(-1, self.dim)
        distances = (
            torch.sum(flat**2, dim=1, keepdim=True)
            + torch.sum(self.embedding.weight**2, dim=1)
            - 2 * torch.matmul(flat, self.embedding.weight.t())
        )
        indices = torch.argmin(distances, dim=1).unsqueeze(1)
        encodings = torch.zeros(indices.shape[0], self.n, device=inputs.device)
        encodings.scatter_(1, indices, 1)
        quantized = torch.matmul(encodings, self.embedding.weight).view(shape)
        if self.training:
            with torch.no_grad():
                self.cluster_size.mul_(self.decay).add_(encodings.sum(0), alpha=1 - self.decay)
                total = self.cluster_size.sum()
                size = (self.cluster_size + self.eps) / (total + self.n * self.eps) * total
                self.ema_w.mul_(self.decay).add_(encodings.t() @ flat, alpha=1 - self.decay)
                self.embedding.weight.data = self.ema_w / size.unsqueeze(1).clamp(min=0.05)
        loss = self.beta * F.mse_loss(quantized.detach(), inputs) + F.mse_loss(quantized, inputs.detach())
        quantized = inputs + (quantized - inputs).detach()
        avg_probs = torch.mean(encodings, dim=0)
        perplexity = torch.exp(-torch.sum(avg_probs * torch.log(avg_probs + 1e-10)))
        return loss, quantized.permute(0, 3, 1, 2).contiguous(), perplexity, indices


class Residual(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self._block = nn.Sequential(
            nn.ReLU(True), nn.Conv2d(channels, 4, 3, 1, 1, bias=False), nn.ReLU(True), nn.Conv2d(4, channels, 1, bias=False)
        )

    def forward(self, x):
        return x.clone() + self._block(x.clone())


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Conv2d(1, 6, 4, 2, 1), Residual(6), nn.Conv2d(6, 3, 1))
        self.vq = VectorQuantizer(8, 3, 0.25)
        self.decoder = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), Residual(6), nn.ConvTranspose2d(6, 1, 4, 2, 1))

    def forward(self, x):
        loss, quantized, perplexity, indices = self.vq(self.encoder(x))
        return loss, self.decoder(quantized), perplexity, indices


model = Model()
for m in model.modules():
    if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d)):
        m.weight.data = torch.from_numpy(rng.normal(0, 0.3, tuple(m.weight.shape))).float()
        if m.bias is not None:
            m.bias.data.zero_()
grid = torch.linspace(-2, 2, 8)
data = torch.stack([torch.sin(grid[:, None] * k + grid[None] * (3 - k)) for k in range(1, 7)]).unsqueeze(1)
variance = data.var()
optimizer = torch.optim.Adam(filter(lambda p: p.requires_grad, model.parameters()), lr=5e-3, amsgrad=False, eps=1e-5)
model.train()
for i in range(25):
    optimizer.zero_grad()
    vq_loss, recon, perplexity, indices = model(data)
    recon_error = F.mse_loss(recon, data) / variance
    loss = recon_error + vq_loss
    loss.backward()
    optimizer.step()
logits = torch.linspace(-1, 1, 12).view(3, 4).requires_grad_()
hard = F.gumbel_softmax(logits, tau=0.5, hard=True)
hard.sum().backward()
assert torch.equal(hard.detach().sum(-1), torch.ones(3))
assert set(hard.detach().unique().tolist()) <= {0.0, 1.0}
assert logits.grad.shape == (3, 4)
RESULT = {
    "recon": recon_error.item(),
    "vq": vq_loss.item(),
    "perplexity": perplexity.item(),
    "codes": model.vq.cluster_size.sum().item(),
}
print(json.dumps(RESULT))
