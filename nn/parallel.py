"""Models on several devices, of which there is one: DataParallel is the module itself under another name."""

from typing import Any

from autograd.errors import ArgumentError

from .module import Module


class DataParallel(Module):
    """`module`, which computes on the one device there is; its parameters are named `module.*`, as PyTorch's are.

    >>> import autograd, nn
    >>> model = nn.DataParallel(nn.Linear(2, 3))
    >>> model(autograd.ones(4, 2)).shape, list(model.state_dict())
    (torch.Size([4, 3]), ['module.weight', 'module.bias'])
    """

    def __init__(self, module: Module, device_ids: Any = None, output_device: Any = None, dim: int = 0) -> None:
        super().__init__()
        self.module = module
        self.device_ids: list[Any] = []

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        """What the module computes."""
        return self.module(*inputs, **kwargs)


class DistributedDataParallel(Module):
    """Raises: there is one process; use the module itself."""

    def __init__(self, module: Module, *args: Any, **kwargs: Any) -> None:
        raise ArgumentError(
            "DistributedDataParallel: the default process group has not been initialized, and there is one process here; "
            "use the module itself"
        )
