"""torch.func: per-sample gradients, ensembles, Jacobians and Hessians of a functional model."""

import json

import torch
import torch.nn as nn
from torch.func import functional_call, grad, grad_and_value, hessian, jacfwd, jacrev, jvp, stack_module_state, vjp, vmap

torch.set_default_dtype(torch.float64)
model = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 1))
for i, p in enumerate(model.parameters()):
    p.data = torch.sin(torch.arange(p.numel()) * 1.1 + i).reshape(p.shape)
X = torch.cos(torch.arange(24.0)).view(8, 3)
Y = X.pow(2).sum(1, keepdim=True)
params = {k: v.detach() for k, v in model.named_parameters()}


def compute_loss(params, x, y):
    prediction = functional_call(model, params, (x.unsqueeze(0),))
    return nn.functional.mse_loss(prediction.squeeze(0), y)


per_sample = vmap(grad(compute_loss), in_dims=(None, 0, 0))(params, X, Y)
loss = nn.functional.mse_loss(model(X), Y)
loss.backward()
for name, p in model.named_parameters():
    assert torch.allclose(per_sample[name].mean(0), p.grad, atol=1e-10), name
norms = torch.stack([g.flatten(1).norm(dim=1) for g in per_sample.values()]).norm(dim=0)
clipped = {k: (g * (0.5 / norms.clamp(min=0.5)).view(-1, *[1] * (g.dim() - 1))).mean(0) for k, g in per_sample.items()}

f = lambda x: functional_call(model, params, x).squeeze(-1)  # noqa: E731
J = vmap(jacrev(f))(X)
assert torch.allclose(J, vmap(jacfwd(f))(X))
H = vmap(hessian(f))(X)
assert torch.allclose(H, H.mT)
laplacian = H.diagonal(dim1=-2, dim2=-1).sum(-1)
value, tangent = jvp(f, (X[0],), (torch.ones(3),))
assert torch.allclose(tangent, J[0].sum())
_, pullback = vjp(f, X[0])
assert torch.allclose(pullback(torch.tensor(2.0))[0], 2 * J[0])
g, v = grad_and_value(lambda w: (w.sin() * w).sum())(X[0])

models = [nn.Linear(3, 2) for _ in range(3)]
for i, m in enumerate(models):
    m.weight.data.fill_(0.1 * (i + 1))
    m.bias.data.zero_()
stacked, buffers = stack_module_state(models)
base = models[0]
ensemble = vmap(lambda p, x: functional_call(base, p, (x,)), in_dims=(0, None))(stacked, X)
assert ensemble.shape == (3, 8, 2)

theta = params
for _ in range(30):
    gradient = grad(lambda p: vmap(compute_loss, (None, 0, 0))(p, X, Y).mean())(theta)
    theta = {k: theta[k] - 0.05 * gradient[k] for k in theta}
RESULT = {
    "loss": loss.item(),
    "clipped": sum(c.sum().item() for c in clipped.values()),
    "laplacian": laplacian.sum().item(),
    "grad": g.sum().item(),
    "value": v.item(),
    "ensemble": ensemble.sum().item(),
    "trained": vmap(compute_loss, (None, 0, 0))(theta, X, Y).mean().item(),
}
print(json.dumps(RESULT))
