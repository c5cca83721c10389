"""What a raw value is: an array, a number of NumPy's, or what stands for one while a run is being recorded.

The compiler runs a function once with stand-ins in the place of arrays (`compiler/recorded.py`): they know shape, dtype and
the value of this run, and note what NumPy is asked to do with them. Forward functions, rules and the engine work on
them as on arrays, and take the same ways through their code; so wherever it is asked whether something is an array, a
stand-in for one counts.
"""

from functools import wraps
from typing import Any

import numpy as np

from ..errors import GradloomError


class StandIn:
    """A raw value of a run that is being recorded."""

    __slots__ = ()
    seen: Any  # the value itself, in this run
    unfollowed: Any  # gives the same memory, whose changes are not noted

    def host(self, function: Any, args: Any, options: Any, title: str = "") -> Any:
        """`function(*args, **options)` on the values themselves, noted as one call; `title` is what it is shown as."""
        raise NotImplementedError


class StandInArray(StandIn):
    """What stands for an array, and not for a NumPy scalar."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        ARRAYS.add(cls)
        BARE.add(cls)


class StandInScalar(StandIn):
    """What stands for a NumPy scalar."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        BARE.add(cls)


class ValuesNeeded(GradloomError, RuntimeError):
    """Values were asked for that a recorded run must not depend on: what was recorded ends there, or becomes one call."""


ARRAYS: set[type[Any]] = {np.ndarray}  # `type(x) in ARRAYS` takes no longer than `type(x) is np.ndarray`
ARRAY: tuple[type[Any], ...] = (np.ndarray, StandInArray)
RAW: tuple[type[Any], ...] = (np.ndarray, np.generic, StandIn)
BARE: set[type[Any]] = {np.ndarray, *np.sctypeDict.values()}  # what a primitive called with it computes on as it is


class _Current:
    """The recording that is going on, if there is one: what happens beside NumPy's calls is told to it."""

    recording: Any = None


current: Any = _Current()


def effect(function: Any) -> Any:
    """Decorate a function that works on the memory or the state of what it is given: recorded, it is one call."""

    @wraps(function)
    def call(*args: Any, **options: Any) -> Any:
        recording = current.recording
        if recording is None or not recording.listens():
            return function(*args, **options)
        return recording.effect(function, args, options)

    return call


def memory(raw: Any) -> Any:
    """The array whose memory a raw value has; None for a number."""
    if isinstance(raw, StandIn):
        raw = raw.seen
    return raw if isinstance(raw, np.ndarray) else None


def stand_in(values: Any) -> Any:
    """The first stand-in among `values`, in tuples and lists too; None if there is none."""
    todo = list(values)
    for v in todo:  # the list grows while it is walked
        if isinstance(v, StandIn):
            return v
        if isinstance(v, (tuple, list)):
            todo += v
        elif isinstance(v, dict):
            todo += v.values()
    return None


def applied(function: Any, *args: Any) -> Any:
    """`function(*args)`, one call of a recorded run where NumPy would not see a stand-in among the arguments."""
    found = stand_in(args)
    return function(*args) if found is None else found.host(function, args, {})
