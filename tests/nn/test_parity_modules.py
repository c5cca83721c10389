"""Each module against torch: same weights and data, same outputs, gradients, buffers and text, over several steps."""

import numpy as np
import pytest

from .twins import compare, compare_second_order, draw, twins

pytestmark = pytest.mark.torch

KINKS = np.array([[-7.0, -6.0, -3.0, -1.0, -0.5, -0.1, 0.0], [0.0, 0.1, 0.5, 1.0, 3.0, 6.0, 30.0]])

ACTIVATIONS = {
    "Sigmoid": (), "Tanh": (), "ReLU": (), "LeakyReLU": (0.2,), "ELU": (1.3,), "SELU": (), "CELU": (0.7,), "SiLU": (),
    "Mish": (), "Softsign": (), "Tanhshrink": (), "LogSigmoid": (), "Hardtanh": (-1.0, 3.0), "ReLU6": (),
    "Hardsigmoid": (), "Hardswish": (), "Hardshrink": (0.5,), "Softshrink": (0.5,), "Threshold": (0.1, -2.0),
    "Softplus": (), "Softmax": (1,), "LogSoftmax": (1,), "Softmin": (0,), "GELU": (), "Identity": (), "PReLU": (),
}  # fmt: skip

COARSE = ("Hardsigmoid", "CELU")  # torch has 1 / 6 and alpha in float32

CASES = {
    "Linear": (lambda nn: nn.Linear(4, 3), [(5, 4)]),
    "Linear without bias": (lambda nn: nn.Linear(4, 3, bias=False), [(2, 5, 4)]),
    "Linear of a vector": (lambda nn: nn.Linear(4, 3), [(4,)]),
    "Linear of nothing": (lambda nn: nn.Linear(4, 3), [(0, 4)]),
    "Bilinear": (lambda nn: nn.Bilinear(4, 5, 3), [(2, 4), (2, 5)]),
    "Bilinear without bias": (lambda nn: nn.Bilinear(4, 5, 3, bias=False), [(2, 6, 4), (2, 6, 5)]),
    "Flatten": (lambda nn: nn.Flatten(), [(2, 3, 4)]),
    "Unflatten": (lambda nn: nn.Unflatten(1, (2, 3)), [(4, 6)]),
    "PReLU per channel": (lambda nn: nn.PReLU(3, 0.1), [(2, 3, 4)]),
    "GLU": (lambda nn: nn.GLU(), [(3, 6)]),
    "GLU dim 0": (lambda nn: nn.GLU(0), [(4, 3)]),
    "GELU tanh": (lambda nn: nn.GELU("tanh"), [(4, 5)]),
    "Softplus beta": (lambda nn: nn.Softplus(2.0, 5.0), [KINKS]),
    "Softmax2d": (lambda nn: nn.Softmax2d(), [(2, 3, 2, 2)]),
    "RReLU": (lambda nn: nn.RReLU(0.1, 0.4).eval(), [(4, 5)]),
    "BatchNorm1d": (lambda nn: nn.BatchNorm1d(3), [(6, 3)]),
    "BatchNorm1d of sequences": (lambda nn: nn.BatchNorm1d(3, momentum=0.3, eps=1e-3), [(4, 3, 5)]),
    "BatchNorm1d without affine": (lambda nn: nn.BatchNorm1d(3, affine=False), [(6, 3)]),
    "BatchNorm1d without memory": (lambda nn: nn.BatchNorm1d(3, track_running_stats=False), [(6, 3)]),
    "BatchNorm1d cumulative": (lambda nn: nn.BatchNorm1d(3, momentum=None), [(6, 3)]),
    "BatchNorm2d": (lambda nn: nn.BatchNorm2d(3), [(4, 3, 2, 2)]),
    "BatchNorm3d": (lambda nn: nn.BatchNorm3d(2), [(2, 2, 2, 3, 2)]),
    "LayerNorm": (lambda nn: nn.LayerNorm(5), [(4, 5)]),
    "LayerNorm over two": (lambda nn: nn.LayerNorm((3, 5), eps=1e-2), [(4, 3, 5)]),
    "LayerNorm without bias": (lambda nn: nn.LayerNorm(5, bias=False), [(2, 4, 5)]),
    "LayerNorm without affine": (lambda nn: nn.LayerNorm([5], elementwise_affine=False), [(4, 5)]),
    "RMSNorm": (lambda nn: nn.RMSNorm(5), [(4, 5)]),
    "RMSNorm eps": (lambda nn: nn.RMSNorm((4, 5), eps=0.1, elementwise_affine=False), [(3, 4, 5)]),
    "GroupNorm": (lambda nn: nn.GroupNorm(2, 4), [(3, 4, 5)]),
    "GroupNorm of vectors": (lambda nn: nn.GroupNorm(3, 6, eps=0.1, affine=False), [(4, 6)]),
    "GroupNorm of images": (lambda nn: nn.GroupNorm(1, 4, eps=1e-2), [(2, 4, 3, 2)]),
    "InstanceNorm1d": (lambda nn: nn.InstanceNorm1d(3), [(2, 3, 5)]),
    "InstanceNorm1d of one": (lambda nn: nn.InstanceNorm1d(3, affine=True), [(3, 5)]),
    "InstanceNorm2d": (lambda nn: nn.InstanceNorm2d(3, affine=True, track_running_stats=True), [(4, 3, 2, 3)]),
    "InstanceNorm3d": (lambda nn: nn.InstanceNorm3d(2), [(2, 2, 2, 2, 2)]),
    "LocalResponseNorm": (lambda nn: nn.LocalResponseNorm(3, alpha=0.5, k=2.0), [(2, 6, 4)]),
    "LocalResponseNorm even": (lambda nn: nn.LocalResponseNorm(4, alpha=0.5, beta=0.5), [(2, 3, 4, 2)]),
    "CosineSimilarity": (lambda nn: nn.CosineSimilarity(), [(4, 5), (4, 5)]),
    "CosineSimilarity dim": (lambda nn: nn.CosineSimilarity(dim=0), [(4, 5), (4, 5)]),
    "PairwiseDistance": (lambda nn: nn.PairwiseDistance(), [(4, 5), (4, 5)]),
    "PairwiseDistance p": (lambda nn: nn.PairwiseDistance(1, keepdim=True), [(4, 5), (4, 5)]),
    "Sequential": (
        lambda nn: nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.Tanh(), nn.Linear(6, 2)), [(5, 4)]
    ),
}  # fmt: skip
CASES |= {name: (lambda nn, name=name, args=args: getattr(nn, name)(*args), [KINKS]) for name, args in ACTIVATIONS.items()}


@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=["float32", "float64"])
@pytest.mark.parametrize("train", [True, False], ids=["train", "eval"])
@pytest.mark.parametrize("case", CASES)
def test_module(case, train, dtype):
    make, shapes = CASES[case]
    if case == "RReLU":
        train = False  # in training its slopes are random
    compare(make, shapes, dtype, train, coarse=case in COARSE)


@pytest.mark.parametrize("name", [n for n in ACTIVATIONS if n in (
    "ReLU", "LeakyReLU", "ELU", "SELU", "CELU", "SiLU", "Mish", "Hardtanh", "ReLU6", "Threshold",
)])  # fmt: skip
def test_inplace(name):
    compare(
        lambda nn: nn.Sequential(nn.Linear(4, 5), getattr(nn, name)(*ACTIVATIONS[name], inplace=True)),
        [(3, 4)],
        np.float64,
        coarse=name in COARSE,
    )


SMOOTH = np.array([[-2.1, -0.7, 0.4], [0.9, 1.7, 2.6]])
LINEAR = (
    "ReLU",
    "LeakyReLU",
    "Hardtanh",
    "ReLU6",
    "Hardsigmoid",
    "Hardshrink",
    "Softshrink",
    "Threshold",
    "Identity",
    "RReLU",
    "PairwiseDistance p",
)


@pytest.mark.parametrize("case", [c for c in CASES if c not in (*LINEAR, "Linear of nothing", "CELU")])
def test_second_order(case):
    make, shapes = CASES[case]
    ours, theirs = twins(make, np.float64)
    rng = np.random.default_rng(0)
    arrays = [draw(rng, SMOOTH if s is KINKS else s, np.float64) for s in shapes]
    compare_second_order(ours, theirs, arrays, list(zip(ours.parameters(), theirs.parameters(), strict=True)))
