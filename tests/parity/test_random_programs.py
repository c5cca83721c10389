"""Random programs of a few operations: values and gradients of both orders as in torch, wherever torch has numbers.

The table checks names one at a time; here their results, zeros, ties and broadcasts meet each other.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import autograd  # noqa: E402

pytestmark = pytest.mark.torch


def positive(t: Any) -> Any:
    return t * t + 0.5


def method(name: str, *args: Any, **kwargs: Any) -> Callable:
    return lambda L, a, b, d: getattr(a, name)(*args, **kwargs)


def of_positive(name: str) -> Callable:
    return lambda L, a, b, d: getattr(positive(a), name)()


def pair(name: str) -> Callable:
    return lambda L, a, b, d: getattr(L, name)(a, b)


def along(name: str) -> Callable:
    return lambda L, a, b, d: getattr(a, name)(d)


def reduced(name: str, *args: Any) -> Callable:
    return lambda L, a, b, d: getattr(a, name)(*args, dim=d, keepdim=True) + a


STEPS = [
    *(method(n) for n in ("exp sin cos tanh sigmoid relu abs square neg erf erfc expm1 atan floor frac sinc asinh trunc sign "
                          "round nan_to_num").split()),
    *(of_positive(n) for n in ("sqrt", "log", "rsqrt", "reciprocal", "log1p", "lgamma", "digamma")),
    *(pair(n) for n in "add sub mul maximum minimum atan2 hypot logaddexp fmax fmin".split()),
    *(along(n) for n in ("softmax", "log_softmax", "cumsum", "cumprod")),
    *(reduced(n) for n in "sum mean amax amin logsumexp var prod".split()),
    method("clamp", -0.7, 0.9),
    lambda L, a, b, d: a.tanh().i0(),
    lambda L, a, b, d: a.sigmoid().logit(),
    lambda L, a, b, d: L.div(a, positive(b)),
    lambda L, a, b, d: positive(a).clamp(max=3.0) ** L.tanh(b),
    lambda L, a, b, d: L.where(a > b, a, b * 2),
    lambda L, a, b, d: L.lerp(a, b, 0.3),
    lambda L, a, b, d: L.addcmul(a, b, b, value=0.5),
    lambda L, a, b, d: L.addcdiv(a, b, positive(b)),
    lambda L, a, b, d: L.xlogy(a, positive(b)),
    lambda L, a, b, d: L.remainder(a, positive(b)),
    lambda L, a, b, d: a.max(d, True)[0] - a,
    lambda L, a, b, d: a.median(d, True)[0] - a,
    lambda L, a, b, d: a.kthvalue(2, d, True)[0] - a,
    lambda L, a, b, d: a.quantile(0.37, dim=d, keepdim=True) * a,
    lambda L, a, b, d: a.cummax(d)[0],
    lambda L, a, b, d: a.sort(d)[0],
    lambda L, a, b, d: a.diff(dim=d).sum() * a,
    lambda L, a, b, d: a.norm(dim=d, keepdim=True) + a,
    lambda L, a, b, d: (a - a.mean(d, True)) / (a.std(d, keepdim=True) + 1),
]  # fmt: skip


def program(library: Any, seed: int, x: Any, y: Any) -> Any:
    """A scalar computed by six random steps, each from two random values of those before."""
    rng = np.random.default_rng(seed)
    values = [x, y]
    for _ in range(6):
        a, b = (values[rng.integers(len(values))] for _ in range(2))
        values.append(STEPS[rng.integers(len(STEPS))](library, a, b, int(rng.integers(-2, 2))))
    return (0.1 * values[-1] + 0.01 * values[-2] + 0.001 * values[-3]).tanh().sum()


def run(library: Any, seed: int) -> tuple[float, list, list]:
    """The value, the gradients, and the gradients of the sum of squares of the gradients."""
    rng = np.random.default_rng(seed)
    leaves = [library.tensor(rng.normal(size=(3, 4)), requires_grad=True) for _ in range(2)]
    value = program(library, seed, *leaves)
    grad = library.autograd.grad
    first = grad(value, leaves, create_graph=True, allow_unused=True)
    live = [g for g in first if g is not None and g.requires_grad]
    total = sum(((g * g).sum() for g in live), 0 * value)
    second = grad(total, leaves, allow_unused=True)
    return value.item(), *([np.zeros((3, 4)) if g is None else g.detach().numpy() for g in gs] for gs in (first, second))


def agree(found: np.ndarray, wanted: np.ndarray) -> bool:
    """Where torch has NaN (the second derivative of std at 0, say) another answer may be right."""
    known = np.isfinite(wanted)
    scale = np.abs(wanted[known]).max(initial=1.0)
    return bool(np.allclose(found[known], wanted[known], rtol=1e-6, atol=1e-8 * scale))


@pytest.mark.parametrize("seed", range(150))
def test_a_random_program_agrees_with_torch(seed: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value, first, second = run(torch, seed)
        found = run(autograd, seed)
    assert np.isclose(found[0], value, rtol=1e-9, equal_nan=True)
    for got, wanted in zip([*found[1], *found[2]], [*first, *second], strict=True):
        assert agree(got, wanted)
