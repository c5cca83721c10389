"""One run of a function, recorded: the calls of NumPy that it makes, and what it reads and leaves behind.

While a recording is on, the slots in which tensors keep their values and leaves their gradients are watched: a tensor
that was there before is met as an input, read by reference, whatever way the function came by it; a value that the
function makes stays a stand-in until the end. The run itself is an ordinary eager run, so its results, and the first call
of a compiled function, are eager's.
"""

import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from ..core import standin
from ..core.graph import Leaf, Node, Traced, caller_line, is_grad_enabled
from ..core.standin import StandIn, ValuesNeeded
from ..errors import GradloomError
from .program import Check, Host, Instruction, Load, Note, Store, Value, root_of
from .recorded import Recorded, RecordedArray, RecordedNumber, RecordedScalar, as_scalar

_data_slot: Any = Traced.__dict__["_data"]
_node_slot: Any = Traced.__dict__["_node"]
_grad_slot: Any = Leaf.__dict__["grad"]
_lock = threading.RLock()  # one recording at a time in a process: the slots are watched for all threads


class GradientOf(NamedTuple):
    """The gradient that an argument has already, as the source of a value."""

    place: int


class CannotRecord(GradloomError, RuntimeError):
    """A function does what has no place in a program that is run again."""


class _Drawing:
    """NumPy's generator during a recording: each draw is an instruction, which draws again in every run."""

    def __init__(self, recording: "Recording", generator: Any) -> None:
        self._recording, self._generator = recording, generator

    def __getattr__(self, name: str) -> Any:
        from .recorded import method

        found = getattr(self._generator, name)
        if not callable(found):
            raise CannotRecord(f"the generator's {name} is read")
        function = method(name)
        return lambda *args, **options: self._recording.note(function, (self._generator, *args), options, draws=True)


class Recording:
    """A run that is being recorded; `instructions` and `values` are what it has met so far."""

    def __init__(self, strict: bool = True) -> None:
        self.instructions: list[Instruction] = []
        self.values: list[Value] = []
        self.inputs: dict[int, Recorded] = {}  # by argument
        self.guards: list[tuple[Any, bool]] = []  # leaves, and whether they had no gradient to begin with
        self.captured: dict[int, tuple[Any, Recorded]] = {}  # by id of the tensor
        self.leaves: dict[int, int] = {}  # by id of an argument's leaf: which argument
        self.becoming: dict[int, Any] = {}  # by argument: the leaf that it becomes by requires_grad_()
        self.strict = strict
        self.reasons: list[str] = []
        self._thread = threading.get_ident()
        self._suspended = 0
        self._seen: list[Any] = []  # keeps every value of this run alive, so that ids and owners stay what they are
        self._arrays: dict[int, Recorded] = {}  # constants by id of the array
        self._made: list[weakref.ref[Any]] = []
        self._rebound: dict[
            int, tuple[Any, Any]
        ] = {}  # tensors that were there before and have another value now, and the old one
        self._leaves: dict[int, list[Any]] = {}  # by id: the leaf, its gradient now, the value stored last
        self._stored: dict[int, Any] = {}  # by id of a tensor: the value that was stored last
        self.boundaries: dict[Any, Any] = {}  # by the leaf that stands for an argument with a history: its node
        self.types: list[Any] = []  # of the arguments, as they came
        self.given_gradients: list[tuple[int, int]] = []  # arguments that get a gradient, and its value
        self.asked_at: str = ""  # where a value was asked for
        self._given: dict[int | None, Value] = {}  # by root: what was there before, or is a constant
        self._kept: set[int] = set()  # memory that is known to be written to
        self._before: list[tuple[Any, Any]] = []  # arrays from outside that were written to, and what they held
        self._generators: dict[int, tuple[Any, Any]] = {}  # that were drawn from, and their state before
        self._had_effect = False
        self.originals: dict[int, Any] = {}  # by root: what a constant was before it was written to
        self._new_leaves: set[int] = set()
        self._grad_of: dict[int, Any] = {}  # by id of a gradient that was there before: its leaf

    # -- watching -----------------------------------------------------------------------------------------------------

    def listens(self) -> bool:
        """Whether what happens now is to be recorded."""
        return not self._suspended and threading.get_ident() == self._thread

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """What happens inside works on the values of this run, and is not recorded."""
        self._suspended += 1
        try:
            yield
        finally:
            self._suspended -= 1

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Record what happens inside."""
        with _lock:
            if standin.current.recording is not None:
                raise CannotRecord("a recording inside of a recording")
            mode = is_grad_enabled()
            standin.current.recording = self
            Traced._data = property(self._get_data, self._set_data)
            Traced._node = property(_node_slot.__get__, self._set_node)
            Leaf.grad = property(self._get_grad, self._set_grad)
            try:
                yield
                if is_grad_enabled() != mode:
                    self.reasons.append("it leaves gradient recording switched")
            finally:
                Traced._data, Traced._node, Leaf.grad = _data_slot, _node_slot, _grad_slot
                standin.current.recording = None

    def _get_data(self, tensor: Any) -> Any:
        raw = _data_slot.__get__(tensor)
        if not self.listens():
            return raw.seen if isinstance(raw, StandIn) else raw
        if isinstance(raw, StandIn) or not isinstance(raw, (np.ndarray, np.generic)):
            return raw
        known = self.captured.get(id(tensor))
        if known is None or known[1].seen is not raw:
            known = self.captured[id(tensor)] = (tensor, self._capture(tensor, raw))
        return known[1]

    def _capture(self, tensor: Any, raw: Any) -> Recorded:
        leaf = self._grad_of.get(id(tensor))
        if leaf is not None and id(leaf) in self.leaves:
            if not isinstance(raw, np.ndarray):
                self.reasons.append("it adds to the gradient that an argument without dimensions has (x.grad = None clears it)")
            return self._value(raw, "argument", GradientOf(self.leaves[id(leaf)]))
        dynamic = leaf is not None or not isinstance(raw, np.ndarray)
        value = self._value(raw, "load" if dynamic else "tensor", tensor)
        if dynamic:
            self.instructions.append(Load(leaf if leaf is not None else tensor, value.number, caller_line(), leaf is not None))
        return value

    def _set_data(self, tensor: Any, raw: Any) -> None:
        if self.listens():
            if not isinstance(raw, StandIn):
                raw = self.constant(raw)
            try:
                before = _data_slot.__get__(tensor)
            except AttributeError:
                before = None
            if before is None:
                self._made.append(weakref.ref(tensor))
            elif not isinstance(before, StandIn):
                self._rebound[id(tensor)] = tensor, before
        elif isinstance(raw, StandIn):
            raw = raw.seen
        _data_slot.__set__(tensor, raw)

    def _set_node(self, tensor: Any, node: Any) -> None:
        if self.listens() and (id(tensor) in self.captured or id(tensor) in self._rebound):
            before, place = _node_slot.__get__(tensor), self._place_of(tensor)
            if before is None and type(node) is Leaf and place is not None:
                self.becoming[place] = node  # requires_grad_() of an argument
                self.leaves[id(node)] = place
                self._new_leaves.discard(id(node))
                self._leaves[id(node)] = [node, None, None]
            elif before is not node:
                self.reasons.append(f"a tensor from outside enters or leaves the graph (at {caller_line()})")
        _node_slot.__set__(tensor, node)

    def _place_of(self, tensor: Any) -> int | None:
        """Which argument a tensor is."""
        known = self.captured.get(id(tensor))
        return None if known is None else next((place for place, v in self.inputs.items() if v is known[1]), None)

    def _get_grad(self, leaf: Any) -> Any:
        if self.listens() and id(leaf) not in self._leaves and id(leaf) not in self._new_leaves:
            grad = _grad_slot.__get__(leaf)
            self._leaves[id(leaf)] = [leaf, grad, None]
            self.guards.append((leaf, grad is None))
            if grad is not None:
                self._grad_of[id(grad)] = leaf
        return _grad_slot.__get__(leaf)

    def _set_grad(self, leaf: Any, grad: Any) -> None:
        if self.listens() and id(leaf) not in self._leaves and id(leaf) not in self._new_leaves:
            try:
                before = _grad_slot.__get__(leaf)
            except AttributeError:
                self._new_leaves.add(id(leaf))
                self._seen.append(leaf)
            else:
                self._leaves[id(leaf)] = [leaf, before, None]
        _grad_slot.__set__(leaf, grad)

    # -- values -------------------------------------------------------------------------------------------------------

    def _value(self, seen: Any, kind: str, source: Any = None) -> Any:
        number = len(self.values)
        made = (RecordedArray if isinstance(seen, np.ndarray) else RecordedScalar)(self, number, seen)
        value = Value(number, kind, seen, source)
        self.values.append(value)
        if kind != "result":
            self._given.setdefault(root_of(seen), value)
        self._seen.append(seen)
        return made

    def argument(self, place: int, tensor: Any) -> None:
        """Meet a tensor as the argument number `place`."""
        raw = _data_slot.__get__(tensor)
        value = self._value(raw, "argument", place)
        self.inputs[place] = value
        self.captured[id(tensor)] = (tensor, value)
        node = _node_slot.__get__(tensor)
        if type(node) is Leaf:
            self.leaves[id(node)] = place

    def number(self, place: int, value: float) -> RecordedNumber:
        """Meet a Python number as the argument number `place`."""
        k = len(self.values)
        self.values.append(Value(k, "argument", value, place))
        return RecordedNumber(self, k, value)

    def constant(self, raw: Any) -> Any:
        """What stands for an array or number that the function made without any recorded value."""
        if not isinstance(raw, (np.ndarray, np.generic)):
            return raw
        known = self._arrays.get(id(raw))
        if known is None:
            known = self._arrays[id(raw)] = self._value(raw, "constant")
        return known

    def _plain(self, given: Any) -> Any:
        """`given` with the values of this run in the place of stand-ins."""
        if isinstance(given, (StandIn, RecordedNumber)):
            return given.seen
        if isinstance(given, (tuple, list)):
            return [self._plain(g) for g in given] if isinstance(given, list) else tuple(self._plain(g) for g in given)
        if type(given) is dict:
            return {k: self._plain(v) for k, v in given.items()}
        if type(given) is slice:
            return slice(*(self._plain(b) for b in (given.start, given.stop, given.step)))
        return given

    def _result(self, found: Any, args: Any) -> Any:
        if isinstance(found, (np.ndarray, np.generic)):
            for a in args:
                if isinstance(a, StandIn) and a.seen is found:
                    return a
            return self._value(found, "result")
        if isinstance(found, (tuple, list)):
            parts = [self._result(f, args) for f in found]
            plain = type(found) in (tuple, list) or not hasattr(found, "_fields")
            return type(found)(parts) if plain else type(found)(*parts)  # type: ignore[call-arg]
        if found is None or isinstance(found, (str, np.dtype)):
            return found
        raise ValuesNeeded(f"an operation gives a {type(found).__name__}, which has no place in a program")

    # -- what is recorded ---------------------------------------------------------------------------------------------

    def note(self, function: Any, args: Any, options: Any, writes: Any = (), results: bool = True, draws: bool = False) -> Any:
        """Call a function of NumPy's on the values, and note the call."""
        if not self.listens():
            return function(*self._plain(args), **self._plain(options))
        for w in writes:
            self._keep_original(w)
        with np.errstate(all="ignore"):
            found = function(*self._plain(args), **self._plain(options))
        if isinstance(found, (bool, int, float)) and not isinstance(found, np.generic):
            function, found = as_scalar(function), np.asarray(found)[()]  # NumPy gives numbers of Python's here and there
        result = self._result(found, args) if results else None
        self.instructions.append(Note(function, args, options, result, tuple(writes), draws, caller_line()))
        return result

    def _keep_original(self, written: Any) -> None:
        root = root_of(written.seen)
        if root is None or root in self._kept:
            return
        self._kept.add(root)
        v = self._given.get(root)
        if v is not None and v.kind == "constant":
            self.originals[root] = v.seen.copy()
        elif v is not None:
            self._before.append((v.seen, v.seen.copy()))

    def host(self, function: Any, args: Any, options: Any, title: str = "") -> Any:
        """Call a function of our own on the values, and note it as one call."""
        plain_args, plain_options = self._plain(args), self._plain(options)
        with self.suspended(), np.errstate(all="ignore"):
            found = function(*plain_args, **plain_options)
        if isinstance(found, (bool, int, float)) and not isinstance(found, np.generic):
            function, found = as_scalar(function), np.asarray(found)[()]
        result = self._result(found, args)
        self.instructions.append(Host(function, args, options, result, caller_line(), title))
        return result

    def compute(self, function: Any, args: Any) -> Any:
        """Arithmetic on Python numbers of which one is an argument."""
        if not self.listens():
            return function(*self._plain(args))
        k = len(self.values)
        found = float(function(*self._plain(args)))
        self.values.append(Value(k, "result", found, None))
        result = RecordedNumber(self, k, found)
        self.instructions.append(Note(function, args, {}, result, (), False, caller_line()))
        return result

    def asked(self, value: Any, how: Callable[..., Any]) -> Any:
        """Hand out what Python asks of a value; the program checks that it is the same."""
        if not self.listens():
            return how(value.seen)
        found = how(value.seen)
        if self._in_an_operation():
            raise ValuesNeeded("the value of a tensor")  # forward functions and rules that look at values are one call
        if self.strict and self._by_user():
            self.asked_at = str(caller_line())
            raise ValuesNeeded("the value of a tensor")
        self.instructions.append(Check(how, (value,), {}, found, caller_line()))
        return found

    def answered(self, function: Any, args: Any, found: Any) -> Any:
        """Hand out what Python asks about a number among the arguments; the program checks that it is the same."""
        if self.listens():
            self.instructions.append(Check(function, args, {}, found, caller_line()))
        return found

    @staticmethod
    def _in_an_operation() -> bool:
        """Whether a forward function or a rule asks for the value."""
        import sys

        frame: Any = sys._getframe(2)
        while frame is not None and str(frame.f_globals.get("__name__", "")).startswith("autograd.compiler"):
            frame = frame.f_back
        return frame is not None and str(frame.f_globals.get("__name__", "")).startswith("autograd.ops")

    def _by_user(self) -> bool:
        """Whether the program itself, and not a function of ours, asks for the value."""
        import sys

        from ..core.graph import own

        frame: Any = sys._getframe(3)  # of whom asks the stand-in
        names = {"item", "__bool__", "__float__", "__int__", "tolist", "__index__", "__format__", "__repr__", "_only", "numpy"}
        while frame is not None and own(frame):
            if frame.f_code.co_name not in names and frame.f_code.co_name != "__contains__":
                return False
            frame = frame.f_back
        return True

    def draws(self, generator: Any) -> Any:
        """NumPy's generator, whose draws are instructions."""
        if not self.listens():
            return generator
        if id(generator) not in self._generators:
            self._generators[id(generator)] = generator, generator.bit_generator.state
        return _Drawing(self, generator)

    def undo(self) -> bool:
        """Leave everything outside as it was before the run; whether that was possible.

        After an effect, such as an optimizer's step, it is not: everything stays as an eager run leaves it at this line.
        """
        if self._had_effect:
            return False
        for array, before in reversed(self._before):
            array[...] = before
        for generator, state in self._generators.values():
            generator.bit_generator.state = state
        for leaf, before, _ in self._leaves.values():
            _grad_slot.__set__(leaf, before)
        for tensor, before in self._rebound.values():
            _data_slot.__set__(tensor, before)
        return True

    def effect(self, function: Any, args: Any, options: Any) -> Any:
        """Call a function that works on the state of what it is given, and note the call."""
        self.flush()
        self._had_effect = True
        line = caller_line()
        if any(isinstance(a, StandIn) for a in args):
            raise CannotRecord(f"{function.__name__} is given a value of the recording")
        with self.suspended():
            found = function(*args, **options)
        if found is not None and not isinstance(found, (int, float, str, bool)):
            self.reasons.append(f"{function.__qualname__} returns a {type(found).__name__} (at {line})")
        self.instructions.append(Note(function, args, options, None, (), True, line, effect=True))
        # What was loaded before may be something else now.
        for key, (tensor, value) in list(self.captured.items()):
            if self.values[value.number].kind == "load" or _data_slot.__get__(tensor) is not value.seen:
                del self.captured[key]
        return found

    # -- what a program is made of ------------------------------------------------------------------------------------

    def gradients_of_arguments(self) -> list[tuple[int, int]]:
        """The arguments that get a gradient, and its value."""
        found = []
        for leaf, before, _ in self._leaves.values():
            grad = _grad_slot.__get__(leaf)
            if id(leaf) in self.leaves and grad is not before:
                raw = None if grad is None else _data_slot.__get__(grad)
                if grad is None or _node_slot.__get__(grad) is not None:
                    raise CannotRecord("it takes the gradient of an argument away, or leaves one with a graph")
                found.append((self.leaves[id(leaf)], raw.number if isinstance(raw, Recorded) else self.constant(raw).number))
        return found

    def seed(self, k: int, ones: Any) -> Any:
        """What stands for the cotangent of the result number `k`."""
        return self._value(ones, "argument", ("seed", k))

    def number_of(self, tensor: Any) -> int | None:
        """The value of a tensor that the function made; None for one that was there before."""
        raw = _data_slot.__get__(tensor)
        if id(tensor) in self._rebound:
            return None
        return raw.number if isinstance(raw, Recorded) else None

    def sources(self) -> list[Any]:
        """The tensors from outside that gradients flow to."""
        found = [t for t, _ in self.captured.values() if t._node is not None]
        for t in found:
            if type(t._node) is not Leaf:
                raise CannotRecord("it captures a tensor that was computed outside of it; pass that as an argument")
        return found

    def known_tensors(self) -> set[int]:
        """The ids of tensors that are gradients or were there before."""
        grads = [_grad_slot.__get__(entry[0]) for entry in self._leaves.values()]
        return {id(g) for g in grads if g is not None} | self.captured.keys() | self._rebound.keys()

    def made(self) -> list[Any]:
        """References to the tensors that the function made."""
        return self._made

    def flush(self) -> None:
        """Note what gradients and values of tensors from outside are by now, so that others can see it."""
        for entry in self._leaves.values():
            leaf, before, stored = entry
            if id(leaf) in self.leaves:
                continue  # an argument's, of which every call has another
            grad = _grad_slot.__get__(leaf)
            raw = None if grad is None else _data_slot.__get__(grad)
            if stored is not None and stored[0] is raw:
                continue
            if stored is None and grad is before and not isinstance(raw, StandIn):
                continue
            value = raw.number if isinstance(raw, Recorded) else None if raw is None else self.constant(raw).number
            node = None if grad is None else _node_slot.__get__(grad)
            if node is not None:
                self.reasons.append("a gradient that it leaves has a graph (create_graph=True)")
            self.instructions.append(Store(leaf, value, True, caller_line()))
            entry[2] = (raw,)
            if grad is not None:
                self._grad_of[id(grad)] = leaf
        for tensor, _ in self._rebound.values():
            raw = _data_slot.__get__(tensor)
            if isinstance(raw, Recorded):
                if self._stored.get(id(tensor)) is not raw:
                    self.instructions.append(Store(tensor, raw.number, False, caller_line()))
                    self._stored[id(tensor)] = raw

    def release(self) -> None:
        """Let go of the values of the run, which would otherwise wait for the collector of cycles."""
        for held in (self._seen, self.captured, self.inputs, self._arrays, self._given, self._before):
            held.clear()

    def settle(self) -> list[Any]:
        """Give every tensor its value of this run, and return those that the function made and that are still there."""
        alive = [t for t in (ref() for ref in self._made) if t is not None]
        for t in [*alive, *(t for t, _ in self._rebound.values())]:
            raw = _data_slot.__get__(t)
            if isinstance(raw, StandIn):
                _data_slot.__set__(t, raw.seen)
        return alive


def settle_graph(nodes: list[Node], boundaries: dict[Any, Any]) -> None:
    """Have nodes that outlive a recording hold values in the place of stand-ins, and lead to where the arguments come from."""
    for node in nodes:
        if boundaries and not boundaries.keys().isdisjoint(node.parents):
            node.parents = tuple(boundaries.get(p, p) for p in node.parents)
        if node.saved is not None:
            node.saved = _settled(node.saved)
        node.value = _settled(node.value)


def _settled(given: Any) -> Any:
    if isinstance(given, (StandIn, RecordedNumber)):
        return given.seen
    if type(given) in (tuple, list):
        return type(given)(_settled(g) for g in given)
    if type(given) is dict:
        return {k: _settled(v) for k, v in given.items()}
    return given
