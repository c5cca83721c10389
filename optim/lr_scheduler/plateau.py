"""The scheduler that looks at how training goes."""

from math import inf
from typing import Any, Literal, SupportsFloat

from autograd.core.standin import effect
from autograd.errors import ArgumentError, GraphError

from ..optimizer import Optimizer
from .base import LRScheduler, check_optimizer, set_value


class ReduceLROnPlateau(LRScheduler):
    """Multiplies the rate by `factor` once the metric given to `step` has not improved for more than `patience` epochs.

    Better is lower by `mode` "min", higher by "max", by more than `threshold`: relative to the best so far by
    `threshold_mode` "rel", as a difference by "abs". After a reduction `cooldown` epochs do not count. No rate falls
    below `min_lr`, and a change of at most `eps` is left out. Raises ArgumentError for a factor of 1 or more, and for
    an unknown mode.

    >>> from autograd import zeros
    >>> from optim import SGD
    >>> optimizer = SGD([zeros(1)], lr=1.0)
    >>> scheduler = ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    >>> for loss in (3.0, 2.0, 2.0, 2.0): scheduler.step(loss)
    >>> scheduler.get_last_lr()
    [0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: Literal["min", "max"] = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: Literal["rel", "abs"] = "rel",
        cooldown: int = 0,
        min_lr: float | list[float] = 0,
        eps: float = 1e-8,
    ) -> None:
        if factor >= 1.0:
            raise ArgumentError(f"ReduceLROnPlateau: factor is {factor}; it must be below 1")
        check_optimizer(self, optimizer)
        for name, value, known in (
            ("mode", mode, ("min", "max")),
            ("threshold_mode", threshold_mode, ("rel", "abs")),
        ):
            if value not in known:
                raise ArgumentError(f"ReduceLROnPlateau: {name} is {value!r}; it must be one of {known}")
        n = len(optimizer.param_groups)
        several = isinstance(min_lr, list | tuple)
        if several and len(min_lr) != n:
            raise ArgumentError(f"ReduceLROnPlateau: min_lr has {len(min_lr)} values; the optimizer has {n} groups")
        self.default_min_lr: float | int | None = None if several else min_lr
        self.min_lrs = list(min_lr) if several else [min_lr] * n
        self.optimizer = optimizer
        self.factor = factor
        self.patience = patience
        self.cooldown = cooldown
        self.eps = eps
        self.mode = mode
        self.threshold = threshold
        self.threshold_mode = threshold_mode
        self.mode_worse: float = inf if mode == "min" else -inf
        self.last_epoch = 0
        self.best = self.mode_worse
        self.cooldown_counter = 0
        self.num_bad_epochs = 0
        self._set(self._rates())

    @effect
    def step(self, metrics: SupportsFloat, epoch: int | None = None) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Take note of this epoch's metric, and lower the rates if it is time."""
        self.last_epoch: int = self.last_epoch + 1 if epoch is None else epoch
        metric = float(metrics)
        if self._is_better(metric):
            self.best: float = metric
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter: int = self.cooldown
            self.num_bad_epochs: int = 0
        self._set(self._rates())

    def _rates(self) -> list[Any]:
        return [group["lr"] for group in self.optimizer.param_groups]

    def _reduce(self) -> None:
        groups = self.optimizer.param_groups
        if len(groups) != len(self.min_lrs):
            if self.default_min_lr is None:
                raise GraphError(
                    f"ReduceLROnPlateau: the optimizer has {len(groups)} parameter groups now, and min_lrs has "
                    f"{len(self.min_lrs)} values; set min_lrs to one value per group"
                )
            self.min_lrs = [self.default_min_lr] * len(groups)
        for group, lowest in zip(groups, self.min_lrs, strict=True):
            old = float(group["lr"])
            new = max(old * self.factor, lowest)
            if old - new > self.eps:
                set_value(group, "lr", new)

    @property
    def in_cooldown(self) -> bool:
        """Whether a reduction was so recent that bad epochs do not count."""
        return self.cooldown_counter > 0

    def _is_better(self, metric: float) -> bool:
        sign = 1 if self.mode == "min" else -1
        bound = self.best * (1 - sign * self.threshold) if self.threshold_mode == "rel" else self.best - sign * self.threshold
        return sign * metric < sign * bound
