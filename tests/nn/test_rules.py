"""What nn promises about its own source: no NumPy, no derivative, and only public names of autograd."""

import ast
from pathlib import Path

import pytest

import nn

FILES = sorted(Path(nn.__file__).parent.rglob("*.py"))
ROOT = Path(nn.__file__).parent
PASSES_GRADIENTS_ON = {"hooks.py"}  # a Function whose backward tells the module's hooks and computes nothing


def imports(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_numpy_and_no_derivative(path):
    tree = ast.parse(path.read_text())
    roots = {name.partition(".")[0] for name in imports(tree)}
    assert "numpy" not in roots
    assert "optim" not in roots
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    if path.name not in PASSES_GRADIENTS_ON:
        assert "backward" not in defined
    words = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not words & {"vjp", "save_for_backward", "primitive"}
    assert not any(
        name.startswith(("autograd.core.primitive", "autograd.core.graph", "autograd.core.engine")) for name in imports(tree)
    )


def test_exports_are_named_where_pytorch_has_them():
    for module in ("Module", "Parameter", "Linear", "CrossEntropyLoss", "MLP", "summary", "utils", "init", "functional"):
        assert hasattr(nn, module)
