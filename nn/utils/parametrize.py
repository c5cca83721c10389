"""Parametrizations: an attribute of a module that is computed from other parameters each time that it is read.

`register_parametrization(module, "weight", f)` moves the weight into `module.parametrizations.weight.original` and makes
`module.weight` the value of f at it. The module's class becomes a subclass of it which has `weight` as a property.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from autograd import Tensor, no_grad
from autograd.errors import ArgumentError, DtypeError, ShapeError

from ..containers import ModuleDict, ModuleList
from ..module import Module
from ..parameter import Parameter

_cache: ContextVar[dict[Any, Any] | None] = ContextVar("parametrizations", default=None)


class ParametrizationList(ModuleList):
    """The parametrizations of one attribute, applied in order, and the parameters that they start from."""

    def __init__(self, modules: Iterable[Module], original: Tensor) -> None:
        super().__init__(modules)
        with no_grad():
            start: Any = original
            for module in reversed(list(self)):
                if hasattr(module, "right_inverse"):
                    start = module.right_inverse(start)
        self.is_tensor: bool = isinstance(start, Tensor)
        trained = isinstance(original, Parameter)
        for name, tensor in zip(self._names(1 if self.is_tensor else len(start)), self._listed(start), strict=True):
            tensor = tensor.detach()
            if trained:
                self.register_parameter(name, Parameter(tensor, requires_grad=original.requires_grad))
            else:
                self.register_buffer(name, tensor)
        self.ntensors: int = 1 if self.is_tensor else len(start)

    def _names(self, count: int) -> list[str]:
        return ["original"] if self.is_tensor else [f"original{k}" for k in range(count)]

    def _listed(self, value: Any) -> list[Tensor]:
        return [value] if self.is_tensor else list(value)

    def forward(self) -> Tensor:
        """The attribute's value."""
        first, *others = self
        value = first(*(getattr(self, name) for name in self._names(self.ntensors)))
        for module in others:
            value = module(value)
        return value

    def right_inverse(self, value: Tensor) -> None:
        """Set the originals so that the attribute becomes `value`."""
        with no_grad():
            start: Any = value
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise ArgumentError(
                        f"parametrization {type(module).__name__} does not implement right_inverse, so the attribute "
                        "cannot be assigned"
                    )
                start = module.right_inverse(start)
            for name, tensor in zip(self._names(self.ntensors), self._listed(start), strict=True):
                getattr(self, name).data = tensor.detach()


@contextmanager
def cached() -> Iterator[None]:
    """Within this context a parametrized attribute is computed once and then remembered.

    >>> import nn
    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(3, 2))
    >>> with nn.utils.parametrize.cached():
    ...     layer.weight is layer.weight
    True
    """
    token = _cache.set({})
    try:
        yield
    finally:
        _cache.reset(token)


def _property(name: str) -> property:
    def get(self: Any) -> Tensor:
        parametrization = self.parametrizations[name]
        known = _cache.get()
        if known is None:
            return parametrization()
        if parametrization not in known:
            known[parametrization] = parametrization()
        return known[parametrization]

    def set(self: Any, value: Tensor) -> None:
        self.parametrizations[name].right_inverse(value)

    return property(get, set)


@cache
def _parametrized(base: type[Any], names: tuple[str, ...]) -> type[Any]:
    """The class of modules of class `base` with properties of those names."""
    return type(f"Parametrized{base.__name__}", (base,), {**{n: _property(n) for n in names}, "__module__": base.__module__})


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether a module has a parametrization (of that attribute).

    >>> import nn
    >>> nn.utils.parametrize.is_parametrized(nn.utils.parametrizations.weight_norm(nn.Linear(3, 2)))
    True
    """
    found = module.__dict__.get("parametrizations")
    return bool(found) if tensor_name is None else found is not None and tensor_name in found


def register_parametrization(module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False) -> Module:
    """Make an attribute of `module` a function of a parameter; returns the module.

    With `right_inverse` the parametrization says how to start so that the attribute keeps its value. Unless `unsafe`,
    it must keep shape and dtype.

    >>> import autograd, nn
    >>> class Symmetric(nn.Module):
    ...     def forward(self, x):
    ...         return x.triu() + x.triu(1).T
    >>> layer = nn.utils.parametrize.register_parametrization(nn.Linear(3, 3), "weight", Symmetric())
    >>> autograd.equal(layer.weight, layer.weight.T)
    True
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        chain: Any = module.parametrizations[tensor_name]  # type: ignore[attr-defined]
        if not unsafe:
            _check_kept(parametrization, getattr(module, tensor_name))
        value = getattr(module, tensor_name).detach()
        chain.append(parametrization)
        if all(hasattr(m, "right_inverse") for m in chain):
            chain.right_inverse(value)
        return module
    if tensor_name not in (*module._parameters, *module._buffers):
        raise ArgumentError(
            f"register_parametrization: {type(module).__name__} does not have a parameter, a buffer, or a parametrized "
            f"element with name {tensor_name!r}"
        )
    original = getattr(module, tensor_name)
    chain = ParametrizationList([parametrization], original)
    value = chain()
    if not unsafe:
        _check_same(parametrization, original, value)
    delattr(module, tensor_name)
    if is_parametrized(module):
        base = type(module).__bases__[0]
    else:
        base = type(module)
        module.parametrizations = ModuleDict()
    chains: Any = module.parametrizations
    chains[tensor_name] = chain
    module.__class__ = _parametrized(base, tuple(chains))
    return module


def _check_kept(parametrization: Module, value: Tensor) -> None:
    with no_grad():
        _check_same(parametrization, value, parametrization(value))


def _check_same(parametrization: Module, before: Tensor, after: Tensor) -> None:
    name = type(parametrization).__name__
    if before.shape != after.shape:
        raise ShapeError(
            f"register_parametrization: {name} maps shape {tuple(before.shape)} to {tuple(after.shape)}; it must keep the "
            "shape, or be registered with unsafe=True"
        )
    if before.dtype != after.dtype:
        raise DtypeError(
            f"register_parametrization: {name} maps dtype {before.dtype} to {after.dtype}; it must keep it, or be "
            "registered with unsafe=True"
        )


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Module:
    """Make the attribute an ordinary parameter again: with its present value, or with the original's.

    >>> import nn
    >>> layer = nn.utils.parametrizations.weight_norm(nn.Linear(3, 2))
    >>> [name for name, _ in nn.utils.parametrize.remove_parametrizations(layer, "weight").named_parameters()]
    ['bias', 'weight']
    """
    if not is_parametrized(module, tensor_name):
        raise ArgumentError(
            f"remove_parametrizations: module {type(module).__name__} does not have a parametrization on {tensor_name}"
        )
    chains: Any = module.parametrizations
    chain = chains[tensor_name]
    if not leave_parametrized and not chain.is_tensor:
        raise ArgumentError(
            "remove_parametrizations: leaving unparametrized (leave_parametrized=False) a tensor that is parametrized in "
            "terms of a sequence of tensors is not possible"
        )
    with no_grad():
        value = chain() if leave_parametrized else chain.original
    originals = list(chain.parameters(recurse=False))
    base = type(module).__bases__[0]
    del chains[tensor_name]
    module.__class__ = _parametrized(base, tuple(chains)) if chains else base
    if not chains:
        del module.parametrizations
    if originals:
        module.register_parameter(tensor_name, Parameter(value.detach(), requires_grad=originals[0].requires_grad))
    else:
        module.register_buffer(tensor_name, value.detach())
    return module
