"""Padding against torch: every mode and number of dimensions, negative amounts, and what is refused."""

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F

from .flat import errors_agree
from .twins import compare, compare_function, torch

pytestmark = pytest.mark.torch

IMAGES = {1: (2, 3, 5), 2: (2, 3, 5, 4), 3: (2, 3, 4, 3, 5)}
AMOUNTS = {1: (2, 1), 2: (2, 1, 0, 3), 3: (1, 2, 0, 1, 3, 2)}


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("kind", ["Zero", "Reflection", "Replication", "Circular"])
def test_module(kind, dims):
    for padding in (1, AMOUNTS[dims]):
        compare(lambda nn, p=padding: getattr(nn, f"{kind}Pad{dims}d")(p), [IMAGES[dims]], np.float64)
    compare(lambda nn: getattr(nn, f"{kind}Pad{dims}d")(1), [IMAGES[dims][1:]], np.float32)


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_constant_module(dims):
    compare(lambda nn: getattr(nn, f"ConstantPad{dims}d")(AMOUNTS[dims], -2.5), [IMAGES[dims]], np.float64)


FUNCTIONS = [
    ((2, 3), {"pad": (1, 2)}),
    ((2, 3), {"pad": (1, 2, 3, 0), "value": 7.0}),
    ((2, 3, 4), {"pad": (-1, 1)}),
    ((2, 3, 4), {"pad": (-1, -2, 2, 0, 1, 1), "value": -1.0}),
    ((2, 3, 4), {"pad": ()}),
    ((2, 3, 4), {"pad": (0, 0)}),
    ((2, 3, 4), {"pad": (1, 3), "mode": "circular"}),
    ((2, 3, 4, 4), {"pad": (2, 0, 0, 3), "mode": "replicate"}),
    ((3, 4, 4), {"pad": (3, 0, 2, 3), "mode": "reflect"}),
]


@pytest.mark.parametrize(("shape", "kwargs"), FUNCTIONS)
def test_function(shape, kwargs):
    compare_function("pad", [shape], kwargs)


def test_integers_and_infinity():
    x = autograd.tensor([1, 2])
    assert F.pad(x, (1, 1)).tolist() == [0, 1, 2, 0]
    assert F.pad(x.float(), (0, 1), value=-float("inf")).tolist() == [1, 2, -float("inf")]


def test_the_result_has_memory_of_its_own():
    x = autograd.ones(3)
    y = F.pad(x, (0, 0))
    y += 1
    assert x.tolist() == [1, 1, 1]


WRONG = {
    "odd": lambda lib, t: lib.functional.pad(t(3), (1,)),
    "too many": lambda lib, t: lib.functional.pad(t(3), (1, 1, 1, 1)),
    "negative size": lambda lib, t: lib.functional.pad(t(3), (-2, -2)),
    "mode": lambda lib, t: lib.functional.pad(t(1, 3, 3), (1, 1), mode="mirror"),
    "reflection too wide": lambda lib, t: lib.functional.pad(t(1, 3, 3), (3, 1), mode="reflect"),
    "circular too wide": lambda lib, t: lib.functional.pad(t(1, 3, 3), (4, 1), mode="circular"),
    "dimensions": lambda lib, t: lib.functional.pad(t(3), (1, 1), mode="reflect"),
    "value": lambda lib, t: lib.functional.pad(t(1, 3, 3), (1, 1), mode="reflect", value=2.0),
    "module's dimensions": lambda lib, t: lib.CircularPad1d(1)(t(3)),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors(case):
    call = WRONG[case]
    errors_agree(lambda: call(nn, autograd.ones), lambda: call(torch.nn, torch.ones))
