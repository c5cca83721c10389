"""Folding, shuffling, resizing and sampling images against torch, and what is refused."""

import numpy as np
import pytest

import autograd
import nn
import nn.functional as F

from .flat import errors_agree
from .twins import TOLERANCE, close, compare, compare_function, tensors, torch

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:.*behavior has changed")]

REARRANGED = {
    "Unfold": (lambda nn: nn.Unfold(2), [(2, 3, 4, 5)]),
    "Unfold everything": (lambda nn: nn.Unfold((2, 3), (1, 2), (2, 1), (2, 1)), [(2, 3, 5, 6)]),
    "Unfold unbatched": (lambda nn: nn.Unfold(3, padding=1), [(3, 4, 5)]),
    "Fold": (lambda nn: nn.Fold((4, 5), 2), [(2, 12, 12)]),
    "Fold everything": (lambda nn: nn.Fold((5, 6), (2, 3), (1, 2), (2, 1), (2, 1)), [(2, 12, 16)]),
    "Fold unbatched": (lambda nn: nn.Fold((4, 5), 3, padding=1), [(27, 20)]),
    "Fold dilated": (lambda nn: nn.Fold((6, 6), 2, dilation=(3, 2), stride=2), [(1, 4, 4)]),
    "PixelShuffle": (lambda nn: nn.PixelShuffle(2), [(2, 8, 3, 4)]),
    "PixelUnshuffle": (lambda nn: nn.PixelUnshuffle(2), [(2, 2, 4, 6)]),
    "PixelShuffle of one": (lambda nn: nn.PixelShuffle(3), [(9, 2, 2)]),
    "ChannelShuffle": (lambda nn: nn.ChannelShuffle(3), [(2, 6, 3, 4)]),
    "Upsample": (lambda nn: nn.Upsample(scale_factor=2), [(2, 3, 4)]),
    "Upsample to a size": (lambda nn: nn.Upsample((5, 7), mode="bilinear"), [(2, 3, 4, 4)]),
    "Upsample by several": (lambda nn: nn.Upsample(scale_factor=(2, 1.5), mode="bicubic"), [(2, 3, 4, 4)]),
    "UpsamplingNearest2d": (lambda nn: nn.UpsamplingNearest2d(scale_factor=3), [(2, 3, 2, 3)]),
    "UpsamplingBilinear2d": (lambda nn: nn.UpsamplingBilinear2d(size=(3, 9)), [(2, 3, 2, 3)]),
}


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("case", REARRANGED)
def test_module(case, dtype):
    make, shapes = REARRANGED[case]
    compare(make, shapes, dtype, steps=2)


SMOOTH = {"linear": (2, 3, 7), "bilinear": (2, 3, 5, 6), "bicubic": (2, 3, 5, 6), "trilinear": (1, 2, 3, 4, 5)}
BY_SIZE = {1: [4, 11, 1], 2: [(3, 9), (8, 8), (1, 6)], 3: [(2, 6, 5), (5, 3, 1)]}


@pytest.mark.parametrize("corners", [True, False])
@pytest.mark.parametrize("mode", SMOOTH)
def test_smooth_resizing(mode, corners):
    shape = SMOOTH[mode]
    for size in BY_SIZE[len(shape) - 2]:
        compare_function("interpolate", [shape], {"size": size, "mode": mode, "align_corners": corners})
    for factor in (0.6, 2, 1.7):
        for recompute in (None, True):
            kwargs = {"scale_factor": factor, "mode": mode, "align_corners": corners, "recompute_scale_factor": recompute}
            compare_function("interpolate", [shape], kwargs)


@pytest.mark.parametrize("shape", [(2, 3, 7), (2, 3, 5, 6), (1, 2, 3, 4, 5)])
@pytest.mark.parametrize("mode", ["nearest", "nearest-exact", "area"])
def test_other_resizing(mode, shape):
    for size in BY_SIZE[len(shape) - 2]:
        compare_function("interpolate", [shape], {"size": size, "mode": mode})
    # torch's gradient for volumes made 1.3 times larger is not the transpose of its own forward pass.
    for factor in (0.6, 2) if len(shape) == 5 else (0.6, 2, 1.3):
        compare_function("interpolate", [shape], {"scale_factor": factor, "mode": mode})


@pytest.mark.parametrize("corners", [True, False])
@pytest.mark.parametrize("padding_mode", ["zeros", "border", "reflection"])
@pytest.mark.parametrize("mode", ["bilinear", "nearest", "bicubic"])
def test_sampling(mode, padding_mode, corners):
    rng = np.random.default_rng(3)
    kwargs = {"mode": mode, "padding_mode": padding_mode, "align_corners": corners}
    cases = [((2, 3, 5, 6), rng.uniform(-1.7, 1.7, (2, 3, 4, 2)))]
    if mode != "bicubic":
        cases.append(((2, 2, 3, 4, 5), rng.uniform(-1.7, 1.7, (2, 2, 3, 2, 3))))
    for shape, grid in cases:
        if mode == "nearest":  # the places have no gradient: a constant
            compare_function("grid_sample", [shape], {"grid": grid, **kwargs})
        else:
            compare_function("grid_sample", [shape, grid], kwargs)


@pytest.mark.parametrize("corners", [True, False])
def test_the_identity_samples_the_image_itself(corners):
    theta = np.array([[[1.0, 0, 0], [0, 1, 0]]])
    image = np.random.default_rng(0).standard_normal((1, 2, 4, 5))
    found = []
    for library, functional in ((autograd, F), (torch, torch.nn.functional)):
        t, x = library.tensor(theta, requires_grad=True), library.tensor(image, requires_grad=True)
        grid = functional.affine_grid(t, (1, 2, 4, 5), align_corners=corners)
        y = functional.grid_sample(x, grid, padding_mode="border", align_corners=corners)
        y.square().sum().backward()
        found.append((y, x.grad))
    np.testing.assert_allclose(found[0][0].detach().numpy(), image, atol=1e-12)
    for a, b in zip(*found, strict=True):
        close(a, b, TOLERANCE[np.float64], "identity")


@pytest.mark.parametrize("corners", [True, False])
@pytest.mark.parametrize("size", [(2, 3, 4, 5), (2, 1, 1, 3), (2, 1, 2, 3, 4)])
def test_affine_grid(size, corners):
    dims = len(size) - 2
    compare_function("affine_grid", [(2, dims, dims + 1)], {"size": size, "align_corners": corners})


def test_second_order():
    rng = np.random.default_rng(1)
    (x, grid), (a, b) = tensors([rng.standard_normal((1, 2, 4, 5)), rng.uniform(-0.9, 0.9, (1, 3, 3, 2))])
    theta = x.detach()
    for library, image, places, functional in ((autograd, x, grid, F), (torch, a, b, torch.nn.functional)):
        y = functional.grid_sample(image, places, align_corners=True).sin().sum()
        y = y + functional.unfold(image, 2).tanh().sum()
        (g,) = library.autograd.grad(y, image, create_graph=True)
        g.square().sum().backward()
    close(x.grad, a.grad, TOLERANCE[np.float64], "image")
    close(grid.grad, b.grad, TOLERANCE[np.float64], "grid")
    assert theta.grad is None


def test_folding_undoes_unfolding_up_to_the_overlap():
    x = autograd.randn(2, 3, 5, 6, dtype=autograd.float64)
    times = F.fold(F.unfold(autograd.ones(2, 3, 5, 6, dtype=autograd.float64), 3), (5, 6), 3)
    np.testing.assert_allclose(F.fold(F.unfold(x, 3), (5, 6), 3).numpy(), (x * times).numpy(), rtol=1e-12)


WRONG = {
    "unfold's dimensions": lambda lib, t: lib.functional.unfold(t(1, 1, 3, 4, 5), 2),
    "unfold's kernel": lambda lib, t: lib.functional.unfold(t(1, 3, 4), 5),
    "fold's columns": lambda lib, t: lib.functional.fold(t(1, 12, 11), (4, 5), 2),
    "fold's channels": lambda lib, t: lib.functional.fold(t(1, 13, 12), (4, 5), 2),
    "shuffle": lambda lib, t: lib.functional.pixel_shuffle(t(1, 6, 2, 2), 2),
    "unshuffle": lambda lib, t: lib.functional.pixel_unshuffle(t(1, 6, 3, 2), 2),
    "channels": lambda lib, t: lib.functional.channel_shuffle(t(1, 6, 3, 2), 4),
    "no size": lambda lib, t: lib.functional.interpolate(t(1, 1, 4)),
    "nothing left": lambda lib, t: lib.functional.interpolate(t(1, 1, 4), scale_factor=0.2),
    "both": lambda lib, t: lib.functional.interpolate(t(1, 1, 4), 2, 2.0),
    "corners of nearest": lambda lib, t: lib.functional.interpolate(t(1, 1, 4), 2, align_corners=True),
    "mode": lambda lib, t: lib.functional.interpolate(t(1, 1, 4), 2, mode="bilinear"),
    "sizes": lambda lib, t: lib.functional.interpolate(t(1, 1, 4, 4), (2, 2, 2)),
    "sampling mode": lambda lib, t: lib.functional.grid_sample(t(1, 1, 2, 2), t(1, 1, 1, 2), mode="cubic"),
    "sampling padding": lambda lib, t: lib.functional.grid_sample(t(1, 1, 2, 2), t(1, 1, 1, 2), padding_mode="wrap"),
    "grid": lambda lib, t: lib.functional.grid_sample(t(1, 1, 2, 2), t(1, 1, 1, 3)),
    "theta": lambda lib, t: lib.functional.affine_grid(t(1, 2, 2), (1, 1, 2, 2)),
}


@pytest.mark.parametrize("case", WRONG)
def test_errors(case):
    call = WRONG[case]
    errors_agree(lambda: call(nn, autograd.ones), lambda: call(torch.nn, torch.ones))
