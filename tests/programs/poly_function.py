"""Fit sin(x) with a third Legendre polynomial whose derivative is given by a custom autograd Function."""

import json
import math

import torch


class OddCubic(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return 0.5 * input * (5 * input * input - 3)

    @staticmethod
    def backward(ctx, grad_output):
        (input,) = ctx.saved_tensors
        return grad_output * (7.5 * input.square() - 1.5)


dtype = torch.float
x = torch.linspace(-math.pi, math.pi, 1000, dtype=dtype)
y = torch.sin(x)

a = torch.full((), 0.0, dtype=dtype, requires_grad=True)
b = torch.full((), -1.0, dtype=dtype, requires_grad=True)
c = torch.full((), 0.0, dtype=dtype, requires_grad=True)
d = torch.full((), 0.3, dtype=dtype, requires_grad=True)

rate = 5e-6
for t in range(400):
    cubic = OddCubic.apply
    wave = a + b * cubic(c + d * x)
    loss = (wave - y).pow(2).sum()
    if t % 100 == 99:
        print(t, loss.item())
    loss.backward()
    with torch.no_grad():
        for p in (a, b, c, d):
            p -= rate * p.grad
            p.grad = None

z = torch.randn(6, dtype=torch.double, requires_grad=True)
ok = torch.autograd.gradcheck(OddCubic.apply, (z,), eps=1e-6, atol=1e-4)
print("amplitude", b.item(), "inner slope", d.item(), "derivative checked:", ok)
RESULT = {"loss": loss.item(), "b": b.item(), "d": d.item(), "gradcheck": int(ok)}
print(json.dumps(RESULT))
