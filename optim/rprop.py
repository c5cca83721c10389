"""Rprop: steps by the sign of the gradient alone."""

from typing import Any, ClassVar

import numpy as np

from autograd.errors import ArgumentError

from .arguments import Number, check_lr
from .elementwise import ElementwiseOptimizer, Group, tick
from .kernel import select
from .optimizer import Params


def rprop(
    p: Any, g: Any, previous: Any, size: Any, shrink: Any, grow: Any, smallest: Any, largest: Any, zero: Any, maximize: Any
) -> Any:
    """One step of Rprop: each element's step size grows while its gradient keeps its sign, and shrinks when it flips."""
    if maximize:
        g = -g
    turn = np.sign(g * previous)
    size = select(turn > zero, size * grow, select(turn < zero, size * shrink, size))
    size = np.minimum(np.maximum(size, smallest), largest)
    g = select(turn < zero, zero * p, g)
    return p - np.sign(g) * size, g, size


class Rprop(ElementwiseOptimizer):
    """Resilient propagation: a step size for each element, adapted by the sign of its gradient; for full batches.

    Where g keeps its sign the size grows by `etas[1]`, where it flips it shrinks by `etas[0]` and g counts as 0; sizes
    stay within `step_sizes` and start at lr. Then `p -= sign(g) * size`. State: `step`, `prev`, `step_size`. Raises
    ArgumentError for a negative lr and unless `0 < etas[0] < 1 < etas[1]`. Source: Riedmiller and Braun, A Direct
    Adaptive Method for Faster Backpropagation Learning: The RPROP Algorithm, 1993.

    >>> import autograd
    >>> x = autograd.tensor([1.0], requires_grad=True)
    >>> x.grad = autograd.tensor([2.0])
    >>> Rprop([x], lr=0.25).step(); x
    tensor([0.7500], requires_grad=True)
    """

    rule: Any = staticmethod(rprop)
    moments: ClassVar[tuple[str, ...]] = ("prev", "step_size")

    def __init__(
        self,
        params: Params,
        lr: Number = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_lr("Rprop", lr)
        if not 0 < etas[0] < 1 < etas[1]:
            raise ArgumentError(f"Rprop: etas are {etas}; the first must be between 0 and 1, the second above 1")
        defaults = {
            "lr": lr,
            "etas": etas,
            "step_sizes": step_sizes,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def _moments(self, group: Group) -> dict[str, float | None]:
        return {"prev": 0.0, "step_size": group["lr"]}

    def _plan(self, group: dict[str, Any], counters: dict[str, Any], new: bool) -> tuple[tuple[Any, ...], tuple[bool, ...]]:
        tick(counters)
        return (*group["etas"], *group["step_sizes"], 0.0), (group["maximize"],)
