"""What the engine knows of a tensor: its raw data, and the node of the graph that made it.

A `Node` is one recorded operation. It holds raw arrays and its parents' nodes, never a tensor, so a graph has no
reference cycle and is freed by reference counting the moment that its result is. `seq` counts nodes in the order of
their creation, which is a topological order: a sweep is "reachable nodes, newest first".

The same counter dates every change of memory in place (`mutated`). A saved array is stale exactly if its buffer was
changed after the node that saved it was made; a forward pass pays nothing for that check.
"""

import sys
import weakref
from collections.abc import Callable, Iterable
from contextlib import ContextDecorator
from contextvars import ContextVar
from functools import wraps
from itertools import count
from types import FrameType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ArgumentTypeError
from .standin import memory

tick: Any = count(1).__next__
_new = object.__new__
_grad_mode: ContextVar[bool] = ContextVar("grad_mode", default=True)
is_grad_enabled: Any = _grad_mode.get
set_mode: Any = _grad_mode.set  # without a way back

SMALL = 64  # elements of a result that a node remembers beyond what its rules save
_recorder: Callable[..., Any] | None = None


def set_recorder(recorder: Callable[..., Any] | None) -> Callable[..., Any] | None:
    """Have `recorder(node, value, inputs)` told of every node that is made; returns the one before."""
    global _recorder
    before, _recorder = _recorder, recorder
    return before


class Traced:
    """What operations and the engine need of a tensor: `_data`, its raw array, and `_node`, what made it.

    `_data` is an ndarray or, for a tensor without dimensions, a NumPy scalar until something needs its memory.
    `_node` is None for a constant, a `Leaf` for a tensor that collects a gradient, a `Node` for a recorded result.
    """

    __slots__ = ("__dict__", "__weakref__", "_data", "_node")
    _data: Any
    _node: Any
    _class: Any  # what a result of an operation on this operand is an instance of

    if TYPE_CHECKING:  # everything else is Tensor's

        def __getattr__(self, name: str) -> Any: ...

    interpret: Any = None  # for a tensor that stands for others: what a primitive called on it means

    @classmethod
    def _wrap(cls, data: Any, node: Any) -> Any:
        """A tensor of this class around a raw array or NumPy scalar."""
        result = _new(cls)
        result._data = data
        result._node = node
        return result


class Leaf:
    """The end of a graph: a tensor that collects a gradient."""

    __slots__ = ("__weakref__", "dtype", "grad", "hooks", "make", "owner", "post_hooks", "shape")
    seq = 0  # older than every node, so a sweep reaches leaves last
    parents: tuple[()] = ()
    prim = None
    value = None
    next_functions: tuple[()] = ()

    def __init__(self, data: Any, make: Callable[[Any], Any], owner: Any) -> None:
        self.shape: Any = data.shape
        self.dtype: Any = data.dtype
        self.make: Any = make  # wraps a raw array as a tensor, for `.grad`
        self.owner: Any = weakref.ref(owner)
        self.grad: Any = None
        self.hooks: dict[int, Callable[..., Any]] | None = None
        self.post_hooks: dict[int, Callable[..., Any]] | None = None

    @property
    def variable(self) -> Any:
        """The tensor that collects the gradient."""
        return self.owner()

    def name(self) -> str:
        """The name that PyTorch has for the end of a graph."""
        return "torch::autograd::AccumulateGrad"

    def __repr__(self) -> str:
        return f"<AccumulateGrad object at {hex(id(self))}>"


class Node:
    """One recorded operation: who made it, from what, and what its rules will need."""

    shape: Any

    __slots__ = ("__weakref__", "hooks", "parents", "prim", "saved", "seq", "shape", "value")
    prim: Any
    parents: tuple[Any, ...]
    saved: tuple[Any, ...] | None
    value: Any
    seq: int
    hooks: dict[int, Callable[..., Any]] | None

    def __init__(self, prim: Any, parents: tuple[Any, ...], saved: tuple[Any, ...] | None, value: Any, inputs: Any) -> None:
        self.prim = prim
        self.parents = parents  # one for each input; None where no gradient is wanted
        self.saved = saved  # for each such input the arguments of its rule; None once a sweep has passed
        # The result itself is kept only where that costs nothing, for pictures; rules save what they need.
        if type(value) is tuple:
            self.value, self.shape = value, None
        else:
            self.value, self.shape = value if value.size <= SMALL else None, value.shape
        self.seq = tick()
        self.hooks = None
        if _recorder is not None:
            _recorder(self, value, inputs)

    @property
    def next_functions(self) -> tuple[Any, ...]:
        """The nodes that this one passes gradients to, as PyTorch lists them."""
        return tuple((p, 0) for p in self.parents)

    def name(self) -> str:
        """The operation's name in PyTorch's style."""
        return "".join(w[:1].upper() + w[1:] for w in self.prim.name.split("_")) + "Backward0"

    def __repr__(self) -> str:
        return f"<{self.name()} object at {hex(id(self))}>"


class _GradMode(ContextDecorator):
    """Sets whether operations are recorded, for a `with` block, a decorated function, or from here on."""

    def __init__(self, mode: bool) -> None:
        self._mode = mode
        self._tokens: list[Any] = []

    def __enter__(self) -> None:
        self._tokens.append(_grad_mode.set(self._mode))

    def __exit__(self, *exc: object) -> None:
        _grad_mode.reset(self._tokens.pop())

    def __call__(self, func: Callable[..., Any]) -> Callable[..., Any]:
        from inspect import isgeneratorfunction  # a tenth of the time that NumPy 2.0 takes, which does without

        if not isgeneratorfunction(func):
            return super().__call__(func)
        mode = self._mode

        @wraps(func)
        def steps(*args: Any, **kwargs: Any) -> Any:
            # The mode holds while the generator runs, never while its caller does.
            generator, send = func(*args, **kwargs), None
            try:
                while True:
                    with _GradMode(mode):
                        try:
                            item = generator.send(send)
                        except StopIteration as stop:
                            return stop.value
                    send = yield item
            finally:
                generator.close()

        return steps


class no_grad(_GradMode):
    """Operations inside are not recorded (context manager or decorator).

    >>> import autograd
    >>> w = autograd.ones(2, requires_grad=True)
    >>> with autograd.no_grad():
    ...     (w * 2).requires_grad
    False
    """

    def __new__(cls, func: Callable[..., Any] | None = None) -> Any:
        if func is not None:  # PyTorch accepts `@no_grad` without parentheses
            return _GradMode(False)(func)
        return super().__new__(cls)

    def __init__(self, func: Callable[..., Any] | None = None) -> None:
        super().__init__(False)


class enable_grad(_GradMode):
    """Operations inside are recorded, even within `no_grad`."""

    def __init__(self) -> None:
        super().__init__(True)


_inference: ContextVar[bool] = ContextVar("inference", default=False)
is_inference_mode_enabled: Any = _inference.get


class inference_mode(_GradMode):
    """`no_grad` under PyTorch's other name: nothing inside is recorded if `mode` is true."""

    def __init__(self, mode: bool = True) -> None:
        super().__init__(not mode and is_grad_enabled())
        self._inference, self._outer = mode, []

    def __enter__(self) -> None:
        super().__enter__()
        self._outer.append(_inference.set(self._inference))

    def __exit__(self, *exc: object) -> None:
        _inference.reset(self._outer.pop())
        super().__exit__(*exc)


class set_grad_enabled(_GradMode):
    """Set recording on or off, at once; as a context manager, until the end of the block."""

    def __init__(self, mode: bool) -> None:
        if not isinstance(mode, bool):
            raise ArgumentTypeError(f"set_grad_enabled: mode must be a bool, got {mode!r}")
        super().__init__(mode)
        self._token = _grad_mode.set(mode)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc: object) -> None:
        _grad_mode.reset(self._token)

    def __call__(self, func: Callable[..., Any]) -> Callable[..., Any]:
        _grad_mode.reset(self._token)
        return _GradMode(self._mode)(func)


# -- changes in place --------------------------------------------------------------------------------------------------

OWN = frozenset(("autograd", "nn", "optim"))  # packages whose lines are not the user's
_mutations: dict[int, "Mutation"] = {}
_last_mutation = 0


class Mutation:
    """The last change of a buffer: when, by which operation, and on which line of the user's program."""

    by: str
    count: int
    line: str
    seq: int

    __slots__ = ("by", "count", "line", "ref", "seq")

    def __init__(self, owner: np.ndarray) -> None:
        key = id(owner)
        self.ref: Any = weakref.ref(owner, lambda _: _mutations.pop(key, None))
        self.by, self.line, self.seq, self.count = "", "", 0, 0


_own_files: dict[str, bool] = {}


def own(frame: FrameType) -> bool:
    """Whether a frame runs code of this project."""
    file = frame.f_code.co_filename
    known = _own_files.get(file)
    if known is None:
        known = str(frame.f_globals.get("__name__", "")).partition(".")[0] in OWN
        if not file.startswith("<"):  # generated code of any module has such a name
            _own_files[file] = known
    return known


def caller_line() -> str:
    """`file:line` of the innermost frame of the user's program."""
    frame: FrameType | None = sys._getframe(1)
    known = _own_files.get
    while frame is not None and (known(frame.f_code.co_filename) or own(frame)):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else "unknown line"


def frames_of_ours() -> int:
    """The `stacklevel` by which a warning of the caller names the innermost line of the user's program."""
    frame: FrameType | None = sys._getframe(1)
    level = 1
    while frame is not None and own(frame):
        frame, level = frame.f_back, level + 1
    return level


def owner_of(array: np.ndarray) -> np.ndarray:
    """The array that `array` is, in the end, a view of."""
    base = array.base
    while base is not None:
        if isinstance(base, np.ndarray):
            array = base
        elif not isinstance(getattr(base, "base", None), np.ndarray):
            break  # memory that NumPy does not own
        base = base.base  # NumPy's strided views keep theirs in an object of another kind
    return array


def shares_buffer(a: Any, b: Any) -> bool:
    """Whether two raw values live in one buffer."""
    a, b = memory(a), memory(b)
    return a is not None and b is not None and owner_of(a) is owner_of(b)


def mutated(array: Any, by: str, line: str | None = None) -> None:
    """Note that `array`'s memory was just changed, so that a backward pass that needs the old values can say so."""
    array = memory(array)
    if array is not None:  # a NumPy scalar is immutable: whoever saved it has the old value
        changed((mutation_of(array),), by, caller_line() if line is None else line)


def mutation_of(array: np.ndarray) -> Mutation:
    """Where changes of `array`'s memory are noted."""
    owner = owner_of(array)
    found = _mutations.get(id(owner))
    if found is None:
        found = _mutations[id(owner)] = Mutation(owner)
    return found


def changed(mutations: Iterable[Mutation], by: str, line: str) -> None:
    """`mutated` for the memory of several arrays, of which an optimizer knows for long where it is noted."""
    global _last_mutation
    seq = _last_mutation = tick()
    for found in mutations:
        found.by = by
        found.line = line
        found.seq = seq
        found.count += 1


def version(array: Any) -> int:
    """How often the memory of `array` was changed in place."""
    array = memory(array)
    found = None if array is None else _mutations.get(id(owner_of(array)))
    return found.count if found else 0


def any_mutation_after(seq: int) -> bool:
    """Whether any buffer at all was changed after the node numbered `seq` was made."""
    return _last_mutation > seq


def mutation_after(array: Any, seq: int) -> Mutation | None:
    """The change that made `array` stale for a node numbered `seq`, if there was one."""
    array = memory(array)
    if array is None:
        return None
    found = _mutations.get(id(owner_of(array)))
    return found if found is not None and found.seq > seq else None
