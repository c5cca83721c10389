"""python -m tests.parity.programs: many random programs, each difference cut down and printed as a script for PyTorch.

Seeds are one a program, so that a run goes on with `--seed` where it stopped. Differences that look alike are printed once.

What it prints is to be read, not counted: after a sweep that raises in both libraries it goes on comparing gradients, and some
entries of `known` are wider than they need be.
"""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter

from .machine import HEADER
from .play import Played, play
from .shrink import shrunk


def script(lines: list[str]) -> str:
    return HEADER.strip() + "\n\n" + "\n".join(lines)


def alike(lines: list[str], kind: str) -> str:
    """Two differences with this in common are printed once: the kind, and the names that the last line calls."""
    return f"{kind}: {' '.join(sorted(set(re.findall(r'[a-z_]{3,}(?=[(])', lines[-1])) - {'values', 'tensor'}))}"


def report(seed: int, played: Played, header: bool) -> str:
    assert played.difference is not None
    return "\n".join([f"--- seed {seed}: {played.difference.kind}", script(played.lines) if header else "\n".join(played.lines),
                      *(f"# {line}" for line in played.difference.text.splitlines())])  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.parity.programs", description=__doc__)
    parser.add_argument("--programs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0, help="the first program's seed")
    parser.add_argument("--whole", action="store_true", help="print scripts with their header")
    parser.add_argument("--known", action="store_true", help="print the programs that end with a difference that is meant, too")
    args = parser.parse_args()
    start, seen, meant, steps = time.monotonic(), Counter[str](), Counter[str](), 0
    for i, seed in enumerate(range(args.seed, args.seed + args.programs), 1):
        played = play(seed)
        steps += len(played.lines)
        if played.known is not None:
            meant[played.known.reason] += 1
            if args.known:
                print(report(seed, played, args.whole), flush=True)
        elif played.difference is not None:
            first = alike(played.lines, played.difference.kind)
            if not seen[first]:
                lines, difference = shrunk(played.lines, played.difference)
                print(report(seed, Played(lines, difference), args.whole), flush=True)
            seen[first] += 1
        if i % 500 == 0 or i == args.programs:
            print(f"{i} programs, {steps} lines, {sum(seen.values())} differences, {sum(meant.values())} meant ones, "
                  f"{time.monotonic() - start:.0f} s; next seed {seed + 1}", flush=True)  # fmt: skip
    for name, count in [*seen.most_common(), *meant.most_common()]:
        print(f"{count:6} {name}")
    return 1 if seen else 0


if __name__ == "__main__":
    raise SystemExit(main())
