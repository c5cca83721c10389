"""The cell of a long short-term memory: nine operations on small arrays, whose overhead would be all of its cost."""

import numpy as np

from ..core.primitive import primitive
from .transcendental import sigmoid


def _quarters(x):
    n = x.shape[-1] // 4
    return x[..., :n], x[..., n : 2 * n], x[..., 2 * n : 3 * n], x[..., 3 * n :]


@primitive(
    outputs=2,
    cases=[(((3, 8), (3, 2)), {}), (((4,), (1,)), {})],
    why="as a composition the overhead of nine operations and their nodes is most of what a step costs",
)
def lstm_cell(gates, c):
    """The next output and memory: gates (..., 4 n) are what enters, what is kept, the new values, and what leaves."""
    enter, keep, _, leave = _quarters(sigmoid(gates))
    c = keep * c + enter * np.tanh(_quarters(gates)[2])
    return leave * np.tanh(c), c


def _of_memory(g, leave, memory):
    """The cotangent of the new memory: its own, and what comes through the output leave * tanh(memory)."""
    return g[1] + g[0] * leave / np.square(np.cosh(memory))


@lstm_cell.vjp("c")
def _(g, gates, ans):
    _, keep, _, leave = _quarters(sigmoid(gates))
    return _of_memory(g, leave, ans[1]) * keep


@lstm_cell.vjp("gates")
def _(g, gates, c, ans):
    s, new = sigmoid(gates), _quarters(gates)[2]
    enter, _, _, leave = _quarters(s)
    memory = _of_memory(g, leave, ans[1])
    slope_of_enter, slope_of_keep, _, slope_of_leave = _quarters(s * sigmoid(-gates))
    parts = [
        memory * np.tanh(new) * slope_of_enter,
        memory * c * slope_of_keep,
        memory * enter / np.square(np.cosh(new)),
        g[0] * np.tanh(ans[1]) * slope_of_leave,
    ]
    return np.concatenate(parts, axis=-1)
