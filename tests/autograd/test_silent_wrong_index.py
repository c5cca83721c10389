"""Gradients of indexing, joining and shaping that other libraries have shipped silently wrong, each under its name.

Every gradient is compared with central differences of the value itself; where one can be written down, with that.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import autograd
from autograd import Tensor
from nn.functional import pad
from tests.derivatives import central, worst

rng = np.random.default_rng(7)


def weighted(result: Tensor) -> Tensor:
    """A number in which every element has a weight of its own."""
    weights = np.cos(1.0 + np.arange(result.numel())).reshape(tuple(result.shape))
    return (result * autograd.tensor(weights)).sum()


def agrees(f: Callable[[Tensor], Tensor], *shape: int, order: int = 2) -> None:
    """The gradient of f, and the gradient of that, equal central differences."""
    start = rng.normal(size=shape)
    x = autograd.tensor(start).requires_grad_()
    y = weighted(f(x))
    (first,) = autograd.autograd.grad(y, x, create_graph=True)
    assert first.shape == x.shape
    assert first.dtype == x.dtype
    assert worst(first.detach().numpy(), central(lambda a: weighted(f(autograd.tensor(a))).item(), start), 1e-7) is None
    if order < 2:
        return

    def slope(a: np.ndarray) -> float:
        z = autograd.tensor(a).requires_grad_()
        (g,) = autograd.autograd.grad(weighted(f(z) * f(z)), z)
        return weighted(g).item()

    (again,) = autograd.autograd.grad(weighted(f(x) * f(x)), x, create_graph=True)
    (second,) = autograd.autograd.grad(weighted(again), x)
    assert worst(second.numpy(), central(slope, start), 1e-6) is None


# -- repeating ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dims", [(2,), (1,), (3, 2), (2, 1, 2), (1, 1, 1, 2), (0,)])
def test_tile_with_fewer_or_more_reps_than_dimensions(dims: tuple) -> None:
    agrees(lambda x: x.tile(dims), 2, 3)
    assert autograd.zeros(2, 3).tile(dims).shape == np.tile(np.zeros((2, 3)), dims).shape


@pytest.mark.parametrize("axis", [-1, -2, 0, 1, None])
def test_repeat_interleave_on_a_negative_axis(axis: int | None) -> None:
    agrees(lambda x: x.repeat_interleave(3, axis), 2, 3)
    counts = autograd.tensor([2, 0, 3]) if axis in (-1, 1) else autograd.tensor([2, 1])
    if axis is not None:
        agrees(lambda x: x.repeat_interleave(counts, axis), 2, 3)


@pytest.mark.parametrize("repeats", [(2, 1), (1, 3), (2, 2, 2), (0, 1)])
def test_repeat(repeats: tuple) -> None:
    agrees(lambda x: x.repeat(repeats), 2, 3)


def test_expanded_tensors_sum_the_cotangents_of_what_shares_memory() -> None:
    agrees(lambda x: x.expand(4, 2, 3) * autograd.tensor(np.arange(24.0).reshape(4, 2, 3)), 2, 3)
    agrees(lambda x: x.unsqueeze(1).expand(-1, 3, -1)[:, 1:], 2, 3)
    agrees(lambda x: x.sum_to_size(1, 3), 2, 3)


# -- order -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("dim", [0, 1, -1])
def test_sort_with_ties_sends_each_cotangent_where_its_value_came_from(dim: int, descending: bool) -> None:
    data = np.array([[2.0, 1.0, 2.0, 1.0], [1.0, 1.0, 3.0, 2.0], [2.0, 1.0, 2.0, 0.0]])
    x = autograd.tensor(data).requires_grad_()
    values, indices = x.sort(dim=dim, descending=descending, stable=True)
    g = rng.normal(size=data.shape)
    values.backward(autograd.tensor(g))
    wanted = np.zeros_like(data)
    np.put_along_axis(wanted, indices.numpy(), g, dim)
    np.testing.assert_array_equal(x.grad.numpy(), wanted)
    assert np.all(np.diff(indices.numpy(), axis=dim)[np.diff(values.detach().numpy(), axis=dim) == 0] > 0)


def test_sorted_values_of_nan_come_last_and_first() -> None:
    x = autograd.tensor([2.0, float("nan"), 1.0])
    assert x.sort().indices.tolist() == [2, 0, 1]
    assert x.sort(descending=True).indices.tolist() == [1, 0, 2]


def test_topk_sends_nothing_to_what_was_not_chosen() -> None:
    x = autograd.tensor([3.0, 1.0, 2.0, 5.0]).requires_grad_()
    x.topk(2).values.sum().backward()
    assert x.grad.tolist() == [1.0, 0.0, 0.0, 1.0]
    agrees(lambda x: x.topk(2, dim=0, largest=False).values, 4, 3)


# -- reading at an index -----------------------------------------------------------------------------------------------


def test_duplicates_in_an_advanced_index_add_up() -> None:
    x = autograd.zeros(4).requires_grad_()
    x[autograd.tensor([1, 1, 3, 1])].sum().backward()
    assert x.grad.tolist() == [0.0, 3.0, 0.0, 1.0]
    agrees(lambda x: x[autograd.tensor([2, 2, 0])], 3, 4)
    agrees(lambda x: x[[[0, 0, 1], [0, 0, 3]]], 3, 4)


def test_an_index_that_names_a_place_as_negative_and_as_positive_adds_up() -> None:
    x = autograd.zeros(4).requires_grad_()
    x[[3, -1, 3, -4]].sum().backward()
    assert x.grad.tolist() == [1.0, 0.0, 0.0, 3.0]
    agrees(lambda x: x[:, [0, -4, 0, 3]], 3, 4)
    agrees(lambda x: x[[-1, 2, -3], [1, -3, 1]], 3, 4)


@pytest.mark.parametrize(
    ("rows", "width", "picks"), [(3, 2, 5), (50, 16, 7), (7, 64, 300), (1000, 3, 10), (4, 1, 200), (5, 33, 1)]
)
def test_every_way_of_summing_rows_gives_the_same(rows: int, width: int, picks: int) -> None:
    index = rng.integers(-rows, rows, picks)
    g = rng.normal(size=(picks, width)).astype(np.float32)
    x = autograd.zeros(rows, width).requires_grad_()
    x[autograd.tensor(index)].backward(autograd.tensor(g))
    wanted = np.zeros((rows, width))
    np.add.at(wanted, index, g)
    np.testing.assert_allclose(x.grad.numpy(), wanted, rtol=1e-5, atol=1e-5)


def test_boolean_masks() -> None:
    mask = np.array([[True, False, True, False], [False] * 4, [True] * 4])
    agrees(lambda x: x[autograd.tensor(mask)], 3, 4)
    agrees(lambda x: x[autograd.tensor(mask[:, 0])], 3, 4)
    agrees(lambda x: x[:, [True, False, True, False]], 3, 4)
    agrees(lambda x: x.masked_select(autograd.tensor(mask[0])), 3, 4)
    agrees(lambda x: x[autograd.tensor(np.zeros((3, 4), bool))].sum() + x.sum(), 3, 4)


def test_a_bool_without_dimensions_adds_a_dimension() -> None:
    x = autograd.zeros(2, 3)
    assert x[True].shape == (1, 2, 3)
    assert x[False].shape == (0, 2, 3)
    assert x[:, True].shape == (2, 1, 3)
    agrees(lambda x: x[True, 1], 2, 3)


def test_slices_mixed_with_lists() -> None:
    agrees(lambda x: x[1:, [0, 2, 2]], 3, 4)
    agrees(lambda x: x[[0, 1], 1:3], 3, 4)
    agrees(lambda x: x[..., [1, 1]], 2, 3, 2)
    agrees(lambda x: x[[0, 1], :, [1, 0]], 2, 3, 2)
    agrees(lambda x: x[None, [1, 1], ..., ::2], 2, 3, 2)


def test_an_integer_between_arrays_is_taken_first() -> None:
    """NumPy would count the integer among the arrays and move their dimension to the front."""
    x = autograd.arange(24).reshape(2, 3, 4)
    assert x[0, :, [0, 1, 3]].shape == (3, 3)
    assert x[:, 0, [0, 1]].shape == (2, 2)
    agrees(lambda x: x[0, :, [0, 0, 1]], 2, 3, 2)
    agrees(lambda x: x[[1, 0], 0, :], 2, 3, 2)


def test_an_ellipsis_that_stands_for_nothing_does_not_part_arrays() -> None:
    assert autograd.zeros(2, 3, 4)[:, [0, 1], ..., [0, 1]].shape == (2, 2)
    agrees(lambda x: x[:, [0, 1], ..., [0, 1]], 2, 3, 2)


def test_a_list_that_holds_sequences_is_read_as_a_tuple() -> None:
    x = autograd.arange(20).reshape(4, 5)
    assert x[[[0, 1], [1, 0]]].tolist() == [1, 5]
    assert x[[0, 1]].shape == (2, 5)


def test_gather_and_take_with_repeated_indices() -> None:
    index = autograd.tensor([[0, 0], [2, 0], [1, 1]])
    agrees(lambda x: x.gather(0, index), 3, 4)
    agrees(lambda x: x.gather(1, index), 3, 4)
    agrees(lambda x: x.take(autograd.tensor([[0, -1], [11, 0]])), 3, 4)
    agrees(lambda x: x.index_select(-1, autograd.tensor([1, 1, 0])), 3, 4)
    agrees(lambda x: x.take_along_dim(autograd.tensor([[0], [1], [0]]), 1), 3, 4)


# -- writing at an index -----------------------------------------------------------------------------------------------


def test_scatter_blocks_what_it_overwrites() -> None:
    index = autograd.tensor([[0, 2], [1, 1]])
    agrees(lambda x: x.scatter(1, index, 2.0), 3, 4)
    agrees(lambda x: autograd.zeros(3, 4, dtype=autograd.float64).scatter_add(1, index, x), 2, 2)
    agrees(lambda x: x.index_fill(1, autograd.tensor([0, 0]), 1.0), 3, 4)
    agrees(lambda x: x.masked_fill(autograd.tensor([True, False, False, True]), 3.0), 3, 4)


@pytest.mark.parametrize("reduce", ["sum", "prod", "mean", "amax", "amin"])
@pytest.mark.parametrize("include_self", [True, False])
def test_scatter_reduce(reduce: str, include_self: bool) -> None:
    index = autograd.tensor([0, 2, 0, 0])
    source = autograd.tensor(rng.normal(size=4))
    agrees(lambda x: x.scatter_reduce(0, index, source, reduce, include_self=include_self), 3)
    fixed = autograd.tensor(rng.normal(size=3))
    agrees(lambda x: fixed.scatter_reduce(0, index, x, reduce, include_self=include_self), 4)


def test_a_product_of_scattered_zeros_has_a_gradient() -> None:
    x = autograd.tensor([0.0, 2.0, 3.0]).requires_grad_()
    y = autograd.ones(1).scatter_reduce(0, autograd.tensor([0, 0, 0]), x, "prod")
    y.backward(autograd.ones(1))
    assert x.grad.tolist() == [6.0, 0.0, 0.0]


def test_accumulating_writes_count_every_duplicate() -> None:
    index = (autograd.tensor([1, 1, 0]),)
    agrees(lambda v: autograd.zeros(3, dtype=autograd.float64).index_put(index, v, accumulate=True), 3)
    agrees(lambda v: autograd.zeros(3, 2, dtype=autograd.float64).index_add(0, index[0], v, alpha=2), 3, 2)
    agrees(lambda v: autograd.zeros(6, dtype=autograd.float64).put(autograd.tensor([0, -6, 5]), v, accumulate=True), 3)


# -- diagonals, windows, triangles -------------------------------------------------------------------------------------


@pytest.mark.parametrize("offset", [-2, -1, 0, 1, 2, 9])
def test_diagonal(offset: int) -> None:
    agrees(lambda x: x.diagonal(offset), 3, 4)
    agrees(lambda x: x.diagonal(offset, -1, 0), 3, 2, 3)
    if abs(offset) < 9:
        agrees(lambda x: x.diag_embed(offset, 0, -1), 2, 2)
        agrees(lambda x: x.diag(offset), 3)


def test_overlapping_windows_add_up() -> None:
    agrees(lambda x: x.unfold(0, 3, 1), 5)
    agrees(lambda x: x.unfold(1, 2, 3), 2, 6)
    x = autograd.zeros(4).requires_grad_()
    x.unfold(0, 2, 1).sum().backward()
    assert x.grad.tolist() == [1.0, 2.0, 2.0, 1.0]


@pytest.mark.parametrize("mode", ["constant", "reflect", "replicate", "circular"])
def test_padding(mode: str) -> None:
    agrees(lambda x: pad(x, (2, 1), mode), 1, 2, 4)
    agrees(lambda x: pad(x, (1, 1, 2, 0), mode), 1, 2, 3, 3)


def test_moving_elements() -> None:
    agrees(lambda x: x.flip(0, -1), 3, 4)
    agrees(lambda x: x.roll((1, -2), (0, 1)), 3, 4)
    agrees(lambda x: x.rot90(3), 3, 4)
    agrees(lambda x: x.tril(-1) + x.triu(2), 4, 4)
    agrees(lambda x: x.movedim((0, 1), (2, 0)), 2, 3, 2)
    agrees(lambda x: autograd.cat([x, x[:1], x], 0), 3, 2)
    agrees(lambda x: autograd.stack([x, x * 2], -1), 3, 2)
    agrees(lambda x: autograd.block_diag(x, x[:1]), 3, 2)


# -- memory ------------------------------------------------------------------------------------------------------------


LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "Fortran order": np.asfortranarray,
    "every second": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "reversed": lambda a: np.ascontiguousarray(a[::-1])[::-1],
    "expanded": lambda a: np.broadcast_to(a[:1], a.shape),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize(
    "f",
    [
        lambda x: x.view(-1) if x.is_contiguous() else x.reshape(-1),
        lambda x: x[[0, 0, 2]],
        lambda x: x[:, [0, -1, 0]],
        lambda x: x.T.reshape(2, -1),
        lambda x: x.diagonal(1),
        lambda x: x.unfold(1, 2, 1),
        lambda x: autograd.cat([x, x], 1),
        lambda x: x.gather(0, autograd.tensor([[0, 1, 2, 0]])),
        lambda x: x.sort(0, stable=True).values,
        lambda x: x.mT @ x,
    ],
)
def test_layouts_of_memory_do_not_matter(f: Callable[[Tensor], Tensor], layout: str) -> None:
    start = rng.normal(size=(3, 4))
    other = LAYOUTS[layout](start)
    plain = autograd.tensor(np.ascontiguousarray(other)).requires_grad_()
    laid = autograd.from_numpy(other).requires_grad_()
    first, second = f(plain), f(laid)
    np.testing.assert_array_equal(first.detach().numpy(), second.detach().numpy())
    g = np.asfortranarray(rng.normal(size=tuple(first.shape)))
    first.backward(autograd.tensor(np.ascontiguousarray(g)))
    second.backward(autograd.from_numpy(g))
    np.testing.assert_allclose(plain.grad.numpy(), laid.grad.numpy(), rtol=1e-12)


def test_gradients_of_views_of_one_tensor_share_no_memory() -> None:
    x = autograd.zeros(2, 3).requires_grad_()
    y = autograd.zeros(2, 3).requires_grad_()
    autograd.cat([x, y]).sum().backward()
    x.grad.add_(1)
    assert y.grad.sum().item() == 6.0
    assert not np.shares_memory(x.grad.numpy(), y.grad.numpy())


def test_float32_stays_float32_through_every_index() -> None:
    x = autograd.ones(3, 4).requires_grad_()
    for f in (
        lambda x: x[[0, 0]],
        lambda x: x[x > 0],
        lambda x: x.diagonal(),
        lambda x: x.unfold(1, 2, 1),
        lambda x: x.tile(2),
    ):
        (g,) = autograd.autograd.grad(f(x).sum(), x)
        assert g.dtype == autograd.float32
