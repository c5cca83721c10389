"""Reductions and scans."""

from __future__ import annotations

from .dsl import D, Int, Lit, Perm, c, f, first_order, op

WHOLE = [c(shape) for shape in [(2, 3), (), (3,), (2, 1, 3)]]
ALONG = [c((2, 3), 0), c((2, 3), -1), c((2, 3, 2), 1), c((2, 3), dim=1, keepdim=True), c((), 0), c((2, 3), 1, True)]
SEVERAL = [c((2, 3, 2), [0, 2]), c((2, 3, 2), [0, -1], keepdim=True), c((2, 3), [0, 1])]
NUMPY = [c((2, 3), axis=0), c((2, 3), axis=-1, keepdims=True)]
EMPTY = [c((0,)), c((2, 0)), c((2, 0), 1), c((2, 0), 0), c((0, 3), 0, keepdim=True)]
OUT = [c((2, 3), 2), c((2, 3), -3), c((), 1)]
TWICE = [c((2, 3), [0, 0]), c((2, 3), [1, -1])]
TIES = [Lit([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]]), Lit([[1.0, float("nan")], [0.0, 1.0]], grad=False)]
HOLES = Lit([[1.0, float("nan"), 2.0], [float("nan"), float("nan"), 5.0], [3.0, -1.0, 0.5]])
ALL_HOLES = Lit([[float("nan"), float("nan")], [1.0, 2.0]], grad=False)

op("sum", "input dim keepdim", WHOLE, ALONG, SEVERAL, NUMPY, EMPTY, c((2, 3), dtype=D("float32")), c((2, 3), []),
   c((2, 3), 0, dtype=D("float64")), c((2, 3), None), c((2, 3), dim=None, keepdim=True),  wrong=[*OUT, *TWICE])  # fmt: skip
op("mean", "input dim keepdim", WHOLE, ALONG, SEVERAL, NUMPY, EMPTY, c((2, 3), dtype=D("float32")), c((2, 3), []),
   c((2, 3), None), wrong=[*OUT, *TWICE])  # fmt: skip
op("nansum nanmean", "input dim keepdim", WHOLE, ALONG, SEVERAL, c(HOLES), c(HOLES, 0), c(HOLES, 1, keepdim=True),
   c(ALL_HOLES, 1), wrong=OUT)  # fmt: skip
op("prod", "input dim keepdim", WHOLE, ALONG, EMPTY, c((2, 3), dtype=D("float32")), c(Lit([2.0, 0.0, 3.0])),
   c(Lit([0.0, 0.0, 3.0])), c(Lit([0.0, 0.0, 0.0])), c(Lit([[0.0, 2.0, 3.0], [1.0, 0.0, 0.0]]), 1),
   c(Lit([[0.0, 2.0, 3.0], [1.0, 0.0, 0.0]]), 0), wrong=OUT)  # fmt: skip
op("max min", "input dim keepdim", *(c(Perm(*call.args[0])) for call in WHOLE), c(Perm(2, 3), 0), c(Perm(2, 3), -1),
   c(Perm(2, 3), 1, True), c(Perm(2, 3), dim=1, keepdim=True), c((), 0), *(first_order(c(t)) for t in TIES),
   *(first_order(c(t, 1)) for t in TIES), c((2, 3), (2, 3)), c((2, 3), (3,)), c((0, 3), 1), c((2, 3), axis=1),
   wrong=[*OUT, c((0,)), c((2, 0), 1), c((2, 3), (4,))])  # fmt: skip
op("amax amin", "input dim keepdim", *(c(Perm(*call.args[0])) for call in WHOLE), c(Perm(2, 3), 0), c(Perm(2, 3), -1),
   c(Perm(2, 3, 2), [0, 2]), c(Perm(2, 3, 2), [0, -1], keepdim=True), c((), 0), c(Perm(2, 3), []),
   *(first_order(c(t)) for t in TIES), *(first_order(c(t, 1)) for t in TIES), c((0, 3), 1), c((2, 3), axis=1),
   wrong=[*OUT, c((0,)), c((2, 0), 1), *TWICE])  # fmt: skip
op("aminmax", "input", *(c(Perm(*call.args[0])) for call in WHOLE), c(Perm(2, 3), dim=0), c(Perm(2, 3), dim=1,
   keepdim=True), first_order(c(TIES[0], dim=1)), wrong=[c((0,)), c((2, 3), dim=2)])  # fmt: skip
op("argmax argmin", "input dim keepdim", WHOLE, ALONG, *(c(t) for t in TIES), *(c(t, 1) for t in TIES), c((2, 3),
   None), c((0, 3), 1), wrong=[*OUT, c((0,)), c((2, 0), 1)])  # fmt: skip
op("all any", "input dim keepdim", WHOLE, ALONG, SEVERAL, EMPTY, c(Lit([[0.0, 1.0], [0.0, 0.0]]), 0),
   c(Lit([True, False])), c(Lit([True, True])), wrong=OUT)  # fmt: skip
op("var std", "input dim", [c((2, 3)), c((4,)), c((2, 1, 3))], c((2, 3), 0), c((2, 3), -1), c((2, 3, 2), [0, 2]),
   c((2, 3), dim=1, keepdim=True), c((2, 3), dim=1, correction=0), c((2, 3), unbiased=False), c((2, 3), False),
   c((2, 3), 1, unbiased=False), c((2, 3), 1, False, True), c((2, 3), correction=2), c((2, 3), axis=0),
   first_order(c((3, 0), 1)), wrong=[c((2, 3), 2)])  # fmt: skip
op("var_mean std_mean", "input dim", [c((2, 3)), c((4,))], c((2, 3), 0), c((2, 3, 2), [0, 2]), c((2, 3), dim=1,
   keepdim=True), c((2, 3), dim=1, correction=0), c((2, 3), unbiased=False), wrong=[c((2, 3), 2)])  # fmt: skip
op("norm", "input p dim keepdim", WHOLE, c((2, 3), 2), c((2, 3), 1), c((2, 3), "fro"), c((2, 3), float("inf")),
   c((2, 3), 2, 1), c((2, 3), p=3, dim=0), c((2, 3), dim=1, keepdim=True), c((2, 3), 2, [0, 1]), c((2, 3), 0, 1),
   first_order(c(Lit([0.0, 0.0]))), first_order(c(Lit([[0.0, 0.0], [3.0, 4.0]]), dim=1)), c((0,)), c((2, 3), -1, 1),
   first_order(c(Lit([0.0, 2.0]), 1)), c((2, 3), float("-inf"), 0), c((2, 3), 1.5), wrong=[c((2, 3), 2, 2)])  # fmt: skip
op("logsumexp", "input dim keepdim", ALONG, SEVERAL, c((2, 0), 0), c((2, 0), 1), c(Lit([[1e4, -1e4], [1e4, 1e4]]), 1),
   first_order(c(Lit([[float("-inf"), 0.0], [1.0, float("-inf")]]), 1)),
   c(Lit([[float("inf"), 1.0], [float("-inf"), float("-inf")]], grad=False), 1), wrong=OUT)  # fmt: skip
op("softmax log_softmax", "input dim", c((2, 3), 0), c((2, 3), -1), c((2, 3, 2), 1), c((), 0), c((2, 0), 1), c((2, 0),
   0), c((2, 3), 1, D("float32")), c((2, 3), dim=1, dtype=D("float64")), c(Lit([[1e4, -1e4], [3.0, 1e4]]), 1),
   first_order(c(Lit([[float("-inf"), 0.0, 1.0]]), 1)), c(Lit([[float("-inf"), float("-inf")]], grad=False), 1),
   wrong=[c((2, 3), 2), c((2, 3), -3)])  # fmt: skip
op("cumsum cumprod", "input dim", c((2, 3), 0), c((2, 3), -1), c((2, 3, 2), 1), f((), 0), c((2, 0), 1), c((0,), 0),
   c((2, 3), 1, dtype=D("float32")), c(Lit([2.0, 0.0, 3.0, 4.0]), 0), c(Lit([0.0, 0.0, 3.0]), 0),
   c(Lit([[1.0, 2.0, 0.0], [0.0, 2.0, 0.0]]), 1), wrong=OUT)  # fmt: skip
op("logcumsumexp", "input dim", c((2, 3), 0), c((2, 3), -1), c((), 0), c((2, 0), 1), c(Lit([1e4, -1e4, 1e4]), 0),
   first_order(c(Lit([1.0, float("-inf"), 2.0]), 0)), wrong=OUT, tolerance=20.0)  # fmt: skip
op("cummax cummin", "input dim", c(Perm(2, 3), 0), c(Perm(2, 3), -1), c((), 0), c((2, 0), 1),
   *(first_order(c(t, 1)) for t in TIES), wrong=OUT)  # fmt: skip
op("median nanmedian", "input dim keepdim", c(Perm(2, 3)), c(Perm(5)), c(()), c(Perm(4)), c(Perm(3, 4), 0),
   c(Perm(3, 4), 1), c(Perm(2, 5), -1, True), c(Perm(2, 5), dim=1, keepdim=True), c(HOLES), first_order(c((0,))),
   c((), 0), wrong=[c((2, 3), 2), c((2, 0), 1)])  # fmt: skip
op("mode", "input dim keepdim", c(Lit([[1.0, 3.0, 3.0], [2.0, 1.0, 2.0]])),
   c(Lit([[1.0, 3.0], [1.0, 2.0], [0.0, 3.0]]), 0), c(Lit([1.0, 1.0, 2.0]), -1, True), c(Lit([3, 1, 3, 1, 2])),
   wrong=[c((2, 3), 2)])  # fmt: skip
op("kthvalue", "input k dim keepdim", c(Perm(5), 2), c(Perm(3, 4), 1), c(Perm(3, 4), 2, 0), c(Perm(3, 4), 3, 1, True),
   c((), 1), wrong=[c((5,), 0), c((5,), 6), c((5,), 1, 1)])  # fmt: skip
op("count_nonzero", "input dim", WHOLE, c((2, 3), 0), c(Lit([[0.0, 1.0], [2.0, 0.0]])),
   c(Lit([[0.0, 1.0], [2.0, 0.0]]), 1), c(Lit([[0.0, 1.0], [2.0, 0.0]]), [0, 1]), c((2, 0)), wrong=OUT)  # fmt: skip
op("quantile nanquantile", "input q dim keepdim", c(Perm(7), 0.3), c(Perm(2, 5), 0.5), c(Perm(2, 5), 0.25, 1),
   c(Perm(2, 5), 0.9, dim=0, keepdim=True), c(Perm(2, 5), Lit([0.0, 0.4, 1.0], grad=False), 1), c(HOLES, 0.5, 1),
   *(c(Perm(2, 5), 0.33, dim=1, interpolation=how) for how in ("lower", "higher", "nearest", "midpoint", "linear")),
   wrong=[c((5,), 1.5), c((5,), -0.1), c((5,), 0.5, 1), c((5,), 0.5, interpolation="cubic")], promotes=False)  # fmt: skip
op("diff", "input n dim", c((5,)), c((2, 5)), c((2, 5), 2), c((2, 5), 1, 0), c((2, 5), dim=0), c((2, 5), 0), c((1,)),
   c((2, 4), prepend=(2, 1)), c((2, 4), append=(2, 2), dim=1), c((2, 4), 7), c((0,)), c((3,), 1, 0, (1,), (2,)),
   wrong=[c((2, 3), 1, 2), c((2, 3), -1), c(())])  # fmt: skip
op("trace", "input", c((3, 3)), c((2, 4)), c((4, 2)), c((0, 0)), wrong=[c((3,)), c((2, 3, 3))])
op("bincount", "input weights minlength", c(Int((6,), 0, 4)), c(Int((6,), 0, 4), (6,)), c(Int((3,)), None, 6),
   c(Int((6,), 0, 4), minlength=7), c(Int((0,))), c(Int((0,)), minlength=3), order=0, promotes=False,
   wrong=[c(Lit([-1, 2])), c((3,)), c(Int((2, 3))), c(Int((3,)), (4,))])  # fmt: skip
op("histc", "input bins min max", c((10,), 5, -2, 2), c((10,), 4), c((2, 5), bins=3, min=0, max=1), c((6,)), order=0,
   promotes=False, wrong=[c((3,), 0), c((3,), 5, 2, 1)])  # fmt: skip
op("cov", "input", c((3, 5)), c((5,)), c((3, 5), correction=0), c((2, 4), fweights=Lit([1, 2, 1, 3])), c((2, 4),
   aweights=Lit([1.0, 0.5, 2.0, 1.0], grad=False)), wrong=[c((2, 3, 4))], promotes=False)  # fmt: skip
op("corrcoef", "input", c((3, 5)), c((5,)), c((2, 7)), wrong=[c((2, 3, 4))], promotes=False)
op("trapezoid", "y x", c((5,)), c((2, 5)), c((5,), (5,)), c((2, 5), (5,)), c((2, 5), dim=0), c((2, 5), dx=0.5),
   c((2, 5), (2, 5), dim=1), c((1,)), wrong=[c((2, 5), (4,)), c((2, 5), dim=2)], promotes=False)  # fmt: skip
op("renorm", "input p dim maxnorm", c((3, 4), 2, 0, 1.0), c((3, 4), 1, 1, 2.0), c((2, 3, 2), 2, -1, 0.5), c((3, 4), 2,
   0, 100.0), wrong=[c((3, 4), -1, 0, 1.0), c((3, 4), 2, 2, 1.0), c((4,), 2, 0, 1.0)], promotes=False)  # fmt: skip
op("dist", "input other p", c((2, 3), (2, 3)), c((2, 3), (3,), 1), c((2, 3), (2, 3), float("inf")), c((3,), (3,), 3.0))
