"""Soft actor-critic: squashed Gaussian policy, twin critics, Polyak averaging, a learned temperature."""

import copy
import itertools
import json

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions.normal import Normal

rng = np.random.default_rng(17)
LOG_STD_MAX, LOG_STD_MIN = 2, -20


def mlp(sizes, activation, output_activation=nn.Identity):
    layers = []
    for j in range(len(sizes) - 1):
        act = activation if j < len(sizes) - 2 else output_activation
        layers += [nn.Linear(sizes[j], sizes[j + 1]), act()]
    net = nn.Sequential(*layers)
    for p in net.parameters():
        p.data = torch.as_tensor(rng.uniform(-0.5, 0.5, p.shape) / max(1, p.shape[-1]) ** 0.5, dtype=torch.float32)
    return net


class SquashedGaussianActor(nn.Module):
    def __init__(self, obs, act, limit):
        super().__init__()
        self.net = mlp([obs, 16, 16], nn.ReLU, nn.ReLU)
        self.mu_layer, self.log_std_layer = mlp([16, act], nn.ReLU), mlp([16, act], nn.ReLU)
        self.act_limit = limit

    def forward(self, obs, deterministic=False, with_logprob=True):
        out = self.net(obs)
        mu, log_std = self.mu_layer(out), torch.clamp(self.log_std_layer(out), LOG_STD_MIN, LOG_STD_MAX)
        pi = Normal(mu, torch.exp(log_std))
        assert pi.rsample().requires_grad == mu.requires_grad
        action = mu if deterministic else mu + pi.stddev * torch.as_tensor(rng.standard_normal(mu.shape), dtype=torch.float32)
        logp = None
        if with_logprob:
            logp = pi.log_prob(action).sum(axis=-1)
            logp -= (2 * (np.log(2) - action - F.softplus(-2 * action))).sum(axis=1)
        return self.act_limit * torch.tanh(action), logp


class QFunction(nn.Module):
    def __init__(self, obs, act):
        super().__init__()
        self.q = mlp([obs + act, 16, 16, 1], nn.ReLU)

    def forward(self, obs, act):
        return torch.squeeze(self.q(torch.cat([obs, act], dim=-1)), -1)


class ReplayBuffer:
    def __init__(self, size):
        self.obs, self.obs2 = np.zeros((size, 3), np.float32), np.zeros((size, 3), np.float32)
        self.act, self.rew, self.done = np.zeros((size, 1), np.float32), np.zeros(size, np.float32), np.zeros(size, np.float32)
        self.ptr, self.size = 0, 0

    def store(self, *row):
        for array, value in zip((self.obs, self.act, self.rew, self.obs2, self.done), row):
            array[self.ptr] = value
        self.ptr, self.size = self.ptr + 1, self.size + 1

    def sample_batch(self, n):
        idxs = rng.integers(0, self.size, size=n)
        batch = dict(obs=self.obs[idxs], obs2=self.obs2[idxs], act=self.act[idxs], rew=self.rew[idxs], done=self.done[idxs])
        return {k: torch.as_tensor(v, dtype=torch.float32) for k, v in batch.items()}


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.pi, self.q1, self.q2 = SquashedGaussianActor(3, 1, 2.0), QFunction(3, 1), QFunction(3, 1)


ac = ActorCritic()
target = copy.deepcopy(ac)
for p in target.parameters():
    p.requires_grad = False
q_params = itertools.chain(ac.q1.parameters(), ac.q2.parameters())
pi_optimizer = torch.optim.Adam(ac.pi.parameters(), lr=3e-3, eps=1e-5)
q_optimizer = torch.optim.Adam(q_params, lr=3e-3, eps=1e-5)
log_alpha = torch.tensor(np.log(0.2), requires_grad=True, dtype=torch.float32)
alpha_optimizer = torch.optim.Adam([log_alpha], lr=1e-2)
buffer, theta, speed = ReplayBuffer(200), 1.0, 0.0
o = np.array([np.cos(theta), np.sin(theta), speed])
for t in range(100):
    with torch.no_grad():
        a, _ = ac.pi(torch.as_tensor(o, dtype=torch.float32).unsqueeze(0), False, False)
    a = a.numpy()[0]
    speed = np.clip(speed + 0.1 * (5 * np.sin(theta) + a[0]), -4, 4)
    theta += 0.1 * speed
    o2 = np.array([np.cos(theta), np.sin(theta), speed])
    buffer.store(o, a, -((((theta + np.pi) % (2 * np.pi)) - np.pi) ** 2) - 0.01 * speed**2, o2, float(t % 50 == 49))
    o = o2
    if t < 40 or t % 2:
        continue
    data = buffer.sample_batch(16)
    o_, a_, r_, o2_, d_ = data["obs"], data["act"], data["rew"], data["obs2"], data["done"]
    alpha = log_alpha.exp().detach()
    q1, q2 = ac.q1(o_, a_), ac.q2(o_, a_)
    with torch.no_grad():
        a2, logp_a2 = ac.pi(o2_)
        backup = r_ + 0.97 * (1 - d_) * (torch.min(target.q1(o2_, a2), target.q2(o2_, a2)) - alpha * logp_a2)
    loss_q = ((q1 - backup) ** 2).mean() + ((q2 - backup) ** 2).mean()
    q_optimizer.zero_grad()
    loss_q.backward()
    q_optimizer.step()
    for p in itertools.chain(ac.q1.parameters(), ac.q2.parameters()):
        p.requires_grad = False
    pi, logp_pi = ac.pi(o_)
    loss_pi = (alpha * logp_pi - torch.min(ac.q1(o_, pi), ac.q2(o_, pi))).mean()
    pi_optimizer.zero_grad()
    loss_pi.backward()
    pi_optimizer.step()
    for p in itertools.chain(ac.q1.parameters(), ac.q2.parameters()):
        p.requires_grad = True
    alpha_loss = -(log_alpha * (logp_pi.detach() - 1.0)).mean()
    alpha_optimizer.zero_grad()
    alpha_loss.backward()
    alpha_optimizer.step()
    with torch.no_grad():
        for p, p_targ in zip(ac.parameters(), target.parameters()):
            p_targ.data.mul_(0.95)
            p_targ.data.add_((1 - 0.95) * p.data)
RESULT = {
    "q": loss_q.item(),
    "pi": loss_pi.item(),
    "alpha": log_alpha.exp().item(),
    "target": sum(p.abs().sum().item() for p in target.q1.parameters()),
}
print(json.dumps(RESULT))
