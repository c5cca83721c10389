"""Where the parameters, gradients and state of one update lie in memory.

One call of a rule costs some microseconds whatever its size, so many small parameters are updated together: their
values and gradients are gathered into flat buffers, the rule runs once, and the values are written back. The
parameters' own memory never moves, so whoever shares it (tied weights, `.numpy()`, a saved view) sees every update. A
large parameter is updated where it lies. The state always lies flat; what `optimizer.state` shows are views of it.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import is_
from typing import Any, NamedTuple

import numpy as np

import autograd
from autograd import Tensor
from autograd.core.graph import Mutation, changed, mutation_of
from autograd.core.threads import Job

from .kernel import Numbers, Ready, flush_subnormals, kernel

SMALL = 1 << 14  # elements: below, gathering costs less than a call of the rule
BUFFER = 1 << 16  # elements that are gathered together at most, so that they stay in the cache


class _Part(NamedTuple):
    """Neighbours of a bundle that are updated by one call: flat arrays, and the memory that they stand for."""

    arrays: list[np.ndarray]  # parameter, gradient and moments
    counters: dict[str, np.ndarray]
    numbers: Numbers
    ready: Ready
    memory: list[np.ndarray]
    dated: list[Mutation]  # where changes of this memory are noted
    values: list[np.ndarray]  # the views of p and g that have the parameters' shapes
    grads: list[np.ndarray]


class Bundle:
    """Parameters of one dtype that one call of the rule updates, with their state.

    `moments` and `counters` give the initial values of the state that has an element for each of the parameter's, or a
    single one; None stands for a moment of the rule that is not in use. `state` is the optimizer's: what it already
    holds for these parameters is carried over.
    """

    def __init__(
        self,
        params: Sequence[Tensor],
        moments: Mapping[str, float | None],
        counters: Mapping[str, float],
        state: Mapping[Tensor, dict[Any, Any]],
    ) -> None:
        self.params = params
        self.present: tuple[bool, ...] = tuple(initial is not None for initial in moments.values())
        used = {name: initial for name, initial in moments.items() if initial is not None}
        self.names: tuple[str, ...] = (*counters, *used)
        self.memory: Any = [p._array() for p in params]
        self.ends: list[int] = np.cumsum([0, *(a.size for a in self.memory)]).tolist()
        self._gathered = len(params) > 1 or not self.memory[0].flags.c_contiguous
        dtype = self.memory[0].dtype
        self._p = np.empty(self.ends[-1], dtype) if self._gathered else self.memory[0].reshape(-1)
        self._g = np.empty_like(self._p) if self._gathered else self._p
        self._states: list[dict[Any, Any] | None] = [None] * len(params)
        self._shown: list[tuple[dict[Any, Any], str]] = []  # each place where the optimizer's state shows a view,
        self._views: list[np.ndarray] = []  # and that view
        self._parts: dict[tuple[int, int], _Part] = {}
        found = [state.get(p) or {} for p in params]
        self.moments: Any = {name: self._flat([f.get(name) for f in found], initial, dtype) for name, initial in used.items()}
        self.counters: Any = {name: self._vector([f.get(name) for f in found], initial) for name, initial in counters.items()}
        for k, (p, known) in enumerate(zip(params, found, strict=True)):
            if self._is_in(known):
                self._bind(k, state[p])

    def _is_in(self, shown: dict[Any, Any] | None) -> bool:
        return bool(shown) and any(name in shown for name in self.names)

    def _view(self, flat: np.ndarray, k: int) -> np.ndarray:
        return flat[self.ends[k] : self.ends[k + 1]].reshape(self.memory[k].shape)

    def _flat(self, held: list[Tensor | None], initial: float, dtype: np.dtype) -> np.ndarray:
        if len(held) == 1 and held[0] is not None:
            own = held[0]._array()
            if own.dtype == dtype and own.flags.c_contiguous:
                return own.reshape(-1)
        flat = np.full(self.ends[-1], initial, dtype)
        for k, tensor in enumerate(held):
            if tensor is not None:
                self._view(flat, k)[...] = tensor._data
        return flat

    @staticmethod
    def _vector(held: list[Tensor | None], initial: float) -> np.ndarray:
        wide = autograd.get_default_dtype() == autograd.float64 or any(
            t is not None and t.dtype == autograd.float64 for t in held
        )
        values = [initial if t is None else float(t) for t in held]
        return np.array(values, np.float64 if wide else np.float32)

    def _bind(self, k: int, shown: dict[Any, Any]) -> None:
        """Let `shown`, the optimizer's state of the k-th parameter, show views of the flat state."""
        self._states[k] = shown
        for name in self.names:
            view = self._state_view(name, k)
            if shown.get(name) is None:
                shown[name] = autograd.from_numpy(view)
            else:
                shown[name]._data = view
            self._shown.append((shown, name))
            self._views.append(view)

    def _state_view(self, name: str, k: int) -> np.ndarray:
        return self.counters[name][k : k + 1].reshape(()) if name in self.counters else self._view(self.moments[name], k)

    def _begin(self, start: int, stop: int, optimizer: Any, group: dict[str, Any]) -> None:
        """Show the state of parameters in their first step; it begins from the options as they are now."""
        initial = {**optimizer._counters(group), **optimizer._moments(group)}
        for k in range(start, stop):
            for name in self.names:
                self._state_view(name, k)[...] = initial[name]
            self._bind(k, optimizer.state[self.params[k]])

    def is_current(self, state: Mapping[Tensor, dict[Any, Any]]) -> bool:
        """Whether the parameters and the optimizer's state still lie where they did."""
        if not all(map(is_, [p._data for p in self.params], self.memory)):
            return False
        shown = list(map(state.get, self.params))
        if not all(map(is_, shown, self._states)) and any(
            now is not known and (known is not None or self._is_in(now)) for now, known in zip(shown, self._states, strict=True)
        ):
            return False
        try:
            return all(map(is_, [held[name]._data for held, name in self._shown], self._views))
        except (KeyError, AttributeError):  # taken away, or replaced by what is no tensor
            return False

    def step(self, optimizer: Any, group: dict[str, Any], by: str, line: str) -> list[Job]:
        """Update the parameters that have a gradient; `optimizer` says by which rule and with what numbers.

        `by` and `line` are the operation and the line of the program that change the parameters' memory. What a large
        parameter still needs is returned, to be shared among threads with that of others.
        """
        jobs: list[Job] = []
        grads: list[Any] = [p.grad for p in self.params]
        for start, stop, new in self._runs(grads):
            if new and self.names:
                self._begin(start, stop, optimizer, group)
            part = self._parts.get((start, stop)) or self._part(start, stop)
            numbers, flags = optimizer._plan(group, part.counters, new)
            part.numbers.set(numbers)
            run, fused = kernel(optimizer.rule, flags, self.present), group.get("fused")
            if self._gathered:
                for value, a, slot, grad in zip(part.values, part.memory, part.grads, grads[start:stop], strict=True):
                    value[...] = a
                    slot[...] = grad._data
                run(part.arrays, part.numbers, fused, part.ready)
                for a, value in zip(part.memory, part.values, strict=True):
                    a[...] = value
            else:
                value, _, *moments = part.arrays
                g = np.ascontiguousarray(grads[0]._data).reshape(-1)
                jobs += run.jobs([value, g, *moments], part.numbers, fused)
            changed(part.dated, by, line)
        return jobs

    def whole(self) -> "_Part | None":
        """All parameters as one part, if they are gathered and have all been updated before."""
        if not self._gathered or None in self._states:
            return None
        key = 0, len(self.params)
        return self._parts.get(key) or self._part(*key)

    def flush(self, decaying: Sequence[str]) -> None:
        """Set to zero what decays towards the subnormal numbers in the moments of these names."""
        for name in decaying:
            if name in self.moments:
                flush_subnormals(self.moments[name])

    def _part(self, start: int, stop: int) -> "_Part":
        flat = slice(self.ends[start], self.ends[stop])
        part = self._parts[start, stop] = _Part(
            arrays=[a[flat] for a in (self._p, self._g, *self.moments.values())],
            counters={name: c[start:stop] for name, c in self.counters.items()},
            numbers=Numbers(self._p.dtype),
            ready={},
            memory=self.memory[start:stop],
            dated=[mutation_of(a) for a in self.memory[start:stop]],
            values=[self._view(self._p, k) for k in range(start, stop)],
            grads=[self._view(self._g, k) for k in range(start, stop)],
        )
        return part

    def _runs(self, grads: Sequence[Tensor | None]) -> list[tuple[int, int, bool]]:
        """Neighbours that have a gradient and agree in their counters: first, one past the last, whether new."""
        given = [grad is not None for grad in grads]
        counts = [c.tolist() for c in self.counters.values()]
        if all(given) and self._states.count(None) in (0, len(grads)) and all(map(_alike, counts)):
            return [(0, len(grads), self._states[0] is None)]
        new = [shown is None for shown in self._states]
        found, start = [], 0
        for key, same in groupby(zip(given, new, *counts, strict=True)):
            stop = start + len(list(same))
            if key[0]:
                found.append((start, stop, key[1]))
            start = stop
        return found


def _alike(column: list[float]) -> bool:
    return column.count(column[0]) == len(column)
