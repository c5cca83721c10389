"""The sweep: chains without recursion, freed graphs, accumulation, hooks, modes, and what it refuses."""

import gc
import threading
import warnings
import weakref

import numpy as np
import pytest

import autograd
from autograd import Tensor
from autograd.errors import GraphError, ShapeError


def leaf(*values, dtype=autograd.float64):
    return autograd.tensor(list(values), dtype=dtype, requires_grad=True)


def test_a_chain_of_a_million_additions_runs_backward_and_is_freed_without_recursion():
    x = Tensor(1.0, requires_grad=True)
    y = x
    for _ in range(1_000_000):
        y = y + 1.0
    y.backward()
    assert x.grad.item() == 1.0
    last = weakref.ref(y.grad_fn)
    del y
    assert last() is None


def test_graphs_are_freed_by_reference_counting_alone():
    gc.collect()
    gc.disable()
    try:
        nodes = []
        for _ in range(100):
            x = autograd.ones(3, requires_grad=True)
            y = (x * 2).exp()
            v = y[1:]
            z = (y.sum() + v.mean()) * y.max()
            nodes += [weakref.ref(t.grad_fn) for t in (y, v, z)] + [weakref.ref(x)]
            z.backward(create_graph=False)
        del x, y, v, z
        assert [n for n in nodes if n() is not None] == []
    finally:
        gc.enable()


def test_a_diamond_adds_up_and_a_tensor_may_be_used_twice():
    x = leaf(3.0)
    y = x * x
    (y + y * x).sum().backward()
    assert x.grad.item() == 2 * 3 + 3 * 9


def test_gradients_accumulate_in_place_over_backward_calls():
    x = leaf(1.0, 2.0)
    (x * 3).sum().backward()
    first = x.grad
    (x * 4).sum().backward()
    assert x.grad is first and x.grad.tolist() == [7.0, 7.0]


def test_two_leaves_never_share_a_gradient_buffer():
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    seed = autograd.ones(2, dtype=autograd.float64)
    (x + y).backward(seed)
    assert not np.shares_memory(x.grad.numpy(), y.grad.numpy())
    assert not np.shares_memory(x.grad.numpy(), seed.numpy())


def test_backward_through_a_freed_graph_raises_and_leaves_gradients_alone():
    x = leaf(2.0)
    shared = x * x
    shared.sum().backward()
    later = (shared * 2).sum() + (x * 5).sum()
    with pytest.raises(RuntimeError, match=r"freed.*retain_graph=True"):
        later.backward()
    assert x.grad.tolist() == [4.0]


def test_retain_graph_allows_a_second_sweep():
    x = leaf(2.0)
    y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.tolist() == [8.0]


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda x: x * 2, "scalar outputs.*shape \\(2,\\)"),
        (lambda x: x.detach().sum(), "does not require grad"),
        (lambda x: (x * 2).sum().detach(), "does not require grad"),
    ],
)
def test_what_backward_refuses(make, message):
    with pytest.raises(RuntimeError, match=message):
        make(leaf(1.0, 2.0)).backward()


def test_a_seed_of_the_wrong_shape_is_refused():
    with pytest.raises(ShapeError, match=r"shape \(3,\).*shape \(2,\)"):
        (leaf(1.0, 2.0) * 2).backward(autograd.ones(3))


def test_a_saved_tensor_changed_in_place_names_the_operation_and_the_line():
    x = leaf(1.0, 2.0)
    y = x * 1.0
    z = y.exp() * y
    y.add_(1.0)
    with pytest.raises(GraphError, match=r"mul saved.*add_ at .*test_engine.py:\d+"):
        z.sum().backward()
    assert x.grad is None


def test_a_change_before_the_save_or_of_what_nobody_saved_is_fine():
    x = leaf(1.0, 2.0)
    y = x * 1.0
    y.add_(1.0)
    z = y * y
    w = z + 1.0
    w.zero_()
    z.sum().backward()
    assert x.grad.tolist() == [4.0, 6.0]


def test_modes_are_restored_after_exceptions_and_local_to_a_thread():
    with pytest.raises(ZeroDivisionError), autograd.no_grad():
        assert not autograd.is_grad_enabled()
        with autograd.enable_grad():
            assert (leaf(1.0) * 2).requires_grad
        raise ZeroDivisionError
    assert autograd.is_grad_enabled()
    seen = []
    with autograd.no_grad():
        t = threading.Thread(target=lambda: seen.append(autograd.is_grad_enabled()))
        t.start()
        t.join()
    assert seen == [True]


def test_modes_decorate_functions_and_generators():
    @autograd.no_grad()
    def f(x):
        return x * 2

    @autograd.no_grad()
    def steps(x):
        yield x * 2
        yield x * 3

    x = leaf(1.0)
    assert not f(x).requires_grad
    for y in steps(x):
        assert not y.requires_grad and (x * 2).requires_grad
    assert f.__name__ == "f"


def test_set_grad_enabled_acts_at_once_and_as_a_block():
    autograd.set_grad_enabled(False)
    assert not autograd.is_grad_enabled()
    autograd.set_grad_enabled(True)
    with autograd.set_grad_enabled(False):
        assert not autograd.is_grad_enabled()
    assert autograd.is_grad_enabled()


def test_hooks_see_and_change_gradients_and_can_be_removed():
    x = leaf(1.0, 2.0)
    y = x * 3
    seen = []
    handle = y.register_hook(lambda g: seen.append(g.tolist()))
    doubled = x.register_hook(lambda g: g * 2)
    y.sum().backward()
    assert seen == [[1.0, 1.0]] and x.grad.tolist() == [6.0, 6.0]
    handle.remove()
    doubled.remove()
    (x * 3).sum().backward()
    assert len(seen) == 1 and x.grad.tolist() == [9.0, 9.0]


def test_an_error_in_a_hook_leaves_every_gradient_as_it_was():
    x, w = leaf(1.0), leaf(2.0)

    def broken(g):
        raise ValueError("hook")

    x.register_hook(broken)
    with pytest.raises(ValueError, match="hook"):
        (x * w).sum().backward()
    assert x.grad is None and w.grad is None


def test_retain_grad_keeps_the_gradient_of_a_computed_tensor():
    x = leaf(1.0, 2.0)
    y = x * 3
    y.retain_grad()
    (y * y).sum().backward()
    assert y.grad.tolist() == [6.0, 12.0]


def test_grad_visits_only_what_lies_between():
    x, w = leaf(1.0, 2.0), leaf(3.0, 4.0)
    visited = []
    y = x * w
    side = w * 2
    side.register_hook(lambda g: visited.append(g))
    (g,) = autograd.grad((y + side).sum(), [x])
    assert g.tolist() == [3.0, 4.0] and visited == [] and x.grad is None and w.grad is None


def test_third_derivatives_by_create_graph():
    x = leaf(0.5)
    y = (x**4).sum()
    for expected in (4 * 0.5**3, 12 * 0.5**2, 24 * 0.5):
        (y,) = autograd.grad(y, x, create_graph=True)
        assert y.item() == pytest.approx(expected, rel=1e-14)


def test_backward_with_inputs_touches_no_other_leaf():
    x, w = leaf(1.0), leaf(2.0)
    (x * w).sum().backward(inputs=[x])
    assert x.grad.tolist() == [2.0] and w.grad is None


def test_a_gradient_has_the_dtype_of_its_tensor():
    x = autograd.ones(2, requires_grad=True)
    (x * autograd.ones(2, dtype=autograd.float64)).sum().backward()
    assert x.grad.dtype == autograd.float32


def test_integers_cannot_require_a_gradient():
    with pytest.raises(RuntimeError, match="floating"):
        autograd.tensor([1, 2], requires_grad=True)


def test_resident_memory_is_flat_over_many_steps():
    import tracemalloc

    w = autograd.ones(8, 8, requires_grad=True)

    def step():
        loss = ((w @ w).tanh() ** 2).sum()
        loss.backward()
        with autograd.no_grad():
            w.sub_(w.grad, alpha=1e-4)
        w.grad = None

    for _ in range(200):
        step()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(1000):
        step()
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 20_000


def test_infinities_are_silent_where_warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x = leaf(0.0, 1.0)
        down, up, rest = x.log() * 1.0, -x.log(), x * 3
        (down + up + rest).sum().backward()  # inf - inf, then a finite term added in place: exactly once
    assert np.isnan(x.grad.numpy()[0]) and x.grad.numpy()[1] == 3


def test_a_target_from_which_nothing_flows_on_keeps_what_it_saved():
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    (g,) = autograd.grad((y * y).sum(), y)
    assert g.tolist() == [2.0, 8.0]
    y.backward(autograd.ones(2))
    assert x.grad.tolist() == [2.0, 4.0]
    (g,) = autograd.grad((y * 3).sum(), y)  # what y itself saved is gone, and not asked for
    assert g.tolist() == [3.0, 3.0]


def test_a_target_asked_for_twice_is_given_twice_in_memory_of_its_own():
    x = autograd.tensor([1.0, 2.0], requires_grad=True)
    a, b = autograd.grad((x * 3).sum(), [x, x])
    a += 1
    assert b.tolist() == [3.0, 3.0]


def test_gradients_share_no_memory_with_what_the_graph_saved():
    x, w = autograd.tensor([1.0, 2.0], requires_grad=True), autograd.tensor([3.0, 4.0])
    y = (x * w).sum()
    (g,) = autograd.grad(y, x, retain_graph=True)
    g += 100
    assert w.tolist() == [3.0, 4.0] and autograd.grad(y, x)[0].tolist() == [3.0, 4.0]


@pytest.mark.parametrize("shape", [(3,), (6,), (2, 3)])
def test_a_rule_that_returns_another_shape_is_an_error(shape):
    class Wrong(autograd.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.sum()

        @staticmethod
        def backward(ctx, g):
            return autograd.ones(*shape)

    x = autograd.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="shape"):
        Wrong.apply(x).backward()


@pytest.mark.parametrize("other", [(4, 3), (2, 4, 3), (3,), (1,), (4, 1)])
def test_what_broadcasting_repeated_is_summed_back(other):
    rng = np.random.default_rng(0)
    small = autograd.from_numpy(rng.standard_normal(other)).requires_grad_()
    big = autograd.from_numpy(rng.standard_normal((2, 4, 3))).requires_grad_()
    (small * big).backward(autograd.ones(2, 4, 3, dtype=autograd.float64))
    whole = np.array(big.detach())
    while whole.ndim > len(other):
        whole = whole.sum(axis=0)
    for axis, n in enumerate(other):
        if n == 1:
            whole = whole.sum(axis=axis, keepdims=True)
    assert np.allclose(small.grad, whole, rtol=1e-14)


def test_a_walk_over_next_functions_ends_at_leaves_that_name_themselves():
    x, y = (autograd.ones(2, requires_grad=True) for _ in range(2))
    z = x * y + autograd.ones(2)
    names, leaves, waiting = [], [], [z.grad_fn]
    while waiting:
        node = waiting.pop()
        names.append(node.name())
        leaves += [node.variable] if hasattr(node, "variable") else []
        waiting += [following for following, _ in node.next_functions if following is not None]
    assert names == ["AddBackward0", "MulBackward0", *["torch::autograd::AccumulateGrad"] * 2]
    assert {id(leaf) for leaf in leaves} == {id(x), id(y)}
    assert "AccumulateGrad" in repr(z.grad_fn.next_functions[0][0].next_functions[0][0])
