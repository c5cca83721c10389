"""`torch.backends`: libraries that are not used here, and switches that programs set without asking.

A switch keeps what it is set to. None of them changes anything: every operation is deterministic, on the CPU, in the
precision of its dtype.

>>> import autograd
>>> autograd.backends.cudnn.deterministic = True
>>> autograd.backends.mps.is_available()
False
"""


class Backend:
    """One library that PyTorch can use, absent here, and its switches; a switch that PyTorch does not have is an error."""

    def __init__(self, name: str, **switches: object) -> None:
        self.__dict__.update(switches, _name=name)

    def is_available(self) -> bool:
        """False: the library is not used here."""
        return False

    def is_built(self) -> bool:
        """False: the library is not used here."""
        return False

    def version(self) -> None:
        """None: the library is not used here."""
        return None

    def __setattr__(self, name: str, value: object) -> None:
        if name not in self.__dict__:
            raise AttributeError(f"{self._name}.{name} is not in Gradloom; known are {sorted(self._switches())}")
        self.__dict__[name] = value

    def __getattr__(self, name: str) -> object:
        raise AttributeError(f"{self.__dict__.get('_name')}.{name} is not in Gradloom")

    def _switches(self) -> list[str]:
        return [name for name in self.__dict__ if not name.startswith("_")]


cudnn: Backend = Backend("backends.cudnn", enabled=False, benchmark=False, deterministic=False, allow_tf32=False)
cuda: Backend = Backend("backends.cuda", matmul=Backend("backends.cuda.matmul", allow_tf32=False))
mps: Backend = Backend("backends.mps")
mkl: Backend = Backend("backends.mkl")
mkldnn: Backend = Backend("backends.mkldnn", enabled=False)
openmp: Backend = Backend("backends.openmp")
