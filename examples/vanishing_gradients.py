"""Vanishing gradients, and the four cures: initialisation, activation, normalization, residual connections."""

import autograd
import nn
from autograd.visualize import plots
from examples.output import finish, folder

DEPTH, WIDTH = 30, 64


class Block(nn.Module):
    """linear -> (batch norm) -> activation, (+ input)."""

    def __init__(self, activation: nn.Module, *, initialise=None, normalise: bool = False, residual: bool = False) -> None:
        super().__init__()
        self.linear = nn.Linear(WIDTH, WIDTH)
        nn.init.zeros_(self.linear.bias)
        (initialise or (lambda w: nn.init.normal_(w, std=0.1)))(self.linear.weight)
        self.norm = nn.BatchNorm1d(WIDTH) if normalise else nn.Identity()
        self.activation, self.residual = activation, residual

    def forward(self, x: autograd.Tensor) -> autograd.Tensor:
        y = self.activation(self.norm(self.linear(x)))
        return x + y if self.residual else y


CASES = {
    "sigmoid, small weights (the disease)": lambda: Block(nn.Sigmoid()),
    "cure 1: Xavier initialisation, tanh": lambda: Block(nn.Tanh(), initialise=nn.init.xavier_normal_),
    "cure 2: ReLU with He initialisation": lambda: Block(
        nn.ReLU(), initialise=lambda w: nn.init.kaiming_normal_(w, nonlinearity="relu")
    ),
    "cure 3: batch normalization": lambda: Block(nn.Sigmoid(), normalise=True, initialise=nn.init.xavier_normal_),
    "cure 4: residual connections": lambda: Block(nn.Sigmoid(), residual=True),
}


def norms(make) -> list[float]:
    """The norm of the loss's gradient at each layer's weights, first layer first."""
    layers = [make() for _ in range(DEPTH)]
    model = nn.Sequential(*layers, nn.Linear(WIDTH, 10))
    x, y = autograd.randn(128, WIDTH), autograd.randint(0, 10, (128,))
    nn.functional.cross_entropy(model(x), y).backward()
    return [layer.linear.weight.grad.norm().item() for layer in layers]


def main(given: list[str] | None = None) -> dict[str, float]:
    """Draw all cases; returns first layer's gradient norm over the last layer's."""
    out = folder(__doc__.splitlines()[0], given)
    autograd.manual_seed(0)
    figure, axes = plots.figure(9.5, 4.6)
    ratios = {}
    for (name, make), color in zip(CASES.items(), plots.COLORS, strict=False):
        values = norms(make)
        ratios[name] = values[0] / values[-1]
        axes.plot(range(1, DEPTH + 1), [max(v, 1e-30) for v in values], label=name, color=color, marker=".", markersize=4)
    axes.set(
        yscale="log",
        xlabel="layer (1 is next to the input)",
        ylabel="norm of the gradient",
        title=f"Gradients through {DEPTH} layers",
    )
    axes.legend(frameon=False, fontsize=8.5)
    finish(figure, out / "vanishing_gradients.png", "\n".join(f"{n:40s} first/last layer: {r:.1e}" for n, r in ratios.items()))
    return ratios


if __name__ == "__main__":
    main()
