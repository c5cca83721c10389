"""Random graphs, grown by a state machine in the engine and in the naive oracle side by side."""

import numpy as np
from hypothesis import settings, strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

import autograd
from tests import oracle_naive as naive

SHAPE = (2, 3)
values = st.lists(st.integers(-8, 8).map(lambda n: n / 4), min_size=6, max_size=6)
MOVES = {
    "transpose": lambda t: t.transpose(0, 1).reshape(*SHAPE),
    "shift": lambda t: autograd.cat([t[:, 1:], t[:, :1]], 1),
    "repeat": lambda t: t[[1, 1]],
    "row": lambda t: t[0].broadcast_to(SHAPE),
    "column": lambda t: t.sum(dim=1, keepdim=True) + autograd.zeros(*SHAPE, dtype=autograd.float64),
}


def moved(name, a):
    """The same moves on the oracle's dict of scalars."""
    flat = [a[i, j] for j in range(3) for i in range(2)]
    source = {
        "transpose": lambda i, j: flat[3 * i + j],
        "shift": lambda i, j: a[i, (j + 1) % 3],
        "repeat": lambda i, j: a[1, j],
        "row": lambda i, j: a[0, j],
        "column": lambda i, j: naive.total([a[i, k] for k in range(3)]),
    }[name]
    return {(i, j): source(i, j) for i in range(2) for j in range(3)}


class Graphs(RuleBasedStateMachine):
    tensors = Bundle("tensors")

    def __init__(self):
        super().__init__()
        self.leaves = []
        self.size = 0

    @initialize(target=tensors, v=values)
    def first(self, v):
        return self.leaf(v)

    @rule(target=tensors, v=values)
    def leaf(self, v):
        raw = np.array(v, np.float64).reshape(SHAPE)
        pair = autograd.tensor(raw, requires_grad=True), naive.array(raw)
        self.leaves.append(pair)
        return pair

    def grown(self):
        self.size += 1
        return self.size <= 14  # the oracle walks every path: more would take it for ever

    @rule(target=tensors, a=tensors, b=tensors, op=st.sampled_from(["add", "mul", "sub", "maximum"]))
    def combine(self, a, b, op):
        if not self.grown():
            return a
        f = getattr(naive, op)
        return getattr(autograd, op)(a[0], b[0]), {k: f(a[1][k], b[1][k]) for k in a[1]}

    @rule(target=tensors, a=tensors, op=st.sampled_from(["tanh", "sin"]))
    def transform(self, a, op):
        return getattr(autograd, op)(a[0]), {k: getattr(naive, op)(s) for k, s in a[1].items()}

    @rule(target=tensors, a=tensors, name=st.sampled_from(sorted(MOVES)))
    def move(self, a, name):
        return MOVES[name](a[0]), moved(name, a[1])

    @rule(target=tensors, a=tensors, b=tensors, i=st.integers(0, 1))
    def write(self, a, b, i):
        """In place, on a copy, through a view."""
        if not self.grown():
            return a
        t = a[0] * 1.0
        t[i] = b[0][1 - i]
        return t, {k: b[1][1 - i, k[1]] if k[0] == i else s for k, s in a[1].items()}

    @rule(target=tensors, a=tensors)
    def detach(self, a):
        return a[0].detach(), {k: naive.Scalar(s.value) for k, s in a[1].items()}

    @rule(a=tensors, keep=st.booleans())
    def backward(self, a, keep):
        tensor, scalars = a
        if not tensor.requires_grad:
            return
        cotangent = np.arange(1.0, 7.0).reshape(SHAPE)
        tensor.backward(autograd.tensor(cotangent), retain_graph=True)
        for k, s in scalars.items():
            s.push(cotangent[k])

    @invariant()
    def gradients_agree(self):
        for tensor, scalars in self.leaves:
            got = np.zeros(SHAPE) if tensor.grad is None else tensor.grad.numpy()
            wanted = np.array([[scalars[i, j].grad for j in range(3)] for i in range(2)])
            np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-9)


Graphs.TestCase.settings = settings(max_examples=60, stateful_step_count=14, deadline=None)
TestGraphs = Graphs.TestCase
