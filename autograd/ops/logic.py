"""Comparisons, tests, logic and bits: the result is bool or integer, so there is nothing to differentiate."""

from typing import Any

import numpy as np

from ..core.primitive import primitive


def _plain(name, f, doc, inputs=2, promotes=True):
    declare = primitive(f, name=name, elementwise=True, differentiable=False, promotes=promotes and inputs == 2)
    call = declare((lambda x, y: f(x, y)) if inputs == 2 else (lambda x: f(x)))
    call.__doc__ = doc
    return call


equal: Any = _plain("eq", np.equal, "x == y")
not_equal: Any = _plain("ne", np.not_equal, "x != y")
less: Any = _plain("lt", np.less, "x < y")
less_equal: Any = _plain("le", np.less_equal, "x <= y")
greater: Any = _plain("gt", np.greater, "x > y")
greater_equal: Any = _plain("ge", np.greater_equal, "x >= y")
logical_and: Any = _plain("logical_and", np.logical_and, "x and y", promotes=False)
logical_or: Any = _plain("logical_or", np.logical_or, "x or y", promotes=False)
logical_xor: Any = _plain("logical_xor", np.logical_xor, "exactly one of x and y", promotes=False)
logical_not: Any = _plain("logical_not", np.logical_not, "not x", 1)
isnan: Any = _plain("isnan", np.isnan, "Whether x is NaN.", 1)
isinf: Any = _plain("isinf", np.isinf, "Whether x is +inf or -inf.", 1)
isfinite: Any = _plain("isfinite", np.isfinite, "Whether x is neither NaN nor infinite.", 1)
signbit: Any = _plain("signbit", np.signbit, "Whether the sign bit of x is set.", 1)
gcd: Any = _plain("gcd", np.gcd, "The greatest common divisor.")
lcm: Any = _plain("lcm", np.lcm, "The least common multiple.")
bitwise_and: Any = _plain("bitwise_and", np.bitwise_and, "x & y")
bitwise_or: Any = _plain("bitwise_or", np.bitwise_or, "x | y")
bitwise_xor: Any = _plain("bitwise_xor", np.bitwise_xor, "x ^ y")
bitwise_not: Any = _plain("bitwise_not", np.bitwise_not, "~x", 1)
left_shift: Any = _plain("bitwise_left_shift", np.left_shift, "x << y")
right_shift: Any = _plain("bitwise_right_shift", np.right_shift, "x >> y")
