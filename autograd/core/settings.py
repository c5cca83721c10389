"""What a program wishes of the whole process: determinism, precision."""

import os
from typing import Any

from ..errors import ArgumentError, ArgumentTypeError

_state: dict[str, Any] = {"deterministic": False, "warn_only": False, "precision": "highest", "interop": os.cpu_count() or 1}


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


class Changes:
    """How often modules were changed in structure or mode: who remembers what they looked like asks whether to look again."""

    count = 0


changes: Changes = Changes()
