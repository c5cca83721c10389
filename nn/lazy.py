"""Layers that learn the number of their inputs from the first input they see, and the parameters they have until then."""

from collections.abc import Callable
from inspect import signature
from typing import Any, ClassVar

from autograd import Tensor, empty
from autograd.errors import ArgumentError

from .batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d
from .convolution import Conv1d, Conv2d, Conv3d
from .linear import Linear
from .module import Module
from .parameter import Buffer, Parameter
from .transposed_convolution import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from .wrapper import Written


class Uninitialized:
    """What a parameter and a buffer without a shape have in common: asking for it raises."""

    _data: Any

    @property
    def shape(self) -> Any:
        """Raises ArgumentError: the shape is known after the first input."""
        raise ArgumentError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually happens when a lazy module is "
            "used before its first input: call the model on one batch first (or load its state_dict)"
        )

    def numel(self) -> int:
        """Raises ArgumentError: the shape is known after the first input."""
        return len(self.shape)

    def materialize(self, like: Tensor) -> None:
        """Become an ordinary parameter (or buffer) with the values of `like`; whoever holds this one holds it still."""
        self.__class__ = self._ordinary  # type: ignore[attr-defined,assignment]
        setattr(self, "data", like.detach().clone())  # noqa: B010 - of the class that it has become


class UninitializedParameter(Uninitialized, Parameter):
    """A parameter whose shape is not known yet.

    >>> import nn
    >>> nn.UninitializedParameter().requires_grad
    True
    """

    _ordinary = Parameter

    def __init__(self, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(empty(0, device=device, dtype=dtype), requires_grad)

    def __repr__(self) -> str:
        return "<UninitializedParameter>"


class UninitializedBuffer(Uninitialized, Buffer):
    """A buffer whose shape is not known yet."""

    _ordinary = Buffer

    def __init__(self, requires_grad: bool = False, device: Any = None, dtype: Any = None, persistent: bool = True) -> None:
        super().__init__(empty(0, device=device, dtype=dtype), requires_grad, persistent=persistent)

    def __repr__(self) -> str:
        return "<UninitializedBuffer>"


class Lazy(Module):
    """A layer whose first argument, the number of its inputs, is missing.

    Its tensors are made with no inputs and replaced by uninitialized ones. The first input (or a state_dict) makes the
    layer that it was to be, takes its values, and changes this object's class: no formula of a shape is written twice.
    """

    cls_to_become: ClassVar[type[Module]]
    _size = "in_channels"
    __signature__: Any = Written(lambda cls: [*signature(cls.cls_to_become).parameters.values()][1:])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(0, *args, **kwargs)  # type: ignore[call-arg]
        self._given = (args, kwargs)
        for name, p in list(self._parameters.items()):
            if p is not None:
                setattr(self, name, UninitializedParameter(dtype=p.dtype))
        for name, b in list(self._buffers.items()):
            if b is not None and b.ndim:
                self._buffers[name] = UninitializedBuffer(dtype=b.dtype)
        self._waiting = self.register_forward_pre_hook(Lazy._infer)

    def reset_parameters(self) -> None:
        """Draw the initial values again, once there are some."""
        if not self.has_uninitialized_params() and getattr(self, self._size):
            super().reset_parameters()  # type: ignore[misc]

    def has_uninitialized_params(self) -> bool:
        """Whether the first input is still awaited."""
        return any(isinstance(t, Uninitialized) for t in (*self._parameters.values(), *self._buffers.values()))

    def _inputs(self, input: Tensor) -> int:
        """How many inputs each position of this tensor has."""
        raise NotImplementedError

    def initialize_parameters(self, input: Tensor, *rest: Any) -> None:
        """Give every parameter and buffer its shape and initial value."""
        if self.has_uninitialized_params():
            self._grow(self._inputs(input))

    def _grow(self, size: int) -> None:
        args, kwargs = self._given
        ordinary: Any = self.cls_to_become
        real = ordinary(size, *args, **kwargs)
        setattr(self, self._size, size)
        for kind in ("_parameters", "_buffers"):
            for name, t in getattr(self, kind).items():
                if isinstance(t, Uninitialized):
                    t.materialize(getattr(real, name))

    def _infer(self, args: tuple[Any, ...]) -> None:
        """Before the first forward: become the ordinary layer."""
        self.initialize_parameters(*args)
        self._waiting.remove()
        del self._waiting, self._given
        self.__class__ = self.cls_to_become  # type: ignore[assignment]

    def _load_from_state_dict(self, state_dict: dict[Any, Any], prefix: str, *rest: Any, **named: Any) -> None:
        if self.has_uninitialized_params():
            for name in ("weight", "running_mean"):
                given = state_dict.get(prefix + name)
                if given is not None and not isinstance(given, Uninitialized):
                    self._grow(self._size_from(given))
                    break
        super()._load_from_state_dict(state_dict, prefix, *rest, **named)

    def _size_from(self, weight: Tensor) -> int:
        """How many inputs a layer with this weight has."""
        return weight.shape[-1]


class LazyLinear(Lazy, Linear):
    """`Linear` whose `in_features` is the last dimension of its first input.

    >>> import autograd, nn
    >>> layer = nn.LazyLinear(2)
    >>> layer(autograd.ones(3, 5)).shape, layer
    (torch.Size([3, 2]), Linear(in_features=5, out_features=2, bias=True))
    """

    cls_to_become: ClassVar[type[Module]] = Linear
    _size = "in_features"

    def _inputs(self, input: Tensor) -> int:
        return input.shape[-1]


class _LazyConv(Lazy):
    _dims: int
    groups: int
    transposed: bool

    def _inputs(self, input: Tensor) -> int:
        dims = self._dims
        if input.ndim not in (dims + 1, dims + 2):
            raise ArgumentError(
                f"{type(self).__name__}: expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input, got {input.ndim}D"
            )
        return input.shape[-dims - 1]

    def _size_from(self, weight: Tensor) -> int:
        return weight.shape[0] if self.transposed else weight.shape[1] * self.groups


class _LazyNorm(Lazy):
    _size = "num_features"
    _channel_dim: Callable[[Tensor], int]
    __signature__ = None  # that of __init__: PyTorch's lazy instance norms, unlike the others, have parameters and memory

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def _inputs(self, input: Tensor) -> int:
        return input.shape[self._channel_dim(input)]


def _lazy(base: type[Lazy], ordinary: type[Module]) -> Any:
    """The lazy class of an ordinary one."""
    name = f"Lazy{ordinary.__name__}"
    size = base._size
    about = f"`{ordinary.__name__}` whose `{size}` is read from its first input."
    return type(name, (base, ordinary), {"cls_to_become": ordinary, "__doc__": about, "__module__": __name__})


LazyConv1d: Any
LazyConv2d: Any
LazyConv3d: Any
LazyConv1d, LazyConv2d, LazyConv3d = (_lazy(_LazyConv, c) for c in (Conv1d, Conv2d, Conv3d))
LazyConvTranspose1d: Any
LazyConvTranspose2d: Any
LazyConvTranspose3d: Any
LazyConvTranspose1d, LazyConvTranspose2d, LazyConvTranspose3d = (
    _lazy(_LazyConv, c) for c in (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)
)
LazyBatchNorm1d: Any
LazyBatchNorm2d: Any
LazyBatchNorm3d: Any
LazyBatchNorm1d, LazyBatchNorm2d, LazyBatchNorm3d = (_lazy(_LazyNorm, c) for c in (BatchNorm1d, BatchNorm2d, BatchNorm3d))
LazyInstanceNorm1d: Any
LazyInstanceNorm2d: Any
LazyInstanceNorm3d: Any
LazyInstanceNorm1d, LazyInstanceNorm2d, LazyInstanceNorm3d = (
    _lazy(_LazyNorm, c) for c in (InstanceNorm1d, InstanceNorm2d, InstanceNorm3d)
)
