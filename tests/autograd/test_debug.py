"""Anomaly mode names the operation, the line and the place; the explanations say what is the matter."""

import pytest

import autograd
import nn
from autograd.autograd import detect_anomaly, set_detect_anomaly
from autograd.debug import AnomalyError, find_nan, why_no_grad


def failing():
    x = autograd.tensor([4.0, 0.0], requires_grad=True)
    root = x.sqrt()  # the line that is to be named
    return (root * x).sum()


def test_the_operation_the_place_and_the_line_are_named():
    with detect_anomaly():
        loss = failing()
        with pytest.raises(AnomalyError) as caught:
            loss.backward()
    text = str(caught.value)
    assert "Function 'SqrtBackward0' returned nan values in its 0th output" in text
    assert "1 of 2 elements of the gradient of 'x' at index (1,)" in text
    line = failing.__code__.co_firstlineno + 2
    assert f"{__file__}:{line}" in text
    assert isinstance(caught.value, RuntimeError)


def test_hooks_run_and_results_are_the_same_in_anomaly_mode():
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    y.register_hook(lambda g: g * 2)
    with detect_anomaly():
        y.sum().backward()
    assert x.grad.tolist() == [6.0, 6.0]


def test_it_is_off_outside_and_can_be_set():
    failing().backward()
    assert not autograd.is_anomaly_enabled()
    set_detect_anomaly(True)
    try:
        assert autograd.is_anomaly_enabled()
        with pytest.raises(AnomalyError):
            failing().backward()
        with set_detect_anomaly(False):
            failing().backward()
        assert autograd.is_anomaly_enabled()
    finally:
        set_detect_anomaly(False)
    with detect_anomaly(check_nan=False):
        failing().backward()


def test_without_the_forward_pass_the_message_asks_for_it():
    loss = failing()
    with detect_anomaly(), pytest.raises(AnomalyError, match="run the forward pass in anomaly mode"):
        loss.backward()


def test_a_nan_that_arrives_is_told_from_one_that_is_made():
    x = autograd.tensor([1.0], requires_grad=True)
    y = x * 2
    with detect_anomaly(), pytest.raises(AnomalyError, match="held NaN already"):
        y.backward(autograd.tensor([float("nan")]))


def test_find_nan():
    x = autograd.tensor([1.0, 0.0], requires_grad=True)
    assert "log made the first value" in find_nan((x.log() * 0).sum())
    assert "-inf at index (1,)" in find_nan(x.log())
    assert find_nan((x + 1).sum()) is None
    bad = autograd.tensor([float("inf")], requires_grad=True)
    assert "leaf of shape (1,)" in find_nan(bad * 2)
    assert find_nan(autograd.ones(1)) is None
    assert "nothing recorded" in find_nan(autograd.tensor(float("nan")))
    with detect_anomaly():
        assert __file__ in find_nan(x.log())


def test_why_no_grad():
    w = autograd.ones(2, requires_grad=True)
    y = (w * 2).sum()
    assert "no backward pass has reached it" in why_no_grad(w)
    assert "only leaves keep" in why_no_grad(w * 2)
    assert "has run since" in why_no_grad(w, y)
    assert "does not depend on it" in why_no_grad(w, autograd.ones(1, requires_grad=True) * 2)
    assert "does not require grad" in why_no_grad(w.detach())
    assert "output does not require grad" in why_no_grad(w, y.detach())
    y.backward()
    assert "it has one" in why_no_grad(w)


def test_options_that_are_nested_tuples_are_looked_through_for_changed_arrays():
    x = autograd.ones(1, 1, 4, requires_grad=True)
    y = nn.functional.conv1d(x, autograd.ones(1, 1, 3), padding=1)
    other = autograd.zeros(2)
    other.add_(1)  # a change after the convolution was recorded, of something else
    y.sum().backward()
    assert x.grad.tolist() == [[[2.0, 3.0, 3.0, 2.0]]]
