"""`torch.compile`, as far as a program that runs eagerly meets it: what it is given comes back, and computes the same.

>>> import autograd
>>> @autograd.compile
... def double(x):
...     return x * 2
>>> double(autograd.ones(2))
tensor([2., 2.])
"""

from collections.abc import Callable
from typing import Any

from ..errors import ArgumentTypeError, GraphError


def compile(
    model: Callable[..., Any] | None = None,
    *,
    fullgraph: bool = False,
    dynamic: bool | None = None,
    backend: str | Callable[..., Any] = "inductor",
    mode: str | None = None,
    options: dict[Any, Any] | None = None,
    disable: bool = False,
) -> Any:
    """The function or module itself, which runs eagerly as before; without one, a decorator.

    The keys of a module's state_dict keep their names: no `_orig_mod.` stands before them. Raises GraphError if both
    `mode` and `options` are given, ArgumentTypeError for what cannot be called.

    >>> import autograd
    >>> f = lambda x: x + 1
    >>> autograd.compile(f, mode="reduce-overhead") is f
    True
    """
    if mode is not None and options is not None:
        raise GraphError("compile: either mode or options can be specified, but both can't be specified at the same time")
    if model is None:
        return lambda given: compile(given, mode=mode, options=options)
    if not callable(model):
        raise ArgumentTypeError(f"compile: expected a function or a module, got {type(model).__name__}")
    return model


def disable(fn: Callable[..., Any] | None = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """The function itself: nothing is compiled; without one, a decorator."""
    return (lambda given: given) if fn is None else fn


def is_compiling() -> bool:
    """False."""
    return False


def reset() -> None:
    """Forget what was compiled: nothing."""
