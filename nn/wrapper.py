"""A module of a function: its settings are the function's parameters after the tensors, with the same defaults."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentTypeError

from .module import Module


class FromFunction(Module):
    """`class ELU(Activation, of=elu)` takes and stores `alpha` and `inplace`, and calls `elu(input, alpha, inplace)`.

    The parameters without a default are the tensors, unless `tensors` says how many of the first are. A setting named
    `training` is the module's own mode.
    """

    _function: Callable[..., Tensor]
    _settings: tuple[str, ...] = ()
    _defaults: dict[str, Any]

    def __init_subclass__(cls, of: Callable[..., Tensor] | None = None, tensors: int | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if of is None:
            return
        plain: Any = getattr(of, "__wrapped__", of)
        parameters = plain.__code__.co_varnames[: plain.__code__.co_argcount]
        defaults = plain.__defaults__ or ()
        cls._function = staticmethod(of)
        cls._defaults = dict(zip(reversed(parameters), reversed(defaults), strict=False))
        names = parameters[len(parameters) - len(defaults) if tensors is None else tensors :]
        cls._settings = tuple(name for name in names if name != "training")
        if "forward" not in cls.__dict__:
            cls.forward: Any = _forward(of, names)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        given = dict(zip(self._settings, args, strict=False))
        if len(args) > len(self._settings) or not set(kwargs) <= set(self._settings) - set(given):
            raise ArgumentTypeError(
                f"{self._get_name()}: got {len(args)} positional arguments and {sorted(kwargs)}; "
                f"it takes {', '.join(self._settings) or 'none'}"
            )
        values = {**self._defaults, **given, **kwargs}
        for name in self._settings:
            if name not in values:
                raise ArgumentTypeError(f"{self._get_name()}: missing the required argument {name!r}")
            self._set(name, values[name])

    def _set(self, name: str, value: Any) -> None:
        setattr(self, name, value)


def _forward(of: Callable[..., Tensor], names: tuple[str, ...]) -> Callable[..., Tensor]:
    """A `forward` that calls the function with the tensors and the module's attributes of those names."""
    several: Callable[[Any], Any] = attrgetter(*names or ("training",))

    def without_settings(self: Module, *tensors: Tensor) -> Tensor:
        """The function of the tensors."""
        return of(*tensors)

    def with_setting(self: Module, *tensors: Tensor) -> Tensor:
        """The function of the tensors."""
        return of(*tensors, several(self))

    def with_settings(self: Module, *tensors: Tensor) -> Tensor:
        """The function of the tensors."""
        return of(*tensors, *several(self))

    return (without_settings, with_setting, with_settings)[min(len(names), 2)]
