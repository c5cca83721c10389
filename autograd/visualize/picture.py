"""`graph(y)`: the picture of a computation, as an object that shows, prints and saves itself."""

from pathlib import Path
from typing import Any

from ..errors import ArgumentError, ArgumentTypeError, GradloomError
from ..graph import Traced
from . import dot as dot_text
from .model import build, names_of
from .render import FORMATS, INSTALL, Rendering, render
from .text import tree


class Picture:
    """The graph of a tensor. In a notebook it shows itself as SVG; `print` gives a text tree; `save` writes a file."""

    def __init__(self, model: Any, direction: str) -> None:
        self.model = model
        self._direction = direction

    def dot(self) -> str:
        """The graph as DOT text."""
        return dot_text.dot(self.model, self._direction)

    def text(self) -> str:
        """The graph as a tree of text lines."""
        return tree(self.model)

    def svg(self) -> str:
        """The graph as SVG text. Raises MissingExtra where no Graphviz is installed."""
        return render(self.dot(), "svg").decode()

    def png(self) -> bytes:
        """The graph as a PNG file's bytes. Raises MissingExtra where no Graphviz is installed."""
        return render(self.dot(), "png")

    def save(self, path: Any) -> Path:
        """Write a file; its ending (.svg, .png, .pdf, .dot, .txt) says what."""
        path = Path(path)
        kind = path.suffix.removeprefix(".").lower()
        if kind == "dot":
            path.write_text(self.dot())
        elif kind == "txt":
            path.write_text(self.text() + "\n")
        elif kind in FORMATS:
            path.write_bytes(render(self.dot(), kind))
        else:
            raise ArgumentError(f"save: {path.name!r} ends in {path.suffix!r}; accepted are .svg, .png, .pdf, .dot, .txt")
        return path

    def __str__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        bundle = {"text/plain": self.text()}
        try:
            bundle["image/svg+xml"] = self.svg()
        except GradloomError:  # a notebook gets the tree and the remedy, never an exception
            bundle["text/plain"] += f"\n({INSTALL})" if Rendering.available() is None else ""
        return bundle


def graph(
    output: Any, *, names: Any = None, params: Any = None, gradients: bool = True, direction: str = "LR"
) -> Picture:
    """The picture of everything that `output` was computed from.

    `names` and `params` name boxes: a dict of tensors (`locals()` will do), a module, or (name, tensor) pairs.
    Gradients are those of `output`, if it is a scalar, from a sweep that changes nothing. `direction` is LR or TB.

    >>> from autograd import Tensor, visualize
    >>> a, b = Tensor(2.0, requires_grad=True), Tensor(3.0, requires_grad=True)
    >>> print(visualize.graph(a * b, names={"a": a, "b": b}))
    multiply () = 6 [gradient 1]
    ├─ a () = 2 [gradient 3]
    └─ b () = 3 [gradient 2]
    """
    if not isinstance(output, Traced):
        raise ArgumentTypeError(f"visualize.graph: expected a Tensor, got {type(output).__name__}")
    if direction not in ("LR", "TB", "RL", "BT"):
        raise ArgumentError(f"visualize.graph: direction {direction!r} is not known; accepted are LR, TB, RL, BT")
    return Picture(build(output, names_of(names, params), gradients), direction)
