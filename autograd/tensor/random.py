"""Random tensors: PyTorch's functions over the generators of `generator`; `autograd.random` as programs know it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.devices import check_device
from ..core.dtypes import as_dtype, int64
from ..core.shapes import broadcast
from ..errors import ArgumentTypeError, DtypeError, ShapeError
from ..functions.declare import function
from .creation import check_shape, default_or, like, made
from .generator import (
    Generator as Generator,
    before_draw as before_draw,
    default_generator as default_generator,
    fork_rng as fork_rng,
    get_rng_state as get_rng_state,
    initial_seed as initial_seed,
    manual_seed as manual_seed,
    seed as seed,
    set_rng_state as set_rng_state,
    source,
)
from .tensor import Tensor


def check_floating(dtype: np.dtype, op: str) -> None:
    """Raise unless a dtype is floating."""
    if dtype.kind != "f":
        raise DtypeError(f"{op}: needs a floating dtype, got {dtype}")


def uniform(shape: tuple[Any, ...], dtype: np.dtype, rng: "np.random.Generator") -> Any:
    """Floats in [0, 1), float32 directly so that it costs half."""
    if dtype == np.float16:
        # The largest float16 below 1: what is above would be rounded to 1, which does not belong to [0, 1).
        return np.minimum(rng.random(shape, np.float32), np.float32(0.99951)).astype(dtype)
    return rng.random(shape, dtype)  # type: ignore[arg-type]


def standard_normal(shape: tuple[Any, ...], dtype: np.dtype, rng: "np.random.Generator") -> Any:
    """Floats from the normal distribution with mean 0 and variance 1."""
    if dtype == np.float16:
        return rng.standard_normal(shape, np.float32).astype(dtype)
    return rng.standard_normal(shape, dtype)  # type: ignore[arg-type]


def _sized(name: str, draw: Callable[..., Any], doc: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """A function of a size (`rand`) and one of a tensor (`rand_like`)."""

    def create(
        *size: Any,
        generator: Generator | None = None,
        dtype: Any = None,
        requires_grad: bool = False,
        device: Any = None,
        out: Tensor | None = None,
        layout: Any = None,
        pin_memory: bool = False,
        **named: Any,
    ) -> Tensor:
        if "size" in named:
            size = (named.pop("size"),)
        if named:
            raise ArgumentTypeError(f"{name}() got an unexpected keyword argument {next(iter(named))!r}")
        if not size:
            raise ArgumentTypeError(f"{name}(): missing argument 'size'; give the shape as ints or a tuple")
        check_device(device, name)
        wanted = default_or(dtype)
        check_floating(wanted, name)
        return made(draw(check_shape(size, name), wanted, source(generator)), requires_grad, out)

    def create_like(
        input: Tensor,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
        requires_grad: bool = False,
        device: Any = None,
        layout: Any = None,
        memory_format: Any = None,
    ) -> Tensor:
        shape, wanted = like(input, dtype, f"{name}_like")
        return create(shape, generator=generator, dtype=wanted, requires_grad=requires_grad, device=device)

    create.__name__ = create.__qualname__ = name
    create_like.__name__ = create_like.__qualname__ = f"{name}_like"
    create.__doc__ = doc.format(name, "2, 3")
    create_like.__doc__ = doc.format(f"{name}_like", "autograd.zeros(2, 3)").replace("a shape", "the shape of a tensor")
    return create, create_like


rand: Any
rand_like: Any
rand, rand_like = _sized(
    "rand",
    uniform,
    """Uniform random floats in [0, 1), in a shape.

    >>> import autograd
    >>> autograd.{}({}).shape
    torch.Size([2, 3])
    """,
)
randn: Any
randn_like: Any
randn, randn_like = _sized(
    "randn",
    standard_normal,
    """Random floats from the standard normal distribution, in a shape.

    >>> import autograd
    >>> autograd.{}({}).shape
    torch.Size([2, 3])
    """,
)


def integers(op: str, low: Any, high: Any, shape: tuple[Any, ...], dtype: np.dtype, rng: "np.random.Generator") -> Any:
    """Integers from `low` to `high` - 1."""
    low, high = (v.item() if isinstance(v, Tensor) else v for v in (low, high))
    for v in (low, high):
        if not hasattr(v, "__index__"):
            raise ArgumentTypeError(f"{op}: low and high must be ints, got {v!r}")
    if low >= high:
        raise ShapeError(f"{op}: low must be below high, got from {low} to {high}")
    return rng.integers(low, high, shape).astype(dtype)[()]


def randint(
    low: Any = None,
    high: Any = None,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    requires_grad: bool = False,
    device: Any = None,
    out: Tensor | None = None,
    layout: Any = None,
    pin_memory: bool = False,
) -> Tensor:
    """Random integers from `low` (0) to `high - 1`: `randint(high, size)` or `randint(low, high, size)`.

    >>> import autograd
    >>> autograd.randint(0, 10, (2, 3)).shape
    torch.Size([2, 3])
    """
    if size is None and not hasattr(high, "__index__"):
        high, size = None, high
    if high is None or low is None:
        low, high = 0, low if high is None else high
    if size is None or high is None:
        raise ArgumentTypeError("randint(): high and size are required; give the size as a tuple")
    wanted = int64 if dtype is None else as_dtype(dtype)
    shape = check_shape((size,), "randint")
    return made(integers("randint", low, high, shape, wanted, source(generator)), requires_grad, out)


def randint_like(
    input: Tensor,
    low: Any = None,
    high: Any = None,
    *,
    dtype: Any = None,
    requires_grad: bool = False,
    device: Any = None,
    layout: Any = None,
    memory_format: Any = None,
) -> Tensor:
    """Random integers in the shape and dtype of `input`: `randint_like(x, high)` or `randint_like(x, low, high)`.

    >>> import autograd
    >>> autograd.randint_like(autograd.zeros(2), 5).shape
    torch.Size([2])
    """
    shape, wanted = like(input, dtype, "randint_like")
    if low is None and high is None:
        raise ArgumentTypeError("randint_like(): missing argument 'high'; numbers are drawn from [low, high)")
    low, high = (0, low) if high is None else (low or 0, high)
    return randint(low, high, shape, dtype=wanted, requires_grad=requires_grad, device=device)


def randperm(
    n: int,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    requires_grad: bool = False,
    device: Any = None,
    out: Tensor | None = None,
    layout: Any = None,
    pin_memory: bool = False,
) -> Tensor:
    """The integers from 0 to n - 1 in random order.

    >>> import autograd
    >>> autograd.randperm(4).sort().values
    tensor([0, 1, 2, 3])
    """
    (count,) = check_shape((n,), "randperm")
    wanted = int64 if dtype is None else as_dtype(dtype)
    return made(source(generator).permutation(count).astype(wanted), requires_grad, out)


def normal(
    mean: Any,
    std: Any = 1.0,
    size: Any = None,
    *,
    generator: Generator | None = None,
    dtype: Any = None,
    requires_grad: bool = False,
    device: Any = None,
    out: Tensor | None = None,
) -> Tensor:
    """Normal random floats: of tensors of means and standard deviations, or of two numbers and a size.

    >>> import autograd
    >>> autograd.normal(0.0, 1.0, (2, 3)).shape
    torch.Size([2, 3])
    """
    for v in (mean, std):
        if not isinstance(v, (Tensor, int, float)):
            raise ArgumentTypeError(f"normal: mean and std must be numbers or Tensors, got {type(v).__name__}")
    tensors = [v for v in (mean, std) if isinstance(v, Tensor)]
    if not tensors:
        if size is None:
            raise ArgumentTypeError("normal(): with numbers for mean and std, size is required")
        wanted, shape = default_or(dtype), check_shape((size,), "normal")
    else:
        wanted = tensors[0].dtype if dtype is None else as_dtype(dtype)
        check_floating(wanted, "normal")
        shape = broadcast("normal", *(t._data.shape for t in tensors))
    check_not_negative("normal", "std", std)
    draw = standard_normal(shape, wanted, source(generator))
    center, scale = (v._data if isinstance(v, Tensor) else v for v in (mean, std))
    return made((draw * scale + center).astype(wanted), requires_grad, out)


def check_not_negative(op: str, name: str, value: Any) -> None:
    """Raise if a number, or any element of a tensor, is below 0."""
    lowest = value._data.min(initial=0) if isinstance(value, Tensor) else value
    if lowest < 0:
        raise ShapeError(f"{op}: {name} must not be negative, got {lowest}")


@function
def bernoulli(input: Any, p: Any = None, *, generator: Generator | None = None) -> Tensor:
    """1 with the probability that each element of `input` (or the number `p`) gives, else 0.

    `generator` is where the random numbers come from, by default the one that `manual_seed` seeds.

    >>> import autograd
    >>> autograd.bernoulli(autograd.tensor([0.0, 1.0]))
    tensor([0., 1.])
    """
    if p is None:
        check_floating(input.dtype, "bernoulli")
        p = input._data
    check_probabilities("bernoulli", p)
    return made((source(generator).random(input._data.shape) < p).astype(input.dtype))


def check_probabilities(op: str, p: Any) -> None:
    """Raise unless numbers lie in [0, 1]."""
    if not np.all((p >= 0) & (p <= 1)):
        raise ShapeError(f"{op}: expected probabilities p with 0 <= p <= 1, got {p}")


@function
def poisson(input: Any, generator: Generator | None = None) -> Tensor:
    """Random counts from the Poisson distributions whose rates are the elements of `input`.

    `generator` is where the random numbers come from, by default the one that `manual_seed` seeds.

    >>> import autograd
    >>> autograd.poisson(autograd.zeros(2))
    tensor([0., 0.])
    """
    check_floating(input.dtype, "poisson")
    check_not_negative("poisson", "input", input)
    return made(source(generator).poisson(input._array(), input._data.shape).astype(input.dtype))


@function
def multinomial(input: Any, num_samples: int, replacement: bool = False, *, generator: Generator | None = None) -> Tensor:
    """Indices drawn with probabilities proportional to the weights in `input`, a vector or one vector a row.

    `num_samples` are drawn from each row, with `replacement` or without. `generator` is where the random numbers come from,
    by default the one that `manual_seed` seeds.

    >>> import autograd
    >>> autograd.multinomial(autograd.tensor([0.0, 1.0]), 3, replacement=True)
    tensor([1, 1, 1])
    """
    w = input._data
    if w.ndim not in (1, 2) or w.dtype.kind != "f":
        raise ShapeError(f"multinomial: needs 1 or 2 dimensions of floats, got shape {tuple(w.shape)}, dtype {w.dtype}")
    if not hasattr(num_samples, "__index__") or num_samples <= 0:
        raise ShapeError(f"multinomial: num_samples must be positive, got {num_samples}")
    if not replacement and num_samples > w.shape[-1]:
        raise ShapeError(
            f"multinomial: cannot draw {num_samples} of {w.shape[-1]} categories without replacement; pass replacement=True"
        )
    if not np.all(np.isfinite(w)) or np.any(w < 0):
        raise ShapeError("multinomial: weights must be finite and not negative")
    total = np.add.reduce(w, axis=-1, keepdims=True, dtype=np.float64)
    if np.any(total == 0):
        raise ShapeError("multinomial: a row of weights sums to 0; at least one must be positive")
    rng = source(generator)
    if replacement:
        bounds = np.add.accumulate(w.astype(np.float64), axis=-1) / total
        draws = rng.random((*w.shape[:-1], num_samples))
        if w.ndim == 1:
            found = np.searchsorted(bounds, draws, side="right")
        else:
            found = np.stack([np.searchsorted(b, d, side="right") for b, d in zip(bounds, draws, strict=True)])
        return made(np.minimum(found, _last_positive(w)))
    # The k largest of exponential races with these rates are a draw without replacement (Efraimidis and Spirakis, 2006).
    with np.errstate(divide="ignore"):
        finish = rng.standard_exponential(w.shape) / w
    return made(np.argsort(finish, axis=-1, kind="stable")[..., :num_samples])


def _last_positive(w: np.ndarray) -> np.ndarray:
    """The last index of positive weight: where rounding must not push a draw beyond."""
    return w.shape[-1] - 1 - np.argmax((w > 0)[..., ::-1], axis=-1, keepdims=True)
