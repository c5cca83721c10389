"""The wrong calls that users make of shape, joining, indexing and sorting: the error, and what its message says."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

import autograd
from autograd import tensor, zeros
from autograd.errors import ArgumentError, ArgumentTypeError, DimError, DtypeError, GradloomError, GraphError, ShapeError

x = zeros(4, 3)
cube = zeros(2, 3, 4)
scalar = tensor(1.0)
rows = tensor([2, 0])
mask = tensor([True, False])

WRONG: list[tuple[Callable, type, str]] = [
    # shapes
    (lambda: x.reshape(5), ShapeError, "reshape: shape (5,) is invalid for input of size 12 (shape (4, 3))"),
    (lambda: x.view(-1, -1), ShapeError, "view: only one dimension can be inferred"),
    (lambda: x.T.view(12), ShapeError, "view: size (12,) is not compatible with the strides of input (shape (3, 4))"),
    (lambda: x.reshape(2.5), ArgumentTypeError, "reshape: sizes must be ints"),
    (lambda: x.reshape(), ArgumentTypeError, "reshape() missing required arguments"),
    (lambda: x.flatten(1, 0), ShapeError, "flatten: start_dim 1 comes after end_dim 0"),
    (lambda: x.unflatten(0, (3, 2)), ShapeError, "unflatten: shape (3, 2) is invalid for input of size 4"),
    (lambda: x.squeeze(2), DimError, "squeeze: dimension out of range: got dim 2"),
    (
        lambda: x.unsqueeze(4),
        DimError,
        "unsqueeze: dimension out of range: got dim 4 for a tensor with 2 dimensions, expected a value from -3 to 2",
    ),
    (
        lambda: autograd.stack([x, x], -4),
        DimError,
        "stack: dimension out of range: got dim -4 for a tensor with 2 dimensions, expected a value from -3 to 2",
    ),
    (lambda: x.transpose(0, "red"), ArgumentTypeError, "transpose: dim must be an int, got 'red'"),
    (lambda: cube.t(), ShapeError, "t: expects a tensor with <= 2 dimensions, got 3"),
    (lambda: zeros(3).mT, ShapeError, "mT: only supported on matrices"),
    (lambda: x.permute(0), ShapeError, "permute: got dims (0,) for a tensor with 2 dimensions"),
    (lambda: x.permute(0, 0), ShapeError, "permute: dim (0, 0) names a dimension more than once"),
    (lambda: x.movedim((0, 1), 0), ShapeError, "movedim: 2 source dims"),
    (lambda: x.expand(4), ShapeError, "expand: 1 sizes (4,) for a tensor with 2 dimensions"),
    (lambda: x.expand(-1, 4, 3), ShapeError, "expand: -1 in (-1, 4, 3) stands where there is no dimension"),
    (lambda: x.expand(4, 5), ShapeError, "expand: a tensor of shape (4, 3) cannot be expanded to (4, 5)"),
    (lambda: x.expand_as(3), ArgumentTypeError, "expand_as(): argument 'other' must be Tensor, not int"),
    (lambda: autograd.broadcast_tensors(x, zeros(2)), ShapeError, "broadcast_tensors: shapes (4, 3) and (2,)"),
    (lambda: x.sum_to_size(2), ShapeError, "sum_to_size: size (2,) is not expandable to the tensor's shape (4, 3)"),
    (lambda: x.repeat(2), ShapeError, "repeat: number of dimensions of repeat dims (2,) can not be smaller"),
    (lambda: x.tile(-1), ShapeError, "tile: trying to repeat (1, -1)"),
    (lambda: x.repeat_interleave(-1), ShapeError, "repeat_interleave: repeats must be non-negative, got -1"),
    (
        lambda: x.repeat_interleave(rows, 1),
        ShapeError,
        "repeat_interleave: repeats has shape (2,); it must have one count, or 3",
    ),
    (lambda: x.flip(2), DimError, "flip: dimension out of range"),
    (lambda: x.rot90(1, (0, 0)), ShapeError, "rot90: expected rotation dims to be different"),
    (lambda: x.roll((1, 2), 0), ShapeError, "roll: shifts and dimensions must align"),
    (lambda: zeros(3).tril(), ShapeError, "tril: input tensor must have at least 2 dimensions, got shape (3,)"),
    (lambda: cube.diag(), ShapeError, "diag: supports 1-d or 2-d tensors, got shape (2, 3, 4)"),
    (lambda: x.diagonal(0, 1, 1), ShapeError, "diagonal: dim1 (1) and dim2 (1) name the same dimension"),
    (lambda: zeros(3).unfold(0, 4, 1), ShapeError, "unfold: size 4 for dimension 0"),
    (lambda: zeros(3).unfold(0, 2, 0), ShapeError, "unfold: step is 0 but must be > 0"),
    (lambda: x.repeat_interleave(2, 0, output_size=3), ShapeError, "repeat_interleave: output_size is 3, repeats sum to 8"),
    (lambda: x.repeat_interleave(tensor([1, -1, 1, 1]), 0), ShapeError, "repeat_interleave: repeats can not be negative"),
    (lambda: x.repeat_interleave(0.5), ArgumentTypeError, "repeat_interleave: repeats must be an int or a Tensor"),
    (lambda: x.roll((1, 2)), ShapeError, "roll: shifts (1, 2) and dims () must have the same length"),
    (lambda: scalar.roll(1, 0), DimError, "roll: dimension specified as 0 but tensor has no dimensions"),
    (lambda: zeros(2, requires_grad=True).view(autograd.int32), ArgumentTypeError, "view: bytes read as another dtype"),
    (lambda: x.unsqueeze([0]), ArgumentTypeError, "unsqueeze: a dim or a size must be an int, got one that is a 'list'"),
    (lambda: x.transpose({}, 0), ArgumentTypeError, "transpose: a dim or a size must be an int, got one that is a 'dict'"),
    # joining and cutting up
    (lambda: autograd.cat([]), ArgumentError, "cat: expected a non-empty list"),
    (lambda: autograd.cat(x), ArgumentTypeError, "cat(): argument 'tensors' must be a tuple or list of Tensors, not Tensor"),
    (lambda: autograd.cat([x, 1.0]), ArgumentTypeError, "cat(): element 1 of argument 'tensors' must be Tensor, not float"),
    (lambda: autograd.cat([x, zeros(4, 2)]), ShapeError, "tensor 1 has shape (4, 2), tensor 0 has (4, 3)"),
    (lambda: autograd.cat([x, zeros(3)]), ShapeError, "same number of dimensions, got shapes (4, 3) and (3,)"),
    (lambda: autograd.cat([scalar, scalar]), ShapeError, "cannot be concatenated; use stack"),
    (lambda: autograd.stack([x, zeros(4, 2)]), ShapeError, "stack: expects tensors of equal size, got (4, 3) at entry 0"),
    (lambda: autograd.stack([]), ShapeError, "stack: expects a non-empty list"),
    (lambda: autograd.block_diag(cube), ShapeError, "block_diag: expects tensors with at most 2 dimensions"),
    (lambda: x.split([1, 2]), ShapeError, "split: split_sizes must be >= 0 and sum to 4"),
    (lambda: x.split(0), ShapeError, "split: split_size must be positive, got 0"),
    (lambda: x.chunk(0), ShapeError, "chunk: expects chunks to be greater than 0, got 0"),
    (lambda: x.hsplit(2), ShapeError, "hsplit: attempted to split along dimension 1, but its size 3 is not divisible by 2"),
    (lambda: zeros(4).vsplit(2), ShapeError, "vsplit: requires a tensor with at least 2 dimension(s), got 1"),
    (lambda: scalar.unbind(), DimError, "unbind: dimension specified as 0 but tensor has no dimensions"),
    (lambda: x.narrow(0, 3, 2), ShapeError, "narrow: start (3) + length (2) exceeds dimension 0 of size 4"),
    (lambda: x.select(0, 4), DimError, "select: index 4 is out of range for dimension 0"),
    (lambda: x.narrow(0, 9, 1), DimError, "narrow: start 9 is out of range"),
    (lambda: x.split("red"), ArgumentTypeError, "split: expected an int or a list of ints"),
    (lambda: autograd.cat(3), ArgumentTypeError, "cat(): argument 'tensors' must be a tuple of Tensors, not int"),
    (lambda: scalar.tensor_split(1), ShapeError, "tensor_split: expects at least a 1-dimensional tensor"),
    # indexing
    (lambda: x[4], DimError, "indexing: a tensor of shape (4, 3): index 4 is out of bounds"),
    (lambda: x[0, 0, 0], DimError, "indexing: a tensor of shape (4, 3): too many indices"),
    (lambda: x[tensor([0, 9])], DimError, "indexing: a tensor of shape (4, 3): index 9 is out of bounds"),
    (
        lambda: x[1.5],
        DimError,
        "indexing: only integers, slices, ..., None, and integer or bool tensors are valid indices, got",
    ),
    (lambda: x[tensor([1.0])], DimError, "got a tensor of dtype float32; use .long()"),
    (lambda: x[mask], DimError, "indexing: a tensor of shape (4, 3): boolean index did not match"),
    (lambda: x[::-1], ArgumentError, "indexing: step must be greater than zero, got -1; use flip() to reverse"),
    (lambda: x.__setitem__([0, 9], 1.0), DimError, "__setitem__: a tensor of shape (4, 3): index 9 is out of bounds"),
    (lambda: x.__setitem__(mask, 1.0), DimError, "__setitem__: a tensor of shape (4, 3): boolean index did not match"),
    (lambda: rows.clone().__setitem__(0, 1e30), DtypeError, "__setitem__: value 1e+30 cannot be converted to type int64"),
    (lambda: x.__setitem__(9, 1.0), DimError, "__setitem__: a tensor of shape (4, 3): index 9 is out of bounds"),
    (
        lambda: x.__setitem__(0, zeros(2)),
        ShapeError,
        "value tensor of shape (2,) cannot be broadcast to indexing result of shape (3,)",
    ),
    (lambda: x.__setitem__(0, "red"), ArgumentTypeError, "__setitem__: can't assign a str"),
    (lambda: x.gather(0, rows), ShapeError, "gather: index has shape (2,), input (4, 3); they need as many dimensions"),
    (lambda: x.gather(0, tensor([[4]])), ShapeError, "gather: index 4 is out of bounds for dimension with size 4"),
    (lambda: x.gather(0, tensor([[-1]])), ShapeError, "gather: index -1 is out of bounds"),
    (lambda: x.gather(0, zeros(1, 1)), DtypeError, "gather: expected dtype int64 for index, got float32"),
    (lambda: x.gather(0, [[0]]), ArgumentTypeError, "gather(): argument 'index' must be Tensor, not list"),
    (lambda: x.index_select(0, tensor([-1])), DimError, "index_select: index -1 is out of bounds"),
    (lambda: x.index_select(0, tensor([[0]])), DimError, "index_select: index should have dimension 1 or 0"),
    (lambda: x.take(tensor([12])), DimError, "take: index 12 is out of bounds for dimension with size 12"),
    (lambda: x.masked_select(rows), DtypeError, "masked_select: expected dtype bool for mask, got int64"),
    (lambda: x.masked_fill(mask, 1.0), ShapeError, "masked_fill: shapes (4, 3) and (2,) do not broadcast"),
    (lambda: x.masked_fill(x > 0, zeros(2)), ShapeError, "masked_fill: only supports a 0-dimensional value tensor"),
    (lambda: x.masked_scatter(x == 0, zeros(5)), ShapeError, "masked_scatter: mask has 12 true elements, source only 5"),
    (lambda: x.scatter(0, tensor([[0]])), ArgumentTypeError, "scatter: missing src (a tensor) or value (a number)"),
    (lambda: x.scatter(0, tensor([[0, 1]]), zeros(1, 1)), ShapeError, "scatter: index of shape (1, 2) reads beyond src"),
    (lambda: x.scatter(0, tensor([[0]]), zeros(1, 1), reduce="red"), ShapeError, "scatter: reduce argument must be 'add' or"),
    (
        lambda: x.scatter_reduce(0, tensor([[0]]), zeros(1, 1), "red"),
        ShapeError,
        "scatter_reduce: reduce argument must be one of",
    ),
    (lambda: x.scatter_add(0, tensor([[0]]), zeros(1, 1).double()), DtypeError, "scatter_add: expected self.dtype to be equal"),
    (lambda: x.index_add(0, rows, zeros(3, 3)), ShapeError, "index_add: source has shape (3, 3); for 2 indices along dim 0"),
    (lambda: x.index_put(rows, zeros(3)), ArgumentTypeError, "index_put(): argument 'indices' must be tuple of Tensors"),
    (lambda: x.put(rows, zeros(3)), DimError, "put: index has 2 elements and source 3"),
    (lambda: x.select_scatter(zeros(2), 0, 0), ShapeError, "select_scatter: expected src to have a size equal to the slice"),
    (lambda: x.diagonal_scatter(zeros(2)), ShapeError, "diagonal_scatter: expected src to have a size equal to the slice"),
    (lambda: rows.masked_fill(mask, 1e30), DtypeError, "masked_fill: value 1e+30 cannot be converted to type int64"),
    # order
    (lambda: x.sort(2), DimError, "sort: dimension out of range: got dim 2"),
    (lambda: x.topk(5), ShapeError, "topk: selected index k out of range: k is 5, dim 1 of (4, 3) has size 3"),
    (lambda: (x > 0).topk(1), DtypeError, "topk: is not defined for dtype bool"),
    (lambda: x.unique(dim=2), DimError, "unique: dimension out of range"),
    (lambda: autograd.searchsorted(x, zeros(3, 3)), ShapeError, "searchsorted: the first N-1 dimensions"),
    (lambda: autograd.searchsorted(zeros(3), zeros(3), side="red"), ShapeError, "side can only be 'left' or 'right'"),
    (lambda: autograd.bucketize(zeros(3), x), ShapeError, "bucketize: boundaries tensor must be 1-dimensional"),
    (lambda: x.topk(1.5), ArgumentTypeError, "topk(): argument 'k' must be int, not float"),
    (lambda: scalar.unique(dim=0), DimError, "unique: a tensor without dimensions"),
    (lambda: autograd.searchsorted(zeros(3), scalar, side="left", right=True), ShapeError, "can't be set to opposites"),
    (lambda: autograd.searchsorted(scalar, scalar), ShapeError, "sorted_sequence must have at least one dimension"),
    (lambda: x.masked_fill(x > 0, "red"), ArgumentTypeError, "masked_fill(): argument 'value' must be a number or a Tensor"),
    (lambda: x.take_along_dim(rows, 0), ShapeError, "take_along_dim: indices (2,) and input (4, 3)"),
    # leaves
    (lambda: zeros(2, 3, requires_grad=True).t_(), GraphError, "t_: a leaf Variable that requires grad"),
    (lambda: zeros(2, 3, requires_grad=True).index_fill_(0, rows, 1), GraphError, "index_fill_: a leaf Variable"),
]


@pytest.mark.parametrize(("call", "error", "says"), WRONG, ids=[says for _, _, says in WRONG])
def test_a_wrong_call_is_explained(call: Callable, error: type, says: str) -> None:
    with pytest.raises(error, match=re.escape(says)) as caught:
        call()
    assert isinstance(caught.value, GradloomError)


@pytest.mark.parametrize(("ours", "theirs"), [(DimError, IndexError), (ShapeError, RuntimeError), (DtypeError, RuntimeError)])
def test_errors_are_those_that_pytorch_raises(ours: type, theirs: type) -> None:
    assert issubclass(ours, theirs)
    assert issubclass(ArgumentTypeError, TypeError)
    assert issubclass(ArgumentError, ValueError)


def test_rows_to_search_in_and_values_must_have_the_same_leading_sizes():
    edges, values = autograd.arange(24).reshape(2, 3, 4), autograd.ones(2, 2, 5)
    with pytest.raises(RuntimeError, match="first N-1 dimensions"):
        autograd.searchsorted(edges, values)
