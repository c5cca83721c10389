"""Hyperparameters of every optimizer, groups and flags: taken or refused as in PyTorch, with the same class of error."""

import inspect
import math

import pytest

import autograd
import nn
import optim
from autograd.errors import GradloomError

torch = pytest.importorskip("torch")

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]

NAMES = [n for n, c in vars(torch.optim).items() if isinstance(c, type) and n != "Optimizer" and hasattr(optim, n)]
# On a CPU torch refuses capturable=True, which a program for a GPU may well have; here it is taken and changes nothing.
FLAGS = (
    "maximize",
    "foreach",
    "differentiable",
    "fused",
    "nesterov",
    "amsgrad",
    "centered",
    "decoupled_weight_decay",
)


def outcome(library, layers, optimizers, name, make=None, **settings):
    """The weights after three steps, and the settings of the groups; or the error."""
    try:
        parameters = [layers.Parameter(library.tensor([[1.0, -2.0], [0.5, 3.0]]))]
        settings = {k: library.tensor(v[1]) if isinstance(v, tuple) and v[0] == "tensor" else v for k, v in settings.items()}
        given = make(library, layers, parameters) if make else parameters
        optimizer = getattr(optimizers, name)(given, **settings)
        flat = [p for group in optimizer.param_groups for p in group["params"]]

        def closure():
            optimizer.zero_grad()
            loss = sum(((p * p) * 0.5 + p).sum() for p in flat)
            loss.backward()
            return loss

        if settings.get("differentiable"):
            return None, [sorted(group) for group in optimizer.param_groups]
        for _ in range(3):
            optimizer.step(closure)
        weights = [round(float(v), 4) for p in flat for v in p.detach().flatten()]
        groups = [
            {k: float(v) if hasattr(v, "item") else v for k, v in g.items() if k != "params"} for g in optimizer.param_groups
        ]
        return weights, groups
    except Exception as error:
        return error


def agree(name, make=None, **settings):
    wanted = outcome(torch, torch.nn, torch.optim, name, make, **settings)
    found = outcome(autograd, nn, optim, name, make, **settings)
    if isinstance(wanted, Exception):
        assert isinstance(found, GradloomError), f"{settings}: {found!r}, torch {wanted!r}"
        assert isinstance(found, type(wanted)) or isinstance(wanted, AssertionError), f"{settings}: {found!r}, torch {wanted!r}"
    else:
        assert not isinstance(found, Exception), f"{settings}: {found!r}, torch gives {wanted}"
        if wanted[0] and name != "Muon":  # whose weights torch computes in bfloat16
            assert found[0] == pytest.approx(wanted[0], rel=1e-4, abs=2e-4, nan_ok=True), settings
        assert found[1] == wanted[1], settings


def numbers(name):
    parameters = inspect.signature(getattr(torch.optim, name)).parameters
    return {k: p.default for k, p in parameters.items() if k != "params" and k not in (*FLAGS, "capturable")}


@pytest.mark.parametrize("name", NAMES)
def test_numbers(name):
    for key, default in numbers(name).items():
        if isinstance(default, tuple):
            wrong = [
                (-0.1, default[1]),
                (default[0], -0.1),
                (default[0], 1.0),
                (1.0, default[1]),
                (2.0, 3.0),
                (default[1], default[0]),
            ]
        else:
            wrong = [
                -1.0,
                -1e-9,
                0.0,
                0,
                1.0,
                2,
                math.inf,
                *[("tensor", 0.01), ("tensor", [0.01]), ("tensor", -1.0)] * (key == "lr"),
            ]
        for value in wrong:
            if key in ("history_size", "max_iter", "max_eval", "line_search_fn", "ns_steps", "adjust_lr_fn", "ns_coefficients"):
                continue
            agree(name, **{key: value})


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("flag", FLAGS)
def test_flags(name, flag):
    known = inspect.signature(getattr(torch.optim, name)).parameters
    if flag in known:
        for value in (True, False, *[None] * (flag != "differentiable")):
            agree(name, **{flag: value})
        if "fused" in known:
            agree(name, foreach=True, fused=True)


@pytest.mark.parametrize("name", NAMES)
def test_capturable_is_taken(name):
    if "capturable" in inspect.signature(getattr(torch.optim, name)).parameters:
        found = outcome(autograd, nn, optim, name, capturable=True)
        plain = outcome(autograd, nn, optim, name)
        assert found[0] == plain[0]
        assert found[1][0]["capturable"] is True


GROUPS = {
    "a list": lambda lib, nn, p: p,
    "an iterator": lambda lib, nn, p: iter(p),
    "a tensor": lambda lib, nn, p: p[0],
    "nothing": lambda lib, nn, p: [],
    "numbers": lambda lib, nn, p: [1.0],
    "a set": lambda lib, nn, p: set(p),
    "names": lambda lib, nn, p: [("w", p[0])],
    "some names": lambda lib, nn, p: [("w", p[0]), nn.Parameter(lib.ones(1))],
    "no leaf": lambda lib, nn, p: [p[0] * 2],
    "groups": lambda lib, nn, p: [{"params": p, "lr": 0.5}, {"params": [nn.Parameter(lib.ones(2))]}],
    "a group of a tensor": lambda lib, nn, p: [{"params": p[0]}],
    "a group of a set": lambda lib, nn, p: [{"params": set(p)}],
    "one in two groups": lambda lib, nn, p: [{"params": p}, {"params": p}],
    "a group without parameters": lambda lib, nn, p: [{"lr": 1.0}],
    "groups with names": lambda lib, nn, p: [{"params": [("w", p[0])]}],
    "some groups with names": lambda lib, nn, p: [{"params": [("w", p[0])]}, {"params": [nn.Parameter(lib.ones(1))]}],
    "an unknown setting": lambda lib, nn, p: [{"params": p, "colour": "red"}],
    "a generator": lambda lib, nn, p: (q for q in p),
    "a dictionary": lambda lib, nn, p: {"params": p},
    "text": lambda lib, nn, p: "weights",
    "None": lambda lib, nn, p: None,
}


@pytest.mark.parametrize("what", GROUPS)
@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop", "LBFGS"])
def test_groups(name, what):
    agree(name, GROUPS[what], **({} if name == "LBFGS" else {"lr": 0.1}))
