"""How tensors lie in memory, under PyTorch's names: dense, and in the order that strides say.

A memory format that is about speed on other devices (`channels_last`) can be asked for, and changes nothing: values, shapes
and gradients do not depend on it.

>>> import autograd
>>> autograd.zeros(2).layout == autograd.strided
True
"""


class layout:
    """A layout of tensors; `strided`, and `sparse_coo` of sparse matrices."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name: str = name

    def __repr__(self) -> str:
        return f"torch.{self.name}"


class memory_format(layout):
    """An order of elements in memory that a function can be asked to give its result."""

    __slots__ = ()


sparse_coo: layout
strided: layout
strided, sparse_coo = layout("strided"), layout("sparse_coo")
contiguous_format: memory_format = memory_format("contiguous_format")
preserve_format: memory_format = memory_format("preserve_format")
channels_last: memory_format = memory_format("channels_last")
channels_last_3d: memory_format = memory_format("channels_last_3d")
