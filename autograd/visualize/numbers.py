"""Numbers in a few characters: how a value is written into a picture."""

from typing import Any

import numpy as np


def short(value: Any, digits: int = 4) -> str:
    """One number, in at most about eight characters."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    return f"{float(value):.{digits}g}"


def brief(value: Any, most: int = 6) -> str:
    """A small array in full, a large one as mean, spread and range."""
    array = np.asarray(value)
    if array.ndim == 0:
        return short(array.item())
    if array.size == 0:
        return "[]"
    if array.size <= most:
        if array.ndim == 1:
            return f"[{', '.join(short(v) for v in array.tolist())}]"
        return f"[{', '.join(brief(row, most) for row in array)}]"
    return summary(array)


def summary(array: np.ndarray) -> str:
    """Mean, standard deviation and range of the finite elements, and how many are not finite."""
    numbers = array.astype(float)
    finite = numbers[np.isfinite(numbers)]
    parts = []
    if finite.size:
        parts.append(f"{short(finite.mean(), 3)} ± {short(finite.std(), 3)} in [{short(finite.min(), 3)}, {short(finite.max(), 3)}]")
    if finite.size < numbers.size:
        parts.append(broken(array))
    return ", ".join(parts)


def broken(array: Any) -> str:
    """How many elements are NaN or infinite, or ''."""
    numbers = np.asarray(array, float)
    nan, inf = int(np.isnan(numbers).sum()), int(np.isinf(numbers).sum())
    return " and ".join([f"{nan} NaN"] * bool(nan) + [f"{inf} inf"] * bool(inf))
