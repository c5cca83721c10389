"""Results that are nobody else's memory, where the computation may come to be a view."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from autograd import Tensor
from autograd.core.graph import shares_buffer

P = ParamSpec("P")


def with_own_memory(function: Callable[P, Tensor]) -> Callable[P, Tensor]:
    """The function, whose result is a copy if it would show the memory of an argument: to write to it changes no argument."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> Tensor:
        result = function(*args, **kwargs)
        for given in (*args, *kwargs.values()):
            if isinstance(given, Tensor) and (result is given or shares_buffer(result._data, given._data)):
                return result.clone()
        return result

    return call
