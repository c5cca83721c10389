"""Random nests of vmap, grad, Jacobians and Hessians agree with torch.func."""

import warnings

import numpy as np
import pytest

import autograd
from autograd import func

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")


def functions(lib):
    return [
        lambda a: lib.sin(a) * a.sum(),
        lambda a: (a * a).cumsum(-1),
        lambda a: lib.softmax(a, -1),
        lambda a: lib.outer(a.flatten()[:2], a.flatten()[-2:]),
        lambda a: a.reshape(-1)[[0, -1, 0]] * a.mean(),
        lambda a: lib.where(a > 0.5, a * a, a.exp()),
        lambda a: lib.cat([a.flatten(), a.flatten() * 2]),
        lambda a: a.max() * a,
        lambda a: lib.stack([a, a * a]).transpose(0, -1),
        lambda a: a.prod() * a.tanh(),
        lambda a: lib.linalg.norm(a) * a,
        lambda a: (a.unsqueeze(0) * a.unsqueeze(-1)).sum(0),
    ]


def transforms(f):
    """The transforms of a library, each as a function of a function."""
    return [
        f.vmap,
        lambda g: f.vmap(g, in_dims=-1, out_dims=-1),
        f.jacrev,
        f.jacfwd,
        lambda g: f.grad(lambda a: g(a).sum()),
        lambda g: f.hessian(lambda a: g(a).sum()),
    ]


@pytest.mark.parametrize("seed", range(40))
def test_a_random_nest(seed):
    rng = np.random.default_rng(seed)
    mine, theirs = functions(autograd), functions(torch)
    k = rng.integers(len(mine))
    f, g = mine[k], theirs[k]
    for j in rng.integers(0, 6, rng.integers(1, 4)):
        f, g = transforms(func)[j](f), transforms(torch.func)[j](g)
    x = rng.uniform(0.1, 1.3, tuple(int(n) for n in rng.integers(2, 4, rng.integers(1, 4))))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what torch falls back to
        try:
            want = g(torch.tensor(x)).numpy()
        except (RuntimeError, ValueError, IndexError):
            pytest.skip("torch does not nest these, as where there is no dimension left to map over")
    got = f(autograd.tensor(x)).numpy()
    assert got.shape == want.shape
    np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e-9)
