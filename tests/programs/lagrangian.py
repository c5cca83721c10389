"""A Lagrangian network: accelerations from the Hessian and mixed derivatives of a learned Lagrangian, batched by vmap."""

import json

import numpy as np
import torch
from torch import nn
from torch.autograd.functional import hessian, jacobian
from torch.func import functional_call, vmap

torch.set_default_dtype(torch.float64)
rng = np.random.default_rng(14)


class LNN(nn.Module):
    def __init__(self, hidden=12):
        super().__init__()
        self.fc1, self.fc2, self.fc3 = nn.Linear(2, hidden), nn.Linear(hidden, hidden), nn.Linear(hidden, 1)
        for p in self.parameters():
            p.data = torch.from_numpy(rng.normal(0, 0.6, tuple(p.shape)))

    def lagrangian(self, x):
        h = nn.functional.softplus(self.fc1(x))
        h = nn.functional.softplus(self.fc2(h))
        return self.fc3(h).squeeze(-1) + 0.5 * x[..., 1] ** 2

    def forward(self, x):
        outs = []
        for state in x:
            n = state.shape[0] // 2
            H = hessian(self.lagrangian, state, create_graph=True)
            J = jacobian(self.lagrangian, state, create_graph=True)
            A, B = J[:n], H[n:, n:]
            C = H[n:, :n]
            qdd = torch.linalg.pinv(B) @ (A - C @ state[n:])
            outs.append(torch.cat([state[n:], qdd]))
        return torch.stack(outs)


net = LNN()
q = torch.linspace(-1, 1, 6)
x = torch.stack([q, q.flip(0) * 0.5], dim=1)
target = torch.stack([x[:, 1], -torch.sin(x[:, 0])], dim=1)
optimizer = torch.optim.Adam(net.parameters(), lr=1e-2)
for step in range(8):
    optimizer.zero_grad()
    loss = (net(x) - target).abs().mean()
    loss.backward()
    optimizer.step()

params = dict(net.named_parameters())


def acceleration(state):
    L = lambda s: functional_call(Wrapped(net), {f"net.{k}": v for k, v in params.items()}, (s,))  # noqa: E731
    H = torch.func.hessian(L)(state)
    return (torch.func.grad(L)(state)[0] - H[1, 0] * state[1]) / H[1, 1]


class Wrapped(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, s):
        return self.net.lagrangian(s)


fast = vmap(acceleration)(x)
slow = net(x)[:, 1]
assert torch.allclose(fast, slow, atol=1e-8), (fast, slow)
state = torch.tensor([[0.5, 0.0]])
for _ in range(5):
    k1 = net(state)
    k2 = net(state + 0.05 * k1)
    state = (state + 0.1 * k2).detach()
RESULT = {"loss": loss.item(), "q": state[0, 0].item(), "v": state[0, 1].item(), "acceleration": slow[0].item()}
print(json.dumps(RESULT))
