"""Fit a cubic to exp(x) with autograd: loss.backward() and updates under no_grad."""

import json

import torch

device = "cuda" if torch.cuda.is_available() else "cpu"
print("computing on", device)

x = torch.linspace(-1, 1, 400, dtype=torch.float, device=device)
y = torch.exp(x)

a = torch.full((), 0.3, dtype=torch.float, requires_grad=True)
b = torch.full((), -0.1, dtype=torch.float, requires_grad=True)
c = torch.tensor(0.2, requires_grad=True)
d = torch.zeros((), requires_grad=True)

initial_loss = 1.0
learning_rate = 1e-4
for t in range(800):
    curve = a + b * x + c * x**2 + d * x**3
    loss = (curve - y).pow(2).sum()
    if t == 0:
        initial_loss = loss.item()
    if t % 200 == 199:
        print(f"{t + 1:4d} steps: {loss.item() / initial_loss:.2%} of the loss is left, a = {a.item():7.4f}")

    loss.backward()
    with torch.no_grad():
        a -= learning_rate * a.grad
        b -= learning_rate * b.grad
        c -= learning_rate * c.grad
        d -= learning_rate * d.grad

        a.grad = None
        b.grad = None
        c.grad.zero_()
        d.grad = None

print("exp(x) is about", " + ".join(f"{v.item():.3f} x^{k}" for k, v in enumerate([a, b, c, d])))
RESULT = {"initial": initial_loss, "loss": loss.item(), "a": float(a), "b": float(b), "c": float(c), "d": float(d)}
print(json.dumps(RESULT))
