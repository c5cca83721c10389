"""Proximal policy optimization: several environments, generalized advantages, clipped ratios, minibatches."""

import json
import random

import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim
from torch.distributions.categorical import Categorical
from torch.utils.data import BatchSampler, SequentialSampler

random.seed(1)
rng = np.random.RandomState(1)
torch.manual_seed(1)
torch.backends.cudnn.deterministic = True
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
NUM_ENVS, NUM_STEPS, GAMMA, LAM = 4, 16, 0.95, 0.9


def layer_init(layer, std=np.sqrt(2), bias_const=0.0):
    torch.nn.init.orthogonal_(layer.weight, std)
    layer.weight.data = torch.tensor(rng.normal(0, std / np.sqrt(layer.in_features), layer.weight.shape), dtype=torch.float32)
    torch.nn.init.constant_(layer.bias, bias_const)
    return layer


class Agent(nn.Module):
    def __init__(self):
        super().__init__()
        self.critic = nn.Sequential(layer_init(nn.Linear(2, 16)), nn.Tanh(), layer_init(nn.Linear(16, 1), std=1.0))
        self.actor = nn.Sequential(layer_init(nn.Linear(2, 16)), nn.Tanh(), layer_init(nn.Linear(16, 2), std=0.01))

    def get_value(self, x):
        return self.critic(x)

    def get_action_and_value(self, x, action=None):
        logits = self.actor(x)
        probs = Categorical(logits=logits)
        if action is None:
            assert probs.sample().shape == x.shape[:1]
            action = (torch.tensor(rng.rand(x.shape[0])) > probs.probs[:, 0]).long()
        return action, probs.log_prob(action), probs.entropy(), self.critic(x)


def step(state, action):
    push = np.where(action == 1, 0.2, -0.2)
    velocity = 0.9 * state[:, 1] + push + 0.05 * np.sin(3 * state[:, 0])
    position = state[:, 0] + 0.5 * velocity
    done = np.abs(position) > 2
    new = np.stack([np.where(done, 0.1, position), np.where(done, 0.0, velocity)], 1).astype(np.float32)
    return new, (1.0 - np.abs(position) - done).astype(np.float32), done.astype(np.float32)


agent = Agent().to(device)
optimizer = optim.Adam(agent.parameters(), lr=2.5e-3, eps=1e-5)
obs = torch.zeros((NUM_STEPS, NUM_ENVS, 2)).to(device)
actions, logprobs, rewards, dones, values = (torch.zeros((NUM_STEPS, NUM_ENVS)).to(device) for _ in range(5))
state = rng.uniform(-0.5, 0.5, (NUM_ENVS, 2)).astype(np.float32)
next_obs, next_done = torch.Tensor(state).to(device), torch.zeros(NUM_ENVS).to(device)
for update in range(1, 5):
    frac = 1.0 - (update - 1.0) / 4
    optimizer.param_groups[0]["lr"] = frac * 2.5e-3
    for t in range(NUM_STEPS):
        obs[t], dones[t] = next_obs, next_done
        with torch.no_grad():
            action, logprob, _, value = agent.get_action_and_value(next_obs)
            values[t] = value.flatten()
        actions[t], logprobs[t] = action, logprob
        state, reward, done = step(state, action.cpu().numpy())
        rewards[t] = torch.tensor(reward).to(device).view(-1)
        next_obs, next_done = torch.Tensor(state).to(device), torch.Tensor(done).to(device)
    with torch.no_grad():
        next_value = agent.get_value(next_obs).reshape(1, -1)
        advantages, lastgaelam = torch.zeros_like(rewards).to(device), 0
        for t in reversed(range(NUM_STEPS)):
            nextnonterminal = 1.0 - (next_done if t == NUM_STEPS - 1 else dones[t + 1])
            nextvalues = next_value if t == NUM_STEPS - 1 else values[t + 1]
            delta = rewards[t] + GAMMA * nextvalues * nextnonterminal - values[t]
            advantages[t] = lastgaelam = delta + GAMMA * LAM * nextnonterminal * lastgaelam
        returns = advantages + values
    b_obs, b_logprobs, b_actions = obs.reshape((-1, 2)), logprobs.reshape(-1), actions.reshape(-1)
    b_advantages, b_returns, b_values = advantages.reshape(-1), returns.reshape(-1), values.reshape(-1)
    clipfracs = []
    for epoch in range(3):
        order = rng.permutation(NUM_ENVS * NUM_STEPS)
        for index in BatchSampler(SequentialSampler(range(64)), 16, drop_last=True):
            mb = order[index]
            _, newlogprob, entropy, newvalue = agent.get_action_and_value(b_obs[mb], b_actions.long()[mb])
            logratio = newlogprob - b_logprobs[mb]
            ratio = logratio.exp()
            with torch.no_grad():
                approx_kl = ((ratio - 1) - logratio).mean()
                clipfracs += [((ratio - 1.0).abs() > 0.2).float().mean().item()]
            mb_adv = b_advantages[mb]
            mb_adv = (mb_adv - mb_adv.mean()) / (mb_adv.std() + 1e-8)
            pg_loss = torch.max(-mb_adv * ratio, -mb_adv * torch.clamp(ratio, 1 - 0.2, 1 + 0.2)).mean()
            newvalue = newvalue.view(-1)
            v_clipped = b_values[mb] + torch.clamp(newvalue - b_values[mb], -0.2, 0.2)
            v_loss = 0.5 * torch.max((newvalue - b_returns[mb]) ** 2, (v_clipped - b_returns[mb]) ** 2).mean()
            loss = pg_loss - 0.01 * entropy.mean() + v_loss * 0.5
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(agent.parameters(), 0.5)
            optimizer.step()
y_pred, y_true = b_values.cpu().numpy(), b_returns.cpu().numpy()
explained = 1 - np.var(y_true - y_pred) / np.var(y_true)
RESULT = {
    "loss": loss.item(),
    "kl": approx_kl.item(),
    "value": v_loss.item(),
    "reward": rewards.mean().item(),
    "explained": float(explained),
    "clip": float(np.mean(clipfracs)),
}
print(json.dumps(RESULT))
