"""A run as Markdown: machine and versions, a table per workload, targets, changes against a stored run.

Rows that Gradloom loses say so: each names every peer that was faster.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from .compare import Change
from .results import Row, Run
from .targets import OURS, judge
from .workload import registry

START, END = "<!-- results: written by python -m benchmarks --into -->", "<!-- end of results -->"


def quantity(value: float, unit: str) -> str:
    """A number with three digits and a unit that fits it."""
    if unit != "s":
        return f"{value:.3g} {unit}" if value < 1000 else f"{value:,.0f} {unit}"
    for scale, name in ((1e-6, "ns"), (1e-3, "µs"), (1.0, "ms")):
        if value < scale:
            return f"{_digits(value / scale * 1000)} {name}"
    return f"{_digits(value)} s"


def _digits(value: float) -> str:
    return f"{value:.0f}" if value >= 99.95 else f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A Markdown table, first column to the left, the others to the right."""
    cells = [list(header), *(list(row) for row in rows)]
    lines = [f"| {' | '.join(row)} |" for row in cells]
    return [lines[0], f"|---|{'---:|' * (len(cells[0]) - 1)}", *lines[1:]]


def markdown(run: Run, changes: Iterable[Change] = ()) -> str:
    """The whole report."""
    lines = [f"Measured {run.date}{' (quick run)' if run.quick else ''}.", ""]
    lines += table(("machine", ""), run.machine.items())
    lines += ["", *_peers(run), ""]
    lines += ["In brackets: the peer's time (or size) over Gradloom's: above 1, Gradloom wins. ±: half the"]
    lines += ["interquartile range.", ""]
    for name, cases in groupby(run.rows, lambda case: case.partition("/")[0]):
        question = registry[name].question if name in registry else ""
        lines += [f"### {name}: {question}", "", *_workload(run, [run.rows[case] for case in cases]), ""]
    lines += [*_targets(run), *_changes(changes)]
    return "\n".join(lines).rstrip() + "\n"


def into(path: Path, text: str) -> None:
    """Replace what stands between the two markers of a document."""
    before, start, rest = path.read_text().partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise ValueError(f"--into: {path} has no pair of markers {START} {END}")
    path.write_text(f"{before}{start}\n\n{text}\n{end}{after}")


def _peers(run: Run) -> Iterator[str]:
    rows = [
        (title, ", ".join(f"{package} {version}" for package, version in run.versions[name].items()))
        for name, title in run.titles.items()
    ]
    yield from table(("peer", "versions"), rows)
    if run.missing:
        yield ""
        yield from (f"- {reason}" for reason in run.missing.values())


def _workload(run: Run, rows: list[Row]) -> Iterator[str]:
    peers = [name for name in run.titles if any(name in row.samples or name in row.failed for row in rows)]
    header = ("case", *(run.titles[name] for name in peers), "Gradloom loses to")
    yield from table(header, ((_size(row), *(_cell(row, name) for name in peers), _losses(run, row)) for row in rows))
    failures = [(row, name) for row in rows for name in peers if name in row.failed]
    if failures:
        yield ""
        yield from (f"- {_size(row)}, {run.titles[name]} failed: {row.failed[name]}" for row, name in failures)


def _size(row: Row) -> str:
    return row.case.partition("/")[2]


def _cell(row: Row, peer: str) -> str:
    middle = row.median(peer)
    if middle is None:
        return "failed" if peer in row.failed else "-"
    text = f"{quantity(middle, row.unit)} ±{50 * row.spread(peer):.0f}%"
    ratio = row.ratio(peer, OURS)
    return text if peer == OURS or ratio is None else f"{text} ({ratio:.2f}x)"


def _losses(run: Run, row: Row) -> str:
    if OURS not in row.samples:
        return "-"
    ratios = ((run.titles[name], row.ratio(name, OURS)) for name in row.samples if not name.startswith(OURS))
    lost = [f"{title} ({ratio:.2f}x)" for title, ratio in ratios if ratio is not None and ratio < 1]
    return f"**{', '.join(lost)}**" if lost else "nobody"


def _targets(run: Run) -> Iterator[str]:
    verdicts = judge(run)
    if not verdicts:
        return
    yield from ("### Targets", "")
    rows = ((v.target.case, v.target.claim, f"{v.number:.2f}", "reached" if v.reached else "**missed**") for v in verdicts)
    yield from table(("case", "claim", "measured", ""), rows)
    yield ""


def _changes(changes: Iterable[Change]) -> Iterator[str]:
    moved = [each for each in changes if each.slower or each.faster]
    if not moved:
        return
    yield from ("### Changes against the stored run", "")
    words = {True: "**slower**", False: "faster"}
    yield from table(
        ("case", "peer", "new / old", ""),
        ((c.case, c.peer, f"{c.factor:.2f}", words[c.slower]) for c in moved),
    )
    yield ""
