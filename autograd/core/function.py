"""A user's own operation: a class with `forward` and `backward`, applied like any function and recorded as one node.

The node's primitive is made for the class, and all its inputs share one rule, which runs `backward` once per sweep and
hands out its results one by one. What the user saves lives in the node and not in the primitive, so it is freed as the
sweep passes, and an output that is saved is kept as a raw array: a graph stays free of cycles.
"""

import weakref
from collections.abc import Callable
from functools import wraps
from itertools import repeat
from typing import Any

import numpy as np

from ..errors import ArgumentTypeError, GraphError, NotDifferentiable, ShapeError
from .graph import Leaf, Node, Traced, is_grad_enabled, no_grad
from .primitive import Parts, pick_node
from .shapes import broadcast


class FunctionCtx:
    """What `forward` leaves for `backward`: saved tensors, and any attribute that the user sets.

    `needs_input_grad` has one bool for each argument of `apply`.
    """

    needs_input_grad: tuple[bool, ...] = ()
    _materialize = True

    def __init__(self) -> None:
        self._to_save: tuple[Any, ...] = ()
        self._saved: list[tuple[Any, Any]] | None = None
        self._dirty: tuple[Any, ...] = ()
        self._constant: tuple[Any, ...] = ()

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep tensors (inputs, outputs or others; None is allowed) for `backward`, which finds them in `saved_tensors`."""
        for t in tensors:
            if t is not None and not isinstance(t, Traced):
                raise ArgumentTypeError(
                    f"save_for_backward: can only save tensors and None, got {type(t).__name__}; "
                    "keep other values as attributes, ctx.name = value"
                )
        self._to_save = tensors

    save_for_forward = save_for_backward

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """The saved tensors, connected to the graph."""
        if self._saved is None:
            return self._to_save
        return tuple(None if t is None else t if node is None else _connected(t, node) for t, node in self._saved)

    def mark_dirty(self, *tensors: Any) -> None:
        """Say that `forward` changed these inputs in place; it must return them."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Any) -> None:
        """Say that these outputs have no derivative."""
        self._constant = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether `backward` gets zeros (True) or None (False) for an output to which no gradient flows."""
        self._materialize = value


def _connected(tensor: Any, find_node: Callable[..., Any]) -> Any:
    return tensor._class._wrap(tensor._data, find_node())


class Function:
    """An operation with a derivative of the user's own: `forward(ctx, *args)` and `backward(ctx, *grads)`, both static.

    `backward` returns one gradient (or None) for each argument of `forward`; written in tensor operations it can itself
    be differentiated. With a `setup_context(ctx, inputs, output)`, `forward` takes no ctx.

    >>> import autograd
    >>> class Square(autograd.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         ctx.save_for_backward(x)
    ...         return x * x
    ...     @staticmethod
    ...     def backward(ctx, g):
    ...         x, = ctx.saved_tensors
    ...         return 2 * x * g
    >>> x = autograd.tensor(3.0, requires_grad=True)
    >>> Square.apply(x).backward(); x.grad
    tensor(6.)
    """

    generate_vmap_rule = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise GraphError(
            f"{type(self).__name__}: a Function with a non-static forward is not accepted; make forward and backward "
            "static methods and call the class's apply"
        )

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Compute the outputs from the arguments of `apply`."""
        raise NotImplementedError("Function: a subclass must define forward(ctx, *args) as a static method")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        """Save what `backward` needs, when `forward` takes no ctx."""
        raise NotImplementedError("Function: setup_context(ctx, inputs, output) is not defined")

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        """The gradient of each argument of `forward`, from the gradient of each output."""
        raise NotImplementedError("Function: to be differentiated a subclass must define backward(ctx, *grads)")

    vjp = backward

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Run `forward` and record it. Raises if any of the parts is wrong: counts, shapes, types."""
        for a in args:
            if isinstance(a, Traced) and a.interpret is not None:
                return a.each_example(cls.apply, args)
        ctx = FunctionCtx()
        ctx.needs_input_grad = tuple(isinstance(a, Traced) and a._node is not None for a in args)
        with no_grad():
            if cls.setup_context is Function.setup_context:
                output = cls.forward(ctx, *args)
            else:
                output = cls.forward(*args)
                cls.setup_context(ctx, args, output)
        recorded = is_grad_enabled() and any(ctx.needs_input_grad)
        outputs = output if isinstance(output, tuple) else (output,)
        for t in ctx._dirty:
            if recorded and type(t._node) is Leaf:
                t._check_changeable(cls.__name__)
        if recorded:
            outputs = _record(cls, ctx, args, outputs)
        return outputs if isinstance(output, tuple) else outputs[0]


def _record(cls: type[Any], ctx: FunctionCtx, args: tuple[Any, ...], outputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """The outputs of a forward pass, as results of one new node."""
    call = _Call(cls, ctx, args, outputs)
    parents = tuple(a._node for a in args if isinstance(a, Traced))
    raw = tuple(o._data for o in outputs if isinstance(o, Traced))
    guarded = [t._data for t in ctx._to_save if t is not None]
    saved = tuple(None if p is None else (k, call, *guarded) for k, p in enumerate(parents))
    prim = Opaque(cls.__name__, _run_backward, len(raw), ctx._materialize, bool(guarded))
    single = len(raw) == 1
    datas = tuple(a._data for a in args if isinstance(a, Traced))
    node = Node(prim, parents, saved, raw[0] if single else raw, datas)
    made: list[Any] = []
    nodes: dict[int, Callable[..., Any]] = {}
    for o in outputs:
        if not isinstance(o, Traced):
            made.append(o)
        elif any(o is c for c in ctx._constant) or o._data.dtype.kind != "f":
            made.append(o.detach() if o._node is not None else o)
        else:
            k = len([m for m in made if isinstance(m, Traced)])
            mine = node if single else pick_node(node, k, o._data)
            nodes[id(o)] = _finder(node, None if single else k)
            made.append(_output(o, mine, ctx, args))
    ctx._saved = [(t, None) if t is None else _kept(t, nodes.get(id(t))) for t in ctx._to_save]
    ctx._to_save = ()
    return tuple(made)


def _output(o: Any, node: Node, ctx: FunctionCtx, args: tuple[Any, ...]) -> Any:
    """An output as the result of `node`: a changed input is itself, an input returned as it was becomes a new tensor."""
    new = o._class._wrap(o._data, node)
    if any(o is d for d in ctx._dirty):
        o._rebase(new, o._node if o._base is None else o._base._node)
        return o
    if any(o is a for a in args):
        return new
    o._node = node
    return o


def _finder(node: Node, k: int | None) -> Callable[..., Any]:
    """A way back to the node of an output that keeps no reference to it."""
    ref = weakref.ref(node)

    def find() -> Any:
        found: Any = ref()
        return found if found is None or k is None else pick_node(found, k, found.value[k])

    return find


def _kept(tensor: Any, find_node: Callable[..., Any] | None) -> tuple[Any, ...]:
    """A saved tensor; an output of this very operation without its node, which would close a cycle."""
    if find_node is None:
        return tensor, None
    return tensor._class._wrap(tensor._data, None), find_node


class _Call:
    """One application: its context, and the results of `backward` on their way to the inputs' rules."""

    def __init__(self, cls: Any, ctx: FunctionCtx, args: tuple[Any, ...], outputs: tuple[Any, ...]) -> None:
        self.cls, self.ctx = cls, ctx
        self.places = [k for k, a in enumerate(args) if isinstance(a, Traced)]
        self.shapes: list[Any] = [a._data.shape if isinstance(a, Traced) else None for a in args]
        self.dtypes: list[Any] = [a._data.dtype if isinstance(a, Traced) else None for a in args]
        self.differentiable = [isinstance(o, Traced) for o in outputs]
        self.make = next(a._class._wrap for a in args if isinstance(a, Traced))
        self.cotangent: Any = None
        self.results: dict[int, Any] = {}

    def result(self, k: int, g: Any) -> Any:
        """The cotangent of the tensor argument numbered `k`."""
        if self.cotangent is not g or k not in self.results:
            self.results = dict(enumerate(self.run(g)))
            self.cotangent = g
        found = self.results.pop(k)
        if not self.results:
            self.cotangent = None
        return found

    def run(self, g: Any) -> list[Any]:
        """Call `backward` and check what it returns."""
        parts = list(g) if isinstance(g, Parts) else [g]
        recording = any(isinstance(p, Traced) for p in parts)
        parts = [p if p is None or isinstance(p, Traced) else self.make(p, None) for p in parts]
        tensors = iter(parts)
        grads = [next(tensors) if d else None for d in self.differentiable]
        rule = self.cls.vjp if self.cls.backward is Function.backward else self.cls.backward
        if recording:
            returned = rule(self.ctx, *grads)
        else:
            with no_grad():
                returned = rule(self.ctx, *grads)
        returned = list(returned) if isinstance(returned, (tuple, list)) else [returned]
        n = len(self.shapes)
        while len(returned) > n and returned[-1] is None:
            returned.pop()
        name = self.cls.__name__
        if len(returned) != n:
            raise GraphError(
                f"{name}.backward returned an incorrect number of gradients (expected {n}, got {len(returned)}): "
                "one for each argument of forward, None for those that have none"
            )
        return [self.checked(name, k, returned[k], recording) for k in self.places]

    def checked(self, name: str, k: int, g: Any, recording: bool) -> Any:
        """A returned gradient in the shape and dtype of its argument."""
        if g is None:
            return None
        if not isinstance(g, Traced):
            raise ArgumentTypeError(
                f"{name}.backward returned {type(g).__name__} as gradient {k}; a Tensor or None is required"
            )
        shape, given = self.shapes[k], tuple(g.shape)
        if given != shape:
            try:
                fits = broadcast(name, shape, given) == given
            except ShapeError:
                fits = False
            if not fits:
                raise ShapeError(
                    f"{name}.backward returned an invalid gradient at index {k}: got shape {given}, the argument has "
                    f"shape {tuple(shape)}; return a gradient of the argument's shape"
                )
        if g.dtype != self.dtypes[k]:
            g = g.to(self.dtypes[k])
        return g if recording else g._data


class Opaque:
    """A primitive outside of the registry, with one rule for all its inputs; only that rule reads what a node saved."""

    inputs: tuple[str, ...] = ("args",)
    options: tuple[str, ...] = ()
    variadic = opaque = broadcasting = differentiable = True
    elementwise = view = analytic = promotes = floats = either = False
    doc = ""

    def __init__(self, name: str, rule: Callable[..., Any], outputs: int = 1, fills: bool = True, saves: bool = False) -> None:
        self.name: str = name
        self.outputs: int = outputs
        self.fills: bool = fills
        self.saves: bool = saves
        self.rule_list: Any = repeat(rule)

    def rule(self, position: int) -> Callable[..., Any]:
        """The rule for the input at `position`: the same for all."""
        return next(self.rule_list)

    def input_name(self, position: int) -> str:
        """The name of the input at `position`."""
        return f"args[{position}]"

    def __repr__(self) -> str:
        return f"<Function {self.name}>"


def _run_backward(g: Any, k: int, call: _Call, *guarded: Any) -> Any:
    return call.result(k, g)


def once_differentiable(backward: Callable[..., Any]) -> Callable[..., Any]:
    """Say that a `backward` is not written in differentiable operations: a second derivative through it raises."""

    @wraps(backward)
    def once(ctx: Any, *grads: Any) -> Any:
        with no_grad():
            returned = backward(ctx, *grads)
        sources = [g for g in grads if isinstance(g, Traced)]
        sources += [t for t in ctx.saved_tensors if isinstance(t, Traced)]
        if not is_grad_enabled() or all(t._node is None for t in sources):
            return returned
        results = returned if isinstance(returned, tuple) else (returned,)
        name = getattr(backward, "__qualname__", "backward")
        marked = tuple(_marked(r, sources, name) if isinstance(r, Traced) else r for r in results)
        return marked if isinstance(returned, tuple) else marked[0]

    return once


def _marked(result: Any, sources: list[Any], name: str) -> Any:
    parents = tuple(t._node for t in sources)
    saved = tuple(None if p is None else (name,) for p in parents)
    node = Node(_ONCE, parents, saved, result._data, tuple(t._data for t in sources))
    return result._class._wrap(result._data, node)


def _refuse(g: Any, name: str) -> Any:
    raise NotDifferentiable(f"{name}: trying to differentiate twice a function that was marked with @once_differentiable")


_ONCE = Opaque("once_differentiable", _refuse)
_ALIAS = Opaque("alias", lambda g: g)


def alias(tensor: Any) -> Any:
    """A tensor on the same memory with a node of its own, from which gradients flow on to `tensor`."""
    data = tensor._data if isinstance(tensor._data, np.generic) else tensor._array()
    result = tensor._class._wrap(data, None)
    if tensor._node is not None:
        result._node = Node(_ALIAS, (tensor._node,), ((),), data, (data,))
    return result
