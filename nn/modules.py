"""`torch.nn.modules` and what is in it: the layers, and the base classes that programs name though PyTorch hides them.

>>> import nn
>>> isinstance(nn.Conv2d(1, 2, 3), nn.modules.conv._ConvNd)
True
"""

import sys
from importlib import import_module
from typing import Any

from autograd import Tensor

from .batchnorm import _BatchNorm as _BatchNorm, _InstanceNorm as _InstanceNorm, _Norm
from .convolution import ConvNd
from .dropout import _Dropout
from .loss.reduction import chosen
from .module import Module
from .recurrent import RNNBase as RNNBase
from .transposed_convolution import _ConvTranspose

_NormBase, _ConvNd, _ConvTransposeNd, _DropoutNd = _Norm, ConvNd, _ConvTranspose, _Dropout


class _Loss(Module):
    """A base for a loss of one's own: it keeps `reduction`."""

    def __init__(self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = chosen(size_average, reduce, reduction)


class _WeightedLoss(_Loss):
    """A base for a loss of one's own with a weight for each class, which is a buffer."""

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)


def _ntuple(n: int, name: str = "parse") -> Any:
    """A function that repeats a number n times, and passes a sequence on as a tuple."""

    def parse(x: Any) -> tuple[Any, ...]:
        return tuple(x) if hasattr(x, "__iter__") else (x,) * n

    parse.__name__ = name
    return parse


_single, _pair, _triple, _quadruple = (_ntuple(n) for n in (1, 2, 3, 4))
_size_1_t = _size_2_t = _size_3_t = _size_any_t = int | tuple[int, ...]


def __getattr__(name: str) -> Any:
    if f"torch.nn.modules.{name}" in import_module("autograd.torch.names").PLAYED_BY:
        return sys.modules[__name__]
    package = import_module("nn")
    if not name.startswith("__") and hasattr(package, name):
        return getattr(package, name)
    raise AttributeError(f"module 'nn.modules' has no attribute {name!r}")
