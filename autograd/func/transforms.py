"""Derivatives as functions of functions: grad, vjp, jvp, and a function linearized.

All of them run the one engine (`call`). Forward mode is a derivative of the backward pass, which is linear in its cotangent:
it needs no second set of rules.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from ..errors import GraphError
from .batched import lift, lower
from .call import Call, Forward, filled, seen_from, seen_here
from .level import restoring
from .tree import flatten


def grad_and_value(func: Callable[..., Any], argnums: Any = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns the gradient of a scalar function, and its value.

    `argnums` says which arguments to differentiate (an int, or a tuple of them); they may be nests of tensors. With
    `has_aux` the function returns (output, aux), and the value is that pair.

    >>> import autograd
    >>> autograd.func.grad_and_value(lambda x: (x * x).sum())(autograd.tensor([1.0, 2.0]))
    (tensor([2., 4.]), tensor(5.))
    """

    @restoring
    @wraps(func)
    def both(*args: Any, **kwargs: Any) -> Any:
        call = Call(func, args, kwargs, argnums, has_aux, "grad")
        if len(call.outputs) != 1 or call.shapes[0] != ():
            raise GraphError(
                f"grad: the function must return one scalar tensor, got shapes {call.shapes}; reduce the result (.sum(), "
                ".mean()), or use vjp or jacrev"
            )
        gradient = call.gradients([filled(call.outputs[0], 1)])
        return gradient, (call.value(), call.released(call.aux)) if has_aux else call.value()

    return both


def value_and_grad(func: Callable[..., Any], argnums: Any = 0, has_aux: bool = False) -> Callable[..., Any]:
    """`grad_and_value` in the order of JAX: (value, gradient)."""
    both = grad_and_value(func, argnums, has_aux)
    return wraps(func)(lambda *args, **kwargs: both(*args, **kwargs)[::-1])


def grad(func: Callable[..., Any], argnums: Any = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns the gradient of a scalar function; apply it again for higher orders.

    >>> import autograd
    >>> f = lambda x: x ** 3
    >>> autograd.func.grad(f)(autograd.tensor(2.0)), autograd.func.grad(autograd.func.grad(f))(autograd.tensor(2.0))
    (tensor(12.), tensor(12.))
    """
    both = grad_and_value(func, argnums, has_aux)

    @wraps(func)
    def gradient(*args: Any, **kwargs: Any) -> Any:
        found, value = both(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return gradient


@restoring
def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """The value of a function, and a function from cotangents of its results to cotangents of its arguments.

    >>> import autograd
    >>> value, pullback = autograd.func.vjp(lambda x: x * x, autograd.tensor([1.0, 2.0]))
    >>> pullback(autograd.tensor([1.0, 10.0]))
    (tensor([ 2., 40.]),)
    """
    call = Call(func, primals, {}, tuple(range(len(primals))), has_aux, "vjp")

    def pullback(*cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> Any:
        given = cotangents[0] if len(cotangents) == 1 else cotangents
        leaves = flatten(given)[0]
        shapes = [tuple(t.shape) for t in leaves]
        if shapes != call.shapes:
            raise GraphError(f"vjp: cotangents have shapes {shapes}, the function's results {call.shapes}; must be equal")
        return call.gradients([seen_from(call.levels, t) for t in leaves])

    value = call.value()
    return (value, pullback, call.released(call.aux)) if has_aux else (value, pullback)


@restoring
def jvp(
    func: Callable[..., Any],
    primals: tuple[Any, ...],
    tangents: tuple[Any, ...],
    *,
    strict: bool = False,
    has_aux: bool = False,
) -> Any:
    """The value of a function, and the derivative of its results along `tangents` (forward mode).

    >>> import autograd
    >>> x = autograd.tensor([1.0, 2.0])
    >>> autograd.func.jvp(lambda x: x * x, (x,), (autograd.ones(2),))
    (tensor([1., 4.]), tensor([2., 4.]))
    """
    if not isinstance(primals, tuple) or not isinstance(tangents, tuple) or len(primals) != len(tangents):
        raise GraphError("jvp: primals and tangents must be tuples of one length: one tangent for each argument")
    given = list(flatten(tangents)[0])
    wanted = [tuple(t.shape) for t in flatten(primals)[0]]
    if [tuple(t.shape) for t in given] != wanted:
        raise GraphError(f"jvp: tangents have shapes {[tuple(t.shape) for t in given]}, primals {wanted}; must be equal")
    call = Call(func, primals, {}, tuple(range(len(primals))), has_aux, "jvp")
    found = Forward(call).push([lower(t) for t in given])
    derivative = call.rebuild(iter([lift(t) for t in found]))
    value = call.value()
    return (value, derivative, call.released(call.aux)) if has_aux else (value, derivative)


@restoring
def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """The value of a function, and its derivative there as a function of tangents, for many of which one run is enough.

    >>> import autograd
    >>> value, derivative = autograd.func.linearize(lambda x: x * x, autograd.tensor([1.0, 2.0]))
    >>> derivative(autograd.tensor([1.0, 0.0])), derivative(autograd.tensor([0.0, 1.0]))
    (tensor([2., 0.]), tensor([0., 4.]))
    """
    call = Call(func, primals, {}, tuple(range(len(primals))), False, "linearize")
    forward, shapes = Forward(call), [tuple(t.shape) for t in flatten(primals)[0]]

    def derivative(*tangents: Any) -> Any:
        given = flatten(tangents)[0]
        if [tuple(t.shape) for t in given] != shapes:
            raise GraphError(
                f"linearize: tangents have shapes {[tuple(t.shape) for t in given]}, primals {shapes}; must be equal"
            )
        found = forward.push([seen_from(call.levels, t) for t in given])
        return call.rebuild(iter([seen_here(call.levels, t) for t in found]))

    return call.value(), derivative
