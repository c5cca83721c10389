"""`Batched`: many examples under the name of one tensor, which is what the function inside `vmap` works on.

A batched tensor holds an ordinary tensor, its examples, whose first axis counts them; shape, dtype and every operation
are those of one example. Primitives meet it in `interpret`, which applies a batching rule (`rules`) to the examples, so
whatever is composed of primitives is vectorised with nothing written for it. The graph is that of the examples: a
derivative taken inside or outside of `vmap` is a sweep over the same nodes.

The seam is `_data`. Compositions ask it for shape and dtype, and get those of one example; whoever asks for values gets
`PerExample`, upon which the operation is run for each example and the results are stacked: slower, never wrong.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import GraphError, PerExample, ShapeError
from ..functions.indexing import place_for, value_for
from ..functions.scattering import assigned
from ..ops.index import overwrite
from ..ops.shape import stack
from ..tensor import Tensor
from ..tensor.tensor import check_vmapped
from .level import Level, levels
from .rules import examples, gathered, is_batched, is_vectorised, rule_of
from .tree import flatten, tree_map


class _OneExample(np.lib.mixins.NDArrayOperatorsMixin):
    """What stands for the raw data of one example: its shape and dtype are known, its values are many."""

    __slots__ = ("dtype", "owner", "shape")
    base = None

    def __init__(self, owner: "Batched", shape: tuple[Any, ...], dtype: np.dtype) -> None:
        self.owner, self.shape, self.dtype = owner, shape, dtype

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        n = 1
        for k in self.shape:
            n *= k
        return n

    def __getitem__(self, index: Any) -> "_OneExample":
        for part in index if isinstance(index, tuple) else (index,):
            if isinstance(part, _OneExample):
                part._refuse()
        return _OneExample(self.owner, np.broadcast_to(np.False_, self.shape)[index].shape, self.dtype)

    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        raise PerExample(self.owner)

    __array__ = __array_ufunc__ = __array_function__ = __bool__ = __float__ = __int__ = __index__ = _refuse

    def __len__(self) -> int:
        return self.shape[0]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise PerExample(self.owner)


class Batched(Tensor):
    """The tensor that a function sees inside `vmap`: one example in shape, all of them in content."""

    __slots__ = ()
    _value: Tensor
    _level: Level
    _argument: bool = False  # whether the caller of vmap holds the examples, too

    @classmethod
    def of(cls, value: Tensor, level: Level, argument: bool = False) -> "Batched":
        """The examples along the first axis of `value`."""
        made = object.__new__(cls)
        made._value, made._level = value, level
        if argument:
            made._argument = True
        return made

    @property
    def _data(self) -> Any:  # type: ignore[override]
        inner = self._value._data
        return _OneExample(self, inner.shape[1:], inner.dtype)

    @property
    def _node(self) -> Any:  # type: ignore[override]
        return self._value._node

    def _array(self) -> Any:
        raise PerExample(self)

    @property
    def requires_grad(self) -> bool:
        """Whether a gradient is computed for the examples."""
        return self._value.requires_grad

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        raise GraphError("vmap: requires_grad cannot be set inside a vmapped function; use func.grad, or set it outside")

    def detach(self) -> "Batched":
        """The examples outside of the graph."""
        return Batched.of(self._value.detach(), self._level)

    def all_examples(self) -> Tensor:
        """The examples of every running `vmap` as one tensor."""
        return self._value.all_examples()

    def backward(self, *args: Any, **kwargs: Any) -> None:
        """Not inside of `vmap`: a gradient there is what `func.grad` gives."""
        raise GraphError("vmap: backward() inside a vmapped function would mix the examples; use func.grad")

    def contiguous(self, memory_format: Any = None) -> "Batched":
        """Itself: how the examples are laid out in memory is not seen from here."""
        return self

    def is_contiguous(self, memory_format: Any = None) -> bool:
        """True."""
        return True

    def __repr__(self) -> str:
        return f"Batched(examples={self._level.size}, each={tuple(self.shape)}, {self.dtype})"

    # -- operations ------------------------------------------------------------------------------------------------------

    def interpret(self, prim: Any, args: tuple[Any, ...], options: dict[Any, Any]) -> Any:
        """What a primitive means when some of its operands stand for examples."""
        level = max((a._level for a in args if isinstance(a, Batched)), key=lambda k: k.depth)
        rule = rule_of(prim)
        if rule is None:
            return next(a for a in args if is_batched(a, level)).each_example(prim.call, (args, options))
        found = rule(prim, args, options, level)
        if isinstance(found, tuple):
            return tuple(Batched.of(t, level) for t in found)
        found = Batched.of(found, level)
        if prim.view and isinstance(args[0], Batched):
            found._link(args[0], prim, options)
        return found

    def take_from(self, x: Any, index: Any) -> Any:
        """x[index], where this tensor is, or is part of, the index."""
        parts = index if isinstance(index, tuple) else (index,)
        if self.dtype != np.bool_ and is_vectorised(x, parts, self._level):
            return Batched.of(gathered(x, parts, self._level), self._level)
        return self.each_example(lambda *given: given[0][given[1:]], (x, *parts))

    def each_example(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[Any, Any] | None = None) -> Any:
        """`fn` run once for each example, and the results stacked."""
        leaves, build = flatten((args, kwargs or {}))
        levels_of = [a._level for a in leaves if isinstance(a, Batched)]
        if self._level not in levels_of:
            raise PerExample(self)
        level = max(levels_of, key=lambda k: k.depth)  # from the inside out: an operand may be batched by several
        runs = []
        for k in range(level.size):
            mine = [a._value[k] if is_batched(a, level) else a for a in leaves]
            positional, named = build(iter(mine))
            try:
                runs.append(fn(*positional, **named))
            except PerExample as stop:  # an operand is batched by a vmap further out, too
                runs.append(stop.batched.each_example(fn, positional, named))
        parts = [flatten(r)[0] for r in runs]
        if any(len({tuple(t.shape) for t in p}) > 1 for p in zip(*parts, strict=True) if isinstance(p[0], Tensor)):
            raise ShapeError(
                "vmap: the shape of a result differs from example to example (as after a mask, nonzero or unique), so the "
                "results cannot be stacked; use where() in place of a mask, or a loop over examples"
            ) from None
        joined = [stack(*p, axis=0) if isinstance(p[0], Tensor) else p[0] for p in zip(*parts, strict=True)]
        return tree_map(lambda t: Batched.of(t, level) if isinstance(t, Tensor) else t, flatten(runs[0])[1](iter(joined)))

    def __array_function__(self, func: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: dict[Any, Any]) -> Any:
        if func in (np.zeros_like, np.ones_like):
            like = args[0]
            return Tensor._wrap(func(np.empty(like.shape, like.dtype), **kwargs), None)
        return super().__array_function__(func, types, args, kwargs)

    # -- changes in place: new examples, for this tensor and for whatever shares its memory ---------------------------------

    def _change(self, op: str, compute: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[Any, Any]) -> "Batched":
        check_vmapped(self, op, (*args, *kwargs.values()))
        self._store(op, compute(Batched.of(self._value, self._level), *args, **kwargs))
        return self

    def _store(self, op: str, new: Any) -> None:
        if new.shape != self.shape:
            raise GraphError(f"{op}: the result has shape {tuple(new.shape)}, the tensor {tuple(self.shape)}; must be equal")
        new = new if new.dtype == self.dtype else new.to(self.dtype)
        base: Any = self._base
        if base is None:
            self._replace(new)
        else:
            base._replace(overwrite(base, new, chain=self._chain))

    def _assign(self, op: str, index: Any, value: Any) -> None:
        check_vmapped(self, op, (value, *(index if isinstance(index, (tuple, list)) else (index,))))
        value = value_for(self, value, op)
        try:
            chain, _, value = place_for(self, index, value, op)
        except PerExample as stop:  # the index differs from example to example
            parts = index if isinstance(index, tuple) else (index,)
            own = Batched.of(self._value, self._level)
            self._store(op, stop.batched.each_example(lambda x, value, *at: assigned(x, value, at, op), (own, value, *parts)))
            return
        base: Any = self._base or self
        base._replace(overwrite(base, value, chain=(*self._chain, *chain)))

    def _become(self, op: str, compute: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[Any, Any]) -> "Batched":
        if self._base is not None or any(ref() is not None for ref in self._views or ()):
            raise GraphError(f"{op}: inside vmap a view cannot be reshaped in place; use the method without the underscore")
        self._value = compute(Batched.of(self._value, self._level), *args, **kwargs)._value
        return self

    def _replace(self, new: Any) -> None:
        """Stand for other examples from here on, and so must all views."""
        if self._argument:
            raise GraphError(
                "vmap: an argument of the function is changed in place, which would not be seen outside; change a clone()"
            )
        self._value = examples(new, self._level)
        for ref in self._views or ():
            view: Any = ref()
            if view is not None:
                shown = Batched.of(self._value, self._level)
                for prim, options in view._chain:
                    shown = prim.call((shown,), options)
                view._value = shown._value


def lower(t: Any) -> Any:
    """`t` with the examples of every running `vmap` as leading axes, the outermost first: an ordinary tensor."""
    for level in reversed(levels()):
        t = examples(t, level)
    return t


def lift(t: Any) -> Any:
    """The reverse of `lower`."""
    for level in levels():
        t = Batched.of(t, level)
    return t
