"""Padding: elements put around a tensor: a constant, or the tensor's own, mirrored, repeated or wrapped around."""

from collections.abc import Callable
from typing import Any

from autograd import Tensor, cat
from autograd.errors import ArgumentError, ArgumentTypeError, ShapeError
from autograd.ops.index import put

from .dtypes import check_tensors
from .errors import UnsupportedError
from .module import Module
from .sizes import per_dim


def pad(input: Tensor, pad: Any, mode: str = "constant", value: float | None = None) -> Tensor:
    """`input` with elements added (or, where `pad` is negative and the mode constant, removed) at both ends of dimensions.

    `pad` is (before, after) of the last dimension, then of the one before it, and so on. `mode` is "constant" (of
    `value`, 0 by default), "reflect" (mirrored, without repeating the edge), "replicate" (the edge) or "circular"; the
    last three pad the last 1 to 3 dimensions of an input that has a channel dimension before them.

    >>> import autograd, nn.functional as F
    >>> F.pad(autograd.tensor([[1.0, 2.0, 3.0]]), (2, 1), mode="reflect")
    tensor([[3., 2., 1., 2., 3., 2.]])
    """
    check_tensors("pad", input=input)
    amounts = tuple(int(p) for p in pad)
    if len(amounts) % 2 or len(amounts) > 2 * input.ndim:
        raise ShapeError(
            f"pad: padding {amounts} for an input of shape {tuple(input.shape)}: it must have an even length of at most "
            f"{2 * input.ndim}: (before, after) for each dimension, the last one first"
        )
    pairs = [amounts[k : k + 2] for k in range(0, len(amounts), 2)]
    if mode == "constant":
        return _constant(input, pairs, 0.0 if value is None else value)
    if mode not in _BORDERS:
        raise UnsupportedError(f"pad: unrecognised padding mode {mode!r}; use constant, {', '.join(_BORDERS)}")
    if value is not None and value != 0:
        raise ShapeError(f'pad: padding mode "{mode}" doesn\'t take in value argument, got {value!r}; leave it out')
    if not len(pairs) <= 3 or input.ndim - len(pairs) not in (1, 2):
        raise UnsupportedError(
            f"pad: mode {mode!r} pads the last 1, 2 or 3 dimensions of a tensor with a channel and perhaps a batch "
            f"dimension; got an input of shape {tuple(input.shape)} and padding {amounts}"
        )
    for k, (before, after) in enumerate(pairs):
        if before or after:
            input = _BORDERS[mode](input, -1 - k, before, after)
    return input


def _constant(input: Tensor, pairs: list[Any], value: float) -> Tensor:
    padded, places, crop = list(input.shape), [slice(None)] * input.ndim, [slice(None)] * input.ndim
    for k, (before, after) in enumerate(pairs):
        axis, size = input.ndim - 1 - k, input.shape[input.ndim - 1 - k]
        if size + before + after < 0:
            raise ShapeError(
                f"pad: the input size {size}, plus negative padding {before} and {after}, resulted in a negative output "
                f"size for dimension {axis} of an input of shape {tuple(input.shape)}"
            )
        padded[axis] = size + before + after
        crop[axis] = slice(max(0, -before), size - max(0, -after))
        places[axis] = slice(max(0, before), padded[axis] - max(0, after))
    if min(min(pair) for pair in pairs or [(0, 0)]) < 0:
        input = input[tuple(crop)]
    if tuple(padded) == tuple(input.shape):
        return input.clone()
    if value == 0:
        return put(input, index=tuple(places), shape=tuple(padded))
    result = input.new_full(padded, value)
    result[tuple(places)] = input
    return result


def _part(x: Tensor, axis: int, start: int, stop: int) -> Tensor:
    return x.narrow(axis, start, stop - start)


def _cropped(x: Tensor, axis: int, before: int, after: int) -> Tensor:
    """x without what negative amounts take away."""
    size = x.shape[axis]
    return _part(x, axis, max(0, -before), size - max(0, -after)) if before < 0 or after < 0 else x


def _reflected(x: Tensor, axis: int, before: int, after: int) -> Tensor:
    size = x.shape[axis]
    if max(before, after) >= size:
        raise ShapeError(
            f"pad: padding size should be less than the corresponding input dimension, but got padding ({before}, {after}) "
            f"at dimension {axis} of an input of shape {tuple(x.shape)}"
        )
    pieces = [_cropped(x, axis, before, after)]
    if before > 0:
        pieces.insert(0, _part(x, axis, 1, before + 1).flip(axis))
    if after > 0:
        pieces.append(_part(x, axis, size - 1 - after, size - 1).flip(axis))
    return cat(pieces, dim=axis)


def _replicated(x: Tensor, axis: int, before: int, after: int) -> Tensor:
    size = x.shape[axis]

    def edge(at: int, times: int) -> Tensor:
        shape = [-1] * x.ndim
        shape[axis] = times
        return _part(x, axis, at, at + 1).expand(shape)

    pieces = [_cropped(x, axis, before, after)]
    if before > 0:
        pieces.insert(0, edge(0, before))
    if after > 0:
        pieces.append(edge(size - 1, after))
    return cat(pieces, dim=axis)


def _wrapped(x: Tensor, axis: int, before: int, after: int) -> Tensor:
    size = x.shape[axis]
    if max(before, after) > size:
        raise ShapeError(
            f"pad: padding value causes wrapping around more than once: ({before}, {after}) at dimension {axis} of an "
            f"input of shape {tuple(x.shape)}"
        )
    pieces = [_cropped(x, axis, before, after)]
    if before > 0:
        pieces.insert(0, _part(x, axis, size - before, size))
    if after > 0:
        pieces.append(_part(x, axis, 0, after))
    return cat(pieces, dim=axis)


_BORDERS: dict[str, Callable[..., Any]] = {"reflect": _reflected, "replicate": _replicated, "circular": _wrapped}


class _Pad(Module):
    """Pads the last `_dims` dimensions by one amount, or by (before, after) for each, the last dimension first."""

    _dims: int
    _mode: str

    def __init__(self, padding: Any) -> None:
        super().__init__()
        pairs = 2 * self._dims
        if not isinstance(padding, int) and len(padding) != pairs:
            raise ArgumentTypeError(
                f"{type(self).__name__}: padding must be an int or a tuple of {pairs} ints, got {padding!r}"
            )
        self.padding: tuple[int, ...] = per_dim(padding, pairs, type(self).__name__, "padding")

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, *spatial) or (C, *spatial) with the spatial dimensions padded."""
        if input.ndim not in (self._dims + 1, self._dims + 2):
            raise ArgumentError(
                f"{type(self).__name__}: expected {self._dims + 1}D or {self._dims + 2}D input (got {input.ndim}D input "
                f"of shape {tuple(input.shape)})"
            )
        return pad(input, self.padding, self._mode)

    def extra_repr(self) -> str:
        """The settings."""
        return f"{self.padding}"


class _ConstantPad(_Pad):
    _mode = "constant"

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        """The input with its last dimensions padded."""
        return pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        """The settings."""
        return f"padding={self.padding}, value={self.value}"


class _ZeroPad(_ConstantPad):
    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """The settings."""
        return f"{self.padding}"


class ConstantPad1d(_ConstantPad):
    """Pads the last dimension with a value.

    >>> import autograd, nn
    >>> nn.ConstantPad1d((1, 2), 9.0)(autograd.tensor([[1.0, 2.0]]))
    tensor([[9., 1., 2., 9., 9.]])
    """

    _dims = 1


class ConstantPad2d(_ConstantPad):
    """Pads the last two dimensions with a value; padding is (left, right, top, bottom).

    >>> import autograd, nn
    >>> nn.ConstantPad2d((1, 0, 0, 1), 9.0)(autograd.tensor([[[1.0, 2.0]]]))
    tensor([[[9., 1., 2.],
             [9., 9., 9.]]])
    """

    _dims = 2


class ConstantPad3d(_ConstantPad):
    """Pads the last three dimensions with a value.

    >>> import autograd, nn
    >>> nn.ConstantPad3d(1, 9.0)(autograd.ones(1, 2, 3, 4)).shape
    torch.Size([1, 4, 5, 6])
    """

    _dims = 3


class ZeroPad1d(_ZeroPad):
    """Pads the last dimension with zeros.

    >>> import autograd, nn
    >>> nn.ZeroPad1d((0, 2))(autograd.tensor([[1.0, 2.0]]))
    tensor([[1., 2., 0., 0.]])
    """

    _dims = 1


class ZeroPad2d(_ZeroPad):
    """Pads the last two dimensions with zeros; padding is (left, right, top, bottom).

    >>> import autograd, nn
    >>> nn.ZeroPad2d((1, 0, 0, 1))(autograd.tensor([[[1.0, 2.0]]]))
    tensor([[[0., 1., 2.],
             [0., 0., 0.]]])
    """

    _dims = 2


class ZeroPad3d(_ZeroPad):
    """Pads the last three dimensions with zeros.

    >>> import autograd, nn
    >>> nn.ZeroPad3d(1)(autograd.ones(1, 2, 3, 4)).shape
    torch.Size([1, 4, 5, 6])
    """

    _dims = 3


class ReflectionPad1d(_Pad):
    """Pads the last dimension with its mirror image, the edge not repeated.

    >>> import autograd, nn
    >>> nn.ReflectionPad1d(2)(autograd.tensor([[1.0, 2.0, 3.0]]))
    tensor([[3., 2., 1., 2., 3., 2., 1.]])
    """

    _dims, _mode = 1, "reflect"


class ReflectionPad2d(_Pad):
    """Pads the last two dimensions with their mirror image.

    >>> import autograd, nn
    >>> nn.ReflectionPad2d((0, 1, 1, 0))(autograd.tensor([[[1.0, 2.0], [3.0, 4.0]]]))
    tensor([[[3., 4., 3.],
             [1., 2., 1.],
             [3., 4., 3.]]])
    """

    _dims, _mode = 2, "reflect"


class ReflectionPad3d(_Pad):
    """Pads the last three dimensions with their mirror image.

    >>> import autograd, nn
    >>> nn.ReflectionPad3d(1)(autograd.ones(1, 2, 3, 4)).shape
    torch.Size([1, 4, 5, 6])
    """

    _dims, _mode = 3, "reflect"


class ReplicationPad1d(_Pad):
    """Pads the last dimension with copies of its edge.

    >>> import autograd, nn
    >>> nn.ReplicationPad1d(2)(autograd.tensor([[1.0, 2.0]]))
    tensor([[1., 1., 1., 2., 2., 2.]])
    """

    _dims, _mode = 1, "replicate"


class ReplicationPad2d(_Pad):
    """Pads the last two dimensions with copies of their edges.

    >>> import autograd, nn
    >>> nn.ReplicationPad2d((0, 1, 1, 0))(autograd.tensor([[[1.0, 2.0]]]))
    tensor([[[1., 2., 2.],
             [1., 2., 2.]]])
    """

    _dims, _mode = 2, "replicate"


class ReplicationPad3d(_Pad):
    """Pads the last three dimensions with copies of their edges.

    >>> import autograd, nn
    >>> nn.ReplicationPad3d(1)(autograd.ones(1, 2, 3, 4)).shape
    torch.Size([1, 4, 5, 6])
    """

    _dims, _mode = 3, "replicate"


class CircularPad1d(_Pad):
    """Pads the last dimension with what lies at its other end.

    >>> import autograd, nn
    >>> nn.CircularPad1d(1)(autograd.tensor([[1.0, 2.0, 3.0]]))
    tensor([[3., 1., 2., 3., 1.]])
    """

    _dims, _mode = 1, "circular"


class CircularPad2d(_Pad):
    """Pads the last two dimensions with what lies at their other ends.

    >>> import autograd, nn
    >>> nn.CircularPad2d((1, 0, 0, 0))(autograd.tensor([[[1.0, 2.0, 3.0]]]))
    tensor([[[3., 1., 2., 3.]]])
    """

    _dims, _mode = 2, "circular"


class CircularPad3d(_Pad):
    """Pads the last three dimensions with what lies at their other ends.

    >>> import autograd, nn
    >>> nn.CircularPad3d(1)(autograd.ones(1, 2, 3, 4)).shape
    torch.Size([1, 4, 5, 6])
    """

    _dims, _mode = 3, "circular"
