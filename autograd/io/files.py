"""Saving and loading: tensors, state dicts, nested containers, and (by pickle, if asked for) any object.

The format is chosen by the file's name: `.safetensors` (flat dicts of tensors, readable by PyTorch), `.npz` (the same,
readable by NumPy), anything else an archive with a pickle of plain arrays and containers. `load` also reads the archives
of tensors that PyTorch writes, and admits by default only what data are made of, so a file from a stranger cannot run code.
"""

import io
import os
import pickle
import stat
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

import numpy as np

from ..core.devices import check_device
from ..errors import ArgumentError, ArgumentTypeError
from ..tensor import Tensor
from ..tensor.creation import from_numpy
from . import archives
from .arrays import read_npz, read_safetensors, write_npz, write_safetensors
from .errors import UnfinishedFile, UnpicklingError
from .storages import read_archive
from .unpickling import read_pickle

FileLike = str | os.PathLike[str] | IO[bytes]

_FLAT: dict[str, tuple[Any, Any]] = {".safetensors": (write_safetensors, read_safetensors), ".npz": (write_npz, read_npz)}


def save(obj: Any, f: FileLike, pickle_module: Any = pickle, pickle_protocol: int = 4) -> None:
    """Write tensors, numbers, strings and containers of them (a `state_dict`), or any picklable object, to a file.

    `f` is a path or a file open for writing in binary mode. A path that ends in `.safetensors` or `.npz` gets that
    format and takes a flat dict of tensors. Views keep their values, not their common memory.

    A file that exists is replaced when the new one is complete, and keeps its permissions; a link stays one, and its
    target is replaced.

    >>> import autograd, io
    >>> file = io.BytesIO()
    >>> autograd.save({"w": autograd.ones(2), "epoch": 3}, file)
    >>> _ = file.seek(0); autograd.load(file)
    {'w': tensor([1., 1.]), 'epoch': 3}
    """
    if isinstance(f, (str, os.PathLike)):
        with _replaced(f) as file:
            if _suffix(f) in _FLAT:
                _FLAT[_suffix(f)][0](file, _flat_arrays(obj, _suffix(f)))
            else:
                _write(obj, file, pickle_module, pickle_protocol)
    elif hasattr(f, "write"):
        _write(obj, f, pickle_module, pickle_protocol)
    else:
        raise ArgumentTypeError(f"save: expected a path or a file open for writing, got {type(f).__name__}")


def _write(obj: Any, file: Any, pickle_module: Any, pickle_protocol: int) -> None:
    with archives.written(file) as archive, archives.member(archive, "archive/data.pkl") as member:
        pickle_module.dump(obj, member, protocol=pickle_protocol)


@contextmanager
def _replaced(f: Any) -> Iterator[IO[bytes]]:
    """A file beside the one at `f`, moved onto it when complete: a failure leaves what was there, and so does a rival."""
    path = os.path.realpath(f)
    there = os.stat(path) if os.path.exists(path) else None
    if there is not None and (not stat.S_ISREG(there.st_mode) or not os.access(path, os.W_OK)):
        with open(f, "wb") as file:  # a device or a pipe is written to; a directory or a protected file is an error
            yield file
        return
    unfinished = os.path.join(os.path.dirname(path), f".{uuid.uuid4().hex}.unfinished")
    mode = 0o666 if there is None else stat.S_IMODE(there.st_mode)  # from the start: nobody else may read it meanwhile
    try:
        with open(unfinished, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            yield file
        if there is not None:
            os.chmod(unfinished, mode)
        os.replace(unfinished, path)
    finally:
        if os.path.exists(unfinished):
            os.remove(unfinished)


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
    `map_location` can only say the CPU. A file that is damaged, cut off or of another kind is an UnpicklingError that
    names it, an EOFError, too, if it is empty.
    """
    if map_location is not None and not callable(map_location):
        for place in map_location.values() if isinstance(map_location, Mapping) else (map_location,):
            check_device(place, "load: map_location")
    if weights_only and pickle_module is not None:
        raise ArgumentError("load: weights_only=True reads with an unpickler of its own; leave pickle_module out")
    if isinstance(f, (str, os.PathLike)):
        with open(f, "rb") as file, _naming(os.fspath(f)):
            if _suffix(f) in _FLAT:
                return {name: _tensor(name, array) for name, array in _FLAT[_suffix(f)][1](file).items()}
            return _unpickled(file, pickle_module, weights_only)
    if not hasattr(f, "read"):
        raise ArgumentTypeError(f"load: expected a path or a file open for reading, got {type(f).__name__}")
    content = io.BytesIO(f.read())
    with _naming(str(getattr(f, "name", type(f).__name__))):
        return _unpickled(content, pickle_module, weights_only)


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Errors say which file could not be read."""
    try:
        yield
    except UnpicklingError as error:
        raise type(error)(f"load: {name}: {error}") from error.__cause__
    except EOFError:
        raise UnfinishedFile(f"load: {name}: the file is empty or was not written to its end") from None


def _suffix(f: Any) -> str:
    return os.path.splitext(os.fspath(f))[1].lower()


def _flat_arrays(obj: Any, suffix: str) -> dict[str, np.ndarray]:
    """A dict of tensors as one of arrays that own their memory."""
    if not isinstance(obj, Mapping) or not all(isinstance(v, (Tensor, np.ndarray)) for v in obj.values()):
        raise ArgumentTypeError(
            f"save: {suffix} holds a flat dict of tensors, got {type(obj).__name__}; save nested data under another suffix"
        )
    for name, value in obj.items():
        if not isinstance(name, str) or "\0" in name or not _is_text(name):
            raise ArgumentTypeError(f"save: the key {name!r} is no name for a tensor in {suffix}; text without \\0 is required")
        if isinstance(value, np.ndarray) and (value.dtype.kind not in "biuf" or value.dtype.itemsize > 8):
            raise ArgumentTypeError(f"save: {name!r} is an array of {value.dtype}; {suffix} takes floats, ints and bools")
    return {k: np.asarray(v.detach().numpy() if isinstance(v, Tensor) else v, order="C") for k, v in obj.items()}


def _is_text(name: str) -> bool:
    try:
        return len(name.encode()) < 65_000  # what zip has room for
    except UnicodeEncodeError:
        return False


def _tensor(name: str, array: np.ndarray) -> Tensor:
    try:
        return from_numpy(array.astype(array.dtype.newbyteorder("=")))
    except ArgumentTypeError:
        raise UnpicklingError(f"{name!r} is an array of {array.dtype}; a tensor holds floats, ints or bools") from None


def _unpickled(file: Any, pickle_module: Any, weights_only: bool) -> Any:
    archive = archives.is_archive(file)
    file.seek(0)
    if not weights_only:
        unpickler = (pickle_module or pickle).Unpickler
        return read_archive(archives.members(file), unpickler) if archive else unpickler(file).load()
    try:
        return read_archive(archives.members(file)) if archive else read_pickle(file)
    except (UnpicklingError, EOFError, OSError):
        raise
    except Exception as error:  # whatever a pickle that is no data does to the functions that read it
        begins = "" if archive else f", begins with {_beginning(file)!r}"
        raise UnpicklingError(f"it was damaged, or not written by save{begins} ({type(error).__name__}: {error})") from error


def _beginning(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(8)
