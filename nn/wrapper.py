"""A module of a function: its settings are the function's parameters after the tensors, with the same defaults."""

from collections.abc import Callable
from inspect import Parameter, Signature
from operator import attrgetter
from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentTypeError

from .module import Module


class Written:
    """`inspect.signature` of classes whose `__init__` takes `*args, **kwargs`: what `parameters` finds for a class."""

    def __init__(self, parameters: Callable[[Any], list[Parameter] | None]) -> None:
        self._parameters = parameters

    def __get__(self, module: Any, cls: Any) -> Signature:
        found = None if module is not None else self._parameters(cls)
        if found is None:
            raise AttributeError("__signature__")  # inspect then reads that of __init__, or for a module that of __call__
        return Signature(found)


def _settings_of(cls: "type[FromFunction]") -> list[Parameter] | None:
    if cls.__init__ is not FromFunction.__init__ or not hasattr(cls, "_function"):
        return None
    kind = Parameter.KEYWORD_ONLY if cls._by_keyword else Parameter.POSITIONAL_OR_KEYWORD
    return [Parameter(name, kind, default=cls._defaults.get(name, Parameter.empty)) for name in cls._settings]


class FromFunction(Module):
    """`class ELU(Activation, of=elu)` takes and stores `alpha` and `inplace`, and calls `elu(input, alpha, inplace)`.

    The parameters without a default are the tensors, unless `tensors` says how many of the first are. A setting named
    `training` is the module's own mode. With `by_keyword` the settings have to be named.
    """

    __signature__: Any = Written(_settings_of)

    _function: Callable[..., Tensor]
    _settings: tuple[str, ...] = ()
    _defaults: dict[str, Any]
    _by_keyword = False

    def __init_subclass__(
        cls, of: Callable[..., Tensor] | None = None, tensors: int | None = None, by_keyword: bool = False, **kwargs: Any
    ) -> None:
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
        cls._by_keyword = by_keyword
        if "forward" not in cls.__dict__:
            cls.forward: Any = _forward(of, parameters[: len(parameters) - len(names)], names)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        given = dict(zip(self._settings, args, strict=False))
        if len(args) > (0 if self._by_keyword else len(self._settings)) or not set(kwargs) <= set(self._settings) - set(given):
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


def _forward(of: Callable[..., Tensor], tensors: tuple[str, ...], names: tuple[str, ...]) -> Callable[..., Tensor]:
    """A `forward` that calls the function with the tensors and the module's attributes of those names."""
    several: Callable[[Any], Any] = attrgetter(*names or ("training",))

    def without_settings(self: Module, *given: Tensor, **named: Tensor) -> Tensor:
        """The function of the tensors."""
        return of(*given, **named)

    def with_setting(self: Module, *given: Tensor, **named: Tensor) -> Tensor:
        """The function of the tensors."""
        return of(*given, several(self)) if not named else by_name(self, given, named)

    def with_settings(self: Module, *given: Tensor, **named: Tensor) -> Tensor:
        """The function of the tensors."""
        return of(*given, *several(self)) if not named else by_name(self, given, named)

    def by_name(self: Module, given: tuple[Tensor, ...], named: dict[str, Tensor]) -> Tensor:
        if set(named) & set(names):
            raise ArgumentTypeError(f"{self._get_name()}: takes {', '.join(tensors)}, got {', '.join(named)}")
        return of(*given, **named, **{name: getattr(self, name) for name in names})

    forward: Any = (without_settings, with_setting, with_settings)[min(len(names), 2)]
    forward.__signature__ = Signature([Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in ("self", *tensors)])
    return forward
