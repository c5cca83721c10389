"""`torch.utils.checkpoint`: the function is called, and what backward needs is kept.

PyTorch trades memory for a second forward pass; values and gradients are the same with and without. The models that this
library is for fit in memory, so nothing is computed twice.

>>> import autograd
>>> from autograd.utils.checkpoint import checkpoint
>>> x = autograd.ones(2, requires_grad=True)
>>> checkpoint(lambda t: (t * t).sum(), x, use_reentrant=False).backward(); x.grad
tensor([2., 2.])
"""

from collections.abc import Callable, Sequence
from typing import Any

from ..errors import ArgumentError


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Any = None,
    determinism_check: str = "default",
    debug: bool = False,
    early_stop: bool = True,
    **kwargs: Any,
) -> Any:
    """`function(*args, **kwargs)`, with the graph that it records.

    Raises ArgumentError for keyword arguments of the function together with `use_reentrant=True`, as PyTorch does.
    """
    kwargs.pop("preserve_rng_state", None)  # the function runs once: its random numbers are drawn once
    if kwargs and use_reentrant:
        raise ArgumentError(f"checkpoint: Unexpected keyword arguments: {','.join(kwargs)}; use_reentrant=True passes none on")
    return function(*args, **kwargs)


def checkpoint_sequential(
    functions: Any, segments: int, input: Any, use_reentrant: bool | None = None, preserve_rng_state: bool = True
) -> Any:
    """The modules of a Sequential (or a list of functions) one after another; `segments` is how many would be kept apart."""
    steps: Sequence[Callable[..., Any]] = list(functions.children()) if hasattr(functions, "children") else list(functions)
    if not 1 <= segments <= max(len(steps), 1):
        raise ArgumentError(f"checkpoint_sequential: segments must be between 1 and {len(steps)}, got {segments}")
    for step in steps:
        input = step(input)
    return input
