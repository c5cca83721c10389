"""NAdam: Adam with Nesterov momentum."""

from math import sqrt
from typing import Any, ClassVar

import numpy as np

from .arguments import Number, check_betas, check_lr, check_not_negative
from .elementwise import ElementwiseOptimizer, Group, tick, weight_decay
from .optimizer import Params


def nadam(
    p: Any,
    g: Any,
    m: Any,
    v: Any,
    ahead: Any,
    rate: Any,
    gain1: Any,
    beta2: Any,
    gain2: Any,
    eps: Any,
    decay: Any,
    maximize: Any,
    coupled: Any,
    decoupled: Any,
) -> Any:
    """One step of NAdam, with the root of 1 - beta2**t brought over to the other factors.

    With that root r: `ahead` is r * lr * (1 - mu_t) / (1 - mu_1 ... mu_t), `rate` is r * lr * mu_{t+1} /
    (1 - mu_1 ... mu_{t+1}), `eps` is r * eps; a gain is 1 - beta.
    """
    if maximize:
        g = -g
    if coupled:
        g = g + decay * p
    if decoupled:
        p = decay * p
    m = m + gain1 * (g - m)
    v = beta2 * v + gain2 * g * g
    return p - (ahead * g + rate * m) / (np.sqrt(v) + eps), m, v


class NAdam(ElementwiseOptimizer):
    """Adam that looks one step ahead, as Nesterov momentum does.

    With `mu_t = beta1 * (1 - 0.96**(t * momentum_decay) / 2)` and `M_t = mu_1 * ... * mu_t`, m and v as in `Adam` and
    `v^ = v / (1 - beta2**t)`: `p -= lr * ((1 - mu_t) / (1 - M_t) * g + mu_{t+1} / (1 - M_{t+1}) * m) / (sqrt(v^) + eps)`.
    `weight_decay` adds `weight_decay * p` to g, or shrinks p by itself if `decoupled_weight_decay`.
    State: `step`, `mu_product`, `exp_avg`, `exp_avg_sq`. Raises ArgumentError for a negative argument or a beta outside
    of [0, 1). Source: Dozat, Incorporating Nesterov Momentum into Adam, 2016.

    >>> import autograd
    >>> x = autograd.tensor([1.0], requires_grad=True)
    >>> x.grad = autograd.tensor([2.0])
    >>> NAdam([x], lr=0.5).step(); x
    tensor([0.4718], requires_grad=True)
    """

    rule: Any = staticmethod(nadam)
    moments: ClassVar[tuple[str, ...]] = ("exp_avg", "exp_avg_sq")
    counters: Any = ("step", "mu_product")
    decaying: ClassVar[tuple[str, ...]] = ("exp_avg", "exp_avg_sq")

    def __init__(
        self,
        params: Params,
        lr: Number = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_lr("NAdam", lr)
        check_not_negative("NAdam", eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay)
        check_betas("NAdam", betas)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _counters(self, group: Group) -> dict[str, float]:
        return {"step": 0.0, "mu_product": 1.0}

    def _plan(self, group: dict[str, Any], counters: dict[str, Any], new: bool) -> tuple[tuple[Any, ...], tuple[bool, ...]]:
        lr, (beta1, beta2) = group["lr"], group["betas"]
        t = tick(counters)
        mu, mu_next = (beta1 * (1 - 0.5 * 0.96 ** (k * group["momentum_decay"])) for k in (t, t + 1))
        products = counters["mu_product"]
        products *= mu
        product = float(products[0])
        root = sqrt(1 - beta2**t)
        decay, coupled, decoupled = weight_decay(group, lr, group["decoupled_weight_decay"])
        ahead = root * lr * (1 - mu) / (1 - product)
        rate = root * lr * mu_next / (1 - product * mu_next)
        numbers = ahead, rate, 1 - beta1, beta2, 1 - beta2, group["eps"] * root, decay
        return numbers, (group["maximize"], coupled, decoupled)
