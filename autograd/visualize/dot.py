"""A computation as DOT text: one table for each box, with its value and its gradient in rows of their own."""

from html import escape
from typing import Any

import numpy as np

from .model import CONSTANT, INPUT, OPERATION, PARAMETER, RESULT, Box, Model
from .numbers import brief, broken

SYMBOLS = {
    "add": "+", "subtract": "−", "multiply": "×", "divide": "÷", "power": "xʸ", "negative": "−x", "matmul": "@",
    "sum": "Σ", "mean": "mean", "square": "x²", "sqrt": "√x", "absolute": "|x|",
}  # fmt: skip

# An opaque card of a light colour with dark ink: readable on a light page and on a dark one. The hues are from the
# Okabe-Ito set, which colour-blind readers can tell apart; the kinds differ in shape, too.
STYLES = {
    PARAMETER: ("#FCE3C4", "#B35900", "box", "rounded,filled"),
    INPUT: ("#D6ECF9", "#0072B2", "box", "filled"),
    CONSTANT: ("#EEEEEE", "#666666", "note", "filled"),
    OPERATION: ("#FFFFFF", "#444444", "box", "rounded,filled"),
    RESULT: ("#D3F0E5", "#00775A", "doubleoctagon", "filled"),
}
VALUE, GRADIENT, BROKEN = "#005A3C", "#B3261E", "#D50000"
FONT = "Helvetica,Arial,sans-serif"


def dot(model: Model, direction: str = "LR") -> str:
    """The whole model as a digraph."""
    lines = [
        "digraph computation {",
        f'  graph [rankdir={direction}, bgcolor="white", pad=0.2, nodesep=0.25, ranksep=0.35, fontname="{FONT}"];',
        f'  node [fontname="{FONT}", fontsize=11, margin=0.06];',
        f'  edge [color="#777777", arrowsize=0.7, fontname="{FONT}", fontsize=9, fontcolor="#777777"];',
    ]
    for box in model.boxes.values():
        lines.append(f"  n{box.key} [{_attributes(box)}];")
    for box in model.boxes.values():
        for parent, _ in box.parents:
            lines.append(f"  n{parent} -> n{box.key};")
    return "\n".join([*lines, "}"]) + "\n"


def _attributes(box: Box) -> str:
    fill, ink, shape, style = STYLES[box.kind]
    given = {"shape": shape, "style": style, "fillcolor": fill, "color": ink, "fontcolor": "#1A1A1A", "tooltip": tooltip(box)}
    quoted = ", ".join(f'{k}="{_quote(v)}"' for k, v in given.items())
    return f"{quoted}, label=<{_table(box)}>"


def _quote(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "&#10;")


def _table(box: Box) -> str:
    rows = [f"<TR><TD><B>{escape(heading(box))}</B></TD></TR>"]
    if box.shape:
        rows.append(f'<TR><TD><FONT POINT-SIZE="9" COLOR="#555555">{escape(shape_text(box))}</FONT></TD></TR>')
    if box.value is not None:
        rows.append(_number_row(box.value, "", VALUE))
    if box.kind != CONSTANT:
        if box.gradient is None:
            rows.append('<TR><TD><FONT POINT-SIZE="9" COLOR="#777777">grad not computed</FONT></TD></TR>')
        else:
            rows.append(_number_row(box.gradient, "grad ", GRADIENT))
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{"".join(rows)}</TABLE>'


def heading(box: Box) -> str:
    """Name and operation: 'loss = mean', 'weight', '×'."""
    symbol = SYMBOLS.get(box.op, box.op)
    if box.name and symbol:
        return f"{box.name} = {symbol}"
    return box.name or symbol or box.kind


def shape_text(box: Box) -> str:
    """'2 × 3 float32'."""
    return f"{' × '.join(map(str, box.shape or ()))} {box.dtype}".strip()


def _number_row(value: Any, prefix: str, ink: str) -> str:
    if broken(value):
        ink = BROKEN
    return f'<TR><TD><FONT COLOR="{ink}">{escape(prefix + brief(value))}</FONT></TD></TR>'


def tooltip(box: Box) -> str:
    """What hovering tells: statistics, the rules of the operation, where it was made."""
    lines = [f"{heading(box)}  {shape_text(box)}"]
    for label, value in (("value", box.value), ("gradient", box.gradient)):
        if value is not None and np.size(value) > 1:
            a = np.asarray(value, float)
            lines.append(f"{label}: mean {a.mean():.4g}, std {a.std():.4g}, min {a.min():.4g}, max {a.max():.4g}")
    lines += [f"d/d{name}: {source}" for name, source in box.formulas.items()]
    if box.line:
        lines.append(f"made at {box.line}")
    return "\n".join(lines)
