"""Train a multilayer perceptron on scikit-learn's handwritten digits and tell the training in pictures.

    python -m examples.digits [--hidden 128 64] [--activation relu] [--optimizer adam] [--lr 0.001] ...

Written into the output folder: loss and accuracy curves, a picture of the graph of one small forward and backward pass,
some held-out images with their predictions, and the trained weights.
"""

import argparse
import sys
import time
from itertools import pairwise
from pathlib import Path

import autograd
import nn
import optim
from autograd import visualize
from autograd.utils.data import DataLoader, TensorDataset

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}
OPTIMIZERS = {"adam": optim.Adam, "adamw": optim.AdamW, "sgd": lambda params, lr: optim.SGD(params, lr=lr, momentum=0.9)}


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """The command line; a bad value ends the program with one line that says what is accepted."""
    parser = argparse.ArgumentParser(
        prog="python -m examples.digits",
        description=__doc__.splitlines()[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--hidden", type=positive(int), nargs="+", default=[128, 64], metavar="N", help="hidden layer sizes")
    parser.add_argument("--activation", choices=sorted(ACTIVATIONS), default="relu", help="between the layers")
    parser.add_argument("--optimizer", choices=sorted(OPTIMIZERS), default="adam", help="update rule")
    parser.add_argument("--lr", type=positive(float), default=1e-3, help="learning rate, above 0")
    parser.add_argument("--epochs", type=positive(int), default=40, help="passes over the training images")
    parser.add_argument("--batch", type=positive(int), default=32, help="images in a mini-batch")
    parser.add_argument("--seed", type=whole, default=0, help="of the split, the initial weights and the shuffling")
    parser.add_argument("--out", type=Path, default=Path("runs/digits"), help="folder for pictures and weights")
    parser.error = lambda message: parser.exit(2, f"{parser.prog}: {message}\n")  # type: ignore[method-assign]
    return parser.parse_args(given)


def positive(kind: type):
    """A reader of numbers above zero for argparse."""

    def read(text: str):
        try:
            value = kind(text)
        except ValueError:
            value = 0
        if not 0 < value < float("inf"):
            what = "a whole number" if kind is int else "a number"
            raise argparse.ArgumentTypeError(f"{text!r} is not accepted; give {what} above 0")
        return value

    return read


def whole(text: str) -> int:
    """A reader of seeds for argparse."""
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not accepted; give a whole number from 0")
    return int(text)


def images() -> tuple[TensorDataset, TensorDataset]:
    """(training, held-out) images of 8 x 8 pixels in [0, 1] and their labels: 80 % and 20 %, by chance."""
    from sklearn.datasets import load_digits

    data = load_digits()
    pixels = autograd.tensor(data.data, dtype=autograd.float32) / 16
    labels = autograd.tensor(data.target)
    order = autograd.randperm(len(labels))
    cut = len(labels) * 4 // 5
    train, held_out = order[:cut], order[cut:]
    return TensorDataset(pixels[train], labels[train]), TensorDataset(pixels[held_out], labels[held_out])


def perceptron(hidden: list[int], activation: str) -> nn.Sequential:
    """64 pixels to 10 classes."""
    sizes = [64, *hidden]
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers += [nn.Linear(before, after), ACTIVATIONS[activation]()]
    return nn.Sequential(*layers, nn.Linear(sizes[-1], 10))


def evaluate(model: nn.Module, data: TensorDataset) -> tuple[float, float]:
    """(loss, accuracy) on a whole data set."""
    x, y = data.tensors
    model.eval()
    with autograd.no_grad():
        logits = model(x)
        loss = nn.functional.cross_entropy(logits, y).item()
        accuracy = (logits.argmax(1) == y).float().mean().item()
    model.train()
    return loss, accuracy


def train(
    model: nn.Module, opt: optim.Optimizer, data: TensorDataset, held_out: TensorDataset, args: argparse.Namespace
) -> dict:
    """The training loop; returns what the curves are drawn from, one entry for each epoch."""
    from tqdm import tqdm

    history: dict[str, list[float]] = {"training loss": [], "validation loss": [], "validation accuracy": []}
    batches = DataLoader(data, batch_size=args.batch, shuffle=True)
    bar = tqdm(range(args.epochs), desc="training", unit="epoch", disable=None)
    for _ in bar:
        total = 0.0
        for x, y in batches:
            opt.zero_grad()
            loss = nn.functional.cross_entropy(model(x), y)
            loss.backward()
            opt.step()
            total += loss.item() * len(y)
        validation, accuracy = evaluate(model, held_out)
        for key, value in zip(history, (total / len(data), validation, accuracy), strict=True):
            history[key].append(value)
        bar.set_postfix(loss=f"{history['training loss'][-1]:.4f}", accuracy=f"{accuracy:.1%}")
    return history


def draw_curves(history: dict, path: Path) -> None:
    """Loss (logarithmic) and accuracy over the epochs."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    epochs = range(1, len(history["training loss"]) + 1)
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for key, color in (("training loss", "#0072B2"), ("validation loss", "#D55E00")):
        left.semilogy(epochs, history[key], label=key, color=color)
    left.set(xlabel="epoch", ylabel="cross-entropy", title="Loss")
    left.legend()
    right.plot(epochs, [100 * a for a in history["validation accuracy"]], color="#009E73")
    right.set(xlabel="epoch", ylabel="held-out images right (%)", title="Accuracy")
    for axes in (left, right):
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=150)
    plt.close(figure)


def draw_predictions(model: nn.Module, held_out: TensorDataset, path: Path) -> None:
    """Twenty-four held-out images: the mistakes first, what the network said above each."""
    import matplotlib.pyplot as plt

    x, y = held_out.tensors
    with autograd.no_grad():
        probabilities = nn.functional.softmax(model(x), dim=1)
    said = probabilities.argmax(1)
    wrong = (said != y).tolist()
    order = sorted(range(len(y)), key=lambda k: not wrong[k])[:24]
    figure, grid = plt.subplots(3, 8, figsize=(10, 4.6), layout="constrained")
    for axes, k in zip(grid.flat, order, strict=True):
        axes.imshow(x[k].reshape(8, 8).numpy(), cmap="gray_r", vmin=0, vmax=1)
        sure = probabilities[k, said[k]].item()
        title = f"{said[k].item()}, is {y[k].item()} ({sure:.0%})" if wrong[k] else f"{said[k].item()} ({sure:.0%})"
        axes.set_title(title, fontsize=9, color="#B3261E" if wrong[k] else "#00775A")
        axes.set_axis_off()
    figure.suptitle("Predictions on held-out images, mistakes first (in red)")
    figure.savefig(path, dpi=150)
    plt.close(figure)


def draw_graph(folder: Path) -> Path:
    """One forward and backward pass of a network that is small enough to read, as a picture (or a text tree)."""
    x = autograd.tensor([[0.5, -1.0]])
    small = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2))
    with visualize.recording():
        loss = nn.functional.cross_entropy(small(x), autograd.tensor([1]))
    picture = visualize.graph(loss, names={"x": x, "loss": loss}, params=small)
    if visualize.Rendering.available():
        picture.save(folder / "graph.png")
        return picture.save(folder / "graph.svg")
    print('No Graphviz was found: the graph is written as text; pip install -e ".[viz]" brings one.')
    return picture.save(folder / "graph.txt")


def main(given: list[str] | None = None) -> float:
    """Run the example; returns the accuracy on held-out images."""
    args = arguments(given)
    try:
        import matplotlib  # noqa: F401
        import sklearn  # noqa: F401
        import tqdm  # noqa: F401
    except ImportError as error:
        sys.exit(f'examples.digits: {error.name} is not installed; pip install -e ".[examples]"')
    autograd.manual_seed(args.seed)
    data, held_out = images()
    model = perceptron(args.hidden, args.activation)
    opt = OPTIMIZERS[args.optimizer](model.parameters(), lr=args.lr)
    start = time.perf_counter()
    history = train(model, opt, data, held_out, args)
    seconds = time.perf_counter() - start
    args.out.mkdir(parents=True, exist_ok=True)
    draw_curves(history, args.out / "curves.png")
    draw_predictions(model, held_out, args.out / "predictions.png")
    graph = draw_graph(args.out)
    autograd.save(model.state_dict(), args.out / "weights.safetensors")
    loss, accuracy = evaluate(model, held_out)
    parameters = sum(p.numel() for p in model.parameters())
    sizes = "-".join(map(str, [64, *args.hidden, 10]))
    print(f"MLP {sizes}, {parameters:,} parameters, {args.optimizer}, {args.epochs} epochs in {seconds:.1f} s")
    print(f"held-out images: {accuracy:.2%} of {len(held_out)} right, loss {loss:.4f}")
    print(f"written to {args.out}/: curves.png, predictions.png, {graph.name}, weights.safetensors")
    return accuracy


if __name__ == "__main__":
    main()
