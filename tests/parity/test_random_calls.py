"""Random calls in random shapes agree with torch: what the table, written by hand, did not think of."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
import torch

from .compare import mismatches
from .dsl import Code, Perm
from .expand import evaluate
from .gradloom import GRADLOOM

pytestmark = pytest.mark.torch
CALLS = 200  # of each family

BINARY = """
    x + y; x - y; x * y; x / (y * y + 1); torch.maximum(x, y); torch.minimum(x, y); torch.where(x > y, x, y);
    torch.atan2(x, y); x.lerp(y, 0.3); torch.logaddexp(x, y); (x > y).to(x.dtype) * x; x.addcmul(y, y, value=0.3);
    torch.hypot(x, y); x.clamp(min=y); x ** 2 * y; x * y + x / (1 + y ** 2); torch.addcdiv(x, y, y * y + 1)
"""
REDUCTIONS = """
    x.sum({dims}, keepdim={keep}); x.mean({dims}, {keep}); x.amax({dims}, {keep}); x.logsumexp({dims}, {keep});
    x.var({dims}, keepdim={keep}, correction=0); x.norm(1, {dims}, {keep}); x.prod({dim}, {keep}); x.cumsum({dim});
    x.softmax({dim}); x.log_softmax({dim}); x.max({dim}, {keep}); x.min({dim}, {keep}).values; x.sort({dim}).values;
    x.median({dim}, {keep}).values; x.flip({dims}); x.argmax({dim}); x.cummax({dim}).values; x.diff(dim={dim});
    x.unbind({dim}); x.chunk(2, {dim}); x.topk(1, {dim}).values; x.roll(2, {dim});
    x.unsqueeze({dim}).squeeze({dim}); x.nansum({dims}, {keep}); x.count_nonzero({dim}); x.aminmax(dim={dim});
    x.kthvalue(1, {dim}).values; x.repeat_interleave(2, {dim}); torch.stack([x, x * 2], {dim});
    torch.cat([x, x.exp()], {dim}); x.quantile(0.4, {dim}, {keep}); x.tensor_split(2, {dim}); x.narrow({dim}, 0, 1);
    x.select({dim}, 0) * 2; x.unfold({dim}, 1, 1); x.index_select({dim}, torch.tensor([0, 0]))
"""
VIEWS = """
    x.permute({order}); x.transpose({a}, {b}).reshape(-1); x.permute({order}).contiguous().view(-1)[::2];
    x.expand(2, *x.shape).sum(0); x.repeat({repeats}); x.tile({repeats}); x.movedim({a}, {b});
    x.permute({order}).flip(0) * 2; x.swapaxes({a}, {b}).cumsum({a});
    x.permute({order})[..., None].squeeze(-1).exp(); torch.broadcast_to(x, (2, *x.shape)).mean();
    x.permute({order}).sum({a}); x.permute({order}).softmax({b}); x.permute({order}).max({a}).values; x.ravel()[1:];
    x.transpose({a}, {b}).clone().mul_(2)
"""
ITEMS = """
    x[{at}] | x[{at}] * 2 | x[{at}] = 1.5; x * x | x[{at}] = x[{at}] * 2; x.exp() | x[{at}] += 1; x * x |
    x[{at}].mul_(3); x * x | y = x[{at}]; z = y * 2; x.mul_(2); z.sum() + (x * x).sum()
"""
PRODUCTS = """
    x @ y; torch.matmul(x, y) * 2; torch.einsum('...ij,...jk->...ki', x, y); x @ y @ y.mT; (x @ y).softmax(-1);
    torch.tensordot(x, y, dims=([-1], [-2])); x.mT.contiguous().mT @ y
"""
Drawn = tuple[str, dict[str, Any]]


def lines(text: str, separator: str = ";") -> list[str]:
    return [" ".join(line.split()) for line in text.split(separator) if line.strip()]


def shape(draw: random.Random) -> tuple[int, ...]:
    if draw.random() < 0.1:
        return tuple(draw.choice([7, 33, 130]) for _ in range(draw.choice([1, 2])))
    return tuple(draw.choice([1, 2, 3, 4, 5]) for _ in range(draw.choice([1, 2, 2, 3, 3, 4, 5])))


def beside(draw: random.Random, whole: tuple[int, ...]) -> tuple[int, ...]:
    """A shape that broadcasts to `whole`."""
    part = whole[draw.randrange(len(whole)) :] if whole and draw.random() < 0.4 else whole
    return tuple(1 if draw.random() < 0.3 else size for size in part)


def binary(draw: random.Random) -> Drawn:
    whole = shape(draw)
    return draw.choice(lines(BINARY)), {"x": whole, "y": beside(draw, whole)}


def reduction(draw: random.Random) -> Drawn:
    whole = shape(draw)
    n = len(whole)
    dims = [d - n if draw.random() < 0.5 else d for d in draw.sample(range(n), draw.choice([1, min(2, n), n]))]
    line = draw.choice(lines(REDUCTIONS)).format(dims=dims, dim=draw.randrange(-n, n), keep=draw.random() < 0.5)
    return line, {"x": Perm(*whole)}


def view(draw: random.Random) -> Drawn:
    whole = shape(draw)
    n = len(whole)
    repeats = [draw.choice([1, 2]) for _ in range(n + draw.choice([0, 1]))]
    line = draw.choice(lines(VIEWS))
    return line.format(order=draw.sample(range(n), n), a=draw.randrange(n), b=draw.randrange(n), repeats=repeats), {
        "x": Perm(*whole)
    }


def index(draw: random.Random, size: int) -> str:
    kind = draw.random()
    if kind < 0.25:
        return str(draw.randrange(-size, size))
    if kind < 0.65:
        low, high = sorted(draw.sample(range(size + 1), 2))
        return f"{draw.choice([str(low), str(low - size) if low else ''])}:{high}{draw.choice(['', ':2'])}"
    if kind < 0.9:
        return str([draw.randrange(-size, size) for _ in range(2)])
    return f"torch.tensor({[draw.random() < 0.6 for _ in range(size)]})"


def item(draw: random.Random) -> Drawn:
    whole = tuple(draw.choice([2, 3, 4, 5]) for _ in range(draw.choice([2, 3, 4])))
    places = [index(draw, size) for size in whole[: draw.randrange(1, len(whole) + 1)]]
    if sum("tensor" in place for place in places) > 1:
        return item(draw)
    for extra in ("None", "..."):
        if draw.random() < 0.2:
            places.insert(draw.randrange(len(places) + 1) if extra == "None" else len(places), extra)
    return draw.choice(lines(ITEMS, "|")).format(at=", ".join(places)), {"x": whole}


def product(draw: random.Random) -> Drawn:
    batch = tuple(draw.choice([1, 2, 3]) for _ in range(draw.choice([0, 0, 1, 2])))
    n, m, k = (70, 33, 65) if draw.random() < 0.1 else (draw.choice([1, 2, 3, 5]) for _ in range(3))
    other = beside(draw, batch) if draw.random() < 0.5 else batch
    return draw.choice(lines(PRODUCTS)), {"x": (*batch, n, m), "y": (*other, m, k)}


@pytest.mark.parametrize("family", [binary, reduction, view, item, product])
def test_random_calls_agree(family: Callable[[random.Random], Drawn]) -> None:
    draw, made = random.Random(family.__name__), 0
    for _ in range(CALLS):
        line, operands = family(draw)
        dtype, order = draw.choice([("float64", 2), ("float64", 1), ("float32", 1)])
        entry = Code("random", (line,), operands, owned=True)
        want, got = (evaluate(library, entry, line, dtype, order) for library in (torch, GRADLOOM))
        assert not list(mismatches(want, got)), (line, operands, dtype)
        made += want.error is None
    assert made > 0.8 * CALLS, "most random calls must be right ones"
