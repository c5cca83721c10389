"""What a program asks of `torch.cuda` before it decides for the CPU: nothing is available, and seeds have no one to seed.

>>> import autograd
>>> "cuda" if autograd.cuda.is_available() else "cpu"
'cpu'
"""

from typing import Any

from ...errors import DeviceError


def is_available() -> bool:
    """False: tensors live on the CPU."""
    return False


def is_initialized() -> bool:
    """False."""
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """False."""
    return False


def device_count() -> int:
    """0."""
    return 0


def manual_seed(seed: int) -> None:
    """Seed the generator of the current device; there is none, as in PyTorch without CUDA."""


def manual_seed_all(seed: int) -> None:
    """Seed the generators of all devices; there are none, as in PyTorch without CUDA."""


def empty_cache() -> None:
    """Release unused memory of devices; there is none."""


def _absent(what: str) -> DeviceError:
    return DeviceError(f"cuda.{what}: no CUDA device is available, tensors live on the CPU; ask cuda.is_available() first")


def current_device() -> int:
    """Raises: there is no device."""
    raise _absent("current_device")


def get_device_name(device: object = None) -> str:
    """Raises: there is no device."""
    raise _absent("get_device_name")


def synchronize(device: object = None) -> None:
    """Raises: there is no device to wait for."""
    raise _absent("synchronize")


def set_device(device: object) -> None:
    """Raises: there is no device to choose."""
    raise _absent("set_device")


def get_device_properties(device: object = None) -> object:
    """Raises: there is no device."""
    raise _absent("get_device_properties")


def get_device_capability(device: object = None) -> tuple[int, int]:
    """Raises: there is no device."""
    raise _absent("get_device_capability")


def memory_allocated(device: object = None) -> int:
    """0: no memory of a device is in use."""
    return 0


def max_memory_allocated(device: object = None) -> int:
    """0: no memory of a device was in use."""
    return 0


def memory_reserved(device: object = None) -> int:
    """0: no memory of a device is held."""
    return 0


def max_memory_reserved(device: object = None) -> int:
    """0: no memory of a device was held."""
    return 0


def reset_peak_memory_stats(device: object = None) -> None:
    """Forget the largest use of memory: there was none."""


def reset_max_memory_allocated(device: object = None) -> None:
    """Forget the largest use of memory: there was none."""


def ipc_collect() -> None:
    """Raises: there is no device."""
    raise _absent("ipc_collect")


def get_rng_state_all() -> list[Any]:
    """The states of the generators of all devices: none."""
    return []


def set_rng_state_all(new_states: list[Any]) -> None:
    """Set the states of the generators of all devices; there are none."""


class OutOfMemoryError(RuntimeError):
    """What programs catch when a device has no memory left; never raised here."""


class Event:
    """Raises: there is no device whose work could be timed."""

    def __init__(self, enable_timing: bool = False, blocking: bool = False, interprocess: bool = False) -> None:
        raise _absent("Event")


class Stream:
    """Raises: there is no device with streams of work."""

    def __init__(self, device: object = None, priority: int = 0) -> None:
        raise _absent("Stream")
