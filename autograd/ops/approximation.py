"""How special functions are put together: polynomials, regions with a formula each, computation in float64.

The forward functions of `special` and `gamma` accept complex arguments near the real line: regions are chosen by the real
part, and every formula is analytic within its region, so the complex step checks the rules. Tables of coefficients are
polynomials through Chebyshev nodes, computed with 60 digits; each comment says of what and where.
"""

from typing import Any

import numpy as np


def polynomial(coefficients: Any, t: Any) -> Any:
    """The polynomial with these coefficients, lowest power first, by Horner's rule."""
    total = np.full_like(t, coefficients[-1])
    for c in coefficients[-2::-1]:
        total *= t
        total += c
    return total


def by_region(x: Any, *regions: Any) -> Any:
    """A function that is given by different formulas: pairs of a mask (None: everywhere else) and a function."""
    out = np.empty_like(x)
    rest = np.ones(x.shape, np.bool_)
    for mask, formula in regions:
        here = rest if mask is None else mask & rest
        if here.all():
            return formula(x)
        if here.any():
            out[here] = formula(x[here])
            rest = rest & ~here
    return out


def in_double(f: Any) -> Any:
    """`f` for arrays of any float dtype and for NumPy scalars; narrow ones are computed in float64."""

    def wide(x, **options):
        array = np.asarray(x)
        with np.errstate(all="ignore"):
            found = f(array if array.dtype.kind == "c" else array.astype(np.float64), **options)
        return (found if array.dtype.kind == "c" else found.astype(array.dtype, copy=False))[()]

    return wide
