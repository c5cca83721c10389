"""New tensors: constants, ranges, conversions and random numbers."""

from __future__ import annotations

from typing import Any

from .dsl import D, Int, Lit, Pos, Raw, Unit, c, f, m, op

SHAPES = [f(2, 3), f([2, 3]), f(Raw((2, 3))), f(3), f([]), f(0), f(2, 0, 3)]
LIKE = [c((2, 3)), c(()), c((0, 2)), c((2, 3), dtype=D("int64")), c(Int((2,))), c((2, 3), requires_grad=True)]
DTYPES = [f(2, dtype=D(name)) for name in ("float64", "float32", "float16", "int64", "int32", "uint8", "bool")]
WRONG = [f(), f(-1), f(2.5), f("red"), f([2, -3])]
alone: dict[str, Any] = {"promotes": False, "alias": False, "inplace": False}

op("zeros ones", "size", SHAPES, DTYPES, f(2, requires_grad=True), f(2, 3, device="cpu"), f(size=[2, 3]), wrong=WRONG, **alone)
op("empty", "size", SHAPES, DTYPES, wrong=WRONG, values=False, **alone)
op("full", "size fill_value", f([2, 3], 1.5), f(Raw((2,)), 3), f([], 2.0), f([2], True), f([2, 3], fill_value=0.5),
   f([2], 1, dtype=D("float64")), f([0], 1.0), f([2], 1.0, requires_grad=True), wrong=[f([-1], 1.0), f([2], "red"),
   f([2])], **alone)  # fmt: skip
op("zeros_like ones_like", "input", LIKE, **alone)
op("empty_like rand_like randn_like", "input", c((2, 3)), c(()), c((2, 3), dtype=D("float32")), values=False, **alone)
op("full_like", "input fill_value", c((2, 3), 1.5), c(Int((2,)), 3), c((2,), 2, dtype=D("int64")), c((), 1.0), **alone)
op("randint_like", "input", c((2, 3), 5), c((2, 3), 2, 5), c(Int((3,)), 4), values=False, **alone)
op("arange", "start end step", f(5), f(2, 7), f(0, 10, 3), f(5.0), f(0, 1, 0.25), f(5, 0, -2), f(0), f(3,
   dtype=D("float32")), f(1, 2.5, 0.5), f(start=1, end=4), f(0, 4, step=2), f(4, requires_grad=False), f(0.0, 1.0,
   0.1), wrong=[f(0, 5, 0), f(5, 0, 1), f(), f("red")], **alone)  # fmt: skip
op("linspace", "start end steps", f(0, 1, 5), f(-2, 3, steps=4), f(1.0, 1.0, 3), f(0, 1, 1), f(0, 1, 0), f(0, 10, 5,
   dtype=D("float64")), f(0, 10, 4, dtype=D("int64")), f(-3.14159, 3.14159, 2000), wrong=[f(0, 1), f(0, 1, -1),
   f(0, 1, 2.5)], **alone)  # fmt: skip
op("logspace", "start end steps base", f(0, 2, 5), f(0, 3, 4, 2.0), f(-1, 1, steps=3, base=10.0), wrong=[f(0, 1, -1)],
   tolerance=10.0, **alone)  # fmt: skip
op("eye", "n m", f(3), f(2, 4), f(4, 2), f(0), f(3, dtype=D("int64")), f(3, m=2), wrong=[f(-1), f(2, -1), f(1.5)], **alone)
op("rand randn", "size", SHAPES, f(2, dtype=D("float64")), f(2, requires_grad=True), wrong=WRONG, values=False, **alone)
op("randint", "low high size", f(5, [2, 3]), f(2, 5, [3]), f(0, 10, Raw((2,))), f(high=5, size=[2]), f(low=1, high=5,
   size=Raw((2, 2))), f(5, [2], dtype=D("float32")), f(5, []), wrong=[f(5, 5, [2]), f(5, 2, [2]), f(5)], values=False,
   **alone)  # fmt: skip
op("randperm", "n", f(5), f(0), f(4, dtype=D("int32")), wrong=[f(-1), f(2.5), f()], values=False, **alone)
op("normal", "mean std", f((2, 3), Pos(2, 3)), f(0.0, Pos(3)), f((3,), 2.0), f(0.0, 1.0, [2, 3]), f(mean=0.0, std=1.0,
   size=Raw((2,))), f((3,)), wrong=[f((3,), -1.0)], values=False, order=0, promotes=False, alias=False,
    inplace=False)  # fmt: skip
op("bernoulli", "input", f(Unit(2, 3)), f(Unit()), m(Unit(2, 3)), m((2, 3), 0.5), wrong=[f(Lit([1.5]))], values=False,
   order=0, **alone)  # fmt: skip
op("multinomial", "input num_samples replacement", c(Unit(4), 3), c(Unit(2, 4), 2), c(Unit(4), 9, True), c(Unit(4),
   num_samples=9, replacement=True), wrong=[c(Unit(4), 5), c(Lit([-1.0, 2.0]), 1), c(Lit([0.0, 0.0]), 1),
   c(Unit(2, 2, 2), 1), c(Unit(4), 0)], values=False, order=0, **alone)  # fmt: skip
op("tril_indices triu_indices", "row col offset", f(3, 3), f(2, 4), f(4, 2, 1), f(3, 3, -1), f(3, 3, offset=1), f(0,
   2), **alone)  # fmt: skip
op("tensor", "data", f(1), f(2.5), f(True), f([1, 2]), f([1.0, 2]), f([True, False]), f([[1, 2], [3, 4]]), f([]),
   f([[]]), f([1, 2], dtype=D("float32")), f([1.5, 2.5], dtype=D("int64")), f([1.0], requires_grad=True),
   f(Raw((1, 2))), f(Raw(((1.0, 2.0), (3.0, 4.0)))), f([True, 2]), f([1, 2.5, False]), f(3, dtype=D("float64")),
   f([1.0], device="cpu"), wrong=[f([[1, 2], [3]]), f("red"), f(None), f([1], requires_grad=True), f()],
   **alone)  # fmt: skip
op("as_tensor", "data", f(1), f([1.0, 2]), f([[1, 2], [3, 4]]), f([1], dtype=D("float64")), f((2, 3)), f((2, 3),
   dtype=D("float32")), wrong=[f([[1, 2], [3]]), f("red")], promotes=False)  # fmt: skip
op("new_zeros new_ones", "input size", m((2,), 2, 3), m((2,), [3]), m(Int((2,)), 2), m((2,), 3, dtype=D("int64")),
   m((2,), Raw((2, 2))), **alone)  # fmt: skip
op("new_full", "input size fill_value", m((2,), [2, 3], 1.5), m(Int((2,)), Raw((3,)), 2), m((2,), [2], 1,
   dtype=D("int64")), **alone)  # fmt: skip
op("new_empty", "input size", m((2,), 2, 3), m((2,), [3]), values=False, **alone)
op("new_tensor", "input data", m((2,), [1, 2]), m(Int((2,)), [1.5]), m((2,), 3.0), m((2,), [1.0], dtype=D("float32")), **alone)
