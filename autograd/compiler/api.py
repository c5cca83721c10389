"""`compile`: a function, a method or a module that runs as recorded programs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..core import standin
from ..errors import ArgumentTypeError, GraphError
from .compiled import Compiled
from .guards import is_module


class _Default:
    """Whether a function is to be one program if the call does not say: PyTorch's programs may have several parts."""

    fullgraph = True


@contextmanager
def as_in_pytorch() -> Iterator[None]:
    """`fullgraph` is False inside, where nothing else is said, as in PyTorch."""
    before, _Default.fullgraph = _Default.fullgraph, False
    try:
        yield
    finally:
        _Default.fullgraph = before


def compile(
    model: Callable[..., Any] | None = None,
    *,
    fullgraph: bool | None = None,
    dynamic: bool | None = None,
    backend: str | Callable[..., Any] = "numpy",
    mode: str | None = None,
    options: dict[Any, Any] | None = None,
    disable: bool = False,
    check: bool = False,
) -> Any:
    """A function, method or module that computes the same from recorded programs; without one, a decorator.

    The first call with arguments of new types and shapes runs eagerly and is recorded; later calls run what was recorded,
    with the same results to the last bit. A whole training step can be compiled (`zero_grad`, `backward`, clipping and
    `step` in it), a pure function, or a module, whose parameters and state_dict stay what they are. Tensors are read by
    reference, floats among the arguments are inputs; shapes, dtypes, other plain values and modes ask for a program each.
    Whatever asks for a value of a tensor (`.item()`, a branch, `print`) raises CompileError with the line and the remedy; with
    `fullgraph=False` it becomes a check, and the function runs eagerly where that does not help.

    `backend="eager"`, or `disable`, gives the function itself; all other backends mean the one that there is. `mode`,
    `options` and `dynamic` change nothing. `check` runs the function itself beside each program, and raises where the results
    differ. Raises GraphError if both `mode` and `options` are given, ArgumentTypeError for what cannot be called.

    >>> import autograd
    >>> @autograd.compile
    ... def double(x):
    ...     return x * 2
    >>> double(autograd.ones(2))
    tensor([2., 2.])
    """
    if mode is not None and options is not None:
        raise GraphError("compile: either mode or options can be specified, but both can't be specified at the same time")
    settings: dict[str, Any] = {"fullgraph": fullgraph, "backend": backend, "mode": mode, "disable": disable, "check": check}
    if model is None:
        return lambda given: compile(given, **settings)
    if not callable(model):
        raise ArgumentTypeError(f"compile: expected a function or a module, got {type(model).__name__}")
    if not isinstance(backend, str) and not callable(backend):
        raise ArgumentTypeError(f"compile: backend must be a name or a function, got {type(backend).__name__}")
    if disable or backend == "eager":
        return model
    fullgraph = _Default.fullgraph if fullgraph is None else fullgraph
    if is_module(model):
        return _compiled_module(model, fullgraph, check)
    return Compiled(model, fullgraph=fullgraph, check=check)


def _compiled_module(module: Any, fullgraph: bool, check: bool) -> Any:
    """The same module, attributes and all, under a class whose calls are compiled."""
    kind = type(module)
    call = Compiled(
        lambda *args, **kwargs: kind.__call__(module, *args, **kwargs), fullgraph=fullgraph, check=check, about=module
    )
    body: dict[str, Any] = {
        "__call__": lambda self, *args, **kwargs: call(*args, **kwargs),
        "explain": lambda self: call.explain(),
    }
    # A copy, or what is read from a file, is compiled anew: its calls are not those of this module.
    body["__reduce_ex__"] = lambda self, protocol: (_compiled_module, (module, fullgraph, check))
    body |= {name: getattr(kind, name) for name in ("__module__", "__qualname__", "__doc__")}
    shown = object.__new__(type(kind.__name__, (kind,), body))
    object.__setattr__(shown, "__dict__", module.__dict__)
    return shown


def disable(fn: Callable[..., Any] | None = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """The function itself: nothing is compiled; without one, a decorator."""
    return (lambda given: given) if fn is None else fn


def is_compiling() -> bool:
    """Whether a function is being recorded."""
    recording = standin.current.recording
    return recording is not None and recording.listens()


def reset() -> None:
    """Forget what was compiled: programs belong to the functions that they are of, and go with them."""
