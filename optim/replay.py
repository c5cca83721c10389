"""A rule as a row of NumPy calls that write into memory which is there already.

Run as it stands, a rule makes an array for every operation; on 27,000 elements Adam's takes twice the time of the same
operations with `out=`. So a rule is run once on symbols, which note the ufuncs called on them, and the notes are written
out as a plain function: each result goes into a buffer that is free, or straight into the parameter or state that it is
the new value of. The operations and their order stay the rule's, and so does every bit of the result.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin


class NotRecorded(Exception):
    """The rule does what has no place in a row of calls, such as choosing by a condition."""


class _Symbol(NDArrayOperatorsMixin):
    """An array or number of the rule: given, and then it has a name, or noted as the result of a ufunc."""

    def __init__(self, notes: list["_Symbol"], name: str = "", ufunc: Any = None, inputs: tuple[Any, ...] = ()) -> None:
        self.notes, self.name, self.ufunc, self.inputs = notes, name, ufunc, inputs

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> "_Symbol":
        of_floats = f"{'f' * ufunc.nin}->f" in ufunc.types and method == "__call__" and not options
        known = all(isinstance(x, _Symbol) for x in inputs) and not all(x.name.startswith("n") for x in inputs)
        if not (of_floats and known):
            raise NotRecorded(ufunc.__name__)
        self.notes.append(_Symbol(self.notes, "", ufunc, inputs))
        return self.notes[-1]

    def __array_function__(self, function: Callable[..., Any], *_: Any) -> Any:
        raise NotRecorded(function.__name__)


class Replay:
    """A recorded rule: `update(p, g, *present state, *numbers, *buffers)`, with as many `buffers` as it says."""

    def __init__(self, rule: Callable[..., Any], flags: Sequence[bool], present: Sequence[bool]) -> None:
        notes: list[_Symbol] = []
        count = rule.__code__.co_argcount - 2 - len(present) - len(flags)
        p, g = _Symbol(notes, "p"), _Symbol(notes, "g")
        state = [_Symbol(notes, f"s{k}") if there else g for k, there in enumerate(present)]
        numbers = [_Symbol(notes, f"n{k}") for k in range(count)]
        results = rule(p, g, *state, *numbers, *flags)
        pairs = [(old, new) for old, new in zip([p, *state], results, strict=True) if old is not g]
        lines, buffers = _placed(notes, pairs)
        self.buffers: int = len(buffers)
        names = [*(x.name for x in (p, g, *state, *numbers)), *buffers]
        source = "\n    ".join([f"def update({', '.join(dict.fromkeys(names))}):", *(lines or ["pass"])])
        scope: dict[str, Any] = {note.ufunc.__name__: note.ufunc for note in notes} | {"copyto": np.copyto}
        exec(source, scope)
        self.update: Callable[..., Any] = scope["update"]

    def bound(self, arrays: Sequence[np.ndarray], numbers: Sequence[Any]) -> Callable[[], object]:
        """The update of these arrays by these numbers, with buffers of its own, to be called without arguments."""
        return partial(self.update, *arrays, *numbers, *(np.empty_like(arrays[0]) for _ in range(self.buffers)))


def _placed(notes: list[_Symbol], pairs: list[tuple[_Symbol, _Symbol]]) -> tuple[list[str], list[str]]:
    """Give every result a place: the lines that compute them, and the names of the buffers that this takes.

    `pairs` are the old and the new value of the parameter and of each state. A new value is computed where the old one
    lies if nothing needs the old one any more, and moved there at the end if something does.
    """
    last_use = {id(x): k for k, note in enumerate(notes) for x in note.inputs}
    last_use |= {id(new): len(notes) for _, new in pairs}
    made = {id(note): k for k, note in enumerate(notes)}
    home = {id(new): old for old, new in pairs if id(new) in made and last_use.get(id(old), -1) <= made[id(new)]}
    # Where an old value lies is as good as a buffer, between its last use and the moment that the new value is computed.
    until = {old.name: made[new] for new, old in home.items()}
    buffers: list[str] = []
    free: list[str] = []
    lines = []
    for k, note in enumerate(notes):
        free += {x.name: 0 for x in note.inputs if (x.name in until or x.name in buffers) and last_use[id(x)] == k}
        fitting = [name for name in free if last_use.get(id(note), k) <= until.get(name, len(notes))]
        if id(note) in home:
            note.name = home[id(note)].name
        elif fitting:
            note.name = fitting[-1]
        else:
            note.name = f"t{len(buffers)}"
            buffers.append(note.name)
        if note.name in free:
            free.remove(note.name)
        lines.append(f"{note.ufunc.__name__}({', '.join(x.name for x in note.inputs)}, out={note.name})")
    # Old values that become another's new one move first, before what is computed arrives where they lie.
    given = [(old.name, new.name) for old, new in pairs if old is not new and new.ufunc is None]
    computed = [(old.name, new.name) for old, new in pairs if old.name != new.name and new.ufunc is not None]
    if {to for to, _ in given} & {what for _, what in given}:
        raise NotRecorded("values that change places")
    return lines + [f"copyto({to}, {what})" for to, what in given + computed], buffers
