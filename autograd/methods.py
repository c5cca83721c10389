"""How Tensor comes by the methods that compute: from the declarations in `functions`, so both cannot differ."""

from importlib import import_module
from typing import Any

from .functions import BOTH_LATER, METHODS_LATER
from .functions.declare import INPLACE, INPLACE_VIEWS, METHODS
from .inplace import OPERATORS, derived
from .tensor import Tensor


class Later:
    """In the place of a method whose module is imported when the method is first asked for."""

    def __init__(self, name: str, module: str) -> None:
        self.name, self.module = name, module

    def __get__(self, tensor: Any, cls: type) -> Any:
        import_module(self.module, __package__)
        _attach_declared()
        return vars(Tensor)[self.name].__get__(tensor, cls)


def attach() -> None:
    """Give Tensor all methods; called once the functions that are not for later have been imported."""
    _attach_declared()
    for name, module in (BOTH_LATER | METHODS_LATER).items():
        if name not in vars(Tensor):
            setattr(Tensor, name, Later(name, module))
    for operator, name in OPERATORS.items():
        setattr(Tensor, operator, getattr(Tensor, name))


def _attach_declared() -> None:
    for name, call in METHODS.items():
        if _wanted(name):
            setattr(Tensor, name, call)
    for calls, how in ((INPLACE, "_change"), (INPLACE_VIEWS, "_become")):
        for name, call in calls.items():
            if _wanted(name):
                setattr(Tensor, name, derived(name, call, how))


def _wanted(name: str) -> bool:
    there = vars(Tensor).get(name)
    return there is None or type(there) is Later
