"""One library running the lines of a program, and everything about its tensors that can be compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from ..gradloom import GRADLOOM

HEADER = '''
import numpy as np, torch, torch.nn.functional as F

def values(seed, *shape):
    return np.round(np.random.default_rng(seed).normal(size=shape), 2)

def weigh(t):
    """A number that depends on every element in a way of its own."""
    return (t * torch.tensor(np.cos(np.arange(t.numel()) * 1.3).reshape(tuple(t.shape)), dtype=t.dtype)).sum()

def fill(module):
    for i, p in enumerate(module.parameters()):
        p.data.copy_(torch.tensor(0.5 * values(i, *p.shape), dtype=p.dtype))
    return module

log = []
'''
CODE = compile(HEADER.replace("import numpy as np, torch, torch.nn.functional as F", ""), "header", "exec")
Values = Callable[..., np.ndarray]


@dataclass
class Seen:
    """What can be seen of one tensor."""

    tensor: Any
    array: np.ndarray  # its memory
    value: np.ndarray  # as it was
    facts: dict[str, Any]
    grad: np.ndarray | None
    strides: tuple[int, ...]


class Machine:
    """One library running one program. `around` changes the values of leaves: for the question how far a result moves then."""

    def __init__(self, library: Any, around: Callable[[np.ndarray], np.ndarray] | None = None) -> None:
        self.library = library
        self.names: dict[str, Any] = {"np": np, "torch": library, "F": library.nn.functional}
        exec(CODE, self.names)
        if around is not None:
            exact = self.names["values"]
            self.names["values"] = lambda seed, *shape: around(exact(seed, *shape))
        self.hidden = set(self.names) - {"log"}
        library.set_grad_enabled(True)

    def run(self, line: str) -> Exception | None:
        try:
            exec(line, self.names)
        except Exception as error:
            return error
        return None

    def tensors(self) -> Iterator[tuple[str, Any]]:
        """All tensors that the program has, by the expression that gives them."""
        for name, value in list(self.names.items()):
            if name not in self.hidden:
                yield from parts(name, value)

    def look(self) -> dict[str, Seen]:
        return {name: see(tensor) for name, tensor in self.tensors()}


def theirs(around: Callable[[np.ndarray], np.ndarray] | None = None) -> Machine:
    return Machine(torch, around)


def ours() -> Machine:
    return Machine(GRADLOOM)


def is_tensor(value: Any) -> bool:
    return hasattr(value, "requires_grad") and hasattr(value, "detach")


def parts(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if is_tensor(value):
        yield name, value
    elif isinstance(value, (tuple, list)):
        for i, item in enumerate(value):
            yield from parts(f"{name}[{i}]", item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from parts(f"{name}[{key!r}]", item)
    elif hasattr(value, "named_parameters") and not isinstance(value, type):
        for key, item in [*value.named_parameters(), *value.named_buffers()]:
            yield f"{name}.{key}", item


def see(tensor: Any) -> Seen:
    array = tensor.detach().numpy(force=True)  # a zero of PyTorch's forward mode has no memory
    known = tensor.is_leaf or tensor.retains_grad
    grad = tensor.grad if known else None
    facts = {
        "dtype": str(tensor.dtype).rpartition(".")[2], "shape": tuple(tensor.shape), "requires_grad": tensor.requires_grad,
        "is_leaf": tensor.is_leaf, "grad_fn": tensor.grad_fn is not None, "retains_grad": bool(tensor.retains_grad),
        "grad": None if grad is None else (str(grad.dtype).rpartition(".")[2], tuple(grad.shape), grad.requires_grad),
    }  # fmt: skip
    return Seen(
        tensor, array, array.copy(), facts, None if grad is None else np.array(grad.detach().numpy(force=True)), tensor.stride()
    )
