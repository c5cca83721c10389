"""Work shared out to threads that wait for it.

To start a thread takes a tenth of a millisecond, as long as a compiled step on 200,000 elements; to wake one that waits
takes a tenth of that. Whoever has work does as much of it as the others leave, and waits only for what another thread
has begun. So a thread that is late, or that a fork has left behind, delays nothing.
"""

import os
from collections import deque
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from threading import Thread

import numpy as np

Job = Callable[[], object]
Call = tuple["deque[Job]", "SimpleQueue[BaseException | None]"]  # what is to be done; for each job done, how it ended


class _Pool:
    """The threads that were started so far, and the queue at which they wait."""

    def __init__(self) -> None:
        self.calls: SimpleQueue[Call] = SimpleQueue()
        self.size = 0

    def call(self, count: int, call: Call) -> None:
        """Have `count` threads join in."""
        for _ in range(self.size, count):
            Thread(target=_wait, args=(self.calls,), name="optim", daemon=True).start()  # daemon: no exit waits for it
            self.size += 1
        for _ in range(count):
            self.calls.put(call)


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
            _pool.call(min(self._helpers, len(jobs)), (self._todo, self._ends))

    def finish(self) -> None:
        """Do what is left, and wait for the others. Raises what one of the jobs raised."""
        _work(self._todo, self._ends)
        ends, self._count = [self._ends.get() for _ in range(self._count)], 0
        for error in ends:
            if error is not None:
                raise error


def _wait(calls: "SimpleQueue[Call]") -> None:
    with np.errstate(all="ignore"):
        while True:
            _work(*calls.get())


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
