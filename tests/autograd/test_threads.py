"""Threads share an update, and nobody can tell from the result, nor after a fork or an error."""

import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd.core import threads
from autograd.ops import products
from optim import kernel

SIZES = (60, 10_001, 4 * 1000, 999)


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(kernel, "PART", 1000)
    monkeypatch.setattr(kernel, "CHUNK", 700)
    monkeypatch.setattr("optim.elementwise.SMALL", 100)


def share(jobs, count):
    sharing = threads.Sharing(count)
    sharing.add(jobs)
    sharing.finish()


def trained(count, monkeypatch, name="Adam", **options):
    monkeypatch.setattr(autograd, "get_num_threads", lambda: count)
    rng = np.random.default_rng(0)
    params = [autograd.from_numpy(rng.standard_normal(n, dtype=np.float32)).requires_grad_() for n in SIZES]
    opt = getattr(optim, name)(params, **options)
    for _ in range(7):
        for p in params:
            p.grad = autograd.from_numpy(rng.standard_normal(tuple(p.shape), dtype=np.float32))
        opt.step()
    held = [t for p in params for t in (p.detach(), *opt.state[p].values())]
    return [np.asarray(t).tobytes() for t in held]


@pytest.mark.parametrize("name", ["Adam", "RAdam", "ASGD"])
def test_any_number_of_threads_gives_the_same_bits(name, small_parts, monkeypatch):
    alone = trained(1, monkeypatch, name)
    assert all(trained(count, monkeypatch, name) == alone for count in (2, 3, 8))


@pytest.mark.parametrize("groups", [1, 2])
def test_parameters_that_share_memory_are_updated_one_after_the_other(groups, small_parts, monkeypatch):
    def run(count):
        monkeypatch.setattr(autograd, "get_num_threads", lambda: count)
        rng = np.random.default_rng(0)
        memory = rng.standard_normal(30_000, dtype=np.float32)
        params = [autograd.from_numpy(memory[start : start + 20_000]).requires_grad_() for start in (0, 5_000, 10_000)]
        opt = optim.Adam([{"params": params[:groups]}, {"params": params[groups:]}], lr=0.1, weight_decay=0.5)
        for _ in range(5):
            for p in params:
                p.grad = autograd.from_numpy(rng.standard_normal(20_000, dtype=np.float32))
            opt.step()
        return memory.tobytes()

    alone = run(1)
    assert all(run(4) == alone for _ in range(5))


def test_parts_cover_everything_once(monkeypatch):
    monkeypatch.setattr(kernel, "PART", 100)
    monkeypatch.setattr(autograd, "get_num_threads", lambda: 3)

    def rule(p, g, n):
        return (p + n * g,)

    for size in (1, 199, 200, 201, 1000, 12_345):
        p, g = np.zeros((2, size), np.float32)
        g += 1
        run = kernel.Kernel(rule, (), ())
        share(run.jobs([p, g], kernel.Numbers(p.dtype, [1.0]), False), 3)
        np.testing.assert_array_equal(p, 1)


def test_jobs_are_done_by_several_threads():
    met = threading.Barrier(3, timeout=30)
    share([met.wait] * 3, 3)


def test_what_a_job_raises_arrives_when_all_are_done():
    done = []

    def fail():
        raise RuntimeError("job")

    with pytest.raises(RuntimeError, match="job"):
        share([fail, *[lambda: done.append(time.sleep(0.01))] * 5], 2)
    assert len(done) == 5
    share([lambda: done.append(None)] * 2, 2)
    assert len(done) == 7


def test_threads_do_not_warn():
    zero, met = np.zeros(1, np.float32), threading.Barrier(2, timeout=30)

    def divide():
        met.wait()
        with np.errstate() if threading.current_thread() is not threading.main_thread() else np.errstate(all="ignore"):
            np.divide(zero, zero)

    share([divide] * 2, 2)


def test_threads_keep_no_array_alive():
    from weakref import ref

    array = np.zeros(1000)
    gone = ref(array)
    met = threading.Barrier(2, timeout=30)
    share([lambda a=array: met.wait()] * 2, 2)
    del array
    limit = time.monotonic() + 30
    while gone() is not None and time.monotonic() < limit:
        time.sleep(0.001)  # the other thread is about to let go
    assert gone() is None


PROGRAM = """
import os, threading
from autograd.core import threads
from autograd.ops import products

def meet():
    met = threading.Barrier(2, timeout=30)
    sharing = threads.Sharing(2)
    sharing.add([met.wait] * 2)
    sharing.finish()

meet()
if {fork}:
    child = os.fork()
    meet()  # in both: the child has threads of its own
    if child:
        assert os.waitpid(child, 0)[1] == 0
print("end")
"""


@pytest.mark.parametrize(
    "fork", [False, pytest.param(True, marks=pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork"))]
)
def test_a_program_forks_and_ends_with_threads_waiting(fork):
    if fork and not hasattr(os, "fork"):
        pytest.skip("this system cannot fork")
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM.format(fork=fork)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert result.stdout.split()[0] == "end"


@pytest.fixture
def blas_of_two(monkeypatch):
    """A BLAS that has two threads, and the list of what it is told."""
    state, told = [2], []

    def put(n):
        state[0] = n
        told.append(n)

    monkeypatch.setattr(threads, "blas", lambda: (lambda: state[0], put))
    return told


def test_small_products_do_not_touch_the_threads_of_blas(blas_of_two):
    x = autograd.randn(32, 32, requires_grad=True)
    (x @ x + nn.functional.linear(x, x, x[0])).sum().backward()
    assert blas_of_two == []


SHAPES = [
    ((300, 200), (200, 100)),
    ((4, 90, 100), (4, 100, 90)),
    ((100_000,), (100_000,)),
    ((300, 100), (100,)),
    ((100,), (100, 300)),
]


@pytest.mark.parametrize("shapes", SHAPES, ids=str)
def test_blas_has_one_thread_in_larger_ones_and_afterwards_what_it_had(shapes, blas_of_two):
    x, y = (autograd.randn(*shape, requires_grad=True) for shape in shapes)
    (x @ y).sum().backward()
    assert blas_of_two and blas_of_two == [1, 2] * (len(blas_of_two) // 2)


def test_blas_has_its_threads_back_after_an_error(blas_of_two):
    with pytest.raises(RuntimeError, match="matmul"):
        autograd.ones(300, 200) @ autograd.ones(300, 200)
    assert blas_of_two == [1, 2]


@pytest.mark.parametrize("count", [1, 2, 3, 8])
@pytest.mark.parametrize("m, k, n", [(100, 50, 64), (64, 50, 100), (1, 40, 700), (700, 40, 1), (17, 1, 33)])
@pytest.mark.parametrize("turned", [False, True])
def test_a_product_in_parts_is_the_product(count, m, k, n, turned, monkeypatch):
    monkeypatch.setattr(products, "_SHARED", 1)
    monkeypatch.setattr(products, "_ALONE", 1)
    monkeypatch.setattr(threads, "get_num_threads", lambda: count)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((k, m)).T if turned else rng.standard_normal((m, k))
    y = rng.standard_normal((n, k)).T if turned else rng.standard_normal((k, n))
    np.testing.assert_allclose(products.dot(x, y), np.dot(x, y), rtol=1e-12, atol=1e-12)


def test_what_another_thread_does_not_finish_is_done_here():
    """A thread that is stopped in the middle of its part delays nobody, and what it does later reaches nobody."""
    begun, go_on = threading.Event(), threading.Event()
    main = threading.get_ident()

    def compute(part, out=None):
        if threading.get_ident() != main:
            begun.set()
            go_on.wait(30)
            return np.full(1, -1.0)
        assert begun.wait(30)
        out[...] = part[0].start
        return out

    parts = [(slice(k, k + 1),) for k in range(4)]
    out = threads.fill(np.zeros(4), parts, compute, 2)
    go_on.set()
    assert out.tolist() == [0.0, 1.0, 2.0, 3.0]


def test_an_error_in_a_part_is_raised_here():
    def fail(part, out=None):
        raise ValueError("part")

    with pytest.raises(ValueError, match="part"):
        threads.fill(np.zeros(4), [(slice(k, k + 1),) for k in range(4)], fail, 3)


def test_the_number_of_threads_is_at_most_that_of_the_processors(monkeypatch):
    monkeypatch.setattr(threads, "_processors", lambda: 2)
    monkeypatch.setattr(threads, "_limit", [1])
    autograd.set_num_threads(64)
    assert autograd.get_num_threads() == 2
    autograd.set_num_threads(1)
    assert autograd.get_num_threads() == 1


@pytest.mark.parametrize(
    "name, value, found", [("OPENBLAS_NUM_THREADS", "3", 3), ("OMP_NUM_THREADS", "0", 1), ("OMP_NUM_THREADS", "x", 7)]
)
def test_the_environment_says_how_many_at_first(name, value, found, monkeypatch):
    for known in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        monkeypatch.delenv(known, raising=False)
    monkeypatch.setenv(name, value)
    monkeypatch.setattr(threads, "_processors", lambda: 7)
    assert threads._first_limit() == found
