"""`torch.linalg`: what can be computed from whole matrices, over the last two dimensions, the others being a batch."""

from .errors import LinAlgError as LinAlgError
from .functions.factoring import (
    cond as cond,
    det as det,
    eigh as eigh,
    eigvalsh as eigvalsh,
    inv as inv,
    linalg_cholesky as cholesky,
    linalg_cross as cross,
    linalg_diagonal as diagonal,
    linalg_norm as norm,
    linalg_qr as qr,
    linalg_svd as svd,
    lstsq as lstsq,
    matrix_exp as matrix_exp,
    matrix_norm as matrix_norm,
    matrix_power as matrix_power,
    matrix_rank as matrix_rank,
    multi_dot as multi_dot,
    pinv as pinv,
    slogdet as slogdet,
    solve as solve,
    solve_triangular as solve_triangular,
    svdvals as svdvals,
    vecdot as vecdot,
    vector_norm as vector_norm,
)
from .functions.linalg import matmul as matmul
