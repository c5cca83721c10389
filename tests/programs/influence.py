"""Influence functions: Hessian-vector products, conjugate gradients, and a leave-one-out check."""

import json

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(130)
X = torch.from_numpy(rng.normal(size=(30, 3)))
y = (X @ torch.tensor([1.0, -2.0, 0.5]) + torch.from_numpy(rng.normal(0, 0.5, 30)) > 0).double()
x_test, y_test = torch.tensor([[0.5, 0.2, -0.3]]), torch.tensor([1.0])
l2 = 0.05


def objective(w, weight=None):
    losses = F.binary_cross_entropy_with_logits(X @ w, y, reduction="none")
    return (losses if weight is None else losses * weight).sum() / len(y) + l2 * w @ w


def newton(weight=None, steps=12):
    w = torch.zeros(3)
    for _ in range(steps):
        H = torch.autograd.functional.hessian(lambda v: objective(v, weight), w)
        g = torch.autograd.functional.jacobian(lambda v: objective(v, weight), w)
        w = w - torch.linalg.solve(H, g)
    return w.requires_grad_()


def hvp(w, v):
    (g,) = torch.autograd.grad(objective(w), w, create_graph=True)
    (out,) = torch.autograd.grad(g, w, grad_outputs=v)
    return out


def conjugate_gradient(matvec, b, iterations=10):
    x, r = torch.zeros_like(b), b.clone()
    p, rs = r.clone(), r.dot(r)
    for _ in range(iterations):
        Ap = matvec(p)
        alpha = rs / p.dot(Ap)
        x += alpha * p
        r -= alpha * Ap
        new = r.dot(r)
        if new.sqrt() < 1e-12:
            break
        p = r + (new / rs) * p
        rs = new
    return x


w = newton()
assert torch.autograd.grad(objective(w), w)[0].norm() < 1e-10
test_loss = F.binary_cross_entropy_with_logits(x_test @ w, y_test)
(g_test,) = torch.autograd.grad(test_loss, w)
s_test = conjugate_gradient(lambda v: hvp(w, v), g_test)
assert torch.allclose(s_test, torch.linalg.inv(torch.autograd.functional.hessian(objective, w.detach())) @ g_test)
_, Hv = torch.autograd.functional.hvp(objective, w.detach(), g_test)
assert torch.allclose(Hv, hvp(w, g_test))
influence = []
for i in range(len(y)):
    (g_i,) = torch.autograd.grad(F.binary_cross_entropy_with_logits(X[i] @ w, y[i]), w)
    influence.append((s_test @ g_i / len(y)).item())
actual = []
for i in range(0, 30, 6):
    mask = torch.ones(30)
    mask[i] = 0
    actual.append((F.binary_cross_entropy_with_logits(x_test @ newton(mask), y_test) - test_loss).item())
correlation = torch.corrcoef(torch.stack([torch.tensor(influence)[::6], torch.tensor(actual)]))[0, 1]
RESULT = {
    "w": w[0].item(),
    "test": test_loss.item(),
    "largest": max(influence),
    "correlation": correlation.item(),
    "actual": actual[0],
}
print(json.dumps(RESULT))
