"""Cutting an array into several along an axis: what concatenate joined.

One primitive with several outputs, and not one slice for each: the cotangent of a slice is as large as the whole, so a
recurrence over T steps would move T**2 elements.
"""

import numpy as np

from ..core.primitive import primitive


@primitive(
    outputs=2,
    cases=[((5, 2), {"sizes": (3, 2), "axis": 0}), ((2, 4), {"sizes": (1, 3), "axis": -1})],
    why="the transpose of concatenate",
)
def split(x, *, sizes, axis):
    """Parts of x of the given sizes along an axis: views."""
    before = (slice(None),) * (axis % x.ndim)
    parts, start = [], 0
    for size in sizes:
        parts.append(x[(*before, slice(start, start + size))])
        start += size
    return tuple(parts)


@split.vjp("x")
def _(g, axis):
    return np.concatenate(g, axis=axis)
