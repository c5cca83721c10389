"""A computation as a tree in a terminal: the output first, what it was made from below it."""

from .model import Box, Model
from .numbers import brief


def tree(model: Model, deepest: int = 40) -> str:
    """The tree; a box that is used more than once is drawn at its first place and named at the others."""
    lines: list[str] = []
    drawn: set[int] = set()
    stack = [(model.output, "", "")]
    while stack:
        key, lead, indent = stack.pop()
        box = model.boxes[key]
        if key in drawn and box.parents:
            lines.append(f"{lead}{box.title} (above)")
            continue
        drawn.add(key)
        lines.append(lead + line(box))
        if len(indent) >= 3 * deepest and box.parents:
            lines.append(f"{indent}└─ ...")
            continue
        below = []
        for k, (parent, _) in enumerate(box.parents):
            last = k == len(box.parents) - 1
            below.append((parent, indent + ("└─ " if last else "├─ "), indent + ("   " if last else "│  ")))
        stack += reversed(below)
    return "\n".join(lines)


def line(box: Box) -> str:
    """One box on one line: name, shape, value, gradient."""
    text = f"{box.name} = {box.op}" if box.name and box.op else box.title
    if box.shape is not None:
        text += f" ({', '.join(map(str, box.shape))})"
    if box.value is not None:
        text += f" = {brief(box.value)}"
    if box.gradient is not None:
        text += f" [gradient {brief(box.gradient)}]"
    return text
