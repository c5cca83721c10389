"""How many threads compute, and the pool in which they wait for work.

Work is shared out in pieces that are claimed one by one. Whoever has work does as much of it as the others leave, so a thread
that is late, or that a fork has left behind, delays nothing. To start a thread takes a tenth of a millisecond, as long as a
compiled step on 200,000 elements; to wake one that waits takes a tenth of that.

OpenBLAS shares out its products in fixed parts, and its threads spin until all are done. With one other busy process on a
machine of two cores that made a training step of a 784-256-128-10 network three times as long as one thread's, and single steps
twenty times. So it gets one thread for the products of this library (`of_blas`), and those that are large are shared out here.
"""

import os
from collections import deque
from collections.abc import Callable, Sequence
from functools import cache, partial
from glob import glob
from queue import SimpleQueue
from sys import modules
from threading import Thread
from typing import Any

import numpy as np

from ..errors import ArgumentError, ArgumentTypeError

Job = Callable[[], object]


# -- how many ------------------------------------------------------------------------------------------------------------


def _processors() -> int:
    """How many processors this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _first_limit() -> int:
    """What the environment says, under the names that OpenBLAS and PyTorch read."""
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        if os.environ.get(name, "").isdigit():
            return max(int(os.environ[name]), 1)
    return _processors()


_limit = [_first_limit()]


def get_num_threads() -> int:
    """How many threads share a large matrix product, or an optimizer's update of large parameters.

    It is what was set, but no more than there are processors that this process may run on. At first it is what the environment
    variables OPENBLAS_NUM_THREADS or OMP_NUM_THREADS say.
    """
    return min(_limit[0], _processors())


def set_num_threads(num: int) -> None:
    """Set how many threads share large matrix products and updates. Small ones are computed by one thread in any case.

    NumPy's own functions, called outside of this library, are not affected. Raises ArgumentTypeError for what is no int,
    ArgumentError for less than 1.

    >>> import autograd
    >>> n = autograd.get_num_threads()
    >>> autograd.set_num_threads(1); autograd.get_num_threads()
    1
    >>> autograd.set_num_threads(n)
    """
    if not isinstance(num, int) or isinstance(num, bool):
        raise ArgumentTypeError(f"set_num_threads: expected an int, got {type(num).__name__}")
    if num < 1:
        raise ArgumentError(f"set_num_threads: expects a positive integer, got {num}")
    _limit[0] = num
    numba: Any = modules.get("numba")
    if numba is not None:
        numba.set_num_threads(min(num, numba.config.NUMBA_NUM_THREADS))


# -- NumPy's BLAS --------------------------------------------------------------------------------------------------------


@cache
def blas() -> tuple[Callable[[], int], Callable[[int], None]] | None:
    """What asks and sets how many threads the OpenBLAS uses that came with NumPy; None if NumPy has another library."""
    import ctypes

    home = os.path.dirname(np.__file__)
    for path in sorted(glob(f"{home}.libs/*openblas*") + glob(f"{home}/.dylibs/*openblas*")):
        library = ctypes.PyDLL(path)  # which keeps Python's lock: these two calls only look at a number
        for prefix in ("scipy_openblas", "openblas"):
            for suffix in ("64_", ""):
                if hasattr(library, f"{prefix}_set_num_threads{suffix}"):
                    ask = getattr(library, f"{prefix}_get_num_threads{suffix}")
                    put = getattr(library, f"{prefix}_set_num_threads{suffix}")
                    put.argtypes, put.restype = [ctypes.c_int], None
                    return ask, put
    return None


# -- the pool ------------------------------------------------------------------------------------------------------------


class _Pool:
    """The threads that were started so far, and the queue at which they wait."""

    def __init__(self) -> None:
        self.calls: SimpleQueue[Job] = SimpleQueue()
        self.size = 0

    def call(self, count: int, work: Job) -> None:
        """Have `count` threads join in."""
        for _ in range(self.size, count):
            Thread(target=_wait, args=(self.calls,), name="gradloom", daemon=True).start()  # daemon: no exit waits for it
            self.size += 1
        for _ in range(count):
            self.calls.put(work)


def _wait(calls: "SimpleQueue[Job]") -> None:
    with np.errstate(all="ignore"):
        while True:
            calls.get()()


_pool = _Pool()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.__init__)  # a child process has none of its parent's threads


class Sharing:
    """Jobs that are done by at most so many threads, this one included, in any order and from the first one on.

    In other threads, NumPy's floating-point warnings are off.
    """

    def __init__(self, threads: int) -> None:
        self._helpers = threads - 1
        self._count = 0
        self._todo: deque[Job] = deque()
        self._ends: SimpleQueue[BaseException | None] = SimpleQueue()

    def add(self, jobs: Sequence[Job]) -> None:
        """Have these done, too; the other threads begin at once."""
        alone = self._count == 0 and len(jobs) == 1  # then there is nothing to share yet
        self._count += len(jobs)
        self._todo += jobs
        if self._helpers > 0 and not alone:
            _pool.call(min(self._helpers, len(jobs)), partial(_work, self._todo, self._ends))

    def finish(self) -> None:
        """Do what is left, and wait for the others. Raises what one of the jobs raised."""
        _work(self._todo, self._ends)
        ends, self._count = [self._ends.get() for _ in range(self._count)], 0
        for error in ends:
            if error is not None:
                raise error


def _work(todo: "deque[Job]", ends: "SimpleQueue[BaseException | None]") -> None:
    while True:
        try:
            job = todo.popleft()
        except IndexError:
            return
        try:
            job()
        except BaseException as error:
            ends.put(error)
        else:
            ends.put(None)


def fill(out: np.ndarray, parts: Sequence[Any], compute: Callable[..., np.ndarray], threads: int) -> np.ndarray:
    """`out`, with `compute(part)` written to `out[part]` for every part, by at most so many threads.

    No thread waits for another: what another has begun and not finished when nothing else is left is computed here again. So
    the other threads write to memory of their own, which is copied. `compute` takes `out=` as NumPy's functions do.
    """
    todo = deque(enumerate(parts))
    found: list[Any] = [None] * len(parts)

    def help() -> None:
        while True:
            try:
                k, part = todo.popleft()
            except IndexError:
                return
            try:
                found[k] = compute(part)
            except Exception:  # it is raised again where the part is computed again
                return

    _pool.call(min(threads, len(parts)) - 1, help)
    left = set(range(len(parts)))
    while True:
        try:
            k, part = todo.pop()  # from the other end
        except IndexError:
            break
        compute(part, out=out[part])
        left.discard(k)
    for k in left:
        if found[k] is None:
            compute(parts[k], out=out[parts[k]])
        else:
            out[parts[k]] = found[k]
    return out
