"""Gradloom, eager with its optimizers in NumPy or compiled by numba; and compiled, on NumPy alone."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import autograd
import nn
import nn.functional
import optim

from .torchlike import TorchLike


class Gradloom(TorchLike):
    """Eager Gradloom, on NumPy alone: fused=False keeps the optimizer from being compiled where numba is installed."""

    torch, nn, functional, optim = autograd, nn, nn.functional, optim
    distributions = ("numpy",)
    imports = "import autograd, nn, optim"
    adam_options: ClassVar = {"fused": False}

    @classmethod
    def versions(cls) -> dict[str, str]:
        return {"gradloom": _version(), **super().versions()}

    @classmethod
    def install_size(cls) -> float:
        roots = (Path(str(module.__file__)).parent for module in (autograd, nn, optim))
        own = sum(path.stat().st_size for root in roots for path in root.rglob("*.py"))
        return own / 1e6 + super().install_size()


class Fused(Gradloom):
    """Eager Gradloom with the optimizer's update rule compiled by numba."""

    distributions = ("numpy", "numba", "scipy")
    adam_options: ClassVar = {"fused": True}
    differs_in = frozenset({"optimizer"})


class Compiled(Gradloom):
    """Gradloom's compiler on NumPy alone: a training step, or a function, recorded once and replayed."""

    differs_in = frozenset({"model", "optimizer", "whole"})

    def whole(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return autograd.compile(function)

    def model(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return autograd.compile(function)

    def training(self, loss: Callable[..., Any], optimizer: Any) -> Callable[..., Any]:
        return autograd.compile(super().training(loss, optimizer))


def _version() -> str:
    """The version of this source tree, and the commit where git tells it."""
    root = Path(str(autograd.__file__)).parent.parent
    version = autograd.__version__
    commit = subprocess.run(["git", "-C", root, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return f"{version} ({commit.stdout.strip()})" if commit.returncode == 0 else version
