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
        parts.append(
            f"{short(finite.mean(), 3)} ± {short(finite.std(), 3)} in [{short(finite.min(), 3)}, {short(finite.max(), 3)}]"
        )
    if finite.size < numbers.size:
        parts.append(broken(array))
    return ", ".join(parts)


def broken(array: Any) -> str:
    """How many elements are NaN or infinite, or ''."""
    numbers = np.asarray(array, float)
    nan, inf = int(np.isnan(numbers).sum()), int(np.isinf(numbers).sum())
    return " and ".join([f"{nan} NaN"] * bool(nan) + [f"{inf} inf"] * bool(inf))


def heat(array: np.ndarray, cells: int = 24) -> list[str]:
    """Colours of a strip of at most `cells` cells: orange above zero, white at zero, blue below."""
    flat = np.asarray(array, float).ravel()
    means = np.array([part.mean() for part in np.array_split(flat, min(cells, flat.size))])
    top = np.abs(means).max() or 1.0
    return [diverging(m / top) for m in means]


def diverging(t: float) -> str:
    """A colour for t in [-1, 1]: blue, white, orange (apart in lightness and hue, for colour-blind readers too)."""
    end = np.array((0xD5, 0x5E, 0x00)) if t > 0 else np.array((0x00, 0x72, 0xB2))
    mixed = 255 + (end - 255) * min(abs(t), 1.0)
    return "#" + "".join(f"{round(c):02X}" for c in mixed)
