"""How a tensor prints: as PyTorch's does, to the last space.

All elements share one format. Floats are shown with 4 decimals, as integers with a point if all of them are whole, or
in scientific notation if they span more than three orders of magnitude. Of large tensors the edges are shown.
"""

import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..core.dtypes import get_default_dtype
from ..errors import ArgumentError

# What `set_printoptions` sets.
_DEFAULT = SimpleNamespace(precision=4, threshold=1000, edgeitems=3, linewidth=80, sci_mode=None)
_PROFILES = {"default": {}, "short": {"precision": 2, "edgeitems": 2}, "full": {"threshold": math.inf}}
_options = _DEFAULT


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how tensors print: decimals, from how many elements on only the edges are shown, how many of these, columns,
    and whether in scientific notation (None: where numbers need it). `profile` is "default", "short" or "full".

    >>> import autograd
    >>> autograd.set_printoptions(precision=2); autograd.tensor(3.14159)
    tensor(3.14)
    >>> autograd.set_printoptions(profile="default")
    """
    global _options
    options = vars(_options)
    if profile is not None:
        if profile not in _PROFILES:
            raise ArgumentError(f"set_printoptions: profile must be one of {', '.join(_PROFILES)}, got {profile!r}")
        options = {**vars(_DEFAULT), **_PROFILES[profile]}
    given = {"precision": precision, "threshold": threshold, "edgeitems": edgeitems, "linewidth": linewidth}
    _options = SimpleNamespace(**{**options, "sci_mode": sci_mode, **{k: v for k, v in given.items() if v is not None}})


def tensor_repr(t: Any) -> str:
    """`tensor([...])` with its dtype if it is not the usual one, and the operation that made it."""
    data = np.asarray(t._data)
    prefix = "tensor("
    notes = []
    if not data.size:
        body = "[]"
        if data.ndim != 1:
            notes.append(f"size={tuple(data.shape)}")
        usual = data.dtype == get_default_dtype()
    else:
        body = array_repr(data, len(prefix))
        usual = data.dtype in (get_default_dtype(), np.dtype(np.int64), np.dtype(np.bool_))
    if not usual:
        notes.append(f"dtype=torch.{data.dtype}")
    if t.grad_fn is not None:
        notes.append(f"grad_fn=<{t.grad_fn.name()}>")
    elif t.requires_grad:
        notes.append("requires_grad=True")
    return _with_notes(prefix + body, notes, len(prefix))


def _with_notes(text: str, notes: list[str], indent: int) -> str:
    """The notes after the numbers, each on the line where it fits."""
    length = len(text) - text.rfind("\n") + 1
    for note in notes:
        if length + len(note) + 2 > _options.linewidth:
            text += ",\n" + " " * indent + note
            length = indent + len(note)
        else:
            text += ", " + note
            length += len(note) + 2
    return text + ")"


def array_repr(data: np.ndarray, indent: int) -> str:
    """The nested lists of numbers, indented for what stands before them."""
    summarize = data.size > _options.threshold
    width, shown = _format(_edges(data) if summarize else data)
    return _nested(data, indent, summarize, width, shown)


def _edges(data: np.ndarray) -> np.ndarray:
    """The elements that a summary shows."""
    for axis in range(data.ndim):
        n, edge = data.shape[axis], _options.edgeitems
        if n > 2 * edge:
            data = np.take(data, [*range(edge), *range(n - edge, n)], axis)
    return data


def _format(data: np.ndarray) -> tuple[int, Callable[[Any], str]]:
    """The width of the widest element, and the function that writes one."""
    if data.dtype.kind != "f":
        return max((len(str(v)) for v in data.ravel().tolist()), default=1), str
    finite = data[np.isfinite(data) & (data != 0)].astype(np.float64)
    digits, scientific, whole, width = _options.precision, False, True, 1
    if finite.size:
        size = np.abs(finite)
        low, high = size.min(), size.max()
        whole = bool(np.all(finite == np.ceil(finite)))
        scientific = bool(high / low > 1000 or high > 1e8 or (not whole and low < 1e-4))
    if _options.sci_mode is not None:
        scientific = _options.sci_mode
    if finite.size:
        spec = f".{digits}e" if scientific else ".0f" if whole else f".{digits}f"
        width = max(len(format(v, spec)) for v in finite.tolist()) + (whole and not scientific)

    def shown(value: float) -> str:
        if scientific:
            return f"{value:{width}.{digits}e}"
        if whole:
            return f"{value:.0f}." if math.isfinite(value) else f"{value:.0f}"
        return f"{value:.{digits}f}"

    return width, shown


def _nested(data: np.ndarray, indent: int, summarize: bool, width: int, shown: Callable[[Any], str]) -> str:
    edge = _options.edgeitems
    cut = summarize and data.ndim and data.shape[0] > 2 * edge
    if not data.ndim:
        return shown(data.item()).rjust(width)
    if data.ndim == 1:
        row = [*data[:edge].tolist(), *data[len(data) - edge :].tolist()] if cut else data.tolist()
        parts = [shown(v).rjust(width) for v in row]
        if cut:
            parts.insert(edge, " ...")
        per_line = max(1, (_options.linewidth - indent) // (width + 2))
        lines = [", ".join(parts[k : k + per_line]) for k in range(0, len(parts), per_line)]
        return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"
    rows = [*range(edge), *range(len(data) - edge, len(data))] if cut else range(len(data))
    parts = [_nested(data[k], indent + 1, summarize, width, shown) for k in rows]
    if cut:
        parts.insert(edge, "...")
    return "[" + ("," + "\n" * (data.ndim - 1) + " " * (indent + 1)).join(parts) + "]"
