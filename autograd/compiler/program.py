"""What was recorded, as a program: typed values, instructions in the order of the run, and what can be left out of them.

An instruction is a call of NumPy's (`Note`), a call of a function of ours that looks at values (`Host`), a value read from a
tensor's slot (`Load`) or written there (`Store`), or a question about a value whose answer must be the same in every run
(`Check`). Memory means what it means in the run: a view shares its base's, a write reaches both, and instructions that
write are never reordered.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import getitem, setitem
from typing import Any

import numpy as np

from ..core.standin import StandIn
from ..errors import GradloomError
from .recorded import method


@dataclass(slots=True)
class Value:
    """A typed value: where it comes from, and what it was in the recorded run."""

    number: int
    kind: str  # argument, tensor, load, constant or result
    seen: Any
    source: Any = None
    root: int | None = None  # which memory it has: equal for an array and its views

    @property
    def type(self) -> str:
        """dtype and shape."""
        if type(self.seen) is float:
            return "number"
        return f"{self.seen.dtype}{list(self.seen.shape)}"


class Ref(int):
    """A value, by its number, among what an instruction is given."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"%{int(self)}"


@dataclass(slots=True)
class Note:
    """A call of NumPy's."""

    function: Any
    args: Any
    options: Any
    result: Any
    writes: Any
    draws: bool
    line: str
    effect: bool = False


@dataclass(slots=True)
class Host:
    """A call of a function of this library, or of a user's, which no simpler calls stand for."""

    function: Any
    args: Any
    options: Any
    result: Any
    line: str
    title: str = ""
    writes: Any = ()
    draws: bool = False
    effect: bool = False


@dataclass(slots=True)
class Check:
    """A question about a value, and the answer in the recorded run, without which the program is another one."""

    function: Any
    args: Any
    options: Any
    expected: Any
    line: str


@dataclass(slots=True)
class Load:
    """The value of a tensor, or of a leaf's gradient, as it is at this point of the run."""

    owner: Any
    result: Any
    line: str
    of_grad: bool


@dataclass(slots=True)
class Store:
    """A tensor's value, or a leaf's gradient, set at this point of the run."""

    owner: Any
    value: Any
    of_grad: bool
    line: str


Instruction = Note | Host | Check | Load | Store


def refs(given: Any) -> list[Ref]:
    """The values in whatever an instruction is given."""
    kind = type(given)
    if kind is Ref:
        return [given]
    found: list[Ref] = []
    if kind is tuple or kind is list:
        for g in given:
            if type(g) is Ref:
                found.append(g)
            elif isinstance(g, (tuple, list, dict, slice)):
                found += refs(g)
    elif kind is dict:
        found = refs(list(given.values()))
    elif kind is slice:
        found = refs((given.start, given.stop, given.step))
    return found


def replaced(given: Any, change: Callable[[Any], Any]) -> Any:
    """`given` with `change` of each leaf in its place."""
    kind = type(given)
    if isinstance(given, list):
        return [replaced(g, change) for g in given]
    if isinstance(given, tuple):
        return tuple(replaced(g, change) for g in given)
    if kind is dict:
        return {k: replaced(v, change) for k, v in given.items()}
    if kind is slice:
        return slice(*(replaced(b, change) for b in (given.start, given.stop, given.step)))
    return change(given)


def owner(array: np.ndarray) -> Any:
    """The array, or other object, that `array`'s memory belongs to in the end."""
    base: Any = array
    while True:
        after = base.obj if isinstance(base, memoryview) else getattr(base, "base", None)
        if after is None:
            return base
        base = after


def root_of(seen: Any) -> int | None:
    """Which memory a value has; None for a number."""
    return id(owner(seen)) if isinstance(seen, np.ndarray) else None


EXTERNAL = ("argument", "tensor", "load")


class Unsuited(GradloomError, RuntimeError):
    """A program that cannot be run again."""


@dataclass(slots=True)
class Program:
    """A recorded run: `outputs` are the values that it gives, `saved` those that somebody needs later."""

    values: list[Value]
    instructions: list[Instruction]
    outputs: list[int]
    originals: dict[int, Any] = field(default_factory=dict)  # by root: a constant that the program writes to, as it begins
    recorded: int = 0  # instructions before any was left out
    _by_root: dict[Any, list[Value]] = field(default_factory=dict)
    _reads: dict[int, set[int]] = field(default_factory=dict)  # by id of an instruction, which the program keeps

    def __post_init__(self) -> None:
        for v in self.values:
            if v.root is None:
                v.root = root_of(v.seen)
        self.recorded = len(self.instructions)
        for k, i in enumerate(self.instructions):
            self.instructions[k] = _with_refs(i)
        self._begin_with_originals()

    def _begin_with_originals(self) -> None:
        """Make a constant that the program writes to anew in every run, as it was before."""
        for root, original in self.originals.items():
            written = [v for v in self.values if v.root == root and v.kind == "constant"]
            if len(written) != 1 or written[0].seen.base is not None:
                raise Unsuited("it writes to memory that several tensors made outside of it share")
            (v,) = written
            v.kind = "result"
            function, args, options = method("copy"), (original,), {}
            if self._is_filled_first(v):
                function, args, options = np.empty, (original.shape,), {"dtype": original.dtype}
            self.instructions.insert(0, Note(function, args, options, Ref(v.number), (), False, ""))
        self.originals = {}

    def _is_filled_first(self, v: Value) -> bool:
        """Whether all of a constant is written before anything of it is read, as of the memory that `empty` gives."""
        for i in self.instructions:
            if v.number in self.reads(i):
                if not isinstance(i, Note) or any(self.values[k].root == v.root and k != v.number for k in self.reads(i)):
                    return False
                read = [k for k in refs(i.args) if k == v.number]
                if i.options.get("out") == v.number:
                    return not read
                whole = i.function is setitem and i.args[1] in (Ellipsis, (Ellipsis,))
                return (whole or name_of(i.function) in ("fill", "copyto")) and len(read) == 1 and i.args[0] == v.number
        return False

    # -- what an instruction does -------------------------------------------------------------------------------------

    def reads(self, i: Instruction) -> set[int]:
        """The values that an instruction needs."""
        if isinstance(i, Store):
            return set() if i.value is None else {int(i.value)}
        if isinstance(i, Load):
            return set()
        known = self._reads.get(id(i))
        if known is None:
            known = self._reads[id(i)] = {int(r) for r in refs((i.args, i.options))}
        return known

    def change(self, i: Instruction, current: Callable[[Any], Any]) -> None:
        """Have an instruction read other values."""
        if isinstance(i, Store):
            i.value = None if i.value is None else current(Ref(i.value))
        elif not isinstance(i, Load):
            i.args, i.options = replaced(i.args, current), replaced(i.options, current)
            if isinstance(i, Note):
                i.writes = replaced(i.writes, current)
            self._reads.pop(id(i), None)

    def results(self, i: Instruction) -> list[int]:
        """The values that an instruction gives."""
        return (
            [int(r) for r in refs(i.result)] if isinstance(i, (Note, Host)) else [int(i.result)] if isinstance(i, Load) else []
        )

    def written(self, i: Instruction) -> set[int]:
        """The memory that an instruction writes to."""
        if not isinstance(i, Note):
            return set()
        return {root for w in refs(i.writes) if (root := self.values[w].root) is not None}

    def is_pure(self, i: Instruction) -> bool:
        """Whether an instruction does nothing but compute its results from its operands."""
        return isinstance(i, (Note, Host)) and not (i.draws or i.effect or tuple(refs(i.writes)))

    def is_view(self, i: Instruction) -> bool:
        """Whether the one result of an instruction shows memory of an operand."""
        if not (isinstance(i, (Note, Host)) and isinstance(i.result, Ref) and self.is_pure(i)):
            return False
        root = self.values[i.result].root
        return root is not None and any(self.values[r].root == root for r in self.reads(i))

    def written_roots(self) -> set[int]:
        """All memory that the program writes to."""
        return set().union(*map(self.written, self.instructions)) if self.instructions else set()

    def external_roots(self) -> set[int]:
        """Memory that is seen from outside."""
        return {v.root for v in self.values if v.kind in EXTERNAL and v.root is not None}

    # -- what can be left out -----------------------------------------------------------------------------------------

    def simplified(self) -> "Program":
        """Itself, without what is computed twice, what is the same in every run, and what nobody reads."""
        self._merge()
        self._drop()
        return self

    def _merge(self) -> None:
        """Have equal computations done once, and those without any input not at all."""
        written = self.written_roots()
        versions: dict[int, int] = {}
        epoch = 0
        known: dict[Any, Any] = {}
        same: dict[int, Ref] = {}
        kept: list[Instruction] = []

        def current(given: Any) -> Any:
            return same.get(int(given), given) if isinstance(given, Ref) else given

        for i in self.instructions:
            if same:
                self.change(i, current)
            if isinstance(i, (Note, Host)):
                for root in self.written(i):
                    versions[root] = versions.get(root, 0) + 1
                if i.effect:
                    epoch += 1
                found = self.results(i)
                view = self.is_view(i)
                if self.is_pure(i) and found:
                    fresh = all(self.values[k].root not in written for k in found)
                    operands = [self.values[k] for k in self.reads(i)]
                    if fresh and not view and all(v.kind == "constant" and v.root not in written for v in operands):
                        for k in found:
                            self.values[k].kind = "constant"
                        continue
                    if fresh or view:
                        roots = tuple(sorted((v.root, versions.get(v.root, 0)) for v in operands if v.root in written))
                        key = (key_of((i.function, i.args, i.options)), roots, epoch)
                        before = known.setdefault(key, i.result)
                        if before is not i.result:
                            for k, old in zip(found, refs(before), strict=True):
                                same[k] = old
                                self.have_one_root(k, old)
                            continue
            kept.append(i)
        self.instructions = kept
        self.outputs = [int(current(Ref(k))) for k in self.outputs]

    def have_one_root(self, k: int, other: int) -> None:
        """Let what is a view of the value `k` be one of `other`, which takes its place."""
        old, new = self.values[k].root, self.values[other].root
        if old is None or new is None or old == new:
            return
        if not self._by_root:
            for v in self.values:
                self._by_root.setdefault(v.root, []).append(v)
        for v in self._by_root.pop(old, ()):
            v.root = new
            self._by_root.setdefault(new, []).append(v)

    def _drop(self) -> None:
        """Leave out what neither a result nor anybody outside depends on."""
        live = set(self.outputs)
        seen_outside = self.external_roots()
        roots = {self.values[k].root for k in live} | seen_outside
        kept: list[Instruction] = []
        stored: set[tuple[int, bool]] = set()
        for i in reversed(self.instructions):
            if isinstance(i, Store):
                needed = (id(i.owner), i.of_grad) not in stored
                stored.add((id(i.owner), i.of_grad))
            elif isinstance(i, Check):
                needed = True
            elif isinstance(i, Load):
                needed = int(i.result) in live
            else:
                if i.effect:
                    stored.clear()
                needed = i.draws or i.effect or bool(self.written(i) & roots) or any(k in live for k in self.results(i))
            if needed:
                kept.append(i)
                used = self.reads(i)
                live |= used
                roots |= {self.values[k].root for k in used}
        self.instructions = kept[::-1]

    def let_go(self) -> None:
        """Keep of what the recorded run computed no more than dtypes and shapes."""
        for v in self.values:
            if v.kind in ("result", "argument", "load") and isinstance(v.seen, np.ndarray):
                v.seen = np.broadcast_to(np.zeros((), v.seen.dtype), v.seen.shape)
        self._by_root, self._reads = {}, {}

    # -- to be read ---------------------------------------------------------------------------------------------------

    def text(self) -> str:
        """The instructions, a line each, with the line of the user's program that each comes from."""
        lines = []
        for i in self.instructions:
            lines.append((self._written_out(i), i.line))
        width = min(max((len(text) for text, _ in lines), default=0), 96)
        return "\n".join(f"{text:<{width}}  # {line}" for text, line in lines)

    def _written_out(self, i: Instruction) -> str:
        if isinstance(i, Load):
            return f"%{int(i.result)} {self.values[int(i.result)].type} = load {'gradient' if i.of_grad else 'value'}"
        if isinstance(i, Store):
            return f"store {'gradient' if i.of_grad else 'value'} {'None' if i.value is None else f'%{int(i.value)}'}"
        name = getattr(i, "title", "") or name_of(i.function)
        given = ", ".join([*(short(a) for a in i.args), *(f"{k}={short(v)}" for k, v in i.options.items())])
        if isinstance(i, Check):
            return f"check {name}({given}) is {short(i.expected)}"
        found = ", ".join(f"%{k} {self.values[k].type}" for k in self.results(i))
        head = f"{found} = " if found else ""
        return f"{head}{'host ' if isinstance(i, Host) else ''}{'draw ' if i.draws and not i.effect else ''}{name}({given})"


def _with_refs(i: Instruction) -> Instruction:
    def change(given: Any) -> Any:
        if isinstance(given, StandIn) or (isinstance(given, float) and type(given) is not float and hasattr(given, "number")):
            return Ref(given.number)  # type: ignore[attr-defined]
        return given

    if isinstance(i, (Note, Host)):
        i.args, i.options = replaced(tuple(i.args), change), replaced(i.options, change)
        i.result = _result_refs(i.result, change)
        i.writes = tuple(replaced(w, change) for w in i.writes)
    elif isinstance(i, Check):
        i.args, i.options = replaced(tuple(i.args), change), replaced(i.options, change)
    return i


def _result_refs(given: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(given, (tuple, list)):  # a named tuple, too
        return tuple(_result_refs(g, change) for g in given)
    return change(given)


def key_of(given: Any) -> Any:
    """Something hashable that is equal for equal computations: arrays by identity, numbers by type and value."""
    if isinstance(given, Ref):
        return ("%", int(given))
    if isinstance(given, (tuple, list)):
        return (type(given).__name__, *(key_of(g) for g in given))
    if isinstance(given, dict):
        return tuple((k, key_of(v)) for k, v in sorted(given.items()))
    if isinstance(given, slice):
        return ("slice", key_of(given.start), key_of(given.stop), key_of(given.step))
    if isinstance(given, (bool, int, float, str, type(None), np.dtype, type)):
        return (type(given), repr(given) if isinstance(given, float) else given)
    if isinstance(given, np.generic):
        return (type(given), given.tobytes())
    return ("function", given) if callable(given) else ("object", id(given))


def same_value(x: Any, y: Any) -> Any:
    """Whether two recorded literals are equal, a NaN equal to itself."""
    if isinstance(x, np.ndarray) or isinstance(y, np.ndarray):
        if not (isinstance(x, np.ndarray) and isinstance(y, np.ndarray)) or x.dtype != y.dtype or x.shape != y.shape:
            return False
        return x.tobytes() == y.tobytes()
    if isinstance(x, (np.generic, float)) and isinstance(y, (np.generic, float)):
        return bool(x == y or (x != x and y != y))
    if isinstance(x, (tuple, list)) and isinstance(y, (tuple, list)):
        return len(x) == len(y) and all(map(same_value, x, y))
    return bool(x == y)


def name_of(function: Any) -> str:
    """A function's name, a ufunc's method with the ufunc before it."""
    of = getattr(function, "__self__", None)
    if isinstance(of, np.ufunc):
        return f"{of.__name__}.{function.__name__}"
    return "index" if function is getitem else getattr(function, "__name__", repr(function))


def short(given: Any) -> str:
    """An operand, as `explain` shows it."""
    if isinstance(given, np.ndarray):
        return f"<{given.dtype}{list(given.shape)}>"
    if isinstance(given, tuple):
        return f"({', '.join(map(short, given))}{',' * (len(given) == 1)})"
    if isinstance(given, list):
        return f"[{', '.join(map(short, given))}]"
    if isinstance(given, slice):
        return ":".join(
            "" if b is None else short(b) for b in (given.start, given.stop, given.step)[: 2 + (given.step is not None)]
        )
    text = repr(given)
    return text if len(text) <= 40 else text[:37] + "..."
