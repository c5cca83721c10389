"""`torch.cuda.amp`: the older names of `torch.amp` for CUDA, which is not there."""

from typing import Any

from ...core.dtypes import float16
from .. import amp
from ..amp import custom_bwd as custom_bwd, custom_fwd as custom_fwd


class autocast(amp.autocast):
    """`amp.autocast("cuda")`: without CUDA it warns and does nothing."""

    def __init__(self, enabled: bool = True, dtype: Any = float16, cache_enabled: bool = True) -> None:
        super().__init__("cuda", dtype, enabled, cache_enabled)


class GradScaler(amp.GradScaler):
    """`amp.GradScaler("cuda")`: without CUDA it warns and does nothing."""

    def __init__(
        self,
        init_scale: float = 65536.0,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        super().__init__("cuda", init_scale, growth_factor, backoff_factor, growth_interval, enabled)
