"""`torch.mps` and `torch.xpu`: devices that are not there.

>>> import autograd
>>> autograd.mps.device_count()
0
"""


def is_available() -> bool:
    """False: tensors live on the CPU."""
    return False


def device_count() -> int:
    """0."""
    return 0


def empty_cache() -> None:
    """Release unused memory of the device; there is none."""


def manual_seed(seed: int) -> None:
    """Seed the generator of the device; there is none."""


def manual_seed_all(seed: int) -> None:
    """Seed the generators of all devices; there are none."""
