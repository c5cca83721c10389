"""Reading pickles without running them: what a file of data may name, and PyTorch's archives of tensors.

A pickle is a program; it can call whatever it may name. The unpicklers here look up only what data are made of. PyTorch
writes a zip archive: one pickle, in which tensors are views of storages, and the storages' bytes in files beside it.
"""

import pickle
import sys
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import IO, Any

import numpy as np

from ..core.devices import device
from ..core.dtypes import ALL
from ..errors import GradloomError
from ..tensor import Size, Tensor, rebuilt


class UnpicklingError(GradloomError, pickle.UnpicklingError):
    """A file that holds something other than data."""


@cache
def _data_classes() -> dict[tuple[str, str], Callable[..., Any]]:
    """What a file of data may name, by module and name."""
    found: list[Any] = [Tensor, Size, rebuilt, device, OrderedDict, np.ndarray, np.dtype]
    found += [set, frozenset, slice, complex, bytearray, *(d.type for d in ALL)]
    found += [np.empty(1).__reduce_ex__(protocol)[0] for protocol in (4, 5)] + [np.float32(0).__reduce__()[0]]
    named = {(c.__module__, c.__name__): c for c in found}
    return named | {("autograd.devices", "device"): device}  # as files from before 0.2 name it


class DataUnpickler(pickle.Unpickler):
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


# -- PyTorch's archives ------------------------------------------------------------------------------------------------

_STORAGES = {
    "DoubleStorage": "f8", "FloatStorage": "f4", "HalfStorage": "f2", "LongStorage": "i8", "IntStorage": "i4",
    "ShortStorage": "i2", "CharStorage": "i1", "ByteStorage": "u1", "BoolStorage": "?",
}  # fmt: skip


def _torch_names() -> dict[tuple[str, str], Any]:
    """What PyTorch's files of data name, and what plays it here."""
    found: dict[Any, Any] = {("torch", name): np.dtype(code) for name, code in _STORAGES.items()}
    found |= {("torch", str(d)): d for d in ALL}
    found |= {("torch", "Size"): Size, ("torch", "device"): device}
    return found | {
        ("torch._utils", "_rebuild_tensor_v2"): _shown,
        ("torch._utils", "_rebuild_parameter"): _leaf,
        ("torch._utils", "_rebuild_parameter_with_state"): _leaf,
    }


def _shown(
    storage: np.ndarray, offset: int, size: tuple[Any, ...], stride: tuple[Any, ...], requires_grad: bool, *rest: Any
) -> Tensor:
    """The part of a storage that a tensor shows; tensors of one storage share its memory."""
    reach = offset + sum((n - 1) * s for n, s in zip(size, stride, strict=True)) + 1
    empty = any(n == 0 for n in size)
    if offset < 0 or any(v < 0 for v in (*size, *stride)) or (reach > storage.size and not empty):
        raise UnpicklingError(f"load: a tensor of shape {tuple(size)} reaches beyond its storage of {storage.size} elements")
    step = storage.itemsize
    strides = tuple(s * step for s in stride)
    part = np.lib.stride_tricks.as_strided(storage[0 if empty else offset :], tuple(size), strides)
    return _leaf(Tensor._wrap(part, None), requires_grad)


def _leaf(data: Tensor, requires_grad: bool, *rest: Any) -> Tensor:
    return data.requires_grad_(requires_grad)


class ArchiveUnpickler(DataUnpickler):
    """Reads the pickle of a PyTorch archive, and the storages that it refers to."""

    archive: Any
    folder: str

    def __init__(self, archive: zipfile.ZipFile) -> None:
        names = [n for n in archive.namelist() if n.endswith("/data.pkl")]
        if len(names) != 1:
            raise UnpicklingError("load: this zip archive holds no data.pkl: it is not a file that PyTorch's save wrote")
        self.archive, self.folder = archive, names[0].removesuffix("data.pkl")
        order = f"{self.folder}byteorder"
        self.order = ">" if order in archive.namelist() and archive.read(order) == b"big" else "<"
        self.storages: dict[str, np.ndarray] = {}
        super().__init__(archive.open(names[0]))

    def find_class(self, module_name: str, global_name: str) -> Any:
        """What plays a name of PyTorch here; for any other, what data may name."""
        found = _torch_names().get((module_name, global_name))
        if found is None and module_name.partition(".")[0] == "torch":
            raise UnpicklingError(
                f"load: this PyTorch file names {module_name}.{global_name}, and only tensors and containers of them can be "
                "read; in PyTorch, save the state_dict()"
            )
        return super().find_class(module_name, global_name) if found is None else found

    def persistent_load(self, pid: Any) -> np.ndarray:
        """The storage that a tensor refers to, read once."""
        _, dtype, key, _, _ = pid
        if key not in self.storages:
            raw = np.frombuffer(self.archive.read(f"{self.folder}data/{key}"), dtype.newbyteorder(self.order))
            self.storages[key] = raw.astype(dtype)
        return self.storages[key]


def read_data(file: IO[bytes]) -> Any:
    """What a pickle or a PyTorch archive holds, if it is data."""
    if not zipfile.is_zipfile(file):
        file.seek(0)
        return DataUnpickler(file).load()
    with zipfile.ZipFile(file) as archive:
        return ArchiveUnpickler(archive).load()


# -- what nn and the user add ------------------------------------------------------------------------------------------


def _classes_of_nn(module_name: str, global_name: str) -> dict[Any, Any]:
    """What of nn holds nothing but data: its tensors (`Parameter`, `Buffer`) and its dicts."""
    if module_name.partition(".")[0] != "nn":
        return {}
    found = getattr(sys.modules.get(module_name) or import_module(module_name), global_name, None)
    return {(module_name, global_name): found} if isinstance(found, type) and issubclass(found, (Tensor, dict)) else {}


_added: dict[tuple[str, str], Any] = {}


def add_safe_globals(safe_globals: list[Any]) -> None:
    """Let `load(weights_only=True)` admit these classes and functions, too."""
    _added.update({(c.__module__, c.__qualname__): c for c in safe_globals})


def clear_safe_globals() -> None:
    """Forget what `add_safe_globals` admitted."""
    _added.clear()


def get_safe_globals() -> list[Any]:
    """What `add_safe_globals` admitted."""
    return list(_added.values())
