"""Muon: momentum whose matrix of updates is made orthogonal."""

from collections.abc import Callable
from math import sqrt
from typing import Any, ClassVar, Literal

import numpy as np

import autograd
from autograd.core.graph import caller_line, mutated
from autograd.core.standin import effect
from autograd.errors import ArgumentError

from .arguments import Number, check_lr, check_not_negative, settled
from .optimizer import Optimizer, Params


def orthogonalized(matrix: np.ndarray, coefficients: tuple[float, float, float], steps: int, eps: float) -> np.ndarray:
    """A matrix near U V^T, where U S V^T is the singular value decomposition of `matrix`.

    Each Newton-Schulz step maps every singular value s to `a*s + b*s**3 + c*s**5`; with Muon's coefficients a few of
    them bring all values that are not tiny to between 0.7 and 1.2. Source: Jordan et al., Muon, 2024.
    """
    a, b, c = coefficients
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / max(float(np.linalg.norm(x)), eps)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * (gram @ gram)) @ x
    return x.T if tall else x


class Muon(Optimizer):
    """Momentum for weight matrices, with all directions of an update made equally long.

    `b += (1 - momentum) * (g - b)`, `u = g + momentum * (b - g)` if `nesterov` else b, `o` the orthogonalized u by
    `ns_steps` Newton-Schulz steps with `ns_coefficients`; then `p = (1 - lr * weight_decay) * p - lr * r * o`, where r
    for a matrix of A rows and B columns is `sqrt(max(1, A / B))` by `adjust_lr_fn` "original" or None, and
    `0.2 * sqrt(max(A, B))` by "match_rms_adamw". For the hidden layers' weights only: biases and embeddings are left to
    another optimizer. State: `momentum_buffer`. The steps are computed in the dtype of the parameter; PyTorch rounds
    them to bfloat16, so the two agree to about 1 % of an update.
    Raises ArgumentError for a negative argument, an unknown `adjust_lr_fn`, 100 or more steps, coefficients that are
    not three, and parameters that are not matrices. Source: Jordan et al., Muon: An optimizer for hidden layers in
    neural networks, 2024; Liu et al., Muon is Scalable for LLM Training, 2025.

    >>> import autograd
    >>> x = autograd.eye(2).requires_grad_()
    >>> x.grad = autograd.tensor([[3.0, 0.0], [0.0, 3.0]])
    >>> Muon([x], lr=0.5, weight_decay=0.0).step(); bool((x.detach().diagonal() < 0.7).all())
    True
    """

    moments: ClassVar[tuple[str, ...]] = ("momentum_buffer",)

    def __init__(
        self,
        params: Params,
        lr: Number = 1e-3,
        weight_decay: float = 0.1,
        momentum: float = 0.95,
        nesterov: bool = True,
        ns_coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315),
        eps: float = 1e-7,
        ns_steps: int = 5,
        adjust_lr_fn: Literal["original", "match_rms_adamw"] | None = None,
    ) -> None:
        check_lr("Muon", lr)
        check_not_negative("Muon", momentum=momentum, weight_decay=weight_decay)
        if adjust_lr_fn not in (None, "original", "match_rms_adamw"):
            raise ArgumentError(f"Muon: adjust_lr_fn is {adjust_lr_fn!r}; give 'original' or 'match_rms_adamw'")
        if ns_steps >= 100:
            raise ArgumentError(f"Muon: ns_steps is {ns_steps}; it must be less than 100, and 5 is enough")
        if len(ns_coefficients) != 3:
            raise ArgumentError(f"Muon: ns_coefficients are {len(ns_coefficients)} numbers; there must be three")
        defaults = {
            "lr": lr,
            "weight_decay": weight_decay,
            "momentum": momentum,
            "nesterov": nesterov,
            "ns_coefficients": ns_coefficients,
            "eps": eps,
            "ns_steps": ns_steps,
            "adjust_lr_fn": adjust_lr_fn,
        }
        super().__init__(params, defaults)

    def _check_param(self, p: Any) -> None:
        super()._check_param(p)
        if p.ndim != 2:
            raise ArgumentError(
                f"Muon: a parameter has shape {tuple(p.shape)}; Muon is for matrices, give others to another optimizer"
            )

    @effect
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update the parameters that have a gradient; returns what `closure` returns, which is called first."""
        loss = None
        if closure is not None:
            with autograd.enable_grad():
                loss = closure()
        line = caller_line()
        for group in map(settled, self.param_groups):
            for p in group["params"]:
                if p.grad is not None:
                    self._update(p, group)
                    mutated(p._data, "Muon.step", line)
        return loss

    def _update(self, p: Any, group: dict[str, Any]) -> None:
        lr, momentum = group["lr"], group["momentum"]
        state = self.state[p]
        if "momentum_buffer" not in state:
            state["momentum_buffer"] = autograd.zeros_like(p, requires_grad=False)
        array, g, buffer = p._array(), p.grad._data, state["momentum_buffer"]._array()
        buffer += (1 - momentum) * (g - buffer)
        update = g + momentum * (buffer - g) if group["nesterov"] else buffer
        rows, columns = array.shape
        ratio = 0.2 * sqrt(max(rows, columns)) if group["adjust_lr_fn"] == "match_rms_adamw" else sqrt(max(1, rows / columns))
        direction = orthogonalized(update, group["ns_coefficients"], group["ns_steps"], group["eps"])
        array *= 1 - lr * group["weight_decay"]
        array -= lr * ratio * direction
