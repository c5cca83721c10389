"""MyGrad."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import mygrad
import mygrad.nnet

from .adapter import Adapter


class MyGrad(Adapter):
    """MyGrad: tensors on NumPy, gradients by `backward`; it has no optimizers."""

    family = "mygrad"
    mygrad: Any = mygrad
    nnet: Any = mygrad.nnet
    distributions = ("mygrad",)
    imports = "import mygrad, mygrad.nnet"

    def leaf(self, array: Any) -> Any:
        """An array that gradients flow to."""
        return self.mygrad.tensor(array)

    def scalar(self, value: float) -> Any:
        """A number that gradients flow to."""
        return self.mygrad.tensor(value)

    def relu(self, x: Any) -> Any:
        """max(x, 0)."""
        return self.nnet.activations.relu(x)

    def clear(self, parameter: Any) -> None:
        """Forget a gradient."""
        parameter.null_grad()

    def descend(self, parameters: Iterable[Any], rate: float) -> None:
        """One step of gradient descent."""
        for parameter in parameters:
            parameter.data -= rate * parameter.grad
