"""A new run against a stored one: which cases became slower, beyond what noise explains."""

from __future__ import annotations

from dataclasses import dataclass

from .results import Run


@dataclass(frozen=True)
class Change:
    """One peer in one case: new over old median, and whether that is more than noise."""

    case: str
    peer: str
    factor: float
    slower: bool
    faster: bool


def compare(old: Run, new: Run, tolerance: float = 0.15) -> list[Change]:
    """The changes in all cases that both runs measured.

    Times are divided by each run's yardstick, so that a machine slower today does not accuse the code.
    A case is slower if its median grew by more than `tolerance` and the two runs' quartiles do not overlap.
    """
    pace = new.yardstick / old.yardstick if old.yardstick and new.yardstick else 1.0
    changes = []
    for case, row in new.rows.items():
        before = old.rows.get(case)
        for peer in row.samples:
            if before is None or peer not in before.samples:
                continue
            scale = pace if row.unit == "s" else 1.0
            (old_low, old_high), (new_low, new_high) = before.quartiles(peer), row.quartiles(peer)
            above, below = row.median(peer), before.median(peer)
            factor = above / (below * scale) if above is not None and below else 1.0
            slower = factor > 1 + tolerance and new_low > old_high * scale
            faster = factor < 1 / (1 + tolerance) and new_high < old_low * scale
            changes.append(Change(case, peer, factor, slower, faster))
    return changes
