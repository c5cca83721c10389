"""What Gradloom wants to reach, stated against the results of one run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .results import Row, Run

OURS = "gradloom"


@dataclass(frozen=True)
class Target:
    """A claim about one case: how it reads, the number it is about, and the bound that this must keep."""

    case: str
    claim: str
    number: Callable[[Row], float | None]
    at_least: float = float("-inf")
    at_most: float = float("inf")


@dataclass(frozen=True)
class Verdict:
    """A target, the number measured for it, and whether it is reached."""

    target: Target
    number: float
    reached: bool


def faster(case: str, factor: float, than: str = "torch") -> Target:
    """Gradloom takes at most 1 / `factor` of the time that `than` takes."""
    return Target(case, f"{than} / Gradloom >= {factor:g}", lambda row: row.ratio(than, OURS), at_least=factor)


def below(case: str, bound: float, claim: str, scale: float = 1.0, over: str = "") -> Target:
    """Gradloom's number, less that of peer `over` if one is named, times `scale`, is at most `bound`."""

    def number(row: Row) -> float | None:
        ours, base = row.median(OURS), row.median(over) if over else 0.0
        return None if ours is None or base is None else scale * (ours - base)

    return Target(case, claim, number, at_most=bound)


MICRO = 1e6
TARGETS = (
    faster("mlp/tiny", 3.5),
    faster("mlp/small", 3.5),
    faster("mlp/digits", 1.7),
    faster("mlp/mnist", 1.0),
    faster("mlp/large", 1.0),
    faster("mlp/xl", 0.9),
    faster("hessian-vector/tiny", 2.0),
    faster("physics-informed/batch 64", 2.0),
    faster("rnn/50 steps, hidden 32", 2.0),
    faster("micrograd-demo/4 samples", 1.5, "micrograd"),
    faster("micrograd-demo/20 samples", 1.5, "micrograd"),
    *(below(f"op/{kind} 10", 2.0, "µs over NumPy <= 2", MICRO, "numpy") for kind in ("add", "mul", "exp")),
    *(below(f"op-round-trip/{kind} 10", 6.0, "µs <= 6", MICRO) for kind in ("add", "mul", "exp")),
    *(below(f"backward-ratio/{size}", 2.5, "backward / forward <= 2.5") for size in ("tiny", "digits", "mnist", "large")),
    below("steady/10,000 steps", 1.2, "last tenth / first tenth <= 1.2"),
    below("steady/2,000 steps", 1.2, "last tenth / first tenth <= 1.2"),
    faster("adam/0.6 k (tiny MLP)", 3.0),
    faster("adam/1.9 M (large MLP)", 1.0),
    faster("adam/12.6 M (xl MLP)", 1.0),
)


def judge(run: Run) -> list[Verdict]:
    """A verdict for every target that this run has the measurements for."""
    verdicts = []
    for target in TARGETS:
        row = run.rows.get(target.case)
        number = target.number(row) if row else None
        if number is not None:
            verdicts.append(Verdict(target, number, target.at_least <= number <= target.at_most))
    return verdicts
