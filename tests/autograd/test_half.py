"""Half precision: what adds up many numbers does so in single precision, in values and in gradients.

A result is the one of float64, rounded once: a few units in the last place away, and infinite only where that is. Where a
composition rounds more often, it is no further from the truth than PyTorch's.
"""

import numpy as np
import pytest

import autograd
import nn.functional as F

from .half_table import CALLS, SIZE

FEW = 4  # units in the last place


def sample(kind):
    rng = np.random.default_rng(7)
    low, high = {"large": (100, 400), "small": (0.5, 1.5), "signed": (-3, 3)}[kind]
    return rng.uniform(low, high, SIZE).astype(np.float16)


def found(T, functional, name, x, dtype):
    """The value and the gradients, for a cotangent of random signs, as float64 arrays."""
    given = (x, x[::-1].copy(), x[::-1] / np.float16(4096))
    leaves = [T.from_numpy(v.copy()).to(getattr(T, dtype)).requires_grad_() for v in given]
    y = CALLS[name](T, functional, *leaves)
    assert y.dtype == leaves[0].dtype
    g = np.where(np.random.default_rng(3).random(tuple(y.shape)) < 0.3, -1.0, 1.0)
    y.backward(T.from_numpy(np.asarray(g)).to(y.dtype).reshape(y.shape))
    return [y.detach().double().numpy(), *(np.zeros(SIZE) if t.grad is None else t.grad.double().numpy() for t in leaves)]


def excess(got, exact):
    """By how much each element is further than it may be from the exact one; that may be infinite in float16."""
    with np.errstate(over="ignore", invalid="ignore"):
        rounded = exact.astype(np.float16).astype(np.float64)
        unit = np.spacing(np.abs(exact).astype(np.float16)).astype(np.float64)
        unit = np.where(np.isfinite(unit), unit, 32.0)
        finite = np.abs(exact)[np.isfinite(exact)]
        most = float(finite.max()) if finite.size else 0.0
        wrong = np.abs(np.clip(got, -65536, 65536) - np.clip(rounded, -65536, 65536))
        wrong = np.where(np.isnan(got) | np.isnan(exact), np.where(np.isnan(got) & np.isnan(exact), 0, np.inf), wrong)
    return np.maximum(wrong - FEW * unit - 2e-5 * min(most, 65504.0), 0)


@pytest.mark.filterwarnings("ignore:kl_div")
@pytest.mark.parametrize("kind", ["large", "small", "signed"])
@pytest.mark.parametrize("name", CALLS)
def test_half_is_rounded_once(name, kind):
    if kind == "signed" and name in NOT_SIGNED:
        pytest.skip("not defined for numbers below 0")
    x = sample(kind)
    exact = found(autograd, F, name, x, "float64")
    got = found(autograd, F, name, x, "float16")
    for k, (e, a) in enumerate(zip(exact, got, strict=True)):
        over = excess(a, e)
        assert not over.any(), (
            f"{name}, {kind}: {k}: {np.sum(over > 0)} of {over.size} off; {a[over > 0][:3]} not {e[over > 0][:3]}"
        )


NOT_SIGNED = ("binary_cross_entropy", "poisson_nll_loss")


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["large", "small"])
@pytest.mark.parametrize("name", CALLS)
def test_half_is_as_near_to_the_truth_as_that_of_pytorch(name, kind):
    """The truth is PyTorch's float64; where PyTorch has no float16, or overflows on the way, that says nothing against us."""
    torch = pytest.importorskip("torch")
    x = sample(kind)
    exact = found(torch, torch.nn.functional, name, x, "float64")
    try:
        theirs = found(torch, torch.nn.functional, name, x, "float16")
    except (RuntimeError, NotImplementedError):
        theirs = [np.full(e.shape, np.nan) for e in exact]
    for e, a, t in zip(exact, found(autograd, F, name, x, "float16"), theirs, strict=True):
        assert (excess(a, e) <= excess(t, e)).all()
