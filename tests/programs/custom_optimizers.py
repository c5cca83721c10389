"""Optimizers that people write themselves: Lion, SAM with a closure, Lookahead around another, LARS; state and groups."""

import json
import math
from collections import defaultdict

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.optim.optimizer import Optimizer, required


class Lion(Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.99), weight_decay=0.0):
        if not 0.0 <= lr:
            raise ValueError("Invalid learning rate: {}".format(lr))
        defaults = dict(lr=lr, betas=betas, weight_decay=weight_decay)
        super().__init__(params, defaults)

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                p.data.mul_(1 - group["lr"] * group["weight_decay"])
                grad = p.grad
                state = self.state[p]
                if len(state) == 0:
                    state["exp_avg"] = torch.zeros_like(p, memory_format=torch.preserve_format)
                exp_avg = state["exp_avg"]
                beta1, beta2 = group["betas"]
                update = exp_avg.clone().mul_(beta1).add(grad, alpha=1 - beta1).sign_()
                p.add_(update, alpha=-group["lr"])
                exp_avg.lerp_(grad, 1 - beta2)
        return loss


class SAM(torch.optim.Optimizer):
    def __init__(self, params, base_optimizer, rho=0.05, adaptive=False, **kwargs):
        assert rho >= 0.0
        defaults = dict(rho=rho, adaptive=adaptive, **kwargs)
        super(SAM, self).__init__(params, defaults)
        self.base_optimizer = base_optimizer(self.param_groups, **kwargs)
        self.param_groups = self.base_optimizer.param_groups
        self.defaults.update(self.base_optimizer.defaults)

    @torch.no_grad()
    def first_step(self, zero_grad=False):
        grad_norm = self._grad_norm()
        for group in self.param_groups:
            scale = group["rho"] / (grad_norm + 1e-12)
            for p in group["params"]:
                if p.grad is None:
                    continue
                self.state[p]["old_p"] = p.data.clone()
                e_w = (torch.pow(p, 2) if group["adaptive"] else 1.0) * p.grad * scale.to(p)
                p.add_(e_w)
        if zero_grad:
            self.zero_grad()

    @torch.no_grad()
    def second_step(self, zero_grad=False):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                p.data = self.state[p]["old_p"]
        self.base_optimizer.step()
        if zero_grad:
            self.zero_grad()

    @torch.no_grad()
    def step(self, closure=None):
        assert closure is not None
        closure = torch.enable_grad()(closure)
        self.first_step(zero_grad=True)
        closure()
        self.second_step()

    def _grad_norm(self):
        shared_device = self.param_groups[0]["params"][0].device
        return torch.norm(
            torch.stack(
                [
                    ((torch.abs(p) if group["adaptive"] else 1.0) * p.grad).norm(p=2).to(shared_device)
                    for group in self.param_groups
                    for p in group["params"]
                    if p.grad is not None
                ]
            ),
            p=2,
        )

    def load_state_dict(self, state_dict):
        super().load_state_dict(state_dict)
        self.base_optimizer.param_groups = self.param_groups


class Lookahead(Optimizer):
    def __init__(self, base_optimizer, alpha=0.5, k=6):
        self.base_optimizer = base_optimizer
        self.param_groups = self.base_optimizer.param_groups
        self.defaults = base_optimizer.defaults
        self.alpha, self.k = alpha, k
        self.state = defaultdict(dict)
        self.fast_state = self.base_optimizer.state
        for group in self.param_groups:
            group["counter"] = 0

    def update(self, group):
        for fast in group["params"]:
            param_state = self.state[fast]
            if "slow_param" not in param_state:
                param_state["slow_param"] = torch.zeros_like(fast.data)
                param_state["slow_param"].copy_(fast.data)
            slow = param_state["slow_param"]
            slow += (fast.data - slow) * self.alpha
            fast.data.copy_(slow)

    def zero_grad(self):
        self.base_optimizer.zero_grad()

    def step(self, closure=None):
        loss = self.base_optimizer.step(closure)
        for group in self.param_groups:
            if group["counter"] == 0:
                self.update(group)
            group["counter"] = (group["counter"] + 1) % self.k
        return loss


class OldAdam(Optimizer):
    """As it was written in 2018: state in place, and the factor before the tensors."""

    def __init__(self, params, lr=required, eps=1e-8):
        super().__init__(params, dict(lr=lr, eps=eps))

    def __setstate__(self, state):
        super().__setstate__(state)
        for group in self.param_groups:
            group.setdefault("amsgrad", False)

    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                grad = p.grad.data
                if grad.is_sparse:
                    raise RuntimeError("no sparse gradients")
                state = self.state[p]
                if not state:
                    state["step"] = 0
                    state["m"] = torch.zeros_like(p.data)
                    state["v"] = torch.zeros_like(p.data)
                state["step"] += 1
                m, v = state["m"], state["v"]
                m.mul_(0.9).add_(0.1, grad)
                v.mul_(0.999).addcmul_(0.001, grad, grad)
                denom = (v.sqrt() / math.sqrt(1 - 0.999 ** state["step"])).add_(group["eps"])
                p.data.addcdiv_(-group["lr"] / (1 - 0.9 ** state["step"]), m, denom)


rng = np.random.RandomState(0)
X = torch.from_numpy(rng.randn(64, 5).astype("float32"))
Y = torch.from_numpy((rng.randn(64) > 0).astype("int64"))


def make():
    g = np.random.RandomState(1)
    net = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 2))
    with torch.no_grad():
        for p in net.parameters():
            p.copy_(torch.as_tensor(0.3 * g.randn(*p.shape), dtype=p.dtype))
    return net


RESULT = {}
net = make()
opt = Lion([{"params": net[0].parameters(), "lr": 3e-3}, {"params": net[2].parameters()}], lr=1e-3, weight_decay=0.1)
sched = torch.optim.lr_scheduler.LambdaLR(opt, lambda e: 0.95**e)
for _ in range(20):

    def closure():
        opt.zero_grad()
        l = F.cross_entropy(net(X), Y)
        l.backward()
        return l

    RESULT["lion"] = opt.step(closure).item()
    sched.step()
RESULT["lion_lr"] = opt.param_groups[0]["lr"]
sd = opt.state_dict()
RESULT["lion_state"] = float(sum(s["exp_avg"].abs().sum() for s in sd["state"].values()))
opt2 = Lion([{"params": net[0].parameters()}, {"params": net[2].parameters()}])
opt2.load_state_dict(sd)
RESULT["lion_wd"] = opt2.param_groups[1]["weight_decay"]

net = make()
sam = SAM(net.parameters(), torch.optim.SGD, lr=0.1, momentum=0.9, rho=0.1, adaptive=True)
for _ in range(15):
    loss = F.cross_entropy(net(X), Y)
    loss.backward()
    sam.first_step(zero_grad=True)
    F.cross_entropy(net(X), Y).backward()
    sam.second_step(zero_grad=True)
RESULT["sam"] = loss.item()
RESULT["sam_norm"] = sum(p.norm().item() for p in net.parameters())

net = make()
la = Lookahead(torch.optim.Adam(net.parameters(), lr=1e-2), k=3)
for _ in range(15):
    la.zero_grad()
    loss = F.cross_entropy(net(X), Y)
    loss.backward()
    la.step()
RESULT["lookahead"] = loss.item()

net = make()
old = OldAdam(net.parameters(), lr=1e-2)
for _ in range(15):
    net.zero_grad()
    loss = F.cross_entropy(net(X), Y)
    loss.backward()
    old.step()
RESULT["old"] = loss.item()
try:
    OldAdam(make().parameters())
except ValueError as e:
    RESULT["required"] = float("required" in str(e))
try:
    Lion(net.parameters(), lr=-1)
except ValueError:
    RESULT["neg"] = 1.0
print(repr(opt).splitlines()[0])
print(json.dumps(RESULT))
