"""Random functions, run compiled beside eager: values, gradients, what is written, what is drawn."""

import random

import numpy as np
import pytest

import autograd
import nn

SHAPES = [(3, 4), (4,), (3, 1), (), (2, 3, 4), (1, 4)]

UNARY = "tanh sigmoid exp relu abs neg square sin softplus gelu silu sign floor sqrt_abs log_abs clone detach cumsum softmax"
EXTRA = {
    "sqrt_abs": lambda x: (x.abs() + 0.1).sqrt(),
    "log_abs": lambda x: (x.abs() + 0.1).log(),
    "softplus": nn.functional.softplus,
    "gelu": nn.functional.gelu,
    "silu": nn.functional.silu,
    "cumsum": lambda x: x.cumsum(-1) if x.ndim else x * 2,
    "softmax": lambda x: x.softmax(-1) if x.ndim else x + 1,
}


class Function:
    """A random program: a list of steps on a growing list of values, the same in every run of one seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.shapes = [self.random.choice(SHAPES) for _ in range(3)]
        self.weights = [autograd.randn(s, requires_grad=True) for s in (self.random.choice(SHAPES), (4, 4))]
        self.buffer = autograd.zeros(3, 4)
        self.seed = seed
        self.steps = [self.random.random() for _ in range(self.random.randint(3, 14))]

    def __call__(self, *inputs):
        chosen = random.Random(self.seed)
        values = [*inputs, *self.weights, self.buffer * 1.5]
        for _ in self.steps:
            values.append(self.step(chosen, values))
        total = sum(v.double().sum() for v in values[-3:] if v.is_floating_point())
        return [total.float() if not isinstance(total, int) else values[0].sum(), values[-1], values[-2].sum()]

    def step(self, chosen, values):
        x, y = chosen.choice(values), chosen.choice(values)
        kind = chosen.randrange(16)
        if kind < 4:
            name = chosen.choice(UNARY.split())
            return EXTRA.get(name, lambda t: getattr(t, name)())(x)
        if kind < 7:
            how = chosen.choice([autograd.add, autograd.mul, autograd.sub, autograd.maximum, lambda a, b: a / (b.abs() + 1)])
            try:
                return how(x, y)
            except RuntimeError:
                return how(x, y.sum())
        if kind == 7:
            return chosen.choice([lambda: x.sum(), lambda: x.mean(-1, keepdim=True) if x.ndim else x, lambda: x.amax()])()
        if kind == 8:
            return x.reshape(-1)[: max(1, x.numel() // 2)]
        if kind == 9:
            return x.transpose(0, -1) if x.ndim > 1 else x.unsqueeze(0)
        if kind == 10:
            return x @ self.weights[1] if x.ndim and x.shape[-1] == 4 else x * 3
        if kind == 11:
            z = x.clone() if x.is_leaf or not x.ndim else x * 1
            z.mul_(0.5).add_(1)
            return z
        if kind == 12:
            z = x.clone()
            if z.ndim:
                z[..., 0] = z.detach().sum()
            return z
        if kind == 13:
            return autograd.where(x > 0, x, x * 0.1)
        if kind == 14:
            if chosen.random() < 0.5 and tuple(x.shape) == (3, 4):
                with autograd.no_grad():
                    self.buffer.add_(x)
            return x + self.buffer.sum()
        return nn.functional.dropout(x, 0.3) + autograd.rand(tuple(x.shape))


def use(seed, compiled):
    autograd.manual_seed(seed)
    function = Function(seed)
    run = autograd.compile(function, fullgraph=False) if compiled else function
    found = []
    for k in range(5):
        autograd.manual_seed(100 * seed + k)
        inputs = [autograd.randn(s).requires_grad_(n == 0) for n, s in enumerate(function.shapes)]
        for w in function.weights:
            w.grad = None
        total, *others = run(*inputs)
        if total.requires_grad:
            total.backward()
        found += [total, *others, function.buffer, *(t.grad for t in (*inputs, *function.weights)), autograd.rand(1)]
    return [None if t is None else t.detach().numpy().copy() for t in found]


@pytest.mark.parametrize("seed", range(150))
def test_compiled_functions_compute_what_eager_does(seed):
    want, got = use(seed, False), use(seed, True)
    for k, (x, y) in enumerate(zip(want, got, strict=True)):
        assert (x is None) == (y is None), k
        if x is not None:
            np.testing.assert_array_equal(y, x, err_msg=str(k))
