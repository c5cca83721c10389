"""Gradloom, eager and compiled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import autograd
import nn
import nn.functional
import optim

from .torchlike import TorchLike


class Gradloom(TorchLike):
    """Eager Gradloom, on NumPy alone."""

    torch, nn, functional, optim = autograd, nn, nn.functional, optim
    distributions = ("numpy",)
    imports = "import autograd, nn, optim"

    @classmethod
    def versions(cls) -> dict[str, str]:
        return {"gradloom": autograd.__version__, **super().versions()}

    @classmethod
    def install_size(cls) -> float:
        roots = (Path(str(module.__file__)).parent for module in (autograd, nn, optim))
        own = sum(path.stat().st_size for root in roots for path in root.rglob("*.py"))
        return own / 1e6 + super().install_size()


class Compiled(Gradloom):
    """A whole step through `autograd.compile`: forward, backward and optimizer in one function."""

    distributions = ("numpy", "numba", "scipy")
    imports = "import autograd, nn, optim, numba"

    def __init__(self, threads: int) -> None:
        super().__init__(threads)
        self.compile: Callable[..., Any] = autograd.compile

    def model(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return function

    def training_step(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return self.compile(function)
