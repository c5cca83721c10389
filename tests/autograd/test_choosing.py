"""Choosing by bits gives what np.where gives: for every float dtype, layout and special value."""

import numpy as np
import pytest

from autograd.ops.choosing import choose, keep

SPECIAL = [np.nan, np.inf, -np.inf, -0.0, 0.0, 1e-40, 3.5]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int64])
@pytest.mark.parametrize("shape", [(3,), (), (70, 90), (90, 70)])
def test_same_as_where(dtype, shape):
    rng = np.random.default_rng(0)
    values = SPECIAL if np.dtype(dtype).kind == "f" else [0, 1, -7]
    x, y = (np.asarray(rng.choice(values, shape).astype(dtype)) for _ in range(2))
    mask = np.asarray(rng.random(shape) < 0.5)
    for m, a, b in ((mask, x, y), (mask.T, x.T, y.T), (mask[::-1], x[::-1], y[::-1]) if x.ndim else (mask, x, y)):
        np.testing.assert_array_equal(keep(m, a), np.where(m, a, dtype(0)))
        np.testing.assert_array_equal(choose(m, a, b), np.where(m, a, b))
        for number in (0.0, 2.5) if np.dtype(dtype).kind == "f" else (0, 2):
            np.testing.assert_array_equal(choose(m, a, number), np.where(m, a, number))
            np.testing.assert_array_equal(choose(m, number, a), np.where(m, number, a))
            assert choose(m, a, number).dtype == np.where(m, a, number).dtype


def test_shapes_that_broadcast():
    rng = np.random.default_rng(1)
    x, mask = rng.standard_normal((80, 90)), rng.random((1, 90)) < 0.5
    np.testing.assert_array_equal(keep(mask, x), np.where(mask, x, 0))
    np.testing.assert_array_equal(choose(mask, x, x[:1] * 2), np.where(mask, x, x[:1] * 2))
