"""What a step of an optimizer costs beside PyTorch's, and whether it stays that fast.

    python -m benchmarks.optimizer_steps            both questions, some minutes
    python -m benchmarks.optimizer_steps --quick    fewer repetitions

The first table has the median time of a step with given gradients, the rounds of all competitors interleaved in one
process, PyTorch and Gradloom with two threads each. The second has, for every optimizer whose state decays, the ratio
of the last 500 of 5,000 steps to the first 500, on a fixed batch with dead units. Seconds lie between the two, in which
a shared machine may become faster or slower; so a step is counted in those of a twin whose gradients never vanish,
which is timed beside it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from statistics import median
from time import perf_counter, thread_time

import numpy as np
import torch

import autograd
import optim

SIZES = {
    "6 tensors, 1,729 elements": [(16, 2), (16,), (96, 16), (96,), (1, 48), (1,)],
    "one tensor, 1.9 M": [(1_900_000,)],
    "one tensor, 12.6 M": [(12_600_000,)],
}
WAYS = {
    "numba": (autograd, optim, {"fused": True}),
    "NumPy": (autograd, optim, {"fused": False}),
    "torch": (torch, torch.optim, {}),
    "torch foreach": (torch, torch.optim, {"foreach": True}),
    "torch fused": (torch, torch.optim, {"fused": True}),
}
OPTIMIZERS = {"SGD": {"lr": 1e-3, "momentum": 0.9}, "Adam": {}, "AdamW": {}, "RMSprop": {}}
DECAYING = {
    "SGD": {"lr": 1e-3, "momentum": 0.9},
    "Adam": {},
    "AdamW": {},
    "Adamax": {},
    "NAdam": {},
    "RAdam": {},
    "Adadelta": {},
    "RMSprop": {"momentum": 0.9, "lr": 1e-4},
}
TARGETS = [  # the size, the competitor, Gradloom's way, how many times faster
    ("6 tensors, 1,729 elements", "torch", "NumPy", 3.0),
    *((size, *target) for size in list(SIZES)[1:] for target in (("torch", "numba", 2.0), ("torch fused", "numba", 1.0))),
    *((size, "torch", "NumPy", 1.0) for size in list(SIZES)[1:]),
]


def competitors(name: str, shapes: list[tuple[int, ...]]) -> dict[str, Callable[[], object]]:
    """A step function for each way to run the optimizer, each on parameters and gradients of its own."""
    steps = {}
    for way, (library, module, options) in WAYS.items():
        rng = np.random.default_rng(0)
        params = [library.from_numpy(rng.standard_normal(s, dtype=np.float32)).requires_grad_() for s in shapes]
        for p in params:
            p.grad = library.from_numpy(rng.standard_normal(tuple(p.shape), dtype=np.float32))
        optimizer = getattr(module, name)(params, **OPTIMIZERS[name])
        optimizer.param_groups[0].update(options)
        if options.keys() <= optimizer.defaults.keys() or library is autograd:
            steps[way] = optimizer.step
    return steps


def times(steps: dict[str, Callable[[], object]], rounds: int, seconds: float) -> dict[str, float]:
    """The median time of each step, over rounds in which every competitor has its turn."""
    for step in steps.values():
        for _ in range(3):
            step()
    found: dict[str, list[float]] = {way: [] for way in steps}
    for _ in range(rounds):
        for way, step in steps.items():
            stop = perf_counter() + seconds
            while True:
                start = perf_counter()
                step()
                end = perf_counter()
                found[way].append(end - start)
                if end > stop:
                    break
    return {way: median(values) for way, values in found.items()}


def costs(rounds: int, seconds: float) -> None:
    """Print the first table, and whether Adam reaches its targets."""
    adam: dict[str, dict[str, float]] = {}
    print(f"{'µs per step':36}", *(f"{way:>14}" for way in WAYS))
    for size, shapes in SIZES.items():
        for name in OPTIMIZERS:
            row = times(competitors(name, shapes), rounds, seconds)
            cells = [f"{row[way] * 1e6:14.1f}" if way in row else f"{'-':>14}" for way in WAYS]
            print(f"{name + ', ' + size:36}", *cells, flush=True)
            if name == "Adam":
                adam[size] = row
    for size, other, way, factor in TARGETS:
        ratio = adam[size][other] / adam[size][way]
        verdict = "reached" if ratio >= factor else "MISSED"
        print(f"Adam, {size}: {other} / {way} = {ratio:.2f}, wanted {factor:g}: {verdict}")


def drift(name: str, options: dict, steps: int = 5000, window: int = 500) -> float:
    """The time of the last steps over that of the first, on a fixed batch of which half of the units see nothing."""
    rng = np.random.default_rng(0)

    def normal(*shape: int) -> autograd.Tensor:
        return autograd.from_numpy(0.1 * rng.standard_normal(shape, dtype=np.float32))

    def leaves() -> list[autograd.Tensor]:
        return [normal(*shape).requires_grad_() for shape in ((16, 512), (512,), (512, 1))]

    x, y, params, others = normal(16, 16), normal(16, 1), leaves(), leaves()
    w, b, v = params
    optimizer, twin = (getattr(optim, name)(each, **options) for each in (params, others))
    for p in others:
        p.grad = normal(*p.shape)
    own, reference = [], []
    for step in range(steps):
        optimizer.zero_grad()
        error = (x @ w + b).relu() @ v - y
        (error * error).mean().backward()
        if step == 0:
            with autograd.no_grad():
                b[:256] = -1e6  # from here on these units are dead: their moments only decay
        for each, cost in ((optimizer, own), (twin, reference)):
            start = thread_time()  # not the clock, and a low quantile: other processes come and go
            each.step()
            cost.append(thread_time() - start)
    late, early = (
        float(np.quantile(own[part], 0.1) / np.quantile(reference[part], 0.1)) for part in (slice(-window, None), slice(window))
    )
    return late / early


def main() -> None:
    """Run both parts."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    quick = parser.parse_args().quick
    torch.set_num_threads(2)
    costs(*((3, 0.05) if quick else (15, 0.2)))
    print("\nlast 500 of 5,000 steps / first 500, half of the units dead (wanted: at most 1.2)")
    for name, options in DECAYING.items():
        print(f"{name:10} {drift(name, options):.2f}", flush=True)


if __name__ == "__main__":
    main()
