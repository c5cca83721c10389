"""Every function of nn.functional with integers, booleans and mixed dtypes beside torch: the value and dtype, or a refusal.

Each tensor argument in turn, and all of them together, takes each dtype while the others stay float32.
"""

import itertools
import re

import numpy as np
import pytest

import autograd
import nn.functional as F
from autograd.errors import GradloomError

from .functional_calls import CASES, RANDOM

torch = pytest.importorskip("torch")

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]

DTYPES = ("int32", "int64", "bool", "uint8", "float64", "float16")

OWN = {"focal_loss", "hinge_loss", "register_affine"}  # which torch does not have

# What moves elements, compares them or adds products of integers is exact in every dtype; torch lacks some of the kernels.
EXACT = {
    "softsign", "linear", "bilinear", "interpolate", "upsample", "upsample_nearest", "pad", "fold", "unfold",
    *(f"{name}{dims}d" for dims in (1, 2, 3) for name in (
        "max_pool", "adaptive_max_pool", "max_unpool", "conv", "conv_transpose",
    )),
}  # fmt: skip

DIFFERENT = {  # on purpose
    ("local_response_norm", "int64"): "torch's mean of integers drops the fraction, so the result is none of the formula's",
    ("ctc_loss", "float64"): "torch reads the bits of targets that are no integers as integers",
    ("ctc_loss", "float16"): "the same",
    ("conv_transpose2d", "bias"): "torch refuses the mixed bias in one and three dimensions and takes it in two",
    ("poisson_nll_loss", "bool"): "torch refuses a bool target only for full=True",
    ("poisson_nll_loss", "float16"): "torch's terms overflow in float16",
    ("cosine_similarity", "float16"): "torch divides by a product that underflows",
}


def places(args, kwargs):
    """Where the tensors are whose dtype is varied."""
    found = [*enumerate(args), *kwargs.items()]
    return [k for k, a in found if isinstance(a, np.ndarray) and a.dtype.kind == "f"]


def variants(args, kwargs):
    """A dtype, and the places of the tensors that have it."""
    everywhere = tuple(places(args, kwargs))
    groups = [everywhere, *[(p,) for p in everywhere] * (len(everywhere) > 1)]
    given = {**dict(enumerate(args)), **kwargs}
    for dtype, group in itertools.product(DTYPES, groups):
        if dtype != "uint8" or all(given[place].min() >= 0 for place in group):
            yield dtype, group


def converted(library, value, dtype):
    if not isinstance(value, np.ndarray):
        return getattr(library, value) if value in ("float32", "float64") else value
    return library.tensor(value.copy() if dtype is None else value.astype(dtype))


def outcome(library, functional, name, args, kwargs, dtype, group):
    args = [converted(library, a, dtype if k in group else None) for k, a in enumerate(args)]
    kwargs = {k: converted(library, a, dtype if k in group else None) for k, a in kwargs.items()}
    try:
        return getattr(functional, name)(*args, **kwargs).detach().numpy(), None
    except Exception as error:
        return None, error


def refusal(name, found, error, refused):
    """What is wrong, if something is, with the answer to a call that torch refuses."""
    if error is None:
        lacks_a_kernel = "not implemented for" in str(refused) and (name in EXACT or "'Half'" in str(refused))
        return None if lacks_a_kernel else f"gives {found.dtype}, torch {type(refused).__name__}: {refused}"
    if not isinstance(error, GradloomError):
        return f"{type(error).__name__}: {error}"
    if not isinstance(error, type(refused)) and not isinstance(refused, NotImplementedError):
        return f"{type(error).__name__}, torch {type(refused).__name__}: {error}"
    return None if re.search(r"(int|float)\d+|bool", str(error)) else f"names no dtype: {error}"


def compare(name, args, kwargs, dtype, group):
    """What differs, or None."""
    with np.errstate(all="ignore"):
        wanted, refused = outcome(torch, torch.nn.functional, name, args, kwargs, dtype, group)
        found, error = outcome(autograd, F, name, args, kwargs, dtype, group)
    if refused is not None:
        return refusal(name, found, error, refused)
    if error is not None:
        return f"{type(error).__name__}: {error}, torch gives {wanted.dtype}"
    if (found.dtype, found.shape) != (wanted.dtype, wanted.shape):
        return f"gives {found.dtype} {found.shape}, torch {wanted.dtype} {wanted.shape}"
    # torch resizes bytes in two steps and rounds after each; it computes in half precision where this library does not
    far = 2 if wanted.dtype == "uint8" else 1e-2 if "float16" in (dtype, wanted.dtype) else 1e-5
    if name not in RANDOM and not np.allclose(
        found.astype(float), wanted.astype(float), 0 if wanted.dtype == "uint8" else far, far, equal_nan=True
    ):
        return f"{found.tolist()}, torch {wanted.tolist()}"
    return None


@pytest.mark.parametrize("name", CASES)
def test_dtypes(name):
    wrong = [
        f"{k} {group} {dtype}: {found}"
        for k, (args, kwargs) in enumerate(CASES[name])
        for dtype, group in variants(args, kwargs)
        if not any((name, known) in DIFFERENT for known in (dtype, *group) + ("bias",) * (group == (2,)))
        if (found := compare(name, args, kwargs, dtype, group))
    ]
    assert not wrong, "\n".join(wrong)


def test_every_function_is_in_the_table():
    assert {name for name in dir(F) if name[0].islower() and callable(getattr(F, name))} - OWN == set(CASES)
