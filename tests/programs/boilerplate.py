"""Everything a script says before and after it trains: seeds, devices, formatting, printing, timing, summaries."""

import argparse
import json
import os
import random
import sys
import time
import warnings
from pathlib import Path
from typing import Optional, Tuple

import numpy as np
import torch
import torch.backends.cudnn as cudnn
import torch.nn as nn
import torch.nn.functional as F
from torch import optim
from torch.autograd import Variable
from torch.utils.data import DataLoader, TensorDataset

warnings.filterwarnings("ignore")


def set_seed(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    if torch.cuda.is_available():
        torch.cuda.manual_seed(seed)
        torch.cuda.manual_seed_all(seed)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False
    os.environ["PYTHONHASHSEED"] = str(seed)


def get_device() -> torch.device:
    if torch.cuda.is_available():
        return torch.device("cuda:0")
    if getattr(torch.backends, "mps", None) is not None and torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


class AverageMeter(object):
    def __init__(self, name: str, fmt: str = ":f"):
        self.name, self.fmt = name, fmt
        self.sum, self.count = 0.0, 0

    def update(self, val: float, n: int = 1) -> None:
        self.sum += val * n
        self.count += n

    @property
    def avg(self) -> float:
        return self.sum / max(self.count, 1)

    def __str__(self) -> str:
        return ("{name} {avg" + self.fmt + "}").format(name=self.name, avg=self.avg)


class Net(nn.Module):
    """The usual."""

    def __init__(self, n_in: int = 6, n_hidden: int = 12, p: float = 0.5, n_out: Optional[int] = None) -> None:
        super(Net, self).__init__()
        self.features = nn.Sequential(
            nn.Linear(n_in, n_hidden), nn.BatchNorm1d(n_hidden), nn.ReLU(inplace=True), nn.Dropout(p=p)
        )
        self.classifier = nn.Linear(n_hidden, n_out or 2)
        self._initialize_weights()

    def _initialize_weights(self) -> None:
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
                nn.init.xavier_uniform_(m.weight)
                nn.init.constant_(m.weight, 0.01)
                m.weight.data += 0.3 * torch.sin(torch.arange(float(m.weight.numel())).reshape(m.weight.shape))
                nn.init.constant_(m.bias, 0)
            elif isinstance(m, nn.BatchNorm1d):
                m.weight.data.fill_(1)
                m.bias.data.zero_()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.features(x))


def accuracy(output: torch.Tensor, target: torch.Tensor, topk: Tuple[int, ...] = (1,)):
    with torch.no_grad():
        maxk = max(topk)
        _, pred = output.topk(maxk, 1, True, True)
        pred = pred.t()
        correct = pred.eq(target.view(1, -1).expand_as(pred))
        return [correct[:k].reshape(-1).float().sum(0, keepdim=True).mul_(100.0 / target.size(0)) for k in topk]


def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--batch-size", type=int, default=10)
    parser.add_argument("--no-cuda", action="store_true", default=False)
    args = parser.parse_args(argv)
    set_seed(3)
    device = get_device() if not args.no_cuda else torch.device("cpu")
    torch.set_num_threads(1)
    kwargs = {"num_workers": 0, "pin_memory": True} if device.type == "cuda" else {}
    print(
        "PyTorch",
        torch.__version__.split("+")[0],
        "on",
        device,
        "| python",
        sys.version_info[0],
        "| cudnn",
        cudnn.enabled is not None,
    )
    x = np.sin(np.outer(np.arange(50), np.arange(1, 7))).astype(np.float32)
    X, y = torch.from_numpy(x), torch.from_numpy((x.sum(1) > 0).astype(np.int64))
    loader = DataLoader(TensorDataset(X, y), batch_size=args.batch_size, shuffle=False, **kwargs)
    model = Net(p=0.0).to(device)
    print(model)
    total_params = sum(p.numel() for p in model.parameters())
    print(f"{total_params:,} total parameters.")
    for name, param in model.named_parameters():
        print(name, "\t", param.size(), param.dtype, param.requires_grad, param.is_leaf, param.device)
    criterion = nn.CrossEntropyLoss().to(device)
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
    print(optimizer.__class__.__name__, len(optimizer.state_dict()["param_groups"]))
    losses, top1 = AverageMeter("Loss", ":.4e"), AverageMeter("Acc", ":6.2f")
    since = time.time()
    for epoch in range(2):
        model.train()
        for data in loader:
            inputs, labels = data[0].to(device, non_blocking=True), data[1].to(device)
            inputs, labels = Variable(inputs), Variable(labels)
            outputs = model(inputs)
            loss = criterion(outputs, labels)
            _, preds = torch.max(outputs.data, 1)
            losses.update(loss.item(), inputs.size(0))
            top1.update(accuracy(outputs, labels)[0].item(), inputs.size(0))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    assert time.time() >= since
    model.eval()
    with torch.no_grad():
        probs = F.softmax(model(X.to(device)), dim=1).cpu().numpy()
    assert isinstance(probs, np.ndarray)
    assert np.allclose(probs.sum(1), 1, atol=1e-5)
    text = f"{loss:.3f} {loss.item():.3f} {losses} {top1} {preds.tolist()[:2]} {tuple(outputs.shape)} {outputs.dtype} {Path('a') / 'b'}"
    print(text)
    print(torch.tensor([1.0, 2.5]), torch.zeros(2, 2).int(), torch.Size([2, 3]), repr(torch.tensor(3.5)))
    return {
        "loss": losses.avg,
        "top1": top1.avg,
        "params": total_params,
        "prob": float(probs[0, 0]),
        "text": len(str(model).splitlines()),
        "mean": model.features[1].running_mean.mean().item(),
        "training": int(model.training),
    }


if __name__ == "__main__":
    RESULT = main()
    print(json.dumps(RESULT))
