"""Embeddings against torch: which rows get which gradient, bags, one-hot vectors, and what is refused."""

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F

from .flat import errors_agree
from .twins import compare, compare_function, torch

pytestmark = pytest.mark.torch

INDICES = np.array([[1, 2, 2, 0], [4, 1, 2, 2]])
FLAT = np.array([1, 2, 2, 0, 4, 1])

MODULES = {
    "Embedding": (lambda nn: nn.Embedding(5, 3), [INDICES]),
    "Embedding of one index": (lambda nn: nn.Embedding(5, 3), [np.array(2)]),
    "Embedding of none": (lambda nn: nn.Embedding(5, 3), [np.zeros((2, 0), np.int64)]),
    "Embedding with padding": (lambda nn: nn.Embedding(5, 3, padding_idx=2), [INDICES]),
    "Embedding with negative padding": (lambda nn: nn.Embedding(5, 3, padding_idx=-1), [INDICES]),
    "Embedding by frequency": (lambda nn: nn.Embedding(5, 3, scale_grad_by_freq=True), [INDICES]),
    "Embedding of bounded norm": (lambda nn: nn.Embedding(5, 3, max_norm=0.5), [INDICES]),
    "Embedding of bounded 1-norm": (lambda nn: nn.Embedding(5, 3, max_norm=0.7, norm_type=1.0), [INDICES]),
    "EmbeddingBag": (lambda nn: nn.EmbeddingBag(5, 3), [INDICES]),
    "EmbeddingBag sum": (lambda nn: nn.EmbeddingBag(5, 3, mode="sum"), [FLAT, np.array([0, 2, 2, 5])]),
    "EmbeddingBag mean": (lambda nn: nn.EmbeddingBag(5, 3, padding_idx=1), [FLAT, np.array([0, 2, 2, 5])]),
    "EmbeddingBag max": (lambda nn: nn.EmbeddingBag(5, 3, mode="max"), [FLAT, np.array([0, 2, 2, 5])]),
    "EmbeddingBag max, padded": (lambda nn: nn.EmbeddingBag(5, 3, mode="max", padding_idx=2), [INDICES]),
    "EmbeddingBag last offset": (
        lambda nn: nn.EmbeddingBag(5, 3, mode="sum", include_last_offset=True), [FLAT, np.array([0, 2, 6])],
    ),
    "EmbeddingBag weighted": (
        lambda nn: nn.EmbeddingBag(5, 3, mode="sum"), [FLAT, np.array([0, 4]), (6,)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("case", MODULES)
def test_module(case, dtype):
    make, inputs = MODULES[case]
    compare(make, inputs, dtype)


def test_function():
    compare_function("embedding", [INDICES, (5, 3)], {"padding_idx": 1})
    compare_function("embedding_bag", [FLAT, (5, 3)], {"offsets": np.array([0, 3]), "mode": "mean"})
    compare_function("one_hot", [INDICES])
    compare_function("one_hot", [INDICES], {"num_classes": 7})


def test_the_padding_row_starts_at_zero_and_stays():
    table = nn.Embedding(4, 2, padding_idx=1)
    assert table.weight[1].tolist() == [0, 0]
    table(autograd.tensor([1, 3])).sum().backward()
    assert table.weight.grad.tolist() == [[0, 0], [0, 0], [0, 0], [1, 1]]


def test_from_pretrained():
    given = autograd.tensor([[1.0, 2.0], [3.0, 4.0]])
    table = nn.Embedding.from_pretrained(given)
    assert not table.weight.requires_grad
    assert table(autograd.tensor([1])).tolist() == [[3, 4]]
    assert nn.EmbeddingBag.from_pretrained(given, freeze=False, mode="sum").weight.requires_grad


def test_second_order():
    weight = autograd.tensor(np.random.default_rng(0).standard_normal((5, 3)), requires_grad=True)
    (g,) = autograd.autograd.grad(F.embedding(autograd.tensor(INDICES), weight).pow(3).sum(), weight, create_graph=True)
    (h,) = autograd.autograd.grad(g.sum(), weight)
    uses = np.bincount(INDICES.ravel(), minlength=5)[:, None]
    np.testing.assert_allclose(h.numpy(), 6 * weight.detach().numpy() * uses)


WRONG = {
    "too large": lambda lib, t: lib.Embedding(5, 3)(t([5])),
    "negative": lambda lib, t: lib.Embedding(5, 3)(t([-1])),
    "not integers": lambda lib, t: lib.Embedding(5, 3)(t([1.0])),
    "padding_idx": lambda lib, t: lib.Embedding(5, 3, padding_idx=5),
    "mode": lambda lib, t: lib.EmbeddingBag(5, 3, mode="least")(t([[1]])),
    "offsets of rows": lambda lib, t: lib.EmbeddingBag(5, 3)(t([[1]]), t([0])),
    "no offsets": lambda lib, t: lib.EmbeddingBag(5, 3)(t([1])),
    "offsets begin late": lambda lib, t: lib.EmbeddingBag(5, 3)(t([1, 2]), t([1])),
    "weights of a mean": lambda lib, t: lib.EmbeddingBag(5, 3)(t([[1]]), None, t([[1.0]])),
    "one_hot of floats": lambda lib, t: lib.functional.one_hot(t([1.0])),
    "one_hot of negatives": lambda lib, t: lib.functional.one_hot(t([-1])),
    "one_hot of too few": lambda lib, t: lib.functional.one_hot(t([3]), 3),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors(case):
    call = WRONG[case]
    errors_agree(lambda: call(nn, autograd.tensor), lambda: call(torch.nn, torch.tensor))
