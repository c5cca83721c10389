"""Programs written in PyTorch's way run unchanged on Gradloom and end with PyTorch's numbers.

Each program computes its data, sets its own initial weights and prints a JSON object last. What torch prints is kept in
`torch_results.json`; `python tests/programs/test_programs.py` writes that file anew, from torch.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import runpy
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
PROGRAMS = {path.stem: path for path in sorted(FOLDER.glob("*.py")) if path.stem not in ("conftest", "test_programs")}
RESULTS = FOLDER / "torch_results.json"
RELATIVE, ABSOLUTE = 2e-3, 2e-4  # float32 sums in another order, amplified by a hundred training steps


class Gradloom:
    """A process in which `import torch` means Gradloom: it is told the path of a program and tells its last line."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, __file__, "serve"],
            cwd=FOLDER,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def run(self, path: Path) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(path, file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        assert "result" in answer, f"{path.name} failed on Gradloom:\n{answer['failure']}"
        return answer["result"]

    def close(self) -> None:
        self.process.communicate()


@pytest.fixture(scope="module")
def gradloom() -> Iterator[Gradloom]:
    server = Gradloom()
    yield server
    server.close()


def serve() -> None:
    """Run the programs whose paths come in, each from the same state; one line of JSON goes out for each."""
    import autograd
    from autograd.torch import run

    out = sys.stdout
    for line in sys.stdin:
        said = io.StringIO()
        autograd.set_default_dtype(autograd.float32)
        try:
            with contextlib.redirect_stdout(said):
                run(line.strip())
            answer = {"result": json.loads(said.getvalue().strip().splitlines()[-1])}
        except Exception:
            answer = {"failure": traceback.format_exc()[-3000:]}
        print(json.dumps(answer), file=out, flush=True)


def on_torch(path: Path) -> dict[str, Any]:
    """The result of a program under torch, in this process."""
    import torch

    said = io.StringIO()
    dtype, state, arguments = torch.get_default_dtype(), torch.get_rng_state(), sys.argv
    sys.argv = [str(path)]
    try:
        with contextlib.redirect_stdout(said):
            runpy.run_path(str(path), run_name="__main__")
    finally:
        sys.argv = arguments
        torch.set_default_dtype(dtype)
        torch.set_rng_state(state)
    return json.loads(said.getvalue().strip().splitlines()[-1])


def differences(want: dict[str, Any], got: dict[str, Any]) -> list[str]:
    if want.keys() != got.keys():
        return [f"the results are {sorted(got)}, torch has {sorted(want)}"]
    far = {key for key in want if not abs(got[key] - want[key]) <= RELATIVE * abs(want[key]) + ABSOLUTE}
    return [f"{key}: {got[key]}, torch has {want[key]}" for key in want if key in far]


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_numbers_on_gradloom(name: str, gradloom: Gradloom) -> None:
    expected = json.loads(RESULTS.read_text())[name]
    assert not differences(expected, gradloom.run(PROGRAMS[name]))


def test_the_command_that_a_person_types() -> None:
    command = [sys.executable, "-m", "autograd.torch", str(PROGRAMS["cnn_classifier"]), "--epochs", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "epoch 1" in done.stdout
    assert "epoch 2" not in done.stdout
    assert json.loads(done.stdout.splitlines()[-1])["batches"] == 6


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", PROGRAMS)
def test_expected_numbers_are_those_of_torch(name: str) -> None:
    pytest.importorskip("torch")
    expected = json.loads(RESULTS.read_text())[name]
    assert not differences(expected, on_torch(PROGRAMS[name]))


if __name__ == "__main__" and sys.argv[1:] == ["serve"]:
    serve()
elif __name__ == "__main__":
    RESULTS.write_text(json.dumps({name: on_torch(path) for name, path in PROGRAMS.items()}, indent=1) + "\n")
