"""Batch against layer normalization: what each averages over, and what a small batch does to the two."""

import autograd
import nn
import optim
from autograd.visualize import plots
from examples.digits import images
from examples.output import finish, folder

BATCHES = (2, 4, 16, 64)


def network(norm) -> nn.Sequential:
    """64-64-64-10 with a normalization after each hidden layer."""
    layers: list[nn.Module] = []
    for size in (64, 64):
        layers += [nn.Linear(size, 64), *([norm(64)] if norm else []), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(64, 10))


def accuracy_after(norm, batch: int, steps: int = 300) -> float:
    """Held-out accuracy after a fixed number of steps of a batch size."""
    autograd.manual_seed(0)
    train, held_out = images()
    x, y = train.tensors
    model = network(norm)
    opt = optim.SGD(model.parameters(), lr=0.05)
    for _ in range(steps):
        rows = autograd.randint(0, len(y), (batch,))
        opt.zero_grad()
        nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
        opt.step()
    model.eval()
    with autograd.no_grad():
        return (model(held_out.tensors[0]).argmax(1) == held_out.tensors[1]).float().mean().item()


def main(given: list[str] | None = None) -> dict[str, list[float]]:
    """Train with both at several batch sizes; returns the accuracies."""
    out = folder(__doc__.splitlines()[0], given)
    cases = {"none": None, "batch norm": nn.BatchNorm1d, "layer norm": nn.LayerNorm}
    reached = {name: [accuracy_after(norm, b) for b in BATCHES] for name, norm in cases.items()}
    figure, (left, right) = plots.figure(10.5, 4.2, 1, 2)
    sample = autograd.randn(12, 10) * autograd.linspace(0.2, 2, 10)
    left.imshow(sample.numpy(), cmap="RdBu_r", vmin=-3, vmax=3)
    left.add_patch(_frame(3.5, -0.5, 1, 12, plots.HIGH))
    left.add_patch(_frame(-0.5, 6.5, 10, 1, plots.LOW))
    left.text(4.05, -0.9, "batch norm: one unit,\nall samples", color=plots.HIGH, ha="center", va="bottom", fontsize=9)
    left.text(9.8, 7.05, "layer norm: one\nsample, all units", color=plots.LOW, va="center", fontsize=9)
    left.set(xlabel="unit", ylabel="sample of the batch")
    left.grid(False)
    for (name, values), color in zip(reached.items(), ("#777777", plots.HIGH, plots.LOW), strict=True):
        right.plot(BATCHES, [100 * v for v in values], marker="o", color=color, label=name)
    right.set(xscale="log", xlabel="batch size", ylabel="held-out images right (%)", title="After 300 steps of plain SGD")
    right.set_xticks(BATCHES, [str(b) for b in BATCHES])
    right.minorticks_off()
    right.legend(frameon=False)
    text = "\n".join(f"{n:11s} batch {BATCHES}: {[f'{v:.1%}' for v in values]}" for n, values in reached.items())
    finish(figure, out / "normalization.png", text)
    return reached


def _frame(x: float, y: float, width: float, height: float, color: str):
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), width, height, fill=False, edgecolor=color, linewidth=2.5)


if __name__ == "__main__":
    main()
