"""Schedulers give PyTorch's sequences, also after a round trip through `state_dict`, and refuse what it refuses."""

import math
import warnings

import numpy as np
import pytest

import autograd
import optim
from optim import lr_scheduler

STEPS = 200


class Halving:
    """A callable with state, as `lr_lambda` may be."""

    def __init__(self):
        self.calls = 0

    def __call__(self, epoch):
        self.calls += 1
        return 0.99


CASES = {
    "StepLR": [{"step_size": 7}, {"step_size": 30, "gamma": 0.5}],
    "MultiStepLR": [{"milestones": [3, 50, 50, 120], "gamma": 0.5}],
    "ConstantLR": [{}, {"factor": 0.2, "total_iters": 40}],
    "LinearLR": [{}, {"start_factor": 0.1, "end_factor": 0.5, "total_iters": 60}],
    "ExponentialLR": [{"gamma": 0.97}],
    "PolynomialLR": [{}, {"total_iters": 150, "power": 2.0}],
    "CosineAnnealingLR": [{"T_max": 50}, {"T_max": 200, "eta_min": 0.01}, {"T_max": 33, "eta_min": 0.02}],
    "CosineAnnealingWarmRestarts": [{"T_0": 10}, {"T_0": 5, "T_mult": 2, "eta_min": 0.01}],
    "CyclicLR": [
        {"base_lr": 0.01, "max_lr": 0.3, "step_size_up": 13},
        {"base_lr": [0.01, 0.02], "max_lr": [0.3, 0.4], "step_size_up": 10, "step_size_down": 25, "mode": "triangular2"},
        {"base_lr": 0.01, "max_lr": 0.3, "step_size_up": 20, "mode": "exp_range", "gamma": 0.99, "cycle_momentum": False},
        {"base_lr": 0.01, "max_lr": 0.3, "step_size_up": 9, "scale_fn": lambda x: 1 / (1 + x), "scale_mode": "iterations"},
    ],
    "OneCycleLR": [
        {"max_lr": 0.5, "total_steps": 200},
        {"max_lr": [0.5, 0.6], "epochs": 20, "steps_per_epoch": 10, "anneal_strategy": "linear", "pct_start": 0.25},
        {"max_lr": 0.5, "total_steps": 200, "three_phase": True, "final_div_factor": 50.0, "cycle_momentum": False},
    ],
    "LambdaLR": [{"lr_lambda": lambda epoch: 0.95**epoch}, {"lr_lambda": [lambda e: 1 / (1 + e), lambda e: 0.5 + e]}],
    "MultiplicativeLR": [{"lr_lambda": lambda epoch: 0.98 if epoch % 3 else 1.01}],
}
EACH = [(name, options) for name, sets in CASES.items() for options in sets]


def optimizer(library, name="SGD"):
    a, b = library.zeros(2, requires_grad=True), library.zeros(3, requires_grad=True)
    extra = {"momentum": 0.9} if name == "SGD" else {}
    module = optim if library is autograd else library.optim
    return getattr(module, name)([{"params": [a]}, {"params": [b], "lr": 0.05}], lr=0.1, **extra)


def state_of(opt):
    names = "lr", "momentum", "betas"
    return np.array([np.ravel(group[n])[0] for group in opt.param_groups for n in names if n in group])


def follow(opt, scheduler, steps):
    found = []
    for _ in range(steps):
        opt.step()
        scheduler.step()
        found.append([*state_of(opt), *scheduler.get_last_lr()])
    return found


def assert_same(mine, theirs):
    np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-15)


@pytest.mark.torch
@pytest.mark.parametrize("rule", ["SGD", "Adam"])
@pytest.mark.parametrize(("name", "options"), EACH)
def test_two_hundred_steps_equal_torchs(name, options, rule):
    torch = pytest.importorskip("torch")
    mine, theirs = optimizer(autograd, rule), optimizer(torch, rule)
    schedule = getattr(lr_scheduler, name)(mine, **options)
    reference = getattr(torch.optim.lr_scheduler, name)(theirs, **options)
    assert_same(state_of(mine), state_of(theirs))
    assert_same(follow(mine, schedule, STEPS), follow(theirs, reference, STEPS))
    saved, expected = schedule.state_dict(), reference.state_dict()
    for key in ("last_epoch", "_step_count", "base_lrs", "_last_lr"):
        assert np.allclose(saved[key], expected[key], rtol=1e-12)


@pytest.mark.parametrize(("name", "options"), EACH)
def test_state_dict_resumes_in_the_middle(name, options):
    straight = optimizer(autograd)
    whole = follow(straight, getattr(lr_scheduler, name)(straight, **options), STEPS)
    first = optimizer(autograd)
    schedule = getattr(lr_scheduler, name)(first, **options)
    begun = follow(first, schedule, 77)
    second = optimizer(autograd)
    again = getattr(lr_scheduler, name)(second, **options)
    again.load_state_dict(schedule.state_dict())
    second.load_state_dict(first.state_dict())
    assert begun + follow(second, again, STEPS - 77) == whole


@pytest.mark.torch
@pytest.mark.parametrize("last_epoch", [0, 1, 4, 6, 59])
@pytest.mark.parametrize(("name", "options"), [(n, o) for n, o in EACH if n != "CosineAnnealingWarmRestarts"])
def test_resuming_by_last_epoch_equals_torchs(name, options, last_epoch):
    torch = pytest.importorskip("torch")
    found = []
    for library, module in ((autograd, lr_scheduler), (torch, torch.optim.lr_scheduler)):
        opt = optimizer(library)
        for group in opt.param_groups:
            group.update(initial_lr=group["lr"], max_lr=0.5, min_lr=0.001, max_momentum=0.95, base_momentum=0.85)
        opt.step()
        found.append(follow(opt, getattr(module, name)(opt, last_epoch=last_epoch, **options), 20))
    assert_same(*found)


@pytest.mark.torch
@pytest.mark.parametrize(("name", "options"), [(n, o) for n, o in EACH if n not in ("CyclicLR", "OneCycleLR")])
def test_steps_to_a_given_epoch_equal_torchs(name, options):
    torch = pytest.importorskip("torch")
    found = []
    for library, module in ((autograd, lr_scheduler), (torch, torch.optim.lr_scheduler)):
        opt = optimizer(library)
        scheduler = getattr(module, name)(opt, **options)
        opt.step()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rates = []
            for epoch in (3, 10, 5, 40, 120):
                scheduler.step(epoch)
                rates.append(list(scheduler.get_last_lr()))
        found.append(rates)
    assert_same(*found)


def composed(module, opt, kind):
    if kind == "sequential":
        warm = module.LinearLR(opt, start_factor=0.1, total_iters=20)
        return module.SequentialLR(
            opt, [warm, module.CosineAnnealingLR(opt, T_max=60), module.ExponentialLR(opt, gamma=0.9)], [20, 90]
        )
    if kind == "chained":
        return module.ChainedScheduler(
            [module.ConstantLR(opt, factor=0.1, total_iters=30), module.ExponentialLR(opt, gamma=0.95)]
        )
    inner = module.SequentialLR(opt, [module.StepLR(opt, 3), module.LinearLR(opt, 0.5, total_iters=9)], [12])
    return module.ChainedScheduler([inner, module.ExponentialLR(opt, gamma=0.99)])


@pytest.mark.torch
@pytest.mark.parametrize("kind", ["sequential", "chained", "nested"])
def test_composed_schedulers_equal_torchs(kind):
    torch = pytest.importorskip("torch")
    mine, theirs = optimizer(autograd), optimizer(torch)
    schedule = composed(lr_scheduler, mine, kind)
    reference = composed(torch.optim.lr_scheduler, theirs, kind)
    assert_same(state_of(mine), state_of(theirs))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the steps that composing takes before the optimizer's first
        assert_same(follow(mine, schedule, 85), follow(theirs, reference, 85))
        again = optimizer(autograd)
        resumed = composed(lr_scheduler, again, kind)
        resumed.load_state_dict(schedule.state_dict())
        again.load_state_dict(mine.state_dict())
        assert follow(again, resumed, 60) == follow(mine, schedule, 60)


def test_a_sequence_may_hold_what_is_composed():
    opt = optimizer(autograd)
    chained = lr_scheduler.ChainedScheduler([lr_scheduler.StepLR(opt, 2), lr_scheduler.LinearLR(opt, 0.5, total_iters=2)])
    inner = lr_scheduler.SequentialLR(opt, [lr_scheduler.ConstantLR(opt, 0.3, 100), chained], milestones=[2])
    scheduler = lr_scheduler.SequentialLR(opt, [lr_scheduler.ConstantLR(opt, 0.2, 100), inner], milestones=[1])
    rates = [scheduler.get_last_lr()[0]] + [r[-2] for r in follow(opt, scheduler, 5)]
    np.testing.assert_allclose(rates, [0.02, 0.03, 0.03, 0.05, 0.075, 0.01])


PLATEAU = [
    {},
    {"mode": "max", "factor": 0.5, "patience": 3},
    {"patience": 2, "cooldown": 4, "threshold": 0.05, "min_lr": 0.01},
    {"threshold_mode": "abs", "threshold": 0.1, "patience": 1, "min_lr": [0.02, 0.001]},
    {"mode": "max", "threshold_mode": "abs", "threshold": 0.1, "patience": 2, "eps": 1e-3},
]


def metric(epoch):
    return 1 / (1 + 0.1 * epoch) + 0.2 * math.sin(epoch)


@pytest.mark.torch
@pytest.mark.parametrize("options", PLATEAU)
def test_plateau_equals_torchs(options):
    torch = pytest.importorskip("torch")
    found = []
    for library, module in ((autograd, lr_scheduler), (torch, torch.optim.lr_scheduler)):
        opt = optimizer(library)
        scheduler = module.ReduceLROnPlateau(opt, **options)
        rates = []
        for epoch in range(STEPS):
            scheduler.step(metric(epoch))
            rates.append([*scheduler.get_last_lr(), scheduler.best, scheduler.num_bad_epochs])
        found.append(rates)
    assert_same(*found)


def test_plateau_resumes_and_takes_a_tensor():
    first = optimizer(autograd)
    scheduler = lr_scheduler.ReduceLROnPlateau(first, patience=3)
    for epoch in range(50):
        scheduler.step(autograd.tensor(metric(epoch)))
    second = optimizer(autograd)
    again = lr_scheduler.ReduceLROnPlateau(second, patience=9)
    again.load_state_dict(scheduler.state_dict())
    second.load_state_dict(first.state_dict())
    for epoch in range(50, 100):
        scheduler.step(metric(epoch))
        again.step(metric(epoch))
    assert scheduler.state_dict() == again.state_dict()


def test_plateau_follows_groups_that_are_added():
    opt = optimizer(autograd)
    one, each = lr_scheduler.ReduceLROnPlateau(opt, patience=0), lr_scheduler.ReduceLROnPlateau(opt, min_lr=[0.0, 0.0])
    opt.add_param_group({"params": autograd.zeros(1), "lr": 1.0})
    for loss in (1.0, 2.0):
        one.step(loss)
    np.testing.assert_allclose(one.get_last_lr(), [0.01, 0.005, 0.1])
    each.patience = 0
    each.step(1.0)
    with pytest.raises(RuntimeError, match="min_lrs"):
        each.step(2.0)


@pytest.mark.parametrize(("make", "last"), [(lr_scheduler.warmup_cosine, 0.5), (lr_scheduler.warmup_linear, 0.5)])
def test_warmup_rises_to_the_rate_and_falls_to_the_floor(make, last):
    opt = optimizer(autograd)
    scheduler = make(opt, warmup_steps=4, total_steps=20, floor=0.1)
    rates = [scheduler.get_last_lr()[0]] + [r[-2] for r in follow(opt, scheduler, 30)]
    np.testing.assert_allclose(rates[:5], 0.1 * np.array([0.2, 0.4, 0.6, 0.8, 1.0]))
    assert np.all(np.diff(rates[4:21]) < 0)
    np.testing.assert_allclose(rates[12], 0.1 * (0.1 + 0.9 * last))
    np.testing.assert_allclose(rates[20:], 0.01)


def test_callable_objects_are_saved_and_functions_are_not():
    opt = optimizer(autograd)
    scheduler = lr_scheduler.LambdaLR(opt, [Halving(), lambda epoch: 1.0])
    follow(opt, scheduler, 5)
    saved = scheduler.state_dict()
    assert saved["lr_lambdas"] == [{"calls": 6}, None]
    other = lr_scheduler.LambdaLR(opt, [Halving(), lambda epoch: 1.0])
    other.load_state_dict(saved)
    assert other.lr_lambdas[0].calls == 6
    assert "lr_lambdas" in saved  # what was saved can be loaded again
    cyclic, resumed = (lr_scheduler.CyclicLR(opt, 0.1, 0.2, scale_fn=Halving()) for _ in range(2))
    resumed.load_state_dict({**cyclic.state_dict(), "_scale_fn_custom": {"calls": 9}})
    assert resumed._scale_fn_custom.calls == 9


def test_a_rate_that_is_a_tensor_is_changed_in_place():
    rate = autograd.tensor(0.5)
    opt = optim.SGD([autograd.zeros(1, requires_grad=True)], lr=rate)
    scheduler = lr_scheduler.ExponentialLR(opt, gamma=0.5)
    opt.step()
    scheduler.step()
    assert opt.param_groups[0]["lr"] is rate
    assert rate.item() == 0.25


def test_stepping_before_the_optimizer_warns():
    scheduler = lr_scheduler.StepLR(optimizer(autograd), 2)
    with pytest.warns(UserWarning, match="call optimizer.step"):
        scheduler.step()
    with pytest.warns(UserWarning, match="get_last_lr"):
        scheduler.get_lr()


def test_own_schedulers_define_get_lr_as_in_torch():
    class Third(lr_scheduler.LRScheduler):
        def get_lr(self):
            return [base / 3 for base in self.base_lrs]

    opt = optimizer(autograd)
    assert Third(opt).get_last_lr() == [0.1 / 3, 0.05 / 3]


@pytest.mark.parametrize(
    ("error", "make"),
    [
        (TypeError, lambda o: lr_scheduler.StepLR(None, 1)),
        (KeyError, lambda o: lr_scheduler.StepLR(o, 1, last_epoch=3)),
        (ValueError, lambda o: lr_scheduler.ConstantLR(o, factor=2.0)),
        (ValueError, lambda o: lr_scheduler.LinearLR(o, start_factor=0)),
        (ValueError, lambda o: lr_scheduler.LinearLR(o, end_factor=-1)),
        (ValueError, lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, T_0=0)),
        (ValueError, lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, T_0=2, T_mult=0.5)),
        (ValueError, lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, T_0=2, eta_min="a")),
        (ValueError, lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, T_0=2).step(-1)),
        (ValueError, lambda o: lr_scheduler.OneCycleLR(o, 0.1)),
        (ValueError, lambda o: lr_scheduler.OneCycleLR(o, 0.1, total_steps=-3)),
        (ValueError, lambda o: lr_scheduler.OneCycleLR(o, 0.1, epochs=2, steps_per_epoch=0.5)),
        (ValueError, lambda o: lr_scheduler.OneCycleLR(o, 0.1, total_steps=5, pct_start=2.0)),
        (ValueError, lambda o: lr_scheduler.OneCycleLR(o, 0.1, total_steps=5, anneal_strategy="log")),
        (ValueError, lambda o: lr_scheduler.OneCycleLR(o, [0.1], total_steps=5)),
        (ValueError, lambda o: lr_scheduler.CyclicLR(o, 0.1, 0.2, mode="square")),
        (ValueError, lambda o: lr_scheduler.CyclicLR(optim.Adagrad([autograd.zeros(1)]), 0.1, 0.2)),
        (ValueError, lambda o: lr_scheduler.LambdaLR(o, [abs])),
        (TypeError, lambda o: lr_scheduler.MultiplicativeLR(o, 0.5)),
        (ValueError, lambda o: lr_scheduler.ReduceLROnPlateau(o, factor=1.0)),
        (ValueError, lambda o: lr_scheduler.ReduceLROnPlateau(o, mode="low")),
        (ValueError, lambda o: lr_scheduler.ReduceLROnPlateau(o, threshold_mode="low")),
        (ValueError, lambda o: lr_scheduler.ReduceLROnPlateau(o, min_lr=[0.1])),
        (TypeError, lambda o: lr_scheduler.ReduceLROnPlateau(None)),
        (ValueError, lambda o: lr_scheduler.SequentialLR(o, [], [])),
        (ValueError, lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.StepLR(o, 1)], [3])),
        (ValueError, lambda o: lr_scheduler.SequentialLR(o, [lr_scheduler.ReduceLROnPlateau(o)], [])),
        (TypeError, lambda o: lr_scheduler.ChainedScheduler([3], o)),
        (ValueError, lambda o: lr_scheduler.ChainedScheduler([])),
        (ValueError, lambda o: lr_scheduler.ChainedScheduler([lr_scheduler.StepLR(optimizer(autograd), 1)], o)),
        (ValueError, lambda o: lr_scheduler.warmup_cosine(o, 5, 3)),
        (ValueError, lambda o: lr_scheduler.warmup_linear(o, 1, 3, floor=2)),
    ],
)
def test_what_is_refused(error, make):
    with pytest.raises(error):
        make(optimizer(autograd))


def test_one_cycle_refuses_more_steps_than_announced():
    opt = optimizer(autograd)
    scheduler = lr_scheduler.OneCycleLR(opt, 0.1, total_steps=3)
    follow(opt, scheduler, 3)
    with pytest.raises(ValueError, match="total_steps"):
        scheduler.step()
