"""The floor plan: who may import whom. Arrows point one way."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ["errors", "dtypes shapes", "graph", "calls", "primitive", "ops", "engine", "functions", "tensor"]
RANK = {name: k for k, names in enumerate(LAYERS) for name in names.split()}
# What Tensor itself is made of besides the layers: they stand below it and import only from below.
RANK |= {
    "hooks": RANK["engine"],
    "layouts": RANK["engine"],
    "numpy_protocol": RANK["functions"] + 0.5,
    "inplace": RANK["functions"] + 0.5,
    "printing": RANK["functions"] + 0.5,
}
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


def layer(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "autograd" and len(parts) > 1 and parts[1] in RANK else None


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_arrows_point_one_way(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    top = parts[0]
    names = imported(path)
    tops = {n.split(".")[0] for n in names}
    assert not tops & {"tests", "benchmarks", "examples"}, "nothing imports tests, benchmarks or examples"
    if top == "autograd":
        own = parts[1] if len(parts) > 1 else "__init__"
        if own in RANK:
            for n in names:
                other = layer(n)
                if other and other != own:
                    assert RANK[other] <= RANK[own], f"{own} imports {other}, which stands above it"
    if top == "nn":
        assert "numpy" not in tops, "nn is written in differentiable operations only"
        assert "optim" not in tops
    if top == "optim":
        assert "nn" not in tops


def test_importing_autograd_needs_numpy_alone():
    allowed = {"numpy", "autograd", "nn", "optim", "__future__"}
    import sys

    for path in SOURCES:
        for name in imported(path, top_level_only=True):
            top = name.split(".")[0]
            assert not top or top in allowed or top in sys.stdlib_module_names, f"{path.name} imports {name} at its top"
