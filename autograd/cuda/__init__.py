"""What a program asks of `torch.cuda` before it decides for the CPU: nothing is available, and seeds have no one to seed.

>>> import autograd
>>> "cuda" if autograd.cuda.is_available() else "cpu"
'cpu'
"""

from ..errors import DeviceError


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


def memory_allocated(device: object = None) -> int:
    """0: no memory of a device is in use."""
    return 0


def max_memory_allocated(device: object = None) -> int:
    """0: no memory of a device was in use."""
    return 0
