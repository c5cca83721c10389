"""How an update rule is run: by NumPy over chunks that stay in the cache, or by one compiled loop over the elements.

A rule is a plain function of one parameter `p`, its gradient `g`, the state, this step's numbers and, last, flags; it
returns the new parameter and the new state. It is elementwise and written in operators and NumPy's functions only, so
the same text runs on arrays, on the scalars of a compiled loop, and on tensors. A rule contains no literals, because a
literal would widen float32 in the compiled loop; both ways round alike, to the last bit.
"""

import threading
from collections.abc import Callable, Sequence
from functools import cache, partial
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import numpy as np

import autograd
from autograd.core.threads import Job

from .replay import NotRecorded, Replay

CHUNK = 5 << 15  # elements that NumPy works on at a time; with fewer, threads meet more often at Python's lock
PART = 1 << 18  # elements that are worth a second thread; of many, each gets two parts, or fewer if it was late
LINE = 16  # elements: parts end at multiples of it, so that no two threads write to one line of the cache
COMPILE_AFTER = 10**8  # element updates that take NumPy about as long as importing numba and compiling one rule

Rule = Callable[..., tuple]
Arrays = Sequence[np.ndarray]
Ready = dict["Kernel", Callable[[], object]]


def select(condition: Any, x: Any, y: Any) -> Any:
    """`x` where the condition holds, else `y` (`np.where`, in a form that a compiled rule can use on scalars)."""
    return np.where(condition, x, y)


class Numbers:
    """A rule's numbers in a step, rounded to the dtype once: NumPy would convert a Python number in every call."""

    def __init__(self, dtype: np.dtype, given: Sequence[float] = ()) -> None:
        self.values: Any = np.empty(len(given), dtype)
        self.arrays: Any = [self.values[k : k + 1].reshape(()) for k in range(len(given))]
        self.set(given)

    def set(self, given: Sequence[float]) -> None:
        """Take other numbers."""
        if len(given) != self.values.size:
            self.__init__(self.values.dtype, given)
        else:
            self.values[:] = given


class Kernel:
    """One rule under one setting of its flags.

    `present` says which of the rule's state arguments exist; an absent one is passed the gradient, which the rule does
    not look at under these flags, and what it returns in that place is dropped.
    """

    def __init__(self, rule: Rule, flags: tuple[bool, ...], present: tuple[bool, ...]) -> None:
        self.rule = rule
        self.flags = flags
        self.present = present
        self._elements = 0  # updated so far
        self._loop: Callable[..., Any] | None = None
        try:
            self._replay = Replay(rule, flags, present)
        except NotRecorded:
            self._replay = None

    def __call__(self, arrays: Arrays, numbers: Numbers, fused: bool | None, ready: Ready | None = None) -> None:
        """Update the arrays, which are the parameter, its gradient and the present state, all but the gradient in place.

        All are one-dimensional and of one dtype. `fused` true compiles at once, false never, None as soon as NumPy has
        spent the time that compiling takes. Without numba the rule is always interpreted. Who calls again and again with
        the same arrays and numbers passes the same `ready`, too, where what this makes is kept.
        """
        loop = self._compiled(arrays[0], fused)
        if loop is not None:
            loop(*arrays, *numbers.values)
        elif ready is None or self._replay is None:
            self._interpret(arrays, numbers)
        else:
            (ready.get(self) or ready.setdefault(self, self.bound(arrays, numbers)))()

    def bound(self, arrays: Arrays, numbers: Numbers) -> Callable[[], object]:
        """The update of these arrays by these numbers, as they are at the time, by NumPy."""
        if self._replay is None:
            return partial(self._interpret, arrays, numbers)
        return self._replay.bound(arrays, numbers.arrays)

    def jobs(self, arrays: Arrays, numbers: Numbers, fused: bool | None) -> list[Job]:
        """The same update as jobs for `threads.Sharing`, as many as there is work for."""
        size, loop = arrays[0].size, self._compiled(arrays[0], fused)
        count = min(-(-size // PART), 2 * autograd.get_num_threads()) if size > PART else 1
        bounds = [size * k // count // LINE * LINE for k in range(count)] + [size]
        parts = [[a[start:stop] for a in arrays] for start, stop in pairwise(bounds)]
        if loop is not None:
            values = list(numbers.values)
            return [partial(loop, *part, *values) for part in parts]
        return [partial(self._interpret, part, numbers) for part in parts]

    def _compiled(self, p: np.ndarray, fused: bool | None) -> Callable[..., Any] | None:
        """The compiled loop, if it is to be used now."""
        if fused is False or p.dtype.itemsize < 4:
            return None
        if self._loop is None:
            self._elements += p.size
            if (fused or self._elements > COMPILE_AFTER) and numba_is_there():
                self._loop = self._compile()
        return self._loop

    def _interpret(self, arrays: Arrays, numbers: Numbers) -> None:
        size, dtype = arrays[0].size, arrays[0].dtype
        buffers = _buffers(dtype, self._replay.buffers) if self._replay else []
        if size <= CHUNK:
            self._update(arrays, numbers, [b[:size] for b in buffers])
            return
        for start in range(0, size, CHUNK):
            stop = min(start + CHUNK, size)
            self._update([a[start:stop] for a in arrays], numbers, [b[: stop - start] for b in buffers])

    def _update(self, arrays: Arrays, numbers: Numbers, buffers: Arrays) -> None:
        if self._replay is not None:
            self._replay.update(*arrays, *numbers.arrays, *buffers)
            return
        p, g, *state = arrays
        given = iter(state)
        inputs = [next(given) if present else g for present in self.present]
        new_p, *new_state = self.rule(p, g, *inputs, *numbers.arrays, *self.flags)
        p[...] = new_p
        for target, new, present in zip(inputs, new_state, self.present, strict=True):
            if present:
                target[...] = new

    def _compile(self) -> Callable[..., Any]:
        import numba

        _teach_select()
        kept = [f"s{k}" for k, present in enumerate(self.present) if present]
        state = [f"s{k}[i]" if present else "g[i]" for k, present in enumerate(self.present)]
        count = self.rule.__code__.co_argcount - 2 - len(self.present) - len(self.flags)
        numbers = [f"n{k}" for k in range(count)]
        source = (
            f"def loop({', '.join(['p', 'g', *kept, *numbers])}):\n"
            f"    for i in range(p.size):\n"
            f"        {', '.join(['p[i]', *(s if s != 'g[i]' else '_' for s in state)])},"
            f" = rule({', '.join(['p[i]', 'g[i]', *state, *numbers, *map(str, self.flags)])})\n"
        )
        scope: dict[str, Any] = {"rule": numba.njit(self.rule, error_model="numpy")}
        exec(source, scope)
        return numba.njit(scope["loop"], error_model="numpy", nogil=True)


@cache
def numba_is_there() -> bool:
    """Whether rules can be compiled."""
    return find_spec("numba") is not None


@cache
def _teach_select() -> None:
    from numba.extending import overload

    @overload(select)
    def _(condition, x, y):  # pyright: ignore[reportUnusedFunction]
        return lambda condition, x, y: x if condition else y


class _Kept(threading.local):
    """What each thread has for itself."""

    def __init__(self) -> None:
        self.buffers: dict[tuple[np.dtype, int], list[np.ndarray]] = {}


_kept = _Kept()


def _buffers(dtype: np.dtype, count: int) -> list[np.ndarray]:
    """This thread's memory for `count` intermediate results: new memory in every step would be mapped page by page."""
    found = _kept.buffers.setdefault((dtype, CHUNK), [])
    while len(found) < count:
        found.append(np.empty(CHUNK, dtype))
    return found[:count]


_kernels: dict[tuple[Any, ...], Kernel] = {}


def kernel(rule: Rule, flags: tuple[bool, ...], present: tuple[bool, ...]) -> Kernel:
    """The kernel of a rule under these flags, made once."""
    key = (rule, flags, present)
    found = _kernels.get(key)
    if found is None:
        found = _kernels[key] = Kernel(rule, flags, present)
    return found


def flush_subnormals(x: np.ndarray) -> None:
    """Set to zero, in place, what decays towards the subnormal numbers.

    The moments of a unit that no longer gets a gradient shrink by a constant factor per step. In the subnormal range
    each arithmetic operation costs some hundred cycles, and a step several times its usual time. The bound lies a
    factor of 2**20 above that range, so that neither products with a learning rate nor the steps until the next flush
    enter it. This does not help where gradients stay so small that their squares are subnormal (1e-20 in float32): to
    clear these would take passes over every gradient in every step.
    """
    if x.dtype.itemsize < 4:
        return  # NumPy computes half precision in software: there is no cliff, and the bound would be a real value
    bound = np.finfo(x.dtype).tiny * 2.0**20
    for start in range(0, x.size, CHUNK):
        part = x[start : start + CHUNK]
        small = np.abs(part) < bound
        if small.any():
            np.copyto(part, 0, where=small)
