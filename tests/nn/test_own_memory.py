"""Results that are copies in PyTorch share no memory with what they were computed from, and views do."""

import numpy as np
import pytest

import autograd
from nn import functional as F

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

CALLS = {
    "embedding 0-d": (
        "embedding",
        lambda L: (
            L.tensor(1),
            L.ones(3, 4),
        ),
        {},
    ),
    "embedding 1-d": (
        "embedding",
        lambda L: (
            L.tensor([1, 2]),
            L.ones(3, 4),
        ),
        {},
    ),
    "interpolate nearest": ("interpolate", lambda L: (L.ones(1, 2, 4, 4),), {"size": (4, 4)}),
    "interpolate bilinear": ("interpolate", lambda L: (L.ones(1, 2, 4, 4),), {"size": (4, 4), "mode": "bilinear"}),
    "interpolate area": ("interpolate", lambda L: (L.ones(1, 2, 4, 4),), {"size": (4, 4), "mode": "area"}),
    "interpolate scale1": ("interpolate", lambda L: (L.ones(1, 2, 4),), {"scale_factor": 1}),
    "unfold1": (
        "unfold",
        lambda L: (
            L.ones(1, 2, 4, 4),
            1,
        ),
        {},
    ),
    "fold1": (
        "fold",
        lambda L: (
            L.ones(1, 2, 16),
            (4, 4),
            1,
        ),
        {},
    ),
    "pixel_shuffle1": (
        "pixel_shuffle",
        lambda L: (
            L.ones(1, 2, 4, 4),
            1,
        ),
        {},
    ),
    "pixel_unshuffle1": (
        "pixel_unshuffle",
        lambda L: (
            L.ones(1, 2, 4, 4),
            1,
        ),
        {},
    ),
    "channel_shuffle1": (
        "channel_shuffle",
        lambda L: (
            L.ones(1, 2, 4, 4),
            1,
        ),
        {},
    ),
    "max_pool1": (
        "max_pool2d",
        lambda L: (
            L.ones(1, 2, 4, 4),
            1,
        ),
        {},
    ),
    "avg_pool1": (
        "avg_pool2d",
        lambda L: (
            L.ones(1, 2, 4, 4),
            1,
        ),
        {},
    ),
    "adaptive_avg same": (
        "adaptive_avg_pool2d",
        lambda L: (
            L.ones(1, 2, 4, 4),
            (4, 4),
        ),
        {},
    ),
    "adaptive_max same": (
        "adaptive_max_pool2d",
        lambda L: (
            L.ones(1, 2, 4, 4),
            (4, 4),
        ),
        {},
    ),
    "lp_pool1": (
        "lp_pool2d",
        lambda L: (
            L.ones(1, 2, 4, 4),
            2,
            1,
        ),
        {},
    ),
    "pad0": (
        "pad",
        lambda L: (
            L.ones(1, 2, 4, 4),
            (0, 0),
        ),
        {},
    ),
    "dropout eval": (
        "dropout",
        lambda L: (
            L.ones(3),
            0.5,
            False,
        ),
        {},
    ),
    "dropout p0": (
        "dropout",
        lambda L: (
            L.ones(3),
            0.0,
            True,
        ),
        {},
    ),
    "dropout2d eval": (
        "dropout2d",
        lambda L: (
            L.ones(1, 2, 3, 3),
            0.5,
            False,
        ),
        {},
    ),
    "alpha_dropout eval": (
        "alpha_dropout",
        lambda L: (
            L.ones(3),
            0.5,
            False,
        ),
        {},
    ),
    "relu": ("relu", lambda L: (L.ones(3),), {}),
    "relu6": ("relu6", lambda L: (L.ones(3),), {}),
    "hardtanh": ("hardtanh", lambda L: (L.ones(3),), {}),
    "threshold": (
        "threshold",
        lambda L: (
            L.ones(3),
            0.0,
            0.0,
        ),
        {},
    ),
    "leaky1": (
        "leaky_relu",
        lambda L: (
            L.ones(3),
            1.0,
        ),
        {},
    ),
    "normalize": ("normalize", lambda L: (L.ones(3, 2),), {}),
    "batch_norm eval": (
        "batch_norm",
        lambda L: (
            L.ones(3, 2),
            L.zeros(2),
            L.ones(2),
        ),
        {},
    ),
    "layer_norm": (
        "layer_norm",
        lambda L: (
            L.ones(3, 2),
            (2,),
        ),
        {},
    ),
    "mse none": (
        "mse_loss",
        lambda L: (
            L.ones(3),
            L.zeros(3),
        ),
        {"reduction": "none"},
    ),
    "l1 none": (
        "l1_loss",
        lambda L: (
            L.ones(3),
            L.zeros(3),
        ),
        {"reduction": "none"},
    ),
    "nll none": (
        "nll_loss",
        lambda L: (
            L.ones(3, 2),
            L.tensor([0, 1, 1]),
        ),
        {"reduction": "none"},
    ),
    "one_hot": (
        "one_hot",
        lambda L: (
            L.tensor([0, 1]),
            2,
        ),
        {},
    ),
    "softmax 0-d": ("softmax", lambda L: (L.ones(3, 1),), {"dim": 1}),
    "glu": ("glu", lambda L: (L.ones(2, 4),), {}),
    "celu": ("celu", lambda L: (L.ones(3),), {}),
    "gumbel": ("gumbel_softmax", lambda L: (L.ones(3, 2),), {}),
    "embedding_bag one": (
        "embedding_bag",
        lambda L: (
            L.tensor([[1]]),
            L.ones(3, 4),
        ),
        {},
    ),
    "embedding_bag sum": (
        "embedding_bag",
        lambda L: (
            L.tensor([[1]]),
            L.ones(3, 4),
        ),
        {"mode": "sum"},
    ),
    "linear 1": (
        "linear",
        lambda L: (
            L.ones(3, 1),
            L.ones(1, 1),
        ),
        {},
    ),
    "sdpa": (
        "scaled_dot_product_attention",
        lambda L: (
            L.ones(1, 1, 2),
            L.ones(1, 1, 2),
            L.ones(1, 1, 2),
        ),
        {},
    ),
    "rrelu eval": ("rrelu", lambda L: (L.ones(3),), {}),
    "prelu": (
        "prelu",
        lambda L: (
            L.ones(3),
            L.ones(1),
        ),
        {},
    ),
    "cosine": (
        "cosine_similarity",
        lambda L: (
            L.ones(1, 3),
            L.ones(1, 3),
        ),
        {},
    ),
    "feature_alpha_dropout": (
        "feature_alpha_dropout",
        lambda L: (
            L.ones(1, 2, 3),
            0.5,
            False,
        ),
        {},
    ),
}


def shared(result, args, same):
    return [same(result, a) for a in args if hasattr(a, "dtype")]


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.filterwarnings("ignore")
def test_results_share_memory_where_pytorchs_do(name):
    function, args, options = CALLS[name]
    theirs, ours = args(torch), args(autograd)
    want = getattr(torch.nn.functional, function)(*theirs, **options)
    got = getattr(F, function)(*ours, **options)
    assert shared(got, ours, lambda x, y: np.shares_memory(x._array(), y._array())) == shared(
        want, theirs, lambda x, y: x.untyped_storage().data_ptr() == y.untyped_storage().data_ptr()
    )
