"""`torch.linalg`: what can be computed from whole matrices, over the last two dimensions, the others being a batch."""

from importlib import import_module
from typing import Any

from .errors import LinAlgError as LinAlgError
from .functions import factoring, matrices
from .functions.factoring import (
    det as det,
    eigh as eigh,
    eigvalsh as eigvalsh,
    inv as inv,
    lstsq as lstsq,
    pinv as pinv,
    slogdet as slogdet,
    solve as solve,
    solve_triangular as solve_triangular,
    svdvals as svdvals,
)
from .functions.linalg import matmul as matmul
from .functions.matrices import (
    cond as cond,
    matrix_exp as matrix_exp,
    matrix_norm as matrix_norm,
    matrix_power as matrix_power,
    matrix_rank as matrix_rank,
    multi_dot as multi_dot,
    vecdot as vecdot,
    vector_norm as vector_norm,
)

# Names that mean something else, or take other arguments, outside of this namespace.
cholesky: Any
qr: Any
svd: Any
cholesky, qr, svd = factoring.linalg_cholesky, factoring.linalg_qr, factoring.linalg_svd
cross: Any
diagonal: Any
norm: Any
norm, cross, diagonal = matrices.linalg_norm, matrices.linalg_cross, matrices.linalg_diagonal

# What few programs call is imported when it is first asked for: here the name, there the function.
_LATER = {
    "cholesky_ex": "cholesky_ex",
    "householder_product": "householder_product",
    "inv_ex": "inv_ex",
    "lu": "lu",
    "lu_factor": "lu_factor",
    "lu_solve": "linalg_lu_solve",
    "tensorinv": "tensorinv",
    "tensorsolve": "tensorsolve",
    "vander": "linalg_vander",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module 'autograd.linalg' has no attribute {name!r}")
    found = globals()[name] = getattr(import_module("autograd.functions.solving"), _LATER[name])
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_LATER})
