"""One program from a seed: drawn step by step, run on both libraries, compared after every line."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

from . import calls, graph, layers, nests, writes
from .draw import Draw, Unfit
from .judge import Difference, Pair
from .known import Known, known

FAMILIES = {
    calls.call: 34, calls.again: 8, writes.write: 16, graph.fresh: 3, graph.flag: 6, graph.hook: 5, graph.sweep: 8, graph.block: 2,
    graph.optimize: 2, nests.transform: 5, layers.function: 7, layers.loss: 4, layers.module: 3, layers.layer: 3,
}  # fmt: skip
DTYPES = ["float64"] * 6 + ["float32"] * 4 + ["float16"]


@dataclass
class Played:
    lines: list[str]
    difference: Difference | None = None
    known: Known | None = None


def play(seed: int) -> Played:
    """Draw and run one program; it ends with the first difference."""
    pair = Pair()
    draw = Draw(seed, pair.theirs)
    draw.dtype = draw.choice(DTYPES)
    steps = draw.random.randint(4, 14)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = [graph.leaf(draw, grad=True), *(graph.leaf(draw) for _ in range(draw.choice([1, 1, 2])))]
        for step in range(steps + 2):
            for line in made:
                if difference := pair.run(line):
                    meant = known(difference, line)
                    if meant is None or difference.got is None or difference.want is None:
                        return Played(pair.lines, difference, meant)
            if step == steps:
                made = ["torch.set_grad_enabled(True)", *graph.close(draw)]
            else:
                made = another(draw)
    return Played(pair.lines)


def another(draw: Draw) -> list[str]:
    while True:
        family = draw.random.choices(list(FAMILIES), list(FAMILIES.values()))[0]
        try:
            return family(draw)
        except Unfit:
            continue
