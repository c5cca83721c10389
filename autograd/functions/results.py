"""The named tuples that functions with several results return, printed as PyTorch prints its `return_types`."""

from operator import itemgetter
from typing import Any


class _Result(tuple[Any, ...]):
    __slots__ = ()
    _fields: tuple[str, ...]

    def __new__(cls, *values: Any) -> Any:
        return tuple.__new__(cls, values)

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self)

    def __repr__(self) -> str:
        shown = ",\n".join(f"{f}={v!r}" for f, v in zip(self._fields, self, strict=True))
        return f"torch.return_types.{type(self).__name__}(\n{shown})"


def result(name: str, *fields: str) -> Any:
    """A named tuple type whose instances print as PyTorch's results of that function.

    Not by `namedtuple`, which compiles a constructor for each type: that shows in the time of `import autograd`.
    """
    at = {field: property(itemgetter(k)) for k, field in enumerate(fields)}
    return type(name, (_Result,), {"__slots__": (), "__module__": __name__, "_fields": fields, "__match_args__": fields, **at})
