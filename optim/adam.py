"""Adam and its variant with decoupled weight decay."""

from math import sqrt
from typing import Any, ClassVar

import numpy as np

from autograd import Tensor
from autograd.errors import ArgumentError

from .arguments import Number, check_betas, check_fused, check_lr, check_not_negative
from .elementwise import ElementwiseOptimizer, Group, tick, weight_decay
from .optimizer import Params


def adam(
    p: Any,
    g: Any,
    m: Any,
    v: Any,
    top: Any,
    rate: Any,
    gain1: Any,
    beta2: Any,
    gain2: Any,
    eps: Any,
    decay: Any,
    maximize: Any,
    coupled: Any,
    decoupled: Any,
    amsgrad: Any,
) -> Any:
    """One step of Adam, in the paper's efficient form (the end of its section 2).

    `rate` is lr * sqrt(1 - beta2**t) / (1 - beta1**t), `eps` is eps * sqrt(1 - beta2**t), a gain is 1 - beta, and
    `decay` is the weight decay, or 1 - lr * weight_decay if it is decoupled.
    """
    if maximize:
        g = -g
    if coupled:
        g = g + decay * p
    if decoupled:
        p = decay * p
    v = beta2 * v + gain2 * g * g
    m = m + gain1 * (g - m)
    if amsgrad:
        top = np.maximum(top, v)
        return p - rate * (m / (np.sqrt(top) + eps)), m, v, top
    return p - rate * (m / (np.sqrt(v) + eps)), m, v, top


class Adam(ElementwiseOptimizer):
    """Adam: steps along the mean gradient, divided by the root of its mean square.

    `m = beta1 * m + (1 - beta1) * g` and `v = beta2 * v + (1 - beta2) * g**2`, unbiased `m^ = m / (1 - beta1**t)` and
    `v^ = v / (1 - beta2**t)`; then `p -= lr * m^ / (sqrt(v^) + eps)`. `amsgrad` divides by the largest v so far.
    `weight_decay` adds `weight_decay * p` to g, or shrinks p by itself if `decoupled_weight_decay`.
    State: `step`, `exp_avg`, `exp_avg_sq`, with amsgrad `max_exp_avg_sq`. Raises ArgumentError for a negative argument
    or a beta outside of [0, 1). See `optim` for `foreach`, `capturable`, `differentiable` and
    `fused`.
    Source: Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015; Reddi et al., On the Convergence of Adam
    and Beyond, 2018.

    >>> import autograd
    >>> x = autograd.tensor([1.0], requires_grad=True)
    >>> x.grad = autograd.tensor([2.0])
    >>> Adam([x], lr=0.25).step(); x
    tensor([0.7500], requires_grad=True)
    """

    rule: Any = staticmethod(adam)
    moments: ClassVar[tuple[str, ...]] = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")
    decaying: ClassVar[tuple[str, ...]] = ("exp_avg", "exp_avg_sq")

    def __init__(
        self,
        params: Params,
        lr: Number = 1e-3,
        betas: tuple[Number, Number] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        op = type(self).__name__
        check_lr(op, lr)
        check_not_negative(op, eps=eps, weight_decay=weight_decay)
        check_betas(op, betas)
        if len({isinstance(beta, Tensor) for beta in betas}) > 1:
            raise ArgumentError(f"{op}: betas must be both floats or both tensors")
        check_fused(op, foreach, differentiable, fused)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    def _moments(self, group: Group) -> dict[str, float | None]:
        return {"exp_avg": 0.0, "exp_avg_sq": 0.0, "max_exp_avg_sq": 0.0 if group["amsgrad"] else None}

    def _plan(self, group: dict[str, Any], counters: dict[str, Any], new: bool) -> tuple[tuple[Any, ...], tuple[bool, ...]]:
        lr, (beta1, beta2) = group["lr"], group["betas"]
        t = tick(counters)
        root = sqrt(1 - beta2**t)
        decay, coupled, decoupled = weight_decay(group, lr, group["decoupled_weight_decay"])
        numbers = lr * root / (1 - beta1**t), 1 - beta1, beta2, 1 - beta2, group["eps"] * root, decay
        return numbers, (group["maximize"], coupled, decoupled, group["amsgrad"])


class AdamW(Adam):
    """Adam whose weight decay is decoupled: each step first shrinks p by the factor `1 - lr * weight_decay`.

    All else is as in `Adam`. Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019.

    >>> import autograd
    >>> x = autograd.tensor([1.0], requires_grad=True)
    >>> x.grad = autograd.tensor([2.0])
    >>> AdamW([x], lr=0.25, weight_decay=0.4).step(); x
    tensor([0.6500], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: Number = 1e-3,
        betas: tuple[Number, Number] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for group in self.param_groups:  # a state saved by Adam does not turn this into Adam
            group["decoupled_weight_decay"] = True
