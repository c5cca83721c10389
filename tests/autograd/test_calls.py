"""Calls that are wrong, or unusual and right, at the edges of the engine: what is said, and what is left as it was."""

import numpy as np
import pytest

import autograd
from autograd import tensor


@pytest.fixture
def w():
    return autograd.ones(2, requires_grad=True)


@pytest.mark.parametrize(
    "call, kind, message",
    [
        (lambda w: w.sum().backward("a"), TypeError, "backward: gradients must be Tensors .*got str"),
        (lambda w: w.sum().backward(inputs=[]), RuntimeError, "backward: inputs is empty"),
        (lambda w: w.sum().backward(inputs=3), TypeError, "backward: inputs must be .*got int"),
        (lambda w: w.sum().backward(inputs=[w, None]), TypeError, "backward: inputs must be .*got NoneType"),
        (lambda w: autograd.grad(3.0, w), TypeError, "grad: outputs must be a Tensor .*got float"),
        (lambda w: autograd.grad(w.sum(), ["w"]), TypeError, "grad: inputs must be .*got str"),
        (lambda w: autograd.grad(w.sum(), w, "a"), TypeError, "grad: gradients must be Tensors .*got str"),
        (lambda w: autograd.grad(w.sum(), w, [None, None]), RuntimeError, "got 2 for 1 outputs"),
        (lambda w: autograd.autograd.backward(None), TypeError, "backward: tensors must be .*got NoneType"),
        (lambda w: "a" in w, RuntimeError, "in: a Tensor contains numbers"),
    ],
)
def test_wrong_calls_change_nothing(w, call, kind, message):
    with pytest.raises(kind, match=message):
        call(w)
    assert w.grad is None


def test_a_cotangent_may_be_a_numpy_array(w):
    (w * 3).backward(np.ones(2))
    assert w.grad.tolist() == [3.0, 3.0]
    (g,) = autograd.grad(w**3, w, np.ones(2), create_graph=True)
    assert autograd.grad(g.sum(), w)[0].tolist() == [6.0, 6.0]


def test_a_tensor_contains_its_elements():
    assert 2 in tensor([1, 2]) and 3 not in tensor([1, 2]) and tensor(1.0) in tensor([1.0])


def test_sizes_stay_sizes():
    size = tensor([[1.0, 2.0]]).shape
    for grown in (size + (3,), (3,) + size, size * 2, 2 * size):  # noqa: RUF005
        assert type(grown) is type(size)
    assert (3,) + size == (3, 1, 2)  # noqa: RUF005
