"""Sparse matrices: what they can do equals what their dense form does; what they cannot do is said."""

import pytest

import autograd
from autograd.autograd import gradcheck

AT = autograd.tensor([[0, 1, 1, 1], [2, 0, 0, 1]])
VALUES = autograd.tensor([1.0, 2.0, 3.0, 4.0], dtype=autograd.float64)


def made(values=VALUES):
    return autograd.sparse_coo_tensor(AT, values, (2, 3))


def test_products_are_those_of_the_dense_matrix():
    x, y = autograd.randn(3, 4, dtype=autograd.float64), autograd.randn(2, 2, dtype=autograd.float64)
    dense = made().to_dense()
    for product in (autograd.sparse.mm(made(), x), made() @ x, autograd.mm(made(), x), autograd.spmm(made(), x), made().mm(x)):
        assert autograd.allclose(product, dense @ x)
    assert autograd.allclose(made().t() @ y, dense.T @ y)
    assert autograd.allclose(made() @ x[:, 0], dense @ x[:, 0])
    assert autograd.allclose((2 * made() + (-made()) / 2).to_dense(), 1.5 * dense)
    assert autograd.allclose(autograd.sparse.sum(made(), 0), dense.sum(0))
    assert autograd.equal(dense.to_sparse().to_dense(), dense)


def test_gradients_reach_the_values_and_the_dense_factor():
    x = autograd.randn(3, 4, dtype=autograd.float64, requires_grad=True)
    values = VALUES.clone().requires_grad_()
    assert gradcheck(lambda v, x: autograd.sparse.mm(made(v).coalesce(), x), (values, x))
    assert gradcheck(lambda v: made(v).to_dense(), values)
    assert made(values).requires_grad
    assert not made(values).detach().requires_grad


def test_a_sparse_matrix_says_what_it_is():
    sparse = made()
    assert (sparse.shape, sparse.size(1), sparse.dim(), sparse._nnz()) == ((2, 3), 3, 2, 4)
    assert sparse.coalesce().values().tolist() == [1.0, 5.0, 4.0]
    assert sparse.coalesce().coalesce().is_coalesced()
    assert sparse.float().double().to(autograd.float32).cpu().dtype == autograd.float32
    assert sparse.layout == autograd.sparse_coo
    assert "nnz=4" in repr(sparse)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: made().values(), RuntimeError, "coalesce"),
        (lambda: autograd.sparse_coo_tensor(AT, VALUES, (1, 3)), RuntimeError, "inconsistent"),
        (lambda: autograd.sparse_coo_tensor(-AT, VALUES, (2, 3)), RuntimeError, "inconsistent"),
        (lambda: autograd.sparse_coo_tensor(AT, VALUES[:2]), RuntimeError, "indices must be"),
        (lambda: autograd.sparse_coo_tensor(AT, VALUES, (2, 3, 4)), RuntimeError, "does not fit"),
        (lambda: made() @ autograd.ones(2, 2, dtype=autograd.float64), RuntimeError, "cannot be multiplied"),
        (lambda: made() @ autograd.ones(3, 2), RuntimeError, "dtype"),
        (lambda: made() @ 3, TypeError, "dense Tensor"),
        (lambda: made() * made(), TypeError, "scaled by a number"),
        (lambda: autograd.sum(made()), TypeError, "to_dense"),
        (lambda: made().cuda(), RuntimeError, "cuda"),
        (lambda: made() + made().t(), TypeError, "shape"),
    ],
)
def test_what_it_cannot_do_raises(call, error, message):
    with pytest.raises(error, match=message):
        call()
