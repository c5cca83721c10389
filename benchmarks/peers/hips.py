"""HIPS/autograd, from the folder where `--install-hips` put it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from . import HIPS_FOLDER
from .functional import Functional

# Its import name is Gradloom's: by name, so that no reader (and no type checker) takes one for the other.
hips = import_module("autograd")
if not Path(str(hips.__file__)).is_relative_to(HIPS_FOLDER):
    raise ImportError("HIPS/autograd is not installed; python -m benchmarks --install-hips puts it in a folder aside")


class Hips(Functional):
    """HIPS/autograd on NumPy."""

    family = "hips"
    np = import_module("autograd.numpy")
    distributions = ("autograd",)
    imports = "import autograd, autograd.numpy"

    def grad(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return hips.grad(function)

    def value_and_grad(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return hips.value_and_grad(function)

    def vjp(self, function: Callable[..., Any]) -> Callable[[tuple[Any, ...], Any], Any]:
        def pull(arguments: tuple[Any, ...], cotangent: Any) -> Any:
            return hips.make_vjp(lambda arguments: function(*arguments))(arguments)[0](cotangent)

        return pull
