"""A second engine, as plain as can be: scalars, one closure for each operation, recursion. What Gradloom is compared with.

It shares no code and no idea with the engine under test: values are Python floats, an array is a nested list, and the
backward pass pushes each path from the output to a leaf separately, without any order.
"""

import math


class Scalar:
    """A float and the (parent, local derivative) pairs that it was made from."""

    def __init__(self, value, parents=()):
        self.value, self.parents, self.grad = float(value), parents, 0.0

    def push(self, g):
        """Add g here and, times the local derivative, to everything below: one path at a time."""
        self.grad += g
        for parent, local in self.parents:
            parent.push(g * local)


def lift(x):
    return x if isinstance(x, Scalar) else Scalar(x)


def add(a, b):
    return Scalar(a.value + b.value, ((a, 1.0), (b, 1.0)))


def mul(a, b):
    return Scalar(a.value * b.value, ((a, b.value), (b, a.value)))


def sub(a, b):
    return Scalar(a.value - b.value, ((a, 1.0), (b, -1.0)))


def maximum(a, b):
    first = 1.0 if a.value > b.value else 0.5 if a.value == b.value else 0.0
    return Scalar(max(a.value, b.value), ((a, first), (b, 1.0 - first)))


def tanh(a):
    return Scalar(math.tanh(a.value), ((a, 1 / math.cosh(a.value) ** 2),))


def sin(a):
    return Scalar(math.sin(a.value), ((a, math.cos(a.value)),))


def total(scalars):
    return Scalar(sum(s.value for s in scalars), tuple((s, 1.0) for s in scalars))


def array(values):
    """A dict from index to Scalar: this oracle's idea of an array."""
    import numpy as np

    return {k: Scalar(v) for k, v in np.ndenumerate(values)}
