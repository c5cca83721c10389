"""Where a module lives whose public name says nothing of its folder: `autograd.cuda` is `autograd/torch/cuda`.

A module is imported under either name and is one module, so programs, pickles and saved files that name the public one
keep working, whichever folder the file moves to.
"""

import sys
from importlib import import_module
from typing import Any

_FOLDERS = {
    "core": "calls devices dtypes engine function graph hooks inplace primitive settings shapes standin text threads",
    "func": "functional",
    "io": "unpickling",
    "tensor": "creation generator methods numpy_protocol printing random random_fills ranges windows",
    "torch": "accelerator amp backends cuda distributed jit layouts legacy mps profiler testing types version",
}
PLACES = {name: f".{folder}.{name}" for folder, names in _FOLDERS.items() for name in names.split()}


class _Finder:
    """Imports `autograd.NAME` from where it lives, if it is one of `PLACES`."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name.startswith("autograd.") and name.split(".", 2)[1] in PLACES:
            return type(__spec__)(name, self, is_package=True)
        return None

    def create_module(self, spec: Any) -> None:
        """None: Python makes one, to be replaced."""

    def exec_module(self, module: Any) -> None:
        """Put the module itself in the place of the empty one: Python takes what it then finds there."""
        _, public, *inside = module.__name__.split(".")
        sys.modules[module.__name__] = import_module(".".join([PLACES[public], *inside]), "autograd")


sys.meta_path.insert(0, _Finder())  # type: ignore[arg-type]
