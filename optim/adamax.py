"""Adamax: Adam with the infinity norm."""

from typing import Any, ClassVar

import numpy as np

from .arguments import Number, check_betas, check_lr, check_not_negative
from .elementwise import ElementwiseOptimizer, tick, weight_decay
from .optimizer import Params


def adamax(
    p: Any, g: Any, m: Any, u: Any, rate: Any, gain1: Any, beta2: Any, eps: Any, decay: Any, maximize: Any, coupled: Any
) -> Any:
    """One step of Adamax; `rate` is lr / (1 - beta1**t), `gain1` is 1 - beta1."""
    if maximize:
        g = -g
    if coupled:
        g = g + decay * p
    m = m + gain1 * (g - m)
    u = np.maximum(beta2 * u, np.abs(g) + eps)
    return p - rate * m / u, m, u


class Adamax(ElementwiseOptimizer):
    """Adam with the decaying largest gradient in the place of the root mean square.

    `m = beta1 * m + (1 - beta1) * g`, `u = max(beta2 * u, |g| + eps)`, then `p -= lr / (1 - beta1**t) * m / u`.
    `weight_decay` adds `weight_decay * p` to g. State: `step`, `exp_avg`, `exp_inf`. Raises ArgumentError for a negative
    argument or a beta outside of [0, 1). Source: Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015.

    >>> import autograd
    >>> x = autograd.tensor([1.0], requires_grad=True)
    >>> x.grad = autograd.tensor([2.0])
    >>> Adamax([x], lr=0.25).step(); x
    tensor([0.7500], requires_grad=True)
    """

    rule: Any = staticmethod(adamax)
    moments: ClassVar[tuple[str, ...]] = ("exp_avg", "exp_inf")
    decaying: ClassVar[tuple[str, ...]] = ("exp_avg",)

    def __init__(
        self,
        params: Params,
        lr: Number = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check_lr("Adamax", lr)
        check_not_negative("Adamax", eps=eps, weight_decay=weight_decay)
        check_betas("Adamax", betas)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def _plan(self, group: dict[str, Any], counters: dict[str, Any], new: bool) -> tuple[tuple[Any, ...], tuple[bool, ...]]:
        lr, (beta1, beta2) = group["lr"], group["betas"]
        t = tick(counters)
        decay, coupled, _ = weight_decay(group, lr, decoupled=False)
        return (lr / (1 - beta1**t), 1 - beta1, beta2, group["eps"], decay), (group["maximize"], coupled)
