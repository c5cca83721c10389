"""What is an input, a guard, a check, an error: each rule of docs/compile.md."""

import copy
import gc
import pickle
import threading
import tracemalloc

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.compiler import CompileError


def equal(x, y):
    return autograd.equal(x, y)


def test_shapes_dtypes_and_plain_values_ask_for_a_program_each():
    run = autograd.compile(lambda x, n=1, flag=True: x * n if flag else x)
    x = autograd.ones(3)
    for _ in range(3):
        assert run(x, 2).tolist() == [2, 2, 2]
        assert run(x, 3).tolist() == [3, 3, 3]
        assert run(x, 3, flag=False).tolist() == [1, 1, 1]
        assert run(x.double(), 2).dtype == autograd.float64
        assert run(autograd.ones(2, 3).T, 2).shape == (3, 2)
    assert run.programs == 5


def test_floats_among_the_arguments_are_inputs():
    def f(x, rate):
        return (x * rate).sum() * (rate * 2 + 1) - rate

    run, x = autograd.compile(f), autograd.randn(3)
    for k in range(12):
        assert run(x, 0.1 * k).item() == f(x, 0.1 * k).item()
    assert run.programs == 1


def test_a_branch_on_a_float_is_checked():
    def f(x, rate):
        return x * 2 if rate > 0.5 else x * 3

    run, x = autograd.compile(f), autograd.ones(3)
    for rate in (0.1, 0.2, 0.7, 0.1, 0.8, 0.3):
        assert equal(run(x, rate), f(x, rate))
    assert run.programs == 2


def test_a_float_that_leaves_the_recording_is_found_out():
    def f(x, rate):
        return x + autograd.full((3,), rate) + np.sqrt(rate)

    run, x = autograd.compile(f), autograd.ones(3)
    for rate in (0.1, 0.1, 0.2, 0.7, 0.1, 0.8):
        assert equal(run(x, rate), f(x, rate))


def test_captured_plain_values_are_guards():
    rate = 0.5

    def f(x):
        return x * rate

    run, x = autograd.compile(f, fullgraph=False), autograd.ones(3)
    for k in range(6):
        rate = 0.1 * (k // 2)
        assert equal(run(x), f(x))
    assert run.programs == 3


COUNTS = {
    "a list": lambda: (count := [0], lambda: count.__setitem__(0, count[0] + 1), lambda: count[0]),
    "a dictionary": lambda: (count := {"n": 0}, lambda: count.update(n=count["n"] + 1), lambda: count["n"]),
}


@pytest.mark.parametrize("name", COUNTS)
def test_counting_is_not_forgotten(name):
    """A function that counts its calls, and does something else now and then, is refused, or runs eagerly."""
    for fullgraph in (True, False):
        held, add, now = COUNTS[name]()

        def f(x, held=held, add=add, now=now):
            add()
            return x * 2 if now() % 3 else x

        run = autograd.compile(f, fullgraph=fullgraph)
        if fullgraph:
            with pytest.raises(CompileError, match="changed from 0 to 1"):
                run(autograd.ones(1))
        else:
            with pytest.warns(UserWarning, match="runs eagerly"):
                assert [run(autograd.ones(1)).item() for _ in range(6)] == [2, 2, 1, 2, 2, 1]


def test_attributes_of_an_object_are_guards():
    class Scale:
        def __init__(self, by):
            self.by = by

        @autograd.compile
        def run(self, x):
            return x * self.by

    two, three = Scale(2), Scale(3)
    for _ in range(3):
        assert two.run(autograd.ones(1)).item() == 2
        assert three.run(autograd.ones(1)).item() == 3
    two.by = 5
    assert two.run(autograd.ones(1)).item() == 5


def test_a_value_that_moves_from_call_to_call_is_named():
    moving = iter(range(10))
    run = autograd.compile(lambda x: x * (0.5 + next(moving)))
    run(autograd.ones(3))
    with pytest.raises(CompileError, match=r"changes from 0.5 to 1.5 .*test_rules.py:\d+.*pass it as an argument"):
        run(autograd.ones(3))


ASKS = {
    "item": lambda y: y.sum().item(),
    "bool": lambda y: 1 if y.sum() > 0 else 2,
    "float": lambda y: float(y.sum()),
    "tolist": lambda y: y.tolist(),
    "numpy": lambda y: y.numpy().sum(),
    "asarray": lambda y: np.asarray(y).sum(),
    "print": lambda y: str(y),
}


@pytest.mark.parametrize("name", ASKS)
def test_asking_for_a_value_is_an_error_that_names_the_line_and_the_remedy(name):
    run = autograd.compile(lambda x: ASKS[name](x * 2))
    with pytest.raises(CompileError, match=r"value.* asked for at .*test_rules.py:\d+.*where\(\)"):
        run(autograd.ones(3))


def test_without_fullgraph_a_branch_is_a_check():
    def f(x):
        y = x * 2
        return y if y.sum().item() > 0 else -y

    run = autograd.compile(f, fullgraph=False)
    one = autograd.ones(1)
    for sign in (1, 1, 1, -1, -1, 1, -1, -1):
        assert equal(run(one * sign), f(one * sign))
    assert run.programs == 2


def test_a_failed_check_takes_back_what_was_written_and_drawn():
    def use(compiled):
        autograd.manual_seed(0)
        total = autograd.zeros(2)

        def f(x):
            total.add_(x)
            noise = autograd.rand(2)
            return total + noise if (x > 0).all() else total - noise

        run = compiled(f)
        found = []
        for sign in (1, 1, 1, -1, -1, 1, -1, 1):
            found += [run(autograd.ones(2) * sign).tolist(), total.tolist()]
        return found

    assert use(lambda f: f) == use(lambda f: autograd.compile(f, fullgraph=False))


def test_logging_a_value_makes_it_run_eagerly_and_says_so():
    log = []

    def f(x):
        log.append(x.sum().item())
        return x * 2

    run = autograd.compile(f, fullgraph=False)
    with pytest.warns(UserWarning, match="runs eagerly from now on"):
        for k in range(5):
            run(autograd.ones(3) * k)
    assert log == [0, 3, 6, 9, 12]


def test_at_most_eight_programs_and_then_one_warning_with_the_reasons():
    run = autograd.compile(lambda x: (x * 2).sum(), fullgraph=False)
    with pytest.warns(UserWarning, match=r"8 programs already: argument 0 is float32\[9\], not float32\[8\]") as told:
        for n in range(1, 13):
            assert run(autograd.ones(n)).item() == 2 * n
    assert len(told) == 1


def test_a_tensor_that_is_kept_is_an_error():
    kept = []

    def f(x):
        kept.append(x * 2)
        return x.sum()

    with pytest.raises(CompileError, match=r"shape \(3,\).* is kept .* return it"):
        autograd.compile(f)(autograd.ones(3))


def test_state_that_a_module_keeps_is_an_error():
    class Cell(nn.Module):
        def __init__(self):
            super().__init__()
            self.h = autograd.zeros(3)

        def forward(self, x):
            self.h = self.h + x
            return self.h.sum()

    with pytest.raises(CompileError, match=r"Cell\.h changed"):
        autograd.compile(Cell())(autograd.ones(3))


def test_draws_are_those_of_eager_in_their_order():
    def f(x):
        a, b = autograd.rand(3), autograd.randn(3)
        return x + a + b, autograd.randint(0, 5, (2,)), autograd.randperm(4), autograd.bernoulli(a), nn.functional.dropout(x)

    def use(run):
        autograd.manual_seed(0)
        return [t.tolist() for _ in range(5) for t in run(autograd.ones(3))] + [autograd.rand(2).tolist()]

    assert use(f) == use(autograd.compile(f))


def test_memory_from_outside_is_written_in_place():
    def use(compiled):
        total = autograd.zeros(3)

        def f(x):
            x.mul_(2)
            total.add_(x)
            return x.sum() + total.sum()

        run, found = compiled(f), []
        for k in range(5):
            x = autograd.ones(3) * k
            found += [run(x).item(), x.tolist(), total.tolist()]
        return found

    assert use(lambda f: f) == use(autograd.compile)


def test_results_are_not_overwritten_by_later_calls():
    run = autograd.compile(lambda x: x * 2)
    found = [run(autograd.ones(2) * k) for k in range(6)]
    assert [t.tolist() for t in found] == [[2.0 * k] * 2 for k in range(6)]


def test_views_of_arguments_are_views():
    run = autograd.compile(lambda x: (x.t(), x[0]))
    for _ in range(4):
        x = autograd.zeros(2, 3)
        turned, row = run(x)
        row[0] = 5
        assert x[0, 0] == 5 and turned[0, 0] == 5


def test_what_was_saved_may_not_be_changed():
    run = autograd.compile(lambda x, w: (x * w).sum())
    for _ in range(4):
        x, w = autograd.ones(2), autograd.ones(2, requires_grad=True)
        loss = run(x, w)
        x.add_(1)
        with pytest.raises(RuntimeError, match="modified by an inplace"):
            loss.backward()


def test_the_graph_of_a_result_is_freed_and_kept_as_in_eager():
    run = autograd.compile(lambda x: (x * x).sum())
    for _ in range(4):
        x = autograd.ones(2, requires_grad=True)
        loss = run(x)
        loss.backward(retain_graph=True)
        loss.backward()
        assert x.grad.tolist() == [4, 4]
        with pytest.raises(RuntimeError, match="freed"):
            loss.backward()


def test_the_loss_of_a_step_has_a_graph_that_is_freed():
    w = nn.Parameter(autograd.ones(2))
    optimizer = optim.SGD([w], 0.1)

    @autograd.compile
    def step():
        loss = (w * w).sum()
        loss.backward()
        optimizer.step()
        return loss

    for _ in range(3):
        loss = step()
        assert loss.requires_grad
        with pytest.raises(RuntimeError, match="freed"):
            loss.backward()


def test_errors_of_the_function_are_its_own():
    def f(x, i):
        return x[i].sum()

    run = autograd.compile(f)
    for _ in range(3):
        run(autograd.arange(4.0), autograd.tensor([0, 1]))
    with pytest.raises(IndexError, match="9 is out of bounds"):
        run(autograd.arange(4.0), autograd.tensor([0, 9]))
    with pytest.raises(RuntimeError, match="do not broadcast"):
        autograd.compile(lambda x, y: x + y)(autograd.ones(2), autograd.ones(3))
    assert run(autograd.arange(4.0), autograd.tensor([2, 3])).item() == 5


def test_an_error_leaves_the_first_call_undone():
    total = autograd.zeros(2)

    def f(x):
        total.add_(1)
        return x @ autograd.ones(5)

    state = autograd.get_rng_state()
    with pytest.raises(RuntimeError, match="matmul"):
        autograd.compile(f)(autograd.ones(2))
    assert total.tolist() == [1, 1]  # as an eager run leaves it
    assert equal(state, autograd.get_rng_state())


def test_nested_and_recursive_functions_are_part_of_the_outer_program():
    inner = autograd.compile(lambda x, n: x if n == 0 else inner(x * 2, n - 1))
    outer = autograd.compile(lambda x: inner(x, 3) + 1)
    for _ in range(3):
        assert outer(autograd.ones(2)).tolist() == [9, 9]
    assert (outer.programs, inner.programs) == (1, 0)


def test_transforms_see_through():
    run = autograd.compile(lambda x: (x**2).sum())
    assert autograd.func.vmap(autograd.func.grad(run))(autograd.ones(3, 2)).tolist() == [[2, 2]] * 3


def test_modes_are_guards():
    run = autograd.compile(lambda x: x + autograd.ones(2))
    w = autograd.ones(2, requires_grad=True)
    for _ in range(3):
        assert run(w).requires_grad
        with autograd.no_grad():
            assert not run(w).requires_grad
    try:
        autograd.set_default_dtype(autograd.float64)
        assert run(autograd.ones(2, dtype=autograd.float32)).dtype == autograd.float64
    finally:
        autograd.set_default_dtype(autograd.float32)


def test_results_may_be_nested_and_hold_anything():
    def f(given, *, scale=None, flag=True):
        return {"y": given["a"] * 2 if flag else given["a"], "n": None, "k": 3, "s": scale, "same": given["a"]}

    run = autograd.compile(f)
    for k in range(4):
        a = autograd.ones(2) * k
        found = run({"a": a}, flag=True)
        assert found["y"].tolist() == [2 * k] * 2 and found["k"] == 3 and found["same"] is a
        assert run({"a": a}, flag=False, scale=2)["s"] == 2


def test_threads_share_a_compiled_function():
    layer = nn.Linear(8, 8)
    run = autograd.compile(lambda x: layer(x).tanh() @ layer.weight)
    inputs = [autograd.randn(16, 8) for _ in range(8)]
    want = [run(x) for x in inputs]
    wrong = []

    def work():
        for _ in range(100):
            wrong.extend(1 for x, y in zip(inputs, want, strict=True) if not equal(run(x), y))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


def test_other_threads_are_not_recorded():
    other = nn.Linear(2, 2)
    seen, go, done = [], threading.Event(), threading.Event()

    def eager():
        go.wait()
        seen.append(other(autograd.ones(2)).detach().numpy())
        done.set()

    threading.Thread(target=eager).start()

    def f(x):
        go.set()
        assert done.wait(10)
        return other(x)

    got = autograd.compile(f)(autograd.ones(2))
    np.testing.assert_array_equal(seen[0], got.detach().numpy())
    assert type(other.weight._data) is np.ndarray


def test_memory_does_not_grow():
    layer = nn.Linear(8, 8)
    optimizer = optim.Adam(layer.parameters())

    @autograd.compile
    def step(x):
        optimizer.zero_grad()
        loss = layer(x).square().mean()
        loss.backward()
        optimizer.step()
        return loss

    x = autograd.randn(4, 8)
    for _ in range(100):
        step(x)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(10_000):
        step(x)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 20_000


def test_explain_shows_the_program():
    layer = nn.Linear(2, 3)
    run = autograd.compile(lambda x: layer(x).relu().sum())
    assert "nothing is recorded" in run.explain()
    run(autograd.ones(4, 2))
    text = run.explain()
    assert "float32[4, 2]" in text and "maximum(" in text and "test_rules.py:" in text and "bytes of memory" in text


def test_what_is_computed_twice_is_computed_once():
    run = autograd.compile(lambda x: x.exp().sum() + x.exp().mean() + (x * 0).sum() * 0)
    run(autograd.ones(3))
    assert run.explain().count(" = exp(") == 1


def test_a_list_of_arguments_and_backends():
    f = lambda x: x + 1  # noqa: E731
    assert autograd.compile(f, backend="eager") is f
    assert autograd.compile(f, disable=True) is f
    assert autograd.compile(f, mode="max-autotune")(autograd.ones(1)).item() == 2
    with pytest.raises(RuntimeError, match="mode or options"):
        autograd.compile(f, mode="default", options={})
    with pytest.raises(TypeError, match="expected a function or a module, got int"):
        autograd.compile(3)
    with pytest.raises(TypeError, match="backend must be a name or a function, got int"):
        autograd.compile(f, backend=3)
    assert autograd.compiler.disable(f) is f and not autograd.compiler.is_compiling()


def test_check_compares_with_eager():
    run = autograd.compile(lambda x: (x * 2).sum(), check=True)
    for _ in range(3):
        assert run(autograd.ones(3)).item() == 6


def test_gradients_of_arguments_are_those_of_each_call():
    def f(x):
        (x * x).sum().backward()

    run = autograd.compile(f)
    for k in range(4):
        x = (autograd.ones(2) * k).requires_grad_()
        run(x)
        assert x.grad.tolist() == [2 * k, 2 * k]
    for k in range(2, 6):  # the last one has a gradient already
        run(x)
        assert x.grad.tolist() == [6 * k, 6 * k]


def test_arguments_that_are_made_to_require_gradients():
    def f(x):
        x.requires_grad_()
        (slope,) = autograd.autograd.grad((x**3).sum(), x, create_graph=True)
        slope.sum().backward()
        return slope

    run = autograd.compile(f)
    for k in range(4):
        x = autograd.ones(2) * k
        run(x)
        assert x.requires_grad and x.grad.tolist() == [6 * k, 6 * k]


def test_what_the_recorded_run_computed_is_let_go():
    layer = nn.Linear(1000, 1000)
    run = autograd.compile(lambda x: layer(x).tanh().exp().sin().sum())
    x = autograd.ones(1000, 1000)
    run(x)
    tracemalloc.start()
    run(x)  # recorded for the second time
    gc.collect()
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept < 2 * x.nbytes


def test_copies_of_a_compiled_module_are_compiled_themselves():
    model = autograd.compile(nn.Sequential(nn.Linear(2, 3), nn.Tanh()))
    x = autograd.ones(4, 2)
    model(x)
    for made in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        with autograd.no_grad():
            made[0].weight.zero_()
            made[0].bias.zero_()
        for _ in range(3):
            assert not made(x).any() and model(x).any()
        assert "tanh" in made.explain() and made[0].weight is not model[0].weight


def test_an_error_after_an_effect_leaves_what_eager_leaves():
    def use(compiled):
        w = nn.Parameter(autograd.ones(2))
        optimizer = optim.SGD([w], 0.1)

        def f():
            optimizer.zero_grad()
            loss = (w * w).sum()
            loss.backward()
            optimizer.step()
            return loss.item()

        if compiled:
            with pytest.raises(CompileError, match="value of a tensor"):
                autograd.compile(f)()
        else:
            f()
        return w.tolist(), w.grad.tolist()

    assert use(True) == use(False)
