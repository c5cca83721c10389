"""Every kind of module with inputs of other shapes, beside torch: the same shape, or an error that names shapes or sizes."""

import itertools
import re

import pytest

import autograd
import nn
from autograd.errors import GradloomError

torch = pytest.importorskip("torch")

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]

MODULES = {
    "Linear": (lambda nn: nn.Linear(4, 3), [(5, 4)]),
    "Bilinear": (lambda nn: nn.Bilinear(4, 5, 3), [(2, 4), (2, 5)]),
    "Conv1d": (lambda nn: nn.Conv1d(4, 3, 2), [(2, 4, 6)]),
    "Conv2d": (lambda nn: nn.Conv2d(4, 2, 2, groups=2), [(2, 4, 5, 5)]),
    "Conv2d reflect": (lambda nn: nn.Conv2d(4, 2, 2, padding=1, padding_mode="reflect"), [(2, 4, 5, 5)]),
    "Conv3d": (lambda nn: nn.Conv3d(2, 3, 2), [(1, 2, 3, 3, 3)]),
    "ConvTranspose1d": (lambda nn: nn.ConvTranspose1d(4, 3, 2), [(2, 4, 6)]),
    "ConvTranspose2d": (lambda nn: nn.ConvTranspose2d(4, 3, 2), [(2, 4, 5, 5)]),
    "MaxPool1d": (lambda nn: nn.MaxPool1d(2), [(2, 4, 6)]),
    "MaxPool2d": (lambda nn: nn.MaxPool2d(2), [(2, 4, 6, 6)]),
    "AvgPool2d": (lambda nn: nn.AvgPool2d(2), [(2, 4, 6, 6)]),
    "LPPool2d": (lambda nn: nn.LPPool2d(2, 2), [(2, 4, 6, 6)]),
    "AdaptiveAvgPool2d": (lambda nn: nn.AdaptiveAvgPool2d(2), [(2, 4, 6, 6)]),
    "AdaptiveMaxPool1d": (lambda nn: nn.AdaptiveMaxPool1d(2), [(2, 4, 6)]),
    "BatchNorm1d": (lambda nn: nn.BatchNorm1d(4), [(3, 4)]),
    "BatchNorm2d": (lambda nn: nn.BatchNorm2d(4), [(3, 4, 2, 2)]),
    "BatchNorm1d in evaluation": (lambda nn: nn.BatchNorm1d(4).eval(), [(3, 4, 5)]),
    "InstanceNorm1d": (lambda nn: nn.InstanceNorm1d(4, affine=True), [(3, 4, 5)]),
    "InstanceNorm2d": (lambda nn: nn.InstanceNorm2d(4, track_running_stats=True), [(3, 4, 5, 5)]),
    "LayerNorm": (lambda nn: nn.LayerNorm((4, 5)), [(3, 4, 5)]),
    "RMSNorm": (lambda nn: nn.RMSNorm(5), [(3, 4, 5)]),
    "GroupNorm": (lambda nn: nn.GroupNorm(2, 4), [(3, 4, 5)]),
    "LocalResponseNorm": (lambda nn: nn.LocalResponseNorm(2), [(3, 4, 5)]),
    "PReLU": (lambda nn: nn.PReLU(4), [(3, 4, 5)]),
    "GLU": (lambda nn: nn.GLU(), [(3, 4)]),
    "Softmax2d": (lambda nn: nn.Softmax2d(), [(3, 4, 2, 2)]),
    "Flatten": (lambda nn: nn.Flatten(), [(3, 4, 2, 2)]),
    "Unflatten": (lambda nn: nn.Unflatten(1, (2, 2)), [(3, 4)]),
    "ZeroPad2d": (lambda nn: nn.ZeroPad2d(1), [(3, 4, 2, 2)]),
    "ReflectionPad1d": (lambda nn: nn.ReflectionPad1d(1), [(3, 4, 5)]),
    "ReplicationPad2d": (lambda nn: nn.ReplicationPad2d(1), [(3, 4, 5, 5)]),
    "CircularPad1d": (lambda nn: nn.CircularPad1d(1), [(3, 4, 5)]),
    "PixelShuffle": (lambda nn: nn.PixelShuffle(2), [(3, 4, 2, 2)]),
    "ChannelShuffle": (lambda nn: nn.ChannelShuffle(2), [(3, 4, 2, 2)]),
    "Upsample": (lambda nn: nn.Upsample(scale_factor=2, mode="bilinear"), [(3, 4, 2, 2)]),
    "Fold": (lambda nn: nn.Fold((3, 3), 2), [(2, 8, 4)]),
    "Unfold": (lambda nn: nn.Unfold(2), [(2, 3, 4, 4)]),
    "RNN": (lambda nn: nn.RNN(4, 3, batch_first=True), [(2, 5, 4)]),
    "GRU with a state": (lambda nn: nn.GRU(4, 3), [(5, 2, 4), (1, 2, 3)]),
    "LSTM": (lambda nn: nn.LSTM(4, 3, bidirectional=True), [(5, 2, 4)]),
    "GRUCell": (lambda nn: nn.GRUCell(4, 3), [(2, 4), (2, 3)]),
    "LSTMCell": (lambda nn: nn.LSTMCell(4, 3), [(2, 4)]),
    "MultiheadAttention": (lambda nn: nn.MultiheadAttention(4, 2), [(5, 2, 4), (6, 2, 4), (6, 2, 4)]),
    "TransformerEncoderLayer": (lambda nn: nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0), [(5, 2, 4)]),
    "TransformerDecoderLayer": (lambda nn: nn.TransformerDecoderLayer(4, 2, 8, dropout=0.0), [(5, 2, 4), (6, 2, 4)]),
    "Transformer": (lambda nn: nn.Transformer(4, 2, 1, 1, 8, dropout=0.0), [(5, 2, 4), (6, 2, 4)]),
    "CosineSimilarity": (lambda nn: nn.CosineSimilarity(), [(4, 5), (4, 5)]),
    "PairwiseDistance": (lambda nn: nn.PairwiseDistance(), [(4, 5), (4, 5)]),
    "TripletMarginLoss": (lambda nn: nn.TripletMarginLoss(), [(4, 5), (4, 5), (4, 5)]),
}  # fmt: skip


def changed(shape):
    """The shape with one size changed, or one dimension more or less."""
    yield shape
    for k in range(len(shape)):
        for size in (0, 1, shape[k] + 1):
            yield (*shape[:k], size, *shape[k + 1 :])
        yield shape[:k] + shape[k + 1 :]
    yield from ((1, *shape), (*shape, 1), (), (shape[0],), (0,))


def outcome(library, layers, make, shapes):
    try:
        found = make(layers)(*[library.ones(s) for s in shapes])
        while isinstance(found, tuple):
            found = found[0]
        return tuple(found.shape)
    except Exception as error:
        return error


@pytest.mark.parametrize("name", MODULES)
def test_shapes(name):
    make, shapes = MODULES[name]
    wrong = []
    for k, shape in itertools.product(range(len(shapes)), range(40)):
        variants = list(changed(shapes[k]))
        if shape >= len(variants):
            continue
        given = [*shapes[:k], variants[shape], *shapes[k + 1 :]]
        wanted, found = outcome(torch, torch.nn, make, given), outcome(autograd, nn, make, given)
        if isinstance(wanted, Exception):
            if isinstance(found, tuple) and 0 in variants[shape]:
                continue  # an input without elements, of which torch refuses some
            if not isinstance(found, GradloomError):
                wrong.append(f"{given}: {found!r}, torch {wanted!r:.150}")
            elif not re.search(r"\d", str(found)):
                wrong.append(f"{given}: names no shape: {found!r}")
        elif found != wanted and not (
            isinstance(found, GradloomError) and 0 in variants[shape] and name.startswith("BatchNorm")
        ):
            wrong.append(f"{given}: {found!r}, torch {wanted!r}")
    assert not wrong, "\n".join(wrong)
