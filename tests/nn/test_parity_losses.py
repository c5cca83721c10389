"""Each loss against torch: every reduction and option, gradients of all floating inputs, errors."""

import functools

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F

from .twins import compare_function, compare_second_order, torch

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:.*reduction:UserWarning"),
    pytest.mark.filterwarnings("ignore:.*divides the total loss:UserWarning"),
]

rng = np.random.default_rng(5)
X, Y = rng.standard_normal((4, 3)), rng.standard_normal((4, 3))
WEIGHT = rng.uniform(0.5, 2.0, (4, 3))
CLASS_WEIGHT = rng.uniform(0.5, 2.0, 3)
P, Q = rng.uniform(0.1, 0.9, (4, 3)), rng.uniform(0.1, 0.9, (4, 3))
SIGNS = np.where(rng.random((4, 3)) < 0.5, -1.0, 1.0)
LABELS = np.array([0, 2, 1, 2])
SOME_IGNORED = np.array([0, -100, 1, -100])
DENSE, DENSE_LABELS = rng.standard_normal((2, 3, 4, 5)), rng.integers(0, 3, (2, 4, 5))
DISTRIBUTIONS = P / P.sum(1, keepdims=True)
DENSE_DISTRIBUTIONS = rng.dirichlet([1.0, 1.0, 1.0], (2, 4, 5)).transpose(0, 3, 1, 2).copy()

CASES = [
    ("mse_loss", [X, Y], {}),
    ("mse_loss", [X, Y], {"weight": WEIGHT}),
    ("l1_loss", [X, Y], {}),
    ("l1_loss", [X, X], {}),
    ("l1_loss", [X, Y], {"weight": WEIGHT}),
    ("smooth_l1_loss", [X, Y], {}),
    ("smooth_l1_loss", [X, Y], {"beta": 0.3}),
    ("smooth_l1_loss", [X, Y], {"beta": 0.0}),
    ("huber_loss", [X, Y], {}),
    ("huber_loss", [X, Y], {"delta": 0.4}),
    ("huber_loss", [X, Y], {"delta": 0.4, "weight": WEIGHT}),
    ("cross_entropy", [X, LABELS], {}),
    ("cross_entropy", [X[0], np.array(1)], {}),
    ("cross_entropy", [DENSE, DENSE_LABELS], {}),
    ("cross_entropy", [X, LABELS], {"weight": CLASS_WEIGHT}),
    ("cross_entropy", [DENSE, DENSE_LABELS], {"weight": CLASS_WEIGHT, "label_smoothing": 0.2}),
    ("cross_entropy", [X, SOME_IGNORED], {}),
    ("cross_entropy", [X, SOME_IGNORED], {"weight": CLASS_WEIGHT}),
    ("cross_entropy", [X, SOME_IGNORED], {"weight": CLASS_WEIGHT, "label_smoothing": 0.2}),
    ("cross_entropy", [X, LABELS], {"ignore_index": 2}),
    ("cross_entropy", [X, LABELS], {"label_smoothing": 0.3}),
    ("cross_entropy", [X, LABELS], {"label_smoothing": 0.3, "ignore_index": 2}),
    ("cross_entropy", [X, np.full(4, -100)], {}),
    ("cross_entropy", [X, DISTRIBUTIONS], {}),
    ("cross_entropy", [X[0], DISTRIBUTIONS[0]], {}),
    ("cross_entropy", [X, DISTRIBUTIONS], {"weight": CLASS_WEIGHT, "label_smoothing": 0.2}),
    ("cross_entropy", [DENSE, DENSE_DISTRIBUTIONS], {"weight": CLASS_WEIGHT}),
    ("nll_loss", [X, LABELS], {}),
    ("nll_loss", [X[0], np.array(1)], {}),
    ("nll_loss", [X, SOME_IGNORED], {"weight": CLASS_WEIGHT}),
    ("nll_loss", [DENSE, DENSE_LABELS], {"weight": CLASS_WEIGHT}),
    ("binary_cross_entropy", [P, Q], {}),
    ("binary_cross_entropy", [P, Q], {"weight": WEIGHT}),
    ("binary_cross_entropy_with_logits", [X, Q], {}),
    ("binary_cross_entropy_with_logits", [X, Q], {"weight": WEIGHT}),
    ("binary_cross_entropy_with_logits", [X, Q], {"pos_weight": CLASS_WEIGHT, "weight": CLASS_WEIGHT}),
    ("kl_div", [np.log(P), Q], {}),
    ("kl_div", [np.log(P), np.where(Q < 0.5, 0.0, Q)], {}),
    ("kl_div", [np.log(P), np.log(Q)], {"log_target": True}),
    ("gaussian_nll_loss", [X, Y, WEIGHT], {}),
    ("gaussian_nll_loss", [X, Y, WEIGHT], {"full": True, "eps": 1.0}),
    ("gaussian_nll_loss", [X, Y, WEIGHT[:, :1]], {}),
    ("gaussian_nll_loss", [X, Y, WEIGHT[:, 0]], {}),
    ("poisson_nll_loss", [X, 3 * Q], {}),
    ("poisson_nll_loss", [P, 3 * Q], {"log_input": False, "eps": 0.1}),
    ("poisson_nll_loss", [X, 5 * Q], {"full": True}),
    ("hinge_embedding_loss", [P * 2, SIGNS.astype(int)], {}),
    ("hinge_embedding_loss", [P * 2, SIGNS.astype(int)], {"margin": 0.5}),
    ("margin_ranking_loss", [X, Y, SIGNS], {}),
    ("margin_ranking_loss", [X, Y, SIGNS], {"margin": 0.5}),
    ("soft_margin_loss", [X, SIGNS.astype(int)], {}),
    ("multilabel_soft_margin_loss", [X, np.round(Q)], {}),
    ("multilabel_soft_margin_loss", [X, np.round(Q)], {"weight": CLASS_WEIGHT}),
    ("multi_margin_loss", [X, LABELS], {}),
    ("multi_margin_loss", [X, LABELS], {"p": 2, "margin": 0.5, "weight": CLASS_WEIGHT}),
    ("multi_margin_loss", [X[0], np.array(2)], {}),
    ("multilabel_margin_loss", [X, np.array([[0, 1, -1], [2, -1, 0], [-1, 1, 2], [0, 2, 1]])], {}),
    ("multilabel_margin_loss", [X[0], np.array([1, -1, 0])], {}),
    ("cosine_embedding_loss", [X, Y, np.array([1, -1, 1, -1])], {}),
    ("cosine_embedding_loss", [X, Y, np.array([1, -1, 1, -1])], {"margin": 0.3}),
    ("cosine_embedding_loss", [X[0], Y[0], np.array(-1)], {}),
    ("triplet_margin_loss", [X, Y, WEIGHT], {}),
    ("triplet_margin_loss", [X, Y, WEIGHT], {"p": 1, "margin": 3.0, "swap": True}),
    ("triplet_margin_with_distance_loss", [X, Y, WEIGHT], {"margin": 3.0}),
]


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("case", range(len(CASES)), ids=[f"{k}-{c[0]}" for k, c in enumerate(CASES)])
def test_loss(case, reduction):
    name, arrays, kwargs = CASES[case]
    compare_function(name, arrays, {**kwargs, "reduction": reduction})
    if reduction == "mean" and not any(isinstance(v, np.ndarray) for v in kwargs.values()):
        compare_function(name, arrays, kwargs, np.float32)


@pytest.mark.parametrize("case", range(len(CASES)), ids=[f"{k}-{c[0]}" for k, c in enumerate(CASES)])
def test_second_order(case):
    name, arrays, kwargs = CASES[case]
    if name in ("multi_margin_loss", "multilabel_margin_loss"):
        pytest.skip("torch has no second derivative of it")
    ours, theirs = (
        functools.partial(
            getattr(functional, name),
            **{k: tensor(v) if isinstance(v, np.ndarray) else v for k, v in kwargs.items()},
            reduction="none",
        )
        for functional, tensor in ((F, autograd.tensor), (torch.nn.functional, torch.tensor))
    )
    compare_second_order(ours, theirs, arrays)


def test_batchmean():
    compare_function("kl_div", [np.log(P), Q], {"reduction": "batchmean"})


@pytest.mark.filterwarnings("ignore:size_average")
@pytest.mark.parametrize("old", [{"size_average": False}, {"reduce": False}, {"size_average": True, "reduce": True}])
def test_former_arguments(old):
    compare_function("mse_loss", [X, Y], old)
    compare_function("cross_entropy", [X, LABELS], old)


MODULES = {
    "MSELoss": ((), [X, Y]), "L1Loss": ((), [X, Y]), "SmoothL1Loss": ((None, None, "sum", 0.5), [X, Y]),
    "HuberLoss": (("sum", 0.5), [X, Y]), "CrossEntropyLoss": ((CLASS_WEIGHT, None, 2, None, "sum", 0.1), [X, LABELS]),
    "NLLLoss": ((CLASS_WEIGHT, None, 1), [X, LABELS]), "BCELoss": ((WEIGHT,), [P, Q]),
    "BCEWithLogitsLoss": ((WEIGHT, None, None, "sum", CLASS_WEIGHT), [X, Q]),
    "KLDivLoss": ((None, None, "batchmean", True), [np.log(P), np.log(Q)]), "PoissonNLLLoss": ((False, True), [P, 3 * Q]),
    "HingeEmbeddingLoss": ((0.5,), [P, SIGNS]), "MarginRankingLoss": ((0.5,), [X, Y, SIGNS]),
    "SoftMarginLoss": ((), [X, SIGNS]),
    "MultiLabelSoftMarginLoss": ((CLASS_WEIGHT,), [X, np.round(Q)]), "MultiMarginLoss": ((2, 0.5, CLASS_WEIGHT), [X, LABELS]),
    "MultiLabelMarginLoss": ((), [X, np.array([[0, 1, -1]] * 4)]), "CosineEmbeddingLoss": ((0.2,), [X, Y, SIGNS[:, 0]]),
    "TripletMarginLoss": ((2.0, 1.0, 1e-3, True), [X, Y, WEIGHT]), "GaussianNLLLoss": ((), [X, Y, WEIGHT]),
}  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_module(name):
    """Settings in torch's order, weights as buffers under torch's keys, and the same text."""
    args, arrays = MODULES[name]
    ours = getattr(nn, name)(*[autograd.tensor(a) if isinstance(a, np.ndarray) else a for a in args])
    theirs = getattr(torch.nn, name)(*[torch.tensor(a) if isinstance(a, np.ndarray) else a for a in args])
    assert repr(ours) == repr(theirs)
    assert list(ours.state_dict()) == list(theirs.state_dict())
    a, b = ours(*map(autograd.tensor, arrays)), theirs(*map(torch.tensor, arrays))
    np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-12)


ERRORS = [
    ("cross_entropy", [X, np.array([0, 1, 2, 3])], {}),
    ("cross_entropy", [X, np.array([0, 1, 2, -1])], {}),
    ("cross_entropy", [X, np.array([0, 1, 2])], {}),
    ("cross_entropy", [X, LABELS], {"weight": CLASS_WEIGHT[:2]}),
    ("cross_entropy", [X, LABELS], {"label_smoothing": 1.5}),
    ("cross_entropy", [X, LABELS.astype(float)], {}),
    ("cross_entropy", [X, LABELS], {"reduction": "average"}),
    ("nll_loss", [X, np.array([0, 1, 2, 3])], {}),
    ("nll_loss", [X, np.array([0, 1, 2])], {}),
    ("binary_cross_entropy", [X, Q], {}),
    ("binary_cross_entropy", [P, Q[:, :1]], {}),
    ("binary_cross_entropy_with_logits", [X, Q[:, :1]], {}),
    ("mse_loss", [X, Y[:2]], {}),
    ("mse_loss", [X, Y], {"reduction": "average"}),
    ("smooth_l1_loss", [X, Y], {"beta": -1.0}),
    ("huber_loss", [X, Y], {"delta": 0.0}),
    ("gaussian_nll_loss", [X, Y, -WEIGHT], {}),
    ("gaussian_nll_loss", [X, Y, WEIGHT[:2]], {}),
    ("multi_margin_loss", [X, LABELS], {"p": 3}),
    ("multi_margin_loss", [X, np.array([0, 1, 2, 3])], {}),
    ("cosine_embedding_loss", [X, Y, SIGNS], {}),
    ("margin_ranking_loss", [X[0], Y, SIGNS], {}),
    ("triplet_margin_loss", [X, Y, WEIGHT], {"margin": -1.0}),
]


@pytest.mark.filterwarnings("ignore:Using a target size")
@pytest.mark.parametrize("case", range(len(ERRORS)), ids=[f"{k}-{c[0]}" for k, c in enumerate(ERRORS)])
def test_errors(case):
    """What torch refuses is refused with an error that is also torch's class."""
    name, arrays, kwargs = ERRORS[case]

    def call(library, functional):
        tensor = library.tensor
        return getattr(functional, name)(
            *map(tensor, arrays), **{k: tensor(v) if isinstance(v, np.ndarray) else v for k, v in kwargs.items()}
        )

    with pytest.raises((ValueError, RuntimeError, IndexError)) as theirs:
        call(torch, torch.nn.functional)
    with pytest.raises(type(theirs.value), match=name.removesuffix("_with_logits")):
        call(autograd, F)


@pytest.mark.parametrize("name", ["mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "poisson_nll_loss", "kl_div"])
def test_where_torch_broadcasts_with_a_warning_this_raises(name):
    with pytest.raises(RuntimeError, match=r"\(4, 1\).*\(4,\).*equal"):
        getattr(F, name)(autograd.zeros(4, 1), autograd.zeros(4))


def test_probabilities_at_their_ends():
    """The logarithm is at least -100 and the gradient finite, as in torch."""
    found = []
    for library, functional in ((autograd, F), (torch, torch.nn.functional)):
        x = library.tensor([0.0, 0.0, 1.0, 1.0], requires_grad=True)
        loss = functional.binary_cross_entropy(x, library.tensor([0.0, 1.0, 0.0, 1.0]), reduction="none")
        loss.sum().backward()
        found.append((loss.detach().numpy(), x.grad.numpy()))
    np.testing.assert_allclose(found[0], found[1], rtol=1e-6)
    assert np.isfinite(found[0]).all()
