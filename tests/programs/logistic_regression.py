"""Binary and multinomial logistic regression on computed blobs, by hand, by module and by L-BFGS; they must agree."""

import json

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_default_dtype(torch.double)
np.random.seed(70)
X = np.concatenate([np.random.randn(40, 2) + c for c in ([0, 0], [2, 1], [-1, 2])])
labels = np.repeat([0, 1, 2], 40)
X, labels = torch.from_numpy(X), torch.from_numpy(labels)
X = (X - X.mean(dim=0)) / X.std(dim=0)

binary = (labels == 1).double().unsqueeze(1)
w, b = torch.zeros((2, 1), requires_grad=True), torch.zeros(1, requires_grad=True)
for epoch in range(100):
    z = X @ w + b
    p = 1 / (1 + torch.exp(-z))
    loss = -(binary * torch.log(p) + (1 - binary) * torch.log(1 - p)).mean() + 0.01 * (w**2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 1.0 * w.grad
        b -= 1.0 * b.grad
        w.grad.zero_()
        b.grad.zero_()
with torch.no_grad():
    assert torch.allclose(F.binary_cross_entropy_with_logits(X @ w + b, binary) + 0.01 * w.pow(2).sum(), loss, atol=1e-3)


class Softmax(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.linear = nn.Linear(n_in, n_out)

    def forward(self, x):
        return self.linear(x)


model = Softmax(2, 3)
nn.init.zeros_(model.linear.weight)
nn.init.zeros_(model.linear.bias)
optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9, weight_decay=0.01)
for epoch in range(150):
    optimizer.zero_grad()
    ce = F.cross_entropy(model(X), labels)
    ce.backward()
    optimizer.step()

solved = Softmax(2, 3)
solved.load_state_dict({k: torch.zeros_like(v) for k, v in model.state_dict().items()})
lbfgs = torch.optim.LBFGS(solved.parameters(), max_iter=60, tolerance_grad=1e-9, line_search_fn="strong_wolfe")


def closure():
    lbfgs.zero_grad()
    objective = nn.CrossEntropyLoss()(solved(X), labels) + 0.005 * sum(p.pow(2).sum() for p in solved.parameters())
    objective.backward()
    return objective


objective = lbfgs.step(closure)
accuracy = (solved(X).argmax(1) == labels).double().mean()
gap = (solved.linear.weight - model.linear.weight).abs().max().item()
confusion = torch.zeros(3, 3, dtype=torch.int64)
for t, q in zip(labels.view(-1), solved(X).argmax(dim=1).view(-1)):
    confusion[t.long(), q.long()] += 1
RESULT = {
    "binary": loss.item(),
    "softmax": ce.item(),
    "accuracy": accuracy.item(),
    "agree": int(gap < 1e-3),
    "w": w[0, 0].item(),
    "solved": solved.linear.weight[0, 0].item(),
    "confusion": confusion.diagonal().sum().item(),
}
print(json.dumps(RESULT))
