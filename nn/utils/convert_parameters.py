"""All parameters as one vector, and back."""

from collections.abc import Iterable

import autograd
from autograd import Tensor
from autograd.errors import ArgumentTypeError, ShapeError


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """The elements of all parameters in one vector, differentiably.

    >>> import nn
    >>> nn.utils.parameters_to_vector(nn.Linear(3, 2).parameters()).shape
    torch.Size([8])
    """
    return autograd.cat([p.reshape(-1) for p in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Give the parameters the values that a vector lists, as views of it.

    >>> import autograd, nn
    >>> layer = nn.Linear(1, 1)
    >>> nn.utils.vector_to_parameters(autograd.tensor([2.0, 3.0]), layer.parameters())
    >>> layer(autograd.tensor([10.0])).item()
    23.0
    """
    if not isinstance(vec, Tensor):
        raise ArgumentTypeError(f"vector_to_parameters: expected a Tensor, got {type(vec).__name__}")
    parameters = list(parameters)
    wanted = sum(p.numel() for p in parameters)
    if vec.numel() < wanted:
        raise ShapeError(
            f"vector_to_parameters: the vector has {vec.numel()} elements, the parameters {wanted}; it must have as many"
        )
    start = 0
    for p in parameters:
        p.data = vec.detach()[start : start + p.numel()].view(p.shape)
        start += p.numel()
