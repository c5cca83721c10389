"""Gradient clipping, between backward and the optimizer's step."""

import warnings
from collections.abc import Iterable
from types import GeneratorType
from typing import Any

import autograd
from autograd import Tensor, no_grad
from autograd.errors import GraphError


def _gradients(parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    given = [parameters] if isinstance(parameters, Tensor) else parameters
    return [p.grad for p in given if p.grad is not None]


def get_total_norm(
    tensors: Tensor | Iterable[Tensor], norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Tensor:
    """The norm of all elements of all tensors together; `norm_type` may be infinity.

    >>> import autograd, nn
    >>> nn.utils.get_total_norm([autograd.tensor([3.0]), autograd.tensor([4.0])])
    tensor(5.)
    """
    tensors = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    if not tensors:
        return autograd.zeros(())
    norm_type = float(norm_type)  # 'inf' too
    with no_grad():
        norms = autograd.stack([autograd.norm(t, norm_type) for t in tensors])
        total = autograd.norm(norms, norm_type)
    if error_if_nonfinite and not bool(total.isfinite()):
        raise GraphError(
            f"clip_grad_norm_: the total norm of order {norm_type} for gradients from `parameters` is non-finite, so it "
            "cannot be clipped; find the cause, or set error_if_nonfinite=False"
        )
    return total


def clip_grads_with_norm_(
    parameters: Tensor | Iterable[Tensor], max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Scale the gradients so that a total norm that is already known becomes at most `max_norm`.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.tensor([3.0, 4.0]))
    >>> w.square().sum().backward()
    >>> nn.utils.clip_grads_with_norm_([w], 5.0, autograd.tensor(10.0)); w.grad
    tensor([3.0000, 4.0000])
    """
    with no_grad():
        scale = (max_norm / (total_norm + 1e-6)).clamp(max=1.0)
        for g in _gradients(parameters):
            g.mul_(scale)


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale all gradients alike so that their total norm is at most `max_norm`; returns the norm before.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.tensor([3.0, 4.0]))
    >>> w.square().sum().backward()
    >>> nn.utils.clip_grad_norm_([w], 1.0), w.grad
    (tensor(10.), tensor([0.6000, 0.8000]))
    """
    if not isinstance(parameters, Tensor):
        used_up = isinstance(parameters, GeneratorType)
        parameters = list(parameters)
        if used_up and not parameters:
            warnings.warn(
                "`parameters` is an empty generator, no gradient clipping will occur: give a list, or call parameters() again",
                stacklevel=2,
            )
    total = get_total_norm(_gradients(parameters), norm_type, error_if_nonfinite)
    clip_grads_with_norm_(parameters, max_norm, total)
    return total


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: bool | None = None) -> None:
    """Limit every element of every gradient to +-clip_value.

    >>> import autograd, nn
    >>> w = nn.Parameter(autograd.tensor([3.0, 0.1]))
    >>> w.square().sum().backward()
    >>> nn.utils.clip_grad_value_([w], 1.0); w.grad
    tensor([1.0000, 0.2000])
    """
    with no_grad():
        for g in _gradients(parameters):
            g.clamp_(-float(clip_value), float(clip_value))


def clip_grad_norm(*args: Any, **kwargs: Any) -> Tensor:
    """`clip_grad_norm_` under its older name; warns, as in PyTorch."""
    warnings.warn(
        "`torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`.",
        FutureWarning,
        stacklevel=2,
    )
    return clip_grad_norm_(*args, **kwargs)
