"""The named tuples that functions with several results return, printed as PyTorch prints its `return_types`."""

from collections import namedtuple
from typing import Any


def result(name: str, *fields: str) -> Any:
    """A named tuple type whose instances print as PyTorch's results of that function."""
    base = namedtuple(name, fields)

    class Result(base):
        __slots__ = ()

        def __repr__(self) -> str:
            shown = ",\n".join(f"{f}={v!r}" for f, v in zip(fields, self, strict=True))
            return f"torch.return_types.{name}(\n{shown})"

    Result.__name__ = Result.__qualname__ = name
    return Result
