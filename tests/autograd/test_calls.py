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


def test_a_number_shares_its_memory_as_long_as_anyone_knows_of_it():
    p = tensor(2.0, requires_grad=True)
    p.data -= 0.5
    seen = p.data
    seen -= 0.5
    assert p.item() == 1.0
    p.data = seen
    seen -= 0.5
    assert p.item() == 0.5
    array = p.detach().numpy()
    p.data -= 1
    assert array == -0.5
    array[...] = 7
    assert p.item() == 7.0


@pytest.mark.parametrize("write", ["+=", "-=", "*=", "/="])
def test_a_number_changed_in_place_leaves_the_old_value_to_who_saved_it(write):
    a, b = tensor(3.0), tensor(2.0, requires_grad=True)
    y = a * b
    a = {"+=": a.add_, "-=": a.sub_, "*=": a.mul_, "/=": a.div_}[write](2.0)
    assert a.item() == {"+=": 5.0, "-=": 1.0, "*=": 6.0, "/=": 1.5}[write]
    y.backward()
    assert b.grad.item() == 3.0
    with autograd.no_grad():
        b -= tensor(0.5)
    assert b.item() == 1.5 and b.is_leaf and b.requires_grad
    with pytest.raises(RuntimeError, match="leaf"):
        b += 1.0
    with pytest.raises(RuntimeError, match="shape"):
        a += autograd.ones(2)


def test_a_call_is_written_out_once_and_says_what_it_is():
    call = autograd.ops.reduce.logsumexp
    call(autograd.ones(2, 3), axis=1)
    written = call.__code__
    call(autograd.ones(2, 3), axis=0, keepdims=True)
    assert call.__code__ is written and "<call of logsumexp>" in written.co_filename
    with pytest.raises(TypeError, match="unexpected keyword"):
        call(autograd.ones(2, 3), dim=1)


def test_arrays_beside_tensors_join_a_recorded_sweep():
    x = autograd.from_numpy(np.array([[1.0, 2.0], [3.0, 4.0]]))
    w = autograd.from_numpy(np.array([[0.5, -1.0]])).requires_grad_()
    (g,) = autograd.grad(autograd.tanh(autograd.linear_map(x, w)).sum(), w, create_graph=True)
    (second,) = autograd.grad(g.sum(), w)
    z = x.numpy() @ np.array([0.5, -1.0])
    slope = -2 * np.tanh(z) / np.cosh(z) ** 2
    assert np.allclose(second, (slope * x.numpy().sum(axis=1)) @ x.numpy(), rtol=1e-13)
