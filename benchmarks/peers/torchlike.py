"""What PyTorch and Gradloom share: builds of the family "torch" are written once, against this class."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from .adapter import Adapter


class TorchLike(Adapter):
    """A namespace that plays `torch`, with its `nn`, `functional` and `optim`."""

    family = "torch"
    torch: ClassVar[Any]
    nn: ClassVar[Any]
    functional: ClassVar[Any]
    optim: ClassVar[Any]
    adam_options: ClassVar[dict[str, bool]] = {}

    def __init__(self, threads: int) -> None:
        self.torch.set_num_threads(threads)
        self.torch.manual_seed(0)

    def array(self, array: Any) -> Any:
        return self.torch.from_numpy(array)

    def leaf(self, array: Any) -> Any:
        """An array that gradients flow to."""
        return self.array(array).requires_grad_()

    def scalar(self, value: float) -> Any:
        """A number that gradients flow to, as a program on scalars makes it."""
        return self.torch.tensor(value, requires_grad=True)

    def relu(self, x: Any) -> Any:
        """max(x, 0)."""
        return x.relu()

    def clear(self, parameter: Any) -> None:
        """Forget a gradient."""
        parameter.grad = None

    def descend(self, parameters: Iterable[Any], rate: float) -> None:
        """One step of gradient descent, without an optimizer."""
        with self.torch.no_grad():
            for parameter in parameters:
                parameter -= rate * parameter.grad

    def adam(self, parameters: Iterable[Any], lr: float = 1e-3) -> Any:
        """The Adam that this variant is named after."""
        return self.optim.Adam(parameters, lr=lr, **self.adam_options)

    def model(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function of tensors as this variant runs it: compiled, where it compiles."""
        return function

    def whole(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function with derivatives in it as this variant runs it: compiled, where it compiles such."""
        return function

    def training(self, loss: Callable[..., Any], optimizer: Any) -> Callable[..., Any]:
        """A training step on a batch, as this variant runs it."""

        def update(*batch: Any) -> Any:
            optimizer.zero_grad()
            value = loss(*batch)
            value.backward()
            optimizer.step()
            return value

        return update
