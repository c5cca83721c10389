"""Saving and loading: tensors, state dicts, nested containers, and (by pickle, if asked for) any object.

The format is chosen by the file's name: `.safetensors` (flat dicts of tensors, readable by PyTorch), `.npz` (the same,
readable by NumPy), anything else a pickle of plain arrays and containers. `load` also reads the archives of tensors that
PyTorch writes, and admits by default only what data are made of, so a file from a stranger cannot run code.
"""

import io
import os
import pickle
import zipfile
from collections.abc import Mapping
from typing import IO, Any

import numpy as np

from ..core.devices import check_device
from ..errors import ArgumentError, ArgumentTypeError, MissingExtra
from ..tensor import Tensor
from ..tensor.creation import from_numpy
from .unpickling import read_data

FileLike = str | os.PathLike[str] | IO[bytes]


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
    if isinstance(f, (str, os.PathLike)):
        # Written beside the file and moved onto it when complete: a failure leaves the file that was there.
        path = os.fspath(f)
        unfinished = f"{path}.{os.getpid()}.unfinished"
        try:
            with open(unfinished, "wb") as file:
                _write(obj, file, _suffix(f), pickle_module, pickle_protocol)
            os.replace(unfinished, path)
        finally:
            if os.path.exists(unfinished):
                os.remove(unfinished)
    elif hasattr(f, "write"):
        pickle_module.dump(obj, f, protocol=pickle_protocol)
    else:
        raise ArgumentTypeError(f"save: expected a path or a file open for writing, got {type(f).__name__}")


def _write(obj: Any, file: Any, suffix: str, pickle_module: Any, pickle_protocol: int) -> None:
    if suffix == ".safetensors":
        file.write(_safetensors().save(_flat_arrays(obj, suffix)))
    elif suffix == ".npz":
        np.savez(file, **_flat_arrays(obj, suffix))  # type: ignore[arg-type]
    else:
        pickle_module.dump(obj, file, protocol=pickle_protocol)


def load(
    f: FileLike,
    map_location: Any = None,
    pickle_module: Any = None,
    *,
    weights_only: bool = True,
    mmap: bool | None = None,
) -> Any:
    """Read what `save` wrote, or a state dict that PyTorch's `save` wrote.

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


def _unpickled(file: Any, pickle_module: Any, weights_only: bool) -> Any:
    if weights_only and pickle_module is not None:
        raise ArgumentError("load: weights_only=True reads with an unpickler of its own; leave pickle_module out")
    content = io.BytesIO(file.read())
    try:
        if weights_only or zipfile.is_zipfile(content):
            return read_data(content)
        content.seek(0)
        return (pickle_module or pickle).Unpickler(content).load()
    except EOFError:
        raise EOFError("load: the file is empty or was not written to its end") from None
