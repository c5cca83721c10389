"""A computation as DOT text: one table for each box, with its value and its gradient in rows of their own."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from .model import CONSTANT, INPUT, MODULE, OPERATION, PARAMETER, RESULT, Box, Model
from .numbers import brief, broken, heat, short, summary

SYMBOLS = {
    "add": "+", "sub": "−", "mul": "×", "div": "÷", "pow": "xʸ", "neg": "−x", "matmul": "@", "sum": "Σ", "square": "x²",
    "sqrt": "√x", "abs": "|x|", "prod": "Π",
}  # fmt: skip
FONT = "Helvetica,Arial,sans-serif"
DETAILS = ("full", "values", "shapes")
STYLE_NAMES = ("boxes", "edges")
SMALL = 9  # numbers that are written out; more become a summary and a strip of colours


@dataclass(frozen=True)
class Theme:
    """Colours of one picture. The card is opaque, so a light picture is readable on a dark page and the reverse."""

    card: str
    ink: str
    faint: str
    value: str
    gradient: str
    broken: str
    kinds: dict[str, tuple[str, str, str, str]]  # fill, outline, shape, style: kinds differ in shape, too


# The hues are those of Okabe and Ito, which colour-blind readers can tell apart.
THEMES = {
    "light": Theme(
        "#FFFFFF", "#1A1A1A", "#5F6368", "#005A3C", "#A61B1B", "#D50000",
        {
            PARAMETER: ("#FCE3C4", "#B35900", "box", "rounded,filled,bold"),
            INPUT: ("#D6ECF9", "#0072B2", "box", "filled"),
            CONSTANT: ("#EEEEEE", "#666666", "note", "filled"),
            OPERATION: ("#FFFFFF", "#444444", "box", "rounded,filled"),
            RESULT: ("#D3F0E5", "#00775A", "box", "filled,rounded"),
            MODULE: ("#F3E6F0", "#8F4B7B", "box3d", "filled"),
        },
    ),
    "dark": Theme(
        "#16181D", "#ECECEC", "#A9AFB8", "#7FE0B5", "#FF9A8F", "#FF5252",
        {
            PARAMETER: ("#4A3212", "#E69F00", "box", "rounded,filled,bold"),
            INPUT: ("#12364A", "#56B4E9", "box", "filled"),
            CONSTANT: ("#2E3136", "#9AA0A6", "note", "filled"),
            OPERATION: ("#202329", "#BDBDBD", "box", "rounded,filled"),
            RESULT: ("#0F3D30", "#3DCB9A", "box", "filled,rounded"),
            MODULE: ("#3B2636", "#D991C2", "box3d", "filled"),
        },
    ),
}  # fmt: skip


def dot(model: Model, direction: str = "LR", *, detail: str = "full", style: str = "boxes", theme: str = "light") -> str:
    """The whole model as a digraph, operations of a module inside of its frame."""
    look = THEMES[theme]
    lines = [
        "digraph computation {",
        f'  graph [rankdir={direction}, bgcolor="{look.card}", pad=0.25, nodesep=0.22, ranksep=0.4, fontname="{FONT}",'
        f' fontsize=11, fontcolor="{look.faint}", color="{look.faint}", labeljust=l];',
        f'  node [fontname="{FONT}", fontsize=11, margin="0.07,0.04", fontcolor="{look.ink}"];',
        f'  edge [color="{look.faint}", arrowsize=0.7, fontname="{FONT}", fontsize=10, fontcolor="{look.faint}"];',
    ]
    lines += _framed(model.boxes.values(), (), look, detail, style)
    for box in model.boxes.values():
        several = len(box.parents) > 1
        for parent, label in box.parents:
            given = _edge_label(model.boxes[parent], look) if style == "edges" else ""
            if not given and several and label:
                given = f'tooltip="{_quote(label)}"'
            lines.append(f"  n{parent} -> n{box.key}{f' [{given}]' if given else ''};")
    return "\n".join([*lines, "}"]) + "\n"


def _framed(boxes: Iterable[Box], path: tuple[Any, ...], look: Theme, detail: str, style: str) -> list[str]:
    """The boxes at a module path, and a cluster for each module below it."""
    own = [b for b in boxes if b.module[: len(path)] == path]
    pad = "  " * (len(path) + 1)
    lines = [f"{pad}n{b.key} [{_attributes(b, look, detail, style)}];" for b in own if b.module == path]
    for inner in dict.fromkeys(b.module[: len(path) + 1] for b in own if len(b.module) > len(path)):
        members = [b for b in own if b.module[: len(inner)] == inner]
        classes = next((b.modules[len(inner)] for b in members if len(b.modules) > len(inner)), "")
        label = escape(" ".join(filter(None, [inner[-1], classes])))
        lines.append(f'{pad}subgraph "cluster_{".".join(inner)}" {{')
        lines.append(f'{pad}  style="rounded"; label=<<B>{label}</B>>;')
        lines += _framed(members, inner, look, detail, style)
        lines.append(f"{pad}}}")
    return lines


def _attributes(box: Box, look: Theme, detail: str, style: str) -> str:
    fill, ink, shape, how = look.kinds[box.kind]
    if style == "edges" and box.kind == OPERATION:
        shape, how = "circle", "filled"
    table = _short_table(box, look) if style == "edges" and box.kind in (OPERATION, RESULT) else _table(box, look, detail)
    given = {"shape": shape, "style": how, "fillcolor": fill, "color": ink, "tooltip": tooltip(box)}
    if box.kind == RESULT:
        given["peripheries"] = "2"
    return ", ".join(f'{k}="{_quote(v)}"' for k, v in given.items()) + f", label=<{table}>"


def _quote(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "&#10;")


def _font(text: str, color: str, size: int = 0) -> str:
    points = f' POINT-SIZE="{size}"' if size else ""
    return f'<FONT COLOR="{color}"{points}>{text}</FONT>'


def _frame(rows: list[str]) -> str:
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{"".join(rows)}</TABLE>'


def _row(cell: str) -> str:
    return f"<TR><TD>{cell}</TD></TR>"


def _table(box: Box, look: Theme, detail: str) -> str:
    rows = []
    if box.kind == CONSTANT and not box.name and np.ndim(box.value) == 0 and box.value is not None:
        return _frame([_row(f"<B>{escape(short(np.asarray(box.value).item()))}</B>")])
    rows.append(_row(f"<B>{escape(heading(box))}</B>"))
    if box.shape:
        rows.append(_row(_font(escape(shape_text(box)), look.faint, 9)))
    if box.detail:
        rows.append(_row(_font(escape(box.detail), look.faint, 9)))
    if detail == "shapes":
        return _frame(rows)
    if box.value is not None:
        rows += _numbers(box.value, "", look.value, look, detail)
    if box.kind != CONSTANT and box.shape is not None:  # an operation with several results has none of its own
        if box.gradient is None:
            rows.append(_row(_font("gradient not computed", look.faint, 9)))
        else:
            rows += _numbers(box.gradient, "grad ", look.gradient, look, detail)
    return _frame(rows)


def _short_table(box: Box, look: Theme) -> str:
    rows = [_row(f"<B>{escape(heading(box))}</B>")]
    if box.kind == RESULT:
        rows += _numbers(box.value, "", look.value, look, "values")
        if box.gradient is not None:
            rows += _numbers(box.gradient, "grad ", look.gradient, look, "values")
    return _frame(rows)


def _edge_label(source: Box, look: Theme) -> str:
    """What flows along an arrow: the value in green above it, the gradient in red below it."""
    if source.kind in (CONSTANT, MODULE) or source.value is None:
        return ""
    rows = _numbers(source.value, "", look.value, look, "values")
    if source.gradient is not None:
        rows += _numbers(source.gradient, "", look.gradient, look, "values")
    return f"label=<{_frame(rows)}>"


def heading(box: Box) -> str:
    """Name and operation: 'loss = mean', 'weight', '×'."""
    symbol = SYMBOLS.get(box.op, box.op)
    if box.kind == MODULE:
        return f"{box.name}  {symbol}".strip()
    if box.name and symbol:
        return f"{box.name} = {symbol}"
    return box.name or symbol or box.kind


def shape_text(box: Box) -> str:
    """'2 × 3 float32'."""
    return f"{' × '.join(map(str, box.shape or ()))} {box.dtype}".strip()


def _numbers(value: Any, prefix: str, ink: str, look: Theme, detail: str) -> list[str]:
    """Rows for an array: written out if it is small, else its summary and a strip of colours."""
    array = np.asarray(value)
    if broken(array):
        ink = look.broken
    if array.ndim == 2 and 1 < array.size <= SMALL:
        cell = '<TD ALIGN="RIGHT">{}</TD>'.format
        rows = (("".join(cell(_font(escape(short(v, 3)), ink, 10)) for v in row)) for row in array.tolist())
        cells = "".join(f"<TR>{row}</TR>" for row in rows)
        label = f'<TD ROWSPAN="1">{_font(prefix.strip(), ink, 9)}</TD>' if prefix else ""
        inner = f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="2">{cells}</TABLE>'
        return [f'<TR><TD><TABLE BORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>{label}<TD>{inner}</TD></TR></TABLE></TD></TR>']
    if array.size <= SMALL:
        return [_row(_font(escape(prefix + brief(array, SMALL)), ink, 10))]
    rows = [_row(_font(escape(prefix + summary(array)), ink, 9))]
    if detail == "full" and not broken(array):
        cells = "".join(f'<TD BGCOLOR="{color}" WIDTH="6" HEIGHT="7" FIXEDSIZE="TRUE"></TD>' for color in heat(array))
        rows.append(_row(f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"><TR>{cells}</TR></TABLE>'))
    return rows


def tooltip(box: Box) -> str:
    """What hovering tells: statistics, the rules of the operation, where it was made."""
    lines = [f"{heading(box)}  {shape_text(box)}"]
    for label, value in (("value", box.value), ("gradient", box.gradient)):
        if value is not None and np.size(value) > 1:
            lines.append(f"{label}: {summary(np.asarray(value))}")
    lines += [f"rule for {name}: {source}" for name, source in box.formulas.items()]
    if box.line:
        lines.append(f"made at {box.line}")
    return "\n".join(lines)
