"""Saving and loading: tensors, state dicts, nested containers, and (by pickle, if asked for) any object.

The format is chosen by the file's name: `.safetensors` (flat dicts of tensors, readable by PyTorch), `.npz` (the same,
readable by NumPy), anything else a pickle of plain arrays and containers. `load` admits by default only what data are
made of, so a file from a stranger cannot run code.
"""

import io
import os
import pickle
import sys
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import IO, Any

import numpy as np

from .creation import from_numpy
from .devices import check_device, device
from .dtypes import ALL
from .errors import ArgumentError, ArgumentTypeError, GradloomError, MissingExtra
from .tensor import Size, Tensor, rebuilt

FileLike = str | os.PathLike | IO[bytes]


class UnpicklingError(GradloomError, pickle.UnpicklingError):
    """A file that holds something other than data."""


def save(obj: Any, f: FileLike, pickle_module: Any = pickle, pickle_protocol: int = 4) -> None:
    """Write tensors, numbers, strings and containers of them (a `state_dict`), or any picklable object, to a file.

    `f` is a path or a file open for writing in binary mode. A path that ends in `.safetensors` or `.npz` gets that
    format and takes a flat dict of tensors. Views keep their values, not their common memory.

    >>> import autograd, io
    >>> file = io.BytesIO()
    >>> autograd.save({"w": autograd.ones(2), "epoch": 3}, file)
    >>> _ = file.seek(0); autograd.load(file)
    {'w': tensor([1., 1.]), 'epoch': 3}
    """
    suffix = _suffix(f)
    if suffix == ".safetensors":
        _safetensors().save_file(_flat_arrays(obj, suffix), os.fspath(f))  # type: ignore[arg-type]
    elif suffix == ".npz":
        np.savez(os.fspath(f), **_flat_arrays(obj, suffix))  # type: ignore[arg-type]
    elif isinstance(f, (str, os.PathLike)):
        with open(f, "wb") as file:
            pickle_module.dump(obj, file, protocol=pickle_protocol)
    elif hasattr(f, "write"):
        pickle_module.dump(obj, f, protocol=pickle_protocol)
    else:
        raise ArgumentTypeError(f"save: expected a path or a file open for writing, got {type(f).__name__}")


def load(
    f: FileLike,
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool = True,
    mmap: bool | None = None,
) -> Any:
    """Read what `save` wrote.

    With `weights_only` (the default) only tensors, arrays, numbers, strings and containers of them are admitted, and
    anything else is an UnpicklingError that names it; without, any pickle is loaded: only for files that you trust.
    `map_location` can only say the CPU.
    """
    if map_location is not None and not callable(map_location):
        for place in map_location.values() if isinstance(map_location, Mapping) else (map_location,):
            check_device(place, "load: map_location")
    suffix = _suffix(f)
    if suffix == ".safetensors":
        return {k: from_numpy(v) for k, v in _safetensors().load_file(os.fspath(f)).items()}  # type: ignore[arg-type]
    if suffix == ".npz":
        with np.load(os.fspath(f), allow_pickle=False) as arrays:  # type: ignore[arg-type]
            return {k: from_numpy(arrays[k]) for k in arrays.files}
    if isinstance(f, (str, os.PathLike)):
        with open(f, "rb") as file:
            return _unpickled(file, pickle_module, weights_only)
    if not hasattr(f, "read"):
        raise ArgumentTypeError(f"load: expected a path or a file open for reading, got {type(f).__name__}")
    return _unpickled(f, pickle_module, weights_only)


def _suffix(f: Any) -> str:
    return os.path.splitext(os.fspath(f))[1].lower() if isinstance(f, (str, os.PathLike)) else ""


def _flat_arrays(obj: Any, suffix: str) -> dict[str, np.ndarray]:
    """A dict of tensors as one of arrays that own their memory."""
    if not isinstance(obj, Mapping) or not all(isinstance(v, (Tensor, np.ndarray)) for v in obj.values()):
        raise ArgumentTypeError(
            f"save: {suffix} holds a flat dict of tensors, got {type(obj).__name__}; save nested data under another suffix"
        )
    return {k: np.ascontiguousarray(v.detach().numpy() if isinstance(v, Tensor) else v) for k, v in obj.items()}


def _safetensors() -> Any:
    try:
        import safetensors.numpy as found  # type: ignore[import-not-found]
    except ImportError:
        raise MissingExtra('safetensors files need an optional package: pip install "gradloom[examples]"') from None
    return found


# -- pickles -----------------------------------------------------------------------------------------------------------------


def _unpickled(file: Any, pickle_module: Any, weights_only: bool) -> Any:
    if weights_only and pickle_module is not None:
        raise ArgumentError("load: weights_only=True reads with an unpickler of its own; leave pickle_module out")
    content = io.BytesIO(file.read())
    if zipfile.is_zipfile(content):
        raise UnpicklingError(
            "load: this is a zip archive, such as PyTorch's own format; in PyTorch, write the state dict with "
            "safetensors.torch.save_file and load the .safetensors file here"
        )
    content.seek(0)
    try:
        return (_DataUnpickler(content) if weights_only else (pickle_module or pickle).Unpickler(content)).load()
    except EOFError:
        raise EOFError("load: the file is empty or was not written to its end") from None


@cache
def _data_classes() -> dict[tuple[str, str], Callable]:
    """What a file of data may name, by module and name."""
    found: list[Any] = [Tensor, Size, rebuilt, device, OrderedDict, np.ndarray, np.dtype]
    found += [set, frozenset, slice, complex, bytearray, *(d.type for d in ALL)]
    found += [np.empty(1).__reduce_ex__(protocol)[0] for protocol in (4, 5)] + [np.float32(0).__reduce__()[0]]
    return {(c.__module__, c.__name__): c for c in found}


class _DataUnpickler(pickle.Unpickler):
    """Reads tensors, arrays, numbers and containers, and refuses to look up anything else."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        allowed = _data_classes() | _classes_of_nn(module_name, global_name) | _added
        found = allowed.get((module_name, global_name))
        if found is None:
            raise UnpicklingError(
                f"load: weights_only=True admits tensors, numbers, strings and containers, and this file names "
                f"{module_name}.{global_name}; if you trust its author, allow it with serialization.add_safe_globals, or pass "
                "weights_only=False, which lets the file run any code"
            )
        return found


def _classes_of_nn(module_name: str, global_name: str) -> dict:
    """What of nn holds nothing but data: its tensors (`Parameter`, `Buffer`) and its dicts."""
    if module_name.partition(".")[0] != "nn":
        return {}
    found = getattr(sys.modules.get(module_name) or import_module(module_name), global_name, None)
    return {(module_name, global_name): found} if isinstance(found, type) and issubclass(found, (Tensor, dict)) else {}


_added: dict[tuple[str, str], Any] = {}


def add_safe_globals(safe_globals: list) -> None:
    """Let `load(weights_only=True)` admit these classes and functions, too."""
    _added.update({(c.__module__, c.__qualname__): c for c in safe_globals})


def clear_safe_globals() -> None:
    """Forget what `add_safe_globals` admitted."""
    _added.clear()


def get_safe_globals() -> list:
    """What `add_safe_globals` admitted."""
    return list(_added.values())
