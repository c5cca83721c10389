"""Indexing and ordering inside of nested vmaps, with operands that different levels batch, agree with loops over PyTorch.

The oracle is a loop, since torch.func itself gives other numbers than a loop for index_fill and for in-place index_put.
"""

from itertools import product

import numpy as np
import pytest

import autograd
from autograd import func

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore:index_reduce")]  # a beta, says PyTorch
torch = pytest.importorskip("torch")

SIZES = (2, 3)  # of the outer and of the inner vmap


def own(x, i, v):
    """A tensor that every level at which one of the operands is batched knows, so that it may be changed."""
    return x + 0 * v.sum() + 0 * i.sum()


def changed(name, *args):
    """The in-place method `name` on a tensor of the function's own."""

    def run(lib, x, i, v):
        y = own(x, i, v)
        getattr(y, name)(*[a(x, i, v) if callable(a) else a for a in args])
        return y

    return run


def rows(i):
    return i[:, None].repeat(1, 5)


INDEXING = {
    "x[i]": lambda lib, x, i, v: x[i],
    "x[:, i]": lambda lib, x, i, v: x[:, i],
    "x[i, 1:3]": lambda lib, x, i, v: x[i, 1:3],
    "x[i, i]": lambda lib, x, i, v: x[i, i],
    "x[column, i]": lambda lib, x, i, v: x[i[:, None], i],
    "x[number]": lambda lib, x, i, v: x[i[0]],
    "x[number, i]": lambda lib, x, i, v: x[i[0], i],
    "x[number, number]": lambda lib, x, i, v: x[i[0], i[1]],
    "x[list, i]": lambda lib, x, i, v: x[[0, 1, 2], i],
    "x[..., i]": lambda lib, x, i, v: x[..., i],
    "x[i, None, 2]": lambda lib, x, i, v: x[i, None, 2],
    "x[1, i]": lambda lib, x, i, v: x[1, i],
    "x[i, :, i]": lambda lib, x, i, v: x.reshape(2, 2, 5)[i % 2, :, i],
    "x[i][:, i]": lambda lib, x, i, v: x[i][:, i],
    "gather": lambda lib, x, i, v: x.gather(1, i[None].expand(4, 3)),
    "take": lambda lib, x, i, v: x.take(i),
    "take_along_dim": lambda lib, x, i, v: x.take_along_dim(i[None], 1),
    "take_along_dim, flat": lambda lib, x, i, v: lib.take_along_dim(x, i),
    "index_select": lambda lib, x, i, v: x.index_select(1, i),
    "scatter": lambda lib, x, i, v: x.scatter(0, rows(i), v),
    "scatter a number": lambda lib, x, i, v: x.scatter(0, rows(i), 3.0),
    "scatter_add": lambda lib, x, i, v: x.scatter_add(0, rows(i), v),
    "scatter_reduce": lambda lib, x, i, v: x.scatter_reduce(0, rows(i), v, "prod"),
    "index_add": lambda lib, x, i, v: x.index_add(0, i, v),
    "index_copy": lambda lib, x, i, v: x.index_copy(0, i, v),
    "index_fill": lambda lib, x, i, v: x.index_fill(0, i, 2.0),
    "index_fill a tensor": lambda lib, x, i, v: x.index_fill(1, i, v.sum()),
    "index_reduce": lambda lib, x, i, v: x.index_reduce(0, i, v, "amax"),
    "index_put": lambda lib, x, i, v: x.index_put((i, i), v[:, 0]),
    "index_put, accumulate": lambda lib, x, i, v: x.index_put((i,), v, accumulate=True),
    "put": lambda lib, x, i, v: x.put(i, v[:, 0]),
    "put, accumulate": lambda lib, x, i, v: x.put(i, v[:, 0], accumulate=True),
    "masked_fill": lambda lib, x, i, v: x.masked_fill(x > v[0], 1.0),
    "masked_scatter": lambda lib, x, i, v: x.masked_scatter(x > v[0], x * 2),
    "select_scatter": lambda lib, x, i, v: x.select_scatter(v[0], 0, 1),
    "where": lambda lib, x, i, v: lib.where(x > v[0], v[0], i.sum()),
    "searchsorted": lambda lib, x, i, v: lib.searchsorted(x.sort().values, x),
    "isin": lambda lib, x, i, v: lib.isin(i, i[:1]) & (x[0, 0] > v[0, 0]),
    "x[i] = v": changed("__setitem__", lambda x, i, v: i, lambda x, i, v: v),
    "x[:, i] = 2": changed("__setitem__", lambda x, i, v: (slice(None), i), 2.0),
    "x[i, i] = v": changed("__setitem__", lambda x, i, v: (i, i), lambda x, i, v: v[:, 0]),
    "x[number] = v": changed("__setitem__", lambda x, i, v: i[0], lambda x, i, v: v[0]),
    "index_put_": changed("index_put_", lambda x, i, v: (i,), lambda x, i, v: v),
    "scatter_": changed("scatter_", 0, lambda x, i, v: rows(i), lambda x, i, v: v),
    "index_add_": changed("index_add_", 0, lambda x, i, v: i, lambda x, i, v: v),
    "index_fill_": changed("index_fill_", 0, lambda x, i, v: i, 1.5),
    "masked_fill_": changed("masked_fill_", lambda x, i, v: x > v[0], 1.5),
}


def looped(f, in_dims):
    """What vmap means."""

    def run(*args):
        n = next(len(a) for a, d in zip(args, in_dims, strict=True) if d is not None)
        return torch.stack([f(*[a if d is None else a[k] for a, d in zip(args, in_dims, strict=True)]) for k in range(n)])

    return run


def nested(vmap, f, batched):
    for level in "10":
        in_dims = tuple(0 if level in levels else None for levels in batched)
        f = vmap(f, in_dims) if any(d is not None for d in in_dims) else f
    return f


@pytest.mark.parametrize("name", INDEXING)
def test_an_index_of_one_level_and_values_of_another(name):
    rng = np.random.default_rng(0)
    f = INDEXING[name]
    for batched in product(["", "0", "1", "01"], repeat=3):
        x, i, v = (
            rng.uniform(0, 1, (*[SIZES[int(k)] for k in levels], *shape))
            for levels, shape in zip(batched, [(4, 5), (4,), (3, 5)], strict=True)
        )
        i = i.argsort(-1)[..., :3]  # no place twice, as which of two values is written is not said
        want = nested(looped, lambda *t: f(torch, *t), batched)(torch.tensor(x), torch.tensor(i), torch.tensor(v))
        got = nested(func.vmap, lambda *t: f(autograd, *t), batched)(autograd.tensor(x), autograd.tensor(i), autograd.tensor(v))
        np.testing.assert_allclose(got.numpy(), want.numpy(), err_msg=str(batched))


ORDER = {
    "max": lambda lib, x: x.max(),
    "max, values": lambda lib, x: x.max(-1).values,
    "max, indices": lambda lib, x: x.max(-1).indices,
    "min, values": lambda lib, x: x.min(0)[0],
    "sort": lambda lib, x: x.sort().values,
    "sort, indices": lambda lib, x: x.sort(0, descending=True)[1],
    "topk": lambda lib, x: x.topk(2)[0],
    "topk, indices": lambda lib, x: x.topk(2, dim=0).indices,
    "median": lambda lib, x: x.median(),
    "median, values": lambda lib, x: x.median(-1)[0],
    "median, indices": lambda lib, x: x.median(-1)[1],
    "nanmedian": lambda lib, x: x.nanmedian(),
    "mode": lambda lib, x: x.mode(-1)[0],
    "mode, indices": lambda lib, x: x.mode(0)[1],
    "argsort": lambda lib, x: x.argsort(0, descending=True),
    "msort": lambda lib, x: lib.msort(x),
    "kthvalue": lambda lib, x: x.kthvalue(2)[0],
    "argmax": lambda lib, x: x.argmax(),
    "argmin": lambda lib, x: x.argmin(-1),
    "cummax": lambda lib, x: x.cummax(-1)[0],
    "cummin, indices": lambda lib, x: x.cummin(0)[1],
    "aminmax": lambda lib, x: lib.aminmax(x)[0],
    "quantile": lambda lib, x: x.quantile(0.3),
    "nanquantile": lambda lib, x: lib.nanquantile(x, 0.25, dim=-1),
}


@pytest.mark.parametrize("name", ORDER)
def test_order_in_nested_vmaps(name):
    rng = np.random.default_rng(0)
    for depth, core in product((1, 2, 3), [(3, 4), (5,)]):
        x = rng.permutation(np.arange(float(np.prod((2, 3, 2)[:depth] + core)))).reshape(*(2, 3, 2)[:depth], *core)
        f, g = (lambda t: ORDER[name](torch, t)), (lambda t: ORDER[name](autograd, t))
        for k in range(depth):
            f, g = looped(f, (0,)), func.vmap(g, in_dims=k - depth + 1 if k - depth + 1 >= 0 else 0)
        np.testing.assert_allclose(g(autograd.tensor(x)).numpy(), f(torch.tensor(x)).numpy(), rtol=1e-14)


@pytest.mark.parametrize("depth", (1, 2, 3))
def test_the_gradient_of_order_and_index_in_nested_vmaps(depth):
    def loss(lib, x):
        return (x.sort(-1)[0][..., x.argmax()] * x.max(-1)[0]).sum() + x[x.argmin()].exp()

    x = np.random.default_rng(1).uniform(0, 1, (*(2, 3, 2)[:depth], 4))
    f, g = torch.func.grad(lambda t: loss(torch, t)), func.grad(lambda t: loss(autograd, t))
    for _ in range(depth):
        f, g = looped(f, (0,)), func.vmap(g)
    np.testing.assert_allclose(g(autograd.tensor(x)).numpy(), f(torch.tensor(x)).numpy())


@pytest.mark.parametrize(
    "change",
    [
        lambda lib, y, a: y.add_(a),
        lambda lib, y, a: y.__setitem__(0, a),
        lambda lib, y, a: y.__setitem__(a.long(), 1.0),
        lambda lib, y, a: y.index_add_(0, a.long().reshape(1), lib.ones(1)),
        lambda lib, y, a: y.mul_(other=a),
    ],
)
@pytest.mark.parametrize("depth", (0, 1))
def test_a_tensor_that_is_the_same_for_all_examples_is_not_changed_by_one_that_is_not(change, depth):
    for lib, transforms in ((torch, torch.func), (autograd, func)):

        def inner(y, lib=lib, transforms=transforms):
            return transforms.vmap(lambda a: (change(lib, y, a), y)[1])(lib.arange(2.0))

        with pytest.raises(RuntimeError):
            y = lib.zeros(3, 2)
            inner(y[0]) if not depth else transforms.vmap(lambda y: inner(y * 1))(y)
    with pytest.raises(RuntimeError, match="vmapped over"):
        func.vmap(lambda a: change(autograd, autograd.zeros(2), a))(autograd.arange(2.0))
