"""Adagrad: a rate for each element, by all the gradients that it has seen."""

from typing import Any, ClassVar

import numpy as np

import autograd

from .arguments import Number, check_fused, check_lr, check_not_negative
from .elementwise import ElementwiseOptimizer, Group, tick, weight_decay
from .optimizer import Params


def adagrad(p: Any, g: Any, total: Any, rate: Any, eps: Any, decay: Any, maximize: Any, coupled: Any) -> Any:
    """One step of Adagrad; `rate` is lr / (1 + (t - 1) * lr_decay)."""
    if maximize:
        g = -g
    if coupled:
        g = g + decay * p
    total = total + g * g
    return p - rate * g / (np.sqrt(total) + eps), total


class Adagrad(ElementwiseOptimizer):
    """Gradient descent divided by the root of the sum of all squared gradients so far.

    `s += g**2`, then `p -= lr / (1 + (t - 1) * lr_decay) * g / (sqrt(s) + eps)`; s starts at
    `initial_accumulator_value`. `weight_decay` adds `weight_decay * p` to g. State, from the beginning: `step`, `sum`.
    Raises ArgumentError for a negative argument. Source: Duchi, Hazan and Singer, Adaptive Subgradient Methods for
    Online Learning and Stochastic Optimization, 2011.

    >>> import autograd
    >>> x = autograd.tensor([1.0], requires_grad=True)
    >>> x.grad = autograd.tensor([2.0])
    >>> Adagrad([x], lr=0.25).step(); x
    tensor([0.7500], requires_grad=True)
    """

    rule: Any = staticmethod(adagrad)
    moments: ClassVar[tuple[str, ...]] = ("sum",)

    def __init__(
        self,
        params: Params,
        lr: Number = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_lr("Adagrad", lr)
        check_not_negative(
            "Adagrad",
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
        )
        check_fused("Adagrad", foreach, differentiable, fused)
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)
        for p in self._all_params():
            total = autograd.full_like(p, initial_accumulator_value, requires_grad=False)
            self.state[p] = {"step": autograd.zeros(()), "sum": total}

    def _moments(self, group: Group) -> dict[str, float | None]:
        return {"sum": self.defaults["initial_accumulator_value"]}

    def _plan(self, group: dict[str, Any], counters: dict[str, Any], new: bool) -> tuple[tuple[Any, ...], tuple[bool, ...]]:
        lr = group["lr"]
        rate = lr / (1 + (tick(counters) - 1) * group["lr_decay"])
        decay, coupled, _ = weight_decay(group, lr, decoupled=False)
        return (rate, group["eps"], decay), (group["maximize"], coupled)
