"""What the optimizers' arguments must be, and what is said when they are not."""

from typing import Any

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentError, ArgumentTypeError, GraphError

Number = float | Tensor  # a hyperparameter; a tensor of one element is read anew at every step
_PLAIN = {float, int, bool, str, tuple, list, type(None)}


def settled(group: dict[str, Any]) -> dict[str, Any]:
    """The group with Python's numbers in the place of tensors and of NumPy's, which would widen float32."""
    if _PLAIN.issuperset(map(type, group.values())):
        for value in group.values():
            if type(value) is tuple and not _PLAIN.issuperset(map(type, value)):
                break
        else:
            return group
    return {key: value if key == "params" else _settle(value) for key, value in group.items()}


def _settle(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_settle, value))
    return float(value) if isinstance(value, Tensor | np.generic) else value


def check_lr(op: str, lr: Any) -> None:
    """Raise unless `lr` is one number, not negative."""
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ArgumentError(f"{op}: lr is a tensor of {lr.numel()} elements; give a number or a tensor of one element")
    check_not_negative(op, lr=lr)


def check_not_negative(op: str, **given: Any) -> None:
    """Raise unless every one of the named values is at least 0."""
    for name, value in given.items():
        if not isinstance(value, (Tensor, np.floating, np.integer, int, float)):
            raise ArgumentTypeError(f"{op}: {name} must be a number, got {type(value).__name__}: {value!r:.60}")
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
