"""How a composition is computed on float16: as PyTorch's kernels do it, in float32, and rounded once at the end.

Squares leave the range of float16 from 256 on, and its sums of ones stop at 2048. A primitive that adds up says so itself
(`single=True`); this is for what is composed of several and would round, or overflow, between them.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from .graph import Traced
from .primitive import is_half, narrowed, widened

P = ParamSpec("P")
R = TypeVar("R")


def in_single(function: Callable[P, R]) -> Callable[P, R]:
    """The function with float16 arguments as float32, and float32 results as float16; other dtypes as they are."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        for a in args:
            if isinstance(a, Traced):
                if a._data.dtype.char != "e":
                    return function(*args, **kwargs)
                break
        if not is_half((*args, *kwargs.values())):
            return function(*args, **kwargs)
        wide: Any = dict(zip(kwargs, widened(kwargs.values()), strict=True))
        return narrowed(function(*widened(args), **wide))  # type: ignore[arg-type]

    return call
