"""Inverses, determinants and factorizations of matrices, over the last two axes.

The derivatives of the factorizations are those of M. B. Giles, "Collected matrix derivative results for forward and
reverse mode algorithmic differentiation" (2008) and of J. Townsend, "Differentiating the singular value decomposition"
(2016). A symmetric factorization reads the symmetric part of its argument, so that its gradient is symmetric, too.
"""

import numpy as np

from ..core.primitive import primitive
from ..errors import LinAlgError
from .index import getitem


def _regular(n, *batch):
    return lambda rng: (rng.normal(size=(*batch, n, n)) + 3 * np.eye(n),)


def _positive(n, *batch):
    def draw(rng):
        a = rng.normal(size=(*batch, n, n))
        return (a @ a.mT + np.eye(n),)

    return draw


def _symmetric(x):
    return (x + x.mT) / 2


def _diagonal(v):
    """Vectors as diagonal matrices."""
    return v[..., None] * np.eye(v.shape[-1], dtype=v.dtype)


def _singular(op, error):
    return LinAlgError(f"{op}: the input matrix is singular ({error}); it has no inverse, and log |det| no gradient")


@primitive(np.linalg.inv, cases=[(_regular(3), {}), (_regular(2, 4), {}), ((0, 0), {})])
def inv(x):
    """The inverse of matrices."""
    try:
        return np.linalg.inv(x)
    except np.linalg.LinAlgError as error:
        raise _singular("inv", error) from None


@inv.vjp("x")
def _(g, ans):
    return -np.matmul(np.matmul(ans.mT, g), ans.mT)


@primitive(
    np.linalg.solve,
    broadcasting=True,
    promotes=False,
    cases=[
        (lambda rng: (*_regular(3)(rng), rng.normal(size=(3, 2))), {}),
        (lambda rng: (*_regular(3, 2)(rng), rng.normal(size=(3, 1))), {}),
        (lambda rng: (*_regular(2)(rng), rng.normal(size=(3, 2, 2))), {}),
    ],
    why="a product with the inverse would lose digits",
)
def solve(x, y):
    """The solution Z of x Z = y, where y holds columns."""
    try:
        return np.linalg.solve(x, y)
    except np.linalg.LinAlgError as error:
        raise _singular("solve", error) from None


@solve.vjp("x")
def _(g, x, ans):
    return -np.matmul(np.linalg.solve(x.mT, g), ans.mT)


@solve.vjp("y")
def _(g, x):
    return np.linalg.solve(x.mT, g)


def _minors(x):
    """For each element of the matrices x, what is left without its row and column: (..., n, n, n - 1, n - 1)."""
    n = x.shape[-1]
    others = np.array([[k for k in range(n) if k != i] for i in range(n)], dtype=np.int64)
    return getitem(x, index=(..., others[:, None, :, None], others[None, :, None, :]))


def _cofactors(x):
    n = x.shape[-1]
    signs = (-1.0) ** np.add.outer(np.arange(n), np.arange(n))
    return np.linalg.det(_minors(x)) * signs.astype(x.dtype)


@primitive(
    np.linalg.det,
    cases=[(_regular(3), {}), (_regular(2, 2), {}), (_regular(1), {}), (lambda rng: (np.array([[1.0, 2.0], [2.0, 4.0]]),), {})],
    why="its gradient at a singular matrix is not 0, and no composition with log or inverse knows it",
)
def det(x):
    """The determinant of matrices; at a singular matrix the gradient is made of cofactors."""
    return np.asarray(np.linalg.det(x))[()]


@det.vjp("x")
def _(g, x, ans):
    if not x.shape[-1]:
        return np.zeros_like(x)
    if np.any(ans == 0):
        return g[..., None, None] * _cofactors(x)
    return (g * ans)[..., None, None] * inv(x).mT


@primitive(np.linalg.slogdet, outputs=2, cases=[(_regular(3), {}), (_regular(2, 2), {})], analytic=False)
def slogdet(x):
    """The sign and the logarithm of the absolute value of the determinant."""
    sign, size = np.linalg.slogdet(x)
    return np.asarray(sign, x.dtype)[()], np.asarray(size, x.dtype)[()]


@slogdet.vjp("x")
def _(g, x):
    return g[1][..., None, None] * inv(x).mT


@primitive(np.linalg.cholesky, analytic=False, cases=[(_positive(3), {}), (_positive(2, 2), {})])
def cholesky(x):
    """The lower triangular L with positive diagonal and L L' = x."""
    return np.linalg.cholesky(_symmetric(x))


@cholesky.vjp("x")
def _(g, ans):
    n = ans.shape[-1]
    half = np.tri(n, dtype=ans.dtype) - np.eye(n, dtype=ans.dtype) / 2
    inner = np.matmul(ans.mT, g * np.tri(n, dtype=ans.dtype)) * half
    upper = ans.mT
    return _symmetric(np.linalg.solve(upper, np.linalg.solve(upper, inner.mT).mT))


@primitive(outputs=2, analytic=False, cases=[((4, 2), {}), ((3, 3), {}), ((2, 3, 2), {})])
def qr(x):
    """Q with orthonormal columns and upper triangular R, Q R = x, for matrices that are not wide."""
    return tuple(np.linalg.qr(x))


@qr.vjp("x")
def _(g, ans):
    (gq, gr), (q, r) = g, ans
    n = r.shape[-1]
    lower = np.tri(n, k=-1, dtype=r.dtype)
    m = np.matmul(r, gr.mT) - np.matmul(gq.mT, q)
    mirrored = m * np.tri(n, dtype=r.dtype) + (m * lower).mT
    return np.linalg.solve(r, (gq + np.matmul(q, mirrored)).mT).mT


def _gaps(squares):
    """1 / (s_j - s_i) off the diagonal and 0 on it; equal values give inf, as their vectors are not determined."""
    one = np.eye(squares.shape[-1], dtype=squares.dtype)
    return 1 / (squares[..., None, :] - squares[..., :, None] + one) - one


@primitive(outputs=3, analytic=False, fills=False, cases=[((3, 3), {}), ((4, 2), {}), ((2, 2, 3), {})])
def svd(x):
    """U, S, V' with x = U diag(S) V', the singular values falling; U and V' have as many vectors as S values."""
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    return u, s, vh


@svd.vjp("x")
def _(g, ans):
    (gu, gs, gvh), (u, s, vh) = g, ans
    row = s[..., None, :]
    inner = 0 if gs is None else _diagonal(gs)
    gaps = _gaps(s * s) if gu is not None or gvh is not None else None
    around = 0
    if gu is not None:
        turn = np.matmul(u.mT, gu)
        inner = inner + gaps * (turn - turn.mT) * row
        if u.shape[-2] > u.shape[-1]:
            around = around + np.matmul((gu - np.matmul(u, turn)) / row, vh)
    if gvh is not None:
        turn = np.matmul(vh, gvh.mT)
        inner = inner + row.mT * (gaps * (turn - turn.mT))
        if vh.shape[-1] > vh.shape[-2]:
            around = around + np.matmul(u / row, gvh - np.matmul(turn.mT, vh))
    return np.matmul(np.matmul(u, inner), vh) + around


@primitive(outputs=2, analytic=False, fills=False, cases=[(_positive(3), {}), (_positive(2, 2), {})])
def eigh(x):
    """The eigenvalues of symmetric matrices, rising, and their eigenvectors as columns."""
    return tuple(np.linalg.eigh(_symmetric(x)))


@eigh.vjp("x")
def _(g, ans):
    (gl, gv), (values, v) = g, ans
    inner = 0 if gl is None else _diagonal(gl)
    if gv is not None:
        inner = inner + _gaps(values) * np.matmul(v.mT, gv)
    return _symmetric(np.matmul(np.matmul(v, inner), v.mT))


@primitive(
    analytic=False,
    cases=[((4, 2), {"rtol": 1e-12}), ((2, 3), {"rtol": 1e-12}), (_regular(2, 2), {"rtol": 1e-12})],
    why="through the SVD its gradient would be infinite wherever two singular values are equal",
)
def pinv(x, *, rtol):
    """The pseudo-inverse: singular values up to rtol times the largest count as 0. Right while the rank does not change."""
    return np.linalg.pinv(x, rtol)


@pinv.vjp("x")
def _(g, x, ans):
    # G. H. Golub, V. Pereyra, "The differentiation of pseudo-inverses ..." (1973)
    turned = g.mT
    first = np.matmul(np.matmul(ans.mT, g), ans.mT)
    left = np.matmul(turned, np.matmul(ans, ans.mT))
    right = np.matmul(np.matmul(ans.mT, ans), turned)
    return (left - np.matmul(x, np.matmul(ans, left))) + (right - np.matmul(np.matmul(right, ans), x)) - first
