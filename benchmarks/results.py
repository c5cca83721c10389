"""What a run found: samples per case and peer, with their statistics; stored as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median, quantiles


@dataclass
class Row:
    """One case: its unit, and per peer samples, or why it has none: no code for the case, or a failure."""

    case: str
    unit: str = "s"
    samples: dict[str, list[float]] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def median(self, peer: str) -> float | None:
        """The median of a peer's samples; None if it has none."""
        samples = self.samples.get(peer)
        return median(samples) if samples else None

    def quartiles(self, peer: str) -> tuple[float, float]:
        """The lower and upper quartile of a peer's samples."""
        samples = self.samples[peer]
        if len(samples) < 2:
            return samples[0], samples[0]
        low, _, high = quantiles(samples, n=4, method="inclusive")
        return low, high

    def spread(self, peer: str) -> float:
        """The interquartile range over the median."""
        low, high = self.quartiles(peer)
        middle = median(self.samples[peer])
        return (high - low) / middle if middle else 0.0

    def ratio(self, peer: str, to: str) -> float | None:
        """How many times as much `peer` takes as `to`; None unless both were measured."""
        above, below = self.median(peer), self.median(to)
        return above / below if above is not None and below else None


@dataclass
class Run:
    """A whole run: machine, versions, titles of the peers that ran, why others did not, and the rows."""

    machine: dict[str, str]
    date: str
    quick: bool = False
    yardstick: float = 0.0
    titles: dict[str, str] = field(default_factory=dict)
    versions: dict[str, dict[str, str]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        """Write the run as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def load(cls, path: Path) -> Run:
        """Read a run that `save` wrote."""
        stored = json.loads(path.read_text())
        rows = {case: Row(**row) for case, row in stored.pop("rows").items()}
        return cls(**stored, rows=rows)
