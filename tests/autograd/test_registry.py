"""Every primitive, from its declaration alone: values, first and second derivatives, dtypes, layouts, memory."""

from functools import partial

import numpy as np
import pytest

import autograd.special  # noqa: F401 - for its primitives
import nn  # noqa: F401 - for the primitives that layers alone use
from autograd import Tensor
from autograd.core import engine
from autograd.core.graph import Leaf
from autograd.core.primitive import REGISTRY, Primitive, _constant_rule, _unwritten_rule, _zero_rule, primitive
from tests.derivatives import central, complex_step, worst
from tests.sampling import layouts, samples

ALL = sorted(REGISTRY.values(), key=lambda p: p.name)
DIFFERENTIABLE = [p for p in ALL if p.differentiable]
NO_RULE = (_constant_rule, _unwritten_rule, _zero_rule)
quiet = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore::numpy.exceptions.ComplexWarning")


def ids(p):
    return p.name


def tensors(arrays):
    return [Tensor._wrap(a, None).requires_grad_() if a.dtype.kind == "f" else a for a in arrays]


def varying(p: Primitive, arrays) -> list[int]:
    """The positions whose rule is an actual rule."""
    return [k for k, a in enumerate(arrays) if a.dtype.kind == "f" and p.rule(k) not in NO_RULE]


def listed(results) -> list:
    return list(results) if isinstance(results, (tuple, list)) else [results]


def dot(results, cotangents):
    return sum(np.sum(r * c) for r, c in zip(listed(results), cotangents, strict=True) if c is not None)


def cotangents_like(results, rng):
    return [rng.uniform(0.5, 1.5, np.shape(r)) if np.asarray(r).dtype.kind == "f" else None for r in listed(results)]


def engine_gradients(p, arrays, options, cotangents, positions, create_graph=False):
    given = tensors(arrays)
    results = listed(p.call(tuple(given), options))
    pairs = [(r, c) for r, c in zip(results, cotangents, strict=True) if c is not None and r.requires_grad]
    cots = [Tensor._wrap(np.asarray(c), None) for _, c in pairs]
    if create_graph:
        cots = [c.requires_grad_() for c in cots]
    found = engine.grad(
        [r for r, _ in pairs], [given[k] for k in positions], cots, keep=True, create_graph=create_graph, make=Tensor._wrap
    )
    return given, cots, found


def like(z, arrays):
    """All inputs complex if one is: a forward function may write one into a copy of another."""
    return [a.astype(complex) if np.iscomplexobj(z) and a.dtype.kind == "f" else a for a in arrays]


def reference(p, arrays, options, cotangents, k):
    def f(z):
        arrays_ = like(z, arrays)
        return dot(p.forward(*arrays_[:k], z, *arrays_[k + 1 :], **options), cotangents)

    return complex_step(f, arrays[k]) if p.analytic else central(f, arrays[k])


@pytest.mark.parametrize("p", DIFFERENTIABLE, ids=ids)
def test_every_input_has_a_rule_or_says_why_not(p):
    assert all(r is not None for r, _ in zip(p.rule_list, p.inputs, strict=False))


@quiet
@pytest.mark.parametrize("p", DIFFERENTIABLE, ids=ids)
def test_first_order(p):
    rng = np.random.default_rng(1)
    for arrays, options in samples(p):
        positions = varying(p, arrays)
        cotangents = cotangents_like(p.forward(*arrays, **options), rng)
        if not positions or not any(c is not None for c in cotangents):
            continue
        _, _, found = engine_gradients(p, arrays, options, cotangents, positions)
        for k, g in zip(positions, found, strict=True):
            wrong = worst(g._data, reference(p, arrays, options, cotangents, k), 1e-12 if p.analytic else 1e-7)
            assert wrong is None, f"{p.name}, input {k}, shapes {[a.shape for a in arrays]}, {options}: {wrong}"


@quiet
@pytest.mark.parametrize("p", DIFFERENTIABLE, ids=ids)
def test_second_order(p):
    """Differentiate <rule(c, x), u> by x and by c: the engine through the recorded rule against differences of sweeps."""
    rng = np.random.default_rng(2)
    for arrays, options in samples(p):
        positions = varying(p, arrays)
        cotangents = cotangents_like(p.forward(*arrays, **options), rng)
        if not positions or not any(c is not None for c in cotangents):
            continue
        given, cots, firsts = engine_gradients(p, arrays, options, cotangents, positions, create_graph=True)
        directions = [rng.uniform(0.5, 1.5, f.shape) for f in firsts]
        live = [(f, u) for f, u in zip(firsts, directions, strict=True) if f is not None and f._node is not None]
        assert live, f"{p.name}: the gradient does not depend on its cotangent"
        wanted = [given[k] for k in positions] + cots
        seconds = engine.grad(
            [f for f, _ in live],
            wanted,
            [Tensor._wrap(u, None) for _, u in live],
            keep=False,
            create_graph=False,
            make=Tensor._wrap,
        )
        for j, second in enumerate(seconds):
            if j < len(positions):
                k, base = positions[j], arrays[positions[j]]
            else:
                k, base = None, np.asarray(cots[j - len(positions)]._data)

            moved = None if k is not None else j - len(positions)
            f = partial(dotted, p, arrays, options, cotangents, positions, directions, k, moved)

            analytic = p.analytic and _complex_rules(p)
            expected = complex_step(f, base) if analytic else central(f, base)
            got = np.zeros(base.shape) if second is None else second._data
            wrong = worst(got, expected, 1e-11 if analytic else 1e-6)
            assert wrong is None, f"{p.name}, input {k}, shapes {[a.shape for a in arrays]}, {options}: {wrong}"


def dotted(p, arrays, options, cotangents, positions, directions, k, moved, z):
    """<gradient, direction> as a function of input `k`, or of the cotangent numbered `moved`."""
    changed = [z if i == k else a for i, a in enumerate(like(z, arrays))]
    given = iter(range(len(cotangents)))
    full = [None if c is None else z if next(given) == moved else c for c in cotangents]
    return raw_gradient_dot(p, changed, options, full, positions, directions)


def _complex_rules(p):
    return p.outputs == 1 and p.analytic


def raw_gradient_dot(p, arrays, options, cotangents, positions, directions):
    """<gradient, direction>, with the rules run on bare (possibly complex) arrays."""
    given = [Tensor._wrap(a, None) for a in arrays]
    for k in positions:
        given[k]._node = Leaf(arrays[k], Tensor._wrap, given[k])
    results = listed(p.call(tuple(given), options))
    seeds = {r._node: c for r, c in zip(results, cotangents, strict=True) if c is not None and r._node is not None}
    found = engine.sweep(seeds, targets=[given[k]._node for k in positions])
    return sum(np.sum(found[given[k]._node] * u) for k, u in zip(positions, directions, strict=True) if given[k]._node in found)


@quiet
@pytest.mark.parametrize("p", DIFFERENTIABLE, ids=ids)
def test_layouts_give_the_same_gradients_and_inputs_stay_as_they_were(p):
    rng = np.random.default_rng(3)
    for arrays, options in samples(p):
        positions = varying(p, arrays)
        cotangents = cotangents_like(p.forward(*arrays, **options), rng)
        if not positions or not any(c is not None for c in cotangents):
            continue
        _, _, plain = engine_gradients(p, arrays, options, cotangents, positions)
        for k in positions:
            for other in layouts(arrays[k]):
                before = other.copy()
                changed = (*arrays[:k], other, *arrays[k + 1 :])
                _, _, found = engine_gradients(p, changed, options, cotangents, positions)
                np.testing.assert_array_equal(other, before)
                for a, b in zip(plain, found, strict=True):
                    np.testing.assert_allclose(a._data, b._data, rtol=1e-10, atol=1e-12)


@quiet
@pytest.mark.parametrize("p", DIFFERENTIABLE, ids=ids)
def test_float32_stays_float32(p):
    if p.name == "cast":
        pytest.skip("converting is what cast is for")
    rng = np.random.default_rng(4)
    for arrays, options in samples(p):
        single = tuple(a.astype(np.float32) if a.dtype.kind == "f" else a for a in arrays)
        positions = varying(p, single)
        results = listed(p.call(tuple(tensors(single)), options))
        assert all(r.dtype != np.float64 for r in results), f"{p.name}: float32 in, {[r.dtype for r in results]} out"
        cotangents = [c.astype(np.float32) if c is not None else None for c in cotangents_like([r._data for r in results], rng)]
        if positions and any(c is not None for c in cotangents):
            _, _, found = engine_gradients(p, single, options, cotangents, positions)
            assert all(g.dtype == np.float32 for g in found if g is not None), f"{p.name}: gradients {[g.dtype for g in found]}"


@quiet
@pytest.mark.parametrize("p", DIFFERENTIABLE, ids=ids)
def test_gradients_share_no_memory(p):
    rng = np.random.default_rng(5)
    for arrays, options in samples(p):
        given = tensors(arrays)
        results = listed(p.call(tuple(given), options))
        for r in results:
            if not r.requires_grad:
                continue
            c = Tensor._wrap(rng.uniform(0.5, 1.5, r.shape), None)
            r.backward(c, retain_graph=True)
        grads = [t.grad._array() for t in given if isinstance(t, Tensor) and t.grad is not None]
        owned = [c._data for c in (Tensor._wrap(np.asarray(0.0), None),)] + [t._data for t in given if isinstance(t, Tensor)]
        for i, g in enumerate(grads):
            assert g.flags.writeable
            assert not any(np.shares_memory(g, o) for o in grads[i + 1 :] + owned if isinstance(o, np.ndarray))


def test_the_checker_catches_a_rule_that_is_wrong_by_one_part_in_a_billion():
    @primitive(name="doctored", elementwise=True)
    def doctored(x):
        return np.exp(x)

    try:

        @doctored.vjp("x")
        def _(g, ans):
            return g * ans * (1 + 1e-9)

        with pytest.raises(AssertionError, match="doctored"):
            test_first_order(doctored.primitive)
        with pytest.raises(AssertionError, match="doctored"):
            test_second_order(doctored.primitive)
    finally:
        del REGISTRY["doctored"]


def test_a_rule_that_asks_for_an_unknown_name_fails_at_import():
    @primitive(name="mistaken", elementwise=True)
    def mistaken(x):
        return x

    try:
        with pytest.raises(TypeError, match="answer"):

            @mistaken.vjp("x")
            def _(g, answer):
                return g
    finally:
        del REGISTRY["mistaken"]
