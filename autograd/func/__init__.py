"""Functions of functions: derivatives and vectorisation, composable in any order, under the names of `torch.func`.

>>> import autograd
>>> from autograd.func import grad, vmap
>>> vmap(grad(lambda x: x ** 3))(autograd.tensor([1.0, 2.0]))
tensor([ 3., 12.])
"""

from .jacobians import hessian as hessian, jacfwd as jacfwd, jacrev as jacrev
from .modules import functional_call as functional_call, stack_module_state as stack_module_state
from .transforms import (
    grad as grad,
    grad_and_value as grad_and_value,
    jvp as jvp,
    linearize as linearize,
    value_and_grad as value_and_grad,
    vjp as vjp,
)
from .vmap import vmap as vmap
