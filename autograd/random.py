"""Random tensors: PyTorch's functions and in-place methods over `numpy.random.Generator`.

The same seed gives the same numbers on every platform. They are not the numbers that PyTorch draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any

import numpy as np

from .creation import check_shape, default_or, like, made
from .devices import CPU, check_device
from .dtypes import as_dtype, int64
from .errors import ArgumentTypeError, DtypeError, ShapeError
from .functions.declare import METHODS, function, offer
from .functions.filling import assigned
from .shapes import broadcast
from .tensor import Tensor

_DEFAULT_SEED = 67280421310721  # what PyTorch starts with


class Generator:
    """A source of random numbers with a state of its own.

    >>> import autograd
    >>> g = autograd.Generator().manual_seed(1)
    >>> a = autograd.rand(2, generator=g)
    >>> autograd.equal(a, autograd.rand(2, generator=autograd.Generator().manual_seed(1)))
    True
    """

    device = CPU

    def __init__(self, device: Any = "cpu") -> None:
        check_device(device, "Generator")
        self._seed = _DEFAULT_SEED

    @cached_property
    def numpy(self) -> np.random.Generator:
        """The generator of NumPy's that the numbers come from; made at first use, since importing it takes time."""
        return np.random.Generator(np.random.PCG64(_DEFAULT_SEED))

    def manual_seed(self, seed: int) -> Generator:
        """Start again from `seed`, an int."""
        if isinstance(seed, bool) or not hasattr(seed, "__index__"):
            raise ArgumentTypeError(f"manual_seed: expected an int, got {seed!r}")
        self._seed = int(seed)
        self.numpy.bit_generator.state = np.random.PCG64(self._seed % 2**64).state
        return self

    def seed(self) -> int:
        """Start from a seed taken from the operating system, and return it."""
        self.manual_seed(int(np.random.SeedSequence().generate_state(1, np.uint64)[0] >> 1))
        return self._seed

    def initial_seed(self) -> int:
        """The seed that this generator was last started from."""
        return self._seed

    def get_state(self) -> Tensor:
        """The state as a tensor of bytes."""
        state = self.numpy.bit_generator.state
        parts = (state["state"]["state"], state["state"]["inc"], state["has_uint32"], state["uinteger"], self._seed % 2**64)
        return made(np.frombuffer(b"".join(p.to_bytes(16, "little") for p in parts), np.uint8).copy())

    def set_state(self, new_state: Tensor) -> None:
        """Continue from a state that `get_state` returned."""
        if not isinstance(new_state, Tensor) or new_state.dtype != np.uint8 or new_state._data.size != 80:
            raise ArgumentTypeError("set_state: expected the tensor of 80 bytes that get_state returns")
        raw = new_state._data.tobytes()
        parts = [int.from_bytes(raw[k : k + 16], "little") for k in range(0, 80, 16)]
        self.numpy.bit_generator.state = {
            "bit_generator": "PCG64",
            "state": {"state": parts[0], "inc": parts[1]},
            "has_uint32": parts[2],
            "uinteger": parts[3],
        }
        self._seed = parts[4]


default_generator = Generator()


before_draw: ContextVar[Callable | None] = ContextVar("before_draw", default=None)


def source(generator: Generator | None) -> np.random.Generator:
    """The NumPy generator to draw from; inside `vmap`, what it says of randomness comes first."""
    check = before_draw.get()
    if check is not None:
        check()
    if generator is None:
        return default_generator.numpy
    if not isinstance(generator, Generator):
        raise ArgumentTypeError(f"generator: expected an autograd.Generator, got {type(generator).__name__}")
    return generator.numpy


def manual_seed(seed: int) -> Generator:
    """Start the default generator from `seed`; what follows is the same on every run and platform.

    >>> import autograd
    >>> _ = autograd.manual_seed(0); a = autograd.rand(2)
    >>> _ = autograd.manual_seed(0); autograd.equal(a, autograd.rand(2))
    True
    """
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Start the default generator from a seed that the operating system chooses, and return it."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed that the default generator was last started from.

    >>> import autograd
    >>> _ = autograd.manual_seed(3); autograd.initial_seed()
    3
    """
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """The state of the default generator, as a tensor of bytes."""
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Continue the default generator from a state that `get_rng_state` returned."""
    default_generator.set_state(new_state)


@contextmanager
def fork_rng(devices: Any = (), enabled: bool = True) -> Iterator[None]:
    """Random draws inside leave the default generator as it was.

    >>> import autograd
    >>> state = autograd.get_rng_state()
    >>> with autograd.random.fork_rng():
    ...     _ = autograd.rand(3)
    >>> autograd.equal(state, autograd.get_rng_state())
    True
    """
    state = get_rng_state()
    try:
        yield
    finally:
        if enabled:
            set_rng_state(state)


# -- draws, as raw arrays ------------------------------------------------------------------------------------------------


def _floating(dtype: np.dtype, op: str) -> None:
    if dtype.kind != "f":
        raise DtypeError(f"{op}: needs a floating dtype, got {dtype}")


def uniform(shape: tuple, dtype: np.dtype, rng: np.random.Generator) -> Any:
    """Floats in [0, 1), float32 directly so that it costs half."""
    if dtype == np.float16:
        # The largest float16 below 1: what is above would be rounded to 1, which does not belong to [0, 1).
        return np.minimum(rng.random(shape, np.float32), np.float32(0.99951)).astype(dtype)
    return rng.random(shape, dtype)  # type: ignore[arg-type]


def standard_normal(shape: tuple, dtype: np.dtype, rng: np.random.Generator) -> Any:
    """Floats from the normal distribution with mean 0 and variance 1."""
    if dtype == np.float16:
        return rng.standard_normal(shape, np.float32).astype(dtype)
    return rng.standard_normal(shape, dtype)  # type: ignore[arg-type]


def _sized(name: str, draw: Callable, doc: str) -> tuple[Callable, Callable]:
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
        _floating(wanted, name)
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


rand, rand_like = _sized(
    "rand",
    uniform,
    """Uniform random floats in [0, 1), in a shape.

    >>> import autograd
    >>> autograd.{}({}).shape
    torch.Size([2, 3])
    """,
)
randn, randn_like = _sized(
    "randn",
    standard_normal,
    """Random floats from the standard normal distribution, in a shape.

    >>> import autograd
    >>> autograd.{}({}).shape
    torch.Size([2, 3])
    """,
)


def _integers(op: str, low: Any, high: Any, shape: tuple, dtype: np.dtype, rng: np.random.Generator) -> Any:
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
    return made(_integers("randint", low, high, shape, wanted, source(generator)), requires_grad, out)


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
        _floating(wanted, "normal")
        shape = broadcast("normal", *(t._data.shape for t in tensors))
    _not_negative("normal", "std", std)
    draw = standard_normal(shape, wanted, source(generator))
    center, scale = (v._data if isinstance(v, Tensor) else v for v in (mean, std))
    return made((draw * scale + center).astype(wanted), requires_grad, out)


def _not_negative(op: str, name: str, value: Any) -> None:
    lowest = value._data.min(initial=0) if isinstance(value, Tensor) else value
    if lowest < 0:
        raise ShapeError(f"{op}: {name} must not be negative, got {lowest}")


@function
def bernoulli(input: Any, p: Any = None, *, generator: Generator | None = None) -> Tensor:
    """1 with the probability that each element of `input` (or the number `p`) gives, else 0.

    >>> import autograd
    >>> autograd.bernoulli(autograd.tensor([0.0, 1.0]))
    tensor([0., 1.])
    """
    if p is None:
        _floating(input.dtype, "bernoulli")
        p = input._data
    _probabilities("bernoulli", p)
    return made((source(generator).random(input._data.shape) < p).astype(input.dtype))


def _probabilities(op: str, p: Any) -> None:
    if not np.all((np.asarray(p) >= 0) & (np.asarray(p) <= 1)):
        raise ShapeError(f"{op}: expected probabilities p with 0 <= p <= 1, got {p}")


@function
def poisson(input: Any, generator: Generator | None = None) -> Tensor:
    """Random counts from the Poisson distributions whose rates are the elements of `input`.

    >>> import autograd
    >>> autograd.poisson(autograd.zeros(2))
    tensor([0., 0.])
    """
    _floating(input.dtype, "poisson")
    _not_negative("poisson", "input", input)
    return made(np.asarray(source(generator).poisson(input._data)).astype(input.dtype))


@function
def multinomial(input: Any, num_samples: int, replacement: bool = False, *, generator: Generator | None = None) -> Tensor:
    """Indices drawn with probabilities proportional to the weights in `input`, a vector or one vector a row.

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


# -- in place ------------------------------------------------------------------------------------------------------------


def _fills(draw: Callable) -> Callable:
    """Make `name_(self, ..., generator)` of a function from (rng, shape, dtype, ...) to raw values."""
    name = draw.__name__

    def method(self: Tensor, *args: Any, generator: Generator | None = None, **kwargs: Any) -> Tensor:
        data = self._data
        return assigned(self, name, np.asarray(draw(source(generator), data.shape, data.dtype, *args, **kwargs)))

    method.__name__ = method.__qualname__ = name
    method.__doc__ = draw.__doc__
    return offer(name, method)


@_fills
def uniform_(rng: Any, shape: tuple, dtype: np.dtype, from_: float = 0.0, to: float = 1.0, **named: float) -> Any:
    """Fill with uniform random floats in [from, to)."""
    low = named.pop("from", from_)
    if named:
        raise ArgumentTypeError(f"uniform_() got an unexpected keyword argument {next(iter(named))!r}")
    _floating(dtype, "uniform_")
    if low > to:
        raise ShapeError(f"uniform_: expects to return a [from, to) range, got from={low} > to={to}")
    return uniform(shape, dtype, rng) * (to - low) + low


@_fills
def normal_(rng: Any, shape: tuple, dtype: np.dtype, mean: float = 0.0, std: float = 1.0) -> Any:
    """Fill with normal random floats."""
    _floating(dtype, "normal_")
    _not_negative("normal_", "std", std)
    return standard_normal(shape, dtype, rng) * std + mean


@_fills
def bernoulli_(rng: Any, shape: tuple, dtype: np.dtype, p: Any = 0.5) -> Any:
    """Fill with 1 with probability p (a number or a tensor), else 0."""
    p = p._data if isinstance(p, Tensor) else p
    _probabilities("bernoulli_", p)
    return (rng.random(shape) < p).astype(dtype)


@_fills
def exponential_(rng: Any, shape: tuple, dtype: np.dtype, lambd: float = 1.0) -> Any:
    """Fill from the exponential distribution with rate `lambd`."""
    _floating(dtype, "exponential_")
    if lambd <= 0:
        raise ShapeError(f"exponential_: lambd must be positive, got {lambd}")
    return rng.standard_exponential(shape) / lambd


@_fills
def cauchy_(rng: Any, shape: tuple, dtype: np.dtype, median: float = 0.0, sigma: float = 1.0) -> Any:
    """Fill from the Cauchy distribution."""
    _floating(dtype, "cauchy_")
    return rng.standard_cauchy(shape) * sigma + median


@_fills
def log_normal_(rng: Any, shape: tuple, dtype: np.dtype, mean: float = 1.0, std: float = 2.0) -> Any:
    """Fill with numbers whose logarithms are normal with this mean and standard deviation."""
    _floating(dtype, "log_normal_")
    return np.exp(rng.standard_normal(shape) * std + mean)


@_fills
def geometric_(rng: Any, shape: tuple, dtype: np.dtype, p: float) -> Any:
    """Fill with how many trials of success probability p the first success takes."""
    if not 0 < p < 1:
        raise ShapeError(f"geometric_: p must be in (0, 1), got {p}")
    return rng.geometric(p, shape).astype(dtype)


@_fills
def random_(rng: Any, shape: tuple, dtype: np.dtype, low: int | None = None, to: int | None = None, **named: Any) -> Any:
    """Fill with integers from `from` (0) to `to - 1`; without bounds, all that the dtype holds exactly."""
    low = named.pop("from", low)
    if to is None:
        top = 2 if dtype.kind == "b" else 2 ** (np.finfo(dtype).nmant + 1) if dtype.kind == "f" else np.iinfo(dtype).max
        low, to = (0, top) if low is None else (0, low)
    return _integers("random_", low or 0, to, shape, dtype, rng)


METHODS["multinomial"] = multinomial
