"""From DOT text to SVG, PNG or PDF: the system's `dot`, else the Graphviz inside pygraphviz's wheel, else a message."""

import shutil
import subprocess
import warnings

from ..errors import ArgumentError, GradloomError, MissingExtra

FORMATS = ("svg", "png", "pdf")
INSTALL = 'pip install "gradloom[viz]" (or a system-wide Graphviz) draws this as a picture'


class RenderError(GradloomError, RuntimeError):
    """Graphviz refused a graph."""


class Rendering:
    """Which Graphviz there is, if any."""

    @staticmethod
    def available() -> str | None:
        """'dot' (a program on the PATH), 'pygraphviz' (installed by pip) or None."""
        if shutil.which("dot"):
            return "dot"
        try:
            import pygraphviz  # noqa: F401
        except ImportError:
            return None
        return "pygraphviz"


def render(dot: str, fmt: str) -> bytes:
    """DOT text as a file of a format; MissingExtra if there is no Graphviz."""
    if fmt not in FORMATS:
        raise ArgumentError(f"visualize: format {fmt!r} is not known; accepted are {', '.join(FORMATS)}")
    how = Rendering.available()
    if how == "dot":
        done = subprocess.run(["dot", f"-T{fmt}"], input=dot.encode(), capture_output=True)
        if done.returncode:
            raise RenderError(f"visualize: dot failed: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout
    if how == "pygraphviz":
        import pygraphviz

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            drawn = pygraphviz.AGraph(string=dot).draw(format=fmt, prog="dot")
        if not drawn:
            raise RenderError("visualize: pygraphviz drew nothing")
        return drawn
    raise MissingExtra(f"visualize: no Graphviz was found; {INSTALL}")
