"""Deep Q-learning on a small grid: replay memory, epsilon-greedy, Huber loss, soft updates of a target network."""

import json
import random
from collections import deque, namedtuple

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

random.seed(4)
Transition = namedtuple("Transition", ("state", "action", "next_state", "reward"))
device = torch.device("cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu")
SIZE, GOAL = 4, (3, 3)
MOVES = [(0, 1), (0, -1), (1, 0), (-1, 0)]


class ReplayMemory:
    def __init__(self, capacity):
        self.memory = deque([], maxlen=capacity)

    def push(self, *args):
        self.memory.append(Transition(*args))

    def sample(self, k):
        return random.sample(list(self.memory), k)

    def __len__(self):
        return len(self.memory)


class QNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer1, self.layer2, self.layer3 = nn.Linear(2, 16), nn.Linear(16, 16), nn.Linear(16, 4)

    def forward(self, x):
        return self.layer3(F.relu(self.layer2(F.relu(self.layer1(x)))))


policy_net, target_net = QNet().to(device), QNet().to(device)
for k, p in enumerate(policy_net.parameters()):
    nn.init.zeros_(p)
    p.data += 0.35 * torch.sin(2.1 * torch.arange(p.numel()).float() + k).view(p.shape)
target_net.load_state_dict(policy_net.state_dict())
target_net.eval()
optimizer = optim.AdamW(policy_net.parameters(), lr=5e-3, amsgrad=True)
memory, BATCH, GAMMA, TAU = ReplayMemory(300), 16, 0.9, 0.05


def as_state(cell):
    return torch.tensor([cell], dtype=torch.float32, device=device) / SIZE


def optimize_model():
    if len(memory) < BATCH:
        return 0.0
    batch = Transition(*zip(*memory.sample(BATCH)))
    non_final_mask = torch.tensor(tuple(map(lambda s: s is not None, batch.next_state)), device=device, dtype=torch.bool)
    state_batch, action_batch = torch.cat(batch.state), torch.cat(batch.action)
    reward_batch = torch.cat(batch.reward)
    q = policy_net(state_batch).gather(1, action_batch)
    next_values = torch.zeros(BATCH, device=device)
    if non_final_mask.any():
        with torch.no_grad():
            next_values[non_final_mask] = target_net(torch.cat([s for s in batch.next_state if s is not None])).max(1).values
    expected = next_values * GAMMA + reward_batch
    loss = nn.SmoothL1Loss()(q, expected.unsqueeze(1))
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_value_(policy_net.parameters(), 100)
    optimizer.step()
    return loss.item()


loss, steps, losses = 0.0, 0, []
for episode in range(16):
    cell = (0, 0)
    for t in range(14):
        epsilon = 0.1 + 0.9 * 0.98**steps
        steps += 1
        if random.random() > epsilon:
            with torch.no_grad():
                action = policy_net(as_state(cell)).max(1)[1].view(1, 1)
        else:
            action = torch.tensor([[random.randrange(4)]], device=device, dtype=torch.long)
        dr, dc = MOVES[action.item()]
        new = (min(max(cell[0] + dr, 0), SIZE - 1), min(max(cell[1] + dc, 0), SIZE - 1))
        done = new == GOAL
        memory.push(
            as_state(cell), action, None if done else as_state(new), torch.tensor([1.0 if done else -0.05], device=device)
        )
        cell = new
        losses.append(optimize_model())
        target_state, policy_state = target_net.state_dict(), policy_net.state_dict()
        for key in policy_state:
            target_state[key] = policy_state[key] * TAU + target_state[key] * (1 - TAU)
        target_net.load_state_dict(target_state)
        if done:
            break
values = policy_net(torch.cat([as_state((r, c)) for r in range(SIZE) for c in range(SIZE)])).max(1).values.view(SIZE, SIZE)
RESULT = {
    "early": sum(losses[:40]),
    "memory": len(memory),
    "steps": steps,
    "value": values[0, 0].item(),
    "near": values[3, 2].item(),
}
print(json.dumps(RESULT))
