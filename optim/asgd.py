"""Averaged stochastic gradient descent."""

from typing import Any, ClassVar

from .arguments import Number, check_lr, check_not_negative
from .elementwise import ElementwiseOptimizer, Group, tick, weight_decay
from .optimizer import Params


def asgd(
    p: Any, g: Any, mean: Any, eta: Any, shrink: Any, mu: Any, decay: Any, maximize: Any, coupled: Any, averaging: Any
) -> Any:
    """One step of averaged descent; `shrink` is 1 - lambd * eta. The mean follows p until averaging begins."""
    if maximize:
        g = -g
    if coupled:
        g = g + decay * p
    p = shrink * p - eta * g
    if averaging:
        return p, mean + mu * (p - mean)
    return p, p


class ASGD(ElementwiseOptimizer):
    """Gradient descent with a decaying rate, that also keeps the mean of the parameters from step `t0` on.

    `p = (1 - lambd * eta) * p - eta * g`, `ax += mu * (p - ax)`; then `eta = lr / (1 + lambd * lr * t)**alpha` and
    `mu = 1 / max(1, t - t0)` for the next step. `weight_decay` adds `weight_decay * p` to g. State: `step`, `eta`, `mu`,
    `ax` (the mean, to be copied into the parameters by the user at the end). Raises ArgumentError for a negative lr or
    weight decay. Source: Polyak and Juditsky, Acceleration of Stochastic Approximation by Averaging, 1992.

    >>> import autograd
    >>> x = autograd.tensor([1.0], requires_grad=True)
    >>> x.grad = autograd.tensor([2.0])
    >>> ASGD([x], lr=0.25, lambd=0.4).step(); x
    tensor([0.4000], requires_grad=True)
    """

    rule: Any = staticmethod(asgd)
    moments: ClassVar[tuple[str, ...]] = ("ax",)
    counters: Any = ("step", "eta", "mu")

    def __init__(
        self,
        params: Params,
        lr: Number = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        check_lr("ASGD", lr)
        check_not_negative("ASGD", weight_decay=weight_decay)
        defaults = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def _counters(self, group: Group) -> dict[str, float]:
        return {"step": 0.0, "eta": group["lr"], "mu": 1.0}

    def _plan(self, group: dict[str, Any], counters: dict[str, Any], new: bool) -> tuple[tuple[Any, ...], tuple[bool, ...]]:
        lr, lambd = group["lr"], group["lambd"]
        t, eta, mu = tick(counters), float(counters["eta"][0]), float(counters["mu"][0])
        counters["eta"][...] = lr / (1 + lambd * lr * t) ** group["alpha"]
        counters["mu"][...] = 1 / max(1, t - group["t0"])
        decay, coupled, _ = weight_decay(group, lr, decoupled=False)
        return (eta, 1 - lambd * eta, mu, decay), (group["maximize"], coupled, mu != 1)
