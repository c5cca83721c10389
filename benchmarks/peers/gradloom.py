"""Gradloom, with its optimizers in NumPy or compiled by numba."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path
from typing import ClassVar

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


def _version() -> str:
    """The version of this source tree, and the commit where git tells it."""
    root = Path(str(autograd.__file__)).parent.parent
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    commit = subprocess.run(["git", "-C", root, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return f"{version} ({commit.stdout.strip()})" if commit.returncode == 0 else version
