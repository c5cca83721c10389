"""Mixed precision, as far as a program without CUDA meets it: the context and the scaler that find nothing to do.

PyTorch without CUDA warns and goes on in full precision, and so does this. What it would do on a CPU, bfloat16, does not
exist here and is an error.

>>> import autograd
>>> scaler = autograd.amp.GradScaler(enabled=False)
>>> with autograd.amp.autocast("cuda", enabled=False):
...     loss = scaler.scale(autograd.ones(()))
>>> loss, scaler.is_enabled()
(tensor(1.), False)
"""

import warnings
from contextlib import ContextDecorator
from typing import Any

from ..core.devices import device
from ..errors import ArgumentError


def is_autocast_available(device_type: str) -> bool:
    """False: every operation computes in the dtype of its operands."""
    device(device_type)
    return False


def is_autocast_enabled(device_type: str | None = None) -> bool:
    """False: every operation computes in the dtype of its operands."""
    return False


def custom_fwd(fwd: Any = None, *, device_type: str | None = None, cast_inputs: Any = None) -> Any:
    """The forward of a Function itself: there is no autocast whose state it would have to keep; without one, a decorator."""
    return (lambda given: given) if fwd is None else fwd


def custom_bwd(bwd: Any = None, *, device_type: str | None = None) -> Any:
    """The backward of a Function itself; without one, a decorator."""
    return (lambda given: given) if bwd is None else bwd


class autocast(ContextDecorator):
    """Operations inside compute in the dtype of their operands; asked for CUDA it warns, for the CPU it raises."""

    def __init__(self, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None) -> None:
        self.device: str = device(device_type).type
        if enabled and self.device == "cpu":
            raise ArgumentError(
                "autocast: lower precision on the CPU is not available (there is no bfloat16); pass enabled=False, or convert "
                "with .half()"
            )
        if enabled:
            warnings.warn(
                f"User provided device_type of {self.device!r}, but {self.device.upper()} is not available. Disabling",
                stacklevel=2,
            )
        self._enabled = False

    def __enter__(self) -> "autocast":
        return self

    def __exit__(self, *exc: object) -> None:
        pass


class GradScaler:
    """Scales nothing: gradients of float32 need no scaling. If enabled it warns that there is no CUDA."""

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 65536.0,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        if enabled:
            warnings.warn(f"GradScaler is enabled, but {device.upper()} is not available. Disabling.", stacklevel=2)

    def scale(self, outputs: Any) -> Any:
        """The outputs as they are."""
        return outputs

    def unscale_(self, optimizer: Any) -> None:
        """Nothing: gradients were not scaled."""

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """`optimizer.step(*args, **kwargs)`"""
        return optimizer.step(*args, **kwargs)

    def update(self, new_scale: float | None = None) -> None:
        """Nothing: the scale is always 1."""

    def get_scale(self) -> float:
        """1.0"""
        return 1.0

    def is_enabled(self) -> bool:
        """False"""
        return False

    def state_dict(self) -> dict[Any, Any]:
        """Empty, as that of a disabled scaler is."""
        return {}

    def load_state_dict(self, state_dict: dict[Any, Any]) -> None:
        """Accepts the state of a disabled scaler, and of an enabled one, which has nothing to say here."""
