"""A walk over a module and all below it that does not recurse, so that modules may be nested as deep as memory allows."""

from collections.abc import Callable, Iterator
from typing import Any

from autograd.errors import GradloomError

ENTER, LEAVE, DEEPER = "enter", "leave", "deeper"


class ModuleCycleError(GradloomError, RecursionError):
    """A module that is, through its submodules, a part of itself."""


def visits(
    root: Any, what: str, standard: Callable[..., Any] | None, children: Callable[..., Any], prefix: str = ""
) -> Iterator[tuple[str, Any, str]]:
    """Every module twice: ENTER before what is below it, LEAVE after it; with its path, which ends in a dot.

    `children(module)` gives names and submodules. One whose method of the name of `standard` is another comes once, as
    DEEPER, and what is below it is left to that method. A module that is shared comes wherever it is registered.
    """
    on_the_way = {root}
    yield ENTER, root, prefix
    stack = [(root, prefix, iter(list(children(root))))]
    while stack:
        module, path, rest = stack[-1]
        for name, child in rest:
            below = f"{path}{name}."
            if standard is not None and _overrides(child, standard):
                yield DEEPER, child, below
                continue
            if child in on_the_way:
                raise ModuleCycleError(
                    f"{type(root).__name__}.{what}: the {type(child).__name__} registered as {below[:-1]!r} contains itself; "
                    "keep a reference to a parent in a tuple, which registers nothing"
                )
            on_the_way.add(child)
            yield ENTER, child, below
            stack.append((child, below, iter(list(children(child)))))
            break
        else:
            stack.pop()
            on_the_way.discard(module)
            yield LEAVE, module, path


def _overrides(module: Any, standard: Callable[..., Any]) -> bool:
    name = standard.__name__
    return getattr(type(module), name) is not standard or name in getattr(module, "__dict__", ())


def registered(module: Any) -> Iterator[tuple[str, Any]]:
    """The submodules under every name that they have."""
    return ((name, child) for name, child in module._modules.items() if child is not None)
