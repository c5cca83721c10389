"""Advantage actor-critic with a shared body and a Gaussian policy: steer a point to the origin."""

import json
from collections import namedtuple

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

SavedAction = namedtuple("SavedAction", ["log_prob", "value"])
rng = np.random.default_rng(21)


class ActorCritic(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(2, 16), nn.Tanh())
        self.mu = nn.Linear(16, 1)
        self.log_std = nn.Parameter(torch.zeros(1))
        self.value = nn.Linear(16, 1)
        for m in self.modules():
            if isinstance(m, nn.Linear):
                m.weight.data = torch.tensor(rng.normal(0, 0.3, m.weight.shape), dtype=torch.float32)
                m.bias.data.zero_()

    def forward(self, x):
        h = self.body(x)
        return torch.distributions.Normal(self.mu(h), self.log_std.exp()), self.value(h)


model = ActorCritic()
optimizer = torch.optim.RMSprop(model.parameters(), lr=3e-3, alpha=0.95, eps=1e-5)
history = []
for episode in range(40):
    state = torch.tensor([1.0, 0.0]) * (1 if episode % 2 else -1)
    saved, rewards = [], []
    for t in range(15):
        dist, value = model(state)
        action = (dist.mean + dist.stddev * float(rng.standard_normal())).detach().clamp(-2, 2)
        saved.append(SavedAction(dist.log_prob(action), value))
        position, velocity = state.unbind()
        velocity = 0.8 * velocity + 0.3 * action.squeeze()
        position = position + 0.5 * velocity
        state = torch.stack((position, velocity))
        rewards.append(-position.abs().item())
    R, returns = 0.0, []
    for r in reversed(rewards):
        R = r + 0.9 * R
        returns.append(R)
    returns = torch.tensor(list(reversed(returns))).unsqueeze(1)
    log_probs = torch.cat([s.log_prob for s in saved]).unsqueeze(1)
    values = torch.stack([s.value for s in saved]).view(-1, 1)
    advantage = returns - values.detach()
    actor_loss = -(log_probs * advantage).mean()
    critic_loss = F.smooth_l1_loss(values, returns)
    entropy = dist.entropy().mean()
    loss = actor_loss + 0.5 * critic_loss - 0.01 * entropy
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
    optimizer.step()
    history.append(sum(rewards))
RESULT = {
    "loss": loss.item(),
    "reward": float(np.mean(history[-10:])),
    "std": model.log_std.exp().item(),
    "critic": critic_loss.item(),
}
print(json.dumps(RESULT))
