"""Linear maps: y = x W^T + b, its bilinear form, and the modules that only pass or reshape."""

import math
from typing import Any

from autograd import Tensor, linear as _affine, linear_map, zeros
from autograd.core.half import in_single
from autograd.errors import ArgumentError, ArgumentTypeError, DtypeError, ShapeError

from . import init
from .dtypes import check_tensors
from .module import Module
from .parameter import Parameter


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input @ weight.T + bias: `input` is (..., in), `weight` (out, in) or (in,), `bias` (out,); the result (..., out).

    Raises ShapeError if the last dimensions differ, DtypeError if the dtypes do.

    >>> import autograd, nn.functional as F
    >>> F.linear(autograd.tensor([1.0, 2.0]), autograd.tensor([[3.0, 4.0]]), autograd.tensor([0.5]))
    tensor([11.5000])
    """
    try:
        if weight.ndim == 2:
            return linear_map(input, weight) if bias is None else _affine(input, weight, bias)
        if weight.ndim != 1 or (bias is not None and bias.ndim):
            raise ShapeError("linear: the weight is neither (out, in) nor, with a bias without dimensions, (in,)")
        return input @ weight if bias is None else input @ weight + bias
    except (TypeError, DtypeError) as error:
        raise _mismatch_of_types(input, weight, error) from None
    except (ValueError, ShapeError):
        raise _mismatch(input, weight, bias) from None
    except AttributeError:
        raise _mismatch_of_types(input, weight, ArgumentTypeError(_NO_TENSOR.format("weight", 2, weight))) from None


_NO_TENSOR = "linear(): argument {!r} (position {}) must be Tensor, not {.__class__.__name__}; make one with tensor(...)"


def _mismatch_of_types(input: Tensor, weight: Tensor, error: Exception) -> Exception:
    if not isinstance(input, Tensor):
        return ArgumentTypeError(_NO_TENSOR.format("input", 1, input))
    if not isinstance(weight, Tensor) or input.dtype == weight.dtype:
        return error
    return DtypeError(
        f"linear: input has dtype {input.dtype}, weight {weight.dtype}; they must have the same dtype: "
        "convert the input (x.to(weight.dtype)) or the module (module.to(x.dtype))"
    )


def _mismatch(input: Tensor, weight: Tensor, bias: Tensor | None) -> ShapeError:
    shapes = f"input has shape {tuple(input.shape)}, weight {tuple(weight.shape)}"
    if weight.ndim not in (1, 2) or (weight.ndim == 1 and bias is not None and bias.ndim):
        return ShapeError(f"linear: {shapes}: the weight must be (out, in), or (in,) without a bias")
    if not input.ndim or input.shape[-1] != weight.shape[-1]:
        wanted = weight.shape[-1]
        return ShapeError(f"linear: {shapes}: the input's last dimension must be the weight's second, {wanted}")
    given = None if bias is None else tuple(bias.shape)
    return ShapeError(f"linear: {shapes}, bias {given}: the bias must have the shape ({weight.shape[0]},)")


@in_single
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """y_k = input1^T W_k input2 + b_k: (..., in1) and (..., in2) with weight (out, in1, in2) give (..., out).

    >>> import autograd, nn.functional as F
    >>> F.bilinear(autograd.tensor([2.0]), autograd.tensor([3.0]), autograd.tensor([[[1.0]], [[10.0]]]))
    tensor([ 6., 60.])
    """
    check_tensors("bilinear", input1=input1, input2=input2, weight=weight, optional={"bias": bias})
    if weight.ndim != 3:
        raise ShapeError(f"bilinear: weight must be (out, in1, in2), got shape {tuple(weight.shape)}")
    out, in1, in2 = weight.shape
    if input1.shape[:-1] != input2.shape[:-1] or (input1.shape[-1], input2.shape[-1]) != (in1, in2):
        raise ShapeError(
            f"bilinear: input1 has shape {tuple(input1.shape)}, input2 {tuple(input2.shape)}, weight {tuple(weight.shape)}: "
            f"the inputs must be alike but for the last dimension, which must be {in1} and {in2}"
        )
    for name, other in ("input2", input2), ("weight", weight), ("bias", bias):
        if other is not None and other.dtype != input1.dtype:
            raise DtypeError(
                f"bilinear: input1 has dtype {input1.dtype}, {name} {other.dtype}; all tensors must have the same dtype"
            )
    if bias is not None and tuple(bias.shape) != (out,):
        raise ShapeError(f"bilinear: bias has shape {tuple(bias.shape)}; it must be ({out},), as the weight has {out} matrices")
    # x1 W as one product of (..., in1) with (in1, out * in2), then the inner product with x2.
    left = (input1 @ weight.permute(1, 0, 2).reshape(in1, out * in2)).reshape(*input1.shape[:-1], out, in2)
    result = (left @ input2.unsqueeze(-1)).squeeze(-1)
    return result if bias is None else result + bias


class Identity(Module):
    """Returns its input; takes and ignores any arguments.

    >>> import autograd, nn
    >>> nn.Identity()(autograd.ones(2))
    tensor([1., 1.])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        """The input."""
        return input


class Linear(Module):
    """y = x W^T + b, with weight (out_features, in_features) and bias (out_features,).

    Both start uniform in +-1/sqrt(in_features), as in PyTorch.

    >>> import autograd, nn
    >>> nn.Linear(4, 2)(autograd.ones(3, 4)).shape
    torch.Size([3, 2])
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(self, in_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(zeros(out_features, in_features, dtype=dtype, device=device))
        self.register_parameter("bias", Parameter(zeros(out_features, dtype=dtype, device=device)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the initial values again."""
        if self.weight.numel():
            init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        """(..., in_features) to (..., out_features)."""
        return linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        """The settings."""
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Bilinear(Module):
    """y = x1^T A x2 + b, with weight (out_features, in1_features, in2_features).

    >>> import autograd, nn
    >>> nn.Bilinear(4, 5, 2)(autograd.ones(3, 4), autograd.ones(3, 5)).shape
    torch.Size([3, 2])
    """

    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if in1_features <= 0:
            raise ArgumentError(f"Bilinear: in1_features must be > 0, but got {in1_features}")
        self.in1_features = in1_features
        self.in2_features = in2_features
        self.out_features = out_features
        self.weight = Parameter(zeros(out_features, in1_features, in2_features, dtype=dtype, device=device))
        self.register_parameter("bias", Parameter(zeros(out_features, dtype=dtype, device=device)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the initial values again."""
        bound = 1 / math.sqrt(self.in1_features)
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        """(..., in1_features) and (..., in2_features) to (..., out_features)."""
        return bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        """The settings."""
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, "
            f"out_features={self.out_features}, bias={self.bias is not None}"
        )


class Flatten(Module):
    """Joins dimensions start_dim to end_dim into one; by default all but the first.

    >>> import autograd, nn
    >>> nn.Flatten()(autograd.ones(2, 3, 4)).shape
    torch.Size([2, 12])
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Tensor) -> Tensor:
        """The same elements with fewer dimensions."""
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        """The settings."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Module):
    """Splits dimension `dim` into `unflattened_size`.

    >>> import autograd, nn
    >>> nn.Unflatten(1, (3, 4))(autograd.ones(2, 12)).shape
    torch.Size([2, 3, 4])
    """

    def __init__(self, dim: int, unflattened_size: Any) -> None:
        super().__init__()
        self.dim = dim
        self.unflattened_size = unflattened_size

    def forward(self, input: Tensor) -> Tensor:
        """The same elements with more dimensions."""
        return input.unflatten(self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        """The settings."""
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
