"""Overfit one batch first: a network that cannot learn eight samples by heart has a bug, and the loss curve says which kind."""

import math

import autograd
import nn
import optim
from autograd.visualize import plots
from examples.digits import images, perceptron
from examples.output import finish, folder


def losses(bug: str, steps: int = 150) -> list[float]:
    """The loss over steps on one batch of eight images, with a deliberate bug or none."""
    autograd.manual_seed(0)
    x, y = (t[:8] for t in images()[0].tensors)
    model = perceptron([64], "relu")
    opt = optim.Adam(model.parameters(), lr=1e-2)
    found = []
    for _ in range(steps):
        if bug != "forgot zero_grad":
            opt.zero_grad()
        labels = y[autograd.randperm(8)] if bug == "labels shuffled" else y
        out = model(x)
        if bug == "detached":
            out = out.detach().requires_grad_()
        if bug == "softmax twice":
            out = out.softmax(1)
        loss = nn.functional.cross_entropy(out, labels)
        loss.backward()
        opt.step()
        found.append(loss.item())
    return found


def main(given: list[str] | None = None) -> dict[str, float]:
    """Draw all curves; returns the final losses."""
    out = folder(__doc__.splitlines()[0], given)
    cases = ("none: as it should be", "softmax twice", "labels shuffled", "detached", "forgot zero_grad")
    found = {name: losses(name) for name in cases}
    figure = plots.curves(found, log=True, xlabel="step", title="One batch of eight: the loss must go to zero")
    figure.axes[0].axhline(math.log(10), color="#888888", linestyle=":")
    figure.axes[0].text(2, math.log(10) * 1.15, "log 10: guessing", fontsize=8, color="#666666")
    finish(figure, out / "overfit_one_batch.png", "\n".join(f"{n:22s} final loss {v[-1]:.4f}" for n, v in found.items()))
    return {n: v[-1] for n, v in found.items()}


if __name__ == "__main__":
    main()
