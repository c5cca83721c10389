"""What PyTorch's dtypes say of themselves and NumPy's do not: `tensor.dtype.is_floating_point`.

dtypes here are NumPy's own objects, whose class takes no attributes. For as long as a program runs in PyTorch's place the
three properties are entered into that class all the same, behind its back; they take nothing away from NumPy's users in
the same process, and are gone afterwards. Where Python does not give the class's dictionary away, nothing is changed.
"""

import ctypes
import gc
from collections.abc import Callable
from typing import Any

import numpy as np

KINDS = {"is_floating_point": "f", "is_complex": "c", "is_signed": "fi"}
_nested = [0]


def _property(kinds: str) -> property:
    return property(lambda self: self.kind in kinds)


def _of_class() -> dict[str, Any] | None:
    """The dictionary behind np.dtype's read-only view of it."""
    found = gc.get_referents(np.dtype.__dict__)
    return found[0] if found and isinstance(found[0], dict) and "itemsize" in found[0] else None


def show_kinds_of_dtypes() -> Callable[[], None]:
    """Give dtypes `is_floating_point`, `is_complex` and `is_signed`; returns what takes them away again."""
    attributes = _of_class()
    if attributes is None or not hasattr(ctypes, "pythonapi"):
        return lambda: None
    _nested[0] += 1
    for name, kinds in KINDS.items():
        attributes.setdefault(name, _property(kinds))
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(np.dtype))

    def undo() -> None:
        _nested[0] -= 1
        if not _nested[0]:
            for name in KINDS:
                attributes.pop(name, None)
            ctypes.pythonapi.PyType_Modified(ctypes.py_object(np.dtype))

    return undo
