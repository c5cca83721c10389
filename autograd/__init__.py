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
from .functions.indexing import (
    argwhere as argwhere,
    diagonal_scatter as diagonal_scatter,
    gather as gather,
    index_add as index_add,
    index_copy as index_copy,
    index_fill as index_fill,
    index_put as index_put,
    index_select as index_select,
    masked_fill as masked_fill,
    masked_scatter as masked_scatter,
    masked_select as masked_select,
    nonzero as nonzero,
    put as put,
    scatter as scatter,
    scatter_add as scatter_add,
    scatter_reduce as scatter_reduce,
    select_scatter as select_scatter,
    slice_scatter as slice_scatter,
    take as take,
    take_along_dim as take_along_dim,
)
from .functions.joining import (
    block_diag as block_diag,
    cat as cat,
    chunk as chunk,
    column_stack as column_stack,
    concat as concat,
    concatenate as concatenate,
    dsplit as dsplit,
    dstack as dstack,
    hsplit as hsplit,
    hstack as hstack,
    row_stack as row_stack,
    split as split,
    stack as stack,
    tensor_split as tensor_split,
    unbind as unbind,
    vsplit as vsplit,
    vstack as vstack,
)
from .functions.shaping import (
    adjoint as adjoint,
    atleast_1d as atleast_1d,
    atleast_2d as atleast_2d,
    atleast_3d as atleast_3d,
    broadcast_shapes as broadcast_shapes,
    broadcast_tensors as broadcast_tensors,
    broadcast_to as broadcast_to,
    diagonal as diagonal,
    flatten as flatten,
    moveaxis as moveaxis,
    movedim as movedim,
    narrow as narrow,
    permute as permute,
    ravel as ravel,
    reshape as reshape,
    select as select,
    squeeze as squeeze,
    swapaxes as swapaxes,
    swapdims as swapdims,
    t as t,
    transpose as transpose,
    unflatten as unflatten,
    unsqueeze as unsqueeze,
)
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
