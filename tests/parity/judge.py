"""Judging a library by the table: every mismatch of a name, together."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any

from .compare import mismatches
from .dsl import Op
from .expand import Check, expand
from .run import Outcome
from .table import TABLE

NO_KERNEL = ("not implemented for", "not supported for", "not support bool", "bool is not supported", "Unsupported input type",
             "Autograd not support dtype")  # fmt: skip


@dataclass
class Verdict:
    """What was compared for one name, and what differed."""

    name: str
    checks: int = 0
    orders: int = 0  # the highest order of derivative that was compared
    differences: list[str] = field(default_factory=list)


def outcome(library: Any, check: Check) -> Outcome:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return check.run(library)


def lacks_kernel(want: Outcome) -> bool:
    """Whether torch raised only because nobody wrote its kernel for a dtype: no rule that others must follow."""
    return want.error is not None and any(text in str(want.error) for text in NO_KERNEL)


def judge(oracle: Any, library: Any, name: str) -> Verdict:
    """Run every check of one name of the table on both libraries."""
    entry = TABLE[name]
    verdict = Verdict(name)
    scale = entry.tolerance if isinstance(entry, Op) else 1.0
    for check in expand(oracle, entry):
        want = outcome(oracle, check)
        if (check.optional and want.error is None) or (check.kind == "dtype" and lacks_kernel(want)):
            continue
        if want.error is not None and (check.kind in ("memory", "layout") or "keywords" in check.label):
            continue
        got = outcome(library, check)
        verdict.checks += 1
        order = 2 if want.second is not None else bool(want.gradients)
        verdict.orders = max(verdict.orders, order)
        for difference in mismatches(
            want, got, names=check.names, scale=scale, values=entry.values, differentiable=entry.order > 0
        ):
            verdict.differences.append(f"[{check.kind}] {check.label}: {difference}")
    return verdict
