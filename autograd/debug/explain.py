"""Answers in a sentence: which operation made the first value that is not finite, and why a tensor has no gradient."""

from typing import Any

import numpy as np

from ..core.engine import reachable
from ..core.graph import Leaf
from ..tensor import Tensor
from .anomaly import line_of


def find_nan(output: Tensor) -> str | None:
    """Say which operation of the forward pass first made a NaN or an infinity; None if there is neither.

    Looks through the graph that made `output`, oldest operation first, as far as its values are still known (small ones
    always, all of them inside `autograd.visualize.recording()`, none after a backward pass that freed them).

    >>> import autograd
    >>> x = autograd.tensor([1.0, 0.0], requires_grad=True)
    >>> print(autograd.debug.find_nan((x.log() * 2).sum()))
    log made the first value that is not finite: -inf at index (1,) of a result of shape (2,)
    """
    if output._node is None:
        return None if np.all(np.isfinite(output._data)) else "the tensor itself is not finite, and nothing recorded made it"
    for node in reversed(reachable([output._node])):
        if type(node) is Leaf:
            owner = node.owner()
            if owner is not None and not np.all(np.isfinite(owner._data)):
                return f"a leaf of shape {tuple(node.shape)} is not finite: {_first_bad(owner._data)}"
        elif isinstance(node.value, (np.ndarray, np.generic)) and not np.all(np.isfinite(node.value)):
            line = f", called at {line_of(node)}" if line_of(node) else ""
            found = _first_bad(node.value)
            return f"{node.prim.name} made the first value that is not finite{line}: {found}"
    return None


def _first_bad(raw: Any) -> str:
    raw = np.asarray(raw)
    if not raw.ndim:
        return f"{raw.item()}"
    place = tuple(int(k) for k in np.argwhere(~np.isfinite(raw))[0])
    return f"{raw[place].item()} at index {place} of a result of shape {raw.shape}"


def why_no_grad(tensor: Tensor, output: Tensor | None = None) -> str:
    """Say why `tensor.grad` is None (or that it is not), given the output whose backward was expected to fill it.

    >>> import autograd
    >>> w = autograd.ones(2, requires_grad=True)
    >>> print(autograd.debug.why_no_grad(w.detach()))
    it does not require grad: set requires_grad=True on it before it is used (or it came from detach() or no_grad())
    """
    if tensor.grad is not None:
        return "it has one: .grad is set"
    if not tensor.requires_grad:
        return (
            "it does not require grad: set requires_grad=True on it before it is used (or it came from detach() or no_grad())"
        )
    if not tensor.is_leaf and not tensor.retains_grad:
        return f"it is the result of {tensor._node.prim.name}, and only leaves keep a gradient: call retain_grad() on it"
    if output is None:
        return "it requires grad and no backward pass has reached it: call backward() on something computed from it"
    if output._node is None:
        return "the output does not require grad: nothing that requires grad went into it, or it was computed under no_grad()"
    if tensor._node not in set(reachable([output._node])):
        return "the output does not depend on it: it was not used, or was cut off by detach(), .data, item() or numpy()"
    return "the output depends on it, and no backward pass from there has run since its gradient was last cleared"
