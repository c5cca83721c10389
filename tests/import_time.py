"""How long `import autograd` takes beside `import numpy`: a script of its own, since a test runner has imported both.

Timing decides nothing here, it is printed; what decides is that nothing but NumPy and the standard library is loaded.
Run it where the wheel is installed, not in the source tree: an installed module is compiled already, as NumPy's are.
"""

import statistics
import subprocess
import sys


def seconds(module: str) -> float:
    """The time that a fresh interpreter takes to import a module."""
    code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    foreign = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; before = set(sys.modules); import autograd, nn, optim\n"
            "known = {'autograd', 'nn', 'optim', 'numpy'} | set(sys.stdlib_module_names)\n"
            "new = {m.split('.')[0] for m in set(sys.modules) - before} - known\n"
            "print(*sorted(m for m in new if getattr(sys.modules.get(m), '__file__', None)))",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    rounds = [(seconds("numpy"), seconds("autograd")) for _ in range(26)][1:]  # the first reads the files from disk
    numpy, ours = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"import numpy {numpy * 1e3:.0f} ms, import autograd {ours * 1e3:.0f} ms: {ours / numpy:.2f} x")
    if foreign:
        sys.exit(f"import autograd loads packages that are not dependencies: {foreign}")
