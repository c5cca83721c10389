"""REINFORCE with a Categorical policy on a corridor: walk right to the goal."""

import json
import random

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.distributions import Categorical

random.seed(9)
torch.manual_seed(9)
N = 6


class Corridor:
    def reset(self):
        self.at, self.steps = N // 2, 0
        return self.observe()

    def observe(self):
        state = [0.0] * N
        state[self.at] = 1.0
        return state

    def step(self, action):
        self.at = max(0, min(N - 1, self.at + (1 if action == 1 else -1)))
        self.steps += 1
        done = self.at == N - 1 or self.steps >= 12
        return self.observe(), (1.0 if self.at == N - 1 else -0.1), done


class Policy(nn.Module):
    def __init__(self):
        super(Policy, self).__init__()
        self.affine1 = nn.Linear(N, 8)
        self.affine2 = nn.Linear(8, 2)
        self.saved_log_probs, self.rewards = [], []

    def forward(self, x):
        return F.softmax(self.affine2(F.relu(self.affine1(x))), dim=1)


policy = Policy()
for i, p in enumerate(policy.parameters()):
    p.data.copy_(0.4 * torch.cos(torch.arange(p.numel()).float() + i).view_as(p))
optimizer = optim.Adam(policy.parameters(), lr=2e-2)
eps = 1e-8


def select_action(state):
    state = torch.tensor(state).float().unsqueeze(0)
    probs = policy(state)
    m = Categorical(probs)
    assert m.sample().item() in (0, 1)
    action = torch.tensor([int(random.random() > probs[0, 0].item())])  # the same draw in every library
    policy.saved_log_probs.append(m.log_prob(action))
    return action.item()


def finish_episode(gamma=0.95):
    R, returns, policy_loss = 0, [], []
    for r in policy.rewards[::-1]:
        R = r + gamma * R
        returns.insert(0, R)
    returns = torch.tensor(returns)
    returns = (returns - returns.mean()) / (returns.std() + eps) if len(returns) > 1 else returns
    for log_prob, R in zip(policy.saved_log_probs, returns):
        policy_loss.append(-log_prob * R)
    optimizer.zero_grad()
    loss = torch.cat(policy_loss).sum()
    loss.backward()
    optimizer.step()
    del policy.rewards[:]
    del policy.saved_log_probs[:]
    return loss.item()


env, running = Corridor(), 0.0
for episode in range(120):
    state, done, total = env.reset(), False, 0.0
    while not done:
        action = select_action(state)
        state, reward, done = env.step(action)
        policy.rewards.append(reward)
        total += reward
    running = 0.05 * total + 0.95 * running
    loss = finish_episode()
with torch.no_grad():
    greedy = policy(torch.eye(N)).argmax(1)
    entropy = Categorical(policy(torch.eye(N))).entropy().mean().item()
RESULT = {"running": running, "loss": loss, "right": int(greedy[:-1].sum()), "entropy": entropy}
print(json.dumps(RESULT))
