"""Layers, losses and what models are built of, with PyTorch's names, arguments and defaults."""

from . import functional as functional, init as init
from .containers import (
    ModuleDict as ModuleDict,
    ModuleList as ModuleList,
    ParameterDict as ParameterDict,
    ParameterList as ParameterList,
    Sequential as Sequential,
)
from .linear import (
    Bilinear as Bilinear,
    Flatten as Flatten,
    Identity as Identity,
    Linear as Linear,
    Unflatten as Unflatten,
)
from .module import Module as Module
from .parameter import Buffer as Buffer, Parameter as Parameter
