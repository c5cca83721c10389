"""The programs are run, each in its own way, by test_programs.py; none is imported by the collector."""

from pathlib import Path

collect_ignore = [path.name for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("test_")]
