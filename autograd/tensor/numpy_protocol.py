"""How NumPy hands a call on tensors to this library: `np.exp(t)`, `array * t`, `np.sum(t)`.

A NumPy function that names a primitive runs it, recorded like any operation. One that is a composition here is found in
`functions.numpy_names`, with NumPy's meaning of it. Any other runs on the plain arrays if nothing requires a gradient,
and raises otherwise: a zero derivative would be a silent lie.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.graph import Traced
from ..core.primitive import BY_NUMPY
from ..errors import ArgumentTypeError, NotDifferentiable
from ..functions.numpy_names import PLAIN, TABLE, as_operands


def array_ufunc(self: Any, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
    """NumPy's protocol for ufuncs (`np.exp`, `np.add.reduce`)."""
    out = kwargs.pop("out", None)
    if out is not None and not isinstance(out[0], Traced):
        raise ArgumentTypeError(
            f"{ufunc.__name__}: out= is an array and an operand a Tensor; the result would leave the graph: "
            "use x.detach().numpy(), or x = x + ..."
        )
    called = ufunc if method == "__call__" else getattr(ufunc, method)
    target = BY_NUMPY.get(called)
    if target is None and called in TABLE:
        result = TABLE[called](*as_operands(self, inputs, numbers=True), **kwargs)
    elif target is None:
        result = _on_arrays(called, self, inputs, kwargs)
    else:
        dtype = kwargs.pop("dtype", None)
        if method == "reduce" and "axis" not in kwargs and len(inputs) == 1:
            kwargs["axis"] = 0
        if dtype is not None:
            inputs = tuple(i.to(dtype) if isinstance(i, Traced) else i for i in inputs)
        result = target(*inputs, **kwargs)
    return result if out is None else out[0]._write_out(result)


def array_function(self: Any, func: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: dict[Any, Any]) -> Any:
    """NumPy's protocol for its other functions (`np.reshape`, `np.concatenate`, `np.where`)."""
    if func in (np.zeros_like, np.ones_like, np.full_like, np.empty_like):
        raw = [a._data if isinstance(a, Traced) else a for a in args]
        return self._class._wrap(func(*raw, **kwargs), None)
    if func in (np.shape, np.ndim, np.size):
        return func(args[0]._data, *args[1:], **kwargs)
    if func in TABLE:
        return TABLE[func](*as_operands(self, args), **kwargs)
    target = BY_NUMPY.get(func)
    if target is not None:
        p = target.primitive  # type: ignore[attr-defined]
        if p.variadic:
            return target(*args[0], **_named(p.options, args[1:], kwargs))
        n = len(p.inputs)
        return target(*args[:n], **_tupled(_named(p.options, args[n:], kwargs)))
    return _on_arrays(func, self, args, kwargs)


def _named(options: tuple[Any, ...], positional: tuple[Any, ...], kwargs: dict[Any, Any]) -> dict[Any, Any]:
    return {**dict(zip(options, positional, strict=False)), **{k: v for k, v in kwargs.items() if v is not None}}


def _tupled(options: dict[Any, Any]) -> dict[Any, Any]:
    for k in ("shape", "axes"):
        if isinstance(options.get(k), (int, list)):
            v = options[k]
            options[k] = (v,) if isinstance(v, int) else tuple(v)
    return options


def _on_arrays(func: Callable[..., Any], like: Any, args: tuple[Any, ...], kwargs: dict[Any, Any]) -> Any:
    def plain(a: Any) -> Any:
        if isinstance(a, Traced):
            if a._node is not None and func not in PLAIN:
                raise NotDifferentiable(
                    f"numpy.{_name(func)}: has no derivative here, and a Tensor that requires grad was given; "
                    "use an operation of autograd, or x.detach() if the gradient is to stop"
                )
            return a._data
        if isinstance(a, (list, tuple)):
            return type(a)(plain(b) for b in a)
        return a

    result = func(*(plain(a) for a in args), **{k: plain(v) for k, v in kwargs.items()})
    if isinstance(result, tuple):
        return tuple(_wrapped(like, r) for r in result)
    return _wrapped(like, result)


def _name(func: Any) -> str:
    """The name of a function, or of a method of a ufunc with the ufunc's before it."""
    owner = getattr(func, "__self__", None)
    return f"{owner.__name__}.{func.__name__}" if isinstance(owner, np.ufunc) else func.__name__


def _wrapped(like: Any, value: Any) -> Any:
    return like._class._wrap(value, None) if isinstance(value, (np.ndarray, np.generic)) else value
