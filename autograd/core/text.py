"""Functions that are written out as text: compiled, and with their lines where tracebacks and debuggers look for them."""

from collections.abc import Mapping
from typing import Any


def compiled(source: str, title: str, names: Mapping[str, Any]) -> Any:
    """The function that `source` defines (`def call(...)`, `save = lambda ...`), which finds `names` as its globals.

    The first word of `title` is its name, and `<title>` stands for the file in tracebacks, which show its lines.
    """
    import linecache  # at the first call of an operation: NumPy 2.0 does without it, and it takes a millisecond

    file = f"<{title}>"
    # Without a date of change, so that nobody looks for the file.
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    written = dict(names)
    exec(compile(source, file, "exec"), written)
    return written[title.partition(" ")[0]]
