"""CTC against torch and against the sum over all alignments."""

from itertools import groupby, product

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F

from .flat import errors_agree
from .twins import TOLERANCE, close, torch

pytestmark = pytest.mark.torch

LOGITS = np.random.default_rng(0).standard_normal((6, 3, 4))
TARGETS = np.array([[1, 2, 2], [3, 1, 0], [2, 0, 0]])
CASES = {
    "padded": (TARGETS, [6, 5, 4], [3, 2, 1], {}),
    "one after the other": (np.array([1, 2, 2, 3, 1, 2]), [6, 5, 4], [3, 2, 1], {"reduction": "sum"}),
    "none": (TARGETS, [6, 6, 6], [3, 2, 1], {"reduction": "none"}),
    "an empty target": (TARGETS, [6, 5, 4], [3, 0, 1], {"reduction": "none"}),
    "another blank": (np.array([[1, 2, 2], [0, 1, 0], [2, 0, 0]]), [6, 5, 4], [3, 2, 1], {"blank": 3}),
    "too long, ignored": (TARGETS, [3, 5, 4], [3, 2, 1], {"zero_infinity": True}),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("case", CASES)
def test_loss_and_gradient_of_logits(case, dtype):
    targets, inputs, lengths, kwargs = CASES[case]
    found = []
    for library, functional in ((autograd, F), (torch, torch.nn.functional)):
        x = library.tensor(LOGITS.astype(dtype), requires_grad=True)
        loss = functional.ctc_loss(
            x.log_softmax(2), library.tensor(targets), library.tensor(inputs), library.tensor(lengths), **kwargs
        )
        loss.sum().backward()
        found.append((loss, x.grad))
    for a, b in zip(*found, strict=True):
        close(a, b, TOLERANCE[dtype], case)


def test_a_single_sequence():
    x, y = autograd.tensor(LOGITS[:, 0]).log_softmax(1), torch.tensor(LOGITS[:, 0]).log_softmax(1)
    for reduction in ("mean", "none"):
        mine = nn.CTCLoss(reduction=reduction)(x, autograd.tensor([1, 2]), autograd.tensor(6), autograd.tensor(2))
        theirs = torch.nn.CTCLoss(reduction=reduction)(y, torch.tensor([1, 2]), torch.tensor(6), torch.tensor(2))
        close(mine, theirs, TOLERANCE[np.float64], reduction)


def test_it_is_the_sum_over_all_alignments():
    x = autograd.tensor(LOGITS[:4, :1]).softmax(2)
    p, target = x.numpy()[:, 0], (1, 2)
    total = sum(
        np.prod(p[range(4), path]) for path in product(range(4), repeat=4) if tuple(k for k, _ in groupby(path) if k) == target
    )
    loss = F.ctc_loss(x.log(), autograd.tensor([target]), [4], [2], reduction="sum")
    np.testing.assert_allclose(loss.item(), -np.log(total), rtol=1e-12)


def test_a_target_without_alignment_is_infinite():
    x = autograd.tensor(LOGITS[:2, :1]).log_softmax(2)
    assert F.ctc_loss(x, autograd.tensor([[1, 1]]), [2], [2]).item() == float("inf")


WRONG = {
    "blank": lambda lib, t: lib.functional.ctc_loss(t(4, 1, 3), t(1, 2).long(), (4,), (2,), blank=3),
    "too many steps": lambda lib, t: lib.functional.ctc_loss(t(4, 1, 3), t(1, 2).long(), (5,), (2,)),
    "lengths": lambda lib, t: lib.functional.ctc_loss(t(4, 1, 3), t(1, 2).long(), (4, 4), (2,)),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors(case):
    call = WRONG[case]
    errors_agree(lambda: call(nn, autograd.ones), lambda: call(torch.nn, torch.ones))
