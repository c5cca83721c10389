"""The command line of the benchmarks; `python -m benchmarks --help` explains it."""

from __future__ import annotations

import argparse
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from . import compare, machine, report, workloads as workloads
from .coordinator import Plan, run
from .peers import CATALOGUE, HIPS_FOLDER
from .results import Run
from .workload import registry, select

try:
    from . import plots
except ImportError:  # matplotlib is an extra
    plots = None

QUICK = Plan(rounds=5, seconds=0.03)


def arguments() -> argparse.ArgumentParser:
    """The options."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure Gradloom and its peers on the same work, in one run, a process for each.",
    )
    add = parser.add_argument
    add("--quick", action="store_true", help="fewer sizes and shorter rounds: minutes, not an hour")
    add("--only", nargs="+", default=[], metavar="NAME", help="workloads (mlp) or single cases (mlp/tiny)")
    add(
        "--peers",
        nargs="+",
        default=list(CATALOGUE),
        choices=list(CATALOGUE),
        metavar="NAME",
        help=", ".join(CATALOGUE),
    )
    add("--threads", type=int, default=2, help="threads of every peer (2)")
    add("--clock", choices=("wall", "cpu"), default="wall", help="cpu: processor time, for a busy machine; use one thread")
    add("--rounds", type=int, help="measurements per case and peer")
    add(
        "--out",
        type=Path,
        default=Path("benchmarks/out"),
        help="folder for results.json, results.md and plots",
    )
    add("--into", type=Path, metavar="FILE", help="also replace the results in this Markdown document")
    add(
        "--compare",
        type=Path,
        metavar="JSON",
        help="a stored run; exits with status 1 if a case became slower",
    )
    add("--tolerance", type=float, default=0.15, help="growth of a median that counts as slower (0.15)")
    add("--list", action="store_true", help="list workloads, cases and peers, and stop")
    add(
        "--install-hips",
        action="store_true",
        help="put HIPS/autograd, whose import name is ours, in a folder aside",
    )
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run as the options say; 1 if a comparison found a case that became slower, else 0."""
    parser = arguments()
    options = parser.parse_args(argv)
    if options.list:
        print(*(f"{case:40} {each.question}" for each in registry.values() for case in each.cases()), sep="\n")
        print("peers:", *CATALOGUE)
        return 0
    if options.install_hips:
        pip = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--target",
            str(HIPS_FOLDER),
            "autograd",
        ]
        subprocess.run(pip, check=True)
    try:
        cases = select(options.only, options.quick)
    except ValueError as error:
        parser.error(str(error))
    plan = replace(QUICK if options.quick else Plan(), threads=options.threads, clock=options.clock)
    plan = replace(plan, rounds=options.rounds or plan.rounds)
    machine.pin(plan.threads)
    stored = options.out / "results.json"
    result = run(cases, [CATALOGUE[name] for name in options.peers], plan, keep=lambda run: run.save(stored))
    result.quick = options.quick
    changes = compare.compare(Run.load(options.compare), result, options.tolerance) if options.compare else []
    text = report.markdown(result, changes)
    result.save(stored)
    (options.out / "results.md").write_text(text)
    if options.into:
        report.into(options.into, text)
    print(f"\n{text}\nwritten into {options.out}: results.json, results.md, {_plots(result, options.out)}")
    return int(any(change.slower for change in changes))


def _plots(result: Run, folder: Path) -> str:
    if plots is None:
        return "no plots (pip install matplotlib)"
    return f"{len(plots.save(result, folder))} plots"


if __name__ == "__main__":
    sys.exit(main())
