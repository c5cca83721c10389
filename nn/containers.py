"""Containers: modules that hold modules or parameters in a list, a dictionary or a chain."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from operator import index
from typing import Any, Self

from autograd import Tensor
from autograd.errors import ArgumentError, ArgumentTypeError, DimError

from .module import Module
from .parameter import Parameter
from .registry import MODULE, ModuleNameError


class Indexed(Module):
    """What Sequential, ModuleList and ParameterList share: items registered under the names "0", "1", ..."""

    def _items(self) -> Any:
        return self._modules

    def _number(self, idx: Any) -> int:
        try:
            return index(idx)
        except TypeError:
            raise ArgumentTypeError(f"{type(self).__name__}: an index must be an int or a slice, got {idx!r}") from None

    def _name_at(self, idx: Any) -> str:
        n = len(self)
        k = self._number(idx)
        if not -n <= k < n:
            raise DimError(f"{type(self).__name__}: index {k} is out of range: it has {n} items")
        return list(self._items())[k % n]

    def _replace_all(self, values: Iterable[Any]) -> None:
        items = self._items()
        values = list(values)
        items.clear()
        for k, value in enumerate(values):
            self._put(str(k), value)

    def _put(self, name: str, value: Any) -> None:
        self.add_module(name, value)

    def __len__(self) -> int:
        return len(self._items())

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items().values())

    def __getitem__(self, idx: Any) -> Any:
        if isinstance(idx, slice):
            return self._like(list(self._items().items())[idx])
        return self._items()[self._name_at(idx)]

    def _like(self, chosen: list[tuple[str, Any]]) -> "Indexed":
        return type(self)([value for _, value in chosen])  # type: ignore[call-arg]

    def __setitem__(self, idx: Any, value: Any) -> None:
        self._put(self._name_at(idx), value)

    def __delitem__(self, idx: Any) -> None:
        chosen = set(list(self._items())[idx] if isinstance(idx, slice) else [self._name_at(idx)])
        self._replace_all([value for name, value in self._items().items() if name not in chosen])

    def append(self, value: Any) -> Self:
        """Add an item at the end."""
        self._put(str(len(self)), value)
        return self

    def extend(self, values: Iterable[Any]) -> Self:
        """Add items at the end."""
        if not isinstance(values, Iterable) or isinstance(values, Tensor):
            raise ArgumentTypeError(
                f"{type(self).__name__}.extend should be called with an iterable, but got {type(values).__name__}"
            )
        for value in list(values):
            self.append(value)
        return self

    def insert(self, index: int, value: Any) -> Self:
        """Put an item before the one at `index`."""
        values = list(self)
        values.insert(index, value)
        self._replace_all(values)
        return self

    def pop(self, key: int | slice = -1) -> Any:
        """Remove an item and return it."""
        value = self[key]
        del self[key]
        return value

    def __add__(self, other: Iterable[Any]) -> Any:
        return type(self)([*self, *other])  # type: ignore[call-arg]

    def __iadd__(self, other: Iterable[Any]) -> Self:
        return self.extend(other)


class Numbered(Indexed):
    """What ModuleList and ParameterList share: the names are always "0", "1", ..., so that one is found without a search."""

    def _name_at(self, idx: Any) -> str:
        n = len(self)
        k = self._number(idx)
        name = str(k % n) if -n <= k < n else ""
        return name if name in self._items() else super()._name_at(idx)


class Sequential(Indexed):
    """Modules that are called one after the other, each on the result of the one before.

    >>> import autograd, nn
    >>> nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))(autograd.ones(3, 4)).shape
    torch.Size([3, 2])
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        if len(args) == 1 and isinstance(args[0], OrderedDict):
            for name, module in args[0].items():
                self.add_module(name, module)
        else:
            self.extend(args)

    def forward(self, input: Any) -> Tensor:
        """The last module's result."""
        attributes = self.__dict__
        for name, kind in self._kinds.items():
            if kind == MODULE:
                input = attributes[name](input)
        return input

    def _like(self, chosen: list[tuple[str, Any]]) -> "Sequential":
        return type(self)(OrderedDict(chosen))

    def __add__(self, other: Iterable[Any]) -> "Sequential":
        if not isinstance(other, Sequential):
            raise ArgumentError(f"Sequential: add operator supports only Sequential, got {type(other).__name__}")
        return Sequential(*self, *other)

    def __mul__(self, other: int) -> "Sequential":
        if not isinstance(other, int):
            raise ArgumentTypeError(f"Sequential: is repeated an int of times, got {other!r} of type {type(other).__name__}")
        if other <= 0:
            raise ArgumentError(f"Sequential: repeated {other!r} times; a positive int is required")
        return Sequential(*list(self) * other)

    __rmul__ = __mul__


class ModuleList(Numbered):
    """A list whose modules are registered.

    >>> import nn
    >>> len(nn.ModuleList([nn.Linear(2, 2) for _ in range(3)]))
    3
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def __repr__(self) -> str:
        """Runs of modules that print alike are printed once: `(0-2): 3 x Linear(...)`."""
        shown = [repr(module) for module in self]
        if not shown:
            return f"{self._get_name()}()"
        lines, start = [], 0
        for k in range(1, len(shown) + 1):
            if k == len(shown) or shown[k] != shown[start]:
                many = k - start > 1
                head = f"({start}-{k - 1}): {k - start} x " if many else f"({start}): "
                lines.append(head + shown[start].replace("\n", "\n  "))
                start = k
        return f"{self._get_name()}(\n  " + "\n  ".join(lines) + "\n)"


class Held(MutableMapping[str, Any]):
    """The attributes of a module under the names that it keeps in `_keys`, whatever they are: a live dictionary."""

    def __init__(self, module: Module) -> None:
        self._module = module
        self._keys: dict[str, None] = module.__dict__["_keys"]

    def __getitem__(self, name: str) -> Any:
        if name not in self._keys:
            raise KeyError(name)
        return getattr(self._module, name)

    def __setitem__(self, name: str, value: Any) -> None:
        plain = isinstance(value, Tensor) and not isinstance(value, Parameter)
        setattr(self._module, name, Parameter(value) if plain else value)
        self._keys[name] = None

    def __delitem__(self, name: str) -> None:
        del self._keys[name]
        delattr(self._module, name)

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._keys))

    def __len__(self) -> int:
        return len(self._keys)


def _described(key: Any, value: Any, dtype: Callable[[Tensor], Any]) -> str:
    if not isinstance(value, Tensor):
        return f"  ({key}): Object of type: {type(value).__name__}"
    kind = "Parameter" if isinstance(value, Parameter) else "Tensor"
    return f"  ({key}): {kind} containing: [{dtype(value)} of size {'x'.join(map(str, value.shape))}]"


class ParameterList(Numbered):
    """A list whose parameters are registered; tensors in it become parameters, modules are registered, others kept.

    >>> import autograd, nn
    >>> len(list(nn.ParameterList([autograd.ones(2), autograd.ones(3)]).parameters()))
    2
    """

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self._keys: dict[str, None] = {}
        if values is not None:
            self.extend(values)

    def _items(self) -> Any:
        return Held(self)

    def _put(self, name: str, value: Any) -> None:
        Held(self)[name] = value

    def extra_repr(self) -> str:
        """What it holds, a line each."""
        return "\n".join(_described(k, value, lambda v: f"torch.{v.dtype}") for k, value in enumerate(self))


class Keyed(Module):
    """What ModuleDict and ParameterDict share: items registered under their keys."""

    def _items(self) -> Any:
        return self._modules

    def __getitem__(self, key: str) -> Any:
        return self._having(key)[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.add_module(key, value)

    def __delitem__(self, key: str) -> None:
        del self._having(key)[key]

    def _having(self, key: str) -> Any:
        items = self._items()
        if key not in items:
            raise ModuleNameError(f"{type(self).__name__}: has no item {key!r}; it has {list(items)}")
        return items

    def __len__(self) -> int:
        return len(self._items())

    def __iter__(self) -> Iterator[str]:
        return iter(self._items())

    def __contains__(self, key: object) -> bool:
        return key in self._items()

    def clear(self) -> None:
        """Remove all items."""
        self._items().clear()

    def pop(self, key: str) -> Any:
        """Remove an item and return it."""
        return self._having(key).pop(key)

    def keys(self) -> Any:
        """The keys."""
        return self._items().keys()

    def values(self) -> Any:
        """The values."""
        return self._items().values()

    def items(self) -> Any:
        """Pairs of key and value."""
        return self._items().items()

    def update(self, items: Any) -> None:
        """Add or replace items, from a mapping or from pairs."""
        if not isinstance(items, Iterable):
            raise ArgumentTypeError(
                f"{type(self).__name__}.update should be called with an iterable of key/value pairs, got {type(items).__name__}"
            )
        for k, item in enumerate(items.items() if isinstance(items, (Mapping, Keyed)) else items):
            if not isinstance(item, Iterable):
                raise ArgumentTypeError(f"{type(self).__name__}: update sequence element #{k} should be Iterable; is {item!r}")
            pair = tuple(item)
            if len(pair) != 2:
                raise ArgumentError(
                    f"{type(self).__name__}: update sequence element #{k} has length {len(pair)}; 2 is required, key and value"
                )
            self[pair[0]] = pair[1]


class ModuleDict(Keyed):
    """A dictionary whose modules are registered.

    >>> import nn
    >>> list(nn.ModuleDict({"first": nn.Linear(2, 3), "second": nn.ReLU()}))
    ['first', 'second']
    """

    def __init__(self, modules: Any = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)


class ParameterDict(Keyed):
    """A dictionary whose parameters are registered; tensors in it become parameters, modules are registered, others kept.

    >>> import autograd, nn
    >>> nn.ParameterDict({"scale": autograd.ones(2)})["scale"].requires_grad
    True
    """

    def __init__(self, parameters: Any = None) -> None:
        super().__init__()
        self._keys: dict[str, None] = {}
        if parameters is not None:
            self.update(parameters)

    def _items(self) -> Any:
        return Held(self)

    def __setitem__(self, key: str, value: Any) -> None:
        if not isinstance(key, str):
            raise ArgumentTypeError(f"ParameterDict: a key must be a str, got {key!r} of type {type(key).__name__}")
        Held(self)[key] = value

    def update(self, items: Any) -> None:
        """Add or replace items, from a mapping or from pairs; those of a plain dictionary in the order of their keys."""
        ordered = not isinstance(items, Mapping) or isinstance(items, OrderedDict)
        super().update(items if ordered else sorted(items.items()))

    def get(self, key: str, default: Any = None) -> Any:
        """An item, or the default where there is none."""
        return self[key] if key in self else default

    def setdefault(self, key: str, default: Any = None) -> Any:
        """An item; where there is none the default, which is then one."""
        if key not in self:
            self[key] = default
        return self[key]

    def popitem(self) -> tuple[str, Any]:
        """Remove the last item, and return it with its key."""
        key = [*self][-1]
        return key, self.pop(key)

    def copy(self) -> "ParameterDict":
        """Another dictionary of the same parameters."""
        return ParameterDict(OrderedDict(self.items()))

    def fromkeys(self, keys: Iterable[str], default: Any = None) -> "ParameterDict":
        """A dictionary with the same value under every key."""
        return ParameterDict((key, default) for key in keys)

    def __reversed__(self) -> Iterator[str]:
        return reversed([*self])

    def __or__(self, other: Any) -> "ParameterDict":
        joined = self.copy()
        joined.update(other)
        return joined

    def __ror__(self, other: Any) -> "ParameterDict":
        joined = ParameterDict(other)
        joined.update(self)
        return joined

    def __ior__(self, other: Any) -> Self:
        self.update(other)
        return self

    def extra_repr(self) -> str:
        """What it holds, a line each."""
        return "\n".join(_described(key, value, Tensor.type) for key, value in self.items())
