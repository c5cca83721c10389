"""All optimizers reach the minimum of a parabola and of Rosenbrock's function."""

import numpy as np
import pytest

import autograd
import optim

SETTINGS = {  # options and steps: for the parabola, for Rosenbrock's function
    "SGD": (({"lr": 0.1}, 200), ({"lr": 1e-3, "momentum": 0.9}, 4000)),
    "Adam": (({"lr": 0.1}, 400), ({"lr": 0.05}, 2000)),
    "AdamW": (({"lr": 0.1, "weight_decay": 0}, 400), ({"lr": 0.05, "weight_decay": 0}, 2000)),
    "Adamax": (({"lr": 0.2}, 400), ({"lr": 0.05, "betas": (0.9, 0.99)}, 1000)),
    "NAdam": (({"lr": 0.1}, 400), ({"lr": 2e-3, "betas": (0.9, 0.9)}, 4000)),
    "RAdam": (({"lr": 0.1}, 400), ({"lr": 4e-3, "betas": (0.9, 0.9)}, 1000)),
    "Adagrad": (({"lr": 1.0}, 400), ({"lr": 1.3}, 7000)),
    "Adadelta": (({"lr": 20.0}, 400), ({"lr": 1.0, "eps": 1e-9, "rho": 0.8}, 11000)),
    "RMSprop": (({"lr": 0.01, "momentum": 0.9, "eps": 1.0}, 400), ({"lr": 1e-3, "momentum": 0.9, "eps": 1.0}, 4000)),
    "Rprop": (({}, 200), ({"step_sizes": (1e-9, 50)}, 4000)),
    "ASGD": (({"lr": 0.1, "lambd": 0.0}, 200), ({"lr": 2e-3, "lambd": 0.0}, 9000)),
    "LBFGS": (({"line_search_fn": "strong_wolfe"}, 3), ({"line_search_fn": "strong_wolfe"}, 5)),
}
CLOSE = 5e-3


def parabola(x):
    loss = ((x - 3) * (x - 3) * autograd.tensor([1.0, 2.0], dtype=autograd.float64)).sum()
    loss.backward()
    return loss


def rosenbrock(x):
    a, b = np.asarray(x.detach())  # with its gradient by hand: thousands of steps are taken
    x.grad = autograd.from_numpy(np.array([2 * (a - 1) - 400 * a * (b - a * a), 200 * (b - a * a)]))
    return (1 - a) ** 2 + 100 * (b - a * a) ** 2


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize(("which", "function", "minimum"), [(0, parabola, 3.0), (1, rosenbrock, 1.0)])
def test_reaches_the_minimum(name, which, function, minimum):
    options, steps = SETTINGS[name][which]
    x = autograd.tensor([-1.2, 1.0], dtype=autograd.float64, requires_grad=True)
    opt = getattr(optim, name)([x], **options)

    def closure():
        opt.zero_grad()
        return function(x)

    for _ in range(steps):
        opt.step(closure)
        if np.abs(np.asarray(x.detach()) - minimum).max() < CLOSE:
            break
    np.testing.assert_allclose(np.asarray(x.detach()), minimum, atol=CLOSE)


def test_muon_reaches_the_nearest_matrix():
    target = np.random.default_rng(0).standard_normal((4, 6))
    w = autograd.from_numpy(np.zeros((4, 6))).requires_grad_()
    opt = optim.Muon([w], lr=0.2, weight_decay=0.0)
    for step in range(300):
        opt.param_groups[0]["lr"] = 0.2 * 0.97**step
        opt.zero_grad()
        difference = w - autograd.from_numpy(target)
        (difference * difference).sum().backward()
        opt.step()
    np.testing.assert_allclose(np.asarray(w.detach()), target, atol=1e-2)
