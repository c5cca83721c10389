"""PyTorch's archives of tensors: one pickle, in which tensors are views of storages, and the storages' bytes beside it.

Ours are laid out alike, with all in the pickle, so that one reader serves both.
"""

import io
from typing import Any

import numpy as np

from ..core.devices import device
from ..core.dtypes import ALL
from ..tensor import Size, Tensor
from .errors import UnpicklingError
from .unpickling import DataUnpickler

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
        raise UnpicklingError(f"a tensor of shape {tuple(size)} reaches beyond its storage of {storage.size} elements")
    step = storage.itemsize
    strides = tuple(s * step for s in stride)
    part = np.lib.stride_tricks.as_strided(storage[0 if empty else offset :], tuple(size), strides)
    return _leaf(Tensor._wrap(part, None), requires_grad)


def _leaf(data: Tensor, requires_grad: bool, *rest: Any) -> Tensor:
    return data.requires_grad_(requires_grad)


class _OfArchive:
    """What an unpickler needs to read the pickle of an archive, and the storages that it refers to."""

    def __init__(self, members: dict[str, bytes]) -> None:
        names = [n for n in members if n.endswith("/data.pkl")]
        if len(names) != 1:
            raise UnpicklingError("this zip archive holds no data.pkl: it is not a file that save wrote, here or in PyTorch")
        self.folder: str = names[0].removesuffix("data.pkl")
        order = members.get(f"{self.folder}byteorder", b"little")
        if order not in (b"little", b"big"):
            raise UnpicklingError(f"its byte order is {order!r}; little or big is required")
        self.order: Any = ">" if order == b"big" else "<"
        self.members = members
        self.storages: dict[str, np.ndarray] = {}
        super().__init__(io.BytesIO(members.pop(names[0])))  # type: ignore[call-arg]

    def find_class(self, module_name: str, global_name: str) -> Any:
        """What plays a name of PyTorch here; for any other, what the unpickler may look up."""
        found = _torch_names().get((module_name, global_name))
        if found is not None:
            return found
        if module_name.partition(".")[0] == "torch":
            raise UnpicklingError(
                f"this PyTorch file names {module_name}.{global_name}, and only containers of tensors with floats, ints and "
                "bools of NumPy can be read; in PyTorch, save the state_dict(), converted by .float() if need be"
            )
        return super().find_class(module_name, global_name)  # type: ignore[misc]

    def persistent_load(self, pid: Any) -> np.ndarray:
        """The storage that a tensor refers to, read once."""
        _, dtype, key, _, count = pid
        if not isinstance(dtype, np.dtype):
            raise UnpicklingError(f"a storage of {dtype!r} is none of numbers")
        if key not in self.storages:
            raw = self.members.pop(f"{self.folder}data/{key}", None)
            if raw is None or len(raw) != count * dtype.itemsize:
                there = "missing" if raw is None else f"of {len(raw)} bytes"
                raise UnpicklingError(f"the storage {key} is {there}, and {count} elements of {dtype} are required")
            self.storages[key] = np.frombuffer(raw, dtype.newbyteorder(self.order)).astype(dtype)
        if self.storages[key].dtype != dtype:
            raise UnpicklingError(f"the storage {key} is said to hold {self.storages[key].dtype} and {dtype}")
        return self.storages[key]


def read_archive(members: dict[str, bytes], unpickler: Any = DataUnpickler) -> Any:
    """What an archive holds; `unpickler` decides what it may name."""
    return type("ArchiveUnpickler", (_OfArchive, unpickler), {})(members).load()
