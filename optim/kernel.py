"""How an update rule is run: by NumPy over chunks that stay in the cache, or by one compiled loop over the elements.

A rule is a plain function of one parameter `p`, its gradient `g`, the state, this step's numbers and, last, flags; it
returns the new parameter and the new state. It is elementwise and written in operators and NumPy's functions only, so
the same text runs on arrays, on the scalars of a compiled loop, and on tensors. A rule contains no literals, because a
literal would widen float32 in the compiled loop; both ways round alike, to the last bit.
"""

import threading
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

import numpy as np

import autograd

from .replay import NotRecorded, Replay

CHUNK = 1 << 15  # elements: a handful of float32 chunks fit into the second-level cache
PER_THREAD = 1 << 19  # elements that are worth the start of a thread
COMPILE_AFTER = 10**8  # element updates that take NumPy about as long as importing numba and compiling one rule

Rule = Callable[..., tuple]


def select(condition: Any, x: Any, y: Any) -> Any:
    """`x` where the condition holds, else `y` (`np.where`, in a form that a compiled rule can use on scalars)."""
    return np.where(condition, x, y)


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
        self._loop: Callable | None = None
        try:
            self._replay = Replay(rule, flags, present)
        except NotRecorded:
            self._replay = None

    def __call__(
        self,
        p: np.ndarray,
        g: np.ndarray,
        state: Sequence[np.ndarray],
        numbers: Sequence[float],
        fused: bool | None,
    ) -> None:
        """Update `p` and the present `state` in place; all arrays are one-dimensional and of one dtype.

        `fused` true compiles at once, false never, None as soon as NumPy has spent the time that compiling takes.
        Without numba the rule is always interpreted.
        """
        if fused is not False and self._loop is None:
            self._elements += p.size
            if (fused or self._elements > COMPILE_AFTER) and p.dtype.itemsize >= 4 and find_spec("numba"):
                self._loop = self._compile()
        if self._loop is None or fused is False or p.dtype.itemsize < 4:
            self._interpret(p, g, state, numbers)
        else:
            scalar = p.dtype.type
            _in_threads(self._loop, (p, g, *state), [scalar(x) for x in numbers])

    def _interpret(self, p: np.ndarray, g: np.ndarray, state: Sequence[np.ndarray], numbers: Sequence[float]) -> None:
        buffers = [np.empty(min(CHUNK, p.size), p.dtype) for _ in range(self._replay.buffers if self._replay else 0)]
        with np.errstate(all="ignore"):  # as PyTorch: infinities and NaN speak for themselves
            if p.size <= CHUNK:
                self._update(p, g, state, numbers, buffers)
                return
            for start in range(0, p.size, CHUNK):
                part = slice(start, start + CHUNK)
                rest = [b[: p.size - start] for b in buffers]
                self._update(p[part], g[part], [s[part] for s in state], numbers, rest)

    def _update(
        self, p: np.ndarray, g: np.ndarray, state: Sequence[np.ndarray], numbers: Sequence[float], buffers: list[np.ndarray]
    ) -> None:
        if self._replay is not None:
            self._replay.update(p, g, *state, *numbers, *buffers)
            return
        given = iter(state)
        inputs = [next(given) if present else g for present in self.present]
        new_p, *new_state = self.rule(p, g, *inputs, *numbers, *self.flags)
        p[...] = new_p
        for target, new, present in zip(inputs, new_state, self.present, strict=True):
            if present:
                target[...] = new

    def _compile(self) -> Callable:
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
def _teach_select() -> None:
    from numba.extending import overload

    @overload(select)
    def _(condition, x, y):  # pyright: ignore[reportUnusedFunction]
        return lambda condition, x, y: x if condition else y


def _in_threads(loop: Callable, arrays: tuple[np.ndarray, ...], numbers: list) -> None:
    """Run the loop over equal parts of the arrays, as many as there are threads and work for."""
    size = arrays[0].size
    parts = size // PER_THREAD
    if parts > 1:
        parts = min(autograd.get_num_threads(), parts)
    if parts < 2:
        loop(*arrays, *numbers)
        return
    bounds = [size * k // parts for k in range(parts + 1)]
    workers = [
        threading.Thread(target=loop, args=(*[a[start:stop] for a in arrays], *numbers)) for start, stop in pairwise(bounds[1:])
    ]
    for worker in workers:
        worker.start()
    loop(*[a[: bounds[1]] for a in arrays], *numbers)
    for worker in workers:
        worker.join()


_kernels: dict[tuple, Kernel] = {}


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
    enter it.
    """
    if x.dtype.itemsize < 4:
        return  # NumPy computes half precision in software: there is no cliff, and the bound would be a real value
    bound = np.finfo(x.dtype).tiny * 2.0**20
    for start in range(0, x.size, CHUNK):
        part = x[start : start + CHUNK]
        part *= np.abs(part) >= bound
