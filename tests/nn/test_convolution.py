"""Convolutions against torch: every argument in every number of dimensions, second order, and what is refused."""

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F

from .flat import errors_agree
from .twins import compare, compare_function, torch

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths"),  # torch's own
]
DTYPES = pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])

MODULES = {
    "Conv1d": (lambda nn: nn.Conv1d(3, 4, 3), [(2, 3, 8)]),
    "Conv1d unbatched": (lambda nn: nn.Conv1d(3, 4, 3, stride=2, padding=1), [(3, 8)]),
    "Conv1d same, even kernel": (lambda nn: nn.Conv1d(2, 3, 4, padding="same", dilation=2), [(2, 2, 9)]),
    "Conv1d valid, circular": (lambda nn: nn.Conv1d(2, 3, 3, padding="valid", padding_mode="circular"), [(2, 2, 7)]),
    "Conv2d": (lambda nn: nn.Conv2d(3, 4, 3, padding=1), [(2, 3, 6, 5)]),
    "Conv2d unbatched": (lambda nn: nn.Conv2d(3, 4, (3, 2)), [(3, 5, 6)]),
    "Conv2d without bias": (lambda nn: nn.Conv2d(3, 4, 3, bias=False), [(2, 3, 5, 6)]),
    "Conv2d pointwise": (lambda nn: nn.Conv2d(3, 4, 1), [(2, 3, 5, 6)]),
    "Conv2d everything": (
        lambda nn: nn.Conv2d(4, 6, (3, 2), (2, 1), (1, 2), (1, 2), groups=2),
        [(2, 4, 7, 6)],
    ),
    "Conv2d depthwise": (lambda nn: nn.Conv2d(4, 8, 3, groups=4, padding=1), [(2, 4, 5, 5)]),
    "Conv2d many small images": (lambda nn: nn.Conv2d(2, 3, 3, padding=1), [(12, 2, 4, 4)]),
    "Conv2d many small images, grouped": (lambda nn: nn.Conv2d(4, 6, (3, 2), 1, 1, groups=2), [(12, 4, 4, 4)]),
    "Conv2d many small images, strided": (lambda nn: nn.Conv2d(2, 4, (2, 3), 2, 1, groups=2), [(12, 2, 5, 4)]),
    "Conv2d stride leaves a rest": (lambda nn: nn.Conv2d(2, 3, 2, stride=3), [(2, 2, 7, 9)]),
    "Conv2d reflect": (lambda nn: nn.Conv2d(2, 3, 3, padding=(1, 2), padding_mode="reflect"), [(2, 2, 5, 5)]),
    "Conv2d replicate": (lambda nn: nn.Conv2d(2, 3, 3, padding="same", padding_mode="replicate"), [(2, 2, 5, 5)]),
    "Conv2d empty batch": (lambda nn: nn.Conv2d(2, 3, 3), [(0, 2, 5, 5)]),
    "Conv3d": (lambda nn: nn.Conv3d(2, 3, 2, stride=(1, 2, 1), padding=1), [(2, 2, 3, 4, 3)]),
    "ConvTranspose1d": (lambda nn: nn.ConvTranspose1d(3, 4, 3, stride=2, padding=1), [(2, 3, 5)]),
    "ConvTranspose1d unbatched": (lambda nn: nn.ConvTranspose1d(3, 4, 3), [(3, 5)]),
    "ConvTranspose2d": (lambda nn: nn.ConvTranspose2d(3, 4, 4, stride=2, padding=1), [(2, 3, 4, 5)]),
    "ConvTranspose2d everything": (
        lambda nn: nn.ConvTranspose2d(4, 6, (3, 2), (2, 3), (1, 0), (1, 2), 2, True, (2, 1)),
        [(2, 4, 4, 3)],
    ),
    "ConvTranspose2d small images": (lambda nn: nn.ConvTranspose2d(2, 3, 3, bias=False), [(12, 2, 4, 4)]),
    "ConvTranspose2d behind the last window": (
        lambda nn: nn.ConvTranspose2d(2, 3, 2, stride=1, dilation=3, output_padding=2),
        [(2, 2, 4, 4)],
    ),
    "ConvTranspose2d behind the last window, padded": (
        lambda nn: nn.ConvTranspose2d(2, 3, (2, 3), (1, 2), (2, 1), (1, 2), dilation=(2, 3)),
        [(2, 2, 5, 4)],
    ),
    "ConvTranspose3d": (lambda nn: nn.ConvTranspose3d(2, 3, 2, stride=2), [(2, 2, 2, 3, 2)]),
}  # fmt: skip


@DTYPES
@pytest.mark.parametrize("case", MODULES)
def test_module(case, dtype):
    make, shapes = MODULES[case]
    compare(make, shapes, dtype)


FUNCTIONS = {
    "conv1d": ([(2, 4, 9), (6, 2, 3), (6,)], {"stride": 2, "groups": 2}),
    "conv2d": ([(2, 3, 5, 5), (4, 3, 3, 3)], {"padding": "same"}),
    "conv3d": ([(1, 4, 4, 4, 4), (4, 2, 2, 3, 2), (4,)], {"padding": (1, 0, 1), "groups": 2}),
    "conv_transpose1d": ([(2, 3, 5), (3, 2, 4), (2,)], {"stride": 3, "output_padding": 2}),
    "conv_transpose2d": ([(2, 3, 4, 4), (3, 2, 3, 3)], {"dilation": 2}),
    "conv_transpose3d": ([(1, 2, 2, 2, 2), (2, 3, 2, 2, 2), (3,)], {"padding": 1, "stride": 2}),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function(name):
    shapes, kwargs = FUNCTIONS[name]
    compare_function(name, shapes, kwargs)


def test_output_size_picks_among_the_sizes_that_a_stride_allows():
    x = np.random.default_rng(0).standard_normal((2, 3, 4, 4)).astype(np.float32)
    ours, theirs = nn.ConvTranspose2d(3, 2, 3, stride=2), torch.nn.ConvTranspose2d(3, 2, 3, stride=2)
    for size in [(9, 10), (2, 2, 10, 9)]:
        wanted = theirs(torch.tensor(x), output_size=size).shape
        assert tuple(ours(autograd.tensor(x), output_size=size).shape) == tuple(wanted)
    with pytest.raises(ValueError, match="valid sizes range from"):
        ours(autograd.tensor(x), output_size=(8, 9))


@pytest.mark.parametrize(("groups", "stride"), [(1, 1), (2, (2, 1))])
def test_second_order(groups, stride):
    """The gradient of a gradient's norm, through input, weight and bias."""
    rng = np.random.default_rng(1)
    arrays = [rng.standard_normal(s) for s in [(2, 4, 5, 4), (4, 4 // groups, 3, 2), (4,)]]
    found = []
    for library, functional in ((autograd, F), (torch, torch.nn.functional)):
        x, w, b = (library.tensor(a, requires_grad=True) for a in arrays)
        y = functional.conv2d(x, w, b, stride=stride, padding=1, groups=groups).sin().sum()
        gx, gw, gb = library.autograd.grad(y, (x, w, b), create_graph=True)
        (gx.square().sum() + gw.cos().sum() + (gb * gb).sum()).backward()
        found.append([t.grad.numpy() for t in (x, w, b)])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-10)


def test_second_order_transposed():
    rng = np.random.default_rng(1)
    arrays = [rng.standard_normal(s) for s in [(2, 4, 3), (4, 2, 3)]]
    found = []
    for library, functional in ((autograd, F), (torch, torch.nn.functional)):
        x, w = (library.tensor(a, requires_grad=True) for a in arrays)
        y = functional.conv_transpose1d(x, w, stride=2, padding=1, output_padding=1).tanh().sum()
        gx, gw = library.autograd.grad(y, (x, w), create_graph=True)
        (gx.square().sum() + gw.cos().sum()).backward()
        found.append([t.grad.numpy() for t in (x, w)])
    for a, b in zip(*found, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-10)


def test_blocks_of_a_large_batch_give_what_single_images_give():
    rng = np.random.default_rng(2)
    x = autograd.tensor(rng.standard_normal((40, 8, 20, 20)), requires_grad=True)
    w = autograd.tensor(rng.standard_normal((8, 8, 3, 3)), requires_grad=True)
    F.conv2d(x, w, padding=1).square().sum().backward()
    whole = x.grad.numpy().copy(), w.grad.numpy().copy()
    x.grad = w.grad = None
    for k in range(40):
        F.conv2d(x[k], w, padding=1).square().sum().backward()
    np.testing.assert_allclose(whole[0], x.grad.numpy(), rtol=1e-9)
    np.testing.assert_allclose(whole[1], w.grad.numpy(), rtol=1e-9)


def test_initial_values_have_torch_s_bounds():
    layer = nn.Conv2d(8, 16, 3)
    bound = 1 / (8 * 9) ** 0.5
    for p in (layer.weight, layer.bias):
        assert 0.8 * bound < float(p.abs().max()) <= bound


WRONG = {
    "too many dimensions": lambda lib, t: lib.Conv2d(3, 4, 3)(t(2, 1, 3, 5, 5)),
    "channels": lambda lib, t: lib.Conv2d(3, 4, 3)(t(2, 2, 5, 5)),
    "kernel larger than the image": lambda lib, t: lib.Conv2d(3, 4, 6)(t(2, 3, 5, 5)),
    "groups do not divide": lambda lib, t: lib.Conv2d(3, 4, 3, groups=2),
    "groups zero": lambda lib, t: lib.Conv1d(3, 4, 3, groups=0),
    "same and stride": lambda lib, t: lib.Conv1d(3, 4, 3, stride=2, padding="same"),
    "padding word": lambda lib, t: lib.Conv1d(3, 4, 3, padding="full"),
    "padding mode": lambda lib, t: lib.Conv1d(3, 4, 3, padding_mode="mirror"),
    "transposed padding mode": lambda lib, t: lib.ConvTranspose1d(3, 4, 3, padding_mode="reflect"),
    "output padding": lambda lib, t: lib.ConvTranspose1d(3, 4, 3, stride=2, output_padding=2)(t(2, 3, 5)),
    "transposed channels": lambda lib, t: lib.ConvTranspose1d(3, 4, 3)(t(2, 4, 5)),
    "dtype": lambda lib, t: lib.Conv1d(3, 4, 3)(t(2, 3, 5).double()),
    "function, same and stride": lambda lib, t: lib.functional.conv1d(t(1, 1, 5), t(1, 1, 3), stride=2, padding="same"),
    "function, padding word": lambda lib, t: lib.functional.conv1d(t(1, 1, 5), t(1, 1, 3), padding="full"),
    "function, negative padding": lambda lib, t: lib.functional.conv1d(t(1, 1, 5), t(1, 1, 3), padding=-1),
    "function, stride": lambda lib, t: lib.functional.conv1d(t(1, 1, 5), t(1, 1, 3), stride=0),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors(case):
    call = WRONG[case]
    errors_agree(lambda: call(nn, autograd.ones), lambda: call(torch.nn, torch.ones))
