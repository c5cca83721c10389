"""`step_through(loss)`: one self-contained HTML page that walks through the forward and the backward pass."""

import json
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ArgumentError, GraphError
from .dot import heading, shape_text
from .layout import place
from .model import CONSTANT, Box
from .steps import Walk

MOST = 60  # boxes on one page; more cannot be read from the back of a class
CELLS = 16  # rows and columns of a heat map; larger arrays are averaged into that many
WIDTH = 156


class StepThrough:
    """The page: `save(path)` writes it, `html()` gives its text, a notebook shows it in a frame."""

    title: str
    walk: Walk

    def __init__(self, walk: Walk, title: str) -> None:
        self.walk, self.title = walk, title

    def html(self) -> str:
        """The whole page as text; it needs no network and no other file."""
        template = (Path(__file__).with_name("page.html")).read_text(encoding="utf-8")
        data = json.dumps(self.data(), separators=(",", ":")).replace("</", "<\\/")
        return template.replace("{{title}}", escape(self.title)).replace("{{data}}", data)

    def save(self, path: Any) -> Path:
        """Write the page to a file that ends in .html."""
        path = Path(path)
        if path.suffix.lower() not in (".html", ".htm"):
            raise ArgumentError(f"save: {path.name!r} must end in .html")
        path.write_text(self.html(), encoding="utf-8")
        return path

    def _repr_html_(self) -> str:
        return f'<iframe srcdoc="{escape(self.html(), quote=True)}" style="width:100%;height:720px;border:0"></iframe>'

    def data(self) -> dict[Any, Any]:
        """What the page's script draws from."""
        model = self.walk.model
        sizes = {b.key: _size(b) for b in model.boxes.values()}
        corners, (width, height) = place(model, sizes)
        boxes = [
            {
                "key": b.key, "kind": b.kind, "title": heading(b), "shape": shape_text(b) if b.shape else "",
                "x": corners[b.key][0], "y": corners[b.key][1], "w": sizes[b.key][0], "h": sizes[b.key][1],
                "value": numbers(b.value), "rules": b.formulas, "line": b.line,
            }
            for b in model.boxes.values()
        ]  # fmt: skip
        edges = [[p, b.key] for b in model.boxes.values() for p, _ in b.parents]
        return {"boxes": boxes, "edges": edges, "width": width, "height": height, "frames": self._frames()}

    def _frames(self) -> list[dict[Any, Any]]:
        rows = []
        before: dict[int, Any] = {}
        for f in self.walk.frames:
            changed = {k: numbers(g) for k, g in f.gradients.items() if before.get(k) is not g}
            before = f.gradients
            parts = [
                {
                    "parent": c.parent, "argument": c.argument, "formula": c.formula, "local": numbers(c.local),
                    "upstream": numbers(c.upstream), "value": numbers(c.value), "total": numbers(c.total),
                }
                for c in f.contributions
            ]  # fmt: skip
            rows.append(
                {"phase": f.phase, "active": f.active, "upstream": numbers(f.upstream), "parts": parts, "changed": changed}
            )
        return rows


def _size(box: Box) -> tuple[int, int]:
    """A box has a title, its shape, its value and (a constant does not) its gradient."""
    if box.kind == CONSTANT and not box.shape:
        return 84, 46
    picture = 46 if box.shape and int(np.prod(box.shape)) > 1 else 20
    return WIDTH, 30 + (14 if box.shape else 0) + picture * (1 if box.kind == CONSTANT else 2) + 12


def numbers(value: Any) -> dict[Any, Any] | None:
    """An array for the script: exact numbers of a scalar, a grid of numbers (averaged if it is large) of a tensor."""
    if value is None:
        return None
    array = np.asarray(value, float)
    if array.size == 1:
        return {"scalar": _json(array.item())}
    grid = array.reshape(-1, array.shape[-1]) if array.ndim > 1 else array.reshape(1, -1)
    averaged = grid.shape[0] > CELLS or grid.shape[1] > CELLS
    if averaged:
        rows = np.array_split(np.arange(grid.shape[0]), min(CELLS, grid.shape[0]))
        columns = np.array_split(np.arange(grid.shape[1]), min(CELLS, grid.shape[1]))
        grid = np.array([[grid[np.ix_(r, c)].mean() for c in columns] for r in rows])
    return {"grid": [[_json(v) for v in row] for row in grid.tolist()], "averaged": averaged, "shape": list(array.shape)}


def _json(number: float) -> Any:
    """JSON has no NaN and no infinity; the page shows their names."""
    return number if np.isfinite(number) else str(number)


def step_through(
    output: Any, *, names: Any = None, params: Any = None, title: str = "Backpropagation, step by step"
) -> StepThrough:
    """A page that walks through the forward and the backward pass of a scalar, one operation at a time.

    First the values appear in the order of evaluation; then each operation passes `local * upstream` to its inputs, and
    the panel shows the rule, the numbers and the sums. Slider, arrow keys, space to play. `names` and `params` name boxes
    as in `graph`. Raises GraphError for a tensor that is not a scalar, was freed, or has more than 60 boxes.

    >>> from autograd import Tensor, visualize
    >>> a, b = Tensor(2.0, requires_grad=True), Tensor(3.0, requires_grad=True)
    >>> page = visualize.step_through(a * b, names={"a": a, "b": b})
    >>> len(page.html()) > 1000
    True
    """
    walk = Walk(output, names, params)
    if len(walk.model.boxes) > MOST:
        raise GraphError(
            f"visualize.step_through: {len(walk.model.boxes)} boxes are too many to follow (at most {MOST}); use a smaller "
            "network or visualize.graph(loss, depth=1)"
        )
    return StepThrough(walk, title)
