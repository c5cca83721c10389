"""RAdam: Adam that trusts its second moment only once it has seen enough."""

from math import sqrt
from typing import Any, ClassVar

import numpy as np

from .arguments import Number, check_betas, check_lr, check_not_negative
from .elementwise import ElementwiseOptimizer, tick, weight_decay
from .optimizer import Params


def radam(
    p: Any,
    g: Any,
    m: Any,
    v: Any,
    rate: Any,
    gain1: Any,
    beta2: Any,
    gain2: Any,
    eps: Any,
    decay: Any,
    maximize: Any,
    coupled: Any,
    decoupled: Any,
    rectified: Any,
) -> Any:
    """One step of RAdam; `rate` is lr / (1 - beta1**t), times r_t * sqrt(1 - beta2**t) once rectified."""
    if maximize:
        g = -g
    if coupled:
        g = g + decay * p
    if decoupled:
        p = decay * p
    m = m + gain1 * (g - m)
    v = beta2 * v + gain2 * g * g
    if rectified:
        return p - rate * m / (np.sqrt(v) + eps), m, v
    return p - rate * m, m, v


class RAdam(ElementwiseOptimizer):
    """Adam with a rectified rate: plain momentum at first, then Adam's step times the factor r_t.

    With `R = 2 / (1 - beta2) - 1` and `R_t = R - 2 * t * beta2**t / (1 - beta2**t)`, m and v as in `Adam`: if `R_t > 5`,
    `r_t = sqrt((R_t - 4) * (R_t - 2) * R / ((R - 4) * (R - 2) * R_t))` and
    `p -= lr * r_t * m^ * sqrt(1 - beta2**t) / (sqrt(v) + eps)`, else `p -= lr * m^`.
    `weight_decay` adds `weight_decay * p` to g, or shrinks p by itself if `decoupled_weight_decay`.
    State: `step`, `exp_avg`, `exp_avg_sq`. Raises ArgumentError for a negative argument or a beta outside of [0, 1).
    Source: Liu et al., On the Variance of the Adaptive Learning Rate and Beyond, 2020.

    >>> import autograd
    >>> x = autograd.tensor([1.0], requires_grad=True)
    >>> x.grad = autograd.tensor([2.0])
    >>> RAdam([x], lr=0.25).step(); x
    tensor([0.5000], requires_grad=True)
    """

    rule: Any = staticmethod(radam)
    moments: ClassVar[tuple[str, ...]] = ("exp_avg", "exp_avg_sq")
    decaying: ClassVar[tuple[str, ...]] = ("exp_avg", "exp_avg_sq")

    def __init__(
        self,
        params: Params,
        lr: Number = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_lr("RAdam", lr)
        check_not_negative("RAdam", eps=eps, weight_decay=weight_decay)
        check_betas("RAdam", betas)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _plan(self, group: dict[str, Any], counters: dict[str, Any], new: bool) -> tuple[tuple[Any, ...], tuple[bool, ...]]:
        lr, (beta1, beta2) = group["lr"], group["betas"]
        t = tick(counters)
        decay, coupled, decoupled = weight_decay(group, lr, group["decoupled_weight_decay"])
        unbias2 = 1 - beta2**t
        longest = 2 / (1 - beta2) - 1
        length = longest - 2 * t * beta2**t / unbias2
        rate, rectified = lr / (1 - beta1**t), length > 5
        if rectified:
            shrink = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
            rate *= sqrt(shrink * unbias2)
        numbers = rate, 1 - beta1, beta2, 1 - beta2, group["eps"], decay
        return numbers, (group["maximize"], coupled, decoupled, rectified)
