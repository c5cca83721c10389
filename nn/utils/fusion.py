"""A batch norm in evaluation folded into the layer before it, and modules made without drawing initial values."""

from copy import deepcopy
from typing import Any

import autograd
from autograd import Tensor
from autograd.errors import ArgumentError

from ..module import Module
from ..parameter import Parameter


def _folded(
    weight: Tensor, bias: Tensor | None, mean: Tensor, var: Tensor, eps: float, scale: Any, shift: Any, axis: int
) -> tuple[Parameter, Parameter]:
    scale = autograd.ones_like(mean) if scale is None else scale
    shift = autograd.zeros_like(mean) if shift is None else shift
    bias = autograd.zeros_like(mean) if bias is None else bias
    factor = scale * (var + eps).rsqrt()
    shape = [1] * weight.ndim
    shape[axis] = -1
    return (
        Parameter(weight.detach() * factor.detach().reshape(shape), weight.requires_grad),
        Parameter(((bias - mean) * factor + shift).detach(), bias.requires_grad),
    )


def fuse_conv_bn_weights(
    conv_w: Tensor,
    conv_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
    transpose: bool = False,
) -> tuple[Parameter, Parameter]:
    """The weight and bias of the convolution that equals a convolution followed by a batch norm in evaluation."""
    return _folded(conv_w, conv_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, 1 if transpose else 0)


def fuse_linear_bn_weights(
    linear_w: Tensor, linear_b: Tensor | None, bn_rm: Tensor, bn_rv: Tensor, bn_eps: float, bn_w: Tensor, bn_b: Tensor
) -> tuple[Parameter, Parameter]:
    """The weight and bias of the linear layer that equals one followed by a batch norm in evaluation."""
    return _folded(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b, 0)


def _fused(layer: Any, bn: Any, transpose: bool) -> Any:
    if layer.training or bn.training:
        raise ArgumentError("fusion only for eval: call eval() on both modules first")
    made = deepcopy(layer)
    stats = (bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias)
    made.weight, made.bias = _folded(layer.weight, layer.bias, *stats, 1 if transpose else 0)
    return made


def fuse_conv_bn_eval(conv: Module, bn: Module, transpose: bool = False) -> Module:
    """One convolution in place of a convolution and a batch norm, both in evaluation mode.

    >>> import autograd, nn
    >>> conv, bn = nn.Conv2d(1, 2, 3).eval(), nn.BatchNorm2d(2).eval()
    >>> x = autograd.randn(1, 1, 4, 4)
    >>> bool(autograd.allclose(nn.utils.fuse_conv_bn_eval(conv, bn)(x), bn(conv(x)), atol=1e-5))
    True
    """
    return _fused(conv, bn, transpose)


def fuse_linear_bn_eval(linear: Module, bn: Module) -> Module:
    """One linear layer in place of a linear layer and a batch norm, both in evaluation mode."""
    return _fused(linear, bn, False)


def skip_init(module_cls: type[Module], *args: Any, **kwargs: Any) -> Module:
    """A module of a class; its parameters have initial values here, of which PyTorch spares itself the drawing."""
    return module_cls(*args, **kwargs)
