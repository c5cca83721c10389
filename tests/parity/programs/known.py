"""The differences that are meant, each with its reason. A program ends where one of them shows."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .judge import Difference


@dataclass(frozen=True)
class Known:
    reason: str
    kind: str  # a pattern of the difference's kind
    line: str = ""  # patterns that are searched for: in the line,
    want: str = ""  # in PyTorch's error,
    got: str = ""  # in ours,
    text: str = ""  # in the difference

    def covers(self, difference: Difference, line: str) -> bool:
        return (
            re.fullmatch(self.kind, difference.kind) is not None
            and re.search(self.line, line) is not None
            and re.search(self.want, str(difference.want)) is not None
            and re.search(self.got, str(difference.got)) is not None
            and re.search(self.text, difference.text) is not None
        )


KNOWN = [
    Known(
        "PyTorch has no kernel for this dtype on the CPU; NumPy has",
        "accepted .*",
        want="not implemented for|not supported|'Half'",
    ),
    Known("operands that overlap are read before anything is written", "accepted .*", want="single memory location|overlap"),
    Known(
        "an expanded tensor's memory is read only: one write would change many elements", "refused .*", got="expanded|read-only"
    ),
    Known(
        "a copy of a tensor in another order in memory is laid out row by row here", "accepted .*", want="view size|view\\(\\)"
    ),
    Known(
        "both refuse; a wrong shape, dim or dtype has one class of error here, which in PyTorch differs from operation to operation",
        "error .*",
        text="here: (Shape|Dim|Index|DType|Type|Value|Graph|Argument)\\w*:",
    ),
    Known("where PyTorch gives nan a number may be right", ".* nan there"),
]


def known(difference: Difference, line: str) -> Known | None:
    return next((one for one in KNOWN if one.covers(difference, line)), None)
