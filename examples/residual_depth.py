"""Residual connections make depth trainable: plain and residual networks of 2 to 110 layers on the same digits."""

import autograd
import nn
import optim
from autograd.visualize import plots
from examples.digits import images
from examples.output import finish, folder

DEPTHS = (2, 10, 30, 60, 110)


class Layer(nn.Module):
    """relu(linear(x)), added to x if residual; the branch starts small so that a deep sum does."""

    def __init__(self, width: int, depth: int, residual: bool) -> None:
        super().__init__()
        self.linear, self.residual = nn.Linear(width, width), residual
        nn.init.kaiming_normal_(self.linear.weight, nonlinearity="relu")
        nn.init.zeros_(self.linear.bias)
        self.scale = depth**-0.5 if residual else 1.0

    def forward(self, x: autograd.Tensor) -> autograd.Tensor:
        y = self.linear(x).relu() * self.scale
        return x + y if self.residual else y


def accuracy(depth: int, residual: bool, steps: int = 120) -> float:
    """Training accuracy after a few steps of Adam."""
    autograd.manual_seed(0)
    x, y = images()[0].tensors
    model = nn.Sequential(nn.Linear(64, 32), *(Layer(32, depth, residual) for _ in range(depth)), nn.Linear(32, 10))
    opt = optim.Adam(model.parameters(), lr=2e-3)
    for k in range(steps):
        rows = slice(64 * (k % 20), 64 * (k % 20) + 64)
        opt.zero_grad()
        nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
        opt.step()
    with autograd.no_grad():
        return (model(x).argmax(1) == y).float().mean().item()


def main(given: list[str] | None = None) -> dict[str, list[float]]:
    """Train both kinds at all depths; returns their accuracies."""
    out = folder(__doc__.splitlines()[0], given)
    reached = {name: [accuracy(d, r) for d in DEPTHS] for name, r in (("plain", False), ("residual", True))}
    figure, axes = plots.figure(8, 4.2)
    for (name, values), color in zip(reached.items(), (plots.HIGH, plots.LOW), strict=True):
        axes.plot(DEPTHS, [100 * v for v in values], marker="o", color=color, label=name)
    axes.set(xlabel="hidden layers", ylabel="training images right (%)", title="120 steps of Adam", ylim=(0, 102))
    axes.set_xticks(DEPTHS)
    axes.legend(frameon=False)
    finish(
        figure, out / "residual_depth.png", "\n".join(f"{n:8s} {dict(zip(DEPTHS, v, strict=True))}" for n, v in reached.items())
    )
    return reached


if __name__ == "__main__":
    main()
