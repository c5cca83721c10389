"""Stochastic gradient descent, with momentum."""

from typing import Any, ClassVar

from autograd.errors import ArgumentError

from .arguments import Number, check_fused, check_lr, check_not_negative
from .elementwise import ElementwiseOptimizer, Group, weight_decay
from .optimizer import Params


def sgd(
    p: Any,
    g: Any,
    buffer: Any,
    lr: Any,
    momentum: Any,
    gain: Any,
    decay: Any,
    maximize: Any,
    coupled: Any,
    heavy: Any,
    nesterov: Any,
) -> Any:
    """One step of gradient descent; `gain` is 1 - dampening, and 1 in the first step."""
    if maximize:
        g = -g
    if coupled:
        g = g + decay * p
    if heavy:
        buffer = momentum * buffer + gain * g
        g = g + momentum * buffer if nesterov else buffer
    return p - lr * g, buffer


class SGD(ElementwiseOptimizer):
    """Gradient descent, optionally with (Nesterov) momentum.

    `b = momentum * b + (1 - dampening) * g` (in the first step `b = g`), then `p -= lr * b`, or with `nesterov`
    `p -= lr * (g + momentum * b)`; without momentum `p -= lr * g`. `weight_decay` adds `weight_decay * p` to g.
    State: `momentum_buffer`, with momentum. Raises ArgumentError for a negative argument, and for `nesterov` without
    momentum or with dampening. See `optim` for `foreach`, `differentiable` and `fused`.
    Source: Sutskever et al., On the importance of initialization and momentum in deep learning, 2013.

    >>> import autograd
    >>> x = autograd.tensor([1.0], requires_grad=True)
    >>> x.grad = autograd.tensor([2.0])
    >>> SGD([x], lr=0.25).step(); x
    tensor([0.5000], requires_grad=True)
    """

    rule: Any = staticmethod(sgd)
    moments: ClassVar[tuple[str, ...]] = ("momentum_buffer",)
    counters: Any = ()
    decaying: ClassVar[tuple[str, ...]] = ("momentum_buffer",)

    def __init__(
        self,
        params: Params,
        lr: Number = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: Number = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_lr("SGD", lr)
        check_not_negative("SGD", momentum=momentum, weight_decay=weight_decay)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ArgumentError("SGD: nesterov requires a momentum and no dampening")
        check_fused("SGD", foreach, differentiable, fused)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def _moments(self, group: Group) -> dict[str, float | None]:
        return {"momentum_buffer": 0.0 if group["momentum"] != 0 else None}

    def _plan(self, group: dict[str, Any], counters: dict[str, Any], new: bool) -> tuple[tuple[Any, ...], tuple[bool, ...]]:
        lr, momentum = group["lr"], group["momentum"]
        decay, coupled, _ = weight_decay(group, lr, decoupled=False)
        gain = 1.0 if new else 1 - group["dampening"]
        flags = group["maximize"], coupled, momentum != 0, group["nesterov"]
        return (lr, momentum, gain, decay), flags
