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

from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import repeat
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from .dtypes import get_default_dtype, result_dtype
from .errors import ArgumentTypeError, DtypeError, NotDifferentiable, PerExample, ShapeError
from .graph import Node, Traced, is_grad_enabled, shares_buffer
from .shapes import broadcast

ndarray, generic = np.ndarray, np.generic
_ignore: Any = {"all": "ignore"}

REGISTRY: dict[str, "Primitive"] = {}
BY_NUMPY: dict[Any, Callable] = {}

VARIADIC = 0x04  # the flag of a function with *args


class Primitive:
    """The declaration of one operation; tests, docs, pictures and compiler read it, and nothing is said twice."""

    opaque = False  # whether what its nodes save is for its rules alone to read

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
        self.bools: bool = about.pop("bools", True)
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
        self.rules: dict[str, Callable] = {}
        self.rule_list: Iterable = (None,) * len(self.inputs)  # by position; without end for a variadic operation
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
        for saved in rule_saves(rule):
            if saved not in ("ans", "index", *self.options) and saved.removesuffix("_shape") not in self.inputs:
                known = {"ans", "index", *self.options, *self.inputs, *(f"{i}_shape" for i in self.inputs)}
                raise TypeError(f"primitive {self.name}: rule for {name!r} wants {saved!r}; known are {sorted(known)}")
        self.rules[name] = rule
        self.rule_list = repeat(rule) if self.variadic else tuple(self.rules.get(i) for i in self.inputs)

    def rule(self, position: int) -> Callable:
        """The rule for the input at `position`."""
        return self.rules[self.inputs[0 if self.variadic else position]]

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

    @cached_property
    def rewrap(self) -> Callable:
        """`rewrap(saved, parents, node, make)`: what a node saved, inputs and result as tensors connected to the graph."""
        rows = []
        for k, rule in enumerate(self.rule_list):
            row = []
            for m, name in enumerate(rule_saves(rule)):
                value = f"saved[{k}][{m}]"
                if name == "ans":
                    several = f"tuple([make(v, pick(node, k, v)) for k, v in enumerate({value})])"
                    value = several if self.outputs > 1 else f"make({value}, node)"
                elif name in self.inputs:
                    made_by = f"parents[{self.inputs.index(name)}]"
                    value = f"{value} if {made_by} is None else make({value}, {made_by})"
                row.append(value)
            rows.append(f"None if saved[{k}] is None else ({''.join(f'{value}, ' for value in row)})")
        return eval(f"lambda saved, parents, node, make: ({''.join(f'{row}, ' for row in rows)})", {"pick": pick_node})

    def save_variadic(self, datas: list, ans: Any, parents: list, options: dict) -> tuple:
        """For each parent what the one rule of a primitive with any number of inputs asks for."""
        known = {"ans": ans, self.inputs[0]: datas, **(self.forward.__kwdefaults__ or {}), **options}
        return self._save_each([d.shape for d in datas], parents, **known)

    @cached_property
    def _save_each(self) -> Callable:
        """Compiled from the rule's signature, as `save` is."""
        shapes = f"{self.inputs[0]}_shape"
        names = rule_saves(self.rules[self.inputs[0]])
        row = "".join(f"{n}," for n in names)
        signature = ", ".join((shapes, "parents", "*", "ans", *self.inputs, *self.options))
        return eval(f"lambda {signature}: tuple([({row}) if p is not None else None for index, p in enumerate(parents)])")

    def __repr__(self) -> str:
        return f"<primitive {self.name}({', '.join(self.inputs)})>"

    # -- the general call ------------------------------------------------------------------------------------------------

    def call(self, args: tuple, options: dict) -> Any:
        """Call on any mixture of tensors, arrays and numbers; the specialised calls fall back to this one."""
        make = None
        for a in args:
            if isinstance(a, Traced):
                if a.interpret is not None:  # a tensor that stands for others: it knows what a call means
                    return a.interpret(self, args, options)
                make = make or a._class._wrap
        if make is None:
            # A rule calls with arrays, of which one may stand beside Python's numbers; anything else is a mistake.
            if not any(isinstance(a, (ndarray, generic)) for a in args):
                given = ", ".join(f"{type(a).__name__} {a!r:.80}" for a in args)
                raise ArgumentTypeError(f"{self.name}: operands must be tensors, got {given}; use tensor(...)")
            return self._compute(list(args), options)
        args = self._prepare(args, make)
        if self.view and not isinstance(args[0]._data, ndarray):
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
        if isinstance(a, (ndarray, generic)):
            return a if a.dtype == wanted else a.astype(wanted)
        return a if wanted.kind == "f" else wanted.type(a)

    def _compute(self, datas: list, options: dict) -> Any:
        try:
            return self.forward(*datas, **options)
        except RuntimeWarning:
            with np.errstate(**_ignore):
                return self.forward(*datas, **options)
        except (ValueError, TypeError, OverflowError) as error:
            raise explain(self, datas, error) from None


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
    default float dtype), `bools` (bool tensors are accepted), `analytic` (accepts complex input, so the complex step
    checks it), `differentiable`, `view` (the result may share memory), `outputs` (how many),
    `fills` (the rule gets zeros, not None, for an output without a cotangent), `domain` and `cases` (where tests
    sample), `why`.
    """

    def declare(forward: Callable) -> Any:
        p = Primitive(forward, numpy_names, dict(about))
        if p.name in REGISTRY:
            raise TypeError(f"primitive {p.name} is declared twice")
        REGISTRY[p.name] = p
        if p.variadic and p.outputs == 1:
            call = _specialise_variadic(p)
        elif p.outputs > 1 or (p.options and len(p.inputs) != 1) or len(p.inputs) > 3:
            call = _specialise_general(p)
        elif p.options:
            call = _specialise_with_options(p)
        else:
            call = (_specialise_unary, _specialise_binary, _specialise_ternary)[len(p.inputs) - 1](p)
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
        if type(input) is ndarray:  # a rule runs on arrays
            return forward(input)
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
        except PerExample:
            return p.call((input,), {})
        except (ValueError, TypeError) as error:
            raise explain(p, (x,), error) from None
        result = new(input._class)
        result._data = ans
        if parent is None or not differentiable or not is_grad_enabled():
            result._node = None
        else:
            result._node = Node(p, (parent,), p.save(x, ans, parent), ans, (x,))
        return result

    return call


def _specialise_binary(p: Primitive) -> Callable:
    forward, floats, differentiable, promotes = p.forward, p.floats, p.differentiable, p.promotes
    new, weak = object.__new__, p.elementwise

    def call(input, other, *, out=None):
        try:
            x = input._data
            xn = input._node
            kind = type(other)
            if (kind is float or kind is int) and weak:  # a float tensor keeps its dtype; no array is made
                if promotes and x.dtype.kind != "f":
                    return _into(out, p.call((input, other), {}))
                y, yn = other, None
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
        except PerExample:
            return _into(out, p.call((input, other), {}))
        except (ValueError, TypeError, OverflowError) as error:
            raise explain(p, (x, y), error) from None
        result = new(input._class)
        result._data = ans
        if (xn is None and yn is None) or not differentiable or not is_grad_enabled():
            result._node = None
        else:
            result._node = Node(p, (xn, yn), p.save(x, y, ans, xn, yn), ans, (x, y))
        return result if out is None else _into(out, result)

    return call


def reflected(call: Callable) -> Callable:
    """The operator of a binary primitive whose right operand is the tensor: `2.0 - t`."""
    p: Primitive = call.primitive  # type: ignore[attr-defined]

    def operator(self, other):
        kind = type(other)
        if not ((kind is float or kind is int) and p.elementwise and self.interpret is None and self._data.dtype.kind == "f"):
            return call(other, self)
        y, node = self._data, self._node
        ans = p._compute([other, y], {})
        if node is None or not p.differentiable or not is_grad_enabled():
            return self._class._wrap(ans, None)
        return self._class._wrap(ans, Node(p, (None, node), p.save(other, y, ans, None, node), ans, (other, y)))

    return operator


def _specialise_ternary(p: Primitive) -> Callable:
    forward, differentiable, promotes = p.forward, p.differentiable, p.promotes
    new = object.__new__

    def call(x, y, z, *, out=None):
        try:
            a, b, c = x._data, y._data, z._data
            an, bn, cn = x._node, y._node, z._node
        except AttributeError:
            return _into(out, p.call((x, y, z), {}))
        if out is not None or (promotes and not a.dtype is b.dtype is c.dtype) or (p.floats and a.dtype.kind != "f"):
            return _into(out, p.call((x, y, z), {}))
        try:
            ans = forward(a, b, c)
        except RuntimeWarning:
            ans = p._compute([a, b, c], {})
        except PerExample:
            return p.call((x, y, z), {})
        except ValueError as error:
            raise explain(p, (a, b, c), error) from None
        result = new(x._class)
        result._data = ans
        if (an is None and bn is None and cn is None) or not differentiable or not is_grad_enabled():
            result._node = None
        else:
            result._node = Node(p, (an, bn, cn), p.save(a, b, c, ans, an, bn, cn), ans, (a, b, c))
        return result

    return call


_WITH_OPTIONS = """
def call(input, *, {parameters}, out):
    try:
        x = input._data
        parent = input._node
    except AttributeError:
        return into(out, general((input,), {options}))
    if out is not None or {unusual}:
        return into(out, general((input,), {options}))
    try:
        ans = forward(x, {passed})
    except RuntimeWarning:
        ans = compute([x], {options})
    except (PerExample, ValueError):  # NumPy may have put the first in words of its own
        return general((input,), {options})
    {contiguous}
    result = new(input._class)
    result._data = ans
    if parent is None or not ({differentiable}) or not is_grad_enabled():
        result._node = None
    else:
        result._node = Node(p, (parent,), p.save(x, ans, parent, {values}), ans, (x,))
    {link}
    return result
"""

# NumPy reduces a permuted array to a permuted result, which `view` would then reject where PyTorch's does not.
_CONTIGUOUS = """if ans.ndim > 1 and not ans.flags.c_contiguous:
        ans = ascontiguousarray(ans)"""

_LINK = """base = ans.base
    if base is x or base is not None and (base is x.base or shares_buffer(ans, x)) or ans is x:
        result._link(input, p, {options})"""


def _specialise_with_options(p: Primitive) -> Callable:
    """One input and options, written out from the declaration: passing options by `**` costs as much as a small view.

    The text is compiled at the first call, which finds the options' defaults in place already: to compile all of them
    would cost 7 % of `import numpy`.
    """
    names = {"forward": p.forward, "p": p, "general": p.call, "compute": p._compute, "into": _into, "ndarray": ndarray}
    names |= {"shares_buffer": shares_buffer, "ascontiguousarray": np.ascontiguousarray}
    names |= {"PerExample": PerExample, "Node": Node, "new": object.__new__, "is_grad_enabled": is_grad_enabled}
    call: Any = FunctionType(_first_call.__code__, names)
    call.__kwdefaults__ = {**(p.forward.__kwdefaults__ or {}), "out": None}
    names |= {"call": call, "written_out": _written_out}
    return call


def _first_call(*args, **options):
    call.__code__ = written_out(p)  # type: ignore[name-defined] # noqa: F821 - the names that `_specialise_with_options` gives
    return call(*args, **options)  # type: ignore[name-defined] # noqa: F821


def _written_out(p: Primitive) -> CodeType:
    """The code of the specialised call of a primitive with options."""
    # A reduction must not find out by NumPy that it was given a stand-in: NumPy leaks a reference when that raises.
    unusual = "type(x) is not ndarray" if p.view else "input.interpret is not None"
    unusual += " or x.dtype.kind != 'f'" if p.floats and not p.view else ""
    options = f"{{{', '.join(f'{o!r}: {o}' for o in p.options)}}}"
    source = _WITH_OPTIONS.format(
        parameters=", ".join(p.options),
        options=options,
        passed=", ".join(f"{o}={o}" for o in p.options),
        values=", ".join(p.options),
        unusual=unusual,
        # An option that chooses the dtype may choose one without derivatives.
        differentiable="ans.dtype.kind in 'fc'" if "dtype" in p.options else p.differentiable,
        contiguous="" if p.view else _CONTIGUOUS,
        link=_LINK.format(options=options) if p.view else "",
    )
    written: dict[str, Any] = {}
    exec(compile(source, "<call of a primitive>", "exec"), written)
    return written["call"].__code__


def _specialise_variadic(p: Primitive) -> Callable:
    def call(*inputs, out=None, **options):
        try:
            datas = [t._data for t in inputs]
            parents = [t._node for t in inputs]
        except AttributeError:
            return _into(out, p.call(inputs, options))
        if out is not None or (p.promotes and len({d.dtype for d in datas}) > 1):
            return _into(out, p.call(inputs, options))
        try:
            ans = p.forward(*datas, **options)
        except PerExample:
            return p.call(inputs, options)
        result = object.__new__(inputs[0]._class)
        result._data = ans
        if not p.differentiable or not any(parents) or not is_grad_enabled():
            result._node = None
        else:
            saved = p.save_variadic(datas, ans, parents, options)
            result._node = Node(p, tuple(parents), saved, ans, datas)
        return result

    return call


def _specialise_general(p: Primitive) -> Callable:
    def call(*args, out=None, **options):
        return _into(out, p.call(args, options))

    return call


def explain(p: Primitive, datas: Any, error: Exception) -> Exception:
    """NumPy's complaint about shapes or dtypes, in the words of this library."""
    given = " and ".join(str(d.dtype) if isinstance(d, (ndarray, generic)) else repr(d) for d in datas)
    if isinstance(error, TypeError):
        if "numpy" not in str(error) and "ufunc" not in str(error):
            return error
        return DtypeError(f"{p.name}: is not defined for operands of dtype {given}; convert with .float() or .long()")
    if isinstance(error, OverflowError):
        return DtypeError(f"{p.name}: {given}: a Python number does not fit the tensor's dtype; convert the tensor first")
    if p.broadcasting:
        broadcast(p.name, *(np.shape(d) for d in datas))
    return ShapeError(f"{p.name}: {error}") if type(error) is ValueError else error


def _into(out: Any, result: Any) -> Any:
    """PyTorch's `out=`: the result written into `out`, which is returned."""
    if out is None:
        return result
    return out._write_out(result)


# -- results with several outputs -----------------------------------------------------------------------------------------


class Parts(list):
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

    def filled(self, values: tuple) -> "Parts":
        return Parts(np.zeros_like(v) if c is None else c for c, v in zip(self, values, strict=True))


class _Pick:
    """One output of a primitive that has several: what connects a result's node to the node of the whole."""

    name = "pick"
    inputs = ("whole",)
    broadcasting = variadic = False
    opaque = fills = True
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
def _(g, x):
    return cast(g, dtype=x.dtype)
