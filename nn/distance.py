"""Distances between vectors along a dimension: the angle's cosine and the p-norm of the difference."""

import autograd
from autograd import Tensor
from autograd.core.half import in_single
from autograd.errors import DtypeError, ShapeError

from .dtypes import check_tensors
from .wrapper import FromFunction


@in_single
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """x1 . x2 / (max(|x1|, eps) max(|x2|, eps)) along `dim`; the inputs broadcast.

    >>> import autograd, nn.functional as F
    >>> F.cosine_similarity(autograd.tensor([1.0, 0.0]), autograd.tensor([1.0, 1.0]), dim=0)
    tensor(0.7071)
    """
    check_tensors("cosine_similarity", x1=x1, x2=x2)
    dtype = autograd.result_type(x1, x2)
    if dtype.kind != "f":
        raise DtypeError(f"cosine_similarity: expected common dtype to be floating point, yet common dtype is {dtype}")
    x1, x2 = x1.to(dtype), x2.to(dtype)
    if x1.shape != x2.shape:
        x1, x2 = autograd.broadcast_tensors(x1, x2)
    return (_unit(x1, dim, eps) * _unit(x2, dim, eps)).sum(dim)


def _unit(x: Tensor, dim: int, eps: float) -> Tensor:
    return x / autograd.norm(x, 2, dim, keepdim=True).clamp(min=eps)


@in_single
def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """The p-norm of x1 - x2 + eps over the last dimension; eps keeps the gradient finite where the vectors are equal.

    >>> import autograd, nn.functional as F
    >>> F.pairwise_distance(autograd.tensor([[3.0, 0.0]]), autograd.tensor([[0.0, 4.0]]))
    tensor([5.])
    """
    check_tensors("pairwise_distance", x1=x1, x2=x2)
    return autograd.norm(x1 - x2 + eps, p, -1, keepdim)


@in_single
def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """The p-norms of the differences of all pairs of rows of (N, D), in the order (0, 1), (0, 2), ..., (1, 2), ...

    Raises ShapeError unless the input has two dimensions.

    >>> import autograd, nn.functional as F
    >>> F.pdist(autograd.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]]))
    tensor([5.0000, 1.0000, 4.2426])
    """
    check_tensors("pdist", input=input)
    if input.ndim != 2:
        raise ShapeError(f"pdist: only 2D tensors are supported, (N, D), got shape {tuple(input.shape)}")
    first, second = autograd.triu_indices(input.shape[0], input.shape[0], 1)
    return autograd.norm(input[first] - input[second], p, -1)


class CosineSimilarity(FromFunction, of=cosine_similarity):
    """`functional.cosine_similarity` as a module.

    >>> import nn
    >>> nn.CosineSimilarity(dim=0).eps
    1e-08
    """


class PairwiseDistance(FromFunction, of=pairwise_distance):
    """`functional.pairwise_distance` as a module.

    >>> import nn
    >>> nn.PairwiseDistance(p=1).p
    1
    """
