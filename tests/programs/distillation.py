"""Knowledge distillation: a frozen teacher's softened outputs train a smaller student."""

import json

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

rng = np.random.default_rng(110)
X = torch.tensor(rng.normal(0, 1, (160, 4)), dtype=torch.float32)
y = (X[:, 0] * X[:, 1] > 0).long() + 2 * (X[:, 2] > 0.2).long()


def network(*sizes):
    layers = []
    for a, b in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(a, b), nn.Hardtanh(-2, 2)]
    net = nn.Sequential(*layers[:-1])
    for module in net:
        if isinstance(module, nn.Linear):
            with torch.no_grad():
                module.weight.copy_(torch.tensor(rng.normal(0, 1 / module.in_features**0.5, module.weight.shape)))
                module.bias.zero_()
    return net


def fit(net, loss_fn, steps, lr):
    optimizer = torch.optim.RAdam(net.parameters(), lr=lr)
    for step in range(steps):
        optimizer.zero_grad()
        loss = loss_fn(net(X))
        loss.backward()
        optimizer.step()
    return loss.item()


teacher, student, alone = network(4, 24, 4), network(4, 6, 4), network(4, 6, 4)
alone.load_state_dict(student.state_dict())
teacher_loss = fit(teacher, lambda out: F.cross_entropy(out, y), 120, 2e-2)
teacher.eval()
for p in teacher.parameters():
    p.requires_grad_(False)
assert not any(p.requires_grad for p in teacher.parameters())
T, alpha = 2.0, 0.7
soft = F.softmax(teacher(X) / T, dim=1)
assert soft.requires_grad is False


def distill(out):
    kd = nn.KLDivLoss(reduction="batchmean")(F.log_softmax(out / T, dim=1), soft) * T * T
    return alpha * kd + (1 - alpha) * F.cross_entropy(out, y)


student_loss = fit(student, distill, 120, 2e-2)
alone_loss = fit(alone, lambda out: F.cross_entropy(out, y), 120, 2e-2)
with torch.no_grad():
    agreement = (student(X).argmax(1) == teacher(X).argmax(1)).float().mean().item()
    symmetric = F.kl_div(F.log_softmax(student(X), 1), F.log_softmax(alone(X), 1), reduction="sum", log_target=True).item()
RESULT = {
    "teacher": teacher_loss,
    "student": student_loss,
    "alone": alone_loss,
    "agreement": agreement,
    "divergence": symmetric,
    "size": sum(p.numel() for p in student.parameters()) / sum(p.numel() for p in teacher.parameters()),
}
print(json.dumps(RESULT))
