"""`python -m tests.parity.report [name ...]`: where Gradloom departs from torch, shortest list first.

Without names it prints one line for each failing name: how many checks differ, of how many, and the first difference.
With names it prints every difference of those names.
"""

from __future__ import annotations

import sys

import torch

import autograd

from .gradloom import GRADLOOM
from .judge import Verdict, judge
from .table import TABLE


def reset() -> None:
    """Undo what a failed snippet may have left behind."""
    autograd.set_grad_enabled(True)
    torch.set_grad_enabled(True)


def summary(verdict: Verdict) -> str:
    first = verdict.differences[0]
    missing = next((text for text in verdict.differences if "has no attribute" in text), "")
    return f"{verdict.name}: {len(verdict.differences)}/{verdict.checks}: {(missing or first)[:230]}"


def main(names: list[str]) -> None:
    torch.set_num_threads(1)
    verdicts = []
    for name in names or TABLE:
        verdicts.append(judge(torch, GRADLOOM, name))
        reset()
    failing = [verdict for verdict in verdicts if verdict.differences]
    for verdict in failing:
        print("\n".join([verdict.name, *verdict.differences]) if names else summary(verdict))
    checks, differences = sum(v.checks for v in verdicts), sum(len(v.differences) for v in verdicts)
    print(f"{len(failing)} of {len(verdicts)} names differ: {differences} of {checks} checks")


if __name__ == "__main__":
    main(sys.argv[1:])
