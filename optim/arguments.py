"""What the optimizers' arguments must be, and what is said when they are not."""

from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError, GraphError

Number = float | Tensor  # a hyperparameter; a tensor of one element is read anew at every step


def number(x: Any) -> float:
    """The Python number that a hyperparameter stands for."""
    return x if type(x) is float else float(x)


def check_lr(op: str, lr: Any) -> None:
    """Raise unless `lr` is one number, not negative."""
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ArgumentError(f"{op}: lr is a tensor of {lr.numel()} elements; give a number or a tensor of one element")
    check_not_negative(op, lr=lr)


def check_not_negative(op: str, **given: Any) -> None:
    """Raise unless every one of the named values is at least 0."""
    for name, value in given.items():
        if not value >= 0:
            raise ArgumentError(f"{op}: {name} is {value}; it must be at least 0")


def check_betas(op: str, betas: Any) -> None:
    """Raise unless `betas` are two decay rates, at least 0 and less than 1."""
    for k, beta in enumerate(betas):
        if not 0 <= beta < 1:
            raise ArgumentError(f"{op}: betas[{k}] is {beta}; it must be at least 0 and less than 1")


def check_fused(op: str, foreach: bool | None, differentiable: bool, fused: bool | None) -> None:
    """Raise for the combinations of PyTorch's implementation flags that PyTorch refuses."""
    if fused and differentiable:
        raise GraphError(f"{op}: fused and differentiable cannot both be true")
    if fused and foreach:
        raise GraphError(f"{op}: fused and foreach cannot both be true")
