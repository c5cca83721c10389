"""A Monitor watches a training through hooks: activations, gradients and updates of each layer, at a step's little cost.

monitor = visualize.Monitor(model, optimizer)
... train as ever ...
visualize.plots.gradient_norms(monitor)
"""

from collections import defaultdict
from typing import Any

import numpy as np

from ..core.graph import Traced
from ..errors import ArgumentError, ArgumentTypeError


class Monitor:
    """Collects, every `every` optimizer steps, what the pictures of a training are drawn from.

    `gradient_norms[name]`, `weight_norms[name]` and `update_ratios[name]` are lists over the observed steps (their
    numbers are in `steps`); `activations[layer]` and `gradients[name]` hold the latest arrays, thinned to at most
    `keep` elements; `dead[layer]` and `saturated[layer]` are fractions of units over the observed steps. `log(loss=...)`
    adds to `metrics`. `close()` removes the hooks; as a context manager, at the end of the block.
    """

    every: int
    keep: int
    model: Any

    def __init__(self, model: Any, optimizer: Any = None, *, every: int = 1, keep: int = 10_000) -> None:
        if not hasattr(model, "named_modules"):
            raise ArgumentTypeError(f"Monitor: expected a Module, got {type(model).__name__}")
        if every < 1 or keep < 1:
            raise ArgumentError(f"Monitor: every and keep must be at least 1, got {every} and {keep}")
        self.model, self.every, self.keep = model, every, keep
        self.steps: list[int] = []
        self.gradient_norms: dict[str, list[float]] = defaultdict(list)
        self.weight_norms: dict[str, list[float]] = defaultdict(list)
        self.update_ratios: dict[str, list[float]] = defaultdict(list)
        self.metrics: dict[str, list[float]] = defaultdict(list)
        self.activations: dict[str, np.ndarray] = {}
        self.gradients: dict[str, np.ndarray] = {}
        self.dead: dict[str, list[float]] = defaultdict(list)
        self.saturated: dict[str, list[float]] = defaultdict(list)
        self._count = 0
        self._before: dict[str, np.ndarray] = {}
        self._handles = [
            module.register_forward_hook(self._watcher(name))
            for name, module in model.named_modules()
            if name and not any(True for _ in module.children())
        ]
        if optimizer is not None:
            self._handles.append(optimizer.register_step_pre_hook(lambda *_: self._before_step()))
            self._handles.append(optimizer.register_step_post_hook(lambda *_: self._after_step()))

    def log(self, **metrics: float) -> None:
        """Add one value to each named metric."""
        for name, value in metrics.items():
            self.metrics[name].append(float(value))

    def close(self) -> None:
        """Stop watching."""
        for handle in self._handles:
            handle.remove()
        self._handles = []

    def __enter__(self) -> "Monitor":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _due(self) -> bool:
        return self._count % self.every == 0

    def _watcher(self, name: str) -> Any:
        def watch(module: Any, inputs: Any, output: Any) -> None:
            if not (self._due() and module.training and isinstance(output, Traced)):
                return
            raw = np.asarray(output._data)
            self.activations[name] = self._thinned(raw)
            kind = type(module).__name__
            if kind in BOUNDS:
                low, high = BOUNDS[kind]
                margin = 0.01 * (high - low)
                self.saturated[name].append(float(np.mean((raw < low + margin) | (raw > high - margin))))
            elif raw.ndim > 1:
                # A dead unit is 0 for every sample of the batch.
                self.dead[name].append(float(np.mean(np.all(raw == 0, axis=0))))

        return watch

    def _thinned(self, raw: np.ndarray) -> np.ndarray:
        flat = raw.ravel()
        return flat[:: max(1, flat.size // self.keep)][: self.keep].copy()

    def _before_step(self) -> None:
        if not self._due():
            return
        for name, p in self.model.named_parameters():
            if p.grad is None:
                continue
            raw = p.grad._data
            self.gradient_norms[name].append(norm(raw))
            self.gradients[name] = self._thinned(np.asarray(raw))
            self._before[name] = np.array(p._data)

    def _after_step(self) -> None:
        if self._due():
            self.steps.append(self._count)
            for name, p in self.model.named_parameters():
                if name in self._before:
                    size = norm(self._before[name])
                    self.weight_norms[name].append(size)
                    self.update_ratios[name].append(norm(p._data - self._before[name]) / size if size else 0.0)
            self._before.clear()
        self._count += 1


# Where a bounded activation is flat: within 1 % of a bound its derivative is next to nothing.
BOUNDS = {
    "Sigmoid": (0.0, 1.0),
    "Tanh": (-1.0, 1.0),
    "Hardsigmoid": (0.0, 1.0),
    "Hardtanh": (-1.0, 1.0),
    "Softsign": (-1.0, 1.0),
}


def norm(raw: Any) -> float:
    """The Euclidean norm of all elements."""
    return float(np.linalg.norm(np.asarray(raw, dtype=float).ravel()))
