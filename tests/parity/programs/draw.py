"""How a random line is made to fit the tensors that a program has: templates, and what their fields mean.

`{a}` is a float tensor and makes the fields after it speak of its shape; `{b}` and `{c}` are float tensors that broadcast with it.
"""

from __future__ import annotations

import random
from typing import Any

import torch

from .machine import Machine, is_tensor

SCALARS = ["2", "-1", "0.5", "-1.5", "3.0", "1"]
MANY = 60  # elements; a larger tensor is not computed with


class Unfit(Exception):
    """No tensor of the program fits the template."""


def fits(shape: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(m == n or 1 in (m, n) for m, n in zip(reversed(shape), reversed(other), strict=False))


class Fields(dict):
    """The fields of one template, drawn when they are asked for."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw

    def __missing__(self, key: str) -> str:
        if key != "c" and key not in ("k", "d", "i"):
            self[key] = self.draw.field(key)
            return self[key]
        return self.draw.field(key)


class Draw:
    """Random choices for one program, which PyTorch has run so far."""

    def __init__(self, seed: int, machine: Machine) -> None:
        self.random = random.Random(seed)
        self.machine = machine
        self.count = 0
        self.shape: tuple[int, ...] = ()
        self.dtype = "float64"

    def chance(self, p: float) -> bool:
        return self.random.random() < p

    def choice(self, options: Any) -> Any:
        return self.random.choice(options)

    def new(self) -> str:
        self.count += 1
        return f"v{self.count}"

    def seed(self) -> int:
        return self.random.randrange(1000)

    def named(self, wanted: Any) -> str:
        """A tensor's name, of the newest most likely."""
        names = [k for k, v in self.machine.names.items() if is_tensor(v) and v.numel() <= MANY and wanted(v)]
        if not names:
            raise Unfit
        return self.random.choices(names, range(1, len(names) + 1))[0]

    def tensor(self, name: str) -> torch.Tensor:
        return self.machine.names[name]

    def about(self, name: str) -> str:
        """Let the following fields speak of this tensor."""
        self.shape = tuple(self.tensor(name).shape)
        return name

    def float(self, least: int = 0, wanted: Any = lambda t: True) -> str:
        return self.about(self.named(lambda t: t.is_floating_point() and t.ndim >= least and calm(t) and wanted(t)))

    def beside(self) -> str:
        """A float tensor that broadcasts with the one spoken of; rarely any."""
        if self.chance(0.01):
            return self.named(lambda t: t.is_floating_point())
        return self.named(lambda t: t.is_floating_point() and fits(tuple(t.shape), self.shape) and calm(t))

    def field(self, key: str) -> str:
        n = len(self.shape)
        if key in ("a", "a1", "a2"):  # of at least so many dimensions
            return self.float(int(key[1:] or 0))
        if key == "q":  # square matrices
            return self.float(2, lambda t: t.shape[-1] == t.shape[-2] > 0)
        if key in ("b", "c"):
            return self.beside()
        if key == "x":  # of any dtype
            return self.about(self.named(lambda t: True))
        if key == "y":
            return self.named(lambda t: fits(tuple(t.shape), self.shape))
        if key == "r":  # requires a gradient
            return self.about(self.named(lambda t: t.requires_grad and calm(t)))
        if key == "leaf":
            return self.about(self.named(lambda t: t.is_leaf and t.is_floating_point()))
        if key == "int":
            return self.about(self.named(lambda t: not t.is_floating_point()))
        if key == "w":  # a tensor that can be written to, mostly
            return self.float(0, lambda t: not (t.is_leaf and t.requires_grad) or self.chance(0.1))
        if key == "p":
            name = self.beside()
            return f"({name} * {name} + 0.5)"
        if key == "mask":
            return f"({self.beside()} > {self.choice(['0', '0.3', '-0.5'])})"
        if key == "own":  # a mask of the very shape
            return f"torch.tensor(values({self.seed()}{''.join(f', {s}' for s in self.shape)}) > 0)"
        if key in ("d", "e"):
            if self.chance(0.01):
                return str(n)
            return str(self.random.randrange(-n, n)) if n else str(self.choice([0, -1]))
        if key == "ds":
            dims = self.random.sample(range(n), self.random.randint(1, n)) if n else []
            return str([d - n if self.chance(0.4) else d for d in dims])
        if key == "order":
            return str(self.random.sample(range(n), n))
        if key == "sizes":
            return ", ".join(map(str, self.shape)) or "()"
        if key == "shape":
            return str(self.shape)
        if key == "keep":
            return str(self.chance(0.5))
        if key == "flag":
            return str(self.chance(0.5))
        if key == "k":
            return self.choice(SCALARS)
        if key == "small":
            return str(self.choice([0, 1, 1, 2, 2, 3]))
        if key == "some":
            return str(self.choice([1, 2, 3]))
        if key == "i":
            m = self.shape[0] if self.shape else 1
            return str(self.random.randrange(-m, m) if m and not self.chance(0.02) else m)
        if key == "dtype":
            return "torch." + self.choice(["float64", "float64", "float32", "int64", "bool", "float16", "int32", "uint8"])
        if key == "wide":
            return f"torch.{self.dtype}"
        if key == "reduction":
            return repr(self.choice(["mean", "sum", "none"]))
        if key == "seed":
            return str(self.seed())
        if key == "at":
            return self.index()
        if key == "where":
            return self.index(advanced=False)
        raise KeyError(key)

    def fill(self, template: str) -> str:
        return template.format_map(Fields(self))

    def index(self, advanced: bool = True) -> str:
        """An index of the tensor spoken of: ints, slices, None, Ellipsis, lists, tensors, masks."""
        parts, arrays = [], 0
        length = self.choice([1, 2, 3])  # of index arrays, which must broadcast
        sizes = self.shape[: self.random.randint(0, len(self.shape))]
        if advanced and self.shape and self.chance(0.1):
            return self.field("own")
        for n in sizes:
            kind = self.random.random()
            if kind < 0.2 and n:
                parts.append(str(self.random.randrange(-n, n) if not self.chance(0.02) else n))
            elif kind < 0.6 or not advanced or not n:
                start, stop = sorted((self.random.randint(0, n), self.random.randint(0, n)))
                parts.append(self.choice([":", f"{start}:", f"{start}:{stop}", "::2", f":{stop}", f"-{n}:", "1:"]))
            elif kind < 0.72 and not arrays:
                parts.append(f"torch.tensor({[self.chance(0.6) for _ in range(n)]})")
                arrays += 9
            elif arrays < 9:
                places = [self.random.randrange(-n, n) for _ in range(length)]
                parts.append(self.choice([str(places), f"torch.tensor({places})", f"torch.tensor({places[:1]})"]))
                arrays += 1
            else:
                parts.append(":")
        if self.chance(0.15):
            parts.insert(self.random.randint(0, len(parts)), "None")
        if self.chance(0.15):
            parts.append("...")
        return ", ".join(parts) or "..."


def calm(t: torch.Tensor) -> bool:
    """Whether a program can go on from such values without losing all digits."""
    return not t.numel() or bool(t.detach().abs().max() < (30 if t.dtype != torch.float16 else 8))
