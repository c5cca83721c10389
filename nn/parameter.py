"""Parameter and Buffer: tensors that a Module finds by their type when they are assigned to an attribute."""

from typing import Any

from autograd import Tensor, empty
from autograd.errors import ArgumentTypeError


def _adopt(self: Tensor, data: Any, requires_grad: bool) -> None:
    """Give a new tensor the memory of `data`."""
    if data is not None and not isinstance(data, Tensor):
        raise ArgumentTypeError(
            f"{type(self).__name__}: data must be a Tensor, got {type(data).__name__}; convert it with autograd.tensor(...)"
        )
    self._data = (empty(0) if data is None else data.detach())._data
    self._node = None
    self.requires_grad = requires_grad


class Parameter(Tensor):
    """A tensor that a Module trains: a leaf that requires a gradient unless told otherwise.

    It shares the memory of `data`. What is computed from it is a plain Tensor.

    >>> import autograd, nn
    >>> nn.Parameter(autograd.ones(2))
    Parameter containing:
    tensor([1., 1.], requires_grad=True)
    """

    _grad_is_copied = False  # a copied module begins without gradients, as PyTorch's does

    def __init__(self, data: Any = None, requires_grad: bool = True) -> None:
        _adopt(self, data, requires_grad)

    def __repr__(self) -> str:
        return f"Parameter containing:\n{super().__repr__()}"


class Buffer(Tensor):
    """A tensor that belongs to a Module's state and is not trained, such as a running mean.

    >>> import autograd, nn
    >>> nn.Buffer(autograd.zeros(2)).requires_grad
    False
    """

    def __init__(self, data: Any = None, requires_grad: bool = False, *, persistent: bool = True) -> None:
        _adopt(self, data, requires_grad)
        self.persistent = persistent
