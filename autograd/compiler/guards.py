"""What must be as it was when a program was recorded, beside its arguments: modes, modules, and plain values around it.

A function can read anything that Python can reach. What is looked at here: the variables that it captures and the globals
that its text names, the objects behind them as far as they are modules, optimizers, tensors or plain values, and the
functions of the user's own that it calls. A plain value that has changed asks for another program.
"""

import sys
from collections.abc import Callable
from types import CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from ..core.dtypes import get_default_dtype
from ..core.graph import OWN, Traced, is_grad_enabled
from ..core.settings import changes

PLAIN = (bool, int, float, str, type(None))
_MANY = 4096  # plain values that are looked at
_NOT_THEIRS = {*OWN, "numpy", *sys.stdlib_module_names} - {"__main__"}


def is_module(thing: Any) -> bool:
    """Whether something is a module of nn's, which this package does not import."""
    return hasattr(thing, "named_modules") and hasattr(thing, "named_parameters")


def code_names(code: CodeType) -> set[str]:
    """All names that a function's text uses, those of the functions inside it included."""
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= code_names(constant)
    return names


class Surroundings:
    """The plain values, modules and modes that a function may depend on, as they were."""

    def __init__(self, fn: Callable[..., Any]) -> None:
        self._places: list[tuple[Any, Any, str]] = []  # dictionary or cell, key, description
        self.modules: list[Any] = []
        self._seen: set[int] = set()
        self._names: set[str] = set()
        self._visit(fn, getattr(fn, "__qualname__", "the function"), 0)
        self._seen.clear()
        self.values: list[Any] = self._now()
        self._version = -1
        self._states = self._module_states()
        self._modes = _modes()

    def holds(self) -> bool:
        """Whether everything still is so."""
        if self._modes != _modes() or not all(map(_same, self._now(), self.values)):
            return False
        if self._version == changes.count:
            return True
        states = self._module_states()
        if len(states) != len(self._states) or not all(map(_same, states, self._states)):
            return False
        self._version = changes.count
        return True

    def difference(self) -> str:
        """What is not as it was, in words."""
        if self._modes != _modes():
            return "a mode (gradients, the default dtype) changed"
        for (_, _, name), was, now in zip(self._places, self.values, self._now(), strict=True):
            if not _same(was, now):
                return f"{name} changed from {was!r:.60} to {now!r:.60}"
        for (module, key), was, now in zip(self._module_keys(), self._states, self._module_states(), strict=False):
            if not _same(was, now):
                return f"{type(module).__name__}.{key} changed from {was!r:.60} to {now!r:.60}"
        return "" if self.holds() else "a module got or lost attributes or hooks"

    def describe(self) -> str:
        """What is looked at, in words."""
        names = ", ".join(
            f"{name} = {v!r:.40}" for (_, _, name), v in zip(self._places, self.values, strict=True) if isinstance(v, PLAIN)
        )
        return f"{len(self.modules)} modules, plain values: {names or 'none'}"

    # -- finding ------------------------------------------------------------------------------------------------------

    def _visit(self, thing: Any, name: str, depth: int) -> None:
        if id(thing) in self._seen or depth > 6 or len(self._places) > _MANY:
            return
        self._seen.add(id(thing))
        if isinstance(thing, MethodType):
            self._visit(thing.__func__, name, depth)
            self._visit(thing.__self__, name.rpartition(".")[0] or name, depth)
        elif isinstance(thing, FunctionType):
            self._function(thing, name, depth)
        elif is_module(thing):
            self._module(thing, depth)
        elif isinstance(thing, (Traced, ModuleType, type)):
            return
        elif isinstance(thing, (list, tuple)):
            for k, t in enumerate(thing[:64]):
                self._place(thing, k, f"{name}[{k}]", t, depth)
        elif isinstance(thing, dict):
            for k, t in list(thing.items())[:64]:
                self._place(thing, k, f"{name}[{k!r}]", t, depth)
        elif hasattr(thing, "func") and hasattr(thing, "args"):  # functools.partial
            self._visit(thing.func, name, depth)
            self._visit(list(thing.args), name, depth)
        elif getattr(type(thing), "__module__", "").partition(".")[0] not in _NOT_THEIRS:
            self._instance(thing, name, depth)

    def _function(self, fn: FunctionType, name: str, depth: int) -> None:
        if str(fn.__module__).partition(".")[0] in (*OWN, "numpy"):
            return
        names = code_names(fn.__code__)
        self._names |= names
        for variable, cell in zip(fn.__code__.co_freevars, fn.__closure__ or (), strict=True):
            try:
                value = cell.cell_contents
            except ValueError:
                continue
            self._place(cell, "cell_contents", variable, value, depth)
        for variable in sorted(names & fn.__globals__.keys()):
            self._place(fn.__globals__, variable, variable, fn.__globals__[variable], depth)
        for k, value in enumerate(fn.__defaults__ or ()):
            self._visit(value, f"default {k} of {name}", depth + 1)
        wrapped = getattr(fn, "__wrapped__", None)
        if wrapped is not None:
            self._visit(wrapped, name, depth + 1)

    def _place(self, holder: Any, key: Any, name: str, value: Any, depth: int) -> None:
        if isinstance(value, PLAIN) or is_module(value) or isinstance(value, Traced) or hasattr(value, "param_groups"):
            self._places.append((holder, key, name))
        self._visit(value, name, depth + 1)

    def _module(self, module: Any, depth: int) -> None:
        for _, part in module.named_modules():
            if id(part) in self._seen and part is not module:
                continue
            self._seen.add(id(part))
            self.modules.append(part)
            if type(part).__module__.partition(".")[0] not in OWN:
                self._function(type(part).forward, type(part).__name__, depth + 1)

    def _instance(self, thing: Any, name: str, depth: int) -> None:
        held = getattr(thing, "__dict__", None)
        if type(held) is not dict:
            return
        for method in vars(type(thing)).values():
            if isinstance(method, FunctionType):
                self._names |= code_names(method.__code__)
        for key in sorted(k for k in held if k in self._names):
            self._place(held, key, f"{name}.{key}", held[key], depth)

    # -- comparing ----------------------------------------------------------------------------------------------------

    def _now(self) -> list[Any]:
        return [_read(holder, key) for holder, key, _ in self._places]

    def _module_keys(self) -> list[tuple[Any, str]]:
        return [(m, k) for m in self.modules for k, v in m.__dict__.items() if _counts(k, v)]

    def _module_states(self) -> list[Any]:
        found = [v for m in self.modules for k, v in m.__dict__.items() if _counts(k, v)]
        return [*found, sum(len(m._hooks or ()) for m in self.modules)]


def _counts(key: str, value: Any) -> bool:
    """Whether an attribute of a module can change what it computes: plain values, modules, tensors."""
    return key[0] != "_" and (isinstance(value, PLAIN) or isinstance(value, Traced) or is_module(value))


def _read(holder: Any, key: Any) -> Any:
    try:
        return holder.cell_contents if isinstance(holder, CellType) else holder[key]
    except (IndexError, KeyError, ValueError):
        return _read


def _same(x: Any, y: Any) -> bool:
    return x is y or (type(x) is type(y) and isinstance(x, PLAIN) and x == y)


def _modes() -> tuple[Any, ...]:
    return is_grad_enabled(), get_default_dtype()
