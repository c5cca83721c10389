"""Second-order things by hand: Hessian-vector products, conjugate gradients, Gauss-Newton, Laplace approximation, trust region, KFAC."""

import json
from functools import reduce
from operator import mul

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd.functional import hessian, hvp, jacobian, vhp
from torch.func import functional_call, grad, hessian as fhess, jacfwd, jacrev, vmap

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(3)


def flat_grad(output, inputs, retain_graph=None, create_graph=False):
    grads = torch.autograd.grad(output, inputs, retain_graph=retain_graph or create_graph, create_graph=create_graph)
    return torch.cat([g.reshape(-1) for g in grads])


def conjugate_gradient(mvp, b, iters=10, tol=1e-10):
    x, r = torch.zeros_like(b), b.clone()
    p, rs = r.clone(), torch.dot(r, r)
    for _ in range(iters):
        Ap = mvp(p)
        alpha = rs / torch.dot(p, Ap)
        x.add_(alpha * p)
        r.sub_(p, alpha=float(alpha))
        new = r.dot(r)
        if new < tol:
            break
        p = r + (new / rs) * p
        rs = new
    return x


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(3, 5), nn.Linear(5, 2)
        self.register_buffer("scale", torch.tensor(2.0))

    def forward(self, x):
        return self.fc2(torch.tanh(self.fc1(x))) * self.scale


net = Net()
for p in net.parameters():
    p.data.copy_(torch.tensor(rng.normal(0, 0.5, p.shape)))
X, Y = torch.tensor(rng.normal(size=(20, 3))), torch.tensor(rng.integers(0, 2, 20))
params = list(net.parameters())
shapes, sizes = [p.shape for p in params], [reduce(mul, p.shape) for p in params]


def loss_fn():
    return F.cross_entropy(net(X), Y) + 0.05 * sum(p.pow(2).sum() for p in params)


for _ in range(5):  # truncated Newton
    g = flat_grad(loss_fn(), params, create_graph=True)

    def mvp(v):
        return flat_grad(g @ v, params, retain_graph=True) + 0.5 * v

    step = conjugate_gradient(mvp, g.detach().neg())
    for p, d in zip(params, step.split(sizes)):
        p.data.add_(d.view_as(p))
newton = loss_fn().item()

names = [n for n, _ in net.named_parameters()]


def by_vector(vec):
    parts = dict(zip(names, (t.reshape(s) for t, s in zip(vec.split(sizes), shapes))))
    return F.cross_entropy(functional_call(net, parts, (X,)), Y)


vec = torch.cat([p.detach().flatten() for p in params])
H = hessian(by_vector, vec)
H2 = fhess(by_vector)(vec)
v = torch.tensor(rng.normal(size=vec.shape))
_, Hv = hvp(by_vector, vec, v)
_, vH = vhp(by_vector, vec, v)
J = jacobian(lambda x: net(x), X[:4])
per_example = vmap(jacrev(lambda x: net(x)))(X[:4])
agree = torch.allclose(H, H2) and torch.allclose(H @ v, Hv) and torch.allclose(Hv, vH)
agree = agree and torch.allclose(torch.stack([J[i, :, i] for i in range(4)]), per_example)

# generalised Gauss-Newton and the Laplace approximation of the last layer
p = F.softmax(net(X), -1).detach()
lam = torch.diag_embed(p) - p.unsqueeze(-1) * p.unsqueeze(-2)
phi = torch.tanh(net.fc1(X)).detach()
phi = torch.cat([phi, torch.ones(20, 1)], 1)
ggn = torch.einsum("nij,na,nb->iajb", lam, phi, phi).reshape(12, 12) + 0.1 * torch.eye(12)
chol = torch.linalg.cholesky(ggn)
cov = torch.cholesky_inverse(chol)
evidence = 0.5 * (12 * np.log(0.1) - 2 * chol.diagonal().log().sum())
trace = torch.einsum("ii", ggn @ cov)

# Kronecker factors from hooks
store = {}
h1 = net.fc1.register_forward_pre_hook(lambda m, inp: store.update(a=inp[0].detach()))
h2 = net.fc1.register_full_backward_hook(lambda m, gin, gout: store.update(g=gout[0].detach() * 20))
loss_fn().backward()
a, g = torch.cat([store["a"], torch.ones(20, 1)], 1), store["g"]
A, G = a.t() @ a / 20 + 0.1 * torch.eye(4), g.t() @ g / 20 + 0.1 * torch.eye(5)
full = torch.cat([net.fc1.weight.grad, net.fc1.bias.grad[:, None]], 1)
nat = torch.linalg.solve(G, full) @ torch.linalg.inv(A)
check = torch.linalg.solve(torch.kron(G, A), full.reshape(-1)).view_as(full)
e, Q = torch.linalg.eigh(torch.kron(G, A))
h1.remove(), h2.remove()

# Hutchinson, and a Levenberg-Marquardt fit of a curve
probes = torch.tensor(rng.choice([-1.0, 1.0], (16, len(vec))))
hutch = vmap(lambda z: z @ torch.func.jvp(grad(by_vector), (vec,), (z,))[1])(probes).mean()
t = torch.linspace(0, 2, 25)
y = 2.5 * torch.exp(-1.3 * t) + 0.5
theta, mu = torch.tensor([1.0, 1.0, 0.0]), 1.0
residual = lambda th: th[0] * torch.exp(-th[1] * t) + th[2] - y
for _ in range(20):
    r, Jr = residual(theta), jacfwd(residual)(theta)
    delta = torch.linalg.lstsq(Jr.T @ Jr + mu * torch.eye(3), -(Jr.T @ r).unsqueeze(1)).solution.squeeze(1)
    better = residual(theta + delta).norm() < r.norm()
    theta, mu = (theta + delta, mu / 3) if better else (theta, mu * 2)
print(
    json.dumps(
        {
            "newton": newton,
            "agree": float(agree),
            "eig": torch.linalg.eigvalsh(H)[-1].item(),
            "evidence": evidence.item(),
            "trace": trace.item(),
            "kfac": float(torch.allclose(nat, check)),
            "nat": nat.norm().item(),
            "hutch": hutch.item(),
            "theta0": theta[0].item(),
            "theta1": theta[1].item(),
            "cond": torch.linalg.cond(ggn).item(),
            "e": e.max().item(),
        }
    )
)
