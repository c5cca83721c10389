"""LBFGS goes where PyTorch's goes; Muon does up to the precision in which PyTorch orthogonalizes."""

import copy
import math

import numpy as np
import pytest

import autograd
import optim
from optim.line_search import Point, cubic_minimum, strong_wolfe
from optim.muon import orthogonalized

START = np.array([-1.2, 1.0, 0.5, 2.0, -0.3])


def rosenbrock(x):
    a, b = x[:-1], x[1:]
    return ((1 - a) * (1 - a) + 100 * (b - a * a) * (b - a * a)).sum()


def minimize(library, module, steps, **options):
    head = library.from_numpy(START[:2].copy()).requires_grad_()
    tail = library.from_numpy(START[2:].copy()).requires_grad_()
    opt = module.LBFGS([head, tail], **options)

    def closure():
        opt.zero_grad()
        loss = rosenbrock(library.cat([head, tail]))
        loss.backward()
        return loss

    rows = []
    for _ in range(steps):
        loss = float(opt.step(closure).detach())
        state = opt.state[head]
        rows.append([loss, *head.detach().tolist(), *tail.detach().tolist(), state["func_evals"], state["n_iter"]])
    return np.array(rows), opt, closure


LBFGS_OPTIONS = [
    {"line_search_fn": "strong_wolfe"},
    {"line_search_fn": "strong_wolfe", "history_size": 3, "max_iter": 7},
    {"line_search_fn": "strong_wolfe", "max_iter": 50, "max_eval": 8},
    {"line_search_fn": "strong_wolfe", "lr": 0.1, "tolerance_grad": 1e-2},
    {"line_search_fn": "strong_wolfe", "lr": 50.0, "max_iter": 4},
    {"lr": 1e-3},
    {"lr": 1e-3, "max_iter": 3, "tolerance_change": 1e-2},
]


@pytest.mark.torch
@pytest.mark.parametrize("options", LBFGS_OPTIONS)
def test_lbfgs_equals_torchs(options):
    torch = pytest.importorskip("torch")
    mine, opt, _ = minimize(autograd, optim, 8, **options)
    theirs, reference, _ = minimize(torch, torch.optim, 8, **options)
    np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-11)
    saved, expected = opt.state_dict()["state"][0], reference.state_dict()["state"][0]
    assert saved.keys() == expected.keys() - {"al"}
    assert len(saved["old_dirs"]) == len(expected["old_dirs"])


def test_lbfgs_resumes_from_its_state():
    _, opt, closure = minimize(autograd, optim, 1, line_search_fn="strong_wolfe", max_iter=6)
    params = [p.detach().clone().requires_grad_() for p in opt.param_groups[0]["params"]]
    other = optim.LBFGS(params, line_search_fn="strong_wolfe", max_iter=6)
    other.load_state_dict(copy.deepcopy(opt.state_dict()))

    def again():
        other.zero_grad()
        loss = rosenbrock(autograd.cat(params))
        loss.backward()
        return loss

    assert opt.step(closure).item() == other.step(again).item()
    assert [p.tolist() for p in params] == [p.tolist() for p in opt.param_groups[0]["params"]]


def test_lbfgs_stops_at_once_at_the_minimum_and_ignores_what_has_no_gradient():
    x, unused = autograd.ones(2, requires_grad=True), autograd.ones(3, requires_grad=True)
    opt = optim.LBFGS([x, unused])

    def closure():
        opt.zero_grad()
        loss = ((x - 1) * (x - 1)).sum()
        loss.backward()
        return loss

    assert opt.step(closure).item() == 0
    assert opt.state[x] == {"func_evals": 1, "n_iter": 0}
    with autograd.no_grad():
        x.fill_(3.0)
    opt.step(closure)
    assert unused.tolist() == [1.0] * 3


def along(function, slope):
    return lambda t: Point(t, function(t), None, slope(t))


@pytest.mark.parametrize("first", [1e-3, 0.5, 2.0, 40.0])
def test_the_line_search_satisfies_the_wolfe_conditions(first):
    evaluate = along(lambda t: math.cos(t) + 0.01 * t * t, lambda t: -math.sin(t) + 0.02 * t - 1e-3)
    origin = evaluate(0.0)
    point, evaluations = strong_wolfe(evaluate, origin, first, 1.0)
    assert point.loss <= origin.loss + 1e-4 * point.t * origin.slope
    assert abs(point.slope) <= 0.9 * abs(origin.slope) or evaluations > 1
    assert evaluations <= 26


def test_the_line_search_turns_back_from_what_is_not_finite():
    evaluate = along(lambda t: (t - 1) ** 2 if t < 2 else math.nan, lambda t: 2 * (t - 1) if t < 2 else math.nan)
    point, _ = strong_wolfe(evaluate, evaluate(0.0), 10.0, 1.0)
    assert point.loss < 1


def test_the_minimum_of_a_cubic():
    evaluate = along(lambda t: t**3 - 3 * t, lambda t: 3 * t * t - 3)
    assert cubic_minimum(evaluate(0.0), evaluate(3.0)) == pytest.approx(1.0)
    assert cubic_minimum(evaluate(3.0), evaluate(0.0)) == pytest.approx(1.0)
    assert cubic_minimum(evaluate(0.0), evaluate(3.0), bounds=(1.5, 2.0)) == 1.5


def test_orthogonalized_matrices_are_nearly_so():
    matrix = np.random.default_rng(0).standard_normal((5, 8))
    coefficients = 3.4445, -4.7750, 2.0315
    for x in (matrix, matrix.T):
        values = np.linalg.svd(orthogonalized(x, coefficients, 5, 1e-7), compute_uv=False)
        assert np.all((0.6 < values) & (values < 1.3))
    u, _, vt = np.linalg.svd(matrix, full_matrices=False)
    np.testing.assert_allclose(orthogonalized(matrix, (1.5, -0.5, 0.0), 40, 1e-7), u @ vt, atol=1e-10)


@pytest.mark.torch
@pytest.mark.parametrize(
    "options",
    [
        {"lr": 0.02},
        {"lr": 0.02, "nesterov": False, "momentum": 0.5, "weight_decay": 0.0},
        {"lr": 0.02, "adjust_lr_fn": "match_rms_adamw", "ns_steps": 3},
        {"lr": 0.02, "adjust_lr_fn": "original", "ns_coefficients": (2.0, -1.5, 0.5)},
    ],
)
@pytest.mark.parametrize("shape", [(6, 4), (4, 6)])
def test_muon_equals_torchs_up_to_bfloat16(options, shape):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    start = rng.standard_normal(shape)
    mine, theirs = autograd.from_numpy(start.copy()).requires_grad_(), torch.tensor(start, requires_grad=True)
    opt, reference = optim.Muon([mine], **options), torch.optim.Muon([theirs], **options)
    for _ in range(10):
        g = rng.standard_normal(shape)
        mine.grad, theirs.grad = autograd.from_numpy(g), torch.tensor(g)
        opt.step()
        reference.step()
    np.testing.assert_allclose(
        np.asarray(opt.state[mine]["momentum_buffer"]), reference.state[theirs]["momentum_buffer"].numpy(), rtol=1e-12
    )
    moved = np.abs(theirs.detach().numpy() - start).max()
    assert np.abs(np.asarray(mine.detach()) - theirs.detach().numpy()).max() < 0.03 * moved
