"""Products of vectors and matrices under PyTorch's names."""

from itertools import pairwise
from math import prod
from typing import Any

from ..core.graph import Traced
from ..core.primitive import cast
from ..core.shapes import broadcast, normalize_axis
from ..errors import ArgumentTypeError, DtypeError, ShapeError
from ..ops import elementwise as ew, reduce as rd
from ..ops.index import getitem
from ..ops.linalg import matmul as _matmul
from ..ops.shape import stack, transpose
from .declare import function
from .norms import p_norm
from .shaping import ALL, reshape


def operands(op: str, **given: Any) -> None:
    """Raise unless all of the named operands are tensors of one dtype."""
    dtypes = {}
    for name, x in given.items():
        if not isinstance(x, Traced):
            raise ArgumentTypeError(f"{op}(): argument '{name}' must be Tensor, not {type(x).__name__}")
        dtypes[name] = x.dtype
    if len(set(dtypes.values())) > 1:
        listed = ", ".join(f"{n} {d}" for n, d in dtypes.items())
        raise DtypeError(f"{op}: expected all tensors to have the same dtype, got {listed}; convert with .to(dtype)")


def _dims(op: str, **wanted: tuple[Any, ...]) -> None:
    for name, (x, n) in wanted.items():
        if x.ndim != n:
            raise ShapeError(f"{op}: {name} must be a {n}-D tensor, got shape {tuple(x.shape)}")


def _inner(op: str, x: Any, y: Any, a: int, b: int) -> None:
    """Raise unless dimension a of x has the size of dimension b of y."""
    if x.shape[a] != y.shape[b]:
        raise ShapeError(
            f"{op}: shapes {tuple(x.shape)} and {tuple(y.shape)} cannot be multiplied: size {x.shape[a]} of the first must "
            f"equal size {y.shape[b]} of the second"
        )


@function
def matmul(input: Any, other: Any) -> Any:
    """The matrix product over the last two dimensions, the others broadcast; vectors are rows left and columns right.

    Raises ShapeError if inner sizes differ, DtypeError if dtypes differ.

    >>> import autograd
    >>> autograd.matmul(autograd.tensor([[1.0, 2.0]]), autograd.tensor([3.0, 4.0]))
    tensor([11.])
    """
    if not isinstance(other, Traced):
        operands("matmul", input=input, other=other)
    return _matmul(input, other)


@function
def mm(input: Any, mat2: Any) -> Any:
    """The product of two matrices.

    `mat2` is the right factor.

    >>> import autograd
    >>> autograd.mm(autograd.ones(2, 3), autograd.ones(3, 1))
    tensor([[3.],
            [3.]])
    """
    operands("mm", input=input, mat2=mat2)
    _dims("mm", input=(input, 2), mat2=(mat2, 2))
    _inner("mm", input, mat2, 1, 0)
    return _matmul(input, mat2)


@function
def bmm(input: Any, mat2: Any) -> Any:
    """The products of two batches of matrices, (b, n, m) and (b, m, p).

    `mat2` is the right factor.

    >>> import autograd
    >>> autograd.bmm(autograd.ones(5, 2, 3), autograd.ones(5, 3, 4)).shape
    torch.Size([5, 2, 4])
    """
    operands("bmm", input=input, mat2=mat2)
    _batches("bmm", input, mat2)
    return _matmul(input, mat2)


def _batches(op: str, x: Any, y: Any) -> None:
    _dims(op, batch1=(x, 3), batch2=(y, 3))
    _inner(op, x, y, 0, 0)
    _inner(op, x, y, 2, 1)


@function
def mv(input: Any, vec: Any) -> Any:
    """The product of a matrix and a vector.

    `vec` is the vector.

    >>> import autograd
    >>> autograd.mv(autograd.ones(2, 3), autograd.ones(3))
    tensor([3., 3.])
    """
    operands("mv", input=input, vec=vec)
    _dims("mv", input=(input, 2), vec=(vec, 1))
    _inner("mv", input, vec, 1, 0)
    return _matmul(input, vec)


@function
def dot(input: Any, tensor: Any) -> Any:
    """The sum of products of two vectors.

    `tensor` is the second vector.

    >>> import autograd
    >>> autograd.dot(autograd.tensor([1.0, 2.0]), autograd.tensor([3.0, 4.0]))
    tensor(11.)
    """
    return _dot(input, tensor, "dot")


@function
def vdot(input: Any, other: Any) -> Any:
    """`dot`: numbers here are real.

    >>> import autograd
    >>> autograd.vdot(autograd.tensor([1.0, 2.0]), autograd.tensor([3.0, 4.0]))
    tensor(11.)
    """
    return _dot(input, other, "vdot")


def _dot(x: Any, y: Any, op: str) -> Any:
    operands(op, input=x, tensor=y)
    _dims(op, input=(x, 1), tensor=(y, 1))
    _inner(op, x, y, 0, 0)
    return _matmul(x, y)


@function
def inner(input: Any, other: Any) -> Any:
    """The sum of products over the last dimension of both; with a scalar, the product.

    >>> import autograd
    >>> autograd.inner(autograd.ones(2, 3), autograd.ones(4, 3)).shape
    torch.Size([2, 4])
    """
    if not input.ndim or (isinstance(other, Traced) and not other.ndim):
        return ew.multiply(input, other)
    operands("inner", input=input, other=other)
    _inner("inner", input, other, -1, -1)
    return _contract(input, other, [input.ndim - 1], [other.ndim - 1])


@function
def outer(input: Any, vec2: Any) -> Any:
    """The products of every element of one vector with every element of another.

    `vec2` is the second vector.

    >>> import autograd
    >>> autograd.outer(autograd.tensor([1, 2]), autograd.tensor([3, 4]))
    tensor([[3, 4],
            [6, 8]])
    """
    return _outer(input, vec2, "outer")


@function
def ger(input: Any, vec2: Any) -> Any:
    """`outer` under its older name.

    `vec2` is the second vector.

    >>> import autograd
    >>> autograd.ger(autograd.tensor([1, 2]), autograd.tensor([3, 4]))
    tensor([[3, 4],
            [6, 8]])
    """
    return _outer(input, vec2, "ger")


def _outer(x: Any, y: Any, op: str) -> Any:
    for name, v in (("input", x), ("vec2", y)):
        if not isinstance(v, Traced):
            raise ArgumentTypeError(f"{op}(): argument '{name}' must be Tensor, not {type(v).__name__}")
    _dims(op, input=(x, 1), vec2=(y, 1))
    return ew.multiply(reshape(x, (-1, 1)), y)


# -- added to something ------------------------------------------------------------------------------------------------


def _plus(op: str, input: Any, product: Any, beta: float, alpha: float) -> Any:
    """beta * input + alpha * product; NaN in an input that beta = 0 leaves out does not count."""
    if broadcast(op, input.shape, product.shape) != product.shape:
        raise ShapeError(f"{op}: input of shape {tuple(input.shape)} does not expand to the product's {tuple(product.shape)}")
    if "f" not in (product.dtype.kind, input.dtype.kind):
        alpha, beta = int(alpha), int(beta)
    elif product.dtype.kind != "f":
        product = cast(product, dtype=input.dtype)
    if alpha != 1:
        product = ew.multiply(product, alpha)
    if beta == 0:
        return product
    return ew.add(input if beta == 1 else ew.multiply(input, beta), product)


@function(inplace=True, single=True)
def addmm(input: Any, mat1: Any, mat2: Any, *, beta: float = 1, alpha: float = 1) -> Any:
    """beta * input + alpha * mat1 @ mat2

    >>> import autograd
    >>> autograd.addmm(autograd.ones(2), autograd.ones(1, 3), autograd.ones(3, 2), alpha=2)
    tensor([[7., 7.]])
    """
    operands("addmm", input=input, mat1=mat1, mat2=mat2)
    _dims("addmm", mat1=(mat1, 2), mat2=(mat2, 2))
    _inner("addmm", mat1, mat2, 1, 0)
    return _plus("addmm", input, _matmul(mat1, mat2), beta, alpha)


@function(inplace=True, single=True)
def addmv(input: Any, mat: Any, vec: Any, *, beta: float = 1, alpha: float = 1) -> Any:
    """beta * input + alpha * mat @ vec

    >>> import autograd
    >>> autograd.addmv(autograd.ones(2), autograd.ones(2, 3), autograd.ones(3))
    tensor([4., 4.])
    """
    operands("addmv", input=input, mat=mat, vec=vec)
    _dims("addmv", mat=(mat, 2), vec=(vec, 1))
    _inner("addmv", mat, vec, 1, 0)
    return _plus("addmv", input, _matmul(mat, vec), beta, alpha)


@function(inplace=True)
def addr(input: Any, vec1: Any, vec2: Any, *, beta: float = 1, alpha: float = 1) -> Any:
    """beta * input + alpha * outer(vec1, vec2)

    >>> import autograd
    >>> autograd.addr(autograd.zeros(2), autograd.tensor([1.0, 2.0]), autograd.tensor([3.0, 4.0]))
    tensor([[3., 4.],
            [6., 8.]])
    """
    for name, v in (("vec1", vec1), ("vec2", vec2)):
        if not isinstance(v, Traced):
            raise ArgumentTypeError(f"addr(): argument '{name}' must be Tensor, not {type(v).__name__}")
    for name, number in (("beta", beta), ("alpha", alpha)):
        if isinstance(number, float) and "f" not in (input.dtype.kind, vec1.dtype.kind, vec2.dtype.kind):
            raise DtypeError(f"addr: for integral input tensors {name} must not be a floating point number, got {number}")
    return _plus("addr", input, _outer(vec1, vec2, "addr"), beta, alpha)


@function(inplace=True, single=True)
def addbmm(input: Any, batch1: Any, batch2: Any, *, beta: float = 1, alpha: float = 1) -> Any:
    """beta * input + alpha * the sum of batch1[k] @ batch2[k]

    >>> import autograd
    >>> autograd.addbmm(autograd.zeros(1), autograd.ones(5, 1, 3), autograd.ones(5, 3, 2))
    tensor([[15., 15.]])
    """
    operands("addbmm", input=input, batch1=batch1, batch2=batch2)
    _batches("addbmm", batch1, batch2)
    return _plus("addbmm", input, _contract(batch1, batch2, [0, 2], [0, 1]), beta, alpha)


@function(inplace=True, single=True)
def baddbmm(input: Any, batch1: Any, batch2: Any, *, beta: float = 1, alpha: float = 1) -> Any:
    """beta * input + alpha * batch1 @ batch2

    >>> import autograd
    >>> autograd.baddbmm(autograd.zeros(1), autograd.ones(5, 2, 3), autograd.ones(5, 3, 4)).shape
    torch.Size([5, 2, 4])
    """
    operands("baddbmm", input=input, batch1=batch1, batch2=batch2)
    _batches("baddbmm", batch1, batch2)
    return _plus("baddbmm", input, _matmul(batch1, batch2), beta, alpha)


# -- more dimensions ---------------------------------------------------------------------------------------------------


def _contract(x: Any, y: Any, over_x: list[int], over_y: list[int]) -> Any:
    """The sum of products over pairs of dimensions: what is left of x, then what is left of y."""
    keep_x = [k for k in range(x.ndim) if k not in over_x]
    keep_y = [k for k in range(y.ndim) if k not in over_y]
    shape = [x.shape[k] for k in keep_x] + [y.shape[k] for k in keep_y]
    size = prod(x.shape[k] for k in over_x)
    rows, columns = prod(x.shape[k] for k in keep_x), prod(y.shape[k] for k in keep_y)
    left = reshape(transpose(x, axes=(*keep_x, *over_x)), (rows, size))
    right = reshape(transpose(y, axes=(*over_y, *keep_y)), (size, columns))
    return reshape(_matmul(left, right), shape)


@function(method=False)
def tensordot(a: Any, b: Any, dims: Any = 2) -> Any:
    """The sum of products over the last `dims` dimensions of a and the first of b, or over a pair of lists of dimensions.

    >>> import autograd
    >>> autograd.tensordot(autograd.ones(2, 3), autograd.ones(3, 4), dims=1).shape
    torch.Size([2, 4])
    """
    operands("tensordot", a=a, b=b)
    if isinstance(dims, int):
        if dims < 0 or dims > min(a.ndim, b.ndim):
            raise ShapeError(f"tensordot: expects 0 <= dims <= {min(a.ndim, b.ndim)} for these tensors, got {dims}")
        over_a, over_b = list(range(a.ndim - dims, a.ndim)), list(range(dims))
    else:
        first, second = (d.tolist() if isinstance(d, Traced) else d for d in dims)
        over_a = [normalize_axis(d, a.ndim, "tensordot") for d in first]
        over_b = [normalize_axis(d, b.ndim, "tensordot") for d in second]
    if len(over_a) != len(over_b):
        raise ShapeError(f"tensordot: both dimension lists should have same length, got {over_a} and {over_b}")
    for p, q in zip(over_a, over_b, strict=True):
        if a.shape[p] != b.shape[q] and 1 not in (a.shape[p], b.shape[q]):
            raise ShapeError(
                f"tensordot: contracted dimensions need to match, dim {p} of a has size {a.shape[p]}, dim {q} of b {b.shape[q]}"
            )
    # A dimension of size 1 stands for as many as the other has: sum the other one first.
    lone_a = tuple(p for p, q in zip(over_a, over_b, strict=True) if b.shape[q] == 1 != a.shape[p])
    lone_b = tuple(q for p, q in zip(over_a, over_b, strict=True) if a.shape[p] == 1 != b.shape[q])
    a = rd.sum(a, axis=lone_a, keepdims=True) if lone_a else a
    b = rd.sum(b, axis=lone_b, keepdims=True) if lone_b else b
    return _contract(a, b, over_a, over_b)


@function
def kron(input: Any, other: Any) -> Any:
    """The Kronecker product: every element of `input` times the whole of `other`.

    >>> import autograd
    >>> autograd.kron(autograd.tensor([1, 10]), autograd.tensor([1, 2]))
    tensor([ 1,  2, 10, 20])
    """
    if not isinstance(other, Traced):
        raise ArgumentTypeError(f"kron(): argument 'other' must be Tensor, not {type(other).__name__}")
    n = max(input.ndim, other.ndim)
    a = (1,) * (n - input.ndim) + tuple(input.shape)
    b = (1,) * (n - other.ndim) + tuple(other.shape)
    # Of copies, so that the operands may be changed before backward.
    left = reshape(ew.clone(input), tuple(k for size in a for k in (size, 1)))
    right = reshape(ew.clone(other), tuple(k for size in b for k in (1, size)))
    return reshape(ew.multiply(left, right), tuple(p * q for p, q in zip(a, b, strict=True)))


def cross_of(x: Any, y: Any, dim: int, op: str) -> Any:
    """The vector product along a dimension of size 3."""
    operands(op, input=x, other=y)
    if x.ndim != y.ndim:
        raise ShapeError(f"{op}: inputs must have the same number of dimensions, got {x.ndim} and {y.ndim}")
    axis = normalize_axis(dim, x.ndim, op)
    if x.shape[axis] != 3 or y.shape[axis] != 3:
        raise ShapeError(f"{op}: inputs dimension {axis} must have length 3, got {tuple(x.shape)} and {tuple(y.shape)}")
    broadcast(op, x.shape, y.shape)
    (x0, x1, x2), (y0, y1, y2) = ([getitem(v, index=(ALL,) * axis + (k,)) for k in range(3)] for v in (x, y))
    parts = [(x1, y2, x2, y1), (x2, y0, x0, y2), (x0, y1, x1, y0)]
    found = [ew.subtract(ew.multiply(a, b), ew.multiply(c, d)) for a, b, c, d in parts]
    return stack(*found, axis=axis)


@function
def cross(input: Any, other: Any, dim: int | None = None) -> Any:
    """The vector product along a dimension of size 3 (the first such, if `dim` is not given).

    >>> import autograd
    >>> autograd.cross(autograd.tensor([1, 0, 0]), autograd.tensor([0, 1, 0]))
    tensor([0, 0, 1])
    """
    if dim is None:
        dim = next((k for k, n in enumerate(input.shape) if n == 3), None)
        if dim is None:
            raise ShapeError(f"cross: no dimension of size 3 in input of shape {tuple(input.shape)}")
    return cross_of(input, other, dim, "cross")


@function(method=False, single=True)
def cdist(x1: Any, x2: Any, p: float = 2.0, compute_mode: str | None = "use_mm_for_euclid_dist_if_necessary") -> Any:
    """The p-norm distance of every row of x1 from every row of x2: (..., n, d) and (..., m, d) give (..., n, m).

    The gradient of a distance that is 0 is 0.

    >>> import autograd
    >>> autograd.cdist(autograd.zeros(1, 2), autograd.tensor([[3.0, 4.0]]))
    tensor([[5.]])
    """
    operands("cdist", x1=x1, x2=x2)
    if x1.ndim < 2 or x2.ndim < 2:
        raise ShapeError(f"cdist: expects tensors of at least 2 dimensions, got shapes {tuple(x1.shape)} and {tuple(x2.shape)}")
    if x1.dtype.kind != "f":
        raise DtypeError(f"cdist: only supports floating-point dtypes, got {x1.dtype}")
    _inner("cdist", x1, x2, -1, -1)
    if p < 0:
        raise ShapeError(f"cdist: only supports non-negative p values, got {p}")
    a = reshape(x1, (*x1.shape[:-1], 1, x1.shape[-1]))
    b = reshape(x2, (*x2.shape[:-2], 1, *x2.shape[-2:]))
    apart = ew.subtract(a, b)
    if not apart.shape[-1]:
        return rd.sum(apart, axis=(-1,), keepdims=False)
    return p_norm(apart, p, (apart.ndim - 1,), False, "cdist")


@function(method=False, checked=False)
def chain_matmul(*matrices: Any) -> Any:
    """`linalg.multi_dot` of its arguments.

    >>> import autograd
    >>> autograd.chain_matmul(autograd.ones(2, 3), autograd.ones(3, 4), autograd.ones(4, 1))
    tensor([[12.],
            [12.]])
    """
    if len(matrices) == 1 and not isinstance(matrices[0], Traced):
        matrices = tuple(matrices[0])
    return multiplied(list(matrices), "chain_matmul")


def multiplied(tensors: list[Any], op: str) -> Any:
    """The product of a chain of matrices, in the order that takes the fewest multiplications."""
    if len(tensors) == 1 and op == "chain_matmul":
        return tensors[0]
    if len(tensors) < 2:
        raise ShapeError(f"{op}: expected at least 2 tensors, got {len(tensors)}")
    operands(op, **{f"tensors[{k}]": x for k, x in enumerate(tensors)})
    first, last = tensors[0], tensors[-1]
    chain = list(tensors)
    if first.ndim == 1:
        chain[0] = reshape(first, (1, -1))
    if last.ndim == 1:
        chain[-1] = reshape(last, (-1, 1))
    for k, x in enumerate(chain):
        if x.ndim != 2:
            raise ShapeError(f"{op}: tensor {k} must be 2-D (the first and last may be 1-D), got shape {tuple(x.shape)}")
    for x, y in pairwise(chain):
        _inner(op, x, y, 1, 0)
    product = _in_order(chain)
    shape = [n for n, x, k in ((product.shape[0], first, 0), (product.shape[1], last, 1)) if x.ndim == 2]
    return product if len(shape) == 2 else reshape(product, shape)


def _in_order(chain: list[Any]) -> Any:
    """T. H. Cormen et al., Introduction to Algorithms, chapter 15.2: the cheapest brackets by dynamic programming."""
    sizes = [chain[0].shape[0], *(x.shape[1] for x in chain)]
    n = len(chain)
    best = {(k, k): (0, k) for k in range(n)}
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            best[i, j] = min(
                (best[i, k][0] + best[k + 1, j][0] + sizes[i] * sizes[k + 1] * sizes[j + 1], k) for k in range(i, j)
            )
    done = {(k, k): x for k, x in enumerate(chain)}
    for length in range(2, n + 1):
        for i in range(n - length + 1):
            j = i + length - 1
            k = best[i, j][1]
            if _needed(best, 0, n - 1, i, j):
                done[i, j] = _matmul(done[i, k], done[k + 1, j])
    return done[0, n - 1]


def _needed(best: dict[Any, Any], i: int, j: int, a: int, b: int) -> bool:
    """Whether the product of matrices a to b is part of the cheapest way to that of i to j."""
    while (i, j) != (a, b):
        k = best[i, j][1]
        if b <= k:
            j = k
        elif a > k:
            i = k + 1
        else:
            return False
    return True
