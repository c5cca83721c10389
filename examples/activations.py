"""Activations and their derivatives, the derivatives taken by the engine."""

import autograd
import nn
from autograd.visualize import plots
from examples.output import finish, folder

ACTIVATIONS = {
    "sigmoid": nn.Sigmoid(), "tanh": nn.Tanh(), "ReLU": nn.ReLU(), "leaky ReLU (0.1)": nn.LeakyReLU(0.1), "ELU": nn.ELU(),
    "SELU": nn.SELU(), "GELU (exact Φ)": nn.GELU(), "SiLU": nn.SiLU(), "softplus": nn.Softplus(), "Mish": nn.Mish(),
    "hardtanh": nn.Hardtanh(), "hardswish": nn.Hardswish(),
}  # fmt: skip


def main(given: list[str] | None = None) -> dict[str, float]:
    """Draw twelve of them; returns the largest slope of each."""
    out = folder(__doc__.splitlines()[0], given)
    figure, axes = plots.figure(12, 7.5, 3, 4, sharex=True)
    steepest = {}
    for a, (name, activation) in zip(axes.flat, ACTIVATIONS.items(), strict=True):
        x = autograd.linspace(-4, 4, 401, requires_grad=True)
        y = activation(x)
        (slope,) = autograd.grad(y.sum(), x)
        a.plot(x.detach().numpy(), y.detach().numpy(), color=plots.LOW, label="f(x)")
        a.plot(x.detach().numpy(), slope.numpy(), color=plots.HIGH, linestyle="--", label="f'(x)")
        a.axhline(0, color="black", linewidth=0.6)
        a.axvline(0, color="black", linewidth=0.6)
        steepest[name] = slope.max().item()
        a.set_title(f"{name}: slope up to {steepest[name]:.2f}", fontsize=10)
        a.set_ylim(-1.4, 2.6)
    axes[0, 0].legend(frameon=False, fontsize=9)
    figure.suptitle("Activations (blue) and their derivatives (orange, dashed)")
    finish(
        figure,
        out / "activations.png",
        f"The sigmoid's slope is at most {steepest['sigmoid']:.2f}: ten layers shrink a gradient at least by {4**10:,}. "
        "ReLU and its kin keep a slope of 1 on one side.",
    )
    return steepest


if __name__ == "__main__":
    main()
