"""Jacobians, Hessians and products with them, under the names and conventions of `torch.autograd.functional`.

The functions of `autograd.func` in another form: they take the inputs at once, and return values and not functions.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core import engine
from ..errors import ArgumentTypeError, GraphError
from ..tensor import Tensor
from . import jacobians, transforms
from .call import Call, Forward
from .tree import tree_map


def jacobian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian of `func` at `inputs`, (*output shape, *input shape): one, or nested tuples (outputs, then inputs).

    It is always computed for all rows at once, so `vectorize` changes nothing.

    >>> import autograd
    >>> autograd.autograd.functional.jacobian(lambda x: x * x, autograd.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    if strategy not in ("reverse-mode", "forward-mode"):
        raise GraphError(f"jacobian: strategy must be 'reverse-mode' or 'forward-mode', got {strategy!r}")
    call = _called(func, inputs, create_graph, "jacobian")
    if strict:
        _check_dependence(call, "jacobian")
    compute = jacobians.jacobian_rows if strategy == "reverse-mode" else jacobians.jacobian_columns
    rows = [tuple(row) if isinstance(inputs, tuple) else row[0] for row in compute(call)]
    return _finished(call.rebuild(iter(rows)), create_graph)


def hessian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The second derivatives of a scalar `func` at `inputs`: one tensor, or a tuple of tuples over pairs of inputs.

    >>> import autograd
    >>> autograd.autograd.functional.hessian(lambda x: (x ** 3).sum(), autograd.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """

    def gradient(*xs: Any) -> Any:
        found = transforms.grad(_scalar(func, "hessian"), tuple(range(len(xs))))(*xs)
        return found if isinstance(inputs, tuple) else found[0]

    return jacobian(gradient, inputs, create_graph, strict, vectorize, outer_jacobian_strategy)


def vjp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, ...]:
    """The value of `func`, and the product of `v` (1 for a scalar function) with its Jacobian."""
    call = _called(func, inputs, create_graph, "vjp")
    if strict:
        _check_dependence(call, "vjp")
    if v is None:
        if len(call.outputs) != 1 or call.outputs[0]._data.size != 1:
            raise GraphError(
                "vjp: v can only be left out if the function returns a single number; give it in the output's shape"
            )
        given = [Tensor._wrap(np.ones_like(call.outputs[0]._data), None)]
    else:
        given = _matching(v, call.outputs, "vjp: v", "the function's output")
    found = call.gradients(given)
    return _finished((call.value(), found if isinstance(inputs, tuple) else found[0]), create_graph)


def jvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, ...]:
    """The value of `func`, and the product of its Jacobian with `v` (1 for a function of a single number)."""
    call = _called(func, inputs, create_graph, "jvp")
    if strict:
        _check_dependence(call, "jvp")
    if v is None:
        if len(call.inputs) != 1 or call.inputs[0]._data.size != 1:
            raise GraphError("jvp: v can only be left out if the input is a single number; give it in the input's shape")
        given = [Tensor._wrap(np.ones_like(call.inputs[0]._data), None)]
    else:
        given = _matching(v, call.inputs, "jvp: v", "the input")
    return _finished((call.value(), call.rebuild(iter(Forward(call).push(given)))), create_graph)


def hvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, ...]:
    """The value of a scalar `func`, and the product of its Hessian with `v`."""
    return _second_order(jvp, func, inputs, v, create_graph, strict, "hvp")


def vhp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, ...]:
    """The value of a scalar `func`, and the product of `v` with its Hessian: cheaper than `hvp`, and equal to it.

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0])
    >>> autograd.autograd.functional.vhp(lambda x: (x ** 3).sum(), x, autograd.ones(2))
    (tensor(9.), tensor([ 6., 12.]))
    """
    return _second_order(vjp, func, inputs, v, create_graph, strict, "vhp")


def _second_order(
    product: Callable[..., Any], func: Callable[..., Any], inputs: Any, v: Any, create_graph: bool, strict: bool, op: str
) -> tuple[Any, ...]:
    values = []

    def gradient(*xs: Any) -> Any:
        found, value = transforms.grad_and_value(_scalar(func, op), tuple(range(len(xs))))(*xs)
        values.append(value)
        return found if isinstance(inputs, tuple) else found[0]

    _, found = product(gradient, inputs, v, create_graph, strict)
    return _finished(values[0], create_graph), found


def _scalar(func: Callable[..., Any], op: str) -> Callable[..., Any]:
    """`func` with a result of one element, whatever its shape, as a tensor without dimensions."""

    def scalar(*xs: Any) -> Any:
        y = func(*xs)
        if not isinstance(y, Tensor) or y._data.size != 1:
            raise GraphError(f"{op}: the function must return a single number, got {getattr(y, 'shape', type(y).__name__)}")
        return y.reshape(())

    return scalar


def _called(func: Callable[..., Any], inputs: Any, create_graph: bool, op: str) -> Any:
    xs = inputs if isinstance(inputs, tuple) else (inputs,)
    for x in xs:
        if not isinstance(x, Tensor):
            raise ArgumentTypeError(f"{op}: inputs must be a Tensor or a tuple of Tensors, got {type(x).__name__}")
    if not create_graph:
        xs = tuple(x.detach() for x in xs)
    return Call(func, xs, {}, tuple(range(len(xs))), False, op)


def _check_dependence(call: Any, op: str) -> None:
    for k, o in enumerate(call.outputs):
        reached = set(engine.reachable([o._node])) if o._node is not None else set()
        for j, x in enumerate(call.inputs):
            if x._node not in reached:
                raise GraphError(f"{op}: output {k} of the function is independent of input {j}; strict=True does not allow it")


def _matching(v: Any, tensors: list[Any], what: str, like: str) -> list[Any]:
    given = list(v) if isinstance(v, (tuple, list)) else [v]
    shapes, wanted = [tuple(t.shape) for t in given], [tuple(t.shape) for t in tensors]
    if shapes != wanted:
        raise GraphError(f"{what} has shapes {shapes}, {like} has {wanted}; they must be equal")
    return given


def _finished(tree: Any, create_graph: bool) -> Any:
    if create_graph:
        return tree
    return tree_map(lambda t: t.detach() if isinstance(t, Tensor) else t, tree)
