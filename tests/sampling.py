"""Inputs for every primitive, derived from its declaration: where it is defined, in every layout that it may meet."""

from collections.abc import Iterator

import numpy as np

ELEMENTWISE_SHAPES = {
    1: [((),), ((3,),), ((2, 3),), ((0, 3),)],
    2: [((), ()), ((3,), (3,)), ((2, 3), (3,)), ((2, 1), (1, 3)), ((2, 3), ()), ((0, 3), (3,))],
    3: [((), (), ()), ((2, 3), (3,), ()), ((3,), (3,), (3,)), ((2, 3), (2, 1), (2, 3))],
}


def domains(p) -> list:
    """One (low, high) pair for each input."""
    d = p.domain
    return list(d) if isinstance(d[0], (tuple, list)) else [d] * max(len(p.inputs), 1)


def draw(shape, domain, rng) -> np.ndarray:
    """An array of a shape, or of what a string such as 'bool:2,3' or 'int5:4' describes."""
    if isinstance(shape, str):
        kind, _, sizes = shape.partition(":")
        sizes = tuple(int(n) for n in sizes.split(",") if n)
        if kind == "bool":
            return rng.random(sizes) < 0.5
        return rng.integers(0, int(kind.removeprefix("int")), sizes)
    low, high = domain
    return np.asarray(rng.uniform(low, high, shape))


def samples(p, seed: int = 0) -> Iterator[tuple[tuple, dict]]:
    """(arrays, options) for a primitive: its declared cases, or the shapes that elementwise operations meet."""
    rng = np.random.default_rng(seed)
    cases = p.cases or [(shapes, {}) for shapes in ELEMENTWISE_SHAPES[len(p.inputs)]]
    for shapes, options in cases:
        if callable(shapes):
            yield shapes(rng), options
            continue
        single = isinstance(shapes, str) or all(isinstance(n, int) for n in shapes)
        if single and (p.cases and len(p.inputs) == 1 and not p.variadic):
            shapes = (shapes,)
        where = domains(p) * (len(shapes) if p.variadic else 1)
        yield tuple(draw(s, d, rng) for s, d in zip(shapes, where, strict=False)), options


def layouts(x: np.ndarray) -> Iterator[np.ndarray]:
    """The same values in other memory: Fortran order, a strided view, a reversed view, read-only."""
    if x.ndim:
        yield np.asfortranarray(x)
        wide = np.zeros((*x.shape[:-1], 2 * x.shape[-1]), x.dtype)
        wide[..., ::2] = x
        yield wide[..., ::2]
        yield np.ascontiguousarray(x[::-1])[::-1]
    locked = x.copy()
    locked.flags.writeable = False
    yield locked
