"""Derivatives without the engine: the complex step, exact to rounding, and central differences elsewhere."""

from collections.abc import Callable

import numpy as np

STEP = 1e-30


def complex_step(f: Callable, x: np.ndarray) -> np.ndarray:
    """The gradient of a real function at x: Im f(x + ih) / h has no cancellation, so no error beyond rounding."""
    out = np.zeros(x.shape)
    for k in np.ndindex(x.shape):
        z = x.astype(complex)
        z[k] += STEP * 1j
        out[k] = np.imag(f(z)) / STEP
    return out


def central(f: Callable, x: np.ndarray, h: float = 1e-3) -> np.ndarray:
    """The gradient by central differences, extrapolated twice (Richardson): error of order h**6."""
    out = np.zeros(x.shape)
    for k in np.ndindex(x.shape):

        def slope(step, k=k):
            up, down = x.copy(), x.copy()
            up[k] += step
            down[k] -= step
            return (f(up) - f(down)) / (2 * step)

        a, b, c = slope(h), slope(h / 2), slope(h / 4)
        ab, bc = (4 * b - a) / 3, (4 * c - b) / 3
        out[k] = (16 * bc - ab) / 15
    return out


def worst(found, wanted, tolerance: float) -> str | None:
    """None if two gradients agree to a relative tolerance, else where they differ most."""
    found, wanted = np.asarray(found, float), np.asarray(wanted, float)
    if found.shape != wanted.shape:
        return f"shapes {found.shape} and {wanted.shape}"
    if not found.size:
        return None
    scale = np.maximum(np.abs(wanted), max(1e-3, np.abs(wanted).max() * 1e-3))
    error = np.abs(found - wanted) / scale
    error = np.where(np.isnan(error), np.inf, error)
    k = np.unravel_index(np.argmax(error), error.shape)
    return None if error[k] <= tolerance else f"at {k}: {found[k]!r}, should be {wanted[k]!r} (off by {error[k]:.2e})"
