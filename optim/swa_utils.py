"""Averages of a model's parameters along its training: equal weights (SWA), exponential ones (EMA), or one's own."""

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from itertools import chain
from math import cos, pi
from typing import Any, Literal

import autograd
from autograd import Tensor
from autograd.errors import ArgumentError

from .lr_scheduler.base import Group, LRScheduler, check_optimizer, per_group
from .optimizer import Optimizer

Average = Callable[[Tensor, Tensor, Any], Tensor]
MultiAverage = Callable[[list[Tensor], list[Tensor], Any], None]


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """A function for `AveragedModel`: `decay * average + (1 - decay) * parameter`. `decay` is from 0 to 1."""
    _check_decay("get_ema_avg_fn", decay)

    def ema(averaged: Tensor, current: Tensor, num_averaged: Any) -> Tensor:
        return decay * averaged + (1 - decay) * current

    return autograd.no_grad()(ema)


def get_swa_avg_fn() -> Average:
    """A function for `AveragedModel`: the mean of all parameters so far, each with the same weight."""

    def swa(averaged: Tensor, current: Tensor, num_averaged: Any) -> Tensor:
        return averaged + (current - averaged) / (float(num_averaged) + 1)

    return autograd.no_grad()(swa)


def get_ema_multi_avg_fn(decay: float = 0.999) -> MultiAverage:
    """As `get_ema_avg_fn`, for lists of tensors, which it changes in place."""
    _check_decay("get_ema_multi_avg_fn", decay)
    return _on_lists(get_ema_avg_fn(decay))


def get_swa_multi_avg_fn() -> MultiAverage:
    """As `get_swa_avg_fn`, for lists of tensors, which it changes in place."""
    return _on_lists(get_swa_avg_fn())


def _on_lists(average: Average) -> MultiAverage:
    def update(averaged: list[Tensor], current: list[Tensor], num_averaged: Any) -> None:
        for mean, new in zip(averaged, current, strict=True):
            mean.copy_(average(mean, new, num_averaged))

    return autograd.no_grad()(update)


def _check_decay(op: str, decay: float) -> None:
    if not 0 <= decay <= 1:
        raise ArgumentError(f"{op}: decay is {decay}; it must be from 0 to 1")


class AveragedModel:
    """A copy of a model whose parameters are an average of the model's, as `update_parameters` has seen them.

    The first update copies. Later ones replace a parameter by `avg_fn(average, parameter, n_averaged)`, or change lists
    of them by `multi_avg_fn`; without either, all get the same weight (SWA). Buffers are copied, or averaged as well if
    `use_buffers`. `state_dict` has `n_averaged`, and the copy's entries under "module.", as in PyTorch; it is called like
    the model and passes `parameters`, `train`, `eval` and the rest on to the copy, but is itself no Module.
    Raises ArgumentError if both functions are given. Source: Izmailov et al., Averaging Weights Leads to Wider Optima
    and Better Generalization, 2018.
    """

    def __init__(
        self,
        model: Any,
        device: Any = None,
        avg_fn: Average | None = None,
        multi_avg_fn: MultiAverage | None = None,
        use_buffers: bool = False,
    ) -> None:
        if avg_fn is not None and multi_avg_fn is not None:
            raise ArgumentError("AveragedModel: got avg_fn and multi_avg_fn; give one of them")
        self.module: Any = deepcopy(model) if device is None else deepcopy(model).to(device)
        self.n_averaged: Tensor = autograd.zeros((), dtype=autograd.int64)
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    forward = __call__

    def __getattr__(self, name: str) -> Any:
        if name == "module" or name.startswith("__"):  # copying and pickling ask for these before there is a model
            raise AttributeError(name)
        return getattr(self.module, name)

    def update_parameters(self, model: Any) -> None:
        """Take the present parameters of `model` into the average."""
        averaged = list(self._averaged_tensors(self.module))
        current = [t.detach() for t in self._averaged_tensors(model)]
        if not int(self.n_averaged):
            _copy(averaged, current)
        elif self.multi_avg_fn is not None:
            self.multi_avg_fn(averaged, current, self.n_averaged)
        else:
            _on_lists(self.avg_fn or get_swa_avg_fn())(averaged, current, self.n_averaged)
        if not self.use_buffers:
            _copy([b.detach() for b in self.module.buffers()], [b.detach() for b in model.buffers()])
        self.n_averaged += 1

    def _averaged_tensors(self, model: Any) -> Iterator[Tensor]:
        found = chain(model.parameters(), model.buffers()) if self.use_buffers else model.parameters()
        return (t.detach() for t in found)

    def state_dict(self) -> dict[str, Any]:
        """`n_averaged`, and the entries of the averaged copy under names that begin with "module."."""
        return {"n_averaged": self.n_averaged} | {f"module.{k}": v for k, v in self.module.state_dict().items()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what `state_dict` gave, PyTorch's AveragedModel included."""
        self.n_averaged.fill_(int(state_dict["n_averaged"]))
        self.module.load_state_dict({k.removeprefix("module."): v for k, v in state_dict.items() if k != "n_averaged"})


def _copy(targets: list[Tensor], sources: list[Tensor]) -> None:
    for target, source in zip(targets, sources, strict=True):
        target.copy_(source)


def update_bn(loader: Iterable[Any], model: Any, device: Any = None) -> None:
    """Estimate the running statistics of the model's batch normalizations anew, in one pass over `loader`.

    `loader` gives batches, or tuples whose first element is the batch. An averaged model needs this: its statistics are
    those of other parameters.
    """
    norms = {m: m.momentum for m in model.modules() if _is_batch_norm(m)}
    if not norms:
        return
    was_training = model.training
    model.train()
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # the mean over all batches, each with the same weight
    with autograd.no_grad():
        for batch in loader:
            inputs = batch[0] if isinstance(batch, list | tuple) else batch
            model(inputs if device is None else inputs.to(device))
    for norm, momentum in norms.items():
        norm.momentum = momentum
    model.train(was_training)


def _is_batch_norm(module: Any) -> bool:
    # By name, because optim does not import nn.
    return any("BatchNorm" in base.__name__ for base in type(module).__mro__)


class SWALR(LRScheduler):
    """Moves the rate to `swa_lr` within `anneal_epochs`, by a cosine or in a line, and keeps it there.

    Raises ArgumentError for another `anneal_strategy` than "cos" and "linear", and for epochs that are not an integer,
    at least 0.

    >>> from autograd import zeros
    >>> from optim import SGD
    >>> optimizer = SGD([zeros(1)], lr=1.0)
    >>> scheduler = SWALR(optimizer, swa_lr=0.5, anneal_epochs=2, anneal_strategy="linear")
    >>> optimizer.step(); scheduler.step(); scheduler.get_last_lr()
    [0.75]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float | list[float],
        anneal_epochs: int = 10,
        anneal_strategy: Literal["cos", "linear"] = "cos",
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(self, optimizer)
        for group, lr in zip(optimizer.param_groups, per_group("SWALR", "swa_lr", optimizer, swa_lr), strict=True):
            group["swa_lr"] = lr
        if anneal_strategy not in ("cos", "linear"):
            raise ArgumentError(f"SWALR: anneal_strategy is {anneal_strategy!r}; it must be 'cos' or 'linear'")
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ArgumentError(f"SWALR: anneal_epochs is {anneal_epochs!r}; it must be an integer, at least 0")
        self._anneal_strategy = anneal_strategy
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def _next_lr(self, k: int, group: Group, base: Any) -> Any:
        step = self._step_count - 1
        if self.anneal_epochs == 0:
            step = max(1, step)
        before, now = self._way(step - 1), self._way(step)
        final = group["swa_lr"]
        # What the rate would be without annealing: another scheduler may have changed it since.
        free = final if before == 1 else (group["lr"] - before * final) / (1 - before)
        return final * now + free * (1 - now)

    def _way(self, step: int) -> float:
        t = max(0, min(1, step / max(1, self.anneal_epochs)))
        return (1 - cos(pi * t)) / 2 if self._anneal_strategy == "cos" else t
