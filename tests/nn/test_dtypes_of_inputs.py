"""Every function of nn.functional with integers, booleans and mixed dtypes beside torch: the value and dtype, or a refusal.

Each tensor argument in turn, and all of them together, takes each dtype while the others stay float32.
"""

import itertools
import re

import numpy as np
import pytest

import autograd
import nn.functional as F
from autograd.errors import GradloomError

torch = pytest.importorskip("torch")

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]

DTYPES = ("int32", "int64", "bool", "uint8", "float64", "float16")

rng = np.random.default_rng(2)


def whole(*shape, low=-3, high=5):
    return rng.integers(low, high, shape).astype(np.float32)


X = np.array([[-4.0, -1, 0, 1], [2, 7, 0, 3]], np.float32)
Y = np.array([[1.0, 0, 2, 1], [2, -1, 1, 3]], np.float32)
BITS = np.array([[1.0, 0, 0, 1], [0, 1, 1, 1]], np.float32)
SIGNS = np.array([[1.0, -1, 1, 1], [-1, 1, -1, 1]], np.float32)
VEC = np.array([1.0, 2, 1, 3], np.float32)
SEQ, IMAGE, VOLUME = whole(2, 4, 6), whole(1, 2, 4, 4), whole(1, 2, 4, 4, 4)
LABELS = np.array([0, 3])
LOG = np.log(np.array([[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]], np.float32))

# name: tensors (float ones change their dtype), further arguments
CASES = {
    "relu": [([X], {}), ([X], {"inplace": True})],
    "relu_": [([X], {})],
    "relu6": [([X], {}), ([X], {"inplace": True})],
    "leaky_relu": [([X], {}), ([X], {"negative_slope": 2}), ([X], {"inplace": True})],
    "leaky_relu_": [([X], {})],
    "prelu": [([X], {"weight": VEC}), ([X], {"weight": VEC[:1]})],
    "rrelu": [([X], {}), ([X], {"inplace": True})],
    "rrelu_": [([X], {})],
    "threshold": [([X], {"threshold": 1, "value": 2}), ([X], {"threshold": 0.5, "value": 2.5}),
                  ([X], {"threshold": 1, "value": 2, "inplace": True})],
    "threshold_": [([X], {"threshold": 1, "value": 2})],
    "hardtanh": [([X], {}), ([X], {"min_val": -2, "max_val": 2}), ([X], {"min_val": -1.5, "max_val": 1.5}),
                 ([X], {"inplace": True}), ([X], {"min_val": 0, "max_val": 2})],
    "hardtanh_": [([X], {})],
    "hardsigmoid": [([X], {}), ([X], {"inplace": True})],
    "hardswish": [([X], {}), ([X], {"inplace": True})],
    "hardshrink": [([X], {})],
    "softshrink": [([X], {})],
    "elu": [([X], {}), ([X], {"inplace": True})], "elu_": [([X], {})],
    "selu": [([X], {}), ([X], {"inplace": True})], "selu_": [([X], {})],
    "celu": [([X], {}), ([X], {"inplace": True})], "celu_": [([X], {})],
    "gelu": [([X], {}), ([X], {"approximate": "tanh"})],
    "logsigmoid": [([X], {})],
    "mish": [([X], {}), ([X], {"inplace": True})],
    "sigmoid": [([X], {})],
    "silu": [([X], {}), ([X], {"inplace": True})],
    "softplus": [([X], {}), ([X], {"beta": 2})],
    "softsign": [([X], {})],
    "tanh": [([X], {})],
    "tanhshrink": [([X], {})],
    "glu": [([X], {})],
    "softmax": [([X], {"dim": 1}), ([X], {"dim": 1, "dtype": "float32"})],
    "log_softmax": [([X], {"dim": 1}), ([X], {"dim": 1, "dtype": "float64"})],
    "softmin": [([X], {"dim": 1}), ([X], {"dim": 1, "dtype": "float32"})],
    "adaptive_avg_pool1d": [([SEQ], {"output_size": 3})],
    "adaptive_avg_pool2d": [([IMAGE], {"output_size": 2})],
    "adaptive_avg_pool3d": [([VOLUME], {"output_size": 2})],
    "adaptive_max_pool1d": [([SEQ], {"output_size": 3})],
    "adaptive_max_pool2d": [([IMAGE], {"output_size": 2})],
    "adaptive_max_pool3d": [([VOLUME], {"output_size": 2})],
    "avg_pool1d": [([SEQ], {"kernel_size": 2}), ([SEQ], {"kernel_size": 4, "padding": 1, "count_include_pad": False})],
    "avg_pool2d": [([IMAGE], {"kernel_size": 2}), ([IMAGE], {"kernel_size": 2, "divisor_override": 3}),
                   ([IMAGE], {"kernel_size": 3, "stride": 2, "ceil_mode": True})],
    "avg_pool3d": [([VOLUME], {"kernel_size": 2})],
    "lp_pool1d": [([SEQ], {"norm_type": 2, "kernel_size": 2})],
    "lp_pool2d": [([IMAGE], {"norm_type": 2, "kernel_size": 2})],
    "lp_pool3d": [([VOLUME], {"norm_type": 2, "kernel_size": 2})],
    "max_pool1d": [([SEQ], {"kernel_size": 2}), ([SEQ], {"kernel_size": 2, "padding": 1})],
    "max_pool2d": [([IMAGE], {"kernel_size": 2}), ([IMAGE], {"kernel_size": 2, "padding": 1})],
    "max_pool3d": [([VOLUME], {"kernel_size": 2})],
    "max_unpool1d": [([whole(1, 2, 3)], {"indices": np.array([[[0, 2, 4], [1, 3, 5]]]), "kernel_size": 2})],
    "max_unpool2d": [([whole(1, 1, 1, 2)], {"indices": np.array([[[[0, 3]]]]), "kernel_size": 2})],
    "max_unpool3d": [([whole(1, 1, 1, 1, 2)], {"indices": np.array([[[[[0, 3]]]]]), "kernel_size": 2})],
    "scaled_dot_product_attention": [([whole(2, 3, 4), whole(2, 5, 4), whole(2, 5, 4)], {}),
                                     ([whole(2, 3, 4), whole(2, 5, 4), whole(2, 5, 4)], {"attn_mask": whole(3, 5)})],
    "batch_norm": [([IMAGE], {"running_mean": VEC[:2], "running_var": VEC[:2]}),
                   ([IMAGE], {"running_mean": None, "running_var": None, "training": True}),
                   ([IMAGE, VEC[:2].copy(), VEC[2:].copy(), VEC[:2], VEC[2:]], {}),
                   ([IMAGE, VEC[:2].copy(), VEC[2:].copy(), VEC[:2], VEC[2:]], {"training": True})],
    "instance_norm": [([IMAGE], {}), ([IMAGE], {"weight": VEC[:2], "bias": VEC[2:]})],
    "layer_norm": [([X], {"normalized_shape": (4,)}), ([X], {"normalized_shape": (4,), "weight": VEC, "bias": VEC})],
    "rms_norm": [([X], {"normalized_shape": (4,)}), ([X], {"normalized_shape": (4,), "weight": VEC})],
    "group_norm": [([SEQ], {"num_groups": 2}), ([SEQ], {"num_groups": 2, "weight": VEC, "bias": VEC})],
    "local_response_norm": [([SEQ], {"size": 2})],
    "normalize": [([X], {}), ([X], {"p": 1})],
    "linear": [([X, Y], {}), ([X, Y], {"bias": VEC[:2]}), ([X, VEC], {})],
    "bilinear": [([X, Y, whole(3, 4, 4)], {}), ([X, Y, whole(3, 4, 4)], {"bias": VEC[:3]})],
    "conv1d": [([SEQ, whole(3, 4, 2)], {}), ([SEQ, whole(3, 4, 2), VEC[:3]], {})],
    "conv2d": [([IMAGE, whole(3, 2, 2, 2)], {}), ([IMAGE, whole(3, 2, 2, 2), VEC[:3]], {})],
    "conv3d": [([VOLUME, whole(3, 2, 2, 2, 2)], {}), ([VOLUME, whole(3, 2, 2, 2, 2), VEC[:3]], {})],
    "conv_transpose1d": [([SEQ, whole(4, 3, 2)], {}), ([SEQ, whole(4, 3, 2), VEC[:3]], {})],
    "conv_transpose2d": [([IMAGE, whole(2, 3, 2, 2)], {}), ([IMAGE, whole(2, 3, 2, 2), VEC[:3]], {})],
    "conv_transpose3d": [([VOLUME, whole(2, 3, 2, 2, 2)], {}), ([VOLUME, whole(2, 3, 2, 2, 2), VEC[:3]], {})],
    "cosine_similarity": [([X, Y], {}), ([X, Y], {"dim": 0})],
    "pairwise_distance": [([X, Y], {}), ([X, Y], {"p": 1})],
    "pdist": [([X], {}), ([X], {"p": 1})],
    "dropout": [([X], {}), ([X], {"training": False}), ([X], {"inplace": True})],
    "dropout1d": [([SEQ], {}), ([SEQ], {"training": False})],
    "dropout2d": [([IMAGE], {})],
    "dropout3d": [([VOLUME], {})],
    "alpha_dropout": [([X], {"training": True}), ([X], {})],
    "feature_alpha_dropout": [([SEQ], {"training": True})],
    "embedding": [([np.array([1, 0]), X], {}), ([np.array([1.0, 0]), X], {}), ([np.array([1, 0]), X], {"max_norm": 1.0})],
    "embedding_bag": [([np.array([1, 0]), X], {"offsets": np.array([0])}), ([np.array([[1, 0]]), X], {}),
                      ([np.array([[1, 0]]), X, None, None, 2.0, False, "sum", False], {"per_sample_weights": BITS[:1, :2]})],
    "one_hot": [([np.array([0.0, 1])], {}), ([np.array([0, 1])], {})],
    "interpolate": [([IMAGE], {"scale_factor": 2}), ([IMAGE], {"scale_factor": 2, "mode": "bilinear"}),
                    ([SEQ], {"scale_factor": 2, "mode": "linear"}), ([IMAGE], {"size": 2, "mode": "area"}),
                    ([IMAGE], {"scale_factor": 2, "mode": "bicubic"}), ([SEQ], {"scale_factor": 2}),
                    ([VOLUME], {"scale_factor": 2}), ([VOLUME], {"scale_factor": 2, "mode": "trilinear"}),
                    ([IMAGE], {"scale_factor": 2, "mode": "nearest-exact"})],
    "upsample": [([IMAGE], {"scale_factor": 2})],
    "upsample_nearest": [([IMAGE], {"scale_factor": 2})],
    "upsample_bilinear": [([IMAGE], {"scale_factor": 2})],
    "pad": [([X], {"pad": (1, 1)}), ([X], {"pad": (1, 1), "value": 2.5}), ([X], {"pad": (1, 1), "value": 2}),
            ([SEQ], {"pad": (1, 1), "mode": "reflect"}), ([SEQ], {"pad": (1, 1), "mode": "replicate"}),
            ([SEQ], {"pad": (1, 1), "mode": "circular"})],
    "affine_grid": [([whole(1, 2, 3)], {"size": (1, 1, 3, 3)})],
    "grid_sample": [([IMAGE, np.zeros((1, 2, 2, 2), np.float32)], {}),
                    ([IMAGE, np.zeros((1, 2, 2, 2), np.float32)], {"mode": "nearest"})],
    "gumbel_softmax": [([X], {}), ([X], {"hard": True})],
    "channel_shuffle": [([SEQ], {"groups": 2})],
    "pixel_shuffle": [([whole(1, 4, 2, 2)], {"upscale_factor": 2})],
    "pixel_unshuffle": [([IMAGE], {"downscale_factor": 2})],
    "fold": [([whole(1, 4, 4)], {"output_size": (3, 3), "kernel_size": 2})],
    "unfold": [([IMAGE], {"kernel_size": 2})],
    "mse_loss": [([X, Y], {}), ([X, Y], {"reduction": "none"}), ([X, Y], {"weight": VEC.repeat(2).reshape(2, 4)})],
    "l1_loss": [([X, Y], {}), ([X, Y], {"reduction": "none"}), ([X, Y], {"reduction": "sum"})],
    "smooth_l1_loss": [([X, Y], {}), ([X, Y], {"reduction": "none"}), ([X, Y], {"beta": 0.0})],
    "huber_loss": [([X, Y], {}), ([X, Y], {"reduction": "none", "delta": 2}), ([X, Y], {"reduction": "sum", "delta": 1})],
    "cross_entropy": [([X, LABELS], {}), ([X, BITS], {}), ([X, BITS], {"weight": VEC}), ([X, LABELS], {"weight": VEC}),
                      ([X, np.array([0.0, 3])], {}), ([X, LABELS], {"label_smoothing": 0.25}),
                      ([X, LABELS], {"label_smoothing": 0.25, "weight": VEC})],
    "nll_loss": [([LOG, LABELS], {}), ([LOG, LABELS], {"weight": VEC}), ([LOG, np.array([0.0, 3])], {})],
    "binary_cross_entropy": [([BITS, BITS[::-1].copy()], {}), ([BITS, BITS], {"weight": VEC})],
    "binary_cross_entropy_with_logits": [([X, BITS], {}), ([X, BITS], {"weight": VEC}), ([X, BITS], {"pos_weight": VEC})],
    "kl_div": [([LOG, BITS], {}), ([LOG, BITS], {"reduction": "batchmean"}), ([LOG, Y], {"log_target": True})],
    "gaussian_nll_loss": [([X, Y, BITS + 1], {}), ([X, Y], {"var": 2.0}), ([X, Y, BITS + 1], {"full": True})],
    "poisson_nll_loss": [([X, BITS], {}), ([BITS, BITS], {"log_input": False}), ([X, BITS * 3], {"full": True})],
    "hinge_embedding_loss": [([X, SIGNS], {}), ([X, SIGNS], {"margin": 0.5})],
    "margin_ranking_loss": [([X, Y, SIGNS], {}), ([X, Y, SIGNS], {"margin": 0.5}), ([X, Y, SIGNS], {"margin": 2})],
    "soft_margin_loss": [([X, SIGNS], {})],
    "multilabel_soft_margin_loss": [([X, BITS], {}), ([X, BITS], {"weight": VEC})],
    "multi_margin_loss": [([X, LABELS], {}), ([X, LABELS], {"weight": VEC}), ([X, np.array([0.0, 3])], {})],
    "multilabel_margin_loss": [([X, np.array([[0, 1, -1, 0], [2, -1, 0, 0]])], {}),
                               ([X, np.array([[0.0, 1, -1, 0], [2, -1, 0, 0]])], {})],
    "cosine_embedding_loss": [([X, Y, SIGNS[:, 1]], {}), ([X, Y, SIGNS[:, 1]], {"margin": 0.5})],
    "triplet_margin_loss": [([X, Y, BITS], {})],
    "triplet_margin_with_distance_loss": [([X, Y, BITS], {})],
    "ctc_loss": [([np.log(np.full((4, 1, 3), 1 / 3, np.float32)), np.array([[1, 2]])],
                  {"input_lengths": (4,), "target_lengths": (2,)}),
                 ([np.log(np.full((4, 1, 3), 1 / 3, np.float32)), np.array([[1.0, 2]])],
                  {"input_lengths": (4,), "target_lengths": (2,)}),
                 ([np.log(np.full((4, 1, 3), 1 / 3, np.float32)), np.array([[1, 2]]), np.array([4.0]), np.array([2.0])], {})],
}  # fmt: skip

RANDOM = {"dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout", "gumbel_softmax"}
OWN = {"focal_loss", "hinge_loss", "register_affine"}  # which torch does not have

# What moves elements, compares them or adds products of integers is exact in every dtype; torch lacks some of the kernels.
EXACT = {
    "softsign", "linear", "bilinear", "interpolate", "upsample", "upsample_nearest", "pad", "fold", "unfold",
    *(f"{name}{dims}d" for dims in (1, 2, 3) for name in (
        "max_pool", "adaptive_max_pool", "max_unpool", "conv", "conv_transpose",
    )),
}  # fmt: skip

DIFFERENT = {  # on purpose
    ("local_response_norm", "int64"): "torch's mean of integers drops the fraction, so the result is none of the formula's",
    ("ctc_loss", "float64"): "torch reads the bits of targets that are no integers as integers",
    ("ctc_loss", "float16"): "the same",
    ("conv_transpose2d", "bias"): "torch refuses the mixed bias in one and three dimensions and takes it in two",
    ("poisson_nll_loss", "bool"): "torch refuses a bool target only for full=True",
    ("cosine_similarity", "float16"): "torch divides by a product that underflows",
}


def places(args, kwargs):
    """Where the tensors are whose dtype is varied."""
    found = [*enumerate(args), *kwargs.items()]
    return [k for k, a in found if isinstance(a, np.ndarray) and a.dtype.kind == "f"]


def variants(args, kwargs):
    """A dtype, and the places of the tensors that have it."""
    everywhere = tuple(places(args, kwargs))
    groups = [everywhere, *[(p,) for p in everywhere] * (len(everywhere) > 1)]
    given = {**dict(enumerate(args)), **kwargs}
    for dtype, group in itertools.product(DTYPES, groups):
        if dtype != "uint8" or all(given[place].min() >= 0 for place in group):
            yield dtype, group


def converted(library, value, dtype):
    if not isinstance(value, np.ndarray):
        return getattr(library, value) if value in ("float32", "float64") else value
    return library.tensor(value.copy() if dtype is None else value.astype(dtype))


def outcome(library, functional, name, args, kwargs, dtype, group):
    args = [converted(library, a, dtype if k in group else None) for k, a in enumerate(args)]
    kwargs = {k: converted(library, a, dtype if k in group else None) for k, a in kwargs.items()}
    try:
        return getattr(functional, name)(*args, **kwargs).detach().numpy(), None
    except Exception as error:
        return None, error


def refusal(name, found, error, refused):
    """What is wrong, if something is, with the answer to a call that torch refuses."""
    if error is None:
        lacks_a_kernel = "not implemented for" in str(refused) and (name in EXACT or "'Half'" in str(refused))
        return None if lacks_a_kernel else f"gives {found.dtype}, torch {type(refused).__name__}: {refused}"
    if not isinstance(error, GradloomError):
        return f"{type(error).__name__}: {error}"
    if not isinstance(error, type(refused)) and not isinstance(refused, NotImplementedError):
        return f"{type(error).__name__}, torch {type(refused).__name__}: {error}"
    return None if re.search(r"(int|float)\d+|bool", str(error)) else f"names no dtype: {error}"


def compare(name, args, kwargs, dtype, group):
    """What differs, or None."""
    with np.errstate(all="ignore"):
        wanted, refused = outcome(torch, torch.nn.functional, name, args, kwargs, dtype, group)
        found, error = outcome(autograd, F, name, args, kwargs, dtype, group)
    if refused is not None:
        return refusal(name, found, error, refused)
    if error is not None:
        return f"{type(error).__name__}: {error}, torch gives {wanted.dtype}"
    if (found.dtype, found.shape) != (wanted.dtype, wanted.shape):
        return f"gives {found.dtype} {found.shape}, torch {wanted.dtype} {wanted.shape}"
    # torch resizes bytes in two steps and rounds after each; it computes in half precision where this library does not
    far = 2 if wanted.dtype == "uint8" else 1e-2 if "float16" in (dtype, wanted.dtype) else 1e-5
    if name not in RANDOM and not np.allclose(
        found.astype(float), wanted.astype(float), 0 if wanted.dtype == "uint8" else far, far, equal_nan=True
    ):
        return f"{found.tolist()}, torch {wanted.tolist()}"
    return None


@pytest.mark.parametrize("name", CASES)
def test_dtypes(name):
    wrong = [
        f"{k} {group} {dtype}: {found}"
        for k, (args, kwargs) in enumerate(CASES[name])
        for dtype, group in variants(args, kwargs)
        if not any((name, known) in DIFFERENT for known in (dtype, *group) + ("bias",) * (group == (2,)))
        if (found := compare(name, args, kwargs, dtype, group))
    ]
    assert not wrong, "\n".join(wrong)


def test_every_function_is_in_the_table():
    assert {name for name in dir(F) if name[0].islower() and callable(getattr(F, name))} - OWN == set(CASES)
