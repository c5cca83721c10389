"""A user's program, as a strict type checker reads it: networks, a training loop, files, transforms, NumPy."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

import autograd
import nn
import nn.functional as F
import optim
from autograd import Tensor
from autograd.errors import ShapeError
from autograd.func import functional_call, grad, jacrev, vmap
from autograd.utils.data import DataLoader, Dataset, TensorDataset, random_split

# -- networks ----------------------------------------------------------------------------------------------------------


class MLP(nn.Module):
    """A perceptron with dropout."""

    def __init__(self, sizes: Sequence[int], dropout: float = 0.0) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(m, n) for m, n in pairwise(sizes)])
        self.out = nn.Linear(sizes[-1], 1)
        self.dropout = nn.Dropout(dropout)
        self.scale = nn.Parameter(autograd.ones(1))
        self.register_buffer("seen", autograd.zeros(1))

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = self.dropout(F.relu(layer(x)))
        return self.out(x) * self.scale


class CNN(nn.Module):
    """Two convolutions and a classifier."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.norm = nn.BatchNorm2d(16)
        self.pool = nn.MaxPool2d(2)
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(16 * 2 * 2, 32), nn.ReLU(), nn.Linear(32, classes))

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.norm(self.conv2(x))))
        return self.head(x)

    def features(self, x: Tensor) -> tuple[Tensor, Tensor]:
        first = self.conv1(x)
        return first, self.conv2(first.relu())


class Reader(nn.Module):
    """An embedding, an LSTM, and attention over its outputs."""

    def __init__(self, words: int, width: int = 16) -> None:
        super().__init__()
        self.embedding = nn.Embedding(words, width)
        self.lstm = nn.LSTM(width, width, batch_first=True)
        self.attention = nn.MultiheadAttention(width, 2, batch_first=True)
        self.norm = nn.LayerNorm(width)

    def forward(self, tokens: Tensor) -> tuple[Tensor, Tensor | None]:
        x = self.embedding(tokens)
        out, _ = self.lstm(x)
        attended, weights = self.attention(out, out, out)
        return self.norm(attended + x), weights


# -- data --------------------------------------------------------------------------------------------------------------


class Squares(Dataset[tuple[Tensor, Tensor]]):
    """Numbers and their squares."""

    def __init__(self, n: int) -> None:
        self.x = autograd.linspace(-1, 1, n).unsqueeze(1)
        self.y = self.x**2

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        return self.x[index], self.y[index]


@dataclass
class Report:
    """What a training run leaves."""

    losses: list[float]
    best: float = math.inf

    def add(self, loss: Tensor) -> None:
        value: float = loss.item()
        self.losses.append(value)
        self.best = min(self.best, value)


# -- training ----------------------------------------------------------------------------------------------------------


def batches(x: Tensor, y: Tensor, size: int) -> Iterator[tuple[Tensor, Tensor]]:
    order = autograd.randperm(x.size(0))
    for part in order.split(size):
        yield x[part], y[part]


def train(model: nn.Module, x: Tensor, y: Tensor, epochs: int) -> Report:
    opt = optim.AdamW(model.parameters(), lr=1e-2, weight_decay=1e-4)
    scheduler = optim.lr_scheduler.CosineAnnealingLR(opt, T_max=epochs)
    report = Report([])
    model.train()
    for _ in range(epochs):
        for bx, by in batches(x, y, 16):
            opt.zero_grad()
            loss = F.mse_loss(model(bx), by)
            loss.backward()
            norm = nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            assert float(norm) >= 0
            opt.step()
            report.add(loss.detach())
        scheduler.step()
    assert scheduler.get_last_lr()[0] < 1e-2
    return report


def train_with_closure(model: MLP, x: Tensor, y: Tensor) -> float:
    opt = optim.LBFGS(model.parameters(), max_iter=5)

    def closure() -> Tensor:
        opt.zero_grad()
        loss = F.mse_loss(model(x), y)
        loss.backward()
        return loss

    return float(opt.step(closure))


@autograd.no_grad()
def accuracy(model: CNN, images: Tensor, labels: Tensor) -> float:
    model.eval()
    guess = model(images).argmax(dim=1)
    return (guess == labels).float().mean().item()


def classify(images: Tensor, labels: Tensor) -> float:
    model = CNN(classes=10)
    opt = optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    for _ in range(2):
        loss = criterion(model(images), labels)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        opt.step()
    first, second = model.features(images)
    assert first.shape[1] == 8 and second.shape == (len(images), 16, 8, 8)
    return accuracy(model, images, labels)


def loaders() -> float:
    train_set, test_set = random_split(Squares(40), [30, 10])
    total = 0.0
    for x, y in DataLoader(train_set, batch_size=8, shuffle=True):
        total += float(F.l1_loss(x, y))
    for x, y in DataLoader(TensorDataset(autograd.rand(6, 2), autograd.rand(6)), batch_size=3):
        total += float(x.sum() + y.sum())
    return total + len(test_set)


# -- tensors -----------------------------------------------------------------------------------------------------------


def tensors() -> Tensor:
    x = autograd.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    y = autograd.cat([x, autograd.ones_like(x)], dim=0)
    z = autograd.stack([y, y * 2]).transpose(0, 1).reshape(-1, 2)
    best = z.max(dim=1)
    values, indices = z.sort(dim=0, descending=True)
    top = autograd.topk(values, 2, dim=0)
    mean, std = z.mean(dim=0, keepdim=True), z.std(0)
    rows = z.chunk(2)
    masked = autograd.where(z > 1, z, autograd.zeros_like(z))
    clipped = masked.clamp(min=0.0, max=3.0)
    n: int = z.size(0)
    shape: tuple[int, ...] = z.shape
    wide = z.to(autograd.float64).double().float()
    back = wide.view(n, 2).permute(1, 0).contiguous().t()
    out = -back + 1 - 2 * back / 3.0 + back @ back.T @ back - 2**back
    out += 1
    out[0, :] = 0.0
    out.add_(1.0).mul_(2)
    u, s, v = autograd.svd(out)
    product = autograd.einsum("ij,jk->ik", u * s, v.T)
    if bool((product > 0).any()) and x.requires_grad and x.grad is None:
        total = product.sum() + best.values.sum() + top.values.sum() + mean.sum() + std.sum() + rows[0].sum() + clipped.sum()
        total.backward(retain_graph=True)
    gradient = x.grad
    assert gradient is not None and gradient.dtype == autograd.float32
    lengths = [int(length) for length in autograd.arange(len(shape))]
    picked = z[indices[:, 0]][lengths, :]
    return picked.detach().clone().requires_grad_(True)


def transforms(model: MLP) -> Tensor:
    parameters = dict(model.named_parameters())
    buffers = dict(model.named_buffers())

    def loss(x: Tensor) -> Tensor:
        return functional_call(model, (parameters, buffers), (x,)).sum()

    def square(x: Tensor) -> Tensor:
        return (x**2).sum()

    x = autograd.rand(5, 2)
    slopes = vmap(grad(square))(x)
    matrix = jacrev(square)(x[0])
    (direct,) = autograd.grad(square(x.requires_grad_()), [x])
    return slopes.sum() + matrix.sum() + direct.sum() + grad(loss)(x).sum()


def exchange(array: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> float:
    shared = autograd.from_numpy(array)
    copied = autograd.tensor(array, dtype=autograd.float32)
    back = copied.numpy()
    mixed = np.asarray(shared.exp()) + back
    return float(mixed.sum()) + shared.sum().item() + float(autograd.as_tensor(3.5))


def keep(model: MLP, folder: Path) -> MLP:
    opt = optim.Adam(model.parameters())
    autograd.save({"model": model.state_dict(), "optimizer": opt.state_dict()}, folder / "state.pt")
    state = autograd.load(folder / "state.pt")
    other = MLP([2, 8, 8])
    other.load_state_dict(state["model"])
    opt.load_state_dict(state["optimizer"])
    for group in opt.param_groups:
        group["lr"] = 1e-4
    for name, p in other.named_parameters():
        assert p.shape == dict(model.named_parameters())[name].shape
    return other


def forms() -> Tensor:
    """The further forms in which functions may be called."""
    x = autograd.rand(size=[2, 3]) + autograd.zeros(size=(2, 3)) + autograd.ones(2, 3) + x_like(autograd.empty([2, 3]))
    y = x.reshape(shape=[3, 2]).permute(dims=[1, 0]).contiguous().view(size=[6]).view(2, 3).tile(1, 1).expand(2, 3)
    y = (
        autograd.cat([y, y], axis=1).amax(axis=1, keepdims=True)
        + x.std(axis=0)
        + x.var(axis=0)
        + autograd.amin(x, axis=1).sum()
    )
    y = (
        y
        + autograd.pow(2, y)
        + autograd.xlogy(1.5, x + 1)
        + x.lerp_(autograd.ones(2, 3), 0.5)
        + autograd.abs_(x.exp_().new_zeros(size=[3]))
    )
    found = autograd.isin(autograd.arange(3), 2).any() or autograd.can_cast(autograd.float32, autograd.float64)
    assert found and autograd.promote_types(autograd.float32, autograd.float64) == autograd.float64 and y.nbytes > 0
    x.index_put_([autograd.tensor([0]), autograd.tensor([1])], autograd.tensor([1.0]))
    sign, _ = autograd.eye(3).slogdet()
    q, r = autograd.qr(x)
    return autograd.einsum(q, [0, 1], r, [1, 2], [0, 2]) * sign + y.unique_consecutive().sum()


def x_like(x: Tensor) -> Tensor:
    return autograd.clamp_(autograd.zeros_like(x), min=0.0, max=1.0)


def refused() -> str:
    try:
        print(autograd.ones(2, 3) @ autograd.ones(2, 3))
    except ShapeError as error:
        return str(error)
    return ""


def main(folder: Path) -> None:
    autograd.manual_seed(0)
    model = MLP([2, 8, 8], dropout=0.1)
    x = autograd.randn(64, 2)
    y = x.sum(dim=1, keepdim=True).sin()
    report = train(model, x, y, epochs=3)
    assert report.best <= report.losses[0]
    assert train_with_closure(model.eval(), x, y) >= 0
    assert 0 <= classify(autograd.rand(8, 1, 8, 8), autograd.randint(0, 10, (8,))) <= 1
    assert loaders() > 0
    assert tensors().requires_grad
    assert forms().shape == (2, 3)
    assert transforms(model).ndim == 0
    assert exchange(np.ones((2, 3))) > 0
    assert keep(model, folder).training
    hidden, weights = Reader(20)(autograd.randint(0, 20, (2, 5)))
    assert hidden.shape == (2, 5, 16) and weights is not None
    with autograd.no_grad():
        assert not model(x).requires_grad
    assert "matmul" in refused()
