"""Schedulers that follow a cosine."""

from math import cos, floor, log, pi
from typing import Any

from autograd.core.standin import effect
from autograd.errors import ArgumentError

from ..optimizer import Optimizer
from .base import Group, LRScheduler


class CosineAnnealingLR(LRScheduler):
    """Lets the rate fall from the first one to `eta_min` in half a cosine of `T_max` epochs, and rise again after.

    `lr = eta_min + (base - eta_min) * (1 + cos(pi * epoch / T_max)) / 2`, applied as a ratio to the present rate so that
    it chains with other schedulers. Source: Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm
    Restarts, 2017, without the restarts.

    >>> from autograd import zeros
    >>> from optim import SGD
    >>> optimizer = SGD([zeros(1)], lr=1.0)
    >>> scheduler = CosineAnnealingLR(optimizer, T_max=2)
    >>> optimizer.step(); scheduler.step(); [round(lr, 12) for lr in scheduler.get_last_lr()]
    [0.5]
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def _next_lr(self, k: int, group: Group, base: Any) -> Any:
        if self._is_initial:
            return group["lr"]
        if self._step_count == 1 and self.last_epoch > 0:
            return self._closed(base)
        if (self.last_epoch - 1 - self.T_max) % (2 * self.T_max) == 0:  # at the bottom the ratio would be 0 / 0
            return group["lr"] + (base - self.eta_min) * (1 - cos(pi / self.T_max)) / 2
        now, before = (1 + cos(pi * epoch / self.T_max) for epoch in (self.last_epoch, self.last_epoch - 1))
        return now / before * (group["lr"] - self.eta_min) + self.eta_min

    def _closed(self, base: Any) -> Any:
        return self.eta_min + (base - self.eta_min) * (1 + cos(pi * self.last_epoch / self.T_max)) / 2

    def _get_closed_form_lr(self) -> list[Any]:
        return [self._closed(base) for base in self.base_lrs]


class CosineAnnealingWarmRestarts(LRScheduler):
    """Falls to `eta_min` in half a cosine and starts again: the first time after `T_0` epochs, then `T_mult` times longer.

    `step(epoch)` with a fraction of an epoch is allowed, as between batches. Raises ArgumentError unless T_0 and T_mult
    are positive integers and eta_min a number. Source: Loshchilov and Hutter, SGDR, 2017.

    >>> from autograd import zeros
    >>> from optim import SGD
    >>> optimizer = SGD([zeros(1)], lr=1.0)
    >>> scheduler = CosineAnnealingWarmRestarts(optimizer, T_0=2)
    >>> optimizer.step(); scheduler.step(); scheduler.step(); scheduler.get_last_lr()
    [1.0]
    """

    def __init__(self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        for name, value in (("T_0", T_0), ("T_mult", T_mult)):
            if not isinstance(value, int) or value < 1:
                raise ArgumentError(f"CosineAnnealingWarmRestarts: {name} is {value}; it must be a positive integer")
        if not isinstance(eta_min, float | int):
            raise ArgumentError(f"CosineAnnealingWarmRestarts: eta_min is {eta_min!r}; it must be a number")
        self.T_0 = T_0
        self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur: float = last_epoch
        super().__init__(optimizer, last_epoch)

    def _next_lr(self, k: int, group: Group, base: Any) -> Any:
        return self.eta_min + (base - self.eta_min) * (1 + cos(pi * self.T_cur / self.T_i)) / 2

    @effect
    def step(self, epoch: float | None = None) -> None:
        """Go on by one epoch, or to `epoch`, which may be fractional."""
        if epoch is None and self.last_epoch >= 0:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur %= self.T_i
                self.T_i *= self.T_mult
        else:
            epoch = epoch or 0
            if epoch < 0:
                raise ArgumentError(f"CosineAnnealingWarmRestarts: epoch is {epoch}; it must be at least 0")
            self._go_to(epoch)
        self._update_lr(floor(epoch))

    def _go_to(self, epoch: float) -> None:
        if epoch < self.T_0:
            self.T_cur, self.T_i = epoch, self.T_0
        elif self.T_mult == 1:
            self.T_cur = epoch % self.T_0
        else:
            n = int(log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
            self.T_i: int = self.T_0 * self.T_mult**n
            self.T_cur = epoch - self.T_0 * (self.T_mult**n - 1) / (self.T_mult - 1)
