"""Files of named arrays: `.npz` (NumPy's) and `.safetensors` (Hugging Face's). Both map names to arrays, and no more.

Written and read here, name by name: NumPy's functions take names as keyword arguments and as file names, and so lose
some (`file`, `allow_pickle`, `a` beside `a.npy`).
"""

import io
import json
import math
from typing import IO, Any

import numpy as np

from . import archives
from .errors import UnfinishedFile, UnpicklingError

# -- .npz: an archive of .npy files ------------------------------------------------------------------------------------

_HEADERS: dict[Any, Any] = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}


def write_npz(file: Any, arrays: dict[str, np.ndarray]) -> None:
    """An archive with a member `<name>.npy` for each array."""
    with archives.written(file) as archive:
        for name, array in arrays.items():
            with archives.member(archive, f"{name}.npy") as npy:
                np.lib.format.write_array(npy, array, allow_pickle=False)


def read_npz(file: IO[bytes]) -> dict[str, np.ndarray]:
    """The arrays by name, as the file's bytes; UnpicklingError names one that is no array."""
    return {
        member.removesuffix(".npy"): _array_of(member.removesuffix(".npy"), content)
        for member, content in archives.members(file).items()
    }


def _array_of(name: str, content: bytes) -> np.ndarray:
    """What a .npy file holds, if it has as many bytes as its header says: NumPy would first make room for them."""
    npy = io.BytesIO(content)
    try:
        read_header = _HEADERS[np.lib.format.read_magic(npy)]
        shape, fortran, dtype = read_header(npy)
    except (ValueError, KeyError) as error:
        raise UnpicklingError(f"the member {name!r} is no array ({error})") from None
    start = npy.tell()
    if dtype.hasobject:
        raise UnpicklingError(f"the array {name!r} holds objects, which only a pickle could say; numbers are required")
    if math.prod(shape) * dtype.itemsize != len(content) - start:
        raise UnpicklingError(f"the array {name!r}, {dtype} of shape {shape}, does not fit its {len(content) - start} bytes")
    return np.ndarray(shape, dtype, content, start, order="F" if fortran else "C")


# -- .safetensors: the length of a header, the header in JSON, the bytes -----------------------------------------------

_DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?",
}  # fmt: skip
_NAMES = {np.dtype(code): name for name, code in _DTYPES.items()}
_METADATA = "__metadata__"


def write_safetensors(file: Any, arrays: dict[str, np.ndarray]) -> None:
    """The header in the arrays' order; their bytes with the widest elements first, so that each is aligned."""
    if _METADATA in arrays:
        raise UnpicklingError(f"{_METADATA!r} is no name for a tensor in .safetensors; rename it")
    offset, places = 0, {}
    for name in sorted(arrays, key=lambda name: (-arrays[name].itemsize, name)):
        places[name] = [offset, offset := offset + arrays[name].nbytes]
    header = {
        name: {"dtype": _NAMES[a.dtype.newbyteorder("<")], "shape": list(a.shape), "data_offsets": places[name]}
        for name, a in arrays.items()
    }
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    file.write(len(text).to_bytes(8, "little") + text)
    for name in places:
        file.write(arrays[name].astype(arrays[name].dtype.newbyteorder("<"), copy=False).tobytes())


def read_safetensors(file: IO[bytes]) -> dict[str, np.ndarray]:
    """The arrays by name; UnpicklingError says what does not fit, or which dtype NumPy does not have."""
    size = file.seek(0, 2)
    file.seek(0)
    length = int.from_bytes(file.read(8), "little")
    if size < 8 + length:
        raise UnfinishedFile(f"it has {size} bytes, and its header alone needs {8 + length}: cut off, or no .safetensors")
    header = _header(file.read(length))
    content = file.read()
    end, result = 0, {}
    for name, (dtype, shape, (start, stop)) in sorted(header.items(), key=lambda item: item[1][2]):
        if dtype not in _DTYPES:
            raise UnpicklingError(
                f"the tensor {name!r} is {dtype}, which does not exist here; convert it to F32 and save it again"
            )
        if start != end or stop - start != math.prod(shape) * np.dtype(_DTYPES[dtype]).itemsize:
            raise UnpicklingError(f"the tensor {name!r}, {dtype} of shape {shape}, does not fit its bytes {start} to {stop}")
        end = stop
        if stop <= len(content):
            result[name] = np.ndarray(shape, _DTYPES[dtype], content, start)
    if end != len(content):
        raise UnfinishedFile(f"its tensors need {end} bytes, and {len(content)} are there: cut off, or damaged")
    return {name: result[name] for name in header}


def _header(text: bytes) -> dict[str, tuple[str, list[int], list[int]]]:
    try:
        pairs = json.loads(text, object_pairs_hook=list)
        names = [name for name, _ in pairs]
        found = {name: dict(entry) for name, entry in pairs if name != _METADATA}
        entries = {name: (str(e["dtype"]), list(e["shape"]), list(e["data_offsets"])) for name, e in found.items()}
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UnpicklingError(f"its header is not one of .safetensors ({error})") from None
    if len(set(names)) < len(names):
        raise UnpicklingError("two tensors of its header have the same name")
    for name, (_, shape, offsets) in entries.items():
        if len(offsets) != 2 or not all(type(n) is int and 0 <= n < 1 << 62 for n in (*shape, *offsets)):
            raise UnpicklingError(f"the tensor {name!r} has shape {shape} and bytes {offsets}; whole numbers are required")
    return entries
