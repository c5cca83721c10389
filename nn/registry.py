"""What a module has registered: live dictionaries over its attributes, one for each kind."""

from collections.abc import Iterator, MutableMapping
from typing import Any

from autograd.core.settings import changes
from autograd.errors import GradloomError

PARAMETER, BUFFER, MODULE = "parameter", "buffer", "module"


class ModuleAttributeError(GradloomError, AttributeError):
    """An attribute that a module does not have, or cannot have yet."""


class ModuleNameError(GradloomError, KeyError):
    """A name under which nothing can be registered."""

    __str__: Any = Exception.__str__  # KeyError would print the message in quotes


class Kinds(dict[str, str]):
    """The kind of every registered name, in the order of registration, and how many there are of each kind."""

    def __init__(self, kinds: Any = ()) -> None:
        super().__init__(kinds)
        self.count: dict[str, int] = {}
        for kind in self.values():
            self.count[kind] = self.count.get(kind, 0) + 1

    def __reduce__(self) -> Any:
        return Kinds, (dict(self),)

    def __setitem__(self, name: str, kind: str) -> None:
        if name in self:
            self.count[self[name]] -= 1
        self.count[kind] = self.count.get(kind, 0) + 1
        super().__setitem__(name, kind)

    def __delitem__(self, name: str) -> None:
        self.count[self[name]] -= 1
        super().__delitem__(name)


class Registered(MutableMapping[Any, Any]):
    """The attributes of a module that are of one kind: a live dictionary from name to value."""

    __slots__ = ("_attributes", "_kind", "_kinds")

    def __init__(self, attributes: dict[Any, Any], kind: str) -> None:
        self._attributes = attributes
        self._kinds: Kinds = attributes["_kinds"]
        self._kind = kind

    def __getitem__(self, name: str) -> Any:
        if self._kinds.get(name) != self._kind:
            raise KeyError(name)
        return self._attributes[name]

    def __setitem__(self, name: str, value: Any) -> None:
        if self._kinds.get(name) != self._kind:
            if name in self._kinds:
                del self._kinds[name]  # a name that changes its kind comes last among its new kind
            self._kinds[name] = self._kind
        changes.count += 1
        self._attributes[name] = value

    def __delitem__(self, name: str) -> None:
        self[name]
        changes.count += 1
        del self._kinds[name], self._attributes[name]

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, kind in self._kinds.items() if kind == self._kind])

    def __len__(self) -> int:
        return self._kinds.count.get(self._kind, 0)

    def __repr__(self) -> str:
        return repr(dict(self))
