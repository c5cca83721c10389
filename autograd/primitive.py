"""How an operation and its derivative are declared, and how a declared operation is called.

    @primitive(np.exp, domain=(-3, 3))
    def exp(x):
        return np.exp(x)

    @exp.vjp("x")
    def _(g, ans):
        return g * ans

The forward function is plain NumPy on raw arrays. A rule is plain NumPy too, and runs on bare arrays in a first-order
sweep and on tensors under `create_graph`, because NumPy dispatches `np.exp(tensor)` to the primitive that names it.
**A rule's parameters are its save list**: `ans`, an input's name, `<input>_shape`, or an option; a wrong name fails at
import. Positional parameters of the forward function are differentiable data; keyword-only ones are options.

What `@primitive` returns is a plain function, specialised by the number of inputs, with the declaration as its
attribute `.primitive`. Called without any tensor it computes on arrays, so rules can call it on either.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .dtypes import get_default_dtype, result_dtype
from .errors import ArgumentTypeError, NotDifferentiable
from .graph import Node, Traced, is_grad_enabled, shares_buffer

ndarray, generic = np.ndarray, np.generic
_ignore = {"all": "ignore"}

REGISTRY: dict[str, "Primitive"] = {}
BY_NUMPY: dict[Any, Callable] = {}

VARIADIC, POSITIONAL = 0x04, "positional"


class Primitive:
    """The declaration of one operation; tests, docs, pictures and compiler read it, and nothing is said twice."""

    def __init__(self, forward: Callable, numpy_names: tuple, about: dict) -> None:
        code = forward.__code__
        self.forward = forward
        self.name: str = about.pop("name", None) or forward.__name__.strip("_")
        self.doc = forward.__doc__ or ""
        n = code.co_argcount
        self.inputs: tuple[str, ...] = code.co_varnames[:n]
        self.options: tuple[str, ...] = code.co_varnames[n : n + code.co_kwonlyargcount]
        self.variadic = bool(code.co_flags & VARIADIC)
        if self.variadic:
            self.inputs += (code.co_varnames[n + code.co_kwonlyargcount],)
        self.numpy_names = numpy_names
        # A note for whoever reads the registry: each is documented at `primitive`.
        self.elementwise: bool = about.pop("elementwise", False)
        self.broadcasting: bool = about.pop("broadcasting", self.elementwise and len(self.inputs) > 1)
        self.promotes: bool = about.pop("promotes", self.broadcasting)
        self.floats: bool = about.pop("floats", False)
        self.analytic: bool = about.pop("analytic", True)
        self.differentiable: bool = about.pop("differentiable", True)
        self.view: bool = about.pop("view", False)
        self.outputs: int = about.pop("outputs", 1)
        self.domain: Any = about.pop("domain", (-2.0, 2.0))
        self.cases: Any = about.pop("cases", ())
        self.why: str = about.pop("why", "")
        if about:
            raise TypeError(f"primitive {self.name}: unknown declaration {sorted(about)}")
        self.rules: dict[str, Callable] = {}
        self.rule_list: tuple = (None,) * len(self.inputs)
        self.save: Callable = self._first_save

    # -- declaring rules -----------------------------------------------------------------------------------------------

    def vjp(self, *inputs: str) -> Callable[[Callable], Callable]:
        """Declare the rule for one input (or the same rule for several): (cotangent, *saved) -> cotangent."""

        def declare(rule: Callable) -> Callable:
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

    def _declare(self, name: str, rule: Callable) -> None:
        if name not in self.inputs or name in self.rules:
            raise TypeError(f"primitive {self.name}: a rule for {name!r}; rules are declared once for {self.inputs}")
        known = {"ans", "index", *self.options, *self.inputs, *(f"{i}_shape" for i in self.inputs)}
        for saved in rule_saves(rule):
            if saved not in known:
                raise TypeError(f"primitive {self.name}: rule for {name!r} wants {saved!r}; known are {sorted(known)}")
        self.rules[name] = rule
        self.rule_list = tuple(self.rules.get(i) for i in self.inputs)

    def rule(self, position: int) -> Callable:
        """The rule for the input at `position`."""
        return self.rule_list[0 if self.variadic else position]

    def input_name(self, position: int) -> str:
        """The name of the input at `position`."""
        return f"{self.inputs[0]}[{position}]" if self.variadic else self.inputs[position]

    # -- saving: compiled from the rules' signatures at the first recorded call ------------------------------------------

    def _first_save(self, *args: Any) -> tuple:
        """Build `save(inputs..., ans, parents..., options...)`, which picks for each parent what its rule asks for."""
        nodes = [f"_{i}" for i in self.inputs]
        parts = []
        for i, node in zip(self.inputs, nodes, strict=True):
            rule = self.rules.get(i)
            if rule is None:
                raise NotDifferentiable(f"{self.name}: no rule is declared for input {i!r}")
            names = [f"{s[:-6]}.shape" if s.endswith("_shape") else s for s in rule_saves(rule)]
            parts.append(f"({''.join(n + ',' for n in names)}) if {node} is not None else None")
        signature = ", ".join([*self.inputs, "ans", *nodes, *self.options])
        self.save = eval(f"lambda {signature}: ({''.join(p + ',' for p in parts)})")
        return self.save(*args)

    def save_variadic(self, datas: list, ans: Any, parents: list, options: dict) -> tuple:
        rule = self.rules[self.inputs[0]]
        shapes = [d.shape for d in datas]
        known = {f"{self.inputs[0]}_shape": shapes, self.inputs[0]: datas, "ans": ans}
        known.update(self.forward.__kwdefaults__ or {}, **options)
        names = rule_saves(rule)
        return tuple(
            None if p is None else tuple(k if n == "index" else known[n] for n in names) for k, p in enumerate(parents)
        )

    def __repr__(self) -> str:
        return f"<primitive {self.name}({', '.join(self.inputs)})>"

    # -- the general call ------------------------------------------------------------------------------------------------

    def call(self, args: tuple, options: dict) -> Any:
        """Call on any mixture of tensors, arrays and numbers; the specialised calls fall back to this one."""
        make = None
        for a in args:
            if isinstance(a, Traced):
                if not hasattr(a, "_data"):  # a tensor that stands for others: it knows what a call means
                    return a.interpret(self, args, options)
                make = make or a._class._wrap
        if make is None:
            return self._compute(list(args), options)
        args = self._prepare(args, make)
        if self.view and not isinstance(args[0]._data, ndarray):
            args[0]._array()  # a view needs memory to share
        datas = [a._data if isinstance(a, Traced) else a for a in args]
        parents = [a._node if isinstance(a, Traced) else None for a in args]
        ans = self._compute(datas, options)
        if not (self.differentiable and any(p is not None for p in parents) and is_grad_enabled()):
            if self.outputs > 1:
                return tuple(make(a, None) for a in ans)
            return self._linked(make(ans, None), args[0], options)
        if self.variadic:
            saved = self.save_variadic(datas, ans, parents, options)
        else:
            saved = self.save(*datas, ans, *parents, *(options.get(o, self._default(o)) for o in self.options))
        if self.outputs == 1:
            return self._linked(make(ans, Node(self, tuple(parents), saved, ans, ans.shape)), args[0], options)
        whole = Node(self, tuple(parents), saved, ans, None)
        return tuple(make(a, pick_node(whole, k, a)) for k, a in enumerate(ans))

    def _linked(self, result: Any, source: Any, options: dict) -> Any:
        """`result`, knowing what it is a view of if this operation gave one."""
        if self.view and shares_buffer(result._data, source._data):
            result._link(source, self, options)
        return result

    def _default(self, option: str) -> Any:
        return (self.forward.__kwdefaults__ or {}).get(option)

    def _prepare(self, args: tuple, make: Any) -> tuple:
        """Bring operands to the one dtype that PyTorch would compute in; casts are recorded like any operation."""
        for a in args:
            if not isinstance(a, (Traced, ndarray, generic, float, int)):
                raise ArgumentTypeError(
                    f"{self.name}: operands must be tensors, arrays or numbers, got {type(a).__name__}: {a!r:.80}"
                )
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
        if isinstance(a, (ndarray, generic)):
            return a if a.dtype == wanted else a.astype(wanted)
        return a if wanted.kind == "f" else wanted.type(a)

    def _compute(self, datas: list, options: dict) -> Any:
        try:
            return self.forward(*datas, **options)
        except RuntimeWarning:
            with np.errstate(**_ignore):
                return self.forward(*datas, **options)


def rule_saves(rule: Callable) -> tuple[str, ...]:
    """The names that a rule asks for: its parameters after the cotangent."""
    return rule.__code__.co_varnames[1 : rule.__code__.co_argcount]


def _zero_rule(g: Any) -> Any:
    return np.zeros_like(g)


def _constant_rule(g: Any) -> Any:
    raise NotDifferentiable("an input that cannot vary (an index or a condition) requires a gradient")


def _unwritten_rule(g: Any) -> Any:
    raise NotDifferentiable("the derivative of this operation is not written yet")


def primitive(*numpy_names: Any, **about: Any) -> Callable[[Callable], Any]:
    """Declare a primitive; the NumPy functions that it stands for dispatch to it when given tensors.

    Options: `elementwise` (each output depends on the inputs at its own place), `broadcasting` (inputs broadcast and
    the engine sums cotangents back), `promotes` (operands are brought to one dtype), `floats` (integers become the
    default float dtype), `analytic` (accepts complex input, so the complex step checks it), `differentiable`,
    `view` (the result may share memory), `outputs` (how many), `domain` and `cases` (where tests sample), `why`.
    """

    def declare(forward: Callable) -> Any:
        p = Primitive(forward, numpy_names, dict(about))
        if p.name in REGISTRY:
            raise TypeError(f"primitive {p.name} is declared twice")
        REGISTRY[p.name] = p
        if p.options or p.variadic or p.outputs > 1 or len(p.inputs) > 2:
            call = _specialise_general(p)
        else:
            call = (_specialise_unary, _specialise_binary)[len(p.inputs) - 1](p)
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


# -- calls specialised by the number of inputs ---------------------------------------------------------------------------
#
# These are the hot path of eager execution; the cases that they do not know go to `Primitive.call`. A NumPy warning
# turned into an error is caught because PyTorch computes log(0) and inf - inf in silence; in the ordinary case, where
# warnings are shown, `autograd/__init__.py` keeps those of these modules from being shown.


def _specialise_unary(p: Primitive) -> Callable:
    forward, floats, differentiable = p.forward, p.floats, p.differentiable
    new = object.__new__

    def call(input, *, out=None):
        try:
            x = input._data
            parent = input._node
        except AttributeError:
            return p.call((input,), {})
        if out is not None or (floats and x.dtype.kind != "f"):
            return _into(out, p.call((input,), {}))
        try:
            ans = forward(x)
        except RuntimeWarning:
            ans = p._compute([x], {})
        result = new(input._class)
        result._data = ans
        if parent is None or not differentiable or not is_grad_enabled():
            result._node = None
        else:
            result._node = Node(p, (parent,), p.save(x, ans, parent), ans, ans.shape)
        return result

    return call


def _specialise_binary(p: Primitive) -> Callable:
    forward, floats, differentiable, promotes = p.forward, p.floats, p.differentiable, p.promotes
    new = object.__new__

    def call(input, other, *, out=None):
        try:
            x = input._data
            xn = input._node
            if type(other) is float:
                y, yn = other, None
                if promotes and x.dtype.kind != "f":
                    return _into(out, p.call((input, other), {}))
            else:
                y = other._data
                yn = other._node
                if (promotes and x.dtype is not y.dtype) or (floats and x.dtype.kind != "f"):
                    return _into(out, p.call((input, other), {}))
        except AttributeError:
            return _into(out, p.call((input, other), {}))
        try:
            ans = forward(x, y)
        except RuntimeWarning:
            ans = p._compute([x, y], {})
        except ValueError as error:
            raise explain(p, (x, y), error) from None
        result = new(input._class)
        result._data = ans
        if (xn is None and yn is None) or not differentiable or not is_grad_enabled():
            result._node = None
        else:
            result._node = Node(p, (xn, yn), p.save(x, y, ans, xn, yn), ans, ans.shape)
        return result if out is None else _into(out, result)

    return call


def _specialise_general(p: Primitive) -> Callable:
    def call(*args, out=None, **options):
        return _into(out, p.call(args, options))

    return call


def explain(p: Primitive, datas: tuple, error: ValueError) -> Exception:
    """NumPy's complaint about shapes, in the words of this library."""
    from .shapes import broadcast

    if p.broadcasting:
        broadcast(p.name, *(np.shape(d) for d in datas))
    return error


def _into(out: Any, result: Any) -> Any:
    """PyTorch's `out=`: the result written into `out`, which is returned."""
    if out is None:
        return result
    return out._write_out(result)


# -- results with several outputs -----------------------------------------------------------------------------------------


class Parts(list):
    """The cotangents of a node with several outputs, None where nothing has arrived."""

    shape = None

    def __add__(self, other: "Parts") -> "Parts":  # type: ignore[override]
        return Parts(b if a is None else a if b is None else a + b for a, b in zip(self, other, strict=True))

    def filled(self, values: tuple) -> "Parts":
        return Parts(np.zeros_like(v) if c is None else c for c, v in zip(self, values, strict=True))


class _Pick:
    """One output of a primitive that has several: what connects a result's node to the node of the whole."""

    name = "pick"
    inputs = ("whole",)
    broadcasting = variadic = False
    outputs = 1

    def rule(self, position: int) -> Callable:
        return _pick_rule

    @property
    def rule_list(self) -> tuple:
        return (_pick_rule,)

    def input_name(self, position: int) -> str:
        return "whole"


def _pick_rule(g: Any, k: int, n: int) -> Parts:
    parts = Parts([None] * n)
    parts[k] = g
    return parts


_PICK = _Pick()


def pick_node(whole: Node, k: int, value: Any) -> Node:
    """The node of output `k` of `whole`."""
    return Node(_PICK, (whole,), ((k, len(whole.value)),), value, value.shape)


@primitive(promotes=False, analytic=False, cases=[((3, 2), {"dtype": np.dtype(np.float64)})])
def cast(x, *, dtype):
    """x converted to another dtype; the cotangent is converted back."""
    return x.astype(dtype)


@cast.vjp("x")
def _(g, x):
    return cast(g, dtype=x.dtype)
