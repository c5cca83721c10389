"""What every adapter tells of its peer; what else it offers is between it and the builds of its family."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, distribution, version
from typing import Any, ClassVar


class Adapter:
    """One peer as the builds of its family see it."""

    family: ClassVar[str]
    distributions: ClassVar[tuple[str, ...]]
    imports: ClassVar[str]
    differs_in: ClassVar[frozenset[str]] = frozenset()
    """For a variant of another peer: the parts in which the two differ; it is measured where one takes part."""

    def __init__(self, threads: int) -> None:
        """Pin the peer's own thread pool, where environment variables do not reach it."""

    def array(self, array: Any) -> Any:
        """A NumPy array as the peer's own kind of array."""
        return array

    def jit(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function compiled, where the peer compiles."""
        return function

    def wait(self, result: Any) -> Any:
        """The result once it is computed, where the peer returns before that."""
        return result

    @classmethod
    def versions(cls) -> dict[str, str]:
        """The versions of what this peer runs on."""
        return {name: version(name) for name in dict.fromkeys((*cls.distributions, "numpy"))}

    @classmethod
    def install_size(cls) -> float:
        """Megabytes on disk of the peer's distributions and of all that they require."""
        return sum(_size(name) for name in _required(cls.distributions)) / 1e6


def _size(name: str) -> int:
    files = distribution(name).files or []
    paths = (path.locate() for path in files)
    return sum(path.stat().st_size for path in paths if path.is_file())  # type: ignore[attr-defined]


def _required(names: Iterable[str]) -> set[str]:
    """The named distributions and, transitively, what they require without extras, as far as installed."""
    found: set[str] = set()
    queue = list(names)
    while queue:
        name = queue.pop().lower().replace("_", "-")
        if name in found:
            continue
        try:
            requirements = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        found.add(name)
        plain = (each for each in requirements if "extra ==" not in each)
        queue += [match[0] for each in plain if (match := re.match(r"[A-Za-z0-9._-]+", each))]
    return found
