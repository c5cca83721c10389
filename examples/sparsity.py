"""L1 sets weights to zero, L2 makes them small: a linear model with 5 useful inputs among 40."""

import autograd
import nn
from autograd.visualize import plots
from examples.output import finish, folder


def fit(x: autograd.Tensor, y: autograd.Tensor, l1: float = 0.0, l2: float = 0.0, steps: int = 1500) -> autograd.Tensor:
    """Gradient descent; L1 by its proximal step (soft threshold), which reaches zero exactly."""
    w = autograd.zeros(x.shape[1], requires_grad=True)
    rate = 0.05
    for _ in range(steps):
        loss = nn.functional.mse_loss(x @ w, y) + l2 * (w * w).sum()
        w.grad = None
        loss.backward()
        with autograd.no_grad():
            w -= rate * w.grad
            w.copy_(nn.functional.softshrink(w, rate * l1) if l1 else w)
    return w.detach()


def main(given: list[str] | None = None) -> dict[str, int]:
    """Draw the three weight vectors; returns how many weights of each are exactly zero."""
    out = folder(__doc__.splitlines()[0], given)
    autograd.manual_seed(0)
    truth = autograd.zeros(40)
    truth[[3, 10, 17, 25, 33]] = autograd.tensor([1.5, -2.0, 1.0, 2.5, -1.0])
    x = autograd.randn(60, 40)
    y = x @ truth + 0.3 * autograd.randn(60)
    found = {"no penalty": fit(x, y), "L2 (0.1)": fit(x, y, l2=0.1), "L1 (0.2)": fit(x, y, l1=0.2)}
    figure, axes = plots.figure(10, 6, 3, 1, sharex=True, sharey=True)
    zeros = {}
    for a, (name, w), color in zip(axes, found.items(), plots.COLORS, strict=False):
        zeros[name] = int((w == 0).sum().item())
        a.bar(range(40), w.tolist(), color=color)
        a.plot(range(40), truth.tolist(), "k_", markersize=7, label="truth")
        a.set_title(f"{name}: {zeros[name]} of 40 weights are exactly 0, error {(w - truth).norm().item():.2f}", fontsize=10)
    axes[0].legend(frameon=False)
    axes[-1].set_xlabel("input")
    finish(figure, out / "sparsity.png", f"Weights that are exactly zero: {zeros}")
    return zeros


if __name__ == "__main__":
    main()
