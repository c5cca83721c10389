"""Sparse matrices in coordinate form, as graph networks use them: made once, and multiplied with dense tensors.

A SparseTensor is a pair of tensors, the `indices` and the `values` of its entries; what is computed from it is dense. A
gradient reaches the dense factor, and the values that the matrix was made of.

>>> import autograd
>>> a = autograd.sparse_coo_tensor([[0, 1], [1, 0]], [2.0, 3.0], (2, 2))
>>> autograd.sparse.mm(a, autograd.tensor([[1.0], [10.0]]))
tensor([[20.],
        [ 3.]])
"""

from importlib import import_module
from typing import Any

import numpy as np

from .core.devices import check_device
from .core.shapes import as_shape
from .errors import ArgumentTypeError, DtypeError, GraphError, ShapeError
from .functions.declare import function
from .tensor import Size, Tensor
from .tensor.creation import as_tensor, zeros
from .tensor.ranges import arange


class SparseTensor:
    """A tensor that stores the entries that are not 0: `indices` (dimensions, n) and `values` (n, ...).

    Entries at the same place add up. It can be multiplied with a dense matrix or vector, transposed, scaled, summed and made
    dense; anything else is an error that says so.
    """

    shape: Size

    is_sparse = True
    is_cuda = False

    def __init__(self, indices: Tensor, values: Tensor, size: tuple[int, ...], coalesced: bool = False) -> None:
        self._at, self._entries, self.shape, self._coalesced = indices, values, Size(size), coalesced

    # -- what it is --------------------------------------------------------------------------------------------------

    @property
    def layout(self) -> Any:
        """How the entries are kept: `autograd.sparse_coo`."""
        return import_module("autograd").sparse_coo

    def size(self, dim: int | None = None) -> Any:
        """The shape, or the size of one dimension."""
        return self.shape if dim is None else self.shape[dim]

    def dim(self) -> int:
        """The number of dimensions."""
        return len(self.shape)

    ndim: Any = property(dim)

    @property
    def dtype(self) -> Any:
        """The dtype of the values."""
        return self._entries.dtype

    @property
    def device(self) -> Any:
        """The CPU."""
        return self._entries.device

    @property
    def requires_grad(self) -> bool:
        """Whether the values do."""
        return self._entries.requires_grad

    def _nnz(self) -> int:
        return self._at.shape[1]

    def _indices(self) -> Tensor:
        return self._at

    def _values(self) -> Tensor:
        return self._entries

    def is_coalesced(self) -> bool:
        """Whether no place is named twice, and places are in row-major order."""
        return self._coalesced

    def indices(self) -> Tensor:
        """The places of the entries. Raises GraphError before `coalesce()`."""
        return self._only_coalesced("indices")._at

    def values(self) -> Tensor:
        """The entries. Raises GraphError before `coalesce()`."""
        return self._only_coalesced("values")._entries

    def _only_coalesced(self, name: str) -> "SparseTensor":
        if not self._coalesced:
            raise GraphError(f"Cannot get {name} on an uncoalesced tensor, please call .coalesce() first")
        return self

    # -- the same entries otherwise -----------------------------------------------------------------------------------

    def coalesce(self) -> "SparseTensor":
        """Entries at the same place added up, in row-major order."""
        if self._coalesced:
            return self
        at = self._at.numpy()
        flat = np.ravel_multi_index(tuple(at), tuple(self.shape[: len(at)]))
        places, slot = np.unique(flat, return_inverse=True)
        index = np.stack(np.unravel_index(places, tuple(self.shape[: len(at)])))
        entries = zeros(len(places), *self._entries.shape[1:], dtype=self.dtype)
        return SparseTensor(as_tensor(index), entries.index_add(0, as_tensor(slot), self._entries), self.shape, True)

    def to_dense(self, dtype: Any = None) -> Tensor:
        """All elements."""
        dense = zeros(self.shape, dtype=self.dtype).index_put(tuple(self._at), self._entries, accumulate=True)
        return dense if dtype is None else dense.to(dtype)

    def transpose(self, dim0: int, dim1: int) -> "SparseTensor":
        """Two dimensions exchanged."""
        order = list(range(len(self.shape)))
        order[dim0], order[dim1] = order[dim1], order[dim0]
        if max(order[: self._at.shape[0]], default=0) >= self._at.shape[0]:
            raise ShapeError("transpose: a dense dimension of a sparse tensor cannot change its place")
        return SparseTensor(self._at[order[: self._at.shape[0]]], self._entries, tuple(self.shape[k] for k in order))

    def t(self) -> "SparseTensor":
        """The transposed matrix."""
        return self.transpose(0, 1)

    def to(self, *args: Any, **kwargs: Any) -> "SparseTensor":
        """The values in another dtype; the only device is the CPU."""
        return self._with(self._entries.to(*args, **kwargs))

    def cpu(self) -> "SparseTensor":
        """Itself."""
        return self

    def cuda(self, device: Any = None) -> Any:
        """Raises: there is no CUDA device."""
        return check_device("cuda" if device is None else device, "cuda")

    def float(self) -> "SparseTensor":
        """The values as float32."""
        return self._with(self._entries.float())

    def double(self) -> "SparseTensor":
        """The values as float64."""
        return self._with(self._entries.double())

    def detach(self) -> "SparseTensor":
        """The same entries outside of the graph."""
        return self._with(self._entries.detach())

    def _with(self, values: Tensor) -> "SparseTensor":
        return SparseTensor(self._at, values, self.shape, self._coalesced)

    # -- arithmetic ----------------------------------------------------------------------------------------------------

    def mm(self, other: Any) -> Tensor:
        """This matrix times a dense matrix or vector."""
        return mm(self, other)

    __matmul__: Any
    mv: Any
    spmm: Any
    matmul = spmm = mv = __matmul__ = mm

    def __mul__(self, other: Any) -> "SparseTensor":
        if isinstance(other, SparseTensor) or getattr(other, "ndim", 0):
            raise ArgumentTypeError("mul: a sparse tensor can be scaled by a number; make it dense for anything else")
        return self._with(self._entries * other)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> "SparseTensor":
        return self * (1 / other)

    def __neg__(self) -> "SparseTensor":
        return self._with(-self._entries)

    def __add__(self, other: "SparseTensor") -> "SparseTensor":
        if not isinstance(other, SparseTensor) or other.shape != self.shape:
            raise ArgumentTypeError(f"add: expected a sparse tensor of shape {tuple(self.shape)}")
        at = np.concatenate([self._at.numpy(), other._at.numpy()], 1)
        return SparseTensor(as_tensor(at), _joined(self._entries, other._entries), self.shape).coalesce()

    def _called(self, name: str, args: tuple[Any, ...], kwargs: dict[Any, Any]) -> Any:
        """A function of tensors that was given this one first."""
        if name in ("mm", "matmul", "mv", "spmm") and len(args) == 2 and not kwargs:
            return mm(*args)
        if name in ("t", "transpose"):
            return getattr(self, name)(*args[1:], **kwargs)
        raise ArgumentTypeError(f"{name}: not available for sparse tensors; make it dense with to_dense()")

    def __repr__(self) -> str:
        return (
            f"tensor(indices={self._at},\n       values={self._entries},\n       size={tuple(self.shape)}, "
            f"nnz={self._nnz()}, layout=torch.sparse_coo)"
        )


def _joined(a: Tensor, b: Tensor) -> Tensor:
    entries = zeros(len(a) + len(b), *a.shape[1:], dtype=a.dtype).index_add(0, arange(len(a)), a)
    return entries.index_add(0, arange(len(a), len(a) + len(b)), b)


def sparse_coo_tensor(
    indices: Any = None,
    values: Any = None,
    size: Any = None,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    check_invariants: bool | None = None,
    is_coalesced: bool | None = None,
) -> SparseTensor:
    """A sparse tensor with `values` (n, ...) at the places `indices` (dimensions, n); `size`, if not given, is just enough.

    `sparse_coo_tensor(size)` has no entries.

    Raises ShapeError for shapes that do not fit and places outside of the size.

    >>> import autograd
    >>> autograd.sparse_coo_tensor([[0, 1], [1, 1]], [1.0, 2.0]).to_dense()
    tensor([[0., 1.],
            [0., 2.]])
    """
    check_device(device, "sparse_coo_tensor")
    if values is None:
        shape = as_shape((indices if size is None else size,), "sparse_coo_tensor")
        entries = zeros(0, dtype=dtype, requires_grad=requires_grad)
        return SparseTensor(zeros(len(shape), 0, dtype=np.int64), entries, shape, True)
    at = as_tensor(indices).long()
    entries = as_tensor(values, dtype=dtype)
    if at.ndim != 2 or not entries.ndim or at.shape[1] != entries.shape[0]:
        raise ShapeError(
            f"sparse_coo_tensor: indices must be (dimensions, n) and values (n, ...), got shapes {tuple(at.shape)} and "
            f"{tuple(entries.shape)}"
        )
    needed = [int(n) + 1 for n in at.numpy().max(1, initial=-1)]
    shape = (*needed, *entries.shape[1:]) if size is None else tuple(int(n) for n in size)
    head = shape[: at.shape[0]]
    if len(shape) != at.shape[0] + entries.ndim - 1 or tuple(shape[at.shape[0] :]) != tuple(entries.shape[1:]):
        raise ShapeError(
            f"sparse_coo_tensor: size {shape} does not fit indices {tuple(at.shape)}, values {tuple(entries.shape)}"
        )
    if at.numel() and (int(at.min()) < 0 or any(n > k for n, k in zip(needed, head, strict=True))):
        raise ShapeError(f"sparse_coo_tensor: size is inconsistent with indices: places up to {needed} in a size of {shape}")
    if requires_grad:
        entries = entries.detach().requires_grad_()
    return SparseTensor(at, entries, shape, bool(is_coalesced))


def mm(sparse: SparseTensor, dense: Any) -> Tensor:
    """A sparse matrix (m, k) times a dense matrix (k, n) or vector (k,).

    Raises ShapeError if k differs, DtypeError if the dtypes do.
    """
    if not isinstance(sparse, SparseTensor):
        return sparse.mm(dense)
    if not isinstance(dense, Tensor):
        raise ArgumentTypeError(f"sparse.mm: the second factor must be a dense Tensor, got {type(dense).__name__}")
    if len(sparse.shape) != 2 or sparse._at.shape[0] != 2 or dense.ndim not in (1, 2) or sparse.shape[1] != dense.shape[0]:
        raise ShapeError(f"sparse.mm: shapes {tuple(sparse.shape)} and {tuple(dense.shape)} cannot be multiplied")
    if sparse.dtype != dense.dtype:
        raise DtypeError(f"sparse.mm: expected both to have the same dtype, got {sparse.dtype} and {dense.dtype}")
    rows, columns = sparse._at
    picked = dense.index_select(0, columns)
    weights = sparse._entries.unsqueeze(1) if dense.ndim == 2 else sparse._entries
    return zeros(sparse.shape[0], *dense.shape[1:], dtype=dense.dtype).index_add(0, rows, picked * weights)


def addmm(mat: Tensor, mat1: SparseTensor, mat2: Tensor, *, beta: float = 1.0, alpha: float = 1.0) -> Tensor:
    """beta * mat + alpha * (mat1 @ mat2), for a sparse mat1."""
    return beta * mat + alpha * mm(mat1, mat2)


def sum(input: SparseTensor, dim: Any = None, dtype: Any = None) -> Tensor:
    """The sum of all elements, or, as a dense tensor, over dimensions."""
    if dim is None:
        return input._entries.sum(dtype=dtype)
    return input.to_dense().sum(dim, dtype=dtype)


def FloatTensor(indices: Any, values: Any, size: Any = None) -> SparseTensor:
    """`sparse_coo_tensor` under its oldest name, with float32 values."""
    return sparse_coo_tensor(indices, as_tensor(values).float(), size)


@function
def to_sparse(input: Tensor) -> SparseTensor:
    """The entries of a dense tensor that are not 0."""
    at = input.detach().nonzero().t()
    return SparseTensor(at, input[tuple(at)], tuple(input.shape), True)
