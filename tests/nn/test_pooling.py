"""Pools against torch: windows, padding, rounding, indices; ties, second order, and what is refused."""

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F

from .flat import errors_agree, flat
from .twins import compare, compare_function, torch

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:.*torch.jit")]
DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])

MODULES = {
    "MaxPool1d": (lambda nn: nn.MaxPool1d(3, stride=2, padding=1), [(2, 3, 9)]),
    "MaxPool1d dilated": (lambda nn: nn.MaxPool1d(2, dilation=2, stride=1), [(3, 9)]),
    "MaxPool2d": (lambda nn: nn.MaxPool2d(2), [(2, 3, 6, 8)]),
    "MaxPool2d overlapping": (lambda nn: nn.MaxPool2d(3, 1, 1), [(2, 3, 5, 4)]),
    "MaxPool2d ceil": (lambda nn: nn.MaxPool2d((3, 2), 2, (1, 0), ceil_mode=True), [(2, 3, 6, 5)]),
    "MaxPool2d unbatched": (lambda nn: nn.MaxPool2d(2, ceil_mode=True), [(3, 5, 5)]),
    "MaxPool3d": (lambda nn: nn.MaxPool3d(2, stride=(1, 2, 2)), [(2, 2, 3, 4, 4)]),
    "AvgPool1d": (lambda nn: nn.AvgPool1d(3, stride=2, padding=1), [(2, 3, 8)]),
    "AvgPool1d ceil": (lambda nn: nn.AvgPool1d(3, ceil_mode=True), [(3, 8)]),
    "AvgPool2d": (lambda nn: nn.AvgPool2d(2), [(2, 3, 6, 4)]),
    "AvgPool2d padding not counted": (lambda nn: nn.AvgPool2d(3, 2, 1, count_include_pad=False), [(2, 3, 6, 5)]),
    "AvgPool2d ceil": (lambda nn: nn.AvgPool2d(3, 2, 1, ceil_mode=True), [(2, 3, 6, 7)]),
    "AvgPool2d ceil, padding not counted": (lambda nn: nn.AvgPool2d(3, 2, 1, True, False), [(2, 3, 6, 7)]),
    "AvgPool2d divisor": (lambda nn: nn.AvgPool2d((2, 3), divisor_override=5), [(3, 6, 7)]),
    "AvgPool3d": (lambda nn: nn.AvgPool3d(2, padding=1), [(2, 2, 3, 4, 4)]),
    "LPPool1d": (lambda nn: nn.LPPool1d(2, 3, stride=2), [(2, 3, 7)]),
    "LPPool2d ceil": (lambda nn: nn.LPPool2d(2, (2, 3), ceil_mode=True), [(2, 3, 5, 7)]),
    "LPPool3d": (lambda nn: nn.LPPool3d(2, 2), [(1, 2, 4, 4, 2)]),
    "AdaptiveAvgPool1d": (lambda nn: nn.AdaptiveAvgPool1d(3), [(2, 3, 8)]),
    "AdaptiveAvgPool2d": (lambda nn: nn.AdaptiveAvgPool2d((3, 2)), [(2, 3, 7, 8)]),
    "AdaptiveAvgPool2d global": (lambda nn: nn.AdaptiveAvgPool2d(1), [(2, 3, 7, 8)]),
    "AdaptiveAvgPool2d divides": (lambda nn: nn.AdaptiveAvgPool2d((None, 4)), [(3, 5, 8)]),
    "AdaptiveAvgPool2d larger": (lambda nn: nn.AdaptiveAvgPool2d((5, 6)), [(2, 3, 3, 4)]),
    "AdaptiveAvgPool3d": (lambda nn: nn.AdaptiveAvgPool3d((2, None, 3)), [(1, 2, 3, 4, 5)]),
    "AdaptiveMaxPool1d": (lambda nn: nn.AdaptiveMaxPool1d(3), [(3, 8)]),
    "AdaptiveMaxPool2d": (lambda nn: nn.AdaptiveMaxPool2d((3, 2)), [(2, 3, 7, 8)]),
    "AdaptiveMaxPool3d": (lambda nn: nn.AdaptiveMaxPool3d(2), [(1, 2, 3, 4, 5)]),
    "MaxPool1d with indices": (
        lambda nn: flat(nn, nn.MaxPool1d(3, 2, 1, return_indices=True)), [(2, 3, 9)],
    ),
    "MaxPool2d with indices": (
        lambda nn: flat(nn, nn.MaxPool2d((3, 2), 2, 1, ceil_mode=True, return_indices=True)), [(2, 3, 6, 5)],
    ),
    "MaxPool3d with indices": (lambda nn: flat(nn, nn.MaxPool3d(2, return_indices=True)), [(2, 4, 5, 4)]),
    "AdaptiveMaxPool2d with indices": (
        lambda nn: flat(nn, nn.AdaptiveMaxPool2d((3, 2), return_indices=True)), [(2, 3, 7, 8)],
    ),
}  # fmt: skip


@DTYPES
@pytest.mark.parametrize("case", MODULES)
def test_module(case, dtype):
    make, shapes = MODULES[case]
    if case.startswith("LP"):  # torch's odd formula is a root of a sum of powers only where that sum is positive
        shapes = [1 + np.random.default_rng(0).uniform(size=s) for s in shapes]
    compare(make, shapes, dtype)


FUNCTIONS = {
    "max_pool1d": ([(2, 3, 9)], {"kernel_size": 3, "stride": 2}),
    "max_pool2d": ([(2, 3, 5, 5)], {"kernel_size": 2, "padding": 1, "dilation": 2}),
    "max_pool3d": ([(2, 3, 3, 3, 3)], {"kernel_size": (2, 1, 3)}),
    "avg_pool1d": ([(2, 3, 9)], {"kernel_size": 3, "padding": 1, "count_include_pad": False}),
    "avg_pool2d": ([(2, 3, 5, 5)], {"kernel_size": (2, 3)}),
    "avg_pool3d": ([(2, 3, 3, 3, 3)], {"kernel_size": 2, "divisor_override": 3}),
    "adaptive_avg_pool1d": ([(2, 3, 9)], {"output_size": 4}),
    "adaptive_avg_pool2d": ([(2, 3, 4, 6)], {"output_size": (2, 3)}),
    "adaptive_avg_pool3d": ([(2, 3, 3, 3, 3)], {"output_size": (2, 1, 3)}),
    "adaptive_max_pool1d": ([(2, 3, 9)], {"output_size": 4}),
    "adaptive_max_pool2d": ([(2, 3, 4, 6)], {"output_size": (2, 3)}),
    "adaptive_max_pool3d": ([(2, 3, 3, 3, 3)], {"output_size": (2, 1, 3)}),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function(name):
    compare_function(name, *FUNCTIONS[name])


def test_of_equal_maxima_the_first_in_reading_order_gets_the_gradient():
    x = np.array([[[0.0, 0, 1, 0], [0, 0, 1, 1], [2, 0, 0, 0], [0, 2, 0, 0]]])
    for kernel, stride in ((2, 2), (2, 1), (3, 1)):
        a, b = autograd.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
        F.max_pool2d(a, kernel, stride).sum().backward()
        torch.nn.functional.max_pool2d(b, kernel, stride).sum().backward()
        np.testing.assert_array_equal(a.grad.numpy(), b.grad.numpy())


@pytest.mark.parametrize(("dims", "shape"), [(1, (2, 3, 8)), (2, (2, 3, 6, 4)), (3, (1, 2, 4, 4, 2))])
def test_unpooling_puts_the_maxima_back(dims, shape):
    x = np.random.default_rng(0).standard_normal(shape)
    found = []
    for library, lib in ((autograd, nn), (torch, torch.nn)):
        t = library.tensor(x, requires_grad=True)
        pool, unpool = getattr(lib, f"MaxPool{dims}d"), getattr(lib, f"MaxUnpool{dims}d")
        y = unpool(2)(*pool(2, return_indices=True)(t))
        y.square().sum().backward()
        found.append((y.detach().numpy(), t.grad.numpy(), repr(unpool(2, 3))))
    for a, b in zip(*found, strict=True):
        np.testing.assert_array_equal(a, b)


def test_unpooling_to_a_size():
    x = torch.arange(25.0).reshape(1, 5, 5)
    y, where = torch.nn.functional.max_pool2d(x, 2, return_indices=True)
    wanted = torch.nn.functional.max_unpool2d(y, where, 2, output_size=(5, 5))
    y, where = F.max_pool2d(autograd.tensor(x.numpy()), 2, return_indices=True)
    np.testing.assert_array_equal(F.max_unpool2d(y, where, 2, output_size=(5, 5)).numpy(), wanted.numpy())


@pytest.mark.parametrize("pool", ["max_pool2d", "avg_pool2d"])
def test_second_order(pool):
    x = np.random.default_rng(1).standard_normal((2, 2, 5, 6))
    found = []
    for library, functional in ((autograd, F), (torch, torch.nn.functional)):
        t = library.tensor(x, requires_grad=True)
        y = getattr(functional, pool)(t * t, 3, 2, 1).sin().sum()
        (g,) = library.autograd.grad(y, t, create_graph=True)
        g.square().sum().backward()
        found.append(t.grad.numpy())
    np.testing.assert_allclose(*found, rtol=1e-9, atol=1e-11)


def test_hessian():
    x = np.random.default_rng(1).standard_normal((1, 4, 4))
    ours = autograd.func.hessian(lambda t: F.max_pool2d(t * t, 3, 1).sin().sum())(autograd.tensor(x))
    theirs = torch.func.hessian(lambda t: torch.nn.functional.max_pool2d(t * t, 3, 1).sin().sum())(torch.tensor(x))
    np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-9, atol=1e-11)


def test_a_window_of_nan_is_nan():
    x = autograd.tensor([[1.0, float("nan"), 2.0, 3.0]], requires_grad=True)
    y = F.max_pool1d(x, 2)
    assert np.isnan(y.detach().numpy()[0, 0])
    assert y[0, 1] == 3
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [[0, 1, 0, 1]])


WRONG = {
    "dimensions": lambda lib, t: lib.MaxPool2d(2)(t(5, 5)),
    "too small": lambda lib, t: lib.MaxPool2d(6)(t(1, 5, 5)),
    "padding": lambda lib, t: lib.MaxPool2d(2, padding=2)(t(1, 5, 5)),
    "kernel zero": lambda lib, t: lib.MaxPool2d(0)(t(1, 5, 5)),
    "stride zero": lambda lib, t: lib.functional.avg_pool2d(t(1, 5, 5), 2, 0),
    "average padding": lambda lib, t: lib.AvgPool1d(2, padding=2)(t(1, 5)),
    "divisor": lambda lib, t: lib.AvgPool2d(2, divisor_override=0)(t(1, 5, 5)),
    "adaptive sizes": lambda lib, t: lib.functional.adaptive_avg_pool2d(t(1, 5, 5), (1, 2, 3)),
    "nothing to pool": lambda lib, t: lib.MaxPool2d(2)(t(2, 0, 4, 4)),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors(case):
    call = WRONG[case]
    errors_agree(lambda: call(nn, autograd.ones), lambda: call(torch.nn, torch.ones))
