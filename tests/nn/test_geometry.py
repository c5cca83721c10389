"""Convolutions, pools and foldings of random geometry against torch: values, gradients, and whether the call is refused."""

import random

import numpy as np
import pytest

import autograd
import nn.functional as F

from .twins import torch

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths"),
]


class Draw(random.Random):
    """Random arguments for `dims` spatial dimensions."""

    dims = 1

    def each(self, low, high):
        """One int for each dimension, or one for all."""
        return tuple(self.several(low, high)) if self.random() < 0.5 else self.randint(low, high)

    def several(self, low, high):
        return [self.randint(low, high) for _ in range(self.dims)]

    def channels(self):
        """Groups, and two numbers of channels that they divide."""
        groups = self.choice([1, 1, 2, 3])
        return groups, groups * self.randint(1, 3), groups * self.randint(1, 3)


def conv(draw, image):
    groups, into, out = draw.channels()
    kwargs = {"stride": draw.each(1, 3), "padding": draw.each(0, 3), "dilation": draw.each(1, 2), "groups": groups}
    if draw.random() < 0.2:
        kwargs |= {"stride": 1, "padding": "same"}
    weight = (out, into // groups, *draw.several(1, 3))
    return f"conv{draw.dims}d", [(image[0], into, *image[1:]), weight, (out,)], kwargs


def conv_transpose(draw, image):
    groups, into, out = draw.channels()
    kwargs = {"stride": draw.each(1, 3), "padding": draw.each(0, 2), "dilation": draw.each(1, 2), "groups": groups}
    kwargs["output_padding"] = draw.each(0, 1)
    weight = (into, out // groups, *draw.several(1, 3))
    return f"conv_transpose{draw.dims}d", [(image[0], into, *image[1:]), weight], kwargs


def avg_pool(draw, image):
    kwargs = {"kernel_size": draw.each(1, 3), "stride": draw.choice([None, draw.each(1, 3)]), "padding": draw.randint(0, 1)}
    kwargs |= {"ceil_mode": draw.random() < 0.5, "count_include_pad": draw.random() < 0.5}
    return f"avg_pool{draw.dims}d", [(image[0], 2, *(n + 2 for n in image[1:]))], kwargs


def max_pool(draw, image):
    kwargs = {"kernel_size": draw.each(1, 4), "stride": draw.choice([None, draw.each(1, 3)]), "ceil_mode": draw.random() < 0.5}
    kwargs |= {"dilation": draw.each(1, 2)} if draw.random() < 0.5 else {"padding": draw.randint(0, 1)}
    return f"max_pool{draw.dims}d", [(image[0], 2, *image[1:])], kwargs


def adaptive(draw, image):
    size = draw.several(1, 9)
    name = draw.choice(["adaptive_avg_pool", "adaptive_max_pool"])
    return f"{name}{draw.dims}d", [(image[0], 2, *image[1:])], {"output_size": size if draw.dims > 1 else size[0]}


def unfold(draw, image):
    draw.dims = 2
    kwargs = {"kernel_size": draw.each(1, 3), "dilation": draw.each(1, 2), "padding": draw.each(0, 2)}
    return "unfold", [(image[0], 2, *draw.several(1, 7))], {**kwargs, "stride": draw.each(1, 3)}


def outcome(library, functional, name, arrays, kwargs):
    """The result and all gradients, or the error."""
    tensors = [library.tensor(a, requires_grad=True) for a in arrays]
    try:
        y = getattr(functional, name)(*tensors, **kwargs)
    except Exception as error:
        return error
    y.sin().sum().backward()
    return [y.detach().numpy(), *(t.grad.numpy() for t in tensors)]


@pytest.mark.parametrize("family", [conv, conv_transpose, avg_pool, max_pool, adaptive, unfold], ids=lambda f: f.__name__)
def test_random_geometry(family):
    draw, rng = Draw(0), np.random.default_rng(0)
    agreed = 0
    for _ in range(120):
        draw.dims = draw.choice([1, 2, 2, 3])
        image = [draw.choice([1, 2, 9]), *draw.several(1, 9 if draw.dims < 3 else 5)]
        name, shapes, kwargs = family(draw, image)
        arrays = [rng.standard_normal(s) for s in shapes]
        ours = outcome(autograd, F, name, arrays, kwargs)
        theirs = outcome(torch, torch.nn.functional, name, arrays, kwargs)
        what = f"{name} of {shapes} with {kwargs}"
        assert isinstance(ours, Exception) == isinstance(theirs, Exception), f"{what}: {ours!r}, torch: {theirs!r}"
        if not isinstance(ours, Exception):
            agreed += 1
            for a, b in zip(ours, theirs, strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-9, err_msg=what)
    assert agreed > 60, "most of the drawn calls should be valid"
