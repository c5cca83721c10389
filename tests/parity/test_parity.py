"""Gradloom agrees with torch, name by name: values, dtypes, shapes, gradients of both orders, memory and errors."""

from __future__ import annotations

import pytest
import torch

from .gradloom import GRADLOOM
from .judge import judge
from .table import TABLE

pytestmark = pytest.mark.torch


@pytest.mark.parametrize("name", list(TABLE))
def test_agrees_with_torch(name: str) -> None:
    verdict = judge(torch, GRADLOOM, name)
    assert not verdict.differences, "\n".join(
        [f"{name}: {len(verdict.differences)} differences in {verdict.checks} checks", *verdict.differences]
    )
