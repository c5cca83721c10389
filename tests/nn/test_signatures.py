"""The names, order and defaults of all parameters are PyTorch's; each keyword is taken, and modules print the same."""

import inspect

import pytest

import autograd
import nn
import nn.functional as F
import optim
import optim.lr_scheduler
import optim.swa_utils

torch = pytest.importorskip("torch")

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore")]

ABSENT = {  # not part of this library
    "Container", "CrossMapLRN2d", "FractionalMaxPool2d", "FractionalMaxPool3d", "LinearCrossEntropyLoss",
    "LinearCrossEntropyOptions", "NLLLoss2d", "Adafactor", "SparseAdam", "ScaledMMOptions",
}  # fmt: skip
LOOSER = {"Module", "RNN", "Buffer"}  # torch takes *args and **kwargs; Buffer may require a gradient


def classes(module):
    found = {n: c for n, c in vars(module).items() if isinstance(c, type) and not n.startswith("_") and n not in ABSENT}
    return {n: c for n, c in found.items() if c.__module__.startswith("torch.")}


def functions():
    named = {n: f for n, f in vars(torch.nn.functional).items() if n[0].islower() and inspect.isfunction(f)}
    return {n: f for n, f in named.items() if f.__module__ == "torch.nn.functional" and hasattr(F, n)}


def parameters(function):
    """(name, default) of each parameter, a star before those that have to be named."""
    try:
        found = inspect.signature(function).parameters.values()
    except ValueError:  # of a builtin
        return None
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in found):
        return None
    return [("*" * (p.kind == p.KEYWORD_ONLY) + p.name, getattr(p.default, "__name__", p.default)) for p in found]


def same(ours, theirs, name):
    wanted = parameters(theirs)
    if wanted is not None and name not in LOOSER:
        found = parameters(ours)
        assert found is not None
        assert found[: len(wanted)] == wanted, name  # there may be further ones
        assert len(found) == len(wanted) or found[len(wanted)][1] is None, name


@pytest.mark.parametrize("name", functions())
def test_function(name):
    same(getattr(F, name), getattr(torch.nn.functional, name), name)


@pytest.mark.parametrize("name", classes(torch.nn))
def test_module(name):
    same(getattr(nn, name), getattr(torch.nn, name), name)


@pytest.mark.parametrize("name", classes(torch.nn))
def test_forward(name):
    ours, theirs = getattr(nn, name), getattr(torch.nn, name)
    if "forward" in vars(theirs) and issubclass(theirs, torch.nn.Module) and theirs is not torch.nn.Module:
        wanted, found = (inspect.signature(c.forward).parameters for c in (theirs, ours))
        assert list(found) == list(wanted)


@pytest.mark.parametrize("name", classes(torch.optim))
def test_optimizer(name):
    same(getattr(optim, name), getattr(torch.optim, name), name)


@pytest.mark.parametrize("name", [n for n in classes(torch.optim.lr_scheduler) if hasattr(optim.lr_scheduler, n)])
def test_scheduler(name):
    same(getattr(optim.lr_scheduler, name), getattr(torch.optim.lr_scheduler, name), name)


@pytest.mark.parametrize("name", torch.optim.swa_utils.__all__)
def test_average(name):
    same(getattr(optim.swa_utils, name), getattr(torch.optim.swa_utils, name), name)


REQUIRED = {
    "in_features": 4, "out_features": 3, "in_channels": 4, "out_channels": 2, "kernel_size": 3, "num_features": 4,
    "in1_features": 2, "in2_features": 3, "num_embeddings": 5, "embedding_dim": 3, "input_size": 4, "hidden_size": 3,
    "normalized_shape": 4, "num_groups": 2, "num_channels": 4, "size": 2, "padding": 1, "value": 0.5, "threshold": 0.5,
    "output_size": 2, "norm_type": 2, "d_model": 4, "nhead": 2, "embed_dim": 4, "num_heads": 2, "upscale_factor": 2,
    "downscale_factor": 2, "groups": 2, "n_classes": 9, "cutoffs": [3, 5], "dim": 1, "unflattened_size": (2, 2),
    "dim_feedforward": 8, "num_encoder_layers": 1, "num_decoder_layers": 1,
}  # fmt: skip
CHANGED = {  # values that are not the defaults
    "reduction": "sum", "padding_mode": "reflect", "nonlinearity": "relu", "approximate": "tanh", "mode": "bilinear",
    "activation": "gelu", "dtype": "float64", "device": "cpu", "padding_idx": 1, "max_norm": 2.0, "groups": 2,
    "output_padding": 1, "stride": 2, "dilation": 2, "size": 3, "scale_factor": 2, "divisor_override": 3, "kdim": 3, "vdim": 3,
    "proj_size": 2, "momentum": None, "dropout": 0.25, "p": 1,
}  # fmt: skip
PRIVATE = {"_weight", "_freeze", "process_group", "distance_function", "custom_encoder", "custom_decoder"}


def constructed(library, layers, name, given):
    given = {k: getattr(library, v) if k == "dtype" else v for k, v in given.items()}
    try:
        return getattr(layers, name)(**given), None
    except Exception as error:
        return None, error


@pytest.mark.parametrize("name", [n for n, c in classes(torch.nn).items() if issubclass(c, torch.nn.Module)])
def test_keywords_and_text(name):
    """With what is required, and then with each further keyword in turn: equal text, or both raise."""
    wanted = inspect.signature(getattr(torch.nn, name)).parameters
    if name == "RNN":
        wanted = inspect.signature(torch.nn.RNNBase).parameters | {
            "nonlinearity": inspect.signature(torch.nn.RNNCell).parameters["nonlinearity"]
        }
        wanted.pop("mode")
    if name == "RNNBase" or any(
        p.default is p.empty and k not in REQUIRED for k, p in wanted.items() if p.kind is p.POSITIONAL_OR_KEYWORD
    ):
        pytest.skip("holds modules")
    small = {k for k in REQUIRED if k.startswith(("dim_feed", "num_enc", "num_dec"))}
    base = {k: v for k, v in REQUIRED.items() if k in wanted and (wanted[k].default is inspect.Parameter.empty or k in small)}
    if name == "Transformer":
        base |= {"d_model": 4, "nhead": 2}
    variants = [base]
    for key, p in wanted.items():
        if key in PRIVATE or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) or key in base:
            continue
        value = CHANGED.get(key, not p.default if isinstance(p.default, bool) else p.default)
        if isinstance(p.default, int | float) and not isinstance(p.default, bool) and key not in CHANGED:
            value = p.default + 1
        variants.append(base | {key: value})
    for given in variants:
        theirs, refused = constructed(torch, torch.nn, name, given)
        ours, error = constructed(autograd, nn, name, given)
        assert (error is None) == (refused is None), f"{given}: {error!r}, torch {refused!r}"
        if error is None:
            assert repr(ours) == repr(theirs).replace("NonDynamicallyQuantizable", ""), given
            assert list(ours.state_dict()) == list(theirs.state_dict()), given
            assert [str(v.dtype) for v in ours.state_dict().values() if hasattr(v, "dtype")] == [
                str(v.dtype).removeprefix("torch.") for v in theirs.state_dict().values() if hasattr(v, "dtype")
            ], given
