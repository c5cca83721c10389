"""Third derivatives of every elementwise primitive: of the second derivative by central differences."""

import numpy as np
import pytest

import autograd.special  # noqa: F401 - for its primitives
from autograd import tensor
from autograd.autograd import grad
from autograd.core.primitive import REGISTRY
from tests.sampling import domains

CASES = [
    (p, k, options)
    for p in REGISTRY.values()
    if p.elementwise and p.differentiable and p.name != "where"  # linear, and its condition is no number
    for k in range(len(p.inputs))
    for options in ([o for _, o in p.cases] if p.options else [{}])
]


def derivative(p, arrays, k, options, order):
    x = tensor(arrays[k], requires_grad=True)
    y = p.call((*map(tensor, arrays[:k]), x, *map(tensor, arrays[k + 1 :])), options)
    for _ in range(order):
        if not y.requires_grad:
            return np.zeros_like(arrays[k])
        (y,) = grad(y.sum(), x, create_graph=True, allow_unused=True)
        if y is None:
            return np.zeros_like(arrays[k])
    return y.detach().numpy()


@pytest.mark.parametrize(("p", "k", "options"), CASES, ids=[f"{p.name}-{p.inputs[k]}-{o}" for p, k, o in CASES])
def test_third_order(p, k, options):
    rng = np.random.default_rng(0)
    arrays = [rng.uniform(low, high, 5) for low, high in domains(p)]

    def slope(h):
        up, down = ([*arrays[:k], arrays[k] + s * h, *arrays[k + 1 :]] for s in (1, -1))
        return (derivative(p, up, k, options, 2) - derivative(p, down, k, options, 2)) / (2 * h)

    expected = (4 * slope(5e-5) - slope(1e-4)) / 3
    found = derivative(p, arrays, k, options, 3)
    assert np.abs(found - expected).max() < 1e-6 * (np.abs(expected).max() + 1e-3)
