"""A small convolutional network that tells drawn shapes apart, trained with a scheduler and tested per epoch."""

import argparse
import json

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.optim.lr_scheduler import StepLR
from torch.utils.data import DataLoader, TensorDataset


class ShapeNet(nn.Module):
    def __init__(self):
        super(ShapeNet, self).__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, 1, padding=1)
        self.conv2 = nn.Conv2d(8, 16, kernel_size=3, stride=1, bias=False)
        self.bn = nn.BatchNorm2d(16)
        self.dropout = nn.Dropout(0.0)
        self.fc1 = nn.Linear(16 * 3 * 3, 32)
        self.fc2 = nn.Linear(32, 3)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.max_pool2d(x, 2)
        x = F.relu(self.bn(self.conv2(x)))
        x = F.avg_pool2d(x, 2, stride=1)[:, :, :3, :3]
        x = torch.flatten(x, 1)
        x = self.dropout(F.relu(self.fc1(x)))
        return F.log_softmax(self.fc2(x), dim=1)


def images(n, rng):
    X, y = np.zeros((n, 1, 12, 12), dtype=np.float32), np.zeros(n, dtype=np.int64)
    for i in range(n):
        r, c = rng.integers(1, 6, size=2)
        y[i] = i % 3
        if y[i] == 0:
            X[i, 0, r : r + 5, c] = 1
        elif y[i] == 1:
            X[i, 0, r, c : c + 5] = 1
        else:
            X[i, 0, r : r + 4, c : c + 4] = 1
        X[i] += rng.normal(0, 0.1, (1, 12, 12))
    return torch.from_numpy(X), torch.from_numpy(y)


def train(args, model, device, train_loader, optimizer, epoch):
    model.train()
    for number, (data, target) in enumerate(train_loader):
        data, target = data.to(device), target.to(device)
        optimizer.zero_grad()
        output = model(data)
        loss = F.nll_loss(output, target)
        loss.backward()
        optimizer.step()
        if number % args.report_every == 0:
            print("epoch {} batch {:>2}/{}: {:.4f}".format(epoch, number + 1, len(train_loader), loss.item()))
    return loss.item()


def test(model, device, test_loader):
    model.eval()
    total, correct = 0, 0
    with torch.no_grad():
        for data, target in test_loader:
            data, target = data.to(device), target.to(device)
            output = model(data)
            total += F.nll_loss(output, target, reduction="sum").item()
            pred = output.argmax(dim=1, keepdim=True)
            correct += pred.eq(target.view_as(pred)).sum().item()
    total /= len(test_loader.dataset)
    return total, correct / len(test_loader.dataset)


def main():
    parser = argparse.ArgumentParser(description="shapes")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--lr", type=float, default=0.5)
    parser.add_argument("--report-every", type=int, default=4)
    args = parser.parse_args()
    torch.manual_seed(1)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    rng = np.random.default_rng(0)
    train_loader = DataLoader(TensorDataset(*images(96, rng)), batch_size=16, shuffle=False)
    test_loader = DataLoader(TensorDataset(*images(48, rng)), batch_size=24)
    model = ShapeNet().to(device)
    weights = np.random.default_rng(1)
    state = {
        k: torch.from_numpy(weights.normal(0, 0.2, tuple(v.shape)).astype(np.float32)) if v.dim() > 1 else v
        for k, v in model.state_dict().items()
    }
    state["conv1.bias"] = torch.zeros(8)
    state["fc1.bias"], state["fc2.bias"] = torch.zeros(32), torch.zeros(3)
    model.load_state_dict(state)
    optimizer = optim.Adadelta(model.parameters(), lr=args.lr)
    scheduler = StepLR(optimizer, step_size=1, gamma=0.7)
    for epoch in range(1, args.epochs + 1):
        last = train(args, model, device, train_loader, optimizer, epoch)
        loss, accuracy = test(model, device, test_loader)
        scheduler.step()
    print(model)
    return {
        "train": last,
        "test": loss,
        "accuracy": accuracy,
        "lr": optimizer.param_groups[0]["lr"],
        "running": model.bn.running_mean.sum().item(),
        "batches": int(model.bn.num_batches_tracked),
    }


if __name__ == "__main__":
    RESULT = main()
    print(json.dumps(RESULT))
