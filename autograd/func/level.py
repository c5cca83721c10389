"""The `vmap`s that are running, the outermost first, and what a random draw means inside of them."""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from itertools import count
from typing import Any

from ..core.graph import is_grad_enabled, set_mode
from ..errors import GraphError
from ..tensor.random import before_draw

_count = count(1).__next__
_levels: ContextVar[tuple[Any, ...]] = ContextVar("vmap_levels", default=())
levels: Any = _levels.get


class Level:
    """One running `vmap` (or the rows of a Jacobian): how many examples it has, and what random draws mean in it."""

    randomness: str
    size: int

    def __init__(self, size: int, randomness: str = "error") -> None:
        self.depth: int = _count()  # what begins later is further inside
        self.size, self.randomness = size, randomness

    def __enter__(self) -> "Level":
        self._tokens = _levels.set((*_levels.get(), self)), before_draw.set(_check_draw)
        return self

    def __exit__(self, *exc: object) -> None:
        _levels.reset(self._tokens[0])
        before_draw.reset(self._tokens[1])


def restoring(transformed: Callable[..., Any]) -> Callable[..., Any]:
    """The function, after which levels, draws and gradient mode are what they were before, even if an interrupt (Ctrl-C) has
    come while they were being put back."""

    @wraps(transformed)
    def call(*args: Any, **kwargs: Any) -> Any:
        before = _levels.get(), before_draw.get(), is_grad_enabled()
        try:
            return transformed(*args, **kwargs)
        finally:
            _levels.set(before[0])
            before_draw.set(before[1])
            set_mode(before[2])

    return call


class DrawsDiffer(GraphError):
    """A random operation in a function that is to draw anew for each example, so that it must be run for each."""

    def __init__(self, level: Level) -> None:
        super().__init__("vmap: random draws differ from example to example")
        self.level = level


def _check_draw() -> None:
    for level in levels():
        if level.randomness == "error":
            raise GraphError(
                "vmap: a random operation inside a function called with randomness='error'; pass randomness='different' "
                "(a draw for each example) or 'same' (one draw for all)"
            )
        if level.randomness == "different":
            raise DrawsDiffer(level)
