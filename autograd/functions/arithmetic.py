"""Operators' functions under PyTorch's names: with `alpha`, `rounding_mode`, and reflected forms."""

from typing import Any

from ..ops import elementwise as ew
from .declare import function, offer

mul = offer("mul", ew.multiply, inplace=True)


@function(inplace=True, checked=False)
def add(input: Any, other: Any, *, alpha: float = 1) -> Any:
    """input + alpha * other

    >>> import autograd
    >>> autograd.add(autograd.ones(2), 3.0, alpha=2)
    tensor([7., 7.])
    """
    return ew.add(input, other if alpha == 1 else ew.multiply(other, alpha))
