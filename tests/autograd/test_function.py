"""A user's own operation: what it saves, what it may return, how often it can be differentiated, and what is refused."""

import gc
import weakref

import numpy as np
import pytest

import autograd
from autograd.autograd import Function, grad
from autograd.errors import ArgumentTypeError, GraphError, NotDifferentiable, ShapeError
from autograd.func import vmap
from autograd.function import once_differentiable


class Cube(Function):
    @staticmethod
    def forward(ctx, x, scale=1.0):
        ctx.save_for_backward(x)
        ctx.scale = scale
        return scale * x**3

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 3 * ctx.scale * x**2 * g, None


class Exp(Function):
    @staticmethod
    def forward(x):
        return x.exp()

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx, g):
        return g * ctx.saved_tensors[0]


class Both(Function):
    """The product and the sum, and how often backward ran."""

    runs = 0

    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return a * b, "not a tensor", a + b

    @staticmethod
    def backward(ctx, g, nothing, h):
        Both.runs += 1
        assert nothing is None
        a, b = ctx.saved_tensors
        wants = ctx.needs_input_grad
        return g * b + h if wants[0] else None, g * a + h if wants[1] else None


def leaf(*values):
    return autograd.tensor(values, dtype=autograd.float64, requires_grad=True)


def made(forward, backward):
    """A Function from two plain functions."""
    return type("Made", (Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)})


def test_first_second_and_third_order():
    x = leaf(1.0, 2.0)
    y = Cube.apply(x, 0.5)
    assert y.grad_fn.name() == "CubeBackward0"
    (g,) = grad(y.sum(), x, create_graph=True)
    np.testing.assert_allclose(g.detach(), [1.5, 6.0])
    (g2,) = grad(g.sum(), x, create_graph=True)
    np.testing.assert_allclose(g2.detach(), [3.0, 6.0])
    (g3,) = grad(g2.sum(), x)
    np.testing.assert_allclose(g3, [3.0, 3.0])


def test_a_saved_output_is_connected_and_makes_no_cycle():
    x = leaf(0.3)
    (g,) = grad(Exp.apply(x), x, create_graph=True)
    (g2,) = grad(g, x)
    np.testing.assert_allclose(g2, np.exp([0.3]))
    gc.disable()
    try:
        y = Exp.apply(x)
        watched = weakref.ref(y.grad_fn)
        del y
        assert watched() is None
        y = Exp.apply(x)
        context = weakref.ref(y.grad_fn.saved[0][1].ctx)
        y.sum().backward()
        assert context() is None, "what was saved is freed as the sweep passes"
    finally:
        gc.enable()
    with pytest.raises(GraphError, match="already freed"):
        y.sum().backward()


def test_several_outputs_and_one_run_of_backward():
    a, b = leaf(2.0), leaf(5.0)
    p, word, q = Both.apply(a, b)
    assert word == "not a tensor"
    Both.runs = 0
    (p * q).sum().backward()
    assert Both.runs == 1
    np.testing.assert_allclose(a.grad, [5 * 7 + 10])
    np.testing.assert_allclose(b.grad, [2 * 7 + 10])
    a.grad = None
    Both.apply(a, b)[2].sum().backward()  # nothing flows to the product: zeros
    np.testing.assert_allclose(a.grad, [1.0])
    p, _, q = Both.apply(a, b)
    ga, gb = grad((p * p + q).sum(), (a, b), create_graph=True)
    np.testing.assert_allclose(grad(ga.sum() + gb.sum(), a)[0], [2 * 25 + 4 * 2 * 5])


def test_nothing_is_recorded_without_need():
    x = leaf(1.0)
    assert not Cube.apply(x.detach()).requires_grad
    with autograd.no_grad():
        assert not Cube.apply(x).requires_grad


def test_undefined_gradients_stay_none_if_asked():
    seen = []

    def forward(ctx, x):
        ctx.set_materialize_grads(False)
        return x * 1, x * 2

    def backward(ctx, g, h):
        seen.append((g, h))
        return None if g is None else g

    x = leaf(1.0)
    _one, two = made(forward, backward).apply(x)
    two.sum().backward()
    assert seen[0][0] is None
    assert seen[0][1] is not None
    assert x.grad is None


def test_outputs_without_derivative():
    def forward(ctx, x):
        order = x.argsort()
        largest = x.max()
        ctx.mark_non_differentiable(order, largest)
        return x * 2, order, largest

    def backward(ctx, g, nothing, nothing_either):
        return g * 2

    x = leaf(2.0, 1.0)
    y, order, largest = made(forward, backward).apply(x)
    assert y.requires_grad
    assert not order.requires_grad
    assert not largest.requires_grad
    y.sum().backward()
    np.testing.assert_allclose(x.grad, [2.0, 2.0])


def test_a_changed_input_is_the_output():
    def forward(ctx, x):
        ctx.mark_dirty(x)
        return x.mul_(3)

    inplace = made(forward, lambda ctx, g: g * 3)
    x = leaf(1.0, 2.0)
    y = x * 1
    view = y[0]
    out = inplace.apply(y)
    assert out is y
    (y.sum() + view).backward()
    np.testing.assert_allclose(x.grad, [6.0, 3.0])
    with pytest.raises(GraphError, match="leaf Variable"):
        inplace.apply(x)


def test_an_input_returned_as_it_is():
    identity = made(lambda ctx, x: x, lambda ctx, g: -g)
    x = leaf(1.0)
    y = identity.apply(x)
    assert y is not x
    y.sum().backward()
    np.testing.assert_allclose(x.grad, [-1.0])


def test_a_saved_tensor_changed_in_place_is_an_error():
    x = leaf(1.0)
    h = x * 1
    y = Cube.apply(h)
    h.add_(1)
    with pytest.raises(GraphError, match="modified by an inplace"):
        y.sum().backward()


def test_once_differentiable():
    class Once(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @once_differentiable
        def backward(ctx, g):
            return 2 * g * ctx.saved_tensors[0]

    x = leaf(3.0)
    Once.apply(x).sum().backward()
    np.testing.assert_allclose(x.grad, [6.0])
    (g,) = grad(Once.apply(x).sum(), x, create_graph=True)
    with pytest.raises(NotDifferentiable, match="differentiate twice"):
        g.sum().backward()


@pytest.mark.parametrize(
    ("backward", "error", "message"),
    [
        (lambda ctx, g: (g, g), GraphError, r"incorrect number of gradients \(expected 1, got 2\)"),
        (lambda ctx, g: (), GraphError, r"expected 1, got 0"),
        (lambda ctx, g: g[:1].expand(5), ShapeError, r"invalid gradient at index 0: got shape \(5,\)"),
        (lambda ctx, g: g.sum(), ShapeError, "invalid gradient at index 0"),
        (lambda ctx, g: 3.0, ArgumentTypeError, "float as gradient 0"),
    ],
)
def test_wrong_results_of_backward(backward, error, message):
    operation = made(lambda ctx, x: x * 2, backward)
    with pytest.raises(error, match=message):
        operation.apply(leaf(1.0, 2.0)).sum().backward()


def test_a_gradient_that_was_broadcast_is_summed_and_extra_nones_are_dropped():
    operation = made(lambda ctx, x: x.sum(), lambda ctx, g: (g.expand(4, 2), None, None))
    x = leaf(1.0, 2.0)
    operation.apply(x).backward()
    np.testing.assert_allclose(x.grad, [4.0, 4.0])


def test_wrong_uses():
    with pytest.raises(NotImplementedError, match="forward"):
        Function.apply(leaf(1.0))
    with pytest.raises(NotImplementedError, match="backward"):
        type("NoBackward", (Function,), {"forward": staticmethod(lambda ctx, x: x * 2)}).apply(leaf(1.0)).sum().backward()
    with pytest.raises(GraphError, match="static"):
        Cube()(leaf(1.0))
    with pytest.raises(ArgumentTypeError, match=r"ctx\.name = value"):
        made(lambda ctx, x: ctx.save_for_backward(3), None).apply(leaf(1.0))


def test_the_dtype_of_a_gradient_is_that_of_its_argument():
    operation = made(lambda ctx, x: x.double() * 2, lambda ctx, g: g * 2)
    x = autograd.ones(2, requires_grad=True)
    operation.apply(x).sum().backward()
    assert x.grad.dtype == autograd.float32


def test_under_vmap_it_is_run_for_each_example():
    x = leaf(1.0, 2.0, 3.0)
    np.testing.assert_allclose(vmap(Cube.apply)(x).detach(), [1.0, 8.0, 27.0])
    np.testing.assert_allclose(vmap(autograd.func.grad(Cube.apply))(x.detach()), [3.0, 12.0, 27.0])
