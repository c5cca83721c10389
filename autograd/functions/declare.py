"""How a public function is declared once and becomes a function, a Tensor method and an in-place method.

`@function` adds what all of PyTorch's functions have in common: NumPy's spellings `axis` and `keepdims`, `out=`, and an
error that names the function when its first argument is not a tensor.
"""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from ..core.graph import Traced
from ..core.half import in_single
from ..errors import ArgumentTypeError, GradloomError, PerExample
from . import BOTH_LATER


class _Methods(dict[str, Callable[..., Any]]):
    """Calls by the name of the method; one of a module that is not imported yet is found there."""

    def __missing__(self, name: str) -> Callable[..., Any]:
        import_module(BOTH_LATER[name], "autograd")
        return self[name]


METHODS = _Methods()
INPLACE: dict[str, Callable[..., Any]] = {}
INPLACE_VIEWS: dict[str, Callable[..., Any]] = {}

_SPELLINGS = {"axis": "dim", "keepdims": "keepdim"}


def function(
    fn: Callable[..., Any] | None = None,
    *,
    method: bool = True,
    inplace: bool | str = False,
    checked: bool = True,
    single: bool = False,
    name: str = "",
    sizes: str = "",
    spellings: dict[str, str] | None = None,
) -> Any:
    """Declare a public function.

    `method`: also a Tensor method. `inplace`: also a method with `_` at its end, which writes the result into the
    tensor's memory, or ("view") makes the tensor itself show its memory in another shape. `single`: float16 is computed in
    float32 and rounded once. `sizes`: the name under which the variable arguments may be given as one (`x.view(2, 3)`,
    `x.view(size=(2, 3))`). `spellings`: further names of parameters, which PyTorch has for one of several forms of the call
    (`x.split(split_size=2)`).
    """
    if fn is None:
        how = {"method": method, "inplace": inplace, "checked": checked, "single": single, "name": name, "sizes": sizes}
        return lambda f: function(f, **how, spellings=spellings)
    name = name or fn.__name__
    fn.__qualname__ = name  # what Python says when an argument is missing
    implementation: Callable[..., Any] = in_single(fn) if single else fn
    also = _SPELLINGS if spellings is None else {**_SPELLINGS, **spellings}
    first = fn.__code__.co_varnames[0] if fn.__code__.co_argcount else ""

    def call(*args: Any, **kwargs: Any) -> Any:
        out = None
        if kwargs:
            out = kwargs.pop("out", None)
            for spelling, meant in also.items():
                if spelling in kwargs:
                    kwargs[meant] = kwargs.pop(spelling)
            if "input" in kwargs and not args and first != "input" and first not in kwargs:
                args = (kwargs.pop("input"),)  # what linalg calls A and the older name calls input
            if sizes and sizes in kwargs:
                args = (*([kwargs.pop("input")] if "input" in kwargs else args), kwargs.pop(sizes))
        if checked and args and not isinstance(args[0], Traced):
            if hasattr(args[0], "_called"):  # a sparse tensor knows what it can do
                return args[0]._called(name, args, kwargs)
            raise ArgumentTypeError(
                f"{name}(): argument 'input' (position 1) must be Tensor, not {type(args[0]).__name__}; "
                "make one with autograd.tensor(...)"
            )
        try:
            result = implementation(*args, **kwargs)
        except PerExample as stop:
            result = stop.batched.each_example(implementation, args, kwargs)
        except GradloomError as error:
            raise renamed(error, name) from None
        except TypeError as error:
            if not str(error).startswith("unhashable"):  # remembered arithmetic on shapes was given no number
                raise
            raise ArgumentTypeError(
                f"{name}: a dim or a size must be an int, got one that is a {str(error).split()[-1]}"
            ) from None
        return result if out is None else written_out(result, out)

    call.__name__ = call.__qualname__ = name
    call.__module__, call.__doc__ = fn.__module__, fn.__doc__
    call.__wrapped__ = fn  # type: ignore[attr-defined]  # where `help` finds the parameters
    offer(name, call, method=method, inplace=inplace)
    return call


def written_out(result: Any, out: Any) -> Any:
    """`result` stored in the tensor `out`, or several results each in its own."""
    if isinstance(out, Traced):
        return out._write_out(result)
    if not isinstance(result, tuple) or len(out) != len(result):
        raise ArgumentTypeError(f"out= must be one tensor for each result, got {type(out).__name__}")
    for place, value in zip(out, result, strict=True):
        place._write_out(value)
    return type(result)(*out)


def offer(name: str, call: Callable[..., Any], *, method: bool = True, inplace: bool | str = False) -> Callable[..., Any]:
    """Make `call` a Tensor method of that name (and an in-place one), without a wrapper of its own."""
    if method:
        METHODS[name] = call
    if inplace:
        (INPLACE_VIEWS if inplace == "view" else INPLACE)[f"{name}_"] = call
    return call


def renamed(error: GradloomError, name: str) -> GradloomError:
    """An error of an operation that a composition called, as an error of the composition."""
    message = str(error)
    if name in message:
        return error
    head, colon, rest = message.partition(": ")
    told = type(error)(f"{name}: {rest}" if colon and head.replace(".", "").isidentifier() else f"{name}: {message}")
    return told.with_traceback(error.__traceback__)


def constant(like: Any, raw: Any) -> Any:
    """A tensor without gradient around a raw array, of the class of `like`."""
    return like._class._wrap(raw, None)


def raw(value: Any) -> Any:
    """The raw array of a tensor; anything else as it is."""
    return value._data if isinstance(value, Traced) else value
