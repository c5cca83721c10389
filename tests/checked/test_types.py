"""What a type checker says of users' programs: nothing of a right one, and something of every mistake in a wrong one."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from docs import stubs

from .program import main

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@cache
def found() -> list[dict]:
    """What pyright says in strict mode of the two programs, from a folder that has nothing to do with this one."""
    pytest.importorskip("pyright")
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for name in ("program.py", "mistakes.txt"):  # whose lines cannot run, so that its name keeps it from being collected
            (Path(folder) / name).with_suffix(".py").write_text((HERE / name).read_text(encoding="utf-8"), encoding="utf-8")
        settings = {"include": ["."], "extraPaths": [str(ROOT)], "typeCheckingMode": "strict"}
        (Path(folder) / "pyrightconfig.json").write_text(json.dumps(settings))
        command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, "--project", folder]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
    if not done.stdout.startswith("{"):
        pytest.skip(f"pyright did not run: {done.stderr[-200:]}")  # its first run downloads what it runs on
    return json.loads(done.stdout)["generalDiagnostics"]


def of(name: str) -> list[dict]:
    return [one for one in found() if one["file"].endswith(name)]


def test_the_program_runs(tmp_path):
    main(tmp_path)


def test_nothing_is_said_of_a_right_program():
    assert [(one["range"]["start"]["line"] + 1, one["message"]) for one in of("program.py")] == []


def test_every_mistake_is_found_and_nothing_else():
    lines = (HERE / "mistakes.txt").read_text(encoding="utf-8").splitlines()
    first = lines.index("x.summ()")
    # That a result is not used, or of unknown type, is said of every line of this kind.
    real = [one for one in of("mistakes.py") if not one.get("rule", "").startswith(("reportUnused", "reportUnknown"))]
    said = {one["range"]["start"]["line"] for one in real}
    assert [lines[k] for k in range(first, len(lines)) if k not in said] == []
    assert [lines[k] for k in said if k < first] == []
    assert len(lines) - first > 30


@pytest.mark.parametrize("path", ["autograd/__init__.pyi", "autograd/tensor/tensor.pyi"])
def test_the_stubs_say_what_the_declarations_say(path):
    assert (ROOT / path).read_text(encoding="utf-8") == stubs.stubs()[path], "run python -m docs.generate"


@pytest.mark.parametrize("path", ["autograd/__init__.pyi", "autograd/tensor/tensor.pyi"])
def test_the_stubs_are_python(path):
    compile((ROOT / path).read_text(encoding="utf-8"), path, "exec")  # a checker reads on past what it cannot parse
