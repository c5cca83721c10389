"""Initialisation: filling a parameter in place so that signals keep their scale through a deep network.

`fan_in` is how many inputs an output sums, `fan_out` how many outputs an input feeds: for a weight (out, in, *kernel),
in * prod(kernel) and out * prod(kernel). Every function works under no_grad, returns its tensor, and takes a generator.
"""

import math
import warnings
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import autograd
from autograd import Tensor, no_grad
from autograd.errors import ArgumentError

_GAINS = {
    **dict.fromkeys(
        ("linear", "identity", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"),
        1.0,
    ),
    "sigmoid": 1.0,
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "selu": 3 / 4,
}


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """The factor by which weights must be larger to keep the variance through a nonlinearity.

    1 for linear layers and sigmoid, 5/3 for tanh, sqrt(2) for relu, sqrt(2 / (1 + slope**2)) for leaky_relu (slope
    0.01 unless `param` gives it), 3/4 for selu.

    >>> import nn
    >>> round(nn.init.calculate_gain("leaky_relu", 0.2), 4)
    1.3868
    """
    if nonlinearity == "leaky_relu":
        if param is not None and (isinstance(param, bool) or not isinstance(param, (int, float))):
            raise ArgumentError(f"calculate_gain: negative_slope {param!r} is not a valid number")
        return math.sqrt(2 / (1 + (0.01 if param is None else param) ** 2))
    if nonlinearity not in _GAINS:
        raise ArgumentError(
            f"calculate_gain: unsupported nonlinearity {nonlinearity!r}; accepted are {', '.join([*_GAINS, 'leaky_relu'])}"
        )
    return _GAINS[nonlinearity]


def fans(tensor: Tensor, op: str) -> tuple[int, int]:
    """fan_in and fan_out of a weight."""
    if tensor.ndim < 2:
        raise ArgumentError(
            f"{op}: fan in and fan out can not be computed for a tensor with fewer than 2 dimensions, got shape "
            f"{tuple(tensor.shape)}; use uniform_ or normal_"
        )
    field = math.prod(tensor.shape[2:])
    return tensor.shape[1] * field, tensor.shape[0] * field


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    """`fans` by the name, private as it looks, that layers written for PyTorch call in their reset_parameters."""
    return fans(tensor, "fan_in_and_fan_out")


def _fan(tensor: Tensor, mode: str, op: str) -> int:
    fan_in, fan_out = fans(tensor, op)
    modes = {"fan_in": fan_in, "fan_out": fan_out}
    if mode.lower() not in modes:
        raise ArgumentError(f"{op}: mode {mode!r} not supported, please use one of fan_in, fan_out")
    return modes[mode.lower()]


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Tensor:
    """Draw from the uniform distribution on [a, b).

    >>> import autograd, nn
    >>> bool((nn.init.uniform_(autograd.ones(9), -1.0, 0.0) <= 0).all())
    True
    """
    with no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Tensor:
    """Draw from the normal distribution.

    >>> import autograd, nn
    >>> _ = autograd.manual_seed(0)
    >>> abs(nn.init.normal_(autograd.empty(10000), 3.0, 0.1).mean().item() - 3) < 0.01
    True
    """
    with no_grad():
        return tensor.normal_(mean, std, generator=generator)


def trunc_normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Any = None
) -> Tensor:
    """Draw from the normal distribution restricted to [a, b], by inverting its cumulative distribution.

    >>> import autograd, nn
    >>> bool((nn.init.trunc_normal_(autograd.ones(99), std=5.0).abs() <= 2).all())
    True
    """

    def below(x: float) -> float:
        return (1 + math.erf(x / math.sqrt(2))) / 2

    low, high = below((a - mean) / std), below((b - mean) / std)
    with no_grad():
        tensor.uniform_(2 * low - 1, 2 * high - 1, generator=generator)
        return tensor.erfinv_().mul_(std * math.sqrt(2)).add_(mean).clamp_(a, b)


def constant_(tensor: Tensor, val: float) -> Tensor:
    """Fill with one value.

    >>> import autograd, nn
    >>> nn.init.constant_(autograd.ones(2), 0.25)
    tensor([0.2500, 0.2500])
    """
    with no_grad():
        return tensor.fill_(val)


def ones_(tensor: Tensor) -> Tensor:
    """Fill with ones.

    >>> import autograd, nn
    >>> nn.init.ones_(autograd.empty(2))
    tensor([1., 1.])
    """
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """Fill with zeros.

    >>> import autograd, nn
    >>> nn.init.zeros_(autograd.empty(2))
    tensor([0., 0.])
    """
    return constant_(tensor, 0.0)


def eye_(tensor: Tensor) -> Tensor:
    """Make a matrix the identity: a linear layer that passes its input on.

    >>> import autograd, nn
    >>> nn.init.eye_(autograd.empty(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    if tensor.ndim != 2:
        raise ArgumentError(f"eye_: only tensors with 2 dimensions are supported, got shape {tuple(tensor.shape)}")
    with no_grad():
        return tensor.copy_(autograd.eye(*tensor.shape, dtype=tensor.dtype))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Make a convolution's weight pass its channels on: a one at the kernel's centre, for as many as there are.

    >>> import autograd, nn
    >>> nn.init.dirac_(autograd.ones(2, 2, 3))[1]
    tensor([[0., 0., 0.],
            [0., 1., 0.]])
    """
    if tensor.ndim not in (3, 4, 5):
        raise ArgumentError(f"dirac_: only tensors with 3, 4, or 5 dimensions are supported, got shape {tuple(tensor.shape)}")
    out, channels, *kernel = tensor.shape
    if out % groups:
        raise ArgumentError(f"dirac_: dim 0 (here {out}) must be divisible by groups ({groups})")
    per_group = out // groups
    centre = tuple(n // 2 for n in kernel)
    with no_grad():
        tensor.zero_()
        for g in range(groups):
            for d in range(min(per_group, channels)):
                tensor[(g * per_group + d, d, *centre)] = 1
        return tensor


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Uniform on +-gain * sqrt(6 / (fan_in + fan_out)) (Glorot and Bengio, 2010).

    >>> import autograd, nn
    >>> bool((nn.init.xavier_uniform_(autograd.ones(3, 3)).abs() <= 1).all())
    True
    """
    bound = gain * math.sqrt(6 / sum(fans(tensor, "xavier_uniform_")))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Normal with std gain * sqrt(2 / (fan_in + fan_out)) (Glorot and Bengio, 2010).

    >>> import autograd, nn
    >>> _ = autograd.manual_seed(0)
    >>> abs(nn.init.xavier_normal_(autograd.empty(300, 500)).std().item() - 0.05) < 1e-3
    True
    """
    return normal_(tensor, 0.0, gain * math.sqrt(2 / sum(fans(tensor, "xavier_normal_"))), generator)


def _kaiming_std(tensor: Tensor, a: float, mode: str, nonlinearity: str, op: str) -> float:
    return calculate_gain(nonlinearity, a) / math.sqrt(_fan(tensor, mode, op))


def kaiming_uniform_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Tensor:
    """Uniform with std gain / sqrt(fan): on +-gain * sqrt(3 / fan) (He et al., 2015).

    `a` is the slope of leaky_relu; `mode` keeps the variance in the forward pass (fan_in) or the backward (fan_out).

    >>> import autograd, nn
    >>> w = nn.init.kaiming_uniform_(autograd.ones(100, 300), nonlinearity="relu")
    >>> abs(w.std().item() - (2 / 300) ** 0.5) < 1e-3
    True
    """
    if not tensor.numel():
        return tensor
    bound = math.sqrt(3) * _kaiming_std(tensor, a, mode, nonlinearity, "kaiming_uniform_")
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Tensor:
    """Normal with std gain / sqrt(fan) (He et al., 2015).

    >>> import autograd, nn
    >>> _ = autograd.manual_seed(0)
    >>> abs(nn.init.kaiming_normal_(autograd.empty(300, 800), nonlinearity="relu").std().item() - 0.05) < 1e-3
    True
    """
    if not tensor.numel():
        return tensor
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity, "kaiming_normal_"), generator)


def lecun_normal_(tensor: Tensor, generator: Any = None) -> Tensor:
    """Normal with std 1 / sqrt(fan_in): keeps the variance through SELU and linear layers (LeCun et al., 1998).

    >>> import autograd, nn
    >>> abs(nn.init.lecun_normal_(autograd.ones(100, 400)).std().item() - 0.05) < 1e-3
    True
    """
    return normal_(tensor, 0.0, 1 / math.sqrt(fans(tensor, "lecun_normal_")[0]), generator)


def lecun_uniform_(tensor: Tensor, generator: Any = None) -> Tensor:
    """Uniform on +-sqrt(3 / fan_in), the same variance as lecun_normal_.

    >>> import autograd, nn
    >>> bool((nn.init.lecun_uniform_(autograd.empty(9, 3)).abs() <= 1).all())
    True
    """
    bound = math.sqrt(3 / fans(tensor, "lecun_uniform_")[0])
    return uniform_(tensor, -bound, bound, generator)


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Any = None) -> Tensor:
    """A matrix (rows, everything else) with orthonormal rows or columns, uniform over all of them (Saxe et al., 2013).

    The signs of R's diagonal are moved into Q: without that the QR of a normal matrix is not uniform.

    >>> import autograd, nn
    >>> w = nn.init.orthogonal_(autograd.ones(2, 3))
    >>> bool(autograd.allclose(w @ w.T, autograd.eye(2), atol=1e-6))
    True
    """
    if tensor.ndim < 2:
        raise ArgumentError(
            f"orthogonal_: only tensors with 2 or more dimensions are supported, got shape {tuple(tensor.shape)}"
        )
    if not tensor.numel():
        return tensor
    rows = tensor.shape[0]
    columns = tensor.numel() // rows
    with no_grad():
        draws = normal_(tensor.new_empty((rows, columns)), generator=generator)
        q, r = (draws.T if rows < columns else draws).qr()
        q = q * r.diagonal().sign()
        return tensor.copy_((q.T if rows < columns else q).reshape(tensor.shape)).mul_(gain)


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Any = None) -> Tensor:
    """Normal, with the fraction `sparsity` of every column set to zero (Martens, 2010).

    >>> import autograd, nn
    >>> (nn.init.sparse_(autograd.ones(10, 3), 0.5) == 0).sum(0)
    tensor([5, 5, 5])
    """
    if tensor.ndim != 2:
        raise ArgumentError(f"sparse_: only tensors with 2 dimensions are supported, got shape {tuple(tensor.shape)}")
    rows = tensor.shape[0]
    zeros = math.ceil(sparsity * rows)
    with no_grad():
        normal_(tensor, 0.0, std, generator)
        order = tensor.new_empty(tensor.shape).uniform_(generator=generator).argsort(dim=0)
        return tensor.masked_fill_(order < zeros, 0)


def fitting_gain(activation: Callable[[Tensor], Tensor]) -> float:
    """1 / sqrt(E[f(z)**2]) for z standard normal: with weights of variance gain**2 / fan_in, pre-activations of variance
    1 give pre-activations of variance 1, at any depth.

    It is `calculate_gain` for every activation: sqrt(2) for relu, 1 for selu and the identity, 1.59 for tanh. The
    expectation is a sum over 12001 points of +-12.

    >>> import nn
    >>> round(nn.init.fitting_gain(nn.functional.relu), 4), round(nn.init.fitting_gain(nn.functional.selu), 4)
    (1.4142, 1.0)
    """
    with no_grad():
        z = autograd.linspace(-12, 12, 12001, dtype=autograd.float64)
        density = (z.square() * -0.5).exp()
        if hasattr(activation, "double"):  # a module: its parameters, too, in the dtype of z
            activation = deepcopy(activation).double()  # type: ignore[attr-defined]
        mean_square = (activation(z).square() * density).sum() / density.sum()
    return float(mean_square) ** -0.5


def _older(new: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """A function under the name that it had before it got its underscore; using it warns, as in PyTorch."""
    name = new.__name__[:-1]

    def older(*args: Any, **kwargs: Any) -> Tensor:
        warnings.warn(f"`nn.init.{name}` is now deprecated in favor of `nn.init.{name}_`.", FutureWarning, stacklevel=2)
        return new(*args, **kwargs)

    older.__name__ = older.__qualname__ = name
    older.__doc__ = f"`{name}_` under its older name."
    return older


constant: Any
normal: Any
uniform: Any
uniform, normal, constant = _older(uniform_), _older(normal_), _older(constant_)
dirac: Any
eye: Any
orthogonal: Any
sparse: Any
eye, dirac, orthogonal, sparse = _older(eye_), _older(dirac_), _older(orthogonal_), _older(sparse_)
xavier_normal: Any
xavier_uniform: Any
xavier_uniform, xavier_normal = _older(xavier_uniform_), _older(xavier_normal_)
kaiming_normal: Any
kaiming_uniform: Any
kaiming_uniform, kaiming_normal = _older(kaiming_uniform_), _older(kaiming_normal_)
