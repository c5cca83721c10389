"""Pages that quote the code: what stands under a mark is taken from the file that the mark names.

    <!-- autograd/core/graph.py: Node.__init__ -->      a class or function, by its name
    <!-- autograd/core/engine.py: sweep, "for node in nodes:" to "continue" -->      some lines of it
    <!-- autograd/ops/elementwise.py: "@binary(np.multiply" to "return g * x" -->      some lines of the file
    <!-- the call of mul -->      what is written out for a primitive

The block of code after a mark is written by `python -m docs.generate`; a test says when it is not what the file says.
"""

import ast
import re
from pathlib import Path
from textwrap import dedent

from autograd.core.primitive import REGISTRY

ROOT = Path(__file__).parents[1]
_MARKED = re.compile(r"(<!-- (?P<mark>[^>]+?) -->\n)(?:```py\n.*?\n```\n)?", re.DOTALL)
_MARK = re.compile(r'(?P<path>\S+\.py): (?P<name>[\w.]+)?(?:,? ?"(?P<first>.+)" to "(?P<last>.+)")?$')
_CALL = re.compile(r"the call of (\w+)$")


def quoted(page: str) -> str:
    """A page with every quotation as the files have it now."""
    return _MARKED.sub(lambda found: f"{found[1]}```py\n{quotation(found['mark'])}\n```\n", page)


def quotation(mark: str) -> str:
    """The code that a mark names. Raises ValueError if there is none."""
    call = _CALL.match(mark)
    if call:
        return REGISTRY[call[1]].source().rstrip()
    found = _MARK.match(mark)
    if not found:
        raise ValueError(f"quotes: cannot read the mark {mark!r}")
    lines = (ROOT / found["path"]).read_text(encoding="utf-8").splitlines()
    if found["name"]:
        lines = _definition(lines, found["name"], mark)
    if found["first"]:
        lines = _from_to(lines, found["first"], found["last"], mark)
    return dedent("\n".join(lines)).strip("\n")


def _definition(lines: list[str], name: str, mark: str) -> list[str]:
    body = ast.parse("\n".join(lines)).body
    for part in name.split("."):
        matching = [n for n in body if isinstance(n, (ast.ClassDef, ast.FunctionDef)) and n.name == part]
        if not matching:
            raise ValueError(f"quotes: {mark!r}: there is no {part!r}")
        node = matching[0]
        body = node.body
    start = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    return lines[start - 1 : node.end_lineno]


def _from_to(lines: list[str], first: str, last: str, mark: str) -> list[str]:
    start = next((k for k, line in enumerate(lines) if first in line), None)
    end = next((k for k, line in enumerate(lines) if start is not None and k >= start and last in line), None)
    if start is None or end is None:
        raise ValueError(f"quotes: {mark!r}: no line has {first if start is None else last!r}")
    return lines[start : end + 1]
