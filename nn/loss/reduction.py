"""What all losses share: how elements are combined, when shapes are an error, and their modules."""

import warnings
from typing import Any

from autograd import Tensor
from autograd.errors import ArgumentError

from ..dtypes import check_tensors
from ..errors import MismatchError
from ..wrapper import FromFunction


def reduced(loss: Tensor, reduction: str, op: str) -> Tensor:
    """The elements of a loss as they are, averaged, or summed."""
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    if reduction == "none":
        return loss
    raise ArgumentError(f"{op}: {reduction!r} is not a valid value for reduction; use 'none', 'mean' or 'sum'")


def chosen(size_average: bool | None, reduce: bool | None, reduction: str) -> str:
    """PyTorch's two former arguments as the one that replaced them."""
    if size_average is None and reduce is None:
        return reduction
    found = "none" if reduce is False else "sum" if size_average is False else "mean"
    warnings.warn(f"size_average and reduce args will be deprecated, please use reduction={found!r} instead.", stacklevel=4)
    return found


def check_same(op: str, input: Tensor, target: Tensor) -> None:
    """Raise if the shapes differ: broadcasting (n, 1) with (n,) would silently compare every pair."""
    if not (isinstance(input, Tensor) and isinstance(target, Tensor)):
        check_tensors(op, input=input, target=target)
    if input.shape != target.shape:
        raise MismatchError(
            f"{op}: input has shape {tuple(input.shape)}, target {tuple(target.shape)}; they must be equal: reshape one, "
            "such as target.view_as(input)"
        )


def weighted(loss: Tensor, weight: Tensor | None) -> Tensor:
    """The elements of a loss times a weight that broadcasts to them."""
    return loss if weight is None else loss * weight


class Loss(FromFunction):
    """A loss as a module: the function's settings, `reduction` among them, are given at construction.

    Weights are buffers, so that they move and are saved with the module.

    >>> import autograd, nn
    >>> nn.MSELoss(reduction="sum")(autograd.ones(2), autograd.zeros(2))
    tensor(2.)
    """

    def _set(self, name: str, value: Any) -> None:
        if name in ("weight", "pos_weight"):
            self.register_buffer(name, value)
        else:
            setattr(self, name, value)
