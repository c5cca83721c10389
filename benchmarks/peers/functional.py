"""What JAX and HIPS/autograd share: pure functions of nested lists of arrays, and a `numpy` of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from .adapter import Adapter


class Functional(Adapter):
    """A namespace that plays `numpy`, with transformations of functions."""

    np: ClassVar[Any]

    def grad(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The gradient of a scalar function in its first argument."""
        raise NotImplementedError

    def value_and_grad(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The value and the gradient of a scalar function in its first argument."""
        raise NotImplementedError

    def vjp(self, function: Callable[..., Any]) -> Callable[[tuple[Any, ...], Any], Any]:
        """`(arguments, cotangent) -> cotangents of the arguments`."""
        raise NotImplementedError
