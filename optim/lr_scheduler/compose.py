"""Schedulers made of schedulers, and warm-up as one call."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from math import cos, pi
from typing import Any

from autograd.core.standin import effect
from autograd.errors import ArgumentError, ArgumentTypeError

from ..optimizer import Optimizer
from .base import LRScheduler, set_value
from .decay import LambdaLR
from .plateau import ReduceLROnPlateau


class _Composed(LRScheduler):
    """A scheduler that steps others of the same optimizer, and saves their state in its own."""

    not_saved: Any = ("optimizer", "_schedulers")
    _schedulers: Sequence[LRScheduler]

    def _check(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None) -> Optimizer:
        op = type(self).__name__
        if not schedulers:
            raise ArgumentError(f"{op}: got no scheduler; give at least one")
        optimizer = optimizer or getattr(schedulers[0], "optimizer", None)
        for k, scheduler in enumerate(schedulers):
            if not hasattr(scheduler, "optimizer"):
                raise ArgumentTypeError(f"{op}: schedulers[{k}] is a {type(scheduler).__name__}, not a scheduler")
            if isinstance(scheduler, ReduceLROnPlateau):
                raise ArgumentError(f"{op}: schedulers[{k}] is a ReduceLROnPlateau, whose step needs a metric")
            if scheduler.optimizer is not optimizer:
                raise ArgumentError(f"{op}: schedulers[{k}] has another optimizer; all must share one")
        return schedulers[0].optimizer

    def state_dict(self) -> dict[str, Any]:
        return {**super().state_dict(), "_schedulers": [s.state_dict() for s in self._schedulers]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        super().load_state_dict({key: value for key, value in state_dict.items() if key != "_schedulers"})
        for scheduler, saved in zip(self._schedulers, state_dict["_schedulers"], strict=True):
            scheduler.load_state_dict(saved)


class SequentialLR(_Composed):
    """One scheduler after the other: the next takes over at each of the `milestones`, from its own beginning.

    Raises ArgumentError unless there is one milestone less than there are schedulers, all of this optimizer.

    >>> from autograd import zeros
    >>> from optim import SGD
    >>> optimizer = SGD([zeros(1)], lr=1.0)
    >>> from optim.lr_scheduler import ConstantLR, ExponentialLR
    >>> warm, decay = ConstantLR(optimizer, factor=0.5, total_iters=9), ExponentialLR(optimizer, gamma=0.5)
    >>> scheduler = SequentialLR(optimizer, [warm, decay], milestones=[2])
    >>> for _ in range(3): optimizer.step(); scheduler.step()
    >>> scheduler.get_last_lr()
    [0.5]
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: list[LRScheduler], milestones: list[int], last_epoch: int = -1
    ) -> None:
        self.optimizer: Optimizer = self._check(schedulers, optimizer)
        if len(milestones) != len(schedulers) - 1:
            raise ArgumentError(
                f"SequentialLR: got {len(schedulers)} schedulers and {len(milestones)} milestones; "
                "there must be one milestone between two schedulers"
            )
        self._schedulers = schedulers
        self._milestones = milestones
        # Making each scheduler has set its first rate; only the one that begins may.
        for group in optimizer.param_groups:
            set_value(group, "lr", group["initial_lr"])
        _undo_first_step(self)
        self._initial_step()
        self.last_epoch = last_epoch + 1

    def _at(self, epoch: int) -> LRScheduler:
        return self._schedulers[bisect_right(self._milestones, epoch)]

    @effect
    def step(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Step the scheduler whose turn it is."""
        self.last_epoch += 1
        scheduler = self._at(self.last_epoch)
        if self.last_epoch in self._milestones:
            scheduler._update_lr(0)
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()

    def _initial_step(self) -> None:
        self.last_epoch = 0
        first = self._at(0)
        first._initial_step()
        self._last_lr = first.get_last_lr()

    def _update_lr(self, epoch: int | None = None) -> None:
        self.last_epoch: int = self.last_epoch + 1 if epoch is None else epoch
        scheduler = self._at(self.last_epoch)
        scheduler._update_lr(epoch)
        self._last_lr = scheduler.get_last_lr()


def _undo_first_step(scheduler: LRScheduler) -> None:
    if isinstance(scheduler, _Composed):
        for part in scheduler._schedulers:
            _undo_first_step(part)
    else:
        scheduler.last_epoch -= 1


class ChainedScheduler(_Composed):
    """All schedulers at once: each changes the rate that the one before it has left.

    Raises ArgumentError if there is none, or if they belong to several optimizers.

    >>> from autograd import zeros
    >>> from optim import SGD
    >>> optimizer = SGD([zeros(1)], lr=1.0)
    >>> from optim.lr_scheduler import ConstantLR, ExponentialLR
    >>> parts = [ConstantLR(optimizer, factor=0.5), ExponentialLR(optimizer, gamma=0.5)]
    >>> scheduler = ChainedScheduler(parts)
    >>> optimizer.step(); scheduler.step(); scheduler.get_last_lr()
    [0.25]
    """

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        self.optimizer: Optimizer = self._check(schedulers, optimizer)
        self._schedulers = schedulers
        self._set([group["lr"] for group in self.optimizer.param_groups])

    @effect
    def step(self) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Step each of the schedulers."""
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = self._schedulers[-1].get_last_lr()

    def _initial_step(self) -> None:
        for scheduler in self._schedulers:
            scheduler._initial_step()
        self._last_lr = self._schedulers[-1].get_last_lr()

    def _update_lr(self, epoch: int | None = None) -> None:
        for scheduler in self._schedulers:
            scheduler._update_lr(epoch)
        self._last_lr = self._schedulers[-1].get_last_lr()


class _Warmup:
    """The fraction of the rate in a step: a line up to 1, then `decay` from 1 to `floor` until the last step."""

    def __init__(self, warmup: int, total: int, floor: float, decay: Callable[[float], float]) -> None:
        self.warmup, self.total, self.floor, self.decay = warmup, total, floor, decay

    def __call__(self, step: int) -> float:
        if step < self.warmup:
            return (step + 1) / (self.warmup + 1)
        way = min(1.0, (step - self.warmup) / max(1, self.total - self.warmup))
        return self.floor + (1 - self.floor) * self.decay(way)


def _half_cosine(way: float) -> float:
    return (1 + cos(pi * way)) / 2


def _line(way: float) -> float:
    return 1 - way


def warmup_cosine(
    optimizer: Optimizer, warmup_steps: int, total_steps: int, floor: float = 0.0, last_epoch: int = -1
) -> LambdaLR:
    """Warm-up in a line for `warmup_steps`, then half a cosine down to the fraction `floor` of the rate.

    In step k, counted from 0, the rate is its first value times `(k + 1) / (warmup_steps + 1)` before step
    `warmup_steps` (no step is lost to a rate of 0), and `floor + (1 - floor) * (1 + cos(pi * w)) / 2` from there on, with
    w from 0 at the end of the warm-up to 1 at `total_steps`; then it stays. To be stepped after every batch. Raises
    ArgumentError unless 0 <= warmup_steps <= total_steps and 0 <= floor <= 1. This function is Gradloom's own; the
    schedule is that of Loshchilov and Hutter, SGDR, 2017, with the warm-up of Goyal et al., Accurate, Large Minibatch
    SGD, 2017.

    >>> from autograd import zeros
    >>> from optim import SGD
    >>> optimizer = SGD([zeros(1)], lr=1.0)
    >>> scheduler = warmup_cosine(optimizer, warmup_steps=3, total_steps=13)
    >>> scheduler.get_last_lr()
    [0.25]
    """
    return _warmup(optimizer, warmup_steps, total_steps, floor, last_epoch, "warmup_cosine", _half_cosine)


def warmup_linear(
    optimizer: Optimizer, warmup_steps: int, total_steps: int, floor: float = 0.0, last_epoch: int = -1
) -> LambdaLR:
    """Warm-up in a line for `warmup_steps`, then a line down to the fraction `floor` of the rate.

    As `warmup_cosine`, with `floor + (1 - floor) * (1 - w)` after the warm-up. This function is Gradloom's own.

    >>> from autograd import zeros
    >>> from optim import SGD
    >>> optimizer = SGD([zeros(1)], lr=1.0)
    >>> scheduler = warmup_linear(optimizer, warmup_steps=0, total_steps=4)
    >>> optimizer.step(); scheduler.step(); scheduler.get_last_lr()
    [0.75]
    """
    return _warmup(optimizer, warmup_steps, total_steps, floor, last_epoch, "warmup_linear", _line)


def _warmup(
    optimizer: Optimizer,
    warmup: int,
    total: int,
    floor: float,
    last_epoch: int,
    op: str,
    decay: Callable[[float], float],
) -> LambdaLR:
    if not 0 <= warmup <= total:
        raise ArgumentError(f"{op}: got {warmup} warm-up steps of {total} total; must be from 0 to total_steps")
    if not 0 <= floor <= 1:
        raise ArgumentError(f"{op}: floor is {floor}; it must be from 0 to 1, a fraction of the rate")
    return LambdaLR(optimizer, _Warmup(warmup, total, floor, decay), last_epoch)
