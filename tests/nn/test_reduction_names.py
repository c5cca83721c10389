"""`size_average` and `reduce`, as reductions were asked for before PyTorch 0.4, mean the same for every loss."""

import inspect

import pytest

import autograd
import nn.functional as F

UNIT = autograd.tensor([[0.2, 0.7], [0.4, 0.9], [0.3, 0.6]])
OTHER = autograd.tensor([[0.1, 0.4], [0.5, 0.3], [0.8, 0.2]])
CLASSES = autograd.tensor([0, 1, 1])
SIGNS = autograd.tensor([[1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]])
ARGUMENTS = {
    "cross_entropy": (UNIT, CLASSES),
    "nll_loss": (UNIT, CLASSES),
    "multi_margin_loss": (UNIT, CLASSES),
    "multilabel_margin_loss": (UNIT, autograd.tensor([[0, -1], [1, 0], [1, -1]])),
    "cosine_embedding_loss": (UNIT, OTHER, SIGNS[:, 0]),
    "margin_ranking_loss": (UNIT, OTHER, SIGNS),
    "triplet_margin_loss": (UNIT, OTHER, SIGNS),
    "hinge_embedding_loss": (UNIT, SIGNS),
    "soft_margin_loss": (UNIT, SIGNS),
}
LOSSES = [
    name for name in dir(F) if callable(getattr(F, name)) and "size_average" in inspect.signature(getattr(F, name)).parameters
]


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.filterwarnings("ignore:.*")
def test_the_older_names_of_reductions(name):
    def loss(**settings):
        return getattr(F, name)(*ARGUMENTS.get(name, (UNIT, OTHER)), **settings)

    for older, reduction in [
        ({"size_average": False}, "sum"),
        ({"size_average": True}, "mean"),
        ({"reduce": False}, "none"),
        ({"reduce": True}, "mean"),
        ({"size_average": False, "reduce": True}, "sum"),
        ({"size_average": False, "reduce": False}, "none"),
    ]:
        assert autograd.equal(loss(**older), loss(reduction=reduction)), older


def test_there_are_losses_to_compare():
    assert len(LOSSES) > 12
