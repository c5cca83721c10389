"""`torch.profiler`: labels are accepted, measuring is left to Python's own profilers.

>>> import autograd
>>> with autograd.profiler.record_function("forward"):
...     y = autograd.ones(2) * 2
"""

from contextlib import ContextDecorator
from typing import Any


class record_function(ContextDecorator):
    """A label for what is computed inside; nobody reads it."""

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name = name

    def __enter__(self) -> "record_function":
        return self

    def __exit__(self, *exc: object) -> None:
        pass


class profile:
    """Raises: use `python -m cProfile`, or `autograd.visualize` to look at a graph."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(
            "profiler.profile: there is no profiler of operations here; run the program under `python -m cProfile`"
        )
