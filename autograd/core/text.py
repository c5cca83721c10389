"""Functions that are written out as text: compiled, and with their lines where tracebacks and debuggers look for them."""

import linecache
from collections.abc import Mapping
from typing import Any


def compiled(source: str, title: str, names: Mapping[str, Any]) -> Any:
    """The function that `source` defines (`def call(...)`, `save = lambda ...`), which finds `names` as its globals.

    The first word of `title` is its name, and `<title>` stands for the file in tracebacks, which show its lines.
    """
    file = f"<{title}>"
    # Without a date of change, so that nobody looks for the file.
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    written = dict(names)
    exec(compile(source, file, "exec"), written)
    return written[title.partition(" ")[0]]
