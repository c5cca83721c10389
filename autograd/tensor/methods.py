"""How Tensor comes by the methods that compute: from the declarations in `functions`, so both cannot differ."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from ..core.inplace import OPERATORS, derived
from ..functions import BOTH_LATER, METHODS_LATER
from ..functions.declare import INPLACE, INPLACE_VIEWS, METHODS
from .tensor import Tensor


def attach() -> None:
    """Give Tensor its methods; called once all functions are imported that are not for later."""
    for name in (*METHODS, *INPLACE, *INPLACE_VIEWS):
        setattr(Tensor, name, _declared(name))
    for name, module in (BOTH_LATER | METHODS_LATER).items():
        if name not in vars(Tensor):
            setattr(Tensor, name, _Later(name, module))
    for operator, name in OPERATORS.items():
        setattr(Tensor, operator, getattr(Tensor, name))


class _Later:
    """In the place of a method whose module is imported when the method is first asked for."""

    def __init__(self, name: str, module: str) -> None:
        self.name, self.module = name, module

    def __get__(self, tensor: Any, cls: type[Any]) -> Any:
        import_module(self.module, "autograd")
        method = _declared(self.name)
        setattr(Tensor, self.name, method)
        return method.__get__(tensor, cls)


def _declared(name: str) -> Callable[..., Any]:
    if name in METHODS:
        return METHODS[name]
    return derived(name, INPLACE[name]) if name in INPLACE else derived(name, INPLACE_VIEWS[name], "_become")
