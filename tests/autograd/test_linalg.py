"""Linear algebra against its definitions: what a factorization must multiply to, NumPy's values, differences for gradients."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

import autograd
from autograd import Tensor, linalg
from autograd.errors import ArgumentError, DtypeError, LinAlgError, ShapeError
from tests.derivatives import central, worst

rng = np.random.default_rng(3)


def draw(*shape: int) -> np.ndarray:
    return rng.normal(size=shape)


def regular(n: int, *batch: int) -> np.ndarray:
    return draw(*batch, n, n) + 3 * np.eye(n)


def positive(n: int, *batch: int) -> np.ndarray:
    a = draw(*batch, n, n)
    return a @ a.swapaxes(-1, -2) + np.eye(n)


def weighted(result: Tensor) -> Tensor:
    weights = np.cos(1.0 + np.arange(result.numel())).reshape(tuple(result.shape))
    return (result * autograd.tensor(weights)).sum()


def agrees(f: Callable[[Tensor], Tensor], start: np.ndarray, tolerance: float = 1e-6) -> None:
    """Gradients of first and second order equal central differences."""
    x = autograd.tensor(start).requires_grad_()
    (first,) = autograd.autograd.grad(weighted(f(x)), x, create_graph=True)
    assert worst(first.detach().numpy(), central(lambda a: weighted(f(autograd.tensor(a))).item(), start), tolerance) is None

    def slope(a: np.ndarray) -> float:
        z = autograd.tensor(a).requires_grad_()
        (g,) = autograd.autograd.grad(weighted(f(z)), z)
        return weighted(g).item()

    if first.requires_grad:
        (second,) = autograd.autograd.grad(weighted(first), x)
        assert worst(second.numpy(), central(slope, start), 10 * tolerance) is None


# -- products --------------------------------------------------------------------------------------------------------------


EQUATIONS = [
    ("ij,jk->ik", (2, 3), (3, 4)), ("ij,kj", (2, 3), (4, 3)), ("ii->i", (3, 3)), ("iij->j", (3, 3, 2)), ("ij->", (2, 3)),
    ("i,j->ji", (2,), (3,)), ("bij,bjk->bik", (5, 2, 3), (5, 3, 4)), ("bhqd,bhkd->bhqk", (2, 2, 3, 4), (2, 2, 5, 4)),
    ("...ij,...jk->...ik", (2, 1, 2, 3), (3, 3, 2)), ("b...->...b", (2, 3, 4)), ("ij,jk,kl->il", (2, 3), (3, 4), (4, 2)),
    ("ij,ij,ij->i", (2, 3), (2, 3), (2, 3)), ("ab,cd->abcd", (2, 3), (4, 5)), ("Ba,aB->", (2, 3), (3, 2)), ("i->", (0,)),
    ("ij,jk->ik", (2, 0), (0, 3)), (",", (), ()), ("i,...->...i", (2,), (3, 4)),
]  # fmt: skip


@pytest.mark.parametrize("case", EQUATIONS, ids=lambda c: c[0])
def test_einsum_is_numpys(case: tuple) -> None:
    equation, *shapes = case
    arrays = [draw(*s) for s in shapes]
    tensors = [autograd.tensor(a).requires_grad_() for a in arrays]
    found = autograd.einsum(equation, *tensors)
    np.testing.assert_allclose(found.detach().numpy(), np.einsum(equation, *arrays), rtol=1e-12, atol=1e-12)
    grads = autograd.autograd.grad(weighted(found), tensors)
    for k, (g, a) in enumerate(zip(grads, arrays, strict=True)):

        def value(z: np.ndarray, k: int = k) -> float:
            given = [z if i == k else b for i, b in enumerate(arrays)]
            return weighted(autograd.tensor(np.asarray(np.einsum(equation, *given)))).item()

        assert worst(g.numpy(), central(value, a), 1e-7) is None


def test_einsum_with_sublists_and_with_a_list_of_operands() -> None:
    x, y = autograd.tensor(draw(2, 3)), autograd.tensor(draw(3, 4))
    wanted = (x @ y).numpy()
    np.testing.assert_allclose(autograd.einsum(x, [0, 1], y, [1, 2], [0, 2]).numpy(), wanted)
    np.testing.assert_allclose(autograd.einsum(x, [..., 1], y, [1, 2]).numpy(), wanted)
    np.testing.assert_allclose(autograd.einsum("ij,jk->ik", [x, y]).numpy(), wanted)


@pytest.mark.parametrize(
    ("equation", "shapes", "says"),
    [
        ("ij,jk->ik", [(2, 3), (4, 5)], "sizes 3 and 4 of subscript 'j'"),
        ("ij", [(2, 3, 4)], "names 2 dimensions of an operand that has 3"),
        ("ij,jk->ik", [(2, 3)], "names 2 operands, got 1"),
        ("ij->iij", [(2, 3)], "more than once"),
        ("ij->k", [(2, 3)], "'k' does not appear"),
        ("i1", [(2, 3)], "invalid subscript '1'"),
        ("ij->i->j", [(2, 3)], "more than one ->"),
        ("ii", [(2, 3)], "repeated for sizes 2 and 3"),
    ],
)
def test_einsum_explains_what_does_not_fit(equation: str, shapes: list, says: str) -> None:
    with pytest.raises(ShapeError, match=says):
        autograd.einsum(equation, *(autograd.zeros(*s) for s in shapes))
    with pytest.raises(ArgumentError, match="einsum"):
        autograd.einsum(equation)


def test_a_chain_of_matrices_is_multiplied_in_the_cheapest_order() -> None:
    sizes = [(2, 30), (30, 4), (4, 50), (50, 3), (3, 7)]
    arrays = [draw(*s) for s in sizes]
    found = linalg.multi_dot([autograd.tensor(a) for a in arrays])
    np.testing.assert_allclose(found.numpy(), np.linalg.multi_dot(arrays), rtol=1e-10)
    vector = linalg.multi_dot([autograd.tensor(a) for a in (draw(3), draw(3, 4), draw(4))])
    assert vector.shape == ()


def test_products_of_other_shapes() -> None:
    x, y = draw(2, 3, 4), draw(4, 3, 5)
    found = autograd.tensordot(autograd.tensor(x), autograd.tensor(y), dims=([1, 2], [1, 0]))
    np.testing.assert_allclose(found.numpy(), np.tensordot(x, y, ([1, 2], [1, 0])))
    a, b = draw(2, 3), draw(3, 2)
    np.testing.assert_allclose(autograd.kron(autograd.tensor(a), autograd.tensor(b)).numpy(), np.kron(a, b))
    agrees(lambda t: autograd.kron(t, t), draw(2, 2))
    agrees(lambda t: autograd.cross(t, autograd.roll(t, 1, 0)), draw(2, 3))
    agrees(lambda t: autograd.cdist(t, t[:2] + 1.0, 3.0), draw(3, 2))


def test_two_equal_points_have_a_distance_without_slope() -> None:
    x = autograd.ones(1, 2).requires_grad_()
    autograd.cdist(x, autograd.ones(2, 2)).sum().backward()
    assert x.grad.tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: autograd.ones(3, 4) @ autograd.ones(5, 6), r"x has shape \(3, 4\), y has shape \(5, 6\): x's last dimension"),
        (lambda: autograd.ones(3) @ autograd.ones(4), "only dimension"),
        (lambda: autograd.ones(3) @ autograd.tensor(1.0), "at least 1-d"),
        (lambda: autograd.ones(2, 3, 4) @ autograd.ones(3, 4, 5), "in front of the matrices"),
        (lambda: autograd.mm(autograd.ones(3), autograd.ones(3, 2)), "mm: input must be a 2-D tensor"),
        (lambda: autograd.bmm(autograd.ones(2, 3, 4), autograd.ones(1, 4, 5)), "bmm: shapes"),
        (lambda: autograd.dot(autograd.ones(3), autograd.ones(4)), "dot: shapes"),
        (lambda: autograd.addmm(autograd.ones(3), autograd.ones(2, 3), autograd.ones(3, 4)), "addmm"),
        (lambda: autograd.linear(autograd.ones(5, 4), autograd.ones(3, 7), autograd.ones(3)), "linear: input has shape"),
        (lambda: autograd.baddbmm(autograd.ones(9), autograd.ones(2, 2, 3), autograd.ones(2, 3, 4)), "baddbmm: shapes"),
        (lambda: autograd.tensordot(autograd.ones(2), autograd.ones(2), dims=2), "tensordot: expects 0 <= dims <= 1"),
        (lambda: autograd.cross(autograd.ones(3), autograd.ones(2, 3)), "cross: inputs must have the same number"),
        (lambda: autograd.cross(autograd.ones(2), autograd.ones(2)), "cross: no dimension of size 3"),
        (lambda: linalg.vector_norm(autograd.ones(2), "fro"), "vector_norm: order 'fro' is not a norm of vectors"),
        (lambda: linalg.matrix_norm(autograd.ones(2, 2), dim=(0,)), "matrix_norm: dim must be a 2-tuple"),
        (lambda: autograd.einsum(autograd.ones(2), [99]), "einsum: subscripts in a list"),
    ],
)
def test_products_explain_what_does_not_fit(call: Callable, says: str) -> None:
    with pytest.raises(ShapeError, match=says):
        call()


def test_products_mix_no_dtypes() -> None:
    x, y = autograd.ones(2, 2), autograd.ones(2, 2, dtype=autograd.float64)
    for product in (lambda: x @ y, lambda: autograd.mm(x, y), lambda: autograd.linear(y, x, autograd.ones(2))):
        with pytest.raises(DtypeError, match="same dtype"):
            product()


# -- factorizations ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(3, 3), (5, 2), (2, 5), (4, 3, 2), (2, 2, 4)])
def test_the_factors_multiply_to_the_matrix(shape: tuple) -> None:
    a = draw(*shape)
    x = autograd.tensor(a)
    q, r = linalg.qr(x)
    np.testing.assert_allclose((q @ r).numpy(), a, atol=1e-12)
    np.testing.assert_allclose(np.tril(r.numpy(), -1), 0)
    for full in (False, True):
        u, s, vh = linalg.svd(x, full_matrices=full)
        k = s.shape[-1]
        np.testing.assert_allclose(((u[..., :k] * s.unsqueeze(-2)) @ vh[..., :k, :]).numpy(), a, atol=1e-12)
        identity = np.broadcast_to(np.eye(u.shape[-1]), (*shape[:-2], u.shape[-1], u.shape[-1]))
        np.testing.assert_allclose((u.mT @ u).numpy(), identity, atol=1e-12)


def test_gradients_of_what_does_not_depend_on_signs() -> None:
    agrees(lambda x: linalg.inv(x), regular(3))
    agrees(lambda x: linalg.det(x), regular(3, 2))
    agrees(lambda x: linalg.slogdet(x).logabsdet, regular(3))
    agrees(lambda x: autograd.logdet(x @ x.mT), regular(2))
    agrees(lambda x: linalg.solve(x, x[:, 0]), regular(3))
    agrees(lambda x: linalg.solve(x, x.mT, left=False), regular(2, 2))
    agrees(lambda x: linalg.solve_triangular(x, x.mT, upper=True), regular(3))
    agrees(lambda x: linalg.cholesky(x @ x.mT + 1.0), regular(3))
    agrees(lambda x: autograd.cholesky_solve(x[:, :2], x), regular(3))
    agrees(lambda x: autograd.cholesky_solve(x[:, :2], x, upper=True), regular(3))
    agrees(lambda x: linalg.qr(x).R.abs(), draw(4, 2))
    agrees(lambda x: linalg.qr(x).R.abs(), draw(2, 4))
    agrees(lambda x: linalg.svdvals(x), draw(3, 2))
    agrees(lambda x: linalg.svd(x, full_matrices=False).U.square(), draw(3, 3))
    agrees(lambda x: linalg.svd(x, full_matrices=False).Vh.square(), draw(2, 4))
    agrees(lambda x: linalg.eigvalsh(x + x.mT), draw(3, 3))
    agrees(lambda x: linalg.eigh(x + x.mT).eigenvectors.square(), draw(3, 3))
    agrees(lambda x: linalg.pinv(x), draw(4, 2))
    agrees(lambda x: linalg.lstsq(x, x[:, :1] + 1.0).solution, draw(4, 2))
    agrees(lambda x: linalg.lstsq(x, x[:, :1] + 1.0).solution, draw(2, 4))
    agrees(lambda x: linalg.matrix_power(x, -3), regular(2))
    agrees(lambda x: linalg.matrix_exp(x), draw(3, 3), 1e-5)


@pytest.mark.parametrize("order", [None, "fro", "nuc", 1, -1, 2, -2, math.inf, -math.inf])
def test_norms_of_matrices_are_numpys(order: object) -> None:
    a = draw(3, 4)
    np.testing.assert_allclose(linalg.norm(autograd.tensor(a), order).item(), np.linalg.norm(a, order))
    agrees(lambda x: linalg.norm(x, order), a)
    if order in (2, "fro", 1):
        np.testing.assert_allclose(linalg.cond(autograd.tensor(a[:, :3]), order).item(), np.linalg.cond(a[:, :3], order))


@pytest.mark.parametrize("order", [2, 1, 0, 3.5, math.inf, -math.inf])
def test_norms_of_vectors_are_numpys(order: float) -> None:
    a = draw(5)
    np.testing.assert_allclose(linalg.vector_norm(autograd.tensor(a), order).item(), np.linalg.norm(a, order))
    np.testing.assert_allclose(linalg.norm(autograd.tensor(a), order).item(), np.linalg.norm(a, order))


def test_the_exponential_of_a_matrix() -> None:
    turn = np.array([[0.0, -20.0], [20.0, 0.0]])  # a rotation by 20 radians: several squarings
    wanted = [[math.cos(20), -math.sin(20)], [math.sin(20), math.cos(20)]]
    np.testing.assert_allclose(linalg.matrix_exp(autograd.tensor(turn)).numpy(), wanted, atol=1e-12)
    nilpotent = np.array([[0.0, 3.0], [0.0, 0.0]])
    np.testing.assert_allclose(linalg.matrix_exp(autograd.tensor(nilpotent)).numpy(), [[1, 3], [0, 1]], atol=1e-15)


def test_the_determinant_of_a_singular_matrix_has_a_gradient_of_every_order() -> None:
    agrees(lambda x: linalg.det(x), np.array([[1.0, 2.0], [2.0, 4.0]]))
    agrees(lambda x: linalg.det(x), np.zeros((2, 2)))
    agrees(lambda x: linalg.det(x), np.outer([1.0, 2.0, 3.0], [1.0, -1.0, 2.0]))


def test_rank_and_least_squares_of_a_matrix_that_lacks_rank() -> None:
    a = np.outer([1.0, 2.0, 3.0], [1.0, 2.0])
    x = autograd.tensor(a)
    assert linalg.matrix_rank(x).item() == 1
    found = linalg.lstsq(x, autograd.ones(3, 1, dtype=autograd.float64))
    wanted, *_ = np.linalg.lstsq(a, np.ones((3, 1)), rcond=None)
    np.testing.assert_allclose(found.solution.numpy(), wanted, atol=1e-12)
    assert found.rank.item() == 1


def test_a_solution_by_cholesky_factors_is_the_solution() -> None:
    a, b = autograd.tensor(positive(3, 2)), autograd.tensor(draw(2, 3, 4))
    for upper in (False, True):
        found = autograd.cholesky_solve(b, linalg.cholesky(a, upper=upper), upper)
        np.testing.assert_allclose(found.numpy(), linalg.solve(a, b).numpy(), rtol=1e-9)
    with pytest.raises(TypeError, match=r"cholesky_solve.*'input2' must be Tensor, not int"):
        autograd.cholesky_solve(b, 3)


def test_a_triangle_alone_is_read() -> None:
    a = positive(3)
    lower = np.tril(a)
    np.testing.assert_allclose(linalg.cholesky(autograd.tensor(lower)).numpy(), np.linalg.cholesky(a))
    np.testing.assert_allclose(linalg.eigvalsh(autograd.tensor(lower)).numpy(), np.linalg.eigvalsh(a))
    np.testing.assert_allclose(linalg.eigvalsh(autograd.tensor(lower.T.copy()), UPLO="U").numpy(), np.linalg.eigvalsh(a))


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: linalg.inv(autograd.ones(2, 2)), LinAlgError, "inv: the input matrix is singular"),
        (lambda: linalg.solve(autograd.ones(2, 2), autograd.ones(2)), LinAlgError, "solve: the input matrix is singular"),
        (lambda: linalg.cholesky(-autograd.eye(2)), LinAlgError, "not positive-definite"),
        (lambda: linalg.inv(autograd.ones(2, 3)), ShapeError, "2 by 3"),
        (lambda: linalg.det(autograd.ones(2)), ShapeError, "at least 2 dimensions"),
        (lambda: linalg.qr(autograd.ones(2, 2), "red"), ShapeError, "'reduced', 'complete'"),
        (lambda: linalg.eigh(autograd.ones(2, 2), "X"), ShapeError, "UPLO"),
        (lambda: linalg.inv(autograd.ones(2, 2, dtype=autograd.int64)), DtypeError, "floating point"),
        (lambda: linalg.norm(autograd.ones(2, 2), "red"), ShapeError, "norm: order 'red'"),
        (lambda: linalg.multi_dot([autograd.ones(2, 2)]), ShapeError, "at least 2 tensors"),
        (lambda: linalg.solve(autograd.eye(3), autograd.ones(4)), ShapeError, "B must have 3 elements"),
    ],
)
def test_factorizations_explain_what_does_not_fit(call: Callable, error: type, says: str) -> None:
    with pytest.raises(error, match=says):
        call()


@pytest.mark.parametrize("function", [autograd.linalg.lu, autograd.linalg.lu_factor])
def test_what_is_not_square_has_no_lu_factors(function):
    with pytest.raises(RuntimeError, match="square"):
        function(autograd.ones(2, 3))


def test_the_columns_are_centred_before_principal_components():
    x = autograd.tensor([[1.0, 0.0], [3.0, 0.0], [5.0, 6.0]], dtype=autograd.float64)
    _, centred, _ = autograd.pca_lowrank(x)
    np.testing.assert_allclose(centred.numpy(), np.linalg.svd(x.numpy() - x.numpy().mean(0))[1], rtol=1e-12)
