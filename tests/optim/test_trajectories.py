"""Every elementwise optimizer, under every option, goes where PyTorch's goes."""

import numpy as np
import pytest

import autograd
import optim

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

STEPS = 30
MOMENTUM = {"lr": 0.02, "momentum": 0.9}
BIG_EPS = {"lr": 0.02, "eps": 0.3}  # large enough to show where eps is added
CASES = {
    "SGD": [
        {"lr": 0.02},
        {"lr": 0.02, "weight_decay": 0.1},
        {"lr": 0.02, "maximize": True, "weight_decay": 0.1},
        MOMENTUM,
        {**MOMENTUM, "dampening": 0.3},
        {**MOMENTUM, "nesterov": True},
        {**MOMENTUM, "nesterov": True, "weight_decay": 0.1, "maximize": True},
        {**MOMENTUM, "foreach": True},
    ],
    "Adam": [
        {},
        BIG_EPS,
        {"lr": 0.02, "betas": (0.5, 0.9), "weight_decay": 0.1},
        {"lr": 0.02, "amsgrad": True},
        {**BIG_EPS, "amsgrad": True, "weight_decay": 0.1, "maximize": True},
        {"lr": 0.02, "weight_decay": 0.1, "decoupled_weight_decay": True},
        {"lr": 0.02, "foreach": True},
        {"lr": 0.02, "fused": True},
    ],
    "AdamW": [{}, BIG_EPS, {"lr": 0.02, "weight_decay": 0.5, "amsgrad": True, "maximize": True}],
    "Adamax": [
        {},
        BIG_EPS,
        {"lr": 0.02, "betas": (0.5, 0.9), "weight_decay": 0.1},
        {"lr": 0.02, "maximize": True, "foreach": True},
    ],
    "NAdam": [
        {},
        BIG_EPS,
        {"lr": 0.02, "betas": (0.5, 0.9), "weight_decay": 0.1, "momentum_decay": 0.1},
        {"lr": 0.02, "weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True},
    ],
    "RAdam": [
        {},
        BIG_EPS,
        {"lr": 0.02, "betas": (0.5, 0.9), "weight_decay": 0.1},
        {"lr": 0.02, "betas": (0.5, 0.6)},  # never rectified
        {"lr": 0.02, "weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True},
    ],
    "Adagrad": [
        {},
        BIG_EPS,
        {"lr": 0.1, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5},
        {"lr": 0.1, "maximize": True},
    ],
    "Adadelta": [
        {},
        {"lr": 0.5, "rho": 0.5, "eps": 0.3},
        {"lr": 0.5, "weight_decay": 0.1, "maximize": True},
    ],
    "RMSprop": [
        {},
        BIG_EPS,
        {**BIG_EPS, "alpha": 0.5, "centered": True},
        {**BIG_EPS, "momentum": 0.9, "weight_decay": 0.1},
        {**BIG_EPS, "momentum": 0.9, "centered": True, "maximize": True},
    ],
    "Rprop": [
        {},
        {"lr": 0.1, "etas": (0.3, 1.5), "step_sizes": (0.05, 0.2)},
        {"lr": 0.1, "maximize": True},
    ],
    "ASGD": [
        {},
        {"lr": 0.05, "lambd": 0.1, "alpha": 0.5, "t0": 5},
        {"lr": 0.05, "t0": 10, "weight_decay": 0.1, "maximize": True},
    ],
}
SHAPES = [(3, 4), (4,), (), (2, 1, 3)]


def start(dtype):
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape).astype(dtype) for shape in SHAPES]


def gradient(w, k, step):
    """The gradient of a bowl that is different in each element, of a size that changes from step to step."""
    curve = np.linspace(0.2, 3, w.size).reshape(w.shape) * (1 + k)
    return np.asarray((curve * (w - 0.3 * k) + 0.5 * np.sin(step + k)).astype(w.dtype))


def assert_close(mine, other, dtype):
    # float32 may differ by its rounding in each of the steps; a slip in a formula differs by far more than that
    rtol, atol = (1e-12, 1e-14) if dtype == "float64" else (5e-5, 2e-6)
    np.testing.assert_allclose(np.asarray(mine), np.asarray(other), rtol=rtol, atol=atol)


def both(name, options, dtype):
    mine = [autograd.from_numpy(a.copy()).requires_grad_() for a in start(dtype)]
    other = [torch.tensor(a, requires_grad=True) for a in start(dtype)]
    return mine, other, getattr(optim, name)(mine, **options), getattr(torch.optim, name)(other, **options)


def advance(mine, other, step):
    for k, (p, q) in enumerate(zip(mine, other, strict=True)):
        p.grad = autograd.from_numpy(gradient(p.detach().numpy(), k, step))
        q.grad = torch.tensor(gradient(q.detach().numpy(), k, step))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize(("name", "options"), [(name, o) for name, sets in CASES.items() for o in sets])
def test_thirty_steps_equal_torchs(name, options, dtype):
    mine, other, opt, reference = both(name, options, dtype)
    for step in range(STEPS):
        advance(mine, other, step)
        opt.step()
        reference.step()
        for p, q in zip(mine, other, strict=True):
            assert_close(p.detach(), q.detach(), dtype)
    theirs = reference.state_dict()
    ours = opt.state_dict()
    assert ours["state"].keys() == theirs["state"].keys()
    for k in theirs["state"]:
        assert list(ours["state"][k]) == list(theirs["state"][k])
        for key, value in theirs["state"][k].items():
            mine_value = ours["state"][k][key]
            assert str(mine_value.dtype) == str(value.dtype).removeprefix("torch."), key
            assert tuple(mine_value.shape) == tuple(value.shape)
            assert_close(mine_value, value, dtype)


@pytest.mark.parametrize("name", CASES)
def test_a_late_first_gradient_begins_from_the_options_of_its_time(name):
    mine, other, opt, reference = both(name, {"lr": 0.02}, "float64")
    for step in range(10):
        advance(mine, other, step)
        if step < 5:
            mine[1].grad = other[1].grad = None
        for o in (opt, reference):
            o.param_groups[0]["lr"] = 0.02 / (1 + step)
            o.step()
        for p, q in zip(mine, other, strict=True):
            assert_close(p.detach(), q.detach(), "float64")
