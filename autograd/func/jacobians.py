"""Jacobians and Hessians: all rows in one backward sweep with a batched cotangent, or all columns in forward mode."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from ..errors import ArgumentError
from ..ops.shape import concatenate, reshape
from ..tensor import Tensor
from .batched import Batched, lift
from .call import Call, Forward, pull
from .level import Level, levels, restoring
from .rules import examples, owned
from .vmap import moved


def _basis(t: Any, shape: tuple[Any, ...], start: int, stop: int, level: Level) -> Batched:
    """Rows `start` to `stop` of the identity on the elements of one example of `t`, batched."""
    n = int(np.prod(shape, dtype=np.int64))
    rows = np.eye(n, dtype=t.dtype)[start:stop].reshape((stop - start, *[1] * (t.ndim - len(shape)), *shape))
    return Batched.of(Tensor._wrap(np.broadcast_to(rows, (stop - start, *t.shape)), None), level)


def _each_row(t: Any, shape: tuple[Any, ...], chunk_size: int | None, run: Callable[..., Any]) -> list[Any]:
    """What `run` gives for all rows of the identity on `t`, `chunk_size` at a time: (rows, *shape) tensors."""
    n = int(np.prod(shape, dtype=np.int64))
    step = max(1, n if chunk_size is None else chunk_size)
    parts = []
    for start in range(0, n, step) if n else (0,):
        stop = min(start + step, n)
        level = Level(stop - start)
        parts.append([owned(examples(g, level)) for g in run(_basis(t, shape, start, stop, level))])
    return parts[0] if len(parts) == 1 else [concatenate(*p, axis=0) for p in zip(*parts, strict=True)]


def _outside(rows: Any) -> Any:
    """Rows in front of the axes of every running `vmap`, as a tensor inside of them."""
    return lift(moved(rows, 0, len(levels())))


def jacobian_rows(call: Call, chunk_size: int | None = None) -> list[list[Any]]:
    """For each output and each input the Jacobian, (*output shape, *input shape), by reverse mode."""
    depth, table = len(levels()), []
    for o, shape in zip(call.outputs, call.shapes, strict=True):
        found = _each_row(o, shape, chunk_size, lambda c, o=o: pull([o], call.inputs, [c], call.recorded))
        table.append([
            reshape(_outside(g), shape=(*shape, *x.shape[depth:])) for g, x in zip(found, call.inputs, strict=True)
        ])  # fmt: skip
    return table


def jacobian_columns(call: Call, chunk_size: int | None = None) -> list[list[Any]]:
    """The same as `jacobian_rows`, by forward mode: one pass for each input element."""
    depth, forward = len(levels()), Forward(call)
    table: list[list[Any]] = [[] for _ in call.outputs]
    for k, x in enumerate(call.inputs):
        shape = tuple(x.shape[depth:])

        def run(c: Any, k: int = k) -> list[Any]:
            return forward.push([c if j == k else None for j in range(len(call.inputs))])

        for row, found, wanted in zip(table, _each_row(x, shape, chunk_size, run), call.shapes, strict=True):
            columns = _outside(found)
            row.append(reshape(moved(columns, 0, columns.ndim - 1), shape=(*wanted, *shape)))
    return table


def _jacobian(
    compute: Callable[..., Any], func: Callable[..., Any], argnums: Any, has_aux: bool, chunk_size: int | None, op: str
) -> Callable[..., Any]:
    if chunk_size is not None and chunk_size < 1:
        raise ArgumentError(f"{op}: chunk_size must be positive or None, got {chunk_size}")

    @restoring
    @wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        call = Call(func, args, kwargs, argnums, has_aux, op)
        table = compute(call, chunk_size)
        found = call.released(call.rebuild(iter([call.build(iter(row)) for row in table])))
        return (found, call.released(call.aux)) if has_aux else found

    return jacobian


def jacrev(
    func: Callable[..., Any], argnums: Any = 0, *, has_aux: bool = False, chunk_size: int | None = None
) -> Callable[..., Any]:
    """A function that returns the Jacobian (*output shape, *input shape), by reverse mode: best for few outputs.

    >>> import autograd
    >>> autograd.func.jacrev(lambda x: x * x)(autograd.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    return _jacobian(jacobian_rows, func, argnums, has_aux, chunk_size, "jacrev")


def jacfwd(
    func: Callable[..., Any],
    argnums: Any = 0,
    has_aux: bool = False,
    *,
    randomness: str = "error",
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """A function that returns the Jacobian (*output shape, *input shape), by forward mode: best for few inputs."""
    return _jacobian(jacobian_columns, func, argnums, has_aux, chunk_size, "jacfwd")


def hessian(func: Callable[..., Any], argnums: Any = 0) -> Callable[..., Any]:
    """A function that returns the second derivatives of a scalar function: the Jacobian of its gradient.

    >>> import autograd
    >>> autograd.func.hessian(lambda x: (x ** 3).sum())(autograd.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    return jacrev(jacrev(func, argnums), argnums)
