"""Every function of nn.functional with tensors of other shapes, and with lists and numbers where tensors belong, beside torch.

What torch refuses is refused, by an error of this library that names shapes; what torch accepts gives the same.
"""

import re

import numpy as np
import pytest

import autograd
import nn.functional as F
from autograd.errors import GradloomError

from .functional_calls import CASES, RANDOM

torch = pytest.importorskip("torch")

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]

CHANGES = {
    "shorter": lambda a: a[..., :-1],
    "fewer rows": lambda a: a[:-1],
    "one row": lambda a: a[:1],
    "without the first dimension": lambda a: a[0],
    "with another first dimension": lambda a: a[None],
    "with another last dimension": lambda a: a[..., None],
    "flat": lambda a: a.reshape(-1),
    "a number": lambda a: a.reshape(-1)[0],
    "nothing": lambda a: a[:0],
}
BY_DESIGN = "must be equal"  # losses that would compare every pair, where torch warns and broadcasts
DIFFERENT = {  # which torch answers by an accident of its kernels, or for tensors without elements
    ("scaled_dot_product_attention", "nothing"), ("instance_norm", "nothing"), ("instance_norm", "fewer rows"),
    ("pixel_unshuffle", "nothing"), ("pixel_unshuffle", "fewer rows"), ("channel_shuffle", "nothing"), ("one_hot", "nothing"),
    *(("embedding_bag", what) for what in ("nothing", "shorter", "fewer rows")),
    *(("batch_norm", f"with another {which} dimension") for which in ("first", "last")),
    *(("ctc_loss", what) for what in ("shorter", "one row", "without the first dimension", "flat")),
}  # fmt: skip
NO_TENSORS = {"list": lambda a: a.tolist(), "number": lambda a: a.reshape(-1)[0].item()}


def outcome(library, functional, name, args, kwargs, place, change):
    def converted(key, value):
        if not isinstance(value, np.ndarray):
            return getattr(library, value) if value in ("float32", "float64") else value
        changed = change(value) if key == place else value
        return library.tensor(np.array(changed)) if isinstance(changed, np.ndarray | np.generic) else changed

    try:
        args = [converted(k, a) for k, a in enumerate(args)]
        found = getattr(functional, name)(*args, **{k: converted(k, a) for k, a in kwargs.items()})
        return found.detach().numpy(), None
    except Exception as error:
        return None, error


def both(name, args, kwargs, place, change):
    with np.errstate(all="ignore"):
        return (
            outcome(torch, torch.nn.functional, name, args, kwargs, place, change),
            outcome(autograd, F, name, args, kwargs, place, change),
        )


def calls(name, changes):
    for k, (args, kwargs) in enumerate(CASES[name]):
        for place, value in [*enumerate(args), *kwargs.items()]:
            if isinstance(value, np.ndarray):
                for what, change in changes.items():
                    if value.ndim or what != "without the first dimension":
                        yield f"{k} {place} {what}", args, kwargs, place, change


def difference(name, args, kwargs, place, change):
    (wanted, refused), (found, error) = both(name, args, kwargs, place, change)
    if refused is not None:
        if error is None:
            return f"gives {found.shape}, torch {type(refused).__name__}: {refused}"
        if not isinstance(error, GradloomError):
            return f"{type(error).__name__}: {error}; torch {type(refused).__name__}: {refused}"
        return None if re.search(r"[\[(][\d, ]*[\])]|\d", str(error)) else f"names no shape: {error}"
    if error is not None:
        if BY_DESIGN in str(error):
            return None
        return f"{type(error).__name__}: {error}; torch gives {wanted.shape}"
    if found.shape != wanted.shape:
        return f"gives {found.shape}, torch {wanted.shape}"
    if name not in RANDOM and not np.allclose(found.astype(float), wanted.astype(float), 1e-5, 1e-5, equal_nan=True):
        return f"{found.tolist()}, torch {wanted.tolist()}"
    return None


@pytest.mark.parametrize("name", CASES)
def test_other_shapes(name):
    wrong = [
        f"{what}: {found}"
        for what, *call in calls(name, CHANGES)
        if (name, what.split(maxsplit=2)[2]) not in DIFFERENT and (found := difference(name, *call))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", CASES)
def test_no_tensors(name):
    wrong = []
    for what, *call in calls(name, NO_TENSORS):
        (_, refused), (_, error) = both(name, *call)
        if refused is not None and not isinstance(error, GradloomError):
            wrong.append(f"{what}: {type(error).__name__}: {error}; torch {type(refused).__name__}: {refused}")
    assert not wrong, "\n".join(wrong)
