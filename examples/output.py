"""Where every example leaves its picture, and the line that says so."""

import argparse
from pathlib import Path
from typing import Any


def folder(description: str, given: list[str] | None = None) -> Path:
    """The folder of the `--out` flag, the only one that the short examples have."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("runs/examples"), help="folder for the picture")
    path = parser.parse_args(given).out
    path.mkdir(parents=True, exist_ok=True)
    return path


def finish(figure: Any, path: Path, text: str) -> None:
    """Save the picture and say in words what it shows."""
    figure.savefig(path, dpi=150)
    print(f"{text.strip()}\n-> {path}")
