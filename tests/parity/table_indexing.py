"""Selecting, gathering, scattering, searching and sorting by name."""

from __future__ import annotations

from .dsl import Bool, Int, Lit, Perm, c, f, first_order, m, op

SORTED = Lit([[1.0, 3.0, 5.0, 7.0], [0.0, 2.0, 2.0, 9.0]], grad=False)
EDGES = Lit([1.0, 3.0, 5.0], grad=False)
QUERIES = Lit([[3.0, 6.0], [2.0, 10.0]], grad=False)
AT = Int((2, 2))
ROWS = Lit([2, 0])

op("index_select", "input dim index", c((4, 3), 0, Lit([2, 0, 2])), c((4, 3), 1, Lit([0, 0])), c((4, 3), -1,
   Int((5,))), c((4, 3), 0, Lit(1)), c((4,), 0, Int((0,))), c((4, 3), 0, Lit([1, 2], dtype="int32")),
   wrong=[c((4, 3), 0, Lit([4])), c((4, 3), 2, ROWS), c((4, 3), 0, Int((2, 2))), c((4, 3), 0, (2,)),
   c((4, 3), 0, Lit([-5])), c((4, 3), 0, Lit([-1]))])  # fmt: skip
op("gather", "input dim index", c((4, 3), 0, AT), c((4, 3), 1, AT), c((4, 3), -1, Int((4, 5))), c((3,), 0, Int((7,))),
   c((), 0, Lit(0)), c((4, 3), 0, Int((0, 3))), wrong=[c((4, 3), 0, Lit([[4, 0]])), c((4, 3), 2, AT),
   c((4, 3), 0, ROWS), c((4, 3), 0, (2, 2)), c((4, 3), 0, Int((2, 4))), c((4, 3), 0, Lit([[-1, 0]]))])  # fmt: skip
op("take_along_dim", "input indices dim", c((4, 3), Int((4, 2)), 1), c((4, 3), Int((2, 3)), dim=0), c((4, 3),
   Int((5,))), c((4, 1), Int((4, 3), 0, 1), 1), wrong=[c((4, 3), (4, 2), 1), c((4, 3), Int((4, 2)), 2)])  # fmt: skip
op("take", "input index", c((4, 3), Lit([0, 5, -1])), c((4, 3), Int((2, 2), 0, 12)), c((3,), Lit(1)), c((3,),
   Int((0,))), wrong=[c((4, 3), Lit([12])), c((4, 3), (2,)), c((4, 3), Lit([-13]))])  # fmt: skip
op("put", "input index source accumulate", c((4, 3), Lit([0, 5, -1]), (3,)), c((4, 3), Lit([0, 0, 2]), (3,), True),
   c((4, 3), Lit([0, 0, 2]), (3,), accumulate=True), wrong=[c((4, 3), Lit([12]), (1,)), c((4, 3), Lit([0, 1]), (3,))],
   promotes=False)  # fmt: skip
op("scatter", "input dim index src", c((4, 3), 0, Lit([[0, 1, 2]]), (1, 3)), c((4, 3), 1, Lit([[0, 2], [1, 0]]),
   (2, 2)), c((4, 3), 0, Lit([[0, 1, 2]]), 2.5), c((4, 3), 0, Lit([[0, 1, 2]]), value=1.5), c((4, 3), 0,
   Lit([[0, 1, 2]]), (2, 4)), c((4, 3), 0, Int((0, 3)), (1, 3)),
   first_order(c((3,), 0, Lit([0, 0, 1]), (3,), reduce="add")),
   first_order(c((3,), 0, Lit([0, 2, 1]), (3,), reduce="multiply")), order=2, wrong=[c((4, 3), 0, Lit([[4]]), (1, 1)),
   c((4, 3), 2, AT, (2, 2)), c((4, 3), 0, AT, (1, 1)), c((4, 3), 0, ROWS, (2,)), c((4, 3), 0, (2, 2), (2, 2))],
   promotes=False)  # fmt: skip
op("scatter_add", "input dim index src", c((4, 3), 0, AT, (2, 2)), c((4, 3), 1, AT, (2, 2)), c((3,), 0,
   Lit([0, 0, 1]), (3,)), c((4, 3), -1, Int((4, 5)), (4, 5)), c((4, 3), 0, Int((0, 3)), (1, 3)), c((), 0, Lit(0), ()),
   wrong=[c((4, 3), 0, Lit([[4]]), (1, 1)), c((4, 3), 2, AT, (2, 2)), c((4, 3), 0, AT, (1, 1))], promotes=False)  # fmt: skip
op("scatter_reduce", "input dim index src reduce",
   *( c(Perm(3, 4), 1, Lit([[0, 2, 2], [1, 1, 1]]), Lit([[9.5, -7.0, 0.25], [3.0, 2.25, -1.75]]), how,
    include_self=included) for how in ("sum", "prod", "mean", "amax", "amin") for included in (True, False)),
   c((3,), 0, Lit([0, 0, 1]), (3,), "sum"), wrong=[c((3,), 0, Lit([0, 1]), (2,), "red"),
   c((3,), 0, Lit([3]), (1,), "sum")], promotes=False, order=1)  # fmt: skip
op("index_add", "input dim index source", c((4, 3), 0, ROWS, (2, 3)), c((4, 3), 1, Lit([0, 0]), (4, 2)), c((4,), 0,
   Lit([1, 1]), (2,), alpha=0.5), c((4, 3), -1, ROWS, (4, 2)), wrong=[c((4, 3), 0, Lit([4]), (1, 3)),
   c((4, 3), 0, ROWS, (3, 3)), c((4, 3), 2, ROWS, (2, 3)), c((4, 3), 0, ROWS, (2, 4))], promotes=False)  # fmt: skip
op("index_copy", "input dim index source", c((4, 3), 0, ROWS, (2, 3)), c((4, 3), 1, ROWS, (4, 2)), c((4,), 0, Lit(1),
   ()), wrong=[c((4, 3), 0, Lit([4]), (1, 3)), c((4, 3), 0, ROWS, (3, 3)), c((4, 3), 2, ROWS, (2, 3))],
   promotes=False)  # fmt: skip
op("index_fill", "input dim index value", c((4, 3), 0, ROWS, 2.5), c((4, 3), 1, Lit([0, 0]), -1), c((4, 3), 0, ROWS,
   ()), wrong=[c((4, 3), 0, Lit([4]), 1.0), c((4, 3), 2, ROWS, 1.0), c((4, 3), 0, ROWS, (2,))], promotes=False)  # fmt: skip
op("index_put", "input indices values accumulate", c((4, 3), [ROWS], (2, 3)), c((4, 3), [ROWS, Lit([1, 1])], (2,)),
   c((4, 3), [Lit([1, 1]), Lit([0, 0])], (2,), True), c((4, 3), [Bool(4, 3)], ()), c((4, 3), [Lit([1, 1])], (3,),
   accumulate=True), wrong=[c((4, 3), [Lit([4])], (3,)), c((4, 3), [ROWS], (4,))], promotes=False)  # fmt: skip
op("masked_fill", "input mask value", c((2, 3), Bool(2, 3), 2.5), c((2, 3), Bool(3), float("-inf")), c((2, 3),
   Bool(2, 1), ()), c((), Bool(), 1), c((0,), Bool(1), 1), c((2, 3), Bool(2, 3), True), m((3,), Bool(2, 3), 0.0),
   wrong=[c((2, 3), Bool(4), 1.0), c((2, 3), Int((2, 3)), 1.0), c((2, 3), Bool(2, 3), (2,))])  # fmt: skip
op("masked_select", "input mask", c((2, 3), Bool(2, 3)), c((2, 3), Bool(3)), c((3,), Bool(2, 3)), c((), Bool()),
   c((0,), Bool(0)), wrong=[c((2, 3), Bool(4)), c((2, 3), Int((2, 3)))])  # fmt: skip
op("masked_scatter", "input mask source", c((2, 3), Bool(2, 3), (6,)), c((2, 3), Bool(3), (2, 3)),
   wrong=[c((2, 3), Lit([True, True, True]), (4,)), c((2, 3), Bool(4), (6,))], promotes=False)  # fmt: skip
op("nonzero", "input", c(Lit([[0.0, 1.0], [2.0, 0.0]])), c((2, 3)), c(()), c(Bool(2, 3)), c(Lit([[0, 1], [2, 0]]),
   as_tuple=True), c((0, 2)))  # fmt: skip
op("select_scatter", "input src dim index", c((2, 3), (3,), 0, 1), c((2, 3), (2,), 1, -1),
   wrong=[c((2, 3), (2,), 0, 1), c((2, 3), (3,), 0, 2), c((2, 3), (3,), 2, 0)], promotes=False)  # fmt: skip
op("slice_scatter", "input src dim start end step", c((4, 3), (2, 3), 0, 1, 3), c((4, 3), (4, 2), 1, 0, 3, 2),
   c((4, 3), (4, 3)), c((4, 3), (1, 3), start=3), wrong=[c((4, 3), (3, 3), 0, 1, 3), c((4, 3), (2, 3), 2, 1, 3)],
   promotes=False)  # fmt: skip
op("diagonal_scatter", "input src offset dim1 dim2", c((3, 3), (3,)), c((3, 4), (3,), 1), c((2, 3, 3), (2, 3), 0, 1,
   2), wrong=[c((3, 3), (2,))], promotes=False)  # fmt: skip
op("searchsorted", "sorted_sequence input", f(SORTED, QUERIES), f(SORTED, QUERIES, right=True), f(SORTED, QUERIES,
   side="right"), f(EDGES, QUERIES), f(EDGES, 4.0), f(EDGES, QUERIES, out_int32=True), f(EDGES, Lit([], grad=False)),
   f(Lit([5.0, 1.0, 3.0], grad=False), Lit([2.0, 4.0], grad=False), sorter=Lit([1, 2, 0])), wrong=[f(SORTED, EDGES),
   f(EDGES, QUERIES, side="red")], promotes=False)  # fmt: skip
op("bucketize", "input boundaries", f(QUERIES, EDGES), f(QUERIES, EDGES, right=True), f(4.0, EDGES), f(QUERIES, EDGES,
   out_int32=True), wrong=[f(QUERIES, SORTED)], promotes=False)  # fmt: skip

DRAWS = Lit([3.0, 1.0, 1.0, 2.0, 3.0], grad=False)
GRID = Lit([[1, 2], [1, 2], [0, 1]])
op("unique", "input", c(DRAWS), c(GRID), c(DRAWS, return_inverse=True), c(DRAWS, return_counts=True), c(DRAWS, True,
   True, True), c(GRID, dim=0), c(GRID, dim=1, return_inverse=True), c(GRID, dim=0, return_counts=True),
   c(Lit([], grad=False)), c(Lit([True, False, True])), wrong=[c(GRID, dim=2)], promotes=False)  # fmt: skip
op("unique_consecutive", "input", c(DRAWS), c(DRAWS, return_inverse=True), c(DRAWS, return_counts=True), c(DRAWS,
   True, True), c(GRID, dim=0), wrong=[c(GRID, dim=2)], promotes=False)  # fmt: skip
TIED = Lit([[2.0, 1.0, 2.0, 1.0], [0.0, 0.0, 0.0, -1.0]])
op("sort", "input dim descending", c(Perm(2, 4)), c(Perm(4, 2), 0), c(Perm(2, 4), -1, True), c(Perm(2, 4), dim=1,
   descending=True), c(()), c((0,)), first_order(c(TIED, stable=True)),
   first_order(c(TIED, stable=True, dim=1, descending=True)), c(Lit([1.0, float("nan"), 0.0], grad=False)),
   wrong=[c((2, 3), 2)])  # fmt: skip
op("argsort", "input dim descending", c(Perm(2, 4)), c(Perm(4, 2), 0), c(Perm(2, 4), -1, True), c(()), c((0,)),
   c(TIED, stable=True), c(TIED, stable=True, dim=1, descending=True), wrong=[c((2, 3), 2)], promotes=False)  # fmt: skip
op("msort", "input", c(Perm(4)), c(Perm(4, 2)), c((0, 2)))
op("topk", "input k dim largest sorted", c(Perm(5), 2), c(Perm(2, 5), 3), c(Perm(5, 2), 2, 0), c(Perm(2, 5), 3, -1,
   False), c(Perm(2, 5), 5, dim=1, largest=True), c(Perm(3), 0), c((), 1), wrong=[c((3,), 4), c((3,), -1),
   c((3,), 1, 1)])  # fmt: skip
