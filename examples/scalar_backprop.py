"""Backpropagation by hand and by the engine: one neuron, every number written out."""

import math

from autograd import Tensor, visualize
from autograd.visualize import plots
from examples.output import finish, folder


def by_hand(x1: float, x2: float, w1: float, w2: float, b: float, target: float) -> dict[str, float]:
    """The chain rule on paper for (tanh(w1 x1 + w2 x2 + b) - target)**2."""
    out = math.tanh(w1 * x1 + w2 * x2 + b)
    d_out = 2 * (out - target)
    d_sum = d_out / math.cosh(w1 * x1 + w2 * x2 + b) ** 2
    return {"w1": d_sum * x1, "w2": d_sum * x2, "b": d_sum, "x1": d_sum * w1, "x2": d_sum * w2}


def main(given: list[str] | None = None) -> float:
    """Compare the two; returns the largest difference."""
    out = folder(__doc__.splitlines()[0], given)
    numbers = {"x1": 2.0, "x2": -1.0, "w1": 0.5, "w2": 1.5, "b": 0.75}
    leaf = {name: Tensor(value, requires_grad=True) for name, value in numbers.items()}
    with visualize.recording():
        total = leaf["w1"] * leaf["x1"] + leaf["w2"] * leaf["x2"] + leaf["b"]
        neuron = total.tanh()
        loss = (neuron - 1.0) ** 2
    named = {**leaf, "sum": total, "neuron": neuron, "loss": loss}
    print(visualize.walk(loss, names=named))
    picture = visualize.graph(loss, names=named)
    picture.save(out / "scalar_backprop.html")
    loss.backward()
    paper = by_hand(**numbers, target=1.0)
    engine = {name: leaf[name].grad.item() for name in paper}
    figure, axes = plots.figure(7, 3.6)
    at = range(len(paper))
    axes.bar([k - 0.2 for k in at], list(paper.values()), 0.4, label="by hand", color=plots.LOW)
    axes.bar([k + 0.2 for k in at], list(engine.values()), 0.4, label="by the engine", color=plots.HIGH)
    axes.set_xticks(list(at), [f"∂loss/∂{name}" for name in paper])
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_title("The same five derivatives, twice")
    axes.legend(frameon=False)
    worst = max(abs(paper[n] - engine[n]) for n in paper)
    finish(
        figure,
        out / "scalar_backprop.png",
        f"By hand and by the engine differ by at most {worst:.1e} (the engine computes in float32). The graph with every value "
        "and gradient is in scalar_backprop.html.",
    )
    return worst


if __name__ == "__main__":
    main()
