"""What a plain list, tuple or dict of a module hides: modules and tensors that training, saving and moving leave out."""

import warnings
from typing import Any

import autograd
from autograd import Tensor

from .parameter import Parameter

_OWN = frozenset(("_kinds", "_hooks", "_state_hooks", "_looked_at", "_non_persistent_buffers_set"))


def look(root: Any) -> None:
    """Warn of every attribute, of `root` or of a module below, that holds what nothing below `root` has registered.

    A container of the length that it had at the last look is not searched again, and none is named twice.
    """
    found = []
    modules = root._below()
    for module in modules:
        attributes = module.__dict__
        if module._hooks is False:  # nothing to do at a call any more
            attributes["_hooks"] = None
        if "_looked_at" not in attributes:
            attributes["_looked_at"] = {}
        seen = attributes["_looked_at"]
        for name, value in attributes.items():
            if isinstance(value, (list, tuple, dict)) and name not in _OWN:
                mark = (id(value), len(value))
                if seen.get(name) != mark:
                    named, seen[name] = name in seen and seen[name][1] < 0, mark
                    held = [] if named else _held(value)
                    if held:
                        found.append((module, name, value, held))
                    elif named:
                        seen[name] = (0, -1)
    if not found:
        return
    registered = {id(m) for m in modules}
    for module in modules:
        registered |= {id(module.__dict__[name]) for name in module._kinds}
    told = set()
    for module, name, value, held in found:
        missing = [item for item in held if id(item) not in registered and _loses(item, registered)]
        if missing:
            module.__dict__["_looked_at"][name] = (0, -1)
            if (type(module), name) not in told:
                told.add((type(module), name))
                warnings.warn(_message(module, name, value, missing[0]), stacklevel=autograd.graph.frames_of_ours())


def _held(container: Any) -> list[Any]:
    """The modules and the tensors that collect a gradient in a container, or in the containers that it holds."""
    held, seen, waiting = [], {id(container)}, [container]
    for value in waiting:  # the list grows while it is walked
        for item in value.values() if isinstance(value, dict) else value:
            if isinstance(item, (list, tuple, dict)):
                if id(item) not in seen:
                    seen.add(id(item))
                    waiting.append(item)
            elif hasattr(type(item), "named_modules") or (isinstance(item, Tensor) and _collects(item)):
                held.append(item)
    return held


def _collects(t: Tensor) -> bool:
    return isinstance(t, Parameter) or (t.requires_grad and t.is_leaf)


def _loses(item: Any, registered: set[int]) -> bool:
    """Whether an item that is not registered has a tensor that is not."""
    if isinstance(item, Tensor):
        return True
    return any(
        kind != "module" and module.__dict__[name] is not None and id(module.__dict__[name]) not in registered
        for module in item._below()
        for name, kind in module._kinds.items()
    )


def _message(module: Any, name: str, value: Any, missing: Any) -> str:
    tensor = isinstance(missing, Tensor)
    what = "parameters" if tensor else "modules"
    kind = ("Parameter" if tensor else "Module") + ("Dict" if isinstance(value, dict) else "List")
    return (
        f"{type(module).__name__}.{name}: a plain {type(value).__name__} does not register the {what} in it, so that "
        f"parameters() and state_dict() leave them out and to(), train() and eval() do not reach them; use "
        f"nn.{kind}(...), or ignore this if they are kept apart on purpose"
    )
