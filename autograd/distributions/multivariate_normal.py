"""The normal distribution of a vector, given by its covariance, its inverse, or a triangular root of it."""

from math import log, pi
from typing import Any, ClassVar

from ..core.shapes import broadcast
from ..errors import ArgumentError
from ..linalg import cholesky, inv, solve_triangular
from ..tensor import Tensor
from ..tensor.random import randn
from . import constraints
from .distribution import Distribution, lazy_property


def half_log_det(root: Tensor) -> Tensor:
    """Half the log of the determinant of L L^T, for triangular L."""
    return root.diagonal(dim1=-2, dim2=-1).log().sum(-1)


def squared_distance(root: Tensor, difference: Tensor) -> Tensor:
    """|L^-1 d|**2, for triangular L: the squared distance that the covariance L L^T measures."""
    batch = broadcast("MultivariateNormal", tuple(root.shape[:-2]), tuple(difference.shape[:-1]))
    n = difference.shape[-1]
    root = root.expand(*batch, n, n)
    solved = solve_triangular(root, difference.expand(*batch, n).unsqueeze(-1), upper=False)
    return (solved * solved).sum((-2, -1))


class MultivariateNormal(Distribution):
    """The normal distribution with mean `loc` and exactly one of `covariance_matrix`, `precision_matrix`, `scale_tril`.

    >>> import autograd
    >>> d = autograd.distributions.MultivariateNormal(autograd.zeros(2), autograd.eye(2))
    >>> d.log_prob(autograd.zeros(2))
    tensor(-1.8379)
    """

    arg_constraints: ClassVar[dict[str, Any]] = {
        "loc": constraints.real_vector,
        "covariance_matrix": constraints.positive_definite,
        "precision_matrix": constraints.positive_definite,
        "scale_tril": constraints.lower_cholesky,
    }
    support: Any = constraints.real_vector  # type: ignore[assignment]
    has_rsample = True

    def __init__(
        self,
        loc: Tensor,
        covariance_matrix: Tensor | None = None,
        precision_matrix: Tensor | None = None,
        scale_tril: Tensor | None = None,
        validate_args: bool | None = None,
    ) -> None:
        given = {"covariance_matrix": covariance_matrix, "precision_matrix": precision_matrix, "scale_tril": scale_tril}
        given = {name: m for name, m in given.items() if m is not None}
        if len(given) != 1:
            raise ArgumentError(
                "MultivariateNormal: Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified"
            )
        if loc.dim() < 1:
            raise ArgumentError("MultivariateNormal: loc must be at least one-dimensional")
        ((name, matrix),) = given.items()
        if matrix.dim() < 2:
            raise ArgumentError(
                f"MultivariateNormal: {name} must be at least two-dimensional, with optional leading batch dimensions"
            )
        batch = broadcast("MultivariateNormal", tuple(matrix.shape[:-2]), tuple(loc.shape[:-1]))
        self.loc: Tensor = loc.expand(*batch, -1)
        self.__dict__[name] = matrix.expand(*batch, -1, -1)
        super().__init__(batch, loc.shape[-1:], validate_args)

    @lazy_property
    def scale_tril(self) -> Tensor:
        """The lower triangular root of the covariance."""
        if "covariance_matrix" in self.__dict__:
            return cholesky(self.covariance_matrix)
        # P = R^T R with R upper triangular (the Cholesky root of P read backwards), so P^-1 = R^-1 R^-T.
        backwards = cholesky(self.precision_matrix.flip((-2, -1)))
        root = backwards.flip((-2, -1)).mT
        return inv(root).tril()

    @lazy_property
    def covariance_matrix(self) -> Tensor:
        """L L^T"""
        return self.scale_tril @ self.scale_tril.mT

    @lazy_property
    def precision_matrix(self) -> Tensor:
        """The inverse of the covariance."""
        return inv(self.covariance_matrix)

    @property
    def mean(self) -> Tensor:
        """loc"""
        return self.loc

    mode = mean

    @property
    def variance(self) -> Tensor:
        """The diagonal of the covariance."""
        return (self.scale_tril**2).sum(-1).expand(self._batch_shape + self._event_shape)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """loc + L noise"""
        noise = randn(self._extended_shape(sample_shape), dtype=self.loc.dtype)
        return self.loc + (self.scale_tril @ noise.unsqueeze(-1)).squeeze(-1)

    def log_prob(self, value: Tensor) -> Tensor:
        """-(n log(2 pi) + |L^-1 (value - loc)|**2) / 2 - log det L"""
        self._validate_sample(value)
        distance = squared_distance(self.scale_tril, value - self.loc)
        return -0.5 * (self._event_shape[0] * log(2 * pi) + distance) - half_log_det(self.scale_tril)

    def entropy(self) -> Tensor:
        """n (1 + log(2 pi)) / 2 + log det L"""
        return (0.5 * self._event_shape[0] * (1 + log(2 * pi)) + half_log_det(self.scale_tril)).expand(self._batch_shape)

    def expand(self, batch_shape: Any) -> "MultivariateNormal":
        """The same distribution over a larger batch."""
        n = self._event_shape[0]

        def change(t: Tensor) -> Tensor:
            return t.expand(*batch_shape, n, n) if t is not self.loc else t.expand(*batch_shape, n)

        return self._expanded(batch_shape, change, tuple(self.arg_constraints))
