"""A multilayer perceptron bends its decision boundary around two moons and around two spirals."""

import math

import autograd
import nn
import optim
from autograd.visualize import plots
from examples.output import finish, folder


def moons(n: int = 300, noise: float = 0.12) -> tuple[autograd.Tensor, autograd.Tensor]:
    """Two half circles that reach into each other."""
    angle = autograd.rand(n) * math.pi
    label = (autograd.arange(n) % 2).float()
    x = autograd.stack([autograd.cos(angle) * (1 - 2 * label) + label, autograd.sin(angle) * (1 - 2 * label) + label * 0.5], 1)
    return x + noise * autograd.randn(n, 2), label.long()


def spirals(n: int = 400, noise: float = 0.03) -> tuple[autograd.Tensor, autograd.Tensor]:
    """Two arms around one centre."""
    label = (autograd.arange(n) % 2).float()
    t = autograd.rand(n).sqrt() * 3 * math.pi
    phase = t + label * math.pi
    x = autograd.stack([t * phase.cos(), t * phase.sin()], 1) / (3 * math.pi)
    return x + noise * autograd.randn(n, 2), label.long()


def fit(x: autograd.Tensor, y: autograd.Tensor, steps: int = 700) -> tuple[nn.Module, float]:
    """A 2-32-32-2 network with Adam on the whole set; returns it and its accuracy."""
    model = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 2))
    opt = optim.Adam(model.parameters(), lr=0.01)
    for _ in range(steps):
        opt.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        opt.step()
    with autograd.no_grad():
        return model, (model(x).argmax(1) == y).float().mean().item()


def main(given: list[str] | None = None) -> list[float]:
    """Fit both; returns both accuracies."""
    out = folder(__doc__.splitlines()[0], given)
    autograd.manual_seed(0)
    reached = []
    for name, (x, y), steps in (("moons", moons(), 700), ("spirals", spirals(), 2500)):
        model, accuracy = fit(x, y, steps)
        reached.append(accuracy)
        figure = plots.decision_boundary(model, x, y, title=f"Two {name}: {accuracy:.1%} of {len(y)} points right", margin=0.2)
        finish(figure, out / f"{name}.png", f"Two {name}: 2-32-32-2 with tanh, {steps} Adam steps, {accuracy:.1%} right.")
    return reached


if __name__ == "__main__":
    main()
