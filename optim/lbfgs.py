"""L-BFGS: a quasi-Newton method that remembers the last few changes of the gradient."""

from collections.abc import Callable
from typing import Any, ClassVar, Literal

import numpy as np

import autograd
from autograd import Tensor
from autograd.core.graph import caller_line, mutated
from autograd.core.standin import effect
from autograd.errors import ArgumentError, ArgumentTypeError

from .arguments import Number, check_lr, settled
from .line_search import Point, strong_wolfe
from .optimizer import Optimizer, Params

SMALLEST_CURVATURE = 1e-10  # a pair of changes that bends less is not remembered


class LBFGS(Optimizer):
    """Newton-like steps for losses without noise: few parameters, full batches, high precision.

    `step(closure)` takes up to `max_iter` iterations, in which `closure` (clear the gradients, compute the loss,
    backward, return the loss) is called up to `max_eval` times, 1.25 * max_iter by default. The direction is the
    gradient times an estimate of the inverse Hessian from the last `history_size` changes; its length is `lr`, or what
    a line search finds if `line_search_fn` is "strong_wolfe". It ends early when no element of the gradient exceeds
    `tolerance_grad`, or when neither loss nor parameters change by more than `tolerance_change`.
    Returns the loss before the first iteration. All parameters are one group. State (of the first parameter):
    `func_evals`, `n_iter`, `d`, `t`, `old_dirs`, `old_stps`, `ro`, `H_diag`, `prev_flat_grad`, `prev_loss`.
    Raises ArgumentError for a negative lr, several groups or an unknown line search, ArgumentTypeError without closure.
    Source: Liu and Nocedal, On the limited memory BFGS method for large scale optimization, 1989.

    >>> import autograd
    >>> x = autograd.tensor([3.0, -4.0], requires_grad=True)
    >>> optimizer = LBFGS([x], line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = ((x - 1) ** 2).sum()
    ...     loss.backward()
    ...     return loss
    >>> optimizer.step(closure)
    tensor(29., grad_fn=<SumBackward0>)
    >>> [round(v, 4) for v in x.tolist()]
    [1.0, 1.0]
    """

    counters: ClassVar[tuple[str, ...]] = ("func_evals", "n_iter", "t", "ro", "H_diag", "prev_loss")
    moments: ClassVar[tuple[str, ...]] = ("d", "old_dirs", "old_stps", "prev_flat_grad")  # of all parameters, flat

    def __init__(
        self,
        params: Params,
        lr: Number = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: Literal["strong_wolfe"] | None = None,
    ) -> None:
        check_lr("LBFGS", lr)
        if line_search_fn not in (None, "strong_wolfe"):
            raise ArgumentError(f"LBFGS: line_search_fn is {line_search_fn!r}; give 'strong_wolfe' or None")
        defaults = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, defaults)
        if len(self.param_groups) != 1:
            raise ArgumentError(f"LBFGS: got {len(self.param_groups)} parameter groups; it works on one only")

    def _state_shape(self, key: Any, param: Tensor) -> tuple[int, ...] | None:
        return (sum(p.numel() for p in self._all_params()),) if key in self.moments else super()._state_shape(key, param)

    @effect
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Minimize what `closure` computes, for up to `max_iter` iterations."""
        if closure is None:
            raise ArgumentTypeError("LBFGS.step: needs a closure that computes the loss and its gradients")
        search = _Search(self, autograd.enable_grad()(closure), caller_line())
        loss = search.first_loss
        if not search.is_optimal():
            search.run()
        return loss


class _Search:
    """One call of `step`: the parameters as one flat vector, and the state while it changes."""

    def __init__(self, optimizer: LBFGS, closure: Callable[[], Any], line: str) -> None:
        self.group = settled(optimizer.param_groups[0])
        self.params: list[Tensor] = self.group["params"]
        self.closure, self.line = closure, line
        self.state = optimizer.state[self.params[0]]
        self.state.setdefault("func_evals", 0)
        self.state.setdefault("n_iter", 0)
        self.evaluations = 0
        self.first_loss = self._loss()
        self.loss, self.g = float(self.first_loss), self._gradient()

    def run(self) -> None:
        """Iterate until one of the limits or tolerances is met; leave the memory in the state."""
        state, group = self.state, self.group
        lr, tolerance = group["lr"], group["tolerance_change"]
        memory = _Memory(state, group["history_size"])
        d, t, before = _array(state.get("d")), _number(state.get("t")), _array(state.get("prev_flat_grad"))
        last_loss = _number(state.get("prev_loss"))
        for k in range(group["max_iter"]):
            state["n_iter"] += 1
            first = state["n_iter"] == 1
            if not first:
                memory.remember(self.g - before, d * t)
            d = memory.newton_direction(self.g)
            before, last_loss = self.g.copy(), self.loss
            t = min(1.0, 1.0 / float(np.abs(self.g).sum())) * lr if first else lr
            slope = float(self.g @ d)
            if slope > -tolerance:
                break
            last = k + 1 == group["max_iter"]
            t = self._move(d, t, slope, last)
            if last or self.evaluations >= group["max_eval"] or self.is_optimal():
                break
            if float(np.abs(d * t).max()) <= tolerance or abs(self.loss - last_loss) < tolerance:
                break
        state.update(d=_tensor(d), t=t, **memory.state(), prev_flat_grad=_tensor(before), prev_loss=last_loss)

    def is_optimal(self) -> bool:
        """Whether no element of the gradient exceeds the tolerance."""
        return float(np.abs(self.g).max()) <= self.group["tolerance_grad"]

    def _move(self, d: np.ndarray, t: float, slope: float, last: bool) -> float:
        """Go along `d`, by `t` or by what the line search finds; returns how far."""
        start = self._values()
        if self.group["line_search_fn"] is None:
            self._place(start + t * d)
            if not last:  # with noise in the loss there is no use in looking at it once more
                self.loss, self.g = float(self._loss()), self._gradient()
            return t

        def evaluate(t: float) -> Point:
            self._place(start + t * d)
            loss, g = float(self._loss()), self._gradient()
            return Point(t, loss, g, float(g @ d))

        budget = self.group["max_eval"] - self.evaluations
        origin = Point(0.0, self.loss, self.g, slope)
        point, _ = strong_wolfe(evaluate, origin, t, float(np.abs(d).max()), max_iter=budget)
        self.loss, self.g = point.loss, point.gradient
        self._place(start + point.t * d)
        return point.t

    def _loss(self) -> Any:
        self.evaluations += 1
        self.state["func_evals"] += 1
        return self.closure()

    def _values(self) -> np.ndarray:
        return np.concatenate([p._array() for p in self.params], axis=None)

    def _gradient(self) -> np.ndarray:
        grads = [np.zeros_like(p._array()) if p.grad is None else p.grad._data for p in self.params]
        return np.concatenate(grads, axis=None)

    def _place(self, values: np.ndarray) -> None:
        start = 0
        for p in self.params:
            array = p._array()
            array[...] = values[start : start + array.size].reshape(array.shape)
            start += array.size
            mutated(array, "LBFGS.step", self.line)


class _Memory:
    """The last changes of gradient (y) and parameters (s), and the inverse Hessian that they stand for."""

    def __init__(self, state: dict[str, Any], size: int) -> None:
        self.size = size
        self.ys = [_array(y) for y in state.get("old_dirs") or []]
        self.ss = [_array(s) for s in state.get("old_stps") or []]
        self.rhos = [float(rho) for rho in state.get("ro") or []]
        self.scale = float(state.get("H_diag", 1.0))

    def remember(self, y: np.ndarray, s: np.ndarray) -> None:
        """Add one change, in the place of the oldest if there is no room."""
        curvature = float(y @ s)
        if curvature <= SMALLEST_CURVATURE:
            return
        if len(self.ys) == self.size:
            for held in (self.ys, self.ss, self.rhos):
                held.pop(0)
        self.ys.append(y)
        self.ss.append(s)
        self.rhos.append(1.0 / curvature)
        self.scale = curvature / float(y @ y)

    def newton_direction(self, g: np.ndarray) -> np.ndarray:
        """Minus the inverse Hessian times `g`, by the two loops of Nocedal and Wright's algorithm 7.4."""
        d = -g
        pairs = list(zip(self.ys, self.ss, self.rhos, strict=True))
        weights = []
        for y, s, rho in reversed(pairs):
            weights.append(float(s @ d) * rho)
            d -= weights[-1] * y
        d *= self.scale
        for (y, s, rho), weight in zip(pairs, reversed(weights), strict=True):
            d += (weight - float(y @ d) * rho) * s
        return d

    def state(self) -> dict[str, Any]:
        """As `optimizer.state` shows it, under PyTorch's names."""
        return {
            "old_dirs": [_tensor(y) for y in self.ys],
            "old_stps": [_tensor(s) for s in self.ss],
            "ro": list(self.rhos),
            "H_diag": self.scale,
        }


def _array(tensor: Tensor | None) -> Any:
    return None if tensor is None else tensor._array()


def _number(held: Any) -> Any:
    return held.item() if isinstance(held, Tensor) else held


def _tensor(array: np.ndarray) -> Tensor:
    return autograd.from_numpy(array)
