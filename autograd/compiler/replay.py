"""A program as one plain function: NumPy's calls in a row, each result in memory that is there already.

The text has two levels. `bind` is run once for the tensors that a program reads by reference: it makes the views of what
lies still, so that they cost nothing later. `run`, which it returns, is what a call executes. A result gets memory of the
program's own unless it leaves the program, and memory is used again when what is in it dies.
"""

from collections.abc import Callable
from operator import getitem, pow, setitem
from typing import Any

import numpy as np

from ..core.text import compiled
from ..errors import GradloomError
from .program import EXTERNAL, Check, Host, Instruction, Load, Note, Program, Ref, Store, Unsuited, name_of, refs
from .recorded import is_method

_SAFE = frozenset(
    "reshape transpose swapaxes ravel view copy astype squeeze diagonal broadcast_to expand_dims moveaxis concatenate stack "
    "ones_like zeros_like empty_like full_like flip roll tril triu sum max min mean prod cumsum cumprod argmax argmin argsort "
    "sort dot matmul tensordot einsum outer clip fill take take_along_axis isnan isfinite isinf any all count_nonzero index "
    "copyto put_along_axis setitem trace cross kron meshgrid atleast_1d atleast_2d nan_to_num random standard_normal where "
    "integers pad tile".split()
)
_POWERS = {2: np.square, 0.5: np.sqrt, -1: np.reciprocal}


class Changed(GradloomError, RuntimeError):
    """A check of a program has another answer than in the recorded run, so that the program does not apply."""


class Replay:
    """A program that can be run: `bind(tensors)` gives a function of the arguments."""

    def __init__(self, program: Program, title: str, arguments: list[int], tensors: list[int]) -> None:
        self.program = program
        self.tensors = tensors
        writer = _Writer(program, arguments, tensors)
        self.source: str = writer.source()
        self.buffers: int = writer.pool.bytes  # bytes
        self.calls: int = writer.calls
        self._make = writer.scope["__buffers__"]
        self.bind: Callable[..., Any] = compiled(self.source, f"bind of {title}", writer.scope)
        self._free: list[Callable[..., Any]] = []

    def run(self, given: Any, memory: Any = ()) -> Any:
        """The outputs for these raw arguments; `memory` is what the tensors that are read by reference have.

        What is bound has memory of its own, so each thread that runs the program at a time has one for itself.
        """
        try:
            run = self._free.pop()
        except IndexError:
            run = self.bind(*memory)
        found = run(*given)
        self._free.append(run)
        return found

    def forget(self) -> None:
        """Bind anew: the tensors have other memory."""
        self._free = []


class _Pool:
    """Memory for results: what is given back is used again for a result of the same size."""

    def __init__(self) -> None:
        self.free: dict[int, list[int]] = {}
        self.sizes: list[int] = []
        self.views: dict[str, tuple[int, Any, Any]] = {}  # by name: which memory, shape, dtype
        self.alone: dict[str, Any] = {}  # by name: arrays of other layouts

    @property
    def bytes(self) -> int:
        """How much memory there is."""
        return sum(self.sizes) + sum(a.nbytes for a in self.alone.values())

    def take(self, name: str, like: np.ndarray, at: int | None = None) -> int | None:
        """Give the value `name` memory, at a place or at any; returns the place."""
        if not like.flags.c_contiguous:
            self.alone[name] = like
            return None
        if at is None:
            known = self.free.get(like.nbytes)
            at = known.pop() if known else None
        if at is None:
            at = len(self.sizes)
            self.sizes.append(like.nbytes)
        self.views[name] = (at, like.shape, like.dtype)
        return at

    def give(self, at: int) -> None:
        """Take memory back."""
        self.free.setdefault(self.sizes[at], []).append(at)

    def made(self) -> list[np.ndarray]:
        """The memory itself, made anew: an array for every name, in order."""
        memory = [np.empty(n, np.uint8) for n in self.sizes]
        found = [memory[at].view(dtype).reshape(shape) for at, shape, dtype in self.views.values()]
        return [*found, *(np.empty_like(a) for a in self.alone.values())]

    @property
    def names(self) -> list[str]:
        """The names, in the order of `made`."""
        return [*self.views, *self.alone]


class _Writer:
    """Writes the text of a program."""

    def __init__(self, program: Program, arguments: list[int], tensors: list[int]) -> None:
        self.program, self.values = program, program.values
        self.arguments, self.tensors = arguments, tensors
        self.scope: dict[str, Any] = {"Changed": Changed, "__name__": "autograd.compiler.replay"}
        self.names: dict[int, str] = {}
        self.static: set[int] = set()  # values that lie still from call to call
        self.pool = _Pool()
        self.bound: list[str] = []  # lines of `bind`
        self.lines: list[str] = []  # lines of `run`
        self.calls = 0
        self.undo: list[tuple[str, str]] = []
        self._literals: dict[Any, str] = {}
        self._place: dict[Any, int] = {}  # by root: memory of the pool

    def source(self) -> str:
        """The text; `scope` then has what it names."""
        for k in self.arguments:
            self.names[k] = f"a{k}"
        for k in self.tensors:
            self.names[k] = f"p{k}"
            self.static.add(k)
        used = {k for i in self.program.instructions for k in self.program.reads(i)} | set(self.program.outputs)
        for v in self.values:
            if v.kind == "constant" and v.number in used:
                self.names[v.number] = name = f"c{v.number}"
                self.scope[name] = v.seen
                self.static.add(v.number)
        self._escaping = self._escaping_roots()
        self._last_use()
        self._undo_lines()
        for at, i in enumerate(self.program.instructions):
            self._write(at, i)
            self._release(at)
        return self._assembled()

    def _assembled(self) -> str:
        arguments = ", ".join(self.names[k] for k in self.arguments)
        tensors = ", ".join(self.names[k] for k in self.tensors)
        names = self.pool.names
        head = [f"({', '.join(names)}{',' * (len(names) == 1)}) = __buffers__()"] if names else []
        self.scope["__buffers__"] = self.pool.made
        give = f"return ({', '.join(self._name(k) for k in self.program.outputs)}{',' * (len(self.program.outputs) == 1)})"
        body = [*self.lines, give]
        if self.undo:
            saved = [f"{u} = {name}.copy()" for name, u in self.undo if u != "rng"]
            back = [f"{name}[...] = {u}" for name, u in self.undo if u != "rng"]
            saved += [f"{name}_state = {name}.bit_generator.state" for name, u in self.undo if u == "rng"]
            back += [f"{name}.bit_generator.state = {name}_state" for name, u in self.undo if u == "rng"]
            body = [
                *saved,
                "try:",
                *(f"    {line}" for line in body),
                "except Changed:",
                *(f"    {b}" for b in back),
                "    raise",
            ]
        self.scope["errstate"] = np.errstate
        body = ["with errstate(all='ignore'):", *(f"    {line}" for line in body)]
        text = [f"def bind({tensors}):", *(f"    {line}" for line in [*head, *self.bound])]
        text += [f"    def run({arguments}):", *(f"        {line}" for line in body), "    return run"]
        return "\n".join(text) + "\n"

    # -- memory -------------------------------------------------------------------------------------------------------

    def _escaping_roots(self) -> set[Any]:
        """Memory that leaves the program, or is looked at where the program cannot know for how long."""
        found = {self.values[k].root for k in self.program.outputs}
        for i in self.program.instructions:
            if isinstance(i, Store) and i.value is not None:
                found.add(self.values[i.value].root)
        return found

    def _last_use(self) -> None:
        self._until: dict[Any, int] = {}
        for at, i in enumerate(self.program.instructions):
            for k in self.program.reads(i):
                self._until[self.values[k].root] = at
            for root in self.program.written(i):
                self._until[root] = at
        self._dying: dict[int, list[Any]] = {}
        for root, at in self._until.items():
            self._dying.setdefault(at, []).append(root)

    def _release(self, at: int) -> None:
        for root in self._dying.get(at, ()):
            place = self._place.pop(root, None)
            if place is not None:
                self.pool.give(place)

    def _buffer(self, at: int, i: Note, into: bool) -> str | None:
        """The name of memory for the result of an instruction, or None if it is to have its own."""
        k = int(i.result)
        v = self.values[k]
        if (
            not isinstance(v.seen, np.ndarray)
            or v.root in self._escaping
            or v.root not in self._until
            or v.seen.base is not None
        ):
            return None
        if not v.seen.ndim:
            return None
        name = f"b{k}"
        place = None
        if into:  # elementwise: where an operand of the same layout dies, the result may lie
            for r in self.program.reads(i):
                o = self.values[r]
                if o.root in self._place and self._until[o.root] == at and o.seen.base is None and _alike(o.seen, v.seen):
                    place = self._place.pop(o.root)
                    break
        place = self.pool.take(name, v.seen, place)
        if place is not None:
            self._place[v.root] = place
        self.names[k] = name
        self.static.add(k)
        return name

    def _undo_lines(self) -> None:
        """What has to be put back if a check fails: what was written and drawn before the last one."""
        instructions = self.program.instructions
        last = max((at for at, i in enumerate(instructions) if self._may_fail(i)), default=-1)
        outside = {
            v.root: v.number for v in self.values if v.kind in EXTERNAL and v.root is not None and v.number in self.names
        }
        roots: set[Any] = set()
        for i in instructions[: max(last, 0)]:
            if (isinstance(i, Note) and i.effect) or isinstance(i, Store):
                raise Unsuited(f"a check comes after what cannot be taken back (at {i.line})")
            if isinstance(i, Note) and i.draws:
                self.undo.append((self._literal(i.args[0]), "rng"))
            roots |= self.program.written(i)
        self.undo = list(dict.fromkeys(self.undo))
        for root in roots:
            if root in outside:
                name = self.names[outside[root]]
                self.undo.append((name, f"u{outside[root]}"))
            elif any(v.root == root and v.kind == "load" for v in self.values):
                raise Unsuited("a gradient from outside is changed before a check")

    def _may_fail(self, i: Instruction) -> bool:
        return isinstance(i, Check) or self._is_guarded(i)

    def _is_guarded(self, i: Instruction) -> bool:
        if isinstance(i, Host):
            return True
        if not isinstance(i, Note) or i.effect or isinstance(getattr(i.function, "__self__", i.function), np.ufunc):
            return False
        if i.function is getitem:
            return any(
                isinstance(self.values[r].seen, np.ndarray) and self.values[r].seen.dtype == np.bool_ for r in refs(i.args[1])
            )
        if name_of(i.function) == "where":
            return len(i.args) == 1
        return name_of(i.function) not in _SAFE and bool(self.program.results(i))

    # -- lines --------------------------------------------------------------------------------------------------------

    def _name(self, k: int) -> str:
        return self.names.setdefault(k, f"v{k}")

    def _literal(self, given: Any) -> str:
        """The text of what is no recorded value."""
        if given is None or given is Ellipsis or type(given) in (bool, int, str):
            return repr(given) if given is not Ellipsis else "..."
        key = (type(given), repr(given)) if isinstance(given, (float, np.generic)) else id(given)
        name = self._literals.get(key)
        if name is None:
            name = self._literals[key] = f"k{len(self._literals)}"
            self.scope[name] = given
        return name

    def _text(self, given: Any) -> str:
        if isinstance(given, Ref):
            return self._name(int(given))
        if type(given) is tuple:
            return f"({', '.join(map(self._text, given))}{',' * (len(given) == 1)})"
        if type(given) is list:
            return f"[{', '.join(map(self._text, given))}]"
        if type(given) is dict:
            return f"{{{', '.join(f'{k!r}: {self._text(v)}' for k, v in given.items())}}}"
        if type(given) is slice:
            return f"slice({', '.join(self._text(b) for b in (given.start, given.stop, given.step))})"
        return self._literal(given)

    def _function(self, function: Any) -> str:
        name = "".join(c if c.isalnum() else "_" for c in name_of(function))
        if self.scope.setdefault(name, function) is not function:
            name = f"{name}_{len(self.scope)}"
            self.scope[name] = function
        return name

    def _write(self, at: int, i: Instruction) -> None:
        if isinstance(i, Load):
            held = f"{self._literal(i.owner)}.grad._data" if i.of_grad else f"{self._literal(i.owner)}._data"
            self.lines.append(f"{self._name(int(i.result))} = {held}")
        elif isinstance(i, Store):
            of = self._literal(i.owner)
            if not i.of_grad:
                self.lines.append(f"{of}._data = {self._name(int(i.value))}")
            elif i.value is None:
                self.lines.append(f"{of}.grad = None")
            else:
                self.scope.setdefault("new", object.__new__)
                kind = self._literal(getattr(i.owner.make, "__self__", None))
                self.lines += [f"t = new({kind})", f"t._data = {self._name(int(i.value))}", "t._node = None", f"{of}.grad = t"]
        elif isinstance(i, Check):
            self._write_check(i)
        else:
            self.calls += 1
            self._write_call(at, i)

    def _write_check(self, i: Check) -> None:
        asked = self._call_text(i.function, i.args, i.options)
        if i.function is bool:
            test = f"not {self._text(i.args[0])}" if i.expected else self._text(i.args[0])
        else:
            test = f"{asked} != {self._literal(i.expected)}"
            if isinstance(i.expected, float) and i.expected != i.expected:
                test = f"{asked} == {asked}"
        self.lines += [f"if {test}:", f"    raise Changed({i.line!r})"]

    def _call_text(self, function: Any, args: Any, options: Any, *more: str) -> str:
        named = [f"{k}={self._text(v)}" for k, v in options.items()]
        if function is getitem:
            return f"{self._text(args[0])}[{self._text(args[1])}]"
        if is_method(function):
            return f"{self._text(args[0])}.{function.__name__}({', '.join([*map(self._text, args[1:]), *more, *named])})"
        if function is pow:
            return f"{self._text(args[0])} ** {self._text(args[1])}"
        return f"{self._function(function)}({', '.join([*map(self._text, args), *more, *named])})"

    def _write_call(self, at: int, i: Note | Host) -> None:
        function, args, options = i.function, i.args, i.options
        if function is setitem:
            self.lines.append(f"{self._text(args[0])}[{self._text(args[1])}] = {self._text(args[2])}")
            return
        if function is pow and type(args[1]) in (int, float) and args[1] in _POWERS and isinstance(args[0], Ref):
            x = self.values[args[0]].seen
            if isinstance(x, np.ndarray) and x.dtype.kind == "f":
                function, args = _POWERS[args[1]], args[:1]
        if isinstance(i, Note) and i.effect and hasattr(function, "prepared"):
            name = f"e{at}"
            self.scope["prepared"] = prepared
            self.bound.append(f"{name} = prepared({self._function(function)}, {', '.join(map(self._text, args))})")
            self.lines.append(f"{name}()")
            return
        pure = self.program.is_pure(i)
        single = isinstance(i.result, Ref)
        if pure and single and self.program.is_view(i) and all(k in self.static for k in self.program.reads(i)):
            self.bound.append(f"{self._name(int(i.result))} = {self._call_text(function, args, options)}")
            self.static.add(int(i.result))
            self.calls -= 1
            return
        if pure and single and isinstance(i, Note):
            if isinstance(function, np.ufunc) and function.nout == 1 and function.signature is None:
                args = self._settled_numbers(args, self.values[int(i.result)].seen)
                into = self._buffer(at, i, into=not options)
                if into:
                    keyword = function in (np.maximum, np.minimum)  # of which NumPy wants it by name
                    self.lines.append(self._call_text(function, args, options, f"out={into}" if keyword else into))
                    return
            elif self._write_into(at, i, function, args, options):
                return
            elif function is np.empty and self._buffer(at, i, into=False):
                self.calls -= 1
                return
        found = self.program.results(i)
        text = self._call_text(function, args, options)
        if not found:
            self.lines.append(text)
            return
        target = self._target(i.result)
        self.lines.append(f"{target} = {text}")
        if self._is_guarded(i):
            for k in found:
                v = self.values[k]
                if type(v.seen) is float:
                    continue
                name = self._name(k)
                self.lines += [f"if {name}.shape != {tuple(v.seen.shape)!r}:", f"    raise Changed({i.line!r})"]

    def _target(self, result: Any) -> str:
        if isinstance(result, Ref):
            return self._name(int(result))
        if isinstance(result, tuple):
            return f"({', '.join(map(self._target, result))}{',' * (len(result) == 1)})"
        return "_"

    def _settled_numbers(self, args: Any, result: Any) -> Any:
        """Python's numbers as arrays of the result's dtype, which NumPy would make of them in every call."""
        if result.dtype.kind != "f" or not isinstance(result, np.ndarray):
            return args
        given = {self.values[a].seen.dtype for a in args if isinstance(a, Ref) and type(self.values[a].seen) is not float}
        if given != {result.dtype}:
            return args
        return tuple(np.array(a, result.dtype) if type(a) in (int, float) else a for a in args)

    def _write_into(self, at: int, i: Note, function: Any, args: Any, options: Any) -> bool:
        """Write a call that NumPy has in another form, with a place for its result."""
        name = name_of(function)
        result = self.values[int(i.result)].seen
        if function is np.matmul and len(args) == 2 and not options:
            form = "{f}({a}, {out})"
        elif name == "dot" and len(args) == 2 and not options and all(isinstance(a, (Ref, np.ndarray)) for a in args):
            form = "{x}.dot({y}, {out})"
        elif name.endswith(".reduce") and "out" not in options and isinstance(result, np.ndarray):
            form = "{f}({a}, {o}out={out})"
        elif name == "copy" and is_method(function):
            form = "copyto({out}, {x})"
        elif name == "astype" and is_method(function) and len(args) == 2 and not options:
            form = "copyto({out}, {x}, 'unsafe')"
        elif name == "concatenate" and len(args) <= 2 and set(options) <= {"axis"}:
            form = "{f}({a}, {o}out={out})"
        else:
            return False
        out = self._buffer(at, i, into=False)
        if out is None:
            return False
        self.scope["copyto"] = np.copyto
        given = ", ".join(map(self._text, args))
        named = "".join(f"{k}={self._text(v)}, " for k, v in options.items())
        x = self._text(args[0])
        y = self._text(args[1]) if len(args) > 1 else ""
        self.lines.append(form.format(f=self._function(function), a=given, o=named, out=out, x=x, y=y))
        return True


def prepared(function: Any, *args: Any) -> Callable[[], Any]:
    """A call that is made in every run, with what can be known before."""
    return function.prepared(*args)


def _alike(x: np.ndarray, y: np.ndarray) -> bool:
    return x.shape == y.shape and x.dtype == y.dtype and x.strides == y.strides
