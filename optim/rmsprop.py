"""RMSprop: gradient descent divided by a running root mean square."""

from typing import Any, ClassVar

import numpy as np

from .arguments import Number, check_lr, check_not_negative
from .elementwise import ElementwiseOptimizer, Group, tick, weight_decay
from .optimizer import Params


def rmsprop(
    p: Any,
    g: Any,
    v: Any,
    buffer: Any,
    mean: Any,
    lr: Any,
    alpha: Any,
    gain: Any,
    eps: Any,
    momentum: Any,
    decay: Any,
    maximize: Any,
    coupled: Any,
    heavy: Any,
    centered: Any,
) -> Any:
    """One step of RMSprop; `gain` is 1 - alpha."""
    if maximize:
        g = -g
    if coupled:
        g = g + decay * p
    v = alpha * v + gain * g * g
    if centered:
        mean = mean + gain * (g - mean)
        change = g / (np.sqrt(v - mean * mean) + eps)
    else:
        change = g / (np.sqrt(v) + eps)
    if heavy:
        buffer = momentum * buffer + change
        change = buffer
    return p - lr * change, v, buffer, mean


class RMSprop(ElementwiseOptimizer):
    """Gradient descent divided by the root of the running mean of the squared gradient.

    `v = alpha * v + (1 - alpha) * g**2`, then `p -= lr * g / (sqrt(v) + eps)`; with `momentum`,
    `b = momentum * b + g / (sqrt(v) + eps)` and `p -= lr * b`; `centered` subtracts the square of the running mean of g
    from v under the root. `weight_decay` adds `weight_decay * p` to g.
    State: `step`, `square_avg`, with momentum `momentum_buffer`, if centered `grad_avg`. Raises ArgumentError for a
    negative argument. Source: Tieleman and Hinton, lecture 6.5 of Neural Networks for Machine Learning, 2012; Graves,
    Generating Sequences With Recurrent Neural Networks, 2013 (centered).

    >>> import autograd
    >>> x = autograd.tensor([1.0], requires_grad=True)
    >>> x.grad = autograd.tensor([2.0])
    >>> RMSprop([x], lr=0.25, alpha=0.75).step(); x
    tensor([0.5000], requires_grad=True)
    """

    rule: Any = staticmethod(rmsprop)
    moments: ClassVar[tuple[str, ...]] = ("square_avg", "momentum_buffer", "grad_avg")
    decaying: ClassVar[tuple[str, ...]] = ("square_avg", "momentum_buffer", "grad_avg")

    def __init__(
        self,
        params: Params,
        lr: Number = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_lr("RMSprop", lr)
        check_not_negative("RMSprop", eps=eps, momentum=momentum, weight_decay=weight_decay, alpha=alpha)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _moments(self, group: Group) -> dict[str, float | None]:
        return {
            "square_avg": 0.0,
            "momentum_buffer": 0.0 if group["momentum"] > 0 else None,
            "grad_avg": 0.0 if group["centered"] else None,
        }

    def _plan(self, group: dict[str, Any], counters: dict[str, Any], new: bool) -> tuple[tuple[Any, ...], tuple[bool, ...]]:
        lr, alpha, momentum = group["lr"], group["alpha"], group["momentum"]
        tick(counters)
        decay, coupled, _ = weight_decay(group, lr, decoupled=False)
        numbers = lr, alpha, 1 - alpha, group["eps"], momentum, decay
        return numbers, (group["maximize"], coupled, momentum > 0, group["centered"])
