"""JAX, every step a jitted function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy

from .functional import Functional


class Jax(Functional):
    """JAX: the whole step (loss, gradient, update) is one `jax.jit`."""

    family = "jax"
    np = jax.numpy
    lax = jax.lax
    distributions = ("jax", "jaxlib")
    imports = "import jax, jax.numpy"

    def array(self, array: Any) -> Any:
        return jax.numpy.asarray(array)

    def grad(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return jax.grad(function)

    def value_and_grad(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return jax.value_and_grad(function)

    def vjp(self, function: Callable[..., Any]) -> Callable[[tuple[Any, ...], Any], Any]:
        return jax.jit(lambda arguments, cotangent: jax.vjp(function, *arguments)[1](cotangent))

    def jit(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return jax.jit(function)

    def wait(self, result: Any) -> Any:
        return jax.block_until_ready(result)
