"""Adadelta: steps in the units of the parameter, without a rate to choose."""

from typing import Any, ClassVar

import numpy as np

from autograd.errors import ArgumentError

from .arguments import Number, check_lr, check_not_negative
from .elementwise import ElementwiseOptimizer, tick, weight_decay
from .optimizer import Params


def adadelta(
    p: Any, g: Any, v: Any, u: Any, lr: Any, rho: Any, gain: Any, eps: Any, decay: Any, maximize: Any, coupled: Any
) -> Any:
    """One step of Adadelta; `gain` is 1 - rho."""
    if maximize:
        g = -g
    if coupled:
        g = g + decay * p
    v = rho * v + gain * g * g
    change = np.sqrt(u + eps) / np.sqrt(v + eps) * g
    u = rho * u + gain * change * change
    return p - lr * change, v, u


class Adadelta(ElementwiseOptimizer):
    """Gradient descent scaled by the ratio of the mean changes and the mean gradients of the past.

    `v = rho * v + (1 - rho) * g**2`, `d = sqrt(u + eps) / sqrt(v + eps) * g`, `u = rho * u + (1 - rho) * d**2`, then
    `p -= lr * d`. `weight_decay` adds `weight_decay * p` to g. State: `step`, `square_avg` (v), `acc_delta` (u). Raises
    ArgumentError for a negative argument or a rho outside of [0, 1]. Source: Zeiler, ADADELTA: An Adaptive Learning
    Rate Method, 2012.

    >>> import autograd
    >>> x = autograd.tensor([1.0], requires_grad=True)
    >>> x.grad = autograd.tensor([2.0])
    >>> Adadelta([x], eps=0.4).step(); x
    tensor([-0.4142], requires_grad=True)
    """

    rule: Any = staticmethod(adadelta)
    moments: ClassVar[tuple[str, ...]] = ("square_avg", "acc_delta")
    decaying: ClassVar[tuple[str, ...]] = ("square_avg", "acc_delta")

    def __init__(
        self,
        params: Params,
        lr: Number = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_lr("Adadelta", lr)
        check_not_negative("Adadelta", eps=eps, weight_decay=weight_decay)
        if not 0 <= rho <= 1:
            raise ArgumentError(f"Adadelta: rho is {rho}; it must be from 0 to 1")
        defaults = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "capturable": capturable,
            "foreach": foreach,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _plan(self, group: dict[str, Any], counters: dict[str, Any], new: bool) -> tuple[tuple[Any, ...], tuple[bool, ...]]:
        lr, rho = group["lr"], group["rho"]
        tick(counters)
        decay, coupled, _ = weight_decay(group, lr, decoupled=False)
        return (lr, rho, 1 - rho, group["eps"], decay), (group["maximize"], coupled)
