"""`graph(y)`: the picture of a computation, as an object that shows, prints and saves itself."""

from html import escape
from pathlib import Path
from typing import Any

from ..core.graph import Traced
from ..errors import ArgumentError, ArgumentTypeError, GradloomError, MissingExtra
from . import dot as dots
from .condense import LARGEST, READABLE, condensed, depth_of, folded, locate, nearest
from .model import Model, build, names_of
from .render import FORMATS, INSTALL, Rendering, render
from .text import tree

WIDE = 30  # boxes; a larger graph goes from top to bottom, which a page has more room for
ENDINGS = (*FORMATS, "html", "dot", "txt")


class Picture:
    """The graph of a tensor. In a notebook it shows itself as SVG; `print` gives a text tree; `save` writes a file.

    `note` says in words what was left out, where a graph was too big to draw whole.
    """

    model: Model
    note: str

    def __init__(self, model: Model, note: str, look: dict[str, str]) -> None:
        self.model, self.note, self._look = model, note, look

    def dot(self) -> str:
        """The graph as DOT text."""
        text = dots.dot(self.model, **self._look)
        if self.note:
            head, rest = text.split("\n", 1)
            text = f'{head}\n  label="{self.note}"; labelloc=t;\n{rest}'
        return text

    def text(self) -> str:
        """The graph as a tree of text lines."""
        return (f"({self.note})\n" if self.note else "") + tree(self.model)

    def svg(self) -> str:
        """The graph as SVG text that scales with the page. Raises MissingExtra where no Graphviz is installed."""
        svg = render(self.dot(), "svg").decode()
        return svg[svg.index("<svg") :]

    def png(self) -> bytes:
        """The graph as a PNG file's bytes. Raises MissingExtra where no Graphviz is installed."""
        return render(self.dot(), "png")

    def to_graphviz(self) -> Any:
        """The graph as a `graphviz.Source`, with the `render`, `view` and `pipe` that torchviz's and micrograd's users know.

        Needs the package graphviz (extra `viz`), and to render a `dot` program on the PATH, which that package does not bring.

        >>> from autograd import Tensor, visualize
        >>> a = Tensor(2.0, requires_grad=True)
        >>> source = visualize.graph(a * a).to_graphviz()
        >>> source.source.startswith("digraph")
        True
        """
        try:
            import graphviz
        except ImportError:
            raise MissingExtra('to_graphviz: needs the package graphviz: pip install "gradloom[viz]"') from None
        return graphviz.Source(self.dot())

    def html(self) -> str:
        """A page of its own around the SVG (or around the text tree, where no Graphviz is installed)."""
        try:
            body = self.svg()
        except GradloomError:
            body = f"<pre>{escape(self.text())}</pre><p>{escape(INSTALL)}</p>"
        card = dots.THEMES[self._look["theme"]]
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Graph of a computation</title>'
            f"<style>body{{margin:1rem;background:{card.card};color:{card.ink};font-family:{dots.FONT}}}"
            "svg{max-width:100%;height:auto}</style></head><body>"
            f"{body}</body></html>\n"
        )

    def save(self, path: Any) -> Path:
        """Write a file; its ending (.svg, .png, .pdf, .html, .dot, .txt) says what."""
        path = Path(path)
        kind = path.suffix.removeprefix(".").lower()
        if kind not in ENDINGS:
            raise ArgumentError(f"save: {path.name!r} ends in {path.suffix!r}; accepted are .{', .'.join(ENDINGS)}")
        if kind == "svg":
            path.write_text(self.svg(), encoding="utf-8")
        elif kind in FORMATS:
            path.write_bytes(render(self.dot(), kind))
        else:
            path.write_text({"html": self.html, "dot": self.dot, "txt": lambda: self.text() + "\n"}[kind](), encoding="utf-8")
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
    output: Any,
    *,
    names: Any = None,
    params: Any = None,
    gradients: bool = True,
    depth: int | None = None,
    direction: str | None = None,
    detail: str = "full",
    style: str = "boxes",
    theme: str = "light",
) -> Picture:
    """The picture of everything that `output` was computed from.

    `names` and `params` name boxes: a dict of tensors (`locals()` will do), a module, or (name, tensor) pairs.
    Gradients are those of `output`, if it is a scalar, from a sweep that changes nothing. Values that no rule saved, the
    line that made a box and the module it belongs to are known for what was computed inside `recording()`.

    `depth` draws modules at that depth as single boxes, like ones in a row merged; a graph of more than 150 boxes is
    drawn so by itself. `direction` is LR (the default for small graphs), TB (for large ones), RL or BT; `detail` full,
    values or shapes; `style` boxes, or edges (values above the arrows in green, gradients below in red); `theme` light or
    dark.

    >>> from autograd import Tensor, visualize
    >>> a, b = Tensor(2.0, requires_grad=True), Tensor(3.0, requires_grad=True)
    >>> print(visualize.graph(a * b, names={"a": a, "b": b}))
    mul () = 6 [gradient 1]
    ├─ a () = 2 [gradient 3]
    └─ b () = 3 [gradient 2]
    """
    if not isinstance(output, Traced):
        raise ArgumentTypeError(f"visualize.graph: expected a Tensor, got {type(output).__name__}")
    look = {"direction": direction or "LR", "detail": detail, "style": style, "theme": theme}
    accepted = {
        "direction": ("LR", "TB", "RL", "BT"),
        "detail": dots.DETAILS,
        "style": dots.STYLE_NAMES,
        "theme": tuple(dots.THEMES),
    }
    for option, value in look.items():
        if value not in accepted[option]:
            raise ArgumentError(f"visualize.graph: {option} {value!r} is not known; accepted are {', '.join(accepted[option])}")
    if depth is not None and (not isinstance(depth, int) or depth < 1):
        raise ArgumentError(f"visualize.graph: depth must be a whole number from 1, got {depth!r}")
    model = build(output, names_of(names, params), gradients)
    model, note = readable(model, depth)
    if direction is None and len(model.boxes) > WIDE:
        look["direction"] = "TB"
    return Picture(model, note, look)


def readable(model: Model, depth: int | None) -> tuple[Model, str]:
    """The model at a size that one can read, and what was done to it in words."""
    total = len(model.boxes)
    if depth is None and total <= READABLE:
        return model, ""
    locate(model)
    if depth is not None:
        return condensed(model, depth), ""
    model = folded(model)
    if len(model.boxes) <= READABLE:
        return model, f"{total:,} boxes, like modules in a row drawn once"
    levels = [condensed(model, level) for level in range(depth_of(model), 0, -1)]
    for most in (READABLE // 3, READABLE):  # as deep as a page allows, else as deep as can be read at all
        for smaller in levels:
            if len(smaller.boxes) <= most:
                return smaller, f"{total:,} boxes, drawn by modules; depth= chooses how deep"
    if total <= LARGEST and not levels:
        return model, ""
    few = nearest(model, READABLE // 3)
    return few, (
        f"{total:,} boxes are too many to lay out: these are the nearest to the result. Compute inside "
        "visualize.recording(), or pass params=model, and it is drawn by modules"
    )
