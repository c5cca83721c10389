"""Results that are nobody else's memory, where the computation may come to be a view."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from ..core.graph import Traced, shares_buffer

P = ParamSpec("P")
R = TypeVar("R")


def with_own_memory(function: Callable[P, R]) -> Callable[P, R]:
    """The function, whose result is a copy if it would show the memory of an argument: to write to it changes no argument."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        result: Any = function(*args, **kwargs)
        for given in (*args, *kwargs.values()):
            if isinstance(given, Traced) and (result is given or shares_buffer(result._data, given._data)):
                return result.clone()
        return result

    return call
