"""A computation as boxes and arrows: what every kind of picture is drawn from.

Boxes are tensors (leaves, constants) and operations (with their result). Gradients are taken from a sweep of the
picture's own, which changes nothing; where none is possible (the graph was freed, or the output is not a scalar) only
what a backward pass left in `.grad` is shown, and the rest is "not computed".
"""

import inspect
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..core import engine
from ..core.graph import Leaf, Node, mutation_after
from ..core.primitive import Primitive, rule_saves
from .recording import note_of

PARAMETER, INPUT, CONSTANT, OPERATION, RESULT = "parameter", "input", "constant", "operation", "result"
MODULE = "module"


@dataclass
class Box:
    """One tensor or operation of a picture."""

    key: int
    kind: str
    op: str = ""
    name: str = ""
    shape: tuple[Any, ...] | None = None
    dtype: str = ""
    value: Any = None
    gradient: Any = None
    line: str = ""
    module: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    formulas: dict[str, str] = field(default_factory=dict)
    parents: list[tuple[int, str]] = field(default_factory=list)  # (key of the box, name of the input)
    node: Any = None
    detail: str = ""

    @property
    def title(self) -> str:
        """What to call it: its name, else what it is."""
        return self.name or self.op or self.kind


@dataclass
class Model:
    """All boxes of a computation, in the order of evaluation; the last one is the output."""

    boxes: dict[int, Box]
    output: int

    def children(self) -> dict[int, list[int]]:
        """For each box the boxes that use it."""
        found: dict[int, list[int]] = {k: [] for k in self.boxes}
        for b in self.boxes.values():
            for parent, _ in b.parents:
                found[parent].append(b.key)
        return found


def names_of(*sources: Any) -> dict[int, str]:
    """Names by `id` of node, from dicts of tensors (`locals()` will do), (name, tensor) pairs and modules."""
    found: dict[int, str] = {}
    for source in sources:
        if source is None:
            continue
        if hasattr(source, "named_parameters"):
            pairs = list(source.named_parameters())
        elif isinstance(source, Mapping):
            pairs = []
            for name, value in source.items():
                if hasattr(value, "named_parameters"):
                    pairs += [(f"{name}.{n}" if not name.startswith("_") else n, p) for n, p in value.named_parameters()]
                else:
                    pairs.append((name, value))
        else:
            pairs = list(source)
        for name, tensor in pairs:
            node = getattr(tensor, "_node", None)
            if node is not None and not str(name).startswith("_"):
                found.setdefault(id(node), str(name))
            elif getattr(tensor, "_data", None) is not None and not str(name).startswith("_"):
                found.setdefault(id(tensor._data), str(name))
    return found


def build(output: Any, names: dict[int, str] | None = None, gradients: bool = True) -> Model:
    """The model of everything that `output` was computed from."""
    names = names or {}
    if output._node is None:
        box = Box(0, CONSTANT, name=names.get(id(output._data), ""), value=output._data, **_shape(output._data))
        return Model({0: box}, 0)
    nodes = in_order(output._node)
    found = cotangents(output) if gradients else {}
    boxes: dict[int, Box] = {}
    key_of: dict[int, int] = {}
    constants: dict[int, int] = {}
    for node in nodes:
        if type(node) is Leaf:
            box = _leaf_box(len(boxes), node, names)
        else:
            box = Box(len(boxes), OPERATION, op=node.prim.name, name=names.get(id(node), ""), node=node)
            note = note_of(node)
            box.value = _whole(note.value if note else node.value, node)
            box.shape = node.shape
            if note:
                box.line, box.module, box.modules = note.line, note.module[1:], note.modules
            box.formulas = formulas(node.prim)
            _connect(box, node, boxes, key_of, constants, names)
        if node in found and node.shape is not None:
            box.gradient = found[node]
        key_of[id(node)] = box.key = len(boxes)
        boxes[box.key] = box
    _known_values(boxes)
    last = boxes[key_of[id(_unpicked(output._node))]]
    last.value, last.dtype = output._data, str(output.dtype)
    if last.kind == OPERATION:
        last.kind = RESULT
    return Model(boxes, last.key)


def in_order(root: Any) -> list[Any]:
    """All nodes below `root`, oldest first, each leaf right before the operation that first uses it."""
    found: dict[Any, Any] = {}
    for node in reversed(engine.reachable([root])):
        if type(node) is Node and getattr(node.prim, "name", "") != "pick":
            found.update(dict.fromkeys(p for p in node.parents if type(p) is Leaf))
            found[node] = None
    return list(found) or [root]


def _unpicked(node: Any) -> Any:
    while getattr(node.prim, "name", "") == "pick":
        node = node.parents[0]
    return node


def _leaf_box(key: int, node: Leaf, names: dict[int, str]) -> Box:
    owner = node.owner()
    kind = PARAMETER if type(owner).__name__ == "Parameter" else INPUT
    grad = None if node.grad is None else node.grad._data
    value = None if owner is None else owner._data
    return Box(
        key, kind, name=names.get(id(node), ""), shape=node.shape, dtype=str(node.dtype), value=value, gradient=grad, node=node
    )


def _whole(value: Any, node: Node) -> Any:
    """A remembered result, unless its memory has been overwritten since."""
    if isinstance(value, tuple) or value is None:
        return None
    return None if mutation_after(value, node.seq) else value


def _shape(value: Any) -> dict[Any, Any]:
    return {"shape": np.shape(value), "dtype": str(getattr(value, "dtype", type(value).__name__))}


def _connect(
    box: Box, node: Node, boxes: dict[Any, Any], key_of: dict[Any, Any], constants: dict[Any, Any], names: dict[int, str]
) -> None:
    """The arrows into an operation; inputs outside of the graph become boxes of their own if their value is known."""
    for position, parent in enumerate(node.parents):
        label = node.prim.input_name(position)
        if parent is not None:
            box.parents.append((key_of[id(_unpicked(parent))], label))
            continue
        value = _constant(node, position)
        if value is None:
            continue
        key = constants.get(id(value))
        if key is None or isinstance(value, (int, float)):
            key = constants[id(value)] = len(boxes)
            boxes[key] = Box(key, CONSTANT, name=names.get(id(value), ""), value=value, **_shape(value))
        box.parents.append((key, label))


def _constant(node: Node, position: int) -> Any:
    note = note_of(node)
    if note:
        return note.inputs[position] if position < len(note.inputs) else None
    if node.prim.variadic:
        return None
    wanted = node.prim.inputs[position] if position < len(node.prim.inputs) else None
    for args, rule in zip(node.saved or (), node.prim.rule_list, strict=False):
        if args is not None:
            for name, value in zip(rule_saves(rule), args, strict=False):
                if name == wanted:
                    return value
    return None


def _known_values(boxes: dict[int, Box]) -> None:
    """Values that an operation's rules saved are its inputs' values."""
    for b in boxes.values():
        node = b.node
        if type(node) is not Node or not isinstance(node.prim, Primitive) or node.prim.variadic:
            continue
        at = dict(zip((name for _, name in b.parents), (key for key, _ in b.parents), strict=True))
        for args, rule in zip(node.saved or (), node.prim.rule_list, strict=False):
            for name, value in zip(rule_saves(rule), args or (), strict=False):
                if name == "ans" and b.value is None:
                    b.value = _whole(value, node)
                elif name in at and boxes[at[name]].value is None:
                    boxes[at[name]].value = _whole(value, node)
    for b in boxes.values():
        if b.value is not None and not b.dtype:
            b.dtype = str(np.asarray(b.value).dtype)


def cotangents(output: Any) -> dict[Any, Any]:
    """The gradient of a scalar output at every node below it, from a sweep that leaves no trace; {} if impossible."""
    if output._data.size != 1:
        return {}
    found: dict[Any, Any] = {output._node: np.ones_like(output._data)}

    def observe(node: Any, position: int, parent: Any, g: Any, cotangent: Any) -> None:
        found[parent] = cotangent if parent not in found else found[parent] + cotangent

    try:
        engine.sweep({output._node: np.ones_like(output._data)}, keep=True, observe=observe)
    except RuntimeError:
        return {}
    return found


def formulas(prim: Any) -> dict[str, str]:
    """The source of each rule of a primitive, without its frame: 'x' -> 'g * y'."""
    found = {}
    for name, rule in getattr(prim, "rules", {}).items():
        try:
            source = textwrap.dedent(inspect.getsource(rule))
        except (OSError, TypeError):
            continue
        lines = [line for line in source.splitlines() if not line.lstrip().startswith(("@", "#"))]
        body = textwrap.dedent("\n".join(lines[1:])).strip()
        found[name] = body.removeprefix("return ") if body.startswith("return ") else body
    return found
