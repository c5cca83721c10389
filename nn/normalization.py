"""Normalisation within a sample: layer, group and RMS norm, local response norm, and vectors of norm 1."""

from collections.abc import Sequence
from typing import Any

import autograd
from autograd import Tensor
from autograd.core.half import in_single
from autograd.errors import ArgumentError, ShapeError

from .dtypes import check_floating, check_normalizable, check_tensors, in_dtype_of
from .module import Module
from .padding import pad
from .parameter import Parameter
from .wrapper import FromFunction


def as_sizes(normalized_shape: int | Sequence[int]) -> tuple[int, ...]:
    """A shape from an int or a sequence."""
    return (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)


def standardized(input: Tensor, axis: tuple[int, ...], eps: float) -> tuple[Tensor, Tensor, Tensor]:
    """(input - mean) / sqrt(var + eps), mean and var over axes: in single precision for float16, to be rounded at the end."""
    return autograd.standardize(input.float() if input.dtype == autograd.float16 else input, axis=axis, eps=eps)


def affine(input: Tensor, weight: Tensor | None, bias: Tensor | None, dtype: Any = None) -> Tensor:
    """input * weight + bias, either of which may be missing, in a dtype; with neither a copy, which may be changed in place."""
    result = input if weight is None else input * weight
    if bias is not None:
        result = result + bias
    if dtype is not None and result.dtype is not dtype:
        return result.to(dtype)
    return result.clone() if result is input else result


def per_channel(parameter: Tensor | None, ndim: int) -> Tensor | None:
    """A vector over channels, shaped to broadcast along dimension 1 of `ndim`."""
    if parameter is None or ndim == 2:
        return parameter
    return parameter.reshape(-1, *(1,) * (ndim - 2))


def _normalized_axes(op: str, input: Tensor, normalized_shape: tuple[int, ...], *parameters: Tensor | None) -> tuple[Any, ...]:
    k = len(normalized_shape)
    if not k:
        raise ShapeError(f"{op}: expected normalized_shape to be at least 1-dimensional, got ()")
    if tuple(input.shape[-k:]) != normalized_shape:
        raise ShapeError(
            f"{op}: given normalized_shape={list(normalized_shape)}, expected input with shape "
            f"[*, {', '.join(map(str, normalized_shape))}], but got input of size {list(input.shape)}"
        )
    for parameter in parameters:
        if parameter is not None and tuple(parameter.shape) != normalized_shape:
            raise ShapeError(
                f"{op}: expected weight and bias to be of the same shape as normalized_shape {normalized_shape}, "
                f"got {tuple(parameter.shape)}"
            )
    return tuple(range(-k, 0))


def layer_norm(
    input: Tensor,
    normalized_shape: int | Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """(x - mean) / sqrt(var + eps) * weight + bias, over the last dimensions (Ba et al., 2016); var is the biased one.

    `weight` and `bias` have the shape `normalized_shape`.

    >>> import autograd, nn.functional as F
    >>> F.layer_norm(autograd.tensor([1.0, 3.0]), (2,))
    tensor([-1.0000,  1.0000])
    """
    check_normalizable("layer_norm", input, weight=weight, bias=bias)
    axes = _normalized_axes("layer_norm", input, as_sizes(normalized_shape), weight, bias)
    return affine(standardized(input, axis=axes, eps=eps)[0], weight, bias, input.dtype)


@in_single
def rms_norm(
    input: Tensor, normalized_shape: int | Sequence[int], weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    """x / sqrt(mean(x**2) + eps) * weight, over the last dimensions (Zhang and Sennrich, 2019).

    `eps` is the machine epsilon of the input's dtype unless given.

    >>> import autograd, nn.functional as F
    >>> F.rms_norm(autograd.tensor([1.0, 7.0]), (2,))
    tensor([0.2000, 1.4000])
    """
    check_tensors("rms_norm", input=input, optional={"weight": weight})
    axes = _normalized_axes("rms_norm", input, as_sizes(normalized_shape), weight)
    eps = float(autograd.finfo(input.dtype).eps) if eps is None else eps
    result = affine(input / (input.square().mean(axes, keepdim=True) + eps).sqrt(), weight, None)
    return in_dtype_of(input, result)


def group_norm(
    input: Tensor,
    num_groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Zero mean and unit variance over each group of channels and all positions of (N, C, *) (Wu and He, 2018).

    >>> import autograd, nn.functional as F
    >>> F.group_norm(autograd.tensor([[1.0, 3.0, 10.0, 30.0]]), 2)
    tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
    check_normalizable("group_norm", input, weight=weight, bias=bias)
    if input.ndim < 2:
        raise ShapeError(f"group_norm: expected at least 2 dimensions (N, C, *), got shape {tuple(input.shape)}")
    if num_groups <= 0 or input.shape[1] % num_groups:
        raise ShapeError(
            f"group_norm: expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(input.shape)} and num_groups={num_groups}"
        )
    for parameter in (weight, bias):
        if parameter is not None and tuple(parameter.shape) != (input.shape[1],):
            raise ShapeError(
                f"group_norm: expected weight and bias to be vectors of size equal to the number of channels "
                f"({input.shape[1]}), got shape {tuple(parameter.shape)}"
            )
    groups = input.reshape(input.shape[0], num_groups, input.numel() // max(input.shape[0] * num_groups, 1))
    result = standardized(groups, axis=(2,), eps=eps)[0].reshape(input.shape)
    return affine(result, per_channel(weight, input.ndim), per_channel(bias, input.ndim), input.dtype)


@in_single
def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """x / (k + alpha * mean of x**2 over `size` neighbouring channels)**beta; beyond the ends are zeros
    (Krizhevsky et al., 2012).

    >>> import autograd, nn.functional as F
    >>> F.local_response_norm(autograd.tensor([[[1.0], [1.0]]]), size=2, alpha=1.0, beta=1.0).flatten()
    tensor([0.6667, 0.5000])
    """
    check_tensors("local_response_norm", input=input)
    if input.ndim < 3:
        raise ShapeError(
            f"local_response_norm: expected 3D or higher dimensionality input (N, C, *), got {input.ndim} dimensions"
        )
    check_floating("local_response_norm", input)
    channels = input.shape[1]
    below, above = size // 2, (size - 1) // 2
    squares = pad(input.square(), (0, 0) * (input.ndim - 2) + (below, above))
    window = squares.narrow(1, 0, channels)
    for start in range(1, size):
        window = window + squares.narrow(1, start, channels)
    return input / (window * (alpha / size) + k) ** beta


@in_single
def normalize(input: Tensor, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Tensor | None = None) -> Tensor:
    """x / max(|x|_p, eps) along `dim`: vectors of norm 1.

    >>> import autograd, nn.functional as F
    >>> F.normalize(autograd.tensor([3.0, 4.0]), dim=0)
    tensor([0.6000, 0.8000])
    """
    check_tensors("normalize", input=input)
    return autograd.div(input, autograd.norm(input, p, dim, keepdim=True).clamp(min=eps), out=out)


class LayerNorm(Module):
    """`functional.layer_norm` with weight (ones) and bias (zeros) as parameters.

    >>> import autograd, nn
    >>> nn.LayerNorm(2)(autograd.tensor([[1.0, 3.0]])).tolist()[0][1] > 0.99
    True
    """

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape: tuple[int, ...] = as_sizes(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        like = {"device": device, "dtype": dtype}
        register_affine(self, self.normalized_shape, elementwise_affine, elementwise_affine and bias, like)

    def reset_parameters(self) -> None:
        """Ones and zeros again."""
        reset_affine(self)

    def forward(self, input: Tensor) -> Tensor:
        """The same shape as the input."""
        return layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The settings."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class RMSNorm(Module):
    """`functional.rms_norm` with the weight (ones) as a parameter.

    >>> import autograd, nn
    >>> nn.RMSNorm(2)(autograd.tensor([[1.0, 7.0]])).shape
    torch.Size([1, 2])
    """

    weight: Parameter | None

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.normalized_shape: tuple[int, ...] = as_sizes(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        like = {"device": device, "dtype": dtype}
        self.register_parameter(
            "weight", Parameter(autograd.ones(self.normalized_shape, **like)) if elementwise_affine else None
        )

    def reset_parameters(self) -> None:
        """Ones again."""
        reset_affine(self)

    def forward(self, x: Tensor) -> Tensor:
        """The same shape as the input."""
        return rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """The settings."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(Module):
    """`functional.group_norm` with weight (ones) and bias (zeros) for each channel as parameters.

    >>> import autograd, nn
    >>> nn.GroupNorm(2, 4)(autograd.ones(1, 4, 3)).shape
    torch.Size([1, 4, 3])
    """

    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if num_channels % num_groups:
            raise ArgumentError(f"GroupNorm: num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.affine = affine
        register_affine(self, num_channels, affine, affine and bias, {"device": device, "dtype": dtype})

    def reset_parameters(self) -> None:
        """Ones and zeros again."""
        reset_affine(self)

    def forward(self, input: Tensor) -> Tensor:
        """The same shape as the input."""
        return group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """The settings."""
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, bias={self.bias is not None}"


class LocalResponseNorm(FromFunction, of=local_response_norm, tensors=1):
    """`functional.local_response_norm` as a module.

    >>> import nn
    >>> nn.LocalResponseNorm(2)
    LocalResponseNorm(2, alpha=0.0001, beta=0.75, k=1.0)
    """

    def extra_repr(self) -> str:
        """The settings."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


def register_affine(module: Module, shape: Any, weight: bool, bias: bool, like: dict[Any, Any]) -> None:
    """Give a module its scale of ones and its shift of zeros, or None where it does without."""
    module.register_parameter("weight", Parameter(autograd.ones(shape, **like)) if weight else None)
    module.register_parameter("bias", Parameter(autograd.zeros(shape, **like)) if bias else None)


def reset_affine(module: Any) -> None:
    """Scale one and shift zero, where the module has them."""
    with autograd.no_grad():
        if module.weight is not None:
            module.weight.fill_(1.0)
        if getattr(module, "bias", None) is not None:
            module.bias.zero_()
