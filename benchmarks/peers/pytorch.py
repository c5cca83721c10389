"""PyTorch: eager with its default, its foreach and its fused Adam; and torch.compile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import torch
import torch.nn.functional

from .torchlike import TorchLike


class Eager(TorchLike):
    """Eager PyTorch with the Adam that it picks by itself on a CPU (a loop over parameters)."""

    torch, nn, functional, optim = torch, torch.nn, torch.nn.functional, torch.optim
    distributions = ("torch",)
    imports = "import torch"


class Foreach(Eager):
    """Eager PyTorch, Adam(foreach=True)."""

    adam_options: ClassVar = {"foreach": True}
    differs_in = frozenset({"optimizer"})


class Fused(Eager):
    """Eager PyTorch, Adam(fused=True)."""

    adam_options: ClassVar = {"fused": True}
    differs_in = frozenset({"optimizer"})


class Compiled(Eager):
    """torch.compile on the forward computation, which brings a compiled backward; Adam(fused=True)."""

    adam_options: ClassVar = {"fused": True}
    differs_in = frozenset({"model"})

    def model(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return torch.compile(function)

    def training(self, loss: Callable[..., Any], optimizer: Any) -> Callable[..., Any]:
        return super().training(torch.compile(loss), optimizer)
