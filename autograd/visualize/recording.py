"""What a picture can show beyond what the engine keeps: every value, the line that made it, the module it ran in.

The engine saves what its rules need and forgets the rest. Inside `recording()` each new node is noted with its result,
its inputs, the user's line and the path of the module whose `forward` was running. The notes live as long as the node.
"""

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary

from ..core.graph import own, set_recorder


@dataclass
class Note:
    """What was noted of one node."""

    value: Any
    inputs: tuple[Any, ...]
    line: str
    module: tuple[str, ...]  # names from the outermost module inwards
    modules: tuple[str, ...]  # their classes


_notes: WeakKeyDictionary = WeakKeyDictionary()


def note_of(node: Any) -> Note | None:
    """What was noted of a node, if it was made while recording."""
    return _notes.get(node)


@contextmanager
def recording():
    """Note everything that a picture can show of the operations inside the block.

    >>> import autograd
    >>> x = autograd.ones(2, requires_grad=True)
    >>> with autograd.visualize.recording():
    ...     y = (x * 3.0).sum()
    >>> print(autograd.visualize.graph(y, names={"x": x}).text())
    sum () = 6 [gradient 1]
    └─ mul (2) = [3, 3] [gradient [1, 1]]
       ├─ x (2) = [1, 1] [gradient [3, 3]]
       └─ constant () = 3
    """
    before = set_recorder(_note)
    try:
        yield
    finally:
        set_recorder(before)


def _note(node: Any, value: Any, inputs: Any) -> None:
    line, path, classes = "", [], []
    frame: FrameType | None = sys._getframe(1)
    child = None
    while frame is not None:
        code = frame.f_code
        if not line and not own(frame):
            line = f"{_near(code.co_filename)}:{frame.f_lineno}"
        # A module is whatever runs `forward` on a `self` that knows its submodules.
        owner = frame.f_locals.get("self") if code.co_name == "forward" else None
        if owner is not None and owner is not child and hasattr(owner, "_modules"):
            if child is not None:
                path.append(_name_in(owner, child))
            classes.append(type(owner).__name__)
            child = owner
        frame = frame.f_back
    if child is not None:
        path.append("")
    _notes[node] = Note(value, tuple(inputs), line, tuple(reversed(path)), tuple(reversed(classes)))


def _near(name: str) -> str:
    """A file as seen from the current folder, if it lies below it."""
    return os.path.relpath(name) if name.startswith(os.getcwd() + os.sep) else name


def _name_in(owner: Any, child: Any) -> str:
    for name, module in owner.named_modules():
        if module is child:
            return name
    return type(child).__name__
