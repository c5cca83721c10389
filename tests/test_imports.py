"""The floor plan: who may import whom. Arrows point one way."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ["errors", "core", "ops", "functions", "tensor"]  # everything else of autograd/ stands above them
RANK = {name: k for k, name in enumerate(FOLDERS)}
# Inside core/, in the order in which it is read; what is not named there imports only errors.
CORE = ["standin", "dtypes shapes devices settings hooks text threads allocator"]
CORE += ["graph", "calls inplace", "primitive", "engine function half"]
RANK_IN_CORE = {name: k for k, names in enumerate(CORE) for name in names.split()}
SOURCES = [p for folder in ("autograd", "nn", "optim") for p in sorted((ROOT / folder).rglob("*.py"))]


def imported(path: Path, top_level_only: bool = False) -> set[str]:
    """Absolute names of the modules that a file imports."""
    package = path.relative_to(ROOT).parent.parts
    tree = ast.parse(path.read_text())
    found = set()
    for node in tree.body if top_level_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *((node.module or "").split(".") if node.module else ())])
            found |= {module} | {f"{module}.{a.name}" for a in node.names}
    return found


def folder(module: str) -> str:
    parts = module.split(".")
    return parts[1] if parts[0] == "autograd" and len(parts) > 1 else ""


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_arrows_point_one_way(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    top, own = parts[0], parts[1]
    names = imported(path)
    tops = {n.split(".")[0] for n in names}
    assert not tops & {"tests", "benchmarks", "examples"}, "nothing imports tests, benchmarks or examples"
    for n in names:
        other = folder(n)
        if top == "autograd" and own in RANK and other and other != own:
            assert other in RANK, f"{own} imports {n}, which stands above it"
            assert RANK[other] < RANK[own], f"{own} imports {n}, which stands above it"
        if (top, own) == ("autograd", "core") and other == "core" and n.count(".") == 2 and parts[2] != n.split(".")[2]:
            assert RANK_IN_CORE[n.split(".")[2]] < RANK_IN_CORE[parts[2]], f"core/{parts[2]} imports {n}, which is read later"
        if (top, own) != ("autograd", "torch") and path != ROOT / "autograd" / "__init__.py":
            assert other != "torch", f"{n} is looked up when it is asked for, by its public name"
    if top == "nn":
        assert "numpy" not in tops, "nn is written in differentiable operations only"
        assert "optim" not in tops
    if top == "optim":
        assert "nn" not in tops


def test_importing_autograd_needs_numpy_alone():
    allowed = {"numpy", "autograd", "nn", "optim", "__future__"}
    for path in SOURCES:
        for name in imported(path, top_level_only=True):
            top = name.split(".")[0]
            assert not top or top in allowed or top in sys.stdlib_module_names, f"{path.name} imports {name} at its top"


def run(code: str) -> list[str]:
    """What a program prints in a fresh interpreter, a word a piece."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_importing_autograd_loads_no_more_of_the_standard_library_than_numpy():
    """dataclasses and inspect would each cost a tenth of NumPy's import."""
    new = run(
        "import sys, numpy; before = set(sys.modules); import autograd\n"
        "print(*{m.split('.')[0] for m in set(sys.modules) - before} - {'autograd'})"
    )
    assert set(new) <= {"importlib", "contextvars", "_contextvars"}


def test_importing_autograd_compiles_no_text():
    """Calls and save lists are written out as text, and compiled at their first use."""
    compiled = run(
        "import sys, numpy\n"
        "names = []\n"
        "sys.addaudithook(lambda event, args: names.append(str(args[1])) if event == 'compile' else None)\n"
        "import autograd\n"
        "found = [name for name in names if not name.endswith('.py')]\n"
        "autograd.tensor([1.0, 2.0]).sum()\n"
        "print(len(found), len(names) > len(found))"
    )
    assert compiled == ["0", "True"]


def test_what_is_imported_later_is_named_where_it_is_declared():
    """The tables of names name exactly what the modules declare."""
    declared = run(
        "import autograd\n"
        "from importlib import import_module\n"
        "from autograd.functions import BOTH_LATER, FUNCTIONS_LATER, METHODS_LATER\n"
        "from autograd.functions.declare import INPLACE, INPLACE_VIEWS, METHODS\n"
        "def methods(): return {**METHODS, **INPLACE, **INPLACE_VIEWS}\n"
        "eager = methods()\n"
        "listed = BOTH_LATER | METHODS_LATER\n"
        "assert not set(eager) & set(listed)\n"
        "for module in {*listed.values(), *FUNCTIONS_LATER.values()}: import_module(module, 'autograd')\n"
        "print(*sorted(set(methods()) - set(eager)), '|', *sorted(listed), '|')\n"
        "for name, module in (BOTH_LATER | FUNCTIONS_LATER).items():\n"
        "    assert getattr(autograd, name) is getattr(import_module(module, 'autograd'), name), name\n"
        "for name in listed: assert callable(getattr(autograd.Tensor, name)), name\n"
    )
    there, listed, _ = " ".join(declared).split("|")
    assert there.split() == listed.split()


def test_a_star_import_brings_what_is_imported_later():
    got = run(
        "from autograd import *\n"
        "print(det(eye(2)).item(), sort(tensor([2, 1])).values.tolist()[0], 'Tensor' in dir(), '_LATER' in dir())"
    )
    assert got == ["1.0", "1", "True", "False"]


def test_a_method_is_there_before_its_module():
    """On the class, on a tensor, on a subclass that overrides it, and for NumPy."""
    run(
        "import sys, autograd, numpy as np\n"
        "Tensor = autograd.Tensor\n"
        "assert 'autograd.functions.scan' not in sys.modules and 'cumsum' in dir(Tensor)\n"
        "class Own(Tensor):\n"
        "    def cumsum(self, dim): return super().cumsum(dim) + 1\n"
        "x = autograd.tensor([1.0, 2.0, 3.0])\n"
        "assert Own([1.0, 2.0, 3.0]).cumsum(0).tolist() == [2, 4, 7]\n"
        "assert Tensor.cumsum(x, 0).tolist() == x.cumsum_(0).tolist() == [1, 3, 6]\n"
        "assert autograd.logdet is Tensor.logdet is autograd.functions.factoring.logdet\n"
        "assert np.quantile(x, 0.5).item() == 3 and np.linalg.det(autograd.eye(2)).item() == 1\n"
    )


def refusal(folder: Path, module: str) -> str:
    """What importing a module says where `folder` is searched first."""
    code = f"import sys; sys.path.insert(0, {str(folder)!r}); import {module}"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize("first", ["theirs", "ours"])
def test_files_of_hips_autograd_among_ours_are_an_import_error_that_says_what_to_do(first, tmp_path):
    package = tmp_path / "autograd"
    (package / "core").mkdir(parents=True)
    (package / "tracer.py").touch()
    (package / "core.py").touch()
    (package / "core" / "__init__.py").write_text((ROOT / "autograd" / "core" / "__init__.py").read_text())
    mine = (ROOT / "autograd" / "__init__.py").read_text()
    (package / "__init__.py").write_text(mine if first == "theirs" else "from .core import make_vjp")
    assert "pip uninstall -y autograd gradloom" in refusal(tmp_path, "autograd")


@pytest.mark.parametrize("module", ["nn", "optim"])
def test_another_autograd_in_front_of_ours_is_an_import_error_that_says_where(module, tmp_path):
    (tmp_path / "autograd").mkdir()
    (tmp_path / "autograd" / "__init__.py").touch()
    said = refusal(tmp_path, module)
    # Both are named: pip calls a Gradloom that has lost files installed already, and would leave it as it is.
    assert str(tmp_path) in said and "pip uninstall -y autograd gradloom`" in said
