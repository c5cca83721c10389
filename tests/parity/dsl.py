"""The words in which the table of calls is written: operands, calls, operations and snippets.

An operand is a shape (a tuple: floats from a normal distribution, differentiable) or one of the specs below; every
other value is passed as it stands, and lists are read through, so `[(2, 3), (1, 3)]` is a list of two tensors.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

LAYOUTS = ("transposed", "strided", "expanded")
FLOATS = ("float64", "float32")
INTS = ("int64", "int32", "int16", "uint8", "bool")
ALL = (*FLOATS, "float16", *INTS)


@dataclass(frozen=True)
class Operand:
    """A tensor to be drawn: its shape, where its values come from, and whether the expansion may change its dtype."""

    shape: tuple[int, ...]
    draw: Callable[[np.random.Generator, tuple[int, ...]], np.ndarray] | None = None
    dtype: str | None = None  # None: the dtype under test
    grad: bool = True
    free: bool = True  # may be laid out in another way in memory
    distinct: bool = False  # repeating a row would make ties

    def array(self, seed: str, dtype: str) -> np.ndarray:
        """The values, the same for every library: they depend on the text `seed` alone."""
        rng = np.random.default_rng(zlib.crc32(seed.encode()))
        wanted = np.dtype(self.dtype or dtype)
        if self.draw is not None and (self.dtype is not None or wanted.kind == "f"):
            values = self.draw(rng, self.shape)
        elif self.draw is not None and self.distinct:
            values = rng.permutation(math.prod(self.shape)).reshape(self.shape)
        elif wanted.kind == "f":
            values = rng.normal(size=self.shape)
        else:
            values = rng.integers(0, 2, self.shape) if wanted.kind == "b" else rng.integers(1, 5, self.shape)
        return np.asarray(values).astype(wanted)


def F(shape: tuple[int, ...], lo: float, hi: float) -> Operand:
    """Floats, uniform between `lo` and `hi`."""
    return Operand(shape, lambda rng, s: rng.uniform(lo, hi, s))


def Pos(*shape: int) -> Operand:
    """Positive floats, away from 0."""
    return F(shape, 0.3, 2.5)


def Unit(*shape: int) -> Operand:
    """Floats strictly between 0 and 1."""
    return F(shape, 0.1, 0.9)


def Int(shape: tuple[int, ...], lo: int = 0, hi: int = 3, dtype: str = "int64") -> Operand:
    """Integers from `lo` to `hi - 1`, int64 whatever dtype is under test: indices, class labels."""
    return Operand(shape, lambda rng, s: rng.integers(lo, hi, s), dtype, grad=False)


def Bool(*shape: int) -> Operand:
    """A mask."""
    return Operand(shape, lambda rng, s: rng.integers(0, 2, s), "bool", grad=False)


def Lit(values: Any, dtype: str | None = None, grad: bool = True) -> Operand:
    """These very values."""
    array = np.asarray(values)
    keeps = dtype or (str(array.dtype) if array.dtype.kind in "ib" else None)
    return Operand(array.shape, lambda rng, s: array, keeps, grad=grad and keeps in (None, *FLOATS), free=False)


def Perm(*shape: int) -> Operand:
    """Floats that are all different, in random order: nothing ties."""
    return Operand(shape, lambda rng, s: (rng.permutation(math.prod(s)).reshape(s) - math.prod(s) / 2) * 0.5, distinct=True)


def Spd(n: int, *batch: int) -> Operand:
    """Symmetric positive definite matrices."""

    def draw(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
        a = rng.normal(size=shape)
        return a @ np.swapaxes(a, -1, -2) + n * np.eye(n)

    return Operand((*batch, n, n), draw, free=False)


def Regular(n: int, *batch: int) -> Operand:
    """Square matrices that are far from singular."""
    return Operand((*batch, n, n), lambda rng, s: rng.normal(size=s) + 3 * np.eye(n))


@dataclass(frozen=True)
class Raw:
    """A value passed as it stands, where it would be read as a shape."""

    value: Any


@dataclass(frozen=True)
class Named:
    """An object that each library has of its own, by its path: a dtype, a function."""

    path: str


@dataclass(frozen=True)
class Made:
    """An object made from a library by a function of it: a user's own class on top of one of the library's."""

    build: Callable[[Any], Any]


def D(name: str) -> Named:
    """A dtype."""
    return Named(name)


@dataclass(frozen=True)
class Call:
    """One call: positional operands, keyword arguments, and the spelling it is limited to, if any."""

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    only: str = ""  # "function" or "method"
    order: int = 2

    def __str__(self) -> str:
        shown = [describe(a) for a in self.args] + [f"{k}={describe(v)}" for k, v in self.kwargs.items()]
        return "(" + ", ".join(shown) + ")"


def c(*args: Any, **kwargs: Any) -> Call:
    """A call in every spelling that torch has."""
    return Call(args, kwargs)


def m(*args: Any, **kwargs: Any) -> Call:
    """A call that only the method takes."""
    return Call(args, kwargs, only="method")


def f(*args: Any, **kwargs: Any) -> Call:
    """A call that only the function takes."""
    return Call(args, kwargs, only="function")


def first_order(call: Call) -> Call:
    """The same call at a point where a second derivative means nothing."""
    return replace(call, order=1)


def describe(value: Any) -> str:
    """An operand as a reader of a mismatch wants to see it."""
    if isinstance(value, tuple):
        return str(value)
    if isinstance(value, Operand):
        return f"{value.dtype or ''}{value.shape}"
    if isinstance(value, Named):
        return value.path
    if isinstance(value, Raw):
        return repr(value.value)
    if isinstance(value, list):
        return "[" + ", ".join(map(describe, value)) + "]"
    return repr(value)


@dataclass(frozen=True)
class Op:
    """One name: the calls that must agree, the calls that must fail, and how to compare."""

    name: str
    args: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()
    wrong: tuple[Call, ...] = ()
    dtypes: tuple[str, ...] = FLOATS
    order: int = 2
    domain: tuple[float, float] | None = None  # of operands given as plain shapes
    receiver: int = 0  # which argument the method is called on
    through: Callable[..., Any] | None = None  # makes results comparable: undoes the free sign of a singular vector
    values: bool = True  # False: random results, of which only shape and dtype can be compared
    promotes: bool = True  # try integer, bool and mixed dtypes
    tolerance: float = 1.0
    inplace: bool = True
    alias: bool = True
    layouts: tuple[str, ...] = LAYOUTS
    half: bool = True  # try float16
    also: str = ""  # another name of it, which an error message may use


@dataclass(frozen=True)
class Code:
    """One group of snippets: lines of Python over named operands; the last expression of a line is compared."""

    name: str
    lines: tuple[str, ...]
    operands: Mapping[str, Any]
    dtypes: tuple[str, ...] = FLOATS
    order: int = 2
    grad: bool = True
    owned: bool = False  # operands are copies of the leaves, so that they can be written to
    values: bool = True


TABLE: dict[str, Op | Code] = {}


def op(names: str, args: str, *calls: Call | Iterable[Call], wrong: Iterable[Call] = (), **traits: Any) -> None:
    """Enter operations that share their calls; `args` are torch's names of the positional arguments."""
    flat: list[Call] = []
    for item in calls:
        flat.extend([item] if isinstance(item, Call) else item)
    for name in names.split():
        known = TABLE.get(name)
        entry = Op(name, tuple(args.split()), tuple(flat), tuple(wrong), **traits)
        if known is not None:
            raise ValueError(f"the table has two entries for {name}")
        TABLE[name] = entry


def alias(**known: str) -> None:
    """Enter second names of operations that are in the table; what is called `special_erf` here is `special.erf`."""
    for name, first in known.items():
        path = name.replace("special_", "special.")
        entry = TABLE[first]
        if path in TABLE or not isinstance(entry, Op):
            raise ValueError(f"{path} is in the table, or is no second name of an operation")
        TABLE[path] = replace(entry, name=path, also=first)


def code(name: str, lines: str, *, dtypes: Iterable[str] = FLOATS, order: int = 2, grad: bool = True,
         owned: bool = False, values: bool = True, **operands: Any) -> None:  # fmt: skip
    """Enter a group of snippets, one per line of `lines`."""
    if name in TABLE:
        raise ValueError(f"the table has two entries for {name}")
    kept = tuple(line.strip() for line in lines.strip().splitlines() if line.strip())
    TABLE[name] = Code(name, kept, operands, tuple(dtypes), order, grad, owned, values)


def each(shapes: Iterable[Any], *args: Any, **kwargs: Any) -> tuple[Call, ...]:
    """The same further arguments after each of several first operands."""
    return tuple(c(shape, *args, **kwargs) for shape in shapes)


UNARY = each([(2, 3), (), (3,), (0,), (2, 0), (2, 1, 3)])
BINARY = tuple(
    c(*pair)
    for pair in [
        ((2, 3), (2, 3)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((), (2, 3)), ((3,), ()), ((), ()), ((0,), (1,)),
        ((2, 0), (2, 1)), ((4, 1, 3), (2, 1)),
    ]
)  # fmt: skip
SCALARS = (c((2, 3), 2), c((2, 3), 2.5), c((2, 3), -1.5), c((), 3), c((2, 3), True))
POINTS = [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0]
EXTREMES = [0.0, -0.0, 1e300, -1e300, 1e-300, 30.0, -30.0, 800.0, -800.0, math.inf, -math.inf, math.nan]
BESIDE = c((2, 3), (4,)), c((2, 3), (3, 2))  # shapes that do not broadcast
