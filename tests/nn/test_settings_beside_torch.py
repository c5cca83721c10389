"""Forms and values of arguments that PyTorch takes or refuses, one call in both libraries: result, warning, or error."""

import itertools
import warnings

import numpy as np
import pytest

import autograd
import nn
import nn.functional
from autograd.errors import GradloomError

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.torch

RECURRENT = ("RNN", "LSTM", "GRU")


def outcome(library, layers, call):
    """The result, as something to compare, and whether there was a warning; or the error."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            found = call(library, layers, layers.functional)
        except Exception as error:
            return error
    if hasattr(found, "detach"):
        array = found.detach().numpy()
        found = (np.round(array.astype(float), 4).tolist(), array.dtype)
    return found, bool(warned)


def agree(call):
    wanted, found = outcome(torch, torch.nn, call), outcome(autograd, nn, call)
    if isinstance(wanted, Exception):
        assert isinstance(found, GradloomError), f"{found!r}, torch {wanted!r}"
        assert isinstance(found, type(wanted)) or isinstance(wanted, NotImplementedError | AssertionError), (found, wanted)
    else:
        assert str(found) == str(wanted)


@pytest.mark.parametrize("dtype", ["int32", "int64", "bool", "uint8", "float16", "float64"])
@pytest.mark.parametrize("reduce", ["sum", "prod", "mean", "amax", "amin"])
@pytest.mark.parametrize("include_self", [True, False])
def test_scatter_reduce_keeps_the_dtype(reduce, dtype, include_self):
    def call(lib, nn, F):
        own, source = (lib.tensor(v).to(getattr(lib, dtype)) for v in ([1, 0, 1], [1, 1, 0]))
        return own.scatter_reduce(0, lib.tensor([0, 1, 1]), source, reduce, include_self=include_self)

    agree(call)


SHAPES = [(), (1,), (3,), (4,), (1, 3), (4, 3), (4, 1), (2, 4, 3)]


@pytest.mark.parametrize("name", ["cosine_embedding_loss", "margin_ranking_loss", "triplet_margin_loss"])
@pytest.mark.parametrize("first", SHAPES)
def test_shapes_that_a_loss_of_three_tensors_repeats(name, first):
    for second, third in itertools.product(SHAPES, repeat=2):
        agree(lambda lib, nn, F, s=second, t=third: getattr(F, name)(lib.ones(first), lib.ones(s) * 2, lib.ones(t)))


@pytest.mark.parametrize("name", ["dropout1d", "dropout2d", "dropout3d"])
@pytest.mark.parametrize("ndim", range(7))
def test_dimensions_that_a_dropout_of_channels_takes(name, ndim):
    for p, training in itertools.product((0.0, 0.5, 1.0), (True, False)):
        if training and p == 0.5 and ndim >= (1 if name == "dropout3d" else 2):
            continue  # random
        agree(lambda lib, nn, F, p=p, t=training: getattr(F, name)(lib.ones((2,) * ndim), p, t))


@pytest.mark.parametrize(
    "call",
    [
        lambda lib, nn, F: F.binary_cross_entropy(lib.tensor([0.5]), target=lib.tensor([2.0])),
        lambda lib, nn, F: F.binary_cross_entropy(lib.tensor([0.5]), target=lib.tensor([float("nan")])),
        lambda lib, nn, F: F.binary_cross_entropy(lib.tensor([float("nan")]), target=lib.tensor([1.0])),
        lambda lib, nn, F: F.binary_cross_entropy(input=lib.tensor([1.5]), target=lib.tensor([1.0])),
        lambda lib, nn, F: F.binary_cross_entropy_with_logits(lib.tensor([1.5]), target=lib.tensor([2.0])),
        lambda lib, nn, F: F.cross_entropy(lib.ones(2, 3), lib.ones(2, 3), ignore_index=1),
        lambda lib, nn, F: F.cross_entropy(lib.ones(2, 3), lib.ones(2, 3), ignore_index=-1),
        lambda lib, nn, F: F.cross_entropy(lib.ones(2, 3), lib.ones(2, 3), label_smoothing=1.5),
        lambda lib, nn, F: F.rrelu(lib.ones(2), 0.5, 0.1),
        lambda lib, nn, F: F.rrelu(lib.ones(2), 0.5, 0.1, training=True),
        lambda lib, nn, F: nn.RReLU(0.5, 0.1)(lib.ones(2)),
        lambda lib, nn, F: nn.Hardtanh(1.0, 1.0),
        lambda lib, nn, F: nn.Hardtanh(2.0, 1.0),
        lambda lib, nn, F: nn.Hardtanh(min_value=-3.0, max_value=3.0).max_val,
        lambda lib, nn, F: F.bilinear(lib.ones(2, 3), lib.ones(2, 4), lib.ones(5, 3, 4), lib.ones(1)),
        lambda lib, nn, F: F.bilinear(lib.ones(2, 3), lib.ones(2, 4), lib.ones(5, 3, 4), lib.ones(5)),
        lambda lib, nn, F: F.bilinear(lib.ones(2, 3), lib.ones(2, 4), lib.ones(3, 4)),
        *(lambda lib, nn, F, name=name: getattr(nn, name)(0, 3) for name in RECURRENT),
        *(lambda lib, nn, F, name=name: getattr(nn, name)(2, 3, batch_first=1) for name in RECURRENT),
        *(lambda lib, nn, F, name=name: getattr(nn, name)(2.0, 3) for name in RECURRENT),
        *(
            lambda lib, nn, F, name=name, bias=bias: len(list(getattr(nn, name)(2, 3, bias=bias).parameters()))
            for name in (*RECURRENT, "RNNCell", "LSTMCell", "GRUCell", "Linear")
            for bias in (True, False, None, 0, 1, "no")
        ),
    ],
)
def test_values(call):
    agree(call)


LOSSES = ["mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "kl_div", "binary_cross_entropy", "soft_margin_loss"]
LOSSES += ["binary_cross_entropy_with_logits", "hinge_embedding_loss", "poisson_nll_loss", "multilabel_soft_margin_loss"]


@pytest.mark.parametrize("name", LOSSES)
def test_losses_by_keywords(name):
    """Both by keyword, the second by keyword, in either order."""
    for forms in (
        lambda loss, x, y: loss(input=x, target=y),
        lambda loss, x, y: loss(x, target=y),
        lambda loss, x, y: loss(target=y, input=x),
        lambda loss, x, y: loss(x, y, reduction="sum"),
    ):
        agree(lambda lib, nn, F, form=forms: form(getattr(F, name), lib.tensor([0.25, 0.5]), lib.tensor([1.0, 1.0])))
    module = {"kl_div": "KLDivLoss", "binary_cross_entropy": "BCELoss", "binary_cross_entropy_with_logits": "BCEWithLogitsLoss"}
    module["multilabel_soft_margin_loss"], module["poisson_nll_loss"] = "MultiLabelSoftMarginLoss", "PoissonNLLLoss"
    module |= {"mse_loss": "MSELoss", "l1_loss": "L1Loss", "smooth_l1_loss": "SmoothL1Loss", "huber_loss": "HuberLoss"}
    module |= {"soft_margin_loss": "SoftMarginLoss", "hinge_embedding_loss": "HingeEmbeddingLoss"}
    names = {"poisson_nll_loss": "log_input"}.get(name, "input")
    for form in (lambda loss, x, y: loss(**{names: x}, target=y), lambda loss, x, y: loss(x, target=y)):
        agree(lambda lib, nn, F, form=form: form(getattr(nn, module[name])(), lib.tensor([0.25, 0.5]), lib.tensor([1.0, 1.0])))
