"""Gradloom's engine: tensors that record what is computed from them, and the backward pass through that record."""

import warnings

# PyTorch computes log(0) and inf - inf without a word; so do the operations here. The filter is on their modules alone:
# a program's own NumPy code warns as before.
warnings.filterwarnings("ignore", category=RuntimeWarning, module=r"autograd\.(ops|primitive|engine)")

from .creation import arange as arange, from_numpy as from_numpy, ones as ones, tensor as tensor, zeros as zeros
from .dtypes import (
    float32 as float32,
    float64 as float64,
    get_default_dtype as get_default_dtype,
    promote_types as promote_types,
    set_default_dtype as set_default_dtype,
)
from .functions.arithmetic import add as add, mul as mul
from .functions.reduction import mean as mean, sum as sum
from .functions.shaping import broadcast_to as broadcast_to, reshape as reshape
from .graph import (
    enable_grad as enable_grad,
    inference_mode as inference_mode,
    is_grad_enabled as is_grad_enabled,
    no_grad as no_grad,
    set_grad_enabled as set_grad_enabled,
)
from .ops.linalg import linear as linear
from .tensor import Tensor as Tensor, attach as _attach

_attach()
