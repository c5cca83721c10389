"""Threads share an update, and nobody can tell from the result, nor after a fork or an error."""

import os
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import autograd
import optim
from optim import kernel, threads

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
from optim import threads

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
