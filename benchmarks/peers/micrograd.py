"""micrograd."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from micrograd.engine import Value

from .adapter import Adapter


class Micrograd(Adapter):
    """micrograd: one node per number, in plain Python."""

    family = "micrograd"
    distributions = ("micrograd",)
    imports = "import micrograd.engine"

    def scalar(self, value: float) -> Value:
        """A number that gradients flow to."""
        return Value(value)

    def relu(self, x: Value) -> Value:
        """max(x, 0)."""
        return x.relu()

    def clear(self, parameter: Value) -> None:
        """Forget a gradient."""
        parameter.grad = 0

    def descend(self, parameters: Iterable[Any], rate: float) -> None:
        """One step of gradient descent."""
        for parameter in parameters:
            parameter.data -= rate * parameter.grad
