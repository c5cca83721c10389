"""Whether an optimizer's parameters, options and state are what they were, seen with a few calls of C functions.

Everything that an optimizer works with may be changed between two steps: options by a scheduler, parameters by
`p.data = ...`, state by whoever writes into it. To look at each of them costs a tiny network more than the arithmetic.
"""

from collections.abc import Collection
from operator import is_
from typing import Any

from .optimizer import Optimizer


def same(some: Collection[Any], others: Collection[Any]) -> bool:
    """Whether both have the same objects in the same order."""
    return len(some) == len(others) and all(map(is_, some, others))


class Unchanged:
    """What an optimizer consists of; numbers in memory may change, objects may not."""

    def __init__(self, optimizer: Optimizer) -> None:
        self._objects = _objects(optimizer)

    def holds(self, optimizer: Optimizer) -> bool:
        """Whether it still is so."""
        return self._objects is not None and same(_objects(optimizer) or (), self._objects)


def _objects(optimizer: Optimizer) -> list[Any] | None:
    """The options, the parameters and their memory, the state and its memory; None if the state has more than tensors."""
    states = optimizer.state.values()
    found = list(states)
    for group in optimizer.param_groups:
        params = group["params"]
        found += group.values()
        found += params
        found += [p._data for p in params]
    try:
        found += [tensor._data for held in states for tensor in held.values()]
    except AttributeError:
        return None
    return found
