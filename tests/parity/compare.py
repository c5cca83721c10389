"""What it means for two outcomes to agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .run import Outcome

Limits = tuple[float, float]  # relative and absolute tolerance
BUILT_IN = (IndexError, TypeError, ValueError, KeyError, AttributeError, StopIteration, ZeroDivisionError,
            OverflowError, ImportError, RuntimeError)  # fmt: skip
TOLERANCE = {"float64": (1e-8, 1e-10), "float32": (2e-4, 2e-5), "float16": (2e-2, 2e-2)}  # relative, absolute


def built_in(error: Exception) -> type[Exception]:
    """The built-in class that a user's `except` would name: NotImplementedError counts as RuntimeError."""
    return next((kind for kind in BUILT_IN if isinstance(error, kind)), Exception)


def shown(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:160]}"


def arrays_differ(want: np.ndarray, got: np.ndarray, limits: Limits) -> str:
    """How two arrays differ, or ''."""
    if want.dtype != got.dtype:
        return f"dtype is {got.dtype}, torch has {want.dtype}"
    if want.shape != got.shape:
        return f"shape is {got.shape}, torch has {want.shape}"
    if want.dtype.kind != "f":
        wrong = want != got
    else:
        rtol, atol = limits
        wide_want, wide_got = want.astype(np.float64), got.astype(np.float64)
        wrong = ~np.isclose(wide_got, wide_want, rtol=rtol, atol=atol, equal_nan=True)
    if not wrong.any():
        return ""
    where = tuple(int(i) for i in np.argwhere(wrong)[0])
    return f"{int(wrong.sum())} of {wrong.size} values differ: at {where} {got[where]}, torch has {want[where]}"


def values_differ(want: Any, got: Any, limits: Limits, values: bool) -> str:
    """How two parts of a result differ, or ''."""
    if isinstance(want, np.ndarray) and isinstance(got, np.ndarray):
        if values:
            return arrays_differ(want, got, limits)
        same = want.dtype == got.dtype and want.shape == got.shape
        return "" if same else f"{got.dtype}{got.shape}, torch has {want.dtype}{want.shape}"
    if type(want) is not type(got):
        return f"a {type(got).__name__}, torch has a {type(want).__name__}"
    if isinstance(want, float):
        close = np.isclose(got, want, rtol=1e-5, atol=1e-7, equal_nan=True)
        return "" if close or not values else f"{got}, torch has {want}"
    return "" if want == got or not values else f"{got!r}, torch has {want!r}"


def gradients_differ(want: np.ndarray | None, got: np.ndarray | None, limits: Limits) -> str:
    """As values_differ, where no gradient and a gradient of zeros are the same."""
    if want is None and got is None:
        return ""
    if want is None or got is None:
        present = got if want is None else want
        owner = "torch has none" if want is None else "none, torch has one"
        return "" if present is None or np.allclose(present, 0.0, atol=limits[1]) else owner
    return arrays_differ(want, got, limits)


def limits_of(outcome: Outcome, scale: float) -> Limits:
    """The tolerance for the coarsest dtype that took part: a float64 gradient may have come through float32."""
    arrays = [*outcome.operands, *(part for _, part in outcome.results if isinstance(part, np.ndarray))]
    names = {array.dtype.name for array in arrays if array.dtype.kind == "f"}
    rtol, atol = max(TOLERANCE[name] for name in names | {"float64"})
    return rtol * scale, atol * scale


def mismatches(
    want: Outcome,
    got: Outcome,
    *,
    names: tuple[str, ...] = (),
    scale: float = 1.0,
    values: bool = True,
    differentiable: bool = True,
) -> Iterator[str]:
    """Every way in which `got` departs from `want`, torch's outcome. `names`: one of which an error message must contain."""
    if want.error is not None:
        kind = built_in(want.error)
        if got.error is None:
            yield f"accepted; torch raises {shown(want.error)}"
        elif not isinstance(got.error, kind) and not (kind is AttributeError and isinstance(got.error, TypeError)):
            yield f"raised {shown(got.error)}; torch raises {shown(want.error)}"
        elif names and not any(name in str(got.error) for name in names):
            yield f"the message does not name {names[0]}: {shown(got.error)}"
        return
    if got.error is not None:
        yield f"raised {shown(got.error)}"
        return
    if [place for place, _ in want.results] != [place for place, _ in got.results]:
        yield f"results are {[p for p, _ in got.results]}, torch has {[p for p, _ in want.results]}"
        return
    limits = limits_of(want, scale)
    for (place, a), (_, b) in zip(want.results, got.results, strict=True):
        if difference := values_differ(a, b, limits, values):
            yield f"{place}: {difference}"
    for i, (a, b) in enumerate(zip(want.operands, got.operands, strict=True)):
        if difference := values_differ(a, b, limits, values):
            yield f"operand {i} afterwards: {difference}"
    if not differentiable or not values:
        return
    if want.differentiable != got.differentiable and not missing_rule(want):
        yield f"requires_grad of the results is {got.differentiable}, torch has {want.differentiable}"
        return
    yield from sweep_differs(want, got, limits)


def missing_rule(want: Outcome) -> bool:
    """Whether torch could not differentiate the call, for reasons of its own."""
    return want.stuck is not None and not want.gradients


def sweep_differs(want: Outcome, got: Outcome, limits: Limits) -> Iterator[str]:
    if missing_rule(want):
        return
    if got.stuck is not None and (want.stuck is None or not got.gradients):
        yield f"the sweep raised {shown(got.stuck)}"
        return
    if len(want.gradients) != len(got.gradients):
        yield f"{len(got.gradients)} gradients, torch has {len(want.gradients)}"
        return
    for i, (a, b) in enumerate(zip(want.gradients, got.gradients, strict=True)):
        if difference := gradients_differ(a, b, limits):
            yield f"gradient {i}: {difference}"
    if want.stuck is not None:
        return
    seconds = want.second or [], got.second or []
    longest = max(map(len, seconds))
    want_second, got_second = (s + [None] * (longest - len(s)) for s in seconds)
    for i, (a, b) in enumerate(zip(want_second, got_second, strict=True)):
        if difference := gradients_differ(a, b, (limits[0] * 10, limits[1] * 10)):
            yield f"second gradient {i}: {difference}"
