"""The names that a PyTorch program finds in `torch.autograd`: derivatives by hand, Function, checks, modes.

>>> import autograd
>>> x = autograd.tensor(3.0, requires_grad=True)
>>> autograd.autograd.grad(x * x, x)
(tensor(6.),)
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import gradcheck as _gradcheck
from .core import engine, function as function, graph as graph
from .core.function import Function as Function
from .core.graph import (
    enable_grad as enable_grad,
    inference_mode as inference_mode,
    no_grad as no_grad,
    set_grad_enabled as set_grad_enabled,
)
from .debug.anomaly import detect_anomaly as detect_anomaly, set_detect_anomaly as set_detect_anomaly
from .errors import ArgumentError, GraphError
from .func import functional as functional
from .func.call import pull_inside, pull_rows
from .tensor import Tensor

gradcheck: Any
gradgradcheck: Any
gradcheck, gradgradcheck = _gradcheck.gradcheck, _gradcheck.gradgradcheck


def Variable(data: Tensor, requires_grad: bool = False) -> Tensor:
    """A tensor on the memory of `data`: PyTorch's name from before tensors could require gradients themselves."""
    made = data.detach()
    made.requires_grad = requires_grad
    return made


def grad(
    outputs: Tensor | Sequence[Tensor],
    inputs: Tensor | Sequence[Tensor],
    grad_outputs: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    only_inputs: bool = True,
    allow_unused: bool | None = None,
    is_grads_batched: bool = False,
    materialize_grads: bool = False,
) -> tuple[Any, ...]:
    """The gradients of `outputs` (summed, each times its `grad_outputs`) with respect to `inputs`; no `.grad` is touched.

    An input that no output depends on is an error, or None with `allow_unused`, or zeros with `materialize_grads`. With
    `create_graph` the result can be differentiated again. With `is_grads_batched` the first dimension of every grad
    output numbers cotangents, which one sweep carries together.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0], requires_grad=True)
    >>> g, = autograd.grad((x ** 3).sum(), x, create_graph=True)
    >>> autograd.grad(g.sum(), x)
    (tensor([ 6., 12.]),)
    """
    if not only_inputs:
        raise ArgumentError("grad: only_inputs=False is not supported; use backward() to fill the .grad of all leaves")
    if materialize_grads and allow_unused is False:
        raise ArgumentError("grad: materialize_grads=True needs allow_unused to be True or left out, got False")
    ys, xs = engine.tensor_list(outputs, "grad: outputs"), engine.tensor_list(inputs, "grad: inputs")
    gs = _cotangents(grad_outputs, ys, "grad: grad_outputs")
    keep = create_graph if retain_graph is None else retain_graph
    if is_grads_batched:
        found = pull_rows(ys, xs, gs, keep=keep, create_graph=create_graph)
    elif grad_outputs is not None and any(getattr(g, "interpret", None) is not None for g in gs):
        found = pull_inside(ys, xs, gs, keep=keep, create_graph=create_graph)
    else:
        found = engine.grad(ys, xs, gs, keep=keep, create_graph=create_graph, make=Tensor._wrap)
    for k, (x, g) in enumerate(zip(xs, found, strict=True)):
        if g is None and materialize_grads:
            found[k] = Tensor._wrap(np.zeros_like(x._data), None)
        elif g is None and not allow_unused:
            raise GraphError(
                f"grad: input {k} (shape {tuple(x.shape)}) appears to not have been used in the graph of the outputs; pass "
                "allow_unused=True to get None for it, or materialize_grads=True to get zeros"
            )
    return tuple(found)


def backward(
    tensors: Tensor | Sequence[Tensor],
    grad_tensors: Any = None,
    retain_graph: bool | None = None,
    create_graph: bool = False,
    grad_variables: Any = None,
    inputs: Any = None,
) -> None:
    """Accumulate into the `.grad` of leaves the gradient of several tensors in one sweep.

    >>> import autograd
    >>> x = autograd.tensor(2.0, requires_grad=True)
    >>> autograd.autograd.backward([x * x, 3 * x]); x.grad
    tensor(7.)
    """
    ys = engine.tensor_list(tensors, "backward: tensors")
    gs = _cotangents(grad_tensors if grad_variables is None else grad_variables, ys, "backward: grad_tensors")
    keep = create_graph if retain_graph is None else retain_graph
    engine.backward(ys, gs, keep=keep, create_graph=create_graph, inputs=inputs, make=Tensor._wrap)


def _cotangents(given: Any, outputs: list[Any], what: str) -> list[Any]:
    if given is None:
        return [None] * len(outputs)
    found = list(given) if isinstance(given, (tuple, list)) else [given]
    if len(found) != len(outputs):
        raise GraphError(f"{what}: got {len(found)} for {len(outputs)} outputs; give one for each (None for a scalar's 1)")
    return found
