"""dtypes of PyTorch that no tensor has here: names to ask for and compare with; using one is an error.

>>> import autograd
>>> autograd.ones(2).dtype == autograd.bfloat16
False
>>> autograd.ones(2).to(autograd.bfloat16)
Traceback (most recent call last):
    ...
autograd.errors.ArgumentTypeError: to: expected a dtype, a device or a Tensor, got AbsentDtype: torch.bfloat16
"""


class AbsentDtype:
    """The name of a dtype that does not exist here."""

    __slots__ = ("is_complex", "is_floating_point", "name")

    def __init__(self, name: str) -> None:
        self.name: str = name
        self.is_complex: bool = name.startswith("complex")
        self.is_floating_point: bool = not self.is_complex

    def __repr__(self) -> str:
        return f"torch.{self.name}"


bfloat16: AbsentDtype = AbsentDtype("bfloat16")
cfloat: AbsentDtype
complex64: AbsentDtype
complex64 = cfloat = AbsentDtype("complex64")
cdouble: AbsentDtype
complex128: AbsentDtype
complex128 = cdouble = AbsentDtype("complex128")
