"""The function that stands for a primitive: the hot path of eager execution.

It is written out from the declaration, as text that is compiled at the first call: names instead of containers, only
the tests that the operation needs, and what the rules save picked in place. `primitive.source()` shows the text, and so do
tracebacks and debuggers. What it does not know (operands of several
dtypes, a stand-in for other tensors, `out=`) goes to `Primitive.call`. Called on bare arrays, as a rule of a first-order
sweep calls it, it is the forward function.

A NumPy warning turned into an error is caught because PyTorch computes log(0) and inf - inf in silence; in the ordinary
case, where warnings are shown, `autograd/__init__.py` keeps those of the modules concerned from being shown.
"""

from collections.abc import Callable
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from ..errors import DtypeError, PerExample, ShapeError
from . import graph
from .graph import Node, is_grad_enabled, shares_buffer
from .shapes import broadcast
from .standin import ARRAYS, BARE, RAW, ValuesNeeded
from .text import compiled

generic: Any
ndarray: Any
ndarray, generic = np.ndarray, np.generic
LITERAL = (type(None), bool, int, float, str)
_new = object.__new__
_NAMES = {1: ("input",), 2: ("input", "other")}  # of the operands, as PyTorch has them

_CALL = """\
def call({parameters}):
    if {bare}:
        {on_arrays}
    try:
        {unpack}
    except AttributeError:
        return into(out, general({inputs}, {options}))
    if out is not None{unusual}:
        return into(out, general({inputs}, {options}))
    try:
        ans = forward({passed})
    except RuntimeWarning:
        ans = compute({datas}, {options})
    except (PerExample, ValuesNeeded):
        return general({inputs}, {options})
    except (ValueError, TypeError, OverflowError) as error:
        {failed}
    {contiguous}
    result = new({first}._class)
    result._data = ans
    {recorded}
    {linked}
    return result
"""

_RECORDED = """if {constant} or not is_grad_enabled():
        result._node = None
    else:
        node = result._node = new(Node)  # what Node(...) does: the call is an eighth of the time that recording takes
        node.prim = p
        node.parents = {nodes}
        node.saved = {saved}
        if type(ans) is ndarray:
            node.value = ans if ans.size <= SMALL else None
            node.shape = ans.shape
        else:
            node.value = ans
            node.shape = ans.shape
        node.seq = tick()
        node.hooks = None
        if graph._recorder is not None:
            graph._recorder(node, ans, {datas})"""

# A rule in a recorded sweep has bare arrays beside tensors: what no gradient flows to.
_SECOND = """kind = type(other)
        if kind is ndarray:
            d1 = other
            n1 = None{number}
        else:
            d1 = other._data
            n1 = other._node"""

# A Python number beside a float tensor stays one: the tensor keeps its dtype, and no array is made.
_NUMBER = """
        elif kind is float or kind is int:
            d1 = other
            n1 = None"""

# NumPy reduces a permuted array to a permuted result, which `view` would then reject where PyTorch's does not.
_CONTIGUOUS = """if ans.ndim > 1 and not ans.flags.c_contiguous:
        ans = ans.copy()"""

_LINKED = """base = ans.base
    if base is d0 or base is not None and (base is d0.base or shares_buffer(ans, d0)) or ans is d0:
        result._link(input, p, {options})"""


def call_of(p: Any) -> Callable[..., Any]:
    """The function that calls the primitive `p`."""
    if not is_written_out(p):
        return _variadic(p) if p.variadic and p.outputs == 1 else _general(p)
    names = {
        "__name__": __name__,
        "forward": p.forward,
        "p": p,
        "general": p.call,
        "compute": p._compute,
        "into": into,
        "explain": explain,
    }
    names |= {"shares_buffer": shares_buffer, "ndarray": ndarray, "new": _new}
    names |= {"PerExample": PerExample, "ValuesNeeded": ValuesNeeded, "ARRAYS": ARRAYS}
    names |= {"is_grad_enabled": is_grad_enabled, "no_rule": p.no_rule, "BARE": BARE}
    names |= {"Node": Node, "SMALL": graph.SMALL, "tick": graph.tick, "graph": graph}
    call: Any = FunctionType(_FIRST.get(len(p.inputs), _first_call).__code__, names)
    call.__kwdefaults__ = {**(p.forward.__kwdefaults__ or {}), "out": None}
    names |= {"call": call, "written_out": _written_out}
    return call


def is_written_out(p: Any) -> bool:
    """Whether the call of `p` has a text of its own; the others need containers for what they do not know the number of."""
    return not (p.variadic or p.outputs > 1 or (p.options and len(p.inputs) > 2) or len(p.inputs) > 3)


def _first_call_of_one(input, *, out=None, **options):  # with the parameters that `help` is to show
    call.__code__ = written_out(p)  # type: ignore[name-defined] # noqa: F821 - the names that `call_of` gives
    return call(input, out=out, **options)  # type: ignore[name-defined] # noqa: F821


def _first_call_of_two(input, other, *, out=None, **options):
    call.__code__ = written_out(p)  # type: ignore[name-defined] # noqa: F821 - the names that `call_of` gives
    return call(input, other, out=out, **options)  # type: ignore[name-defined] # noqa: F821


def _first_call(*args, **options):
    call.__code__ = written_out(p)  # type: ignore[name-defined] # noqa: F821 - the names that `call_of` gives
    return call(*args, **options)  # type: ignore[name-defined] # noqa: F821


_FIRST = {1: _first_call_of_one, 2: _first_call_of_two}


def _written_out(p: Any) -> CodeType:
    """The code of the call, compiled at its first use: to compile them all takes half the time of `import numpy`."""
    return compiled(text_of(p), f"call of {p.name}", {}).__code__


def text_of(p: Any) -> str:
    """The text of the call of `p`."""
    inputs = _NAMES.get(len(p.inputs), p.inputs)
    datas, nodes = [f"d{k}" for k in range(len(inputs))], [f"n{k}" for k in range(len(inputs))]
    options = f"{{{', '.join(f'{o!r}: {o}' for o in p.options)}}}"
    unpack = [line for k, i in enumerate(inputs) for line in (f"d{k} = {i}._data", f"n{k} = {i}._node")]
    unusual = ["d0.dtype.kind != 'f'"] if p.floats and not p.view else []
    if len(inputs) == 2:
        unpack[2:] = [_SECOND.format(number=_NUMBER if p.elementwise else "")]
    if p.elementwise and len(inputs) == 2:
        unusual.append("(d0.dtype is not d1.dtype if kind is not float and kind is not int else d0.dtype.kind != 'f')")
    elif p.promotes:
        unusual.append(f"not {' is '.join(f'{d}.dtype' for d in datas)}")
    failed = f"raise explain(p, {row(datas)}, error) from None"
    if p.single:
        unusual.append("d0.dtype.char == 'e'")
    on_arrays = f"return forward({', '.join([*inputs, *(f'{o}={o}' for o in p.options)])})"
    if p.single:
        on_arrays += f" if {inputs[0]}.dtype.char != 'e' else general({row(inputs)}, {options})"
    if p.options:  # NumPy may have put PerExample in words of its own
        failed = f"return general({row(inputs)}, {options})"
        # A reduction must not find out by NumPy that it was given a stand-in: NumPy leaks a reference when that raises.
        unusual.append("type(d0) not in ARRAYS" if p.view else "input.interpret is not None")
        if len(inputs) == 2:
            unusual.append("kind is not ndarray and other.interpret is not None")
    recorded = "result._node = None"
    if p.differentiable:
        constant = " and ".join(f"{n} is None" for n in nodes)
        if "dtype" in p.options:  # which may choose one without derivatives
            constant += " or ans.dtype.kind not in 'fc'"
        saved = p.saving(dict(zip(p.inputs, datas, strict=True)), nodes)
        recorded = _RECORDED.format(constant=constant, nodes=row(nodes), saved=saved, datas=row(datas))
    text = _CALL.format(
        parameters=", ".join([*inputs, "*", *(_parameter(p, o) for o in p.options), "out=None"]),
        bare=" and ".join(f"type({i}) in BARE" for i in inputs),
        first=inputs[0],
        inputs=row(inputs),
        unpack="\n        ".join(unpack),
        unusual="".join(f" or {test}" for test in unusual),
        on_arrays=on_arrays,
        passed=", ".join([*datas, *(f"{o}={o}" for o in p.options)]),
        datas=row(datas),
        options=options,
        failed=failed,
        contiguous=_CONTIGUOUS if p.options and not p.view else "",
        recorded=recorded,
        linked=_LINKED.format(options=options) if p.view else "",
    )
    return "".join(line for line in text.splitlines(keepends=True) if line.strip())


def _parameter(p: Any, option: str) -> str:
    """An option as it stands among the parameters. Its default is there for the reader: the function has its own."""
    defaults = p.forward.__kwdefaults__ or {}
    return f"{option}={defaults[option]!r}" if isinstance(defaults.get(option, _new), LITERAL) else option


def row(names: Any) -> str:
    """The text of a tuple."""
    return f"({', '.join(names)}{',' * (len(names) == 1)})"


def reflected(call: Callable[..., Any]) -> Callable[..., Any]:
    """The operator of a binary primitive whose right operand is the tensor: `2.0 - t`."""
    p: Any = call.primitive  # type: ignore[attr-defined]

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


def _variadic(p: Any) -> Callable[..., Any]:
    def call(*inputs, out=None, **options):
        try:
            datas = [t._data for t in inputs]
            parents = [t._node for t in inputs]
        except AttributeError:
            return into(out, p.call(inputs, options))
        if out is not None or (p.promotes and len({d.dtype for d in datas}) > 1):
            return into(out, p.call(inputs, options))
        try:
            ans = p.forward(*datas, **options)
        except (PerExample, ValuesNeeded):
            return p.call(inputs, options)
        result = _new(inputs[0]._class)
        result._data = ans
        if not p.differentiable or not any(parents) or not is_grad_enabled():
            result._node = None
        else:
            saved = p.save_variadic(datas, ans, parents, options)
            result._node = Node(p, tuple(parents), saved, ans, datas)
        return result

    return call


def _general(p: Any) -> Callable[..., Any]:
    def call(*args, out=None, **options):
        return into(out, p.call(args, options))

    return call


def explain(p: Any, datas: Any, error: Exception) -> Exception:
    """NumPy's complaint about shapes or dtypes, in the words of this library."""
    given = " and ".join(str(d.dtype) if isinstance(d, RAW) else repr(d) for d in datas)
    if isinstance(error, TypeError):
        if "numpy" not in str(error) and "ufunc" not in str(error):
            return error
        return DtypeError(f"{p.name}: is not defined for operands of dtype {given}; convert with .float() or .long()")
    if isinstance(error, OverflowError):
        return DtypeError(f"{p.name}: {given}: a Python number does not fit the tensor's dtype; convert the tensor first")
    if p.broadcasting:
        try:
            broadcast(p.name, *(np.shape(d) for d in datas))
        except ShapeError as told:
            return told.with_traceback(None)
    return ShapeError(f"{p.name}: {error}") if type(error) is ValueError else error


def into(out: Any, result: Any) -> Any:
    """PyTorch's `out=`: the result written into `out`, which is returned."""
    return result if out is None else out._write_out(result)
