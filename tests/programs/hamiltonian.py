"""A Hamiltonian network: the loss is on the gradient of a learned energy, so training is second order."""

import json

import torch

torch.manual_seed(0)


class Energy(torch.nn.Module):
    def __init__(self, input_dim, hidden_dim, output_dim):
        super().__init__()
        self.linear1 = torch.nn.Linear(input_dim, hidden_dim)
        self.linear2 = torch.nn.Linear(hidden_dim, hidden_dim)
        self.linear3 = torch.nn.Linear(hidden_dim, output_dim, bias=None)
        for layer in [self.linear1, self.linear2, self.linear3]:
            torch.nn.init.orthogonal_(layer.weight)

    def forward(self, x):
        h = torch.tanh(self.linear1(x))
        h = torch.tanh(self.linear2(h))
        return self.linear3(h)


class Hamiltonian(torch.nn.Module):
    def __init__(self, dim, energy):
        super().__init__()
        self.energy = energy
        self.M = torch.eye(dim)
        self.M = torch.cat([self.M[dim // 2 :], -self.M[: dim // 2]])

    def flow(self, x):
        F = self.energy(x)
        dF = torch.autograd.grad(F.sum(), x, create_graph=True)[0]
        return dF @ self.M.t()


model = Hamiltonian(2, Energy(2, 16, 1))
weights = torch.Generator().manual_seed(1)
orthogonal = model.energy.linear2.weight @ model.energy.linear2.weight.T
assert torch.allclose(orthogonal, torch.eye(16), atol=1e-5)
with torch.no_grad():
    for k, p in enumerate(model.parameters()):
        p.copy_(torch.sin(torch.arange(p.nelement()).float() * (2.3 + k)).reshape_as(p) * 0.4)

angle = torch.arange(0, 6.2, 0.1)
x = torch.stack([angle.cos(), -angle.sin()], dim=1).mul(torch.linspace(0.5, 1.5, len(angle))[:, None]).requires_grad_()
velocity = torch.stack([2 * x[:, 1], -2 * x[:, 0]], dim=1).detach()
optim = torch.optim.Adam(model.parameters(), 5e-3, weight_decay=1e-4)
for step in range(120):
    predicted = model.flow(x)
    loss = (velocity - predicted).pow(2).mean()
    loss.backward()
    optim.step()
    optim.zero_grad()
state = torch.tensor([[1.0, 0.0]], requires_grad=True)
start = model.energy(state).item()
for _ in range(20):
    step = model.flow(state)
    state = (state + 0.05 * step).detach().requires_grad_(True)
RESULT = {"loss": loss.item(), "drift": model.energy(state).item() - start, "q": state[0, 0].item(), "p": state[0, 1].item()}
print(json.dumps(RESULT))
