"""Products of bare arrays by BLAS, and which threads compute them: `dot` and `matmul` in place of NumPy's own.

A product below `_ALONE` multiplications is NumPy's, without a detour: BLAS does not share those out either. From there on,
BLAS is held to one thread, and a product above `_SHARED` is shared out to the pool of `core/threads`, which says why.
"""

from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from ..core.standin import ARRAYS

_ALONE = 1 << 16  # multiplications; OpenBLAS's own limit for a product of matrices
ALONE_VECTOR = 9_000  # and of a matrix and a vector
LONG = 1 << 12  # elements: longer sums of float32 that are not pairwise lose digits
_SHARED = 1 << 26  # some 1.3 ms of one thread, in pieces of which no wake-up of another thread is a large part
_threads: Any = None


def _core() -> Any:
    """The module of threads, which few programs need before they compute: its imports would slow down `import autograd`."""
    global _threads
    if _threads is None:
        _threads = import_module("autograd.core.threads")
    return _threads


def dot(x: Any, y: Any) -> Any:
    """x.dot(y) for arrays of one or two dimensions."""
    if x.ndim == 2 == y.ndim:
        work = x.size * y.shape[1]
        if work < _ALONE:
            return np.dot(x, y)
        if work >= _SHARED and x.dtype.char in "fd" and (count := _core().get_num_threads()) > 1:
            return _in_parts(x, y, count)
    elif x.size < ALONE_VECTOR and y.size < ALONE_VECTOR:
        return np.dot(x, y)
    if x.ndim == 2 and len(y) > LONG and x.dtype.char == "f" and x.strides[0] < x.strides[1]:
        return _in_blocks(x, y)
    return on_one_thread(np.dot, x, y)


def matmul(x: Any, y: Any, out: Any = None) -> Any:
    """np.matmul, on tensors too; of two plain matrices by ndarray.dot, the same product at half the cost of the call."""
    if type(x) not in ARRAYS or type(y) not in ARRAYS:
        return np.matmul(x, y)
    if x.ndim == 2 == y.ndim and out is None:
        return dot(x, y)
    if x.size < ALONE_VECTOR and y.size < ALONE_VECTOR:
        return np.matmul(x, y, out)
    if y.ndim == 1 and x.ndim == 2 and out is None:
        return dot(x, y)
    return on_one_thread(np.matmul, x, y, out)


def on_one_thread(function: Any, *args: Any) -> Any:
    """The function of `args`, with one thread for BLAS until it returns."""
    known = _core().blas()
    if known is None:
        return function(*args)
    ask, put = known
    before = ask()
    if before == 1:
        return function(*args)
    put(1)
    try:
        return function(*args)
    finally:
        put(before)


def _in_blocks(x, y):
    """A matrix times many rows, or a long vector, by blocks: BLAS adds columns, where they lie together, to one sum."""
    starts = range(0, len(y), LONG)
    parts = [on_one_thread(np.dot, x[:, k : k + LONG], y[k : k + LONG]) for k in starts]
    return np.add.reduce(parts, axis=0, dtype=np.float64).astype(x.dtype)


def _in_parts(x, y, count):
    """x.dot(y) in blocks of its rows or columns, whichever are more: two blocks for each thread."""
    out = np.empty((x.shape[0], y.shape[1]), np.result_type(x, y))
    axis = int(out.shape[1] > out.shape[0])
    size = -(-out.shape[axis] // (2 * count * 16)) * 16  # whole tiles of BLAS's kernels
    blocks = [slice(start, start + size) for start in range(0, out.shape[axis], size)]
    if axis:
        parts = [(slice(None), block) for block in blocks]
        compute = partial(_columns, x, y)
    else:
        parts = [(block,) for block in blocks]
        compute = partial(_rows, x, y)
    return on_one_thread(_core().fill, out, parts, compute, count)


def _rows(x, y, part, out=None):
    return np.dot(x[part], y, out=out)


def _columns(x, y, part, out=None):
    return np.matmul(x, y[part], out=out)  # np.dot takes no strided `out`
