"""A run in pictures: for each workload, every peer's time over Gradloom's, on a logarithmic axis."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter

from .results import Row, Run
from .targets import OURS

MARKERS = "osD^v<>PX*hp"


def save(run: Run, folder: Path) -> list[Path]:
    """One SVG per workload that has something to compare; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    # One look per peer in all pictures: colour and shape, since some eyes tell only one of them.
    looks = {name: (f"C{i % 10}", MARKERS[i % len(MARKERS)]) for i, name in enumerate(run.titles)}
    paths = []
    for workload, cases in groupby(run.rows, lambda case: case.partition("/")[0]):
        rows = [row for row in map(run.rows.__getitem__, cases) if OURS in row.samples and len(row.samples) > 1]
        if not rows:
            continue
        figure, axes = plt.subplots(figsize=(8, 1.2 + 0.4 * len(rows)), layout="constrained")
        _draw(axes, run, rows, looks)
        axes.set_title(workload)
        paths.append(folder / f"{workload}.svg")
        figure.savefig(paths[-1])
        plt.close(figure)
    return paths


def _draw(axes: Axes, run: Run, rows: list[Row], looks: dict[str, tuple[str, str]]) -> None:
    axes.axvspan(1e-4, 1, color="0.93", zorder=0)
    axes.axvline(1, color="black", linewidth=1)
    for name, (colour, marker) in looks.items():
        points = [(ratio, i) for i, row in enumerate(rows) if (ratio := row.ratio(name, OURS)) is not None]
        if points and name != OURS:
            xs, ys = zip(*points, strict=True)
            axes.scatter(xs, ys, color=colour, marker=marker, label=run.titles[name], zorder=3)
    every = [ratio for row in rows for name in row.samples if (ratio := row.ratio(name, OURS)) is not None]
    axes.set_xscale("log")
    axes.set_xlim(0.7 * min(every), 1.4 * max(every))
    axes.set_yticks(range(len(rows)), [row.case.partition("/")[2] for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter(lambda ratio, _: f"{ratio:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("time over Gradloom's (grey: faster than Gradloom)")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize="small")
