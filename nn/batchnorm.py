"""Normalisation by statistics over positions, which may be remembered: batch and instance norm."""

from typing import Any

import autograd
from autograd import Tensor
from autograd.core.half import in_single
from autograd.errors import ArgumentError

from .dtypes import check_normalizable, in_dtype_of
from .errors import MismatchError, SettingError
from .module import Module
from .normalization import affine, per_channel, register_affine, reset_affine, standardized
from .parameter import Parameter


def _remember(running: Tensor | None, batch: Tensor, momentum: float) -> None:
    """running = (1 - momentum) running + momentum batch, in place."""
    if running is not None:
        running.mul_(1 - momentum).add_(batch.reshape(running.shape) * momentum)


@in_single
def _by_running(input: Tensor, mean: Tensor, var: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float) -> Tensor:
    """Standardised by given statistics: one scale and one shift for each channel."""
    scale = (var + eps).rsqrt()
    if weight is not None:
        scale = scale * weight
    shift = -mean * scale if bias is None else bias - mean * scale
    return in_dtype_of(input, affine(input, per_channel(scale, input.ndim), per_channel(shift, input.ndim)))


def _check(op: str, input: Tensor, least: int, **parameters: Tensor | None) -> None:
    """Raise unless the input has `least` dimensions, and each parameter one element for each channel and a fitting dtype."""
    check_normalizable(op, input, **parameters)
    if input.ndim < least:
        raise MismatchError(
            f"{op}: expected an input (N, C, ...) of at least {least} dimensions, got shape {tuple(input.shape)}"
        )
    channels = input.shape[1:2]
    for name, parameter in parameters.items():
        if parameter is not None and parameter.shape != channels:
            raise MismatchError(
                f"{op}: {name} has shape {tuple(parameter.shape)}; it should contain {input.shape[1]} elements, one for each "
                f"channel of the input {tuple(input.shape)}"
            )


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """(x - mean) / sqrt(var + eps) * weight + bias for each channel of (N, C, *) (Ioffe and Szegedy, 2015).

    In training, mean and (biased) variance are the batch's, and the running ones move towards the mean and the unbiased
    variance by `momentum`. Otherwise the running ones are used. Raises ArgumentError for one value per channel in
    training, where the variance is not known.

    >>> import autograd, nn.functional as F
    >>> mean, var = autograd.zeros(1), autograd.ones(1)
    >>> F.batch_norm(autograd.tensor([[1.0], [3.0]]), mean, var, training=True).flatten()
    tensor([-1.0000,  1.0000])
    >>> mean, var
    (tensor([0.2000]), tensor([1.1000]))
    """
    _check("batch_norm", input, 2, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    if not training:
        if running_mean is None or running_var is None:
            raise SettingError("batch_norm: expected running_mean and running_var to be defined when training=False")
        return _by_running(input, running_mean, running_var, weight, bias, eps)
    n = input.numel() // max(input.shape[1], 1)
    if n == 1:
        raise ArgumentError(
            f"batch_norm: expected more than 1 value per channel when training, got input size {input.shape}: the "
            "variance of one value is not known; use a larger batch (DataLoader(drop_last=True)) or module.eval()"
        )
    axes = (0, *range(2, input.ndim))
    result, mean, var = standardized(input, axis=axes, eps=eps)
    with autograd.no_grad():
        _remember(running_mean, mean, momentum)
        _remember(running_var, var * (n / max(n - 1, 1)), momentum)
    return affine(result, per_channel(weight, input.ndim), per_channel(bias, input.ndim), input.dtype)


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Zero mean and unit variance over the positions of each channel of each sample of (N, C, *)
    (Ulyanov et al., 2016).

    Running statistics, where given, move towards the average over the batch; without `use_input_stats` they are used.

    >>> import autograd, nn.functional as F
    >>> F.instance_norm(autograd.tensor([[[1.0, 3.0]]]))
    tensor([[[-1.0000,  1.0000]]])
    """
    _check("instance_norm", input, 3, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    if not use_input_stats:
        if running_mean is None or running_var is None:
            raise SettingError("instance_norm: expected running_mean and running_var if use_input_stats=False")
        return _by_running(input, running_mean, running_var, weight, bias, eps)
    n = input.numel() // max(input.shape[0] * input.shape[1], 1)
    if n == 1:
        raise ArgumentError(f"instance_norm: expected more than 1 spatial element when training, got input size {input.shape}")
    result, mean, var = standardized(input, axis=tuple(range(2, input.ndim)), eps=eps)
    if running_mean is not None:
        with autograd.no_grad():
            _remember(running_mean, mean.mean(0), momentum)
            _remember(running_var, var.mean(0) * (n / max(n - 1, 1)), momentum)
    if weight is not None:
        weight = weight.clone()  # PyTorch repeats it for every sample: the weight itself may be changed before backward
    return affine(result, per_channel(weight, input.ndim), per_channel(bias, input.ndim), input.dtype)


class _Norm(Module):
    """Parameters and running statistics for each channel."""

    weight: Parameter | None
    bias: Parameter | None
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None
    _version = 2
    _ndims: tuple[int, ...] = ()  # how many dimensions an input may have

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        like = {"device": device, "dtype": dtype}
        register_affine(self, num_features, affine, affine and bias, like)
        tracked = track_running_stats
        self.register_buffer("running_mean", autograd.zeros(num_features, **like) if tracked else None)
        self.register_buffer("running_var", autograd.ones(num_features, **like) if tracked else None)
        self.register_buffer("num_batches_tracked", autograd.zeros((), dtype=autograd.int64) if tracked else None)

    def reset_running_stats(self) -> None:
        """Mean 0, variance 1 and no batches seen."""
        if self.running_mean is not None and self.running_var is not None and self.num_batches_tracked is not None:
            self.running_mean.zero_()
            self.running_var.fill_(1)
            self.num_batches_tracked.zero_()

    def reset_parameters(self) -> None:
        """Weight 1, bias 0, and the running statistics as at the start."""
        self.reset_running_stats()
        reset_affine(self)

    def _check(self, input: Tensor) -> None:
        if input.ndim not in self._ndims:
            wanted = " or ".join(f"{n}D" for n in self._ndims)
            raise ArgumentError(
                f"{self._get_name()}: expected {wanted} input (got {input.ndim}D input of shape {tuple(input.shape)})"
            )
        channels = input.shape[self._channel_dim(input)]
        if channels != self.num_features:
            raise SettingError(
                f"{self._get_name()}: the input of shape {tuple(input.shape)} has {channels} channels; this module was "
                f"made for {self.num_features}"
            )

    def _channel_dim(self, input: Tensor) -> int:
        return 1

    def _load_from_state_dict(
        self, state_dict: dict[Any, Any], prefix: str, local_metadata: dict[Any, Any], *rest: Any, **named: Any
    ) -> None:
        key = f"{prefix}num_batches_tracked"
        # Version 1, before PyTorch 0.4.1, did not count batches.
        if local_metadata.get("version", 1) < 2 and self.track_running_stats and key not in state_dict:
            state_dict[key] = self.num_batches_tracked
        super()._load_from_state_dict(state_dict, prefix, local_metadata, *rest, **named)

    def extra_repr(self) -> str:
        """The settings."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class _BatchNorm(_Norm):
    """Batch norm for inputs of certain dimensions; `momentum=None` averages over all batches alike."""

    def forward(self, input: Tensor) -> Tensor:
        """The same shape as the input."""
        self._check(input)
        momentum = 0.0 if self.momentum is None else self.momentum
        seen = self.num_batches_tracked if self.training else None
        if seen is not None and self.momentum is None:
            momentum = 1.0 / (int(seen) + 1)
        use_batch = self.training or self.running_mean is None
        remember = self.training and self.track_running_stats
        known = remember or not use_batch
        result = batch_norm(
            input,
            self.running_mean if known else None,
            self.running_var if known else None,
            self.weight,
            self.bias,
            use_batch,
            momentum,
            self.eps,
        )
        if seen is not None:
            seen.copy_(seen + 1)  # at last: an input that is refused was not seen
        return result


class BatchNorm1d(_BatchNorm):
    """Batch norm of (N, C) or (N, C, L).

    >>> import autograd, nn
    >>> nn.BatchNorm1d(3)(autograd.ones(4, 3)).shape
    torch.Size([4, 3])
    """

    _ndims = (2, 3)


class BatchNorm2d(_BatchNorm):
    """Batch norm of (N, C, H, W).

    >>> import autograd, nn
    >>> nn.BatchNorm2d(3)(autograd.ones(4, 3, 2, 2)).shape
    torch.Size([4, 3, 2, 2])
    """

    _ndims = (4,)


class BatchNorm3d(_BatchNorm):
    """Batch norm of (N, C, D, H, W).

    >>> import autograd, nn
    >>> nn.BatchNorm3d(3)(autograd.ones(4, 3, 2, 2, 2)).shape
    torch.Size([4, 3, 2, 2, 2])
    """

    _ndims = (5,)


class SyncBatchNorm(_BatchNorm):
    """Batch norm over a batch that is spread over processes; here it can be constructed, loaded and evaluated.

    Training with it raises SettingError: there is one process. Raises as PyTorch's does on a CPU.
    """

    _ndims = tuple(range(2, 8))

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        process_group: Any = None,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)
        self.process_group = process_group

    def forward(self, input: Tensor) -> Tensor:
        """The same shape as the input; in `eval` mode only."""
        if self.training:
            raise SettingError("SyncBatchNorm: expected input tensor to be on CUDA; use BatchNorm in one process on a CPU")
        return super().forward(input)

    @classmethod
    def convert_sync_batchnorm(cls, module: Module, process_group: Any = None) -> Module:
        """The module with every BatchNorm in it replaced by a SyncBatchNorm on the same parameters and buffers."""
        made = module
        if isinstance(module, _BatchNorm):
            made = cls(module.num_features, module.eps, module.momentum, module.affine, module.track_running_stats)
            for kind in ("_parameters", "_buffers"):
                for name, tensor in getattr(module, kind).items():
                    getattr(made, kind)[name] = tensor
            made.training = module.training
        for name, child in list(module.named_children()):
            setattr(made, name, cls.convert_sync_batchnorm(child, process_group))
        return made


class _InstanceNorm(_Norm):
    """Instance norm for inputs of certain dimensions; without parameters and memory unless they are asked for."""

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def _channel_dim(self, input: Tensor) -> int:
        return 0 if input.ndim == self._ndims[0] else 1

    def forward(self, input: Tensor) -> Tensor:
        """The same shape as the input."""
        self._check(input)
        alone = input.ndim == self._ndims[0]
        result = instance_norm(
            input.unsqueeze(0) if alone else input,
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )
        return result.squeeze(0) if alone else result


class InstanceNorm1d(_InstanceNorm):
    """Instance norm of (N, C, L) or (C, L).

    >>> import autograd, nn
    >>> nn.InstanceNorm1d(3)(autograd.ones(4, 3, 5)).shape
    torch.Size([4, 3, 5])
    """

    _ndims = (2, 3)


class InstanceNorm2d(_InstanceNorm):
    """Instance norm of (N, C, H, W) or (C, H, W).

    >>> import autograd, nn
    >>> nn.InstanceNorm2d(3)(autograd.ones(4, 3, 2, 2)).shape
    torch.Size([4, 3, 2, 2])
    """

    _ndims = (3, 4)


class InstanceNorm3d(_InstanceNorm):
    """Instance norm of (N, C, D, H, W) or (C, D, H, W).

    >>> import autograd, nn
    >>> nn.InstanceNorm3d(3)(autograd.ones(4, 3, 2, 2, 2)).shape
    torch.Size([4, 3, 2, 2, 2])
    """

    _ndims = (4, 5)
