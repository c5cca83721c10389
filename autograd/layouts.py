"""How tensors lie in memory, under PyTorch's names: dense, and in the order that strides say.

Memory formats that are about speed on other devices (`channels_last`) do not exist here; asking for one is an error.

>>> import autograd
>>> autograd.zeros(2).layout == autograd.strided
True
"""


class layout:
    """A layout of tensors; there is one, `strided`."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"


class memory_format(layout):
    """An order of elements in memory that a function can be asked to give its result."""

    __slots__ = ()


strided = layout("strided")
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
