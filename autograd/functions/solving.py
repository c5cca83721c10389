"""Less usual ways to factor and solve: LU, checked variants that report instead of raising, tensors as matrices, low rank."""

from math import prod
from typing import Any

import numpy as np

from ..errors import LinAlgError, ShapeError
from ..ops import elementwise as ew
from ..ops.linalg import matmul
from . import shaping
from .arranging import tril, triu
from .declare import constant, function
from .factoring import inv, linalg_cholesky, linalg_svd, matrices, solve, solve_triangular
from .grids import vander
from .linalg import operands
from .norms import norm
from .reduction import sum
from .results import result
from .shaping import broadcast_to

CholeskyInfo: Any = result("linalg_cholesky_ex", "L", "info")
InverseInfo: Any = result("linalg_inv_ex", "inverse", "info")
LU = result("linalg_lu", "P", "L", "U")
UnpackedLU: Any = result("lu_unpack", "P", "L", "U")
PackedLU: Any = result("linalg_lu_factor", "LU", "pivots")


def _no_trouble(A: Any) -> Any:
    return constant(A, np.zeros(A.shape[:-2], np.int32)[()])


@function(method=False)
def cholesky_ex(input: Any, *, upper: bool = False, check_errors: bool = False) -> Any:
    """The Cholesky factor and, for each matrix, 0 or the size of the first leading minor that is not positive definite.

    >>> import autograd
    >>> autograd.linalg.cholesky_ex(autograd.tensor([[4.0]])).info
    tensor(0, dtype=torch.int32)
    """
    try:
        return CholeskyInfo(linalg_cholesky(input, upper=upper), _no_trouble(input))
    except LinAlgError:
        if check_errors:
            raise
    flat = input._data.reshape(-1, *input.shape[-2:])
    factors, info = np.zeros_like(flat), np.zeros(len(flat), np.int32)
    for k, matrix in enumerate(flat):
        for n in range(1, matrix.shape[-1] + 1):
            try:
                factors[k, :n, :n] = np.linalg.cholesky(matrix[:n, :n])
            except np.linalg.LinAlgError:
                info[k] = n
                break
    raw = factors.reshape(input.shape)
    return CholeskyInfo(
        constant(input, np.swapaxes(raw, -1, -2).copy() if upper else raw),
        constant(input, info.reshape(input.shape[:-2])[()]),
    )


@function(method=False)
def inv_ex(A: Any, *, check_errors: bool = False) -> Any:
    """The inverse and, for each matrix, 0, or 1 where there is none (and the inverse is not a number).

    >>> import autograd
    >>> autograd.linalg.inv_ex(autograd.tensor([[4.0]]))[0]
    tensor([[0.2500]])
    """
    try:
        return InverseInfo(inv(A), _no_trouble(A))
    except LinAlgError:
        if check_errors:
            raise
    singular = np.linalg.matrix_rank(A._data) < A.shape[-1]
    unit = np.where(singular[..., None, None], np.eye(A.shape[-1], dtype=A.dtype), A._data)
    found = np.where(singular[..., None, None], np.nan, np.linalg.inv(unit)).astype(A.dtype)
    return InverseInfo(constant(A, found), constant(A, singular.astype(np.int32)[()]))


@function
def cholesky_inverse(input: Any, upper: bool = False) -> Any:
    """The inverse of the matrix whose Cholesky factor is `input`, L: (L L^T)^-1, or (L^T L)^-1 if `upper`.

    >>> import autograd
    >>> autograd.cholesky_inverse(autograd.tensor([[2.0]]))
    tensor([[0.2500]])
    """
    matrices(input, "cholesky_inverse", square=True)
    lower = shaping.transpose(triu(input), -2, -1) if upper else tril(input)
    eye = constant(input, np.broadcast_to(np.eye(input.shape[-1], dtype=input.dtype), input.shape).copy())
    root = solve_triangular(lower, eye, upper=False)
    return matmul(shaping.transpose(root, -2, -1), root)


def _pivoted(raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The order of rows that partial pivoting chooses, and its swaps as LAPACK numbers them, from 1."""
    m, n = raw.shape
    work, order, swaps = raw.astype(np.float64), np.arange(m), []
    for k in range(min(m, n)):
        best = k + int(np.argmax(np.abs(work[k:, k])))
        swaps.append(best + 1)
        if best != k:
            work[[k, best]], order[[k, best]] = work[[best, k]], order[[best, k]]
        if work[k, k]:
            work[k + 1 :, k] /= work[k, k]
            work[k + 1 :, k + 1 :] -= np.outer(work[k + 1 :, k], work[k, k + 1 :])
    return order, np.array(swaps, np.int32)


def _lu_parts(A: Any, op: str) -> tuple[Any, Any, Any, np.ndarray]:
    """P, L and U of square matrices; L and U by solving with the leading minors that elimination goes through."""
    matrices(A, op, square=True)
    n = A.shape[-1]
    flat = A._data.reshape(prod(A.shape[:-2]), n, n)
    found = [_pivoted(matrix) for matrix in flat]
    P = np.zeros_like(flat)
    for k, (order, _) in enumerate(found):
        P[k, order, np.arange(n)] = 1
    swaps = np.array([s for _, s in found], np.int32).reshape(*A.shape[:-2], n)
    permutation = constant(A, P.reshape(A.shape))
    rows = matmul(shaping.transpose(permutation, -2, -1), A)
    upper, lower = rows, constant(A, np.broadcast_to(np.eye(n, dtype=A.dtype), A.shape).copy())
    places = np.arange(n)
    for k in range(n - 1):
        below = constant(A, (places > k).astype(A.dtype))
        pivot = upper[..., k : k + 1, k : k + 1]
        column = ew.multiply(ew.divide(upper[..., :, k : k + 1], pivot), shaping.reshape(below, (-1, 1)))
        upper = ew.subtract(upper, matmul(column, upper[..., k : k + 1, :]))
        lower = ew.add(lower, ew.multiply(column, constant(A, (places == k).astype(A.dtype))))
    return permutation, lower, triu(upper), swaps


@function(method=False)
def lu(A: Any, *, pivot: bool = True) -> Any:
    """P, L, U of square matrices: A = P L U, with a permutation, a unit lower and an upper triangular matrix.

    >>> import autograd
    >>> P, L, U = autograd.linalg.lu(autograd.tensor([[1.0, 2.0], [4.0, 4.0]]))
    >>> P @ L @ U
    tensor([[1., 2.],
            [4., 4.]])
    """
    if not pivot:
        raise NotImplementedError("linalg.lu: without pivoting it is not available")
    P, L, U, _ = _lu_parts(A, "linalg.lu")
    return LU(P, L, U)


@function(method=False)
def lu_factor(A: Any, *, pivot: bool = True) -> Any:
    """L and U of square matrices in one matrix, and the row, counted from 1, that each row was exchanged with.

    >>> import autograd
    >>> autograd.linalg.lu_factor(autograd.tensor([[1.0, 2.0], [4.0, 4.0]])).pivots
    tensor([2, 2], dtype=torch.int32)
    """
    if not pivot:
        raise NotImplementedError("linalg.lu_factor: without pivoting it is not available")
    _, L, U, swaps = _lu_parts(A, "linalg.lu_factor")
    return PackedLU(ew.add(tril(L, -1), U), constant(A, swaps))


def _permutation(pivots: np.ndarray, n: int, dtype: np.dtype) -> np.ndarray:
    """The matrices that exchange n rows as pivots say, which count from 1."""
    flat = pivots.reshape(-1, pivots.shape[-1])
    P = np.zeros((len(flat), n, n), dtype)
    for k, swaps in enumerate(flat):
        order = np.arange(n)
        for i, j in enumerate(swaps - 1):
            order[[i, j]] = order[[j, i]]
        P[k, np.arange(n), order] = 1
    return P.reshape(*pivots.shape[:-1], n, n)


@function(method=False)
def linalg_lu_solve(LU: Any, pivots: Any, B: Any, *, left: bool = True, adjoint: bool = False) -> Any:
    """The X with A X = B, for the A that `lu_factor` made LU and pivots of.

    >>> import autograd
    >>> A, B = autograd.tensor([[1.0, 2.0], [4.0, 4.0]]), autograd.tensor([[3.0], [8.0]])
    >>> autograd.linalg.lu_solve(*autograd.linalg.lu_factor(A), B)
    tensor([[1.],
            [1.]])
    """
    if not left or adjoint:
        raise NotImplementedError("linalg.lu_solve: only A X = B is available, with left=True and adjoint=False")
    rows = matmul(constant(LU, _permutation(pivots._data, LU.shape[-1], LU.dtype)), B)
    return solve_triangular(LU, solve_triangular(LU, rows, upper=False, unitriangular=True), upper=True)


@function(method=False)
def lu_solve(b: Any, LU_data: Any, LU_pivots: Any) -> Any:
    """`linalg.lu_solve` with the right side first."""
    return linalg_lu_solve(LU_data, LU_pivots, b)


@function(method=False)
def tensorsolve(input: Any, other: Any, dims: Any = None) -> Any:
    """The X with tensordot(input, X, X.ndim) = other: `solve` with the input read as a square matrix.

    >>> import autograd
    >>> autograd.linalg.tensorsolve(autograd.eye(4).reshape(2, 2, 2, 2), autograd.ones(2, 2)).shape
    torch.Size([2, 2])
    """
    operands("tensorsolve", input=input, other=other)
    if dims is not None:
        input = shaping.movedim(input, tuple(dims), tuple(range(input.ndim - len(dims), input.ndim)))
    rest = tuple(input.shape[other.ndim :])
    if prod(rest) != prod(other.shape):
        raise ShapeError(
            f"linalg.tensorsolve: expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod("
            f"self.shape[:other.ndim]), got {tuple(input.shape)} and {tuple(other.shape)}"
        )
    n = prod(rest)
    return shaping.reshape(solve(shaping.reshape(input, (n, n)), shaping.reshape(other, (n,))), rest)


@function(method=False)
def tensorinv(input: Any, ind: int = 2) -> Any:
    """The inverse of the input, read as a matrix from its last dimensions to its first `ind`.

    >>> import autograd
    >>> autograd.linalg.tensorinv(autograd.eye(4).reshape(4, 2, 2), ind=1).shape
    torch.Size([2, 2, 4])
    """
    if ind <= 0:
        raise ShapeError(f"linalg.tensorinv: expected a strictly positive integer for 'ind', got {ind}")
    head, tail = tuple(input.shape[:ind]), tuple(input.shape[ind:])
    if prod(head) != prod(tail):
        raise ShapeError(
            f"linalg.tensorinv: expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), "
            f"got shape {tuple(input.shape)} and ind={ind}"
        )
    return shaping.reshape(inv(shaping.reshape(input, (prod(head), prod(tail)))), (*tail, *head))


@function(method=False)
def linalg_vander(x: Any, *, N: int | None = None) -> Any:
    """Powers 0, 1, ..., N - 1 of the last dimension's elements, as a new last dimension.

    >>> import autograd
    >>> autograd.linalg.vander(autograd.tensor([2, 3]), N=3)
    tensor([[1, 2, 4],
            [1, 3, 9]])
    """
    if x.ndim == 0:
        raise ShapeError("linalg.vander: Expected dim greater than 0, got shape ()")
    n = x.shape[-1] if N is None else N
    if n <= 1:
        raise ShapeError(f"linalg.vander: N must be greater than 1, got {n}")
    flat = vander(shaping.reshape(x, (-1,)), n, True)
    return shaping.reshape(flat, (*x.shape, n))


@function(method=False)
def svd_lowrank(A: Any, q: int = 6, niter: int = 2, M: Any = None) -> tuple[Any, ...]:
    """U, S, V of the q largest singular values: A is about U diag(S) V^T. Here they are exact, whatever `niter` is.

    >>> import autograd
    >>> autograd.svd_lowrank(autograd.ones(3, 2), q=1)[1]
    tensor([2.4495])
    """
    if M is not None:
        A = ew.subtract(A, broadcast_to(M, A.shape))
    matrices(A, "svd_lowrank")
    if not 0 <= q <= min(A.shape[-2:]):
        raise ShapeError(f"svd_lowrank: q is {q}; it must be from 0 to the smaller side of shape {tuple(A.shape)}")
    U, S, Vh = linalg_svd(A, full_matrices=False)
    return U[..., :q], S[..., :q], shaping.transpose(Vh, -2, -1)[..., :q]


@function(method=False)
def pca_lowrank(A: Any, q: int | None = None, center: bool = True, niter: int = 2) -> tuple[Any, ...]:
    """U, S, V of the q (6, or as many as there are) largest singular values of A, less its columns' means if `center`.

    >>> import autograd
    >>> autograd.pca_lowrank(autograd.tensor([[1.0, 0.0], [3.0, 0.0]]), q=1)[1]
    tensor([1.4142])
    """
    matrices(A, "pca_lowrank")
    q = min(6, *A.shape[-2:]) if q is None else q
    if not center:
        return svd_lowrank(A, q, niter)
    mean = ew.divide(sum(A, -2, True), A.shape[-2])
    return svd_lowrank(ew.subtract(A, mean), q, niter)


@function(method=False)
def nuclear_norm(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The sum of the singular values.

    >>> import autograd
    >>> autograd.nuclear_norm(autograd.eye(3))
    tensor(3.)
    """
    if dim is not None:
        raise NotImplementedError("nuclear_norm: with dim use linalg.matrix_norm(x, 'nuc', dim)")
    found = norm(linalg_svd(input, full_matrices=False)[1], 1)
    return shaping.reshape(found, (1, 1)) if keepdim else found


@function(method=False)
def lu_unpack(LU_data: Any, LU_pivots: Any, unpack_data: bool = True, unpack_pivots: bool = True) -> Any:
    """P, L and U from what `linalg.lu_factor` gives: (P, L, U), A = P L U. What is not to be unpacked is empty.

    >>> import autograd
    >>> A = autograd.tensor([[1.0, 2.0], [4.0, 4.0]])
    >>> P, L, U = autograd.lu_unpack(*autograd.linalg.lu_factor(A)); P @ L @ U
    tensor([[1., 2.],
            [4., 4.]])
    """
    matrices(LU_data, "lu_unpack")
    if LU_pivots.dtype != np.int32:
        raise ShapeError(f"lu_unpack: LU_pivots must be of dtype int32, as lu_factor makes them, got {LU_pivots.dtype}")
    m, n = LU_data.shape[-2:]
    k = min(m, n)
    P = L = U = constant(LU_data, np.zeros(0, LU_data.dtype))
    if unpack_pivots:
        P = constant(LU_data, np.swapaxes(_permutation(LU_pivots._data, m, LU_data.dtype), -1, -2).copy())
    if unpack_data:
        L = ew.add(tril(LU_data[..., :k], -1), constant(LU_data, np.eye(m, k, dtype=LU_data.dtype)))
        U = triu(LU_data[..., :k, :])
    return UnpackedLU(P, L, U)


@function(method=False)
def householder_product(input: Any, tau: Any) -> Any:
    """The first columns of the product of the reflections I - tau[k] v v^T, v the k-th column below its diagonal of 1.

    `input` is (..., m, n) with n <= m, `tau` (..., k) with k <= n.

    >>> import autograd
    >>> autograd.linalg.householder_product(autograd.tensor([[1.0], [1.0]]), autograd.tensor([1.0]))
    tensor([[ 0.],
            [-1.]])
    """
    op = "linalg.householder_product"
    matrices(input, op)
    operands(op, input=input, tau=tau)
    m, n = input.shape[-2:]
    if n > m or tau.ndim != input.ndim - 1 or tuple(tau.shape[:-1]) != tuple(input.shape[:-2]) or tau.shape[-1] > n:
        raise ShapeError(
            f"{op}: input must be (..., m, n) with n <= m, tau (..., k) with k <= n, got shapes {tuple(input.shape)} and "
            f"{tuple(tau.shape)}"
        )
    below = ew.add(tril(input, -1), constant(input, np.eye(m, n, dtype=input.dtype)))
    product = constant(input, np.broadcast_to(np.eye(m, n, dtype=input.dtype), input.shape).copy())
    for k in reversed(range(tau.shape[-1])):
        v = below[..., :, k : k + 1]
        turned = matmul(v, matmul(shaping.transpose(v, -2, -1), product))
        product = ew.subtract(product, ew.multiply(tau[..., k, None, None], turned))
    return product


@function
def orgqr(input: Any, input2: Any) -> Any:
    """`linalg.householder_product` under LAPACK's name.

    `input2` is its tau.

    >>> import autograd
    >>> autograd.orgqr(autograd.tensor([[1.0], [1.0]]), autograd.tensor([1.0]))
    tensor([[ 0.],
            [-1.]])
    """
    return householder_product(input, input2)
