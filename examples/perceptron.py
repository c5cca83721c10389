"""Rosenblatt's perceptron finds a line between two classes: the rule of 1958 beside a gradient step on a logistic loss."""

import autograd
import nn
import optim
from autograd.visualize import plots
from examples.output import finish, folder


def points(n: int = 60) -> tuple[autograd.Tensor, autograd.Tensor]:
    """Points of the plane and on which side (-1, +1) of a line they lie, with a gap between the sides."""
    x = autograd.rand(4 * n, 2) * 4 - 2
    side = x[:, 0] * 0.8 - x[:, 1] * 0.6 + 0.2
    clear = side.abs() > 0.25
    return x[clear][:n], side[clear][:n].sign()


def rosenblatt(x: autograd.Tensor, y: autograd.Tensor, epochs: int = 50) -> tuple[autograd.Tensor, float, list[int]]:
    """w += y x for every point that is on the wrong side, until none is."""
    w, b, mistakes = autograd.zeros(2), 0.0, []
    for _ in range(epochs):
        wrong = 0
        for point, label in zip(x, y, strict=True):
            if label.item() * ((w @ point).item() + b) <= 0:
                w, b, wrong = w + label * point, b + label.item(), wrong + 1
        mistakes.append(wrong)
        if not wrong:
            break
    return w, b, mistakes


def main(given: list[str] | None = None) -> int:
    """Run both, draw both lines; returns how many points Rosenblatt's rule still has wrong."""
    out = folder(__doc__.splitlines()[0], given)
    autograd.manual_seed(3)
    x, y = points()
    w, b, mistakes = rosenblatt(x, y)
    model = nn.Linear(2, 1)
    opt = optim.SGD(model.parameters(), lr=0.5)
    for _ in range(200):
        opt.zero_grad()
        nn.functional.softplus(-y * model(x)[:, 0]).mean().backward()
        opt.step()
    figure, (left, right) = plots.figure(11.5, 4.2, 1, 2)
    for label, color in ((-1, plots.LOW), (1, plots.HIGH)):
        chosen = x[y == label]
        left.scatter(chosen[:, 0].numpy(), chosen[:, 1].numpy(), color=color, s=18, label=f"class {label:+d}")
    weight = model.weight.detach()[0].tolist()
    lines = {"perceptron rule": (*w.tolist(), b), "logistic loss": (*weight, model.bias.item())}
    for (name, (w1, w2, b0)), style in zip(lines.items(), ("-", "--"), strict=True):
        left.plot([-2, 2], [-(w1 * t + b0) / w2 for t in (-2, 2)], "k" + style, label=name)
    left.set(xlim=(-2.1, 2.1), ylim=(-2.1, 2.1), title="Two lines between two classes", xlabel="$x_1$", ylabel="$x_2$")
    left.legend(fontsize=8, frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))
    right.bar(range(1, len(mistakes) + 1), mistakes, color=plots.HIGH)
    right.set_xticks(range(1, len(mistakes) + 1))
    right.set(
        title="The perceptron rule stops when it is right", xlabel="pass over the points", ylabel="points on the wrong side"
    )
    finish(
        figure,
        out / "perceptron.png",
        f"The perceptron rule was right on all {len(y)} points after {len(mistakes)} passes. They are separable, so it must "
        "stop (Novikoff, 1962); the logistic loss finds a line, too, and prefers one far from both classes.",
    )
    return mistakes[-1]


if __name__ == "__main__":
    main()
