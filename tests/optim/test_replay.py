"""A replayed rule computes what the rule computes, to the last bit, wherever its values come to lie."""

import numpy as np
import pytest

from optim.adam import adam
from optim.kernel import Kernel, Numbers, select
from optim.replay import NotRecorded, Replay


def arrays(count, dtype=np.float32):
    rng = np.random.default_rng(0)
    return [np.abs(rng.standard_normal(1000)).astype(dtype) for _ in range(count)]


def compare(rule, flags, present, numbers, dtype=np.float32):
    p, g, *state = arrays(2 + sum(present), dtype)
    given = iter(state)
    expected = [x.copy() for x in rule(p, g, *(next(given) if there else g for there in present), *numbers, *flags)]
    replay = Replay(rule, flags, present)
    replay.update(p, g, *state, *numbers, *(np.empty_like(p) for _ in range(replay.buffers)))
    kept = [new for new, there in zip(expected, (True, *present), strict=True) if there]
    for got, wanted in zip((p, *state), kept, strict=True):
        assert got.tobytes() == wanted.tobytes()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("amsgrad", [False, True])
@pytest.mark.parametrize("decay", [(False, False), (True, False), (False, True)])
@pytest.mark.parametrize("maximize", [False, True])
def test_adam_under_every_flag(maximize, decay, amsgrad, dtype):
    compare(adam, (maximize, *decay, amsgrad), (True, True, amsgrad), (0.01, 0.1, 0.99, 0.01, 1e-4, 0.02), dtype)


def test_an_old_value_that_is_needed_later_is_not_written_over():
    compare(lambda p, g, s, n: (p - n * (s + g), s * p), (), (True,), (0.1,))
    compare(lambda p, g, s, n: (p - n * g, p), (), (True,), (0.1,))
    compare(lambda p, g, s, n: (p - n * s, g), (), (True,), (0.1,))
    compare(lambda p, g, s, n: (p, s), (), (True,), (0.1,))


def test_one_value_for_two_places():
    def rule(p, g, s, n):
        new = (p * p + g) * n
        return new, new

    compare(rule, (), (True,), (0.1,))


@pytest.mark.parametrize(
    "rule",
    [
        lambda p, g, s, n: (p - (n + n) * g, s),
        lambda p, g, s, n: (p - 0.5 * g, s),
        lambda p, g, s, n: (select(g, p, s), s),
        lambda p, g, s, n: (p * (g > s), s),
        lambda p, g, s, n: (np.add.reduce(p), s),
    ],
    ids=["numbers alone", "a literal", "a choice", "a comparison", "a reduction"],
)
def test_what_has_no_place_in_a_row_of_calls(rule):
    with pytest.raises(NotRecorded):
        Replay(rule, (), (True,))
    p, g, s = arrays(3)
    expected = rule(p.copy(), g, s.copy(), 0.1)
    Kernel(rule, (), (True,))([p, g, s], Numbers(p.dtype, [0.1]), False)
    np.testing.assert_array_equal(p, np.broadcast_to(expected[0], p.shape))
    np.testing.assert_array_equal(s, expected[1])


def test_values_that_change_places_have_no_order_to_be_moved_in():
    with pytest.raises(NotRecorded, match="change places"):
        Replay(lambda p, g, s, n: (s, p), (), (True,))
