"""Transforms compose: vmap is a loop, grad a sweep, and any nest of them what the loops and sweeps would give."""

import gc
import sys

import numpy as np
import pytest

import autograd
import autograd.special
import nn
import nn.functional as F
from autograd import Tensor
from autograd.core.graph import Node
from autograd.core.primitive import REGISTRY, Primitive
from autograd.errors import ArgumentError, GraphError, PerExample, ShapeError
from autograd.func import (
    functional_call,
    grad,
    grad_and_value,
    hessian,
    jacfwd,
    jacrev,
    jvp,
    linearize,
    stack_module_state,
    value_and_grad,
    vjp,
    vmap,
)
from autograd.func.batched import Batched
from autograd.func.rules import registered
from tests.sampling import samples

RNG = np.random.default_rng(5)


def t(*shape):
    return Tensor._wrap(RNG.uniform(0.3, 1.5, shape), None)


def close(a, b, tol=1e-10):
    a, b = np.asarray(a.detach()), np.asarray(b.detach())
    assert a.shape == b.shape
    assert a.dtype == b.dtype
    np.testing.assert_allclose(a, b, rtol=tol, atol=tol)


def stacked(parts):
    return autograd.stack(list(parts))


# -- vmap: every primitive ---------------------------------------------------------------------------------------------

# The calls as users make them, specialised by their number of inputs.
CALLS = {
    call.primitive.name: call
    for name, module in list(sys.modules.items())
    if name.startswith("autograd.")
    for call in vars(module).values()
    if isinstance(getattr(call, "primitive", None), Primitive)
}
BATCHED = [REGISTRY[name] for name in sorted(registered()) if name not in ("getitem", "put", "index_add", "overwrite")]


def listed(results):
    return list(results) if isinstance(results, tuple) else [results]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("p", BATCHED, ids=lambda p: p.name)
def test_a_batched_primitive_is_a_loop(p):
    for arrays, options in samples(p):
        if not p.differentiable and not all(a.size for a in arrays):
            continue  # the arguments of the maximum of nothing: an error, batched or not
        if p.name.startswith("bitwise") or p.name in ("gcd", "lcm"):
            arrays = [(4 * a).astype(np.int64) for a in arrays]
        # Three examples of every input; then of each input alone, the others being the same for all.
        many = [np.stack([a, a[::-1] if a.ndim and p.elementwise else a, a]) for a in arrays]
        for mapped in [range(len(arrays))] + [[k] for k in range(len(arrays)) if len(arrays) > 1]:
            floats = [k for k in mapped if arrays[k].dtype.kind in "fiub"]
            given = [Tensor._wrap(many[k] if k in floats else arrays[k], None) for k in range(len(arrays))]
            if not floats:
                continue
            dims = tuple(0 if k in floats else None for k in range(len(arrays)))
            got = vmap(lambda *xs: CALLS[p.name](*xs, **options), in_dims=dims)(*given)  # noqa: B023
            for e in range(3):
                one = [g[e] if d == 0 else g for g, d in zip(given, dims, strict=True)]
                want = listed(p.call(tuple(one), options))
                for g, w in zip(listed(got), want, strict=True):
                    assert g[e].dtype == w.dtype
                    np.testing.assert_allclose(np.asarray(g[e]), np.asarray(w), rtol=1e-9, atol=1e-12, err_msg=str(options))


INDICES = [
    (1,),
    (slice(None, None, 2), None, -1),
    (Ellipsis, np.array([0, 2, 2, -1])),
    (np.array([[0, 0], [2, -1]]), slice(1, 3)),
    (np.array([True, False, True]),),
    (np.array([0, 1]), slice(None), np.array([2, 2])),
    (slice(None), np.array([1, 0]), np.array([2, 2])),
    (slice(None), np.array([1, 0]), None, np.array([2, 2])),
    (0, slice(None), np.array([2, 0])),
]


@pytest.mark.parametrize("index", INDICES, ids=str)
def test_indexing_each_example(index):
    x = t(4, 3, 3, 3)
    close(vmap(lambda a: a[index])(x), stacked(x[k][index] for k in range(4)))
    value = x[0][index].detach() * 0 + 7.0

    def written(a):
        b = a.clone()
        b[index] = value
        return b

    close(vmap(written)(x), stacked(written(x[k]) for k in range(4)))
    gradient = vmap(grad(lambda a: (a[index] ** 2).sum()))(x)
    close(gradient, stacked(grad(lambda a: (a[index] ** 2).sum())(x[k]) for k in range(4)))


def test_an_index_that_differs_from_example_to_example():
    table, x = t(5, 2), t(4, 3, 5)
    rows = autograd.tensor([[0, 4], [4, 4], [1, -1], [2, 0]])
    close(vmap(lambda i: table[i])(rows), stacked(table[rows[k]] for k in range(4)))
    close(vmap(lambda a, i: a[:, i])(x, rows), stacked(x[k][:, rows[k]] for k in range(4)))
    close(vmap(lambda a, i: a[i, :2])(x, rows % 3), stacked(x[k][rows[k] % 3, :2] for k in range(4)))
    close(vmap(lambda a, i: a[1, i])(x, rows), stacked(x[k][1, rows[k]] for k in range(4)))
    close(vmap(lambda a, i: a[i, i])(x, rows % 3), stacked(x[k][rows[k] % 3, rows[k] % 3] for k in range(4)))
    close(vmap(lambda a, i: a[i])(x, rows[:, 0] % 3), stacked(x[k][int(rows[k, 0]) % 3] for k in range(4)))
    close(vmap(lambda a, i: a.gather(1, i[None]))(x, rows % 3), stacked(x[k].gather(1, rows[k][None] % 3) for k in range(4)))
    per_row = vmap(grad(lambda w, i: (w[i] ** 2).sum()), in_dims=(None, 0))(table, rows)
    close(per_row, stacked(grad(lambda w, i: (w[i] ** 2).sum())(table, rows[k]) for k in range(4)))


def test_a_mask_that_differs_has_no_common_shape():
    with pytest.raises(ShapeError, match="differs from example to example"):
        vmap(lambda a: a[a > 0.5])(autograd.arange(6.0).reshape(3, 2))


# -- vmap: arguments, results, random draws ----------------------------------------------------------------------------


def test_dims_in_and_out():
    x, y = t(2, 3, 4), t(4)
    close(vmap(lambda a, b: a * b, in_dims=(1, None), out_dims=2)(x, y), (x * y).permute(0, 2, 1))
    close(vmap(lambda d: d["a"] + d["b"][0], in_dims=({"a": 0, "b": -1},))({"a": t(4), "b": [x]}) * 0, t(4, 2, 3) * 0)
    a, b = vmap(lambda a: (a.sum(), {"twice": a * 2}), out_dims=(0, -1))(x)
    close(a, x.sum((1, 2)))
    close(b["twice"], (x * 2).permute(1, 2, 0))
    close(vmap(lambda a, scale: a * scale)(x, scale=t(2) * 0), x * 0)
    close(vmap(lambda a: y)(x), stacked([y, y]))


def test_vmap_of_vmap_and_in_chunks():
    x = t(5, 3, 2)
    close(vmap(vmap(lambda a: a.prod()))(x), x.prod(2))
    close(
        vmap(vmap(lambda a, b: a * b, in_dims=(None, 0)), in_dims=(1, None))(x, x[0]).sum(),
        (x.sum((0,)).sum(0) * x[0].sum(0)).sum(),
    )
    for size in (1, 2, 5, 9):
        close(vmap(lambda a: a.sum(0), chunk_size=size)(x), x.sum(1))


def test_in_place_changes_reach_views_and_raise_for_arguments():
    def f(a):
        b = a * 1
        view = b[1:]
        view.mul_(2)
        b[0] = 7.0
        b += 1
        return b, view

    x = t(3, 4)
    got = vmap(f)(x)
    for k in range(3):
        want = f(x[k])
        close(got[0][k], want[0])
        close(got[1][k], want[1])
    with pytest.raises(GraphError, match="argument of the function is changed in place"):
        vmap(lambda a: a.add_(1))(x)


def test_random_draws():
    x = autograd.zeros(4, 3)
    with pytest.raises(GraphError, match="randomness"):
        vmap(lambda a: a + autograd.rand(3))(x)
    same = vmap(lambda a: a + autograd.rand(3), randomness="same")(x)
    assert autograd.equal(same[0], same[3])
    different = vmap(lambda a: a + autograd.randn(3), randomness="different")(x)
    assert not autograd.equal(different[0], different[1])
    nested = vmap(vmap(lambda a: a + autograd.rand(()), randomness="different"), randomness="different")(x)
    assert len(set(nested.flatten().tolist())) == 12


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: vmap(lambda a, b: a, in_dims=(0, 0))(x, x[0]), "different sizes"),
        (lambda x: vmap(lambda a: a, in_dims=None)(x), "in_dims"),
        (lambda x: vmap(lambda a: a, in_dims=(None,))(x), "no argument"),
        (lambda x: vmap(lambda a: a, in_dims=5)(x), "in_dims"),
        (lambda x: vmap(lambda a: a, in_dims=(0, 0))(x), "structure"),
        (lambda x: vmap(lambda a: a)(x[0, 0]), "without dimensions"),
        (lambda x: vmap(lambda a: 3.0)(x), "must return tensors"),
        (lambda x: vmap(lambda a: a, randomness="maybe")(x), "randomness"),
        (lambda x: vmap(lambda a: a, chunk_size=0)(x), "chunk_size"),
        (lambda x: vmap(lambda a: a)(x[:0]), "size 0"),
        (lambda x: vmap(lambda a: a, in_dims=(0,))(3.0), "use None"),
    ],
)
def test_wrong_calls_of_vmap(call, message):
    with pytest.raises((ArgumentError, TypeError), match=message):
        call(t(3, 2))


@pytest.mark.parametrize("read", [lambda a: a.sum().item(), lambda a: a if a.sum() > 0 else -a, float, np.asarray])
def test_reading_a_value_inside_vmap_says_so(read):
    with pytest.raises((PerExample, TypeError)):
        vmap(read)(t(3))


def test_backward_and_requires_grad_inside_vmap_say_what_to_use():
    with pytest.raises(GraphError, match=r"func\.grad"):
        vmap(lambda a: a.sum().backward())(t(3, 2))
    with pytest.raises(GraphError, match=r"func\.grad"):
        vmap(lambda a: a.requires_grad_())(t(3, 2))


# -- derivatives -------------------------------------------------------------------------------------------------------


def cubes(x):
    return (x**3).sum()


def test_orders_by_nesting_grad():
    f = grad(grad(grad(lambda x: x**5)))
    assert f(autograd.tensor(2.0)).item() == 240
    x = t(3)
    close(
        grad(lambda a: grad(lambda b: (a * b).sum() * b.sum())(x).sum())(x),
        grad(lambda a: (a * x.sum()).sum() + (a * x).sum() * 3)(x),
    )


def test_an_inner_variable_is_not_confused_with_an_outer_one():
    # d/dx [x * d/dy (x + y)] at y = x is 1, not 2.
    inner = lambda x: x * grad(lambda y: x + y)(x)  # noqa: E731
    assert grad(inner)(autograd.tensor(3.0)).item() == 1


def test_arguments_and_results_of_grad():
    x, y = t(3), t(3)
    gx, gy = grad(lambda a, b: (a * b * b).sum(), argnums=(0, 1))(x, y)
    close(gx, y * y)
    close(gy, 2 * x * y)
    close(grad(lambda a, b: (a * b).sum(), argnums=-1)(x, y), x)
    found = grad(lambda d: (d["u"] * d["v"][0]).sum())({"u": x, "v": [y]})
    close(found["v"][0], x)
    g, (value, aux) = grad_and_value(lambda a: (cubes(a), a * 2), has_aux=True)(x)
    close(value, cubes(x))
    close(aux, x * 2)
    assert not value.requires_grad
    assert not aux.requires_grad
    assert not g.requires_grad
    value, g = value_and_grad(cubes)(x)
    close(g, 3 * x * x)
    close(grad(lambda a: a * 0 + y.sum())(x[0]), x[0] * 0)


def test_what_else_requires_grad_keeps_its_graph():
    w = autograd.tensor(2.0, dtype=autograd.float64, requires_grad=True)
    g = grad(lambda a: w * a * a)(autograd.tensor(3.0, dtype=autograd.float64))
    g.backward()
    assert g.item() == 12
    assert w.grad.item() == 6
    x = autograd.tensor(3.0, requires_grad=True)
    grad(lambda a: a**3)(x).backward()
    assert x.grad.item() == 18
    with autograd.no_grad():
        assert grad(lambda a: a**3)(x).item() == 27


def test_vjp_and_jvp():
    x, y, u, v = t(3), t(3), t(3), t(3)
    f = lambda a, b: (a * b, (a + b).sin())  # noqa: E731
    values, pullback = vjp(f, x, y)
    gx, gy = pullback((u, v))
    close(gx, u * y + v * (x + y).cos())
    close(gy, u * x + v * (x + y).cos())
    close(values[1], (x + y).sin())
    values, tangents = jvp(f, (x, y), (u, v))
    close(tangents[0], u * y + v * x)
    close(tangents[1], (u + v) * (x + y).cos())
    close(jvp(lambda a: grad(cubes)(a), (x,), (v,))[1], 6 * x * v)
    _value, tangent, _aux = jvp(lambda a: (a * a, a), (x,), (v,), has_aux=True)
    close(tangent, 2 * x * v)
    close(jvp(lambda a: y, (x,), (v,))[1], y * 0)
    for call, message in (
        (lambda: pullback((u, v[:2])), "cotangents have shapes"),
        (lambda: jvp(f, (x, y), (u,)), "tuples of one length"),
        (lambda: jvp(cubes, (x,), (u[:2],)), "tangents have shapes"),
        (lambda: grad(lambda a: a)(x), "one scalar"),
        (lambda: grad(cubes, argnums=3)(x), "argnums"),
        (lambda: grad(cubes)(autograd.arange(3)), "floating"),
        (lambda: jacrev(lambda a: (a, 2.0))(x), "must return tensors"),
        (lambda: grad(cubes, has_aux=True)(x), "has_aux"),
    ):
        with pytest.raises((GraphError, TypeError), match=message):
            call()


def test_grad_of_a_graph_outside_of_vmap():
    x = t(3).requires_grad_()
    y = x.sin() * x.sum()
    rows = autograd.eye(3).double()
    got = vmap(lambda v: autograd.grad(y, x, v, retain_graph=True)[0])(rows)
    close(got, jacrev(lambda a: a.sin() * a.sum())(x.detach()))
    got = vmap(lambda v: vmap(lambda w: autograd.grad(y, x, v * w, retain_graph=True)[0])(rows))(rows)
    close(got.sum(1), jacrev(lambda a: a.sin() * a.sum())(x.detach()))
    with pytest.raises(RuntimeError, match="cotangents of its shape"):
        vmap(lambda v: autograd.grad(y, x, v[:2]))(rows)


def test_linearize():
    x, y, u, v = t(3), t(3), t(3), t(3)
    f = lambda a, b: {"product": a * b, "sine": (a + b).sin()}  # noqa: E731
    value, derivative = linearize(f, x, y)
    for p, q in ((u, v), (v, u)):
        want = jvp(f, (x, y), (p, q))
        close(derivative(p, q)["product"], want[1]["product"])
        close(derivative(p, q)["sine"], want[1]["sine"])
    close(value["sine"], (x + y).sin())
    close(vmap(linearize(cubes, x)[1])(autograd.eye(3).double()), 3 * x * x)
    with pytest.raises(GraphError, match="tangents have shapes"):
        derivative(u)


def test_a_pullback_made_outside_of_vmap_and_used_inside():
    x, many = t(3), t(4, 3)
    g = lambda a: a.sin() * a.sum()  # noqa: E731
    close(vmap(vjp(g, x)[1])(autograd.eye(3).double())[0], jacrev(g)(x))
    close(vmap(linearize(g, x)[1])(autograd.eye(3).double()), jacfwd(g)(x).mT)

    def inside(a, tangents):
        pullback, push = vjp(g, a)[1], linearize(g, a)[1]
        return vmap(lambda c: (pullback(c)[0], push(c)))(tangents)

    tangents = t(4, 2, 3)
    back, forth = vmap(inside)(many, tangents)
    for k in range(4):
        close(back[k], tangents[k] @ jacrev(g)(many[k]))
        close(forth[k], tangents[k] @ jacrev(g)(many[k]).mT)
    same = vmap(lambda a: vmap(vjp(g, a)[1], in_dims=0)(tangents[0])[0])(many)
    close(same, stacked(tangents[0] @ jacrev(g)(row) for row in many))


@pytest.mark.parametrize("jacobian", [jacrev, jacfwd])
def test_jacobians(jacobian):
    x, y = t(2, 3), t(3)
    close(jacobian(lambda a: a.sin())(y), autograd.diag(y.cos()))
    assert jacobian(lambda a: a @ y)(x).shape == (2, 2, 3)
    (aa, ab), (ba, bb) = jacobian(lambda a, b: (a @ b, b * b), argnums=(0, 1))(x, y)
    close(ab, x)
    close(bb, autograd.diag(2 * y))
    close(ba, autograd.zeros(3, 2, 3, dtype=autograd.float64))
    assert aa.shape == (2, 2, 3)
    for size in (1, 2, 7):
        close(jacobian(lambda a: a.exp().cumsum(0), chunk_size=size)(y), jacobian(lambda a: a.exp().cumsum(0))(y))
    close(jacobian(lambda a: a.sum())(y), y * 0 + 1)
    assert jacobian(lambda a: a * 2)(y[:0]).shape == (0, 0)
    close(jacobian(lambda a: (a * 2, a), has_aux=True)(y)[1], y)


def test_hessians_and_mixtures():
    x = t(3)
    want = autograd.diag(6 * x)
    for h in (hessian(cubes), jacfwd(jacrev(cubes)), jacrev(jacfwd(cubes)), jacfwd(jacfwd(cubes)), jacrev(grad(cubes))):
        close(h(x), want)
    many = t(4, 3)
    close(vmap(hessian(cubes))(many), stacked(autograd.diag(6 * row) for row in many))
    over = hessian(lambda m: vmap(cubes)(m).sum())(many)
    close(over.reshape(12, 12), autograd.diag(6 * many.flatten()))
    close(vmap(jacfwd(lambda a: a.sin() * a.sum()))(many), stacked(jacrev(lambda a: a.sin() * a.sum())(r) for r in many))
    close(vmap(vmap(grad(lambda a: a**3)))(many), 3 * many**2)
    close(grad(lambda w: vmap(grad(lambda a: (w * a * a).sum()))(many).sum())(x), 2 * many.sum(0))
    close(vmap(lambda a: jvp(cubes, (a,), (x,))[1])(many), (3 * many**2 * x).sum(1))
    close(vmap(lambda a, v: vjp(lambda b: b * b, a)[1](v)[0])(many, many), 2 * many**2)


def test_gradient_penalty_through_vmap():
    w = t(3).requires_grad_()
    many = t(4, 3)
    norms = vmap(lambda a: grad(lambda b: (w * b).tanh().sum())(a).norm())(many)
    norms.sum().backward()
    penalty = lambda v: sum(grad(lambda b: (v * b).tanh().sum())(r).norm() for r in many)  # noqa: E731
    close(w.grad, grad(penalty)(w.detach()))


# -- modules -----------------------------------------------------------------------------------------------------------


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query, self.out = nn.Linear(4, 4), nn.Linear(4, 3)

    def forward(self, x):
        q = self.query(x)
        mask = autograd.tril(autograd.ones(3, 3)) == 0
        weight = (q @ x.transpose(-2, -1) / 2).masked_fill(mask, float("-inf")).softmax(-1)
        return self.out((weight @ x).mean(1))


NETWORKS = {
    "mlp": (lambda: nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.LayerNorm(8), nn.Linear(8, 3)), (4,)),
    "cnn": (
        lambda: nn.Sequential(
            nn.Conv2d(2, 4, 3, padding=1), nn.GELU(), nn.MaxPool2d(2), nn.GroupNorm(2, 4), nn.Flatten(), nn.Linear(36, 3)
        ),
        (2, 6, 6),
    ),
    "attention": (Attention, (3, 4)),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_per_sample_gradients(name):
    autograd.manual_seed(0)
    build, shape = NETWORKS[name]
    model = build().double()
    params = {k: v.detach() for k, v in model.named_parameters()}
    xs, ys = t(5, *shape), autograd.tensor([0, 1, 2, 1, 0])

    def loss(p, x, y):
        return F.cross_entropy(functional_call(model, p, (x[None],)), y[None])

    got = vmap(grad(loss), in_dims=(None, 0, 0))(params, xs, ys)
    for k in range(5):
        model.zero_grad()
        F.cross_entropy(model(xs[k : k + 1]), ys[k : k + 1]).backward()
        for key, p in model.named_parameters():
            close(got[key][k], p.grad)
            assert p.grad.abs().sum() > 0


def test_an_ensemble_is_one_call():
    models = [nn.Linear(4, 2) for _ in range(3)]
    params, buffers = stack_module_state(models)
    x = autograd.randn(6, 4)
    out = vmap(lambda p, b: functional_call(models[0], (p, b), (x,)))(params, buffers)
    for k in range(3):
        close(out[k], models[k](x), 1e-6)
    out.sum().backward()
    assert params["weight"].grad.shape == (3, 2, 4)
    assert models[0].weight.grad is None


def test_functional_call_restores_ties_and_refuses():
    model = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False))
    model[1].weight = model[0].weight
    kept = model[0].weight
    eye = autograd.eye(2)
    close(functional_call(model, {"0.weight": eye * 2}, autograd.ones(2)), autograd.ones(2) * 4)
    assert model[0].weight is kept
    assert model[1].weight is kept
    close(functional_call(model, {"0.weight": eye * 2, "1.weight": eye}, autograd.ones(2)), autograd.ones(2) * 2)
    with pytest.raises(ArgumentError, match="unexpected names"):
        functional_call(model, {"weight": eye}, autograd.ones(2))
    with pytest.raises(ArgumentError, match="strict"):
        functional_call(model, {"0.weight": eye}, autograd.ones(2), strict=True)
    with pytest.raises(ArgumentError, match="more than one dict"):
        functional_call(model, ({"0.weight": eye}, {"0.weight": eye}), autograd.ones(2))
    with pytest.raises(ArgumentError, match="at least one model"):
        stack_module_state([])
    with pytest.raises(ArgumentError, match="one class"):
        stack_module_state([nn.Linear(1, 1), nn.ReLU()])


# -- the functional namespace ------------------------------------------------------------------------------------------


def test_functional_products_agree_with_matrices():
    fn = autograd.autograd.functional
    x, v = t(3), t(3)
    h = fn.hessian(lambda a: (a.sin() * a.sum()).sum(), x)
    close(fn.hvp(lambda a: (a.sin() * a.sum()).sum(), x, v)[1], h @ v)
    close(fn.vhp(lambda a: (a.sin() * a.sum()).sum(), x, v)[1], v @ h)
    j = fn.jacobian(lambda a: a.cumprod(0), x)
    close(fn.jvp(lambda a: a.cumprod(0), x, v)[1], j @ v)
    close(fn.vjp(lambda a: a.cumprod(0), x, v)[1], v @ j)
    close(fn.jacobian(lambda a: a.cumprod(0), x, strategy="forward-mode", vectorize=True), j)
    (_hxx, hxv), (_hvx, hvv) = fn.hessian(lambda a, b: (a * a * b).sum(), (x, v))
    close(hxv, autograd.diag(2 * x))
    close(hvv, autograd.zeros(3, 3, dtype=autograd.float64))
    w = x.detach().requires_grad_()
    assert fn.jacobian(lambda a: a**3, w, create_graph=True).requires_grad
    assert not fn.jacobian(lambda a: a**3, w).requires_grad


def test_functional_refuses():
    fn = autograd.autograd.functional
    x = t(3)
    with pytest.raises(GraphError, match="independent"):
        fn.jacobian(lambda a: t(3), x, strict=True)
    with pytest.raises(GraphError, match="single number"):
        fn.hessian(lambda a: a, x)
    with pytest.raises(GraphError, match="left out"):
        fn.vjp(lambda a: a, x)
    with pytest.raises(GraphError, match="shapes"):
        fn.jvp(lambda a: a, x, x[:2])
    with pytest.raises(TypeError, match="Tensor"):
        fn.jacobian(lambda a: a, 3.0)


def test_a_jacobian_inside_the_backward_of_an_operation():
    """The rows of the two Jacobians are levels of their own, though they run at the same time."""

    class Square(autograd.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g @ jacrev(lambda a: a * a)(x)

    x = t(3)
    close(jacrev(Square.apply)(x), autograd.diag(2 * x))
    close(jacrev(lambda a: Square.apply(a) * g_of(a))(x), jacrev(lambda a: a * a * g_of(a))(x))


def g_of(a):
    return vmap(lambda r: (r * a).sum())(autograd.eye(3).double())


# -- what compositions ask of a tensor ---------------------------------------------------------------------------------

COMPOSED = {
    "max along": lambda a: a.max(1).values,
    "indices of a maximum": lambda a: a.min(0)[1],
    "norm at zero": lambda a: (a * 0).norm(dim=1),
    "std": lambda a: a.std(0),
    "sort": lambda a: a.sort(1)[0],
    "topk": lambda a: a.topk(2, 1)[0],
    "index_add": lambda a: a.index_add(0, autograd.tensor([1, 1]), a[:2]),
    "a filled diagonal": lambda a: a.clone().fill_diagonal_(2.0),
    "a view of a diagonal": lambda a: filled(a.clone(), lambda b: b.diagonal()),
    "a view of a view": lambda a: filled(a.clone(), lambda b: b.t()[1:].reshape(2, 3)[0]),
    "masked_fill": lambda a: a.masked_fill(a > 1, 0.0),
    "scatter_add": lambda a: autograd.zeros(3, 3).double().scatter_add(0, autograd.tensor([[0, 2, 2]]), a[:1]),
    "einsum": lambda a: autograd.einsum("ij,kj->ik", a, a),
    "chunk": lambda a: a.chunk(3, 1)[2],
    "contiguous view": lambda a: a.t().contiguous().view(9),
    "squeezed in place": lambda a: (a[None] * 1).squeeze_(0),
    "logsumexp": lambda a: a.logsumexp(-1),
    "solve": lambda a: autograd.linalg.solve(a + 3 * autograd.eye(3).double(), a[0]),
    "softmax": lambda a: F.softmax(a, 0),
    "layer_norm": lambda a: F.layer_norm(a, (3,)),
    "zeros_like": lambda a: autograd.zeros_like(a) + np.ones_like(a) + np.zeros_like(a) + a,
    "pad": lambda a: F.pad(a, (1, 2)),
    "one_hot": lambda a: F.one_hot(a.argmax(1), 4),
    "detached": lambda a: a.detach() * a,
    "a tensor of another dtype": lambda a: a.float() * autograd.tensor(2.0) + a.sum().float(),
}


def filled(x, view):
    view(x).mul_(3)
    return x


@pytest.mark.parametrize("name", COMPOSED)
def test_a_composition_is_a_loop_in_values_and_gradients(name):
    f, x = COMPOSED[name], t(4, 3, 3)
    got = vmap(f)(x)
    close(got, stacked(f(x[k]) for k in range(4)))
    if got.dtype.kind == "f":
        score = lambda a: (f(a) ** 2).sum()  # noqa: E731
        close(vmap(grad(score))(x), stacked(grad(score)(x[k]) for k in range(4)), 1e-7)
        close(vmap(lambda a: f(a.expand(3, 3)).sum())(x[:, 0, 0]), stacked(f(r.expand(3, 3)).sum() for r in x[:, 0, 0]))


def test_a_batched_tensor_says_what_it_is():
    seen = []

    def look(a):
        seen.extend([repr(a), a.requires_grad, a.is_contiguous(), len(a), a.all_examples().shape])
        return a

    vmap(look)(autograd.ones(4, 3))
    assert seen == ["Batched(examples=4, each=(3,), float32)", False, True, 3, (4, 3)]
    with pytest.raises(GraphError, match="reshaped in place"):
        vmap(lambda a: (a * 1)[None][0].squeeze_())(t(2, 3))
    with pytest.raises((GraphError, RuntimeError), match="shape"):
        vmap(lambda a: (a[:1] * 1).add_(a))(t(2, 3))


def test_an_index_with_dots_and_nested_vmaps():
    x, rows = t(4, 2, 5), autograd.tensor([[0, 4], [4, 4], [1, -1], [2, 0]])
    close(vmap(lambda a, i: a[..., i])(x, rows), stacked(x[k][..., rows[k]] for k in range(4)))
    both = vmap(lambda a, i: vmap(lambda b: b[i])(a))(x, rows)
    close(both, stacked(stacked(b[rows[k]] for b in x[k]) for k in range(4)))
    inner = vmap(lambda a, i: vmap(lambda j: a[0, j])(i))(x, rows)
    close(inner, stacked(x[k][0, rows[k]] for k in range(4)))


def test_nothing_is_left_alive():
    weight, x = t(3, 3), t(4, 3)
    f = lambda a: (weight @ a.tanh()).softmax(0).max()  # noqa: E731

    def everything():
        vmap(grad(f))(x)
        vmap(hessian(f))(x)
        jacfwd(f)(x[0])
        vjp(f, x[0])[1](t()[()])
        jvp(f, (x[0],), (x[1],))

    everything()
    gc.collect()
    gc.disable()
    try:
        everything()
        assert not [o for o in gc.get_objects() if type(o) in (Node, Batched)]  # isinstance would wake lazy modules
    finally:
        gc.enable()
