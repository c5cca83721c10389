"""What `linalg` computes from whole matrices: inverses, determinants, factorizations, solvers, powers, norms."""

from typing import Any

import numpy as np

from ..core.graph import Traced
from ..core.primitive import cast
from ..core.shapes import broadcast
from ..core.standin import applied
from ..errors import ArgumentTypeError, DtypeError, LinAlgError, ShapeError
from ..ops import elementwise as ew, factor as fa, reduce as rd
from ..ops.linalg import matmul
from ..ops.shape import concatenate
from . import shaping
from .arranging import tril, triu
from .declare import constant, function
from .linalg import operands
from .norms import scale_of
from .parts import narrow
from .results import result
from .shaping import matrix_transpose

QR = result("linalg_qr", "Q", "R")
SVD = result("linalg_svd", "U", "S", "Vh")
LegacySVD: Any = result("svd", "U", "S", "V")
Eigh: Any = result("linalg_eigh", "eigenvalues", "eigenvectors")
SignLog: Any = result("linalg_slogdet", "sign", "logabsdet")
LeastSquares: Any = result("linalg_lstsq", "solution", "residuals", "rank", "singular_values")


def matrices(x: Any, op: str, square: bool = False, floating: bool = True) -> None:
    """Raise unless x holds matrices: square ones, of floats."""
    if not isinstance(x, Traced):
        raise ArgumentTypeError(f"{op}(): argument 'A' must be Tensor, not {type(x).__name__}")
    if x.ndim < 2:
        raise ShapeError(f"{op}: the input tensor A must have at least 2 dimensions, got shape {tuple(x.shape)}")
    if square and x.shape[-1] != x.shape[-2]:
        raise ShapeError(f"{op}: A must be batches of square matrices, but they are {x.shape[-2]} by {x.shape[-1]} matrices")
    if floating:
        full_precision(x, op)


def full_precision(x: Any, op: str) -> None:
    if x.dtype.kind != "f":
        raise DtypeError(f"{op}: expected a floating point tensor as input, got {x.dtype}; convert with .float()")
    if x.dtype == np.float16:
        raise DtypeError(f"{op}: low precision dtypes are not supported, got float16; convert with .float()")


def _attempt(op: str, what: str, call: Any, *args: Any, **options: Any) -> Any:
    """A factorization, with NumPy's complaint about the matrix in the words of this library."""
    try:
        return call(*args, **options)
    except np.linalg.LinAlgError as error:
        raise LinAlgError(f"{op}: the factorization could not be completed: {what} ({error})") from None


# -- inverse, determinant, solve ---------------------------------------------------------------------------------------


def inverse_of(x: Any, op: str) -> Any:
    matrices(x, op, square=True)
    try:
        return fa.inv(x)
    except LinAlgError as error:
        raise LinAlgError(str(error).replace("inv:", f"{op}:", 1)) from None


@function(method=False)
def inv(A: Any) -> Any:
    """The inverse of square matrices; raises LinAlgError for a singular one.

    >>> import autograd
    >>> autograd.linalg.inv(autograd.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    return inverse_of(A, "inv")


@function
def inverse(input: Any) -> Any:
    """`linalg.inv` under its older name.

    >>> import autograd
    >>> autograd.tensor([[2.0]]).inverse()
    tensor([[0.5000]])
    """
    return inverse_of(input, "inverse")


@function
def det(A: Any) -> Any:
    """The determinant of square matrices.

    >>> import autograd
    >>> autograd.linalg.det(autograd.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor(-2.)
    """
    matrices(A, "det", square=True)
    return fa.det(A)


@function
def slogdet(A: Any) -> Any:
    """The determinant as its sign and the logarithm of its absolute value: (sign, logabsdet).

    >>> import autograd
    >>> autograd.linalg.slogdet(autograd.tensor([[-1.0]])).sign
    tensor(-1.)
    """
    matrices(A, "slogdet", square=True)
    return SignLog(*fa.slogdet(A))


@function
def logdet(input: Any) -> Any:
    """The logarithm of the determinant: -inf where it is 0, NaN where it is negative.

    >>> import autograd
    >>> autograd.logdet(autograd.tensor([[1.0]]))
    tensor(0.)
    """
    matrices(input, "logdet", square=True)
    sign, size = fa.slogdet(input)
    return ew.where(constant(input, sign._array() < 0), input.dtype.type(np.nan), size)


@function(method=False)
def solve(A: Any, B: Any, *, left: bool = True) -> Any:
    """The solution X of A X = B (of X A = B, if not `left`); B holds columns, or is a vector (or a batch of vectors).

    Raises LinAlgError for a singular A.

    >>> import autograd
    >>> autograd.linalg.solve(autograd.tensor([[2.0, 0.0], [0.0, 4.0]]), autograd.tensor([2.0, 2.0]))
    tensor([1.0000, 0.5000])
    """
    operands("solve", A=A, B=B)
    matrices(A, "solve", square=True)
    n = A.shape[-1]
    if B.ndim == 1 or (B.ndim == A.ndim - 1 and B.shape == A.shape[:-1]):
        if B.shape[-1] != n:
            raise ShapeError(f"solve: A has shape {tuple(A.shape)}, B {tuple(B.shape)}; B must have {n} elements")
        return shaping.squeeze(fa.solve(A, shaping.unsqueeze(B, -1)), -1)
    if B.ndim < 2 or B.shape[-2 if left else -1] != n:
        raise ShapeError(f"solve: incompatible shapes of A {tuple(A.shape)} and B {tuple(B.shape)}; B needs a dimension of {n}")
    broadcast("solve", A.shape[:-2], B.shape[:-2])
    if left:
        return fa.solve(A, B)
    return matrix_transpose(fa.solve(matrix_transpose(A), matrix_transpose(B)))


@function(method=False)
def solve_triangular(input: Any, B: Any, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Any:
    """The solution X of A X = B (or X A = B); of A a triangle is read, its diagonal as ones if `unitriangular`.

    >>> import autograd
    >>> A = autograd.tensor([[1.0, 2.0], [0.0, 4.0]])
    >>> autograd.linalg.solve_triangular(A, autograd.tensor([[5.0], [8.0]]), upper=True)
    tensor([[1.],
            [2.]])
    """
    matrices(input, "solve_triangular", square=True)
    if isinstance(B, Traced) and B.dtype != input.dtype:
        B = cast(B, dtype=input.dtype)
    operands("solve_triangular", input=input, B=B)
    if B.ndim < 2 or B.shape[-2 if left else -1] != input.shape[-1]:
        raise ShapeError(f"solve_triangular: incompatible shapes of A {tuple(input.shape)} and B {tuple(B.shape)}")
    strict = 1 if unitriangular else 0
    part = triu(input, strict) if upper else tril(input, -strict)
    if unitriangular:
        part = ew.add(part, constant(input, np.eye(input.shape[-1], dtype=input.dtype)))
    if left:
        return fa.solve(part, B)
    return matrix_transpose(fa.solve(matrix_transpose(part), matrix_transpose(B)))


@function
def cholesky_solve(input: Any, input2: Any, upper: bool = False) -> Any:
    """The solution X of A X = input, where `input2` is A's Cholesky factor L: A = L L^T, or L^T L if `upper`.

    >>> import autograd
    >>> A = autograd.tensor([[4.0, 2.0], [2.0, 5.0]])
    >>> autograd.cholesky_solve(A, autograd.linalg.cholesky(A))
    tensor([[1., 0.],
            [0., 1.]])
    """
    operands("cholesky_solve", input=input, input2=input2)
    lower = matrix_transpose(input2) if upper else input2
    return solve_triangular(matrix_transpose(lower), solve_triangular(lower, input, upper=False), upper=True)


def _pinv(x: Any, rtol: Any, op: str) -> Any:
    matrices(x, op)
    if rtol is None:
        rtol = max(x.shape[-2:]) * np.finfo(x.dtype).eps
    return fa.pinv(x, rtol=rtol)


@function(method=False)
def pinv(input: Any, rcond: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Any:
    """The pseudo-inverse: singular values up to max(atol, rtol * the largest) count as 0; `rcond` is an older name of rtol.

    >>> import autograd
    >>> autograd.linalg.pinv(autograd.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """
    return _pinv(input, _relative(input, atol, rtol if rcond is None else rcond, "pinv"), "pinv")


def _relative(x: Any, atol: Any, rtol: Any, op: str) -> Any:
    """One relative tolerance that says what the two of PyTorch say together."""
    if atol is None:
        return rtol
    matrices(x, op)
    largest = np.linalg.svd(x._data, compute_uv=False).max(-1, initial=0)
    scale = np.where(largest > 0, largest, 1)
    return np.maximum(atol / scale, rtol or 0)


@function
def pinverse(input: Any, rcond: float = 1e-15) -> Any:
    """`linalg.pinv` under its older name.

    Singular values below `rcond` times the largest count as 0.

    >>> import autograd
    >>> autograd.tensor([[2.0], [0.0]]).pinverse()
    tensor([[0.5000, 0.0000]])
    """
    return _pinv(input, rcond, "pinverse")


@function(method=False)
def lstsq(input: Any, b: Any, rcond: Any = None, *, driver: str | None = None) -> Any:
    """The X that makes |A X - B| least: (solution, residuals, rank, singular_values).

    Of many it is the smallest. `residuals` are the squared lengths of the columns of A X - B where A is tall and of full rank.

    >>> import autograd
    >>> A = autograd.tensor([[1.0, 0.0], [0.0, 2.0], [0.0, 0.0]])
    >>> autograd.linalg.lstsq(A, autograd.tensor([[1.0], [4.0], [9.0]])).solution
    tensor([[1.],
            [2.]])
    """
    operands("lstsq", A=input, B=b)
    matrices(input, "lstsq")
    vector = b.ndim == input.ndim - 1
    if b.ndim < input.ndim - 1 or b.shape[input.ndim - 2] != input.shape[-2] or (b.ndim > input.ndim):
        raise ShapeError(f"lstsq: input has shape {tuple(input.shape)}, other {tuple(b.shape)}; sizes of dim -2 should match")
    m, n = input.shape[-2:]
    right = shaping.unsqueeze(b, -1) if vector else b
    values = np.linalg.svd(input._data, compute_uv=False)
    cut = np.finfo(input.dtype).eps * max(m, n) if rcond is None else rcond
    rank = np.count_nonzero(values > cut * values.max(-1, keepdims=True, initial=0), axis=-1)
    if np.all(rank == n):
        q, r = fa.qr(input)
        found = fa.solve(r, matmul(matrix_transpose(q), right))
    elif np.all(rank == m):
        q, r = fa.qr(matrix_transpose(input))
        found = matmul(q, fa.solve(matrix_transpose(r), right))
    else:
        found = matmul(_pinv(input, cut, "lstsq"), right)
    empty = constant(input, np.zeros(0, input.dtype))
    residuals = empty
    if m > n and np.all(rank == n):
        residuals = rd.sum(ew.square(ew.subtract(matmul(input, found), right)), axis=(-2,), keepdims=False)
    solution = shaping.squeeze(found, -1) if vector else found
    return LeastSquares(solution, residuals, constant(input, applied(np.asarray, rank, np.int64)[()]), empty)


# -- factorizations ----------------------------------------------------------------------------------------------------


def _mirrored(x: Any, upper: bool) -> Any:
    """x with one triangle copied to the other: PyTorch reads one and differentiates as if the matrix were symmetric."""
    data = x._data
    part = np.triu(data) if upper else np.tril(data)
    whole = part + np.triu(part, 1).mT if upper else part + np.tril(part, -1).mT
    return x if np.array_equal(whole, data) else ew.add(x, constant(x, whole - data))


def _cholesky(x: Any, upper: bool, op: str) -> Any:
    matrices(x, op, square=True)
    lower = _attempt(op, "the input is not positive-definite", fa.cholesky, _mirrored(x, upper))
    return matrix_transpose(lower) if upper else lower


@function(name="cholesky", method=False)
def linalg_cholesky(input: Any, *, upper: bool = False) -> Any:
    """The lower triangular L with L L' = A, for symmetric positive definite A; raises LinAlgError for any other.

    >>> import autograd
    >>> autograd.linalg.cholesky(autograd.tensor([[4.0, 2.0], [2.0, 5.0]]))
    tensor([[2., 0.],
            [1., 2.]])
    """
    return _cholesky(input, upper, "cholesky")


@function
def cholesky(input: Any, upper: bool = False) -> Any:
    """`linalg.cholesky` under its older name.

    With `upper`, the factor is upper triangular.

    >>> import autograd
    >>> autograd.cholesky(autograd.tensor([[4.0]]))
    tensor([[2.]])
    """
    return _cholesky(input, upper, "cholesky")


def _qr(x: Any, mode: str, op: str) -> tuple[Any, ...]:
    matrices(x, op)
    m, n = x.shape[-2:]
    if mode not in ("reduced", "complete", "r"):
        raise ShapeError(f"{op}: received unrecognized mode {mode!r}; accepted are 'reduced', 'complete' and 'r'")
    if mode == "complete" and m > n:
        if x.requires_grad:
            raise LinAlgError(f"{op}: the derivative of a complete QR of a tall matrix does not exist; use mode='reduced'")
        return tuple(constant(x, a) for a in np.linalg.qr(x._data, "complete"))
    if m >= n:
        return fa.qr(x)
    # The factors of a wide matrix: those of its square part, and what Q' makes of the rest.
    q, r = fa.qr(narrow(x, -1, 0, m))
    rest = matmul(matrix_transpose(q), narrow(x, -1, m, n - m))
    return q, concatenate(r, rest, axis=x.ndim - 1)


@function(name="qr", method=False)
def linalg_qr(A: Any, mode: str = "reduced") -> Any:
    """Q with orthonormal columns and R upper triangular, Q R = A: (Q, R).

    >>> import autograd
    >>> q, r = autograd.linalg.qr(autograd.eye(2)); r.shape
    torch.Size([2, 2])
    """
    q, r = _qr(A, mode, "qr")
    return QR(constant(A, np.zeros(0, A.dtype)) if mode == "r" else q, r)


@function
def qr(input: Any, some: bool = True) -> Any:
    """`linalg.qr` under its older name.

    With `some`, the reduced form; else square factors.

    >>> import autograd
    >>> q, r = autograd.eye(2).qr(); q.shape
    torch.Size([2, 2])
    """
    return result("qr", "Q", "R")(*_qr(input, "reduced" if some else "complete", "qr"))


def _svd(x: Any, full: bool, op: str) -> tuple[Any, ...]:
    matrices(x, op)
    u, s, vh = _attempt(op, "the algorithm did not converge", fa.svd, x)
    m, n = x.shape[-2:]
    if full and m != n:
        # The other vectors are any basis of what is left: as in PyTorch no gradient comes from them.
        all_u, _, all_vh = np.linalg.svd(x._data)
        k = min(m, n)
        if m > n:
            u = concatenate(u, constant(x, all_u[..., k:]), axis=x.ndim - 1)
        else:
            vh = concatenate(vh, constant(x, all_vh[..., k:, :]), axis=x.ndim - 2)
    return u, s, vh


@function(name="svd", method=False)
def linalg_svd(A: Any, full_matrices: bool = True, *, driver: str | None = None) -> Any:
    """A = U diag(S) Vh with orthonormal columns of U and rows of Vh, singular values falling: (U, S, Vh).

    Gradients of U and Vh are finite only where singular values differ, and only right for what does not depend on the
    vectors' signs.

    >>> import autograd
    >>> autograd.linalg.svd(autograd.tensor([[3.0, 0.0], [0.0, -4.0]])).S
    tensor([4., 3.])
    """
    return SVD(*_svd(A, full_matrices, "svd"))


@function
def svd(input: Any, some: bool = True, compute_uv: bool = True) -> Any:
    """The singular value decomposition with V in columns: (U, S, V).

    With `some`, the reduced form; else square factors. Without `compute_uv` only S has values.

    >>> import autograd
    >>> u, s, v = autograd.svd(autograd.zeros(3, 2)); u.shape, s.shape, v.shape
    (torch.Size([3, 2]), torch.Size([2]), torch.Size([2, 2]))
    """
    u, s, vh = _svd(input, not some, "svd")
    if not compute_uv:
        m, n = input.shape[-2:]
        return LegacySVD(constant(input, np.zeros((m, m), input.dtype)), s, constant(input, np.zeros((n, n), input.dtype)))
    return LegacySVD(u, s, matrix_transpose(vh))


@function(method=False)
def svdvals(A: Any, *, driver: str | None = None) -> Any:
    """The singular values of matrices, falling.

    >>> import autograd
    >>> autograd.linalg.svdvals(autograd.tensor([[3.0, 0.0], [0.0, -4.0]]))
    tensor([4., 3.])
    """
    return singular_values(A, "svdvals")


def singular_values(x: Any, op: str) -> Any:
    """The singular values of matrices; of very small or large ones after scaling, for the sake of second derivatives."""
    scale = scale_of(x, 8)
    if scale is None:
        return _svd(x, False, op)[1]
    return ew.multiply(_svd(ew.multiply(x, 1 / scale), False, op)[1], scale)


def _eigh(x: Any, UPLO: str, op: str) -> tuple[Any, ...]:
    matrices(x, op, square=True)
    if str(UPLO).upper() not in ("U", "L"):
        raise ShapeError(f"{op}: expected UPLO argument to be 'L' or 'U', got {UPLO!r}")
    return _attempt(op, "the algorithm did not converge", fa.eigh, _mirrored(x, str(UPLO).upper() == "U"))


@function(method=False)
def eigh(input: Any, UPLO: str = "L") -> Any:
    """The eigenvalues, rising, and eigenvectors (columns) of symmetric matrices: (eigenvalues, eigenvectors).

    >>> import autograd
    >>> autograd.linalg.eigh(autograd.tensor([[2.0, 0.0], [0.0, 1.0]])).eigenvalues
    tensor([1., 2.])
    """
    return Eigh(*_eigh(input, UPLO, "eigh"))


@function(method=False)
def eigvalsh(input: Any, UPLO: str = "L") -> Any:
    """The eigenvalues of symmetric matrices, rising.

    >>> import autograd
    >>> autograd.linalg.eigvalsh(autograd.tensor([[2.0, 0.0], [0.0, 1.0]]))
    tensor([1., 2.])
    """
    return _eigh(input, UPLO, "eigvalsh")[0]
