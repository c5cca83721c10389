"""The Transformer against torch: both kinds of layer, both orders of normalization, masks, and what is refused."""

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F

from .flat import errors_agree
from .twins import TOLERANCE, close, torch, twins

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:enable_nested_tensor is True")]

SETTINGS = {
    "plain": {},
    "norm first": {"norm_first": True, "batch_first": True},
    "gelu, without bias": {"activation": "gelu", "bias": False},
}
CAUSAL = np.triu(np.ones((4, 4), bool), 1)
TERMS = 8 + 4 + 5 + 8 + 8 + 16 + 8 + 2 * 5  # projections, scores, values, norms, both linear maps, and all tokens
PADDED = np.array([[False] * 5, [False] * 3 + [True] * 2])


def outcomes(make, call, dtype=np.float64):
    """Results and all gradients of the same call on both libraries."""
    ours, theirs = twins(make, dtype)
    rng = np.random.default_rng(0)
    src, tgt = (rng.standard_normal(s).astype(dtype) for s in [(5, 2, 8), (4, 2, 8)])
    found = []
    for library, module in ((autograd, ours), (torch, theirs)):
        x, y = library.tensor(src, requires_grad=True), library.tensor(tgt, requires_grad=True)
        result = call(module, x, y, library.tensor)
        result.sin().sum().backward()
        found.append([result, x.grad, y.grad, *(p.grad for p in module.parameters())])
    # Terms cancel on the way to a small result, so the largest one sets the scale, and each of the TERMS that are added up
    # along the longest path may bring a rounding.
    largest = max(float(t.detach().abs().max()) for t in found[1] if t is not None)
    tolerance = {"rtol": TOLERANCE[dtype]["rtol"], "atol": TERMS * float(np.finfo(dtype).eps) * largest}
    for k, (a, b) in enumerate(zip(*found, strict=True)):
        close(a, b, tolerance, f"result {k}")


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("case", SETTINGS)
def test_encoder_layer(case, dtype):
    settings = SETTINGS[case]

    def call(module, x, y, tensor):
        if settings.get("batch_first"):
            x = x.transpose(0, 1)
        return module(x, src_key_padding_mask=tensor(PADDED))

    outcomes(lambda nn: nn.TransformerEncoderLayer(8, 2, 16, 0.0, **settings), call, dtype)


@pytest.mark.parametrize("case", SETTINGS)
def test_decoder_layer(case):
    settings = SETTINGS[case]

    def call(module, x, y, tensor):
        if settings.get("batch_first"):
            x, y = x.transpose(0, 1), y.transpose(0, 1)
        return module(y, x, tgt_mask=tensor(CAUSAL), memory_key_padding_mask=tensor(PADDED), tgt_is_causal=True)

    outcomes(lambda nn: nn.TransformerDecoderLayer(8, 2, 16, 0.0, **settings), call)


@pytest.mark.parametrize("case", SETTINGS)
def test_transformer(case):
    settings = SETTINGS[case]

    def call(module, x, y, tensor):
        if settings.get("batch_first"):
            x, y = x.transpose(0, 1), y.transpose(0, 1)
        return module(x, y, tgt_mask=tensor(np.where(CAUSAL, -np.inf, 0.0)), src_key_padding_mask=tensor(PADDED))

    outcomes(lambda nn: nn.Transformer(8, 2, 2, 1, 16, 0.0, **settings), call)


def test_encoder_without_and_with_a_last_norm():
    for norm in (False, True):
        outcomes(
            lambda nn, norm=norm: nn.TransformerEncoder(
                nn.TransformerEncoderLayer(8, 2, 16, 0.0), 2, nn.LayerNorm(8) if norm else None
            ),
            lambda module, x, y, tensor: module(x, mask=tensor(np.triu(np.ones((5, 5), bool), 1)), is_causal=True) + y.sum(),
        )


def test_activation_may_be_a_function_and_a_module():
    x = autograd.randn(3, 2, 8)
    for activation in (F.silu, nn.Tanh()):
        layer = nn.TransformerEncoderLayer(8, 2, 16, activation=activation)
        assert layer(x).shape == x.shape


def test_dropout_acts_in_training_alone():
    layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0.5)
    x = autograd.randn(3, 2, 8)
    assert not np.array_equal(layer(x).detach().numpy(), layer(x).detach().numpy())
    layer.eval()
    np.testing.assert_array_equal(layer(x).detach().numpy(), layer(x).detach().numpy())


def test_copies_start_equal_and_are_their_own():
    encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16), 2)
    first, second = (layer.linear1.weight for layer in encoder.layers)
    assert first is not second
    assert bool((first == second).all())


def test_the_mask_of_the_past():
    ours = nn.Transformer.generate_square_subsequent_mask(4)
    theirs = torch.nn.Transformer.generate_square_subsequent_mask(4)
    np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


WRONG = {
    "activation": lambda lib, t: lib.TransformerEncoderLayer(8, 2, activation="tanh"),
    "batches": lambda lib, t: lib.Transformer(8, 2, 1, 1, 16)(t(5, 2, 8), t(4, 3, 8)),
    "width": lambda lib, t: lib.Transformer(8, 2, 1, 1, 16)(t(5, 2, 8), t(4, 2, 6)),
    "heads": lambda lib, t: lib.TransformerDecoderLayer(8, 3),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors(case):
    call = WRONG[case]
    errors_agree(lambda: call(nn, autograd.ones), lambda: call(torch.nn, torch.ones))
