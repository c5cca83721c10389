"""What is used around modules: clipping, parameters as one vector, parametrizations, sequences of different lengths."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import parametrizations as parametrizations, parametrize as parametrize, rnn as rnn
from .clip_grad import (
    clip_grad_norm as clip_grad_norm,
    clip_grad_norm_ as clip_grad_norm_,
    clip_grad_value_ as clip_grad_value_,
    clip_grads_with_norm_ as clip_grads_with_norm_,
    get_total_norm as get_total_norm,
)
from .convert_parameters import (
    parameters_to_vector as parameters_to_vector,
    vector_to_parameters as vector_to_parameters,
)
from .fusion import (
    fuse_conv_bn_eval as fuse_conv_bn_eval,
    fuse_conv_bn_weights as fuse_conv_bn_weights,
    fuse_linear_bn_eval as fuse_linear_bn_eval,
    fuse_linear_bn_weights as fuse_linear_bn_weights,
    skip_init as skip_init,
)
from .reparametrize import (
    remove_spectral_norm as remove_spectral_norm,
    remove_weight_norm as remove_weight_norm,
    spectral_norm as spectral_norm,
    weight_norm as weight_norm,
)

if TYPE_CHECKING:
    from . import prune as prune


def __getattr__(name: str) -> Any:
    if name != "prune":  # what few programs need is imported when it is first asked for
        raise AttributeError(f"module 'nn.utils' has no attribute {name!r}")
    return import_module(".prune", __name__)
