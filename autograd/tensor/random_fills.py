"""In-place methods that fill a tensor with random numbers: `uniform_`, `normal_` and their relatives."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import ArgumentTypeError, ShapeError
from ..functions.declare import offer
from ..functions.filling import assigned
from .generator import Generator, source
from .random import check_floating, check_not_negative, check_probabilities, integers, standard_normal, uniform
from .tensor import Tensor


def _fills(draw: Callable[..., Any]) -> Callable[..., Any]:
    """Make `name_(self, ..., generator)` of a function from (rng, shape, dtype, ...) to raw values."""
    name = draw.__name__

    def method(self: Tensor, *args: Any, generator: Generator | None = None, **kwargs: Any) -> Tensor:
        data = self._data
        return assigned(self, name, draw(source(generator), data.shape, data.dtype, *args, **kwargs))

    method.__name__ = method.__qualname__ = name
    method.__doc__ = (
        f"{draw.__doc__}\n\n`generator` is where the numbers come from, by default the one that `manual_seed` seeds."
    )
    return offer(name, method)


@_fills
def uniform_(rng: Any, shape: tuple[Any, ...], dtype: np.dtype, from_: float = 0.0, to: float = 1.0, **named: float) -> Any:
    """Fill with uniform random floats in [from, to)."""
    low = named.pop("from", from_)
    if named:
        raise ArgumentTypeError(f"uniform_() got an unexpected keyword argument {next(iter(named))!r}")
    check_floating(dtype, "uniform_")
    if low > to:
        raise ShapeError(f"uniform_: expects to return a [from, to) range, got from={low} > to={to}")
    return uniform(shape, dtype, rng) * (to - low) + low


@_fills
def normal_(rng: Any, shape: tuple[Any, ...], dtype: np.dtype, mean: float = 0.0, std: float = 1.0) -> Any:
    """Fill with normal random floats."""
    check_floating(dtype, "normal_")
    check_not_negative("normal_", "std", std)
    return standard_normal(shape, dtype, rng) * std + mean


@_fills
def bernoulli_(rng: Any, shape: tuple[Any, ...], dtype: np.dtype, p: Any = 0.5) -> Any:
    """Fill with 1 with probability p (a number or a tensor), else 0."""
    p = p._data if isinstance(p, Tensor) else p
    check_probabilities("bernoulli_", p)
    return (rng.random(shape) < p).astype(dtype)


@_fills
def exponential_(rng: Any, shape: tuple[Any, ...], dtype: np.dtype, lambd: float = 1.0) -> Any:
    """Fill from the exponential distribution with rate `lambd`."""
    check_floating(dtype, "exponential_")
    if lambd <= 0:
        raise ShapeError(f"exponential_: lambd must be positive, got {lambd}")
    return rng.standard_exponential(shape) / lambd


@_fills
def cauchy_(rng: Any, shape: tuple[Any, ...], dtype: np.dtype, median: float = 0.0, sigma: float = 1.0) -> Any:
    """Fill from the Cauchy distribution."""
    check_floating(dtype, "cauchy_")
    return rng.standard_cauchy(shape) * sigma + median


@_fills
def log_normal_(rng: Any, shape: tuple[Any, ...], dtype: np.dtype, mean: float = 1.0, std: float = 2.0) -> Any:
    """Fill with numbers whose logarithms are normal with this mean and standard deviation."""
    check_floating(dtype, "log_normal_")
    return np.exp(rng.standard_normal(shape) * std + mean)


@_fills
def geometric_(rng: Any, shape: tuple[Any, ...], dtype: np.dtype, p: float) -> Any:
    """Fill with how many trials of success probability p the first success takes."""
    if not 0 < p < 1:
        raise ShapeError(f"geometric_: p must be in (0, 1), got {p}")
    return rng.geometric(p, shape).astype(dtype)


@_fills
def random_(
    rng: Any, shape: tuple[Any, ...], dtype: np.dtype, low: int | None = None, to: int | None = None, **named: Any
) -> Any:
    """Fill with integers from `from` (0) to `to - 1`; without bounds, all that the dtype holds exactly."""
    low = named.pop("from", low)
    if to is None:
        top = 2 if dtype.kind == "b" else 2 ** (np.finfo(dtype).nmant + 1) if dtype.kind == "f" else np.iinfo(dtype).max
        low, to = (0, top) if low is None else (0, low)
    return integers("random_", low or 0, to, shape, dtype, rng)
