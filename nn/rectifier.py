"""Piecewise linear activations: ReLU, its leaky forms, and the hard (clipped) versions of the smooth ones.

At a kink the gradient is PyTorch's: each function says by `>` or `>=` to which piece the kink belongs.
"""

import warnings
from functools import partial
from typing import Any

import autograd
from autograd import Tensor
from autograd.errors import ArgumentError, ShapeError

from .activation import Activation, over
from .dtypes import as_element_of, check_floating, check_no_mask
from .errors import SettingError
from .module import Module
from .parameter import Parameter


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(x, 0); the gradient at 0 is 0.

    >>> import autograd, nn.functional as F
    >>> F.relu(autograd.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    check_no_mask("relu", input)
    return input.relu_() if inplace else autograd.relu(input)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """x where x > 0, else negative_slope * x (Maas et al., 2013).

    >>> import autograd, nn.functional as F
    >>> F.leaky_relu(autograd.tensor([-1.0, 2.0]), 0.1)
    tensor([-0.1000,  2.0000])
    """
    check_floating("leaky_relu", input)
    if inplace:
        return over(input, leaky_relu, negative_slope)
    return autograd.where(input > 0, input, input * negative_slope)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """leaky_relu whose slope is learned: `weight` has one element, or one for each channel (dim 1) (He et al., 2015).

    >>> import autograd, nn.functional as F
    >>> F.prelu(autograd.tensor([[-1.0, -1.0]]), autograd.tensor([0.5, 2.0]))
    tensor([[-0.5000, -2.0000]])
    """
    check_floating("prelu", input, weight=weight)
    if weight.ndim > 1:
        raise ShapeError(f"prelu: weight has shape {tuple(weight.shape)}; it must be a scalar or a vector")
    if weight.numel() != 1:
        channels = input.shape[1] if input.ndim > 1 else 1
        if weight.ndim != 1 or weight.shape[0] != channels:
            raise ShapeError(
                f"prelu: weight has shape {tuple(weight.shape)}, input {tuple(input.shape)}: the weight must have one "
                f"element or one for each of the input's {channels} channels"
            )
        weight = weight.reshape(-1, *(1,) * (input.ndim - 2))
    elif weight.ndim > input.ndim:
        weight = weight.reshape(())
    return autograd.where(input > 0, input, input * weight)


def rrelu(input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, inplace: bool = False) -> Tensor:
    """leaky_relu whose slope is drawn from [lower, upper) for each element in training, and their middle otherwise
    (Xu et al., 2015).

    >>> import autograd, nn.functional as F
    >>> F.rrelu(autograd.tensor([-1.0, 2.0]), 0.2, 0.4)
    tensor([-0.3000,  2.0000])
    """
    check_floating("rrelu", input)
    if lower > upper:
        raise SettingError(f"rrelu: lower bound should be less than or equal to the upper bound, got {lower} and {upper}")
    if inplace:
        return over(input, rrelu, lower, upper, training)
    if not training:
        return leaky_relu(input, (lower + upper) / 2)
    slope = autograd.empty_like(input, requires_grad=False).uniform_(lower, upper)
    return autograd.where(input > 0, input, input * slope)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """x where x > threshold, else value.

    >>> import autograd, nn.functional as F
    >>> F.threshold(autograd.tensor([1.0, 2.0]), 1.0, -5.0)
    tensor([-5.,  2.])
    """
    check_no_mask("threshold", input)
    if inplace:
        return over(input, globals()["threshold"], threshold, value)
    threshold, value = as_element_of(input, threshold), as_element_of(input, value)
    return autograd.where(input <= threshold, value, input)  # so that NaN stays NaN


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """x limited to [min_val, max_val]; unlike `clamp`, a value on the limit has no gradient.

    >>> import autograd, nn.functional as F
    >>> F.hardtanh(autograd.tensor([-2.0, 0.5, 2.0]))
    tensor([-1.0000,  0.5000,  1.0000])
    """
    check_no_mask("hardtanh", input)
    if input.dtype.kind == "u" and min_val < 0:
        raise SettingError(f"hardtanh: cannot limit dtype {input.dtype} by negative numbers, got {min_val} and {max_val}")
    if min_val > max_val:
        raise ArgumentError(f"hardtanh: min_val cannot be greater than max_val, got {min_val} and {max_val}")
    if inplace:
        return over(input, hardtanh, min_val, max_val)
    min_val, max_val = as_element_of(input, min_val), as_element_of(input, max_val)
    return autograd.where(input <= min_val, min_val, autograd.where(input >= max_val, max_val, input))


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """x limited to [0, 6].

    >>> import autograd, nn.functional as F
    >>> F.relu6(autograd.tensor([-1.0, 2.0, 7.0]))
    tensor([0., 2., 6.])
    """
    return hardtanh(input, 0.0, 6.0, inplace)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """x / 6 + 1/2 limited to [0, 1].

    >>> import autograd, nn.functional as F
    >>> F.hardsigmoid(autograd.tensor([-4.0, 0.0, 4.0]))
    tensor([0.0000, 0.5000, 1.0000])
    """
    check_floating("hardsigmoid", input)
    return over(input, hardsigmoid) if inplace else hardtanh(input, -3.0, 3.0) / 6 + 0.5


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """x hardsigmoid(x) (Howard et al., 2019).

    >>> import autograd, nn.functional as F
    >>> F.hardswish(autograd.tensor([-4.0, 3.0, 6.0]))
    tensor([-0.,  3.,  6.])
    """
    check_floating("hardswish", input)
    if inplace:
        return over(input, hardswish)
    inside = input * (input / 6 + 0.5)
    return autograd.where(input <= -3, input * 0, autograd.where(input >= 3, input, inside))


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x where |x| > lambd, else 0.

    >>> import autograd, nn.functional as F
    >>> F.hardshrink(autograd.tensor([-0.6, 0.5]))
    tensor([-0.6000,  0.0000])
    """
    check_floating("hardshrink", input)
    return autograd.where(input.abs() <= lambd, 0.0, input)


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x moved towards 0 by lambd, and 0 where |x| <= lambd.

    >>> import autograd, nn.functional as F
    >>> F.softshrink(autograd.tensor([-1.5, 0.5]))
    tensor([-1.,  0.])
    """
    check_floating("softshrink", input)
    if lambd < 0:
        raise SettingError(f"softshrink: lambd must be greater or equal to 0, but found to be {lambd}")
    return hardshrink(input, lambd) - autograd.where(input.abs() <= lambd, 0.0, input.detach().sign() * lambd)


relu_: partial[Tensor] = partial(relu, inplace=True)
leaky_relu_: partial[Tensor] = partial(leaky_relu, inplace=True)
rrelu_: partial[Tensor] = partial(rrelu, inplace=True)
threshold_: partial[Tensor] = partial(threshold, inplace=True)
hardtanh_: partial[Tensor] = partial(hardtanh, inplace=True)


class ReLU(Activation, of=relu):
    """`functional.relu` as a module.

    >>> import nn
    >>> nn.ReLU(inplace=True)
    ReLU(inplace=True)
    """


class LeakyReLU(Activation, of=leaky_relu):
    """`functional.leaky_relu` as a module.

    >>> import nn
    >>> nn.LeakyReLU(0.2)
    LeakyReLU(negative_slope=0.2)
    """


class PReLU(Module):
    """`functional.prelu` with the slopes as parameters: one, or one for each channel.

    >>> import autograd, nn
    >>> nn.PReLU()(autograd.tensor([-1.0, 1.0])).tolist()
    [-0.25, 1.0]
    """

    weight: Parameter

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = Parameter(autograd.full((num_parameters,), init, dtype=dtype, device=device))

    def reset_parameters(self) -> None:
        """Set the slopes to their initial value again."""
        with autograd.no_grad():
            self.weight.fill_(self.init)

    def forward(self, input: Tensor) -> Tensor:
        """The same shape as the input."""
        return prelu(input, self.weight)

    def extra_repr(self) -> str:
        """The settings."""
        return f"num_parameters={self.num_parameters}"


class RReLU(Activation, of=rrelu):
    """`functional.rrelu` as a module; slopes are random in training mode.

    >>> import nn
    >>> nn.RReLU(0.1, 0.3)
    RReLU(lower=0.1, upper=0.3)
    """


class Threshold(Activation, of=threshold, tensors=1):
    """`functional.threshold` as a module.

    >>> import nn
    >>> nn.Threshold(0.1, 20)
    Threshold(threshold=0.1, value=20)
    """


class Hardtanh(Activation, of=hardtanh):
    """`functional.hardtanh` as a module.

    >>> import nn
    >>> nn.Hardtanh(-2.0, 2.0)
    Hardtanh(min_val=-2.0, max_val=2.0)
    """

    min_val: float
    max_val: float

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: float | None = None,
        max_value: float | None = None,
    ) -> None:
        for older, name in ((min_value, "min_val"), (max_value, "max_val")):
            if older is not None:
                warnings.warn(f"Hardtanh: `{name}ue` is deprecated and renamed to `{name}`", FutureWarning, stacklevel=2)
        super().__init__(min_val if min_value is None else min_value, max_val if max_value is None else max_value, inplace)
        if self.max_val <= self.min_val:
            raise SettingError(f"Hardtanh: max_val ({self.max_val}) must be greater than min_val ({self.min_val})")


class ReLU6(Activation, of=relu6):
    """`functional.relu6` as a module.

    >>> import nn
    >>> nn.ReLU6()
    ReLU6()
    """


class Hardsigmoid(Activation, of=hardsigmoid):
    """`functional.hardsigmoid` as a module.

    >>> import nn
    >>> nn.Hardsigmoid()
    Hardsigmoid()
    """

    def extra_repr(self) -> str:
        """Nothing, as in PyTorch."""
        return ""


class Hardswish(Activation, of=hardswish):
    """`functional.hardswish` as a module.

    >>> import nn
    >>> nn.Hardswish()
    Hardswish()
    """

    def extra_repr(self) -> str:
        """Nothing, as in PyTorch."""
        return ""


class Hardshrink(Activation, of=hardshrink):
    """`functional.hardshrink` as a module.

    >>> import nn
    >>> nn.Hardshrink()
    Hardshrink(0.5)
    """

    def extra_repr(self) -> str:
        """The setting, without its name as PyTorch prints it."""
        return f"{self.lambd}"


class Softshrink(Activation, of=softshrink):
    """`functional.softshrink` as a module.

    >>> import nn
    >>> nn.Softshrink()
    Softshrink(0.5)
    """

    def extra_repr(self) -> str:
        """The setting, without its name as PyTorch prints it."""
        return f"{self.lambd}"
