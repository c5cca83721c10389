"""Where random numbers come from: generators over `numpy.random.Generator`, seeds and states.

The same seed gives the same numbers on every platform. They are not the numbers that PyTorch draws.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any

import numpy as np

from ..core.devices import CPU, check_device
from ..core.standin import current
from ..errors import ArgumentTypeError
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
    def numpy(self) -> "np.random.Generator":
        """The generator of NumPy's that the numbers come from; made at first use, since importing it takes time."""
        return np.random.Generator(np.random.PCG64(_DEFAULT_SEED))

    def manual_seed(self, seed: int) -> "Generator":
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
        return Tensor._wrap(np.frombuffer(b"".join(p.to_bytes(16, "little") for p in parts), np.uint8).copy(), None)

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


default_generator: Generator = Generator()


before_draw: ContextVar[Callable[..., Any] | None] = ContextVar("before_draw", default=None)


def source(generator: Generator | None) -> "np.random.Generator":
    """The NumPy generator to draw from; inside `vmap`, what it says of randomness comes first."""
    check = before_draw.get()
    if check is not None:
        check()
    if current.recording is not None:
        return current.recording.draws(_numpy_of(generator))
    return _numpy_of(generator)


def _numpy_of(generator: Generator | None) -> "np.random.Generator":
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
