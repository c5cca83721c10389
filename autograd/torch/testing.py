"""`torch.testing`: what tests say of two tensors that are to be equal, up to rounding.

>>> import autograd
>>> autograd.testing.assert_close(autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 2.0]) * (1 + 1e-7))
>>> try:
...     autograd.testing.assert_close(autograd.tensor([1.0, 2.0]), autograd.tensor([1.0, 2.5]))
... except AssertionError as error:
...     print(str(error).splitlines()[0])
Tensor-likes are not close!
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..core.graph import no_grad
from ..errors import ArgumentError, ArgumentTypeError
from ..tensor import Size, Tensor
from ..tensor.creation import as_tensor
from ..tensor.random import rand, randint

# rtol and atol of a comparison in each dtype; the looser of two dtypes counts.
_TOLERANCES = {"float16": (1e-3, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7)}
_NUMBERS = (int, float, bool)


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    """Raise an AssertionError unless |actual - expected| <= atol + rtol |expected| everywhere.

    Tensors, arrays and numbers are compared, and sequences and mappings of these; shapes and dtypes must be equal. The
    tolerances are those of the dtype (1.3e-6 and 1e-5 for float32, 1e-7 and 1e-7 for float64, 0 for integers) unless both
    are given.

    >>> import autograd
    >>> autograd.testing.assert_close([autograd.ones(2)], [autograd.ones(2) + 1e-7])
    """
    if (rtol is None) != (atol is None):
        raise ArgumentError(f"rtol and atol must both be specified or both be unspecified, but got rtol={rtol} and atol={atol}")
    try:
        with no_grad():
            _compare(actual, expected, "", rtol, atol, equal_nan, check_dtype)
    except AssertionError as error:
        if msg is None:
            raise
        raise AssertionError(msg(str(error)) if callable(msg) else msg) from None


def _compare(a: Any, b: Any, where: str, rtol: Any, atol: Any, equal_nan: bool, check_dtype: bool) -> None:
    rest = (rtol, atol, equal_nan, check_dtype)
    at = f"\n\nThe failure occurred for item {where}" if where else ""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        if a.keys() != b.keys():
            raise AssertionError(f"The keys of the mappings do not match: {sorted(a)} and {sorted(b)}{at}")
        for key in a:
            _compare(a[key], b[key], f"{where}[{key!r}]", *rest)
    elif isinstance(a, Sequence) and isinstance(b, Sequence) and not isinstance(a, str):
        if len(a) != len(b):
            raise AssertionError(f"The length of the sequences mismatch: {len(a)} != {len(b)}{at}")
        for k, pair in enumerate(zip(a, b, strict=True)):
            _compare(*pair, f"{where}[{k}]", *rest)
    elif isinstance(a, _NUMBERS) and isinstance(b, _NUMBERS):
        _numbers(np.asarray(a), np.asarray(b), "Scalars", at, rtol, atol, equal_nan)
    elif isinstance(a, (Tensor, np.ndarray)) and isinstance(b, (Tensor, np.ndarray)):
        x, y = (as_tensor(t).detach().numpy() for t in (a, b))
        if x.shape != y.shape:
            raise AssertionError(f"The values for attribute 'shape' do not match: {Size(x.shape)} != {Size(y.shape)}.{at}")
        if check_dtype and x.dtype != y.dtype:
            raise AssertionError(f"The values for attribute 'dtype' do not match: torch.{x.dtype} != torch.{y.dtype}.{at}")
        _numbers(x, y, "Tensor-likes", at, rtol, atol, equal_nan)
    elif a is None and b is None:
        pass
    else:
        raise ArgumentTypeError(f"No comparison pair was able to handle inputs of type {type(a)} and {type(b)}.{at}")


def _numbers(x: np.ndarray, y: np.ndarray, what: str, at: str, rtol: Any, atol: Any, equal_nan: bool) -> None:
    if rtol is None:
        known = [_TOLERANCES.get(str(v.dtype), (0.0, 0.0)) for v in (x, y)]
        rtol, atol = (max(t) for t in zip(*known, strict=True))
    kind = np.result_type(x, y, np.float64) if "f" in (x.dtype.kind, y.dtype.kind) else np.int64
    wide_x, wide_y = x.astype(kind), y.astype(kind)
    close = np.isclose(wide_x, wide_y, rtol, atol, equal_nan)
    if close.all():
        return
    if what == "Scalars":
        gap = abs(wide_x - wide_y)
        raise AssertionError(
            f"{what} are not close!\n\nExpected {y[()]} but got {x[()]}.\nAbsolute difference: {gap} (up to {atol} allowed)\n"
            f"Relative difference: {gap / abs(wide_y) if wide_y else np.inf} (up to {rtol} allowed){at}"
        )
    with np.errstate(all="ignore"):
        gap = np.where(close, 0, np.abs(wide_x - wide_y))
        share = np.where(close, 0, gap / np.abs(wide_y))
    lines = [f"{what} are not {'close' if rtol or atol else 'equal'}!", ""]
    wrong = int((~close).sum())
    lines.append(f"Mismatched elements: {wrong} / {close.size} ({100 * wrong / close.size:.1f}%)")
    for name, difference, limit in (("absolute", gap, atol), ("relative", share, rtol)):
        place = np.unravel_index(int(np.argmax(difference)), difference.shape)
        found = f"Greatest {name} difference: {difference[place]} at index {tuple(int(k) for k in place)}"
        lines.append(found + (f" (up to {limit} allowed)" if rtol or atol else ""))
    raise AssertionError("\n".join(lines) + at)


def assert_allclose(
    actual: Any, expected: Any, rtol: Any = None, atol: Any = None, equal_nan: bool = True, msg: str = ""
) -> None:
    """`assert_close` under its older name: dtypes may differ."""
    a, b = (v if isinstance(v, Tensor) else as_tensor(v) for v in (actual, expected))
    assert_close(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan, check_dtype=False, msg=msg or None)


def make_tensor(
    *shape: Any,
    dtype: Any,
    device: Any = None,
    low: float | None = None,
    high: float | None = None,
    requires_grad: bool = False,
    **kwargs: Any,
) -> Tensor:
    """Random numbers for a test, from `low` to below `high` (-9 and 9 unless given; 0 and 2 for bools)."""
    if kwargs:
        raise ArgumentTypeError(f"make_tensor: {', '.join(kwargs)} is not available")
    size = tuple(shape[0]) if len(shape) == 1 and not isinstance(shape[0], int) else shape
    if np.dtype(dtype).kind == "f":
        low, high = -9.0 if low is None else low, 9.0 if high is None else high
        return (rand(*size, dtype=dtype, device=device) * (high - low) + low).requires_grad_(requires_grad)
    if np.dtype(dtype).kind == "b":
        return randint(0, 2, size, device=device).bool()
    low, high = -9 if low is None else int(low), 10 if high is None else int(high)
    return randint(max(low, 0) if np.dtype(dtype).kind == "u" else low, high, size, device=device).to(dtype)
