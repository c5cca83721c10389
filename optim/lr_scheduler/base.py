"""What all schedulers have: the count of steps, the base rates, and how new rates reach the optimizer."""

import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

from autograd import Tensor
from autograd.core.standin import effect
from autograd.errors import ArgumentError, ArgumentTypeError

from ..arguments import Number
from ..optimizer import Optimizer

Group = dict[str, Any]


class LRScheduler:
    """The base of the schedulers: sets each group's `lr` from `last_epoch`, the number of calls of `step`.

    The call order is `optimizer.step()`, then `scheduler.step()`. Making a scheduler sets the rates of epoch 0;
    `last_epoch >= 0` resumes after that epoch from groups that have an `initial_lr`. Schedulers of one optimizer chain:
    each changes the rate that the others left. A subclass defines `_next_lr`, or as in PyTorch `get_lr`, which returns
    the new rate of every group.

    Raises ArgumentTypeError if `optimizer` is none, KeyError when resuming without `initial_lr`.
    """

    not_saved: ClassVar[tuple[str, ...]] = ("optimizer",)  # attributes that `state_dict` leaves out

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        check_optimizer(self, optimizer)
        self.optimizer = optimizer
        for k, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", _copied(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"{type(self).__name__}: param_groups[{k}] has no 'initial_lr', which resuming with "
                    f"last_epoch={last_epoch} needs; load the optimizer's state_dict first, or leave last_epoch out"
                )
        self.base_lrs: list[Any] = _all(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        self._is_initial = False
        self._get_lr_called_within_step = False
        self._initial_step()

    def _initial_step(self) -> None:
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    @effect
    def step(self, epoch: int | None = None) -> None:
        """Set the rates of the next epoch; of epoch `epoch`, in closed form where there is one, if it is given."""
        if self._step_count == 1 and not self.optimizer._opt_called:
            warnings.warn(
                f"{type(self).__name__}: step() was called before optimizer.step(), so the first rate of the schedule "
                "is skipped; call optimizer.step() first",
                UserWarning,
                stacklevel=2,
            )
        self._step_count += 1
        if epoch is not None:
            warnings.warn(f"{type(self).__name__}.step: epoch is deprecated; leave it out", UserWarning, stacklevel=2)
        self._update_lr(epoch)

    def _update_lr(self, epoch: int | None = None) -> None:
        self.last_epoch: int = self.last_epoch + 1 if epoch is None else epoch
        closed = None if epoch is None else getattr(self, "_get_closed_form_lr", None)
        self._get_lr_called_within_step = True
        try:
            rates = closed() if closed else self.get_lr()
        finally:
            self._get_lr_called_within_step = False
        self._set(rates)

    def _set(self, rates: Sequence[Any]) -> None:
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            set_value(group, "lr", rate)
        self._last_lr = _all(self.optimizer, "lr")

    def get_lr(self) -> list[Any]:
        """The rates of the epoch that `step` has just begun; call `get_last_lr` instead from outside of `step`."""
        if not self._get_lr_called_within_step:
            warnings.warn(
                f"{type(self).__name__}: get_lr() is for the scheduler's own use; call get_last_lr()",
                UserWarning,
                stacklevel=2,
            )
        return [
            self._next_lr(k, group, base)
            for k, (group, base) in enumerate(zip(self.optimizer.param_groups, self.base_lrs, strict=True))
        ]

    def _next_lr(self, k: int, group: Group, base: Any) -> Any:
        """The new rate of the k-th group, whose rate was `base` in the beginning."""
        raise NotImplementedError(f"{type(self).__name__}: define get_lr() to say what the rates are")

    def get_last_lr(self) -> list[Any]:
        """The rate of each group, as this scheduler last set it."""
        return self._last_lr

    def state_dict(self) -> dict[str, Any]:
        """All of the scheduler's attributes except for the optimizer and functions."""
        return {key: value for key, value in self.__dict__.items() if key not in self.not_saved}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` gave."""
        self.__dict__.update(state_dict)


def check_optimizer(scheduler: Any, optimizer: Any) -> None:
    """Raise unless `optimizer` is one."""
    if not isinstance(optimizer, Optimizer):
        raise ArgumentTypeError(f"{type(scheduler).__name__}: {type(optimizer).__name__} is not an Optimizer")


def per_group(op: str, name: str, optimizer: Optimizer, value: Any) -> list[Any]:
    """One value for each of the optimizer's groups, from a list of them or from one that all share."""
    n = len(optimizer.param_groups)
    if not isinstance(value, list | tuple):
        return [_copied(value) for _ in range(n)]
    if len(value) != n:
        raise ArgumentError(f"{op}: {name} has {len(value)} values; the optimizer has {n} parameter groups")
    return [_copied(v) for v in value]


def set_value(group: Group, key: str, value: Number) -> None:
    """Set an option of a group; a tensor is filled, so that whoever holds it sees the change."""
    if isinstance(group[key], Tensor):
        group[key].fill_(float(value))
    else:
        group[key] = value


def _copied(value: Any) -> Any:
    return value.clone() if isinstance(value, Tensor) else value


def _all(optimizer: Optimizer, key: str) -> list[Any]:
    return [_copied(group[key]) for group in optimizer.param_groups]
