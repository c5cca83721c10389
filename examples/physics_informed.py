"""A physics-informed network solves u'' = -u, u(0) = 0, u'(0) = 1, from the equation alone: second derivatives in the loss."""

import autograd
import nn
import optim
from autograd.visualize import plots
from examples.output import finish, folder


def derivative(y: autograd.Tensor, x: autograd.Tensor) -> autograd.Tensor:
    """dy/dx at every point, itself differentiable."""
    return autograd.grad(y.sum(), x, create_graph=True)[0]


def main(given: list[str] | None = None) -> float:
    """Solve it; returns the largest error against sin."""
    out = folder(__doc__.splitlines()[0], given)
    autograd.manual_seed(0)
    model = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1))
    x = autograd.linspace(0, 6.5, 80).unsqueeze(1).requires_grad_()
    start = autograd.zeros(1, 1, requires_grad=True)
    residuals = []

    def loss() -> autograd.Tensor:
        u = model(x)
        equation = derivative(derivative(u, x), x) + u
        u0 = model(start)
        return (equation**2).mean() + 10 * (u0**2).sum() + 10 * ((derivative(u0, start) - 1) ** 2).sum()

    opt = optim.LBFGS(model.parameters(), max_iter=20, history_size=50, line_search_fn="strong_wolfe")

    def closure() -> autograd.Tensor:
        opt.zero_grad()
        value = loss()
        value.backward()
        residuals.append(value.item())
        return value

    for _ in range(40):
        opt.step(closure)
    with autograd.no_grad():
        u = model(x)[:, 0]
        at = x.detach()[:, 0]
        error = (u - at.sin()).abs().max().item()
    figure, (left, right) = plots.figure(10, 4, 1, 2)
    left.plot(at.numpy(), at.sin().numpy(), color="#999999", linewidth=4, label="sin x")
    left.plot(at.numpy(), u.numpy(), color=plots.HIGH, label="network")
    left.set(xlabel="x", ylabel="u", title=f"largest error {error:.1e}")
    left.legend(frameon=False)
    right.semilogy(residuals, color=plots.LOW)
    right.set(xlabel="evaluation of the loss (L-BFGS)", ylabel="residual of the equation", title="No solution was shown to it")
    finish(figure, out / "physics_informed.png", f"u'' = -u solved to {error:.1e} with {len(residuals)} evaluations.")
    return error


if __name__ == "__main__":
    main()
