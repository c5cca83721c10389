"""What an operation is handed: tensors, arrays beside them, numbers beside them; nothing else passes for a tensor."""

import numpy as np
import pytest

import autograd


@pytest.mark.parametrize("name", ["exp", "sin", "abs", "sigmoid", "relu", "sqrt"])
@pytest.mark.parametrize("given", [[1.0, 2.0], 2.0, 3, None, "x", (1, 2)], ids=repr)
def test_what_is_not_a_tensor_is_refused(name, given):
    with pytest.raises(TypeError, match=name):
        getattr(autograd, name)(given)


@pytest.mark.parametrize("name", ["add", "mul", "div", "maximum", "atan2"])
def test_two_lists_are_no_tensors(name):
    with pytest.raises(TypeError):
        getattr(autograd, name)([1.0], [2.0])


def test_arrays_and_numbers_stand_beside_tensors():
    x = autograd.ones(2, dtype=autograd.float64, requires_grad=True)
    y = autograd.mul(x, np.array([2.0, 3.0])) + 1
    assert y.tolist() == [3.0, 4.0] and y.requires_grad
