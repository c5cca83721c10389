"""Devices: there is one, the CPU; the names of others are understood, so that programs can ask for them and be told."""

from typing import Any

from ..errors import ArgumentTypeError, DeviceError

_KNOWN = ("cpu", "cuda", "mps", "xpu", "meta")


class device:
    """Where a tensor lives: `device("cpu")`. Also a context manager that changes nothing.

    >>> import autograd
    >>> autograd.device("cpu")
    device(type='cpu')
    """

    __slots__ = ("index", "type")

    def __init__(self, type: Any = "cpu", index: int | None = None) -> None:
        if isinstance(type, device):
            type, index = type.type, type.index
        if not isinstance(type, str):
            raise ArgumentTypeError(f"device: must be a string such as 'cpu', got {type!r}")
        kind, _, number = type.partition(":")
        if kind not in _KNOWN or (number and not number.isdigit()):
            raise DeviceError(f"device: expected one of {', '.join(_KNOWN)} (with an index, as in 'cuda:0'), got {type!r}")
        self.type = kind
        self.index: Any = int(number) if number else index

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __repr__(self) -> str:
        return f"device(type={self.type!r}{'' if self.index is None else f', index={self.index}'})"

    def __enter__(self) -> "device":
        return check_device(self)

    def __exit__(self, *exc: object) -> None:
        pass


CPU = device("cpu")


def check_device(wanted: Any, op: str = "device") -> device:
    """The device meant by `wanted` (None: the CPU); raises unless it is the CPU."""
    if wanted is None or wanted is CPU:
        return CPU
    found = device(wanted)
    if found.type != "cpu":
        raise DeviceError(f"{op}: device {str(found)!r} is not available: tensors live on the CPU; use device='cpu'")
    return found


def set_default_device(device: Any) -> None:
    """Accept the CPU as the default device, which it is; raises DeviceError for any other.

    >>> import autograd
    >>> autograd.set_default_device("cpu")
    """
    check_device(device, "set_default_device")


def get_default_device() -> device:
    """The device of new tensors: the CPU.

    >>> import autograd
    >>> autograd.get_default_device()
    device(type='cpu')
    """
    return CPU
