"""Ready parametrizations of a weight: direction and length, spectral norm 1, orthogonal."""

from typing import Literal

import autograd
from autograd import Tensor, no_grad
from autograd.errors import ArgumentError

from .. import functional as F
from ..module import Module
from .parametrize import register_parametrization


def norm_except(v: Tensor, dim: int | None) -> Tensor:
    """The norm over all dimensions but `dim`, which are kept with size 1; over all of them if `dim` is None or -1."""
    if dim is None or dim == -1:
        return autograd.norm(v)
    return autograd.norm(v, 2, [k for k in range(v.ndim) if k != dim % v.ndim], keepdim=True)


class _WeightNorm(Module):
    def __init__(self, dim: int | None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return weight_v * (weight_g / norm_except(weight_v, self.dim))

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return norm_except(weight, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """weight = g v / |v|: length and direction are trained apart (Salimans and Kingma, 2016); norms over all but `dim`.

    >>> import nn
    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(3, 2))
    >>> [name for name, _ in layer.named_parameters()][1:]
    ['parametrizations.weight.original0', 'parametrizations.weight.original1']
    """
    return register_parametrization(module, name, _WeightNorm(dim), unsafe=True)


class _SpectralNorm(Module):
    """The weight divided by its largest singular value, which power iteration follows from step to step."""

    _u: Tensor
    _v: Tensor

    def __init__(self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        if not -weight.ndim <= dim < weight.ndim:
            raise ArgumentError(f"spectral_norm: dim {dim} is out of range for a weight of shape {tuple(weight.shape)}")
        if n_power_iterations <= 0:
            raise ArgumentError(f"spectral_norm: n_power_iterations must be positive, got {n_power_iterations}")
        self.dim = dim % weight.ndim
        self.eps = eps
        self.n_power_iterations = n_power_iterations
        if weight.ndim > 1:
            with no_grad():
                matrix = self._matrix(weight)
                self.register_buffer("_u", F.normalize(matrix.new_empty(matrix.shape[0]).normal_(), dim=0, eps=eps))
                self.register_buffer("_v", F.normalize(matrix.new_empty(matrix.shape[1]).normal_(), dim=0, eps=eps))
                self._iterate(matrix, 15)

    def _matrix(self, weight: Tensor) -> Tensor:
        """The weight as a matrix whose rows run along `dim`."""
        return weight.movedim(self.dim, 0).flatten(1)

    def _iterate(self, matrix: Tensor, times: int) -> None:
        for _ in range(times):
            self._u.copy_(F.normalize(matrix @ self._v, dim=0, eps=self.eps))
            self._v.copy_(F.normalize(matrix.T @ self._u, dim=0, eps=self.eps))

    def forward(self, weight: Tensor) -> Tensor:
        if weight.ndim == 1:
            return F.normalize(weight, dim=0, eps=self.eps)
        matrix = self._matrix(weight)
        if self.training:
            with no_grad():
                self._iterate(matrix.detach(), self.n_power_iterations)
        # The next step changes the buffers; this step's graph keeps values of its own.
        u, v = self._u.clone(), self._v.clone()
        return weight / (u @ (matrix @ v))

    def right_inverse(self, value: Tensor) -> Tensor:
        return value


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """weight / sigma, sigma its largest singular value, estimated by power iteration in training (Miyato et al., 2018).

    `dim` is the dimension of outputs: 0, and 1 for transposed convolutions.

    >>> import autograd, nn
    >>> layer = nn.utils.parametrizations.spectral_norm(nn.Linear(20, 10), n_power_iterations=20)
    >>> abs(autograd.linalg.norm(layer.weight, 2).item() - 1) < 1e-2
    True
    """
    weight = getattr(module, name)
    if dim is None:
        dim = 1 if type(module).__name__.startswith("ConvTranspose") else 0
    return register_parametrization(module, name, _SpectralNorm(weight, n_power_iterations, dim, eps))


Map = Literal["matrix_exp", "cayley", "householder"]


class _Orthogonal(Module):
    """base @ Q(X), Q one of three maps of a matrix X to orthonormal columns, which takes the start to the identity."""

    base: Tensor

    def __init__(self, weight: Tensor, orthogonal_map: Map) -> None:
        super().__init__()
        self.shape = weight.shape
        self.orthogonal_map = orthogonal_map
        self.register_buffer("base", None)

    def forward(self, X: Tensor) -> Tensor:
        wide = X.shape[-2] < X.shape[-1]
        X = X.mT if wide else X
        Q = self.base @ (_reflections(X) if self.orthogonal_map == "householder" else self._rotation(X))
        return Q.mT if wide else Q

    def _rotation(self, X: Tensor) -> Tensor:
        n, k = X.shape[-2:]
        lower = X.tril(-1)
        if n > k:
            lower = autograd.cat([lower, lower.new_zeros((*lower.shape[:-1], n - k))], dim=-1)
        skew = lower - lower.mT
        if self.orthogonal_map == "matrix_exp":
            Q = autograd.linalg.matrix_exp(skew)
        else:
            one = autograd.eye(n, dtype=X.dtype)
            Q = autograd.linalg.solve(one - skew * 0.5, one + skew * 0.5)
        return Q[..., :k]

    def right_inverse(self, weight: Tensor) -> Tensor:
        """Remember the orthogonal matrix next to `weight` as the base, and start at X = -1, which maps to the identity."""
        if tuple(weight.shape) != tuple(self.shape):
            raise ArgumentError(f"orthogonal: expected a weight of shape {tuple(self.shape)}, got {tuple(weight.shape)}")
        tall = weight.mT if weight.shape[-2] < weight.shape[-1] else weight
        n, k = tall.shape[-2:]
        if n > k:
            tall = autograd.cat([tall, tall.new_empty((*tall.shape[:-1], n - k)).normal_()], dim=-1)
        Q, R = autograd.linalg.qr(tall)
        self.base = Q * R.diagonal(dim1=-2, dim2=-1).sign().unsqueeze(-2)
        return -autograd.eye(*weight.shape[-2:], dtype=weight.dtype).expand(weight.shape).clone()


def _reflections(X: Tensor) -> Tensor:
    """The first columns of a product of Householder reflections, whose vectors lie below X's diagonal.

    The diagonal of X holds signs, which are not trained.
    """
    n, k = X.shape[-2:]
    Q = autograd.eye(n, k, dtype=X.dtype).expand(X.shape)
    vectors = X.tril(-1) + autograd.eye(n, k, dtype=X.dtype)
    for j in reversed(range(k)):
        v = vectors[..., j : j + 1]
        Q = Q - v @ (v.mT @ Q) * (2 / v.square().sum((-2, -1), keepdim=True))
    return Q * X.detach().diagonal(dim1=-2, dim2=-1).sign().unsqueeze(-2)


def orthogonal(module: Module, name: str = "weight", orthogonal_map: Map | None = None) -> Module:
    """Keep a matrix orthogonal (orthonormal rows or columns) while it is trained (Lezcano-Casado, 2019).

    The map is `matrix_exp`, `cayley` or `householder`; by default the first for square matrices and the last for others.
    The weight becomes the orthogonal matrix next to what it was.

    >>> import autograd, nn
    >>> layer = nn.utils.parametrizations.orthogonal(nn.Linear(4, 3))
    >>> autograd.allclose(layer.weight @ layer.weight.T, autograd.eye(3), atol=1e-5)
    True
    """
    weight = getattr(module, name)
    if weight.ndim < 2:
        raise ArgumentError(f"orthogonal: expected a matrix or batch of matrices, got {weight.ndim} dimensions")
    if orthogonal_map is None:
        orthogonal_map = "matrix_exp" if weight.shape[-1] == weight.shape[-2] else "householder"
    if orthogonal_map not in ("matrix_exp", "cayley", "householder"):
        raise ArgumentError(
            f"orthogonal: orthogonal_map has to be one of matrix_exp, cayley, householder, got {orthogonal_map!r}"
        )
    return register_parametrization(module, name, _Orthogonal(weight, orthogonal_map), unsafe=True)
