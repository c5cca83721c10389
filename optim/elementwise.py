"""The optimizers whose update is elementwise: one rule, a few numbers per step, and nothing else to say."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, pairwise
from typing import Any, ClassVar

import numpy as np
from numpy.lib.array_utils import byte_bounds

import autograd
from autograd import Tensor
from autograd.core.graph import caller_line
from autograd.core.standin import effect
from autograd.core.threads import Sharing

from .arguments import settled
from .bundle import BUFFER, SMALL, Bundle
from .kernel import Rule
from .optimizer import Optimizer
from .swift import Swift
from .unchanged import Unchanged, same

FLUSH_EVERY = 64  # steps

Group = dict[str, Any]
Counters = dict[str, np.ndarray]
Plan = tuple[tuple[float, ...], tuple[bool, ...]]  # numbers, flags


class ElementwiseOptimizer(Optimizer):
    """An optimizer that is a rule (see `optim.kernel`), the names of its state, and the numbers of each step.

    `moments` names the state that has an element for each of the parameter's, in the order of the rule's arguments,
    `counters` the state that is one number per parameter; `decaying` those moments that shrink while there is no
    gradient. A subclass says in `_plan` what the rule's numbers and flags are in this step.
    """

    rule: Rule
    decaying: ClassVar[tuple[str, ...]] = ()
    _layouts: tuple["_Layout", ...] = ()
    _arranged: Sequence[tuple[Group, list[Bundle]]] = ()  # what a step has to do
    _unchanged: "Unchanged | None" = None  # as long as this holds
    _apart = True  # whether no two parameters share memory; those that do are updated one after the other
    _steps = 0

    def _plan(self, group: Group, counters: Counters, new: bool) -> Plan:
        """The rule's numbers and flags in this step.

        `counters` has, for each counter, an array of equal values, one for each parameter; `_plan` advances them in
        place. `new` is true in the first step of these parameters.
        """
        raise NotImplementedError

    def _moments(self, group: Group) -> dict[str, float | None]:
        """The initial values of the moments, None for those that are not in use under the group's options."""
        return dict.fromkeys(self.moments, 0.0)

    def _counters(self, group: Group) -> dict[str, float]:
        """The initial values of the counters."""
        return dict.fromkeys(self.counters, 0.0)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update the parameters once; returns what `closure` returns, which is called first, with recording on.

        A parameter whose gradient is None is left out, its state unchanged.
        """
        loss = None
        if closure is not None:
            with autograd.enable_grad():
                loss = closure()
        self._update(caller_line())
        return loss

    @effect
    def _update(self, line: str) -> None:
        """Update the parameters by the gradients that they have."""
        self._take_step(line)

    def _take_step(self, line: str) -> None:
        if self._unchanged is None or not self._unchanged.holds(self):
            self._arrange()
        by = f"{type(self).__name__}.step"
        sharing: Sharing | None = None
        with np.errstate(all="ignore"):  # as PyTorch: infinities and NaN speak for themselves
            try:
                for group, bundles in self._arranged:
                    for bundle in bundles:
                        jobs = bundle.step(self, group, by, line)
                        if jobs:
                            sharing = sharing or Sharing(autograd.get_num_threads())
                            sharing.add(jobs)
                            if not self._apart:
                                sharing.finish()
            finally:  # whatever happens, no other thread writes to the parameters any more
                if sharing is not None:
                    sharing.finish()
        self._count_step()

    def _count_step(self) -> None:
        self._steps += 1
        if self._steps % FLUSH_EVERY == 0:
            for bundle in chain.from_iterable(layout.made for layout in self._layouts):
                bundle.flush(self.decaying)

    _update.__wrapped__.prepared = Swift  # what a recorded step calls, over and over

    def _arrange(self) -> None:
        """Find out what a step has to do, and step where that is to be recorded."""
        if len(self._layouts) != len(self.param_groups):
            self._layouts = tuple(_Layout() for _ in self.param_groups)
        self._arranged = []
        for group, layout in zip(self.param_groups, self._layouts, strict=True):
            if group.get("differentiable"):
                with autograd.enable_grad():
                    self._step_recorded(group)
            else:
                plain = settled(group)
                self._arranged.append((plain, layout.bundles(self, plain)))
        self._apart = _apart(chain.from_iterable(layout.bounds for layout in self._layouts))
        # A number that is a tensor is read anew in every step.
        stable = all(any(plain is group for plain, _ in self._arranged) for group in self.param_groups)
        self._unchanged = Unchanged(self) if stable else None

    def _step_recorded(self, group: Group) -> None:
        """Step in recorded operations, so that parameters and state can be differentiated by what they came from."""
        moments = self._moments(group)
        for p in group["params"]:
            if p.grad is None:
                continue
            state = self.state[p]
            new = not state
            for name, initial in {**self._counters(group), **moments}.items():
                if name not in state and initial is not None:
                    like = p.detach() if name in moments else autograd.zeros(())
                    state[name] = autograd.full_like(like, float(initial))
            counters = {name: state[name]._array().reshape(1) for name in self._counters(group)}
            numbers, flags = self._plan(group, counters, new)
            held = [state[name] if initial is not None else None for name, initial in moments.items()]
            value, *changed = self.rule(p.clone(), p.grad, *held, *numbers, *flags)
            p.copy_(value)
            for (name, initial), tensor in zip(moments.items(), changed, strict=True):
                if initial is not None:
                    state[name] = tensor

    def _adapted(self, value: Any, param: Tensor, key: Any = None) -> Any:
        if key in self.counters and isinstance(value, int | float):  # as PyTorch saved them before 1.12
            return autograd.tensor(float(value))
        return super()._adapted(value, param, key)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._layouts, self._unchanged = (), None


class _Layout:
    """The bundles of one group, made anew when its parameters, its state or what it has to remember changed."""

    def __init__(self) -> None:
        self.made: list[Bundle] = []
        self._params: list[Tensor] = []
        self._moments: dict[str, float | None] = {}
        self.bounds: list[tuple[int, int]] = []

    def bundles(self, optimizer: ElementwiseOptimizer, group: dict[str, Any]) -> list[Bundle]:
        """The group's bundles, as its parameters and state are now."""
        params, moments = group["params"], optimizer._moments(group)
        if not (
            moments == self._moments
            and same(params, self._params)
            and all(bundle.is_current(optimizer.state) for bundle in self.made)
        ):
            counters = optimizer._counters(group)
            self._params, self._moments = list(params), moments
            self.bounds = [byte_bounds(p._array()) for p in params]
            self.made = [Bundle(some, moments, counters, optimizer.state) for some in _together(params, self.bounds)]
        return self.made


def _apart(bounds: Iterable[tuple[int, int]]) -> bool:
    return all(stop <= start for (_, stop), (start, _) in pairwise(sorted(bounds)))


def _together(params: list[Tensor], bounds: list[tuple[int, int]]) -> list[list[Tensor]]:
    """The parameters in order, small ones of one dtype that share no memory in one list."""
    arrays = [p._array() for p in params]
    apart = _apart(bounds)
    result: list[list[Tensor]] = []
    room: dict[Any, tuple[list[Tensor], int]] = {}
    for p, a in zip(params, arrays, strict=True):
        found, size = room.get(a.dtype, ([], 0))
        if apart and a.size <= SMALL:
            if not found or size + a.size > BUFFER:
                found, size = [], 0
                result.append(found)
            found.append(p)
            room[a.dtype] = found, size + a.size
        else:
            result.append([p])
    return result


def tick(counters: Counters) -> float:
    """Advance the step counts by one and return what they are now."""
    steps = counters["step"]
    steps += 1
    return float(steps[0])


def weight_decay(group: Group, lr: float, decoupled: bool) -> tuple[float, bool, bool]:
    """The number of weight decay, and whether it is coupled (added to the gradient) or decoupled (shrinks p)."""
    strength = group["weight_decay"]
    if strength == 0:
        return 0.0, False, False
    return (1 - lr * strength, False, True) if decoupled else (strength, True, False)
