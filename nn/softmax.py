"""Softmax and its relatives: distributions over a dimension, and gates between two halves of it."""

import warnings
from typing import Any

import autograd
from autograd import Tensor
from autograd.errors import ShapeError

from .dtypes import check_floating, check_tensors
from .errors import MismatchError
from .module import Module


def _chosen(dim: int | None, input: Tensor, op: str) -> int:
    """PyTorch's choice for programs that name no dimension, with its warning."""
    if dim is not None:
        return dim
    warnings.warn(f"{op}: implicit dimension choice has been deprecated; pass dim=", UserWarning, stacklevel=4)
    return 0 if input.ndim in (0, 1, 3) else 1


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """exp(x_i) / sum_j exp(x_j) along `dim`, shifted by the maximum so that nothing overflows.

    >>> import autograd, nn.functional as F
    >>> F.softmax(autograd.tensor([1e4, 1e4, -1e4]), dim=0)
    tensor([0.5000, 0.5000, 0.0000])
    """
    return autograd.softmax(input, _chosen(dim, input, "softmax"), dtype=dtype)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """x_i - log(sum_j exp(x_j)) along `dim`: the logarithm of softmax, right where softmax itself is 0.

    >>> import autograd, nn.functional as F
    >>> F.log_softmax(autograd.tensor([1e4, -1e4]), dim=0)
    tensor([     0., -20000.])
    """
    return autograd.log_softmax(input, _chosen(dim, input, "log_softmax"), dtype=dtype)


def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """softmax(-x) along `dim`.

    >>> import autograd, nn.functional as F
    >>> F.softmin(autograd.tensor([0.0, 0.0]), dim=0)
    tensor([0.5000, 0.5000])
    """
    check_tensors("softmin", input=input)
    return autograd.softmax(-input, _chosen(dim, input, "softmin"), dtype=dtype)


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """A differentiable sample from softmax(logits): softmax((logits + Gumbel noise) / tau) (Jang et al., 2016).

    With `hard` the result is one-hot and its gradient that of the soft sample. `eps` has no effect, as in PyTorch.

    >>> import autograd, nn.functional as F
    >>> F.gumbel_softmax(autograd.zeros(5), hard=True).sum().item()
    1.0
    """
    check_tensors("gumbel_softmax", logits=logits)
    noise = -autograd.empty_like(logits, requires_grad=False).exponential_().log()
    soft = autograd.softmax((logits + noise) / tau, dim)
    if not hard:
        return soft
    best = soft.detach().max(dim, keepdim=True)[1]
    one_hot = autograd.zeros_like(logits, requires_grad=False).scatter_(dim, best, 1.0)
    return one_hot - soft.detach() + soft


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """a sigmoid(b), a and b the two halves of the input along `dim` (Dauphin et al., 2016).

    >>> import autograd, nn.functional as F
    >>> F.glu(autograd.tensor([3.0, 0.0]))
    tensor([1.5000])
    """
    check_floating("glu", input)
    if not input.ndim:
        raise ShapeError("glu: does not support 0-dimensional tensors; the input is halved along a dimension")
    if input.shape[dim] % 2:
        raise ShapeError(
            f"glu: halving dimension must be even, but dimension {dim} of shape {tuple(input.shape)} is {input.shape[dim]}"
        )
    a, b = input.chunk(2, dim)
    return a * autograd.sigmoid(b)


class _Along(Module):
    """A function of one tensor along a dimension."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def extra_repr(self) -> str:
        """The dimension."""
        return f"dim={self.dim}"


class Softmax(_Along):
    """`functional.softmax` as a module.

    >>> import autograd, nn
    >>> nn.Softmax(dim=1)(autograd.zeros(1, 2))
    tensor([[0.5000, 0.5000]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Probabilities, of the input's shape."""
        return softmax(input, self.dim)


class LogSoftmax(_Along):
    """`functional.log_softmax` as a module.

    >>> import nn
    >>> nn.LogSoftmax(dim=1)
    LogSoftmax(dim=1)
    """

    def forward(self, input: Tensor) -> Tensor:
        """Logarithms of probabilities, of the input's shape."""
        return log_softmax(input, self.dim)


class Softmin(_Along):
    """`functional.softmin` as a module.

    >>> import nn
    >>> nn.Softmin(dim=1)
    Softmin(dim=1)
    """

    def forward(self, input: Tensor) -> Tensor:
        """Probabilities, of the input's shape."""
        return softmin(input, self.dim)


class Softmax2d(Module):
    """Softmax over the channels of (N, C, H, W) or (C, H, W).

    >>> import autograd, nn
    >>> nn.Softmax2d()(autograd.zeros(1, 4, 2, 2)).max().item()
    0.25
    """

    def forward(self, input: Tensor) -> Tensor:
        """Probabilities, of the input's shape."""
        if input.ndim not in (3, 4):
            raise MismatchError(
                f"Softmax2d: expected a 3D or 4D input (C, H, W) or (N, C, H, W), got shape {tuple(input.shape)}"
            )
        return autograd.softmax(input, -3)


class GLU(_Along):
    """`functional.glu` as a module.

    >>> import nn
    >>> nn.GLU()
    GLU(dim=-1)
    """

    def __init__(self, dim: int = -1) -> None:
        super().__init__(dim)

    def forward(self, input: Tensor) -> Tensor:
        """Half of the input along `dim`."""
        return glu(input, self.dim if self.dim is not None else -1)
