"""Anomaly mode: every operation is noted with the line that called it, and a backward pass stops at the first NaN.

The error names the operation whose rule made the NaN, the line of the forward pass, what the rule was given, and the
values at which it happened.
"""

from collections.abc import Callable
from contextlib import ContextDecorator
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from ..core.engine import set_watch
from ..core.graph import Traced, caller_line, set_recorder
from ..errors import GraphError

_lines: WeakKeyDictionary = WeakKeyDictionary()
_state = {"enabled": False, "check_nan": True, "before": None}


class AnomalyError(GraphError):
    """A NaN that a backward pass made."""


def line_of(node: Any) -> str | None:
    """The line of the user's program that made a node, if it was made in anomaly mode."""
    return _lines.get(node)


def _note(node: Any, value: Any, inputs: Any) -> None:
    _lines[node] = caller_line()
    before: Callable[..., Any] | None = _state["before"]
    if before is not None:
        before(node, value, inputs)


def _is_bad(raw: Any) -> Any:
    raw = raw._data if isinstance(raw, Traced) else raw
    return np.isnan(raw)


def _watch(node: Any, position: int, parent: Any, g: Any, cotangent: Any) -> None:
    bad = _is_bad(cotangent)
    if not _state["check_nan"] or not np.any(bad):
        return
    arrived = any(np.any(_is_bad(part)) for part in (g if isinstance(g, list) else [g]) if part is not None)
    prim, count, size = node.prim, int(np.sum(bad)), int(np.size(bad))
    where = f" at index {tuple(int(k) for k in np.argwhere(bad)[0])}" if np.ndim(bad) else ""
    called = line_of(node)
    raise AnomalyError(
        f"backward: Function '{node.name()}' returned nan values in its {position}th output: {count} of {size} elements of "
        f"the gradient of {prim.input_name(position)!r}{where}; "
        + ("the gradient that it was given held NaN already" if arrived else f"it was given {_described(g)}")
        + (f"; the operation was called at {called}" if called else "; run the forward pass in anomaly mode to see its line")
        + ("" if arrived else "; keep its input away from where the derivative is infinite (clamp, add a small constant)")
    )


def _described(g: Any) -> str:
    raw = np.asarray(g._data if isinstance(g, Traced) else g) if not isinstance(g, list) else None
    if raw is None or not raw.size:
        return "a gradient"
    return f"a gradient with values from {raw.min():.4g} to {raw.max():.4g}"


def _set(enabled: bool, check_nan: bool) -> None:
    if enabled and not _state["enabled"]:
        _state["before"] = set_recorder(_note)
    elif not enabled and _state["enabled"]:
        set_recorder(_state["before"])
        _state["before"] = None
    _state.update(enabled=enabled, check_nan=check_nan)
    set_watch(_watch if enabled else None)


def is_anomaly_enabled() -> bool:
    """Whether anomaly mode is on."""
    return bool(_state["enabled"])


class set_detect_anomaly:
    """Turn anomaly mode on or off, at once; as a context manager, until the end of the block."""

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._was = is_anomaly_enabled(), bool(_state["check_nan"])
        _set(mode, check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc: object) -> None:
        _set(*self._was)


class detect_anomaly(ContextDecorator):
    """Inside, a backward pass that makes a NaN raises, naming the operation, its line in the forward pass and the place.

    >>> import autograd
    >>> x = autograd.tensor(0.0, requires_grad=True)
    >>> with autograd.autograd.detect_anomaly():
    ...     (x.sqrt() * 0).backward()
    Traceback (most recent call last):
        ...
    autograd.debug.anomaly.AnomalyError: backward: Function 'SqrtBackward0' returned nan values in its 0th output...
    """

    def __init__(self, check_nan: bool = True) -> None:
        self._check_nan = check_nan

    def __enter__(self) -> None:
        self._was = is_anomaly_enabled(), bool(_state["check_nan"])
        _set(True, self._check_nan)

    def __exit__(self, *exc: object) -> None:
        _set(*self._was)
