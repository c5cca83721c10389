"""`torch.accelerator`: there is none.

>>> import autograd
>>> autograd.accelerator.current_accelerator().type if autograd.accelerator.is_available() else "cpu"
'cpu'
"""


def is_available() -> bool:
    """False: tensors live on the CPU."""
    return False


def device_count() -> int:
    """0."""
    return 0


def current_accelerator(check_available: bool = False) -> None:
    """None."""
    return None
