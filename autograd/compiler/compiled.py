"""A compiled function: which of its programs fits a call, and what happens if none does."""

import gc
import warnings
from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import numpy as np

from ..core import standin
from ..core.engine import check, history, run as sweep
from ..core.graph import Node, Traced, caller_line, frames_of_ours, own
from ..core.standin import ValuesNeeded
from ..errors import GradloomError, GraphError
from ..func.level import levels
from ..func.tree import flatten
from .checking import compared
from .differentiable import Differentiable
from .guards import Surroundings
from .program import Unsuited
from .recorded import Recorded
from .recording import CannotRecord, Recording, settle_graph
from .replay import Changed
from .specialised import Specialised, type_of

LIMIT = 8  # programs of one function


class CompileError(GradloomError, RuntimeError):
    """A function that cannot be compiled as it is: the message names the line and the remedy."""


class Compiled:
    """A function that runs as a recorded program wherever one fits its arguments, and is recorded where none does.

    `explain()` shows what was recorded, `programs` how many there are.
    """

    def __init__(self, fn: Callable[..., Any], *, fullgraph: bool, check: bool = False, about: Any = None) -> None:
        self._fn, self._fullgraph, self._check = fn, fullgraph, check
        self._about = fn if about is None else about  # what it depends on is found from here
        self._name = getattr(self._about, "__qualname__", type(self._about).__qualname__)
        self._programs: list[Specialised] = []
        self._given_up = ""
        self._inputs_by_value: set[int] = set()  # places of numbers on which the program depends in an unknown way
        update_wrapper(self, fn, updated=())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if standin.current.recording is not None or levels() or self._given_up:
            return self._fn(*args, **kwargs)
        for k, program in enumerate(self._programs):
            bound = program.fits(args, kwargs)
            if bound is None:
                continue
            if not program.verified:
                return self._verify(program, args, kwargs)
            if self._check:
                return self._checked(program, bound, args, kwargs)
            try:
                result = program.run(bound, args, kwargs)
            except Changed as change:
                program.reason = f"a value that it depends on changed (at {change})"
                continue
            if k:
                self._programs.insert(0, self._programs.pop(k))
            return result
        return self._new(args, kwargs)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """A method of an instance, compiled for it."""
        if instance is None:
            return self
        kept = instance.__dict__.setdefault("_compiled_methods", {})
        name = self._fn.__name__
        if name not in kept:
            kept[name] = Compiled(self._fn.__get__(instance), fullgraph=self._fullgraph, check=self._check)
        return kept[name]

    # -- recording ----------------------------------------------------------------------------------------------------

    def _new(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if len(self._programs) >= LIMIT:
            reasons = [p.difference(args, kwargs) for p in self._programs]
            self._give_up(f"it has {LIMIT} programs already: " + "; ".join(dict.fromkeys(r for r in reasons if r)))
            return self._fn(*args, **kwargs)
        result, program = self._record(args, kwargs)
        if program is not None:
            self._programs.insert(0, program)
        return result

    def _verify(self, program: Specialised, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Record a second time: what is not the same then was taken for a constant and is none."""
        result, second = self._record(args, kwargs)
        if second is None:
            self._programs.remove(program)
            return result
        moved = program.difference_of_programs(second)
        if moved is None:
            second.verified = second.number_inputs_confirmed(program)
            self._programs[self._programs.index(program)] = second
            return result
        self._programs.remove(program)
        if program.numbers != second.numbers:  # a number was used in a way that is not recorded
            self._inputs_by_value |= set(program.number_places)
            return result
        self._give_up(moved)
        return result

    def _checked(self, program: Specialised, bound: Any, args: Any, kwargs: Any) -> Any:
        """Run the program, and from the same state the function itself, whose results remain."""
        state = program.state(args, kwargs)
        want, difference = compared(lambda: program.run(bound, args, kwargs), lambda: self._fn(*args, **kwargs), state)
        if difference:
            raise CompileError(f"compile: {self._name}: {difference}")
        return want

    def _give_up(self, reason: str) -> None:
        if self._fullgraph:
            raise CompileError(f"compile: {self._name}: {reason}")
        self._given_up = reason
        warnings.warn(f"compile: {self._name} runs eagerly from now on: {reason}", stacklevel=frames_of_ours())

    def _record(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, Specialised | None]:
        """Run the function and record it; the program is None if the run cannot be one."""
        surroundings = Surroundings(self._about)
        recording = Recording(strict=self._fullgraph)
        leaves, build = flatten((args, kwargs))
        given = list(leaves)
        recording.types = [type_of(leaf) for leaf in leaves]
        for place, leaf in enumerate(leaves):
            if isinstance(leaf, Traced) and leaf.interpret is None:
                given[place] = self._met(recording, place, leaf)
            elif type(leaf) is float and place not in self._inputs_by_value:
                given[place] = recording.number(place, leaf)
            elif isinstance(leaf, np.ndarray):
                recording.reasons.append("an argument is an array of NumPy; pass a tensor (autograd.from_numpy)")
        call_args, call_kwargs = build(iter(given))
        line = caller_line()
        try:
            with recording.watching():
                result = self._fn(*call_args, **call_kwargs)
                recording.flush()
        except Exception as error:
            recording.settle()
            return self._failed(error, recording, args, kwargs), None
        except BaseException:  # an interrupt: as in an eager run, what has happened has happened
            recording.settle()
            raise
        result = _returned(result, given, leaves)
        try:
            return self._finish(recording, surroundings, result, leaves, args, kwargs, line)
        finally:
            recording.release()

    @staticmethod
    def _met(recording: Recording, place: int, tensor: Any) -> Any:
        """The tensor that stands for an argument: itself, or one without its history, which is not the function's."""
        if type(tensor._node) is Node:
            boundary = tensor._class._wrap(tensor._data, None)
            boundary.requires_grad = True
            recording.argument(place, boundary)
            recording.boundaries[boundary._node] = tensor._node
            return boundary
        recording.argument(place, tensor)
        return tensor

    def _failed(self, error: Exception, recording: Recording, args: Any, kwargs: Any) -> Any:
        """The run raised an error: the function's own, or one that recording it has caused."""
        undone = recording.undo()
        if isinstance(error, ValuesNeeded):
            where = recording.asked_at or _line_of(error)
            reason = (
                f"{str(error).partition(chr(10))[0]} was asked for at {where}: what the function does must not depend on "
                "values; choose by where(), return the tensor in place of the number, move that line out of the function, or "
                "pass fullgraph=False"
            )
            if self._fullgraph:
                raise CompileError(f"compile: {self._name}: {reason}") from None
        else:
            reason = f"{type(error).__name__} while it was recorded, at {_line_of(error)}: {error}"
        if not undone:
            raise error
        result = self._fn(*args, **kwargs)  # raises what is wrong with the function itself
        self._give_up(reason)
        return result

    def _finish(
        self,
        recording: Recording,
        surroundings: Surroundings,
        result: Any,
        leaves: list[Any],
        args: Any,
        kwargs: Any,
        line: str,
    ) -> tuple[Any, Specialised | None]:
        outputs = flatten(result)[0]
        tensors = [t for t in outputs if isinstance(t, Traced)]
        try:
            backward = self._backward(recording, [t for t in tensors if type(t._node) is Node], leaves)
        except CannotRecord as reason:
            recording.reasons.append(str(reason))
            backward = None
        try:
            recording.given_gradients = recording.gradients_of_arguments()
        except CannotRecord as reason:
            recording.reasons.append(str(reason))
        numbers = [recording.number_of(t) for t in tensors]
        alive = recording.settle()
        settle_graph(_nodes(tensors), recording.boundaries)
        if not surroundings.holds():
            recording.reasons.append(surroundings.difference())
        self._check_escapes(recording, alive, tensors)
        if recording.reasons:
            self._give_up(f"{recording.reasons[0]}")
            return result, None
        try:
            program = self._specialise(recording, surroundings, result, tensors, numbers, leaves, backward, args, kwargs, line)
        except Unsuited as reason:
            self._give_up(str(reason))
            return result, None
        return result, program

    @staticmethod
    def _check_escapes(recording: Recording, alive: list[Any], results: list[Any]) -> None:
        """Tensors that somebody keeps would not be renewed by the program."""
        known = {id(t) for t in results} | recording.known_tensors()
        for t in results:
            base = getattr(t, "_base", None)
            if base is not None:
                known.add(id(base))
        left = [id(t) for t in alive if id(t) not in known]
        if not left:
            return
        lines = {id(t): "" for t in alive}
        del alive[:]
        gc.collect()
        kept = [t for ref in recording.made() if (t := ref()) is not None and id(t) in lines and id(t) not in known]
        if kept:
            recording.reasons.append(
                f"a tensor of shape {tuple(kept[0].shape)} that it computes is kept by something else than its result; "
                "return it"
            )

    @staticmethod
    def _backward(recording: Recording, results: list[Any], leaves: list[Any]) -> Any:
        """Record the sweep from the results back to what the function was given, if there is one to come."""
        if not results:
            return None
        nodes = [t._node for t in results]
        try:
            check(history(dict.fromkeys(nodes))[0])
        except GraphError:
            return "freed"
        sources = recording.sources()
        start = len(recording.instructions)
        seeds: dict[Any, Any] = {}
        places = []
        with recording.watching():
            for k, t in enumerate(results):
                seed = recording.seed(k, np.ones_like(t._data.seen))
                places.append(seed.number)
                seeds[t._node] = seeds[t._node] + seed if t._node in seeds else seed
            targets = [s._node for s in sources]
            found = sweep(seeds, targets, True, None) if targets else {}
        cotangents = []
        for s in sources:
            g = found.get(s._node)
            cotangents.append(None if g is None else g.number if isinstance(g, Recorded) else recording.constant(g).number)
        return start, places, sources, cotangents

    def _specialise(
        self, recording: Recording, surroundings: Surroundings, result: Any, tensors: list[Any], numbers: list[Any],
        leaves: list[Any], backward: Any, args: Any, kwargs: Any, line: str,
    ) -> Specialised:  # fmt: skip
        name = getattr(self._about, "__name__", type(self._about).__name__)
        if isinstance(backward, tuple):
            return Differentiable(
                name, recording, surroundings, result, tensors, numbers, leaves, args, kwargs, line, backward, self._fn
            )
        return Specialised(name, recording, surroundings, result, tensors, numbers, leaves, args, kwargs, line)

    # -- to be read ---------------------------------------------------------------------------------------------------

    def explain(self) -> str:
        """What was recorded: each program with its inputs, guards, calls and memory, and the line that each call comes from."""
        if self._given_up:
            return f"runs eagerly: {self._given_up}"
        if not self._programs:
            return "nothing is recorded yet: the first call records"
        return "\n\n".join(p.explain() for p in self._programs)

    @property
    def programs(self) -> int:
        """How many programs there are."""
        return len(self._programs)


def _returned(result: Any, given: list[Any], leaves: list[Any]) -> Any:
    """The result with the caller's own tensors where the function returned what it was given."""
    swapped = {id(g): leaf for g, leaf in zip(given, leaves, strict=True) if g is not leaf and isinstance(g, Traced)}
    if not swapped:
        return result
    found, build = flatten(result)
    return build(iter([swapped.get(id(t), t) for t in found]))


def _line_of(error: BaseException) -> str:
    """The innermost line of the user's program on the way to an error."""
    found = "unknown line"
    at = error.__traceback__
    while at is not None:
        if not own(at.tb_frame):
            found = f"{at.tb_frame.f_code.co_filename}:{at.tb_lineno}"
        at = at.tb_next
    return found


def _nodes(tensors: list[Any]) -> list[Node]:
    return history(dict.fromkeys(t._node for t in tensors if type(t._node) is Node))[0]
