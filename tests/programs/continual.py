"""Continual learning: Fisher information, EWC and SI penalties, gradient projection, replay memory, pruning masks, hooks."""

import copy
import json
from collections import OrderedDict, deque, namedtuple
from itertools import chain, islice

import numpy as np
import torch
from torch import autograd, nn
from torch.autograd import Variable
from torch.nn import functional as F
from torch.nn.utils import parameters_to_vector, vector_to_parameters

Transition = namedtuple("Transition", ("x", "y", "task"))


class MLP(nn.Module):
    def __init__(self, sizes=(6, 20, 20, 3), dropout_prob=0.0):
        super(MLP, self).__init__()
        layers = OrderedDict()
        for i, (a, b) in enumerate(zip(sizes[:-2], sizes[1:-1])):
            layers["fc%d" % i] = nn.Linear(a, b)
            layers["act%d" % i] = nn.LeakyReLU(0.1)
            layers["drop%d" % i] = nn.Dropout(dropout_prob)
        layers["out"] = nn.Linear(*sizes[-2:])
        self.layers = nn.Sequential(layers)

    @property
    def name(self):
        return "MLP-" + "-".join(str(m.out_features) for m in self.layers if isinstance(m, nn.Linear))

    def _is_on_cuda(self):
        return next(self.parameters()).is_cuda

    def forward(self, x):
        return self.layers(x)

    def estimate_fisher(self, data, targets):
        loglikelihoods = F.log_softmax(self(data), dim=1)[range(len(data)), targets.data]
        loglikelihood_grads = zip(
            *[
                autograd.grad(l, self.parameters(), retain_graph=(i < len(loglikelihoods)))
                for i, l in enumerate(loglikelihoods, 1)
            ]
        )
        loglikelihood_grads = [torch.stack(gs) for gs in loglikelihood_grads]
        fisher_diagonals = [(g**2).mean(0) for g in loglikelihood_grads]
        param_names = [n.replace(".", "__") for n, p in self.named_parameters()]
        return {n: f.detach() for n, f in zip(param_names, fisher_diagonals)}

    def consolidate(self, fisher):
        for n, p in self.named_parameters():
            n = n.replace(".", "__")
            self.register_buffer("{}_mean".format(n), p.data.clone())
            self.register_buffer("{}_fisher".format(n), fisher[n].data.clone())

    def ewc_loss(self):
        try:
            losses = []
            for n, p in self.named_parameters():
                n = n.replace(".", "__")
                mean = Variable(getattr(self, "{}_mean".format(n)))
                fisher = Variable(getattr(self, "{}_fisher".format(n)))
                losses.append((fisher * (p - mean) ** 2).sum())
            return 5.0 * sum(losses)
        except AttributeError:
            return Variable(torch.zeros(1))


class ReplayMemory(object):
    def __init__(self, capacity):
        self.memory = deque([], maxlen=capacity)

    def push(self, *args):
        self.memory.append(Transition(*args))

    def sample(self, n):
        return Transition(*zip(*islice(self.memory, n)))


rng = np.random.RandomState(0)
base = rng.randn(60, 6).astype(np.float32)
rule = rng.randn(6, 3)
tasks = []
for t in range(3):
    perm = np.random.RandomState(t).permutation(6)
    tasks.append((torch.from_numpy(base[:, perm]), torch.from_numpy((base @ rule).argmax(1))))

model = MLP()
with torch.no_grad():
    vec = parameters_to_vector(model.parameters())
    vector_to_parameters(torch.from_numpy(rng.normal(0, 0.25, len(vec))).to(vec), model.parameters())
memory = ReplayMemory(24)
grads_seen = []
handle = model.layers.out.weight.register_hook(lambda g: grads_seen.append(g.norm().item()) or g * 1.0)
acts = {}
hooks = [
    m.register_forward_hook(lambda mod, i, o, n=n: acts.__setitem__(n, o.detach()))
    for n, m in model.named_modules()
    if n.endswith("act0")
]
history, importance = [], {n: torch.zeros_like(p) for n, p in model.named_parameters()}
for t, (x, y) in enumerate(tasks):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.5)
    start = copy.deepcopy(model.state_dict())
    for it in range(25):
        optimizer.zero_grad()
        ce = F.cross_entropy(model(x), y)
        loss = ce + model.ewc_loss()
        if t and it % 5 == 0:
            batch = memory.sample(16)
            loss = loss + 0.5 * F.cross_entropy(model(torch.stack(batch.x)), torch.stack(batch.y))
        loss = loss.sum()
        loss.backward()
        if t == 2:  # keep the gradient from undoing the memory, A-GEM's projection
            g = torch.cat([p.grad.data.view(-1) for p in model.parameters()])
            batch = memory.sample(24)
            ref = autograd.grad(F.cross_entropy(model(torch.stack(batch.x)), torch.stack(batch.y)), list(model.parameters()))
            ref = torch.cat([r.contiguous().view(-1) for r in ref])
            if torch.dot(g, ref) < 0:
                g -= torch.dot(g, ref) / torch.dot(ref, ref) * ref
                offset = 0
                for p in model.parameters():
                    n = p.numel()
                    p.grad.data.copy_(g[offset : offset + n].view_as(p))
                    offset += n
        before = {n: p.data.clone() for n, p in model.named_parameters()}
        optimizer.step()
        for n, p in model.named_parameters():
            importance[n] += -p.grad * (p.data - before[n])
    for i in range(8):
        memory.push(x[i], y[i], t)
    fisher = model.estimate_fisher(x[:20], y[:20])
    model.consolidate(fisher)
    history.append([(model(a).max(1)[1] == b).float().mean().item() for a, b in tasks[: t + 1]])
    drift = sum((model.state_dict()[k] - v).abs().sum().item() for k, v in start.items() if k in model.state_dict())
handle.remove()
for h in hooks:
    h.remove()

weights = torch.cat([p.detach().abs().flatten() for n, p in model.named_parameters() if n.endswith("weight")])
threshold = torch.kthvalue(weights, int(0.5 * weights.numel())).values
masks = {n: (p.abs() > threshold).to(p.dtype) for n, p in model.named_parameters() if "weight" in n}
pruned = copy.deepcopy(model)
with torch.no_grad():
    for n, p in pruned.named_parameters():
        if n in masks:
            p.mul_(masks[n])
sparsity = 1.0 - sum(m.sum() for m in masks.values()).item() / sum(m.numel() for m in masks.values())
quantised = {
    n: torch.quantize if False else torch.round(p / (p.abs().max() / 127)).clamp(-128, 127).to(torch.int8)
    for n, p in model.named_parameters()
}
error = max(
    (q.float() * (p.abs().max() / 127) - p).abs().max().item()
    for (n, p), q in zip(model.named_parameters(), quantised.values())
)
print(model.name, model._is_on_cuda(), history)
print(
    json.dumps(
        {
            "final": sum(history[-1]) / 3,
            "loss": ce.item(),
            "ewc": model.ewc_loss().item(),
            "drift": drift,
            "sparsity": sparsity,
            "importance": sum(v.sum().item() for v in importance.values()),
            "grads": float(len(grads_seen)),
            "grad": grads_seen[-1],
            "act": acts["layers.act0"].mean().item(),
            "pruned": F.cross_entropy(pruned(tasks[0][0]), tasks[0][1]).item(),
            "error": error,
            "buffers": len(list(model.buffers())),
            "params": sum(1 for _ in chain(model.parameters())),
        }
    )
)
