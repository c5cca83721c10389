"""Writes the pages that are derived from declarations: `python -m docs.generate` (a test says when they are out of date).

`derivatives.md` comes from the registry of primitives, `coverage.md` from the table of calls that are compared with PyTorch.
In the pages that quote code, the quotations are brought up to date. `stubs` has the types of the public names.
"""

import sys
from pathlib import Path
from types import ModuleType

import autograd
import autograd.special
import nn  # noqa: F401 - what it and `special` import of autograd declares more primitives
from autograd.core.primitive import REGISTRY, Primitive, _constant_rule, _unwritten_rule, _zero_rule, rule_saves
from autograd.visualize.model import formulas

from .quotes import quoted
from .stubs import stubs

FOLDER = Path(__file__).parent

# What differs from PyTorch on purpose, by name; the page of coverage shows it beside the name.
DIFFERENCES = {
    "tensor": "dtypes are NumPy's: `dtype.is_floating_point` is `dtype.kind == 'f'`, and they print without `torch.`",
    "backward": "a saved tensor changed through `.data` is an error too; PyTorch computes with the changed values",
    "from_numpy": "negative strides are accepted",
    "logsumexp": "the gradient of a row of -inf is 0; PyTorch's is NaN",
    "logcumsumexp": "second derivatives are those of finite differences; PyTorch's are not",
    "logaddexp": "second derivatives are finite at the extremes",
    "std": "derivatives at 0 spread are finite",
    "norm": "second derivatives over a dimension of size 1 are finite; `p='nuc'` is `linalg.matrix_norm`'s",
    "sinc": "the gradient near 0 keeps its digits",
    "linalg.det": "derivatives are right at singular matrices (cofactors)",
    "linalg.slogdet": "backward at a singular matrix raises",
    "cholesky_inverse": "the gradient by the triangle that is not read is 0",
    "linalg.lu": "square matrices only, with pivoting",
    "linalg.lu_factor": "square matrices only, with pivoting",
    "kthvalue": "among equal elements another index may be named",
    "split": "its pieces may be written to in place, with the right gradient; PyTorch raises",
    "chunk": "its pieces may be written to in place, with the right gradient; PyTorch raises",
    "unbind": "its pieces may be written to in place, with the right gradient; PyTorch raises",
    "unique": "carries a gradient, to the first of equal elements",
}

NO_RULE = {
    _zero_rule: "zero almost everywhere",
    _constant_rule: "cannot vary",
    _unwritten_rule: "not written",
}


def family(p: Primitive) -> str:
    """The module that declares a primitive."""
    return p.forward.__module__.rpartition(".")[2]


def primitives() -> list[Primitive]:
    """All primitives by module, in the order of their declarations."""
    found = [p for p in REGISTRY.values() if p.forward.__module__.startswith("autograd.")]
    return sorted(found, key=lambda p: (family(p), p.forward.__code__.co_firstlineno, p.name))


def derivatives() -> str:
    """The table of derivatives: every rule in its own source."""
    everything = primitives()
    differentiable = [p for p in everything if p.differentiable]
    lines = [
        "# Derivatives",
        "",
        "Generated from the declarations by `python -m docs.generate`. Every rule below is the program text that runs: on bare",
        "arrays in a first-order sweep, on tensors under `create_graph`, so each is its own second derivative's source. `g` is",
        "the cotangent of the result, `ans` the result. What a rule names is what the operation saves; nothing else is kept.",
        f"There are {len(everything)} primitives, {len(differentiable)} of them with rules; every other function of `autograd`",
        "and all of `nn` is composed of these.",
        "",
        "*Checked by*: the complex step (error below 1e-12) where the function is analytic, else central differences; both at",
        "first and second order, over the shapes, axes and layouts in `tests/autograd/test_registry.py`.",
    ]
    for name in dict.fromkeys(family(p) for p in everything):
        members = [p for p in everything if family(p) == name]
        lines += ["", f"## {name}", ""]
        plain = [p for p in members if not p.differentiable]
        for p in members:
            if p.differentiable:
                lines += entry(p)
        if plain:
            lines += [
                "",
                f"Without a derivative (the result is no float): {', '.join(f'`{p.name}`' for p in plain)}.",
            ]
    return "\n".join(lines) + "\n"


def entry(p: Primitive) -> list[str]:
    """One primitive."""
    inputs = ", ".join(("*" if p.variadic else "") + i for i in p.inputs)
    options = "".join(f", {o}=" for o in p.options)
    sentence = " ".join(p.doc.split("\n\n")[0].split())
    lines = ["", f"### `{p.name}({inputs}{options})`", "", sentence]
    source = formulas(p)
    for name, rule in p.rules.items():
        saved = ", ".join(f"`{s}`" for s in rule_saves(rule)) or "nothing"
        if rule in NO_RULE:
            lines += ["", f"- `{name}`: {NO_RULE[rule]}."]
            continue
        lines += [
            "",
            f"- `{name}` saves {saved}:",
            "",
            "  ```python",
            *(f"  {line}".rstrip() for line in source[name].splitlines()),
            "  ```",
        ]
    facts = ["complex step" if p.analytic else "central differences"]
    if p.elementwise:
        facts.append(f"sampled on {p.domain}")
    if p.view:
        facts.append("the result may be a view")
    if p.why:
        facts.append(f"a primitive because {p.why}")
    return [*lines, "", f"  *{'; '.join(facts)}.*"]


def coverage() -> str:
    """For each name of the public surface: what it is, and what is compared."""
    from tests.parity.table import TABLE

    rows = []
    for name, op in TABLE.items():
        order = getattr(op, "order", None)
        kind = what(name)
        if kind is None:
            rows.append((name, "program lines", "", ""))
            continue
        rows.append((name, kind, {0: "values only", 1: "1", 2: "1, 2"}.get(order, str(order or "")), DIFFERENCES.get(name, "")))
    lines = [
        "# Coverage",
        "",
        "Generated by `python -m docs.generate` from the table of calls in `tests/parity`. Each name is called with several",
        "shapes (0-d, empty, broadcast, transposed, strided), both float dtypes, mixed dtypes, keywords, in place and as a",
        "method where PyTorch has these, and wrongly; values, dtypes, shapes, gradients and errors must be PyTorch 2.13's.",
        "",
        "| name | is | orders of derivative compared | differences |",
        "| --- | --- | --- | --- |",
    ]
    lines += [f"| {f'`{n}`' if k != 'program lines' else n} | {k} | {o} | {d} |" for n, k, o, d in rows]
    return "\n".join(lines) + "\n"


def what(name: str) -> str | None:
    """'primitive', 'composition' or 'method'; None for a group of program lines."""
    found = autograd
    for part in name.split("."):
        found = getattr(found, part, None)
        if found is None:
            break
    if found is None:
        found = getattr(autograd.Tensor, name, None)
        return None if found is None else "method"
    if isinstance(found, ModuleType):
        return None
    return "primitive" if hasattr(found, "primitive") else "composition"


PAGES = {"derivatives.md": derivatives, "coverage.md": coverage}
QUOTING = ("engine.md",)


def main() -> None:
    """Write all pages."""
    made = {name: make() for name, make in PAGES.items()}
    made |= {name: quoted((FOLDER / name).read_text(encoding="utf-8")) for name in QUOTING}
    made = {f"docs/{name}": text for name, text in made.items()} | stubs()
    for name, text in made.items():
        (FOLDER.parent / name).write_text(text, encoding="utf-8")
        print(name, file=sys.stderr)


if __name__ == "__main__":
    main()
