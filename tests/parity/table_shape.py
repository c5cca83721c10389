"""Shapes, views, joining and splitting."""

from __future__ import annotations

from .dsl import Int, Lit, Raw, c, f, m, op

op("reshape", "input shape", c((2, 3), [3, 2]), c((2, 3), [-1]), c((2, 3), [2, -1, 1]), c((), [1]), c((1,), []),
   c((2, 0), [0]), c((0, 3), [3, -1]), m((2, 3), 3, 2), m((2, 3), -1), m((4,), 2, 2), c((2, 3), Raw((6,))),
   wrong=[c((2, 3), [4]), c((2, 3), [-1, -1]), c((2, 3), [4, -1]), c((0, 3), [-1, 0]), c((0, 3), [0, -1])])  # fmt: skip
op("view", "input size", m((2, 3), 3, 2), m((2, 3), -1), m((2, 3), [6]), m((2, 3), 1, 2, -1), m((), 1), m((2, 0), 0),
   wrong=[m((2, 3), 4), m((2, 3), -1, -1)])  # fmt: skip
op("view_as reshape_as", "input other", m((2, 3), (3, 2)), m((6,), (2, 1, 3)), wrong=[m((2, 3), (4,))], promotes=False)
op("flatten", "input start_dim end_dim", c((2, 3, 4)), c((2, 3, 4), 1), c((2, 3, 4), 0, 1), c((2, 3, 4), -2, -1),
   c(()), c((2, 0)), c((2, 3, 4), start_dim=1, end_dim=1), wrong=[c((2, 3), 2), c((2, 3), 1, 0), c((2, 3), 0, 2)])  # fmt: skip
op("unflatten", "input dim sizes", c((6, 2), 0, [2, 3]), c((2, 6), -1, [3, -1]), c((2, 6), 1, Raw((2, 3))),
   wrong=[c((6, 2), 0, [4, 2]), c((6,), 1, [2, 3]), c((6,), 0, [-1, -1])])  # fmt: skip
op("ravel", "input", c((2, 3)), c(()), c((0, 2)), c((2, 3, 1)))
op("squeeze", "input dim", c((2, 1, 3)), c((1, 1)), c(()), c((2, 1, 3), 1), c((2, 1, 3), 0), c((2, 1, 3, 1), -1),
   c((1, 2, 1), [0, 2]), c((2, 3)), c((1, 0)), wrong=[c((2, 1), 2), c((2, 1), [0, 0])])  # fmt: skip
op("unsqueeze", "input dim", c((2, 3), 0), c((2, 3), 2), c((2, 3), -1), c((2, 3), -3), c((), 0), c((0,), 1),
   wrong=[c((2, 3), 3), c((2, 3), -4)])  # fmt: skip
SWAPS = [c((2, 3), 0, 1), c((2, 3, 4), -1, 0), c((2, 3, 4), 1, 1), c((), 0, 0), c((0, 2), 0, 1)]
op("transpose", "input dim0 dim1", SWAPS, wrong=[c((2, 3), 0, 2), c((2, 3), -3, 0)])
op("swapaxes", "input axis0 axis1", SWAPS, wrong=[c((2, 3), 0, 2), c((2, 3), -3, 0)])
op("t", "input", c((2, 3)), c((3,)), c(()), c((0, 2)), wrong=[c((2, 3, 4))])
op("permute", "input dims", c((2, 3, 4), [2, 0, 1]), c((2, 3, 4), [-1, 0, 1]), m((2, 3, 4), 1, 2, 0), c((), []),
   c((2, 3), Raw((1, 0))), c((0, 2), [1, 0]), wrong=[c((2, 3), [0]), c((2, 3), [0, 0]), c((2, 3), [0, 2]),
   c((2, 3), [0, 1, 2])])  # fmt: skip
op("movedim moveaxis", "input source destination", c((2, 3, 4), 0, 2), c((2, 3, 4), -1, 0), c((2, 3, 4), [0, 1],
   [2, 0]), wrong=[c((2, 3), 2, 0), c((2, 3), [0, 0], [0, 1]), c((2, 3), [0, 1], [0])])  # fmt: skip
op("expand", "input size", m((3,), 2, 3), m((2, 1), 2, 3), m((2, 1), -1, 4), m((), 2), m((1,), [3]), m((1, 3), 2, -1),
   m((3,), 0, 3), wrong=[m((3,), 4), m((2, 3), 3), m((3,), -1, 3)])  # fmt: skip
op("expand_as", "input other", m((3,), (2, 3)), m((2, 1), (2, 3)), wrong=[m((3,), (2, 4))], promotes=False)
op("broadcast_to", "input size", c((3,), [2, 3]), c((2, 1), [2, 3]), c((), [2]), c((1,), [0]), wrong=[c((3,), [4]),
   c((2, 3), [3])])  # fmt: skip
op("repeat", "input repeats", m((3,), 2), m((3,), 2, 3), m((2, 3), 1, 2), m((2, 3), [2, 1, 2]), m((), 3), m((2,), 0),
   wrong=[m((2, 3), 2), m((3,), -1)])  # fmt: skip
op("tile", "input dims", c((3,), [2]), c((2, 3), [2]), c((2, 3), [2, 1, 2]), c((), [2]), m((2, 3), 2, 2), c((2,),
   [0]), wrong=[c((2,), [-1])])  # fmt: skip
op("repeat_interleave", "input repeats dim", c((2, 3), 2), c((2, 3), 2, 0), c((2, 3), 2, -1), c((3,), Lit([1, 0, 2])),
   c((2, 3), Lit([1, 2]), 0), c((2, 3), Lit([2]), 1), c((2, 3), 2, dim=1), c((2, 3), 0, 1), c((2, 3), Lit([1, 2]),
   dim=0, output_size=3), f(Lit([1, 0, 2])), wrong=[c((2, 3), Lit([1, 2]), 1), c((2, 3), -1), c((2, 3), 2, 2)])  # fmt: skip
op("cat concat concatenate", "tensors dim", c([(2, 3), (1, 3)]), c([(2, 3), (2, 2)], 1), c([(2, 3), (2, 1)], dim=-1),
   c([(3,)]), c([(2, 3), (0, 3)]), c([(0,), (2, 3)]), c([(2, 3), (2, 3), (2, 3)], 0), c([(2, 3), (2, 2)], axis=1),
   wrong=[c([(2, 3), (2, 2)]), c([(2, 3), (3,)]), c([(2, 3)], 2), c([]), c([(), ()]), c((2, 3))])  # fmt: skip
op("stack", "tensors dim", c([(2, 3), (2, 3)]), c([(2, 3), (2, 3)], 1), c([(2, 3), (2, 3)], dim=-1), c([(), (), ()]),
   c([(0,), (0,)]), wrong=[c([(2, 3), (2, 2)]), c([(2,)], 2), c([])])  # fmt: skip
op("hstack", "tensors", c([(2, 3), (2, 1)]), c([(3,), (2,)]), c([(), ()]), wrong=[c([(2, 3), (3, 3)]), c([])])
op("vstack", "tensors", c([(2, 3), (1, 3)]), c([(3,), (3,)]), c([(3,), (2, 3)]), c([(), ()]), wrong=[c([(2, 3), (2, 2)])])
op("dstack", "tensors", c([(2, 3), (2, 3)]), c([(3,), (3,)]), c([(), ()]), c([(2, 3, 1), (2, 3, 2)]),
   wrong=[c([(2, 3), (2, 2)])])  # fmt: skip
op("column_stack", "tensors", c([(3,), (3,)]), c([(3,), (3, 2)]), c([(), ()]), wrong=[c([(3,), (2,)])])
op("block_diag", "", f((2, 3), (1, 2)), f((2,), (2, 2)), f(()), f((2, 2)), wrong=[f((2, 2, 2))])
op("split", "tensor", c((5, 2), 2), c((5, 2), [2, 3]), c((2, 5), 3, 1), c((2, 5), [1, 4], dim=-1), c((4,), 4),
   c((0, 2), 1), c((5,), [0, 5]), wrong=[c((5, 2), [2, 2]), c((5, 2), 2, 2), c((5,), -1), c((5,), 0)])  # fmt: skip
op("chunk", "input chunks dim", c((5, 2), 2), c((5, 2), 3), c((2, 5), 4, 1), c((2, 6), 2, dim=-1), c((2,), 5),
   wrong=[c((5,), 0), c((5,), 2, 1), c((), 1)])  # fmt: skip
op("tensor_split", "input", c((5, 2), 2), c((5, 2), [1, 3]), c((2, 5), 3, 1), c((2, 5), [2], dim=-1), c((7,), 3),
   c((3,), [5]), wrong=[c((5,), 0), c((5,), 2, 1)])  # fmt: skip
op("hsplit", "input", c((2, 4), 2), c((4,), 2), c((2, 5), [1, 3]), wrong=[c((2, 5), 2), c((), 1)])
op("vsplit", "input", c((4, 2), 2), c((5, 2), [1, 3]), wrong=[c((5, 2), 2), c((4,), 2)])
op("dsplit", "input", c((2, 2, 4), 2), c((2, 2, 5), [1, 3]), wrong=[c((2, 2, 5), 2), c((4, 2), 2)])
op("unbind", "input dim", c((2, 3)), c((2, 3), 1), c((2, 3), -1), c((0, 2)), wrong=[c((2, 3), 2), c(())])
op("flip", "input dims", c((2, 3), [0]), c((2, 3), [0, 1]), c((2, 3), [-1]), m((2, 3), 0, 1), c((2, 3), []), c((0, 2),
   [0]), wrong=[c((2, 3), [2]), c((2, 3), [0, 0])])  # fmt: skip
op("fliplr", "input", c((2, 3)), c((2, 3, 2)), wrong=[c((3,))])
op("flipud", "input", c((2, 3)), c((3,)), wrong=[c(())])
op("rot90", "input k dims", c((2, 3)), c((2, 3), 2), c((2, 3), -1), c((2, 3, 2), 1, [1, 2]), c((2, 3), 0, [0, 1]),
   wrong=[c((3,)), c((2, 3), 1, [0, 0]), c((2, 3), 1, [0])])  # fmt: skip
op("roll", "input shifts dims", c((2, 3), 1), c((2, 3), 1, 0), c((2, 3), [1, -1], [0, 1]), c((2, 3), -2, -1),
   c((2, 3), 5, 1), c((0, 2), 1, 0), wrong=[c((2, 3), 1, 2), c((2, 3), [1, 2], [0])])  # fmt: skip
op("tril triu", "input diagonal", c((3, 3)), c((2, 4), 1), c((4, 2), -1), c((2, 3, 3)), c((0, 3)), c((3, 3),
   diagonal=-1), c((3, 3), 5), wrong=[c((3,)), c(())])  # fmt: skip
op("diag", "input diagonal", c((3,)), c((3, 3)), c((2, 4)), c((3,), 1), c((3,), -2), c((3, 4), 1), c((3, 4),
   diagonal=-1), c((0,)), wrong=[c((2, 3, 3)), c(())])  # fmt: skip
op("diagonal", "input offset dim1 dim2", c((3, 3)), c((2, 4), 1), c((4, 2), -1), c((2, 3, 4)), c((2, 3, 4), 0, 1, 2),
   c((2, 3, 4), dim1=-1, dim2=0), c((2, 3), 7), wrong=[c((3,)), c((3, 3), 0, 0, 0), c((3, 3), 0, 0, 2)])  # fmt: skip
op("diag_embed", "input offset dim1 dim2", c((3,)), c((2, 3)), c((2, 3), 1), c((2, 3), -1, 0, 2), c((2, 3), dim1=0,
   dim2=1), wrong=[c((3,), 0, 0, 0), c((3,), 0, 0, 3)])  # fmt: skip
op("diagflat", "input offset", c((3,)), c((2, 2)), c((3,), 1), c((), -1))
op("atleast_1d", "", c(()), c((3,)), c((2, 3)), f((), (2,)))
op("atleast_2d", "", c(()), c((3,)), c((2, 3)), f((), (2,)))
op("atleast_3d", "", c(()), c((3,)), c((2, 3)), c((2, 3, 4)), f((), (2,)))
op("broadcast_tensors", "", f((2, 1), (3,)), f((), (2, 3)), f((2, 3)), wrong=[f((2,), (3,))], promotes=False)
op("sum_to_size", "input size", m((2, 3), 1, 3), m((2, 3), 3), m((2, 3), [2, 1]), m((2, 3), 1), m((2, 3), 2, 3),
   wrong=[m((2, 3), 2), m((2, 3), 2, 2, 3)])  # fmt: skip
op("narrow", "input dim start length", c((4, 3), 0, 1, 2), c((4, 3), -1, 0, 3), c((4, 3), 1, -2, 1), c((4,), 0, 2, 0),
   wrong=[c((4, 3), 2, 0, 1), c((4, 3), 0, 3, 2), c((4, 3), 0, 0, -1), c((), 0, 0, 1)])  # fmt: skip
op("select", "input dim index", c((2, 3), 0, 1), c((2, 3), 1, -1), c((2, 3), -1, 0), wrong=[c((2, 3), 0, 2),
   c((2, 3), 2, 0), c((), 0, 0)])  # fmt: skip
# alias=False: torch lets a program write into windows that overlap, Gradloom refuses.
op("unfold", "input dimension size step", m((7,), 0, 3, 2), m((2, 5), 1, 2, 1), m((2, 5), -1, 5, 1), m((4, 2), 0, 2,
   2), wrong=[m((3,), 0, 4, 1), m((3,), 1, 1, 1), m((3,), 0, 2, 0)], alias=False)  # fmt: skip
op("meshgrid", "", f((2,), (3,), indexing="ij"), f((2,), (3,), indexing="xy"), f([(2,), (3,), (4,)], indexing="ij"),
   f((), (2,), indexing="ij"), wrong=[f((2, 3), (3,), indexing="ij"), f((2,), (3,), indexing="red")],
    promotes=False)  # fmt: skip
op("cartesian_prod", "", f((2,), (3,)), f((3,)), f((2,), (3,), (2,)), wrong=[f((2, 2), (3,))], promotes=False)
op("combinations", "input r with_replacement", c((4,)), c((4,), 3), c((3,), 2, True), c((3,), r=1), c((2,), 3),
   wrong=[c((2, 2)), c((3,), -1)])  # fmt: skip
op("vander", "x N increasing", f((3,)), f((3,), 2), f((3,), 4, True), f((3,), increasing=True), wrong=[f((2, 2)), f((3,), -1)])
op("nn.functional.pad", "input pad mode value", c((2, 3), [1, 2]), c((2, 3), [1, 2, 0, 1]), c((2, 3), [1, 1],
   "constant", 2.5), c((2, 3), [-1, 1]), c((1, 2, 4), [2, 1], "reflect"), c((1, 2, 4), [2, 1], mode="replicate"),
   c((1, 2, 4), [1, 3], mode="circular"), c((1, 1, 3, 4), [1, 2, 2, 1], "reflect"), c((2, 3), [0, 0]), c((0,),
   [1, 1]), c((2, 3), Raw((1, 1)), value=1), wrong=[c((2, 3), [1]), c((2,), [1, 1, 1, 1]),
   c((1, 2, 3), [3, 0], "reflect"), c((2, 3), [1, 1], "red"), c((2, 3), [-4, 0])])  # fmt: skip
op("contiguous clone detach", "input", *(m(shape) for shape in [(2, 3), (), (0,)]), promotes=False)
op("argwhere", "input", c(Lit([[0.0, 1.0], [2.0, 0.0]])), c((2, 3)), c(Lit([0.0])), c(()), c(Int((2, 3), 0, 2)))
