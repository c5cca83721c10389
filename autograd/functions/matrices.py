"""What `linalg` says of whole matrices and computes with them: norms, rank, condition, powers, the exponential."""

from math import inf
from typing import Any

import numpy as np

from ..core.shapes import broadcast, normalize_axes, normalize_axis
from ..errors import ArgumentTypeError, DtypeError, ShapeError
from ..ops import elementwise as ew, factor as fa, reduce as rd
from ..ops.linalg import matmul
from ..ops.shape import reshape, transpose
from .declare import constant, function
from .factoring import full_precision, inverse_of, matrices, singular_values
from .linalg import cross_of, multiplied, operands
from .norms import p_norm
from .parts import diagonal_of


@function
def matrix_power(input: Any, n: int) -> Any:
    """The n-th power of square matrices; a negative n is a power of the inverse.

    >>> import autograd
    >>> autograd.linalg.matrix_power(autograd.tensor([[1.0, 1.0], [0.0, 1.0]]), 3)
    tensor([[1., 3.],
            [0., 1.]])
    """
    if not hasattr(n, "__index__"):
        raise ArgumentTypeError(f"matrix_power(): argument 'n' must be int, not {type(n).__name__}")
    matrices(input, "matrix_power", square=True, floating=False)
    base = inverse_of(input, "matrix_power") if n < 0 else input
    n, power = abs(n), None
    while n:
        if n & 1:
            power = base if power is None else matmul(power, base)
        n >>= 1
        if n:
            base = matmul(base, base)
    if power is not None:
        return ew.clone(power) if power is input else power
    never = constant(input, np.zeros(input.shape, np.bool_))
    return ew.where(never, input, constant(input, np.eye(input.shape[-1], dtype=input.dtype)))


# N. J. Higham, "The scaling and squaring method for the matrix exponential revisited" (2005), table 2.3
_PADE = (64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
         670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1)  # fmt: skip


_WITHIN = 5.371920351148152


@function(single=True)
def matrix_exp(input: Any) -> Any:
    """The exponential of square matrices, sum over k of A^k / k!, by a Pade approximant of A / 2^s squared s times.

    >>> import autograd
    >>> autograd.linalg.matrix_exp(autograd.zeros(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    matrices(input, "matrix_exp", square=True)
    if not input._data.size:
        return ew.clone(input)
    size = float(np.abs(input._data).sum(axis=-2).max())
    squarings = int(np.ceil(np.log2(size / _WITHIN))) if np.isfinite(size) and size > _WITHIN else 0
    a = ew.multiply(input, 0.5**squarings)
    one = constant(input, np.eye(input.shape[-1], dtype=input.dtype))
    b = [c / _PADE[0] for c in _PADE]
    a2 = matmul(a, a)
    a4 = matmul(a2, a2)
    a6 = matmul(a4, a2)

    def poly(c6: float, c4: float, c2: float, c0: float | None = None) -> Any:
        total = ew.add(ew.multiply(a6, c6), ew.add(ew.multiply(a4, c4), ew.multiply(a2, c2)))
        return total if c0 is None else ew.add(total, ew.multiply(one, c0))

    odd = matmul(a, ew.add(matmul(a6, poly(b[13], b[11], b[9])), poly(b[7], b[5], b[3], b[1])))
    even = ew.add(matmul(a6, poly(b[12], b[10], b[8])), poly(b[6], b[4], b[2], b[0]))
    found = fa.solve(ew.subtract(even, odd), ew.add(even, odd))
    for _ in range(squarings):
        found = matmul(found, found)
    return found if squarings else ew.clone(found)  # which may be changed in place; what `solve` saved may not


def _floating(x: Any, dtype: Any, op: str) -> Any:
    x = x if dtype is None else x.to(dtype)
    if x.dtype.kind != "f":
        raise DtypeError(f"{op}: expected a floating point tensor as input, got {x.dtype}; convert with .float()")
    return x


@function(method=False)
def vector_norm(x: Any, ord: float = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """(sum |x|**ord) ** (1/ord) over `dim` (over everything: None); ord may be 0, inf or -inf. The gradient at 0 is 0.

    >>> import autograd
    >>> autograd.linalg.vector_norm(autograd.tensor([3.0, 4.0]))
    tensor(5.)
    """
    x = _floating(x, dtype, "vector_norm")
    return _vector_norm(x, ord, dim, keepdim, "vector_norm")


def _vector_norm(x: Any, ord: float, dim: Any, keepdim: bool, op: str) -> Any:
    if isinstance(ord, str):
        raise ShapeError(f"{op}: order {ord!r} is not a norm of vectors; give a number")
    axis = normalize_axes(dim if dim is None or not isinstance(dim, (tuple, list)) or dim else None, x.ndim, op)
    return p_norm(x, ord, axis if x.ndim else None, keepdim, op)


@function(method=False)
def matrix_norm(input: Any, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None) -> Any:
    """A norm of matrices: "fro", "nuc", 1 (columns), inf (rows), 2 (largest singular value), or their negatives.

    >>> import autograd
    >>> autograd.linalg.matrix_norm(autograd.tensor([[3.0, 0.0], [0.0, 4.0]]), 2)
    tensor(4.)
    """
    input = _floating(input, dtype, "matrix_norm")
    return _matrix_norm(input, ord, dim, keepdim, "matrix_norm")


def _matrix_norm(x: Any, ord: Any, dim: Any, keepdim: bool, op: str) -> Any:
    if x.ndim < 2:
        raise ShapeError(f"{op}: the input tensor A must have at least 2 dimensions, got shape {tuple(x.shape)}")
    if len(dim) != 2:
        raise ShapeError(f"{op}: dim must be a 2-tuple, got {tuple(dim)}")
    a, b = normalize_axes(dim, x.ndim, op)
    if ord == "fro":
        return p_norm(x, 2, (a, b), keepdim, op)
    if ord in ("nuc", 2, -2) and ord is not True:
        full_precision(x, op)
        kept = [k for k in range(x.ndim) if k not in (a, b)]
        s = singular_values(transpose(x, axes=(*kept, a, b)), op)
        last = (len(kept),)
        if ord == "nuc":
            found = rd.sum(s, axis=last, keepdims=False)
        else:
            found = (rd.amax if ord == 2 else rd.amin)(s, axis=last, keepdims=False)
        return reshape(found, shape=tuple(1 if k in (a, b) else n for k, n in enumerate(x.shape))) if keepdim else found
    if isinstance(ord, str) or abs(ord) not in (1, inf):
        raise ShapeError(f"{op}: order {ord!r} not supported; accepted are 'fro', 'nuc', 1, -1, 2, -2, inf and -inf")
    over, other = (a, b) if abs(ord) == 1 else (b, a)
    sums = rd.sum(ew.absolute(x), axis=(over,), keepdims=True)
    found = (rd.amax if ord > 0 else rd.amin)(sums, axis=(other,), keepdims=True)
    return found if keepdim else reshape(found, shape=tuple(n for k, n in enumerate(x.shape) if k not in (a, b)))


@function(name="norm", method=False)
def linalg_norm(input: Any, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """A norm of vectors (one dim) or of matrices (two); without `ord`, the 2-norm of all elements.

    >>> import autograd
    >>> autograd.linalg.norm(autograd.tensor([[3.0, 0.0], [0.0, 4.0]]), dim=0)
    tensor([3., 4.])
    """
    input = _floating(input, dtype, "norm")
    dims = () if dim is None else tuple(dim) if isinstance(dim, (tuple, list)) else (dim,)
    if ord is None:
        return _vector_norm(input, 2, dim, keepdim, "norm")
    if dim is None:
        if input.ndim not in (1, 2):
            raise ShapeError(f"norm: with ord={ord!r} and no dim the input must be 1-D or 2-D, got shape {tuple(input.shape)}")
        if input.ndim == 1 and not isinstance(ord, str):
            return _vector_norm(input, ord, None, keepdim, "norm")
        return _matrix_norm(input, ord, (-2, -1), keepdim, "norm")
    if len(dims) == 2:
        return _matrix_norm(input, ord, dims, keepdim, "norm")
    return _vector_norm(input, ord, dims, keepdim, "norm")


@function(method=False)
def cond(input: Any, p: Any = None) -> Any:
    """The condition number: the norm of a matrix times that of its inverse; of singular values, the largest by the smallest.

    >>> import autograd
    >>> autograd.linalg.cond(autograd.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor(2.)
    """
    matrices(input, "cond")
    if p is None or p in (2, -2):
        s = fa.svd(input)[1]
        top = rd.amax(s, axis=(s.ndim - 1,), keepdims=False)
        low = rd.amin(s, axis=(s.ndim - 1,), keepdims=False)
        return ew.divide(low, top) if p == -2 else ew.divide(top, low)
    if input.shape[-1] != input.shape[-2]:
        raise ShapeError(f"cond: with p={p!r} A must be square, got shape {tuple(input.shape)}")
    sizes = [_matrix_norm(x, p, (-2, -1), False, "cond") for x in (input, inverse_of(input, "cond"))]
    return ew.multiply(*sizes)


@function(method=False)
def matrix_rank(input: Any, *, atol: Any = None, rtol: Any = None, hermitian: bool = False, tol: Any = None) -> Any:
    """How many singular values are larger than max(atol, rtol * the largest).

    >>> import autograd
    >>> autograd.linalg.matrix_rank(autograd.ones(3, 3))
    tensor(1)
    """
    matrices(input, "matrix_rank")
    data = input._data
    values = np.abs(np.linalg.eigvalsh(data)) if hermitian else np.linalg.svd(data, compute_uv=False)
    if tol is not None:
        atol, rtol = tol, 0.0
    elif rtol is None:
        rtol = 0.0 if atol is not None and atol > 0 else max(data.shape[-2:]) * np.finfo(data.dtype).eps
    limit = np.maximum(atol or 0.0, rtol * values.max(-1, keepdims=True, initial=0))
    return constant(input, np.add.reduce(values > limit, axis=-1, dtype=np.int64))


@function(name="multi_dot", method=False, checked=False)
def multi_dot(tensors: Any) -> Any:
    """The product of a chain of matrices (the first and last may be vectors), in the cheapest order.

    >>> import autograd
    >>> autograd.linalg.multi_dot([autograd.ones(2, 3), autograd.ones(3, 4), autograd.ones(4)])
    tensor([12., 12.])
    """
    return multiplied(list(tensors), "multi_dot")


@function(method=False)
def vecdot(x: Any, y: Any, *, dim: int = -1) -> Any:
    """The sums of products along a dimension, the others broadcast.

    >>> import autograd
    >>> autograd.linalg.vecdot(autograd.ones(2, 3), autograd.ones(3))
    tensor([3., 3.])
    """
    operands("vecdot", x=x, y=y)
    if x.dtype.kind != "f":
        raise DtypeError(f"vecdot: expected a floating point tensor as input, got {x.dtype}; convert with .float()")
    broadcast("vecdot", x.shape, y.shape)
    product = ew.multiply(x, y)
    return rd.sum(product, axis=(normalize_axis(dim, product.ndim, "vecdot"),), keepdims=False)


@function(name="cross", method=False)
def linalg_cross(input: Any, other: Any, *, dim: int = -1) -> Any:
    """The vector product along a dimension of size 3.

    >>> import autograd
    >>> autograd.linalg.cross(autograd.tensor([1.0, 0.0, 0.0]), autograd.tensor([0.0, 1.0, 0.0]))
    tensor([0., 0., 1.])
    """
    return cross_of(input, other, dim, "cross")


@function(name="diagonal", method=False)
def linalg_diagonal(A: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """The diagonals of matrices; a view.

    >>> import autograd
    >>> autograd.linalg.diagonal(autograd.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    return diagonal_of(A, offset, dim1, dim2, "diagonal")
