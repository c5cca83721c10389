"""Reading pickles without running them: what a file of data may name, and what is called in its place.

A pickle is a program for a machine with a stack; it can call whatever it may name. The unpickler here looks up only what
data are made of, and where one of these names can do harm by its arguments (make room for a trillion elements, hold
Python objects, change a dtype that others use), a function is called that looks at them first. It is Python's own
unpickler in Python: the one in C makes room for what a file merely announces. See `storages` for PyTorch's archives.
"""

import codecs
import io
import math
import pickle
import sys
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING
from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..core.devices import device
from ..core.dtypes import ALL
from ..tensor import Size, Tensor, rebuilt
from .errors import UnpicklingError as UnpicklingError

PLAIN = "biufcSUmM"  # kinds of dtypes whose elements are bytes and nothing else

_reconstruct: Any
_frombuffer: Any
_reconstruct, _frombuffer = (np.empty(1).__reduce_ex__(protocol)[0] for protocol in (4, 5))
_scalar: Any = np.float32(0).__reduce__()[0]


@cache
def _data_names() -> dict[tuple[str, str], Any]:
    """What a file of data may name, by module and name."""
    found: list[Any] = [Tensor, Size, rebuilt, device, OrderedDict, np.ndarray, np.dtype, _reconstruct, _frombuffer, _scalar]
    found += [set, frozenset, slice, complex, bytearray, *(d.type for d in ALL)]
    named = {(c.__module__, c.__name__): c for c in found}
    named["_codecs", "encode"] = codecs.encode  # bytes, up to protocol 2
    return named | {("autograd.devices", "device"): device}  # as files from before 0.2 name it


# -- what is called in place of what a file names --------------------------------------------------------------------------


def _check_dtype(dtype: Any) -> np.dtype:
    if not isinstance(dtype, np.dtype) or dtype.kind not in PLAIN:
        raise UnpicklingError(f"an array of {dtype!r} is refused: the elements must be numbers or text")
    return dtype


def _checked_dtype(code: Any, *_: Any) -> np.dtype:
    # A copy: the file may go on to set its byte order.
    return np.dtype(_check_dtype(np.dtype(code)), copy=True)


def _checked_array(kind: Any, shape: Any, code: Any) -> np.ndarray:
    if kind is not np.ndarray or shape != (0,):
        raise UnpicklingError(f"an array begins with shape {shape}; it must be empty until its elements are read")
    return np.empty(0, np.int8)


def _checked_view(buffer: Any, dtype: Any, *layout: Any) -> np.ndarray:
    if not isinstance(buffer, (bytes, bytearray)):
        raise UnpicklingError(f"an array of {type(buffer).__name__} is refused: the elements must be bytes")
    return _frombuffer(buffer, _check_dtype(dtype), *layout)


def _checked_scalar(dtype: Any, raw: Any) -> Any:
    if len(raw) != _check_dtype(dtype).itemsize:
        raise UnpicklingError(f"a number of dtype {dtype} is given by {len(raw)} bytes")
    return _scalar(dtype, raw)


def _checked_tensor(cls: Any, data: Any, requires_grad: Any) -> Tensor:
    if not _makes_room(cls) or issubclass(cls, np.ndarray):
        raise UnpicklingError(f"a tensor of class {cls!r} is refused")
    if not isinstance(data, np.ndarray) or data.dtype.newbyteorder("=") not in ALL:
        given = data.dtype if isinstance(data, np.ndarray) else type(data).__name__
        raise UnpicklingError(f"a tensor of {given} is refused: floats, ints or bools are required")
    return rebuilt(cls, data, bool(requires_grad))


def _checked_bytearray(content: Any = b"", *encoding: Any) -> bytearray:
    if not isinstance(content, (bytes, str)):
        raise UnpicklingError(f"bytearray({content!r}) is refused: its content is required, not its size")
    return bytearray(content, *encoding)  # type: ignore[arg-type]


def _checked_bytes(text: Any, encoding: Any) -> bytes:
    if not (isinstance(text, str) and encoding == "latin1"):
        raise UnpicklingError(f"encode(..., {encoding!r}) is refused: bytes are written as latin1")
    return text.encode("latin1")


_CHECKED: dict[Any, Callable[..., Any]] = {
    np.dtype: _checked_dtype, _reconstruct: _checked_array, _frombuffer: _checked_view, _scalar: _checked_scalar,
    rebuilt: _checked_tensor, bytearray: _checked_bytearray, codecs.encode: _checked_bytes,
}  # fmt: skip


def _makes_room(found: Any) -> bool:
    """Whether a call with numbers makes room for as many elements; such a class may be named and not called."""
    return isinstance(found, type) and issubclass(found, (np.ndarray, Tensor))


# -- the state that a file may give to an object -----------------------------------------------------------------------------


def _check_array_state(array: np.ndarray, state: Any) -> None:
    _, shape, dtype, _, raw = state
    if array.size:
        raise UnpicklingError("an array's elements are given twice")
    if not isinstance(raw, bytes) or math.prod(shape) * _check_dtype(dtype).itemsize != len(raw):
        given = f"{len(raw)} bytes" if isinstance(raw, bytes) else f"a {type(raw).__name__}"
        raise UnpicklingError(f"an array of {dtype} and shape {shape} does not fit its content of {given}")


def _check_dtype_state(dtype: np.dtype, state: Any) -> None:
    required: Any = dtype.newbyteorder(state[1]).__reduce__()[2]
    if any(dtype is d for d in ALL) or state[1:8] != required[1:8]:
        raise UnpicklingError(f"a dtype of state {state} is refused: only the byte order of {dtype} may be given")


def _check_attributes(found: Any, state: Any) -> None:
    slots = state[1] if isinstance(found, device) and isinstance(state, tuple) else state
    if not isinstance(slots, dict):
        raise UnpicklingError(f"the state of a {type(found).__name__} is a {type(state).__name__}; a dict is required")


_STATES: tuple[tuple[Any, Callable[[Any, Any], None]], ...] = (
    (np.ndarray, _check_array_state), (np.dtype, _check_dtype_state), ((Tensor, dict, device), _check_attributes),
)  # fmt: skip


if TYPE_CHECKING:

    class _Python:
        proto: int
        stack: Any
        dispatch: ClassVar[dict[int, Any]]
        read: Any
        append: Any
        load_build: Any

        def __init__(self, file: Any) -> None: ...

        def load(self) -> Any: ...

else:
    _Python = vars(pickle)["_Unpickler"]  # the one whose steps can be looked at


class DataUnpickler(_Python):
    """Reads tensors, arrays, numbers and containers, and refuses to look up anything else."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        if self.proto < 3:  # names of Python 2
            module_name, global_name = NAME_MAPPING.get(
                (module_name, global_name), (IMPORT_MAPPING.get(module_name, module_name), global_name)
            )
        name = f"{module_name}.{global_name}"
        allowed = _data_names() | _classes_of_nn(module_name, global_name)
        found = _added().get(name) or allowed.get((module_name, global_name))
        if found is None:
            raise UnpicklingError(
                f"weights_only=True admits tensors, numbers, strings and containers, and this file names {name}; if you trust "
                f"its author, allow it, `with serialization.safe_globals([{name}]):` or by serialization.add_safe_globals, or "
                "pass weights_only=False, which lets the file run any code"
            )
        return found

    def persistent_load(self, pid: Any) -> Any:
        """Nothing: only PyTorch's archives have something beside the pickle."""
        raise UnpicklingError(f"it refers to {pid!r}, which is not part of it")

    def _reduce(self) -> None:
        arguments: Any = self.stack.pop()
        found: Any = self.stack[-1]
        if _makes_room(found) and found not in _added().values():
            raise UnpicklingError(f"a call of {found.__name__} is refused: tensors and arrays are given with their elements")
        self.stack[-1] = (_CHECKED.get(found) or found)(*arguments)

    def _new(self) -> None:
        arguments, found = self.stack.pop(), self.stack[-1]
        if (found in _CHECKED or _makes_room(found)) and found not in _added().values():
            raise UnpicklingError(f"{found.__name__}.__new__ is refused: only what a reduction names may make one")
        self.stack[-1] = found.__new__(found, *arguments)

    def _new_by_keywords(self) -> None:
        keywords, arguments, found = self.stack.pop(), self.stack.pop(), self.stack[-1]
        if found not in _added().values():
            raise UnpicklingError(f"{found.__name__}.__new__ by keywords is refused")
        self.stack[-1] = found.__new__(found, *arguments, **keywords)

    def _build(self) -> None:
        state, found = self.stack[-1], self.stack[-2]
        check = next((check for kind, check in _STATES if isinstance(found, kind)), None)
        if check is not None:
            check(found, state)
        elif type(found) not in _added().values():
            raise UnpicklingError(f"a state for a {type(found).__name__} is refused")
        super().load_build()

    def _bytearray(self) -> None:
        size = int.from_bytes(self.read(8), "little")
        content = self.read(size)
        if len(content) < size:
            raise EOFError
        self.append(bytearray(content))

    def _refused(self) -> None:
        raise UnpicklingError("it uses an operation of pickle that no data need")

    dispatch: ClassVar[dict[int, Any]] = {
        **_Python.dispatch,
        pickle.REDUCE[0]: _reduce,
        pickle.NEWOBJ[0]: _new,
        pickle.NEWOBJ_EX[0]: _new_by_keywords,
        pickle.BUILD[0]: _build,
        pickle.BYTEARRAY8[0]: _bytearray,
        **dict.fromkeys((op[0] for op in (pickle.INST, pickle.OBJ, pickle.EXT1, pickle.EXT2, pickle.EXT4)), _refused),
    }


def read_pickle(file: IO[bytes]) -> Any:
    """What a pickle holds, if it is data and nothing follows it."""
    file = io.BytesIO(file.read())  # which makes room for no more than there is
    found = DataUnpickler(file).load()
    if file.read(1):
        raise UnpicklingError(
            "it goes on after its end: several objects in one file, or a file of a PyTorch before 1.6, which a current one "
            "can load and save again"
        )
    return found


# -- what nn and the user add ------------------------------------------------------------------------------------------


def _classes_of_nn(module_name: str, global_name: str) -> dict[Any, Any]:
    """What of nn holds nothing but data: its tensors (`Parameter`, `Buffer`) and its dicts."""
    if module_name.partition(".")[0] != "nn":
        return {}
    found = getattr(sys.modules.get(module_name) or import_module(module_name), global_name, None)
    return {(module_name, global_name): found} if isinstance(found, type) and issubclass(found, (Tensor, dict)) else {}


_Global = Callable[..., Any] | tuple[Callable[..., Any], str]
_given: dict[str, _Global] = {}  # what the user admits, as given, by the name that a file has for it


def _added() -> dict[str, Any]:
    return {name: given[0] if isinstance(given, tuple) else given for name, given in _given.items()}


def _by_name(safe_globals: Iterable[_Global]) -> dict[str, _Global]:
    return {g[1] if isinstance(g, tuple) else f"{g.__module__}.{g.__qualname__}": g for g in safe_globals}


def add_safe_globals(safe_globals: list[_Global]) -> None:
    """Let `load(weights_only=True)` admit these classes and functions, too.

    A pair of a class and a name, `(Config, "old_module.Config")`, admits it under the name that the file has for it.
    """
    _given.update(_by_name(safe_globals))


def clear_safe_globals() -> None:
    """Forget what `add_safe_globals` admitted."""
    _given.clear()


def get_safe_globals() -> list[_Global]:
    """What `add_safe_globals` admitted."""
    return list(_given.values())


class safe_globals:
    """Admit classes and functions in `load(weights_only=True)` within a `with` block.

    >>> import autograd, io, nn
    >>> file = io.BytesIO()
    >>> autograd.save(nn.Linear(2, 1), file)
    >>> _ = file.seek(0)
    >>> with autograd.serialization.safe_globals([nn.Linear]):
    ...     autograd.load(file)
    Linear(in_features=2, out_features=1, bias=True)
    """

    def __init__(self, safe_globals: list[_Global]) -> None:
        self.safe_globals = safe_globals

    def __enter__(self) -> None:
        add_safe_globals(self.safe_globals)

    def __exit__(self, *raised: object) -> None:
        for name in _by_name(self.safe_globals):
            _given.pop(name, None)
