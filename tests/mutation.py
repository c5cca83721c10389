"""How many of small, deliberate mistakes the tests notice: `python -m tests.mutation --count 300 --seed 1 --jobs 2`.

A mutant is the project with one change: an operator, a comparison, a constant, a condition or the order of two arguments.
It is killed if a test fails, or if the tests do not end in time. The tests that know most of a file run first, and the first
failure ends a run. What survives is printed with its line: either a test is missing, or the change makes no difference,
which only a reader can tell. `HARMLESS` has the survivors that were read and make none.
"""

import argparse
import ast
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
MUTATED = ("autograd/core", "autograd/ops", "autograd/functions", "nn/loss", "optim")
# Tests that are run for a file of a folder, one call of pytest after the other.
TESTS = {
    "autograd/core": ["autograd/core tests/autograd", "tests/nn tests/optim", "tests/parity tests/programs -m torch"],
    "autograd/ops": ["autograd/ops tests/autograd/test_registry.py", "tests/autograd", "tests/nn", "tests/parity -m torch"],
    "autograd/functions": ["autograd/functions tests/autograd", "tests/parity -m torch", "tests/nn"],
    "nn/loss": ["nn/loss tests/nn", "tests/parity -m torch"],
    "optim": ["optim tests/optim"],
}
# Files whose every line is a matter of speed or of words.
LEFT_OUT = {"allocator.py", "__init__.py", "errors.py", "arguments.py"}
# (file, what stands in the line, the change): survivors that make no difference, for the reason given.
HARMLESS: dict[tuple[str, str, str], str] = {}

_COMPARISONS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
_COMPARISONS |= {ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In}
_OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
}
_OPERATORS |= {ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}

# Of these the order of two arguments makes no difference, or no other can be meant.
_ORDERLESS = {
    "isinstance",
    "getattr",
    "hasattr",
    "zip",
    "print",
    "max",
    "min",
    "maximum",
    "minimum",
    "add",
    "multiply",
    "equal",
}


@dataclass(frozen=True)
class Mutant:
    """One change: of the text between two positions of a file."""

    file: str
    line: int
    start: int  # in the bytes of the file
    stop: int
    new: str
    what: str


def mutants(path: Path) -> Iterator[Mutant]:
    """All mutants of a file."""
    source = path.read_bytes()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    file = str(path.relative_to(ROOT))

    def changed(node: ast.expr | ast.AST, new: ast.AST | str, what: str) -> Mutant:
        at = (starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset)  # type: ignore[attr-defined, operator]
        text = new if isinstance(new, str) else f"({ast.unparse(new)})"
        return Mutant(file, node.lineno, *at, text, what)  # type: ignore[attr-defined]

    for node in _meant(ast.parse(source)):
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARISONS:
            other = ast.Compare(node.left, [_COMPARISONS[type(node.ops[0])]()], node.comparators)
            yield changed(node, other, "comparison")
        elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            yield changed(node, ast.BinOp(node.left, _OPERATORS[type(node.op)](), node.right), "operator")
        elif isinstance(node, ast.BoolOp):
            other = ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
            yield changed(node, other, "condition")
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
            yield changed(node, node.operand, "sign" if isinstance(node.op, ast.USub) else "condition")
        elif isinstance(node, (ast.If, ast.IfExp, ast.While)):
            yield changed(node.test, ast.UnaryOp(ast.Not(), node.test), "condition")
        elif isinstance(node, ast.Constant) and type(node.value) in (bool, int, float):
            v = node.value
            yield changed(node, repr(not v) if type(v) is bool else repr(v + 1), "constant")
        elif isinstance(node, ast.Call) and len(node.args) > 1 and not any(isinstance(a, ast.Starred) for a in node.args[:2]):
            swapped = ast.Call(node.func, [node.args[1], node.args[0], *node.args[2:]], node.keywords)
            if ast.unparse(node.func).rpartition(".")[2] not in _ORDERLESS:
                yield changed(node, swapped, "arguments")


def _meant(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that compute: not annotations, decorators (where tests sample), messages, printing or type checking."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, (ast.Raise, ast.JoinedStr, ast.Assert, ast.Import, ast.ImportFrom)):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List) and ast.unparse(node.targets[0])[:1] == "_":
            continue  # cases, where tests sample
        if isinstance(node, ast.keyword) and node.arg == "strict":
            continue  # of zip: what is walked together has one length
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list"):
                continue
            if isinstance(node, ast.FunctionDef) and node.name in ("__repr__", "__str__", "__dir__", "extra_repr"):
                continue
            waiting += [v for v in (value if isinstance(value, list) else [value]) if isinstance(v, ast.AST)]


def sample(count: int, seed: int) -> list[Mutant]:
    """So many mutants, of every folder as many as it has a share in the lines."""
    found = [
        mutant
        for folder in MUTATED
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path.name not in LEFT_OUT
        for mutant in mutants(path)
    ]
    return random.Random(seed).sample(found, count)


def killed(mutant: Mutant, tree: Path) -> bool:
    """Whether a test fails in `tree`, a copy of the project, with this change; the copy is mended afterwards."""
    path = tree / mutant.file
    source = path.read_bytes()
    path.write_bytes(source[: mutant.start] + mutant.new.encode() + source[mutant.stop :])
    folder = next(f for f in MUTATED if mutant.file.startswith(f))
    try:
        for tests in TESTS[folder]:
            command = [sys.executable, "-m", "pytest", "-q", "-x", "--no-header", *tests.split()]
            try:
                if subprocess.run(command, cwd=tree, capture_output=True, timeout=300).returncode not in (0, 5):
                    return True
            except subprocess.TimeoutExpired:
                return True
        return False
    finally:
        path.write_bytes(source)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    chosen = sample(options.count, options.seed)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(options.jobs) as pool:
        trees: list[Path] = []
        for k in range(options.jobs):
            tree = Path(folder) / str(k)
            shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".git", "runs", "out", "__pycache__", ".hypothesis"))
            trees.append(tree)

        def judge(mutant: Mutant) -> bool:
            tree = trees.pop()
            try:
                return killed(mutant, tree)
            finally:
                trees.append(tree)

        dead = harmless = 0
        for number, (mutant, is_dead) in enumerate(zip(chosen, pool.map(judge, chosen), strict=True), 1):
            line = (ROOT / mutant.file).read_text(encoding="utf-8").splitlines()[mutant.line - 1].strip()
            dead += is_dead
            if not is_dead:
                known = HARMLESS.get((mutant.file, line, mutant.new))
                harmless += known is not None
                print(
                    f"survived: {mutant.file}:{mutant.line} {mutant.what}\n    {line}\n    {mutant.new}  {known or ''}",
                    flush=True,
                )
            if number % 10 == 0:
                print(f"{number}: {dead / max(number - harmless, 1):.1%} killed", flush=True)
    print(
        f"{dead} of {len(chosen) - harmless} killed: {dead / max(len(chosen) - harmless, 1):.1%}; {harmless} make no difference"
    )


if __name__ == "__main__":
    main()
