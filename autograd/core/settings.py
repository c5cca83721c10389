"""Settings of the whole process: how many threads compute, and what a program wishes about determinism and precision."""

import ctypes
import os
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ArgumentError, ArgumentTypeError

_threads = os.cpu_count() or 1
_state: dict[str, Any] = {"deterministic": False, "warn_only": False, "precision": "highest", "interop": _threads}


@cache
def _openblas() -> tuple[Any, str, str] | None:
    """The OpenBLAS that came with NumPy, and the names of the prefix and suffix of its functions."""
    home = Path(np.__file__).parent
    for folder in (home.parent / "numpy.libs", home / ".dylibs"):
        for path in sorted(folder.glob("*openblas*")):
            library = ctypes.CDLL(str(path))
            for prefix in ("scipy_openblas", "openblas"):
                for suffix in ("64_", ""):
                    if hasattr(library, f"{prefix}_set_num_threads{suffix}"):
                        return library, prefix, suffix
    return None


def _blas(name: str, *args: int) -> int | None:
    found = _openblas()
    if found is None:
        return None
    library, prefix, suffix = found
    return getattr(library, f"{prefix}_{name}{suffix}")(*args)


def get_num_threads() -> int:
    """How many threads a matrix product may use."""
    return _blas("get_num_threads") or _threads


def set_num_threads(num: int) -> None:
    """Set how many threads matrix products (and compiled code, once loaded) may use.

    It reaches the OpenBLAS of NumPy's wheels. With another library it warns: set OMP_NUM_THREADS before Python starts.

    >>> import autograd
    >>> n = autograd.get_num_threads()
    >>> autograd.set_num_threads(1); autograd.get_num_threads()
    1
    >>> autograd.set_num_threads(n)
    """
    global _threads
    if not isinstance(num, int) or isinstance(num, bool):
        raise ArgumentTypeError(f"set_num_threads: expected an int, got {type(num).__name__}")
    if num < 1:
        raise ArgumentError(f"set_num_threads: expects a positive integer, got {num}")
    _threads = num
    if _openblas() is None:
        warnings.warn(
            "set_num_threads: this NumPy's linear algebra library cannot be told; set OMP_NUM_THREADS before Python starts",
            stacklevel=2,
        )
    _blas("set_num_threads", num)
    numba = sys.modules.get("numba")
    if numba is not None:
        numba.set_num_threads(min(num, numba.config.NUMBA_NUM_THREADS))


def get_num_interop_threads() -> int:
    """How many operations may run at once: what was set; they run one after the other."""
    return _state["interop"]


def set_num_interop_threads(num: int) -> None:
    """Accepted from programs written for PyTorch: operations run one after the other, whatever is set."""
    if num < 1:
        raise ArgumentError(f"set_num_interop_threads: expects a positive integer, got {num}")
    _state["interop"] = num


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Ask for deterministic algorithms; there are no others here, so nothing changes but what is reported back."""
    if not isinstance(mode, bool):
        raise ArgumentTypeError(f"use_deterministic_algorithms: mode must be a bool, got {mode!r}")
    _state.update(deterministic=mode, warn_only=warn_only)


def are_deterministic_algorithms_enabled() -> bool:
    """What `use_deterministic_algorithms` was last told."""
    return _state["deterministic"]


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """What `use_deterministic_algorithms` was last told of `warn_only`."""
    return _state["deterministic"] and _state["warn_only"]


def set_flush_denormal(mode: bool) -> bool:
    """False: whether subnormal numbers are kept is not this library's to set."""
    return False


def set_float32_matmul_precision(precision: str) -> None:
    """Allow matrix products less precision than their dtype has; it is never made use of."""
    if precision not in ("highest", "high", "medium"):
        raise ArgumentError(f"set_float32_matmul_precision: expected 'highest', 'high' or 'medium', got {precision!r}")
    _state["precision"] = precision


def get_float32_matmul_precision() -> str:
    """What `set_float32_matmul_precision` was last told."""
    return _state["precision"]
