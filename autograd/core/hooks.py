"""Hooks: callbacks kept on a node under a number, and the handle that removes them."""

import weakref
from collections.abc import Callable
from itertools import count
from typing import Any

_number = count().__next__


class Handle:
    """What registering a hook returns: `remove()` takes the hook away; as a context manager, at the end of the block."""

    def __init__(self, owner: Any, slot: str, hook: Callable[..., Any]) -> None:
        hooks = getattr(owner, slot)
        if hooks is None:
            hooks = {}
            setattr(owner, slot, hooks)
        self.id: int = _number()
        self._owner, self._slot = weakref.ref(owner), slot
        hooks[self.id] = hook

    def remove(self) -> None:
        """Take the hook away; a second call does nothing."""
        owner = self._owner()
        hooks = getattr(owner, self._slot) if owner is not None else None
        if hooks:
            hooks.pop(self.id, None)

    def move(self, owner: Any) -> None:
        """Have the hook at another owner from now on."""
        was = self._owner()
        hooks = getattr(was, self._slot) if was is not None else None
        hook = hooks.pop(self.id, None) if hooks else None
        if hook is not None:
            self.__init__(owner, self._slot, hook)

    def __enter__(self) -> "Handle":
        return self

    def __exit__(self, *exc: object) -> None:
        self.remove()
