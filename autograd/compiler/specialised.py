"""One program of a compiled function: the calls that it fits, and how it is run."""

from collections.abc import Callable
from operator import is_
from typing import Any

import numpy as np

from ..core.graph import Leaf, Node, Traced, changed, mutation_of
from ..core.text import compiled
from ..func.tree import flatten
from .checking import State
from .copies import without_copies
from .guards import PLAIN, Surroundings
from .program import Check, Host, Load, Note, Program, Store, Unsuited, key_of, same_value
from .recorded import RecordedNumber
from .recording import GradientOf, Recording
from .replay import Replay

LAYOUT = object()


class Specialised:
    """A program, and what it was recorded with: arguments of these types, tensors from outside, surroundings."""

    def __init__(
        self, name: str, recording: Recording, surroundings: Surroundings, result: Any, tensors: list[Any],
        numbers: list[Any], leaves: list[Any], args: Any, kwargs: Any, line: str,
    ) -> None:  # fmt: skip
        self.name: str = name
        self.line: str = line
        self.reason: str = ""  # why it did not apply the last time
        self.verified: bool = False
        self._surroundings = surroundings
        self._leaves: list[Any] = [leaf if isinstance(leaf, PLAIN) else None for leaf in leaves]
        self._types: list[Any] = recording.types
        sources = {v.number: v.source for v in recording.values if v.kind == "argument"}
        self._given = {k: source for k, source in sources.items() if isinstance(source, (int, GradientOf))}
        self.arguments: list[int] = sorted(self._given)
        self.number_places: list[Any] = [v.source for v in recording.values if v.kind == "argument" and type(v.seen) is float]
        self.numbers: list[Any] = [leaves[k] for k in self.number_places]
        self._places = {source: k for k, source in self._given.items() if isinstance(source, int)}
        self._grads = [(leaf, none) for leaf, none in recording.guards if id(leaf) not in recording.leaves]
        self._grads_of_arguments = [
            (recording.leaves[id(leaf)], none) for leaf, none in recording.guards if id(leaf) in recording.leaves
        ]
        self.becoming: list[int] = sorted(recording.becoming)  # arguments that get requires_grad_()
        results = [k for k in numbers if k is not None]
        self._given_gradients = [(place, len(results) + k) for k, (place, _) in enumerate(recording.given_gradients)]
        self.program: Program = self._program(recording, [*results, *(k for _, k in recording.given_gradients)])
        used = {k for i in self.program.instructions for k in self.program.reads(i)} | set(self.program.outputs)
        self._tensors = [v for v in self.program.values if v.kind == "tensor" and v.number in used]
        self.tensors: list[Any] = [v.source for v in self._tensors]
        self._nodes = [t._node for t in self.tensors]
        self._memory: list[Any] = []
        self._form(result, tensors, numbers, recording)
        self._prepare()
        self._fits = self._fitting(args, kwargs)
        self.program.let_go()

    def _program(self, recording: Recording, outputs: list[int]) -> Program:
        program = Program(recording.values, recording.instructions, outputs, recording.originals).simplified()
        without_copies(program)
        return program

    def _prepare(self) -> None:
        numbers = [v.number for v in self._tensors]
        self._replay = Replay(self.program, self.name, self.arguments, numbers)
        written = self.program.written_roots()
        self._written = [v.source for v in self._tensors if v.root in written]
        self._written_places = [k for k, number in enumerate(self.arguments) if self.program.values[number].root in written]

    # -- whether it fits ----------------------------------------------------------------------------------------------

    def _fitting(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Callable[..., Any]:
        """`fits(args, kwargs)`, written out: the raw arguments, or None."""
        flat = not kwargs and not any(isinstance(a, (tuple, list, dict)) for a in args)
        scope: dict[str, Any] = {"flatten": flatten, "is_": is_, "Leaf": Leaf, "Node": Node, "holds": self._surroundings.holds}
        n = len(self._types)
        names = "".join(f"x{k}, " for k in range(n))
        lines = [f"if kwargs or len(args) != {n}:", "    return None", f"{names}= args" if n else ""]
        if not flat:
            scope["structure"], scope["structure_of"] = structure((args, kwargs)), structure
            lines = ["if structure_of((args, kwargs)) != structure:", "    return None"]
            lines += [f"{names}= flatten((args, kwargs))[0]"] if n else []
        tests = []
        for k, kind in enumerate(self._types):
            scope[f"t{k}"] = kind[0]
            tests.append(f"type(x{k}) is not t{k}")
            if len(kind) > 1:
                _, data, dtype, shape, strides, node = kind
                scope[f"r{k}"], scope[f"d{k}"] = data, dtype
                lines += [f"if {' or '.join(tests)}:", "    return None", f"a{k} = x{k}._data"]
                tests = [f"type(a{k}) is not r{k}", f"a{k}.dtype != d{k}"]
                if shape or data is np.ndarray:
                    tests += [f"a{k}.shape != {shape!r}", f"a{k}.strides != {strides!r}"]
                tests.append(f"x{k}._node is not None" if node is None else f"type(x{k}._node) is not {node.__name__}")
            elif k in self._places:
                scope[f"t{k}"] = float
            elif kind[0] in PLAIN_TYPES:
                scope[f"l{k}"] = self._leaves[k]
                tests.append(f"x{k} != l{k}")
            else:
                tests[-1:] = [f"x{k} is not t{k}"]
        if self._grads:
            scope["grads"] = [leaf for leaf, _ in self._grads]
            scope["absent"] = [none for _, none in self._grads]
            tests.append("[leaf.grad is None for leaf in grads] != absent")
        tests += [f"(x{k}.grad is None) is not {none}" for k, none in self._grads_of_arguments]
        if self.tensors:
            scope["tensors"], scope["nodes"] = self.tensors, self._nodes
            tests.append("not all(map(is_, [t._node for t in tensors], nodes))")
        loads = [i for i in self.program.instructions if isinstance(i, Load)]
        if loads:
            scope["loads"], scope["layout"] = [(i.owner, i.of_grad) for i in loads], _layout
            scope["layouts"] = [layout_of(self.program.values[int(i.result)].seen) for i in loads]
            tests.append("[layout(*load) for load in loads] != layouts")
        tests.append("not holds()")
        lines += [f"if {' or '.join(tests)}:", "    return None"]
        given = []
        for number in self.arguments:
            source = self._given[number]
            if isinstance(source, GradientOf):
                given.append(f"x{source.place}.grad._data")
                scope["layout_of"], scope[f"g{number}"] = layout_of, layout_of(self.program.values[number].seen)
                lines += [f"if layout_of({given[-1]}) != g{number}:", "    return None"]
            else:
                given.append(f"x{source}" if len(self._types[source]) == 1 else f"a{source}")
        lines.append(f"return ({', '.join(given)}{',' * (len(given) == 1)})")
        return compiled(
            "def fits(args, kwargs):\n    " + "\n    ".join(filter(None, lines)) + "\n", f"fits of {self.name}", scope
        )

    def fits(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The raw arguments if the program fits a call, else None."""
        return self._fits(args, kwargs)

    def difference(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        """Why the program does not fit a call, in words."""
        leaves = flatten((args, kwargs))[0]
        if len(leaves) != len(self._types):
            return f"{len(leaves)} arguments, not {len(self._types)}"
        for k, (leaf, kind) in enumerate(zip(leaves, self._types, strict=True)):
            now = type_of(leaf)
            if len(now) != len(kind) or now[0] is not kind[0]:
                return f"argument {k} is another {type(leaf).__name__}"
            if len(kind) > 1 and now != kind:
                return f"argument {k} is {now[2]}{list(now[3])}, not {kind[2]}{list(kind[3])} (or differs in layout or graph)"
            if kind[0] in PLAIN_TYPES and k not in self._places and leaf != self._leaves[k]:
                return f"argument {k} is {leaf!r}, not {self._leaves[k]!r}"
        if [leaf.grad is None for leaf, _ in self._grads] != [none for _, none in self._grads]:
            return "other gradients are there"
        return self._surroundings.difference() or self.reason or "a tensor from outside changed"

    # -- running ------------------------------------------------------------------------------------------------------

    def _form(self, result: Any, tensors: list[Any], numbers: list[Any], recording: Recording) -> None:
        """How the result is put together from the program's outputs."""
        self._result = flatten(result)
        self._parts: list[tuple[Any, ...]] = []
        at = iter(range(len(self.program.outputs)))
        known = dict(zip(map(id, tensors), numbers, strict=True))
        for leaf in self._result[0]:
            if not isinstance(leaf, Traced):
                if isinstance(leaf, RecordedNumber):
                    raise Unsuited("it returns a number that was computed from an argument; return a tensor")
                self._parts.append(("value", leaf))
            elif known[id(leaf)] is None:
                place = next((k for k, (t, v) in _by_place(recording).items() if t is leaf), None)
                self._parts.append(("value", leaf) if place is None else ("argument", place))
            else:
                node = leaf._node
                self._parts.append(
                    ("new", next(at), leaf._class._wrap, node if type(node) is Node else None, type(node) is Leaf)
                )
        self._returns_arguments = any(part[0] == "argument" for part in self._parts)
        self._plain = len(self._parts) == 1 and self._parts[0][0] == "new" and isinstance(result, Traced)
        for k, part in enumerate(self._parts):
            if part[0] == "new":
                self._result[0][k] = None  # the first call's result is not to be kept

    def run(self, given: tuple[Any, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run the program on raw arguments, and give what the function would."""
        if self.becoming:
            self._require_gradients(args, kwargs)
        found = self._outputs(given)
        if self._written or self._written_places:
            self._date(given)
        if self._given_gradients:
            self._give_gradients(found, args, kwargs)
        nodes = self._nodes_of(found, args, kwargs)
        if self._plain:
            return self._made(self._parts[0], found, nodes)
        leaves = flatten((args, kwargs))[0] if self._returns_arguments else ()
        built: list[Any] = []
        for part in self._parts:
            if part[0] == "new":
                built.append(self._made(part, found, nodes))
            else:
                built.append(part[1] if part[0] == "value" else leaves[part[1]])
        return self._result[1](iter(built))

    def _nodes_of(self, found: tuple[Any, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[int, Any]:
        """The nodes of results that each call has anew, by their places."""
        return {}

    @staticmethod
    def _made(part: tuple[Any, ...], found: tuple[Any, ...], nodes: dict[int, Any]) -> Any:
        _, place, make, node, is_leaf = part
        made = make(found[place], nodes.get(place, node))
        if is_leaf:
            made.requires_grad = True
        return made

    def _require_gradients(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """What the function does to arguments by requires_grad_()."""
        leaves = flatten((args, kwargs))[0]
        for place in self.becoming:
            leaves[place].requires_grad = True

    def _give_gradients(self, found: tuple[Any, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        leaves = flatten((args, kwargs))[0]
        for place, k in self._given_gradients:
            leaf = leaves[place]._node
            leaf.grad = leaf.make(found[k], None)

    def _outputs(self, given: tuple[Any, ...]) -> tuple[Any, ...]:
        memory = [t._data for t in self.tensors]
        if not all(map(is_, memory, self._memory)) or len(memory) != len(self._memory):
            self._rebind(memory)
        return self._replay.run(given, memory)

    def _rebind(self, memory: list[Any]) -> None:
        """Read other memory from now on; it must be laid out as what was there."""
        for now, v in zip(memory, self._tensors, strict=True):
            was = v.seen
            if type(now) is not type(was) or now.dtype != was.dtype or now.shape != was.shape or now.strides != was.strides:
                raise_changed(f"a tensor of shape {tuple(was.shape)} from outside has other memory")
        self._memory = memory
        self._replay.forget()

    def _date(self, given: tuple[Any, ...]) -> None:
        arrays = [t._data for t in self._written]
        if self._written_places:
            arrays += [given[k] for k in self._written_places]
        changed([mutation_of(a) for a in arrays], f"the compiled {self.name}", self.line)

    def state(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> State:
        """What a run can change outside of the program, as it is now."""
        leaves = [i.owner for i in self.program.instructions if isinstance(i, Store) and i.of_grad]
        loaded = [i.owner for i in self.program.instructions if isinstance(i, Load) and not i.of_grad]
        return State(self.program, [*self.tensors, *loaded], leaves, flatten((args, kwargs))[0])

    # -- comparing and showing ----------------------------------------------------------------------------------------

    def number_inputs_confirmed(self, other: "Specialised") -> bool:
        """Whether numbers among the arguments were seen with two values, so that they are known to be inputs."""
        return not self.numbers or self.numbers != other.numbers

    def difference_of_programs(self, other: "Specialised") -> str | None:
        """What is not the same in another recording of the same call; None if nothing is."""
        mine, others = self.program.instructions, other.program.instructions
        for i, j in zip(mine, others, strict=False):
            if type(i) is not type(j):
                return f"it does other things from call to call (at {j.line})"
            if isinstance(i, (Note, Host, Check)):
                moved = _moved(i, j)  # type: ignore[arg-type]
                if moved:
                    return f"{moved} from call to call (at {j.line}); pass it as an argument"
        if len(mine) != len(others):
            return "it does more or less from call to call"
        written = self.program.written_roots()
        for k in sorted({k for i in mine for k in self.program.reads(i)} | set(self.program.outputs)):
            v, w = self.program.values[k], other.program.values[k]
            if v.kind == w.kind == "constant" and v.root not in written and not same_value(v.seen, w.seen):
                return "a tensor that it makes of plain values has other values from call to call; pass it as an argument"
        return None

    def explain(self) -> str:
        """The program in words and lines."""
        p = self.program
        hosts = sum(isinstance(i, Host) for i in p.instructions)
        checks = sum(isinstance(i, Check) for i in p.instructions)
        arguments = ", ".join(f"%{k} {p.values[k].type}" for k in self.arguments) or "none"
        outside = ", ".join(f"%{v.number} {v.type}" for v in self._tensors) or "none"
        head = [
            f"{self.name}, recorded at {self.line}",
            f"arguments: {arguments}",
            f"read by reference: {outside}",
            f"guards: types, shapes and layouts of the arguments; {self._surroundings.describe()}",
            f"{p.recorded} calls recorded, {len(p.instructions)} left: {self._replay.calls} calls of NumPy, "
            f"{hosts} host calls, {checks} checks; {self._replay.buffers:,} bytes of memory",
        ]
        return "\n".join([*head, p.text()])


PLAIN_TYPES = frozenset((bool, int, float, str, type(None)))


def type_of(leaf: Any) -> Any:
    """What a program requires of an argument."""
    if isinstance(leaf, Traced):
        data = leaf._data
        node = None if leaf._node is None else type(leaf._node)
        return type(leaf), type(data), data.dtype, data.shape, getattr(data, "strides", ()), node
    return (type(leaf) if isinstance(leaf, PLAIN) else leaf,)


def _layout(owner: Any, of_grad: bool) -> Any:
    """How the value of a tensor, or of a leaf's gradient, is laid out now."""
    tensor = owner.grad if of_grad else owner
    return None if tensor is None else layout_of(tensor._data)


def layout_of(raw: Any) -> Any:
    """What tells how a raw value lies in memory."""
    return type(raw), raw.dtype, raw.shape, getattr(raw, "strides", ())


def structure(tree: Any) -> Any:
    """The form of nested containers, to be compared."""
    if isinstance(tree, dict):
        return (type(tree), tuple((k, structure(v)) for k, v in tree.items()))
    if isinstance(tree, (tuple, list)):
        return (type(tree), tuple(map(structure, tree)))
    return LAYOUT


def _by_place(recording: Recording) -> dict[int, tuple[Any, Any]]:
    numbers = {v.number: place for place, v in recording.inputs.items()}
    return {numbers[v.number]: (t, v) for t, v in recording.captured.values() if v.number in numbers}


def place_of(recording: Recording, tensor: Any) -> int | None:
    """Which argument a tensor stands for; None for one from outside."""
    return next((place for place, (t, _) in _by_place(recording).items() if t is tensor), None)


def _moved(i: Any, j: Any) -> str:
    if i.function != j.function and not (isinstance(i, Host) and isinstance(j, Host)):
        return "another operation is done"
    for x, y in zip(_literals((i.args, i.options)), _literals((j.args, j.options)), strict=False):
        if key_of(x) != key_of(y) and not same_value(x, y):
            return f"a value that is no argument changes from {x!r:.40} to {y!r:.40}"
    if isinstance(i, Check) and isinstance(j, Check) and not same_value(i.expected, j.expected):
        return f"a value that it depends on changes from {i.expected!r:.40} to {j.expected!r:.40}"
    return ""


def _literals(given: Any) -> list[Any]:
    return list(flatten(given)[0])


def raise_changed(what: str) -> None:
    """Say that a program does not apply."""
    from .replay import Changed

    raise Changed(what)
