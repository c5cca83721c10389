"""Attention against torch: masks of every kind, projections, extra tokens, and what is refused."""

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F

from .flat import errors_agree, flat
from .twins import TOLERANCE, close, compare, compare_function, tensors, torch

pytestmark = pytest.mark.torch

CAUSAL = ~np.triu(np.ones((4, 6), bool), 1)
EXCEPT = np.triu(np.ones((4, 6), bool), 3)
PADDED = np.array([[False] * 6, [False] * 4 + [True] * 2, [False] * 3 + [True] * 3])
ADDED = np.random.default_rng(5).standard_normal((4, 6))

PRODUCTS = {
    "plain": ([(2, 3, 4, 5), (2, 3, 6, 5), (2, 3, 6, 7)], {}),
    "matrices": ([(4, 5), (6, 5), (6, 7)], {"scale": 0.3}),
    "causal": ([(2, 4, 5), (2, 6, 5), (2, 6, 5)], {"is_causal": True}),
    "bool mask": ([(2, 4, 5), (2, 6, 5), (2, 6, 5)], {"attn_mask": CAUSAL}),
    "float mask": ([(2, 4, 5), (2, 6, 5), (2, 6, 5)], {"attn_mask": ADDED}),
    "mask of infinities": ([(4, 5), (6, 5), (6, 5)], {"attn_mask": np.where(CAUSAL, 0.0, -np.inf)}),
    "a query that may look nowhere": ([(4, 5), (6, 5), (6, 5)], {"attn_mask": CAUSAL & (np.arange(4) != 2)[:, None]}),
    "grouped heads": ([(2, 4, 3, 5), (2, 2, 6, 5), (2, 2, 6, 5)], {"enable_gqa": True}),
}


@pytest.mark.parametrize("case", PRODUCTS)
def test_scaled_dot_product(case):
    compare_function("scaled_dot_product_attention", *PRODUCTS[case])


def test_dropout_keeps_the_mean():
    q = autograd.zeros(200, 2, 4)
    v = autograd.ones(200, 2, 3)
    y = F.scaled_dot_product_attention(q, q, v, dropout_p=0.5)
    assert abs(float(y.mean()) - 1) < 0.1
    assert float(y.max()) > 1.5


HEADS = {
    "plain": ({}, {}),
    "batch_first": ({"batch_first": True}, {}),
    "without bias": ({"bias": False}, {}),
    "other widths": ({"kdim": 5, "vdim": 3}, {}),
    "extra tokens": ({"add_bias_kv": True, "add_zero_attn": True}, {"attn_mask": EXCEPT}),
    "padding": ({}, {"key_padding_mask": PADDED}),
    "mask": ({}, {"attn_mask": EXCEPT}),
    "float mask": ({}, {"attn_mask": ADDED}),
    "mask for each head": ({}, {"attn_mask": np.stack([EXCEPT, ~CAUSAL] * 3)}),
    "both": ({"batch_first": True}, {"attn_mask": EXCEPT, "key_padding_mask": PADDED}),
}


@pytest.mark.parametrize("weights", ["none", "averaged", "each"])
@pytest.mark.parametrize("case", HEADS)
def test_multihead(case, weights):
    settings, kwargs = HEADS[case]
    kwargs = {**kwargs, "need_weights": weights != "none", "average_attn_weights": weights != "each"}
    if case == "float mask":
        kwargs["attn_mask"] = ADDED
    widths = (8, settings.get("kdim", 8), settings.get("vdim", 8))
    shapes = [(3, n, w) if "batch_first" in settings else (n, 3, w) for n, w in zip((4, 6, 6), widths, strict=True)]

    def make(lib):
        module = lib.MultiheadAttention(8, 2, **settings)
        if lib is torch.nn:
            module.out_proj.__class__ = torch.nn.Linear  # which it is, under another name
        return flat(lib, module, **kwargs)

    compare(make, shapes, np.float64, steps=2)


def test_self_attention_and_one_sequence():
    def make(lib):
        module = lib.MultiheadAttention(8, 4)
        if lib is torch.nn:
            module.out_proj.__class__ = torch.nn.Linear
        whole = flat(lib, module)
        whole.forward = lambda x: module(x, x, x)[0]
        return whole

    compare(make, [(5, 2, 8)], np.float32)
    compare(make, [(5, 8)], np.float64)


def test_dropout_in_training_alone():
    module = nn.MultiheadAttention(8, 2, dropout=0.5)
    x = autograd.randn(5, 3, 8)
    assert not np.array_equal(module(x, x, x)[1].detach().numpy(), module(x, x, x)[1].detach().numpy())
    module.eval()
    np.testing.assert_array_equal(module(x, x, x)[1].detach().numpy(), module(x, x, x)[1].detach().numpy())


def test_initial_values():
    module = nn.MultiheadAttention(32, 4, add_bias_kv=True)
    bound = (6 / (32 * 4)) ** 0.5
    assert 0.9 * bound < float(module.in_proj_weight.abs().max()) <= bound
    assert not module.in_proj_bias.any()
    assert not module.out_proj.bias.any()
    assert module.bias_k.any()


def test_second_order():
    rng = np.random.default_rng(1)
    (q, k, v), (a, b, c) = tensors([rng.standard_normal(s) for s in [(2, 3, 4), (2, 5, 4), (2, 5, 4)]])
    mask = rng.standard_normal((3, 5)) > -0.5
    for library, inputs, functional in ((autograd, (q, k, v), F), (torch, (a, b, c), torch.nn.functional)):
        y = functional.scaled_dot_product_attention(*inputs, attn_mask=library.tensor(mask)).sin().sum()
        gradients = library.autograd.grad(y, inputs, create_graph=True)
        sum(g.square().sum() for g in gradients).backward()
    for mine, theirs in zip((q, k, v), (a, b, c), strict=True):
        close(mine.grad, theirs.grad, TOLERANCE[np.float64], "second order")


def attend(lib, t, **kwargs):
    return lib.MultiheadAttention(8, 2)(t(4, 3, 8), t(6, 3, 8), t(6, 3, 8), **kwargs)


WRONG = {
    "causal and mask": lambda lib, t: lib.functional.scaled_dot_product_attention(
        t(4, 5), t(4, 5), t(4, 5), attn_mask=t(4, 4), is_causal=True
    ),
    "heads": lambda lib, t: lib.MultiheadAttention(8, 3),
    "width zero": lambda lib, t: lib.MultiheadAttention(0, 1),
    "width": lambda lib, t: lib.MultiheadAttention(8, 2)(t(4, 3, 6), t(4, 3, 6), t(4, 3, 6)),
    "mask's shape": lambda lib, t: attend(lib, t, attn_mask=t(4, 5) > 2),
    "mask's dimensions": lambda lib, t: attend(lib, t, attn_mask=t(4) > 2),
    "padding's shape": lambda lib, t: attend(lib, t, key_padding_mask=t(3, 5) > 2),
    "causal hint without mask": lambda lib, t: attend(lib, t, is_causal=True),
    "integer mask": lambda lib, t: attend(lib, t, attn_mask=t(4, 6).long()),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors(case):
    call = WRONG[case]
    errors_agree(lambda: call(nn, autograd.ones), lambda: call(torch.nn, torch.ones))
