"""In-place methods, derived from functions: `x.exp_()` from `exp`, `x += y` from `add_`.

A change that is to be recorded goes through `Tensor._change`, which copies what backward will need. Where nothing is
recorded, the four operations of every hand-written update rule are computed straight into the tensor's memory.
"""

import operator as op
from collections.abc import Callable
from typing import Any

import numpy as np

from .graph import Node, Traced, is_grad_enabled, mutated
from .standin import ARRAYS

OPERATORS = {
    "__iadd__": "add_",
    "__isub__": "sub_",
    "__imul__": "mul_",
    "__itruediv__": "div_",
    "__ifloordiv__": "floor_divide_",
    "__imod__": "remainder_",
    "__ipow__": "pow_",
    "__iand__": "bitwise_and_",
    "__ior__": "bitwise_or_",
    "__ixor__": "bitwise_xor_",
    "__ilshift__": "bitwise_left_shift_",
    "__irshift__": "bitwise_right_shift_",
}

_STRAIGHT = {
    "add_": (np.add, op.add),
    "sub_": (np.subtract, op.sub),
    "mul_": (np.multiply, op.mul),
    "div_": (np.true_divide, op.truediv),
}


_EXAMPLE = "\n\n    >>>"  # which shows the function


def derived(name: str, compute: Callable[..., Any], how: str = "_change") -> Callable[..., Any]:
    """The method `name` that replaces a tensor's values by what `compute` makes of it."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(self, how)(name, compute, args, kwargs)

    if name in _STRAIGHT:
        ufunc, operator = _STRAIGHT[name]
        method = _straight(name, ufunc, operator, method)
    method.__name__ = method.__qualname__ = name
    method.__doc__ = f"The in-place form of `{name[:-1]}`.\n\n{(compute.__doc__ or '').partition(_EXAMPLE)[0]}"
    method.__wrapped__ = compute  # type: ignore[attr-defined]  # where `help` finds the parameters
    return method


def _straight(name: str, ufunc: np.ufunc, operator: Callable[..., Any], general: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        value = _operand(self, args, kwargs) if self.interpret is None else None
        if value is None:
            return general(self, *args, **kwargs)
        data = self._data
        if type(data) not in ARRAYS:
            self._data = operator(data, value)  # whoever saved the old value has it still
            return self
        try:
            ufunc(data, value, out=data)
        except ValueError:  # shapes: the general way says what is wrong
            return general(self, *args, **kwargs)
        mutated(data, name)
        return self

    return method


def _operand(self: Any, args: tuple[Any, ...], kwargs: dict[Any, Any]) -> Any:
    """The raw right operand if nothing is to be recorded, converted or promoted; else None."""
    data = self._data
    of_array = type(data) in ARRAYS
    if len(args) != 1 or data.dtype.kind != "f" or (of_array and not data.flags.writeable):
        return None
    scale = kwargs.get("alpha") if kwargs else 1
    if len(kwargs) > 1 or (type(scale) is not float and type(scale) is not int):
        return None
    other = args[0]
    kind = type(other)
    if kind is float or kind is int:
        return None if is_grad_enabled() and has_graph(self) else other * scale
    if not isinstance(other, Traced) or other.interpret is not None or other._data.dtype != data.dtype:
        return None
    if not of_array and type(other._data) in ARRAYS:
        return None
    if is_grad_enabled() and (has_graph(self) or other._node is not None):
        return None
    return other._data if scale == 1 else other._data * scale


class _Interrupted:
    """What made the values of a tensor whose change was interrupted between its memory and its graph."""

    name = "interrupted"
    inputs = ("values",)
    opaque = saves = True
    variadic = broadcasting = either = fills = False
    outputs = 1
    rule_list = (None,)
    gone = (
        "backward: the change of this tensor in place was interrupted, so that its memory and its graph do not agree; compute "
        "the tensor again"
    )


class Changing:
    """A recorded change in place: until it is complete, `base` and its views cannot be differentiated.

    Memory and graph are written one after the other, and an interrupt (Ctrl-C) may come between them. Any other error comes
    before anything is written, and leaves the graph as it was.
    """

    def __init__(self, base: Any) -> None:
        views = [view for ref in base._views or () if (view := ref()) is not None]
        self._nodes = [(t, t._node) for t in (base, *views)]

    def __enter__(self) -> Any:
        """The node that the base has had."""
        self._between = Node(_INTERRUPTED, (None,), None, np.False_, ())
        for tensor, _ in self._nodes:
            tensor._node = self._between
        return self._nodes[0][1]

    def __exit__(self, kind: Any, *_: object) -> None:
        if kind is not None and not issubclass(kind, Exception):
            return
        for tensor, node in self._nodes:
            if tensor._node is self._between:
                tensor._node = node


_INTERRUPTED: Any = _Interrupted()


def has_graph(t: Any) -> bool:
    """Whether a tensor, or what it is a view of, was computed by recorded operations or collects a gradient."""
    return t._node is not None or (t._base is not None and t._base._node is not None)
