"""Dropout left on at prediction time (MC dropout) says where a network has seen nothing."""

import autograd
import nn
import optim
from autograd.visualize import plots
from examples.output import finish, folder


def main(given: list[str] | None = None) -> tuple[float, float]:
    """Fit a curve with a gap in the data; returns the mean spread where there is data and where there is none."""
    out = folder(__doc__.splitlines()[0], given)
    autograd.manual_seed(1)
    left, right = autograd.rand(60) * 1.6 - 2.0, autograd.rand(60) * 1.2 + 0.8
    x = autograd.cat([left, right]).unsqueeze(1)
    y = autograd.sin(2 * x) + 0.08 * autograd.randn(*x.shape)
    layers = [nn.Linear(1, 128), nn.ReLU(), nn.Dropout(0.1), nn.Linear(128, 128), nn.ReLU(), nn.Dropout(0.1), nn.Linear(128, 1)]
    model = nn.Sequential(*layers)
    opt = optim.Adam(model.parameters(), lr=3e-3, weight_decay=1e-5)
    for _ in range(2500):
        opt.zero_grad()
        nn.functional.mse_loss(model(x), y).backward()
        opt.step()
    grid = autograd.linspace(-3, 3, 240).unsqueeze(1)
    model.train()  # dropout stays on: every pass is another network
    with autograd.no_grad():
        passes = autograd.stack([model(grid)[:, 0] for _ in range(200)])
    mean, spread = passes.mean(0), passes.std(0)
    at = grid[:, 0]
    seen = ((at > -2) & (at < -0.4)) | ((at > 0.8) & (at < 2))
    inside, outside = spread[seen].mean().item(), spread[~seen].mean().item()
    figure, axes = plots.figure(9, 4.4)
    for k, alpha in ((2, 0.15), (1, 0.25)):
        axes.fill_between(
            at.numpy(), (mean - k * spread).numpy(), (mean + k * spread).numpy(), color=plots.LOW, alpha=alpha, linewidth=0
        )
    axes.plot(at.numpy(), mean.numpy(), color=plots.LOW, label="mean of 200 passes, ±1 and ±2 standard deviations")
    axes.plot(at.numpy(), autograd.sin(2 * at).numpy(), color="#777777", linestyle="--", label="the truth")
    axes.scatter(x[:, 0].numpy(), y[:, 0].numpy(), s=10, color=plots.HIGH, label="data", zorder=3)
    axes.set(xlabel="x", ylabel="y", title="MC dropout: wide where there were no data")
    axes.legend(frameon=False, fontsize=9)
    finish(figure, out / "dropout_uncertainty.png", f"Mean spread where there are data {inside:.3f}, elsewhere {outside:.3f}.")
    return inside, outside


if __name__ == "__main__":
    main()
