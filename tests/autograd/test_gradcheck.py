"""The checker catches what is wrong, by how little it may be wrong, and says whether the point is to blame."""

import pytest

import autograd
import nn
from autograd.autograd import Function, gradcheck, gradgradcheck
from autograd.errors import ArgumentError
from autograd.gradcheck import GradcheckError


def cube(factor):
    class Cube(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, g):
            return factor * 3 * ctx.saved_tensors[0] ** 2 * g

    return Cube.apply


def point(*shape):
    return autograd.linspace(0.5, 2.0, max(1, autograd.zeros(shape).numel())).reshape(shape).requires_grad_()


def test_right_derivatives_pass():
    x, w = point(2, 3), point(3)
    for fast in (False, True):
        assert gradcheck(lambda a, b: (a @ b).tanh(), (x, w), fast_mode=fast)
        assert gradgradcheck(lambda a, b: (a @ b).tanh(), (x, w), fast_mode=fast)
    assert gradcheck(lambda a: (a.sum(), a * 2, a.argmax()), x, check_batched_grad=True, check_forward_ad=True)
    assert gradcheck(lambda a, k: a[k], (x, autograd.tensor([1, 1, 0])), check_grad_dtypes=True)
    assert gradgradcheck(cube(1.0), w, gen_non_contig_grad_outputs=True)
    assert gradgradcheck(cube(1.0), w, grad_outputs=autograd.ones(3))
    assert gradcheck(lambda a: a.sum(), autograd.zeros(0, requires_grad=True))


def test_inputs_and_modules_are_checked_in_float64_and_left_as_they_are():
    x = point(4)
    layer = nn.Linear(4, 2)
    assert gradcheck(layer, x, atol=1e-9, rtol=1e-7)
    assert x.dtype == autograd.float32
    assert layer.weight.dtype == autograd.float32
    assert x.grad is None
    with pytest.raises(ArgumentError, match="float32"):
        gradcheck(lambda a: a.float(), x)


@pytest.mark.parametrize("fast", [False, True])
def test_a_factor_that_is_slightly_off_is_caught(fast):
    x = point(3)
    strict = {"atol": 1e-7, "rtol": 1e-7}
    assert gradcheck(cube(1.0), x, fast_mode=fast, **strict)
    with pytest.raises(GradcheckError, match="Jacobian mismatch for output 0 with respect to input 0"):
        gradcheck(cube(1 + 1e-6), x, fast_mode=fast, **strict)
    assert not gradcheck(cube(1.1), x, raise_exception=False, fast_mode=fast)


def test_the_message_names_the_worst_entry_and_both_values():
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(GradcheckError) as caught:
        gradcheck(lambda a: (a.detach() * a).sum(), x)
    text = str(caught.value)
    assert "d output[] / d input[1]: analytical 2, numerical 4" in text
    assert "smooth there" in text


def test_a_kink_is_called_one():
    x = autograd.tensor([1.0, 0.0], requires_grad=True)
    with pytest.raises(GradcheckError, match=r"The point is a kink: the slope is 0 on its left and 1 on its right"):
        gradcheck(lambda a: a.relu(), x)


def test_a_cut_graph_is_caught():
    x = point(2)
    with pytest.raises(GradcheckError, match="does not require grad, and it changes"):
        gradcheck(lambda a: a.detach() * 2, x)
    assert gradcheck(lambda a: a.detach() * 0, x)


def test_wrong_second_derivatives_are_caught():
    class Half(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**2

        @staticmethod
        def backward(ctx, g):
            return 2 * ctx.saved_tensors[0].detach() * g  # right at first order alone

    x = point(2)
    assert gradcheck(Half.apply, x)
    with pytest.raises(GradcheckError):
        gradgradcheck(Half.apply, x)


def test_a_backward_that_is_not_the_same_twice_is_caught():
    state = {"k": 0}

    class Drift(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            state["k"] += 1
            return g * (2 + 1e-9 * state["k"])

    with pytest.raises(GradcheckError, match="repeated"):
        gradcheck(Drift.apply, point(2))
    assert gradcheck(Drift.apply, point(2), nondet_tol=1e-6)


def test_undefined_gradients_are_tried():
    class Pair(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, g, h):
            return (g if g is not None else 0 * h) * 2 + (h if h is not None else 5 * g) * 3

    with pytest.raises(GradcheckError):
        gradcheck(Pair.apply, point(2))


def test_wrong_calls():
    with pytest.raises(ArgumentError, match="requires grad"):
        gradcheck(lambda a: a, autograd.ones(2))
    with pytest.raises(TypeError, match="must return tensors"):
        gradcheck(lambda a: a.sum().item(), point(2))
    with pytest.raises(ArgumentError, match="nothing to check"):
        gradcheck(lambda a: a, point(2), check_backward_ad=False)
