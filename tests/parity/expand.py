"""From an entry of the table to the checks it stands for: every spelling, dtype, memory layout and wrong call."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from .dsl import ALL, Call, Code, Op, Operand, Raw, c
from .run import Builder, Outcome, observe, overwrite, resolve

MIXED = [
    ("int64", "float32"), ("float32", "int64"), ("float32", "float64"), ("float64", "float32"), ("int64", "int32"),
    ("uint8", "int8"), ("bool", "int64"), ("int64", "bool"), ("bool", "float32"), ("float16", "float32"),
    ("int32", "float64"), ("uint8", "uint8"), ("bool", "bool"), ("int64", "int64"), ("float16", "int64"),
]  # fmt: skip


@dataclass(frozen=True)
class Check:
    """One call in one spelling, to be run on two libraries and compared."""

    kind: str
    label: str
    run: Callable[[Any], Outcome]
    names: tuple[str, ...] = ()  # one of which the error message must contain
    optional: bool = False  # a mistake only if torch thinks so


def in_place(library: Any, name: str, receiver: int, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """The in-place method on a copy of its receiver; the result must be that copy."""
    target = args[receiver].clone()
    rest = args[:receiver] + args[receiver + 1 :]
    result = getattr(target, name + "_")(*rest, **kwargs)
    return result, result is target, target


def spelled(library: Any, op: Op, spelling: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Make the call in one of the ways in which PyTorch's users write it."""
    if spelling == "function":
        return resolve(library, op.name)(*args, **kwargs)
    if spelling == "function, keywords":
        return resolve(library, op.name)(**dict(zip(op.args, args, strict=False)), **kwargs)
    if spelling == "in place":
        return in_place(library, op.name, op.receiver, args, kwargs)
    names = [name for i, name in enumerate(op.args) if i != op.receiver]
    rest = [arg for i, arg in enumerate(args) if i != op.receiver]
    method = getattr(args[op.receiver], op.name)
    if spelling == "method, keywords":
        return method(**dict(zip(names, rest, strict=False)), **kwargs)
    return method(*rest, **kwargs)


def perform(library: Any, op: Op, call: Call, spelling: str, dtypes: list[str], *, order: int,
            layout: str = "") -> Outcome:  # fmt: skip
    """Run one check of an Op."""
    builder = Builder(library, f"{op.name}{call}", dtypes, layout=layout, domain=op.domain)
    try:
        args = [builder(arg) for arg in call.args]
        kwargs = {key: builder(value) for key, value in call.kwargs.items()}
    except Exception as error:
        return Outcome(error=RuntimeError(f"the operands could not be made: {error!r}"))
    made = partial(spelled, library, op, spelling, args, kwargs)
    return observe(library, builder, made, min(order, op.order, call.order), op.through)


def share(library: Any, op: Op, call: Call, spelling: str) -> Outcome:
    """Run one check of which memory a call shares."""
    builder = Builder(library, f"{op.name}{call}", ["float64"], grad=False, domain=op.domain)
    args = [builder(arg) for arg in call.args]
    kwargs = {key: builder(value) for key, value in call.kwargs.items()}
    return overwrite(builder, partial(spelled, library, op, spelling, args, kwargs))


def tensors(values: Iterable[Any]) -> Iterator[Operand]:
    """The operands among the arguments of a call, lists read through."""
    for value in values:
        if isinstance(value, tuple):
            yield Operand(value)
        elif isinstance(value, Operand):
            yield value
        elif isinstance(value, list):
            yield from tensors(value)


def form(call: Call) -> tuple[str, ...]:
    """What decides the dtype of a call's result: which arguments are tensors, 0-d tensors and Python numbers."""

    def kind(value: Any) -> str:
        found = list(tensors([value]))
        if found:
            return "".join("tensor" if operand.shape else "0-d" for operand in found)
        return type(value).__name__

    return (call.only, *map(kind, call.args), *(f"{k}={kind(v)}" for k, v in call.kwargs.items()))


def promotions(op: Op, spelling: str) -> Iterator[tuple[Call, list[str]]]:
    """Calls with operands of other dtypes than the usual: one call of each form."""
    seen = set()
    for call in op.calls:
        varied = [t for t in tensors([*call.args, *call.kwargs.values()]) if t.dtype is None]
        if not varied or form(call) in seen or call.only not in ("", spelling):
            continue
        seen.add(form(call))
        if len(varied) == 1:
            others = [[dtype] for dtype in ALL if dtype not in op.dtypes]
        else:
            others = [list(pair) for pair in MIXED]
        ties = any(t.distinct for t in varied)
        for dtypes in others:
            if not (ties and "bool" in dtypes) and (op.half or "float16" not in dtypes):
                yield call, dtypes


def with_tuples(call: Call) -> Call | None:
    """The call with its lists of integers as tuples, if it has any: torch takes both."""

    def tupled(value: Any) -> Any:
        whole = isinstance(value, list) and value and all(type(item) is int for item in value)
        return Raw(tuple(value)) if whole else value

    other = replace(call, args=tuple(map(tupled, call.args)), kwargs={k: tupled(v) for k, v in call.kwargs.items()})
    return other if any(isinstance(value, Raw) for value in [*other.args, *other.kwargs.values()]) else None


def mistakes(op: Op, spellings: list[str]) -> Iterator[tuple[Call, str]]:
    """Wrong calls that follow from a right one: too few arguments, an unknown keyword, a dim out of range, ..."""
    spelling = "function" if "function" in spellings else "method"
    right = next((call for call in op.calls if call.only in ("", spelling)), None)
    if right is None:
        return
    args = right.args
    for count in range(op.receiver + 1 if spelling == "method" else 0, len(args)):
        yield replace(right, args=args[:count], kwargs={}), spelling
    yield replace(right, kwargs={**right.kwargs, "colour": 1}), spelling
    if spelling == "function" and not op.name.startswith("nn."):
        yield c("red", *args[1:], **right.kwargs), spelling
    if len(args) > 1 and list(tensors(args[1:2])):
        yield c(args[0], "red", *args[2:], **right.kwargs), spelling
        yield c(args[0], (7, 5), *args[2:], **right.kwargs), spelling
    for name in ("dim", "dim0", "dim1"):
        if name in op.args and op.args.index(name) < len(args):
            at = op.args.index(name)
            for value in (7, -8, "red", 1.5):
                yield c(*args[:at], value, *args[at + 1 :], **right.kwargs), spelling


def spellings_of(oracle: Any, op: Op) -> list[str]:
    """The ways of writing a call that torch has."""
    found = []
    try:
        resolve(oracle, op.name)
        found.append("function")
    except AttributeError:
        pass
    if "." not in op.name:
        if hasattr(oracle.Tensor, op.name) and op.args:
            found.append("method")
        if hasattr(oracle.Tensor, op.name + "_") and op.inplace and op.args:
            found.append("in place")
    return found


def expand_op(oracle: Any, op: Op) -> Iterator[Check]:
    """Every check that an Op stands for."""
    spellings = spellings_of(oracle, op)
    names = tuple(name.rpartition(".")[2] for name in (op.name, op.also) if name)
    usual = op.dtypes[0]

    def check(kind: str, call: Call, spelling: str, dtypes: list[str], order: int, layout: str = "",
              optional: bool = False) -> Check:  # fmt: skip
        label = f"{spelling} {call} {'/'.join(dtypes)} {layout}".strip()
        run = partial(perform, op=op, call=call, spelling=spelling, dtypes=dtypes, order=order, layout=layout)
        return Check(kind, label, lambda library: run(library), names, optional)

    for spelling in spellings:
        for call in op.calls:
            if call.only and call.only != spelling:
                continue
            first = spelling == spellings[0]
            yield check("call", call, spelling, [usual], 2 if first else 1)
            if first:
                for dtype in op.dtypes[1:]:
                    yield check("call", call, spelling, [dtype], 1)
            if spelling != "in place" and len(call.args) <= len(op.args):
                yield check("call", call, f"{spelling}, keywords", [usual], 0)
            if first and (other := with_tuples(call)) is not None:
                yield check("call", other, spelling, [usual], 0)
    main = spellings[0]
    whole = [call for call in op.calls if call.only in ("", main)]
    layouts = [call for call in whole if any(len(t.shape) >= 2 for t in tensors(call.args))]
    for call in layouts[:2]:
        for layout in op.layouts:
            yield check("layout", call, main, [usual], 1, layout)
    if op.promotes:
        for spelling in spellings:
            if spelling == main or spelling == "in place":
                for call, dtypes in promotions(op, spelling):
                    yield check("dtype", call, spelling, dtypes, 1)
    if op.alias:
        for spelling in (s for s in spellings if s != "in place"):
            for call in op.calls:
                if call.only in ("", spelling):
                    run = partial(share, op=op, call=call, spelling=spelling)
                    yield Check("memory", f"{spelling} {call}", lambda library, run=run: run(library))
    for call in op.wrong:
        for spelling in spellings:
            if call.only in ("", spelling):
                yield check("error", call, spelling, [usual], 0)
    for call, spelling in mistakes(op, spellings):
        yield check("error", call, spelling, [usual], 0, optional=True)


def evaluate(library: Any, entry: Code, line: str, dtype: str, order: int) -> Outcome:
    """Run one snippet."""
    builder = Builder(library, f"{entry.name}{line}", [dtype], grad=entry.grad, owned=entry.owned)
    names: dict[str, Any] = {"torch": library}
    try:
        names |= {key: builder(value) for key, value in entry.operands.items()}
    except Exception as error:
        return Outcome(error=RuntimeError(f"the operands could not be made: {error!r}"))
    body = ast.parse(line).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    statements = compile(ast.Module(body, []), line, "exec")
    expression = compile(ast.Expression(last.value), line, "eval") if isinstance(last, ast.Expr) else None

    def call() -> Any:
        exec(statements, names)
        return eval(expression, names) if expression is not None else None

    return observe(library, builder, call, order)


def expand_code(entry: Code) -> Iterator[Check]:
    """Every check that a group of snippets stands for."""
    for line in entry.lines:
        for dtype in entry.dtypes:
            order = entry.order if dtype == entry.dtypes[0] else min(entry.order, 1)
            run = partial(evaluate, entry=entry, line=line, dtype=dtype, order=order)
            yield Check("snippet", f"{line}  [{dtype}]", lambda library, run=run: run(library))


def expand(oracle: Any, entry: Op | Code) -> Iterator[Check]:
    """Every check that an entry of the table stands for."""
    return expand_op(oracle, entry) if isinstance(entry, Op) else expand_code(entry)
