"""A rule gives the same numbers to the last bit in chunks, compiled, and in threads; and no state decays into subnormals."""

from importlib.util import find_spec

import numpy as np
import pytest

import autograd
import optim
from optim import kernel

ELEMENTWISE = ["SGD", "Adam", "AdamW", "Adamax", "NAdam", "RAdam", "Adagrad", "Adadelta", "RMSprop", "Rprop", "ASGD"]
OPTIONS = {
    "SGD": {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
    "Adam": {"amsgrad": True, "weight_decay": 0.1, "maximize": True},
    "NAdam": {"weight_decay": 0.1, "decoupled_weight_decay": True},
    "RMSprop": {"momentum": 0.9, "centered": True, "weight_decay": 0.1},
    "ASGD": {"t0": 2},
}
WITH_MOMENTS = {
    "SGD": [{"lr": 0.01, "momentum": 0.9}],
    "Adam": [{}, {"amsgrad": True}, {"betas": (0.5, 0.9)}],
    "AdamW": [{}],
    "Adamax": [{}],
    "NAdam": [{}],
    "RAdam": [{}],
    "Adadelta": [{}],
    "RMSprop": [{"momentum": 0.9, "centered": True}],
}


def run(name, n, steps, seed=0, dtype="float32", **options):
    rng = np.random.default_rng(seed)
    p = autograd.from_numpy(rng.standard_normal(n).astype(dtype)).requires_grad_()
    opt = getattr(optim, name)([p], **{**OPTIONS.get(name, {}), **options})
    for _ in range(steps):
        p.grad = autograd.from_numpy(rng.standard_normal(n).astype(dtype))
        opt.step()
    return [np.asarray(p.detach()), *[np.asarray(t) for t in opt.state[p].values()]]


def assert_identical(some, others):
    for a, b in zip(some, others, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_chunks_change_nothing(name, monkeypatch):
    whole = run(name, 1000, 5)
    monkeypatch.setattr(kernel, "CHUNK", 77)
    assert_identical(whole, run(name, 1000, 5))


@pytest.mark.skipif(not find_spec("numba"), reason="needs numba")
@pytest.mark.parametrize("name", [n for n in ELEMENTWISE if n != "AdamW"])  # AdamW is Adam's rule
def test_compiled_equals_interpreted(name, monkeypatch):
    steps = 7  # RAdam's rule changes its form in the sixth
    plain = run(name, 10_001, steps)
    monkeypatch.setattr(kernel, "COMPILE_AFTER", 0)
    monkeypatch.setattr(kernel, "_kernels", {})
    monkeypatch.setattr(kernel, "PART", 1000)
    compiled = run(name, 10_001, steps)
    assert any(k._loop for k in kernel._kernels.values())
    assert_identical(plain, compiled)


@pytest.mark.skipif(not find_spec("numba"), reason="needs numba")
def test_compiling_waits_until_it_pays_and_fused_decides(monkeypatch):
    monkeypatch.setattr(kernel, "_kernels", {})
    monkeypatch.setattr(kernel, "COMPILE_AFTER", 250)

    def compiled():
        return [k._loop is not None for k in kernel._kernels.values()]

    options = {"lr": 0.1, "momentum": 0.0, "nesterov": False, "weight_decay": 0.0}
    run("SGD", 100, 2, **options)
    assert compiled() == [False]
    run("SGD", 100, 5, fused=False, **options)
    assert compiled() == [False]
    run("SGD", 100, 1, **options)
    assert compiled() == [True]


def test_without_numba_fused_is_interpreted(monkeypatch):
    monkeypatch.setattr(kernel, "_kernels", {})
    monkeypatch.setattr(kernel, "numba_is_there", lambda: False)
    assert_identical(run("Adam", 100, 3), run("Adam", 100, 3, fused=True))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "options"), [(n, o) for n, sets in WITH_MOMENTS.items() for o in sets])
def test_dead_units_do_not_decay_into_subnormals(name, options, dtype):
    shape, dead = (64,), slice(0, 32)
    p = autograd.from_numpy(np.ones(shape, dtype)).requires_grad_()
    opt = getattr(optim, name)([p], **options)
    rng = np.random.default_rng(0)
    tiny = np.finfo(dtype).tiny
    # The decay of tens of thousands of steps in a few hundred: begin near the end of the range.
    late = 1e-29 if dtype == "float32" else 1e-299
    worst = 0
    for step in range(900):
        g = rng.standard_normal(shape).astype(dtype)
        g[dead] = 0 if step else late
        p.grad = autograd.from_numpy(g)
        opt.step()
        if step == 0:
            for key in opt.decaying:
                if key in opt.state[p]:
                    np.asarray(opt.state[p][key])[dead] = late
        if step > 500:
            states = [np.asarray(t) for t in opt.state[p].values() if t.ndim]
            worst = max(worst, sum(int(((s != 0) & (np.abs(s) < tiny)).sum()) for s in states))
    assert worst == 0


def test_flushing_spares_what_is_large_and_keeps_nan():
    x = np.array([1e-38, -1e-33, 1e-20, -2.0, np.inf, np.nan, 0.0], "float32")
    kernel.flush_subnormals(x)
    np.testing.assert_array_equal(x, np.array([0, 0, 1e-20, -2.0, np.inf, np.nan, 0], "float32"))
    half = np.array([1e-7], "float16")
    kernel.flush_subnormals(half)
    assert half[0] > 0


def test_half_precision_is_interpreted():
    p = autograd.from_numpy(np.ones(3, "float16")).requires_grad_()
    p.grad = autograd.from_numpy(np.ones(3, "float16"))
    optim.SGD([p], lr=0.5, fused=True).step()
    assert np.asarray(p.detach()).tolist() == [0.5] * 3


def test_rules_run_on_tensors():
    """A rule is differentiable when its arguments are: here the new parameter by the learning rate."""
    from optim.sgd import sgd

    lr = autograd.tensor(0.5, requires_grad=True)
    p, g = autograd.tensor([1.0, 2.0]), autograd.tensor([3.0, 4.0])
    new, _ = sgd(p, g, None, lr, 0.0, 1.0, 0.0, False, False, False, False)
    new.sum().backward()
    assert lr.grad.item() == -7.0
