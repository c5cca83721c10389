"""Modules nested far deeper than Python recurses."""

import autograd
import nn

DEPTH = 3000


def test_deep_nesting_needs_no_recursion():
    net = inner = nn.Sequential(nn.Linear(1, 1))
    for _ in range(DEPTH):
        net = nn.Sequential(net)
    state = net.state_dict()
    assert len(state) == 2
    assert not net.load_state_dict(state).missing_keys
    assert not net.eval().double()[0].training
    assert inner[0].weight.dtype == autograd.float64
    seen = []
    net.apply(seen.append)
    assert len(seen) == len(list(net.named_modules())) == DEPTH + 2
    net.zero_grad()
    assert repr(net).count("Sequential") == DEPTH + 1
