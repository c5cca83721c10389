"""Scalars, nothing at all and other edges of shape, indexing and sorting: what PyTorch says, here and there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autograd

EXPRESSIONS = """
s.repeat_interleave(3)
s.gather(0, lib.tensor(0))
s.gather(0, lib.tensor([0, 0]))
x[0].gather(0, lib.tensor(1))
s.index_select(0, lib.tensor([0]))
s.index_add(0, lib.tensor([0]), s * 2)
s.index_copy(0, lib.tensor([0]), s * 2)
s.index_fill(0, lib.tensor([0]), 5.0)
s.scatter(0, lib.tensor([0]), s.reshape(1) * 2)
s.scatter_add(0, lib.tensor(0), s * 2)
s.scatter_reduce(0, lib.tensor([0, 0]), lib.stack([s, s * 3]), "mean")
x.detach().scatter_reduce(0, lib.zeros(0, 3, dtype=lib.int64), x.detach(), "sum")
lib.arange(5).scatter_reduce(0, lib.tensor([1, 1, 3]), lib.tensor([7, 9, -2]), "amax")
lib.arange(5).scatter_reduce(0, lib.tensor([1, 1, 3]), lib.tensor([7, 9, -2]), "amin", include_self=False)
lib.arange(5).scatter_reduce(0, lib.tensor([1, 1, 3]), lib.tensor([7, 9, -2]), "mean")
lib.arange(5).scatter_reduce(0, lib.tensor([1, 1, 3]), lib.tensor([7, 9, -2]), "prod")
lib.zeros(0, 2).chunk(3)
x.tensor_split(lib.tensor([1, 3]))
x.tensor_split(lib.tensor(2), 1)
s.unfold(0, 1, 1)
s.unfold(0, 0, 1)
lib.chain_matmul(x)
lib.linalg.matrix_exp(lib.zeros(0, 0))
lib.svd(x, compute_uv=False).S
lib.linalg.svd(x).S
lib.qr(x[:, :2].detach(), some=False)[1].abs()
lib.linalg.qr(x.detach(), mode="r")[1].abs()
lib.tensordot(x, lib.ones(1, 3, dtype=lib.float64), dims=([0], [0]))
lib.einsum("ij,ij->i", x, lib.ones(4, 1, dtype=lib.float64))
lib.einsum("ij,kj->", x, x[:, :1])
lib.inner(s, x)
lib.linalg.solve_triangular(lib.eye(3), x.T, upper=True)
x.detach().view(lib.float64)
x.detach().view(lib.int64)
x.index_put((lib.tensor([True, False, True, False]),), s, accumulate=True)
lib.narrow(x, 0, lib.tensor(1), 2)
x.take_along_dim(x.argsort(0), 0)
x.roll(1)
x.roll([1], [1])
x.expand_as(x)
x.sum_to_size(4, 3)
lib.atleast_3d(s, x)
lib.column_stack([s, s])
x.detach().unique_consecutive(dim=1)
lib.tensor([1.0, float("nan"), float("nan")]).unique()
s.sort()
s.topk(1)
x.topk(2, 0, False)
lib.searchsorted(lib.tensor([1.0, 2.0, 2.0]), 2.0, side="right")
s.nonzero()
s.nonzero(as_tuple=True)
lib.tensor(0.0).argwhere()
x.masked_select(lib.tensor(True))
s.masked_select(lib.tensor([True, False, True]))
x[lib.tensor(2), None, lib.tensor([0, 1])]
x[..., lib.tensor([[0], [1]])]
x[[1, 2], ...]
x[None, ..., None, 1]
x[np.int64(1), np.array([0, 2])]
x[[lib.tensor(0), lib.tensor(1)]]
""".strip().splitlines()


def outcome(lib: Any, expression: str) -> list:
    """The values of all results, and the gradients of their sum."""
    rng = np.random.default_rng(5)
    leaves = {"x": lib.tensor(rng.normal(size=(4, 3))), "s": lib.tensor(rng.normal(size=()))}
    for leaf in leaves.values():
        leaf.requires_grad_()
    found = eval(expression, {"lib": lib, "np": np, **leaves})
    results = list(found) if isinstance(found, (tuple, list)) else [found]
    flowing = [r.sum() for r in results if r.requires_grad]
    if flowing:
        sum(flowing[1:], flowing[0]).backward()
    arrays = [np.array(r.detach().numpy()) for r in results]
    return arrays + [np.zeros(()) if t.grad is None else np.array(t.grad.numpy()) for t in leaves.values()]


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_edge_is_where_pytorch_has_it(expression: str) -> None:
    torch = pytest.importorskip("torch")
    want, got = outcome(torch, expression), outcome(autograd, expression)
    assert len(want) == len(got)
    for a, b in zip(want, got, strict=True):
        assert a.dtype == b.dtype
        assert a.shape == b.shape or not a.any()
        np.testing.assert_allclose(np.broadcast_to(b, a.shape), a, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("shape, picks", [((50, 16), 40), ((2000, 3), 200), ((4, 1), 400), ((100, 300), 2000)])
def test_rows_are_summed_in_the_way_for_their_sizes(shape: tuple, picks: int) -> None:
    rng = np.random.default_rng(2)
    index, g = rng.integers(-shape[0], shape[0], picks), rng.normal(size=(picks, shape[1]))
    x = autograd.zeros(*shape, dtype=autograd.float64).requires_grad_()
    x[autograd.tensor(index)].backward(autograd.tensor(g))
    wanted = np.zeros(shape)
    np.add.at(wanted, index, g)
    np.testing.assert_allclose(x.grad.numpy(), wanted, atol=1e-12)


def test_elements_are_summed_in_the_way_for_their_number() -> None:
    rng = np.random.default_rng(2)
    rows, columns, g = rng.integers(-7, 7, (400, 1)), rng.integers(-5, 5, (1, 3)), rng.normal(size=(400, 3))
    x = autograd.zeros(7, 5, dtype=autograd.float64).requires_grad_()
    x[autograd.tensor(rows), autograd.tensor(columns)].backward(autograd.tensor(g))
    wanted = np.zeros((7, 5))
    np.add.at(wanted, (rows, columns), g)
    np.testing.assert_allclose(x.grad.numpy(), wanted, atol=1e-12)


def test_a_byte_mask_is_a_mask() -> None:
    x = autograd.arange(4)
    assert x[autograd.tensor([1, 0, 1, 0], dtype=autograd.uint8)].tolist() == [0, 2]


def test_an_array_may_be_assigned() -> None:
    x = autograd.zeros(2, 3)
    x[1] = np.arange(3)
    assert x.tolist() == [[0.0] * 3, [0.0, 1.0, 2.0]]


def test_distinct_values_send_their_gradient_to_the_first_of_equals() -> None:
    x = autograd.tensor([2.0, 1.0, 2.0, 1.0]).requires_grad_()
    (x.unique() * autograd.tensor([3.0, 5.0])).sum().backward()
    assert x.grad.tolist() == [5.0, 3.0, 0.0, 0.0]
