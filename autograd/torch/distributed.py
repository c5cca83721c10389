"""`torch.distributed` of one process: it is not available, and a program that asks first goes on alone.

>>> import autograd
>>> autograd.distributed.is_available()
False
"""

from typing import Any


def is_available() -> bool:
    """False: there is one process."""
    return False


def is_initialized() -> bool:
    """False."""
    return False


def is_nccl_available() -> bool:
    """False."""
    return False


def is_gloo_available() -> bool:
    """False."""
    return False


def is_mpi_available() -> bool:
    """False."""
    return False


def _absent(name: str) -> Any:
    def call(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError(
            f"distributed.{name}: there is one process and no group of others; ask distributed.is_available() first"
        )

    call.__name__ = call.__qualname__ = name
    call.__doc__ = "Raises: there is no group of processes."
    return call


destroy_process_group: Any
init_process_group: Any
init_process_group, destroy_process_group = _absent("init_process_group"), _absent("destroy_process_group")
barrier: Any
get_rank: Any
get_world_size: Any
get_rank, get_world_size, barrier = _absent("get_rank"), _absent("get_world_size"), _absent("barrier")
all_gather: Any
all_reduce: Any
broadcast: Any
reduce: Any
all_reduce, all_gather, broadcast, reduce = map(_absent, ("all_reduce", "all_gather", "broadcast", "reduce"))
