"""Schedulers that move the rate up and down, and the momentum against it."""

from collections.abc import Callable
from functools import partial
from math import cos, floor, pi
from types import FunctionType
from typing import Any, Literal

from autograd.errors import ArgumentError

from ..optimizer import Optimizer
from .base import Group, LRScheduler, check_optimizer, per_group, set_value


class _WithMomentum(LRScheduler):
    """A scheduler that may also move the momentum, or the first of the betas."""

    def _find_momentum(self, optimizer: Optimizer, cycle_momentum: bool, lowest: Any, highest: Any, starts: bool) -> None:
        """Note in each group the bounds of its momentum and, if the schedule `starts`, set it to the highest."""
        self.cycle_momentum = cycle_momentum
        if not cycle_momentum:
            return
        op = type(self).__name__
        if "momentum" not in optimizer.defaults and "betas" not in optimizer.defaults:
            raise ArgumentError(f"{op}: the optimizer has neither momentum nor betas; give cycle_momentum=False")
        self.use_beta1: bool = "betas" in optimizer.defaults
        self.base_momentums: list[Any] = per_group(op, "base_momentum", optimizer, lowest)
        self.max_momentums: list[Any] = per_group(op, "max_momentum", optimizer, highest)
        if starts:
            for group, low, high in zip(optimizer.param_groups, self.base_momentums, self.max_momentums, strict=True):
                self._set_momentum(group, high)
                group["max_momentum"], group["base_momentum"] = high, low

    def _set_momentum(self, group: Group, value: Any) -> None:
        if self.use_beta1:
            group["betas"] = (value, *group["betas"][1:])
        else:
            group["momentum"] = value


class CyclicLR(_WithMomentum):
    """Moves the rate between `base_lr` and `max_lr`, up in `step_size_up` steps and down in `step_size_down`.

    `mode` says how the height changes: "triangular" keeps it, "triangular2" halves it in each cycle, "exp_range" scales
    it by `gamma**step`; `scale_fn` is a function of the cycle or, by `scale_mode` "iterations", of the step, in the
    place of these. With `cycle_momentum` the momentum moves the other way. To be stepped after every batch.
    Raises ArgumentError for an unknown mode, and for `cycle_momentum` where the optimizer has no momentum. Source:
    Smith, Cyclical Learning Rates for Training Neural Networks, 2017.

    >>> from autograd import zeros
    >>> from optim import SGD
    >>> optimizer = SGD([zeros(1)], lr=1.0)
    >>> scheduler = CyclicLR(optimizer, base_lr=0.0, max_lr=1.0, step_size_up=4, cycle_momentum=False)
    >>> optimizer.step(); scheduler.step(); scheduler.get_last_lr()
    [0.25]
    """

    not_saved: Any = ("optimizer", "_scale_fn_ref", "_scale_fn_custom")

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list[float],
        max_lr: float | list[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: Literal["triangular", "triangular2", "exp_range"] = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: Literal["cycle", "iterations"] = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.8,
        max_momentum: float | list[float] = 0.9,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(self, optimizer)
        base_lrs = per_group("CyclicLR", "base_lr", optimizer, base_lr)
        self.max_lrs: list[Any] = per_group("CyclicLR", "max_lr", optimizer, max_lr)
        if last_epoch == -1:
            for group, lr in zip(optimizer.param_groups, base_lrs, strict=True):
                set_value(group, "lr", lr)
        down = step_size_up if step_size_down is None else step_size_down
        self.total_size: float = float(step_size_up) + float(down)
        self.step_ratio: float = float(step_size_up) / self.total_size
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise ArgumentError(f"CyclicLR: mode is {mode!r}; give triangular, triangular2 or exp_range, or a scale_fn")
        self.mode = mode
        self.gamma = gamma
        self.scale_mode = scale_mode
        self._scale_fn_custom = scale_fn
        self._choose_scale()
        self._find_momentum(optimizer, cycle_momentum, base_momentum, max_momentum, last_epoch == -1)
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def _choose_scale(self) -> None:
        if self._scale_fn_custom is None:
            self.scale_mode = "iterations" if self.mode == "exp_range" else "cycle"
            self._scale_fn_ref = {
                "triangular": _constant,
                "triangular2": _halving,
                "exp_range": partial(pow, self.gamma),
            }[self.mode]

    def scale_fn(self, x: float) -> float:
        """The height of a cycle, as a fraction, in cycle or in step `x`."""
        return (self._scale_fn_custom or self._scale_fn_ref)(x)

    def get_lr(self) -> list[Any]:
        """The rates of this step; sets the momentum, too."""
        cycle = floor(1 + self.last_epoch / self.total_size)
        x = 1.0 + self.last_epoch / self.total_size - cycle
        rising = x <= self.step_ratio
        way = x / self.step_ratio if rising else (x - 1) / (self.step_ratio - 1)
        height = self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            for group, low, high in zip(self.optimizer.param_groups, self.base_momentums, self.max_momentums, strict=True):
                self._set_momentum(group, high - (high - low) * way * height)
        return [low + (high - low) * way * height for low, high in zip(self.base_lrs, self.max_lrs, strict=True)]

    def state_dict(self) -> dict[str, Any]:
        custom = self._scale_fn_custom
        saved = None if custom is None or isinstance(custom, FunctionType) else custom.__dict__.copy()
        return {**super().state_dict(), "_scale_fn_custom": saved}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        super().load_state_dict({key: value for key, value in state_dict.items() if key != "_scale_fn_custom"})
        if state_dict["_scale_fn_custom"] is not None and self._scale_fn_custom is not None:
            self._scale_fn_custom.__dict__.update(state_dict["_scale_fn_custom"])
        self._choose_scale()


def _constant(cycle: float) -> float:
    return 1.0


def _halving(cycle: float) -> float:
    return 0.5 ** (cycle - 1)


class OneCycleLR(_WithMomentum):
    """Raises the rate from `max_lr / div_factor` to `max_lr`, then lets it fall far below where it began.

    Rising takes the fraction `pct_start` of all steps, of which there are `total_steps` or `epochs * steps_per_epoch`;
    the last rate is `max_lr / div_factor / final_div_factor`. With `three_phase` the rate returns to its beginning as
    fast as it rose, and only then falls. `cycle_momentum` moves the momentum the other way. To be stepped after every
    batch. Raises ArgumentError for steps that are missing or not positive, `pct_start` outside of [0, 1], an unknown
    `anneal_strategy` ("cos" or "linear"), and for more steps than were announced. Source: Smith and Topin,
    Super-Convergence, 2019.

    >>> from autograd import zeros
    >>> from optim import SGD
    >>> optimizer = SGD([zeros(1)], lr=1.0, momentum=0.9)
    >>> scheduler = OneCycleLR(optimizer, max_lr=1.0, total_steps=10)
    >>> for _ in range(2): optimizer.step(); scheduler.step()
    >>> scheduler.get_last_lr()
    [1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(self, optimizer)
        if total_steps is None and (epochs is None or steps_per_epoch is None):
            raise ArgumentError("OneCycleLR: give total_steps, or both epochs and steps_per_epoch")
        lengths = {"total_steps": total_steps, "epochs": epochs, "steps_per_epoch": steps_per_epoch}
        for name, n in lengths.items():
            if n is not None and (total_steps is None or name == "total_steps"):
                _check_positive(name, n)
        self.total_steps: int = total_steps if total_steps is not None else (epochs or 0) * (steps_per_epoch or 0)
        if not isinstance(pct_start, float) or not 0 <= pct_start <= 1:
            raise ArgumentError(f"OneCycleLR: pct_start is {pct_start!r}; it must be a float from 0 to 1")
        if anneal_strategy not in ("cos", "linear"):
            raise ArgumentError(f"OneCycleLR: anneal_strategy is {anneal_strategy!r}; it must be 'cos' or 'linear'")
        self._anneal_func_type = anneal_strategy
        rise = pct_start * self.total_steps - 1
        self._schedule_phases = [_phase(rise, "initial_lr max_lr max_momentum base_momentum")]
        if three_phase:
            fall = 2 * pct_start * self.total_steps - 2
            self._schedule_phases += [
                _phase(fall, "max_lr initial_lr base_momentum max_momentum"),
                _phase(self.total_steps - 1, "initial_lr min_lr max_momentum max_momentum"),
            ]
        else:
            self._schedule_phases.append(_phase(self.total_steps - 1, "max_lr min_lr base_momentum max_momentum"))
        if last_epoch == -1:
            highest = per_group("OneCycleLR", "max_lr", optimizer, max_lr)
            for group, high in zip(optimizer.param_groups, highest, strict=True):
                group["initial_lr"] = high / div_factor
                group["max_lr"] = high
                group["min_lr"] = group["initial_lr"] / final_div_factor
        self._find_momentum(optimizer, cycle_momentum, base_momentum, max_momentum, last_epoch == -1)
        super().__init__(optimizer, last_epoch)

    def _next_lr(self, k: int, group: Group, base: Any) -> Any:
        if self.last_epoch > self.total_steps:
            raise ArgumentError(
                f"OneCycleLR: step {self.last_epoch} of {self.total_steps}; give as many total_steps as are taken"
            )
        start = 0.0
        phase = self._schedule_phases[-1]
        for phase in self._schedule_phases:
            if self.last_epoch <= phase["end_step"] or phase is self._schedule_phases[-1]:
                break
            start = phase["end_step"]
        way = (self.last_epoch - start) / (phase["end_step"] - start)
        if self.cycle_momentum:
            momentum = self._anneal(group[phase["start_momentum"]], group[phase["end_momentum"]], way)
            self._set_momentum(group, momentum)
        return self._anneal(group[phase["start_lr"]], group[phase["end_lr"]], way)

    def _anneal(self, start: Any, end: Any, way: float) -> Any:
        if self._anneal_func_type == "cos":
            return end + (start - end) / 2.0 * (cos(pi * way) + 1)
        return (end - start) * way + start


def _check_positive(name: str, n: Any) -> None:
    if not isinstance(n, int) or n <= 0:
        raise ArgumentError(f"OneCycleLR: {name} is {n!r}; it must be a positive integer")


def _phase(end_step: float, names: str) -> dict[str, Any]:
    keys = "start_lr", "end_lr", "start_momentum", "end_momentum"
    return {"end_step": float(end_step), **dict(zip(keys, names.split(), strict=True))}
