"""Backpropagation one step at a time: the frames that the page, the terminal walk and a program of one's own go through.

First every box gets its value, in the order of evaluation; then the sweep runs, one operation a frame. What a frame
says of a rule (`local * upstream = contribution`) was observed in a real sweep of the engine, not computed again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..core import engine
from ..core.graph import Traced
from ..errors import ArgumentTypeError, GraphError
from .dot import heading
from .model import Box, Model, build, names_of
from .numbers import brief


@dataclass
class Contribution:
    """What one operation passes to one of its inputs."""

    parent: int  # key of the box that receives it
    argument: str  # the input's name in the rule
    formula: str  # the rule's source
    local: Any  # the local derivative, where the operation is elementwise (the rule applied to 1), else None
    upstream: Any  # the cotangent that arrived at the operation
    value: Any  # the contribution itself
    total: Any  # the receiver's gradient after adding it


@dataclass
class Frame:
    """One step: what is active, and what is known by now."""

    phase: str  # 'forward' or 'backward'
    active: int  # key of the box
    values: int  # boxes 0..values-1 have their values
    upstream: Any = None
    contributions: list[Contribution] = field(default_factory=list)
    gradients: dict[int, Any] = field(default_factory=dict)  # known after this step, by key


def steps(output: Any, *, names: Any = None, params: Any = None) -> Iterator[Frame]:
    """The frames of `output`'s forward and backward pass; the output must be a scalar whose graph was not freed.

    >>> from autograd import Tensor, visualize
    >>> a, b = Tensor(2.0, requires_grad=True), Tensor(3.0, requires_grad=True)
    >>> for frame in visualize.steps(a * b):
    ...     print(frame.phase, frame.active, {k: float(g) for k, g in frame.gradients.items()})
    forward 0 {}
    forward 1 {}
    forward 2 {}
    backward 2 {2: 1.0, 0: 3.0, 1: 2.0}
    """
    return iter(Walk(output, names, params).frames)


class Walk:
    """A model and all frames of its passes."""

    def __init__(self, output: Any, names: Any = None, params: Any = None) -> None:
        if not isinstance(output, Traced):
            raise ArgumentTypeError(f"visualize.steps: expected a Tensor, got {type(output).__name__}")
        if output._data.size != 1:
            raise GraphError(f"visualize.steps: needs a scalar, got shape {tuple(output.shape)}; reduce it (.sum(), .mean())")
        self.model: Model = build(output, names_of(names, params))
        self.frames: list[Frame] = self._forward() + self._backward(output)

    def _forward(self) -> list[Frame]:
        return [Frame("forward", box.key, k + 1) for k, box in enumerate(self.model.boxes.values())]

    def _backward(self, output: Any) -> list[Frame]:
        if output._node is None:
            return []
        key_of = {id(b.node): b.key for b in self.model.boxes.values() if b.node is not None}
        known: dict[int, Any] = {self.model.output: np.ones_like(output._data)}
        frames: list[Frame] = []

        def observe(node: Any, position: int, parent: Any, g: Any, cotangent: Any) -> None:
            key, target = key_of.get(id(node)), key_of.get(id(parent))
            if key is None or target is None:
                return
            if not frames or frames[-1].active != key:
                frames.append(Frame("backward", key, len(self.model.boxes), upstream=g, gradients=dict(known)))
            known[target] = cotangent if target not in known else known[target] + cotangent
            box = self.model.boxes[key]
            name = node.prim.input_name(position)
            formula = box.formulas.get(name, next(iter(box.formulas.values()), ""))
            formula = formula.splitlines()[-1].strip().removeprefix("return ") if formula else ""
            part = Contribution(target, name, formula, local(node, position, g), g, cotangent, known[target])
            frames[-1].contributions.append(part)
            frames[-1].gradients = dict(known)

        engine.sweep({output._node: known[self.model.output]}, keep=True, observe=observe)
        return frames


def local(node: Any, position: int, g: Any) -> Any:
    """The local derivative of an elementwise operation: its rule is linear in the cotangent, so the rule of 1."""
    if not getattr(node.prim, "elementwise", False):
        return None
    args = node.saved[position]
    return node.prim.rule(position)(np.ones_like(g), *args)


def walk(output: Any, *, names: Any = None, params: Any = None) -> str:
    """Both passes as text, a line for each value and for each contribution: a walk through backward in a terminal.

    >>> from autograd import Tensor, visualize
    >>> a, b = Tensor(2.0, requires_grad=True), Tensor(3.0, requires_grad=True)
    >>> print(visualize.walk(a * b + a, names={"a": a, "b": b}))
    forward
      a = 2
      b = 3
      × = 6
      + = 8
    backward
      + has gradient 1
        ×.grad += 1 * 1 = 1   (x: g)
        a.grad += 1 * 1 = 1   (y: g)
      × has gradient 1
        a.grad += 3 * 1 = 3, now 4   (x: g * y)
        b.grad += 2 * 1 = 2   (y: g * x)
    """
    told = Walk(output, names, params)
    lines = ["forward"]
    done: set[int] = set()
    for frame in told.frames:
        box = told.model.boxes[frame.active]
        if frame.phase == "forward":
            lines.append(f"  {_called(box)} = {brief(box.value) if box.value is not None else 'not kept'}")
            continue
        if "backward" not in lines:
            lines.append("backward")
        lines.append(f"  {_called(box)} has gradient {brief(frame.upstream)}")
        for c in frame.contributions:
            product = f"{brief(c.local)} * {brief(c.upstream)} = {brief(c.value)}" if c.local is not None else brief(c.value)
            again = f", now {brief(c.total)}" if c.parent in done else ""
            done.add(c.parent)
            lines.append(f"    {_called(told.model.boxes[c.parent])}.grad += {product}{again}   ({c.argument}: {c.formula})")
    return "\n".join(lines)


def _called(box: Box) -> str:
    return heading(box) if box.name or box.op else brief(box.value)
