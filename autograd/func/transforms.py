"""Derivatives as functions of functions: grad, vjp, jvp, Jacobians and Hessians.

All of them run the one engine. A transform gives the function tensors with nodes of their own (`fresh`), and sweeps
from its results back to those nodes. If nothing else in the graph requires a gradient, that sweep runs on bare arrays;
otherwise (a transform around this one, a parameter that the function closes over) it is itself recorded. The rows of a
Jacobian are one sweep with a batched cotangent. A column of it is a derivative of the backward pass, which is linear in
its cotangent: forward mode without a second set of rules.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np

from .. import engine
from ..errors import ArgumentError, ArgumentTypeError, GraphError, ShapeError
from ..function import alias
from ..graph import Leaf, enable_grad, no_grad
from ..ops.shape import concatenate, reshape, transpose
from ..tensor import Tensor
from .batched import Batched, lift, lower
from .level import Level, levels
from .rules import examples
from .tree import flatten, tree_map
from .vmap import moved


def fresh(t: Any) -> Any:
    """A tensor with the values of `t` and a node of its own; gradients flow on to `t` if it has a node."""
    made = alias(t)
    if made._node is None:
        made.requires_grad = True
    return made


def is_foreign(outputs: list, targets: list) -> bool:
    """Whether anything but `targets` requires a gradient of `outputs`, so that a sweep must be recorded."""
    own = {t._node for t in targets}
    nodes = engine.reachable([o._node for o in outputs if o._node is not None])
    return any(type(n) is Leaf and n not in own for n in nodes)


def pull(outputs: list, targets: list, cotangents: list, recorded: bool) -> list:
    """The cotangents of `targets` for those of `outputs`; zeros where nothing flows. Any cotangent may be batched."""
    seeds = [(o._node, c) for o, c in zip(outputs, cotangents, strict=True) if o._node is not None]
    found = _sweep(seeds, [t._node for t in targets], recorded)
    return [_filled(t, 0) if g is None else g for t, g in zip(targets, found, strict=True)]


def _filled(t: Any, value: float) -> Any:
    return Tensor._wrap(np.full(t.shape, value, t.dtype), None)


def _sweep(seeds: list, targets: list, recorded: bool, keep: bool = True) -> list:
    if not seeds:
        return [None] * len(targets)
    if recorded:
        found = engine.run(seeds, targets, keep, Tensor._wrap)
    else:
        raw = [(n, c if isinstance(c, Batched) else c._data) for n, c in seeds]
        with no_grad():
            found = engine.run(raw, targets, keep, None)
    return [_as_tensor(found.get(t)) for t in targets]


def _as_tensor(g: Any) -> Any:
    """A cotangent that nothing else shares memory with."""
    return g if g is None or isinstance(g, Tensor) else Tensor._wrap(np.array(g)[()], None)


def pull_rows(outputs: list, inputs: list, cotangents: list, *, keep: bool, create_graph: bool) -> list:
    """`engine.grad` for cotangents whose first axis counts them: one sweep for all."""
    sizes = {c.shape[0] for c in cotangents if c is not None}
    if len(sizes) != 1:
        raise ShapeError(f"grad: is_grads_batched needs grad_outputs with one and the same first dimension, got {sizes}")
    level = Level(sizes.pop())
    batched = [c if c is None else Batched.of(c, level) for c in cotangents]
    found = _pull_nodes(outputs, inputs, batched, keep, create_graph)
    return [g if g is None else examples(g, level) for g in found]


def pull_inside(outputs: list, inputs: list, cotangents: list, *, keep: bool, create_graph: bool) -> list:
    """`engine.grad` inside of `vmap`, for cotangents that are batched and a graph that is not."""
    seen = [c if c is None else seen_from((), c) for c in cotangents]
    found = _pull_nodes(outputs, inputs, seen, keep, create_graph)
    return [g if g is None else seen_here((), g) for g in found]


def _pull_nodes(outputs: list, inputs: list, cotangents: list, keep: bool, create_graph: bool) -> list:
    for o, c in zip(outputs, cotangents, strict=True):
        if c is None or tuple(c.shape) != tuple(o.shape):
            given = "nothing" if c is None else f"cotangents of shape {tuple(c.shape)}"
            raise ShapeError(f"grad: an output of shape {tuple(o.shape)} needs cotangents of its shape, got {given}")
    seeds = [(engine.node_of(o, "grad"), c) for o, c in zip(outputs, cotangents, strict=True)]
    return _sweep(seeds, [engine.node_of(i, "grad: inputs") for i in inputs], create_graph, keep)


def seen_from(made: tuple, t: Any) -> Any:
    """`t` as the graph of a function that ran inside the levels `made` sees it: later `vmap`s batch it from outside."""
    later, n, t = levels()[len(made) :], len(made), lower(t)
    t = transpose(t, axes=(*range(n, n + len(later)), *range(n), *range(n + len(later), t.ndim))) if n and later else t
    for level in later:
        t = Batched.of(t, level)
    return t


def seen_here(made: tuple, g: Any) -> Any:
    """The reverse of `seen_from`, for what a sweep through that graph found."""
    later, n = levels()[len(made) :], len(made)
    for level in reversed(later):
        g = examples(g, level)
    k = len(later)
    return lift(transpose(g, axes=(*range(k, k + n), *range(k), *range(k + n, g.ndim))) if n and k else g)


class Call:
    """One run of a function on fresh inputs: its results, and what a sweep from them needs to know."""

    def __init__(self, func: Callable, args: tuple, kwargs: dict, argnums: Any, has_aux: bool, op: str) -> None:
        chosen = _chosen(args, argnums, op)
        leaves, build = flatten(chosen)
        for t in leaves:
            if not isinstance(t, Tensor):
                raise ArgumentTypeError(f"{op}: expected tensors in argument {argnums}, got {type(t).__name__}")
            if t.dtype.kind != "f":
                raise GraphError(f"{op}: only floating tensors can be differentiated with respect to, got {t.dtype}")
        self.build, self.op, self.levels = build, op, levels()
        with enable_grad():
            self.inputs = [fresh(lower(t)) for t in leaves]
            inside = build(iter([lift(t) for t in self.inputs]))
            result = func(*_replaced(args, argnums, inside), **kwargs)
        self.aux = None
        if has_aux:
            if not (isinstance(result, tuple) and len(result) == 2):
                raise GraphError(f"{op}: with has_aux=True the function must return a tuple (output, aux)")
            result, self.aux = result
        outputs, self.rebuild = flatten(result)
        for t in outputs:
            if not isinstance(t, Tensor):
                raise GraphError(f"{op}: the function must return tensors, got {type(t).__name__}")
        self.shapes = [tuple(t.shape) for t in outputs]
        self.outputs = [lower(t) for t in outputs]
        self.recorded = is_foreign(self.outputs, self.inputs)

    def released(self, tree: Any) -> Any:
        """Results without the graph of this run, unless something else requires their gradient."""
        return tree if self.recorded else tree_map(lambda t: t.detach() if isinstance(t, Tensor) else t, tree)

    def value(self) -> Any:
        """What the function returned."""
        return self.released(self.rebuild(iter([lift(t) for t in self.outputs])))

    def gradients(self, cotangents: list) -> Any:
        """The cotangents of the inputs, in the nest of the inputs."""
        found = pull(self.outputs, self.inputs, cotangents, self.recorded or any(c._node is not None for c in cotangents))
        return self.build(iter([seen_here(self.levels, g) for g in found]))


def _chosen(args: tuple, argnums: Any, op: str) -> Any:
    n = len(args)
    for k in argnums if isinstance(argnums, tuple) else (argnums,):
        if not isinstance(k, int):
            raise ArgumentTypeError(f"{op}: argnums must be an int or a tuple of ints, got {argnums!r}")
        if not -n <= k < n:
            raise GraphError(f"{op}: argnums {argnums} names argument {k}; the function was given {n} positional arguments")
    return tuple(args[k] for k in argnums) if isinstance(argnums, tuple) else args[argnums]


def _replaced(args: tuple, argnums: Any, inside: Any) -> tuple:
    new = list(args)
    for k, value in zip(argnums, inside, strict=True) if isinstance(argnums, tuple) else ((argnums, inside),):
        new[k] = value
    return tuple(new)


def grad_and_value(func: Callable, argnums: Any = 0, has_aux: bool = False) -> Callable:
    """A function that returns the gradient of a scalar function, and its value.

    `argnums` says which arguments to differentiate (an int, or a tuple of them); they may be nests of tensors. With
    `has_aux` the function returns (output, aux), and the value is that pair.

    >>> import autograd
    >>> autograd.func.grad_and_value(lambda x: (x * x).sum())(autograd.tensor([1.0, 2.0]))
    (tensor([2., 4.]), tensor(5.))
    """

    @wraps(func)
    def both(*args: Any, **kwargs: Any) -> Any:
        call = Call(func, args, kwargs, argnums, has_aux, "grad")
        if len(call.outputs) != 1 or call.shapes[0] != ():
            raise GraphError(
                f"grad: the function must return one scalar tensor, got shapes {call.shapes}; reduce the result (.sum(), "
                ".mean()), or use vjp or jacrev"
            )
        gradient = call.gradients([_filled(call.outputs[0], 1)])
        return gradient, (call.value(), call.released(call.aux)) if has_aux else call.value()

    return both


def value_and_grad(func: Callable, argnums: Any = 0, has_aux: bool = False) -> Callable:
    """`grad_and_value` in the order of JAX: (value, gradient)."""
    both = grad_and_value(func, argnums, has_aux)
    return wraps(func)(lambda *args, **kwargs: both(*args, **kwargs)[::-1])


def grad(func: Callable, argnums: Any = 0, has_aux: bool = False) -> Callable:
    """A function that returns the gradient of a scalar function; apply it again for higher orders.

    >>> import autograd
    >>> f = lambda x: x ** 3
    >>> autograd.func.grad(f)(autograd.tensor(2.0)), autograd.func.grad(autograd.func.grad(f))(autograd.tensor(2.0))
    (tensor(12.), tensor(12.))
    """
    both = grad_and_value(func, argnums, has_aux)

    @wraps(func)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        found, value = both(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return gradient


def vjp(func: Callable, *primals: Any, has_aux: bool = False) -> Any:
    """The value of a function, and a function from cotangents of its results to cotangents of its arguments.

    >>> import autograd
    >>> value, pullback = autograd.func.vjp(lambda x: x * x, autograd.tensor([1.0, 2.0]))
    >>> pullback(autograd.tensor([1.0, 10.0]))
    (tensor([ 2., 40.]),)
    """
    call = Call(func, primals, {}, tuple(range(len(primals))), has_aux, "vjp")

    def pullback(*cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> Any:
        given = cotangents[0] if len(cotangents) == 1 else cotangents
        leaves = flatten(given)[0]
        shapes = [tuple(t.shape) for t in leaves]
        if shapes != call.shapes:
            raise GraphError(f"vjp: cotangents have shapes {shapes}, the function's results {call.shapes}; must be equal")
        return call.gradients([seen_from(call.levels, t) for t in leaves])

    value = call.value()
    return (value, pullback, call.released(call.aux)) if has_aux else (value, pullback)


class Forward:
    """The backward pass of a call as a linear function of its cotangent, whose transpose is the forward derivative."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.points = [fresh(_filled(t, 0)) for t in call.outputs]
        self.pulled = pull(call.outputs, call.inputs, self.points, True)

    def push(self, tangents: list) -> list:
        """The tangents of the outputs for those of the inputs (None: zero)."""
        given = [(g, t) for g, t in zip(self.pulled, tangents, strict=True) if t is not None]
        recorded = self.call.recorded or any(t._node is not None for _, t in given)
        return pull([g for g, _ in given], self.points, [t for _, t in given], recorded)


def jvp(func: Callable, primals: tuple, tangents: tuple, *, strict: bool = False, has_aux: bool = False) -> Any:
    """The value of a function, and the derivative of its results along `tangents` (forward mode).

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0])
    >>> autograd.func.jvp(lambda x: x * x, (x,), (autograd.ones(2),))
    (tensor([1., 4.]), tensor([2., 4.]))
    """
    if not isinstance(primals, tuple) or not isinstance(tangents, tuple) or len(primals) != len(tangents):
        raise GraphError("jvp: primals and tangents must be tuples of one length: one tangent for each argument")
    given = list(flatten(tangents)[0])
    wanted = [tuple(t.shape) for t in flatten(primals)[0]]
    if [tuple(t.shape) for t in given] != wanted:
        raise GraphError(f"jvp: tangents have shapes {[tuple(t.shape) for t in given]}, primals {wanted}; must be equal")
    call = Call(func, primals, {}, tuple(range(len(primals))), has_aux, "jvp")
    found = Forward(call).push([lower(t) for t in given])
    derivative = call.rebuild(iter([lift(t) for t in found]))
    value = call.value()
    return (value, derivative, call.released(call.aux)) if has_aux else (value, derivative)


def linearize(func: Callable, *primals: Any) -> tuple[Any, Callable]:
    """The value of a function, and its derivative there as a function of tangents, for many of which one run is enough.

    >>> import autograd
    >>> value, derivative = autograd.func.linearize(lambda x: x * x, autograd.tensor([1.0, 2.0]))
    >>> derivative(autograd.tensor([1.0, 0.0])), derivative(autograd.tensor([0.0, 1.0]))
    (tensor([2., 0.]), tensor([0., 4.]))
    """
    call = Call(func, primals, {}, tuple(range(len(primals))), False, "linearize")
    forward, shapes = Forward(call), [tuple(t.shape) for t in flatten(primals)[0]]

    def derivative(*tangents: Any) -> Any:
        given = flatten(tangents)[0]
        if [tuple(t.shape) for t in given] != shapes:
            raise GraphError(
                f"linearize: tangents have shapes {[tuple(t.shape) for t in given]}, primals {shapes}; must be equal"
            )
        found = forward.push([seen_from(call.levels, t) for t in given])
        return call.rebuild(iter([seen_here(call.levels, t) for t in found]))

    return call.value(), derivative


# -- Jacobians -------------------------------------------------------------------------------------------------------------


def _basis(t: Any, shape: tuple, start: int, stop: int, level: Level) -> Batched:
    """Rows `start` to `stop` of the identity on the elements of one example of `t`, batched."""
    n = int(np.prod(shape, dtype=np.int64))
    rows = np.eye(n, dtype=t.dtype)[start:stop].reshape((stop - start, *[1] * (t.ndim - len(shape)), *shape))
    return Batched.of(Tensor._wrap(np.broadcast_to(rows, (stop - start, *t.shape)), None), level)


def _each_row(t: Any, shape: tuple, chunk_size: int | None, run: Callable) -> list:
    """What `run` gives for all rows of the identity on `t`, `chunk_size` at a time: (rows, *shape) tensors."""
    n = int(np.prod(shape, dtype=np.int64))
    step = max(1, n if chunk_size is None else chunk_size)
    parts = []
    for start in range(0, n, step) if n else (0,):
        stop = min(start + step, n)
        level = Level(stop - start)
        parts.append([examples(g, level) for g in run(_basis(t, shape, start, stop, level))])
    return parts[0] if len(parts) == 1 else [concatenate(*p, axis=0) for p in zip(*parts, strict=True)]


def _outside(rows: Any) -> Any:
    """Rows in front of the axes of every running `vmap`, as a tensor inside of them."""
    return lift(moved(rows, 0, len(levels())))


def jacobian_rows(call: Call, chunk_size: int | None = None) -> list[list]:
    """For each output and each input the Jacobian, (*output shape, *input shape), by reverse mode."""
    depth, table = len(levels()), []
    for o, shape in zip(call.outputs, call.shapes, strict=True):
        found = _each_row(o, shape, chunk_size, lambda c, o=o: pull([o], call.inputs, [c], call.recorded))
        table.append([
            reshape(_outside(g), shape=(*shape, *x.shape[depth:])) for g, x in zip(found, call.inputs, strict=True)
        ])  # fmt: skip
    return table


def jacobian_columns(call: Call, chunk_size: int | None = None) -> list[list]:
    """The same as `jacobian_rows`, by forward mode: one pass for each input element."""
    depth, forward = len(levels()), Forward(call)
    table: list[list] = [[] for _ in call.outputs]
    for k, x in enumerate(call.inputs):
        shape = tuple(x.shape[depth:])

        def run(c: Any, k: int = k) -> list:
            return forward.push([c if j == k else None for j in range(len(call.inputs))])

        for row, found, wanted in zip(table, _each_row(x, shape, chunk_size, run), call.shapes, strict=True):
            columns = _outside(found)
            row.append(reshape(moved(columns, 0, columns.ndim - 1), shape=(*wanted, *shape)))
    return table


def _jacobian(compute: Callable, func: Callable, argnums: Any, has_aux: bool, chunk_size: int | None, op: str) -> Callable:
    if chunk_size is not None and chunk_size < 1:
        raise ArgumentError(f"{op}: chunk_size must be positive or None, got {chunk_size}")

    @wraps(func)
    def jacobian(*args: Any, **kwargs: Any) -> Any:
        call = Call(func, args, kwargs, argnums, has_aux, op)
        table = compute(call, chunk_size)
        found = call.released(call.rebuild(iter([call.build(iter(row)) for row in table])))
        return (found, call.released(call.aux)) if has_aux else found

    return jacobian


def jacrev(func: Callable, argnums: Any = 0, *, has_aux: bool = False, chunk_size: int | None = None) -> Callable:
    """A function that returns the Jacobian (*output shape, *input shape), by reverse mode: best for few outputs.

    >>> import autograd
    >>> autograd.func.jacrev(lambda x: x * x)(autograd.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    return _jacobian(jacobian_rows, func, argnums, has_aux, chunk_size, "jacrev")


def jacfwd(
    func: Callable, argnums: Any = 0, has_aux: bool = False, *, randomness: str = "error", chunk_size: int | None = None
) -> Callable:
    """A function that returns the Jacobian (*output shape, *input shape), by forward mode: best for few inputs."""
    return _jacobian(jacobian_columns, func, argnums, has_aux, chunk_size, "jacfwd")


def hessian(func: Callable, argnums: Any = 0) -> Callable:
    """A function that returns the second derivatives of a scalar function: the Jacobian of its gradient.

    >>> import autograd
    >>> autograd.func.hessian(lambda x: (x ** 3).sum())(autograd.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    return jacrev(jacrev(func, argnums), argnums)
