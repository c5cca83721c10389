"""weight_norm and spectral_norm under their former names and state-dict keys (`weight_g`, `weight_v`, `weight_orig`).

A hook before `forward` computes the weight. New programs use `nn.utils.parametrizations`.
"""

from typing import Any

from autograd import Tensor, no_grad
from autograd.errors import ArgumentError

from .. import functional as F
from ..module import Module
from ..parameter import Parameter
from .parametrizations import norm_except


class _Computes:
    """A forward pre-hook that computes the attribute `name` from parameters of the module."""

    name: str

    def compute(self, module: Any) -> Tensor:
        raise NotImplementedError

    def __call__(self, module: Any, inputs: Any) -> None:
        setattr(module, self.name, self.compute(module))


def _find(module: Module, name: str, kind: type[Any]) -> tuple[int, Any] | None:
    for key, hook in (module._hooks or {}).items():
        call: Any = hook.call
        if isinstance(call, kind) and call.name == name:
            return key, call
    return None


def _install(module: Module, hook: _Computes, op: str) -> None:
    if _find(module, hook.name, type(hook)):
        raise ArgumentError(f"{op}: cannot register two {op} hooks on the same parameter {hook.name}")
    module.register_forward_pre_hook(hook)


def _remove(module: Module, name: str, kind: type[Any], op: str, suffixes: tuple[str, ...]) -> Module:
    found = _find(module, name, kind)
    if found is None:
        raise ArgumentError(f"{op}: {op.removeprefix('remove_')} of {name!r} not found in {module}")
    key, hook = found
    with no_grad():
        weight = hook.compute(module)
    for suffix in suffixes:
        delattr(module, name + suffix)
    delattr(module, name)
    module.register_parameter(name, Parameter(weight.detach()))
    assert module._hooks is not None
    del module._hooks[key]
    return module


class _WeightNorm(_Computes):
    def __init__(self, name: str, dim: int | None) -> None:
        self.name, self.dim = name, dim

    def compute(self, module: Any) -> Tensor:
        g, v = getattr(module, f"{self.name}_g"), getattr(module, f"{self.name}_v")
        return v * (g / norm_except(v, self.dim))


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """weight = g v / |v| with parameters `weight_g` and `weight_v` (Salimans and Kingma, 2016).

    >>> import nn
    >>> [name for name, _ in nn.utils.weight_norm(nn.Linear(3, 2)).named_parameters()]
    ['bias', 'weight_g', 'weight_v']
    """
    hook = _WeightNorm(name, dim)
    _install(module, hook, "weight_norm")
    weight = getattr(module, name)
    delattr(module, name)
    with no_grad():
        module.register_parameter(f"{name}_g", Parameter(norm_except(weight, dim).detach()))
    module.register_parameter(f"{name}_v", Parameter(weight.detach()))
    hook(module, ())
    return module


def remove_weight_norm(module: Module, name: str = "weight") -> Module:
    """Make the weight an ordinary parameter again, with its present value.

    >>> import nn
    >>> [name for name, _ in nn.utils.remove_weight_norm(nn.utils.weight_norm(nn.Linear(3, 2))).named_parameters()]
    ['bias', 'weight']
    """
    return _remove(module, name, _WeightNorm, "remove_weight_norm", ("_g", "_v"))


class _SpectralNorm(_Computes):
    def __init__(self, name: str, n_power_iterations: int, dim: int, eps: float) -> None:
        self.name, self.n_power_iterations, self.dim, self.eps = name, n_power_iterations, dim, eps

    def matrix(self, weight: Tensor) -> Tensor:
        return weight.movedim(self.dim, 0).flatten(1)

    def compute(self, module: Any, iterate: bool = False) -> Tensor:
        weight = getattr(module, f"{self.name}_orig")
        u, v = getattr(module, f"{self.name}_u"), getattr(module, f"{self.name}_v")
        matrix = self.matrix(weight)
        if iterate:
            with no_grad():
                fixed = matrix.detach()
                for _ in range(self.n_power_iterations):
                    v.copy_(F.normalize(fixed.T @ u, dim=0, eps=self.eps))
                    u.copy_(F.normalize(fixed @ v, dim=0, eps=self.eps))
        return weight / (u.clone() @ (matrix @ v.clone()))

    def __call__(self, module: Any, inputs: Any) -> None:
        setattr(module, self.name, self.compute(module, iterate=module.training))


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """weight / sigma with parameter `weight_orig` and buffers `weight_u` and `weight_v` (Miyato et al., 2018).

    >>> import nn
    >>> list(nn.utils.spectral_norm(nn.Linear(3, 2)).state_dict())
    ['bias', 'weight_orig', 'weight_u', 'weight_v']
    """
    if dim is None:
        dim = 1 if type(module).__name__.startswith("ConvTranspose") else 0
    if n_power_iterations <= 0:
        raise ArgumentError(f"spectral_norm: n_power_iterations must be positive, got {n_power_iterations}")
    hook = _SpectralNorm(name, n_power_iterations, dim, eps)
    _install(module, hook, "spectral_norm")
    weight = getattr(module, name)
    delattr(module, name)
    module.register_parameter(f"{name}_orig", weight)
    setattr(module, name, weight.detach())
    with no_grad():
        matrix = hook.matrix(weight.detach())
        for suffix, size in zip(("_u", "_v"), matrix.shape, strict=True):
            module.register_buffer(name + suffix, F.normalize(matrix.new_empty(size).normal_(), dim=0, eps=eps))
    return module


def remove_spectral_norm(module: Module, name: str = "weight") -> Module:
    """Make the weight an ordinary parameter again, with its present value.

    >>> import nn
    >>> [name for name, _ in nn.utils.remove_spectral_norm(nn.utils.spectral_norm(nn.Linear(3, 2))).named_parameters()]
    ['bias', 'weight']
    """
    return _remove(module, name, _SpectralNorm, "remove_spectral_norm", ("_orig", "_u", "_v"))
