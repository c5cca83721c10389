"""A program whose results have a graph: forward and backward, each a program, joined by one node."""

from collections.abc import Callable
from typing import Any

from ..core import engine
from ..core.function import Opaque
from ..core.graph import Node, Traced, enable_grad
from ..core.primitive import pick_node
from ..errors import GraphError
from ..func.tree import flatten
from .guards import Surroundings
from .program import Note, Program, Value
from .recording import Recording
from .replay import Replay
from .specialised import Specialised, place_of


class Differentiable(Specialised):
    """A program whose results have a graph: one node, whose rules run a program recorded from the sweep."""

    def __init__(
        self, name: str, recording: Recording, surroundings: Surroundings, result: Any, tensors: list[Any], numbers: list[Any],
        leaves: list[Any], args: Any, kwargs: Any, line: str, backward: Any, fn: Callable[..., Any],
    ) -> None:  # fmt: skip
        self._start, self._seeds, self._sources, self._cotangents = backward
        self._fn = fn
        self._captured = list(self._sources)
        self._source_places = [place_of(recording, t) for t in self._sources]
        self._with_graph = [k for k, t in enumerate(tensors) if type(t._node) is Node]
        super().__init__(name, recording, surroundings, result, tensors, numbers, leaves, args, kwargs, line)
        self._back.let_go()
        self._with_graph_at = [part[1] for part in self._parts if part[0] == "new" and part[3] is not None]
        self._parts = [(*part[:3], None, *part[4:]) if part[0] == "new" else part for part in self._parts]

    def _program(self, recording: Recording, outputs: list[int]) -> Program:
        given = [k for k in self._cotangents if k is not None]
        count = len(recording.instructions)
        whole = Program(recording.values, recording.instructions, [*outputs, *given], recording.originals)
        later = {id(i) for i in whole.instructions[self._start + len(whole.instructions) - count :]}
        whole.simplified()
        n = len(outputs)
        new = iter(whole.outputs[n:])
        self._cotangents = [None if k is None else next(new) for k in self._cotangents]
        forward = [i for i in whole.instructions if id(i) not in later]
        back = [i for i in whole.instructions if id(i) in later]
        made = {k for i in forward for k in whole.results(i)} | set(self.arguments)
        made |= {v.number for v in whole.values if v.kind == "tensor"}
        needed = {k for i in back for k in whole.reads(i)} | {k for k in self._cotangents if k is not None}
        self._saved = sorted(needed & made)
        self._count = n
        kinds = set(self._saved) | set(self._seeds)
        values = [Value(v.number, "argument" if v.number in kinds else v.kind, v.seen, v.source, v.root) for v in whole.values]
        self._back = Program(values, back, [k for k in self._cotangents if k is not None])
        self._back_inputs = [*self._seeds, *self._saved]
        whole.instructions, whole.outputs = forward, [*whole.outputs[:n], *self._saved]
        return whole

    def _prepare(self) -> None:
        super()._prepare()
        self._back_replay = Replay(self._back, f"{self.name}_backward", self._back_inputs, [])
        outputs = len(self._with_graph)
        self._prim = Opaque("compiled", _rule, outputs, saves=True)

    def _nodes_of(self, found: tuple[Any, ...], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[int, Any]:
        """The nodes of the results that have a graph, by their places: that of the call, or parts of it."""
        leaves = flatten((args, kwargs))[0]
        sources = [t if place is None else leaves[place] for t, place in zip(self._captured, self._source_places, strict=True)]
        call, saved = _Call(self, args, kwargs), found[self._count :]
        values = tuple(found[k] for k in self._with_graph_at)
        rows = tuple((k, call, *saved) for k in range(len(sources)))
        single = len(values) == 1
        whole = Node(self._prim, tuple(t._node for t in sources), rows, values[0] if single else values, ())
        if single:
            return {self._with_graph_at[0]: whole}
        return {k: pick_node(whole, m, v) for m, (k, v) in enumerate(zip(self._with_graph_at, values, strict=True))}

    def swept(self, call: "_Call", g: Any, saved: tuple[Any, ...]) -> list[Any]:
        """The cotangents of all sources."""
        parts = list(g) if isinstance(g, list) else [g]
        found = iter(self._back_replay.run((*parts, *saved)))
        return [None if k is None else next(found) for k in self._cotangents]

    def swept_again(self, call: "_Call", g: Any) -> list[Any]:
        """The cotangents as tensors with a graph: the function is run eagerly, and differentiated."""
        if any(isinstance(i, Note) and i.draws for i in self.program.instructions):
            raise GraphError(f"compile: {self.name} draws random numbers, so it cannot be run again for a second derivative")
        with enable_grad():
            again = self._fn(*call.args, **call.kwargs)
        results = [t for t in flatten(again)[0] if isinstance(t, Traced)]
        results = [results[k] for k in self._with_graph]
        leaves = flatten((call.args, call.kwargs))[0]
        sources = [t if p is None else leaves[p] for t, p in zip(self._captured, self._source_places, strict=True)]
        parts = list(g) if isinstance(g, list) else [g]
        given = [(t, p) for t, p in zip(results, parts, strict=True) if p is not None]
        make = results[0]._class._wrap
        return engine.grad(
            [t for t, _ in given], sources, [p for _, p in given], keep=True, create_graph=True, make=make
        )  # fmt: skip


class _Call:
    """One call of a differentiable program: what its rules share."""

    def __init__(self, of: Differentiable, args: Any, kwargs: Any) -> None:
        self.of: Differentiable = of
        self.args: Any = args
        self.kwargs: Any = kwargs
        self._g: Any = None
        self._found: list[Any] = []

    def cotangent(self, g: Any, k: int, saved: tuple[Any, ...]) -> Any:
        """The cotangent of the source number `k`."""
        if self._g is not g:
            parts = g if isinstance(g, list) else [g]
            traced = any(isinstance(p, Traced) for p in parts)
            self._found = self.of.swept_again(self, g) if traced else self.of.swept(self, g, saved)
            self._g = g
        found = self._found[k]
        if all(v is None for v in self._found[k + 1 :]):
            self._g, self._found = None, []
        else:
            self._found[k] = None
        return found


def _rule(g: Any, k: int, call: _Call, *saved: Any) -> Any:
    return call.cotangent(g, k, saved)
