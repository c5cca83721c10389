"""Universal approximation: one hidden layer comes closer to a function as it grows wider (Cybenko, 1989; Hornik, 1991)."""

import autograd
import nn
import optim
from autograd.visualize import plots
from examples.output import finish, folder

WIDTHS = (1, 2, 4, 8, 16, 64)


def target(x: autograd.Tensor) -> autograd.Tensor:
    """A function with a bump, a wave and a kink."""
    return autograd.sin(3 * x) + 0.5 * autograd.exp(-8 * (x - 1) ** 2) + 0.3 * x.abs()


def fit(width: int, x: autograd.Tensor, y: autograd.Tensor, steps: int = 3000) -> tuple[autograd.Tensor, float]:
    """The curve of a 1-width-1 network with tanh, and its root mean squared error."""
    model = nn.Sequential(nn.Linear(1, width), nn.Tanh(), nn.Linear(width, 1))
    nn.init.normal_(model[0].weight, std=2.0)  # kinks of many widths: the default start is almost linear on [-2, 2]
    nn.init.uniform_(model[0].bias, -3.0, 3.0)
    opt = optim.Adam(model.parameters(), lr=0.02)
    rate = optim.lr_scheduler.CosineAnnealingLR(opt, steps)
    for _ in range(steps):
        opt.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        opt.step()
        rate.step()
    with autograd.no_grad():
        return model(x), loss.item() ** 0.5


def main(given: list[str] | None = None) -> list[float]:
    """Fit every width; returns the errors."""
    out = folder(__doc__.splitlines()[0], given)
    autograd.manual_seed(0)
    x = autograd.linspace(-2, 2, 200).unsqueeze(1)
    y = target(x)
    figure, axes = plots.figure(11, 5.6, 2, 3, sharex=True, sharey=True)
    errors = []
    for a, width in zip(axes.flat, WIDTHS, strict=True):
        curve, error = fit(width, x, y)
        errors.append(error)
        a.plot(x[:, 0].numpy(), y[:, 0].numpy(), color="#999999", linewidth=3, label="function")
        a.plot(x[:, 0].numpy(), curve[:, 0].numpy(), color=plots.HIGH, label="network")
        a.set_title(f"{width} hidden unit{'s' * (width > 1)}: error {error:.3f}", fontsize=10)
    axes[0, 0].legend(fontsize=8, frameon=False)
    figure.suptitle("One hidden layer of growing width")
    finish(
        figure,
        out / "universal_approximation.png",
        f"Root mean squared errors for widths {WIDTHS}: {[round(e, 4) for e in errors]}",
    )
    return errors


if __name__ == "__main__":
    main()
