"""Layers that wait for their first input; wrappers and older names that change nothing."""

import pytest

import autograd
import nn
import optim

LAZY = {
    "LazyLinear": ((3,), (4, 5)),
    "LazyConv1d": ((3, 2), (4, 5, 6)),
    "LazyConv2d": ((4, 3, 2, 1, 1, 2), (2, 6, 5, 5)),
    "LazyConv3d": ((3, 2), (2, 5, 3, 3, 3)),
    "LazyConvTranspose1d": ((3, 2), (2, 5, 4)),
    "LazyConvTranspose2d": ((3, 2), (2, 5, 4, 4)),
    "LazyConvTranspose3d": ((3, 2), (1, 5, 2, 2, 2)),
    "LazyBatchNorm1d": ((), (4, 5)),
    "LazyBatchNorm2d": ((), (4, 5, 2, 2)),
    "LazyBatchNorm3d": ((), (4, 5, 2, 2, 2)),
    "LazyInstanceNorm1d": ((), (4, 5, 3)),
    "LazyInstanceNorm2d": ((), (4, 5, 2, 2)),
    "LazyInstanceNorm3d": ((), (4, 5, 2, 2, 2)),
}


@pytest.mark.parametrize("name", LAZY)
def test_first_input_makes_the_ordinary_layer(name):
    args, shape = LAZY[name]
    kwargs = {"affine": True, "track_running_stats": True} if "Instance" in name else {}
    layer = getattr(nn, name)(*args, **kwargs)
    assert layer.has_uninitialized_params()
    held = list(layer.parameters())
    opt = optim.Adam(held, lr=0.1)
    layer(autograd.randn(shape)).sum().backward()
    ordinary = getattr(nn, name.removeprefix("Lazy"))
    assert type(layer) is ordinary
    real = ordinary(shape[-1] if name == "LazyLinear" else shape[1], *args, **kwargs)
    assert repr(layer) == repr(real)
    assert {k: v.shape for k, v in layer.state_dict().items()} == {k: v.shape for k, v in real.state_dict().items()}
    assert all(a is b and type(a) is nn.Parameter for a, b in zip(held, layer.parameters(), strict=True))
    before = held[0].detach().clone()
    opt.step()
    assert held[0].grad is not None
    assert not autograd.equal(before, held[0]) or not held[0].grad.any()


@pytest.mark.parametrize("name", LAZY)
def test_a_state_dict_gives_the_shapes(name):
    args, shape = LAZY[name]
    kwargs = {"affine": True, "track_running_stats": True} if "Instance" in name else {}
    first, second = (getattr(nn, name)(*args, **kwargs) for _ in range(2))
    x = autograd.randn(shape)
    first(x)
    second.load_state_dict(first.state_dict())
    assert autograd.equal(first.eval()(x), second.eval()(x))


def test_what_is_not_known_raises():
    layer = nn.LazyLinear(3)
    with pytest.raises(ValueError, match="uninitialized parameter"):
        layer.weight.numel()
    with pytest.raises(ValueError, match=r"3D .unbatched. or 4D"):
        nn.LazyConv2d(3, 2)(autograd.ones(4))
    with pytest.raises(ValueError, match="divisible by groups"):
        nn.LazyConv2d(4, 2, groups=2)(autograd.ones(1, 3, 4, 4))


@pytest.mark.torch
def test_lazy_layers_are_pytorchs():
    torch = pytest.importorskip("torch")
    theirs = torch.nn.Sequential(
        torch.nn.LazyConv2d(4, 3), torch.nn.LazyBatchNorm2d(), torch.nn.Flatten(), torch.nn.LazyLinear(2)
    )
    ours = nn.Sequential(nn.LazyConv2d(4, 3), nn.LazyBatchNorm2d(), nn.Flatten(), nn.LazyLinear(2))
    x = torch.randn(3, 2, 6, 6)
    want = theirs(x)
    ours.load_state_dict({k: v.numpy() for k, v in theirs.state_dict().items() if "running" not in k}, strict=False)
    got = ours(autograd.from_numpy(x.numpy()))
    torch.testing.assert_close(torch.from_numpy(got.detach().numpy()), want.detach(), rtol=1e-4, atol=1e-5)


def test_wrappers_change_nothing_but_names():
    module = nn.Linear(2, 3)
    x = autograd.ones(4, 2)
    parallel = nn.DataParallel(module)
    assert autograd.equal(parallel(x), module(x))
    assert list(parallel.state_dict()) == ["module.weight", "module.bias"]
    with pytest.raises(ValueError, match="one process"):
        nn.parallel.DistributedDataParallel(module)
    compiled = autograd.compile(module)
    assert list(compiled.state_dict()) == list(module.state_dict()) and isinstance(compiled, nn.Linear)
    assert autograd.compile(mode="default")(module).weight is module.weight
    with pytest.raises(RuntimeError, match="mode or options"):
        autograd.compile(module, mode="default", options={})
    assert autograd.jit.script(module) is module
    assert autograd.equal(autograd.jit.trace(module, x)(x), module(x))
    with pytest.raises(NotImplementedError, match="state_dict"):
        autograd.jit.save(module, "file")


def test_base_classes_have_the_names_that_programs_use():
    modules = nn.modules
    assert isinstance(nn.BatchNorm1d(2), modules.batchnorm._BatchNorm)
    assert isinstance(nn.Conv2d(1, 1, 1), modules.conv._ConvNd)
    assert isinstance(nn.ConvTranspose2d(1, 1, 1), modules.conv._ConvNd)
    assert isinstance(nn.InstanceNorm2d(1), modules.instancenorm._InstanceNorm)
    assert modules.utils._pair(3) == (3, 3)
    assert modules.utils._triple((1, 2, 3)) == (1, 2, 3)
    loss = modules.loss._WeightedLoss(autograd.ones(2), reduction="sum")
    assert list(loss.state_dict()) == ["weight"]
    assert loss.reduction == "sum"
    with pytest.raises(AttributeError, match="no attribute"):
        modules.nothing  # noqa: B018


def test_sync_batch_norm_is_made_loaded_and_evaluated():
    model = nn.Sequential(nn.Conv2d(1, 2, 1), nn.BatchNorm2d(2))
    made = nn.SyncBatchNorm.convert_sync_batchnorm(model)
    assert type(made[1]) is nn.SyncBatchNorm
    x = autograd.randn(2, 1, 3, 3)
    assert made.eval()(x).shape == (2, 2, 3, 3)
    with pytest.raises(RuntimeError, match="use BatchNorm"):
        made.train()(x)


def test_older_names_warn_and_do_what_the_new_ones_do():
    w = autograd.empty(3, 3)
    with pytest.warns(FutureWarning, match="constant_"):
        nn.init.constant(w, 2.0)
    assert bool((w == 2).all())
    w.requires_grad_().sum().backward()
    with pytest.warns(FutureWarning, match="clip_grad_norm_"):
        nn.utils.clip_grad_norm([w], 1.0)
    assert abs(float(w.grad.norm()) - 1) < 1e-5


def test_fused_layers_compute_the_same():
    conv, linear, bn = nn.ConvTranspose2d(2, 3, 2), nn.Linear(2, 3), nn.BatchNorm2d(3)
    bn.running_mean.normal_(), bn.running_var.uniform_(0.5, 2.0)
    x = autograd.randn(2, 2, 4, 4)
    with pytest.raises(ValueError, match="eval"):
        nn.utils.fuse_conv_bn_eval(conv, bn)
    conv.eval(), bn.eval(), linear.eval()
    assert autograd.allclose(nn.utils.fuse_conv_bn_eval(conv, bn, transpose=True)(x), bn(conv(x)), atol=1e-5)
    flat = nn.BatchNorm1d(3).eval()
    flat.load_state_dict(bn.state_dict())
    y = autograd.randn(5, 2)
    assert autograd.allclose(nn.utils.fuse_linear_bn_eval(linear, flat)(y), flat(linear(y)), atol=1e-5)
    assert nn.utils.skip_init(nn.Linear, 2, 3).weight.shape == (3, 2)


@pytest.mark.torch
@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@pytest.mark.parametrize(
    "how", [{"size": (4, 3)}, {"size": (12, 5)}, {"scale_factor": 0.4}, {"size": (4, 12), "align_corners": True}]
)
def test_antialiased_images_are_pytorchs(mode, how):
    torch = pytest.importorskip("torch")
    x = torch.randn(2, 3, 9, 8, dtype=torch.float64, requires_grad=True)
    want = torch.nn.functional.interpolate(x, mode=mode, antialias=True, **how)
    want.square().sum().backward()
    mine = autograd.tensor(x.detach().numpy(), requires_grad=True)
    got = nn.functional.interpolate(mine, mode=mode, antialias=True, **how)
    got.square().sum().backward()
    torch.testing.assert_close(torch.from_numpy(got.detach().numpy()), want.detach(), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(torch.from_numpy(mine.grad.numpy()), x.grad, rtol=1e-5, atol=1e-6)
    with pytest.raises(ValueError, match="anti-alias"):
        nn.functional.interpolate(mine, size=3, mode="nearest", antialias=True)
