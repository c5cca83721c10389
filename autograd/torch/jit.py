"""`torch.jit` without TorchScript: what is to be scripted runs as the Python that it is, what is to be traced is compiled.

>>> import autograd
>>> @autograd.jit.script
... def double(x):
...     return x * 2
>>> double(autograd.ones(2))
tensor([2., 2.])
"""

from collections.abc import Callable
from typing import Any, Final as Final

from ..compiler import compile
from ..core.graph import no_grad
from ..errors import ArgumentTypeError

_Fn = Callable[..., Any]


def script(obj: Any, *args: Any, **kwargs: Any) -> Any:
    """The function, class or module itself."""
    if not callable(obj):
        raise ArgumentTypeError(f"jit.script: expected a function, a class or a module, got {type(obj).__name__}")
    return obj


def trace(func: Any, example_inputs: Any = None, *args: Any, **kwargs: Any) -> Any:
    """The function or module compiled, after one call with the example inputs; no branch is frozen as by PyTorch's trace."""
    if not callable(func):
        raise ArgumentTypeError(f"jit.trace: expected a function or a module, got {type(func).__name__}")
    traced = compile(func, fullgraph=False)
    if example_inputs is not None:
        with no_grad():
            traced(*(example_inputs if isinstance(example_inputs, (tuple, list)) else (example_inputs,)))
    return traced


def script_method(fn: _Fn) -> _Fn:
    """The method itself."""
    return fn


def export(fn: _Fn) -> _Fn:
    """The method itself."""
    return fn


def unused(fn: _Fn) -> _Fn:
    """The function itself; PyTorch's scripted code would raise in its place."""
    return fn


def ignore(drop: Any = False, **kwargs: Any) -> Any:
    """The function itself, with or without parentheses after the decorator."""
    return drop if callable(drop) else lambda fn: fn


def is_scripting() -> bool:
    """False: Python runs."""
    return False


def is_tracing() -> bool:
    """False: nothing is recorded but the graph of derivatives."""
    return False


def annotate(the_type: Any, the_value: Any) -> Any:
    """The value."""
    return the_value


def freeze(mod: Any, *args: Any, **kwargs: Any) -> Any:
    """The module itself."""
    return mod


def optimize_for_inference(mod: Any, *args: Any, **kwargs: Any) -> Any:
    """The module itself."""
    return mod


def _no_archive(what: str) -> NotImplementedError:
    return NotImplementedError(
        f"jit.{what}: there are no TorchScript archives here; save the state_dict (autograd.save) and rebuild the module"
    )


def save(m: Any, f: Any, *args: Any, **kwargs: Any) -> None:
    """Raises: a program is not stored with its parameters."""
    raise _no_archive("save")


def load(f: Any, *args: Any, **kwargs: Any) -> Any:
    """Raises: a program is not stored with its parameters."""
    raise _no_archive("load")
