"""Averages of models and the rate that belongs to them, compared with PyTorch's."""

import copy

import numpy as np
import pytest

import autograd
import nn
import optim
from optim import swa_utils


def model_of(library):
    layers = nn if library is autograd else library.nn
    model = layers.Sequential(layers.Linear(3, 4), layers.BatchNorm1d(4), layers.Tanh(), layers.Linear(4, 2))
    rng = np.random.default_rng(0)
    for p in model.parameters():
        p.data = library.from_numpy(rng.standard_normal(tuple(p.shape)).astype("float32"))
    return model


def batches(library, n=5):
    rng = np.random.default_rng(1)
    return [library.from_numpy(rng.standard_normal((8, 3)).astype("float32")) for _ in range(n)]


def averaged_of(library, module, utils, **options):
    model = model_of(library)
    averaged = utils.AveragedModel(model, **options)
    opt = module.SGD(model.parameters(), lr=0.01)
    for x in batches(library):
        opt.zero_grad()
        (model(x) ** 2).sum().backward()
        opt.step()
        averaged.update_parameters(model)
    return averaged


KINDS = {
    "swa": lambda u: {},
    "swa function": lambda u: {"avg_fn": u.get_swa_avg_fn()},
    "swa list": lambda u: {"multi_avg_fn": u.get_swa_multi_avg_fn()},
    "ema": lambda u: {"avg_fn": u.get_ema_avg_fn(0.7)},
    "ema list": lambda u: {"multi_avg_fn": u.get_ema_multi_avg_fn(0.7)},
    "own": lambda u: {"avg_fn": lambda mean, new, n: mean + 0.5 * (new - mean)},
}


# With buffers PyTorch's functions for lists average the integer count of batch norm in a way of its own.
EACH = [(kind, False) for kind in KINDS] + [("swa", True), ("own", True)]


@pytest.mark.torch
@pytest.mark.parametrize(("kind", "use_buffers"), EACH)
def test_averages_equal_torchs(kind, use_buffers):
    torch = pytest.importorskip("torch")
    theirs = torch.optim.swa_utils
    mine = averaged_of(autograd, optim, swa_utils, use_buffers=use_buffers, **KINDS[kind](swa_utils))
    other = averaged_of(torch, torch.optim, theirs, use_buffers=use_buffers, **KINDS[kind](theirs))
    expected, got = other.state_dict(), mine.state_dict()
    assert got.keys() == expected.keys()
    for k, v in expected.items():
        if "num_batches" not in k:
            np.testing.assert_allclose(np.asarray(got[k].detach()), v.detach().numpy(), rtol=2e-5, atol=1e-5, err_msg=k)


def test_an_averaged_model_is_called_copied_and_loaded():
    averaged = averaged_of(autograd, optim, swa_utils)
    averaged.eval()
    assert not averaged.training
    x = batches(autograd)[0]
    expected = averaged(x).tolist()
    assert copy.deepcopy(averaged)(x).tolist() == expected
    assert len(list(averaged.parameters())) == 6
    fresh = swa_utils.AveragedModel(model_of(autograd))
    fresh.load_state_dict(averaged.state_dict())
    fresh.eval()
    assert int(fresh.n_averaged) == 5
    assert fresh(x).tolist() == expected


def test_averaging_leaves_the_model_alone():
    model = model_of(autograd)
    averaged = swa_utils.AveragedModel(model, device="cpu")
    averaged.update_parameters(model)
    before = [p.tolist() for p in model.parameters()]
    with autograd.no_grad():
        for p in averaged.parameters():
            p.fill_(0.0)
    assert [p.tolist() for p in model.parameters()] == before


@pytest.mark.torch
def test_update_bn_equals_torchs():
    torch = pytest.importorskip("torch")
    mine, other = model_of(autograd), model_of(torch)
    mine.eval()
    other.eval()
    swa_utils.update_bn([(x, None) for x in batches(autograd)], mine, device="cpu")
    torch.optim.swa_utils.update_bn([(x, None) for x in batches(torch)], other)
    assert not mine.training
    for k, v in other[1].state_dict().items():
        np.testing.assert_allclose(np.asarray(mine[1].state_dict()[k].detach()), v.numpy(), rtol=1e-5, atol=1e-6)
    assert mine[1].momentum == other[1].momentum
    swa_utils.update_bn([], nn.Linear(2, 2))


@pytest.mark.torch
@pytest.mark.parametrize("options", [{}, {"anneal_epochs": 7, "anneal_strategy": "linear"}, {"anneal_epochs": 0}])
def test_swalr_equals_torchs(options):
    torch = pytest.importorskip("torch")
    found = []
    for library, module, utils in ((autograd, optim, swa_utils), (torch, torch.optim, torch.optim.swa_utils)):
        opt = module.SGD([library.zeros(1, requires_grad=True)], lr=0.5)
        scheduler = utils.SWALR(opt, swa_lr=0.05, **options)
        decay = module.lr_scheduler.ExponentialLR(opt, gamma=0.99)
        rates = [scheduler.get_last_lr()[0]]
        for _ in range(20):
            opt.step()
            decay.step()
            scheduler.step()
            rates.append(scheduler.get_last_lr()[0])
        found.append(rates)
    np.testing.assert_allclose(*found, rtol=1e-12)


def test_swalr_resumes():
    def fresh():
        opt = optim.SGD([autograd.zeros(1, requires_grad=True)], lr=0.5)
        return opt, swa_utils.SWALR(opt, swa_lr=0.05)

    (one, scheduler), (two, other) = fresh(), fresh()
    one.step()
    for _ in range(4):
        scheduler.step()
    other.load_state_dict(scheduler.state_dict())
    two.load_state_dict(one.state_dict())
    two.step()
    scheduler.step()
    other.step()
    assert scheduler.get_last_lr() == other.get_last_lr()


@pytest.mark.parametrize(
    "call",
    [
        lambda o: swa_utils.SWALR(o, 0.1, anneal_strategy="log"),
        lambda o: swa_utils.SWALR(o, 0.1, anneal_epochs=-1),
        lambda o: swa_utils.SWALR(o, [0.1, 0.2]),
        lambda o: swa_utils.get_ema_avg_fn(1.5),
        lambda o: swa_utils.get_ema_multi_avg_fn(-0.5),
        lambda o: swa_utils.AveragedModel(nn.Linear(1, 1), avg_fn=max, multi_avg_fn=max),
    ],
)
def test_what_is_refused(call):
    with pytest.raises(ValueError, match=r"must be|give one|values"):
        call(optim.SGD([autograd.zeros(1, requires_grad=True)], lr=0.1))
