"""Initialisation decides whether a signal survives 50 layers: the spread of activations, layer by layer."""

import autograd
import nn
from autograd.visualize import plots
from examples.output import finish, folder

DEPTH, WIDTH = 50, 256
CASES = {
    "tanh, N(0, 0.01²)": ("tanh", lambda w: nn.init.normal_(w, std=0.01)),
    "tanh, N(0, 1)": ("tanh", lambda w: nn.init.normal_(w, std=1.0)),
    "tanh, Xavier with gain 5/3": ("tanh", lambda w: nn.init.xavier_normal_(w, nn.init.calculate_gain("tanh"))),
    "ReLU, Xavier": ("relu", nn.init.xavier_normal_),
    "ReLU, He": ("relu", lambda w: nn.init.kaiming_normal_(w, nonlinearity="relu")),
    "SELU, LeCun": ("selu", nn.init.lecun_normal_),
}


def spreads(activation: str, initialise, x: autograd.Tensor) -> list[float]:
    """The standard deviation of the activations after each layer."""
    f = getattr(nn.functional, activation)
    found = []
    for _ in range(DEPTH):
        w = autograd.empty(WIDTH, WIDTH)
        initialise(w)
        x = f(x @ w.T)
        found.append(x.std().item())
    return found


def main(given: list[str] | None = None) -> dict[str, float]:
    """Draw all cases; returns the spread after the last layer of each."""
    out = folder(__doc__.splitlines()[0], given)
    autograd.manual_seed(0)
    x = autograd.randn(256, WIDTH)
    figure, axes = plots.figure(9, 4.6)
    last = {}
    with autograd.no_grad():
        for (name, (activation, initialise)), color in zip(CASES.items(), plots.COLORS, strict=False):
            values = spreads(activation, initialise, x)
            last[name] = values[-1]
            axes.plot(range(1, DEPTH + 1), [max(v, 1e-12) for v in values], label=name, color=color)
    axes.set(
        yscale="log",
        ylim=(1e-12, 10),
        xlabel="layer",
        ylabel="standard deviation",
        title=f"Activations through {DEPTH} layers of {WIDTH} units",
    )
    axes.legend(frameon=False, fontsize=9)
    finish(
        figure, out / "initialisation.png", "\n".join(f"{name:28s} after {DEPTH} layers: {v:.2e}" for name, v in last.items())
    )
    return last


if __name__ == "__main__":
    main()
