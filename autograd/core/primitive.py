"""How an operation and its derivative are declared, and how a declared operation is called.

    @primitive(np.exp, domain=(-3, 3))
    def exp(x):
        return np.exp(x)

    @exp.vjp("x")
    def _(g, ans):
        return g * ans

The forward function is plain NumPy on raw arrays. A rule is plain NumPy too, and runs on bare arrays in a first-order
sweep and on tensors under `create_graph`, because NumPy dispatches `np.exp(tensor)` to the primitive that names it.
**A rule's parameters are its save list**: `ans`, an input's name, `<input>_shape`, `<input>_dtype`, or an option; a
wrong name fails at import. Positional parameters of the forward function are differentiable data; keyword-only ones are
options.

What `@primitive` returns is a plain function, specialised by the number of inputs, with the declaration as its
attribute `.primitive`. Called without any tensor it computes on arrays, so rules can call it on either.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import accumulate, repeat
from textwrap import dedent
from typing import Any

import numpy as np

from ..errors import ArgumentTypeError, DtypeError, NotDifferentiable
from .calls import call_of, explain, is_written_out, row, text_of
from .dtypes import get_default_dtype, result_dtype
from .graph import Node, Traced, is_grad_enabled, shares_buffer
from .standin import ARRAY, RAW, ValuesNeeded, stand_in
from .text import compiled

_ignore: Any = {"all": "ignore"}

REGISTRY: dict[str, "Primitive"] = {}
BY_NUMPY: dict[Any, Callable[..., Any]] = {}

PARTS = ("_shape", "_dtype")  # what a rule may ask of an input instead of its values
VARIADIC = 0x04  # the flag of a function with *args


class Primitive:
    """The declaration of one operation; tests, docs, pictures and compiler read it, and nothing is said twice."""

    opaque = False  # whether what its nodes save is for its rules alone to read
    saves: bool = False  # whether any rule asks for values: what a sweep frees, and cannot be passed twice without

    def __init__(self, forward: Callable[..., Any], numpy_names: tuple[Any, ...], about: dict[Any, Any]) -> None:
        code = forward.__code__
        self.forward = forward
        self.name: str = about.pop("name", None) or forward.__name__.strip("_")
        self.doc: str = forward.__doc__ or ""
        n = code.co_argcount
        self.inputs: tuple[str, ...] = code.co_varnames[:n]
        self.options: tuple[str, ...] = code.co_varnames[n : n + code.co_kwonlyargcount]
        self.variadic: bool = bool(code.co_flags & VARIADIC)
        if self.variadic:
            self.inputs += (code.co_varnames[n + code.co_kwonlyargcount],)
        self.numpy_names = numpy_names
        # A note for whoever reads the registry: each is documented at `primitive`.
        self.elementwise: bool = about.pop("elementwise", False)
        self.broadcasting: bool = about.pop("broadcasting", self.elementwise and len(self.inputs) > 1)
        self.promotes: bool = about.pop("promotes", self.broadcasting)
        self.floats: bool = about.pop("floats", False)
        self.bools: bool = about.pop("bools", True)
        self.single: bool = about.pop("single", False)
        self.either: bool = about.pop("either", False)
        self.analytic: bool = about.pop("analytic", True)
        self.differentiable: bool = about.pop("differentiable", True)
        self.view: bool = about.pop("view", False)
        self.outputs: int = about.pop("outputs", 1)
        self.fills: bool = about.pop("fills", True)
        self.domain: Any = about.pop("domain", (-2.0, 2.0))
        self.cases: Any = about.pop("cases", ())
        self.why: str = about.pop("why", "")
        if about:
            raise TypeError(f"primitive {self.name}: unknown declaration {sorted(about)}")
        self.rules: dict[str, Callable[..., Any]] = {}
        self.rule_list: Iterable[Any] = (None,) * len(self.inputs)  # by position; without end for a variadic operation

    # -- declaring rules -----------------------------------------------------------------------------------------------

    def vjp(self, *inputs: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declare the rule for one input (or the same rule for several): (cotangent, *saved) -> cotangent."""

        def declare(rule: Callable[..., Any]) -> Callable[..., Any]:
            for name in inputs:
                self._declare(name, rule)
            return rule

        return declare

    def zero(self, *inputs: str) -> None:
        """No derivative, first spelling: it is zero almost everywhere."""
        self.vjp(*inputs)(_zero_rule)

    def constant(self, *inputs: str) -> None:
        """No derivative, second spelling: the input cannot vary (an index, a condition)."""
        self.vjp(*inputs)(_constant_rule)

    def not_written(self, *inputs: str) -> None:
        """No derivative, third spelling: there is one, and nobody has written it here."""
        self.vjp(*inputs)(_unwritten_rule)

    def _declare(self, name: str, rule: Callable[..., Any]) -> None:
        if name not in self.inputs or name in self.rules:
            raise TypeError(f"primitive {self.name}: a rule for {name!r}; rules are declared once for {self.inputs}")
        for saved in rule_saves(rule):
            source = saved[:-6] if saved[-6:] in PARTS else saved
            if saved not in ("ans", "index", *self.options) and source not in self.inputs:
                known = {"ans", "index", *self.options, *self.inputs, *(i + part for i in self.inputs for part in PARTS)}
                raise TypeError(f"primitive {self.name}: rule for {name!r} wants {saved!r}; known are {sorted(known)}")
            self.saves = self.saves or saved == "ans" or saved in self.inputs
        self.rules[name] = rule
        self.rule_list = repeat(rule) if self.variadic else tuple(self.rules.get(i) for i in self.inputs)

    def rule(self, position: int) -> Callable[..., Any]:
        """The rule for the input at `position`."""
        return self.rules[self.inputs[0 if self.variadic else position]]

    def input_name(self, position: int) -> str:
        """The name of the input at `position`."""
        return f"{self.inputs[0]}[{position}]" if self.variadic else self.inputs[position]

    # -- saving: written out from the rules' signatures at the first recorded call ---------------------------------------

    def saving(self, known: dict[str, str], nodes: list[str]) -> str:
        """The text of a tuple that has, for each input that has a node, what its rule asks for.

        `known` says by which names the inputs go where the text stands, `nodes` those of their nodes.
        """
        parts = []
        for i, node in zip(self.inputs, nodes, strict=True):
            rule = self.rules.get(i)
            if rule is None:
                saved = f"no_rule({i!r})"
            else:
                names = [f"{known[s[:-6]]}.{s[-5:]}" if s[-6:] in PARTS else known.get(s, s) for s in rule_saves(rule)]
                saved = row(names)
            parts.append(f"{saved} if {node} is not None else None" if len(nodes) > 1 else saved)
        return row(parts)

    def no_rule(self, name: str) -> None:
        raise NotDifferentiable(f"{self.name}: no rule is declared for input {name!r}")

    @cached_property
    def save(self) -> Callable[..., Any]:
        """`save(inputs..., ans, parents..., options...)` picks for each parent what its rule asks for."""
        nodes = [f"_{i}" for i in self.inputs]
        signature = ", ".join([*self.inputs, "ans", *nodes, *self.options])
        text = f"save = lambda {signature}: {self.saving({i: i for i in self.inputs}, nodes)}"
        return compiled(text, f"save of {self.name}", {"no_rule": self.no_rule})

    @cached_property
    def rewrap(self) -> Callable[..., Any]:
        """`rewrap(saved, parents, node, make)`: what a node saved, inputs and result as tensors connected to the graph."""
        rows = []
        for k, rule in enumerate(self.rule_list):
            values = []
            for m, name in enumerate(rule_saves(rule)):
                value = f"saved[{k}][{m}]"
                if name == "ans":
                    several = f"tuple([make(v, pick(node, k, v)) for k, v in enumerate({value})])"
                    value = several if self.outputs > 1 else f"make({value}, node)"
                elif name in self.inputs:
                    made_by = f"parents[{self.inputs.index(name)}]"
                    value = f"{value} if {made_by} is None else make({value}, {made_by})"
                if self.either:
                    value = f"None if saved[{k}][{m}] is None else {value}"
                values.append(value)
            rows.append(f"None if saved[{k}] is None else {row(values)}")
        text = f"rewrap = lambda saved, parents, node, make: {row(rows)}"
        return compiled(text, f"rewrap of {self.name}", {"pick": pick_node})

    def save_variadic(self, datas: list[Any], ans: Any, parents: list[Any], options: dict[Any, Any]) -> tuple[Any, ...]:
        """For each parent what the one rule of a primitive with any number of inputs asks for."""
        known = {"ans": ans, self.inputs[0]: datas, **(self.forward.__kwdefaults__ or {}), **options}
        return self._save_each(Shapes([d.shape for d in datas]), parents, **known)

    @cached_property
    def _save_each(self) -> Callable[..., Any]:
        """Compiled from the rule's signature, as `save` is."""
        shapes = f"{self.inputs[0]}_shape"
        names = rule_saves(self.rules[self.inputs[0]])
        signature = ", ".join((shapes, "parents", "*", "ans", *self.inputs, *self.options))
        text = f"save = lambda {signature}: tuple([{row(names)} if p is not None else None for index, p in enumerate(parents)])"
        return compiled(text, f"save of {self.name}", {})

    def source(self) -> str:
        """The text of the function that a call of this operation runs.

        >>> import autograd
        >>> print(autograd.exp.primitive.source())
        def call(input, *, out=None):
            if type(input) in BARE:
                return forward(input)
            ...
        """
        if is_written_out(self):
            return text_of(self)
        from inspect import getsource  # which takes a tenth of the time of NumPy 2.0's import

        return dedent(getsource(call_of(self)))

    def __repr__(self) -> str:
        return f"<primitive {self.name}({', '.join(self.inputs)})>"

    # -- the general call ------------------------------------------------------------------------------------------------

    def call(self, args: tuple[Any, ...], options: dict[Any, Any]) -> Any:
        """Call on any mixture of tensors, arrays and numbers; the specialised calls fall back to this one."""
        make = None
        for a in args:
            if isinstance(a, Traced):
                if a.interpret is not None:  # a tensor that stands for others: it knows what a call means
                    return a.interpret(self, args, options)
                make = make or a._class._wrap
        if make is None:
            # A rule calls with arrays, of which one may stand beside Python's numbers; anything else is a mistake.
            if not any(isinstance(a, RAW) for a in args):
                given = ", ".join(f"{type(a).__name__} {a!r:.80}" for a in args)
                raise ArgumentTypeError(f"{self.name}: operands must be tensors, got {given}; use tensor(...)")
            return self._in_single(args, options) if self.single and is_half(args) else self._compute(list(args), options)
        args = self._prepare(args, make)
        if self.single and is_half(args):
            return self._in_single(args, options)
        if self.view and not isinstance(args[0]._data, ARRAY):
            args[0]._array()  # a view needs memory to share
        datas = [a._data if isinstance(a, Traced) else a for a in args]
        parents = [a._node if isinstance(a, Traced) else None for a in args]
        ans = self._compute(datas, options)
        recorded = self.differentiable and is_grad_enabled() and any(p is not None for p in parents)
        if not recorded or ("dtype" in options and ans.dtype.kind not in "fc"):
            if self.outputs > 1:
                return tuple(make(a, None) for a in ans)
            return self._linked(make(ans, None), args[0], options)
        if self.variadic:
            saved = self.save_variadic(datas, ans, parents, options)
        else:
            saved = self.save(*datas, ans, *parents, *(options.get(o, self._default(o)) for o in self.options))
        if self.outputs == 1:
            return self._linked(make(ans, Node(self, tuple(parents), saved, ans, datas)), args[0], options)
        whole = Node(self, tuple(parents), saved, ans, datas)
        return tuple(make(a, pick_node(whole, k, a)) for k, a in enumerate(ans))

    def _in_single(self, args: tuple[Any, ...], options: dict[Any, Any]) -> Any:
        """The call on float16 in float32: two casts, recorded like any operation, so that the rules run there, too."""
        return narrowed(self.call(widened(args), options))

    def _linked(self, result: Any, source: Any, options: dict[Any, Any]) -> Any:
        """`result`, knowing what it is a view of if this operation gave one."""
        if self.view and shares_buffer(result._data, source._data):
            result._link(source, self, options)
        return result

    def _default(self, option: str) -> Any:
        return (self.forward.__kwdefaults__ or {}).get(option)

    def _prepare(self, args: tuple[Any, ...], make: Any) -> tuple[Any, ...]:
        """Bring operands to the one dtype that PyTorch would compute in; casts are recorded like any operation."""
        for a in args:
            if not isinstance(a, (Traced, *RAW, float, int)):
                raise ArgumentTypeError(
                    f"{self.name}: operands must be tensors, arrays or numbers, got {type(a).__name__}: {a!r:.80}"
                )
            if not self.elementwise and isinstance(a, (float, int)):
                raise ArgumentTypeError(f"{self.name}: operands must be tensors, got the number {a!r}; use * to scale")
        if not self.bools and any(isinstance(a, bool) or getattr(a, "dtype", None) == np.bool_ for a in args):
            raise DtypeError(f"{self.name}: is not defined for bool tensors; use ~ or logical_not() to invert a mask")
        if self.promotes:
            wanted = result_dtype([a._data if isinstance(a, Traced) else a for a in args])
        else:
            wanted = args[0]._data.dtype if self.floats and isinstance(args[0], Traced) else None
        if wanted is None:
            return args
        if self.floats and wanted.kind not in "fc":  # complex: the complex step of the tests
            wanted = get_default_dtype()
        return tuple(self._cast(a, wanted, make) for a in args)

    def _cast(self, a: Any, wanted: np.dtype, make: Any) -> Any:
        if isinstance(a, Traced):
            return a if a._data.dtype == wanted else cast(a, dtype=wanted)
        if isinstance(a, RAW):
            return a if a.dtype == wanted else a.astype(wanted)
        if wanted.kind == "f":
            return a
        if not -(1 << 63) <= a < 1 << 63:
            raise DtypeError(f"{self.name}: the number {a} is beyond the range of int64")
        return np.int64(a).astype(wanted)  # which wraps around, as PyTorch does

    def _compute(self, datas: list[Any], options: dict[Any, Any]) -> Any:
        try:
            return self.forward(*datas, **options)
        except RuntimeWarning:
            with np.errstate(**_ignore):
                return self.forward(*datas, **options)
        except (ValueError, TypeError, OverflowError, ValuesNeeded) as error:
            recorded = stand_in([*datas, options])
            if recorded is None:
                raise explain(self, datas, error) from None
            try:  # a forward function that does more than call NumPy is one call of the recorded run
                return recorded.host(self.forward, datas, options, self.name)
            except (ValueError, TypeError, OverflowError) as failed:
                raise explain(self, datas, failed) from None


class Shapes(list[Any]):
    """The shapes of the inputs of a primitive with any number of them: one list for the rule of each."""

    __slots__ = ("starts",)

    def start(self, index: int, axis: int) -> int:
        """Where the input at `index` begins if they stand one behind the other along `axis`, which is always the same."""
        try:
            return self.starts[index]
        except AttributeError:
            self.starts: list[int] = [0, *accumulate(shape[axis] for shape in self)]
            return self.starts[index]


def rule_saves(rule: Callable[..., Any]) -> tuple[str, ...]:
    """The names that a rule asks for: its parameters after the cotangent."""
    return rule.__code__.co_varnames[1 : rule.__code__.co_argcount]


def _zero_rule(g: Any) -> Any:
    return np.zeros_like(g)


def _constant_rule(g: Any) -> Any:
    raise NotDifferentiable("an input that cannot vary (an index or a condition) requires a gradient")


def _unwritten_rule(g: Any) -> Any:
    raise NotDifferentiable("the derivative of this operation is not written yet")


def primitive(*numpy_names: Any, **about: Any) -> Callable[[Callable[..., Any]], Any]:
    """Declare a primitive; the NumPy functions that it stands for dispatch to it when given tensors.

    Options: `elementwise` (each output depends on the inputs at its own place), `broadcasting` (inputs broadcast and
    the engine sums cotangents back), `promotes` (operands are brought to one dtype), `floats` (integers become the
    default float dtype), `bools` (bool tensors are accepted), `analytic` (accepts complex input, so the complex step
    checks it), `differentiable`, `either` (the rule manages without its input or without its result: it is given None for
    the one that was changed in place), `single` (float16 is computed in float32, forward and backward: for what adds up,
    multiplies or averages many numbers), `view` (the result may share memory), `outputs` (how many), `fills` (the rule
    gets zeros, not None, for an output without a cotangent), `domain` and `cases` (where tests sample), `why`.
    """

    def declare(forward: Callable[..., Any]) -> Any:
        p = Primitive(forward, numpy_names, dict(about))
        if p.name in REGISTRY:
            raise TypeError(f"primitive {p.name} is declared twice")
        REGISTRY[p.name] = p
        call: Any = call_of(p)
        call.__name__ = call.__qualname__ = p.name
        call.__doc__ = forward.__doc__
        call.__module__ = forward.__module__
        call.primitive = p  # type: ignore[attr-defined]
        for how in ("vjp", "zero", "constant", "not_written"):
            setattr(call, how, getattr(p, how))
        for f in numpy_names:
            BY_NUMPY[f] = call
        return call

    return declare


# -- results with several outputs -----------------------------------------------------------------------------------------


class Parts(list[Any]):
    """The cotangents of a node with several outputs, None where nothing has arrived."""

    __slots__ = ("only",)  # the number of the one that has arrived, if it is one: a recurrence adds up hundreds of these
    shape = None

    def __add__(self, other: "Parts") -> "Parts":  # type: ignore[override]
        both = Parts(self)
        both.only = None
        for k in range(len(other)) if other.only is None else (other.only,):
            c = other[k]
            if c is not None:
                both[k] = c if both[k] is None else both[k] + c
        return both

    def filled(self, values: tuple[Any, ...]) -> "Parts":
        return Parts(np.zeros_like(v) if c is None else c for c, v in zip(self, values, strict=True))


class _Pick:
    """One output of a primitive that has several: what connects a result's node to the node of the whole."""

    name = "pick"
    inputs = ("whole",)
    broadcasting = variadic = saves = either = False
    opaque = fills = True
    outputs = 1

    def rule(self, position: int) -> Callable[..., Any]:
        return _pick_rule

    @property
    def rule_list(self) -> tuple[Any, ...]:
        return (_pick_rule,)

    def input_name(self, position: int) -> str:
        return "whole"


def _pick_rule(g: Any, k: int, n: int) -> Parts:
    parts = Parts([None] * n)
    parts[k] = g
    parts.only = k
    return parts


_PICK = _Pick()


def pick_node(whole: Node, k: int, value: Any) -> Node:
    """The node of output `k` of `whole`."""
    return Node(_PICK, (whole,), ((k, len(whole.value or ())),), value, ())


@primitive(promotes=False, analytic=False, cases=[((3, 2), {"dtype": np.dtype(np.float64)})])
def cast(x, *, dtype):
    """x converted to another dtype; the cotangent is converted back."""
    return x.astype(dtype)


@cast.vjp("x")
def _(g, x_dtype):
    return cast(g, dtype=x_dtype)


# -- half precision ---------------------------------------------------------------------------------------------------------

_HALF, _SINGLE = np.dtype(np.float16), np.dtype(np.float32)


def is_half(values: Iterable[Any]) -> bool:
    """Whether the floats among tensors, arrays and other arguments are of float16, and there are some."""
    found = False
    for a in values:
        if isinstance(a, (Traced, *RAW)) and a.dtype.kind == "f" and 0 not in a.shape:
            if a.dtype != _HALF:
                return False
            found = True
    return found


def widened(values: Iterable[Any]) -> tuple[Any, ...]:
    """The arguments with float16 as float32."""
    return tuple(cast(a, dtype=_SINGLE) if isinstance(a, (Traced, *RAW)) and a.dtype == _HALF else a for a in values)


def narrowed(result: Any) -> Any:
    """A result, or several, with float32 as float16."""
    if isinstance(result, tuple):
        return type(result)(*map(narrowed, result)) if hasattr(result, "_fields") else tuple(map(narrowed, result))
    return cast(result, dtype=_HALF) if isinstance(result, (Traced, *RAW)) and result.dtype == _SINGLE else result
