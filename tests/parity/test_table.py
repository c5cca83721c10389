"""The table itself is right: on torch, right calls succeed, wrong calls fail, and all spellings mean the same."""

from __future__ import annotations

import warnings

import pytest
import torch

from .compare import mismatches
from .dsl import FLOATS, Code, Op
from .expand import evaluate, perform, spellings_of
from .table import TABLE

pytestmark = pytest.mark.torch
OPS = [name for name, entry in TABLE.items() if isinstance(entry, Op)]
SNIPPETS = [name for name, entry in TABLE.items() if isinstance(entry, Code)]


@pytest.mark.parametrize("name", OPS)
def test_calls_are_right(name: str) -> None:
    entry = TABLE[name]
    assert isinstance(entry, Op)
    spellings = spellings_of(torch, entry)
    assert spellings, f"torch has no {name}"
    problems = []
    named: dict[str, bool] = {}
    for call in entry.calls:
        usual = [entry.dtypes[0]]
        for spelling in (s for s in spellings if s != "in place" and call.only in ("", s)):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                want = perform(torch, entry, call, spelling, usual, order=1)
                if want.error is not None:
                    problems.append(f"{spelling}{call}: {want.error}")
                    continue
                if not entry.values or len(call.args) > len(entry.args):
                    continue
                again = perform(torch, entry, call, f"{spelling}, keywords", usual, order=1)
            named[spelling] = named.get(spelling, False) or again.error is None
            if again.error is None:
                problems += [f"{spelling} by keywords{call}: {text}" for text in mismatches(want, again)]
    problems += [f"torch knows no {spelling} with {entry.args}" for spelling, known in named.items() if not known]
    for call in entry.wrong:
        for spelling in (s for s in spellings if s != "in place" and call.only in ("", s)):
            failed = perform(torch, entry, call, spelling, [FLOATS[0]], order=0)
            if failed.error is None:
                problems.append(f"{spelling}{call} is no error in torch")
    assert not problems, "\n".join([f"{len(problems)} problems with {name}:", *problems])


@pytest.mark.parametrize("name", SNIPPETS)
def test_snippets_fail_for_no_reason_of_their_own(name: str) -> None:
    entry = TABLE[name]
    assert isinstance(entry, Code)
    for line in entry.lines:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            error = evaluate(torch, entry, line, entry.dtypes[0], 0).error
        assert not isinstance(error, (NameError, SyntaxError)), f"{line}: {error}"
