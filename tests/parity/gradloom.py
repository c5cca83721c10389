"""Gradloom in torch's layout, where `nn` and `optim` are inside the one namespace."""

from __future__ import annotations

from typing import Any

import autograd
import nn
import optim


class Gradloom:
    """Everything that `autograd` has, with `nn` and `optim`."""

    nn, optim = nn, optim

    def __getattr__(self, name: str) -> Any:
        return getattr(autograd, name)


GRADLOOM = Gradloom()
