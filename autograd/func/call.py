"""One run of a function inside a transform, and the sweeps through the graph that it leaves.

The function is given tensors with nodes of their own (`fresh`), and a sweep leads from its results back to those nodes. If
nothing else in the graph requires a gradient, that sweep runs on bare arrays; otherwise (a transform around this one, a
parameter that the function closes over) it is itself recorded.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core import engine
from ..core.function import alias
from ..core.graph import Leaf, enable_grad, no_grad
from ..errors import ArgumentTypeError, GraphError, ShapeError
from ..ops.shape import transpose
from ..tensor import Tensor
from .batched import Batched, lift, lower
from .level import Level, levels
from .rules import examples
from .tree import flatten, tree_map


def fresh(t: Any) -> Any:
    """A tensor with the values of `t` and a node of its own; gradients flow on to `t` if it has a node."""
    made = alias(t)
    if made._node is None:
        made.requires_grad = True
    return made


def is_foreign(outputs: list[Any], targets: list[Any]) -> bool:
    """Whether anything but `targets` requires a gradient of `outputs`, so that a sweep must be recorded."""
    own = {t._node for t in targets}
    nodes = engine.reachable([o._node for o in outputs if o._node is not None])
    return any(type(n) is Leaf and n not in own for n in nodes)


def pull(outputs: list[Any], targets: list[Any], cotangents: list[Any], recorded: bool) -> list[Any]:
    """The cotangents of `targets` for those of `outputs`; zeros where nothing flows. Any cotangent may be batched."""
    seeds = [(o, c) for o, c in zip(outputs, cotangents, strict=True) if o._node is not None]
    found = _sweep(seeds, [t._node for t in targets], recorded)
    return [filled(t, 0) if g is None else g for t, g in zip(targets, found, strict=True)]


def filled(t: Any, value: float) -> Any:
    """One value in every element, in the shape and dtype of `t`."""
    return Tensor._wrap(np.full(t.shape, value, t.dtype), None)


def _sweep(given: list[Any], targets: list[Any], recorded: bool, keep: bool = True) -> list[Any]:
    wanted = [t for t in targets if t is not None]
    if not given or not wanted:
        return [None] * len(targets)
    seeds: dict[Any, Any] = {}
    for o, c in given:
        g = c if recorded or isinstance(c, Batched) else c._data
        seeds[o._node] = engine.total(seeds[o._node], g) if o._node in seeds else g
    if recorded:
        found = engine.run(seeds, wanted, keep, Tensor._wrap)
    else:
        with no_grad():
            found = engine.run(seeds, wanted, keep, None)
    return [_as_tensor(found.get(t)) for t in targets]


def _as_tensor(g: Any) -> Any:
    """A cotangent that nothing else shares memory with."""
    return g if g is None or isinstance(g, Tensor) else Tensor._wrap(np.array(g)[()], None)


def pull_rows(outputs: list[Any], inputs: list[Any], cotangents: list[Any], *, keep: bool, create_graph: bool) -> list[Any]:
    """`engine.grad` for cotangents whose first axis counts them: one sweep for all."""
    sizes = {c.shape[0] for c in cotangents if c is not None}
    if len(sizes) != 1:
        raise ShapeError(f"grad: is_grads_batched needs grad_outputs with one and the same first dimension, got {sizes}")
    level = Level(sizes.pop())
    batched = [c if c is None else Batched.of(c, level) for c in cotangents]
    found = _pull_nodes(outputs, inputs, batched, keep, create_graph)
    return [g if g is None else examples(g, level) for g in found]


def pull_inside(outputs: list[Any], inputs: list[Any], cotangents: list[Any], *, keep: bool, create_graph: bool) -> list[Any]:
    """`engine.grad` inside of `vmap`, for cotangents that are batched and a graph that is not."""
    seen = [c if c is None else seen_from((), c) for c in cotangents]
    found = _pull_nodes(outputs, inputs, seen, keep, create_graph)
    return [g if g is None else seen_here((), g) for g in found]


def _pull_nodes(outputs: list[Any], inputs: list[Any], cotangents: list[Any], keep: bool, create_graph: bool) -> list[Any]:
    for o, c in zip(outputs, cotangents, strict=True):
        if c is None or tuple(c.shape) != tuple(o.shape):
            given = "nothing" if c is None else f"cotangents of shape {tuple(c.shape)}"
            raise ShapeError(f"grad: an output of shape {tuple(o.shape)} needs cotangents of its shape, got {given}")
    for o in outputs:
        engine.node_of(o, "grad")
    return _sweep(
        list(zip(outputs, cotangents, strict=True)), [engine.node_of(i, "grad: inputs") for i in inputs], create_graph, keep
    )


def seen_from(made: tuple[Any, ...], t: Any) -> Any:
    """`t` as the graph of a function that ran inside the levels `made` sees it: later `vmap`s batch it from outside."""
    later, n, t = levels()[len(made) :], len(made), lower(t)
    t = transpose(t, axes=(*range(n, n + len(later)), *range(n), *range(n + len(later), t.ndim))) if n and later else t
    for level in later:
        t = Batched.of(t, level)
    return t


def seen_here(made: tuple[Any, ...], g: Any) -> Any:
    """The reverse of `seen_from`, for what a sweep through that graph found."""
    later, n = levels()[len(made) :], len(made)
    for level in reversed(later):
        g = examples(g, level)
    k = len(later)
    return lift(transpose(g, axes=(*range(k, k + n), *range(k), *range(k + n, g.ndim))) if n and k else g)


class Call:
    """One run of a function on fresh inputs: its results, and what a sweep from them needs to know."""

    aux: None
    build: Any
    levels: Any
    op: str
    rebuild: Any

    def __init__(
        self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[Any, Any], argnums: Any, has_aux: bool, op: str
    ) -> None:
        chosen = _chosen(args, argnums, op)
        leaves, build = flatten(chosen)
        for t in leaves:
            if not isinstance(t, Tensor):
                raise ArgumentTypeError(f"{op}: expected tensors in argument {argnums}, got {type(t).__name__}")
            if t.dtype.kind != "f":
                raise GraphError(f"{op}: only floating tensors can be differentiated with respect to, got {t.dtype}")
        self.build, self.op, self.levels = build, op, levels()
        with enable_grad():
            self.inputs: list[Any] = [fresh(lower(t)) for t in leaves]
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
        self.shapes: list[tuple[Any, ...]] = [tuple(t.shape) for t in outputs]
        self.outputs: list[Any] = [lower(t) for t in outputs]
        self.recorded: bool = is_foreign(self.outputs, self.inputs)

    def released(self, tree: Any) -> Any:
        """Results without the graph of this run, unless something else requires their gradient."""
        return tree if self.recorded else tree_map(lambda t: t.detach() if isinstance(t, Tensor) else t, tree)

    def value(self) -> Any:
        """What the function returned."""
        return self.released(self.rebuild(iter([lift(t) for t in self.outputs])))

    def gradients(self, cotangents: list[Any]) -> Any:
        """The cotangents of the inputs, in the nest of the inputs."""
        found = pull(self.outputs, self.inputs, cotangents, self.recorded or any(c._node is not None for c in cotangents))
        return self.build(iter([seen_here(self.levels, g) for g in found]))


def _chosen(args: tuple[Any, ...], argnums: Any, op: str) -> Any:
    n = len(args)
    for k in argnums if isinstance(argnums, tuple) else (argnums,):
        if not isinstance(k, int):
            raise ArgumentTypeError(f"{op}: argnums must be an int or a tuple of ints, got {argnums!r}")
        if not -n <= k < n:
            raise GraphError(f"{op}: argnums {argnums} names argument {k}; the function was given {n} positional arguments")
    return tuple(args[k] for k in argnums) if isinstance(argnums, tuple) else args[argnums]


def _replaced(args: tuple[Any, ...], argnums: Any, inside: Any) -> tuple[Any, ...]:
    new = list(args)
    for k, value in zip(argnums, inside, strict=True) if isinstance(argnums, tuple) else ((argnums, inside),):
        new[k] = value
    return tuple(new)


class Forward:
    """The backward pass of a call as a linear function of its cotangent, whose transpose is the forward derivative."""

    def __init__(self, call: Call) -> None:
        self.call = call
        # A result of integers or bools has no cotangent; its tangent is zero.
        self.points: list[Any] = [fresh(filled(t, 0)) if t.dtype.kind == "f" else filled(t, 0) for t in call.outputs]
        self.pulled: list[Any] = pull(call.outputs, call.inputs, self.points, True)

    def push(self, tangents: list[Any]) -> list[Any]:
        """The tangents of the outputs for those of the inputs (None: zero)."""
        given = [(g, t) for g, t in zip(self.pulled, tangents, strict=True) if t is not None]
        recorded = self.call.recorded or any(t._node is not None for _, t in given)
        return pull([g for g, _ in given], self.points, [t for _, t in given], recorded)
