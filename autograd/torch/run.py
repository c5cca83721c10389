"""Running one program, or one module of a package, as Python itself would, with `torch` meaning Gradloom."""

import os
import runpy
import sys
from collections.abc import Sequence
from typing import Any

from .names import installed

USAGE = "usage: python -m autograd.torch script.py [arguments...]\n       python -m autograd.torch -m module [arguments...]"


def run(program: str, arguments: Sequence[str] = (), *, module: bool = False) -> dict[Any, Any]:
    """Run a script (or, with `module`, a module by its dotted name) and return its global names."""
    before = sys.argv, sys.path[:]
    with installed():
        try:
            sys.argv = [program, *arguments]
            if module:
                return runpy.run_module(program, run_name="__main__", alter_sys=True)
            sys.path.insert(0, os.path.dirname(os.path.abspath(program)))
            return runpy.run_path(program, run_name="__main__")
        finally:
            sys.argv, sys.path[:] = before


def main() -> None:
    """The command line."""
    given = sys.argv[1:]
    module = given[:1] == ["-m"]
    given = given[module:]
    if not given or given[0] in ("-h", "--help"):
        sys.exit(USAGE)
    run(given[0], given[1:], module=module)
