"""The stand-ins of a recorded run: they have the shape, dtype and value of an array, and note what NumPy does with them.

A function of NumPy's called on a stand-in runs on the values and becomes an instruction of the recording, whose results
are stand-ins again. So a forward function or a rule is recorded as the very calls that it makes, and a program made of
these has the bits of the run. What would look at values from Python (`if x.any()`, `float(x)`, `np.asarray(x)`) either
becomes a check of the program or ends the recording there; nothing is read unnoticed.
"""

from collections.abc import Callable, Iterator
from operator import getitem, index as as_index, pow, setitem
from typing import Any

import numpy as np

from ..core.graph import Traced
from ..core.standin import StandIn, StandInArray, StandInScalar, ValuesNeeded

_SHAPES = {np.shape: "shape", np.ndim: "ndim", np.size: "size"}


def method(name: str) -> Callable[..., Any]:
    """The function that calls the method `name` of its first argument."""
    if name not in _methods:

        def call(x: Any, *args: Any, **options: Any) -> Any:
            return getattr(x, name)(*args, **options)

        call.__name__ = call.__qualname__ = name
        _methods[name] = call
    return _methods[name]


_methods: dict[str, Callable[..., Any]] = {}


def as_scalar(function: Any) -> Callable[..., Any]:
    """The function with its result, a number of Python's, as one of NumPy's."""
    if function not in _scalars:

        def call(*args: Any, **options: Any) -> Any:
            return np.asarray(function(*args, **options))[()]

        call.__name__ = call.__qualname__ = getattr(function, "__name__", "call")
        _scalars[function] = call
    return _scalars[function]


_scalars: dict[Any, Callable[..., Any]] = {}


def is_method(function: Any) -> bool:
    """Whether `function` calls a method of its first argument, named as it is."""
    return _methods.get(getattr(function, "__name__", "")) is function


def _noted(name: str) -> Any:
    function = method(name)

    def call(self: Any, *args: Any, **options: Any) -> Any:
        return self.recording.note(function, (self, *args), options)

    return call


class _Flags:
    """The flags of the array in this run; writing to one writes to the array."""

    def __init__(self, real: np.ndarray) -> None:
        object.__setattr__(self, "_flags", real.flags)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._flags, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._flags, name, value)


class Recorded:
    """A value of a recorded run: `recording`, its `number` there, and `seen`, the value in this run."""

    __slots__ = ("number", "recording", "seen")
    recording: Any
    number: int
    seen: Any
    __array_priority__ = 500

    def __init__(self, recording: Any, number: int, seen: Any) -> None:
        self.recording, self.number, self.seen = recording, number, seen

    def host(self, function: Any, args: Any, options: Any, title: str = "") -> Any:
        """`function(*args, **options)` on the values, as one instruction."""
        return self.recording.host(function, args, options, title)

    # -- what is known without values ---------------------------------------------------------------------------------

    shape: Any = property(lambda self: self.seen.shape)
    dtype: Any = property(lambda self: self.seen.dtype)
    ndim: Any = property(lambda self: self.seen.ndim)
    size: Any = property(lambda self: self.seen.size)
    strides: Any = property(lambda self: self.seen.strides)
    itemsize: Any = property(lambda self: self.seen.itemsize)
    nbytes: Any = property(lambda self: self.seen.nbytes)
    base: Any = property(lambda self: self.seen.base)
    flags: Any = property(lambda self: _Flags(self.seen))

    def __len__(self) -> int:
        return len(self.seen)

    # -- what NumPy does ----------------------------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc: np.ufunc, how: str, *inputs: Any, **options: Any) -> Any:
        if any(isinstance(i, Traced) for i in inputs):
            return NotImplemented
        function = ufunc if how == "__call__" else getattr(ufunc, how)
        out = options.pop("out", None)
        if how == "at":
            if not isinstance(inputs[0], StandIn):
                raise ValuesNeeded("a recorded value is added to an array that was not recorded")
            return self.recording.note(function, inputs, options, writes=inputs[:1])
        if out is None:
            return self.recording.note(function, inputs, options)
        if not all(isinstance(o, StandIn) for o in out):
            raise ValuesNeeded("a recorded value is written into an array that was not recorded")
        given = out[0] if len(out) == 1 else out
        self.recording.note(function, inputs, {**options, "out": given}, writes=out, results=False)
        return given

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        if function in _SHAPES:
            return getattr(args[0], _SHAPES[function])
        out = options.get("out")
        if function in (np.copyto, np.put, np.place, np.putmask, np.fill_diagonal, np.put_along_axis):
            if not isinstance(args[0], StandIn):
                raise ValuesNeeded("a recorded value is written into an array that was not recorded")
            return self.recording.note(function, args, options, writes=args[:1])
        if out is not None:
            if not isinstance(out, StandIn):
                raise ValuesNeeded("a recorded value is written into an array that was not recorded")
            self.recording.note(function, args, options, writes=(out,), results=False)
            return out
        return self.recording.note(function, args, options)

    for _name in (
        "all any argmax argmin argpartition argsort astype choose clip conj copy cumprod cumsum diagonal dot flatten max mean "
        "min nonzero prod ravel repeat reshape round searchsorted squeeze std sum swapaxes take trace transpose var view"
    ).split():
        locals()[_name] = _noted(_name)

    @property
    def T(self) -> Any:
        """The transpose."""
        return self.transpose()  # type: ignore[attr-defined]

    @property
    def mT(self) -> Any:
        """The last two dimensions transposed."""
        return self.swapaxes(-1, -2)  # type: ignore[attr-defined]

    @property
    def real(self) -> Any:
        """Itself: complex values are not recorded."""
        if self.seen.dtype.kind == "c":
            raise ValuesNeeded("complex values are not recorded")
        return self

    def __getitem__(self, index: Any) -> Any:
        return self.recording.note(getitem, (self, index), {})

    def __setitem__(self, index: Any, value: Any) -> None:
        self.recording.note(setitem, (self, index, value), {}, writes=(self,), results=False)

    def fill(self, value: Any) -> None:
        """Every element set to `value`."""
        self.recording.note(method("fill"), (self, value), {}, writes=(self,), results=False)

    def sort(self, *args: Any, **options: Any) -> None:
        """The elements sorted in place."""
        self.recording.note(method("sort"), (self, *args), options, writes=(self,), results=False)

    def __iter__(self) -> Iterator[Any]:
        return iter([self[k] for k in range(len(self.seen))])

    def unfollowed(self) -> Any:
        """The same memory, whose changes are not noted as this value's."""
        return self.recording.note(unfollowed, (self,), {})

    # -- what asks for values -----------------------------------------------------------------------------------------

    def item(self, *place: Any) -> Any:
        """The number itself, which the program will check to be the same."""
        return self.recording.asked(self[place] if place else self, method("item"))

    def __bool__(self) -> bool:
        return self.recording.asked(self, bool)

    def __float__(self) -> float:
        return self.recording.asked(self, float)

    def __int__(self) -> int:
        return self.recording.asked(self, int)

    def __index__(self) -> int:
        return self.recording.asked(self, as_index)

    def __complex__(self) -> complex:
        return complex(self.recording.asked(self, float))

    def tolist(self) -> Any:
        """The numbers themselves, which the program will check to be the same."""
        return self.recording.asked(self, method("tolist"))

    def __array__(self, *args: Any, **options: Any) -> Any:
        raise ValuesNeeded("the values of a tensor were asked for as an array of NumPy")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if hasattr(self.seen, name):
            raise ValuesNeeded(f"the values of a tensor were asked for by {name!r} of an array of NumPy")
        raise AttributeError(name)

    def __repr__(self) -> str:
        return f"%{self.number}"

    __hash__: Any = object.__hash__


def _operator(function: Any, reflected: bool = False) -> Any:
    def operator(self: Any, other: Any) -> Any:
        if isinstance(other, Traced):
            return NotImplemented
        return self.recording.note(function, (other, self) if reflected else (self, other), {})

    return operator


def _in_place(ufunc: np.ufunc) -> Any:
    def operator(self: Any, other: Any) -> Any:
        if isinstance(other, Traced):
            return NotImplemented
        if not isinstance(self.seen, np.ndarray):
            return self.recording.note(ufunc, (self, other), {})
        self.recording.note(ufunc, (self, other), {"out": self}, writes=(self,), results=False)
        return self

    return operator


for _name, _function in {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "truediv": np.true_divide, "floordiv": np.floor_divide,
    "mod": np.remainder, "pow": pow, "matmul": np.matmul, "and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor,
    "lshift": np.left_shift, "rshift": np.right_shift,
}.items():  # fmt: skip
    setattr(Recorded, f"__{_name}__", _operator(_function))
    setattr(Recorded, f"__r{_name}__", _operator(_function, reflected=True))
    # The operator ** computes a square where the ufunc computes a power.
    setattr(Recorded, f"__i{_name}__", _in_place(np.power if _name == "pow" else _function))  # type: ignore[arg-type]
for _name, _function in {
    "eq": np.equal, "ne": np.not_equal, "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
}.items():  # fmt: skip
    setattr(Recorded, f"__{_name}__", _operator(_function))
for _name, _function in {"neg": np.negative, "pos": np.positive, "abs": np.absolute, "invert": np.invert}.items():
    setattr(Recorded, f"__{_name}__", lambda self, f=_function: self.recording.note(f, (self,), {}))


class RecordedArray(Recorded, StandInArray):
    """A recorded value that is an array."""

    __slots__ = ()


class RecordedScalar(Recorded, StandInScalar):
    """A recorded value that is a NumPy scalar."""

    __slots__ = ()


def unfollowed(array: np.ndarray) -> np.ndarray:
    """The same memory as an array that does not know whose it is."""
    return np.asarray(memoryview(array))  # pyright: ignore[reportArgumentType]


class RecordedNumber(float):
    """A Python number that was passed to a recorded function: arithmetic with it is recorded, a question is a check."""

    __slots__ = ("number", "recording")
    recording: Any
    number: int

    def __new__(cls, recording: Any, number: int, value: float) -> "RecordedNumber":
        made = float.__new__(cls, value)
        made.recording, made.number = recording, number
        return made

    @property
    def seen(self) -> float:
        """The number itself, in this run."""
        return float.__float__(self)

    def __hash__(self) -> int:
        return self.recording.answered(hash, (self,), float.__hash__(self))


def _arithmetic(name: str) -> Any:
    import operator

    function = getattr(operator, {"divmod": "floordiv"}.get(name.strip("_").removeprefix("r"), name.strip("_")), None)
    reverse = None if function else getattr(operator, name.strip("_").removeprefix("r"))

    def call(self: Any, *others: Any) -> Any:
        if not all(isinstance(o, (float, int)) for o in others):
            return NotImplemented
        args = (self, *others) if function else (*others, self)
        return self.recording.compute(function or reverse, args)

    return call


for _name in "add sub mul truediv pow radd rsub rmul rtruediv rpow neg abs pos".split():
    setattr(RecordedNumber, f"__{_name}__", _arithmetic(f"__{_name}__"))


def _asking(name: str) -> Any:
    plain = getattr(float, name)

    def call(self: Any, *others: Any) -> Any:
        plain_others = [float(o) if isinstance(o, RecordedNumber) else o for o in others]
        return self.recording.answered(plain, (self, *others), plain(float.__float__(self), *plain_others))

    return call


for _name in "bool int eq ne lt le gt ge floordiv mod rfloordiv rmod round trunc repr str format".split():
    setattr(RecordedNumber, f"__{_name}__", _asking(f"__{_name}__"))
