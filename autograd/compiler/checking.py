"""A program run beside the function that it was recorded from: `compile(f, check=True)`."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np

from ..core.graph import Traced
from ..func.tree import flatten
from .program import Note, Program, same_value


class State:
    """What a program can change outside of it, as it is now: memory, gradients, optimizers, random generators."""

    def __init__(self, program: Program, tensors: list[Any], leaves: list[Any], arguments: list[Any]) -> None:
        notes = [i for i in program.instructions if isinstance(i, Note)]
        self._optimizers = list(
            {id(i.args[0]): i.args[0] for i in notes if i.effect and hasattr(i.args[0], "state_dict")}.values()
        )
        self._generators = list({id(i.args[0]): i.args[0] for i in notes if i.draws and not i.effect}.values())
        held = [p for o in self._optimizers for group in getattr(o, "param_groups", ()) for p in group["params"]]
        self._tensors = list({id(t): t for t in [*tensors, *arguments, *held] if isinstance(t, Traced)}.values())
        self._leaves = leaves
        self._before = [(t._data, np.array(t._data)) for t in self._tensors]
        self._grads = [(leaf.grad, None if leaf.grad is None else np.array(leaf.grad._data)) for leaf in leaves]
        self._random = [g.bit_generator.state for g in self._generators]
        self._states = [deepcopy(o.state_dict()) for o in self._optimizers]

    def values(self) -> list[Any]:
        """Memory and gradients as they are now."""
        grads = [None if leaf.grad is None else np.array(leaf.grad._data) for leaf in self._leaves]
        return [
            *(np.array(t._data) for t in self._tensors),
            *grads,
            *(g.bit_generator.state["state"] for g in self._generators),
        ]

    def put_back(self) -> None:
        """Have everything as it was."""
        for t, (raw, before) in zip(self._tensors, self._before, strict=True):
            if isinstance(raw, np.ndarray):
                raw[...] = before
            t._data = raw
        for leaf, (grad, before) in zip(self._leaves, self._grads, strict=True):
            if grad is not None:
                grad._array()[...] = before
            leaf.grad = grad
        for generator, state in zip(self._generators, self._random, strict=True):
            generator.bit_generator.state = state
        for optimizer, state in zip(self._optimizers, self._states, strict=True):
            optimizer.load_state_dict(state)


def compared(run: Callable[[], Any], eager: Callable[[], Any], state: State) -> tuple[Any, str]:
    """What `eager` gives, and in words what `run` gives or leaves that differs from it."""
    got, left = run(), None
    left = state.values()
    state.put_back()
    want = eager()
    results = zip(*(_numbers(flatten(r)[0]) for r in (got, want)), strict=False)
    for what, pairs in (("its result", results), ("what it leaves", zip(left, state.values(), strict=True))):
        for x, y in pairs:
            if (x is None) != (y is None) or (x is not None and not same_value(x, y)):
                return want, f"{what} differs from eager's: {x!r:.200} and {y!r:.200}"
    return want, ""


def _numbers(leaves: list[Any]) -> list[Any]:
    return [np.array(t._data) if isinstance(t, Traced) else t for t in leaves]
